"""The nearest pair of nodes of two components: where a mending link would have to go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retinue.world.sphere import EARTH_RADIUS_M, unit_vectors

__all__ = ["ComponentGap", "nearest_gap"]

_CELL_DEG = 1.0


@dataclass(frozen=True)
class ComponentGap:
    """Two nodes of different components with nothing nearer between these components.

    Attributes
    ----------
    node1, node2
        The nodes.
    lat1_deg, lon1_deg, lat2_deg, lon2_deg
        Where they are.
    distance_m
        Great-circle distance.
    """

    node1: int
    node2: int
    lat1_deg: float
    lon1_deg: float
    lat2_deg: float
    lon2_deg: float
    distance_m: float


@dataclass(frozen=True)
class _Cells:
    """Nodes of one component in cells, each with a sphere around them."""

    nodes: NDArray[np.int64]
    points: NDArray[np.float64]
    start: NDArray[np.int64]
    centre: NDArray[np.float64]
    radius: NDArray[np.float64]


def _cells(lat: NDArray[np.float64], lon: NDArray[np.float64], nodes: NDArray[np.int64]) -> _Cells:
    key = np.floor(lat[nodes] / _CELL_DEG) * 1000 + np.floor(lon[nodes] / _CELL_DEG)
    nodes = nodes[np.argsort(key, kind="stable")]
    key = np.sort(key, kind="stable")
    start = np.append(np.flatnonzero(np.diff(key, prepend=np.nan) != 0), len(nodes))
    points = unit_vectors(lat[nodes], lon[nodes])
    counts = np.diff(start)
    centre = np.add.reduceat(points, start[:-1]) / counts[:, None]
    away = np.linalg.norm(points - np.repeat(centre, counts, axis=0), axis=1)
    return _Cells(nodes, points, start, centre, np.maximum.reduceat(away, start[:-1]))


def nearest_gap(
    lat_deg: NDArray[np.float64],
    lon_deg: NDArray[np.float64],
    component: NDArray[np.int32],
    first: int,
    second: int,
) -> ComponentGap:
    """Return the nearest pair of nodes of two components, exactly.

    Nodes are gathered in cells of one degree; pairs of cells are opened in the order of
    the least chord that their bounding spheres allow, until none can beat the best pair.
    """
    one = _cells(lat_deg, lon_deg, np.flatnonzero(component == first))
    two = _cells(lat_deg, lon_deg, np.flatnonzero(component == second))
    best, pair = np.inf, (-1, -1)
    # The cell of the first component that looks nearest gives a bound early on.
    least = _least_chords(one, two)
    order = np.argsort(least, axis=None, kind="stable")
    for flat in order:
        row, column = divmod(int(flat), least.shape[1])
        if least[row, column] >= best:
            break
        a = slice(one.start[row], one.start[row + 1])
        b = slice(two.start[column], two.start[column + 1])
        chord, i, j = _nearest_pair(one.points[a], two.points[b])
        if chord < best:
            best = chord
            pair = (int(one.nodes[a][i]), int(two.nodes[b][j]))
    node1, node2 = pair
    return ComponentGap(
        node1,
        node2,
        float(lat_deg[node1]),
        float(lon_deg[node1]),
        float(lat_deg[node2]),
        float(lon_deg[node2]),
        float(2.0 * EARTH_RADIUS_M * np.arcsin(min(best / 2.0, 1.0))),
    )


def _least_chords(one: _Cells, two: _Cells) -> NDArray[np.float64]:
    square = (
        (one.centre**2).sum(1)[:, None] + (two.centre**2).sum(1) - 2.0 * one.centre @ two.centre.T
    )
    apart = np.sqrt(np.maximum(square, 0.0))
    # A hair less than the true bound keeps rounding on the safe side.
    least: NDArray[np.float64] = np.maximum(apart - one.radius[:, None] - two.radius - 1e-9, 0.0)
    return least


def _nearest_pair(
    a: NDArray[np.float64], b: NDArray[np.float64], block: int = 512
) -> tuple[float, int, int]:
    best, where = np.inf, (0, 0)
    for begin in range(0, len(a), block):
        apart = a[begin : begin + block, None, :] - b[None, :, :]
        square = np.einsum("ijk,ijk->ij", apart, apart)
        flat = int(np.argmin(square))
        if square.flat[flat] < best:
            best = float(square.flat[flat])
            where = (begin + flat // len(b), flat % len(b))
    return float(np.sqrt(best)), *where
