"""Courses of lines in a record of traffic: which run beside the special train's way or cross it.

A timetable's shapes draw the tracks of one railway as several lines: who is beside the train is not
only who is on its own section.  Two courses lie side by side where they keep within a few metres
for some hundred; they cross where they meet at an angle and no node near by joins them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from retinue.plan.traffic import LineSection

    Floats = NDArray[np.float64]

__all__ = ["Beside", "Crossing", "crossings", "lines_beside"]

BESIDE_M = 25.0
"""Courses no farther apart lie side by side: four tracks are 16 m wide, shapes are 10 m off."""

TOGETHER_M = 400.0
"""For so long, else they only meet."""

NODE_M = 300.0
"""So near to a node that both have they are one station or one set of points."""

SIDE_M, LEAST_SIDE_M = 15.0, 2.0
"""So far before and behind a crossing a course is clearly on either side of the other."""

STEP_M = 25.0
EARTH_M = 6_371_008.8
LEAST_ANGLE = np.sin(np.radians(20.0))
"""Courses that meet more sharply than this cross; flatter they are one line drawn twice."""


class Beside(NamedTuple):
    """A block of another line beside the way; `direction`: of who runs against the train."""

    resource: int
    from_m: float
    to_m: float
    direction: int


class Crossing(NamedTuple):
    """A block of another line that crosses the way on another level."""

    resource: int
    at_m: float


@dataclass(frozen=True, eq=False)
class _Course:
    """A section's course in metres of a plane, and the length along it at each point."""

    section: LineSection
    xy: Floats
    along_m: Floats

    @property
    def scale(self) -> float:
        """Metres of the section for each metre of the drawn course."""
        return self.section.length_m / float(self.along_m[-1])

    def chainage(self, drawn_m: float) -> float:
        """Return the chainage of the leg at a length along the drawn course."""
        a_m, b_m = self.section.a_m, self.section.b_m
        assert a_m is not None and b_m is not None
        return a_m + (b_m - a_m) * drawn_m / float(self.along_m[-1])

    def from_nodes(self, drawn_m: Floats, nodes: set[int]) -> Floats:
        """Return how far along the course the nearest of some nodes is."""
        away = np.full(drawn_m.shape, np.inf)
        if self.section.a in nodes:
            away = np.minimum(away, drawn_m)
        if self.section.b in nodes:
            away = np.minimum(away, self.along_m[-1] - drawn_m)
        return away


def lines_beside(sections: Sequence[LineSection]) -> list[Beside]:
    """Return the blocks of other lines that lie beside the way, and where."""
    found: list[Beside] = []
    for own, other in _pairs(sections, BESIDE_M):
        found += _beside(own, other)
    return sorted(set(found))


def crossings(sections: Sequence[LineSection]) -> list[Crossing]:
    """Return the blocks of other lines that cross the way, and where."""
    found: set[Crossing] = set()
    for own, other in _pairs(sections, 0.0):
        for own_m, other_m in _meetings(own, other):
            nodes = {own.section.a, own.section.b} & {other.section.a, other.section.b}
            away = (
                own.from_nodes(np.array([own_m]), nodes),
                other.from_nodes(np.array([other_m]), nodes),
            )
            if min(float(a[0]) for a in away) >= NODE_M:
                at = other_m * other.scale
                found |= {
                    Crossing(span.resource, own.chainage(own_m))
                    for span in (*other.section.up, *other.section.down)
                    if span.from_m <= at <= span.to_m
                }
    return sorted(found)


def _pairs(sections: Sequence[LineSection], margin_m: float) -> Iterator[tuple[_Course, _Course]]:
    """Yield each section of the way with each other line whose bounds come near it."""
    drawn = [s for s in sections if s.ground != "straight" and len(s.lat) > 1]
    if not drawn:
        return
    middle = float(np.mean([s.lat[0] for s in drawn])), float(np.mean([s.lon[0] for s in drawn]))
    courses = [course for s in drawn if (course := _course(s, middle)) is not None]
    on_way = {s.id for s in sections if s.a_m is not None}
    others = [c for c in courses if c.section.id not in on_way]
    if not others:
        return
    low = np.array([c.xy.min(axis=0) for c in others]) - margin_m
    high = np.array([c.xy.max(axis=0) for c in others]) + margin_m
    for own in courses:
        if own.section.a_m is None:
            continue
        touches = (low <= own.xy.max(axis=0)) & (high >= own.xy.min(axis=0))
        for number in np.flatnonzero(touches.all(axis=1)).tolist():
            yield own, others[number]


def _course(section: LineSection, middle: tuple[float, float]) -> _Course | None:
    lat, lon = np.radians(np.array(section.lat)), np.radians(np.array(section.lon))
    y = EARTH_M * (lat - np.radians(middle[0]))
    x = EARTH_M * np.cos(lat) * (lon - np.radians(middle[1]))
    xy = np.column_stack([x, y])
    step = np.hypot(*np.diff(xy, axis=0).T)
    keep = np.concatenate(([True], step > 1e-3))
    xy = xy[keep]
    if len(xy) < 2:
        return None
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))))
    return _Course(section, xy, along)


