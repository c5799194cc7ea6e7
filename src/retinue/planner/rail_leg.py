"""From a rail leg as asked for to a staged leg."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

from retinue.clock import local_text, parse_moment
from retinue.document import recording, suggest
from retinue.errors import InputError
from retinue.journey import LegAsked, RailLeg, Separation, StopAsked
from retinue.plan import Assumption, Leg, Note
from retinue.planner.pricing import priced_rail
from retinue.planner.rail_sources import rail_sources
from retinue.planner.records import place_record
from retinue.planner.staged import Context, ObservedTime, StagedLeg, TimedLeg
from retinue.rail.catalogue import load_vehicle
from retinue.rail.formation import Formation
from retinue.rail.leg import time_rail
from retinue.rail.leg_runs import RailRuns, run_rail
from retinue.rail.request import RailRequest, RailStop, TrainSeparation
from retinue.rail.rolling_stock import Locomotive
from retinue.rail.trains import load_train
from retinue.world.places import Place
from retinue.world.rail_route import OperatingPoint, RailRoute
from retinue.world.rail_routing import plan_route

__all__ = ["end_of", "stage_rail"]


def end_of(place: Place) -> OperatingPoint:
    """Return the operating point of a place, or one of its own where no book knows it."""
    if place.operating_point is not None:
        return place.operating_point
    return OperatingPoint(
        id="",
        name=place.name,
        lat=place.lat,
        lon=place.lon,
        country=place.country,
        zone=place.zone,
        native_name=place.native_name,
        source=place.found_in,
    )


def stage_rail(
    context: Context,
    asked: LegAsked,
    path: tuple[int | str, ...],
    leg_id: str,
    origin: Place,
    destination: Place,
) -> StagedLeg:
    """Find the route, run the trains of the convoy over it; the clock comes later.

    Raises
    ------
    InputError, NoPlan
        As the books and the rail room raise them.
    """
    body = asked.rail
    assert body is not None
    title = f"{origin.name} to {destination.name} by rail"
    context.progress(f"finding the way {title}")
    route = _route(context, body, path, origin, destination)
    with recording() as read:
        request = _request(context, body, path, leg_id, title, route)
    context.progress(f"running {title}")
    runs = context.memo.get(
        (
            "rail",
            _without_route(request),
            _route_key(context, body, origin, destination),
        ),
        lambda: run_rail(request),
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


def _without_route(request: RailRequest) -> str:
    """Return all that a request holds but its route, which has a key of its own."""
    return repr([getattr(request, f.name) for f in fields(request) if f.name != "route"])


def _route_key(
    context: Context, body: RailLeg, origin: Place, destination: Place
) -> tuple[object, ...]:
    return (id(context.world), repr(origin), repr(destination), body.lines, body.via,
            repr(context.file.journey.places))  # fmt: skip


def _route(
    context: Context,
    body: RailLeg,
    path: tuple[int | str, ...],
    origin: Place,
    destination: Place,
) -> RailRoute:
    via = [
        end_of(context.gazetteer.resolve(text, where=context.file.where(*path, "rail", "via", i)))
        for i, text in enumerate(body.via)
    ]

    def find() -> RailRoute:
        try:
            return plan_route(
                context.world.line_book,
                context.world.pack.rail,
                end_of(origin),
                end_of(destination),
                lines=body.lines,
                via=via,
                countries=context.world.countries,
            )
        except InputError as error:
            if error.where and ":" in error.where:
                raise
            key = "lines" if body.lines else "via" if body.via else "to"
            raise InputError(
                error.message, where=context.file.where(*path, "rail", key), cure=error.cure
            ) from error

    return context.memo.get(("route", *_route_key(context, body, origin, destination)), find)


def _request(
    context: Context,
    body: RailLeg,
    path: tuple[int | str, ...],
    leg_id: str,
    title: str,
    route: RailRoute,
) -> RailRequest:
    folders = [] if context.folder is None else [context.folder]

    def where(*key: int | str) -> str:
        return context.file.where(*path, "rail", *key)

    train = load_train(body.train, folders, where=where("train"))
    if body.locomotives is not None:
        train = _hauled_by(train, body.locomotives, folders, where("locomotives"))
    destination = route.points[-1].point.zone
    return RailRequest(
        leg_id=leg_id,
        title=title,
        route=route,
        train=train,
        advance=_separation(body.advance_train, train, folders, where("advance train")),
        following=_separation(body.following_train, train, folders, where("following train")),
        stops=tuple(
            _stop(stop, route, folders, context.file.where(*path, "rail", "stops", index))
            for index, stop in enumerate(body.stops)
        ),
        speed_cap_mps=body.at_most,
        line_speed_override_mps=body.line_speeds,
        allowance=body.allowance,
        arrive_at_s=None
        if body.arrive_at is None
        else _moment(body.arrive_at, destination, where("arrive at")),
        mass_factor=body.mass_factor,
    )


def _moment(text: str, zone: str, where: str) -> float:
    try:
        return parse_moment(text, zone)
    except ValueError as error:
        raise InputError(str(error), where=where) from error


def _locomotive(name: str, folders: Sequence[Path], where: str) -> Locomotive:
    vehicle = load_vehicle(name, folders, where=where)
    if not isinstance(vehicle, Locomotive):
        raise InputError(
            f'"{name}" is not a locomotive', where=where, cure="Name one of the rolling stock's."
        )
    return vehicle


def _hauled_by(
    train: Formation, names: Sequence[str], folders: Sequence[Path], where: str
) -> Formation:
    engines = [_locomotive(name, folders, where) for name in names]
    # The train stands on the gauge of the locomotives that haul it here.
    common = set(engines[0].gauges_mm).intersection(*(set(e.gauges_mm) for e in engines))
    if train.gauge_mm not in common and common:
        train = train.on_gauge(min(common))
    return train.with_locomotives(engines)


def _separation(
    asked: Separation | None, main: Formation, folders: Sequence[Path], where: str
) -> TrainSeparation | None:
    if asked is None:
        return None
    train = main if asked.train is None else load_train(asked.train, folders, where=where)
    return TrainSeparation(train, asked.time, asked.blocks, asked.at_most)


def _stop(asked: StopAsked, route: RailRoute, folders: Sequence[Path], where: str) -> RailStop:
    entry = route.point(asked.at)
    if entry is None:
        names = [point.point.name for point in route.points]
        raise InputError(
            f'"{asked.at}" is not on the route',
            where=where,
            cure=suggest(asked.at, names) or f"On the route: {', '.join(names)}.",
        )
    return RailStop(
        at=asked.at,
        dwell_s=asked.for_,
        minimum_s=asked.minimum,
        until_s=None if asked.until is None else _moment(asked.until, entry.point.zone, where),
        why=asked.why,
        locomotives=None
        if asked.locomotives is None
        else tuple(_locomotive(name, folders, where) for name in asked.locomotives),
    )


def _timed(
    context: Context,
    leg_id: str,
    title: str,
    origin: Place,
    destination: Place,
    runs: RailRuns,
    depart_s: float,
    observations: Sequence[ObservedTime],
) -> TimedLeg:
    result = time_rail(runs, depart_s, observations)
    day = datetime.fromtimestamp(depart_s, UTC).date()
    main = next(m for m in result.movements if m.role == "main")
    costs = priced_rail(result, runs.request, context.file.journey.currency, day)
    notes = result.notes
    if round(result.latest_s) > round(result.earliest_s):
        notes = (*notes, _spread(result.earliest_s, result.latest_s, destination))
    leg = Leg(
        id=leg_id,
        mode="rail",
        title=title,
        from_=place_record(origin),
        to=place_record(destination),
        depart_utc=result.depart_s,
        arrive_utc=result.arrive_s,
        distance_m=round(result.distance_m, 1),
        graph_distance_m=round(result.graph_distance_m, 1),
        running_time_s=round(result.arrive_s)
        - round(result.depart_s)
        - round(result.standing_time_s),
        standing_time_s=round(result.standing_time_s),
        energy_kwh=round(result.energy_kwh, 1),
        movements=(main, *(m for m in result.movements if m is not main)),
        timeline=result.timeline,
        sections=result.sections,
        profile=result.profile,
        train=next((t for t in result.trains if t.role == "main"), None),
        trains=result.trains,
        countries=result.countries,
        costs=costs.items,
        notes=notes,
        details=result.details,
    )
    return TimedLeg(
        leg,
        (*_grounded(result.assumptions, context), *costs.assumptions(leg_id)),
        (*rail_sources(runs.request, context.world.line_book), *costs.sources()),
    )


def _spread(earliest_s: float, latest_s: float, destination: Place) -> Note:
    early, late = (local_text(t, destination.zone).strip() for t in (earliest_s, latest_s))
    return Note(
        level="info",
        subject=destination.name,
        text=f"arrival between {early} and {late}, as the tasks with a known spread take their"
        " shortest or longest time",
    )


def _grounded(items: Sequence[Assumption], context: Context) -> tuple[Assumption, ...]:
    """Return assumptions that say their source in words instead of the book's key."""
    known = context.world.line_book.sources
    return tuple(
        item.model_copy(update={"because": known[item.because].text})
        if item.because in known
        else item
        for item in items
    )
