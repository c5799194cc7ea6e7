"""What of the special train's graph no traffic and no clock changes, in every choice of lags.

::

    point k                     point k + 1
      o  v = 84 km/h  ------------->  o  v = 84 km/h       a run: one way of the grid's stretch,
      o  v = 60 km/h  ------.  .--->  o  v = 45 km/h       with the holds it has part in
      o  arrived ==> ready --+--'-->  o  arrived ==> ready   a stand: any time the track is free

The graph is there once for each choice of lags; a run keeps its choice, at a stand the convoy may
go over to another.  A hold that reaches over a point is cut there: its parts on both sides
touch, and both are asked for, so the whole is free.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from retinue.traffic.convoy_spacing import Limits, spacing
from retinue.traffic.speed_grid import SpeedGrid
from retinue.traffic.way_parts import Part, part_of, relevant

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.traffic.safe_intervals import Need
    from retinue.traffic.way_holds import Convoy, WayHold

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

__all__ = ["FrameBase", "StandPoint", "WayFrame", "frame_base"]

STAND_COST, CEILING_COST, LAG_COST = 1e4, 1e2, 1.0
"""Fewest stands, then fewest ceilings, then fewest changes of lags, then the least time lost."""


class StandPoint(NamedTuple):
    """A place where the train may stand, both ends among them.

    Attributes
    ----------
    least_s, most_s
        How long.
    asked
        Whether the journey asks for it: then the train may not pass.
    """

    at_m: float
    least_s: float = 0.0
    most_s: float = np.inf
    asked: bool = False


@dataclass(frozen=True, eq=False)
class WayFrame:
    """Edges in the order of their tails, and what they mean.

    Node ``n`` of choice ``c`` is number ``n * choices + c``.

    Attributes
    ----------
    section, stretch, way
        Shape (edges,): of a run, which grid, which of its stretches, which way; -1 of a stand.
    stand
        Shape (edges,): of a stand the index in ``stands``; -1 of a run.
    choice
        Shape (edges,): choice of lags at the tail.
    plain
        Shape (edges,): a run without a ceiling, a stand that is asked for.
    hold_start, hold_need, hold_from_s, hold_to_s
        Holds of edge e are rows ``hold_start[e]`` to ``hold_start[e + 1]``; needs by number.
    arrive_stand, depart_stand
        Shape (nodes,): the stand whose window of arrival or departure bounds a node; -1: none.
    node_free_s
        Shape (nodes,): the least time from the start to each node, in the free run.
    stand_needs
        For each stand what must be free throughout.
    """

    grids: tuple[SpeedGrid, ...]
    stands: tuple[StandPoint, ...]
    choices: int
    tail: Ints
    head: Ints
    least_s: Floats
    most_s: Floats
    cost: Floats
    section: Ints
    stretch: Ints
    way: Ints
    stand: Ints
    choice: Ints
    plain: Flags
    hold_start: Ints
    hold_need: Ints
    hold_from_s: Floats
    hold_to_s: Floats
    needs: tuple[Need, ...]
    arrive_stand: Ints
    depart_stand: Ints
    node_free_s: Floats
    starts: tuple[int, ...]
    targets: tuple[int, ...]
    stand_needs: tuple[tuple[Need, ...], ...]


@dataclass
class _Rows:
    """Edges of one choice of lags being collected, in chunks."""

    tail: list[Ints] = field(default_factory=list)
    head: list[Ints] = field(default_factory=list)
    least: list[Floats] = field(default_factory=list)
    cost: list[Floats] = field(default_factory=list)
    meaning: list[Ints] = field(default_factory=list)
    holds: list[Ints] = field(default_factory=list)  # how many
    hold: list[Ints] = field(default_factory=list)
    begin: list[Floats] = field(default_factory=list)
    end: list[Floats] = field(default_factory=list)
    begins: list[Ints] = field(default_factory=list)
    ends: list[Ints] = field(default_factory=list)

    def add(
        self,
        tail: Ints,
        head: Ints,
        least: Floats,
        cost: Floats,
        meaning: Ints,
        parts: Sequence[tuple[int, Part]] = (),
    ) -> None:
        n = tail.size
        self.tail.append(tail)
        self.head.append(head)
        self.least.append(least)
        self.cost.append(cost)
        self.meaning.append(meaning)
        self.holds.append(np.full(n, len(parts), np.int64))
        if parts:
            self.hold.append(np.tile(np.array([i for i, _ in parts], np.int64), n))
            self.begin.append(np.stack([p.begin_s for _, p in parts], axis=1).ravel())
            self.end.append(np.stack([p.end_s for _, p in parts], axis=1).ravel())
            begins = [1 if p.begins else 2 * p.cut_before for _, p in parts]
            ends = [1 if p.ends else 2 * p.cut_behind for _, p in parts]
            self.begins.append(np.tile(np.array(begins, np.int64), n))
            self.ends.append(np.tile(np.array(ends, np.int64), n))


@dataclass(frozen=True, eq=False)
class FrameBase:
    """Edges with the lags of the first choice, before they are laid out for one or more choices.

    Attributes
    ----------
    meaning
        Shape (edges, 4): grid, stretch, way, -1 of a run; -1, -1, -1, stand of a stand.
    hold, begin_s, end_s
        Shape (n,): which hold, and its part in the edge's time.
    begins, ends
        Shape (n,): whether the part moves with the hold's seconds before, after (1), with the
        companion (2), or with neither (0).
    before_s, after_s, later_s
        Shape (choices, holds): what each choice of lags has more than the first.
    """

    grids: tuple[SpeedGrid, ...]
    stands: tuple[StandPoint, ...]
    convoys: tuple[Convoy, ...]
    limits: Limits
    tail: Ints
    head: Ints
    least_s: Floats
    cost: Floats
    meaning: Ints
    plain: Flags
    counts: Ints
    hold: Ints
    begin_s: Floats
    end_s: Floats
    begins: Ints
    ends: Ints
    before_s: Floats
    after_s: Floats
    later_s: Floats
    needs: tuple[Need, ...]
    need_of: Ints
    arrive_stand: Ints
    depart_stand: Ints
    node_free_s: Floats
    target: int
    stand_needs: tuple[tuple[Need, ...], ...]
    lags_change: bool

    @cached_property
    def first(self) -> WayFrame:
        """With the convoy's own lags."""
        return self._laid([self._held(0)], lambda come, leave: 0.0)

    @cached_property
    def joined(self) -> WayFrame:
        """With all choices of lags, which may change at stands."""

        def more(come: int, leave: int) -> float | None:
            if come != leave and not self.lags_change:
                return None
            one, two = self.convoys[come], self.convoys[leave]
            # Who leaves with another lag than he came with stands for another time.
            return max(0.0, two.advance_s - one.advance_s, one.following_s - two.following_s)

        return self._laid([self._held(c) for c in range(len(self.convoys))], more)

    @cached_property
    def relaxed(self) -> WayFrame:
        """With only what every choice of lags asks for: nothing is better in any of them."""
        runs = np.flatnonzero(self.meaning[:, 3] < 0)
        chosen = runs[self.limits.allows(None, self.meaning[runs])]
        most = self.before_s.min(axis=0), self.after_s.min(axis=0)
        later = self.later_s.max(axis=0), self.later_s.min(axis=0)
        return self._laid(
            [(chosen, *self._parts(chosen, *most, *later))],
            lambda come, leave: 0.0,
            loosest=True,
        )

    def _held(self, choice: int) -> tuple[Ints, Ints, Ints, Floats, Floats]:
        runs = np.flatnonzero(self.meaning[:, 3] < 0)
        chosen = runs[self.limits.allows(choice, self.meaning[runs])]
        later = self.later_s[choice]
        return chosen, *self._parts(
            chosen, self.before_s[choice], self.after_s[choice], later, later
        )

    def _parts(
        self, chosen: Ints, before: Floats, after: Floats, begins_later: Floats, ends_later: Floats
    ) -> tuple[Ints, Ints, Floats, Floats]:
        """Return how many parts each edge has, and the parts: need, from, to."""
        if chosen.size == self.tail.size:
            rows = np.arange(self.hold.size)
        else:
            wanted = np.zeros(self.tail.size, np.bool_)
            wanted[chosen] = True
            rows = np.flatnonzero(np.repeat(wanted, self.counts))
        hold = self.hold[rows]
        begins, ends = self.begins[rows], self.ends[rows]
        moved = np.where(begins == 1, -before[hold], begins_later[hold] * (begins == 2))
        from_s = self.begin_s[rows] + moved
        moved = np.where(ends == 1, after[hold], ends_later[hold] * (ends == 2))
        to_s = self.end_s[rows] + moved
        left = to_s >= from_s
        counts = self.counts[chosen]
        if not left.all():
            of_edge = np.repeat(np.arange(chosen.size), counts)[left]
            counts = np.bincount(of_edge, minlength=chosen.size)
        return counts, self.need_of[hold[left]], from_s[left], to_s[left]

    def _laid(
        self,
        choices: Sequence[tuple[Ints, Ints, Ints, Floats, Floats]],
        more: Callable[[int, int], float | None],
        *,
        loosest: bool = False,
    ) -> WayFrame:
        """Lay the graph out once for each choice, and join the choices at the stands."""
        count = len(choices)
        columns: list[list[NDArray[Any]]] = []
        sizes: list[Ints] = []
        for c, (chosen, counts, *_) in enumerate(choices):
            columns.append(
                [
                    self.tail[chosen] * count + c, self.head[chosen] * count + c,
                    self.least_s[chosen], self.least_s[chosen], self.cost[chosen], chosen,
                    np.full(chosen.size, c),
                ]
            )  # fmt: skip
            sizes.append(counts)
        stood: list[tuple[float, ...]] = []
        for edge in np.flatnonzero(self.meaning[:, 3] >= 0).tolist():
            number = int(self.meaning[edge, 3])
            stand = self.stands[number]
            for c in range(count):
                for to in range(count):
                    longer = more(c, to)
                    if longer is None:
                        continue
                    room = self.limits.stand_s(number, *((None, None) if loosest else (c, to)))
                    most = min(stand.most_s, room)
                    if most >= stand.least_s + longer:
                        stood.append(
                            (
                                self.tail[edge] * count + c, self.head[edge] * count + to,
                                stand.least_s + longer, most, LAG_COST * (c != to), edge, c,
                            )
                        )  # fmt: skip
        if stood:
            table = np.array(stood, np.float64).T
            columns.append([np.asarray(row) for row in table])
            sizes.append(np.zeros(len(stood), np.int64))
        tail, head, least, most_s, cost, edges, choice = (
            np.concatenate(list(column)) for column in zip(*columns, strict=True)
        )
        order = np.lexsort((head, tail))
        per_edge = np.concatenate(sizes)
        start = np.concatenate([[0], np.cumsum(per_edge)])
        ordered = per_edge[order]
        hold_start = np.concatenate([[0], np.cumsum(ordered)]).astype(np.int64)
        inner = np.arange(int(hold_start[-1])) - np.repeat(hold_start[:-1], ordered)
        picked = np.repeat(start[:-1][order], ordered) + inner
        need, from_s, to_s = (
            np.concatenate([entry[2 + i] for entry in choices])[picked] for i in range(3)
        )
        edges = edges[order].astype(np.int64)
        section, stretch, way, stand_of = (
            np.ascontiguousarray(self.meaning[edges, i]) for i in range(4)
        )
        return WayFrame(
            self.grids, self.stands, count,
            tail[order].astype(np.int64), head[order].astype(np.int64), least[order],
            most_s[order], cost[order], section, stretch, way, stand_of,
            choice[order].astype(np.int64), self.plain[edges],
            hold_start, need.astype(np.int64), from_s, to_s, self.needs,
            np.repeat(self.arrive_stand, count), np.repeat(self.depart_stand, count),
            np.repeat(self.node_free_s, count), tuple(range(count)),
            tuple(range(self.target * count, (self.target + 1) * count)), self.stand_needs,
        )  # fmt: skip


