"""Fuel and range: what a flight burns, and how far the fuel on board reaches.

In cruise the flow is ``k m^n``, so mass against distance has a closed form; for ``n = 1``
(constant lift to drag and specific consumption) it is Breguet's,
``R = V/k ln(m1 / m2)``.  Masses are found from the end of the flight backwards, because
the landing mass is known: empty mass, payload and the reserve.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.air.profile import Profile

if TYPE_CHECKING:
    from retinue.air.aircraft import AircraftCard

__all__ = ["FuelPlan", "fuel_limit_kg", "plan_fuel", "range_m"]

_HALVINGS = 60
_FARTHEST_M = 40_000_000.0


@dataclass(frozen=True)
class FuelPlan:
    """Fuel of a flight by phase, and the masses that follow; kg."""

    taxi_out_kg: float
    climb_kg: float
    cruise_kg: float
    descent_kg: float
    taxi_in_kg: float
    reserve_kg: float
    payload_kg: float
    zero_fuel_kg: float

    @property
    def trip_kg(self) -> float:
        """Burnt between take-off and landing."""
        return self.climb_kg + self.cruise_kg + self.descent_kg

    @property
    def block_kg(self) -> float:
        """On board when the aircraft leaves the stand, the reserve included."""
        return self.taxi_out_kg + self.trip_kg + self.taxi_in_kg + self.reserve_kg

    @property
    def landing_mass_kg(self) -> float:
        """At touch-down."""
        return self.zero_fuel_kg + self.reserve_kg + self.taxi_in_kg

    @property
    def take_off_mass_kg(self) -> float:
        """At brake release."""
        return self.landing_mass_kg + self.trip_kg


def _before(card: AircraftCard, mass_kg: float, time_s: float, factor: float) -> float:
    """Return the mass a time before, by the same law at ``factor`` times the flow."""
    n = card.fuel_flow_exponent
    rate = factor * card.cruise_fuel_flow / card.fuel_flow_mass**n
    if n == 1.0:
        return mass_kg * math.exp(min(rate * time_s, 50.0))
    base = mass_kg ** (1.0 - n) + (1.0 - n) * rate * time_s
    # For n > 1 the mass grows without bound in finite time: no take-off mass would do.
    return math.inf if base <= 0.0 else float(base ** (1.0 / (1.0 - n)))


def plan_fuel(
    card: AircraftCard, profile: Profile, payload_kg: float, reserve_kg: float | None = None
) -> FuelPlan:
    """Return the fuel that a flight needs.

    Parameters
    ----------
    reserve_kg
        The card's own where None.
    """
    reserve = card.reserve if reserve_kg is None else reserve_kg
    taxi_in = card.taxi_fuel_flow * card.taxi_in
    zero_fuel = card.operating_empty_mass + payload_kg
    landing = zero_fuel + reserve + taxi_in
    top_of_descent = _before(card, landing, profile.descent.duration_s, card.descent_fuel_factor)
    top_of_climb = _before(card, top_of_descent, profile.cruise_s, 1.0)
    take_off = _before(card, top_of_climb, profile.climb.duration_s, card.climb_fuel_factor)
    return FuelPlan(
        taxi_out_kg=card.taxi_fuel_flow * card.taxi_out,
        climb_kg=take_off - top_of_climb,
        cruise_kg=top_of_climb - top_of_descent,
        descent_kg=top_of_descent - landing,
        taxi_in_kg=taxi_in,
        reserve_kg=reserve,
        payload_kg=payload_kg,
        zero_fuel_kg=zero_fuel,
    )


def fuel_limit_kg(card: AircraftCard, payload_kg: float) -> float:
    """Return the most block fuel that tanks and maximum take-off mass allow."""
    room = card.maximum_take_off_mass - card.operating_empty_mass - payload_kg
    return float(min(card.fuel_capacity, room + card.taxi_fuel_flow * card.taxi_out))


def range_m(
    card: AircraftCard,
    payload_kg: float,
    *,
    fuel_kg: float | None = None,
    reserve_kg: float | None = None,
    altitude_m: float | None = None,
) -> float:
    """Return how far the aircraft flies between aerodromes at sea level, still air.

    Parameters
    ----------
    fuel_kg
        Block fuel; what tanks and take-off mass allow where None.
    reserve_kg
        Left at the end; the card's own where None.
    altitude_m
        Cruise altitude; the card's where None.

    Returns
    -------
    float
        0 where the fuel does not suffice for climb and descent.
    """
    fuel = fuel_limit_kg(card, payload_kg) if fuel_kg is None else fuel_kg
    altitude = card.cruise_altitude if altitude_m is None else altitude_m
    shape = Profile.between(card, 0.0, 0.0, altitude)
    least = shape.climb.length_m + shape.descent.length_m

    def needed(length_m: float) -> float:
        return plan_fuel(card, shape.stretched(length_m), payload_kg, reserve_kg).block_kg

    if needed(least) > fuel:
        return 0.0
    low, high = least, _FARTHEST_M
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if needed(middle) <= fuel else (low, middle)
    return low
