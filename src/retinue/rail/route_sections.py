"""A route cut at the planned changes of a train, and the names of its places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retinue.rail.formation import Formation
from retinue.world.rail_route import RailRoute, RoutePoint, RouteStretch

__all__ = [
    "ANCHOR_M",
    "PlannedChange",
    "RouteSection",
    "between",
    "place_name",
    "point_after",
    "point_before",
    "sections_of",
    "stretches_in",
]

ANCHOR_M = 1.0  #: chainages nearer than this are one place


@dataclass(frozen=True)
class PlannedChange:
    """A formation that runs from a chainage on.

    Attributes
    ----------
    at_m
        Chainage of the stop.
    formation
        The train as it leaves.
    """

    at_m: float
    formation: Formation


@dataclass(frozen=True)
class RouteSection:
    """A part of a route that one formation runs."""

    from_m: float
    to_m: float
    formation: Formation


def sections_of(
    formation: Formation, route: RailRoute, changes: Sequence[PlannedChange]
) -> list[RouteSection]:
    """Return the sections between planned changes, each with the formation that runs it."""
    starts = [(0.0, formation)]
    for change in sorted(changes, key=lambda change: change.at_m):
        # A stop that changes nothing begins no section.
        if change.formation != starts[-1][1]:
            starts.append((change.at_m, change.formation))
    ends = [start for start, _ in starts[1:]] + [route.length_m]
    # Several changes at one place (gauge, then locomotives): the last one leaves.
    return [
        RouteSection(start, end, train)
        for (start, train), end in zip(starts, ends, strict=True)
        if end - start > ANCHOR_M
    ]


def stretches_in(route: RailRoute, section: RouteSection) -> list[RouteStretch]:
    """Return the stretches that a section touches."""
    return [
        stretch
        for stretch in route.stretches
        if min(stretch.to_m, section.to_m) - max(stretch.from_m, section.from_m) > ANCHOR_M
    ]


def point_before(route: RailRoute, distance_m: float) -> RoutePoint:
    """Return the last operating point at or before a chainage."""
    before = [p for p in route.points if p.distance_m <= distance_m + ANCHOR_M]
    return before[-1] if before else route.points[0]


def point_after(route: RailRoute, distance_m: float) -> RoutePoint:
    """Return the first operating point at or after a chainage."""
    after = [p for p in route.points if p.distance_m >= distance_m - ANCHOR_M]
    return after[0] if after else route.points[-1]


def place_name(point: RoutePoint) -> str:
    """Return ``Tumangang (42.42 N, 130.61 E)``."""
    lat, lon = point.point.lat, point.point.lon
    return (
        f"{point.point.name} ({abs(lat):.2f} {'N' if lat >= 0 else 'S'}, "
        f"{abs(lon):.2f} {'E' if lon >= 0 else 'W'})"
    )


def between(route: RailRoute, from_m: float, to_m: float) -> str:
    """Return ``between A (...) and B (...)`` for a piece of the route."""
    first, last = point_before(route, from_m), point_after(route, to_m)
    return f"between {place_name(first)} and {place_name(last)}"
