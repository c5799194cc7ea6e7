"""From a road leg as asked for to a staged leg."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from retinue.document import recording
from retinue.journey import LegAsked, RoadLeg
from retinue.plan import Leg
from retinue.planner.pricing import priced_road
from retinue.planner.records import place_record
from retinue.planner.road_sites import road_sites
from retinue.planner.road_source import find_roads, kept_answers
from retinue.planner.staged import Context, ObservedTime, StagedLeg, TimedLeg
from retinue.road.convoy import Convoy, load_convoy
from retinue.road.drive import drive
from retinue.road.leg import time_road
from retinue.road.request import (
    EscortSection,
    HaltAsked,
    RoadEnd,
    RoadObservation,
    RoadRequest,
    RoadRuns,
)
from retinue.road.traffic import TRAFFIC_DEFAULT, TrafficTable, load_traffic
from retinue.world.places import Place
from retinue.world.road_book import RoadBook, load_road_book

__all__ = ["stage_road"]


def stage_road(
    context: Context,
    asked: LegAsked,
    path: tuple[int | str, ...],
    leg_id: str,
    origin: Place,
    destination: Place,
) -> StagedLeg:
    """Find the road and measure it; the clock comes later.

    Raises
    ------
    InputError, NoPlan
        As the road room raises them.
    """
    body = asked.road
    assert body is not None
    with recording() as read:
        convoy = load_convoy(
            body.convoy, context.folder, where=context.file.where(*path, "road", "convoy")
        )
        traffic, free_because = _traffic(context, body, path, convoy)
    book, book_files = _road_book(context)
    title = f"{origin.name} to {destination.name} by road"
    key = (
        "road", leg_id, title, body.model_dump_json(), origin, destination, convoy.text,
        tuple(book_files.items()), "" if traffic is None else traffic.text,
        context.day.isoformat(), path,
        *(place.model_dump_json() for place in context.file.journey.places.values()),
    )  # fmt: skip
    context.progress(f"driving {title}")

    def found() -> RoadRuns:
        asked_for = _request(context, body, path, leg_id, title, origin, destination, convoy)
        asked_for = replace(asked_for, traffic=traffic, traffic_free_because=free_because)
        where = context.file.where(*path, "road", "routing")
        roads, coarse_because = find_roads(context, body, asked_for, where)
        asked_for = replace(asked_for, coarse_because=coarse_because)
        world = context.world
        graph = world.road_graph if roads is None else None
        return drive(asked_for, graph, world.countries, book, roads)

    runs = context.memo.get(key, found)

    def at_time(depart_s: float, observations: Sequence[ObservedTime]) -> TimedLeg:
        return _timed(context, leg_id, title, origin, destination, runs, depart_s, observations)

    return StagedLeg(
        id=leg_id,
        asked=asked,
        path=path,
        origin=origin,
        destination=destination,
        at_time=at_time,
        cars_on_train=sum(vehicle.from_the_train for vehicle in convoy.vehicles),
        files=read | book_files | kept_answers(context, runs),
    )


def _road_book(context: Context) -> tuple[RoadBook, dict[Path, str]]:
    """Return the road book with the user's layers, and the files it was read from."""

    def load() -> tuple[RoadBook, dict[Path, str]]:
        with recording() as read:
            return load_road_book(folder=context.folder), dict(read)

    return context.memo.get(("road book", str(context.folder)), load)


def _traffic(
    context: Context, body: RoadLeg, path: tuple[int | str, ...], convoy: Convoy
) -> tuple[TrafficTable | None, str]:
    """Return the factors that hold, or None and why there are none."""
    clearing = bool(convoy.pilots) or bool(
        convoy.outriders if body.outriders is None else body.outriders
    )
    name = body.traffic
    if name is None:
        if clearing:
            return None, "the pilot and the outriders clear the road ahead of the convoy"
        name = TRAFFIC_DEFAULT
    if name == "none":
        return None, "the journey says so"
    where = context.file.where(*path, "road", "traffic")
    return load_traffic(name, context.folder, where=where), ""


def _request(
    context: Context,
    body: RoadLeg,
    path: tuple[int | str, ...],
    leg_id: str,
    title: str,
    origin: Place,
    destination: Place,
    convoy: Convoy,
) -> RoadRequest:
    def find(text: str, *key: int | str) -> Place:
        return context.gazetteer.resolve(text, where=context.file.where(*path, "road", *key))

    escorts = tuple(
        EscortSection(
            first_m=section.first,
            last_m=section.last,
            from_place=None if section.from_ is None else find(section.from_, "escort", index),
            to_place=None if section.to is None else find(section.to, "escort", index),
            pace_mps=section.pace,
            bodyguards=section.bodyguards,
            mount_s=section.mount or 0.0,
            where=context.file.where(*path, "road", "escort", index),
        )
        for index, section in enumerate(body.escort)
    )
    halts = []
    for index, halt in enumerate(body.halts):
        place = None if halt.at in (None, "borders") else find(halt.at or "", "halts", index)
        halts.append(
            HaltAsked(
                halt.for_, halt.why, place, halt.after,
                context.file.where(*path, "road", "halts", index),
            )
        )  # fmt: skip
    return RoadRequest(
        leg_id=leg_id,
        title=title,
        origin=_end(context, origin),
        destination=_end(context, destination),
        convoy=convoy,
        day=context.day,
        via=tuple(_end(context, find(text, "via", i)) for i, text in enumerate(body.via)),
        column=body.column,
        speed_cap_mps=body.at_most,
        published_distance_m=body.distance,
        escorts=escorts,
        open_borders=body.open_borders,
        halts=tuple(halts),
        outriders=body.outriders,
        routes=body.routes,
        avoid=body.avoid,
        where=context.file.where(*path, "road"),
    )


def _end(context: Context, place: Place) -> RoadEnd:
    own = context.file.journey.places.get(place.name)
    return RoadEnd.of(place, None if own is None else own.access_road)


def _timed(
    context: Context,
    leg_id: str,
    title: str,
    origin: Place,
    destination: Place,
    runs: RoadRuns,
    depart_s: float,
    observations: Sequence[ObservedTime],
) -> TimedLeg:
    result = time_road(runs, depart_s, [RoadObservation(*seen) for seen in observations])
    main = next(m for m in result.movements if m.role == "main")
    day = datetime.fromtimestamp(depart_s, UTC).date()
    costs = priced_road(result, context.file.journey.currency, day)
    standing = round(result.standing_time_s)
    leg = Leg(
        id=leg_id,
        mode="road",
        title=title,
        from_=place_record(origin),
        to=place_record(destination),
        depart_utc=result.depart_s,
        arrive_utc=result.arrive_s,
        distance_m=round(result.distance_m, 1),
        graph_distance_m=round(result.graph_distance_m, 1),
        running_time_s=round(result.arrive_s) - round(result.depart_s) - standing,
        standing_time_s=standing,
        movements=(main, *(m for m in result.movements if m is not main)),
        timeline=result.timeline,
        sections=result.sections,
        profile=result.profile,
        convoy=result.convoy,
        countries=result.countries,
        costs=costs.items,
        notes=result.notes,
        details=result.details,
    )
    return TimedLeg(
        leg,
        (*result.assumptions, *costs.assumptions(leg_id)),
        (*result.sources, *costs.sources()),
        road_sites(leg_id, origin.zone, result.details),
    )
