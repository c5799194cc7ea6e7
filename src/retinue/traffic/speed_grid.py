r"""The ways in which the special train may be driven: a grid of ceilings, passing speeds, stands.

Along its way the train meets *points*, mostly stations.  Between two neighbouring points it runs as
fast as it can under one ceiling of a list; a point it passes at one speed of a list, or it
stands there.  Every sequence of these choices is a run of the one engine, and its times are the
sum of stretches that do not influence each other, because place and speed at a point are all
that the motion after it knows of the motion before::

    speed ^        ceiling                 the engine's fastest run under several demands is
          |    .--------.     _.--         everywhere the lowest of its runs under each alone:
          |   /          \   /             one may not accelerate or brake harder than the
          |  /            \_/  passing      train can, and the lowest of two motions does not
          +-|--------------|-------> place
          point          point

So each single demand (a ceiling on one stretch, a speed at one point, a stand) is run once by
`retinue.rail.running_time.run` over the whole path, and stretches are put together of these runs.
`retinue.traffic.drive` runs a sequence of choices as a whole; its times are the grid's (tested).

**What the grid holds.**  Ceilings: none, and shares of the fastest speed reached on the stretch,
rounded down to 5 km/h.  Passing speeds: those of the free run, of every run under one demand
nearby, and so of every combination of ceilings and stands; speeds closer than `MERGED_MPS` count
as the lowest of them, the free run's own apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import InputError, NoPlan
from retinue.rail.route_path import section_path
from retinue.rail.run_record import Run, Stop
from retinue.rail.running_time import Driving, run
from retinue.rail.steps import Steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.rail.dynamics import TrainDynamics
    from retinue.rail.running_path import RunningPath

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["CEILING_SHARES", "GridPoint", "SpeedGrid", "Stretch", "ceiling_steps", "speed_grid"]

CEILING_SHARES = (0.85, 0.7, 0.5)
"""Ceilings as shares of the fastest speed that the train reaches on a stretch."""

CEILING_STEP_MPS = 5.0 / 3.6
LOWEST_CEILING_MPS = 20.0 / 3.6
MERGED_MPS = 0.75
"""Passing speeds closer than this (2.7 km/h) are one."""

CELL_M = 25.0
"""Greatest distance of places at which curves are compared."""

TOLERANCE_MPS = 1e-3

POINT_M = 0.5
"""Length of the ceiling that holds a passing speed."""


@dataclass(frozen=True)
class GridPoint:
    """A place where the choice of driving may change.

    Attributes
    ----------
    at_m
        Chainage of the path.
    may_stand
        Whether the train may stand there though nobody asked for it.
    """

    at_m: float
    may_stand: bool = False


@dataclass(frozen=True, eq=False)
class Stretch:
    """All ways to run from one point to the next.

    Attributes
    ----------
    from_m, to_m
        Chainages.
    ceiling_mps
        Shape (c,): inf first.
    way
        Shape (m, 3): passing speed at the begin, ceiling, passing speed at the end, as indices
        of `SpeedGrid.speed_mps` and ``ceiling_mps``.
    place_m
        Shape (p,): places whose times are kept, both ends among them.
    time_s
        Shape (m, p): seconds since the front was at the begin (since it left, where it stood).
    """

    from_m: float
    to_m: float
    ceiling_mps: Floats
    way: Ints
    place_m: Floats
    time_s: Floats

    def time_at(self, place_m: float) -> Floats:
        """Return when each way has its front at one of the kept places, shape (m,)."""
        index = int(np.searchsorted(self.place_m, place_m))
        near = [i for i in (index - 1, index) if 0 <= i < self.place_m.size]
        best = min(near, key=lambda i: abs(float(self.place_m[i]) - place_m))
        return np.asarray(self.time_s[:, best])


@dataclass(frozen=True, eq=False)
class SpeedGrid:
    """Every way to drive from the first to the last point of one train's section.

    Attributes
    ----------
    points
        The first and last are stands.
    speed_mps
        For each point its passing speeds; a stand is the speed 0 and comes first.
    stretches
        One fewer than points.
    free_s
        Shape (points,): times of the free run, seconds since the departure.
    """

    train: TrainDynamics
    path: RunningPath
    points: tuple[GridPoint, ...]
    speed_mps: tuple[Floats, ...]
    stretches: tuple[Stretch, ...]
    free_s: Floats
    share: float = 1.0
    speed_cap_mps: float | None = None

    @property
    def ways(self) -> int:
        """Number of ways over all stretches."""
        return sum(stretch.way.shape[0] for stretch in self.stretches)


@dataclass(frozen=True, eq=False)
class _Curves:
    """Runs of the engine under one demand, at the places of the grid."""

    train: TrainDynamics
    path: RunningPath
    from_m: float
    to_m: float
    speed_cap_mps: float | None
    share: float
    place_m: Floats
    _cuts: dict[float, RunningPath] = field(default_factory=dict)

    def cut(self, from_m: float) -> RunningPath:
        """Return the path from a stand on, as the plan would run it."""
        if from_m not in self._cuts:
            self._cuts[from_m] = section_path(
                self.path, from_m, self.to_m, self.train, self.path.name
            )
        return self._cuts[from_m]

    def under(
        self, ceiling: Sequence[tuple[float, float, float]] = (), stop_m: float | None = None
    ) -> Run:
        """Return the whole run under ceilings (from, to, speed) or with one stand."""
        cap = ceiling_steps(ceiling, self.from_m, self.to_m)
        stops = () if stop_m is None else (Stop(stop_m - self.from_m),)
        return run(
            self.train,
            self.cut(self.from_m),
            stops=stops,
            speed_cap_mps=self.speed_cap_mps,
            driving=Driving(cap_mps=cap, share=Steps.constant(self.share)),
        )

    def after(self, stand_m: float) -> Run:
        """Return the free run from a stand to the end."""
        return run(
            self.train,
            self.cut(stand_m),
            speed_cap_mps=self.speed_cap_mps,
            driving=Driving(share=Steps.constant(self.share)),
        )

    def at(
        self, made: Run, first: int, last: int, origin_m: float, after: bool = False
    ) -> tuple[Floats, Floats]:
        """Return times and speeds at the grid's places from ``first`` to ``last``, inclusive."""
        from retinue.traffic.speed_kernel import curve_at

        place = self.place_m[first : last + 1] - origin_m
        time, speed = np.empty(place.size), np.empty(place.size)
        curve_at(made.distance_m, made.time_s, made.speed_mps, place, time, speed, int(after))
        return time, speed