def _beside(own: _Course, other: _Course) -> Iterator[Beside]:
    """Yield the stretches along which another course keeps beside one."""
    at = np.arange(0.0, float(own.along_m[-1]), STEP_M)
    points = np.column_stack([np.interp(at, own.along_m, own.xy[:, k]) for k in (0, 1)])
    away, foot = _feet(points, other)
    nodes = {own.section.a, own.section.b} & {other.section.a, other.section.b}
    inside = (foot > 1.0) & (foot < other.along_m[-1] - 1.0)
    near = (away <= BESIDE_M) & inside & (own.from_nodes(at, nodes) >= NODE_M)
    for first, last in _stretches(near):
        if at[last] - at[first] < TOGETHER_M:
            continue
        here, there = at[first : last + 1], foot[first : last + 1]
        sense = 1 if there[-1] >= there[0] else -1
        assert own.section.a_m is not None and own.section.b_m is not None
        against = -sense if own.section.a_m < own.section.b_m else sense
        metres = there * other.scale
        for span in {*other.section.up, *other.section.down}:
            held = here[(metres >= span.from_m) & (metres <= span.to_m)]
            if held.size > 1:
                ends = own.chainage(float(held[0])), own.chainage(float(held[-1]))
                yield Beside(span.resource, min(ends), max(ends), against)


def _feet(points: Floats, course: _Course) -> tuple[Floats, Floats]:
    """Return for each point the distance to a course and the length along it of its foot."""
    one, two = course.xy[:-1], course.xy[1:]
    edge = two - one
    length2 = (edge**2).sum(axis=1)
    away = np.full(len(points), np.inf)
    foot = np.zeros(len(points))
    reach = max(float(BESIDE_M), 1.0)
    low, high = points.min(axis=0) - reach, points.max(axis=0) + reach
    # Edges far from all points are left out; a point that none is near to has no foot.
    kept = ((np.maximum(one, two) >= low) & (np.minimum(one, two) <= high)).all(axis=1)
    for k in np.flatnonzero(kept).tolist():
        share = np.clip((points - one[k]) @ edge[k] / length2[k], 0.0, 1.0)
        apart = np.hypot(*(points - one[k] - share[:, None] * edge[k]).T)
        better = apart < away
        away = np.where(better, apart, away)
        foot = np.where(better, course.along_m[k] + share * np.sqrt(length2[k]), foot)
    return away, foot


def _stretches(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return first and last index of each run of true."""
    edges = np.diff(np.concatenate(([False], mask, [False])).astype(np.int8))
    return list(
        zip(np.flatnonzero(edges == 1).tolist(), (np.flatnonzero(edges == -1) - 1).tolist(),
            strict=True)
    )  # fmt: skip


def _meetings(own: _Course, other: _Course) -> list[tuple[float, float]]:
    """Return where two courses cross at an angle, as lengths along both."""
    p, r = own.xy[:-1][:, None], np.diff(own.xy, axis=0)[:, None]
    q, s = other.xy[:-1][None], np.diff(other.xy, axis=0)[None]
    turn = r[..., 0] * s[..., 1] - r[..., 1] * s[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = q - p
        t = (gap[..., 0] * s[..., 1] - gap[..., 1] * s[..., 0]) / turn
        u = (gap[..., 0] * r[..., 1] - gap[..., 1] * r[..., 0]) / turn
    met = (t >= 0.0) & (t < 1.0) & (u >= 0.0) & (u < 1.0)
    found = [
        (
            float(own.along_m[i] + t[i, j] * (own.along_m[i + 1] - own.along_m[i])),
            float(other.along_m[j] + u[i, j] * (other.along_m[j + 1] - other.along_m[j])),
        )
        for i, j in np.argwhere(met).tolist()
    ]
    return [(own_m, other_m) for own_m, other_m in found if _crosses(own, own_m, other, other_m)]


def _crosses(own: _Course, own_m: float, other: _Course, other_m: float) -> bool:
    """Return whether a course goes over to the other side of another, and sharply.

    Courses that are one for a while, and bend together or part, touch and do not cross.
    """
    here = _at(own, own_m)
    back, on = _at(own, own_m - SIDE_M) - here, _at(own, own_m + SIDE_M) - here
    one, two = _at(other, other_m - SIDE_M) - here, _at(other, other_m + SIDE_M) - here
    ahead, along = on - back, two - one
    if abs(_turn(along, ahead)) < LEAST_ANGLE * np.hypot(*along) * np.hypot(*ahead):
        return False
    sides = _side(back, one, two), _side(on, one, two)
    return sides[0] * sides[1] < 0.0 and min(map(abs, sides)) >= LEAST_SIDE_M


def _side(point: Floats, one: Floats, two: Floats) -> float:
    """Return how far a point lies left (else negative) of a line that bends at the origin."""
    found = []
    for way, end in ((-one, one), (two, two)):
        share = float(np.clip(point @ end / max(float(end @ end), 1e-9), 0.0, 1.0))
        found.append((float(np.hypot(*(point - share * end))), _turn(way, point)))
    away, side = min(found)
    return math.copysign(away, side)


def _at(course: _Course, drawn_m: float) -> Floats:
    return np.array([np.interp(drawn_m, course.along_m, course.xy[:, k]) for k in (0, 1)])


def _turn(one: Floats, two: Floats) -> float:
    return float(one[0] * two[1] - one[1] * two[0])
