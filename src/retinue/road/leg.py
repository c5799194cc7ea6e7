"""A road leg in time: movements of pilot and convoy, timeline, records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from retinue.clock import duration_text
from retinue.movement import Movement, MovementStop
from retinue.plan.leg import Section, SpeedProfile
from retinue.plan.records import Assumption, Event, Note, Source
from retinue.plan.vehicles import ConvoyRecord
from retinue.road.column import Column
from retinue.road.convoy import Convoy
from retinue.road.details import road_details
from retinue.road.drive import drive
from retinue.road.front import Grid, grid_of, march, named_point, passage_of
from retinue.road.passage import ColumnPassage
from retinue.road.record import convoy_record, road_sections, speed_profile
from retinue.road.request import (
    EscortSection,
    RoadEnd,
    RoadObservation,
    RoadRequest,
    RoadRuns,
    Waypoint,
)

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
    standing_time_s: float
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
    grid = grid_of(runs)
    front, speed = march(runs, grid, depart_s, observations)
    convoy, column = runs.request.convoy, runs.column
    passage = passage_of(runs, grid, front, speed)
    main = _movement(runs, convoy, column, grid, passage)
    movements = [main]
    if convoy.pilots:
        movements.append(_pilot(runs, convoy, column, grid, passage))
    fastest = max(stretch.speed_mps for stretch in runs.stretches)
    total = runs.length_m
    main_late = float(passage.main_s[-1] - passage.front_s[-1])
    tail_late = float(passage.tail_s[-1] - passage.front_s[-1])
    standing = sum(stop.depart_s - stop.arrive_s for stop in main.stops)
    return RoadLegResult(
        movements=tuple(movements),
        timeline=_timeline(runs, passage, movements, ready_s, observations),
        convoy=convoy_record(convoy, column, fastest),
        countries=runs.countries,
        sections=road_sections(runs),
        profile=speed_profile(runs, grid, front),
        notes=runs.notes,
        assumptions=runs.assumptions,
        sources=runs.sources,
        distance_m=total,
        graph_distance_m=runs.graph_distance_m,
        running_time_s=float(front[-1] - front[0]) - standing,
        standing_time_s=standing,
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
            **road_details(runs, grid, passage, speed),
        },
    )


def _movement(
    runs: RoadRuns,
    convoy: Convoy,
    column: Column,
    grid: Grid,
    passage: ColumnPassage,
) -> Movement:
    shown = grid.shown
    at = grid.placed_m[shown]
    return Movement(
        role="main",
        name=convoy.title,
        length_m=convoy.length_m(column, 0.0),
        lon_deg=np.interp(at, runs.distance_m, runs.lon_deg),
        lat_deg=np.interp(at, runs.distance_m, runs.lat_deg),
        distance_m=at,
        time_s=passage.front_s[shown],
        tail_time_s=passage.tail_s[shown],
        stops=tuple(
            MovementStop(
                place=(point := _point_at(runs, halt.distance_m)).name,
                zone=point.zone,
                why=halt.why,
                distance_m=float(grid.placed_m[row]),
                arrive_s=float(passage.front_s[row]),
                depart_s=float(passage.front_s[row + 1]),
            )
            for halt, row in zip(runs.halts, grid.halt_rows, strict=True)
        ),
    )


def _point_at(runs: RoadRuns, distance_m: float) -> Waypoint:
    """Return the named point at which the column halts."""
    return min(
        runs.waypoints,
        key=lambda w: (abs(w.distance_m - distance_m), not w.name.startswith("halt")),
    )


def _pilot(
    runs: RoadRuns,
    convoy: Convoy,
    column: Column,
    grid: Grid,
    passage: ColumnPassage,
) -> Movement:
    """Return the pilot car: always the same distance ahead of the convoy's front."""
    distance, front = passage.distance_m, passage.front_s
    # It stands where it is whenever the front halts, so the moments of halts are shown too.
    stands = [float(distance[row + step]) + convoy.pilot_ahead_m
              for row in grid.halt_rows for step in (0, 1)]  # fmt: skip
    inside = [place for place in stands if place < distance[-1]]
    at = np.unique(np.concatenate((distance[grid.shown], inside)))
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
    observed = {named_point(runs, o.place).name for o in observations}
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
    stops = {stop.place: stop for stop in main.stops}
    for point in runs.waypoints[1:-1]:
        border = borders.get(point.name)
        stop = stops.get(point.name)
        if stop is not None:
            why = f", {stop.why}" if stop.why else ""
            standing = stop.depart_s - stop.arrive_s
            add("task", point, stop.arrive_s, f"column halts{why}", duration_s=round(standing, 1))
        elif border is None:
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