def ceiling_steps(
    listed: Sequence[tuple[float, float, float]], from_m: float, to_m: float
) -> Steps:
    """Return ceilings (from, to, speed; chainages of the path) on a section's own chainage."""
    steps = Steps.constant(np.inf)
    for begin, end, speed in listed:
        begin, end = max(begin, from_m) - from_m, min(end, to_m) - from_m
        if end <= begin:
            continue
        pairs = [(0.0, np.inf)] if begin > 0.0 else []
        pairs.append((begin, speed))
        if end < to_m - from_m:
            pairs.append((end, np.inf))
        steps = steps.minimum(Steps.from_pairs(pairs))
    return steps


def speed_grid(
    train: TrainDynamics,
    path: RunningPath,
    points: Sequence[GridPoint],
    places_m: Floats,
    *,
    shares: Sequence[float] = CEILING_SHARES,
    speed_cap_mps: float | None = None,
    share: float = 1.0,
) -> SpeedGrid:
    """Run every single demand, and put the stretches together.

    Parameters
    ----------
    points
        In order; the first and last are where the train stands at the ends of its section.
    places_m
        Chainages whose times are wanted.
    shares
        Ceilings as shares of the fastest speed of each stretch; empty: none but the free run.
    share
        Share of every permitted speed that is used (an allowance spread evenly).

    Raises
    ------
    InputError
        For points that are fewer than two or do not rise.
    NoPlan
        As the engine, for the free run.
    """
    from retinue.traffic.speed_kernel import stretch_times

    at = np.array([point.at_m for point in points])
    if at.size < 2 or bool((np.diff(at) < 1.0).any()):
        raise InputError(
            "points of a speed grid rise, at least two and a metre apart", where=path.name
        )
    inside = places_m[(places_m > at[0]) & (places_m < at[-1])]
    cells = [np.linspace(a, b, int(np.ceil((b - a) / CELL_M)) + 1)
             for a, b in itertools.pairwise(at)]  # fmt: skip
    place = np.unique(np.concatenate([at, inside, *cells]))
    curves = _Curves(train, path, float(at[0]), float(at[-1]), speed_cap_mps, share, place)
    index = np.searchsorted(place, at)
    free_t, free_v = curves.at(curves.under(), 0, place.size - 1, curves.from_m)
    ceilings, held = _held(curves, at, index, free_v, shares)
    stands = _stands(curves, points, index)
    speeds = _passing(points, index, free_v, held, stands)
    passing = _dips(curves, at, index, speeds, free_v, free_t, stands)
    stretches = []
    kept = np.unique(np.concatenate([inside, at]))
    for k in range(at.size - 1):
        first, last = int(index[k]), int(index[k + 1])
        window = slice(first, last + 1)
        wanted = np.flatnonzero(np.isin(place[window], kept))
        out = [passing[k, i][1] for i in range(speeds[k].size)]
        into = [passing[k + 1, j][0] for j in range(speeds[k + 1].size)]
        under = [(free_t[window], free_v[window]), *(held[k, c] for c in ceilings[k])]
        way, time = stretch_times(
            place[window],
            np.array([v for _, v in out]), np.array([t for t, _ in out]),
            np.array([v for _, v in under]), np.array([t for t, _ in under]),
            np.array([v for _, v in into]), np.array([t for t, _ in into]),
            speeds[k], speeds[k + 1], wanted.astype(np.int64), TOLERANCE_MPS,
        )  # fmt: skip
        stretches.append(
            Stretch(
                float(at[k]),
                float(at[k + 1]),
                np.array([np.inf, *ceilings[k]]),
                way,
                place[window][wanted],
                time,
            )
        )
    return SpeedGrid(
        train,
        path,
        tuple(points),
        tuple(speeds),
        tuple(stretches),
        free_t[index],
        share,
        speed_cap_mps,
    )