def frame_base(
    grids: Sequence[SpeedGrid],
    holds: Sequence[WayHold],
    convoys: Sequence[Convoy],
    more_s: tuple[Floats, Floats, Floats],
    single: Sequence[tuple[WayHold, int]],
    stands: Sequence[StandPoint],
    *,
    boarding_s: float,
    alighting_s: float,
    lags_change: bool = True,
) -> FrameBase:
    """Build the edges.

    Parameters
    ----------
    grids
        One for each section between stands that are asked for, on one chainage; the grids' ends
        are the ends of the way and the asked stands.
    holds, convoys
        Holds with the first choice of lags, and the convoy with each.
    more_s
        Shape (choices, holds): by how many seconds more each choice holds before, and after, and
        by how many a companion's own hold lies later.
    single
        What one train alone holds, with how many trains it takes: for the spacing of the convoy.
    stands
        One for every point at which a train may stand: both ends, asked, optional; in order.
    boarding_s, alighting_s
        How long a track is taken before the departure and after the arrival.
    lags_change
        Whether the convoy may go over to another choice of lags at a stand.
    """
    number_of: dict[Need, int] = {}
    need_of = np.array([number_of.setdefault(h.need, len(number_of)) for h in holds], np.int64)
    stand_at = {round(stand.at_m, 3): index for index, stand in enumerate(stands)}
    last = len(stands) - 1
    arrive: list[int] = [-1]
    depart: list[int] = [0]
    least: list[float] = [0.0]
    rows = _Rows()
    so_far = here = 0.0

    def node(arrive_stand: int, depart_stand: int, free_s: float) -> int:
        arrive.append(arrive_stand)
        depart.append(depart_stand)
        least.append(free_s)
        return len(least) - 1

    tails, target = [0], -1
    ends = stands[0].at_m, stands[-1].at_m
    for number, grid in enumerate(grids):
        for k in range(len(grid.stretches)):
            rule = stand_at.get(round(grid.points[k + 1].at_m, 3), -1)
            heads, ready = [], -1
            here = so_far + float(grid.free_s[k + 1])
            for speed in grid.speed_mps[k + 1]:
                assert speed > 0.0 or rule >= 0, "a stand has its rule"
                heads.append(node(-1 if speed > 0.0 else rule, -1, here))
            leaves = list(heads)
            if grid.speed_mps[k + 1][0] == 0.0 and rule >= 0:
                if rule == last:
                    target = heads[0]
                else:
                    ready = node(-1, rule, here + stands[rule].least_s)
                    leaves[0] = ready
            _runs(rows, grid, number, k, tails, heads, holds, ends, (boarding_s, alighting_s))
            if ready >= 0:
                one = np.ones(1, np.int64)
                meaning = np.array([[-1, -1, -1, rule]], np.int64)
                rows.add(one * heads[0], one * ready, np.array([stands[rule].least_s]),
                         np.zeros(1), meaning)  # fmt: skip
            tails = leaves
        so_far = least[tails[0]] if number + 1 < len(grids) else here
    meaning = np.concatenate(rows.meaning)
    begin, end = (np.concatenate([*part, np.zeros(0)]) for part in (rows.begin, rows.end))
    begins, goes = (
        np.concatenate([*part, np.zeros(0, np.int64)]) for part in (rows.begins, rows.ends)
    )
    return FrameBase(
        tuple(grids), tuple(stands), tuple(convoys),
        spacing(grids, single, stands, convoys, (boarding_s, alighting_s)),
        np.concatenate(rows.tail), np.concatenate(rows.head), np.concatenate(rows.least),
        np.concatenate(rows.cost), meaning, _plain(grids, meaning, stands),
        np.concatenate(rows.holds), np.concatenate([*rows.hold, np.zeros(0, np.int64)]),
        begin, end, begins, goes, *more_s, tuple(number_of), need_of,
        np.array(arrive, np.int64), np.array(depart, np.int64), np.array(least, np.float64),
        target, tuple(_standing(holds, stand.at_m) for stand in stands), lags_change,
    )  # fmt: skip


