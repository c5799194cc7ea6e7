"""Rail routes where the line book has no line: the raw graph with a country's usual values.

The way is the graph's shortest path.  Where it touches points of the book that the book
connects with the other end, the book's lines take over, so that only the access runs on
usual values.  A border between countries of different usual gauge is a break of gauge; a
facility of the book near it (say, a bogie exchange) moves the break to itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import InputError, NoPlan, Reason
from retinue.world.line_book import LineBook
from retinue.world.line_records import ValueSet
from retinue.world.rail_route import (
    OperatingPoint,
    RailRoute,
    RoutePoint,
    RouteStretch,
    Value,
)
from retinue.world.rail_search import distances_km, search_parts
from retinue.world.route_assembly import join_routes, route_of_parts, stretch_of
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from retinue.world.countries import BorderCrossing, Countries
    from retinue.world.graph import Graph, Path
    from retinue.world.line_records import Line
    from retinue.world.rail_search import LinePart

__all__ = ["is_roundabout", "route_over_graph"]

ACCESS_M = 25_000.0
"""A place farther than this from every rail of a component is not on it."""

_ON_PATH_M = 2_500.0  # a point of the book this near to the path lies on it
_FACILITY_M = 40_000.0  # a gauge-changing facility this near to a border serves it
_ROUNDABOUT = 1.5
_EXCURSION_M = 3_000.0  # shorter visits to a neighbour are the coarseness of outlines
_ANY_COUNTRY = "ZZ"


def route_over_graph(
    book: LineBook,
    graph: Graph,
    ends: Sequence[OperatingPoint],
    *,
    lines: Sequence[Line] = (),
    forbidden: set[str] | None = None,
    countries: Countries | None = None,
) -> RailRoute:
    """Return a route of which at least a part runs over the raw graph.

    Parameters
    ----------
    book, graph
        The line book and the rail graph mended with its links.
    ends
        Start, places to pass, end.
    lines
        Lines asked for: the graph leads to the nearest point of the first of them and
        away from the last.
    forbidden
        Ids of lines that may not take over.
    countries
        Country outlines; by default those of the pack.

    Raises
    ------
    NoPlan
        Where the graph does not connect the places.
    """
    if countries is None:
        from retinue.world.pack import load_pack

        countries = load_pack().countries
    closed = forbidden or set()
    if lines:
        return _along_lines(book, graph, ends, lines, closed, countries)
    nodes = _snap(graph, ends)
    routes = [
        _leg(book, graph, one, two, (nodes[i], nodes[i + 1]), closed, countries)
        for i, (one, two) in enumerate(itertools.pairwise(ends))
    ]
    return join_routes(routes)


def _along_lines(
    book: LineBook,
    graph: Graph,
    ends: Sequence[OperatingPoint],
    lines: Sequence[Line],
    forbidden: set[str],
    countries: Countries,
) -> RailRoute:
    first, last = _nearest_point(lines[0], ends[0]), _nearest_point(lines[-1], ends[-1])
    middle = [point for point in ends[1:-1] if point.id in book.points]
    parts = search_parts(book, [first, *middle, last], lines, set())
    routes = [route_of_parts(book, graph, parts or [], [first, last])]
    if first.id != ends[0].id:
        routes.insert(0, _access(book, graph, ends[0], first, countries))
    if last.id != ends[-1].id:
        routes.append(_access(book, graph, last, ends[-1], countries))
    return join_routes(routes)


def _access(
    book: LineBook,
    graph: Graph,
    start: OperatingPoint,
    end: OperatingPoint,
    countries: Countries,
) -> RailRoute:
    one, two = _snap(graph, [start, end])
    return _raw(book, start, end, graph.shortest_path(one, two), countries)


def _nearest_point(line: Line, place: OperatingPoint) -> OperatingPoint:
    if place.id in line.position:
        return line.points[line.position[place.id]].point
    stations = [e.point for e in line.points if e.point.kind != "border"]
    away = distance_m(place.lat, place.lon, [p.lat for p in stations], [p.lon for p in stations])
    return stations[int(np.argmin(away))]


def _snap(graph: Graph, ends: Sequence[OperatingPoint]) -> list[int]:
    """Return the nodes of the ends on the one component that serves all of them best."""
    nearest = [graph.nearest(p.lat, p.lon) for p in ends]
    candidates = sorted({0, *(int(graph.component[node]) for node, _ in nearest)})
    best: tuple[float, list[int]] | None = None
    for component in candidates:
        found = [graph.nearest(p.lat, p.lon, component=component) for p in ends]
        total = sum(metres for _, metres in found)
        if max(metres for _, metres in found) <= ACCESS_M and (best is None or total < best[0]):
            best = (total, [node for node, _ in found])
    if best is not None:
        return best[1]
    for point, (_, metres) in zip(ends, nearest, strict=True):
        if metres > ACCESS_M:
            raise NoPlan(
                f"No rail route from {ends[0].name} to {ends[-1].name}.",
                reasons=[
                    Reason(
                        f"the nearest railway of the graph is {metres / 1000:,.0f} km away",
                        point.name,
                        "Begin and end a rail leg at a station.",
                        "no-route",
                    )
                ],
            )
    one, two = (
        nearest[0][0],
        next(n for n, _ in nearest[1:] if graph.component[n] != graph.component[nearest[0][0]]),
    )
    try:
        graph.shortest_path(one, two)
    except NoPlan as refusal:
        raise NoPlan(
            f"No rail route from {ends[0].name} to {ends[-1].name}.", reasons=refusal.reasons
        ) from None
    raise AssertionError("two components were connected")  # pragma: no cover


def _leg(
    book: LineBook,
    graph: Graph,
    start: OperatingPoint,
    end: OperatingPoint,
    nodes: tuple[int, int],
    forbidden: set[str],
    countries: Countries,
) -> RailRoute:
    """Return the route between two ends, over the book's lines as far as they serve."""
    if book.lines_at(start.id) and book.lines_at(end.id):
        parts = search_parts(book, [start, end], [], forbidden)
        if parts and (forbidden or not is_roundabout(graph, parts, [start, end])):
            return route_of_parts(book, graph, parts, [start, end])
    if nodes[0] == nodes[1]:
        raise InputError(
            f"{start.name} and {end.name} are one place on the rail graph",
            cure="Name two places that are farther apart.",
        )
    path = graph.shortest_path(*nodes)
    taken = _book_span(book, path, start, end, forbidden)
    if taken is None:
        return _raw(book, start, end, path, countries)
    first, last, parts = taken
    routes = [route_of_parts(book, graph, parts, [first, last])]
    if first.id != start.id:
        to = graph.nearest(first.lat, first.lon, component=int(graph.component[nodes[0]]))[0]
        if to != nodes[0]:
            access = graph.shortest_path(nodes[0], to)
            routes.insert(0, _raw(book, start, first, access, countries))
    if last.id != end.id:
        off = graph.nearest(last.lat, last.lon, component=int(graph.component[nodes[1]]))[0]
        if off != nodes[1]:
            routes.append(_raw(book, last, end, graph.shortest_path(off, nodes[1]), countries))
    return join_routes(routes)


