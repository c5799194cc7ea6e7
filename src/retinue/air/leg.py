"""An air leg in time: movement, timeline and records for the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.air.clock import LANDING, TAKE_OFF, Clock, observed_clock
from retinue.air.fitness import hours_reason
from retinue.air.flight import FlightRuns, fly
from retinue.air.flight_details import flight_details
from retinue.air.ground import flight_assumptions, flight_notes, flight_sources
from retinue.air.level import flight_level
from retinue.air.request import AirRequest
from retinue.errors import Reason
from retinue.movement import Movement
from retinue.plan.leg import SpeedProfile
from retinue.plan.records import Assumption, Event, Note, Source
from retinue.plan.vehicles import AircraftRecord
from retinue.world.zones import zone_at

if TYPE_CHECKING:
    from retinue.air.overflight import Overflight
    from retinue.air.runway import RunwayUse

__all__ = ["AirLegResult", "AirRequest", "FlightRuns", "fly", "time_flight"]


@dataclass(frozen=True, eq=False)
class AirLegResult:
    """A timed flight; the planner makes a plan's leg of it.

    Attributes
    ----------
    movements
        One, ``main``; its longitudes run on past 180 rather than jump.
    countries
        Overflown, origin and destination included, each once, in order.
    overflights
        Every stretch, the high seas between them too.
    depart_s, arrive_s
        Unix seconds, from stand to stand.
    running_time_s
        In the air.
    faults
        Why the hour will not do: aerodromes that are closed then.
    details
        See `retinue.air.flight_details`.
    """

    movements: tuple[Movement, ...]
    timeline: tuple[Event, ...]
    aircraft: AircraftRecord
    countries: tuple[str, ...]
    overflights: tuple[Overflight, ...]
    profile: SpeedProfile
    notes: tuple[Note, ...]
    assumptions: tuple[Assumption, ...]
    sources: tuple[Source, ...]
    depart_s: float
    arrive_s: float
    distance_m: float
    running_time_s: float
    faults: tuple[Reason, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)


def time_flight(
    runs: FlightRuns, depart_s: float, observations: Sequence[tuple[str, float]] = ()
) -> AirLegResult:
    """Put a flight on the clock.

    Parameters
    ----------
    depart_s
        Unix time at which the aircraft leaves the stand.
    observations
        (point, Unix time) at which it was seen (see `retinue.air.clock.observed_clock`).

    Raises
    ------
    InputError
        For an observation at an unknown point, or out of order.
    """
    request = runs.request
    clock = observed_clock(runs, depart_s, observations)
    faults = _faults(runs, clock)
    zones = _zones(runs)
    movement = Movement(
        role="main",
        name=f"flight {request.flight}" if request.flight else request.card.name,
        length_m=request.card.length,
        lon_deg=runs.lon_deg,
        lat_deg=runs.lat_deg,
        distance_m=runs.distance_m,
        time_s=clock.at(runs.time_s),
        altitude_m=runs.altitude_m,
    )
    return AirLegResult(
        movements=(movement,),
        timeline=_timeline(runs, clock, zones),
        aircraft=_aircraft(runs),
        countries=tuple(dict.fromkeys(o.country for o in runs.overflights if o.country)),
        overflights=runs.overflights,
        profile=_speeds(runs),
        notes=(*flight_notes(runs), *(_warning(fault) for fault in faults)),
        assumptions=flight_assumptions(runs),
        sources=flight_sources(runs),
        depart_s=clock.moment(0.0),
        arrive_s=clock.moment(runs.block_s),
        distance_m=runs.track.length_m,
        running_time_s=clock.moment(runs.landing_s) - clock.moment(runs.take_off_s),
        faults=faults,
        details=flight_details(runs, clock),
    )


def _faults(runs: FlightRuns, clock: Clock) -> tuple[Reason, ...]:
    """Return which aerodromes are closed when the flight leaves and arrives."""
    request = runs.request
    ends = (
        (request.origin, clock.moment(0.0), "departure"),
        (request.destination, clock.moment(runs.block_s), "arrival"),
    )
    found = (
        hours_reason(request, request.aerodrome(place), moment, place.zone, what)
        for place, moment, what in ends
    )
    return tuple(reason for reason in found if reason is not None)


def _warning(reason: Reason) -> Note:
    return Note(level="warning", subject=reason.where, text=f"{reason.what}; {reason.cure}")


def _zones(runs: FlightRuns) -> list[str]:
    """Return the zone of each overflight: its country's, over the high seas the last one's."""
    found = [runs.request.origin.zone]
    for stretch in runs.overflights[1:]:
        zone = zone_at(stretch.lat, stretch.lon, stretch.country) if stretch.country else None
        found.append(found[-1] if zone is None or zone.nautical else zone.name)
    return found


def _zone(runs: FlightRuns, zones: list[str], distance_m: float) -> str:
    for stretch, zone in zip(runs.overflights, zones, strict=True):
        if distance_m < stretch.exit_m:
            return zone
    return runs.request.destination.zone


def _timeline(runs: FlightRuns, clock: Clock, zones: list[str]) -> tuple[Event, ...]:
    request, profile = runs.request, runs.profile
    origin, destination = request.origin, request.destination
    length = runs.track.length_m
    flight = f", flight {request.flight}" if request.flight else ""
    first, level = (
        f"{height:,.0f} m, {flight_level(height)}"
        for height in (float(profile.climb.altitude_m[-1]), profile.cruise_altitude_m)
    )
    top, down = profile.climb.length_m, profile.climb.length_m + profile.cruise_m

    def event(kind: Any, place: str, text: str, at_m: float, **more: Any) -> Event:
        seconds = more.pop("seconds", None)
        seconds = runs.time_at(at_m) if seconds is None else seconds
        lat, lon = runs.track.at(np.array([at_m]))
        return Event(
            time_utc=clock.moment(seconds),
            zone=more.pop("zone", None) or _zone(runs, zones, at_m),
            kind=kind,
            place=place,
            text=text,
            distance_m=round(at_m, 1),
            lat=round(float(lat[0]), 5),
            lon=round(float(lon[0]), 5),
            **more,
        )

    events = [
        event(
            "depart", origin.name, f"leaves the stand{flight}", 0.0,
            seconds=0.0, zone=origin.zone, country=origin.country,
        ),
        event(
            "take-off", origin.name, f"take-off, {_runway(runs.take_off)}", 0.0,
            seconds=runs.take_off_s, zone=origin.zone, country=origin.country,
            observed=TAKE_OFF in clock.observed,
        ),
        event("climb", "top of climb", f"cruises at {first}", top),
        *(
            event("climb", "step climb", f"climbs to {to_m:,.0f} m, {flight_level(to_m)}", at)
            for at, to_m in profile.steps
        ),
        *(
            event(
                "pass", place.name, f"passes {place.name}", at, country=place.country,
                observed=place.name in clock.observed,
            )
            for place, at in zip(request.via, runs.via_m, strict=True)
        ),
        *_borders(runs, zones, event),
        *(
            event("pass", region.text, f"enters FIR {region.text}", region.enter_m)
            for region in runs.firs[1:]
            if region.ident or region.name
        ),
        event("descent", "top of descent", f"leaves {level}", down),
        event(
            "landing", destination.name, f"landing, {_runway(runs.landing)}",
            length, seconds=runs.landing_s, zone=destination.zone, country=destination.country,
            observed=LANDING in clock.observed,
        ),
        event(
            "arrive", destination.name, f"at the stand{flight}", length,
            seconds=runs.block_s, zone=destination.zone, country=destination.country,
            observed=destination.name in clock.observed,
        ),
    ]  # fmt: skip
    return tuple(sorted(events, key=lambda e: (e.time_utc, e.distance_m)))


def _runway(use: RunwayUse) -> str:
    return "pad" if use.chosen.runway is None else f"runway {use.name}"


def _borders(runs: FlightRuns, zones: list[str], event: Any) -> list[Event]:
    found = []
    for number, stretch in enumerate(runs.overflights[1:], start=1):
        before = runs.overflights[number - 1].country
        if stretch.country:
            text = f"enters the airspace of {stretch.country}"
            text += f" from {before}" if before else ""
        else:
            text = f"leaves the airspace of {before} for the high seas"
        found.append(
            event(
                "border",
                stretch.country or "high seas",
                text,
                stretch.enter_m,
                zone=zones[number],
                country=stretch.country,
            )
        )
    return found


def _aircraft(runs: FlightRuns) -> AircraftRecord:
    request, card = runs.request, runs.request.card
    return AircraftRecord(
        type_name=card.name,
        registration=request.registration,
        call_sign=request.flight,
        payload_kg=round(runs.fuel.payload_kg, 1),
        fuel_needed_kg=round(runs.fuel.block_kg, 1),
        fuel_capacity_kg=card.fuel_capacity,
        range_m=round(runs.range_m, -3),
        runway_needed_take_off_m=round(runs.take_off.needed_m, 1),
        runway_needed_landing_m=round(runs.landing.needed_m, 1),
        cruise_mps=round(runs.profile.cruise_mps, 2),
        cruise_altitude_m=round(runs.profile.cruise_altitude_m, 1),
        assumed=tuple(card.assumed()),
        designator=card.designator,
        code_letter=card.code_letter,
        top_ground_mps=round(max(_speeds(runs).speed_mps, default=0.0), 2),
    )


def _speeds(runs: FlightRuns) -> SpeedProfile:
    """Return ground speed against distance, as planned."""
    distance, time = runs.distance_m[1:-1], runs.time_s[1:-1]
    speed = np.diff(distance) / np.maximum(np.diff(time), 1e-9)
    middle = (distance[:-1] + distance[1:]) / 2
    return SpeedProfile(
        distance_m=tuple(np.round(middle, 1).tolist()),
        speed_mps=tuple(np.round(speed, 2).tolist()),
        limit_distance_m=(),
        limit_mps=(),
    )
