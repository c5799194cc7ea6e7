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
from retinue.road.request import RoadEnd, RoadRequest, StretchKind
from retinue.world.road_book import BorderState, RoadBook, RoadPiece, border_key
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.world.countries import Countries
    from retinue.world.graph import Graph, Path

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

__all__ = ["Access", "BorderWatch", "Track", "border_point", "find_track"]

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
    """A line on the ground with chainage; ``kind`` and ``country`` hold per interval."""

    lon_deg: Floats
    lat_deg: Floats
    distance_m: Floats
    kind: tuple[StretchKind, ...]
    country: tuple[str, ...]
    via_index: tuple[int, ...]
    access: tuple[Access, ...]


class BorderWatch:
    """Which borders are closed on a day, on a graph and for a journey.

    Parameters
    ----------
    graph
        The road graph.
    book
        The road book.
    request
        The leg, with its day and the borders it opens.
    """

    def __init__(self, graph: Graph, book: RoadBook, request: RoadRequest) -> None:
        self._graph = graph
        self._book = book
        self._day = request.day
        self._opened = {border_key(*key.split("-")) for key in request.open_borders}
        self._states: dict[str, BorderState] = {}

    def state(self, one: str, two: str) -> BorderState:
        """Return what the road book says of a border on the day."""
        key = border_key(one, two)
        if key not in self._states:
            self._states[key] = self._book.border(one, two, self._day)
        return self._states[key]

    def opened_by_journey(self, one: str, two: str) -> bool:
        """Return whether the journey opens a border that has a road at all."""
        return border_key(one, two) in self._opened and self.state(one, two).road != "none"

    def passable(self, one: str, two: str, road: RoadPiece) -> bool:
        """Return whether a motorcade may cross a border on a piece of road."""
        if not one or not two or one == two:
            return True
        return self.opened_by_journey(one, two) or self.state(one, two).passable(road)

    def closed_edges(self) -> Mask:
        """Return which edges of the graph cross a border where it is closed, shape (m,)."""
        graph = self._graph
        first = graph.node_country[graph.edge_from].astype(np.int64)
        second = graph.node_country[graph.edge_to].astype(np.int64)
        closed = np.zeros(graph.edge_count, np.bool_)
        codes = graph.country_codes
        for edge in np.flatnonzero((first != second) & (first > 0) & (second > 0)).tolist():
            one, two = codes[first[edge]], codes[second[edge]]
            closed[edge] = not self.passable(one, two, self.piece(edge))
        return closed

    def piece(self, edge: int) -> RoadPiece:
        """Return the ends of an edge."""
        graph = self._graph
        one, two = int(graph.edge_from[edge]), int(graph.edge_to[edge])
        return (
            float(graph.lat_deg[one]),
            float(graph.lon_deg[one]),
            float(graph.lat_deg[two]),
            float(graph.lon_deg[two]),
        )

    def reason(self, one: str, two: str, road: RoadPiece, countries: Countries) -> Reason:
        """Return why a border cannot be crossed, and what would open it."""
        lat, lon, _ = border_point(one, two, road, countries)
        state = self.state(one, two)
        names = f"{countries.name(one)} and {countries.name(two)}"
        words = {
            "closed": "is closed to road traffic",
            "none": "has no road across it",
            "agreement": "is open to agreed road traffic only",
            "crossings": "has no open road crossing here",
            "unlisted": "stands in no road book, and is taken as closed",
        }[state.road]
        why = f": {state.why}" if state.why and state.road != "unlisted" else ""
        entry = f" ({state.where}, {state.confidence})" if state.where else ""
        if state.road == "none":
            cure = "Go by rail or air, or state the road in a road book of your own."
        elif state.road == "crossings":
            known = ", ".join(c.name for c in state.crossings)
            cure = f"Go by way of an open crossing ({known}), "
            cure += f'or write "open borders: [{state.key}]" where you have leave to cross here.'
        else:
            cure = (
                f'Where you have leave to cross, write "open borders: [{state.key}]" in the leg, '
                "or state the border in a road book of your own."
            )
        return Reason(
            f"the border {state.key} between {names} {words}{why}{entry}",
            f"{_degrees(lat, lon)}",
            cure,
            "closed-border",
        )


def border_point(
    one: str, two: str, road: RoadPiece, countries: Countries
) -> tuple[float, float, float]:
    """Return where a piece of road crosses a border: latitude, longitude, share of the way.

    By the outlines; the middle of the piece where they are too coarse to say.
    """
    for crossing in countries.crossings(road[0::2], road[1::2]):
        if {crossing.from_country, crossing.to_country} == {one, two}:
            return crossing.lat_deg, crossing.lon_deg, crossing.fraction
    return (road[0] + road[2]) / 2, (road[1] + road[3]) / 2, 0.5


def _degrees(lat: float, lon: float) -> str:
    return f"{abs(lat):.2f} {'N' if lat >= 0 else 'S'}, {abs(lon):.2f} {'E' if lon >= 0 else 'W'}"


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
            raise _refused(one, two, request, [reason])
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
                        _degrees(end.lat, end.lon),
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
            _degrees(one.lat, one.lon),
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
    return _refused(one, two, request, reasons, path.length_m)


def _refused(
    one: RoadEnd,
    two: RoadEnd,
    request: RoadRequest,
    reasons: list[Reason],
    length_m: float | None = None,
) -> NoPlan:
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