def is_roundabout(graph: Graph, parts: Sequence[LinePart], ends: Sequence[OperatingPoint]) -> bool:
    """Return whether the book's way is so long that one of its lines must be missing.

    The book holds few lines: between two of its points it may know only a way around a
    continent.  What is `_ROUNDABOUT` times as long as the graph's way is not taken.
    """
    planned_m = sum(part.length_km for part in parts) * 1000.0
    pairs = list(itertools.pairwise(ends))
    straight_m = sum(float(distance_m(a.lat, a.lon, b.lat, b.lon)) for a, b in pairs)
    if planned_m <= _ROUNDABOUT * straight_m:
        return False
    nodes = _snap(graph, ends)
    shortest_m = sum(
        graph.shortest_path(a, b).length_m for a, b in itertools.pairwise(nodes) if a != b
    )
    return planned_m > _ROUNDABOUT * shortest_m + 20_000.0


def _book_span(
    book: LineBook,
    path: Path,
    start: OperatingPoint,
    end: OperatingPoint,
    forbidden: set[str],
) -> tuple[OperatingPoint, OperatingPoint, list[LinePart]] | None:
    """Return the first and last point of the book on the path and the way between them."""
    served = {e.point.id for line in book.lines.values() for e in line.points}
    points = [
        p for p in book.points.values() if p.id in served and p.kind not in ("border", "point")
    ]
    if not points or len(path.nodes) < 2:
        return None
    places: list[tuple[float, OperatingPoint]] = []
    box = (
        path.lat_deg.min() - 0.1, path.lat_deg.max() + 0.1,
        path.lon_deg.min() - 0.1, path.lon_deg.max() + 0.1,
    )  # fmt: skip
    for point in points:
        if not (box[0] <= point.lat <= box[1] and box[2] <= point.lon <= box[3]):
            continue
        along, away = _foot(path, point.lat, point.lon)
        if away <= _ON_PATH_M or point.id in (start.id, end.id):
            places.append((along, point))
    places.sort(key=lambda item: (item[0], item[1].id))
    if len(places) < 2:
        return None
    reach = [distances_km(book, point.id, forbidden) for _, point in places]
    # The widest span that the book connects without a detour.
    for width in range(len(places) - 1, 0, -1):
        for low in range(len(places) - width):
            (from_m, first), (to_m, last) = places[low], places[low + width]
            planned_m = reach[low].get(last.id, np.inf) * 1000.0
            if planned_m > 1.25 * (to_m - from_m) + 10_000.0:
                continue
            parts = search_parts(book, [first, last], [], forbidden)
            if parts:
                return first, last, parts
    return None


