"""Roads as a backend tells them, road by road, laid on the leg from door to door."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from retinue.road.border_watch import BorderWatch
from retinue.road.request import OtherRoute, RoadRequest, StretchKind
from retinue.road.track import Access, Track, access_length, refused
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.road.request import RoadEnd
    from retinue.world.countries import Countries
    from retinue.world.road_book import RoadBook
    from retinue.world.road_route import RoadHaven, RoadPiece, RoadRoute

    Floats = NDArray[np.float64]

__all__ = ["RoutedRoads", "other_routes", "routed_track"]

_NAMES_SHOWN = 6


@dataclass(frozen=True, eq=False)
class RoutedRoads:
    """What a backend found for a leg.

    Attributes
    ----------
    routing
        ``built``, ``valhalla`` or ``osrm``.
    source
        The extract's name and day, or the server's address.
    parts
        From each place to the next, the places passed between them.
    others
        Other routes from end to end, dissimilar ones first.
    havens
        Beside each of the parts, in its distances.
    answers
        Names and words of what a server answered.
    notes
        What the reader has to know of it.
    """

    routing: str
    source: str
    parts: tuple[RoadRoute, ...]
    others: tuple[RoadRoute, ...] = ()
    havens: tuple[tuple[RoadHaven, ...], ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def routed_track(
    request: RoadRequest, roads: RoutedRoads, countries: Countries, book: RoadBook
) -> tuple[Track, BorderWatch]:
    """Return the line from door to door, with its roads and what lies along them.

    Raises
    ------
    NoPlan
        With a reason of kind ``closed-border`` for every closed border that it crosses.
    """
    watch = BorderWatch(None, book, request)
    first, last = roads.parts[0], roads.parts[-1]
    out = _access(request.origin, first.lat_deg[0], first.lon_deg[0], book)
    back = _access(request.destination, last.lat_deg[-1], last.lon_deg[-1], book)
    lon = [np.array([request.origin.lon])]
    lat = [np.array([request.origin.lat])]
    at = [np.array([0.0])]
    pieces: list[RoadPiece] = []
    points, chokes, havens = [], [], []
    via: list[int] = []
    begin = out.length_m
    for number, part in enumerate(roads.parts):
        skip = 0 if number == 0 else 1
        lon.append(part.lon_deg[skip:])
        lat.append(part.lat_deg[skip:])
        at.append(begin + part.distance_m[skip:])
        pieces += [_moved_piece(piece, begin) for piece in part.pieces]
        points += [replace(p, distance_m=begin + p.distance_m) for p in part.points]
        chokes += [replace(c, from_m=begin + c.from_m, to_m=begin + c.to_m) for c in part.chokes]
        if roads.havens:
            havens += [replace(h, distance_m=begin + h.distance_m) for h in roads.havens[number]]
        begin += part.length_m
        via.append(sum(len(array) for array in at) - 1)
    lon.append(np.array([request.destination.lon]))
    lat.append(np.array([request.destination.lat]))
    at.append(np.array([begin + back.length_m]))
    chainage = np.concatenate(at)
    keep = np.append(True, np.diff(chainage) > 0.0)
    number_of = np.cumsum(keep) - 1
    line = chainage[keep]
    kinds, lands = _by_interval(line, out, back, pieces, request)
    track = Track(
        np.concatenate(lon)[keep],
        np.concatenate(lat)[keep],
        line,
        kinds,
        lands,
        _via_rows(
            request, roads, number_of, via, np.concatenate(lat)[keep], np.concatenate(lon)[keep]
        ),
        (out, back),
        tuple(pieces),
        tuple(points),
        tuple(chokes),
        tuple(havens),
    )
    _check_open(track, request, countries, watch)
    return track, watch


def _via_rows(
    request: RoadRequest,
    roads: RoutedRoads,
    number_of: NDArray[np.int64],
    ends: list[int],
    lat: Floats,
    lon: Floats,
) -> tuple[int, ...]:
    """Return the vertex at which each place is passed: where parts meet, else the nearest."""
    if len(roads.parts) == len(request.via) + 1:
        return tuple(int(number_of[index]) for index in ends[:-1])
    found: list[int] = []
    begin = 1
    for place in request.via:
        away = distance_m(place.lat, place.lon, lat[begin:-1], lon[begin:-1])
        begin += int(np.argmin(away))
        found.append(begin)
    return tuple(found)


def _access(end: RoadEnd, lat: float, lon: float, book: RoadBook) -> Access:
    straight = float(distance_m(end.lat, end.lon, lat, lon))
    return access_length(end, straight, book)


def _moved_piece(piece: RoadPiece, by_m: float) -> RoadPiece:
    return replace(piece, from_m=by_m + piece.from_m, to_m=by_m + piece.to_m)


def _by_interval(
    line: Floats, out: Access, back: Access, pieces: list[RoadPiece], request: RoadRequest
) -> tuple[tuple[StretchKind, ...], tuple[str, ...]]:
    """Return kind and country of each interval of the line."""
    ends = np.array([piece.to_m for piece in pieces])
    kinds: list[StretchKind] = []
    lands: list[str] = []
    for middle in ((line[:-1] + line[1:]) / 2).tolist():
        if middle < out.length_m:
            kinds.append("access")
            lands.append(request.origin.country or pieces[0].country)
        elif middle > line[-1] - back.length_m:
            kinds.append("access")
            lands.append(request.destination.country or pieces[-1].country)
        else:
            row = min(int(np.searchsorted(ends, middle)), len(pieces) - 1)
            kinds.append("urban" if pieces[row].urban else "highway")
            lands.append(pieces[row].country)
    return tuple(kinds), tuple(lands)


def _check_open(
    track: Track, request: RoadRequest, countries: Countries, watch: BorderWatch
) -> None:
    reasons = []
    for number, (here, there) in enumerate(pairwise(track.country)):
        ends = slice(number, number + 2)
        lat, lon = track.lat_deg[ends], track.lon_deg[ends]
        piece = (float(lat[0]), float(lon[0]), float(lat[1]), float(lon[1]))
        if not watch.passable(here, there, piece):
            reasons.append(watch.reason(here, there, piece, countries))
    if reasons:
        raise refused(
            request.origin, request.destination, request, reasons, float(track.distance_m[-1])
        )


def other_routes(roads: RoutedRoads) -> tuple[OtherRoute, ...]:
    """Return the other routes in a few figures each."""
    return tuple(
        OtherRoute(
            length_m=route.length_m,
            time_s=route.free_time_s,
            similarity=route.similarity,
            roads=_main_roads(route),
            chokes=len(route.chokes),
            line=_line(route),
        )
        for route in roads.others
    )


def _line(route: RoadRoute) -> tuple[tuple[float, float], ...]:
    """Return a route's corners within 1e-4 degrees (some 10 m) of its line."""
    import shapely

    line = shapely.linestrings(np.column_stack((route.lat_deg, route.lon_deg)))
    thin = shapely.get_coordinates(shapely.simplify(line, 1e-4))
    return tuple((round(float(lat), 5), round(float(lon), 5)) for lat, lon in thin)


def _main_roads(route: RoadRoute) -> tuple[str, ...]:
    """Return the roads with the most kilometres, in the order in which they are taken."""
    length: dict[str, float] = {}
    for piece in route.pieces:
        name = piece.ref or piece.name
        if name:
            length[name] = length.get(name, 0.0) + piece.length_m
    longest = sorted(length, key=lambda name: (-length[name], name))[:_NAMES_SHOWN]
    return tuple(name for name in length if name in longest)
