"""When the front of a convoy passes each point of its road: speed, halts, traffic, sightings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.document import suggest
from retinue.errors import InputError
from retinue.road.passage import ColumnPassage, pass_column
from retinue.road.request import RoadObservation, RoadRuns, Waypoint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Grid", "grid_of", "march", "named_point", "passage_of"]

_SHOWN_STEP_M = 1_000.0  # points of a movement stand no farther apart than this
_FINE_STEPS = 2_000
_CLOSE_M = 1_500.0  # longer than any column of one group
_CLOSE_STEP_M = 10.0
_STAND_M = 0.01  # a halt is an interval of this length that takes the time of the halt
_QUARTER_S = 900.0


@dataclass(frozen=True, eq=False)
class Grid:
    """Chainages at which the column's motion is followed.

    Attributes
    ----------
    distance_m
        Rising, shape (n,).
    shown
        Which of them a movement shows.
    halt_rows
        For each halt the row at which the front stands; the next row is the same place.
    stretch
        Number of the stretch that each interval lies in, shape (n - 1,).
    speed_mps
        March speed of each interval on a free road, shape (n - 1,).
    """

    distance_m: Floats
    shown: NDArray[np.int64]
    halt_rows: tuple[int, ...]
    stretch: NDArray[np.int64]
    speed_mps: Floats

    @property
    def placed_m(self) -> Floats:
        """The chainages, with both rows of a halt at one place."""
        placed = self.distance_m.copy()
        for row in self.halt_rows:
            placed[row + 1] = placed[row]
        return placed


def grid_of(runs: RoadRuns) -> Grid:
    """Return the grid of a road: fine around slow sections and halts."""
    breaks = [stretch.from_m for stretch in runs.stretches]
    points = [waypoint.distance_m for waypoint in runs.waypoints]
    crossings = [p.distance_m for p in runs.points if p.kind == "level_crossing"]
    if runs.block is not None:
        held = runs.block.junctions
        crossings += [at for junction in held for at in (junction.distance_m, junction.end_m)]
    total = runs.length_m
    convoy = runs.request.convoy
    stands = [halt.distance_m for halt in runs.halts]
    behind = [-place for place in convoy.standing_m(runs.column)]
    rear = behind[-1] - convoy.ranks[-1].vehicle.length
    ends = [stand + step for stand in stands for step in (0.0, _STAND_M)]
    ends += [stand + rear + step for stand in stands for step in (0.0, _STAND_M)]
    marks = _clean(np.concatenate((runs.distance_m, breaks, points, crossings, ends)), total)
    shown = _clean(_filled(marks, _SHOWN_STEP_M), total)
    fine = _filled(shown, float(np.clip(total / _FINE_STEPS, 10.0, 100.0)))
    # The column closes up and opens out around a slow section: look closely there.
    around = np.arange(-_CLOSE_M, _CLOSE_M, _CLOSE_STEP_M)
    edges = [edge for escort in runs.escorts for edge in (escort.from_m, escort.to_m)]
    places = [
        np.array([stand + place + step for place in behind for step in (0.0, _STAND_M)])
        for stand in stands
    ]
    near = np.concatenate([fine, *(edge + around for edge in (*edges, *stands)), *places])
    fine = _clean(near[(near >= 0.0) & (near <= total)], total)
    rows = tuple(int(np.searchsorted(fine, np.round(stand, 6))) for stand in stands)
    middle = (fine[:-1] + fine[1:]) / 2
    stretch = np.searchsorted([s.to_m for s in runs.stretches], middle, side="left")
    stretch = np.minimum(stretch, len(runs.stretches) - 1)
    speeds = np.array([s.speed_mps for s in runs.stretches])
    return Grid(fine, np.searchsorted(fine, shown), rows, stretch, speeds[stretch])


def _clean(marks: Floats, total_m: float) -> Floats:
    """Return sorted marks from 0 to exactly the total, none closer than a micrometre."""
    rounded = np.round(marks, 6)
    inside = rounded[(rounded > 0.0) & (rounded < np.round(total_m, 6))]
    return np.concatenate(([0.0], np.unique(inside), [total_m]))


def _filled(marks: Floats, step_m: float) -> Floats:
    """Return the marks with evenly spaced points between those farther apart than a step."""
    pieces = np.maximum(np.ceil(np.diff(marks) / step_m - 1e-9), 1).astype(int)
    parts = [
        begin + (end - begin) * np.arange(count) / count
        for begin, end, count in zip(marks[:-1], marks[1:], pieces.tolist(), strict=True)
    ]
    return np.concatenate((*parts, marks[-1:]))


def march(
    runs: RoadRuns, grid: Grid, depart_s: float, observations: Sequence[RoadObservation] = ()
) -> tuple[Floats, Floats]:
    """Return when the front passes each point, and its march speed between them.

    Between two observations the time is spread in proportion to the march as planned; after
    the last one the march goes on as planned, in the traffic of its own hour.

    Returns
    -------
    front_s
        Unix seconds, shape (n,), rising.
    march_mps
        Shape (n - 1,); through a halt the speed of the road there.

    Raises
    ------
    InputError
        For an observation at an unknown point, or one not later than the one before it.
    """
    seen = sorted(
        ((named_point(runs, o.place), o) for o in observations),
        key=lambda entry: entry[0].distance_m,
    )
    anchors = [(0, depart_s)]
    for point, observation in seen:
        row = int(np.searchsorted(grid.distance_m, point.distance_m - 1e-6))
        row = min(row, len(grid.distance_m) - 1)
        if row <= anchors[-1][0]:
            if len(anchors) > 1:
                raise InputError(f'"{observation.place}" is observed twice')
            anchors[-1] = (0, observation.time_s)
            continue
        if observation.time_s <= anchors[-1][1]:
            raise InputError(
                f'the time observed at "{observation.place}" is not later than the one before it',
                cure="Check the date and the zone.",
            )
        anchors.append((row, observation.time_s))
    front = np.empty(len(grid.distance_m))
    speed = grid.speed_mps.copy()
    last = len(grid.distance_m) - 1
    for number, (row, begin) in enumerate(anchors):
        observed = anchors[number + 1] if number + 1 < len(anchors) else None
        end = last if observed is None else observed[0]
        taken, factor = _taken(runs, grid, row, end, begin)
        scale = 1.0
        if observed is not None:
            scale = (observed[1] - begin) / float(taken.sum())
        front[row] = begin
        front[row + 1 : end + 1] = begin + np.cumsum(taken) * scale
        if observed is not None:
            front[end] = observed[1]
        speed[row:end] *= factor / scale
    return front, speed


def _taken(runs: RoadRuns, grid: Grid, row: int, end: int, begin_s: float) -> tuple[Floats, Floats]:
    """Return time taken by each interval from a row to another, and the share of traffic."""
    step = np.diff(grid.distance_m[row : end + 1])
    taken = step / grid.speed_mps[row:end]
    factor = np.ones(len(step))
    halts = {
        at - row: halt.duration_s
        for at, halt in zip(grid.halt_rows, runs.halts, strict=True)
        if row <= at < end
    }
    table = runs.request.traffic
    if table is None:
        for at, duration in halts.items():
            taken[at] = duration
        return taken, factor
    # Clocks differ by whole quarters of an hour, so a factor holds for a quarter at least.
    held: dict[tuple[int, int], float] = {}
    now = begin_s
    for index in range(len(step)):
        if index in halts:
            taken[index] = halts[index]
        else:
            key = int(grid.stretch[row + index]), int(now // _QUARTER_S)
            if key not in held:
                stretch = runs.stretches[key[0]]
                held[key] = 1.0 if stretch.escorted else table.factor(stretch, now)
            factor[index] = held[key]
            taken[index] /= factor[index]
        now += taken[index]
    return taken, factor


def passage_of(runs: RoadRuns, grid: Grid, front_s: Floats, march_mps: Floats) -> ColumnPassage:
    """Return when head, main car and tail pass each point of the grid."""
    convoy, column = runs.request.convoy, runs.column
    return pass_column(
        grid.distance_m,
        front_s,
        convoy,
        column,
        _catch_up(runs, grid.distance_m),
        march_mps=march_mps,
        stands_m=[float(grid.distance_m[row]) for row in grid.halt_rows],
    )


def _catch_up(runs: RoadRuns, distance_m: Floats) -> Floats:
    """Return how much a vehicle may close up; nobody outruns the men beside the car."""
    middle = (distance_m[:-1] + distance_m[1:]) / 2
    factor = np.full(len(middle), runs.catch_up)
    for escort in runs.escorts:
        factor[(middle >= escort.from_m) & (middle <= escort.to_m)] = 1.0
    return factor


def named_point(runs: RoadRuns, name: str) -> Waypoint:
    """Return a named point of the leg.

    Raises
    ------
    InputError
        Where no point has the name.
    """
    wanted = name.casefold()
    for point in runs.waypoints:
        if point.name.casefold() == wanted:
            return point
    known = [point.name for point in runs.waypoints]
    raise InputError(
        f'"{name}" is not a named point of the leg {runs.request.title}',
        cure=suggest(name, known) or f"Known: {', '.join(known)}.",
    )
