"""A rail route made of parts: points, stretches, geometry, and how the train turns.

Whether a train runs direct from one line to the next is written in the book's ``turns``;
where it is not, the graph's change of heading decides, and the route says so.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import InputError
from retinue.world.line_book import LineBook
from retinue.world.line_geometry import PartGeometry, join, part_geometry
from retinue.world.line_records import leg_country
from retinue.world.rail_route import (
    OperatingPoint,
    RailRoute,
    RoutePoint,
    RouteStretch,
    Value,
)

if TYPE_CHECKING:
    from retinue.world.graph import Graph
    from retinue.world.line_records import Line, LinePoint, ValueSet
    from retinue.world.rail_search import LinePart

__all__ = ["join_routes", "route_of_parts", "stretch_of"]

_TURN_BACK_DEG = 120.0  # a sharper change of heading than this is a turn back
_BEARINGS_M = (1_500.0, 6_000.0)  # headings are taken this far from the point


def route_of_parts(
    book: LineBook,
    graph: Graph,
    parts: Sequence[LinePart],
    ends: Sequence[OperatingPoint] = (),
) -> RailRoute:
    """Return the route along parts of lines; ``ends`` are only to name an empty one."""
    if not parts:
        name = ends[0].name if ends else "the place"
        raise InputError(f"the route begins and ends at {name}", cure="Name two places.")
    pieces = [part_geometry(graph, part.line, part.first, part.last) for part in parts]
    whole = join(pieces)
    points, assumptions = _points(book, parts, pieces)
    return RailRoute(
        points=tuple(points),
        stretches=tuple(_stretches(parts)),
        lon_deg=whole.lon_deg,
        lat_deg=whole.lat_deg,
        distance_m=whole.distance_m,
        graph_length_m=whole.graph_length_m,
        assumptions=tuple(assumptions),
    )


def _points(
    book: LineBook, parts: Sequence[LinePart], pieces: Sequence[PartGeometry]
) -> tuple[list[RoutePoint], list[Value]]:
    points: list[RoutePoint] = []
    assumptions: list[Value] = []
    start = 0.0
    for number, part in enumerate(parts):
        entries = [part.line.points[i] for i in part.indices]
        for place, entry in enumerate(entries):
            distance = start + abs(entry.km - entries[0].km) * 1000.0
            if number and place == 0:
                previous = [parts[number - 1].line.points[i] for i in parts[number - 1].indices]
                turn, reverses = _turn_at(
                    book, previous[-2].point, entry.point, entries[1].point,
                    pieces[number - 1], pieces[number],
                )  # fmt: skip
                points[-1] = replace(points[-1], reverses=reverses, turn=turn)
                if turn.confidence == "assumed":
                    assumptions.append(turn)
                continue
            points.append(RoutePoint(entry.point, distance))
        assumptions += _assumed_kilometres(part.line, entries)
        start += abs(entries[-1].km - entries[0].km) * 1000.0
    return points, assumptions


def _assumed_kilometres(line: Line, entries: Sequence[LinePoint]) -> list[Value]:
    """Return, by source, which points stand at kilometres that nobody published."""
    names: dict[str, list[str]] = {}
    for entry in entries:
        if entry.ground.confidence == "assumed":
            names.setdefault(entry.ground.source, []).append(entry.point.name)
    return [
        Value(
            f"{line.name}: kilometres of {len(found)} of {len(entries)} points "
            f"({found[0]}{' to ' + found[-1] if len(found) > 1 else ''}) are not published",
            source,
            "assumed",
        )
        for source, found in names.items()
    ]


def _turn_at(
    book: LineBook,
    come_from: OperatingPoint,
    at: OperatingPoint,
    go_to: OperatingPoint,
    before: PartGeometry,
    after: PartGeometry,
) -> tuple[Value, bool]:
    """Return how the train passes from one part to the next, and whether it reverses."""
    written = book.turn(at.id, come_from.id, go_to.id)
    if written is not None:
        verb = "reverses" if written.reverses else "runs direct"
        text = f"{at.name}: {verb} from {come_from.name} towards {go_to.name}"
        return replace(written.ground, text=text), written.reverses
    if come_from.id == go_to.id:
        text = f"{at.name}: reverses, back towards {go_to.name}"
        return Value(text, "line book", "K"), True
    change = _heading_change_deg(before, after)
    reverses = change > _TURN_BACK_DEG
    verb = "reverses" if reverses else "runs direct"
    text = (
        f"{at.name}: {verb} from {come_from.name} towards {go_to.name} "
        f"(the graph's heading changes by {change:.0f} degrees)"
    )
    confidence = "assumed" if 60.0 < change < 150.0 else "K"
    return Value(text, "OpenStreetMap geometry", confidence), reverses


def _heading_change_deg(before: PartGeometry | RailRoute, after: PartGeometry | RailRoute) -> float:
    """Return the change of heading between two parts where they meet, 0 to 180.

    The smaller of a near and a far reading: a station whose node lies a little beside
    the junction makes a hook in the geometry that is no reversal.
    """
    return min(_change_at(before, after, reach) for reach in _BEARINGS_M)


def _change_at(
    before: PartGeometry | RailRoute, after: PartGeometry | RailRoute, reach_m: float
) -> float:
    ends = []
    for part, far, near in (
        (before, max(before.distance_m[-1] - reach_m, 0.0), before.distance_m[-1]),
        (after, 0.0, min(reach_m, after.distance_m[-1])),
    ):
        lat = np.interp((far, near), part.distance_m, part.lat_deg)
        lon = np.interp((far, near), part.distance_m, part.lon_deg)
        ends.append(np.arctan2((lon[1] - lon[0]) * np.cos(np.radians(lat[0])), lat[1] - lat[0]))
    change = abs(np.degrees(ends[1] - ends[0])) % 360.0
    return float(min(change, 360.0 - change))


def _stretches(parts: Sequence[LinePart]) -> list[RouteStretch]:
    """Return the values along the parts, neighbours with the same values joined."""
    found: list[RouteStretch] = []
    start = 0.0
    for part in parts:
        indices = list(part.indices)
        for one, two in itertools.pairwise(indices):
            entry, following = part.line.points[one], part.line.points[two]
            length = abs(following.km - entry.km) * 1000.0
            values = part.line.legs[min(one, two)]
            country = leg_country(entry.point, following.point) or entry.point.country
            stretch = stretch_of(
                part.line.id, part.line.name, start, start + length, values, country
            )
            start += length
            last = found[-1] if found else None
            if last is not None and (
                replace(stretch, from_m=last.from_m) == replace(last, to_m=stretch.to_m)
            ):
                found[-1] = replace(last, to_m=stretch.to_m)
            else:
                found.append(stretch)
    return found


def stretch_of(
    line_id: str,
    line_name: str,
    from_m: float,
    to_m: float,
    values: ValueSet,
    country: str,
    origin: str = "line book",
) -> RouteStretch:
    """Return a stretch with the values of a leg."""
    raw = values.raw
    power = raw.get("electrification")
    return RouteStretch(
        line_id=line_id,
        line_name=line_name,
        from_m=from_m,
        to_m=to_m,
        gauges_mm=raw["gauge"],
        electrification=None if power == "unknown" else power,
        line_speed_mps=raw["line_speed"],
        tracks=raw.get("tracks"),
        ruling_gradient=raw.get("ruling_gradient"),
        axle_load_kg=raw.get("axle_load"),
        coupler=raw.get("coupler"),
        brake_system=raw.get("brake_system"),
        heating=raw.get("heating"),
        block_length_m=raw.get("block_length"),
        loading_gauge=raw.get("loading_gauge"),
        country=country,
        origin=origin,
        values=dict(values.ground),
    )


def join_routes(routes: Sequence[RailRoute]) -> RailRoute:
    """Return routes in succession as one; each begins where the one before ends."""
    if len(routes) == 1:
        return routes[0]
    points: list[RoutePoint] = []
    stretches: list[RouteStretch] = []
    assumptions: list[Value] = []
    lat, lon, distance = [], [], []
    start = 0.0
    for number, route in enumerate(routes):
        moved = [replace(p, distance_m=p.distance_m + start) for p in route.points]
        if number:
            reverses, text = _turn_between(routes[number - 1], route)
            at = points.pop()
            turn = Value(f"{at.point.name}: {text}", "OpenStreetMap geometry", "assumed")
            moved[0] = replace(
                moved[0], point=_richer(at.point, moved[0].point), reverses=reverses, turn=turn
            )
            if reverses:
                assumptions.append(turn)
        points += moved
        stretches += [
            replace(s, from_m=s.from_m + start, to_m=s.to_m + start) for s in route.stretches
        ]
        assumptions += route.assumptions
        first = 1 if number else 0
        lat.append(route.lat_deg[first:])
        lon.append(route.lon_deg[first:])
        distance.append(route.distance_m[first:] + start)
        start += route.length_m
    return RailRoute(
        points=tuple(points),
        stretches=tuple(stretches),
        lon_deg=np.concatenate(lon),
        lat_deg=np.concatenate(lat),
        distance_m=np.concatenate(distance),
        graph_length_m=sum(route.graph_length_m for route in routes),
        assumptions=tuple(assumptions),
    )


def _richer(one: OperatingPoint, two: OperatingPoint) -> OperatingPoint:
    """Return the one of two records of a point that stands in the book."""
    return one if one.facilities or not two.id else two


def _turn_between(before: RailRoute, after: RailRoute) -> tuple[bool, str]:
    change = _heading_change_deg(before, after)
    reverses = change > _TURN_BACK_DEG
    verb = "reverses" if reverses else "runs direct"
    return reverses, f"{verb} (the graph's heading changes by {change:.0f} degrees)"
