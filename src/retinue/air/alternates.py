"""Aerodromes that a flight could divert to: along the track, and in place of the destination."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retinue.air.great_circle import Track
    from retinue.world.aerodromes import Aerodrome, Aerodromes

__all__ = ["Alternate", "AlternatePoint", "alternates_along", "destination_alternates"]


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


def alternates_along(
    track: Track,
    aerodromes: Aerodromes,
    needed_m: Callable[[Aerodrome], float],
    *,
    paved: bool = True,
    closed_countries: Collection[str] = (),
    every_m: float = 100_000.0,
    within_m: float = 1_500_000.0,
) -> tuple[AlternatePoint, ...]:
    """Return the nearest aerodrome that would do at points along a track.

    Parameters
    ----------
    needed_m
        Landing distance needed at an aerodrome (its elevation counts).
    """
    raise NotImplementedError


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
) -> tuple[Alternate, ...]:
    """Return the nearest aerodromes that would do in place of the destination."""
    raise NotImplementedError
