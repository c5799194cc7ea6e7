"""Land, borders and country names for maps: the little that a map asks of the world pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from retinue.world.pack import Pack

__all__ = ["MapLand", "PackLand", "Window"]

#: (west, south, east, north) in degrees; west > east crosses the 180th meridian.
Window = tuple[float, float, float, float]
Line = NDArray[np.float64]


class MapLand(Protocol):
    """Outlines for drawing; lines are (lon, lat) in degrees, shape (n, 2)."""

    def land(self, window: Window) -> list[list[Line]]:
        """Return land polygons inside a window, each a shell followed by its holes."""
        ...

    def coast(self, window: Window) -> list[Line]:
        """Return coast lines inside a window."""
        ...

    def borders(self, window: Window) -> list[Line]:
        """Return land borders inside a window."""
        ...

    def country_names(self, lon_deg: Line, lat_deg: Line) -> list[str]:
        """Return the English name of the country of each point, empty at sea."""
        ...


class PackLand:
    """The outlines of a world pack.

    Parameters
    ----------
    pack
        Where they come from.
    """

    def __init__(self, pack: Pack) -> None:
        self._pack = pack

    def land(self, window: Window) -> list[list[Line]]:
        """Return land polygons inside a window, each a shell followed by its holes.

        They are cut but not made sound: to fill an area it does not matter where an
        outline touches itself, and making a continent sound takes a second.
        """
        import shapely

        west, south, east, north = window
        boxes = [(west, east, 0.0)]
        if west > east:
            boxes = [(west, 180.0, 0.0), (-180.0, east, 360.0)]
        shapes, _ = self._pack.countries.topology.shapes
        low_x, low_y, high_x, high_y = shapely.bounds(shapes).T
        found: list[list[Line]] = []
        for left, right, shift in boxes:
            move = np.array([shift, 0.0])
            near = (low_x <= right) & (high_x >= left) & (low_y <= north) & (high_y >= south)
            cut = shapely.clip_by_rect(shapes[near], left, south, right, north)
            for piece in shapely.get_parts(cut):
                if piece.geom_type == "Polygon" and not piece.is_empty:
                    rings = [piece.exterior, *piece.interiors]
                    found.append([shapely.get_coordinates(r) + move for r in rings])
        return found

    def coast(self, window: Window) -> list[Line]:
        """Return coast lines inside a window."""
        return self._pack.land.coast(window)

    def borders(self, window: Window) -> list[Line]:
        """Return land borders inside a window."""
        return self._pack.land.borders(window)

    def country_names(self, lon_deg: Line, lat_deg: Line) -> list[str]:
        """Return the English name of the country of each point, empty at sea."""
        import shapely

        table = self._pack.countries
        shapes, owner = table.topology.shapes
        lon = (np.asarray(lon_deg, np.float64) + 180.0) % 360.0 - 180.0
        west, east = float(lon.min()), float(lon.max())
        south, north = float(lat_deg.min()), float(lat_deg.max())
        low_x, low_y, high_x, high_y = shapely.bounds(shapes).T
        near = (low_x <= east) & (high_x >= west) & (low_y <= north) & (high_y >= south)
        names = np.full(len(lon), "", dtype=object)
        for number in np.flatnonzero(near).tolist():
            code = table.iso2[int(owner[number])]
            if not code:
                continue
            # Cut first: asking a continent's coast about each point would take a second.
            cut = shapely.clip_by_rect(shapes[number], west, south, east, north)
            shapely.prepare(cut)
            names[shapely.contains_xy(cut, lon, lat_deg)] = table.name(code)
        return [str(name) for name in names.tolist()]
