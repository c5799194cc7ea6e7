"""The way on the ground: from a door over an access road to the graph, along it, and off.

::

    residence ~~~~~ o====o=======o=====o ~~~~~ university
             access     main highways      access (straight line x detour factor)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from retinue.clock import MONTHS
from retinue.errors import NoPlan, Reason
from retinue.road.border_watch import BorderWatch, degrees_text
from retinue.road.request import RoadEnd, RoadRequest, StretchKind
from retinue.world.road_book import RoadBook
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.world.countries import Countries
    from retinue.world.graph import Graph, Path
    from retinue.world.road_route import RoadChoke, RoadHaven, RoadPiece, RoadPoint

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

__all__ = ["Access", "Track", "access_length", "find_track", "refused"]

_CANDIDATES = 6  # nodes near a place that are tried where the nearest is cut off
_NEAR_FACTOR = 3.0  # a farther candidate lies at most so many times as far as the nearest
_NEAR_M = 2_000.0  # ... plus this


@dataclass(frozen=True)
class Access:
    """The road between a place and the graph, or straight to another place."""

    place: str
    straight_m: float
    length_m: float
    source: str  # empty: assumed


@dataclass(frozen=True, eq=False)
class Track:
    """A line on the ground with chainage; ``kind`` and ``country`` hold per interval.

    Attributes
    ----------
    pieces, points, chokes, havens
        On the line's chainage, where the roads are known one by one; empty on coarse roads.
    """

    lon_deg: Floats
    lat_deg: Floats
    distance_m: Floats
    kind: tuple[StretchKind, ...]
    country: tuple[str, ...]
    via_index: tuple[int, ...]
    access: tuple[Access, ...]
    pieces: tuple[RoadPiece, ...] = ()
    points: tuple[RoadPoint, ...] = ()
    chokes: tuple[RoadChoke, ...] = ()
    havens: tuple[RoadHaven, ...] = ()


def day_text(request: RoadRequest) -> str:
    """Return the leg's day as ``10 Sep 2023``."""
    day = request.day
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def access_length(
    end: RoadEnd, straight_m: float, book: RoadBook, other: RoadEnd | None = None
) -> Access:
    """Return the length of a road that the graph does not hold.

    What the journey says of the place goes before the road book, and that before the
    straight line times the detour factor.
    """
    if other is None:
        if end.access_road_m is not None:
            return Access(end.name, straight_m, max(end.access_road_m, straight_m), "journey")
        known = book.access_road(end.name, end.lat, end.lon)
        if known is not None:
            return Access(end.name, straight_m, max(known.distance, straight_m), known.source)
    return Access(end.name, straight_m, straight_m * book.conduct.detour_factor, "")


def find_track(
    request: RoadRequest, graph: Graph, countries: Countries, book: RoadBook
) -> tuple[Track, BorderWatch]:
    """Return the shortest way that crosses no closed border.

    Raises
    ------
    NoPlan
        With a reason of kind ``closed-border`` for every closed border on the shortest way,
        or of kind ``no-route`` where no road leads there at all.
    """
    watch = BorderWatch(graph, book, request)
    passed = (_on_graph(via, graph, book, watch) for via in request.via)
    ends = (request.origin, *passed, request.destination)
    pieces = [
        _between(one, two, request, graph, countries, book, watch) for one, two in pairwise(ends)
    ]
    return _joined(pieces), watch


def _between(
    one: RoadEnd,
    two: RoadEnd,
    request: RoadRequest,
    graph: Graph,
    countries: Countries,
    book: RoadBook,
    watch: BorderWatch,
) -> Track:
    straight = float(distance_m(one.lat, one.lon, two.lat, two.lon))
    starts = _nodes_near(one, graph, book, watch)
    finishes = _nodes_near(two, graph, book, watch)
    off_graph = starts[0][1] + finishes[0][1] if starts and finishes else np.inf
    if straight <= max(off_graph, 1.0) and straight <= book.conduct.longest_access:
        piece = (one.lat, one.lon, two.lat, two.lon)
        if not watch.passable(one.country, two.country, piece):
            reason = watch.reason(one.country, two.country, piece, countries)
            raise refused(one, two, request, [reason])
        return _local(one, two, straight, book)
    for end, found in ((one, starts), (two, finishes)):
        if not found:
            raise NoPlan(
                f"No road from {one.name} to {two.name}",
                where=request.where,
                reasons=[
                    Reason(
                        f"{end.name} lies farther than "
                        f"{book.conduct.longest_access / 1000:,.0f} km from the road graph",
                        degrees_text(end.lat, end.lon),
                        f'Give the road by "access road" of the place {end.name}, '
                        "or go by another mode.",
                        "no-route",
                    )
                ],
            )
    path = _path(starts, finishes, graph, watch.closed_edges())
    if path is None:
        raise _why_not(one, two, starts, finishes, request, graph, countries, watch)
    return _door_to_door(one, two, path, graph, book)


def _nodes_near(
    end: RoadEnd, graph: Graph, book: RoadBook, watch: BorderWatch
) -> list[tuple[int, float]]:
    """Return nodes that a place may reach without crossing a border, the nearest first."""
    reach = max(book.conduct.longest_access, end.access_road_m or 0.0)
    codes = graph.country_codes
    own = codes.index(end.country) if end.country in codes else 0
    allowed: list[Mask | None] = [graph.node_country == own] if own else [None]
    if own:
        open_ = [
            number
            for number, code in enumerate(codes)
            if code and code != end.country and _neighbour_open(end, code, watch)
        ]
        allowed.append(np.isin(graph.node_country, open_))
    for mask in allowed:
        near = graph.nearest_nodes(end.lat, end.lon, k=_CANDIDATES, allowed=mask)
        near = [entry for entry in near if entry[1] <= reach]
        if near:
            widest = _NEAR_FACTOR * near[0][1] + _NEAR_M
            return [entry for entry in near if entry[1] <= widest]
    return []


