"""Trains that exchange resources at one instant: only the order of the list, or a ring.

Where a train takes what another gives up at the same instant, but the giving up stands later in
the list, another order of the same events may do.  It never does where each waits for the other:
the trains then swap places in a ring, which the rules forbid at whatever order.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from retinue.checks.dispatch_document import Event

__all__ = ["ring_members"]


def ring_members(
    takings: Sequence[tuple[Event, Event, Event]], runs: Sequence[Sequence[Event]]
) -> set[tuple[int, int]]:
    """Return those takings that no order of the instant's events would allow.

    Parameters
    ----------
    takings
        Every (event that takes, event that holds, event that gives up) whose first and last are
        of one instant, whichever stands first in the list.
    runs
        Events of each train in order.

    Returns
    -------
    set
        Places of (taking, holding) events that lie in a ring.
    """
    later: dict[int, list[int]] = {}
    for taking, holding, giving in takings:
        # An operation that starts and ends within the instant could as well come after.
        if holding.time < taking.time:
            later.setdefault(giving.place, []).append(taking.place)
    instants = {taking.time for taking, _, _ in takings}
    for run in runs:
        for event, after in pairwise(run):
            if event.time == after.time and event.time in instants:
                later.setdefault(event.place, []).append(after.place)
    ring = _rings(later)
    return {
        (taking.place, holding.place)
        for taking, holding, giving in takings
        if holding.time < taking.time
        and taking.place in ring
        and ring.get(taking.place) == ring.get(giving.place)
    }


def _rings(later: dict[int, list[int]]) -> dict[int, int]:
    """Return the component of every node that lies on a cycle (Tarjan, without recursion)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    component: dict[int, int] = {}
    for root in sorted(later):
        if root in index:
            continue
        work = [(root, iter(later.get(root, ())))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, items = work[-1]
            for item in items:
                if item not in index:
                    index[item] = low[item] = len(index)
                    stack.append(item)
                    on_stack.add(item)
                    work.append((item, iter(later.get(item, ()))))
                    break
                if item in on_stack:
                    low[node] = min(low[node], index[item])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    members = [stack.pop()]
                    while members[-1] != node:
                        members.append(stack.pop())
                    on_stack.difference_update(members)
                    if len(members) > 1:
                        component.update(dict.fromkeys(members, node))
    return component
