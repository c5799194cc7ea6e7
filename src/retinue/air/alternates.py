"""Aerodromes that a flight could divert to: along the track, and in place of the destination.

An aerodrome would do where a runway is long enough and, if need be, paved, and its country is
not closed to the flight.  How it is reached is a matter of the day: distances are great circles.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from retinue.air.great_circle import Track
    from retinue.world.aerodromes import Aerodrome, Aerodromes

__all__ = [
    "Alternate",
    "AlternatePoint",
    "alternates_along",
    "destination_alternates",
    "farthest_gap",
]

_SMALL = ("small_airport", "seaplane_base")


@dataclass(frozen=True)
class Alternate:
    """An aerodrome that would do, and how far it is."""

    aerodrome: Aerodrome
    distance_m: float


@dataclass(frozen=True)
class AlternatePoint:
    """A point of the track and the nearest aerodrome that would do, None where none is near."""

    at_m: float
    lat: float
    lon: float
    nearest: Alternate | None


class _Suitable:
    """Says of each aerodrome once whether it would do."""

    def __init__(
        self,
        needed_m: Callable[[Aerodrome], float],
        paved: bool,
        closed_countries: Collection[str],
        large_only: bool,
    ) -> None:
        self._needed_m, self._paved = needed_m, paved
        self._closed = {code.upper() for code in closed_countries}
        self._large_only = large_only
        self._known: dict[str, bool] = {}

    def __call__(self, aerodrome: Aerodrome) -> bool:
        if aerodrome.ident not in self._known:
            self._known[aerodrome.ident] = (
                aerodrome.country.upper() not in self._closed
                and not (self._large_only and aerodrome.kind in _SMALL)
                and bool(aerodrome.suitable(self._needed_m(aerodrome), paved=self._paved))
            )
        return self._known[aerodrome.ident]


def alternates_along(
    track: Track,
    aerodromes: Aerodromes,
    needed_m: Callable[[Aerodrome], float],
    *,
    paved: bool = True,
    closed_countries: Collection[str] = (),
    every_m: float = 100_000.0,
    within_m: float = 3_000_000.0,
    large_only: bool = True,
) -> tuple[AlternatePoint, ...]:
    """Return the nearest aerodrome that would do at points along a track, both ends included.

    Parameters
    ----------
    needed_m
        Landing distance needed at an aerodrome (its elevation counts).
    paved
        Whether the runway must be.
    closed_countries
        Codes (alpha-2) of countries whose aerodromes are not open to the flight.
    every_m
        Distance between points, at most.
    within_m
        How far is looked; farther off there is none.
    large_only
        Leave out what the source calls a small airport: it has no service for a large aircraft.
    """
    suitable = _Suitable(needed_m, paved, closed_countries, large_only)
    count = max(int(np.ceil(track.length_m / every_m)), 1)
    at = np.linspace(0.0, track.length_m, count + 1)
    lat, lon = track.at(at)
    return tuple(
        AlternatePoint(x, y, z, _nearest(aerodromes, suitable, y, z, within_m))
        for x, y, z in zip(at.tolist(), lat.tolist(), lon.tolist(), strict=True)
    )


def _nearest(
    aerodromes: Aerodromes, suitable: _Suitable, lat: float, lon: float, within_m: float
) -> Alternate | None:
    # Most points have one near; only over oceans is the wide circle searched.
    for radius in (within_m / 8, within_m / 2, within_m):
        for metres, aerodrome in aerodromes.nearest(lat, lon, radius):
            if suitable(aerodrome):
                return Alternate(aerodrome, metres)
    return None


def farthest_gap(points: Sequence[AlternatePoint]) -> AlternatePoint | None:
    """Return the point whose nearest aerodrome is farthest off; one without any comes first."""
    if not points:
        return None
    return max(points, key=lambda p: np.inf if p.nearest is None else p.nearest.distance_m)


def destination_alternates(
    destination: Aerodrome,
    aerodromes: Aerodromes,
    needed_m: Callable[[Aerodrome], float],
    *,
    paved: bool = True,
    closed_countries: Collection[str] = (),
    least_m: float = 0.0,
    within_m: float = 800_000.0,
    count: int = 5,
    large_only: bool = True,
) -> tuple[Alternate, ...]:
    """Return the nearest aerodromes that would do in place of the destination.

    Parameters
    ----------
    least_m
        Nearer ones are left out: what closes the destination often closes its neighbour.
    count
        How many, at most.
    """
    suitable = _Suitable(needed_m, paved, closed_countries, large_only)
    found: list[Alternate] = []
    for metres, aerodrome in aerodromes.nearest(destination.lat, destination.lon, within_m):
        if len(found) == count:
            break
        if aerodrome.ident != destination.ident and metres >= least_m and suitable(aerodrome):
            found.append(Alternate(aerodrome, metres))
    return tuple(found)
