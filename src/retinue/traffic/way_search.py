"""Shortest ways over a line network, by length (Dijkstra; ties by section number)."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.traffic.line_network import LineNetwork, Step

__all__ = ["shortest_steps"]


def shortest_steps(
    network: LineNetwork,
    start: int,
    end: int,
    closed: frozenset[int] = frozenset(),
    cost: Sequence[float] | None = None,
) -> tuple[Step, ...] | None:
    """Return the shortest steps from one node to another; None where nothing connects them.

    Parameters
    ----------
    closed
        Sections that may not be used.
    cost
        Of each section, not negative; by default its length.
    """
    from retinue.traffic.line_network import Step

    best: dict[int, float] = {start: 0.0}
    came: dict[int, Step] = {}
    done: set[int] = set()
    queue: list[tuple[float, int]] = [(0.0, start)]
    while queue:
        length, node = heapq.heappop(queue)
        if node in done:
            continue
        if node == end:
            break
        done.add(node)
        for number in network.sections_at[node]:
            if number in closed:
                continue
            section = network.sections[number]
            step = Step(number, section.a == node)
            other = network.other_end(step)
            reached = length + (section.length_m if cost is None else cost[number])
            if reached < best.get(other, float("inf")):
                best[other] = reached
                came[other] = step
                heapq.heappush(queue, (reached, other))
    if end not in best:
        return None
    steps: list[Step] = []
    node = end
    while node != start:
        step = came[node]
        steps.append(step)
        section = network.sections[step.section]
        node = section.a if step.forward else section.b
    return tuple(reversed(steps))
