"""Finding the road of a leg and the speed at which a convoy marches along it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from retinue.errors import InputError, NoPlan
from retinue.road.border_watch import BorderWatch, border_point
from retinue.road.convoy import columns
from retinue.road.grounds import road_assumptions, road_notes, road_sources
from retinue.road.region import region_of
from retinue.road.request import (
    BorderPassed,
    EscortStretch,
    PlaceLike,
    RoadRequest,
    RoadRuns,
    RoadStretch,
    StretchKind,
    Waypoint,
)
from retinue.road.track import Track, find_track
from retinue.world.graph import Link
from retinue.world.sphere import distance_m
from retinue.world.zones import zone_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.world.countries import Countries
    from retinue.world.graph import Graph
    from retinue.world.road_book import RoadBook, RoadLink

__all__ = ["drive"]

_LEAST_M = 1.0
_LINK_NEAR_M = 20_000.0  # a link's free end may lie so far from every node
_SNAP_M = 150.0  # what `Graph.with_links` takes for one node

_MENDED: WeakKeyDictionary[Graph, dict[tuple[Link, ...], Graph]] = WeakKeyDictionary()


def drive(
    request: RoadRequest, graph: Graph, countries: Countries, road_book: RoadBook
) -> RoadRuns:
    """Find the road of a leg and measure it, without a time of day.

    Parameters
    ----------
    request
        What is asked for.
    graph
        Main highways of the world.
    countries
        For the names of countries.
    road_book
        Borders, speeds, access roads.

    Raises
    ------
    NoPlan
        With reasons of kind ``closed-border`` or ``no-route``.
    InputError
        For a border that is misspelt, an escort section off the road, or a published
        distance shorter than the straight line.
    """
    _check_borders(request, countries)
    links = road_book.links_on(request.day)
    track, watch = _track(request, graph, links, countries, road_book)
    raw_m = float(track.distance_m[-1])
    chainage = track.distance_m
    if request.published_distance_m is not None:
        straight = float(
            distance_m(
                request.origin.lat, request.origin.lon,
                request.destination.lat, request.destination.lon,
            )
        )  # fmt: skip
        if request.published_distance_m < straight:
            raise InputError(
                f"the distance {request.published_distance_m / 1000:,.1f} km is shorter than the "
                f"straight line from {request.origin.name} to {request.destination.name}, "
                f"{straight / 1000:,.1f} km",
                where=request.where,
                cure='Correct "distance", or leave it out.',
            )
        chainage = chainage * (request.published_distance_m / raw_m)
        chainage[-1] = request.published_distance_m
    total = float(chainage[-1])
    escorts = _escorts(request, track, chainage, road_book)
    stretches = _stretches(request, track, chainage, escorts, road_book)
    borders = _borders(track, chainage, watch, countries)
    waypoints = _waypoints(request, track, chainage, borders)
    speeds = {code: road_book.speeds_in(code) for code in dict.fromkeys(track.country)}
    lands = dict.fromkeys((request.origin.country, *track.country, request.destination.country))
    column = columns()[request.column]
    used = _links_used(links, track)
    return RoadRuns(
        request=request,
        lon_deg=track.lon_deg,
        lat_deg=track.lat_deg,
        distance_m=chainage,
        stretches=stretches,
        waypoints=waypoints,
        borders=borders,
        escorts=escorts,
        countries=tuple(code for code in lands if code),
        column=column,
        catch_up=road_book.conduct.catch_up,
        graph_distance_m=raw_m,
        access_m=sum(access.length_m for access in track.access) * total / raw_m,
        notes=road_notes(request, raw_m, borders, request.convoy),
        assumptions=road_assumptions(request, track, stretches, escorts, speeds, road_book, used),
        sources=road_sources(request.convoy, speeds, road_book, borders, watch, used),
    )


def _track(
    request: RoadRequest,
    graph: Graph,
    links: tuple[RoadLink, ...],
    countries: Countries,
    book: RoadBook,
) -> tuple[Track, BorderWatch]:
    """Return the shortest way: near the leg's places if that settles it, else in the world."""
    region = region_of(graph, (request.origin, *request.via, request.destination))
    if region is not None:
        added = [_as_link(link) for link in links if _touches(link, region.graph)]
        try:
            near = find_track(request, region.graph.with_links(added), countries, book)
        except NoPlan:
            pass  # the whole graph may know a way around, or the reason
        else:
            access = sum(a.length_m for a in near[0].access)
            if region.settles(float(near[0].distance_m[-1]), access):
                return near
    return find_track(request, _mended(graph, links), countries, book)


