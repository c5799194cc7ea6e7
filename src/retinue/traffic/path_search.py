"""The search for a path among other trains: exact and complete over the graph it is given.

What can be met is worked out forwards, from where the target can be met backwards; the path is
walked along both (`retinue.traffic.search_graph`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from retinue.traffic.search_graph import (
    EPSILON_S,
    Edge,
    FreeTimes,
    Hold,
    Reached,
    SearchGraph,
    Stand,
)

__all__ = [
    "Edge",
    "FreeTimes",
    "Hold",
    "Path",
    "PathStep",
    "Search",
    "SearchGraph",
    "Stand",
    "find_path",
    "search_path",
]

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class PathStep:
    """One edge of a path: its number in the graph, and when it begins and ends."""

    edge: int
    from_s: float
    to_s: float


@dataclass(frozen=True)
class Path:
    """A path found, and what bounds it.

    Attributes
    ----------
    steps
        Edges with their times, from start to target.
    narrowest_s
        0: no better path exists in the graph; else there may be one through intervals of time
        shorter than this.
    """

    steps: tuple[PathStep, ...] = field(repr=False)
    narrowest_s: float = 0.0

    @property
    def depart_s(self) -> float:
        """Time at the start node."""
        return self.steps[0].from_s

    @property
    def arrive_s(self) -> float:
        """Time at the target node."""
        return self.steps[-1].to_s


@dataclass(frozen=True)
class Search:
    """What a search found, and how sure it is.

    Attributes
    ----------
    path
        None: there is none.
    narrowest_s
        As of `Path`; of no path: there may be one through shorter intervals of time.
    """

    path: Path | None
    narrowest_s: float = 0.0

    def numbered(self, edges: Ints | None) -> Search:
        """Return it with edges numbered as in the graph that only these edges were taken of."""
        if edges is None or self.path is None:
            return self
        steps = tuple(replace(step, edge=int(edges[step.edge])) for step in self.path.steps)
        return replace(self, path=replace(self.path, steps=steps))


def find_path(
    graph: SearchGraph,
    starts: Sequence[int],
    targets: Sequence[int],
    *,
    latest: bool = False,
) -> Path | None:
    """Return the path that `search_path` finds."""
    return search_path(graph, starts, targets, latest=latest).path


def search_path(
    graph: SearchGraph,
    starts: Sequence[int],
    targets: Sequence[int],
    *,
    latest: bool = False,
) -> Search:
    """Look for the path of the earliest arrival, and of those the latest departure.

    Parameters
    ----------
    starts, targets
        Nodes; their windows bound departure and arrival.
    latest
        Look for the latest departure, and of those the earliest arrival.
    """
    if latest:
        turned = graph.mirrored()
        n = graph.nodes - 1
        mirror = search_path(turned, [n - node for node in targets], [n - node for node in starts])
        found = mirror.path
        if found is None:
            return mirror
        made = _walk(graph, starts, targets, -found.arrive_s, -found.depart_s)
        return Search(replace(made, narrowest_s=found.narrowest_s), found.narrowest_s)
    inside = [(node, float(graph.node_from_s[node]), float(graph.node_to_s[node]))
              for node in starts]  # fmt: skip
    reached = graph.reached(inside)
    arrivals = [reached.times(node)[0][0] for node in targets if reached.count[node]]
    if not arrivals:
        return Search(None, reached.narrowest_s)
    arrive = min(arrivals)
    back = _reached_back(reached.bounding(graph), targets, arrive)
    departures = [back.times(node)[-1][1] for node in starts if back.count[node]]
    if back.narrowest_s > 0.0:
        # Not every departure is known: go back along what is reached.
        found = _traced(graph, reached, starts, targets, arrive)
    else:
        found = _walk(graph, starts, targets, max(departures), arrive, back)
    # What was given up on the way back can only cost a later departure.
    narrowest = max(reached.narrowest_s, back.narrowest_s)
    return Search(replace(found, narrowest_s=narrowest), narrowest)


def _reached_back(graph: SearchGraph, targets: Sequence[int], arrive: float) -> Reached:
    """Return for each node the times from which a target is met by a time.

    Nobody who leaves a start in its window is there before: "by" is "at", and whole stretches
    of time stay together where single times would multiply with every choice on the way.
    """
    n = graph.nodes - 1
    by = [(n - node, -arrive - EPSILON_S, np.inf) for node in targets]
    return graph.mirrored().reached(by).mirrored()


def _walk(
    graph: SearchGraph,
    starts: Sequence[int],
    targets: Sequence[int],
    depart: float,
    arrive: float,
    back: Reached | None = None,
) -> Path:
    back = _reached_back(graph, targets, arrive) if back is None else back
    slack = 4.0 * EPSILON_S
    node = min(n for n in starts if back.within(n, depart - slack, depart + slack) is not None)
    now = depart
    goal = set(targets)
    first = np.searchsorted(graph.tail, np.arange(graph.nodes + 1))
    steps: list[PathStep] = []
    while node not in goal:
        best: tuple[float, float, int] | None = None
        for edge in range(int(first[node]), int(first[node + 1])):
            head = int(graph.head[edge])
            until = _left(graph, back, edge, head, now, slack)
            if until is not None and (best is None or (graph.cost[edge], until, edge) < best):
                best = (float(graph.cost[edge]), until, edge)
        assert best is not None, "a node of the path leads on"
        steps.append(PathStep(best[2], now, best[1]))
        node, now = int(graph.head[best[2]]), best[1]
    return Path(tuple(steps))


def _traced(
    graph: SearchGraph,
    reached: Reached,
    starts: Sequence[int],
    targets: Sequence[int],
    arrive: float,
) -> Path:
    """Return a path to a target at a time, backwards through the times at which nodes are met."""
    slack = 4.0 * EPSILON_S
    node = min(n for n in targets if reached.within(n, arrive - slack, arrive + slack) is not None)
    now = arrive
    by_head = np.argsort(graph.head, kind="stable")
    first = np.searchsorted(graph.head[by_head], np.arange(graph.nodes + 1))
    steps: list[PathStep] = []
    while node not in starts:
        best: tuple[float, float, int] | None = None
        for edge in by_head[int(first[node]) : int(first[node + 1])].tolist():
            begun = _begun(graph, reached, edge, now, slack)
            if begun is not None and (best is None or (graph.cost[edge], -begun, edge) < best):
                best = (float(graph.cost[edge]), -begun, edge)
        assert best is not None, "a node that is met was come to"
        steps.append(PathStep(best[2], -best[1], now))
        node, now = int(graph.tail[best[2]]), -best[1]
    return Path(tuple(reversed(steps)))


def _begun(
    graph: SearchGraph, reached: Reached, edge: int, now: float, slack: float
) -> float | None:
    """Return when an edge that ends now may have begun, the latest; None: it cannot have."""
    tail, least = int(graph.tail[edge]), float(graph.least_s[edge])
    if not graph.stands[edge]:
        begun = now - least
        if reached.within(tail, begun - slack, begun + slack) is None:
            return None
        return begun if _is_free(graph, edge, begun, slack) else None
    begins = []
    for row in range(int(graph.rect_start[edge]), int(graph.rect_start[edge + 1])):
        from_a, to_a, from_d, to_d = (float(v) for v in graph.rect[row])
        if not from_d - slack <= now <= to_d + slack:
            continue
        low, high = max(from_a, now - float(graph.most_s[edge])), min(to_a, now - least)
        begins += [min(b, high) for a, b in reached.times(tail) if max(a, low) <= min(b, high)]
    return max(begins, default=None)


def _is_free(graph: SearchGraph, edge: int, now: float, slack: float) -> bool:
    """Whether every hold of a run that begins now is free."""
    for row in range(int(graph.hold_start[edge]), int(graph.hold_start[edge + 1])):
        begin, end = graph.free.set(int(graph.hold_free[row]))
        from_s, to_s = now + graph.hold_from_s[row], now + graph.hold_to_s[row]
        if not bool(((begin <= from_s + slack) & (end >= to_s - slack)).any()):
            return False
    return True


def _left(
    graph: SearchGraph, back: Reached, edge: int, head: int, now: float, slack: float
) -> float | None:
    """Return when an edge begun now ends on a path to the target; None: it cannot."""
    least, most = float(graph.least_s[edge]), float(graph.most_s[edge])
    if not graph.stands[edge]:
        until = now + least
        if back.within(head, until - slack, until + slack) is None:
            return None
        return until if _is_free(graph, edge, now, slack) else None
    ends: list[float] = []
    for row in range(int(graph.rect_start[edge]), int(graph.rect_start[edge + 1])):
        from_a, to_a, from_d, to_d = graph.rect[row]
        if not from_a - slack <= now <= to_a + slack:
            continue
        part = back.within(head, max(now + least, float(from_d)), min(now + most, float(to_d)))
        if part is not None:
            ends.append(part[0])
    return min(ends, default=None)
