"""Outlines on the sphere: polygons, circles and strips as rings of great circles.

Each is drawn in a gnomonic plane of its own, where its edges are straight; so the 180th
meridian and the poles are places like any other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retinue.air.great_circle import Equidistant, Gnomonic
from retinue.world.sphere import EARTH_RADIUS_M, unit_vectors

__all__ = ["AreaPiece", "area_pieces", "circle_ring", "holds", "polygon_ring", "strip_ring"]

Floats = NDArray[np.float64]
Point = tuple[float, float]
Ring = tuple[Point, ...]

_WIDEST_DEG = 40.0
_CELL = 0.15  # of a piece, in radii of the Earth: 8.5 degrees at most
_CIRCLE_CORNERS = 64


def polygon_ring(points: Sequence[Point]) -> Ring:
    """Return the ring of a polygon's corners (lat, lon).

    Raises
    ------
    ValueError
        Where there are fewer than three corners, edges cross, or it reaches more than 40
        degrees from its middle.
    """
    import shapely

    ring = list(points)
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    if len(set(ring)) < 3:
        raise ValueError("a polygon needs three corners at least")
    made = tuple(ring)
    shape = _flat(made, _plane(made))
    if not shape.is_valid:
        raise ValueError(f"its outline is unsound: {shapely.is_valid_reason(shape).split('[')[0]}")
    if shape.area <= 0.0:
        raise ValueError("its corners lie on one line")
    return made


def circle_ring(centre: Point, radius_m: float) -> Ring:
    """Return a ring that holds a circle, at most 0.13 % wider."""
    if radius_m > math.radians(_WIDEST_DEG) * EARTH_RADIUS_M:
        raise ValueError("its radius is too wide")
    angle = radius_m / EARTH_RADIUS_M
    # The edges between corners, great circles, touch the circle: tan r' cos(pi/n) = tan r.
    wide = math.atan(math.tan(angle) / math.cos(math.pi / _CIRCLE_CORNERS)) * EARTH_RADIUS_M
    turn = np.arange(_CIRCLE_CORNERS) * (2 * math.pi / _CIRCLE_CORNERS)
    plane = np.column_stack((np.sin(turn), np.cos(turn))) * wide
    return _points(Equidistant(*centre).back(plane))


def strip_ring(line: Sequence[Point], within_m: float) -> Ring:
    """Return the ring around all points within a distance of a line of great circles.

    Raises
    ------
    ValueError
        Where the line has one point, or closes around a hole.
    """
    import shapely

    from retinue.air.great_circle import Track

    if len(set(line)) < 2:
        raise ValueError("a line needs two points at least")
    track = Track.through(list(line))
    if track.length_m > math.radians(_WIDEST_DEG) * EARTH_RADIUS_M:
        raise ValueError("the line is longer than 4,400 km; give it in pieces")
    at = np.union1d(np.linspace(0, track.length_m, 64), track.distance_m)
    lat, lon = track.at(at)
    plane = Equidistant(*_middle(tuple(line)))
    flat = shapely.linestrings(plane.forward(np.column_stack((lon, lat))))
    # A buffer's corners lie on the circle; its edges must hold it.
    shape = shapely.buffer(flat, within_m / math.cos(math.pi / 32), quad_segs=8)
    shape = shapely.simplify(shape, within_m * 1e-4)
    if len(shape.interiors):
        raise ValueError("the strip along the line closes around a hole; give it in pieces")
    return polygon_ring(_points(plane.back(shapely.get_coordinates(shape)[:-1])))


def holds(ring: Ring, point: Point) -> bool:
    """Return whether a ring holds a point, its edge included."""
    import shapely

    plane = _plane(ring)
    at = np.array([point[0]]), np.array([point[1]])
    if plane.cosine(*at)[0] <= 0.05:
        return False
    x, y = plane.forward(*at)[0]
    return bool(shapely.intersects_xy(_flat(ring, plane), x, y))


class AreaPiece:
    """A part of an area that a single plane can show."""

    def __init__(self, shape: Any, plane: Gnomonic) -> None:
        import shapely

        def there(points: Floats) -> Floats:
            lat, lon = plane.back(points)
            return np.column_stack((lon, lat))

        # Coordinates only: across the 180th meridian or a pole this is no sound polygon.
        self._piece = shapely.transform(shape, there)
        points = shapely.get_coordinates(self._piece)
        vectors = unit_vectors(points[:, 1], points[:, 0])
        middle = vectors.mean(axis=0)
        self._middle = middle / np.linalg.norm(middle)
        self._radius = math.acos(np.clip((vectors @ self._middle).min(), -1.0, 1.0))

    def pieces(self, coarsen_m: float = 0.0) -> tuple[Any, ...]:
        """Return the part as a polygon of (lon, lat); it is never coarsened."""
        return (self._piece,)

    def near(self, lat_deg: Floats, lon_deg: Floats, margin_deg: float) -> bool:
        """Return whether a point lies within a margin of the cap around the part."""
        least = math.cos(min(self._radius + math.radians(margin_deg), math.pi))
        return bool((unit_vectors(lat_deg, lon_deg) @ self._middle).max() >= least)


@lru_cache(maxsize=512)
def area_pieces(ring: Ring) -> tuple[AreaPiece, ...]:
    """Return the parts of an area, none wider than about 12 degrees."""
    import shapely

    plane = _plane(ring)
    flat = _flat(ring, plane)
    west, south, east, north = shapely.bounds(flat).tolist()
    columns = max(math.ceil((east - west) / _CELL), 1)
    rows = max(math.ceil((north - south) / _CELL), 1)
    x, y = np.linspace(west, east, columns + 1), np.linspace(south, north, rows + 1)
    cells = [
        shapely.intersection(flat, shapely.box(x[i], y[j], x[i + 1], y[j + 1]))
        for i in range(columns)
        for j in range(rows)
    ]
    return tuple(
        AreaPiece(part, plane)
        for cell in (cells if len(cells) > 1 else [flat])
        for part in shapely.get_parts(cell)
        if part.geom_type == "Polygon"
    )


def _middle(ring: Ring) -> Point:
    points = np.array(ring)
    vectors = unit_vectors(points[:, 0], points[:, 1])
    middle = vectors.mean(axis=0)
    size = float(np.linalg.norm(middle))
    if size < 0.1 or (vectors @ middle).min() / size < math.cos(math.radians(_WIDEST_DEG)):
        raise ValueError("it reaches more than 40 degrees from its middle; give it in pieces")
    x, y, z = (middle / size).tolist()
    return math.degrees(math.asin(max(-1.0, min(1.0, z)))), math.degrees(math.atan2(y, x))


def _plane(ring: Ring) -> Gnomonic:
    return Gnomonic(*_middle(ring))


def _flat(ring: Ring, plane: Gnomonic) -> Any:
    import shapely

    points = np.array(ring)
    return shapely.polygons(plane.forward(points[:, 0], points[:, 1]))


def _points(lon_lat: Floats) -> Ring:
    return tuple((float(lat), float(lon)) for lon, lat in lon_lat)