def _held(
    curves: _Curves, at: Floats, index: Ints, free_v: Floats, shares: Sequence[float]
) -> tuple[list[list[float]], dict[tuple[int, float], tuple[Floats, Floats]]]:
    """Return the ceilings of each stretch, and the runs under each on three stretches around."""
    ceilings: list[list[float]] = []
    held: dict[tuple[int, float], tuple[Floats, Floats]] = {}
    for k in range(at.size - 1):
        top = float(free_v[index[k] : index[k + 1] + 1].max())
        found: list[float] = []
        for part in sorted(shares, reverse=True):
            speed = np.floor(part * top / CEILING_STEP_MPS + 1e-9) * CEILING_STEP_MPS
            if speed < LOWEST_CEILING_MPS or speed > top - MERGED_MPS or speed in found:
                continue
            try:
                made = curves.under([(float(at[k]), float(at[k + 1]), float(speed))])
            except NoPlan:
                continue  # too slow for a hill or a gap of the wire
            found.append(float(speed))
            held[k, float(speed)] = curves.at(made, int(index[k]), int(index[k + 1]), curves.from_m)
            held[-1 - k, float(speed)] = _at_points(curves, made, at)
        ceilings.append(found)
    return ceilings, held


def _at_points(curves: _Curves, made: Run, at: Floats) -> tuple[Floats, Floats]:
    """Return times and speeds of a run at the points."""
    from retinue.traffic.speed_kernel import curve_at

    time, speed = np.empty(at.size), np.empty(at.size)
    curve_at(
        made.distance_m, made.time_s, made.speed_mps, at - curves.from_m, time, speed, 0
    )  # fmt: skip
    return time, speed


