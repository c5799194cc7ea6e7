"""The records of a rail leg: movements, line table, speed profile, assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.movement import Movement, MovementStop
from retinue.plan import Assumption, Section, SpeedProfile, TrainRecord
from retinue.plan.vehicles import power_name
from retinue.rail.braking import BRAKING_DISTANCES_M
from retinue.rail.polyline import thinned
from retinue.rail.route_path import braking_rule, place_name, stretch_name
from retinue.rail.separation import ROUTE_RELEASE_S, block_rule_text
from retinue.world.rail_route import TRACK_ORIGIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.rail.leg_runs import ConvoyRole, RailRuns
    from retinue.rail.main_clock import MainClock
    from retinue.rail.run_record import Run
    from retinue.world.rail_route import RailRoute, RouteStretch

__all__ = [
    "ROLE_NAMES",
    "assumptions",
    "line_sections",
    "movement",
    "speed_profile",
    "train_records",
]

ROLE_NAMES: dict[str, str] = {
    "main": "main train",
    "advance": "advance train",
    "following": "following train",
}

#: A dropped point is off by less than this; with written times in whole seconds the
#: straight line stays within 1 s and 20 m.
_TIME_S = 0.2
_POSITION_DEG = 4e-5  # 4.4 m of latitude

_PROFILE_POINTS = 1_400


def movement(
    runs: RailRuns, role: ConvoyRole, clock: MainClock, waits_s: Sequence[float]
) -> Movement:
    """Return a train's movement: geometry, stops, and what lies between them."""
    route = runs.request.route
    place = np.concatenate([section.place_m for section in clock.sections])
    time = np.concatenate([section.time_s for section in clock.sections])
    lon = np.interp(place, route.distance_m, route.lon_deg)
    lat = np.interp(place, route.distance_m, route.lat_deg)
    named = np.array([entry.distance_m for entry in route.points])
    kept = thinned(
        place,
        [(time - clock.depart_s, _TIME_S), (lon, _POSITION_DEG), (lat, _POSITION_DEG)],
        np.isin(place, named),
    )
    stops = tuple(
        MovementStop(
            place=standing.name,
            zone=standing.entry.point.zone,
            why=standing.asked.why,
            distance_m=standing.entry.distance_m,
            arrive_s=times.arrive_s,
            depart_s=times.depart_s,
            tasks=standing.work[role].timed(wait_s),
        )
        for standing, times, wait_s in zip(runs.standings, clock.stops, waits_s, strict=True)
    )
    longest = max(section.trains[role].formation.length_m for section in runs.sections)
    return Movement(
        role=role,
        name=ROLE_NAMES[role],
        length_m=longest,
        lon_deg=lon[kept],
        lat_deg=lat[kept],
        distance_m=place[kept],
        time_s=time[kept],
        stops=stops,
    )


def train_records(runs: RailRuns) -> tuple[TrainRecord, ...]:
    """Return every train, again where its formation changes."""
    records: list[TrainRecord] = []
    for role in runs.roles:
        before = None
        start = runs.request.route.points[0].point.name
        for index, section in enumerate(runs.sections):
            formation = section.trains[role].formation
            if index:
                start = runs.standings[index - 1].name
            if formation is not before:
                records.append(formation.record(role, start))
            before = formation
    return tuple(records)


def line_sections(runs: RailRuns) -> tuple[Section, ...]:
    """Return the line table: stretches with equal values joined."""
    route = runs.request.route
    override = runs.request.line_speed_override_mps
    groups: list[list[RouteStretch]] = []
    for stretch in route.stretches:
        if groups and _shown(groups[-1][-1]) == _shown(stretch):
            groups[-1].append(stretch)
        else:
            groups.append([stretch])
    return tuple(
        Section(
            from_place=place_name(route, group[0].from_m),
            to_place=place_name(route, group[-1].to_m),
            from_m=round(group[0].from_m, 1),
            to_m=round(group[-1].to_m, 1),
            line=group[0].line_name,
            gauge_mm=group[0].gauges_mm,
            electrification=power_name(group[0].electrification),
            speed_mps=round(group[0].line_speed_mps if override is None else override, 4),
            tracks=group[0].tracks,
            ruling_gradient=group[0].ruling_gradient,
            axle_load_kg=group[0].axle_load_kg,
            assumed=_assumed_names(group[0]),
            origin="graph" if group[0].origin.startswith("graph") else group[0].origin,
        )
        for group in groups
    )


