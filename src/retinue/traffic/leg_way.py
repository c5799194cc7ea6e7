"""The way of a rail leg over the timetable's network: which nodes its route passes, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import NoPlan, Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.traffic.line_network import LineNetwork, Way
    from retinue.world.rail_route import RailRoute

    Floats = NDArray[np.float64]

__all__ = ["leg_way"]

END_M = 3_000.0
"""A leg's end and its station of the timetable are at most so far apart (the pack is coarse)."""

BESIDE_M = 800.0
"""A station so near to the route is passed."""

VIA_EVERY_M = 8_000.0
LONGER = 1.25
"""The way over the network is at most so much longer than the route."""

EARTH_M_PER_DEG = 111_195.0


def leg_way(network: LineNetwork, route: RailRoute) -> tuple[Way, Floats]:
    """Return the way, and the route's chainage at each of its nodes.

    Raises
    ------
    NoPlan
        Kind ``no-timetable``: where the network does not cover the leg.
    """
    chainage, beside = _beside(network, route)
    stops = np.array([station.kind == "station" for station in network.stations])
    length = route.length_m
    ends = []
    for at_m, name in ((0.0, route.points[0].point.name), (length, route.points[-1].point.name)):
        apart = np.where(stops, np.hypot(beside, chainage - at_m), np.inf)
        node = int(np.argmin(apart))
        if not apart[node] <= END_M:
            what = f"the timetable has no station near {name}"
            cure = "Take a timetable that covers the whole leg."
            raise NoPlan(what, reasons=[Reason(what, name, cure, "no-timetable")], cure=cure)
        ends.append(node)
    start, end = ends
    if start == end:
        what = "the leg begins and ends at one station of the timetable"
        raise NoPlan(what, reasons=[Reason(what, kind="no-timetable")])
    via = _vias(network, chainage, beside, stops, start, end)
    try:
        steps = network.way(start, end, via=via)
    except NoPlan:
        via = ()
        steps = network.way(start, end)
    way = network.along(steps)
    if way.length_m > LONGER * length + END_M:
        what = (
            f"the timetable's lines between {network.stations[start].name} and "
            f"{network.stations[end].name} are {way.length_m / 1000:.0f} km long, the leg "
            f"{length / 1000:.0f} km: it runs over lines that the timetable does not have"
        )
        raise NoPlan(what, reasons=[Reason(what, kind="no-timetable")])
    anchors = {0: 0.0, len(way.nodes) - 1: length}
    wanted = set(via)
    last = 0.0
    for position, node in enumerate(way.nodes.tolist()):
        if node in wanted and last + 100.0 < chainage[node] < length - 100.0:
            anchors[position] = last = float(chainage[node])
            wanted.discard(node)
    known = sorted(anchors)
    place = np.interp(way.node_m, way.node_m[known], [anchors[i] for i in known])
    return way, place


def _beside(network: LineNetwork, route: RailRoute) -> tuple[Floats, Floats]:
    """Return for each node the nearest chainage of the route, and how far beside it lies."""
    lat = np.array([s.lat for s in network.stations])
    lon = np.array([s.lon for s in network.stations])
    scale = np.cos(np.radians(np.mean(route.lat_deg)))
    x, y = route.lon_deg * scale * EARTH_M_PER_DEG, route.lat_deg * EARTH_M_PER_DEG
    px, py = lon * scale * EARTH_M_PER_DEG, lat * EARTH_M_PER_DEG
    best, at = np.full(lat.size, np.inf), np.zeros(lat.size)
    for i in range(x.size - 1):
        dx, dy = x[i + 1] - x[i], y[i + 1] - y[i]
        square = dx * dx + dy * dy
        if square == 0.0:
            continue
        share = np.clip(((px - x[i]) * dx + (py - y[i]) * dy) / square, 0.0, 1.0)
        apart = np.hypot(px - x[i] - share * dx, py - y[i] - share * dy)
        nearer = apart < best
        best = np.where(nearer, apart, best)
        here = route.distance_m[i] + share * (route.distance_m[i + 1] - route.distance_m[i])
        at = np.where(nearer, here, at)
    return at, best


def _vias(
    network: LineNetwork, chainage: Floats, beside: Floats, stops: NDArray[np.bool_], start: int,
    end: int,
) -> tuple[int, ...]:  # fmt: skip
    """Return stations along the route that the way has to pass, in order."""
    found: list[int] = []
    last = 0.0
    for node in np.argsort(chainage, kind="stable").tolist():
        if node in (start, end) or not stops[node] or beside[node] > BESIDE_M:
            continue
        if last + VIA_EVERY_M <= chainage[node] <= float(chainage[end]) - VIA_EVERY_M / 2:
            found.append(node)
            last = float(chainage[node])
    return tuple(found)
