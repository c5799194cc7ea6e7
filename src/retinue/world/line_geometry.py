"""The geometry of a part of a line: published kilometres laid along the rail graph.

The path runs through the nodes nearest to the points and shape points of the line.  A
dead-end excursion to such a node is cut off again; every point is then placed at the
foot of its perpendicular on the path, and the chainage between two points is the
published one, scaled evenly onto the path between their feet::

    km 0            km 12                km 40        published
    |---------------|--------------------|
    o----o------o---+--o--------o----o---o            graph nodes
    0             11.4                 38.1           along the graph
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.world.graph import Graph, Path
    from retinue.world.line_records import Line, LinePoint

__all__ = ["GRAPH_TOLERANCE", "LONG_M", "PartGeometry", "check_line", "join", "part_geometry"]

GRAPH_TOLERANCE = 0.10
"""How far graph and published length of a long part may differ."""

LONG_M = 100_000.0
"""Shorter parts are not held to `GRAPH_TOLERANCE`: rounding of nodes and km rules there."""

_METRES_PER_DEGREE = 111_195.0
_DEGENERATE = 0.2  # of the published length: less graph than this is no geometry


@dataclass(frozen=True, eq=False)
class PartGeometry:
    """Geometry of a part of a line, in the direction of travel.

    Attributes
    ----------
    lat_deg, lon_deg, distance_m
        Vertices with chainage from the first point, in m on the published kilometrage.
    leg_graph_m
        Graph length of each leg between successive points.
    offset_m
        How far off the path each point lies.
    """

    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    leg_graph_m: NDArray[np.float64]
    offset_m: NDArray[np.float64]

    @property
    def graph_length_m(self) -> float:
        """Length on the raw graph."""
        return float(self.leg_graph_m.sum())


def part_geometry(graph: Graph, line: Line, first: int, last: int) -> PartGeometry:
    """Return the geometry of a line from one point to another, both by index.

    Parameters
    ----------
    graph
        The rail graph with the book's links.
    line
        A line of the book.
    first, last
        Indices of points; ``first > last`` runs against the kilometrage.

    Raises
    ------
    InputError
        Where published and graph length of a long part differ by more than 10 %.
    NoPlan
        Where the graph does not connect the points.
    """
    low, high = min(first, last), max(first, last)
    entries = line.points[low : high + 1]
    nodes, along, anchors = _guided_path(graph, entries)
    lat, lon = graph.lat_deg[nodes], graph.lon_deg[nodes]
    at, offset = _feet(entries, lat, lon, along, anchors)
    km = np.array([entry.km for entry in entries])
    chainage = np.abs(km - km[0]) * 1000.0
    _check_legs(line, entries, chainage, at)
    geometry = _scaled(entries, chainage, at, lat, lon, along)
    part = PartGeometry(*geometry, np.diff(at), offset)
    return part if first <= last else _turned(part)


def check_line(graph: Graph, line: Line) -> PartGeometry:
    """Return the geometry of a whole line, or raise as `part_geometry` does."""
    return part_geometry(graph, line, 0, len(line.points) - 1)


def _turned(part: PartGeometry) -> PartGeometry:
    total = part.distance_m[-1]
    return PartGeometry(
        part.lat_deg[::-1],
        part.lon_deg[::-1],
        total - part.distance_m[::-1],
        part.leg_graph_m[::-1],
        part.offset_m[::-1],
    )


def join(parts: Sequence[PartGeometry]) -> PartGeometry:
    """Return parts in succession as one geometry with one chainage."""
    lat, lon, distance = [], [], []
    start = 0.0
    for part in parts:
        lat.append(part.lat_deg)
        lon.append(part.lon_deg)
        distance.append(part.distance_m + start)
        start += float(part.distance_m[-1])
    chainage = np.concatenate(distance)
    # Where two parts meet, the point stands twice: keep the first.
    keep = np.concatenate(([True], np.diff(chainage) > 1e-6))
    return PartGeometry(
        np.concatenate(lat)[keep],
        np.concatenate(lon)[keep],
        chainage[keep],
        np.concatenate([part.leg_graph_m for part in parts]),
        np.concatenate([part.offset_m for part in parts]),
    )


def _guided_path(
    graph: Graph, entries: Sequence[LinePoint]
) -> tuple[NDArray[np.int32], NDArray[np.float64], list[tuple[int, int]]]:
    """Return the path's nodes, their distance along it, and (entry, place) per guide."""
    guides: list[tuple[int, float, float]] = []  # entry or -1 for a shape point
    for number, entry in enumerate(entries):
        if number:
            guides += [(-1, lat, lon) for lat, lon in entry.through]
        if entry.snap or number in (0, len(entries) - 1):
            guides.append((number, entry.point.lat, entry.point.lon))
    component = _common_component(graph, guides)
    snapped = [graph.nearest(lat, lon, component=component)[0] for _, lat, lon in guides]
    stations: list[int] = []
    for node in snapped:
        if not stations or stations[-1] != node:
            stations.append(node)
    if len(stations) == 1:
        path = graph.path_of(np.array(stations, np.int32), np.zeros(0, np.int32))
    else:
        path = graph.shortest_path(stations[0], stations[-1], via=stations[1:-1])
    return _without_spurs(path, [guide[0] for guide in guides], snapped)


