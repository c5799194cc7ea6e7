"""The skeleton of a line network: nodes and sections of all courses, before any inference."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from retinue.traffic.course_nodes import Met, nodes_of_courses
from retinue.traffic.line_network import Step
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from collections.abc import Mapping

    from retinue.traffic.course import Course, CoursePoints, Pattern
    from retinue.traffic.gtfs_feed import Feed
    from retinue.traffic.line_network import SectionGround

__all__ = ["Laid", "Skeleton", "SkeletonNode", "SkeletonSection", "lay_out", "stations_of_stops"]

_RANK = {"world": 0, "feed": 1, "pack": 2, "straight": 3}
#: Two ways between the same nodes are one section when their lengths differ by no more.
_SAME_SHARE, _SAME_M = 0.05, 200.0
#: Stops of one name within this distance are one station.
_ONE_STATION_M = 500.0


@dataclass
class SkeletonNode:
    """A station or a junction."""

    index: int
    id: str
    name: str
    lat: float
    lon: float
    junction: bool


@dataclass
class SkeletonSection:
    """The line between two nodes; the length is the mean of what the courses say."""

    index: int
    a: int
    b: int
    length_m: float
    ground: SectionGround
    lat: tuple[float, ...]
    lon: tuple[float, ...]
    courses: int = 1


@dataclass(frozen=True)
class Laid:
    """A pattern on the skeleton.

    Attributes
    ----------
    nodes
        Node numbers.
    at_m
        Their distance from the first.
    call_of_stop
        For each stop of the pattern the position in `nodes`.
    steps
        Sections between the nodes.
    """

    nodes: tuple[int, ...]
    at_m: tuple[float, ...]
    call_of_stop: tuple[int, ...]
    steps: tuple[Step, ...]


@dataclass
class Skeleton:
    """Nodes, sections, and every pattern laid out over them; None where it never moves."""

    nodes: list[SkeletonNode] = field(default_factory=list)
    sections: list[SkeletonSection] = field(default_factory=list)
    laid: dict[Pattern, Laid | None] = field(default_factory=dict)


def stations_of_stops(feed: Feed) -> dict[str, str]:
    """Return the station of each stop: its parent, else the first near stop of the same name."""
    found: dict[str, str] = {}
    named: dict[str, list[str]] = {}
    for stop in feed.stops.values():
        station = stop.station
        if station == stop.id:
            for other in named.setdefault(stop.name.casefold(), []):
                there = feed.stops[other]
                if distance_m(stop.lat, stop.lon, there.lat, there.lon) <= _ONE_STATION_M:
                    station = other
                    break
            else:
                named[stop.name.casefold()].append(stop.id)
        found[stop.id] = station
    return {stop: found.get(station, station) for stop, station in found.items()}


def lay_out(feed: Feed, points: CoursePoints, courses: Mapping[Pattern, Course]) -> Skeleton:
    """Lay all courses out as one network."""
    station_of = stations_of_stops(feed)
    skeleton = Skeleton()
    number: dict[str | int, int] = {}
    variants: dict[tuple[int, int], list[SkeletonSection]] = {}
    for (pattern, course), entry in zip(
        courses.items(), nodes_of_courses(courses.values(), station_of), strict=True
    ):
        met = entry.met
        if len(met) < 2:
            skeleton.laid[pattern] = None
            continue
        for node in met:
            if node.key not in number:
                number[node.key] = _add_node(skeleton, feed, points, node.key)
        nodes = tuple(number[node.key] for node in met)
        steps = tuple(
            _step(skeleton, variants, points, course, one, two, number)
            for one, two in itertools.pairwise(met)
        )
        skeleton.laid[pattern] = Laid(
            nodes, tuple(node.at_m for node in met), _calls(met, len(course.stations)), steps
        )
    _name_junctions(skeleton)
    return skeleton


def _calls(met: tuple[Met, ...], stops: int) -> tuple[int, ...]:
    """Return for each stop its node; a stop merged into the next one's node shares it."""
    at = {node.stop: i for i, node in enumerate(met) if node.stop >= 0}
    return tuple(next(at[s] for s in range(stop, stops) if s in at) for stop in range(stops))


def _add_node(skeleton: Skeleton, feed: Feed, points: CoursePoints, key: str | int) -> int:
    index = len(skeleton.nodes)
    if isinstance(key, str):
        stop = feed.stops[key]
        node = SkeletonNode(index, key, stop.name, stop.lat, stop.lon, False)
    else:
        lat, lon = points.lat[key], points.lon[key]
        node = SkeletonNode(index, f"junction {lat:.5f},{lon:.5f}", "", lat, lon, True)
    skeleton.nodes.append(node)
    return index


def _step(
    skeleton: Skeleton,
    variants: dict[tuple[int, int], list[SkeletonSection]],
    points: CoursePoints,
    course: Course,
    one: Met,
    two: Met,
    number: dict[str | int, int],
) -> Step:
    a, b = number[one.key], number[two.key]
    key = (min(a, b), max(a, b))
    length = max(two.at_m - one.at_m, 1.0)
    known = variants.setdefault(key, [])
    for section in known:
        if abs(section.length_m - length) <= max(_SAME_SHARE * section.length_m, _SAME_M):
            section.length_m += (length - section.length_m) / (section.courses + 1)
            section.courses += 1
            break
    else:
        lat, lon = _geometry(skeleton, points, course, one, two, a, b)
        if a > b:
            lat, lon = lat[::-1], lon[::-1]
        section = SkeletonSection(
            len(skeleton.sections), key[0], key[1], length, two.ground, tuple(lat), tuple(lon)
        )
        skeleton.sections.append(section)
        known.append(section)
    if _RANK[two.ground] < _RANK[section.ground]:
        section.ground = two.ground
    return Step(section.index, a == section.a)


def _geometry(
    skeleton: Skeleton, points: CoursePoints, course: Course, one: Met, two: Met, a: int, b: int
) -> tuple[list[float], list[float]]:
    """Return the points between two nodes, the nodes' own positions at the ends."""
    inner: list[int] = []
    for number in range(one.piece, two.piece + 1):
        chain = course.pieces[number].points
        if not chain:
            continue
        first = one.edge + 1 if number == one.piece and one.edge >= 0 else 1
        last = two.edge + 1 if number == two.piece and two.edge >= 0 else len(chain) - 1
        # A node that closes its piece is also the start of the next one.
        if number == one.piece and one.stop >= 0 and one.stop == number + 1:
            continue
        inner += chain[first:last]
    left, right = skeleton.nodes[a], skeleton.nodes[b]
    return (
        [left.lat, *(points.lat[p] for p in inner), right.lat],
        [left.lon, *(points.lon[p] for p in inner), right.lon],
    )


def _name_junctions(skeleton: Skeleton) -> None:
    """Name each junction after the nearest stations next to it."""
    around: dict[int, list[tuple[float, str]]] = {}
    for section in skeleton.sections:
        for here, there in ((section.a, section.b), (section.b, section.a)):
            if skeleton.nodes[here].junction and not skeleton.nodes[there].junction:
                entry = (section.length_m, skeleton.nodes[there].name)
                around.setdefault(here, []).append(entry)
    for node in skeleton.nodes:
        if node.junction:
            near = sorted(set(around.get(node.index, [])))[:2]
            names = " and ".join(dict.fromkeys(name for _, name in near))
            node.name = f"junction near {names}" if names else node.id
