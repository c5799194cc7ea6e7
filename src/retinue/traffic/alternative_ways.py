"""The best ways over a line network, and the special train's path over the best of them.

The k shortest ways that meet no node twice (J. Y. Yen, Management Science 17, 1971): each further
way leaves one before at some node by a section that none of those with the same beginning took
there.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.traffic.way_search import shortest_steps

if TYPE_CHECKING:
    from retinue.traffic.insertion import Prepared, Searched
    from retinue.traffic.line_network import LineNetwork, Step
    from retinue.traffic.traffic import Traffic

__all__ = ["TriedWay", "best_way", "search_ways", "shortest_ways"]

Steps = tuple["Step", ...]


def shortest_ways(
    network: LineNetwork, start: int, end: int, count: int, *, longest: float = 1.5
) -> tuple[Steps, ...]:
    """Return the shortest ways from one node to another by length, the shortest first.

    Parameters
    ----------
    count
        How many at most.
    longest
        None is so many times longer than the shortest.
    """
    first = shortest_steps(network, start, end)
    if first is None or count < 1:
        return ()
    lengths = [section.length_m for section in network.sections]

    def length(steps: Steps) -> float:
        return sum(lengths[step.section] for step in steps)

    bound = longest * length(first)
    found: list[Steps] = [first]
    waiting: list[tuple[float, Steps]] = []
    seen = {first}
    while len(found) < count:
        last = found[-1]
        node = start
        past: set[int] = set()
        for at, step in enumerate(last):
            root = last[:at]
            closed = {way[at].section for way in found if way[:at] == root and len(way) > at}
            closed |= {number for other in past for number in network.sections_at[other]}
            spur = shortest_steps(network, node, end, frozenset(closed))
            if spur is not None and (*root, *spur) not in seen:
                whole = (*root, *spur)
                seen.add(whole)
                if length(whole) <= bound:
                    heapq.heappush(waiting, (length(whole), whole))
            past.add(node)
            node = network.other_end(step)
        if not waiting:
            break
        found.append(heapq.heappop(waiting)[1])
    return tuple(found)


@dataclass(frozen=True, eq=False)
class TriedWay:
    """One way that was tried, and the path found on it."""

    prepared: Prepared
    searched: Searched

    @property
    def arrive_s(self) -> float:
        """Arrival over this way, Unix seconds; inf: there is no path."""
        path = self.searched.path
        return float("inf") if path is None else path.arrive_s


def search_ways(traffic: Traffic, ways: Sequence[Prepared]) -> tuple[TriedWay, ...]:
    """Search a path on each way, the one that arrives first in front; no way is left out."""
    tried = [TriedWay(prepared, prepared.search(traffic)) for prepared in ways]
    return tuple(sorted(tried, key=lambda way: way.arrive_s))


def best_way(tried: Sequence[TriedWay]) -> TriedWay | None:
    """Return the way that arrives first; None: there is no path on any."""
    return tried[0] if tried and tried[0].searched.path is not None else None
