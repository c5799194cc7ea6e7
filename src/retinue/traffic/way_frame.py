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

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

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

__all__ = ["StandPoint", "WayFrame", "way_frame"]

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
        Shape (edges,): a run without a ceiling, a stand that is asked for, no change of lags.
    first
        Shape (edges,): of the first choice of lags at both ends.
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
    first: Flags
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
    begins: list[Flags] = field(default_factory=list)
    ends: list[Flags] = field(default_factory=list)

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
            self.begins.append(np.tile(np.array([p.begins for _, p in parts]), n))
            self.ends.append(np.tile(np.array([p.ends for _, p in parts]), n))


def way_frame(
    grids: Sequence[SpeedGrid],
    choices: Sequence[Sequence[WayHold]],
    convoys: Sequence[Convoy],
    single: Sequence[tuple[WayHold, int]],
    stands: Sequence[StandPoint],
    *,
    boarding_s: float,
    alighting_s: float,
    lags_change: bool = True,
) -> WayFrame:
    """Build the frame.

    Parameters
    ----------
    grids
        One for each section between stands that are asked for, on one chainage; the grids' ends
        are the ends of the way and the asked stands.
    choices, convoys
        For each choice of lags the holds, the same in the same order but for their seconds
        before and after; and the convoy.
    single
        What one train alone holds, with how many trains it takes: for the spacing of the convoy.
    stands
        One for every point at which a train may stand: both ends, asked, optional; in order.
    boarding_s, alighting_s
        How long a track is taken before the departure and after the arrival.
    lags_change
        Whether the convoy may go over to another choice of lags at a stand.
    """
    holds = choices[0]
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
    limits = spacing(grids, single, stands, convoys, (boarding_s, alighting_s))
    shifts = [
        (
            np.array([h.before_s - own.before_s for h, own in zip(other, holds, strict=True)]),
            np.array([h.after_s - own.after_s for h, own in zip(other, holds, strict=True)]),
        )
        for other in choices
    ]
    stand_needs = tuple(_standing(holds, stand.at_m) for stand in stands)
    return _layered(
        rows, tuple(grids), tuple(stands), tuple(convoys), shifts, limits, need_of,
        tuple(number_of), (arrive, depart, least), target, stand_needs, lags_change,
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


def _layered(
    rows: _Rows,
    grids: tuple[SpeedGrid, ...],
    stands: tuple[StandPoint, ...],
    convoys: tuple[Convoy, ...],
    shifts: Sequence[tuple[Floats, Floats]],
    limits: Limits,
    need_of: Ints,
    needs: tuple[Need, ...],
    nodes: tuple[list[int], list[int], list[float]],
    target: int,
    stand_needs: tuple[tuple[Need, ...], ...],
    lags_change: bool,
) -> WayFrame:
    """Lay the graph out once for each choice of lags, and join the choices at the stands."""
    tail, head = np.concatenate(rows.tail), np.concatenate(rows.head)
    least, cost = np.concatenate(rows.least), np.concatenate(rows.cost)
    meaning = np.concatenate(rows.meaning)
    plain = _plain(grids, meaning, stands)
    counts = np.concatenate(rows.holds)
    hold = np.concatenate([*rows.hold, np.zeros(0, np.int64)])
    begin, end = (np.concatenate([*part, np.zeros(0)]) for part in (rows.begin, rows.end))
    begins, ends = (
        np.concatenate([*part, np.zeros(0, np.bool_)]) for part in (rows.begins, rows.ends)
    )
    of_edge = np.repeat(np.arange(tail.size), counts)
    runs = np.flatnonzero(meaning[:, 3] < 0)
    count = len(convoys)
    columns: list[tuple[Ints, Ints, Floats, Floats, Floats, Ints, Ints, Flags, Flags]] = []
    held: list[tuple[Ints, Floats, Floats]] = []
    for c in range(count):
        allowed = limits.allows(c, meaning[runs])
        chosen = runs[allowed]
        kept = np.isin(of_edge, chosen)
        before, after = shifts[c]
        from_s = begin[kept] - np.where(begins[kept], before[hold[kept]], 0.0)
        to_s = end[kept] + np.where(ends[kept], after[hold[kept]], 0.0)
        held.append((need_of[hold[kept]], from_s, np.maximum(to_s, from_s)))
        columns.append(
            (
                tail[chosen] * count + c, head[chosen] * count + c, least[chosen], least[chosen],
                cost[chosen], chosen, np.full(chosen.size, c), plain[chosen],
                np.full(chosen.size, c == 0),
            )
        )  # fmt: skip
    holds_of = [counts[column[5]] for column in columns]
    for edge in np.flatnonzero(meaning[:, 3] >= 0).tolist():
        stand = stands[int(meaning[edge, 3])]
        for c in range(count):
            for to in range(count) if lags_change else (c,):
                one, two = convoys[c], convoys[to]
                # Who leaves with another lag than he came with stands for another time.
                more = max(0.0, two.advance_s - one.advance_s, one.following_s - two.following_s)
                most = min(stand.most_s, limits.stand_s(int(meaning[edge, 3]), c, to))
                if most < stand.least_s + more:
                    continue
                single = np.ones(1, np.int64)
                columns.append(
                    (
                        single * (tail[edge] * count + c), single * (head[edge] * count + to),
                        np.array([stand.least_s + more]), np.array([most]),
                        np.array([LAG_COST * (c != to)]), single * edge, single * c,
                        plain[edge : edge + 1] & (c == to), np.array([c == to == 0]),
                    )
                )  # fmt: skip
                holds_of.append(np.zeros(1, np.int64))
    table = [np.concatenate(list(column)) for column in zip(*columns, strict=True)]
    order = np.lexsort((table[1], table[0]))
    per_edge = np.concatenate(holds_of)
    start = np.concatenate([[0], np.cumsum(per_edge)])
    sizes = per_edge[order]
    hold_start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    inner = np.arange(int(hold_start[-1])) - np.repeat(hold_start[:-1], sizes)
    picked = np.repeat(start[:-1][order], sizes) + inner
    hold_need, hold_from, hold_to = (
        np.concatenate(list(column))[picked] for column in zip(*held, strict=True)
    )
    tails, heads, leasts, mosts, costs, edges, choice, plains, first = (c[order] for c in table)
    section, stretch, way, stand_of = (np.ascontiguousarray(meaning[edges, i]) for i in range(4))
    arrive, depart, free = (np.repeat(np.array(part), count) for part in nodes)
    return WayFrame(
        grids, stands, count, tails.astype(np.int64), heads.astype(np.int64), leasts, mosts,
        costs, section, stretch, way, stand_of, choice.astype(np.int64), plains, first,
        hold_start, hold_need.astype(np.int64), hold_from, hold_to, needs,
        arrive.astype(np.int64), depart.astype(np.int64), free.astype(np.float64),
        tuple(range(count)), tuple(range(target * count, (target + 1) * count)), stand_needs,
    )  # fmt: skip