def _foot(path: Path, lat: float, lon: float) -> tuple[float, float]:
    """Return how far along the path the point lies, and how far off it."""
    metres = np.array((111_195.0, 111_195.0 * np.cos(np.radians(lat))))
    start = np.column_stack((path.lat_deg[:-1], path.lon_deg[:-1]))
    leg = (np.column_stack((path.lat_deg[1:], path.lon_deg[1:])) - start) * metres
    rest = (np.array((lat, lon)) - start) * metres
    share = np.clip((rest * leg).sum(1) / np.maximum((leg**2).sum(1), 1e-9), 0.0, 1.0)
    away = np.hypot(*(rest - leg * share[:, None]).T)
    best = int(np.argmin(away))
    step = path.distance_m[best + 1] - path.distance_m[best]
    return float(path.distance_m[best] + share[best] * step), float(away[best])


def _raw(
    book: LineBook,
    start: OperatingPoint,
    end: OperatingPoint,
    path: Path,
    countries: Countries,
) -> RailRoute:
    """Return the route along a path of the graph with the values usual in each country."""
    from retinue.world.zones import zone_at

    total = path.length_m
    crossings = [
        c for c in countries.crossings(path.lat_deg, path.lon_deg)
        if c.from_country and c.to_country
    ]  # fmt: skip
    borders = _settled(path, crossings)
    points = [RoutePoint(start, 0.0), RoutePoint(end, total)]
    changes: list[tuple[float, str]] = [(0.0, borders[0][1].from_country or start.country)] if (
        borders
    ) else [(0.0, start.country)]  # fmt: skip
    gauges: list[tuple[float, ValueSet]] = [(0.0, _usual(book, changes[0][1]))]
    for at, crossing in borders:
        one, two = crossing.from_country or "", crossing.to_country or ""
        place = OperatingPoint(
            id=f"border-{one.lower()}-{two.lower()}",
            name=f"border {countries.name(one)}/{countries.name(two)}",
            lat=round(crossing.lat_deg, 4),
            lon=round(crossing.lon_deg, 4),
            country=two,
            zone=zone_at(crossing.lat_deg, crossing.lon_deg, two).name,
            kind="border",
            source="country outlines (Natural Earth)",
            confidence="K",
        )
        points.append(RoutePoint(place, at))
        changes.append((at, two))
        here, there = _usual(book, one), _usual(book, two)
        if here.raw["gauge"] != there.raw["gauge"]:
            facility = _facility_near(
                book, path, at, (*here.raw["gauge"][:1], *there.raw["gauge"][:1])
            )
            if facility is not None:
                points.append(RoutePoint(facility[1], facility[0]))
            gauges.append((facility[0] if facility else at, there))
        else:
            gauges.append((at, there))
    stretches = _usual_stretches(book, start, end, changes, gauges, total)
    points.sort(key=lambda entry: entry.distance_m)
    text = (
        f"{start.name}-{end.name}: {total / 1000:,.0f} km over the raw rail graph, no line of "
        "the line book; its coarse geometry is mostly a few per cent short"
    )
    return RailRoute(
        points=tuple(points),
        stretches=tuple(stretches),
        lon_deg=path.lon_deg,
        lat_deg=path.lat_deg,
        distance_m=path.distance_m,
        graph_length_m=total,
        assumptions=(Value(text, "OpenStreetMap geometry", "assumed"),),
    )


