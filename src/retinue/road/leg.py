"""A road leg in time: movements of pilot and convoy, timeline, records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.clock import duration_text
from retinue.document import suggest
from retinue.errors import InputError
from retinue.movement import Movement
from retinue.plan.leg import Section, SpeedProfile
from retinue.plan.records import Assumption, Event, Note, Source
from retinue.plan.vehicles import ConvoyRecord
from retinue.road.convoy import Column, Convoy, largest_group
from retinue.road.drive import drive
from retinue.road.passage import ColumnPassage, pass_column
from retinue.road.record import convoy_record, road_sections, speed_profile
from retinue.road.request import (
    EscortSection,
    RoadEnd,
    RoadObservation,
    RoadRequest,
    RoadRuns,
    Waypoint,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "EscortSection",
    "RoadEnd",
    "RoadLegResult",
    "RoadObservation",
    "RoadRequest",
    "RoadRuns",
    "drive",
    "time_road",
]

_SHOWN_STEP_M = 1_000.0  # points of a movement stand no farther apart than this
_FINE_STEPS = 2_000
_CLOSE_M = 1_500.0  # longer than any column of one group
_CLOSE_STEP_M = 10.0


@dataclass(frozen=True)
class RoadLegResult:
    """A timed road leg; the planner makes a plan's leg of it.

    Attributes
    ----------
    movements
        ``main`` is the convoy proper, its front at each point; ``pilot`` runs ahead.
    details
        Figures of the convoy: passing times, length at march speed, when the main car
        comes after the front.
    """

    movements: tuple[Movement, ...]
    timeline: tuple[Event, ...]
    convoy: ConvoyRecord
    countries: tuple[str, ...]
    sections: tuple[Section, ...]
    profile: SpeedProfile
    notes: tuple[Note, ...]
    assumptions: tuple[Assumption, ...]
    sources: tuple[Source, ...]
    distance_m: float
    graph_distance_m: float
    running_time_s: float
    depart_s: float
    arrive_s: float
    details: dict[str, Any]


def time_road(
    runs: RoadRuns,
    depart_s: float,
    observations: Sequence[RoadObservation] = (),
    *,
    ready_s: float | None = None,
) -> RoadLegResult:
    """Give a road leg its times.

    Parameters
    ----------
    runs
        The road found by `drive`.
    depart_s
        When the front of the convoy leaves, Unix seconds.
    observations
        When the front was seen at named points; between two of them the time in motion is
        spread in proportion, after the last the march goes on as planned.
    ready_s
        When the motorcade stands in position, Unix seconds.

    Raises
    ------
    InputError
        For an observation at an unknown point, or one not later than the one before it.
    """
    grid, shown = _grid(runs)
    front = _front(runs, grid, depart_s, observations)
    convoy, column = runs.request.convoy, runs.column
    passage = pass_column(grid, front, convoy, column, _catch_up(runs, grid))
    main = _movement(runs, convoy, column, passage, shown)
    movements = [main]
    if convoy.pilots:
        movements.append(_pilot(runs, convoy, column, passage, shown))
    fastest = max(stretch.speed_mps for stretch in runs.stretches)
    total = runs.length_m
    main_late = float(passage.main_s[-1] - passage.front_s[-1])
    tail_late = float(passage.tail_s[-1] - passage.front_s[-1])
    return RoadLegResult(
        movements=tuple(movements),
        timeline=_timeline(runs, passage, movements, ready_s, observations),
        convoy=convoy_record(convoy, column, fastest),
        countries=runs.countries,
        sections=road_sections(runs),
        profile=speed_profile(runs, grid, front, shown),
        notes=(*runs.notes, *_group_note(runs)),
        assumptions=runs.assumptions,
        sources=runs.sources,
        distance_m=total,
        graph_distance_m=runs.graph_distance_m,
        running_time_s=float(front[-1] - front[0]),
        depart_s=float(front[0]),
        arrive_s=float(front[-1]),
        details={
            "column": runs.request.column,
            "vehicles": len(convoy.vehicles),
            "fastest_mps": round(fastest, 3),
            "length_at_fastest_m": round(convoy.length_m(column, fastest), 1),
            "passing_time_at_fastest_s": round(convoy.passing_time_s(column, fastest), 1),
            "main_car_after_front_at_arrival_s": round(main_late, 1),
            "tail_after_front_at_arrival_s": round(tail_late, 1),
            "pilot_ahead_m": round(convoy.pilot_ahead_m, 1) if convoy.pilots else 0.0,
            "access_road_m": round(runs.access_m, 1),
            "published_distance_m": runs.request.published_distance_m,
            "open_borders": list(runs.request.open_borders),
        },
    )


def _grid(runs: RoadRuns) -> tuple[Floats, NDArray[np.int64]]:
    """Return chainages for the column's motion, and which of them a movement shows."""
    breaks = [stretch.from_m for stretch in runs.stretches]
    points = [waypoint.distance_m for waypoint in runs.waypoints]
    total = runs.length_m
    marks = _clean(np.concatenate((runs.distance_m, breaks, points)), total)
    shown = _clean(_filled(marks, _SHOWN_STEP_M), total)
    fine = _filled(shown, float(np.clip(total / _FINE_STEPS, 10.0, 100.0)))
    # The column closes up and opens out around a slow section: look closely there.
    around = np.arange(-_CLOSE_M, _CLOSE_M, _CLOSE_STEP_M)
    edges = [edge for escort in runs.escorts for edge in (escort.from_m, escort.to_m)]
    near = np.concatenate([fine, *(edge + around for edge in edges)])
    fine = _clean(near[(near >= 0.0) & (near <= total)], total)
    return fine, np.searchsorted(fine, shown)


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


