"""A flight without a clock: track, profile, fuel and runways, and why it may not be flown.

Where the wind changes with the hour the flight hangs on its departure, and only then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.air.air_mass import course_deg, wind_along
from retinue.air.airspace import around_closed
from retinue.air.alternates import AlternatePoint, alternates_along
from retinue.air.areas import AreasInForce, areas_in_force
from retinue.air.ascent import ascend
from retinue.air.diversion import (
    Diversion,
    landing_length_at,
    plan_diversion,
    reserve_need,
    small,
)
from retinue.air.fir import FirStretch, fir_crossings
from retinue.air.fitness import Check, ground_checks, level_check
from retinue.air.flight_reasons import (
    Weighed,
    load_reasons,
    payload_reason,
    range_reasons,
    reach_m,
)
from retinue.air.great_circle import Track, length_m
from retinue.air.overflight import Overflight, overflights
from retinue.air.runway import RunwayUse, runway_for
from retinue.errors import InputError, NoPlan, Reason

if TYPE_CHECKING:
    from retinue.air.fuel import FuelPlan
    from retinue.air.profile import Profile
    from retinue.air.request import AirRequest
    from retinue.air.reserves import ReserveNeed
    from retinue.air.trajectory import Trajectory
    from retinue.world.aerodromes import Aerodrome
    from retinue.world.countries import Countries

__all__ = ["FlightRuns", "fly"]

Floats = NDArray[np.float64]

_SHORTEST_M = {"helicopter": 1_000.0}
_SHORTEST_AEROPLANE_M = 10_000.0


@dataclass(frozen=True, eq=False)
class FlightRuns:
    """A flight, timed from the moment it leaves the stand.

    Attributes
    ----------
    closed
        Countries the track stays out of.
    areas
        Restricted areas it stays out of, and those that do not touch it.
    direct_m
        Length through the via points with all airspace open.
    need
        What the rule set of the reserves asks for; None: the type card's lump.
    diversion
        The destination's alternate.
    en_route
        The nearest aerodrome that will do, along the track.
    firs
        Flight information regions, empty where no file of them is given.
    checks
        Wingspan, parking and separation.
    wanted_m
        Altitude wanted for the cruise, before a short way lowered it.
    distance_m, time_s, altitude_m, mass_kg, lat_deg, lon_deg
        Shape (n,); the first two points and the last two are the taxiing.  Longitudes run on
        past 180 rather than jump.
    via_m
        Distance of each via point.
    range_m
        How far along this track the aircraft flies with this payload.
    """

    request: AirRequest
    closed: tuple[str, ...]
    areas: AreasInForce
    track: Track
    direct_m: float
    profile: Profile
    fuel: FuelPlan
    need: ReserveNeed | None
    diversion: Diversion | None
    en_route: tuple[AlternatePoint, ...]
    range_m: float
    wanted_m: float
    take_off: RunwayUse
    landing: RunwayUse
    checks: tuple[Check, ...]
    overflights: tuple[Overflight, ...]
    firs: tuple[FirStretch, ...]
    via_m: tuple[float, ...]
    distance_m: Floats
    time_s: Floats
    altitude_m: Floats
    mass_kg: Floats
    lat_deg: Floats
    lon_deg: Floats

    @property
    def trajectory(self) -> Trajectory:
        """Mass and fuel flow from brake release to touch-down."""
        return self.fuel.trajectory

    @property
    def take_off_s(self) -> float:
        """Seconds from the stand to take-off."""
        return self.request.taxi_out

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


def fly(request: AirRequest, countries: Countries, depart_s: float | None = None) -> FlightRuns:
    """Plan a flight as far as no clock is needed.

    Parameters
    ----------
    depart_s
        Unix time at which it leaves the stand; needed only where the wind is timed.

    Raises
    ------
    InputError
        Where an end is no aerodrome, both are one place, or the altitude cannot be flown.
    NoPlan
        Where payload, runways, range, wind or closed airspace forbid it, with every reason.
    """
    origin, destination = request.aerodrome(request.origin), request.aerodrome(request.destination)
    points = [(p.lat, p.lon) for p in (request.origin, *request.via, request.destination)]
    direct = length_m([p[0] for p in points], [p[1] for p in points])
    if direct < _SHORTEST_M.get(request.card.engine, _SHORTEST_AEROPLANE_M):
        raise InputError(
            f"{origin.name} and {destination.name} are {direct / 1000:.1f} km apart,"
            " too near for a flight",
            where=request.where,
        )
    absurd = (
        payload_reason(request) if request.load_kg > request.card.maximum_take_off_mass else None
    )
    if absurd is not None:
        # No fuel can be computed for a load that outweighs the aircraft itself.
        raise NoPlan(f"{request.title} cannot be flown", reasons=[absurd], where=request.where)
    own = {request.origin.country, request.destination.country}
    closed = tuple(sorted({code.upper() for code in request.closed_countries} - own))
    areas = _areas(request, direct, depart_s)
    track, via_m = _track(request, points, closed, areas, countries)
    if request.timed and depart_s is None:
        raise ValueError("a flight in a timed wind needs its departure")
    wind = wind_along(track, request.wind, (depart_s or 0.0) + request.taxi_out)
    ground = (origin.elevation_m or 0.0, destination.elevation_m or 0.0)
    course = float(course_deg(Track.through([points[0], points[-1]]), np.zeros(1))[0])
    diversion = plan_diversion(request, destination, closed)
    need = reserve_need(request, diversion, destination)
    ascent = ascend(request, track.length_m, ground, course, wind, need)
    profile, fuel = ascent.profile, ascent.fuel
    take_off, landing = _runways(request, origin, destination, fuel)
    checks = (
        *ground_checks(request, origin),
        *ground_checks(request, destination),
        level_check(request, profile.cruise_altitude_m),
    )
    weighed = Weighed(request, profile, fuel, need, landing)
    reasons = [
        *load_reasons(weighed),
        *filter(None, (take_off.reason(request.card), landing.reason(request.card))),
        *filter(None, (check.reason for check in checks)),
        *_alternate_reasons(request, diversion),
        *range_reasons(weighed),
    ]
    if reasons:
        raise NoPlan(
            f"no flight from {origin.name} to {destination.name} by {request.card.name}",
            reasons=reasons,
            where=request.where,
        )
    distance, time, altitude, mass = _axes(request, fuel, track)
    lat, lon = track.at(distance)
    return FlightRuns(
        request=request,
        closed=closed,
        areas=areas,
        track=track,
        direct_m=direct,
        profile=profile,
        fuel=fuel,
        need=need,
        diversion=diversion,
        en_route=_en_route(request, track, closed, fuel),
        range_m=reach_m(weighed),
        wanted_m=ascent.wanted_m,
        take_off=take_off,
        landing=landing,
        checks=checks,
        overflights=overflights(track, countries),
        firs=fir_crossings(track, request.firs) if request.firs is not None else (),
        via_m=via_m,
        distance_m=distance,
        time_s=time,
        altitude_m=altitude,
        mass_kg=mass,
        lat_deg=lat,
        lon_deg=np.unwrap(lon, period=360.0),
    )


def _areas(request: AirRequest, direct_m: float, depart_s: float | None) -> AreasInForce:
    altitude = request.cruise_altitude_m or request.card.cruise_altitude
    moments = None
    if depart_s is not None:
        # A detour may double the way; an area that opens meanwhile counts.
        moments = (depart_s, depart_s + 2.0 * direct_m / request.aircraft.cruise_mps(altitude))
    ends = [(p.lat, p.lon) for p in (request.origin, request.destination)]
    return areas_in_force(request.areas, cruise_m=altitude, ends=ends, time_s=moments)


def _track(
    request: AirRequest,
    points: list[tuple[float, float]],
    closed: tuple[str, ...],
    areas: AreasInForce,
    countries: Countries,
) -> tuple[Track, tuple[float, ...]]:
    names = [p.name for p in (request.origin, *request.via, request.destination)]
    line, at = [points[0]], []
    for number in range(len(points) - 1):
        piece = around_closed(
            points[number],
            points[number + 1],
            closed,
            countries,
            areas=areas.avoided,
            names=(names[number], names[number + 1]),
        )
        line += piece[1:]
        at.append(len(line) - 1)
    track = Track.through(line)
    return track, tuple(float(track.distance_m[i]) for i in at[:-1])


def _runways(
    request: AirRequest, origin: Aerodrome, destination: Aerodrome, fuel: FuelPlan
) -> tuple[RunwayUse, RunwayUse]:
    card = request.card
    # What cannot leave the ground is checked against the runways at its maximum mass.
    take_off_kg = min(fuel.take_off_mass_kg, card.maximum_take_off_mass)
    landing_kg = min(fuel.landing_mass_kg, card.maximum_landing_mass)
    return (
        runway_for(card, "take off", origin, take_off_kg, request.day(origin).conditions),
        runway_for(card, "land", destination, landing_kg, request.day(destination).conditions),
    )


def _alternate_reasons(request: AirRequest, diversion: Diversion | None) -> list[Reason]:
    if diversion is None or diversion.chosen:
        return []
    reason = diversion.landing.reason(request.card)
    return [] if reason is None else [reason]


def _en_route(
    request: AirRequest, track: Track, closed: tuple[str, ...], fuel: FuelPlan
) -> tuple[AlternatePoint, ...]:
    if request.aerodromes is None:
        return ()
    mass = min(fuel.take_off_mass_kg, request.card.maximum_landing_mass)
    return alternates_along(
        track,
        request.aerodromes,
        lambda aerodrome: landing_length_at(request, aerodrome, mass),
        paved=request.card.paved_runway,
        closed_countries=closed,
        large_only=not small(request),
    )


def _axes(
    request: AirRequest, fuel: FuelPlan, track: Track
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return distance, time, altitude and mass along the flight, taxiing at both ends."""
    flown = fuel.trajectory
    distance = flown.distance_m
    at = np.unique(np.concatenate((distance, track.distance_m)))
    at = at[(at >= 0.0) & (at <= min(distance[-1], track.length_m))]
    # Rounding must not leave the last point short of the destination.
    at[-1] = track.length_m
    time, height, mass = (
        np.interp(at, distance, values)
        for values in (flown.time_s + request.taxi_out, flown.altitude_m, flown.mass_kg)
    )
    card = request.card
    return (
        np.concatenate(([0.0], at, [track.length_m])),
        np.concatenate(([0.0], time, [time[-1] + card.taxi_in])),
        np.concatenate((height[:1], height, height[-1:])),
        np.concatenate(
            (mass[:1] + fuel.taxi_out_kg, mass, mass[-1:] - fuel.taxi_in_kg),
        ),
    )
