"""The graph in which the special train's path is searched: its frame among other trains.

`retinue.traffic.way_frame` knows places, runs and holds; here come the moments: when each hold is
free, which stands are possible, and the windows asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from retinue.traffic.safe_intervals import FOREVER_S, Need, SafeIntervals
from retinue.traffic.search_graph import SearchGraph
from retinue.traffic.way_frame import WayFrame

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["StandWindow", "WayGraph", "way_graph"]

Rect = tuple[float, float, float, float]


@dataclass(frozen=True)
class StandWindow:
    """What bounds a stand in time; seconds from the origin.

    Attributes
    ----------
    arrive, depart
        Windows.
    overtakers
        Other trains' (coming, leaving) that must not fall inside the stand.
    """

    arrive: tuple[float, float] = (-FOREVER_S, FOREVER_S)
    depart: tuple[float, float] = (-FOREVER_S, FOREVER_S)
    overtakers: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, eq=False)
class WayGraph:
    """The graph, and the frame that says what its edges mean."""

    frame: WayFrame
    graph: SearchGraph

    @property
    def starts(self) -> tuple[int, ...]:
        """Nodes of departure, one for each choice of lags."""
        return self.frame.starts

    @property
    def targets(self) -> tuple[int, ...]:
        """Nodes of arrival."""
        return self.frame.targets

    def bounded(self, latest_s: float) -> SearchGraph:
        """Return the graph without times too late to arrive by one; nobody outruns the free run."""
        free = self.frame.node_free_s
        left = free[self.frame.targets[0]] - free
        return replace(
            self.graph, node_to_s=np.minimum(self.graph.node_to_s, latest_s - left + 1e-3)
        )

    def after(self, earliest_s: float, graph: SearchGraph) -> SearchGraph:
        """Return a graph without times too early for a departure at or after one."""
        least = earliest_s + self.frame.node_free_s - 1e-3
        return replace(graph, node_from_s=np.maximum(graph.node_from_s, least))


def way_graph(frame: WayFrame, windows: Sequence[StandWindow], safe: SafeIntervals) -> WayGraph:
    """Lay the moments over a frame.

    Parameters
    ----------
    windows
        One for each stand of the frame.
    """
    free = safe.free(frame.needs)
    # What is always free bounds nothing.
    counts = np.diff(free.start)
    one = np.flatnonzero(counts == 1)
    always = np.zeros(counts.size, np.bool_)
    row = free.start[one]
    always[one] = (free.from_s[row] <= -FOREVER_S) & (free.to_s[row] >= FOREVER_S)
    kept = ~always[frame.hold_need]
    so_far = np.concatenate([[0], np.cumsum(kept)])
    rects = [
        _possible(needs, window, safe)
        for needs, window in zip(frame.stand_needs, windows, strict=True)
    ]
    tables = [np.array(listed, np.float64).reshape(-1, 4) for listed in rects]
    stands = np.flatnonzero(frame.stand >= 0)
    per_edge = np.zeros(frame.tail.size, np.int64)
    per_edge[stands] = [len(rects[stand]) for stand in frame.stand[stands].tolist()]
    chosen = [tables[stand] for stand in frame.stand[stands].tolist()]
    from_s = np.full(frame.node_free_s.size, -FOREVER_S)
    to_s = np.full(frame.node_free_s.size, FOREVER_S)
    for of, pairs in (
        (frame.arrive_stand, [window.arrive for window in windows]),
        (frame.depart_stand, [window.depart for window in windows]),
    ):
        bounds = np.array(pairs, np.float64)
        at = np.flatnonzero(of >= 0)
        from_s[at], to_s[at] = bounds[of[at], 0], bounds[of[at], 1]
    graph = SearchGraph(
        from_s,
        to_s,
        frame.tail,
        frame.head,
        (frame.stand >= 0).astype(np.int64),
        frame.least_s,
        frame.most_s,
        frame.cost,
        so_far[frame.hold_start].astype(np.int64),
        frame.hold_need[kept],
        frame.hold_from_s[kept],
        frame.hold_to_s[kept],
        np.concatenate([[0], np.cumsum(per_edge)]).astype(np.int64),
        np.ascontiguousarray(np.concatenate([*chosen, np.zeros((0, 4))])),
        free,
    )
    return WayGraph(frame, graph)


def _possible(needs: Sequence[Need], window: StandWindow, safe: SafeIntervals) -> list[Rect]:
    """Return the stands in which all it stands on is free from its coming to its leaving."""
    free: list[tuple[float, float]] = [(-FOREVER_S, FOREVER_S)]
    for need in needs:
        free = _both(free, safe.times(need))
    return [part for begin, end in free for part in _not_overtaken(begin, end, window.overtakers)]


def _both(
    one: Sequence[tuple[float, float]], two: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Return the times in both of two rising lists of disjoint times."""
    found = []
    i = j = 0
    while i < len(one) and j < len(two):
        begin, end = max(one[i][0], two[j][0]), min(one[i][1], two[j][1])
        if begin <= end:
            found.append((begin, end))
        if one[i][1] < two[j][1]:
            i += 1
        else:
            j += 1
    return found


def _not_overtaken(
    begin: float, end: float, overtakers: Sequence[tuple[float, float]]
) -> list[Rect]:
    """Return the stands in a free time in which no train comes after and leaves before.

    Who arrives between two coming trains has to leave before any later one has left.
    """
    coming = sorted(o for o in overtakers if begin < o[0] and o[1] < end)
    rects: list[Rect] = []
    since = begin
    for index, (comes, _) in enumerate(coming):
        until = min(leaves for _, leaves in coming[index:])
        rects.append((since, comes, begin, min(end, until)))
        since = comes
    rects.append((since, end, begin, end))
    return [rect for rect in rects if rect[0] <= rect[1] and rect[2] <= rect[3]]