def _runs(
    rows: _Rows,
    grid: SpeedGrid,
    number: int,
    k: int,
    tails: Sequence[int],
    heads: Sequence[int],
    holds: Sequence[WayHold],
    ends_m: tuple[float, float],
    terminal_s: tuple[float, float],
) -> None:
    """Add the runs of one stretch, by whether they begin and end with a stand."""
    stretch = grid.stretches[k]
    out_stands = grid.speed_mps[k][stretch.way[:, 0]] == 0.0
    in_stands = grid.speed_mps[k + 1][stretch.way[:, 2]] == 0.0
    total = stretch.time_s[:, -1]
    free = float(grid.free_s[k + 1] - grid.free_s[k])
    near = relevant(holds, stretch)
    for leaves in (False, True):
        for stops in (False, True):
            chosen = np.flatnonzero((out_stands == leaves) & (in_stands == stops))
            if chosen.size == 0:
                continue
            asked = []
            for index in near:
                part = part_of(holds[index], stretch, chosen, leaves, stops, ends_m, terminal_s)
                if part is not None:
                    asked.append((index, part))
            way = stretch.way[chosen]
            ceiling = way[:, 1] > 0
            cost = STAND_COST * stops + CEILING_COST * ceiling + (total[chosen] - free)
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


def _standing(holds: Sequence[WayHold], at_m: float) -> tuple[Need, ...]:
    """Return what must be free as long as the train stands at a place."""
    found: dict[Need, None] = {}
    for hold in holds:
        on_it = hold.holds(at_m) and hold.place
        on_it |= hold.begins_m < at_m - 1.0 and hold.ends_m > at_m + 1.0
        if on_it and hold.when != "passing":
            found[hold.need] = None
    return tuple(found)


def _plain(grids: Sequence[SpeedGrid], meaning: Ints, stands: Sequence[StandPoint]) -> Flags:
    kept = np.ones(meaning.shape[0], np.bool_)
    for edge, (number, k, chosen, stand) in enumerate(meaning.tolist()):
        if stand >= 0:
            kept[edge] = stands[stand].asked
            continue
        grid = grids[number]
        begin, ceiling, end = grid.stretches[k].way[chosen].tolist()
        kept[edge] = ceiling == 0 and all(
            i == grid.speed_mps[p].size - 1 or p in (0, len(grid.points) - 1)
            for p, i in ((k, begin), (k + 1, end))
        )
    return kept
