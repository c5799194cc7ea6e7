"""Shortest ways over a line network, by length (Dijkstra; ties by section number)."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.traffic.line_network import LineNetwork, Step

__all__ = ["WayTree", "shortest_steps", "way_tree"]


@dataclass(frozen=True, eq=False)
class WayTree:
    """The shortest ways from one node to all others.

    Attributes
    ----------
    length_m
        By node that can be reached; or what the sections cost.
    came
        The last step of the way to a node; none to the start.
    """

    network: LineNetwork
    start: int
    length_m: dict[int, float]
    came: dict[int, Step]

    def steps_to(self, end: int) -> tuple[Step, ...]:
        """Return the way from the start to a node that can be reached."""
        steps: list[Step] = []
        node = end
        while node != self.start:
            step = self.came[node]
            steps.append(step)
            section = self.network.sections[step.section]
            node = section.a if step.forward else section.b
        return tuple(reversed(steps))

    def steps_from(self, begin: int) -> tuple[Step, ...]:
        """Return the way from a node that can be reached back to the start."""
        return tuple(step.turned for step in reversed(self.steps_to(begin)))


def way_tree(
    network: LineNetwork,
    start: int,
    *,
    end: int | None = None,
    closed: frozenset[int] = frozenset(),
    cost: Sequence[float] | None = None,
) -> WayTree:
    """Return the shortest ways from a node.

    Parameters
    ----------
    end
        The only node that is asked for; None: all.
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
    return WayTree(network, start, best, came)


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
    closed, cost
        As of `way_tree`.
    """
    tree = way_tree(network, start, end=end, closed=closed, cost=cost)
    return tree.steps_to(end) if end in tree.length_m else None
