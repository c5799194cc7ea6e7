"""How high a flight goes: lower where the way is short, in steps where the mass is great."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.air.fuel import FuelPlan, plan_fuel
from retinue.air.level import RVSM_M, level_below_m, levels_m, steps_by_mass
from retinue.air.profile import LEAST_ABOVE_GROUND_M, Profile, WindAlong
from retinue.errors import InputError

if TYPE_CHECKING:
    from retinue.air.request import AirRequest
    from retinue.air.reserves import ReserveNeed

__all__ = ["Ascent", "ascend", "short_profile"]

_CRUISE_SHARE = 0.2  # a climb is broken off lower where less than this would be left in cruise
_STEP_CRUISE_M = 400_000.0
_ROUNDS = 3


@dataclass(frozen=True, eq=False)
class Ascent:
    """A profile and its fuel.

    Attributes
    ----------
    wanted_m
        Altitude asked for, or the level that the card's altitude comes to.
    """

    profile: Profile
    fuel: FuelPlan
    wanted_m: float


def ascend(
    request: AirRequest,
    length_m: float,
    ground_m: tuple[float, float],
    track_deg: float,
    wind: WindAlong | None,
    need: ReserveNeed | None,
) -> Ascent:
    """Return the profile of a flight and what it burns.

    Parameters
    ----------
    track_deg
        Direction of the whole flight, for the level.

    Raises
    ------
    InputError
        Where the altitude lies above the ceiling or below the ground, or the way is too
        short to climb and descend.
    """
    wanted, levels = _offered(request, ground_m, track_deg)
    profile = _fitting(request, length_m, ground_m, wanted, levels, wind)
    fuel = _burnt(request, profile, need)
    if request.cruise_altitude_m is not None or profile.cruise_m < _STEP_CRUISE_M:
        return Ascent(profile, fuel, wanted)
    top = profile.cruise_altitude_m
    for _ in range(_ROUNDS):
        first, steps = steps_by_mass(request.aircraft, fuel.trajectory, levels, top)
        if first >= top - 1.0:
            break
        shape = Profile.between(request.aircraft, *ground_m, first)
        profile = shape.stretched(length_m, wind, steps)
        fuel = _burnt(request, profile, need)
    return Ascent(profile, fuel, wanted)


def _burnt(request: AirRequest, profile: Profile, need: ReserveNeed | None) -> FuelPlan:
    return plan_fuel(
        request.aircraft, profile, request.load_kg, need, taxi_out_s=request.taxi_out_s
    )


def _offered(
    request: AirRequest, ground_m: tuple[float, float], track_deg: float
) -> tuple[float, list[float]]:
    """Return the altitude wanted and the levels up to it, lowest first."""
    card, asked = request.card, request.cruise_altitude_m
    least = max(ground_m) + LEAST_ABOVE_GROUND_M
    approved = request.approved_rvsm is not False
    if asked is None:
        most = card.service_ceiling if approved else min(card.service_ceiling, RVSM_M[0] - 1.0)
        wanted = min(card.cruise_altitude, most)
        wanted = level_below_m(wanted, track_deg, rvsm=approved, least_m=least, most_m=most)
        wanted = max(wanted, least)
    else:
        wanted = asked
    if not least <= wanted <= card.service_ceiling:
        raise InputError(
            f"{card.name} cannot cruise at {wanted:,.0f} m: possible here are"
            f" {least:,.0f} to {card.service_ceiling:,.0f} m",
            where=request.where,
        )
    offered = [h for h in levels_m(track_deg, rvsm=approved) if least <= h < wanted - 1.0]
    return wanted, [*offered, wanted]


def _fitting(
    request: AirRequest,
    length_m: float,
    ground_m: tuple[float, float],
    wanted: float,
    levels: list[float],
    wind: WindAlong | None,
) -> Profile:
    """Return the highest profile that leaves a fifth of the way for cruise."""
    least = max(ground_m) + LEAST_ABOVE_GROUND_M
    for altitude in dict.fromkeys([*reversed(levels), least]):
        shape = Profile.between(request.aircraft, *ground_m, min(altitude, wanted))
        if _enough(shape, length_m):
            profile = shape.stretched(length_m, wind)
            if profile.cruise_m >= _CRUISE_SHARE * length_m:
                return profile
    raise InputError(
        f"{length_m / 1000:.1f} km leave no room for {request.card.name} to climb and descend",
        where=request.where,
    )


def _enough(shape: Profile, length_m: float) -> bool:
    # With wind the climb may be shorter than in still air: a rough look before the exact one.
    return length_m - shape.climb.length_m - shape.descent.length_m >= 0.05 * length_m


def short_profile(
    request: AirRequest, length_m: float, ground_m: tuple[float, float], track_deg: float
) -> Profile:
    """Return the profile of a short flight in still air, e.g. to an alternate.

    Where the way is too short even for the lowest altitude, the climb to it and back counts.
    """
    card = request.card
    least = max(ground_m) + LEAST_ABOVE_GROUND_M
    top = max(card.cruise_altitude, least)
    levels = [h for h in levels_m(track_deg, rvsm=True) if least <= h <= top]
    for altitude in dict.fromkeys([*reversed(levels), least]):
        shape = Profile.between(request.aircraft, *ground_m, altitude)
        profile = shape.stretched(length_m)
        if profile.cruise_m >= _CRUISE_SHARE * length_m:
            return profile
    return shape.stretched(max(length_m, shape.climb.length_m + shape.descent.length_m))
