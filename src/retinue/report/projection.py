"""Map projections: true shapes, chosen for the region, on a sphere.

Lambert's conformal conic for middle latitudes, Mercator's near the equator and for
regions on both sides of it.  A sphere is enough for a small map: the flattening moves
nothing by more than 0.3 %.  Formulae: J. P. Snyder, Map Projections - A Working Manual,
USGS Professional Paper 1395 (1987), chapters 7 and 15.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "EARTH_RADIUS_M",
    "Frame",
    "LambertConformal",
    "Mercator",
    "Projection",
    "choose_projection",
    "unwrapped",
]

EARTH_RADIUS_M = 6_371_008.8

Floats = NDArray[np.float64]


class Projection(Protocol):
    """Degrees to metres on a plane, and back."""

    def forward(self, lon_deg: ArrayLike, lat_deg: ArrayLike) -> tuple[Floats, Floats]:
        """Return x (east) and y (north) in metres."""
        ...

    def inverse(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """Return longitude and latitude in degrees."""
        ...

    def scale(self, lat_deg: float) -> float:
        """Return map length over true length at a latitude."""
        ...


@dataclass(frozen=True)
class LambertConformal:
    """Lambert's conformal conic with two standard parallels (Snyder 15-1 to 15-4)."""

    lon0_deg: float
    lat0_deg: float
    lat1_deg: float
    lat2_deg: float

    def _cone(self) -> tuple[float, float]:
        a, b = np.radians(self.lat1_deg), np.radians(self.lat2_deg)
        if abs(a - b) < 1e-6:
            n = np.sin(a)
        else:
            n = np.log(np.cos(a) / np.cos(b)) / np.log(_half_tan(b) / _half_tan(a))
        return float(n), float(np.cos(a) * _half_tan(a) ** n / n)

    def forward(self, lon_deg: ArrayLike, lat_deg: ArrayLike) -> tuple[Floats, Floats]:
        """Return x (east) and y (north) in metres."""
        n, f = self._cone()
        lat = np.radians(np.clip(np.asarray(lat_deg, np.float64), -85.0, 85.0))
        rho = EARTH_RADIUS_M * f / _half_tan(lat) ** n
        rho0 = EARTH_RADIUS_M * f / _half_tan(np.radians(self.lat0_deg)) ** n
        theta = n * np.radians(np.asarray(lon_deg, np.float64) - self.lon0_deg)
        return rho * np.sin(theta), rho0 - rho * np.cos(theta)

    def inverse(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """Return longitude and latitude in degrees."""
        n, f = self._cone()
        rho0 = EARTH_RADIUS_M * f / _half_tan(np.radians(self.lat0_deg)) ** n
        east, north = np.asarray(x, np.float64), rho0 - np.asarray(y, np.float64)
        rho = np.sign(n) * np.hypot(east, north)
        theta = np.arctan2(np.sign(n) * east, np.sign(n) * north)
        lat = 2 * np.arctan((EARTH_RADIUS_M * f / rho) ** (1 / n)) - np.pi / 2
        return self.lon0_deg + np.degrees(theta / n), np.degrees(lat)

    def scale(self, lat_deg: float) -> float:
        """Return map length over true length at a latitude (Snyder 15-4)."""
        n, f = self._cone()
        lat = np.radians(np.clip(lat_deg, -85.0, 85.0))
        return float(n * f / _half_tan(lat) ** n / np.cos(lat))


@dataclass(frozen=True)
class Mercator:
    """Mercator's projection, true to scale at one latitude (Snyder 7-1 to 7-4)."""

    lon0_deg: float
    lat0_deg: float

    def forward(self, lon_deg: ArrayLike, lat_deg: ArrayLike) -> tuple[Floats, Floats]:
        """Return x (east) and y (north) in metres."""
        radius = EARTH_RADIUS_M * np.cos(np.radians(self.lat0_deg))
        lat = np.radians(np.clip(np.asarray(lat_deg, np.float64), -85.0, 85.0))
        x = radius * np.radians(np.asarray(lon_deg, np.float64) - self.lon0_deg)
        return x, radius * np.log(_half_tan(lat))

    def inverse(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """Return longitude and latitude in degrees."""
        radius = EARTH_RADIUS_M * np.cos(np.radians(self.lat0_deg))
        lat = 2 * np.arctan(np.exp(np.asarray(y, np.float64) / radius)) - np.pi / 2
        return self.lon0_deg + np.degrees(np.asarray(x, np.float64) / radius), np.degrees(lat)

    def scale(self, lat_deg: float) -> float:
        """Return map length over true length at a latitude."""
        return float(
            np.cos(np.radians(self.lat0_deg)) / np.cos(np.radians(np.clip(lat_deg, -85, 85)))
        )


def _half_tan(lat: ArrayLike) -> Floats:
    return np.asarray(np.tan(np.pi / 4 + np.asarray(lat, np.float64) / 2), np.float64)


def unwrapped(lon_deg: ArrayLike) -> Floats:
    """Return longitudes without jumps at the 180th meridian (they may pass 180)."""
    return np.asarray(np.unwrap(np.asarray(lon_deg, np.float64), period=360.0), np.float64)


def choose_projection(west: float, south: float, east: float, north: float) -> Projection:
    """Return the projection for a region in degrees (``east`` may pass 180)."""
    lon0, lat0 = (west + east) / 2, (south + north) / 2
    if south < 0 < north or abs(lat0) < 12 or east - west > 150:
        return Mercator(lon0, float(np.clip(lat0, -70, 70)))
    # Standard parallels a sixth inside the region keep its scale within a few per mille.
    inset = (north - south) / 6
    low, high = np.clip([south + inset, north - inset], -80, 80)
    return LambertConformal(lon0, float(np.clip(lat0, -80, 80)), float(low), float(high))


@dataclass(frozen=True)
class Frame:
    """A projection fitted into a sheet of ``width`` by ``height`` points."""

    projection: Projection
    width: float
    height: float
    left_m: float
    top_m: float
    metres_per_point: float

    @classmethod
    def around(
        cls, lon_deg: Floats, lat_deg: Floats, width: float, height: float, *, margin: float,
        least_m: float = 8_000.0,
    ) -> Frame:  # fmt: skip
        """Fit points into a sheet.

        Parameters
        ----------
        lon_deg, lat_deg
            What must be seen; longitudes unwrapped.
        width, height
            The sheet, points.
        margin
            Room kept free at each side, points.
        least_m
            The least that the shorter side of the sheet shows.
        """
        projection = choose_projection(
            float(lon_deg.min()), float(lat_deg.min()), float(lon_deg.max()), float(lat_deg.max())
        )
        x, y = projection.forward(lon_deg, lat_deg)
        middle_x, middle_y = (x.min() + x.max()) / 2, (y.min() + y.max()) / 2
        per_point = max(
            float(np.ptp(x)) / max(width - 2 * margin, 1.0),
            float(np.ptp(y)) / max(height - 2 * margin, 1.0),
            least_m / min(width, height),
        )
        return cls(
            projection, width, height, float(middle_x - per_point * width / 2),
            float(middle_y + per_point * height / 2), per_point,
        )  # fmt: skip

    def to_sheet(self, lon_deg: ArrayLike, lat_deg: ArrayLike) -> tuple[Floats, Floats]:
        """Return points (x to the right, y downwards) of positions in degrees."""
        x, y = self.projection.forward(lon_deg, lat_deg)
        return (x - self.left_m) / self.metres_per_point, (self.top_m - y) / self.metres_per_point

    def to_degrees(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """Return longitude and latitude of points on the sheet."""
        return self.projection.inverse(
            self.left_m + np.asarray(x, np.float64) * self.metres_per_point,
            self.top_m - np.asarray(y, np.float64) * self.metres_per_point,
        )

    def window(self) -> tuple[float, float, float, float]:
        """Return (west, south, east, north) in degrees that covers the sheet; east may pass 180."""
        u = np.linspace(0, 1, 41)
        edge_x = np.concatenate((u, u, np.zeros(41), np.ones(41))) * self.width
        edge_y = np.concatenate((np.zeros(41), np.ones(41), u, u)) * self.height
        lon, lat = self.to_degrees(edge_x, edge_y)
        pad = 0.03 * float(np.ptp(lat)) + 0.02
        west, east = float(lon.min()) - pad, float(lon.max()) + pad
        if east - west >= 360:
            west, east = -180.0, 180.0
        return west, max(float(lat.min()) - pad, -89.0), east, min(float(lat.max()) + pad, 89.0)
