"""The airspace of a closed country: its land and the 12 NM of sea around it.

UN Convention on the Law of the Sea, article 3: territorial sea up to 12 nautical miles.
Buffers are drawn in an azimuthal equidistant projection around the middle of each tile of
ten degrees, where lengths are true within 0.2 %.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retinue.world.sphere import EARTH_RADIUS_M

if TYPE_CHECKING:
    from retinue.world.countries import Countries

__all__ = ["TERRITORIAL_SEA_M", "closed_pieces"]

TERRITORIAL_SEA_M = 12 * 1852.0
"""Breadth of the territorial sea."""

_TILE_DEG = 10.0
_COARSEN_M = 300.0  # outlines are simplified by this much, and the sea widened by as much
_QUARTER_SEGMENTS = 6
# A buffer's corners are polygons inside the circle: widen it so that they hold the circle.
_WIDEN = 1.0 / math.cos(math.pi / (4 * _QUARTER_SEGMENTS))
_EDGE_DEG = 0.25

Floats = NDArray[np.float64]


class _Equidistant:
    """Azimuthal equidistant projection of the sphere around a point, in metres."""

    def __init__(self, lat_deg: float, lon_deg: float) -> None:
        self._sin, self._cos = math.sin(math.radians(lat_deg)), math.cos(math.radians(lat_deg))
        self._lat, self._lon = math.radians(lat_deg), math.radians(lon_deg)

    def forward(self, points: Floats) -> Floats:
        lon, lat = np.radians(points[:, 0]) - self._lon, np.radians(points[:, 1])
        cosine = self._sin * np.sin(lat) + self._cos * np.cos(lat) * np.cos(lon)
        angle = np.arccos(np.clip(cosine, -1.0, 1.0))
        scale = EARTH_RADIUS_M / np.sinc(angle / np.pi)
        x = np.cos(lat) * np.sin(lon)
        y = self._cos * np.sin(lat) - self._sin * np.cos(lat) * np.cos(lon)
        return np.column_stack((x * scale, y * scale))

    def back(self, plane: Floats) -> Floats:
        x, y = plane[:, 0] / EARTH_RADIUS_M, plane[:, 1] / EARTH_RADIUS_M
        angle = np.hypot(x, y)
        shrink = np.sinc(angle / np.pi)
        lat = np.arcsin(
            np.clip(np.cos(angle) * self._sin + y * shrink * self._cos, -1.0, 1.0)
        )
        lon = self._lon + np.arctan2(
            x * shrink, self._cos * np.cos(angle) - y * shrink * self._sin
        )
        return np.column_stack((np.degrees(lon), np.degrees(lat)))


def _tiles(land: Any) -> list[tuple[Any, float, float]]:
    """Cut an outline into (piece, lat, lon of the tile's middle)."""
    import shapely

    west, south, east, north = shapely.bounds(land)
    found = []
    for left in np.arange(math.floor(west / _TILE_DEG), math.ceil(east / _TILE_DEG)):
        for low in np.arange(math.floor(south / _TILE_DEG), math.ceil(north / _TILE_DEG)):
            x, y = float(left) * _TILE_DEG, float(low) * _TILE_DEG
            piece = shapely.clip_by_rect(land, x, y, x + _TILE_DEG, y + _TILE_DEG)
            if not piece.is_empty:
                found.append((piece, y + _TILE_DEG / 2, x + _TILE_DEG / 2))
    return found


@lru_cache(maxsize=64)
def closed_pieces(countries: Countries, iso2: str) -> tuple[Any, ...]:
    """Return land and territorial sea of a country as polygons of (lon, lat).

    The pieces overlap.  Land of other countries within 12 NM is left out; where the seas of
    two countries overlap, all of it counts as closed.

    Raises
    ------
    InputError
        Where there is no such country.
    """
    import shapely

    own = countries.polygon(iso2)
    others = [
        shape
        for code in countries.iso2
        if code and code != iso2.upper()
        for shape in shapely.get_parts(countries.polygon(code))
    ]
    tree = shapely.STRtree(others)
    pieces = []
    for part, lat, lon in _tiles(shapely.make_valid(own)):
        plane = _Equidistant(lat, lon)
        flat = shapely.transform(shapely.segmentize(part, _EDGE_DEG), plane.forward)
        flat = shapely.simplify(shapely.make_valid(flat), _COARSEN_M)
        reach = (TERRITORIAL_SEA_M + _COARSEN_M) * _WIDEN
        wide = shapely.transform(
            shapely.buffer(flat, reach, quad_segs=_QUARTER_SEGMENTS), plane.back
        )
        window = shapely.bounds(wide)
        near = [
            shapely.clip_by_rect(others[row], *window) for row in np.sort(tree.query(wide))
        ]
        if near:
            land = shapely.union_all(shapely.make_valid(np.array(near, dtype=object)))
            # Simplified land may reach a little across the border: the exact outline stays.
            wide = shapely.union(shapely.difference(wide, land), shapely.make_valid(part))
        pieces += [
            shapely.segmentize(polygon, _EDGE_DEG)
            for polygon in shapely.get_parts(wide)
            if polygon.geom_type == "Polygon"
        ]
    return tuple(pieces)
