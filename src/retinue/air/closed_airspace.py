"""The airspace of a closed country: its land and the 12 NM of sea around it.

UN Convention on the Law of the Sea, article 3: territorial sea up to 12 nautical miles.
Buffers are drawn in an azimuthal equidistant projection around the middle of each tile of
ten degrees, where lengths are true within 0.2 %.
"""

from __future__ import annotations

import math
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError
from retinue.world.sphere import EARTH_RADIUS_M

if TYPE_CHECKING:
    from retinue.world.countries import Countries

__all__ = ["TERRITORIAL_SEA_M", "ClosedTile", "closed_tiles"]

TERRITORIAL_SEA_M = 12 * 1852.0
"""Breadth of the territorial sea."""

_TILE_DEG = 10.0
_COARSEN_M = 300.0  # outlines are simplified by this much, and the sea widened by as much
_QUARTER_SEGMENTS = 6
# A buffer's corners are polygons inside the circle: widen it so that they hold the circle.
_WIDEN = 1.0 / math.cos(math.pi / (4 * _QUARTER_SEGMENTS))
_EDGE_DEG = 0.25

Floats = NDArray[np.float64]
Window = tuple[float, float, float, float]


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
        lat = np.arcsin(np.clip(np.cos(angle) * self._sin + y * shrink * self._cos, -1.0, 1.0))
        lon = self._lon + np.arctan2(x * shrink, self._cos * np.cos(angle) - y * shrink * self._sin)
        return np.column_stack((np.degrees(lon), np.degrees(lat)))


class _Outlines:
    """All outlines, one country's apart from the others'."""

    def __init__(self, countries: Countries, iso2: str) -> None:
        import shapely

        shapes, owner = countries.topology.shapes
        mine = owner == countries.iso2.index(iso2)
        self.own, self.others = shapes[mine], shapes[~mine]
        self._own_tree = shapely.STRtree(self.own)
        self._other_tree = shapely.STRtree(self.others)

    def own_in(self, window: Window) -> Any:
        """Return the country's land inside a window."""
        return _cut(self.own, self._own_tree, window)

    def others_in(self, window: Window) -> Any:
        """Return other countries' land inside a window."""
        return _cut(self.others, self._other_tree, window)


def _cut(shapes: NDArray[np.object_], tree: Any, window: Window) -> Any:
    import shapely

    rows = np.sort(tree.query(shapely.box(*window)))
    # Outlines may touch themselves, so each piece is made sound once it is small.
    return shapely.union_all(shapely.make_valid(shapely.clip_by_rect(shapes[rows], *window)))


class ClosedTile:
    """The part of a country's airspace that stands on one tile of ten degrees.

    Attributes
    ----------
    window
        West, south, east, north of the tile, degrees; the sea reaches 12 NM beyond.
    """

    def __init__(self, outlines: _Outlines, window: Window) -> None:
        self._outlines = outlines
        self.window = window

    def near(self, lat_deg: Floats, lon_deg: Floats, margin_deg: float) -> bool:
        """Return whether a point lies in the tile or within a margin (of latitude) around."""
        west, south, east, north = self.window
        squeeze = np.maximum(np.cos(np.radians(lat_deg)), 0.02)
        beside = np.abs((lon_deg - (west + east) / 2 + 180.0) % 360.0 - 180.0)
        inside = (beside <= (east - west) / 2 + margin_deg / squeeze) & (
            np.abs(lat_deg - (south + north) / 2) <= (north - south) / 2 + margin_deg
        )
        return bool(inside.any())

    @cached_property
    def pieces(self) -> tuple[Any, ...]:
        """Land and sea as polygons of (lon, lat), their edges a quarter degree at most."""
        import shapely

        part = self._outlines.own_in(self.window)
        if part.is_empty:
            return ()
        west, south, east, north = self.window
        plane = _Equidistant((south + north) / 2, (west + east) / 2)
        flat = shapely.transform(shapely.segmentize(part, _EDGE_DEG), plane.forward)
        flat = shapely.simplify(shapely.make_valid(flat), _COARSEN_M)
        reach = (TERRITORIAL_SEA_M + _COARSEN_M) * _WIDEN
        sea = shapely.buffer(flat, reach, quad_segs=_QUARTER_SEGMENTS)
        wide = shapely.transform(sea, plane.back)
        land = self._outlines.others_in(tuple(shapely.bounds(wide).tolist()))
        # Simplified land may reach a little across the border: the exact outline stays.
        wide = shapely.union(shapely.difference(wide, land), part)
        return tuple(
            shapely.segmentize(polygon, _EDGE_DEG)
            for polygon in shapely.get_parts(wide)
            if polygon.geom_type == "Polygon"
        )


@lru_cache(maxsize=64)
def closed_tiles(countries: Countries, iso2: str) -> tuple[ClosedTile, ...]:
    """Return a country's land and territorial sea, tile by tile.

    The pieces of neighbouring tiles overlap.  Land of other countries within 12 NM is left
    out; where the seas of two countries overlap, all of it counts as closed.

    Raises
    ------
    InputError
        Where there is no such country, or it has no outline of its own.
    """
    import shapely

    code = iso2.upper()
    countries.name(code)  # refuses what is no country's code
    outlines = _Outlines(countries, code)
    if not len(outlines.own):
        raise InputError(
            f"{countries.name(code)} has no outline of its own in the world pack",
            cure="Close the country around it.",
        )
    bounds = shapely.total_bounds(outlines.own) / _TILE_DEG
    return tuple(
        ClosedTile(outlines, (west, south, west + _TILE_DEG, south + _TILE_DEG))
        for west in (np.arange(np.floor(bounds[0]), np.ceil(bounds[2])) * _TILE_DEG).tolist()
        for south in (np.arange(np.floor(bounds[1]), np.ceil(bounds[3])) * _TILE_DEG).tolist()
    )
