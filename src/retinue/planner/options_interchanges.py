"""Interchanges: where a mixed way changes from one mode to another.

Along a railway that was planned: the stations at borders and changes of gauge (where a road
may take over), and aerodromes near the line (where an aircraft may).  Where no railway goes
through, cities with both inside an ellipse about the doors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.planner.options_gateways import Gateway, Gateways, Runways, importance_m, of_aerodrome
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.plan import Leg
    from retinue.plan.leg import Mode
    from retinue.planner.options_ways import Doors
    from retinue.world.aerodromes import Aerodrome

__all__ = ["Interchange", "along_railway", "between_doors"]

_POLYLINE_STEP_M = 4_000.0
_SPACING = 0.15  # of the way, between two interchanges of one kind
_TO_RAIL: tuple[tuple[Mode, Mode], ...] = (("road", "rail"), ("air", "rail"))
_FROM_RAIL: tuple[tuple[Mode, Mode], ...] = (("rail", "road"), ("rail", "air"))


@dataclass(frozen=True)
class Interchange:
    """A place where modes meet, and the changes that make sense there."""

    name: str
    station: Gateway | None
    aerodrome: Gateway | None
    patterns: tuple[tuple[Mode, Mode], ...]


def along_railway(
    gateways: Gateways, doors: Doors, leg: Leg, runways: Runways
) -> list[Interchange]:
    """Return the interchanges along a planned rail leg."""
    return [*_at_borders(gateways, leg), *_at_aerodromes(gateways, doors, leg, runways)]


def _named(leg: Leg) -> list[tuple[float, str, str]]:
    """Return (chainage, name, kind) of the main train's events at places, in order."""
    return [
        (event.distance_m, event.place, event.kind)
        for event in leg.timeline
        if event.role == "main" and event.distance_m is not None
    ]


def _stations(gateways: Gateways, leg: Leg) -> list[tuple[float, Gateway]]:
    """Return the stations of the line book along the leg with their chainages."""
    points = {p.name: p for p in gateways.world.line_book.points.values() if p.kind == "station"}
    found: dict[str, tuple[float, Gateway]] = {}
    for metres, name, _ in _named(leg):
        point = points.get(name)
        if point is None or name in found:
            continue
        gateway = gateways.of_point(point)
        if gateway is not None:
            found[name] = (metres, gateway)
    return list(found.values())


def _at_borders(gateways: Gateways, leg: Leg) -> list[Interchange]:
    """Return the stations on both sides of each border: rail to there, road on; or the reverse."""
    stations = _stations(gateways, leg)
    found: dict[str, Interchange] = {}
    borders = [m for m, _, kind in _named(leg) if kind in ("border", "gauge-change")]
    for at in borders:
        before = [s for s in stations if s[0] <= at and 0.0 < s[0] < leg.distance_m]
        after = [s for s in stations if s[0] >= at and 0.0 < s[0] < leg.distance_m]
        if before:
            gateway = before[-1][1]
            found.setdefault(
                gateway.name,
                Interchange(gateway.name, gateway, None, (("road", "rail"), ("rail", "road"))),
            )
        if after:
            gateway = after[0][1]
            found.setdefault(
                gateway.name,
                Interchange(gateway.name, gateway, None, (("road", "rail"), ("rail", "road"))),
            )
    most = gateways.looked_for.interchanges
    return list(found.values())[:most]


def _at_aerodromes(
    gateways: Gateways, doors: Doors, leg: Leg, runways: Runways
) -> list[Interchange]:
    looked = gateways.looked_for
    line = leg.main
    step = np.arange(0.0, line.total_m + _POLYLINE_STEP_M, _POLYLINE_STEP_M)
    lat = np.interp(step, line.distance_m, line.lat_deg)
    lon = np.interp(step, line.distance_m, line.lon_deg)
    stations = _stations(gateways, leg)
    own = {g.text for group in doors.aerodromes for g in group[:1]}
    candidates: list[tuple[float, float, Aerodrome, Gateway | None]] = []
    for aerodrome in _near_line(gateways, lat, lon, looked.interchange_within):
        if aerodrome.code in own or not runways.at(aerodrome):
            continue
        away = distance_m(aerodrome.lat, aerodrome.lon, lat, lon)
        nearest = int(np.argmin(away))
        named = min(stations, key=lambda s: s[1].away_m(aerodrome.lat, aerodrome.lon), default=None)
        station: Gateway | None = None
        at, metres = float(step[nearest]), float(away[nearest])
        if named is not None:
            to_named = named[1].away_m(aerodrome.lat, aerodrome.lon)
            if to_named <= looked.interchange_within:
                station, at, metres = named[1], named[0], to_named
        here = gateways.world.countries.country_at(float(lat[nearest]), float(lon[nearest]))
        share = at / max(line.total_m, 1.0)
        inside = looked.least_share <= share <= 1.0 - looked.least_share
        if inside and here in (None, aerodrome.country):
            candidates.append((metres + importance_m(aerodrome), share, aerodrome, station))
    found = []
    for _, share, aerodrome, station in _spread(candidates, looked.interchanges):
        name = aerodrome.municipality or aerodrome.name
        if station is None:
            index = min(round(share * line.total_m / _POLYLINE_STEP_M), len(lat) - 1)
            away = distance_m(aerodrome.lat, aerodrome.lon, lat, lon)
            index = int(np.argmin(away))
            at_rail = float(lat[index]), float(lon[index])
            station = gateways.made_place(f"{name} railhead", at_rail, aerodrome.country)
        else:
            name = station.name
        found.append(
            Interchange(
                name, station, of_aerodrome(aerodrome),
                (("rail", "air"), ("air", "rail"), ("road", "air"), ("air", "road")),
            )
        )  # fmt: skip
    return found


