"""A route over mapped tracks in the form of the books: points by name, stretches with values.

So the rail leg, the compatibility check, the plan and its checkers work on it as on any
other route.  What is tagged has confidence H; what is assumed says so.  Chainage is the
real length run by the front, over all runs.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from retinue.rail.running_path import UNELECTRIFIED
from retinue.rail.track_path import TrackPath
from retinue.world.rail_route import (
    TRACK_ORIGIN,
    OperatingPoint,
    RailRoute,
    RoutePoint,
    RouteStretch,
    Value,
)
from retinue.world.track_line import TrackLine
from retinue.world.track_network import TrackNetwork
from retinue.world.track_route import TrackRoute
from retinue.world.track_site_things import station_sites
from retinue.world.track_values import spans_along, value_at
from retinue.world.zones import zone_at

if TYPE_CHECKING:
    from retinue.world.countries import BorderCrossing, Countries
    from retinue.world.track_sites import Site

__all__ = ["steepest_kilometre", "track_rail_route"]

_NEAR_END_M = 1_000.0
_EXCURSION_M = 3_000.0
_UNKNOWN_POWER = "unknown"


def steepest_kilometre(path: TrackPath) -> float | None:
    """Return the steepest mean gradient over 1,000 m, without sign; None where none is known.

    A kilometre is the braking distance of a main line, for which brakes are judged.
    """
    if path.heights == "none":
        return None
    length = path.path.length_m
    window = min(1_000.0, length)
    starts = np.arange(0.0, max(length - window, 0.0) + 1.0, 100.0)
    rise = path.path.gradient.integral(starts + window) - path.path.gradient.integral(starts)
    return float(np.abs(rise).max() / window)


def track_rail_route(
    network: TrackNetwork,
    route: TrackRoute,
    path: TrackPath,
    countries: Countries,
    ends: tuple[OperatingPoint, OperatingPoint],
) -> RailRoute:
    """Return a route over tracks as a `RailRoute`; its chainage is that of the path.

    Parameters
    ----------
    ends
        Where it begins and ends, as the journey calls it.
    """
    line = path.line
    crossings = [
        c
        for c in countries.crossings(line.lat_deg, line.lon_deg, shortest_m=_EXCURSION_M)
        if c.from_country and c.to_country
    ]
    changes = _countries(line, crossings, ends[0].country)
    points = _points(network, route, line, changes, ends)
    for crossing, (at, country) in zip(crossings, changes[1:], strict=True):
        points.append(RoutePoint(_border(countries, crossing, country), at))
    points.sort(key=lambda entry: entry.distance_m)
    stretches = _stretches(network, path, changes)
    fresh = np.concatenate(([True], np.diff(line.chainage_m) > 1e-6))
    assumptions = [Value(text, "OpenStreetMap extract", "assumed") for text in _assumed(path)]
    return RailRoute(
        points=tuple(points),
        stretches=tuple(stretches),
        lon_deg=line.lon_deg[fresh],
        lat_deg=line.lat_deg[fresh],
        distance_m=line.chainage_m[fresh],
        graph_length_m=line.length_m,
        assumptions=tuple(assumptions),
    )


def _countries(
    line: TrackLine, crossings: list[BorderCrossing], first: str
) -> list[tuple[float, str]]:
    begin = crossings[0].from_country if crossings else first
    changes = [(0.0, begin or first)]
    for crossing in crossings:
        low, high = line.chainage_m[crossing.index], line.chainage_m[crossing.index + 1]
        at = float(low + crossing.fraction * (high - low))
        changes.append((at, crossing.to_country or ""))
    return changes


def _border(countries: Countries, crossing: BorderCrossing, country: str) -> OperatingPoint:
    one = crossing.from_country or ""
    return OperatingPoint(
        id=f"border-{one.lower()}-{country.lower()}",
        name=f"border {countries.name(one)}/{countries.name(country)}",
        lat=round(crossing.lat_deg, 4),
        lon=round(crossing.lon_deg, 4),
        country=country,
        zone=zone_at(crossing.lat_deg, crossing.lon_deg, country).name,
        kind="border",
        source="country outlines (Natural Earth)",
    )


def _points(
    network: TrackNetwork,
    route: TrackRoute,
    line: TrackLine,
    changes: list[tuple[float, str]],
    ends: tuple[OperatingPoint, OperatingPoint],
) -> list[RoutePoint]:
    sites = [s for s in station_sites(network, line) if s.name and s.kind != "yard"]
    points = [RoutePoint(ends[0], 0.0), RoutePoint(ends[1], line.length_m)]
    taken: list[tuple[str, float]] = [(ends[0].name, 0.0), (ends[1].name, line.length_m)]
    at = 0.0
    for number, run in enumerate(route.runs):
        for name, along in run.vias:
            points.append(RoutePoint(_place(line, at + along, name, sites, changes), at + along))
            taken.append((name, at + along))
        at += run.length_m
        if number == len(route.runs) - 1:
            break
        name = run.place or _beyond(line, at, sites)
        turn = Value(f"{name}: the train changes ends", "OpenStreetMap extract", "H")
        points.append(RoutePoint(_place(line, at, name, sites, changes), at, True, turn))
        taken.append((name, at))
    for site in sorted(sites, key=lambda s: (s.chainage_m, s.id)):
        middle = 0.5 * (site.chainage_m + site.until_m)
        if any(name == site.name and abs(m - middle) < _NEAR_END_M for name, m in taken):
            continue
        if site.chainage_m <= 1.0 or site.until_m >= line.length_m - 1.0:
            continue  # the train begins or ends in it, under the name that the journey gives it
        points.append(RoutePoint(_of_site(site, _country(changes, middle)), middle))
        taken.append((site.name, middle))
    return points


def _country(changes: list[tuple[float, str]], at: float) -> str:
    return [country for begin, country in changes if begin <= at + 1e-6][-1]


def _of_site(site: Site, country: str) -> OperatingPoint:
    return OperatingPoint(
        id=site.id,
        name=site.name,
        lat=site.lat_deg,
        lon=site.lon_deg,
        country=country,
        zone=zone_at(site.lat_deg, site.lon_deg, country or None).name,
        kind=site.kind,
        source="OpenStreetMap extract",
        confidence="H",
    )


def _place(
    line: TrackLine, at: float, name: str, sites: list[Site], changes: list[tuple[float, str]]
) -> OperatingPoint:
    """Return a point of the route: the station of that name, else one of its own."""
    country = _country(changes, at)
    lat, lon = line.place(at)
    for site in sites:
        if site.name == name and abs(0.5 * (site.chainage_m + site.until_m) - at) < _NEAR_END_M:
            return replace(_of_site(site, country), lat=lat, lon=lon)
    return OperatingPoint(
        id="",
        name=name,
        lat=lat,
        lon=lon,
        country=country,
        zone=zone_at(lat, lon, country or None).name,
        kind="point",
        source="OpenStreetMap extract",
        confidence="H",
    )


def _beyond(line: TrackLine, at: float, sites: list[Site]) -> str:
    """Return a name for a change of ends on the way."""
    if not sites:
        lat, lon = line.place(at)
        return f"change of ends at {lat:.4f},{lon:.4f}"
    nearest = min(sites, key=lambda s: (abs(0.5 * (s.chainage_m + s.until_m) - at), s.id))
    away = abs(0.5 * (nearest.chainage_m + nearest.until_m) - at)
    return f"change of ends {away / 1000:.1f} km from {nearest.name}"


def _stretches(
    network: TrackNetwork, path: TrackPath, changes: list[tuple[float, str]]
) -> list[RouteStretch]:
    line = path.line
    names = ("gauge", "tracks", "axle_load", "loading_gauge", "ref", "name", "usage", "service")
    spans = {name: spans_along(network, line, name) for name in names}
    power = list(zip(path.path.power.start_m.tolist(), path.path.power.system, strict=True))
    cuts = {0.0, line.length_m, *(at for at, _ in changes), *(at for at, _ in power)}
    for group in (
        path.limits,
        *(spans[k] for k in ("gauge", "tracks", "axle_load", "loading_gauge", "ref")),
    ):
        cuts.update(span.from_m for span in group)
    steepest = steepest_kilometre(path)
    found: list[RouteStretch] = []
    for low, high in itertools.pairwise(sorted(cuts)):
        if high - low < 0.5 and found:
            found[-1] = replace(found[-1], to_m=high)
            continue
        middle = 0.5 * (low + high)
        told = {name: value_at(group, middle) for name, group in spans.items()}
        limit = value_at(list(path.limits), middle)
        wire = _wire(power, middle)
        stretch = RouteStretch(
            line_id=told["ref"] or "",
            line_name=_line_name(told),
            from_m=found[-1].to_m if found else 0.0,
            to_m=high,
            gauges_mm=tuple(told["gauge"] or ()),
            electrification=wire,
            line_speed_mps=limit[0],
            tracks=None if told["tracks"] is None else int(told["tracks"]),
            ruling_gradient=steepest,
            axle_load_kg=told["axle_load"],
            loading_gauge=told["loading_gauge"] or None,
            country=_country(changes, middle),
            origin=TRACK_ORIGIN,
            values=_grounds(told, limit, wire),
        )
        last = found[-1] if found else None
        if last is not None and replace(stretch, from_m=last.from_m) == replace(
            last, to_m=stretch.to_m
        ):
            found[-1] = replace(last, to_m=stretch.to_m)
        else:
            found.append(stretch)
    return found


def _wire(power: list[tuple[float, str | None]], at: float) -> str | None:
    """Return the power system; in a gap that before it; None where not tagged."""
    systems = [system for begin, system in power if begin <= at and system is not None]
    known = systems[-1] if systems else None
    return None if known == _UNKNOWN_POWER else known


def _line_name(told: dict[str, object]) -> str:
    if told["ref"]:
        return f"line {told['ref']}"
    if told["name"]:
        return str(told["name"])
    if told["service"]:
        return f"{told['service']} track"
    return f"{told['usage']} line" if told["usage"] else "track without line number"


def _grounds(
    told: dict[str, object], limit: tuple[float, bool], wire: str | None
) -> dict[str, Value]:
    tagged = "OpenStreetMap extract"
    speed = f"{limit[0] * 3.6:.0f} km/h"
    use = told["service"] or told["usage"] or "no use tagged"
    grounds = {
        "line_speed": Value(speed, tagged, "H")
        if limit[1]
        else Value(speed, f"no maxspeed tagged: usual for its use ({use})", "assumed")
    }
    for name, value in (("gauge", told["gauge"]), ("axle_load", told["axle_load"])):
        if value:
            grounds[name] = Value(str(value), tagged, "H")
    if wire is not None:
        word = "not electrified" if wire == UNELECTRIFIED else wire
        grounds["electrification"] = Value(word, tagged, "H")
    return grounds


def _assumed(path: TrackPath) -> list[str]:
    """Return what the route as a whole assumes, in sentences."""
    found = []
    if path.level_m > 0.0:
        why = "the world has no heights" if path.heights == "none" else "no height is known"
        found.append(f"level on {path.level_m / 1000:.1f} km: {why} there")
    if path.conditional:
        length = sum(span.length_m for span in path.conditional)
        words = ", ".join(dict.fromkeys(str(span.value) for span in path.conditional))
        found.append(f"conditional limits are not obeyed on {length / 1000:.1f} km: {words}")
    if path.coasted:
        length = sum(span.length_m for span in path.coasted)
        found.append(f"coasted without power: {len(path.coasted)} places, {length:.0f} m in all")
    return found
