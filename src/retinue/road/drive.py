"""Finding the road of a leg and the speed at which a convoy marches along it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from retinue.errors import InputError, NoPlan
from retinue.road.block_speed import hold_junctions
from retinue.road.border_watch import BorderWatch, border_point
from retinue.road.column import columns
from retinue.road.grounds import road_assumptions, road_notes, road_sources
from retinue.road.halts import crossings_of, place_halts
from retinue.road.march_grounds import march_assumptions, march_notes, march_sources
from retinue.road.region import region_of
from retinue.road.request import (
    BorderPassed,
    EscortStretch,
    RoadHalt,
    RoadRequest,
    RoadRuns,
    Waypoint,
)
from retinue.road.routed import RoutedRoads, other_routes, routed_track
from retinue.road.stretches import escort_sections, project, road_stretches
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

_INSIDE_M = 2.0  # a halt nearer to an end of the leg is the standing there
_LINK_NEAR_M = 20_000.0  # a link's free end may lie so far from every node
_SNAP_M = 150.0  # what `Graph.with_links` takes for one node

_MENDED: WeakKeyDictionary[Graph, dict[tuple[Link, ...], Graph]] = WeakKeyDictionary()


def drive(
    request: RoadRequest,
    graph: Graph | None,
    countries: Countries,
    road_book: RoadBook,
    roads: RoutedRoads | None = None,
) -> RoadRuns:
    """Find the road of a leg and measure it, without a time of day.

    Parameters
    ----------
    request
        What is asked for.
    graph
        Main highways of the world; needed where no other backend found the roads.
    countries
        For the names of countries.
    road_book
        Borders, speeds, access roads.
    roads
        Roads that another backend found, one by one.

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
    if roads is None:
        assert graph is not None
        track, watch = _track(request, graph, links, countries, road_book)
    else:
        track, watch = routed_track(request, roads, countries, road_book)
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
    escorts = escort_sections(request, track, chainage, road_book)
    stretches = road_stretches(request, track, chainage, escorts, road_book)
    borders = _borders(track, chainage, watch, countries)
    waypoints = _waypoints(request, track, chainage, borders)
    speeds = {code: road_book.speeds_in(code) for code in dict.fromkeys(track.country)}
    lands = dict.fromkeys((request.origin.country, *track.country, request.destination.country))
    column = columns()[request.column]
    used = [] if roads is not None else _links_used(links, track)
    scale = total / raw_m
    points = tuple(replace(p, distance_m=p.distance_m * scale) for p in track.points)
    halts = place_halts(
        _halts(request, track, chainage, borders, escorts),
        request.convoy,
        column,
        crossings_of(points),
        total,
        request.where,
    )
    waypoints = _with_halts(waypoints, halts, track, chainage)
    runs = RoadRuns(
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
        access_m=sum(access.length_m for access in track.access) * scale,
        halts=halts,
        routing="pack" if roads is None else roads.routing,
        routing_source="" if roads is None else roads.source,
        points=points,
        chokes=tuple(
            replace(c, from_m=c.from_m * scale, to_m=c.to_m * scale) for c in track.chokes
        ),
        havens=tuple(replace(h, distance_m=h.distance_m * scale) for h in track.havens),
        other_routes=() if roads is None else other_routes(roads),
        answers=() if roads is None else roads.answers,
    )
    # Of roads that are known one by one, the road book states nothing but the ways to them.
    coarse = tuple(s for s in stretches if roads is None or s.kind in ("access", "local"))
    if roads is not None:
        runs = hold_junctions(runs)
    return replace(
        runs,
        notes=(
            *road_notes(request, raw_m, borders, request.convoy),
            *march_notes(runs, roads.notes if roads is not None else ()),
        ),
        assumptions=(
            *road_assumptions(request, track, coarse, escorts, speeds, road_book, used),
            *march_assumptions(runs),
        ),
        sources=(
            *road_sources(request.convoy, speeds, road_book, borders, watch, used),
            *march_sources(runs),
        ),
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


def _with_halts(
    waypoints: tuple[Waypoint, ...],
    halts: tuple[RoadHalt, ...],
    track: Track,
    chainage: NDArray[np.float64],
) -> tuple[Waypoint, ...]:
    """Return the named points with those at which the column halts."""
    taken = {point.name for point in waypoints}
    found = list(waypoints)
    for halt in halts:
        at = halt.distance_m
        lat = float(np.interp(at, chainage, track.lat_deg))
        lon = float(np.interp(at, chainage, track.lon_deg))
        row = min(int(np.searchsorted(chainage, at, side="right")) - 1, len(track.country) - 1)
        country = track.country[row]
        name = halt.name if halt.name not in taken else f"halt at {halt.name}"
        found.append(Waypoint(name, zone_at(lat, lon, country).name, country, at, lat, lon))
    return tuple(sorted(found, key=lambda w: w.distance_m))


def _halts(
    request: RoadRequest,
    track: Track,
    chainage: NDArray[np.float64],
    borders: tuple[BorderPassed, ...],
    escorts: tuple[EscortStretch, ...],
) -> list[RoadHalt]:
    """Return the halts where they were asked for, those for the runners included."""
    total = float(chainage[-1])
    found = []
    for escort in escorts:
        for at, why in ((escort.from_m, "bodyguards get out"), (escort.to_m, "they get in")):
            if escort.mount_s > 0.0 and _INSIDE_M < at < total - _INSIDE_M:
                name = f"km {at / 1000:.1f}"
                found.append(RoadHalt(name, why, at, at, escort.mount_s))
    for asked in request.halts:
        if asked.at_place is not None:
            at = project(asked.at_place, track, chainage, asked.where or request.where)
            found.append(RoadHalt(asked.at_place.name, asked.why, at, at, asked.duration_s))
        elif asked.at_m is not None:
            at = asked.at_m
            if not 0.0 < at < total:
                raise InputError(
                    f"the halt at {at / 1000:,.1f} km lies off the leg of {total / 1000:,.1f} km",
                    where=asked.where or request.where,
                    cure="Give a distance from the leg's begin, or a place on the way.",
                )
            name = f"halt at km {at / 1000:.1f}"
            found.append(RoadHalt(name, asked.why, at, at, asked.duration_s))
        else:
            found += [
                RoadHalt(border.name, asked.why or "border", border.distance_m,
                         border.distance_m, asked.duration_s)
                for border in borders
            ]  # fmt: skip
    return found
