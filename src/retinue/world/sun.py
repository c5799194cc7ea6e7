"""Where the sun stands, and how deep the horizon lies.

Mean elements and the equation of centre after Meeus, *Astronomical Algorithms* (2nd ed.,
1998), ch. 12 and 25 ("low accuracy", 0.01 degrees from 1950 to 2050).  An error of 0.01
degrees moves a sunrise by 3 s at the equator; refraction at the horizon, which nobody can
foretell, moves it by a minute.

Own arithmetic instead of a library: whole movements are asked at once, arrays in, arrays
out, in a millisecond.  Tests hold it to Meeus' and the NREL's worked examples and to `astral`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["CIVIL_TWILIGHT_DEG", "SUNRISE_DEG", "horizon_dip_deg", "sun_elevation_deg"]

SUNRISE_DEG = -50.0 / 60.0
"""Elevation of the sun's centre at sunrise and sunset: 34' of refraction at the horizon and
16' of semi-diameter (US Naval Observatory, *Astronomical Almanac*)."""

CIVIL_TWILIGHT_DEG = -6.0
"""Elevation of the sun's centre at which civil twilight begins and ends (same source);
ICAO Annex 2 takes it for the limit between day and night."""

_UNIX_EPOCH_JD = 2_440_587.5
_J2000_JD = 2_451_545.0
_DAY_S = 86_400.0
_DIP_DEG = 1.76 / 60.0


def sun_elevation_deg(
    time_s: ArrayLike, lat_deg: ArrayLike, lon_deg: ArrayLike
) -> NDArray[np.float64]:
    """Return the geometric elevation of the sun's centre, elementwise.

    ``sin h = sin φ sin δ + cos φ cos δ cos H`` with the hour angle ``H = θ0 + λ - α``.

    Parameters
    ----------
    time_s
        Unix seconds; the 70 s between UTC and dynamical time (0.001 degrees) are left out.
    """
    days = np.asarray(time_s, np.float64) / _DAY_S + _UNIX_EPOCH_JD - _J2000_JD
    century = days / 36_525.0
    mean_longitude = 280.46646 + century * (36_000.76983 + 0.000_303_2 * century)
    anomaly = np.radians(357.52911 + century * (35_999.05029 - 0.000_153_7 * century))
    centre = (
        (1.914602 - century * (0.004817 + 0.000014 * century)) * np.sin(anomaly)
        + (0.019993 - 0.000101 * century) * np.sin(2.0 * anomaly)
        + 0.000289 * np.sin(3.0 * anomaly)
    )
    node = np.radians(125.04 - 1934.136 * century)
    longitude = np.radians(mean_longitude + centre - 0.00569 - 0.00478 * np.sin(node))
    tilt = np.radians(23.439291 - 0.0130042 * century + 0.00256 * np.cos(node))
    right_ascension = np.arctan2(np.cos(tilt) * np.sin(longitude), np.cos(longitude))
    declination = np.arcsin(np.sin(tilt) * np.sin(longitude))
    sidereal = 280.46061837 + 360.98564736629 * days + 0.000387933 * century**2
    hour_angle = np.radians(sidereal + np.asarray(lon_deg, np.float64)) - right_ascension
    latitude = np.radians(np.asarray(lat_deg, np.float64))
    sine = np.sin(latitude) * np.sin(declination)
    sine += np.cos(latitude) * np.cos(declination) * np.cos(hour_angle)
    return np.asarray(np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0))))


def horizon_dip_deg(height_m: ArrayLike) -> NDArray[np.float64]:
    """Return how far the visible horizon lies below the level one.

    ``dip = 1.76' sqrt(h)`` with usual refraction (Bowditch, *American Practical Navigator*),
    3 degrees at 11 km.

    Parameters
    ----------
    height_m
        Above the ground that makes the horizon; below it counts as on it.
    """
    return np.asarray(_DIP_DEG * np.sqrt(np.maximum(np.asarray(height_m, np.float64), 0.0)))
