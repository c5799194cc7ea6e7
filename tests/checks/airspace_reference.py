"""Closed airspace and the shortest way around it, written apart from `retinue.air`.

PROJ's planes, whole country outlines in cells of five degrees, circles as circles; nothing of the
planner's tiles, corners or gnomonic plane is used.

`enters` samples the track every 500 m and asks shapely in an equidistant plane around each piece
of it.  `lower_bound_m` is a length that no way around can undercut: closed airspace is shrunk (by
0.05 % of the distance, then simplified by as much, so that what is left lies within the true one)
and the shortest way around what is left is found by a visibility search over all its corners inside
the ellipse of the length to be judged.  Every way that stays out of the true airspace stays out of
the shrunk one, so the true optimum is no shorter; the bound errs on the strict side only.
"""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Transformer

from retinue.world.countries import Countries
from retinue.world.sphere import EARTH_RADIUS_M

__all__ = ["Airspace"]

Floats = NDArray[np.float64]
Point = tuple[float, float]

SPHERE = Geod(a=EARTH_RADIUS_M, b=EARTH_RADIUS_M)
TWELVE_NM = 12 * 1852.0
_CELL = 5.0
_LATLON = f"+proj=longlat +R={EARTH_RADIUS_M}"


def _plane(kind: str, lat: float, lon: float) -> tuple[Any, Any]:
    crs = f"+proj={kind} +lat_0={lat} +lon_0={lon} +R={EARTH_RADIUS_M} +units=m"
    there = Transformer.from_crs(_LATLON, crs, always_xy=True).transform
    back = Transformer.from_crs(crs, _LATLON, always_xy=True).transform
    return there, back


def _moved(shape: Any, transform: Any) -> Any:
    return shapely.transform(shape, lambda p: np.column_stack(transform(p[:, 0], p[:, 1])))


class Zones:
    """Land and 12 NM of sea of each country, cell by cell, as (lon, lat)."""

    def __init__(self, countries: Countries) -> None:
        shapes, owner = countries.topology.shapes
        # Each piece is made valid once it is cut.
        self._shapes, self._owner, self._codes = shapes, owner, countries.iso2
        self._tree = shapely.STRtree(self._shapes)
        self._known: dict[str, list[Any]] = {}

    def _cut(self, window: Floats, mine: int, *, own: bool) -> Any:
        rows = np.sort(self._tree.query(shapely.box(*window)))
        rows = rows[(self._owner[rows] == mine) == own]
        return shapely.union_all(
            shapely.make_valid(shapely.clip_by_rect(self._shapes[rows], *window))
        )

    def cells(self, code: str) -> list[tuple[Point, Any]]:
        """Return (middle, polygon in the equidistant plane around it) of each cell."""
        if code not in self._known:
            mine = self._codes.index(code)
            west, south, east, north = shapely.total_bounds(self._shapes[self._owner == mine])
            found = []
            for x in np.arange(math.floor(west / _CELL), math.ceil(east / _CELL)) * _CELL:
                for y in np.arange(math.floor(south / _CELL), math.ceil(north / _CELL)) * _CELL:
                    part = self._cut(np.array([x, y, x + _CELL, y + _CELL]), mine, own=True)
                    if part.is_empty:
                        continue
                    middle = (float(y) + _CELL / 2, float(x) + _CELL / 2)
                    there, _ = _plane("aeqd", *middle)
                    land = shapely.make_valid(_moved(shapely.segmentize(part, 0.1), there))
                    # 30 m for the corners of the buffer and what the plane stretches.
                    zone = shapely.buffer(land, TWELVE_NM - 30.0, quad_segs=32)
                    wide = 0.3 / max(math.cos(math.radians(abs(y) + _CELL)), 0.05)
                    window = np.array([x - wide, y - 0.3, x + _CELL + wide, y + _CELL + 0.3])
                    others = self._cut(window, mine, own=False)
                    if not others.is_empty:
                        flat = _moved(shapely.segmentize(others, 0.1), there)
                        zone = shapely.difference(zone, shapely.make_valid(flat))
                    found.append((middle, shapely.make_valid(shapely.union(zone, land))))
            self._known[code] = found
        return self._known[code]