def _near_line(
    gateways: Gateways, lat: NDArray[np.float64], lon: NDArray[np.float64], within_m: float
) -> list[Aerodrome]:
    """Return the larger aerodromes near a line, each once, in order along it."""
    found: dict[str, Aerodrome] = {}
    stride = max(int(within_m / _POLYLINE_STEP_M), 1)
    for a, b in zip(lat[::stride].tolist(), lon[::stride].tolist(), strict=True):
        for _, aerodrome in gateways.gazetteer.aerodromes.near(a, b, within_m):
            if aerodrome.kind in ("large_airport", "medium_airport") or aerodrome.scheduled:
                found.setdefault(aerodrome.ident, aerodrome)
    return list(found.values())


def _spread(
    candidates: Sequence[tuple[float, float, Aerodrome, Gateway | None]], most: int
) -> list[tuple[float, float, Aerodrome, Gateway | None]]:
    """Return the best candidates that lie apart along the way, the first on it leading."""
    chosen: list[tuple[float, float, Aerodrome, Gateway | None]] = []
    for candidate in sorted(candidates, key=lambda c: (c[0], c[2].ident)):
        if len(chosen) < most and all(abs(candidate[1] - c[1]) >= _SPACING for c in chosen):
            chosen.append(candidate)
    return sorted(chosen, key=lambda c: (c[1], c[2].ident))


def between_doors(gateways: Gateways, doors: Doors, runways: Runways) -> list[Interchange]:
    """Return cities with railway and aerodrome between doors that no railway joins."""
    looked = gateways.looked_for
    one, other = doors.places
    direct = float(distance_m(one.lat, one.lon, other.lat, other.lon))
    own = {g.text for group in doors.aerodromes for g in group[:1]}
    found: list[Interchange] = []
    for index, patterns in ((0, _FROM_RAIL), (1, _TO_RAIL)):
        station = doors.stations[index]
        door = doors.places[index]
        if station is None:
            continue
        node, _ = gateways.graph.nearest(station.lat, station.lon)
        component = int(gateways.graph.component[node])
        candidates = []
        radius = direct * looked.longest_detour / 2.0 + looked.aerodrome_within
        middle = (one.lat + other.lat) / 2.0, _middle_lon(one.lon, other.lon)
        for _, aerodrome in gateways.gazetteer.aerodromes.near(*middle, radius):
            large = aerodrome.kind == "large_airport" and aerodrome.scheduled
            if not large or aerodrome.code in own or not runways.at(aerodrome):
                continue
            to_one = float(distance_m(one.lat, one.lon, aerodrome.lat, aerodrome.lon))
            to_other = float(distance_m(other.lat, other.lon, aerodrome.lat, aerodrome.lon))
            if to_one + to_other > looked.longest_detour * direct:
                continue
            share = to_one / max(to_one + to_other, 1.0)
            if not looked.least_share <= share <= 1.0 - looked.least_share:
                continue
            _, metres = gateways.graph.nearest(aerodrome.lat, aerodrome.lon, component=component)
            if metres > looked.interchange_within / 2.0:
                continue
            abroad = 0.0 if aerodrome.country == door.country else looked.aerodrome_within
            detour = (to_one + to_other - direct) / 2.0
            candidates.append((metres + detour + abroad, share, aerodrome, None))
        for _, _, aerodrome, _ in _spread(candidates, looked.interchanges):
            name = aerodrome.municipality or aerodrome.name
            railhead = gateways.railhead(
                aerodrome.lat, aerodrome.lon, aerodrome.country, name,
                looked.interchange_within, component,
            )  # fmt: skip
            if railhead is not None:
                found.append(Interchange(name, railhead, of_aerodrome(aerodrome), patterns[1:]))
    return found


def _middle_lon(one: float, other: float) -> float:
    """Return the longitude half way, across the date line where that is nearer."""
    if abs(one - other) <= 180.0:
        return (one + other) / 2.0
    middle = (one + other) / 2.0 + 180.0
    return middle - 360.0 if middle > 180.0 else middle
