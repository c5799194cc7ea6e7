"""Restricted areas: parts of the airspace that a flight stays out of.

A file (``retinue areas: 1``) lists them, each a polygon, a circle or a strip along a line, with
the altitudes and times in which it holds::

    retinue areas: 1
    title: exercise in the Yellow Sea
    areas:
      - name: R-99
        circle: {centre: "37.2,124.9", radius: 30 km}
        lower: 0 m
        upper: 9000 m
        active: [{from: 2018-02-09 00:00 UTC, until: 2018-02-09 12:00 UTC}]
        source: NOTAM A0123/18
        confidence: H
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from retinue.air.area_shape import circle_ring, holds, polygon_ring, strip_ring
from retinue.clock import iso_utc, parse_moment
from retinue.document import Node, read_yaml, validate
from retinue.errors import InputError
from retinue.sourced import Confidence, Record, SourcedRecord
from retinue.units import Length
from retinue.world.catalogue import find_file, known_names, shown_as
from retinue.world.sphere import distance_m

__all__ = [
    "AreaFile",
    "AreasInForce",
    "RestrictedArea",
    "areas_in_force",
    "known_areas",
    "load_areas",
]

KIND = "areas"
Kind = Literal["prohibited", "restricted", "danger", "closed"]
Point = tuple[float, float]

CLIMB_M = 300_000.0
"""Within this distance of an end every altitude up to the cruise counts (assumed): a jet
needs 200-250 km to climb to its cruise."""


class CircleWritten(Record):
    """A circle around a point."""

    centre: str
    radius: Length = Field(gt=0, le=2_000_000)


class Window(Record):
    """A time in which an area holds."""

    from_: str
    until: str


class AreaWritten(SourcedRecord):
    """An area as a file gives it: one of `polygon`, `circle` and `line`."""

    name: str = Field(min_length=1)
    kind: Kind = "restricted"
    polygon: tuple[str, ...] | None = Field(default=None, description='corners "lat,lon"')
    circle: CircleWritten | None = None
    line: tuple[str, ...] | None = Field(default=None, description='corners "lat,lon" of a strip')
    within: Length | None = Field(
        default=None, gt=0, le=1_000_000, description="the strip reaches so far from the line"
    )
    lower: Length = Field(default=0.0, ge=0)
    upper: Length | None = Field(default=None, gt=0, description="unlimited where unset")
    active: tuple[Window, ...] = Field(default=(), description="always where unset")
    remark: str = ""


class AreaFile(Record):
    """A file of restricted areas."""

    retinue_areas: Literal[1]
    title: str = ""
    remark: str = ""
    areas: tuple[AreaWritten, ...] = Field(min_length=1)


@dataclass(frozen=True)
class RestrictedArea:
    """A part of the airspace that a flight stays out of.

    Attributes
    ----------
    ring
        Corners (lat, lon) in order, joined by great circles; not closed.
    lower_m, upper_m
        Altitudes in which it holds; infinite where it reaches all the way up.
    active
        (from, until) in Unix seconds; empty: always.
    """

    name: str
    ring: tuple[Point, ...]
    lower_m: float = 0.0
    upper_m: float = float("inf")
    active: tuple[tuple[float, float], ...] = ()
    kind: Kind = "restricted"
    source: str = ""
    confidence: Confidence = "K"


@dataclass(frozen=True)
class AreasInForce:
    """Which areas a flight must avoid.

    Attributes
    ----------
    ignored
        (area, why) of the others.
    """

    avoided: tuple[RestrictedArea, ...]
    ignored: tuple[tuple[RestrictedArea, str], ...]


def known_areas(folder: Path | None = None) -> list[str]:
    """Return the names of the area files that can be found."""
    return known_names(KIND, folder)


def load_areas(
    names: Sequence[str], folder: Path | None = None, where: str = ""
) -> tuple[RestrictedArea, ...]:
    """Read files of restricted areas.

    Parameters
    ----------
    names
        Names of the catalogue (kind ``areas``) or paths; a relative path counts from `folder`.
    where
        Place of the names in the journey file, for errors.

    Raises
    ------
    InputError
        Where a file is missing or faulty, or two areas have one name.
    """
    found: dict[str, RestrictedArea] = {}
    for name in names:
        path = find_file(
            KIND, name, folder, what="restricted-area", where=where, begins="retinue areas"
        )
        node = read_yaml(path, shown_as(path))
        written = validate(node, AreaFile)
        for number, area in enumerate(written.areas):
            made = _area(area, node, ("areas", number))
            if found.setdefault(made.name, made) != made:
                raise InputError(
                    f'two different areas are called "{made.name}"',
                    where=node.where(("areas", number, "name")),
                    cure="Give each its own name.",
                )
    return tuple(found.values())


def _area(area: AreaWritten, node: Node, path: tuple[int | str, ...]) -> RestrictedArea:
    def fault(key: str, what: str, cure: str = "") -> InputError:
        return InputError(f"{area.name}: {what}", where=node.where((*path, key)), cure=cure)

    given = [k for k in ("polygon", "circle", "line") if getattr(area, k) is not None]
    if len(given) != 1:
        raise fault(
            given[1] if given else "name",
            f"has {' and '.join(given) or 'no outline'}",
            'Give one of "polygon", "circle" and "line" (with "within").',
        )
    if (area.line is None) != (area.within is None):
        raise fault("name", 'a "line" and the width "within" belong together')
    key = given[0]
    texts = area.polygon or area.line or ((area.circle.centre,) if area.circle else ())
    points = [
        _point(text, lambda what: fault(key, what, 'Write "38.50,124.20".')) for text in texts
    ]
    try:
        if area.circle is not None:
            ring = circle_ring(points[0], area.circle.radius)
        elif area.within is not None:
            ring = strip_ring(points, area.within)
        else:
            ring = polygon_ring(points)
    except ValueError as error:
        raise fault(key, str(error)) from error
    upper = float("inf") if area.upper is None else area.upper
    if area.lower >= upper:
        raise fault("upper", "the upper limit is not above the lower one")
    return RestrictedArea(
        name=area.name,
        ring=ring,
        lower_m=area.lower,
        upper_m=upper,
        active=tuple(_window(w, lambda what: fault("active", what)) for w in area.active),
        kind=area.kind,
        source=area.source,
        confidence=area.confidence,
    )


def _point(text: str, fault: Callable[[str], InputError]) -> Point:
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        raise fault(f'"{text}" is not a latitude and a longitude') from None
    if not (abs(lat) <= 90.0 and abs(lon) <= 180.0):
        raise fault(f'"{text}" lies outside the Earth')
    return lat, lon


def _window(window: Window, fault: Callable[[str], InputError]) -> tuple[float, float]:
    try:
        begin, end = parse_moment(window.from_), parse_moment(window.until)
    except ValueError as error:
        raise fault(str(error)) from error
    if begin >= end:
        raise fault(f"it ends ({window.until}) before it begins ({window.from_})")
    return begin, end


def areas_in_force(
    areas: Sequence[RestrictedArea],
    *,
    cruise_m: float,
    ends: Sequence[Point],
    climb_m: float = CLIMB_M,
    time_s: tuple[float, float] | None = None,
) -> AreasInForce:
    """Return which areas a flight has to stay out of.

    Parameters
    ----------
    cruise_m
        Altitude in cruise.
    ends
        (lat, lon) of origin and destination.
    climb_m
        Within this distance of an end every altitude up to `cruise_m` counts.
    time_s
        First and last moment of the flight; None: any time counts.
    """
    avoided, ignored = [], []
    for area in areas:
        why = _untouched(area, cruise_m, ends, climb_m, time_s)
        if why:
            ignored.append((area, why))
        else:
            avoided.append(area)
    return AreasInForce(tuple(avoided), tuple(ignored))


def _untouched(
    area: RestrictedArea,
    cruise_m: float,
    ends: Sequence[Point],
    climb_m: float,
    time_s: tuple[float, float] | None,
) -> str:
    """Return why a flight need not heed an area, nothing where it must."""
    if area.lower_m > cruise_m:
        return f"it begins at {area.lower_m:,.0f} m, above the cruise at {cruise_m:,.0f} m"
    if area.upper_m < cruise_m:
        lat, lon = np.array(area.ring).T
        nearest = min(float(distance_m(*end, lat, lon).min()) for end in ends)
        # Corners may lie farther off than an edge: half the longest edge bounds by how much.
        edge = float(distance_m(lat, lon, np.roll(lat, 1), np.roll(lon, 1)).max())
        if nearest - edge / 2 > climb_m and not any(holds(area.ring, end) for end in ends):
            return (
                f"it ends at {area.upper_m:,.0f} m, below the cruise at {cruise_m:,.0f} m, and"
                f" lies {nearest / 1000:,.0f} km from where the flight climbs or descends"
            )
    if time_s is not None and area.active:
        begin, end = time_s
        if not any(begin < until and since < end for since, until in area.active):
            last = max(until for _, until in area.active)
            first = min(since for since, _ in area.active)
            return f"it holds from {iso_utc(first)} to {iso_utc(last)}, not during the flight"
    return ""