def _touches(link: RoadLink, graph: Graph) -> bool:
    """Return whether both ends of a link lie at nodes of a graph."""
    return all(
        bool(np.any(distance_m(*end, graph.lat_deg, graph.lon_deg) <= _LINK_NEAR_M))
        for end in link.ends
    )


def _mended(graph: Graph, links: tuple[RoadLink, ...]) -> Graph:
    """Return the graph with a day's links; made once, for its first search costs the most."""
    if not links:
        return graph
    known = _MENDED.setdefault(graph, {})
    added = tuple(_as_link(link) for link in links)
    if added not in known:
        known[added] = graph.with_links(added)
    return known[added]


def _as_link(link: RoadLink) -> Link:
    (lat1, lon1), (lat2, lon2) = link.ends
    return Link(lat1, lon1, lat2, lon2, link.length)


def _links_used(links: tuple[RoadLink, ...], track: Track) -> list[RoadLink]:
    """Return the links whose two ends the way passes one after the other."""
    found = []
    for link in links:
        near = [distance_m(*end, track.lat_deg, track.lon_deg) <= _SNAP_M for end in link.ends]
        forth = near[0][:-1] & near[1][1:]
        back = near[1][:-1] & near[0][1:]
        if bool(np.any(forth | back)):
            found.append(link)
    return found


def _check_borders(request: RoadRequest, countries: Countries) -> None:
    for key in request.open_borders:
        codes = key.split("-")
        if len(codes) != 2 or any(countries.iso2_of_name(code) != code for code in codes):
            raise InputError(
                f'"{key}" is not a border',
                where=request.where,
                cure='Write both countries\' codes, e.g. "KP-KR".',
            )


def _escorts(
    request: RoadRequest, track: Track, chainage: NDArray[np.float64], book: RoadBook
) -> tuple[EscortStretch, ...]:
    total = float(chainage[-1])
    found = []
    for asked in request.escorts:
        begin, end = 0.0, total
        if asked.first_m is not None:
            end = min(asked.first_m, total)
        elif asked.last_m is not None:
            begin = max(total - asked.last_m, 0.0)
        elif asked.from_place is None and asked.to_place is None:
            raise InputError(
                "an escort section needs its place",
                where=asked.where or request.where,
                cure='Give "first", "last", or "from" and "to".',
            )
        else:
            if asked.from_place is not None:
                begin = _project(asked.from_place, track, chainage, asked.where or request.where)
            if asked.to_place is not None:
                end = _project(asked.to_place, track, chainage, asked.where or request.where)
        if end - begin < _LEAST_M:
            raise InputError(
                "an escort section ends before it begins, seen along the leg",
                where=asked.where or request.where,
                cure='Exchange "from" and "to", or give "first" or "last".',
            )
        pace = asked.pace_mps if asked.pace_mps is not None else book.conduct.escort_pace
        found.append(EscortStretch(begin, end, pace, asked.bodyguards))
    found.sort(key=lambda e: e.from_m)
    for one, two in pairwise(found):
        if two.from_m < one.to_m:
            raise InputError("two escort sections overlap", where=request.where)
    return tuple(found)


def _project(place: PlaceLike, track: Track, chainage: NDArray[np.float64], where: str) -> float:
    """Return the chainage of the point of the road nearest to a place, within 5 km."""
    squeeze = np.cos(np.radians(place.lat))
    x, y = (track.lon_deg - place.lon) * squeeze, track.lat_deg - place.lat
    dx, dy = np.diff(x), np.diff(y)
    square = np.maximum(dx * dx + dy * dy, 1e-18)
    share = np.clip(-(x[:-1] * dx + y[:-1] * dy) / square, 0.0, 1.0)
    away = np.hypot(x[:-1] + share * dx, y[:-1] + share * dy) * 111_195.0
    nearest = int(np.argmin(away))
    if away[nearest] > 5_000.0:
        raise InputError(
            f"{place.name} lies {away[nearest] / 1000:,.0f} km off the road of this leg",
            where=where,
            cure="Name a place on the way, or give metres.",
        )
    step = chainage[nearest + 1] - chainage[nearest]
    return float(chainage[nearest] + share[nearest] * step)


