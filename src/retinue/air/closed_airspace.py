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

from retinue.air.great_circle import Equidistant
from retinue.errors import InputError

if TYPE_CHECKING:
    from retinue.world.countries import Countries

__all__ = ["FINEST_M", "TERRITORIAL_SEA_M", "ClosedTile", "closed_tiles"]

TERRITORIAL_SEA_M = 12 * 1852.0
"""Breadth of the territorial sea."""

FINEST_M = 300.0
"""By how much outlines are simplified near an end of the flight."""

_TILE_DEG = 10.0
_QUARTER_SEGMENTS = 6
# A buffer's corners are polygons inside the circle: widen it so that they hold the circle.
_WIDEN = 1.0 / math.cos(math.pi / (4 * _QUARTER_SEGMENTS))
_EDGE_DEG = 0.25
_SEA_DEG = 0.25  # more than 12 NM

Floats = NDArray[np.float64]
Window = tuple[float, float, float, float]


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

    def fills(self, window: Window) -> bool:
        """Return whether a window is all this country's land."""
        import shapely

        rows = self._own_tree.query(shapely.box(*window), predicate="within")
        return len(rows) > 0

    def others_in(self, window: Window) -> Any:
        """Return other countries' land inside a window."""
        return _cut(self.others, self._other_tree, window)


def _cut(shapes: NDArray[np.object_], tree: Any, window: Window) -> Any:
    import shapely

    rows = np.sort(tree.query(shapely.box(*window)))
    cut = shapely.clip_by_rect(shapes[rows], *window)
    # Outlines may touch themselves; clipping such a one may turn it inside out.
    wrong = ~shapely.is_valid(cut) | (shapely.area(cut) > shapely.area(shapes[rows]) + 1e-9)
    if wrong.any():
        shapes[rows[wrong]] = shapely.make_valid(shapes[rows[wrong]])  # once and for all
        cut[wrong] = shapely.clip_by_rect(shapes[rows[wrong]], *window)
    cut = cut[~shapely.is_empty(cut)]
    return cut[0] if len(cut) == 1 else shapely.union_all(cut)


def _around(window: Window) -> Window:
    """Return a tile's window and what lies within 12 NM of it."""
    west, south, east, north = window
    margin = _SEA_DEG / max(math.cos(math.radians(max(abs(south), abs(north)))), 0.02)
    return west - margin, south - _SEA_DEG, east + margin, north + _SEA_DEG


def _drawn(shape: Any, plane: Equidistant, edge_deg: float) -> Any:
    import shapely

    return shapely.make_valid(shapely.transform(shapely.segmentize(shape, edge_deg), plane.forward))


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
        self._pieces: dict[float, tuple[Any, ...]] = {}

    def near(self, lat_deg: Floats, lon_deg: Floats, margin_deg: float) -> bool:
        """Return whether a point lies in the tile or within a margin (of latitude) around."""
        west, south, east, north = self.window
        squeeze = np.maximum(np.cos(np.radians(lat_deg)), 0.02)
        beside = np.abs((lon_deg - (west + east) / 2 + 180.0) % 360.0 - 180.0)
        inside = (beside <= (east - west) / 2 + margin_deg / squeeze) & (
            np.abs(lat_deg - (south + north) / 2) <= (north - south) / 2 + margin_deg
        )
        return bool(inside.any())

    def pieces(self, coarsen_m: float = FINEST_M) -> tuple[Any, ...]:
        """Return land and sea as polygons of (lon, lat), their edges a quarter degree at most.

        Parameters
        ----------
        coarsen_m
            Outlines are simplified by this much, and the sea widened by as much.
        """
        if coarsen_m not in self._pieces:
            self._pieces[coarsen_m] = self._made(coarsen_m)
        return self._pieces[coarsen_m]

    def _made(self, coarsen_m: float) -> tuple[Any, ...]:
        import shapely

        part = self._outlines.own_in(self.window)
        if part.is_empty:
            return ()
        west, south, east, north = self.window
        edge = _EDGE_DEG if coarsen_m <= FINEST_M else 2 * _EDGE_DEG
        if self._outlines.fills(_around(self.window)):
            return (shapely.segmentize(shapely.box(west, south, east, north), edge),)
        # All is drawn in a plane: what comes back to degrees may touch itself, and differences
        # of such shapes go wrong without a word.
        plane = Equidistant((south + north) / 2, (west + east) / 2)
        exact = _drawn(part, plane, edge)
        flat = shapely.make_valid(shapely.simplify(exact, coarsen_m))
        reach = (TERRITORIAL_SEA_M + coarsen_m) * _WIDEN
        wide = shapely.buffer(flat, reach, quad_segs=_QUARTER_SEGMENTS)
        bounds = shapely.bounds(shapely.transform(wide, plane.back))
        land = self._outlines.others_in(tuple(bounds.tolist()))
        if not land.is_empty:
            others = _drawn(land, plane, edge)
            # Simplified land may reach a little across the border: what is this country's stays.
            own = exact
            if coarsen_m > FINEST_M:
                others = shapely.make_valid(shapely.simplify(others, coarsen_m))
                own = shapely.buffer(flat, coarsen_m * _WIDEN, quad_segs=2)
            wide = shapely.union(shapely.difference(wide, others), own)
        wide = shapely.make_valid(shapely.transform(wide, plane.back))
        return tuple(
            shapely.segmentize(polygon, edge)
            # What was made valid may be a collection that holds collections.
            for polygon in shapely.get_parts(shapely.get_parts(wide))
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
