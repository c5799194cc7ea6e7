"""From an air leg as asked for to a staged leg."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from retinue.air.aircraft_type import load_performance
from retinue.air.areas import load_areas
from retinue.air.fir import load_firs
from retinue.air.flight import FlightRuns, fly
from retinue.air.leg import time_flight
from retinue.air.request import AerodromeDay, AirRequest
from retinue.air.reserves import load_rules
from retinue.air.runway import Conditions
from retinue.air.wind import load_wind
from retinue.document import recording, suggest
from retinue.errors import InputError
from retinue.journey import AirLeg, LegAsked
from retinue.journey.air import AerodromeAsked
from retinue.plan import Leg
from retinue.planner.pricing import priced_air
from retinue.planner.records import place_record
from retinue.planner.staged import Context, ObservedTime, StagedLeg, TimedLeg
from retinue.world.aerodromes import Aerodrome
from retinue.world.places import Place

__all__ = ["stage_air"]

# Lowest and highest temperatures of the air ever recorded, rounded outwards (WMO archive).
_COLDEST_K, _WARMEST_K = 183.0, 330.0


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

    def flown(depart_s: float | None) -> FlightRuns:
        # The request holds all that a flight hangs on, and the clock only where the wind or a
        # restricted area does.
        key = ("air", id(context.world), repr(request), depart_s)
        return context.memo.get(key, lambda: fly(request, context.world.countries, depart_s))

    if not request.timed:
        flown(None)

    def at_time(depart_s: float, observations: Sequence[ObservedTime]) -> TimedLeg:
        runs = flown(depart_s if request.timed else None)
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

    def where(*keys: int | str) -> str:
        return context.file.where(*path, "air", *keys)

    aircraft = load_performance(body.aircraft, context.folder, where=where("aircraft"))
    alternates = tuple(
        _alternate(context, text, where("alternates", index))
        for index, text in enumerate(body.alternates)
    )
    return AirRequest(
        leg_id=leg_id,
        title=title,
        origin=origin,
        destination=destination,
        aircraft=aircraft,
        via=tuple(
            context.gazetteer.resolve(text, where=where("via", index))
            for index, text in enumerate(body.via)
        ),
        payload_kg=body.payload,
        passengers=journey.party.total,
        closed_countries=tuple(dict.fromkeys(c for c in closed if c not in body.open_countries)),
        cruise_altitude_m=body.cruise_altitude,
        flight=body.flight,
        registration=body.registration,
        rules=load_rules(body.reserves, aircraft.card.engine, where("reserves")),
        alternates=alternates,
        aerodromes=context.gazetteer.aerodromes,
        rvsm=body.rvsm,
        wind=None
        if body.wind is None
        else load_wind(body.wind, context.folder, where=where("wind")),
        areas=load_areas(body.restricted_areas, context.folder, where("restricted areas")),
        firs=None
        if body.flight_information_regions is None
        else load_firs(
            body.flight_information_regions, context.folder, where("flight information regions")
        ),
        days=_days(context, body, where, (origin, destination), alternates),
        taxi_out_s=body.taxi_out,
        where=where(),
    )


def _alternate(context: Context, text: str, where: str) -> Aerodrome:
    place = context.gazetteer.resolve(text, where=where, want="aerodrome")
    assert place.aerodrome is not None
    return place.aerodrome


def _days(
    context: Context,
    body: AirLeg,
    where: Callable[..., str],
    ends: tuple[Place, Place],
    alternates: tuple[Aerodrome, ...],
) -> dict[str, AerodromeDay]:
    """Return what the journey states of aerodromes, by the code that the pack has for each."""
    used = {a.code for a in alternates} | {p.aerodrome.code for p in ends if p.aerodrome}
    found: dict[str, AerodromeDay] = {}
    for name, asked in body.aerodromes.items():
        aerodrome = context.gazetteer.aerodromes.by_code(name.upper())
        if aerodrome is None:
            raise InputError(
                f'"{name}" is no indicator of an aerodrome',
                where=where("aerodromes", name),
                cure=suggest(name, used) or f"The flight uses {', '.join(sorted(used))}.",
            )
        if aerodrome.code in found:
            raise InputError(
                f"{aerodrome.code} is described twice", where=where("aerodromes", name)
            )
        found[aerodrome.code] = _day(aerodrome, asked, where("aerodromes", name))
    return found


def _day(aerodrome: Aerodrome, asked: AerodromeAsked, where: str) -> AerodromeDay:
    if asked.temperature is not None and not _COLDEST_K <= asked.temperature <= _WARMEST_K:
        raise InputError(
            f"{aerodrome.code}: {asked.temperature - 273.15:.0f} degC is no temperature of the air",
            where=where,
            cure="Write e.g. 28 degC.",
        )
    names = [d for runway in aerodrome.runways for d in runway.designators if d]
    if asked.runway is not None and asked.runway.upper() not in names:
        raise InputError(
            f"{aerodrome.name} has no runway {asked.runway}",
            where=where,
            cure=f"It has: {', '.join(names) or 'none published'}.",
        )
    for text in (asked.opens, asked.closes):
        if text is not None and not (int(text[:2]) < 24 and int(text[3:]) < 60) and text != "24:00":
            raise InputError(f'"{text}" is no time of day', where=where, cure="Write e.g. 06:30.")
    wind = asked.wind
    return AerodromeDay(
        Conditions(
            temperature_k=asked.temperature,
            wind_from_deg=None if wind is None else math.degrees(wind.from_) % 360.0,
            wind_mps=0.0 if wind is None else wind.at,
            wet=asked.wet,
            runway=None if asked.runway is None else asked.runway.upper(),
        ),
        opens=asked.opens,
        closes=asked.closes,
        code_letter=asked.code_letter,
        parking=asked.parking,
        source=asked.source,
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
        faults=result.faults,
    )
