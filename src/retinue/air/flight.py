"""A flight without a clock: track, profile, fuel and runways, and why it may not be flown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.air.airspace import around_closed
from retinue.air.fuel import FuelPlan, fuel_limit_kg, plan_fuel, range_m
from retinue.air.great_circle import Track, length_m
from retinue.air.overflight import Overflight, overflights
from retinue.air.profile import LEAST_ABOVE_GROUND_M, Profile
from retinue.air.runway import RunwayUse, runway_for
from retinue.errors import InputError, NoPlan, Reason

if TYPE_CHECKING:
    from retinue.air.aircraft import AircraftCard
    from retinue.air.request import AirRequest
    from retinue.world.countries import Countries

__all__ = ["FlightRuns", "fly"]

Floats = NDArray[np.float64]

_LEVEL_M = 300.0
_CRUISE_SHARE = 0.2  # a climb is broken off lower where less than this would be left in cruise
_CRUISE_STEP_M = 40_000.0
_SHORTEST_M = 10_000.0


@dataclass(frozen=True, eq=False)
class FlightRuns:
    """A flight, timed from the moment it leaves the stand.

    Attributes
    ----------
    closed
        Countries the track stays out of.
    direct_m
        Length through the via points with all airspace open.
    distance_m, time_s, altitude_m, lat_deg, lon_deg
        Shape (n,); the first two points and the last two are the taxiing.  Longitudes run on
        past 180 rather than jump.
    via_m
        Distance of each via point.
    range_m
        How far the aircraft flies with this payload.
    """

    request: AirRequest
    closed: tuple[str, ...]
    track: Track
    direct_m: float
    profile: Profile
    fuel: FuelPlan
    range_m: float
    take_off: RunwayUse
    landing: RunwayUse
    overflights: tuple[Overflight, ...]
    via_m: tuple[float, ...]
    distance_m: Floats
    time_s: Floats
    altitude_m: Floats
    lat_deg: Floats
    lon_deg: Floats

    @property
    def take_off_s(self) -> float:
        """Seconds from the stand to take-off."""
        return self.request.card.taxi_out

    @property
    def landing_s(self) -> float:
        """Seconds from the stand to touch-down."""
        return self.take_off_s + self.profile.duration_s

    @property
    def block_s(self) -> float:
        """Seconds from stand to stand."""
        return self.landing_s + self.request.card.taxi_in

    def time_at(self, distance_m: float) -> float:
        """Return the seconds from the stand to a distance in the air."""
        return float(np.interp(distance_m, self.distance_m[1:-1], self.time_s[1:-1]))


def fly(request: AirRequest, countries: Countries) -> FlightRuns:
    """Plan a flight as far as no clock is needed.

    Raises
    ------
    InputError
        Where an end is no aerodrome, both are one place, or the altitude cannot be flown.
    NoPlan
        Where payload, runways, range or closed airspace forbid it, with every reason.
    """
    card = request.card
    origin, destination = request.aerodrome(request.origin), request.aerodrome(request.destination)
    points = [(p.lat, p.lon) for p in (request.origin, *request.via, request.destination)]
    direct = length_m([p[0] for p in points], [p[1] for p in points])
    if direct < _SHORTEST_M:
        raise InputError(
            f"{origin.name} and {destination.name} are {direct / 1000:.1f} km apart,"
            " too near for a flight",
            where=request.where,
        )
    own = {request.origin.country, request.destination.country}
    closed = tuple(sorted({code.upper() for code in request.closed_countries} - own))
    track, via_m = _track(request, points, closed, countries)
    ground = (origin.elevation_m or 0.0, destination.elevation_m or 0.0)
    profile = _profile(request, track.length_m, ground)
    fuel = plan_fuel(card, profile, request.load_kg)
    # What cannot leave the ground is checked against the runways at its maximum mass.
    take_off_kg = min(fuel.take_off_mass_kg, card.maximum_take_off_mass)
    landing_kg = min(fuel.landing_mass_kg, card.maximum_landing_mass)
    take_off = runway_for(card, "take off", origin, take_off_kg)
    landing = runway_for(card, "land", destination, landing_kg)
    reasons = [
        *_load_reasons(request),
        *filter(None, (take_off.reason(card, take_off_kg), landing.reason(card, landing_kg))),
        *_range_reasons(request, profile, fuel),
    ]
    if reasons:
        raise NoPlan(
            f"no flight from {origin.name} to {destination.name} by {card.name}",
            reasons=reasons,
            where=request.where,
        )
    distance, time, altitude = _axes(card, profile, track)
    lat, lon = track.at(distance)
    return FlightRuns(
        request=request,
        closed=closed,
        track=track,
        direct_m=direct,
        profile=profile,
        fuel=fuel,
        range_m=range_m(card, request.load_kg, altitude_m=profile.cruise_altitude_m),
        take_off=take_off,
        landing=landing,
        overflights=overflights(track, countries),
        via_m=via_m,
        distance_m=distance,
        time_s=time,
        altitude_m=altitude,
        lat_deg=lat,
        lon_deg=np.unwrap(lon, period=360.0),
    )


def _track(
    request: AirRequest,
    points: list[tuple[float, float]],
    closed: tuple[str, ...],
    countries: Countries,
) -> tuple[Track, tuple[float, ...]]:
    names = [p.name for p in (request.origin, *request.via, request.destination)]
    line, at = [points[0]], []
    for number in range(len(points) - 1):
        ends = (names[number], names[number + 1])
        piece = around_closed(points[number], points[number + 1], closed, countries, names=ends)
        line += piece[1:]
        at.append(len(line) - 1)
    track = Track.through(line)
    return track, tuple(float(track.distance_m[i]) for i in at[:-1])


def _profile(request: AirRequest, length: float, ground: tuple[float, float]) -> Profile:
    """Return the profile at the altitude asked for, or lower where the way is short.

    Raises
    ------
    InputError
        Where the altitude lies above the ceiling or below the ground.
    """
    card = request.card
    asked = request.cruise_altitude_m
    wanted = card.cruise_altitude if asked is None else asked
    least = max(ground) + LEAST_ABOVE_GROUND_M
    if not least <= wanted <= card.service_ceiling:
        raise InputError(
            f"{card.name} cannot cruise at {wanted:,.0f} m: possible here are"
            f" {least:,.0f} to {card.service_ceiling:,.0f} m",
            where=request.where,
        )
    altitude = wanted
    while True:
        profile = Profile.between(card, *ground, altitude).stretched(length)
        if profile.cruise_m >= _CRUISE_SHARE * length:
            return profile
        if altitude <= least:
            break
        altitude = max(altitude - _LEVEL_M, least)
    raise InputError(
        f"{length / 1000:.1f} km leave no room for {card.name} to climb and descend",
        where=request.where,
    )


def _load_reasons(request: AirRequest) -> list[Reason]:
    card, load = request.card, request.load_kg
    reasons = []
    most = min(card.maximum_payload, card.maximum_zero_fuel_mass - card.operating_empty_mass)
    most = min(most, card.maximum_landing_mass - card.operating_empty_mass - card.reserve)
    if load > most:
        reasons.append(
            Reason(
                f"{card.name} carries at most {most / 1000:,.1f} t, asked for are"
                f" {load / 1000:,.1f} t",
                cure="Take less, or send a second aircraft.",
                kind="payload",
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


def _range_reasons(request: AirRequest, profile: Profile, fuel: FuelPlan) -> list[Reason]:
    card, load = request.card, request.load_kg
    limit = fuel_limit_kg(card, load)
    if fuel.block_kg <= limit:
        return []
    reach = range_m(card, load, altitude_m=profile.cruise_altitude_m)
    lighter = _lighter_load_kg(card, profile, load)
    stops = int(np.ceil(profile.length_m / max(reach, 1.0))) - 1 if reach > 0 else 0
    cure = f"Make {stops} stop{'s' if stops > 1 else ''} for fuel" if stops else "Take less"
    if lighter is not None:
        cure += f", or carry at most {np.floor(lighter / 100.0) / 10.0:,.1f} t"
    return [
        Reason(
            f"the flight is {profile.length_m / 1000:,.0f} km; with {load / 1000:,.1f} t of payload"
            f" {card.name} reaches {reach / 1000:,.0f} km: it needs {fuel.block_kg / 1000:,.1f} t"
            f" of fuel, reserve included, and can take {max(limit, 0.0) / 1000:,.1f} t",
            where=f"{request.origin.name} - {request.destination.name}",
            cure=cure + ", or take another aircraft.",
            kind="range",
        )
    ]


def _lighter_load_kg(card: AircraftCard, profile: Profile, load_kg: float) -> float | None:
    """Return the payload with which the fuel would just suffice, None where none would."""

    def suffices(load: float) -> bool:
        return plan_fuel(card, profile, load).block_kg <= fuel_limit_kg(card, load)

    if not suffices(0.0):
        return None
    low, high = 0.0, load_kg
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if suffices(middle) else (low, middle)
    return low


def _axes(card: AircraftCard, profile: Profile, track: Track) -> tuple[Floats, Floats, Floats]:
    """Return distance, time and altitude along the flight, taxiing at both ends."""
    climb, descent = profile.climb, profile.descent
    begin = climb.length_m + profile.cruise_m
    distance = np.concatenate((climb.distance_m, begin + descent.distance_m))
    time = np.concatenate((climb.time_s, climb.duration_s + profile.cruise_s + descent.time_s))
    altitude = np.concatenate((climb.altitude_m, descent.altitude_m))
    steps = max(int(np.ceil(profile.cruise_m / _CRUISE_STEP_M)), 1)
    between = np.linspace(climb.length_m, begin, steps + 1)[1:-1]
    at = np.unique(np.concatenate((distance, between, track.distance_m)))
    at = at[(at >= 0.0) & (at <= distance[-1])]
    # Rounding must not leave the last point short of the destination.
    at[-1] = track.length_m
    flown = np.interp(at, distance, time) + card.taxi_out
    height = np.interp(at, distance, altitude)
    return (
        np.concatenate(([0.0], at, [track.length_m])),
        np.concatenate(([0.0], flown, [flown[-1] + card.taxi_in])),
        np.concatenate((height[:1], height, height[-1:])),
    )
