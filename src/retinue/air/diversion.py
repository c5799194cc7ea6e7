"""The alternate of the destination: named by the journey, or the nearest that will do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.air.air_mass import course_deg
from retinue.air.alternates import destination_alternates
from retinue.air.ascent import short_profile
from retinue.air.great_circle import Track
from retinue.air.reserves import ReserveNeed
from retinue.air.runway import needed_length_m, runway_for

if TYPE_CHECKING:
    from retinue.air.profile import Profile
    from retinue.air.request import AirRequest
    from retinue.air.runway import RunwayUse
    from retinue.world.aerodromes import Aerodrome

__all__ = ["Diversion", "landing_length_at", "plan_diversion", "reserve_need", "small"]

_LEAST_M = 40_000.0
_HELICOPTER_WITHIN_M = 200_000.0
_SMALL_KG = 7_000.0
_LOOKED_AT = 12


@dataclass(frozen=True, eq=False)
class Diversion:
    """A flight from the destination to its alternate.

    Attributes
    ----------
    chosen
        Whether Retinue chose it: the journey names none.
    """

    aerodrome: Aerodrome
    distance_m: float
    profile: Profile
    landing: RunwayUse
    chosen: bool


def small(request: AirRequest) -> bool:
    """Return whether small aerodromes have all that the aircraft needs."""
    return request.card.engine == "helicopter" or request.card.maximum_take_off_mass <= _SMALL_KG


def landing_length_at(request: AirRequest, aerodrome: Aerodrome, mass_kg: float) -> float:
    """Return the landing length needed at an aerodrome on the day."""
    conditions = request.day(aerodrome).conditions
    needed, _ = needed_length_m(
        request.card,
        "land",
        mass_kg,
        aerodrome.elevation_m or 0.0,
        temperature=conditions.temperature_k,
        wet=conditions.wet,
    )
    return needed


def _landing_kg(request: AirRequest) -> float:
    card = request.card
    arriving = card.operating_empty_mass + request.load_kg + card.reserve
    return min(arriving, card.maximum_landing_mass)


def plan_diversion(
    request: AirRequest, destination: Aerodrome, closed: tuple[str, ...]
) -> Diversion | None:
    """Return the alternate, None where none is within reach or the rule set asks for none."""
    rules = request.rules
    if rules is None or not rules.alternate:
        return None
    mass = _landing_kg(request)
    if request.alternates:
        uses = [(a, runway_for(request.card, "land", a, mass, request.day(a).conditions))
                for a in request.alternates]  # fmt: skip
        # The best named one whose runways will do; where none will, the first with its fault.
        aerodrome, landing = next((pair for pair in uses if not pair[1].chosen.faults), uses[0])
        return _diversion(request, destination, aerodrome, landing, chosen=False)
    if request.aerodromes is None:
        return None
    card = request.card
    helicopter = card.engine == "helicopter"
    found = destination_alternates(
        destination,
        request.aerodromes,
        lambda aerodrome: landing_length_at(request, aerodrome, mass),
        paved=card.paved_runway,
        closed_countries=closed,
        least_m=_LEAST_M,
        within_m=_HELICOPTER_WITHIN_M if helicopter else 800_000.0,
        large_only=not small(request),
        count=_LOOKED_AT,
    )
    # An aerodrome with an ICAO indicator has published data that a crew can plan with.
    for one in sorted(found, key=lambda one: (not one.aerodrome.icao, one.distance_m)):
        conditions = request.day(one.aerodrome).conditions
        landing = runway_for(card, "land", one.aerodrome, mass, conditions)
        if not landing.chosen.faults:
            return _diversion(request, destination, one.aerodrome, landing, chosen=True)
    return None


def _diversion(
    request: AirRequest,
    destination: Aerodrome,
    aerodrome: Aerodrome,
    landing: RunwayUse,
    *,
    chosen: bool,
) -> Diversion:
    track = Track.through([(destination.lat, destination.lon), (aerodrome.lat, aerodrome.lon)])
    ground = (destination.elevation_m or 0.0, aerodrome.elevation_m or 0.0)
    course = float(course_deg(track, np.zeros(1))[0])
    profile = short_profile(request, track.length_m, ground, course)
    return Diversion(aerodrome, track.length_m, profile, landing, chosen)


def reserve_need(
    request: AirRequest, diversion: Diversion | None, destination: Aerodrome
) -> ReserveNeed | None:
    """Return what the rule set asks for on this flight; None: the type card's own reserve."""
    if request.rules is None:
        return None
    alternate = None if diversion is None else diversion.profile
    return ReserveNeed(request.rules, alternate, destination.elevation_m or 0.0)
