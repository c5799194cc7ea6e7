"""Fuel and range: what a flight burns and must carry, and how far the fuel on board reaches.

Masses are found from the end of the flight backwards (`retinue.air.trajectory`), because the
landing mass is known: empty mass, payload, and the reserves that a rule set asks for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.air.profile import Profile
from retinue.air.reserves import ReserveFuel, ReserveNeed
from retinue.air.trajectory import Trajectory, trajectory

if TYPE_CHECKING:
    from retinue.air.aircraft import AircraftCard
    from retinue.air.performance import Performance

__all__ = ["FuelPlan", "farthest_m", "fuel_limit_kg", "plan_fuel", "range_m"]

_ROUNDS = 60
_FARTHEST_M = 40_000_000.0
_EXACT_M = 0.01


@dataclass(frozen=True, eq=False)
class FuelPlan:
    """Fuel of a flight by phase, and the masses that follow; kg."""

    taxi_out_kg: float
    climb_kg: float
    cruise_kg: float
    descent_kg: float
    taxi_in_kg: float
    reserve: ReserveFuel
    payload_kg: float
    zero_fuel_kg: float
    trajectory: Trajectory

    @property
    def reserve_kg(self) -> float:
        """What must be left at the stand."""
        return self.reserve.total_kg

    @property
    def trip_kg(self) -> float:
        """Burnt between take-off and landing."""
        return self.climb_kg + self.cruise_kg + self.descent_kg

    @property
    def burnt_kg(self) -> float:
        """Burnt from stand to stand."""
        return self.taxi_out_kg + self.trip_kg + self.taxi_in_kg

    @property
    def block_kg(self) -> float:
        """On board when the aircraft leaves the stand, the reserve included."""
        return self.burnt_kg + self.reserve_kg

    @property
    def landing_mass_kg(self) -> float:
        """At touch-down."""
        return self.zero_fuel_kg + self.reserve_kg + self.taxi_in_kg

    @property
    def take_off_mass_kg(self) -> float:
        """At brake release."""
        return self.landing_mass_kg + self.trip_kg

    def items(self) -> dict[str, float]:
        """Return the fuel by item, in the order of the flight."""
        return {
            "taxi out": self.taxi_out_kg,
            "climb": self.climb_kg,
            "cruise": self.cruise_kg,
            "descent": self.descent_kg,
            "taxi in": self.taxi_in_kg,
            **self.reserve.items(),
        }


def plan_fuel(
    performance: Performance,
    profile: Profile,
    payload_kg: float,
    reserve: ReserveNeed | float | None = None,
    *,
    taxi_out_s: float | None = None,
) -> FuelPlan:
    """Return the fuel that a flight needs.

    Parameters
    ----------
    reserve
        By a rule set, or so many kg; the card's own where None.
    taxi_out_s
        The card's where None.
    """
    card = performance.card
    taxi_in = card.taxi_fuel_flow * card.taxi_in
    zero_fuel = card.operating_empty_mass + payload_kg
    share = least = 0.0
    if isinstance(reserve, ReserveNeed):
        kept, share, least = reserve.fuel(performance, zero_fuel + taxi_in, profile.cruise_s)
    else:
        kept = ReserveFuel(lump_kg=card.reserve if reserve is None else reserve)

    def landing(trip_kg: float) -> float:
        return zero_fuel + taxi_in + kept.total_kg + max(share * trip_kg, least)

    flown = trajectory(performance, profile, landing)
    climb, cruise, descent = flown.burnt_kg
    contingency = max(share * (climb + cruise + descent), least)
    return FuelPlan(
        taxi_out_kg=card.taxi_fuel_flow * (card.taxi_out if taxi_out_s is None else taxi_out_s),
        climb_kg=climb,
        cruise_kg=cruise,
        descent_kg=descent,
        taxi_in_kg=taxi_in,
        reserve=ReserveFuel(
            contingency, kept.alternate_kg, kept.final_kg, kept.extra_kg, kept.lump_kg
        ),
        payload_kg=payload_kg,
        zero_fuel_kg=zero_fuel,
        trajectory=flown,
    )


def fuel_limit_kg(card: AircraftCard, payload_kg: float) -> float:
    """Return the most block fuel that tanks and maximum take-off mass allow."""
    room = card.maximum_take_off_mass - card.operating_empty_mass - payload_kg
    return float(min(card.fuel_capacity, room + card.taxi_fuel_flow * card.taxi_out))


def farthest_m(needed: Callable[[float], float], fuel_kg: float, least_m: float) -> float:
    """Return the greatest length whose need the fuel covers, 0 where not even the least.

    Parameters
    ----------
    needed
        Block fuel of a length.

    Returns
    -------
    float
        Found by the Illinois rule (regula falsi that halves the weight of an end kept
        twice), from below.
    """
    low, below = least_m, fuel_kg - needed(least_m)
    if below < 0.0:
        return 0.0
    high = min(max(2.0 * low, 1_000_000.0), _FARTHEST_M)
    above = fuel_kg - needed(high)
    while above > 0.0 and high < _FARTHEST_M:
        low, below = high, above
        high = min(2.0 * high, _FARTHEST_M)
        above = fuel_kg - needed(high)
    if above > 0.0:
        return _FARTHEST_M
    side = 0
    best = low
    for _ in range(_ROUNDS):
        middle = low + (high - low) * below / max(below - above, 1e-12)
        rest = fuel_kg - needed(middle)
        if rest >= 0.0:
            best = max(best, middle)
            low, below, above = middle, rest, above / 2 if side == 1 else above
            side = 1
        else:
            high, above, below = middle, rest, below / 2 if side == -1 else below
            side = -1
        if high - low < _EXACT_M or abs(rest) < 1e-7 * fuel_kg:
            break
    return best


def range_m(
    performance: Performance,
    payload_kg: float,
    *,
    fuel_kg: float | None = None,
    reserve: ReserveNeed | float | None = None,
    altitude_m: float | None = None,
) -> float:
    """Return how far the aircraft flies between aerodromes at sea level, still air, one level.

    Parameters
    ----------
    fuel_kg
        Block fuel; what tanks and take-off mass allow where None.
    reserve
        Left at the end; the card's own where None.
    altitude_m
        Cruise altitude; the card's where None.

    Returns
    -------
    float
        0 where the fuel does not suffice for climb and descent.
    """
    card = performance.card
    fuel = fuel_limit_kg(card, payload_kg) if fuel_kg is None else fuel_kg
    altitude = card.cruise_altitude if altitude_m is None else altitude_m
    shape = Profile.between(performance, 0.0, 0.0, altitude)

    def needed(length_m: float) -> float:
        return plan_fuel(performance, shape.stretched(length_m), payload_kg, reserve).block_kg

    return farthest_m(needed, fuel, shape.climb.length_m + shape.descent.length_m)