_Around = tuple[tuple["Floats", "Floats"], tuple["Floats", "Floats"]]


def _stands(
    curves: _Curves, points: Sequence[GridPoint], index: Ints
) -> dict[int, tuple[_Around, Floats]]:
    """Return for each stand the curves into it and away from it, and its speeds at all points."""
    at = np.array([point.at_m for point in points])
    last = at.size - 1
    from retinue.traffic.speed_kernel import curve_at

    empty = np.zeros(0)
    stands: dict[int, tuple[_Around, Floats]] = {}
    for k, point in enumerate(points):
        ends = k in (0, last)
        if not ends and not point.may_stand:
            continue
        try:
            into, out = (empty, empty), (empty, empty)
            speed = np.full(at.size, np.inf)
            if k > 0:
                made = curves.under(stop_m=None if k == last else point.at_m)
                into = curves.at(made, int(index[k - 1]), int(index[k]), curves.from_m)
                speed[: k + 1] = _at_points(curves, made, at)[1][: k + 1]
            if k < last:
                made = curves.after(point.at_m)
                out = curves.at(made, int(index[k]), int(index[k + 1]), point.at_m, after=True)
                beyond = np.empty(at.size - k), np.empty(at.size - k)
                curve_at(
                    made.distance_m, made.time_s, made.speed_mps, at[k:] - point.at_m, *beyond, 0
                )
                speed[k:] = beyond[1]
        except NoPlan:
            if ends:
                raise
            continue  # it could not start again there
        into_v, out_v = into[1].copy(), out[1].copy()
        if into_v.size:
            into_v[-1] = 0.0
        if out_v.size:
            out_v[0] = 0.0
        stands[k] = ((into[0], into_v), (out[0], out_v)), speed
    return stands


def _passing(
    points: Sequence[GridPoint],
    index: Ints,
    free_v: Floats,
    held: Mapping[tuple[int, float], tuple[Floats, Floats]],
    stands: Mapping[int, tuple[_Around, Floats]],
) -> list[Floats]:
    """Return the passing speeds of each point: of the free run, and of every single demand."""
    last = len(points) - 1
    found: list[Floats] = []
    for k in range(last + 1):
        natural = float(free_v[index[k]])
        speeds = [float(times[1][k]) for (of, _), times in held.items() if of < 0]
        speeds += [float(speed[k]) for of, (_, speed) in stands.items() if of != k]
        below = sorted(v for v in speeds if LOWEST_CEILING_MPS / 2 < v < natural - TOLERANCE_MPS)
        merged: list[float] = []
        for v in below:
            if not merged or v >= merged[-1] + MERGED_MPS:
                merged.append(v)
        if k in (0, last):
            found.append(np.zeros(1))
        else:
            own = [0.0] if k in stands else []
            found.append(np.array([*own, *merged, natural]))
    return found


def _dips(
    curves: _Curves,
    at: Floats,
    index: Ints,
    speeds: Sequence[Floats],
    free_v: Floats,
    free_t: Floats,
    stands: Mapping[int, tuple[_Around, Floats]],
) -> dict[tuple[int, int], _Around]:
    """Return for each point and passing speed the curves into it and away from it."""
    last = at.size - 1
    found: dict[tuple[int, int], _Around] = {}
    for k in range(last + 1):
        before = int(index[max(k - 1, 0)]), int(index[k])
        behind = int(index[k]), int(index[min(k + 1, last)])
        for i, speed in enumerate(speeds[k]):
            if speed == 0.0:
                found[k, i] = stands[k][0]
                continue
            if speed >= free_v[index[k]] - TOLERANCE_MPS:
                found[k, i] = tuple(
                    (free_t[a : b + 1], free_v[a : b + 1]) for a, b in (before, behind)
                )  # type: ignore[assignment]
                continue
            made = curves.under([(float(at[k]), float(at[k]) + POINT_M, float(speed))])
            found[k, i] = (
                curves.at(made, *before, curves.from_m),
                curves.at(made, *behind, curves.from_m),
            )
    return found
