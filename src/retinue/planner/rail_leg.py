"""From a rail leg as asked for to a staged leg."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from retinue.clock import local_text, parse_moment
from retinue.document import recording, suggest
from retinue.errors import InputError
from retinue.journey import LegAsked, RailLeg, Separation, StopAsked
from retinue.plan import Assumption, Leg, Note, Source
from retinue.plan.records import JsonDict
from retinue.planner.cars_on_train import CarsOnTrain, put_on_train
from retinue.planner.leg_restrictions import asked_restrictions, leg_restrictions
from retinue.planner.path_via import places_of
from retinue.planner.pricing import priced_rail
from retinue.planner.rail_sources import rail_sources
from retinue.planner.records import end_of, place_record
from retinue.planner.staged import Context, ObservedTime, StagedLeg, TimedLeg
from retinue.rail.catalogue import load_vehicle
from retinue.rail.formation import Formation
from retinue.rail.leg import time_rail
from retinue.rail.leg_runs import RailRuns, run_rail
from retinue.rail.request import RailRequest, RailStop, TrainSeparation
from retinue.rail.rolling_stock import Locomotive
from retinue.rail.trains import load_train
from retinue.world.places import Place
from retinue.world.rail_route import TRACK_ORIGIN, RailRoute
from retinue.world.rail_routing import plan_route

if TYPE_CHECKING:
    from retinue.plan.train_path import AdoptedPath
    from retinue.planner.combined_route import CombinedRoute
    from retinue.planner.formation_rounds import FormedTrain
    from retinue.rail.running_path import RunningPath
    from retinue.rail.slow_stretch import SlowStretch

__all__ = ["stage_rail"]


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
    # Ids begin anew in an alternative: its legs were given neither path nor way.
    own = path[0] == "legs"
    adopted = context.paths.get(leg_id) if own else None
    vias = [
        context.gazetteer.resolve(text, where=context.file.where(*path, "rail", "via", i))
        for i, text in enumerate(body.via)
    ]
    elsewhere = places_of(
        adopted, context.ways.get(leg_id, ()) if own else (), body.lines, vias,
        context.file.where(*path, "rail"),
    )  # fmt: skip
    if elsewhere is not None:
        vias, body = elsewhere, body.model_copy(update={"lines": (), "via": ()})
    title = f"{origin.name} to {destination.name} by rail"
    context.progress(f"finding the way {title}")
    with recording() as read:
        places = (origin, *vias, destination)
        formed = _formed(context, body, path, places)
        train = _train(context, body, path) if formed is None else formed.train
        key = _route_key(context, body, places)
        sites: tuple[JsonDict, ...] = ()
        spans: tuple[Note, ...] = ()
        if context.world.tracks is not None and not body.lines:
            key = (*key, repr(train), tuple(stop.locomotives for stop in body.stops))
            found = _over_both(context, body, path, places, train, key)
            route, detailed = found.route, found.path
            sites = _sites(context, found, key, leg_id)
            spans = tuple(_networks(context, route, title)) if found.tracks else ()
        else:
            route, detailed = _route(context, body, path, places), None
            if context.world.tracks is not None:
                spans = (_by_the_book(title),)
        load = put_on_train(train, context.cars, route, context.file.where(*path, "rail", "train"))
        train = train if load is None else load.formation
        request = _request(context, body, path, leg_id, title, route, train, detailed)
        listed = asked_restrictions(
            context, body.restrictions, lambda *k: context.file.where(*path, "rail", *k)
        )
    context.progress(f"running {title}")

    def run_with(slow: tuple[SlowStretch, ...]) -> RailRuns:
        asked = replace(request, slow=slow)
        made = context.memo.get(("rail", _without_route(asked), key), lambda: run_rail(asked))
        if adopted is None:
            return made
        return _on_path(context, made, adopted, (_without_route(asked), key))

    runs = run_with(())
    restricted = leg_restrictions(
        context.world, context.gazetteer, route, title, listed,
        () if adopted is None else adopted.restrictions,
    )  # fmt: skip
    carries = None if load is None else CarsOnTrain.of(load, runs)

    def at_time(depart_s: float, observations: Sequence[ObservedTime]) -> TimedLeg:
        there = runs
        if restricted is not None:
            there = restricted.running(run_with, depart_s, observations)
        timed = _timed(context, leg_id, title, origin, destination, there, depart_s, observations)
        if restricted is not None:
            free_s = sum(section.main.planned.running_time_s for section in runs.sections)
            timed = restricted.told(timed, free_s)
        leg = timed.leg.model_copy(update={"notes": (*timed.leg.notes, *spans)})
        if formed is not None:
            leg = _with_formation(leg, formed)
        timed = replace(timed, leg=leg, sites=sites)
        if adopted is not None:
            from retinue.planner.adopted_path import with_path

            timed = with_path(timed, adopted)
        return timed if carries is None else carries.told(timed)

    return StagedLeg(
        id=leg_id,
        asked=asked,
        path=path,
        origin=origin,
        destination=destination,
        at_time=at_time,
        carries=carries,
        files=read,
        runs=runs,
        on_path=adopted,
        restrictions=tuple(listed),
    )


def _on_path(
    context: Context, runs: RailRuns, adopted: AdoptedPath, key: tuple[object, ...]
) -> RailRuns:
    """Return the leg's runs as the path among other trains has them."""
    from retinue.planner.adopted_path import retimed

    return context.memo.get(("path", repr(adopted), *key), lambda: retimed(runs, adopted))