def _front(
    runs: RoadRuns, grid: Floats, depart_s: float, observations: Sequence[RoadObservation]
) -> Floats:
    """Return when the front passes each point."""
    edges = np.array([0.0, *(stretch.to_m for stretch in runs.stretches)])
    taken = [(s.to_m - s.from_m) / s.speed_mps for s in runs.stretches]
    clock = np.concatenate(([0.0], np.cumsum(taken)))
    base = np.interp(grid, edges, clock)
    seen = sorted(
        ((_point(runs, o.place), o) for o in observations), key=lambda entry: entry[0].distance_m
    )
    anchors = [(0.0, depart_s)]
    for point, observation in seen:
        moving = float(np.interp(point.distance_m, edges, clock))
        if moving <= anchors[-1][0]:
            if len(anchors) > 1:
                raise InputError(f'"{observation.place}" is observed twice')
            anchors[-1] = (0.0, observation.time_s)
            continue
        if observation.time_s <= anchors[-1][1]:
            raise InputError(
                f'the time observed at "{observation.place}" is not later than the one before it',
                cure="Check the date and the zone.",
            )
        anchors.append((moving, observation.time_s))
    moved = np.array([moving for moving, _ in anchors])
    times = np.array([time for _, time in anchors])
    late = np.maximum(base - moved[-1], 0.0)
    return np.asarray(np.interp(base, moved, times) + late)


def _catch_up(runs: RoadRuns, grid: Floats) -> Floats:
    """Return how much a vehicle may close up; nobody outruns the men beside the car."""
    middle = (grid[:-1] + grid[1:]) / 2
    factor = np.full(len(middle), runs.catch_up)
    for escort in runs.escorts:
        factor[(middle >= escort.from_m) & (middle <= escort.to_m)] = 1.0
    return factor


def _point(runs: RoadRuns, name: str) -> Waypoint:
    wanted = name.casefold()
    for point in runs.waypoints:
        if point.name.casefold() == wanted:
            return point
    known = [point.name for point in runs.waypoints]
    raise InputError(
        f'"{name}" is not a named point of the leg {runs.request.title}',
        cure=suggest(name, known) or f"Known: {', '.join(known)}.",
    )


def _movement(
    runs: RoadRuns,
    convoy: Convoy,
    column: Column,
    passage: ColumnPassage,
    shown: NDArray[np.int64],
) -> Movement:
    at = passage.distance_m[shown]
    return Movement(
        role="main",
        name=convoy.title,
        length_m=convoy.length_m(column, 0.0),
        lon_deg=np.interp(at, runs.distance_m, runs.lon_deg),
        lat_deg=np.interp(at, runs.distance_m, runs.lat_deg),
        distance_m=at,
        time_s=passage.front_s[shown],
        tail_time_s=passage.tail_s[shown],
    )


