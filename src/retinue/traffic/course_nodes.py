"""The nodes that a course meets: stations stopped at and passed, and points where lines part.

A course passes a station where its chain of points runs over the very edge on which another
train's stop lies.  Lines part at a point with three neighbours or more.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from retinue.traffic.course import Course, CoursePiece
    from retinue.traffic.line_network import SectionGround

__all__ = ["CourseNodes", "Met", "nodes_of_courses"]

#: Points where lines part that lie within this distance of a station, on every course that meets
#: them, are the throat of that station.
_THROAT_M = 800.0
#: Points where lines part within this distance of each other are one junction.
_ONE_JUNCTION_M = 300.0


class Met(NamedTuple):
    """A node on a course.

    ``key`` is a station's name, or the number of a point where lines part; ``at_m`` counts from
    the course's first stop; ``stop`` is the number of the call there, -1 where the course passes;
    ``piece`` and ``edge`` tell where on the course's chain it lies (edge -1: on a straight line).
    """

    key: str | int
    at_m: float
    stop: int
    piece: int
    edge: int
    ground: SectionGround


@dataclass(frozen=True)
class CourseNodes:
    """The nodes of one course in order; calls at one station in a row are one node."""

    met: tuple[Met, ...]


def nodes_of_courses(courses: Iterable[Course], station_of: Mapping[str, str]) -> list[CourseNodes]:
    """Return the nodes of each course, throats and needless junctions taken out.

    Parameters
    ----------
    courses
        All courses of the network: which points part lines depends on all of them.
    station_of
        The station of each stop.
    """
    listed = list(courses)
    attached = _attached(listed, station_of)
    neighbours: dict[int, set[int]] = {}
    for course in listed:
        for piece in course.pieces:
            for one, two in itertools.pairwise(piece.points):
                neighbours.setdefault(one, set()).add(two)
                neighbours.setdefault(two, set()).add(one)
    parting = {point for point, around in neighbours.items() if len(around) > 2}
    met = [_met(course, station_of, attached, parting) for course in listed]
    met = _without_throats(met)
    met = _joined_junctions(met)
    met = _without_needless(met)
    return [CourseNodes(tuple(entry)) for entry in met]


_Attached = dict[tuple[int, int], dict[str, float]]


def _attached(courses: list[Course], station_of: Mapping[str, str]) -> _Attached:
    """Return on each edge (lower point first) the stations, with their mean share."""
    sums: dict[tuple[int, int], dict[str, list[float]]] = {}

    def add(one: int, two: int, share: float, station: str) -> None:
        if one > two:
            one, two, share = two, one, 1.0 - share
        entry = sums.setdefault((one, two), {}).setdefault(station, [0.0, 0.0])
        entry[0] += share
        entry[1] += 1.0

    for course in courses:
        for number, piece in enumerate(course.pieces):
            if not piece.points:
                continue
            names = station_of[course.stations[number]], station_of[course.stations[number + 1]]
            add(piece.points[0], piece.points[1], piece.start_share, names[0])
            add(piece.points[-2], piece.points[-1], piece.end_share, names[1])
    return {
        edge: {name: total / count for name, (total, count) in stations.items()}
        for edge, stations in sums.items()
    }


def _met(
    course: Course, station_of: Mapping[str, str], attached: _Attached, parting: set[int]
) -> list[Met]:
    names = [station_of[stop] for stop in course.stations]
    found = [Met(names[0], 0.0, 0, 0, 0, course.pieces[0].ground)]
    at_m = 0.0
    for number, piece in enumerate(course.pieces):
        here, there = names[number], names[number + 1]
        if piece.points:
            for entry in _between(piece, number, here, there, at_m, attached, parting):
                if entry.key != found[-1].key:
                    found.append(entry)
        at_m += piece.length_m
        if found[-1].key == there:
            # A second platform of the station, or the same stop met an edge earlier.
            found[-1] = found[-1]._replace(stop=max(found[-1].stop, number + 1), at_m=at_m)
        else:
            edge = len(piece.points) - 2 if piece.points else -1
            found.append(Met(there, at_m, number + 1, number, edge, piece.ground))
    return found


def _between(
    piece: CoursePiece,
    number: int,
    here: str,
    there: str,
    start_m: float,
    attached: _Attached,
    parting: set[int],
) -> list[Met]:
    """Return what a piece meets strictly between its stops."""
    found: list[Met] = []
    points, last = piece.points, len(piece.points) - 2
    before = start_m - piece.start_share * piece.edge_m[0]
    for k, (one, two) in enumerate(itertools.pairwise(points)):
        if k and one in parting:
            found.append(Met(one, before, -1, number, k, piece.ground))
        stations = attached.get((min(one, two), max(one, two)))
        if stations:
            forward = one < two
            shares = sorted((s if forward else 1.0 - s, name) for name, s in stations.items())
            own = {name: share for share, name in shares}
            low = own[here] if k == 0 and here in own else -1.0
            high = own[there] if k == last and there in own else 2.0
            found += [
                Met(name, before + share * piece.edge_m[k], -1, number, k, piece.ground)
                for share, name in shares
                if low < share < high and name not in (here, there)
            ]
        before += piece.edge_m[k]
    return found


def _without_throats(met: list[list[Met]]) -> list[list[Met]]:
    """Take out the points that on every course lie in the throat of one and the same station."""
    near: dict[int, set[str]] = {}
    for nodes in met:
        stations = [(i, n) for i, n in enumerate(nodes) if isinstance(n.key, str)]
        position = 0
        for i, node in enumerate(nodes):
            while position < len(stations) and stations[position][0] < i:
                position += 1
            if isinstance(node.key, str):
                continue
            around = [stations[p][1] for p in (position - 1, position) if 0 <= p < len(stations)]
            names = {s.key for s in around if abs(s.at_m - node.at_m) <= _THROAT_M}
            texts = {name for name in names if isinstance(name, str)}
            near[node.key] = near[node.key] & texts if node.key in near else texts
    return [
        [node for node in nodes if isinstance(node.key, str) or not near[node.key]] for nodes in met
    ]


def _joined_junctions(met: list[list[Met]]) -> list[list[Met]]:
    """Make one of junctions that follow one another closely."""
    root: dict[int, int] = {}

    def find(point: int) -> int:
        while root.get(point, point) != point:
            point = root[point]
        return point

    for nodes in met:
        for one, two in itertools.pairwise(nodes):
            if isinstance(one.key, int) and isinstance(two.key, int):
                a, b = find(one.key), find(two.key)
                if a != b and two.at_m - one.at_m <= _ONE_JUNCTION_M:
                    root[max(a, b)] = min(a, b)
    joined = []
    for nodes in met:
        kept: list[Met] = []
        for node in nodes:
            moved = node._replace(key=find(node.key)) if isinstance(node.key, int) else node
            if not kept or kept[-1].key != moved.key:
                kept.append(moved)
        joined.append(kept)
    return joined


def _without_needless(met: list[list[Met]]) -> list[list[Met]]:
    """Take out junctions with two neighbours only, until none is left."""
    while True:
        around: dict[int, set[str | int]] = {}
        for nodes in met:
            for i, node in enumerate(nodes):
                if isinstance(node.key, int):
                    around.setdefault(node.key, set()).update(
                        n.key for n in (nodes[i - 1], nodes[i + 1])
                    )
        needless = {point for point, keys in around.items() if len(keys) < 3}
        if not needless:
            return met
        fresh = []
        for nodes in met:
            kept: list[Met] = []
            for node in nodes:
                if isinstance(node.key, int) and node.key in needless:
                    continue
                if kept and kept[-1].key == node.key:
                    stop = max(kept[-1].stop, node.stop)
                    kept[-1] = kept[-1]._replace(stop=stop, at_m=node.at_m)
                    continue
                kept.append(node)
            fresh.append(kept)
        met = fresh