def _stretches(
    request: RoadRequest,
    track: Track,
    chainage: NDArray[np.float64],
    escorts: tuple[EscortStretch, ...],
    book: RoadBook,
) -> tuple[RoadStretch, ...]:
    total = float(chainage[-1])
    reach = book.conduct.urban_reach
    marks = {0.0, total, *(float(v) for v in chainage)}
    marks |= {min(reach, total), max(total - reach, 0.0)}
    marks |= {edge for escort in escorts for edge in (escort.from_m, escort.to_m)}
    ordered = sorted(marks)
    found: list[RoadStretch] = []
    for begin, end in pairwise(ordered):
        if end - begin < 1e-6:
            continue
        middle = (begin + end) / 2
        number = min(int(np.searchsorted(chainage, middle, side="right")) - 1, len(track.kind) - 1)
        kind = track.kind[number]
        if kind == "highway" and (middle < reach or middle > total - reach):
            kind = "urban"
        stretch = _stretch(begin, end, kind, track.country[number], request, escorts, book)
        last = found[-1] if found else None
        if last and _alike(last, stretch):
            found[-1] = RoadStretch(
                last.from_m, end, kind, last.country, last.speed_mps, last.assumed, last.escorted
            )
        else:
            found.append(stretch)
    return tuple(found)


def _alike(one: RoadStretch, two: RoadStretch) -> bool:
    return (one.kind, one.country, one.speed_mps, one.escorted) == (
        two.kind, two.country, two.speed_mps, two.escorted,
    )  # fmt: skip


def _stretch(
    begin: float,
    end: float,
    kind: StretchKind,
    country: str,
    request: RoadRequest,
    escorts: tuple[EscortStretch, ...],
    book: RoadBook,
) -> RoadStretch:
    speeds = book.speeds_in(country)
    speed, assumed = {
        "highway": speeds.highway, "urban": speeds.urban,
        "access": speeds.access, "local": speeds.access,
    }[kind], speeds.confidence == "assumed"  # fmt: skip
    if request.speed_cap_mps is not None and request.speed_cap_mps < speed:
        speed, assumed = request.speed_cap_mps, False
    middle = (begin + end) / 2
    escort = next((e for e in escorts if e.from_m <= middle <= e.to_m), None)
    if escort is not None:
        speed = min(speed, escort.pace_mps)
    return RoadStretch(begin, end, kind, country, speed, assumed, escort is not None)


def _borders(
    track: Track, chainage: NDArray[np.float64], watch: BorderWatch, countries: Countries
) -> tuple[BorderPassed, ...]:
    found: list[BorderPassed] = []
    named: dict[str, int] = {}
    for number, (here, there) in enumerate(pairwise(track.country)):
        if here == there or not here or not there:
            continue
        # The interval across the border counts to the country it comes from.
        ends = (track.lat_deg[number : number + 2], track.lon_deg[number : number + 2])
        piece = (float(ends[0][0]), float(ends[1][0]), float(ends[0][1]), float(ends[1][1]))
        lat, lon, share = border_point(here, there, piece, countries)
        state = watch.state(here, there)
        crossing = state.crossing_on(piece)
        name = crossing.name if crossing else f"border {here}-{there}"
        named[name] = named.get(name, 0) + 1
        begin, end = float(chainage[number]), float(chainage[number + 1])
        found.append(
            BorderPassed(
                key=state.key,
                name=name if named[name] == 1 else f"{name} ({named[name]})",
                from_country=here,
                to_country=there,
                distance_m=begin + share * (end - begin),
                lat=lat,
                lon=lon,
                zone=zone_at(lat, lon, there).name,
                opened_by="road book" if state.passable(piece) else "this journey",
            )
        )
    return tuple(found)


def _waypoints(
    request: RoadRequest,
    track: Track,
    chainage: NDArray[np.float64],
    borders: tuple[BorderPassed, ...],
) -> tuple[Waypoint, ...]:
    total = float(chainage[-1])
    ends = ((request.origin, 0.0), (request.destination, total))
    found = [Waypoint(e.name, e.zone, e.country, at, e.lat, e.lon) for e, at in ends]
    for via, index in zip(request.via, track.via_index, strict=True):
        at = float(chainage[index])
        lat, lon = float(track.lat_deg[index]), float(track.lon_deg[index])
        found.append(Waypoint(via.name, via.zone, via.country, at, lat, lon))
    for border in borders:
        at = border.distance_m
        found.append(
            Waypoint(border.name, border.zone, border.to_country, at, border.lat, border.lon)
        )
    return tuple(sorted(found, key=lambda w: w.distance_m))
