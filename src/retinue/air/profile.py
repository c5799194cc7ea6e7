"""The vertical profile of a flight: climb, cruise and descent over distance and time.

::

    altitude
      ^        top of climb          top of descent
      |        .------------------------.
      |     .-'  constant Mach           '-.
      |   .'     or air speed               '-.
      |  / 250 kt below 10,000 ft              '-.
      +--------------------------------------------> distance

Climb: the rate falls evenly from its value at sea level to 0.508 m/s (100 ft/min) at the
service ceiling, the definition of that ceiling.  Speeds: the equivalent air speed of the
card until the Mach number of its cruise is met; at most 250 kt below 10,000 ft (ICAO Annex
11, airspace classes C and D); approach speed in the last 900 m.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.air.atmosphere import density_ratio, speed_of_sound_mps

if TYPE_CHECKING:
    from retinue.air.aircraft import AircraftCard

__all__ = ["LEAST_ABOVE_GROUND_M", "Profile", "Stretch", "climb", "cruise_speed_mps", "descent"]

Floats = NDArray[np.float64]

LEAST_ABOVE_GROUND_M = 600.0
_CEILING_RATE_MPS = 0.508
_BELOW_M = 3048.0
_BELOW_MPS = 250 * 1852 / 3600
_FINAL_M = 900.0
_STEPS = 48


@dataclass(frozen=True, eq=False)
class Stretch:
    """Altitude against distance and time, both from the stretch's begin; shape (n,)."""

    distance_m: Floats
    time_s: Floats
    altitude_m: Floats

    @property
    def length_m(self) -> float:
        """Distance over ground."""
        return float(self.distance_m[-1])

    @property
    def duration_s(self) -> float:
        """Time it takes."""
        return float(self.time_s[-1])


@dataclass(frozen=True, eq=False)
class Profile:
    """Climb, cruise and descent that fill a distance."""

    climb: Stretch
    descent: Stretch
    cruise_m: float
    cruise_mps: float
    cruise_altitude_m: float

    @property
    def length_m(self) -> float:
        """Distance over ground."""
        return self.climb.length_m + self.cruise_m + self.descent.length_m

    @property
    def cruise_s(self) -> float:
        """Time in cruise."""
        return self.cruise_m / self.cruise_mps

    @property
    def duration_s(self) -> float:
        """Time in the air."""
        return self.climb.duration_s + self.cruise_s + self.descent.duration_s

    @classmethod
    def between(cls, card: AircraftCard, from_m: float, to_m: float, altitude_m: float) -> Profile:
        """Return climb and descent between two elevations, with no cruise yet."""
        return cls(
            climb(card, from_m, altitude_m),
            descent(card, altitude_m, to_m),
            0.0,
            cruise_speed_mps(card, altitude_m),
            altitude_m,
        )

    def stretched(self, length_m: float) -> Profile:
        """Return the same with the cruise that fills a whole length."""
        cruise = length_m - self.climb.length_m - self.descent.length_m
        return Profile(self.climb, self.descent, cruise, self.cruise_mps, self.cruise_altitude_m)


def _mach(card: AircraftCard) -> float:
    return float(card.cruise_speed / speed_of_sound_mps(card.cruise_altitude))


def _true_speed(card: AircraftCard, equivalent_mps: float, altitude_m: Floats) -> Floats:
    true = np.minimum(
        equivalent_mps / np.sqrt(density_ratio(altitude_m)),
        _mach(card) * speed_of_sound_mps(altitude_m),
    )
    limit = _BELOW_MPS / np.sqrt(density_ratio(altitude_m))
    return np.where(altitude_m < _BELOW_M, np.minimum(true, limit), true)


def cruise_speed_mps(card: AircraftCard, altitude_m: float) -> float:
    """Return the true air speed in cruise at an altitude.

    The card's Mach number where the air is thin; lower down the equivalent air speed of
    the climb or of the card's cruise, whichever is faster.
    """
    equivalent = max(card.climb_speed, card.cruise_equivalent_mps)
    return float(_true_speed(card, equivalent, np.array([altitude_m]))[0])


def _integrate(altitude: Floats, speed: Floats, rate: Floats) -> Stretch:
    """Sum time and distance over steps; speed and rate hold in the middle of each."""
    rise = np.abs(np.diff(altitude))
    time = rise / rate
    along = np.sqrt(np.maximum(speed**2 - rate**2, 0.0)) * time
    return Stretch(
        np.concatenate(([0.0], np.cumsum(along))),
        np.concatenate(([0.0], np.cumsum(time))),
        altitude,
    )


def climb(card: AircraftCard, from_m: float, to_m: float) -> Stretch:
    """Return the climb from a runway's elevation to an altitude."""
    altitude = np.linspace(from_m, to_m, _STEPS + 1)
    middle = (altitude[:-1] + altitude[1:]) / 2
    least = min(_CEILING_RATE_MPS, card.climb_rate / 2)
    share = np.clip(middle / card.service_ceiling, 0.0, 1.0)
    rate = card.climb_rate - share * (card.climb_rate - least)
    return _integrate(altitude, _true_speed(card, card.climb_speed, middle), rate)


def descent(card: AircraftCard, from_m: float, to_m: float) -> Stretch:
    """Return the descent from an altitude to a runway's elevation."""
    altitude = np.linspace(from_m, to_m, _STEPS + 1)
    middle = (altitude[:-1] + altitude[1:]) / 2
    speed = _true_speed(card, card.descent_speed, middle)
    final = _true_speed(card, card.approach_speed, middle)
    speed = np.where(middle - to_m < _FINAL_M, np.minimum(speed, final), speed)
    # gradient = rise / distance over ground, so rate = V sin(atan gradient)
    rate = speed * np.sin(np.arctan(card.descent_gradient))
    return _integrate(altitude, speed, rate)