def _common_component(graph: Graph, guides: Sequence[tuple[int, float, float]]) -> int:
    """Return the component nearest to the points taken together (the largest in a tie)."""
    votes = [int(graph.component[graph.nearest(lat, lon)[0]]) for _, lat, lon in guides]
    return min(set(votes), key=lambda c: (-votes.count(c), c))


def _without_spurs(
    path: Path, owners: Sequence[int], snapped: Sequence[int]
) -> tuple[NDArray[np.int32], NDArray[np.float64], list[tuple[int, int]]]:
    """Cut dead-end excursions (a-b-a becomes a); keep where each guide was passed."""
    stack: list[int] = []
    steps: list[float] = []  # length of the edge that leads to each node
    anchors: list[tuple[int, int]] = []
    following = 0
    lengths = np.diff(path.distance_m, prepend=0.0).tolist()
    for node, length in zip(path.nodes.tolist(), lengths, strict=True):
        if len(stack) > 1 and stack[-2] == node:
            stack.pop()
            steps.pop()
            for number in range(len(anchors) - 1, -1, -1):
                if anchors[number][1] < len(stack):
                    break
                anchors[number] = (anchors[number][0], len(stack) - 1)
        else:
            stack.append(node)
            steps.append(length)
        while following < len(snapped) and snapped[following] == node:
            anchors.append((owners[following], len(stack) - 1))
            following += 1
    steps[0] = 0.0
    places = [(owner, place) for owner, place in anchors if owner >= 0]
    return np.array(stack, np.int32), np.cumsum(steps), places


def _feet(
    entries: Sequence[LinePoint],
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    along: NDArray[np.float64],
    anchors: Sequence[tuple[int, int]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return for every point its place along the path and its distance from it."""
    count = len(entries)
    if len(along) < 2:
        away = [float(distance_m(e.point.lat, e.point.lon, lat[0], lon[0])) for e in entries]
        return np.zeros(count), np.array(away)
    step = np.diff(along)
    at, offset = np.zeros(count), np.zeros(count)
    place = dict(anchors)
    known = sorted(place)
    floor = 0.0
    for number, entry in enumerate(entries):
        before = max((place[k] for k in known if k < number), default=0)
        after = min((place[k] for k in known if k > number), default=len(along) - 1)
        low, high = min(before, len(along) - 2), max(after, before + 1)
        metres = np.array((_METRES_PER_DEGREE, _METRES_PER_DEGREE * np.cos(np.radians(lat[low]))))
        start = np.column_stack((lat[low:high], lon[low:high]))
        leg = np.column_stack((lat[low + 1 : high + 1], lon[low + 1 : high + 1])) - start
        leg, rest = leg * metres, (np.array((entry.point.lat, entry.point.lon)) - start) * metres
        share = np.clip((rest * leg).sum(1) / np.maximum((leg**2).sum(1), 1e-9), 0.0, 1.0)
        away = np.hypot(*(rest - leg * share[:, None]).T)
        foot = along[low:high] + share * step[low:high]
        away = np.where(foot < floor - 1e-6, away + (floor - foot), away)
        best = int(np.argmin(away))
        at[number] = floor = max(float(foot[best]), floor)
        offset[number] = away[best]
    return at, offset


def _scaled(
    entries: Sequence[LinePoint],
    chainage: NDArray[np.float64],
    at: NDArray[np.float64],
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    along: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return vertices with the published chainage, piece by piece between the points."""
    rows: list[NDArray[np.float64]] = []
    for number in range(len(entries) - 1):
        one, two = at[number], at[number + 1]
        begin, end = chainage[number], chainage[number + 1]
        if two - one < _DEGENERATE * (end - begin) or len(along) < 2:
            # The graph has no length here (two points on one node): straight between them.
            ends = [entries[number].point, entries[number + 1].point]
            rows.append(
                np.array([(ends[0].lat, ends[0].lon, begin), (ends[1].lat, ends[1].lon, end)])
            )
            continue
        inner = np.flatnonzero((along > one + 0.5) & (along < two - 0.5))
        where = np.concatenate(([one], along[inner], [two]))
        rows.append(
            np.column_stack(
                (
                    np.interp(where, along, lat),
                    np.interp(where, along, lon),
                    begin + (where - one) * (end - begin) / (two - one),
                )
            )
        )
    table = np.concatenate(rows)
    keep = np.concatenate(([True], np.diff(table[:, 2]) > 1e-6))
    table = table[keep]
    return table[:, 0], table[:, 1], table[:, 2]


def _check_legs(
    line: Line,
    entries: Sequence[LinePoint],
    chainage: NDArray[np.float64],
    at: NDArray[np.float64],
) -> None:
    spans = [(0, len(entries) - 1)] + [(i, i + 1) for i in range(len(entries) - 1)]
    for one, two in spans:
        published, found = chainage[two] - chainage[one], at[two] - at[one]
        if published < LONG_M or abs(found / published - 1.0) <= GRAPH_TOLERANCE:
            continue
        raise InputError(
            f"{entries[one].point.name}-{entries[two].point.name} is {published / 1000:,.0f} km "
            f"by the line book and {found / 1000:,.0f} km on the rail graph, more than "
            f"{GRAPH_TOLERANCE:.0%} apart",
            where=line.where,
            cure="Correct the kilometres, or force the line's own way with shape points: "
            "through: [[lat, lon]].",
        )