def _usual(book: LineBook, country: str) -> ValueSet:
    known = book.countries.get(country) or book.countries.get(_ANY_COUNTRY)
    if known is None:
        raise InputError(
            f'the line book has no usual values for railways of "{country}"',
            cure=f'Add "{country}" or "{_ANY_COUNTRY}" under `countries:` in a layer.',
        )
    return known


def _settled(path: Path, crossings: Sequence[BorderCrossing]) -> list[tuple[float, BorderCrossing]]:
    """Return crossings with their chainage, without short visits that return."""
    found: list[tuple[float, BorderCrossing]] = []
    for crossing in crossings:
        step = path.distance_m[crossing.index + 1] - path.distance_m[crossing.index]
        at = float(path.distance_m[crossing.index] + crossing.fraction * step)
        if found:
            before_at, before = found[-1]
            if before.from_country == crossing.to_country and at - before_at < _EXCURSION_M:
                found.pop()
                continue
            if before.to_country != crossing.from_country:
                crossing = replace(crossing, from_country=before.to_country)
        if crossing.from_country != crossing.to_country:
            found.append((at, crossing))
    return found


def _facility_near(
    book: LineBook, path: Path, at: float, gauges: tuple[int, ...]
) -> tuple[float, OperatingPoint] | None:
    best: tuple[float, float, OperatingPoint] | None = None
    for point in book.points.values():
        for facility in point.facilities:
            if not set(gauges) <= set(facility.gauges_mm):
                continue
            along, away = _foot(path, point.lat, point.lon)
            if away <= _ON_PATH_M * 2 and abs(along - at) <= _FACILITY_M:
                key = abs(along - at)
                if best is None or key < best[0]:
                    best = (key, along, point)
    return (best[1], best[2]) if best else None


def _usual_stretches(
    book: LineBook,
    start: OperatingPoint,
    end: OperatingPoint,
    changes: Sequence[tuple[float, str]],
    gauges: Sequence[tuple[float, ValueSet]],
    total: float,
) -> list[RouteStretch]:
    cuts = sorted({0.0, total, *(at for at, _ in changes), *(at for at, _ in gauges)})
    stretches = []
    for one, two in itertools.pairwise(cuts):
        if two - one < 1.0:
            continue
        country = [c for at, c in changes if at <= one][-1]
        gauge_of = [values for at, values in gauges if at <= one][-1]
        values = _usual(book, country)
        gauge = ValueSet({"gauge": gauge_of.raw["gauge"]}, {"gauge": gauge_of.ground["gauge"]})
        stretches.append(
            stretch_of(
                "", f"{start.name}-{end.name}", one, two, gauge.over(values), country, "graph"
            )
        )
    return stretches