def _without_route(request: RailRequest) -> str:
    """Return all that a request holds but its route and path, which have a key of their own."""
    known = [f.name for f in fields(request) if f.name not in ("route", "path")]
    return repr([getattr(request, name) for name in known])


def _route_key(context: Context, body: RailLeg, places: Sequence[Place]) -> tuple[object, ...]:
    return (id(context.world), *map(repr, places), body.lines, repr(context.file.journey.places))


def _route(
    context: Context, body: RailLeg, path: tuple[int | str, ...], places: Sequence[Place]
) -> RailRoute:
    start, *via, end = (end_of(place) for place in places)

    def find() -> RailRoute:
        try:
            return plan_route(
                context.world.line_book,
                context.world.pack.rail,
                start,
                end,
                lines=body.lines,
                via=via,
                countries=context.world.countries,
            )
        except InputError as error:
            if error.where and ":" in error.where:
                raise
            key = "lines" if body.lines else "via" if via else "to"
            raise InputError(
                error.message, where=context.file.where(*path, "rail", key), cure=error.cure
            ) from error

    return context.memo.get(("route", *_route_key(context, body, places)), find)


def _request(
    context: Context,
    body: RailLeg,
    path: tuple[int | str, ...],
    leg_id: str,
    title: str,
    route: RailRoute,
    train: Formation,
    detailed: RunningPath | None,
) -> RailRequest:
    folders = [] if context.folder is None else [context.folder]

    def where(*key: int | str) -> str:
        return context.file.where(*path, "rail", *key)

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
        path=detailed,
    )


def _formed(
    context: Context, body: RailLeg, path: tuple[int | str, ...], places: Sequence[Place]
) -> FormedTrain | None:
    """Return the train chosen by the leg's formation order, or None where it names a train."""
    if body.formation is None:
        return None
    from retinue.planner.formation_rounds import form_train

    def find(train: Formation) -> RailRoute:
        if context.world.tracks is None or body.lines:
            return _route(context, body, path, places)
        key = (*_route_key(context, body, places), repr(train),
               tuple(stop.locomotives for stop in body.stops))  # fmt: skip
        return _over_both(context, body, path, places, train, key).route

    return form_train(context, body, path, find)


def _with_formation(leg: Leg, formed: FormedTrain) -> Leg:
    details = leg.details | {"formation": formed.record.model_dump(mode="json")}
    return leg.model_copy(update={"notes": (*leg.notes, *formed.notes), "details": details})


def _train(context: Context, body: RailLeg, path: tuple[int | str, ...]) -> Formation:
    folders = [] if context.folder is None else [context.folder]
    train = load_train(body.train, folders, where=context.file.where(*path, "rail", "train"))
    if body.locomotives is not None:
        where = context.file.where(*path, "rail", "locomotives")
        train = _hauled_by(train, body.locomotives, folders, where)
    return train


def _over_both(
    context: Context,
    body: RailLeg,
    path: tuple[int | str, ...],
    places: Sequence[Place],
    train: Formation,
    key: tuple[object, ...],
) -> CombinedRoute:
    """Return the route over mapped tracks where the world has them, the pack elsewhere."""
    from retinue.planner.combined_route import combined_route

    folders = [] if context.folder is None else [context.folder]
    systems: set[str] = set()
    for index, stop in enumerate(body.stops):
        where = context.file.where(*path, "rail", "stops", index)
        for name in stop.locomotives or ():
            systems.update(_locomotive(name, folders, where).traction)

    def find() -> CombinedRoute:
        return combined_route(context.world, train, places, systems=sorted(systems))

    return context.memo.get(("combined", *key), find)


def _sites(
    context: Context, found: CombinedRoute, key: tuple[object, ...], leg_id: str
) -> tuple[JsonDict, ...]:
    from retinue.planner.track_records import site_records

    network = context.world.tracks
    assert network is not None
    return context.memo.get(
        ("sites", leg_id, *key), lambda: site_records(network, found.tracks, leg_id)
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
        (
            *(
                _of_extract(source, context) if source.id == TRACK_ORIGIN else source
                for source in rail_sources(runs.request, context.world.line_book)
            ),
            *costs.sources(),
        ),
    )


def _networks(context: Context, route: RailRoute, title: str) -> Iterator[Note]:
    """Say from where to where the leg runs over mapped tracks, and where over the pack."""
    assert context.world.tracks is not None
    extract = str(context.world.tracks.manifest.get("extract", ""))
    on_tracks = {TRACK_ORIGIN: f"mapped tracks of {extract}", "graph": "the raw rail graph"}
    for origin, group in itertools.groupby(route.stretches, key=lambda s: s.origin):
        part = list(group)
        yield Note(
            level="info",
            subject=title,
            text=f"km {part[0].from_m / 1000:.1f} to {part[-1].to_m / 1000:.1f} over "
            + on_tracks.get(origin, f"the {origin}"),
        )


def _by_the_book(title: str) -> Note:
    text = "the journey names lines of the line book, so mapped tracks are not used on this leg"
    return Note(level="info", subject=title, text=text)


def _of_extract(source: Source, context: Context) -> Source:
    """Return the extract as a source, with its name and whose data it holds."""
    assert context.world.tracks is not None
    manifest = context.world.tracks.manifest
    stamp = str(manifest.get("extract_timestamp", ""))
    name = " ".join(word for word in (str(manifest.get("extract", "")), stamp) if word)
    return source.model_copy(
        update={
            "text": f"OpenStreetMap extract {name}; © OpenStreetMap contributors; ODbL-1.0",
            "url": "https://www.openstreetmap.org/copyright",
        }
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