def _shown(stretch: RouteStretch) -> tuple[object, ...]:
    return (
        stretch.line_id,
        stretch.line_name,
        stretch.gauges_mm,
        stretch.electrification,
        stretch.line_speed_mps,
        stretch.tracks,
        stretch.ruling_gradient,
        stretch.axle_load_kg,
        stretch.origin,
        _assumed_names(stretch),
    )


def _assumed_names(stretch: RouteStretch) -> tuple[str, ...]:
    return tuple(
        name.replace("_", " ")
        for name, value in sorted(stretch.values.items())
        if value.confidence == "assumed"
    )


def speed_profile(runs: RailRuns, planned: Sequence[Run]) -> SpeedProfile:
    """Return speed and limits against distance, thinned for a chart.

    The limits are what the main train may run: line speed, the leg's cap and
    what vehicles and brakes allow.
    """
    places, speeds = [], []
    for section, run in zip(runs.sections, planned, strict=True):
        place = run.polyline(0.5)[0]
        places.append(place + section.from_m)
        speeds.append(run.speed_at(place))
    place, speed = np.concatenate(places), np.concatenate(speeds)
    tolerance = 0.05
    kept = thinned(place, [(speed, tolerance)])
    while kept.size > _PROFILE_POINTS:
        tolerance *= 2.0
        kept = thinned(place, [(speed, tolerance)])
    limit_m: list[float] = []
    limit_mps: list[float] = []
    for section in runs.sections:
        train = section.main
        steps = train.path.limit_mps.minimum(
            min(train.dynamics.max_speed_mps, runs.request.speed_cap_mps or np.inf)
        )
        for start, value in zip(steps.start_m.tolist(), steps.value.tolist(), strict=True):
            if not limit_mps or limit_mps[-1] != round(value, 4):
                limit_m.append(round(start + section.from_m, 1))
                limit_mps.append(round(value, 4))
    return SpeedProfile(
        distance_m=tuple(np.round(place[kept], 1).tolist()),
        speed_mps=tuple((np.round(speed[kept], 3) + 0.0).tolist()),
        limit_distance_m=tuple(limit_m),
        limit_mps=tuple(limit_mps),
    )


