"""The highest speeds at which outriders hold the junctions of a road.

With n riders, junction k can only be held by somebody who was freed from the n-th post before it.
Each such pair is a window of road that the convoy must not pass in less time than the rider needs:

    F(k) - F(i)  >=  ride(i, k) + passing time at i + hold + lead

Speeds are the fair ones: the slowest stretch is as fast as it can be, then the next slowest
(water filling over the windows).  As passing times depend on the speeds, windows and speeds are
found in turn until they agree, each time with the column followed vehicle by vehicle.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from retinue.road.column import BlockConduct, column_rules
from retinue.road.front import Grid, grid_of, march, passage_of
from retinue.road.request import RoadRuns, RoadStretch
from retinue.road.rolling_block import (
    BlockPlan,
    Junction,
    SlowedStretch,
    assign,
    junctions_of,
    least_outriders,
    ride_speed,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.road.passage import ColumnPassage

    Floats = NDArray[np.float64]

__all__ = ["Holding", "Window", "fair_speeds", "hold_junctions", "holding", "windows_of"]

_ROUNDS = 25
_MARGIN_S = 0.2  # windows are made so much longer, that rounding opens none of them
_BISECTIONS = 40


@dataclass(frozen=True, eq=False)
class Holding:
    """Junctions of a road in the riders' time.

    Attributes
    ----------
    front_s, tail_s
        When front and tail pass each junction, shape (n,).
    ride_s
        Riding time from the begin of the road to each junction, shape (n,).
    due, freed
        When a rider must stand and may leave, in the riders' time, shape (n,).
    """

    front_s: Floats
    tail_s: Floats
    ride_s: Floats
    due: Floats
    freed: Floats


@dataclass(frozen=True)
class Window:
    """A stretch between two junctions, by number, that takes a rider at least so long."""

    first: int
    last: int
    least_s: float


def hold_junctions(runs: RoadRuns) -> RoadRuns:
    """Return a road with its junctions and the speeds at which the outriders hold them.

    A junction that would stay open even at the slowest acceptable speed slows nothing down.
    """
    conduct = column_rules().rolling_block
    junctions = junctions_of(runs.points, conduct)
    free = replace(runs, request=replace(runs.request, traffic=None))
    posts = [junction.posts for junction in junctions]
    outriders = runs.request.outrider_count
    if not junctions:
        empty = BlockPlan(conduct, outriders, (), frozenset(), 0, 0, ())
        return replace(runs, block=empty)
    at_free = _simulate(free, free, junctions, conduct)
    needed_free = least_outriders(at_free.due, at_free.freed, posts)
    slow = _slowed(free, [min(s.speed_mps, _floor(s, conduct)) for s in free.stretches])
    at_slowest = _simulate(slow, free, junctions, conduct)
    needed_slowest = min(least_outriders(at_slowest.due, at_slowest.freed, posts), needed_free)
    if outriders == 0:
        left = frozenset(range(len(junctions)))
        plan = BlockPlan(conduct, 0, junctions, left, needed_free, needed_slowest, ())
        return replace(runs, block=plan)
    kept = assign(at_slowest.due, at_slowest.freed, posts, outriders)
    if needed_free <= outriders:
        kept = assign(at_free.due, at_free.freed, posts, outriders)
    left = frozenset(index for index, riders in enumerate(kept) if not riders)
    stretches, left = _agreed(free, junctions, left, outriders, conduct)
    slowed = _difference(runs.stretches, stretches)
    plan = BlockPlan(conduct, outriders, junctions, left, needed_free, needed_slowest, slowed)
    return replace(runs, stretches=stretches, unheld=runs.stretches, block=plan)


def holding(
    runs: RoadRuns,
    free: tuple[RoadStretch, ...],
    grid: Grid,
    passage: ColumnPassage,
    march_mps: Floats,
    junctions: tuple[Junction, ...],
    conduct: BlockConduct,
) -> Holding:
    """Return when the junctions have to be held, of a column that was followed along the road.

    Parameters
    ----------
    free
        The stretches of the road without what a rolling block takes off their speed.
    """
    ends = np.array([s.to_m for s in free])
    middle = (grid.distance_m[:-1] + grid.distance_m[1:]) / 2
    rows = np.minimum(np.searchsorted(ends, middle, side="left"), len(free) - 1)
    now = np.asarray(march_mps)
    known: dict[tuple[int, float], float] = {}
    ride = np.empty(len(now))
    for index, (row, speed) in enumerate(zip(rows.tolist(), now.tolist(), strict=True)):
        key = (row, speed)
        if key not in known:
            known[key] = ride_speed(free[row], free[row].speed_mps, speed, runs.catch_up, conduct)
        ride[index] = known[key]
    ridden = np.concatenate(([0.0], np.cumsum(np.diff(grid.distance_m) / ride)))
    at = np.array([junction.distance_m for junction in junctions])
    end = np.array([junction.end_m for junction in junctions])
    front = np.interp(at, passage.distance_m, passage.front_s)
    tail = np.interp(end, passage.distance_m, passage.tail_s)
    there = np.interp(at, grid.distance_m, ridden)
    behind = np.interp(end, grid.distance_m, ridden)
    return Holding(
        front,
        tail,
        there,
        front - conduct.lead_time - there,
        tail + conduct.hold_after_tail - behind,
    )


def windows_of(
    held: Holding, junctions: tuple[Junction, ...], left: frozenset[int], outriders: int
) -> list[Window]:
    """Return the windows that bind: from each junction back to the nearest whose rider it needs.

    Of junctions left open nothing is asked.
    """
    found = []
    kept = [index for index in range(len(junctions)) if index not in left]
    for number, last in enumerate(kept):
        riders = junctions[last].posts
        for first in reversed(kept[:number]):
            riders += junctions[first].posts
            if riders > outriders:
                # R(first) <= D(last), written for the time of the front between them.
                least = held.freed[first] - held.front_s[first]
                least += held.front_s[last] - held.due[last]
                found.append(Window(first, last, float(least)))
                break
    return found


def fair_speeds(
    length_m: Floats,
    free_mps: Floats,
    least_mps: Floats,
    windows: list[tuple[int, int, float]],
) -> Floats:
    """Return the fairest speeds at which no window is passed too soon.

    No element's speed can be raised without lowering that of one which is no faster.

    Parameters
    ----------
    length_m, free_mps
        Elements of road in order, and the greatest speed of each, shape (n,).
    least_mps
        Speeds below which none is pressed, shape (n,); a window that they cannot satisfy gets
        these speeds.
    windows
        First element, element behind the last, and least time to pass from one to the other.
    """
    speed = free_mps.copy()
    fixed = np.zeros(len(speed), np.bool_)
    waiting: dict[int, float] = {}

    def level(number: int) -> float | None:
        """Return the one speed that all loose elements may have at most, or None: no need."""
        begin, end, least = windows[number]
        part = slice(begin, end)
        length, fast, slow = length_m[part], speed[part], least_mps[part]
        loose = ~fixed[part]
        if float(np.sum(length / fast)) >= least or not loose.any():
            return None
        low, high = 0.0, float(fast[loose].max())
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            capped = np.where(loose, np.minimum(fast, np.maximum(middle, slow)), fast)
            if float(np.sum(length / capped)) >= least:
                low = middle
            else:
                high = middle
        return low

    for number in range(len(windows)):
        found = level(number)
        if found is not None:
            waiting[number] = found
    while waiting:
        lowest = min(waiting, key=lambda number: (waiting[number], number))
        cap = waiting.pop(lowest)
        begin, end, _ = windows[lowest]
        part = slice(begin, end)
        bound = np.maximum(cap, least_mps[part])
        press = ~fixed[part] & (speed[part] >= bound - 1e-12)
        speed[part] = np.where(press, np.minimum(speed[part], bound), speed[part])
        fixed[part] |= press
        for number, (other, until, _) in enumerate(windows):
            if other < end and begin < until and number in waiting:
                found = level(number)
                if found is None:
                    del waiting[number]
                else:
                    waiting[number] = found
    return speed


def _floor(stretch: RoadStretch, conduct: BlockConduct) -> float:
    """Return the slowest acceptable speed; where nobody can pass, slowing gains nothing."""
    if stretch.escorted or (stretch.oneway and stretch.lanes == 1):
        return stretch.speed_mps
    return min(conduct.slowest, stretch.speed_mps)


def _simulate(
    runs: RoadRuns, free: RoadRuns, junctions: tuple[Junction, ...], conduct: BlockConduct
) -> Holding:
    grid = grid_of(runs)
    front, speed = march(runs, grid, 0.0)
    passage = passage_of(runs, grid, front, speed)
    return holding(runs, free.stretches, grid, passage, speed, junctions, conduct)


def _slowed(runs: RoadRuns, speeds: list[float]) -> RoadRuns:
    return replace(
        runs,
        stretches=tuple(
            replace(stretch, speed_mps=speed)
            for stretch, speed in zip(runs.stretches, speeds, strict=True)
        ),
    )


def _elements(
    stretches: tuple[RoadStretch, ...], junctions: tuple[Junction, ...]
) -> tuple[RoadStretch, ...]:
    """Return the stretches, cut at the junctions."""
    marks = sorted(
        {s.from_m for s in stretches} | {s.to_m for s in stretches}
        | {j.distance_m for j in junctions}
    )  # fmt: skip
    ends = np.array([s.to_m for s in stretches])
    found = []
    for begin, end in pairwise(marks):
        row = min(int(np.searchsorted(ends, (begin + end) / 2)), len(stretches) - 1)
        found.append(replace(stretches[row], from_m=begin, to_m=end))
    return tuple(found)


def _agreed(
    free: RoadRuns,
    junctions: tuple[Junction, ...],
    left: frozenset[int],
    outriders: int,
    conduct: BlockConduct,
) -> tuple[tuple[RoadStretch, ...], frozenset[int]]:
    """Return stretches whose speeds and windows agree, and the junctions left open."""
    elements = _elements(free.stretches, junctions)
    length = np.array([e.to_m - e.from_m for e in elements])
    fast = np.array([e.speed_mps for e in elements])
    least = np.array([_floor(e, conduct) for e in elements])
    begins = np.array([e.from_m for e in elements])
    at = np.searchsorted(begins, [j.distance_m for j in junctions])
    now = replace(free, stretches=elements)
    needs: dict[tuple[int, int], float] = {}
    posts = [0 if i in left else j.posts for i, j in enumerate(junctions)]
    for _ in range(_ROUNDS):
        held = _simulate(now, free, junctions, conduct)
        if least_outriders(held.due, held.freed, posts) <= outriders:
            return _merged(now.stretches), left
        for window in windows_of(held, junctions, left, outriders):
            key = (window.first, window.last)
            # A need never falls again: so the rounds come to rest.
            needs[key] = max(needs.get(key, 0.0), window.least_s + _MARGIN_S)
        halted = {
            key: sum(
                halt.duration_s
                for halt in free.halts
                if junctions[key[0]].distance_m <= halt.distance_m < junctions[key[1]].distance_m
            )
            for key in needs
        }
        windows = [(int(at[a]), int(at[b]), need - halted[a, b]) for (a, b), need in needs.items()]
        speed = fair_speeds(length, fast, least, windows)
        now = replace(
            now,
            stretches=tuple(
                replace(
                    e, speed_mps=float(s), limited_by="rolling block" if s < e.speed_mps else ""
                )
                for e, s in zip(elements, speed, strict=True)
            ),
        )
    held = _simulate(now, free, junctions, conduct)
    riders = assign(held.due, held.freed, [j.posts for j in junctions], outriders)
    return _merged(now.stretches), frozenset(i for i, r in enumerate(riders) if not r)


def _merged(stretches: tuple[RoadStretch, ...]) -> tuple[RoadStretch, ...]:
    found: list[RoadStretch] = []
    for stretch in stretches:
        if found and replace(found[-1], from_m=0.0, to_m=0.0) == replace(
            stretch, from_m=0.0, to_m=0.0
        ):
            found[-1] = replace(found[-1], to_m=stretch.to_m)
        else:
            found.append(stretch)
    return tuple(found)


def _difference(
    free: tuple[RoadStretch, ...], stretches: tuple[RoadStretch, ...]
) -> tuple[SlowedStretch, ...]:
    ends = np.array([s.to_m for s in free])
    found: list[SlowedStretch] = []
    for stretch in stretches:
        row = min(int(np.searchsorted(ends, (stretch.from_m + stretch.to_m) / 2)), len(free) - 1)
        if stretch.speed_mps < free[row].speed_mps - 1e-9:
            found.append(
                SlowedStretch(stretch.from_m, stretch.to_m, free[row].speed_mps, stretch.speed_mps)
            )
    return tuple(found)
