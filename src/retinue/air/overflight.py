"""Countries overflown, in order, each with where the track enters and leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.air.closed_airspace import TERRITORIAL_SEA_M

if TYPE_CHECKING:
    from retinue.air.great_circle import Track
    from retinue.world.countries import Countries

__all__ = ["Overflight", "overflights"]

_STEP_M = 20_000.0


@dataclass(frozen=True)
class Overflight:
    """A stretch over one country, its 12 NM of sea included.

    Attributes
    ----------
    country
        Alpha-2 code; empty over the high seas.
    enter_m, exit_m
        Distance along the track.
    lat, lon
        Where the track enters.
    """

    country: str
    enter_m: float
    exit_m: float
    lat: float
    lon: float


def overflights(track: Track, countries: Countries) -> tuple[Overflight, ...]:
    """Return the countries under a track, in order and without gap."""
    count = max(int(np.ceil(track.length_m / _STEP_M)), 1)
    at = np.unique(np.concatenate((np.linspace(0.0, track.length_m, count + 1), track.distance_m)))
    lat, lon = track.at(at)
    crossings = countries.crossings(lat, lon, within_m=TERRITORIAL_SEA_M)
    first = crossings[0].from_country if crossings else _under(countries, lat[0], lon[0])
    names = [first or "", *(c.to_country or "" for c in crossings)]
    cuts = [
        0.0,
        *(at[c.index] + c.fraction * (at[c.index + 1] - at[c.index]) for c in crossings),
        track.length_m,
    ]
    points = [(lat[0], lon[0]), *((c.lat_deg, c.lon_deg) for c in crossings)]
    return tuple(
        Overflight(
            name, float(cuts[i]), float(cuts[i + 1]), float(points[i][0]), float(points[i][1])
        )
        for i, name in enumerate(names)
    )


def _under(countries: Countries, lat: float, lon: float) -> str | None:
    return countries.country_at(float(lat), float(lon), TERRITORIAL_SEA_M)
