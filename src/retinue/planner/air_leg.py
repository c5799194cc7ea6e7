"""From an air leg as asked for to a staged leg."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from retinue.air.aircraft import load_aircraft
from retinue.air.flight import FlightRuns, fly
from retinue.air.leg import time_flight
from retinue.air.request import AirRequest
from retinue.document import recording
from retinue.journey import AirLeg, LegAsked
from retinue.plan import Leg
from retinue.planner.pricing import priced_air
from retinue.planner.records import place_record
from retinue.planner.staged import Context, ObservedTime, StagedLeg, TimedLeg
from retinue.world.places import Place

__all__ = ["stage_air"]


def stage_air(
    context: Context,
    asked: LegAsked,
    path: tuple[int | str, ...],
    leg_id: str,
    origin: Place,
    destination: Place,
) -> StagedLeg:
    """Plan the flight; the clock comes later.

    Raises
    ------
    InputError, NoPlan
        As the air room raises them.
    """
    body = asked.air
    assert body is not None
    title = f"{origin.name} to {destination.name} by air"
    context.progress(f"flying {title}")
    with recording() as read:
        request = _request(context, body, path, leg_id, title, origin, destination)
    world = context.world
    runs = context.memo.get(
        ("air", id(world), repr(request)), lambda: fly(request, world.countries)
    )

    def at_time(depart_s: float, observations: Sequence[ObservedTime]) -> TimedLeg:
        return _timed(context, leg_id, title, origin, destination, runs, depart_s, observations)

    return StagedLeg(
        id=leg_id,
        asked=asked,
        path=path,
        origin=origin,
        destination=destination,
        at_time=at_time,
        files=read,
    )


def _request(
    context: Context,
    body: AirLeg,
    path: tuple[int | str, ...],
    leg_id: str,
    title: str,
    origin: Place,
    destination: Place,
) -> AirRequest:
    journey = context.file.journey
    closed = (*journey.closed_countries, *body.closed_countries)
    return AirRequest(
        leg_id=leg_id,
        title=title,
        origin=origin,
        destination=destination,
        card=load_aircraft(
            body.aircraft, context.folder, where=context.file.where(*path, "air", "aircraft")
        ),
        via=tuple(
            context.gazetteer.resolve(text, where=context.file.where(*path, "air", "via", index))
            for index, text in enumerate(body.via)
        ),
        payload_kg=body.payload,
        passengers=journey.party.total,
        closed_countries=tuple(dict.fromkeys(c for c in closed if c not in body.open_countries)),
        cruise_altitude_m=body.cruise_altitude,
        flight=body.flight,
        registration=body.registration,
        where=context.file.where(*path, "air"),
    )


def _timed(
    context: Context,
    leg_id: str,
    title: str,
    origin: Place,
    destination: Place,
    runs: FlightRuns,
    depart_s: float,
    observations: Sequence[ObservedTime],
) -> TimedLeg:
    result = time_flight(runs, depart_s, observations)
    day = datetime.fromtimestamp(depart_s, UTC).date()
    costs = priced_air(result, runs.request, context.file.journey.currency, day)
    total = round(result.arrive_s) - round(result.depart_s)
    leg = Leg(
        id=leg_id,
        mode="air",
        title=title,
        from_=place_record(origin),
        to=place_record(destination),
        depart_utc=result.depart_s,
        arrive_utc=result.arrive_s,
        distance_m=round(result.distance_m, 1),
        running_time_s=round(result.running_time_s),
        standing_time_s=total - round(result.running_time_s),
        movements=result.movements,
        timeline=result.timeline,
        profile=result.profile,
        aircraft=result.aircraft,
        countries=result.countries,
        costs=costs.items,
        notes=result.notes,
        details=result.details,
    )
    return TimedLeg(
        leg,
        (*result.assumptions, *costs.assumptions(leg_id)),
        (*result.sources, *costs.sources()),
    )
