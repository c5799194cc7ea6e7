"""The wind as a track meets it: along and across, at distances, altitudes and moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from retinue.air.great_circle import Track
    from retinue.air.profile import WindAlong
    from retinue.air.wind import Wind

__all__ = ["course_deg", "wind_along"]

Floats = NDArray[np.float64]

_BASE_M = 1_000.0


def course_deg(track: Track, distance_m: Floats) -> Floats:
    """Return the true course at distances along a track, 0 to 360.

    Between two points of the track around the place: their initial great-circle bearing,
    ``atan2(sin dl cos p2, cos p1 sin p2 - sin p1 cos p2 cos dl)``.
    """
    base = min(_BASE_M, track.length_m / 2)
    first = np.clip(distance_m - base / 2, 0.0, track.length_m - base)
    lat1, lon1 = (np.radians(v) for v in track.at(first))
    lat2, lon2 = (np.radians(v) for v in track.at(first + base))
    turn = lon2 - lon1
    east = np.sin(turn) * np.cos(lat2)
    north = np.cos(lat1) * np.sin(lat2) - np.sin(lat1) * np.cos(lat2) * np.cos(turn)
    return np.asarray(np.degrees(np.arctan2(east, north)) % 360.0)


def wind_along(track: Track, wind: Wind | None, take_off_s: float) -> WindAlong | None:
    """Return the wind along and across a track, None where the air is still.

    Parameters
    ----------
    take_off_s
        Unix time of take-off; any where the wind is not timed.
    """
    if wind is None:
        return None

    def at(distance: Floats, altitude: Floats, seconds: Floats) -> tuple[Floats, Floats]:
        place = np.clip(distance, 0.0, track.length_m)
        lat, lon = track.at(place)
        course = np.radians(course_deg(track, place))
        east, north = wind.at(lat, np.unwrap(lon, period=360.0), altitude, take_off_s + seconds)
        return (
            np.asarray(east * np.sin(course) + north * np.cos(course)),
            np.asarray(east * np.cos(course) - north * np.sin(course)),
        )

    return at
