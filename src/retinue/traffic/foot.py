"""Feet: the nearest places on a chain of points, in the order in which they are passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.world.sphere import EARTH_RADIUS_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["feet_in_order", "feet_on_edges"]


def feet_on_edges(
    lat: float, lon: float, lat1: Floats, lon1: Floats, lat2: Floats, lon2: Floats
) -> tuple[Floats, Floats]:
    """Return the distance from a point to each edge, and where on the edge (0 to 1) its foot is.

    Computed on the plane that touches the sphere at the point: right to a thousandth within
    50 km, and farther off nobody asks.
    """
    east = np.cos(np.radians(lat))
    x1, y1 = _plane(lat, lon, lat1, lon1, float(east))
    x2, y2 = _plane(lat, lon, lat2, lon2, float(east))
    dx, dy = x2 - x1, y2 - y1
    square = dx * dx + dy * dy
    share = np.clip(-(x1 * dx + y1 * dy) / np.where(square > 0.0, square, 1.0), 0.0, 1.0)
    return np.hypot(x1 + share * dx, y1 + share * dy), share


def _plane(
    lat0: float, lon0: float, lat: Floats, lon: Floats, east: float
) -> tuple[Floats, Floats]:
    turned = (lon - lon0 + 180.0) % 360.0 - 180.0
    return (
        np.radians(turned) * east * EARTH_RADIUS_M,
        np.radians(lat - lat0) * EARTH_RADIUS_M,
    )


def feet_in_order(
    stop_lat: Floats, stop_lon: Floats, lat: Floats, lon: Floats
) -> list[tuple[int, float, float]]:
    """Return the feet of stops on a chain, the edges not decreasing, by least sum of squares.

    A dynamic programme over stops and edges: with ``d`` the distance of a stop to an edge,
    ``best[i][k] = d[i][k]² + min(best[i-1][j], j <= k)``.

    Returns
    -------
    list of (edge, share, distance_m)
        One for every stop; on one edge the shares do not decrease either.
    """
    edges = len(lat) - 1
    stops = len(stop_lat)
    away = np.empty((stops, edges))
    share = np.empty((stops, edges))
    for i in range(stops):
        away[i], share[i] = feet_on_edges(
            float(stop_lat[i]), float(stop_lon[i]), lat[:-1], lon[:-1], lat[1:], lon[1:]
        )
    came = np.empty((stops, edges), np.int64)
    best = away[0] ** 2
    index = np.arange(edges)
    for i in range(1, stops):
        lowest = np.minimum.accumulate(best)
        # The edge that set the least value so far.
        came[i] = np.maximum.accumulate(_new_lows(best, lowest, index))
        best = away[i] ** 2 + lowest
    edge = int(np.argmin(best))
    found = [edge]
    for i in range(stops - 1, 0, -1):
        edge = int(came[i][edge])
        found.append(edge)
    found.reverse()
    feet: list[tuple[int, float, float]] = []
    for i, k in enumerate(found):
        at = float(share[i, k])
        if feet and feet[-1][0] == k:
            at = max(at, feet[-1][1])
        feet.append((k, at, float(away[i, k])))
    return feet


def _new_lows(best: Floats, lowest: Floats, index: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return at each edge its own number where it sets a new least value, else 0."""
    before = np.concatenate(([np.inf], lowest[:-1]))
    return np.where(best < before, index, 0)