def assumptions(runs: RailRuns) -> tuple[Assumption, ...]:
    """Return everything the leg stands on that nobody published, each once, in order."""
    request = runs.request
    legs = (request.leg_id,)
    found: dict[tuple[str, str, str, str], None] = {}
    for stretch_from, stretch_to, line, what, value, because in _of_lines(request.route):
        span = stretch_name(request.route, stretch_from, stretch_to)
        subject = line if span == line else f"{line}, {span}"
        found[(subject, what, value, because)] = None
    for item in request.route.assumptions:
        what = "mapped tracks" if item.source == TRACK_ORIGIN else "way"
        found[(request.route_title, what, item.text, item.source)] = None
    if bool((runs.path.tunnel_factor.value != 1.0).any()):
        greatest = float(runs.path.tunnel_factor.value.max())
        found[
            request.route_title,
            "air resistance in tunnels",
            f"{greatest:g} times that in the open",
            "planning value: by tunnel and train between 1.2 and over 2 times",
        ] = None
    for role in runs.roles:
        for section in runs.sections:
            formation = section.trains[role].formation
            for text, value, because in formation.assumptions():
                # "Vehicle: value", so that one vehicle in three trains is listed once.
                subject, _, what = text.partition(": ")
                found[(subject, what, value, because)] = None
    for standing in runs.standings:
        for role in runs.roles:
            for what, value, because in standing.work[role].assumed:
                found[(standing.name, what, value, because)] = None
        if standing.asked.minimum_s is None and standing.work["main"].likely_s <= 0.0:
            dwell = f"{standing.least_asked_s / 60.0:.0f} min"
            found[
                (standing.name, "shortest stop", dwell, "no minimum is given and no task is known")
            ] = None
    if len(runs.roles) > 1:
        for standing in runs.standings:
            if standing.asked.locomotives is not None:
                engines = " and ".join(engine.title for engine in standing.asked.locomotives)
                because = "the journey names locomotives for the main train only"
                found[standing.name, "locomotives of the other trains", engines, because] = None
    rules = dict.fromkeys(braking_rule(stretch) for stretch in request.route.stretches)
    distances = ", ".join(f"{BRAKING_DISTANCES_M[rule]:.0f} m ({rule})" for rule in rules)
    found[
        request.route_title,
        "braking distance",
        distances,
        "usual for main lines there; with the brake percentage it bounds the speed",
    ] = None
    coarse = [s for s in request.route.stretches if s.origin != TRACK_ORIGIN]
    for assumed in _shape_assumptions(request.route_title, coarse):
        found[assumed] = None
    if len(runs.roles) > 1:
        if runs.blocks.assumed:
            found[
                (
                    request.route_title,
                    "block length",
                    block_rule_text(),
                    f"not published for {_spans(runs)}",
                )
            ] = None
        found[
            (
                request.route_title,
                "route release in stations",
                f"{ROUTE_RELEASE_S:.0f} s",
                "until the next train may be signalled to another track",
            )
        ] = None
    return tuple(
        Assumption(subject=subject, what=what, value=value, because=because, legs=legs)
        for subject, what, value, because in found
    )


def _spans(runs: RailRuns) -> str:
    route = runs.request.route
    spans: list[list[float]] = []
    for from_m, to_m in runs.blocks.assumed:
        if spans and abs(spans[-1][1] - from_m) < 1.0:
            spans[-1][1] = to_m
        else:
            spans.append([from_m, to_m])
    return ", ".join(stretch_name(route, start, end) for start, end in spans)


def _shape_assumptions(
    title: str, coarse: Sequence[RouteStretch]
) -> list[tuple[str, str, str, str]]:
    """Return what is assumed of gradients and curves where the route is not at track level."""
    if not coarse:
        return []
    ramps = sorted({s.ruling_gradient for s in coarse if s.ruling_gradient})
    if ramps:
        text = ", ".join(f"{1000 * gradient:g}" for gradient in ramps)
        because = (
            f"only ruling gradients are known ({text} per mille); that the train starts and "
            "keeps moving on them is checked"
        )
    else:
        because = "no gradient is known"
    return [
        (title, "gradients", "level", because),
        (title, "curves", "straight", "no curve radius is known"),
    ]


def _of_lines(route: RailRoute) -> list[tuple[float, float, str, str, str, str]]:
    """Return (from, to, line, what, value, because), neighbours with one ground joined."""
    joined: list[tuple[float, float, str, str, str, str]] = []
    open_at: dict[tuple[str, str, str, str], int] = {}
    for stretch in route.stretches:
        for name, value in sorted(stretch.values.items()):
            if value.confidence != "assumed":
                continue
            key = (stretch.line_name, name.replace("_", " "), value.text, value.source)
            at = open_at.get(key)
            if at is not None and abs(joined[at][1] - stretch.from_m) < 1.0:
                joined[at] = (joined[at][0], stretch.to_m, *key)
            else:
                open_at[key] = len(joined)
                joined.append((stretch.from_m, stretch.to_m, *key))
    return joined
