"""Lines that run beside the special train's way, by their courses.

Shapes and maps draw the tracks of one railway as several lines: who is beside a train is not only
who is on its own section.  Two courses lie side by side where they keep within `BESIDE_M` for
`TOGETHER_M`, away from a node that both have (there they are one station, or its points).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.traffic.line_network import LineNetwork, Section, Way

    Floats = NDArray[np.float64]

__all__ = ["BesideBlock", "Courses", "courses_of", "in_metres", "lines_beside"]

BESIDE_M, TOGETHER_M, NODE_M = 26.0, 370.0, 290.0
"""A little more than four tracks side by side; than which two shapes of one line are apart."""

STEP_M, BRIDGED_M = 20.0, 60.0
"""Courses are compared so often; a gap so short is none."""

EARTH_M = 6_371_008.8


class BesideBlock(NamedTuple):
    """A block of another line beside the way, metres along the way.

    Attributes
    ----------
    against
        Whether trains hold it that run the other way (of a single line: such trains, too).
    """

    block: int
    from_m: float
    to_m: float
    against: bool


class _Together(NamedTuple):
    """A stretch of a section (metres from a) beside another section, and the feet there."""

    own_m: Floats
    other: int
    other_m: Floats


class Courses:
    """The courses of a network's sections, with an index of where they are."""

    def __init__(self, network: LineNetwork) -> None:
        from shapely import STRtree
        from shapely.geometry import LineString

        self.numbers: list[int] = []
        self.lines: list[Any] = []
        for section in network.sections:
            if section.ground != "straight" and len(section.lat_deg) > 1:
                self.numbers.append(section.index)
                self.lines.append(
                    LineString(np.column_stack([np.asarray(section.lon_deg), section.lat_deg]))
                )
        self.tree = STRtree(self.lines)
        self.line_of = dict(zip(self.numbers, self.lines, strict=True))
        self.together: dict[int, list[_Together]] = {}
        self.crossed: dict[int, list[tuple[float, int, float]]] = {}


_COURSES: WeakKeyDictionary[LineNetwork, Courses] = WeakKeyDictionary()


def courses_of(network: LineNetwork) -> Courses:
    """Return the courses of a network, the same each time."""
    if network not in _COURSES:
        _COURSES[network] = Courses(network)
    return _COURSES[network]


def lines_beside(network: LineNetwork, way: Way) -> list[BesideBlock]:
    """Return the blocks of other lines that lie beside a way.

    Sections whose course is only a straight line between stations tell nothing and are left out.
    """
    courses = courses_of(network)
    on_way = {step.section for step in way.steps}
    found: list[BesideBlock] = []
    for position, step in enumerate(way.steps):
        if step.section not in courses.line_of:
            continue
        section = network.sections[step.section]
        if step.section not in courses.together:
            courses.together[step.section] = _together(network, courses, section)
        start = float(way.node_m[position])
        for stretch in courses.together[step.section]:
            if stretch.other in on_way:
                continue
            other = network.sections[stretch.other]
            same = (stretch.other_m[-1] >= stretch.other_m[0]) == step.forward
            for forward in (True, False):
                for block, low, high in other.blocks_from_a(forward):
                    inside = (stretch.other_m >= low - STEP_M) & (stretch.other_m <= high + STEP_M)
                    here = stretch.own_m[inside]
                    if here.size < 2:
                        continue
                    one, two = float(here.min()) - STEP_M, float(here.max()) + STEP_M
                    if not step.forward:
                        one, two = section.length_m - two, section.length_m - one
                    one, two = max(one, 0.0), min(two, section.length_m)
                    against = other.tracks < 2 or forward != same
                    found.append(BesideBlock(block, start + one, start + two, against))
    return sorted(set(found))


def in_metres(line: Any, middle: tuple[float, float]) -> Any:
    """Return a course in metres east and north of a place near by (latitude, longitude)."""
    from shapely.geometry import LineString

    at = np.radians(np.asarray(line.coords) - np.array(middle)[::-1])
    scale = np.array([EARTH_M * np.cos(np.radians(middle[0])), EARTH_M])
    return LineString(at * scale)


def _together(network: LineNetwork, courses: Courses, section: Section) -> list[_Together]:
    """Return the stretches of other sections along which a section's course keeps beside them."""
    import shapely

    own = courses.line_of[section.index]
    box = own.bounds
    middle = 0.5 * (box[1] + box[3]), 0.5 * (box[0] + box[2])
    reach = np.degrees(2.0 * BESIDE_M / EARTH_M) / max(np.cos(np.radians(middle[0])), 0.1)
    drawn = in_metres(own, middle)
    if drawn.length < TOGETHER_M:
        return []
    at = np.append(np.arange(0.0, drawn.length, STEP_M), drawn.length)
    points = shapely.line_interpolate_point(drawn, at)
    scale = section.length_m / drawn.length
    found = []
    for hit in sorted(courses.tree.query(own, predicate="dwithin", distance=reach).tolist()):
        other = network.sections[courses.numbers[hit]]
        if other.index == section.index:
            continue
        line = in_metres(courses.lines[hit], middle)
        foot = shapely.line_locate_point(line, points)
        near = shapely.distance(line, points) <= BESIDE_M
        near &= (foot > 0.5) & (foot < line.length - 0.5)
        nodes = {section.a, section.b} & {other.a, other.b}
        if section.a in nodes:
            near &= at >= NODE_M
        if section.b in nodes:
            near &= drawn.length - at >= NODE_M
        rows = np.flatnonzero(near)
        if rows.size == 0:
            continue
        for part in np.split(rows, np.flatnonzero(np.diff(at[rows]) > BRIDGED_M) + 1):
            if at[part[-1]] - at[part[0]] >= TOGETHER_M:
                along = foot[part] * (other.length_m / line.length)
                found.append(_Together(at[part] * scale, other.index, along))
    return found
