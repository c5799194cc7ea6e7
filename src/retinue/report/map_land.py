"""Land, borders and country names for maps: the little that a map asks of the world pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

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

    def countries(self, codes: tuple[str, ...]) -> list[tuple[str, Any]]:
        """Return the English name and the outline (shapely, lon and lat) of countries."""
        ...

    def near(self, window: Window) -> tuple[str, ...]:
        """Return the codes of the countries that a window may show."""
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
        """Return land polygons inside a window, each a shell followed by its holes."""
        return self._pack.land.land(window)

    def coast(self, window: Window) -> list[Line]:
        """Return coast lines inside a window."""
        return self._pack.land.coast(window)

    def borders(self, window: Window) -> list[Line]:
        """Return land borders inside a window."""
        return self._pack.land.borders(window)

    def countries(self, codes: tuple[str, ...]) -> list[tuple[str, Any]]:
        """Return the English name and the outline (shapely, lon and lat) of countries."""
        table = self._pack.countries
        known = set(table.iso2)
        return [(table.name(code), table.polygon(code)) for code in codes if code in known]

    def near(self, window: Window) -> tuple[str, ...]:
        """Return the codes of the countries that a grid of points over a window meets."""
        west, south, east, north = window
        if east < west:
            east += 360.0
        lon, lat = np.meshgrid(np.linspace(west, east, 14), np.linspace(south, north, 14))
        rows = self._pack.countries.rows_at(lat.ravel(), lon.ravel())
        codes = [self._pack.countries.iso2[row] for row in np.unique(rows[rows >= 0]).tolist()]
        return tuple(code for code in codes if code)
