"""Finding the road nearest to a place: segments by cell of a grid, looked at ring by ring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retinue.world.road_network import RoadNetwork
from retinue.world.road_tables import RoadGridTable, RoadShapeTable
from retinue.world.sphere import EARTH_RADIUS_M

__all__ = ["RoadPlace", "grid_table", "nearest_place"]

_CELL_DEG = 0.004
_ROW = 1_000_000

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class RoadPlace:
    """A place on a road, and how far it lies from the place that was asked for.

    Attributes
    ----------
    edge, at_m
        The edge, and the distance along it.
    access_m
        From the asked place, as the crow flies.
    """

    edge: int
    at_m: float
    lat: float
    lon: float
    access_m: float


def grid_table(shapes: RoadShapeTable, shape_start: NDArray[np.int64]) -> RoadGridTable:
    """Return the grid of all segments; a segment is in every cell that its box touches."""
    last = np.zeros(len(shapes), np.bool_)
    last[shape_start[1:] - 1] = True
    segment = np.flatnonzero(~last)
    lat = np.column_stack((shapes.lat_deg[segment], shapes.lat_deg[segment + 1])) / _CELL_DEG
    lon = np.column_stack((shapes.lon_deg[segment], shapes.lon_deg[segment + 1])) / _CELL_DEG
    low_y, high_y = np.floor(lat.min(1)).astype(np.int64), np.floor(lat.max(1)).astype(np.int64)
    low_x, high_x = np.floor(lon.min(1)).astype(np.int64), np.floor(lon.max(1)).astype(np.int64)
    wide = high_x - low_x + 1
    counts = wide * (high_y - low_y + 1)
    owner = np.repeat(np.arange(len(segment)), counts)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    key = (low_y[owner] + within // wide[owner]) * _ROW + low_x[owner] + within % wide[owner]
    order = np.argsort(key, kind="stable")
    keys, first = np.unique(key[order], return_index=True)
    return RoadGridTable(
        key=keys,
        start=np.append(first, len(order)).astype(np.int64),
        segment=segment[owner[order]].astype(np.int32),
    )


def nearest_place(
    network: RoadNetwork, lat: float, lon: float, most_m: float, usable: Mask
) -> RoadPlace | None:
    """Return the nearest place on a usable edge within a distance; None: there is none.

    Distances are on the plane that touches the sphere at the asked place, which is good to
    a millionth within 10 km.
    """
    grid, shapes = network.grid, network.shapes
    north = np.pi / 180.0 * EARTH_RADIUS_M
    east = north * float(np.cos(np.radians(lat)))
    row, column = int(np.floor(lat / _CELL_DEG)), int(np.floor(lon / _CELL_DEG))
    side_m = _CELL_DEG * min(north, max(east, 1e-6))
    best: tuple[float, int, float, float] | None = None
    for ring in range(int(most_m / side_m) + 2):
        # Every place of a farther ring lies at least so far away.
        if best is not None and best[0] <= (ring - 1) * side_m:
            break
        segment = _segments(grid, row, column, ring)
        if not len(segment):
            continue
        edge = np.searchsorted(network.edges.shape_start, segment, side="right") - 1
        open_ = usable[edge]
        segment, edge = segment[open_], edge[open_]
        if not len(segment):
            continue
        y0 = (shapes.lat_deg[segment] - lat) * north
        x0 = (shapes.lon_deg[segment] - lon) * east
        dy = (shapes.lat_deg[segment + 1] - lat) * north - y0
        dx = (shapes.lon_deg[segment + 1] - lon) * east - x0
        square = dx * dx + dy * dy
        share = np.clip(-(x0 * dx + y0 * dy) / np.where(square > 0.0, square, 1.0), 0.0, 1.0)
        away = np.hypot(x0 + share * dx, y0 + share * dy)
        first = int(np.argmin(away))
        if away[first] <= most_m and (best is None or away[first] < best[0]):
            at = segment[first]
            along = shapes.distance_m[at : at + 2]
            metres = float(along[0] + share[first] * (along[1] - along[0]))
            best = float(away[first]), int(edge[first]), metres, float(share[first])
    if best is None:
        return None
    access, found, at_m, _ = best
    there = network.position(found, at_m)
    return RoadPlace(found, at_m, *there, access)


def _segments(grid: RoadGridTable, row: int, column: int, ring: int) -> NDArray[np.int64]:
    """Return the segments in the cells of a square ring, without repetition."""
    span = np.arange(-ring, ring + 1)
    if ring == 0:
        keys = np.array([row * _ROW + column])
    else:
        inner = span[1:-1]
        y = np.concatenate((np.full(len(span), -ring), np.full(len(span), ring), inner, inner))
        x = np.concatenate((span, span, np.full(len(inner), -ring), np.full(len(inner), ring)))
        keys = (row + y) * _ROW + column + x
    at = np.searchsorted(grid.key, keys)
    at = at[at < len(grid.key)]
    at = at[np.isin(grid.key[at], keys)]
    parts = [grid.segment[int(grid.start[i]) : int(grid.start[i + 1])] for i in np.unique(at)]
    if not parts:
        return np.zeros(0, np.int64)
    return np.unique(np.concatenate(parts)).astype(np.int64)
