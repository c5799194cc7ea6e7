"""Where one line crosses another above or below: their courses meet and no node joins them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.traffic.lines_beside import Courses, courses_of, in_metres

if TYPE_CHECKING:
    from retinue.traffic.line_network import LineNetwork, Section, Way

__all__ = ["crossings_of"]

NODE_M = 290.0
"""Courses that meet so near to a node of both meet in the throat of a station."""

LEAST_ANGLE = np.sin(np.radians(18.0))
"""Courses that meet less sharply are one line drawn twice."""


def crossings_of(network: LineNetwork, way: Way) -> list[tuple[float, int]]:
    """Return (metres along the way, block of the other line) for each crossing on two levels.

    Sections whose course is only a straight line between stations tell nothing and are left out.
    """
    courses = courses_of(network)
    found: list[tuple[float, int]] = []
    on_way = {step.section for step in way.steps}
    for position, step in enumerate(way.steps):
        if step.section not in courses.line_of:
            continue
        section = network.sections[step.section]
        if step.section not in courses.crossed:
            courses.crossed[step.section] = _crossed(network, courses, section)
        for here, number, there in courses.crossed[step.section]:
            if number in on_way:
                continue
            at = here if step.forward else section.length_m - here
            along = float(way.node_m[position]) + at
            found += [(along, block) for block in _blocks_at(network.sections[number], there)]
    return sorted(set(found))


def _crossed(
    network: LineNetwork, courses: Courses, section: Section
) -> list[tuple[float, int, float]]:
    """Return (metres from a, other section, metres from its a) of each crossing of a section."""
    own = courses.line_of[section.index]
    box = own.bounds
    middle = 0.5 * (box[1] + box[3]), 0.5 * (box[0] + box[2])
    drawn = in_metres(own, middle)
    found = []
    for hit in sorted(courses.tree.query(own, predicate="intersects").tolist()):
        other = network.sections[courses.numbers[hit]]
        if other.index == section.index:
            continue
        for share, other_share in _meetings(drawn, in_metres(courses.lines[hit], middle)):
            here, there = share * section.length_m, other_share * other.length_m
            if not _at_a_node(section, here, other, there):
                found.append((here, other.index, there))
    return found


def _at_a_node(section: Section, here: float, other: Section, there: float) -> bool:
    """Return whether two sections meet near a node that both have."""
    for node in {section.a, section.b} & {other.a, other.b}:
        ends = [
            abs(at - at_end)
            for one, at in ((section, here), (other, there))
            for end, at_end in ((one.a, 0.0), (one.b, one.length_m))
            if end == node
        ]
        if min(ends) < NODE_M:
            return True
    return False


def _meetings(one: Any, two: Any) -> list[tuple[float, float]]:
    """Return where two courses in metres cross at an angle, as shares of both lengths."""
    from shapely.geometry import Point

    met = one.intersection(two)
    parts = getattr(met, "geoms", [met])
    found = []
    for part in parts:
        if not isinstance(part, Point):
            continue
        shares = one.project(part, normalized=True), two.project(part, normalized=True)
        a, b = _direction(one, shares[0]), _direction(two, shares[1])
        turn = abs(a[0] * b[1] - a[1] * b[0])
        if turn > LEAST_ANGLE * float(np.hypot(*a) * np.hypot(*b)):
            found.append(shares)
    return found


def _direction(line: Any, share: float) -> np.ndarray:
    """Return the direction of the edge of a line that holds a place of it."""
    xy = np.asarray(line.coords)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    k = int(np.clip(np.searchsorted(along, share * along[-1], side="right") - 1, 0, len(xy) - 2))
    return np.asarray(xy[k + 1] - xy[k])


def _blocks_at(section: Section, at_m: float) -> set[int]:
    """Return the blocks of both directions that lie at a place of a section."""
    return {
        block
        for forward in (True, False)
        for block, low, high in section.blocks_from_a(forward)
        if low - 1.0 <= at_m <= high + 1.0
    }