def _pilot(
    runs: RoadRuns,
    convoy: Convoy,
    column: Column,
    passage: ColumnPassage,
    shown: NDArray[np.int64],
) -> Movement:
    """Return the pilot car: always the same distance ahead of the convoy's front."""
    at = passage.distance_m[shown]
    distance, front = passage.distance_m, passage.front_s
    start = (distance[1] - distance[0]) / (front[1] - front[0])
    behind = at - convoy.pilot_ahead_m
    times = np.interp(behind, distance, front) + np.minimum(behind, 0.0) / start
    length = sum(v.vehicle.length for v in convoy.pilots)
    length += (len(convoy.pilots) - 1) * column.standstill_gap
    return Movement(
        role="pilot",
        name="pilot car",
        length_m=length,
        lon_deg=np.interp(at, runs.distance_m, runs.lon_deg),
        lat_deg=np.interp(at, runs.distance_m, runs.lat_deg),
        distance_m=at,
        time_s=times,
    )


def _timeline(
    runs: RoadRuns,
    passage: ColumnPassage,
    movements: Sequence[Movement],
    ready_s: float | None,
    observations: Sequence[RoadObservation],
) -> tuple[Event, ...]:
    main = movements[0]
    observed = {_point(runs, o.place).name for o in observations}
    events: list[Event] = []

    def add(kind: Any, point: Waypoint, time_s: float, text: str, **more: Any) -> None:
        seen = point.name in observed and kind in ("depart", "pass", "border", "arrive")
        events.append(
            Event(
                time_utc=time_s, zone=point.zone, kind=kind, place=point.name, text=text,
                distance_m=round(point.distance_m, 1), lat=point.lat, lon=point.lon,
                country=point.country, observed=seen, **more,
            )
        )  # fmt: skip

    first, last = runs.waypoints[0], runs.waypoints[-1]
    convoy = runs.request.convoy
    if ready_s is not None:
        text = f"{convoy.title} in position, {len(convoy.vehicles)} vehicles"
        add("ready", first, ready_s, text)
    for pilot in movements[1:]:
        add("depart", first, pilot.depart_s, "pilot car leaves", role="pilot")
    add("depart", first, main.depart_s, f"{convoy.title} leaves")
    borders = {border.name: border for border in runs.borders}
    for point in runs.waypoints[1:-1]:
        border = borders.get(point.name)
        if border is None:
            add("pass", point, main.time_at(point.distance_m), "passes")
        else:
            text = f"border {border.from_country} to {border.to_country}"
            add("border", point, main.time_at(point.distance_m), text)
    for escort in runs.escorts:
        begin = float(np.interp(escort.from_m, passage.distance_m, passage.main_s))
        end = float(np.interp(escort.to_m, passage.distance_m, passage.main_s))
        near = min(runs.waypoints, key=lambda w: abs(w.distance_m - escort.from_m))
        lon, lat = main.position(escort.from_m)
        add(
            "escort",
            Waypoint(near.name, near.zone, near.country, escort.from_m, lat, lon),
            begin,
            f"{escort.bodyguards} bodyguards run beside the main car for "
            f"{escort.to_m - escort.from_m:,.0f} m at {escort.pace_mps * 3.6:.0f} km/h",
            duration_s=round(end - begin, 1),
        )
    add("arrive", last, main.arrive_s, f"front of {convoy.title} arrives")
    close = float(passage.tail_s[-1])
    later = close - main.arrive_s
    text = f"{later:.0f} s" if later < 120.0 else duration_text(later)
    add("note", last, close, f"tail closed up, {text} later")
    return tuple(sorted(events, key=lambda event: event.time_utc))


def _group_note(runs: RoadRuns) -> tuple[Note, ...]:
    count, most = len(runs.request.convoy.vehicles), largest_group()
    if count <= most:
        return ()
    return (
        Note(
            level="warning",
            subject=runs.request.convoy.title,
            text=f"{count} vehicles: columns of more than {most} are usually split into groups",
            source="fm-3-21.8",
        ),
    )
