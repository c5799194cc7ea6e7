"""Parts of rail routes: cut one at chainages, lay several behind each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from retinue.rail.running_path import PowerSections, RunningPath
from retinue.rail.steps import Steps
from retinue.world.rail_route import OperatingPoint, RailRoute, RoutePoint, Value

__all__ = ["cut_route", "laid_end_to_end", "paths_end_to_end"]

_LEAST_M = 1.0


def cut_route(
    route: RailRoute,
    from_m: float,
    to_m: float,
    begin: OperatingPoint | None = None,
    end: OperatingPoint | None = None,
) -> RailRoute:
    """Return the part of a route between two chainages, its chainage from 0.

    Parameters
    ----------
    begin, end
        Points at the cuts; None where the route's own end is kept.
    """
    share = (to_m - from_m) / route.length_m
    inside = (route.distance_m > from_m) & (route.distance_m < to_m)
    at = np.concatenate(([from_m], route.distance_m[inside], [to_m]))
    points = [
        replace(entry, distance_m=entry.distance_m - from_m)
        for entry in route.points
        if from_m - _LEAST_M < entry.distance_m < to_m + _LEAST_M
        and not (begin is not None and entry.distance_m < from_m + _LEAST_M)
        and not (end is not None and entry.distance_m > to_m - _LEAST_M)
    ]
    if begin is not None:
        points.insert(0, RoutePoint(begin, 0.0))
    if end is not None:
        points.append(RoutePoint(end, to_m - from_m))
    stretches = [
        replace(s, from_m=max(s.from_m, from_m) - from_m, to_m=min(s.to_m, to_m) - from_m)
        for s in route.stretches
        if s.from_m < to_m - 1e-6 and s.to_m > from_m + 1e-6
    ]
    return RailRoute(
        points=tuple(points),
        stretches=tuple(stretches),
        lon_deg=np.interp(at, route.distance_m, route.lon_deg),
        lat_deg=np.interp(at, route.distance_m, route.lat_deg),
        distance_m=at - from_m,
        graph_length_m=route.graph_length_m * share,
        assumptions=route.assumptions,
    )


def laid_end_to_end(routes: Sequence[RailRoute], seams: Sequence[Value]) -> RailRoute:
    """Return routes in succession as one.

    Where two meet, the point of the later one stands; the train passes without a change
    of ends.

    Parameters
    ----------
    seams
        What is assumed where they meet.
    """
    if len(routes) == 1:
        return routes[0]
    points: list[RoutePoint] = []
    stretches = []
    assumptions: list[Value] = list(seams)
    lat, lon, distance = [], [], []
    start = 0.0
    for number, route in enumerate(routes):
        if number:
            points.pop()
        points += [replace(p, distance_m=p.distance_m + start) for p in route.points]
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
        assumptions=tuple(dict.fromkeys(assumptions)),
    )


def paths_end_to_end(paths: Sequence[RunningPath], name: str) -> RunningPath:
    """Return running paths in succession as one."""
    starts: list[float] = []
    systems: list[str | None] = []
    at = 0.0
    for path in paths:
        for start, system in zip(path.power.start_m.tolist(), path.power.system, strict=True):
            if start < path.length_m and (not systems or systems[-1] != system):
                starts.append(at + start)
                systems.append(system)
        at += path.length_m

    def joined(key: str) -> Steps:
        return Steps.concatenate([(getattr(path, key), path.length_m) for path in paths])

    return RunningPath(
        name=name,
        length_m=at,
        limit_mps=joined("limit_mps"),
        gradient=joined("gradient"),
        curve_radius_m=joined("curve_radius_m"),
        tunnel_factor=joined("tunnel_factor"),
        power=PowerSections(np.array(starts), tuple(systems)),
        equivalent_resistance=joined("equivalent_resistance"),
    )
