"""The graph in which the special train's path is searched: driving grid, holds and stands joined.

::

    point k                     point k + 1
      o  v = 84 km/h  ------------->  o  v = 84 km/h       a run: one way of the grid's stretch,
      o  v = 60 km/h  ------.  .--->  o  v = 45 km/h       with the holds it has part in
      o  arrived ==> ready --+--'-->  o  arrived ==> ready   a stand: any time the track is free

A hold that reaches over a point is cut there: its parts on both sides touch, and both are asked
for, so the whole is free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from retinue.traffic.path_search import SearchGraph
from retinue.traffic.safe_intervals import FOREVER_S, SafeIntervals
from retinue.traffic.speed_grid import SpeedGrid, Stretch
from retinue.traffic.way_holds import WayHold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["StandRule", "WayGraph", "kept_places", "way_graph"]

Rect = tuple[float, float, float, float]


@dataclass(frozen=True)
class StandRule:
    """What bounds a stand; times are seconds from the origin.

    Attributes
    ----------
    least_s, most_s
        How long.
    arrive, depart
        Windows.
    asked
        Whether the journey asks for it: then the train may not pass.
    overtakers
        Other trains' (coming, leaving) that must not fall inside the stand.
    """

    at_m: float
    least_s: float = 0.0
    most_s: float = np.inf
    arrive: tuple[float, float] = (-FOREVER_S, FOREVER_S)
    depart: tuple[float, float] = (-FOREVER_S, FOREVER_S)
    asked: bool = False
    overtakers: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, eq=False)
class WayGraph:
    """The graph, and what its edges mean.

    Attributes
    ----------
    section, stretch, way
        Shape (edges,): of a run, which grid, which of its stretches, which way; -1 of a stand.
    stand
        Shape (edges,): of a stand the index in `stands`; -1 of a run.
    start, target
        Nodes of departure and arrival.
    node_free_s
        Shape (nodes,): the least time from the start to each node, in the free run.
    """

    graph: SearchGraph
    grids: tuple[SpeedGrid, ...]
    stands: tuple[StandRule, ...]
    section: Ints
    stretch: Ints
    way: Ints
    stand: Ints
    start: int
    target: int
    node_free_s: Floats

    def bounded(self, latest_s: float) -> SearchGraph:
        """Return the graph without times too late to arrive by one; nobody outruns the free run."""
        left = self.node_free_s[self.target] - self.node_free_s
        graph = self.graph
        return replace(graph, node_to_s=np.minimum(graph.node_to_s, latest_s - left + 1e-3))

    def plain(self) -> NDArray[np.bool_]:
        """Return which edges run without a ceiling, without a stand that nobody asked for."""
        kept = np.ones(self.way.size, np.bool_)
        for edge in range(self.way.size):
            if self.stand[edge] >= 0:
                kept[edge] = self.stands[int(self.stand[edge])].asked
                continue
            grid = self.grids[int(self.section[edge])]
            k = int(self.stretch[edge])
            begin, ceiling, end = grid.stretches[k].way[int(self.way[edge])]
            kept[edge] = ceiling == 0 and all(
                i == grid.speed_mps[p].size - 1 or p in (0, len(grid.points) - 1)
                for p, i in ((k, begin), (k + 1, end))
            )
        return kept


def kept_places(holds: Sequence[WayHold], from_m: float, to_m: float) -> Floats:
    """Return the places of a section whose times the grid has to keep."""
    places = [p for hold in holds for p in (hold.from_m, hold.to_m) if from_m < p < to_m]
    return np.unique(np.array(places, np.float64))


@dataclass
class _Rows:
    """Edges being collected, in chunks."""

    tail: list[Ints] = field(default_factory=list)
    head: list[Ints] = field(default_factory=list)
    stands: list[Ints] = field(default_factory=list)
    least: list[Floats] = field(default_factory=list)
    most: list[Floats] = field(default_factory=list)
    cost: list[Floats] = field(default_factory=list)
    holds: list[Ints] = field(default_factory=list)  # how many
    hold_free: list[Ints] = field(default_factory=list)
    hold_from: list[Floats] = field(default_factory=list)
    hold_to: list[Floats] = field(default_factory=list)
    rects: list[Ints] = field(default_factory=list)  # how many
    rect: list[Floats] = field(default_factory=list)
    meaning: list[Ints] = field(default_factory=list)

    def add(
        self,
        tail: Ints,
        head: Ints,
        least: Floats,
        cost: Floats,
        meaning: Ints,
        holds: Sequence[tuple[int, Floats, Floats]] = (),
        rects: Sequence[Rect] | None = None,
        most: float = np.inf,
    ) -> None:
        n = tail.size
        self.tail.append(tail)
        self.head.append(head)
        self.stands.append(np.full(n, rects is not None, np.int64))
        self.least.append(least)
        self.most.append(np.full(n, most) if rects is not None else least)
        self.cost.append(cost)
        self.holds.append(np.full(n, len(holds), np.int64))
        if holds:
            free = np.array([number for number, _, _ in holds], np.int64)
            self.hold_free.append(np.tile(free, n))
            self.hold_from.append(np.stack([a for _, a, _ in holds], axis=1).ravel())
            self.hold_to.append(np.stack([b for _, _, b in holds], axis=1).ravel())
        self.rects.append(np.full(n, len(rects or ()), np.int64))
        if rects:
            self.rect.append(np.array(rects, np.float64))
        self.meaning.append(meaning)


def way_graph(
    grids: Sequence[SpeedGrid],
    holds: Sequence[WayHold],
    stands: Sequence[StandRule],
    safe: SafeIntervals,
    *,
    boarding_s: float,
    alighting_s: float,
) -> WayGraph:
    """Build the graph.

    Parameters
    ----------
    grids
        One for each section between stands that are asked for, on one chainage; the grids' ends
        are the ends of the way and the asked stands.
    stands
        One for every point at which a train may stand: both ends, asked, optional.
    boarding_s, alighting_s
        How long a track is taken before the departure and after the arrival.
    """
    rule_at = {round(stand.at_m, 3): index for index, stand in enumerate(stands)}
    order = sorted(range(len(stands)), key=lambda i: stands[i].at_m)
    first, last = order[0], order[-1]
    windows: list[tuple[float, float]] = []
    least: list[float] = []
    rows = _Rows()
    so_far = 0.0

    def node(window: tuple[float, float], free_s: float) -> int:
        windows.append(window)
        least.append(free_s)
        return len(windows) - 1

    start = node(stands[first].depart, 0.0)
    tails: list[int] = [start]
    target = -1
    for number, grid in enumerate(grids):
        for k, stretch in enumerate(grid.stretches):
            point = grid.points[k + 1]
            rule = rule_at.get(round(point.at_m, 3))
            heads, ready = [], -1
            here = so_far + float(grid.free_s[k + 1])
            for speed in grid.speed_mps[k + 1]:
                if speed > 0.0:
                    heads.append(node((-FOREVER_S, FOREVER_S), here))
                    continue
                assert rule is not None, "a stand has its rule"
                heads.append(node(stands[rule].arrive, here))
            leaves = list(heads)
            if grid.speed_mps[k + 1][0] == 0.0 and rule is not None:
                if rule == last:
                    target = heads[0]
                else:
                    ready = node(stands[rule].depart, here + stands[rule].least_s)
                    leaves[0] = ready
            # Arrived nodes must come before ready ones: they do, ready was made last.
            _runs(rows, grid, number, k, stretch, tails, heads, holds, safe,
                  stands[first].at_m, stands[last].at_m, boarding_s, alighting_s)  # fmt: skip
            if ready >= 0 and rule is not None:
                _stand(rows, heads[0], ready, rule, stands[rule], holds, safe)
            tails = leaves
        so_far = least[tails[0]] if number + 1 < len(grids) else here
    return _assembled(
        rows, tuple(grids), tuple(stands), safe, windows, np.array(least), start, target
    )


def _runs(
    rows: _Rows,
    grid: SpeedGrid,
    number: int,
    k: int,
    stretch: Stretch,
    tails: Sequence[int],
    heads: Sequence[int],
    holds: Sequence[WayHold],
    safe: SafeIntervals,
    start_m: float,
    end_m: float,
    boarding_s: float,
    alighting_s: float,
) -> None:
    """Add the runs of one stretch, by whether they begin and end with a stand."""
    a, b = stretch.from_m, stretch.to_m
    out_stands = grid.speed_mps[k][stretch.way[:, 0]] == 0.0
    in_stands = grid.speed_mps[k + 1][stretch.way[:, 2]] == 0.0
    total = stretch.time_s[:, -1]
    free = float(grid.free_s[k + 1] - grid.free_s[k])
    for leaves in (False, True):
        for stops in (False, True):
            chosen = np.flatnonzero((out_stands == leaves) & (in_stands == stops))
            if chosen.size == 0:
                continue
            asked: list[tuple[int, Floats, Floats]] = []
            for hold in holds:
                part = _part(hold, stretch, chosen, leaves, stops)
                if part is None:
                    continue
                begin, end = part
                if hold.place and leaves and a == start_m and hold.holds(a):
                    begin = begin - boarding_s - hold.before_s
                if hold.place and stops and b == end_m and hold.holds(b):
                    end = end + alighting_s + hold.after_s
                asked.append((safe.number(hold.need), begin, end))
            way = stretch.way[chosen]
            ceiling = way[:, 1] > 0
            # Fewest stands, then fewest ceilings, then the least time lost.
            cost = 1e4 * stops + 1e2 * ceiling + (total[chosen] - free)
            meaning = np.stack(
                [np.full(chosen.size, number), np.full(chosen.size, k), chosen,
                 np.full(chosen.size, -1)], axis=1,
            )  # fmt: skip
            rows.add(
                np.asarray(tails, np.int64)[way[:, 0]],
                np.asarray(heads, np.int64)[way[:, 2]],
                total[chosen],
                cost,
                meaning.astype(np.int64),
                asked,
            )


def _part(
    hold: WayHold, stretch: Stretch, chosen: Ints, leaves: bool, stops: bool
) -> tuple[Floats, Floats] | None:
    """Return the part of a hold that falls on a stretch, seconds from its begin; None: none."""
    a, b = stretch.from_m, stretch.to_m
    if hold.place and (
        (hold.when == "passing" and ((leaves and hold.holds(a)) or (stops and hold.holds(b))))
        or (
            hold.when == "standing"
            and not ((leaves and hold.holds(a)) or (stops and hold.holds(b)))
        )
    ):
        return None
    if hold.from_m >= b and not (stops and hold.holds(b) and hold.place):
        return None
    if (leaves and hold.behind(a)) or (stops and hold.ahead_of(b)):
        return None
    if not leaves and hold.to_m <= a:
        return None
    zero = np.zeros(chosen.size)
    if hold.from_m >= a - 1e-9:
        begin = stretch.time_at(hold.from_m)[chosen] - hold.before_s
    elif leaves and not hold.holds(a):
        begin = zero - hold.before_s
    elif leaves and not hold.place:
        begin = zero - hold.before_s if hold.begins_m >= a - 1.0 else zero
    else:
        begin = zero
    over = stretch.time_s[chosen, -1]
    if stops and hold.behind(b):
        # Out of it once the whole train stands inside, or earlier where the tail is out before.
        end = (stretch.time_at(hold.to_m)[chosen] if hold.to_m < b else over) + hold.after_s
    elif hold.to_m <= b:
        end = stretch.time_at(hold.to_m)[chosen] + hold.after_s
    else:
        end = over
    return np.asarray(begin), np.maximum(end, begin)


def _stand(
    rows: _Rows,
    arrived: int,
    ready: int,
    index: int,
    rule: StandRule,
    holds: Sequence[WayHold],
    safe: SafeIntervals,
) -> None:
    """Add the stand at one point: all it stands on is free from its coming to its leaving."""
    free: list[tuple[float, float]] = [(-FOREVER_S, FOREVER_S)]
    for hold in holds:
        on_it = hold.holds(rule.at_m) and hold.place
        on_it |= hold.begins_m < rule.at_m - 1.0 and hold.ends_m > rule.at_m + 1.0
        if on_it and hold.when != "passing":
            free = _both(free, safe.times(hold.need))
    rects = [part for begin, end in free for part in _not_overtaken(begin, end, rule.overtakers)]
    one = np.ones(1, np.int64)
    rows.add(
        one * arrived,
        one * ready,
        np.array([rule.least_s]),
        np.zeros(1),
        np.array([[-1, -1, -1, index]], np.int64),
        rects=rects,
        most=rule.most_s,
    )


def _both(
    one: Sequence[tuple[float, float]], two: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    found = []
    for a, b in one:
        for c, d in two:
            if max(a, c) <= min(b, d):
                found.append((max(a, c), min(b, d)))
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


def _assembled(
    rows: _Rows,
    grids: tuple[SpeedGrid, ...],
    stands: tuple[StandRule, ...],
    safe: SafeIntervals,
    windows: Sequence[tuple[float, float]],
    least: Floats,
    start: int,
    target: int,
) -> WayGraph:
    window = np.array(windows, np.float64).reshape(-1, 2)
    tail, head = np.concatenate(rows.tail), np.concatenate(rows.head)
    order = np.lexsort((head, tail))
    made = SearchGraph(
        window[:, 0].copy(),
        window[:, 1].copy(),
        tail,
        head,
        np.concatenate(rows.stands),
        np.concatenate(rows.least),
        np.concatenate(rows.most),
        np.concatenate(rows.cost),
        np.concatenate([[0], np.cumsum(np.concatenate(rows.holds))]).astype(np.int64),
        np.concatenate([*rows.hold_free, np.zeros(0, np.int64)]),
        np.concatenate([*rows.hold_from, np.zeros(0)]),
        np.concatenate([*rows.hold_to, np.zeros(0)]),
        np.concatenate([[0], np.cumsum(np.concatenate(rows.rects))]).astype(np.int64),
        np.concatenate([*rows.rect, np.zeros((0, 4))]),
        safe.free(),
    ).with_edges(order)
    meaning = np.concatenate(rows.meaning)[order]
    section, stretch, way, stand = (np.ascontiguousarray(meaning[:, i]) for i in range(4))
    return WayGraph(made, grids, stands, section, stretch, way, stand, start, target, least)