@dataclass
class Airspace:
    """What is closed: countries, polygons of great circles (lat, lon), circles.

    Attributes
    ----------
    circles
        (centre, radius in metres).
    """

    zones: Zones
    closed: tuple[str, ...] = ()
    polygons: tuple[tuple[Point, ...], ...] = ()
    circles: tuple[tuple[Point, float], ...] = field(default=())

    def enters(self, path: list[Point], *, inside_by_m: float = 5.0) -> str:
        """Return what a track enters by more than a few metres, nothing where it stays out."""
        lat, lon = self._sampled(path)
        for centre, radius in self.circles:
            count = np.ones(len(lat))
            metres = SPHERE.inv(centre[1] * count, centre[0] * count, lon, lat)[2]
            if metres.min() < radius - inside_by_m:
                return f"circle around {centre}"
        for corners in self.polygons:
            middle = _middle(corners)
            there, _ = _plane("gnom", *middle)
            ring = np.column_stack(there(*np.array(corners)[:, ::-1].T))
            away = SPHERE.inv(np.full(len(lat), middle[1]), np.full(len(lat), middle[0]), lon, lat)[
                2
            ]
            near = away < 0.25 * math.pi * EARTH_RADIUS_M
            if near.any():
                inner = shapely.buffer(shapely.Polygon(ring), -inside_by_m)
                x, y = there(lon[near], lat[near])
                if shapely.intersects_xy(inner, x, y).any():
                    return f"polygon {corners[0]}"
        for code in self.closed:
            for middle, zone in self.zones.cells(code):
                away = SPHERE.inv(
                    np.full(len(lat), middle[1]), np.full(len(lat), middle[0]), lon, lat
                )[2]
                near = away < 500_000.0
                if near.any():
                    there, _ = _plane("aeqd", *middle)
                    x, y = there(lon[near], lat[near])
                    if shapely.intersects_xy(shapely.buffer(zone, -inside_by_m), x, y).any():
                        return f"{code} near {middle}"
        return ""

    def _sampled(self, path: list[Point]) -> tuple[Floats, Floats]:
        lats, lons = [], []
        for (lat1, lon1), (lat2, lon2) in itertools.pairwise(path):
            metres = SPHERE.inv(lon1, lat1, lon2, lat2)[2]
            between = SPHERE.npts(lon1, lat1, lon2, lat2, max(int(metres / 500.0), 1))
            points = np.array([(lon1, lat1), *between, (lon2, lat2)])
            lons.append(points[:, 0])
            lats.append(points[:, 1])
        return np.concatenate(lats), np.concatenate(lons)

    def lower_bound_m(
        self, start: Point, end: Point, at_most_m: float, *, shrink_share: float = 5e-4
    ) -> float:
        """Return a length no way around undercuts; at most `at_most_m`, the one to be judged.

        A smaller `shrink_share` brings it nearer to the optimum and takes longer.
        """
        apart = SPHERE.inv(start[1], start[0], end[1], end[0])[2]
        middle = SPHERE.npts(start[1], start[0], end[1], end[0], 1)[0]
        there, back = _plane("gnom", middle[1], middle[0])
        shrink = max(shrink_share * apart, 20.0)
        flat = [*self._flat(there, (middle[1], middle[0]))]
        area = shapely.union_all(flat)
        # In this plane lengths grow with the distance from its middle: shrinking by a length of
        # the plane shrinks by less on the ground, which only makes the bound stricter.
        area = shapely.make_valid(shapely.simplify(area, shrink))
        area = shapely.buffer(area, -shrink, join_style="mitre")
        ends = np.column_stack(there(*np.array([start, end])[:, ::-1].T))
        corners = shapely.get_coordinates(area)
        lon, lat = back(corners[:, 0], corners[:, 1])
        count = np.ones(len(lon))
        detour = SPHERE.inv(start[1] * count, start[0] * count, lon, lat)[2]
        detour = detour + SPHERE.inv(end[1] * count, end[0] * count, lon, lat)[2]
        useful = np.isfinite(detour) & (detour < at_most_m)
        nodes = np.concatenate((ends, corners[useful]))
        # Corners lie on the edge: what a line must not cut is a hair smaller.
        inner = shapely.buffer(area, -0.5)
        return min(_search(nodes, inner, back), at_most_m)

    def _flat(self, there: Any, centre: Point) -> Any:
        def visible(points: Floats) -> bool:
            count = np.ones(len(points))
            metres = SPHERE.inv(centre[1] * count, centre[0] * count, points[:, 0], points[:, 1])[2]
            return bool(metres.max() < math.radians(80.0) * EARTH_RADIUS_M)

        for code in self.closed:
            for middle, zone in self.zones.cells(code):
                shape = _moved(shapely.segmentize(zone, 20_000.0), _plane("aeqd", *middle)[1])
                if visible(shapely.get_coordinates(shape)):
                    yield shapely.make_valid(_moved(shape, there))
        for polygon in self.polygons:
            ring = np.array(polygon)[:, ::-1]
            if visible(ring):
                yield shapely.Polygon(np.column_stack(there(*ring.T)))
        for at, radius in self.circles:
            turn = np.linspace(0.0, 360.0, 180, endpoint=False)
            count = np.ones(len(turn))
            lon, lat, _ = SPHERE.fwd(at[1] * count, at[0] * count, turn, radius * count)
            ring = np.column_stack((lon, lat))
            if visible(ring):
                yield shapely.Polygon(np.column_stack(there(*ring.T)))


def _middle(points: tuple[Point, ...]) -> Point:
    lat, lon = np.radians(np.array(points)).T
    xyz = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]).mean(axis=1)
    return (
        math.degrees(math.atan2(xyz[2], math.hypot(xyz[0], xyz[1]))),
        math.degrees(math.atan2(xyz[1], xyz[0])),
    )


def _search(nodes: Floats, area: Any, back: Any) -> float:
    """Run A* from node 0 to node 1 over everything that sees each other."""
    lon, lat = back(nodes[:, 0], nodes[:, 1])
    shapely.prepare(area)

    def metres(one: int) -> Floats:
        count = np.ones(len(lon))
        return np.asarray(SPHERE.inv(lon[one] * count, lat[one] * count, lon, lat)[2])

    rest = metres(1)
    cost = np.full(len(nodes), np.inf)
    cost[0] = 0.0
    done = np.zeros(len(nodes), np.bool_)
    queue = [(float(rest[0]), 0)]
    while queue:
        _, here = heapq.heappop(queue)
        if done[here]:
            continue
        done[here] = True
        if here == 1:
            return float(cost[1])
        reached = cost[here] + metres(here)
        worth = np.flatnonzero(~done & (reached < cost) & (reached + rest < cost[1]))
        lines = shapely.linestrings(
            np.stack((np.broadcast_to(nodes[here], (len(worth), 2)), nodes[worth]), axis=1)
        )
        free = worth[~shapely.intersects(area, lines)]
        cost[free] = reached[free]
        for number in free.tolist():
            heapq.heappush(queue, (float(cost[number] + rest[number]), number))
    return math.inf