def _on_graph(via: RoadEnd, graph: Graph, book: RoadBook, watch: BorderWatch) -> RoadEnd:
    """Return a place to pass as the highway nearest to it: nobody drives to its door."""
    near = _nodes_near(via, graph, book, watch)
    if not near or via.access_road_m is not None:
        return via
    node = near[0][0]
    lat, lon = float(graph.lat_deg[node]), float(graph.lon_deg[node])
    return replace(via, lat=lat, lon=lon, country=graph.country_codes[graph.node_country[node]])


def _neighbour_open(end: RoadEnd, code: str, watch: BorderWatch) -> bool:
    return watch.passable(end.country, code, (end.lat, end.lon, end.lat, end.lon))


def _path(
    starts: list[tuple[int, float]],
    finishes: list[tuple[int, float]],
    graph: Graph,
    closed: Mask | None,
) -> Path | None:
    """Return the path between the nearest pair of nodes that is connected."""
    pairs = sorted(
        (near + far, start, finish) for start, near in starts for finish, far in finishes
    )
    for _, start, finish in pairs:
        if graph.component[start] != graph.component[finish]:
            continue
        try:
            return graph.shortest_path(start, finish, forbidden_edges=closed)
        except NoPlan:
            continue
    return None


def _why_not(
    one: RoadEnd,
    two: RoadEnd,
    starts: list[tuple[int, float]],
    finishes: list[tuple[int, float]],
    request: RoadRequest,
    graph: Graph,
    countries: Countries,
    watch: BorderWatch,
) -> NoPlan:
    path = _path(starts, finishes, graph, None)
    if path is None:
        gap = Reason(
            "the road graph does not connect them: water lies between, or the graph's main "
            "highways leave them out",
            degrees_text(one.lat, one.lon),
            "Choose other ends and give their access roads, or go by another mode.",
            "no-route",
        )
        return NoPlan(f"No road from {one.name} to {two.name}", where=request.where, reasons=[gap])
    reasons = []
    codes = graph.country_codes
    for start, end, edge in zip(path.nodes[:-1], path.nodes[1:], path.edges, strict=True):
        here, there = codes[graph.node_country[start]], codes[graph.node_country[end]]
        piece = watch.piece(int(edge))
        if not watch.passable(here, there, piece):
            reasons.append(watch.reason(here, there, piece, countries))
    return refused(one, two, request, reasons, path.length_m)


def refused(
    one: RoadEnd,
    two: RoadEnd,
    request: RoadRequest,
    reasons: list[Reason],
    length_m: float | None = None,
) -> NoPlan:
    """Return the refusal of a road whose borders are closed, with the reason of each."""
    over = f"; the shortest, {length_m / 1000:,.0f} km, is stopped here" if length_m else ""
    return NoPlan(
        f"No road from {one.name} to {two.name} on {day_text(request)}: every way leads over a "
        f"border that is closed to road{over}",
        where=request.where,
        reasons=reasons,
    )


def _local(one: RoadEnd, two: RoadEnd, straight_m: float, book: RoadBook) -> Track:
    """Return the way between two places nearer to each other than to the graph."""
    access = access_length(one, straight_m, book, two)
    return Track(
        np.array([one.lon, two.lon]),
        np.array([one.lat, two.lat]),
        np.array([0.0, max(access.length_m, 1.0)]),
        ("local",),
        (one.country or two.country,),
        (),
        (Access(f"{one.name} to {two.name}", straight_m, access.length_m, ""),),
    )


def _door_to_door(one: RoadEnd, two: RoadEnd, path: Path, graph: Graph, book: RoadBook) -> Track:
    first, last = int(path.nodes[0]), int(path.nodes[-1])
    out = access_length(one, _apart(one, graph, first), book)
    back = access_length(two, _apart(two, graph, last), book)
    codes = [graph.country_codes[number] for number in graph.node_country[path.nodes]]
    # Of an edge across a border the whole counts to the country it comes from.
    lon = np.concatenate(([one.lon], path.lon_deg, [two.lon]))
    lat = np.concatenate(([one.lat], path.lat_deg, [two.lat]))
    inner = out.length_m + path.distance_m
    chainage = np.concatenate(([0.0], inner, [inner[-1] + back.length_m]))
    kinds: list[StretchKind] = ["access", *(["highway"] * len(path.edges)), "access"]  # type: ignore[list-item]
    lands = [one.country or codes[0], *codes[:-1], two.country or codes[-1]]
    keep = np.append(True, np.diff(chainage) > 0.0)
    intervals = np.flatnonzero(np.diff(chainage) > 0.0).tolist()
    return Track(
        lon[keep],
        lat[keep],
        chainage[keep],
        tuple(kinds[i] for i in intervals),
        tuple(lands[i] for i in intervals),
        (),
        (out, back),
    )


def _apart(end: RoadEnd, graph: Graph, node: int) -> float:
    return float(distance_m(end.lat, end.lon, graph.lat_deg[node], graph.lon_deg[node]))


def _joined(pieces: list[Track]) -> Track:
    whole = pieces[0]
    for piece in pieces[1:]:
        at = len(whole.distance_m) - 1
        whole = Track(
            np.concatenate((whole.lon_deg, piece.lon_deg[1:])),
            np.concatenate((whole.lat_deg, piece.lat_deg[1:])),
            np.concatenate((whole.distance_m, whole.distance_m[-1] + piece.distance_m[1:])),
            whole.kind + piece.kind,
            whole.country + piece.country,
            (*whole.via_index, at),
            whole.access + piece.access,
        )
    return whole
