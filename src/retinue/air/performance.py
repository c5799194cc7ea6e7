"""What an aircraft does in the air: speeds, rates, fuel flow, and how high a mass may go.

A flight meets its aircraft through `Performance` only.  `CardPerformance` answers from a
type card; `retinue.air.openap_type` answers from a model of openap.

Law of the card: in cruise at its own altitude the flow is ``k m^n``.  Elsewhere in level
flight a jet's drag and specific consumption change,

    f = k m^n max(1, d(u) / d(u0)) max(1, sqrt(theta / theta0)),   d(u) = u^2 + u^-2,

where ``u = u0 (EAS / EAS0) min(1, sqrt(m0 / m))`` is the speed over that of least drag (parabolic
polar) and theta the temperature ratio (specific consumption goes with its root: Torenbeek,
Synthesis of Subsonic Airplane Design, ch. 4).  Power of propellers and rotors is taken to be
level over the few kilometres of their altitudes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retinue.air.atmosphere import (
    density_ratio,
    pressure_ratio,
    speed_of_sound_mps,
    temperature_k,
)

if TYPE_CHECKING:
    from retinue.air.aircraft import AircraftCard

__all__ = ["LEVEL_MPS", "CardPerformance", "Performance", "limited_below_mps"]

Floats = NDArray[np.float64]

LEVEL_MPS = 0.05
"""Below this vertical speed flight counts as level."""

_BELOW_M = 3048.0
_BELOW_MPS = 250 * 1852 / 3600
_FINAL_M = 900.0
_CEILING_RATE_MPS = 0.508
_CRUISE_OVER_LEAST_DRAG = 1.15
_MASS_MARGIN = 1.1


class Performance(Protocol):
    """An aircraft in the air.  Speeds are true air speeds, arrays broadcast.

    Attributes
    ----------
    card
        Masses, limits, runway lengths and the ground they stand on.
    """

    @property
    def card(self) -> AircraftCard: ...  # noqa: D102

    def cruise_mps(self, altitude_m: float) -> float:
        """Return the speed in cruise."""

    def climb_mps(self, altitude_m: Floats) -> Floats:
        """Return the speed in climb."""

    def climb_rate_mps(self, altitude_m: Floats) -> Floats:
        """Return the rate of climb, positive."""

    def descent_mps(self, altitude_m: Floats, ground_m: float) -> Floats:
        """Return the speed in descent to a runway at an elevation."""

    def descent_rate_mps(self, altitude_m: Floats, ground_m: float) -> Floats:
        """Return the rate of descent, positive."""

    def fuel_flow_kgps(
        self, mass_kg: ArrayLike, true_mps: ArrayLike, altitude_m: ArrayLike, rise_mps: ArrayLike
    ) -> Floats:
        """Return the fuel flow; `rise_mps` is negative in descent."""

    def holding_mps(self, mass_kg: float, altitude_m: float) -> float:
        """Return the speed for holding."""

    def highest_m(self, mass_kg: float) -> float:
        """Return the altitude up to which a mass may cruise."""


def limited_below_mps(altitude_m: Floats) -> Floats:
    """Return 250 kt below 10,000 ft as true air speed, infinity above (ICAO Annex 11)."""
    limit = _BELOW_MPS / np.sqrt(density_ratio(altitude_m))
    return np.where(altitude_m < _BELOW_M, limit, np.inf)


@dataclass(frozen=True)
class CardPerformance:
    """Performance by a type card."""

    card: AircraftCard

    @cached_property
    def _mach(self) -> float:
        return float(self.card.cruise_speed / speed_of_sound_mps(self.card.cruise_altitude))

    def _true(self, equivalent_mps: float, altitude_m: Floats) -> Floats:
        true = np.minimum(
            equivalent_mps / np.sqrt(density_ratio(altitude_m)),
            self._mach * speed_of_sound_mps(altitude_m),
        )
        return np.minimum(true, limited_below_mps(altitude_m))

    def cruise_mps(self, altitude_m: float) -> float:
        """Return the speed in cruise.

        The card's Mach number where the air is thin; lower down the equivalent air speed of
        the climb or of the card's cruise, whichever is faster.
        """
        equivalent = max(self.card.climb_speed, self.card.cruise_equivalent_mps)
        return float(self._true(equivalent, np.array([altitude_m]))[0])

    def climb_mps(self, altitude_m: Floats) -> Floats:
        """Return the speed in climb."""
        return self._true(self.card.climb_speed, altitude_m)

    def climb_rate_mps(self, altitude_m: Floats) -> Floats:
        """Return the rate of climb: it falls evenly to 0.508 m/s at the service ceiling."""
        card = self.card
        least = min(_CEILING_RATE_MPS, card.climb_rate / 2)
        share = np.clip(altitude_m / card.service_ceiling, 0.0, 1.0)
        return np.asarray(card.climb_rate - share * (card.climb_rate - least))

    def descent_mps(self, altitude_m: Floats, ground_m: float) -> Floats:
        """Return the speed in descent; approach speed in the last 900 m."""
        speed = self._true(self.card.descent_speed, altitude_m)
        final = self._true(self.card.approach_speed, altitude_m)
        return np.where(altitude_m - ground_m < _FINAL_M, np.minimum(speed, final), speed)

    def descent_rate_mps(self, altitude_m: Floats, ground_m: float) -> Floats:
        """Return the rate of descent, ``V sin(atan gradient)``."""
        speed = self.descent_mps(altitude_m, ground_m)
        return np.asarray(speed * np.sin(np.arctan(self.card.descent_gradient)))

    def fuel_flow_kgps(
        self, mass_kg: ArrayLike, true_mps: ArrayLike, altitude_m: ArrayLike, rise_mps: ArrayLike
    ) -> Floats:
        """Return the fuel flow by the law of the card."""
        card = self.card
        mass, rise = np.asarray(mass_kg, np.float64), np.asarray(rise_mps, np.float64)
        flow = card.cruise_fuel_flow * (mass / card.fuel_flow_mass) ** card.fuel_flow_exponent
        level = self._off_cruise(mass, np.asarray(true_mps, np.float64), altitude_m)
        factor = np.where(rise > LEVEL_MPS, card.climb_fuel_factor, level)
        return np.asarray(flow * np.where(rise < -LEVEL_MPS, card.descent_fuel_factor, factor))

    def _off_cruise(self, mass_kg: Floats, true_mps: Floats, altitude_m: ArrayLike) -> Floats:
        """Return the flow in level flight over that at the card's own altitude and speed."""
        card = self.card
        if card.engine != "jet":
            return np.ones(np.broadcast(mass_kg, true_mps, altitude_m).shape)
        equivalent = true_mps * np.sqrt(density_ratio(altitude_m)) / card.cruise_equivalent_mps
        heavy = np.minimum(1.0, np.sqrt(card.fuel_flow_mass / mass_kg))
        square = (_CRUISE_OVER_LEAST_DRAG * equivalent * heavy) ** 2
        least = _CRUISE_OVER_LEAST_DRAG**2
        drag = (square + 1.0 / square) / (least + 1.0 / least)
        warmth = temperature_k(altitude_m) / temperature_k(card.cruise_altitude)
        # A rounding away from the card's own altitude must not count as another one.
        return np.asarray(np.maximum(drag, 1.0) * np.sqrt(np.maximum(warmth, 1.0)))

    def holding_mps(self, mass_kg: float, altitude_m: float) -> float:
        """Return the speed of least drag, or the card's cruise lower down; at most 250 kt."""
        card = self.card
        if card.engine != "jet":
            return self.cruise_mps(altitude_m)
        least = card.cruise_equivalent_mps / _CRUISE_OVER_LEAST_DRAG
        return float(self._true(max(least, card.approach_speed), np.array([altitude_m]))[0])

    def highest_m(self, mass_kg: float) -> float:
        """Return the altitude at which the lift coefficient is 1.1 of the card's cruise.

        At one Mach number lift goes with the pressure, so the pressure needed goes with the
        mass; never above the card's cruise altitude.
        """
        card = self.card
        if card.engine != "jet":
            return card.cruise_altitude
        most = pressure_ratio(card.cruise_altitude) * mass_kg / (card.fuel_flow_mass * _MASS_MARGIN)
        heights = np.linspace(0.0, card.cruise_altitude, 1201)
        enough = heights[pressure_ratio(heights) >= most - 1e-12]
        return float(enough[-1]) if len(enough) else 0.0
