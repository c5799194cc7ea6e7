"""Field 15 of a flight plan message: speed, level and route of a finished flight.

The flight keeps off ATS routes, so its track is described by significant points in degrees and
minutes (ICAO Doc 4444, Appendix 2, item 15): at every change of track or level and at the
countries' boundaries, and nowhere farther apart than 370 km.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from retinue.world.sphere import EARTH_RADIUS_M, unit_vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.movement import Movement
    from retinue.plan.leg import Leg

__all__ = ["FiledRoute", "coordinates", "filed_route"]

_FOOT_M = 0.3048
_KNOT_MPS = 1852.0 / 3600.0
#: Doc 4444: outside designated routes points are not more than 30 min or 370 km apart.
_SPACING_M = 370_000.0
#: How far the filed track may lie from the flown one before a point is put in.
_OFF_TRACK_M = 3_000.0
#: A level is filed for a stretch at least this long.
_LEVEL_STRETCH_M = 20_000.0
#: Below, an altitude is filed and not a flight level (transition altitudes differ; assumed).
_TRANSITION_M = 3_000.0


@dataclass(frozen=True)
class FiledRoute:
    """Field 15, and where its points lie.

    Attributes
    ----------
    text
        ``N0471F330 DCT 3900N12530E ... DCT``.
    speed, level
        The first of each, as filed.
    highest_m
        Altitude of the highest level filed.
    points
        (text, distance along the track in metres), in order.
    """

    text: str
    speed: str
    level: str
    highest_m: float
    points: tuple[tuple[str, float], ...]
    assumed: tuple[str, ...]


def coordinates(lat_deg: float, lon_deg: float) -> str:
    """Return a point as 11 characters of degrees and minutes, ``4230N13035E``."""
    lon_deg = (lon_deg + 180.0) % 360.0 - 180.0
    lat, lon = round(abs(lat_deg) * 60), round(abs(lon_deg) * 60)
    north, east = "N" if lat_deg >= 0 else "S", "E" if lon_deg >= 0 else "W"
    return f"{lat // 60:02d}{lat % 60:02d}{north}{lon // 60:03d}{lon % 60:02d}{east}"


def filed_route(leg: Leg, *, metric: bool, own: str | None = None) -> FiledRoute:
    """Describe a finished flight as field 15.

    Parameters
    ----------
    metric
        Speed in km/h and levels in tens of metres, as some countries prescribe.
    own
        The route (15c) word for word instead of the track by coordinates.
    """
    aircraft, main = leg.aircraft, leg.main
    assert aircraft is not None
    assumed: list[str] = []
    speed = _speed(aircraft.cruise_mps, metric)
    stretches = _levels(main)
    levels = [_level(altitude, metric, assumed) for _, altitude in stretches]
    if own is not None:
        return FiledRoute(
            f"{speed}{levels[0]} {own}", speed, levels[0], _filed_m(levels), (), tuple(assumed)
        )
    climbs = {
        at: level
        for (at, _), level, before in zip(stretches[1:], levels[1:], levels, strict=False)
        if level != before
    }
    words, points, last = [], [], ""
    for at in _distances(leg, main, sorted(climbs)):
        lon, lat = main.position(at)
        point = coordinates(lat, lon)
        change = f"/{speed}{climbs[at]}" if at in climbs else ""
        if point == last and not change:
            continue
        last = point
        points.append((point, at))
        words.append(point + change)
    route = f"DCT {' '.join(words)} DCT" if words else "DCT"
    return FiledRoute(
        f"{speed}{levels[0]} {route}", speed, levels[0], _filed_m(levels), tuple(points),
        tuple(dict.fromkeys(assumed)),
    )  # fmt: skip


def _speed(mps: float, metric: bool) -> str:
    return f"K{round(mps * 3.6):04d}" if metric else f"N{round(mps / _KNOT_MPS):04d}"


def _level(altitude_m: float, metric: bool, assumed: list[str]) -> str:
    if altitude_m < _TRANSITION_M:
        assumed.append(f"transition altitude above {altitude_m:,.0f} m")
        tens, hundreds = round(altitude_m / 10), round(altitude_m / _FOOT_M / 100)
        return f"M{tens:04d}" if metric else f"A{hundreds:03d}"
    if metric:
        return f"S{round(altitude_m / 100) * 10:04d}"
    level = round(altitude_m / _FOOT_M / 1000) * 10
    if abs(level * 100 * _FOOT_M - altitude_m) > 30.0:
        assumed.append(f"level: the nearest flight level to the {altitude_m:,.0f} m planned")
    return f"F{level:03d}"


def _filed_m(levels: list[str]) -> float:
    unit = {"S": 10.0, "M": 10.0, "F": 100 * _FOOT_M, "A": 100 * _FOOT_M}
    return max(int(level[1:]) * unit[level[0]] for level in levels)


def _levels(main: Movement) -> list[tuple[float, float]]:
    """Return each cruising level as (where the climb to it begins, altitude).

    The first begins at 0; a flight too short for level flight has its highest altitude.
    """
    altitude = main.altitude_m
    assert altitude is not None
    found: list[tuple[float, float]] = []
    begin, left_at = 0, 0.0
    for k in range(1, len(altitude) + 1):
        if k < len(altitude) and abs(altitude[k] - altitude[begin]) < 1.0:
            continue
        start, end = float(main.distance_m[begin]), float(main.distance_m[k - 1])
        if end - start >= _LEVEL_STRETCH_M:
            if not found or altitude[begin] > found[-1][1] + 1.0:
                # A step climb begins where the level before it ends.
                found.append((left_at, float(altitude[begin])))
            left_at = end
        begin = k
    return found or [(0.0, float(np.max(altitude)))]


def _distances(leg: Leg, main: Movement, needed: list[float]) -> list[float]:
    """Return the distances of the points to file, in order, none at the ends."""
    total = main.total_m
    asked = [
        event.distance_m
        for event in leg.timeline
        if event.kind in ("pass", "border") and event.distance_m is not None
    ]
    kept = sorted({0.0, total, *needed, *(at for at in asked if 1e3 < at < total - 1e3)})
    kept = _followed(main, kept)
    for one, two in pairwise(tuple(kept)):
        parts = math.ceil((two - one) / _SPACING_M)
        kept += [one + (two - one) * k / parts for k in range(1, parts)]
    return sorted(at for at in kept if 0.0 < at < total)


def _followed(main: Movement, kept: list[float]) -> list[float]:
    """Put in points until great circles between them follow the track."""
    vectors = unit_vectors(main.lat_deg, main.lon_deg)

    def vector(at: float) -> NDArray[np.float64]:
        lon, lat = main.position(at)
        found: NDArray[np.float64] = unit_vectors(np.array([lat]), np.array([lon]))[0]
        return found

    done: list[float] = [kept[0]]
    ahead = kept[:0:-1]
    while ahead:
        one, two = done[-1], ahead[-1]
        inside = np.flatnonzero((main.distance_m > one + 1.0) & (main.distance_m < two - 1.0))
        normal = np.cross(vector(one), vector(two))
        size = float(np.linalg.norm(normal))
        if len(inside) and size > 0.0:
            off = np.abs(np.arcsin(np.clip(vectors[inside] @ (normal / size), -1.0, 1.0)))
            worst = int(np.argmax(off))
            if off[worst] * EARTH_RADIUS_M > _OFF_TRACK_M:
                ahead.append(float(main.distance_m[inside[worst]]))
                continue
        done.append(ahead.pop())
    return done
