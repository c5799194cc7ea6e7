"""Why a flight may not be flown: loads, masses and range, each with figures and a cure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.air.fuel import fuel_limit_kg, plan_fuel, range_m
from retinue.errors import Reason

if TYPE_CHECKING:
    from retinue.air.fuel import FuelPlan
    from retinue.air.profile import Profile
    from retinue.air.request import AirRequest
    from retinue.air.reserves import ReserveNeed
    from retinue.air.runway import RunwayUse

__all__ = ["Weighed", "load_reasons", "payload_reason", "range_reasons", "reach_m"]

_HALVINGS = 24


@dataclass(frozen=True, eq=False)
class Weighed:
    """A flight as its reasons look at it."""

    request: AirRequest
    profile: Profile
    fuel: FuelPlan
    need: ReserveNeed | None
    landing: RunwayUse


def payload_reason(request: AirRequest) -> Reason | None:
    """Return why the payload is too much, None where it is not."""
    card, load = request.card, request.load_kg
    most = min(card.maximum_payload, card.maximum_zero_fuel_mass - card.operating_empty_mass)
    if load <= most:
        return None
    return Reason(
        f"{card.name} carries at most {most / 1000:,.1f} t, asked for are {load / 1000:,.1f} t",
        cure="Take less, or send a second aircraft.",
        kind="payload",
    )


def load_reasons(flight: Weighed) -> list[Reason]:
    """Return what is wrong with payload, seats and landing mass."""
    request, card = flight.request, flight.request.card
    payload = payload_reason(request)
    reasons = [] if payload is None else [payload]
    if payload is None and flight.fuel.landing_mass_kg > card.maximum_landing_mass + 0.5:
        over = flight.fuel.landing_mass_kg - card.maximum_landing_mass
        reasons.append(
            Reason(
                f"{card.name} would land at {flight.fuel.landing_mass_kg / 1000:,.1f} t with"
                f" {flight.fuel.reserve_kg / 1000:,.1f} t of reserves, allowed are"
                f" {card.maximum_landing_mass / 1000:,.1f} t",
                cure=f"Take {np.ceil(over / 100.0) / 10.0:,.1f} t less, or name a nearer"
                " alternate.",
                kind="landing-mass",
            )
        )
    if request.passengers > card.seats:
        reasons.append(
            Reason(
                f"{card.name} seats {card.seats}, the party is {request.passengers}",
                cure="Take another aircraft, or a second one.",
                kind="seats",
            )
        )
    return reasons


def reach_m(flight: Weighed) -> float:
    """Return how far along this track, in its wind, the aircraft flies with its payload.

    The range in still air at one level, times distance over ground for distance through the
    air; at least the flight itself where the fuel covers it.
    """
    request, profile = flight.request, flight.profile
    altitude = min(profile.cruise_altitude_m, request.card.service_ceiling)
    still = range_m(
        request.aircraft,
        request.load_kg,
        reserve=flight.need,
        altitude_m=altitude,
    )
    reach = still * profile.length_m / max(flight.fuel.trajectory.air_m, 1.0)
    if flight.fuel.block_kg <= fuel_limit_kg(request.card, request.load_kg):
        return max(reach, profile.length_m)
    return reach


def range_reasons(flight: Weighed) -> list[Reason]:
    """Return what is wrong with the range: stops to make, or payload to leave behind."""
    request, profile, fuel = flight.request, flight.profile, flight.fuel
    card, load = request.card, request.load_kg
    limit = fuel_limit_kg(card, load)
    if fuel.block_kg <= limit:
        return []
    reach = reach_m(flight)
    lighter = _lighter_load_kg(flight)
    stops = int(np.ceil(profile.length_m / max(reach, 1.0))) - 1 if reach > 0 else 0
    cure = f"Make {stops} stop{'s' if stops > 1 else ''} for fuel" if stops else "Take less"
    if lighter is not None:
        cure += f", or carry at most {np.floor(lighter / 100.0) / 10.0:,.1f} t"
    return [
        Reason(
            f"the flight is {profile.length_m / 1000:,.0f} km; with {load / 1000:,.1f} t of payload"
            f" {card.name} reaches {reach / 1000:,.0f} km: it needs {fuel.block_kg / 1000:,.1f} t"
            f" of fuel, reserves of {fuel.reserve_kg / 1000:,.1f} t included, and can take"
            f" {max(limit, 0.0) / 1000:,.1f} t",
            where=f"{request.origin.name} - {request.destination.name}",
            cure=cure + ", or take another aircraft.",
            kind="range",
        )
    ]


def _lighter_load_kg(flight: Weighed) -> float | None:
    """Return the payload with which the fuel would just suffice, None where none would."""
    request = flight.request

    def suffices(load: float) -> bool:
        needed = plan_fuel(request.aircraft, flight.profile, load, flight.need).block_kg
        return needed <= fuel_limit_kg(request.card, load)

    if not suffices(0.0):
        return None
    low, high = 0.0, request.load_kg
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if suffices(middle) else (low, middle)
    return low
