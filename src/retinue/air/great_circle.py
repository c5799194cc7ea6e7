"""Great circles on the mean sphere: length, points along them, and a plane to see them in.

The gnomonic projection draws every great circle as a straight line, so that "does the
track meet that airspace" becomes plane geometry without an error of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retinue.world.sphere import EARTH_RADIUS_M, distance_m, unit_vectors

__all__ = ["Equidistant", "Gnomonic", "Track", "arc_points", "length_m"]

Floats = NDArray[np.float64]


def length_m(lat_deg: Sequence[float] | Floats, lon_deg: Sequence[float] | Floats) -> float:
    """Return the length of a line of great-circle arcs."""
    lat, lon = np.asarray(lat_deg, np.float64), np.asarray(lon_deg, np.float64)
    return float(np.sum(distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:])))


def arc_points(
    start: tuple[float, float], end: tuple[float, float], share: Floats
) -> tuple[Floats, Floats]:
    """Return points of the great circle between two (lat, lon), degrees.

    Parameters
    ----------
    share
        Part of the way, 0 to 1, shape (n,).

    Returns
    -------
    tuple
        Latitudes and longitudes, shape (n,).  Spherical linear interpolation:
        ``p = (sin((1-t)w) p1 + sin(tw) p2) / sin w``.
    """
    ends = unit_vectors(np.array([start[0], end[0]]), np.array([start[1], end[1]]))
    angle = float(distance_m(*start, *end)) / EARTH_RADIUS_M
    if angle < 1e-12:
        return np.full(len(share), start[0]), np.full(len(share), start[1])
    first = np.sin((1.0 - share) * angle) / np.sin(angle)
    second = np.sin(share * angle) / np.sin(angle)
    return _degrees(first[:, None] * ends[0] + second[:, None] * ends[1])


def _degrees(vectors: Floats) -> tuple[Floats, Floats]:
    lat = np.degrees(np.arctan2(vectors[:, 2], np.hypot(vectors[:, 0], vectors[:, 1])))
    return lat, np.degrees(np.arctan2(vectors[:, 1], vectors[:, 0]))


@dataclass(frozen=True, eq=False)
class Track:
    """A line of great-circle arcs with its distance axis.

    Attributes
    ----------
    lat_deg, lon_deg
        Turning points, shape (n,).
    distance_m
        Distance of each from the first.
    """

    lat_deg: Floats
    lon_deg: Floats
    distance_m: Floats

    @classmethod
    def through(cls, points: Sequence[tuple[float, float]]) -> Track:
        """Return the track through (lat, lon) points."""
        lat, lon = np.array([p[0] for p in points]), np.array([p[1] for p in points])
        steps = distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:])
        return cls(lat, lon, np.concatenate(([0.0], np.cumsum(steps))))

    @property
    def length_m(self) -> float:
        """Length of the whole track."""
        return float(self.distance_m[-1])

    def at(self, distance_m: Floats) -> tuple[Floats, Floats]:
        """Return latitudes and longitudes at distances along the track, degrees."""
        lat, lon = np.empty(len(distance_m)), np.empty(len(distance_m))
        arc = np.clip(
            np.searchsorted(self.distance_m, distance_m, side="right") - 1,
            0,
            len(self.distance_m) - 2,
        )
        for number in np.unique(arc):
            mine = arc == number
            begin, end = self.distance_m[number : number + 2]
            share = (distance_m[mine] - begin) / max(end - begin, 1e-9)
            lat[mine], lon[mine] = arc_points(
                (self.lat_deg[number], self.lon_deg[number]),
                (self.lat_deg[number + 1], self.lon_deg[number + 1]),
                np.clip(share, 0.0, 1.0),
            )
        return lat, lon


class Gnomonic:
    """The gnomonic projection around a point, in radii of the Earth.

    Parameters
    ----------
    lat_deg, lon_deg
        The centre; what lies 90 degrees or more away cannot be drawn.
    """

    def __init__(self, lat_deg: float, lon_deg: float) -> None:
        lat, lon = np.radians(lat_deg), np.radians(lon_deg)
        self._up = unit_vectors(np.array([lat_deg]), np.array([lon_deg]))[0]
        self._east = np.array([-np.sin(lon), np.cos(lon), 0.0])
        self._north = np.array(
            [-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)]
        )

    @classmethod
    def between(cls, start: tuple[float, float], end: tuple[float, float]) -> Gnomonic:
        """Return the projection around the middle of two (lat, lon)."""
        lat, lon = arc_points(start, end, np.array([0.5]))
        return cls(float(lat[0]), float(lon[0]))

    def cosine(self, lat_deg: Floats, lon_deg: Floats) -> Floats:
        """Return the cosine of the angle between the centre and each point."""
        return np.asarray(unit_vectors(lat_deg, lon_deg) @ self._up, np.float64)

    def forward(self, lat_deg: Floats, lon_deg: Floats) -> Floats:
        """Return plane coordinates, shape (n, 2)."""
        vectors = unit_vectors(lat_deg, lon_deg)
        depth = vectors @ self._up
        return np.column_stack((vectors @ self._east / depth, vectors @ self._north / depth))

    def back(self, plane: Floats) -> tuple[Floats, Floats]:
        """Return latitudes and longitudes of plane coordinates, degrees."""
        return _degrees(self._up + plane[:, :1] * self._east + plane[:, 1:] * self._north)


class Equidistant:
    """The azimuthal equidistant projection around a point, in metres.

    Parameters
    ----------
    lat_deg, lon_deg
        The centre; lengths from it are true, near it all lengths are.
    """

    def __init__(self, lat_deg: float, lon_deg: float) -> None:
        self._sin, self._cos = math.sin(math.radians(lat_deg)), math.cos(math.radians(lat_deg))
        self._lat, self._lon = math.radians(lat_deg), math.radians(lon_deg)

    def forward(self, points: Floats) -> Floats:
        """Return plane coordinates of points (lon, lat), shape (n, 2)."""
        lon, lat = np.radians(points[:, 0]) - self._lon, np.radians(points[:, 1])
        cosine = self._sin * np.sin(lat) + self._cos * np.cos(lat) * np.cos(lon)
        angle = np.arccos(np.clip(cosine, -1.0, 1.0))
        scale = EARTH_RADIUS_M / np.sinc(angle / np.pi)
        x = np.cos(lat) * np.sin(lon)
        y = self._cos * np.sin(lat) - self._sin * np.cos(lat) * np.cos(lon)
        return np.column_stack((x * scale, y * scale))

    def back(self, plane: Floats) -> Floats:
        """Return (lon, lat) of plane coordinates, shape (n, 2)."""
        x, y = plane[:, 0] / EARTH_RADIUS_M, plane[:, 1] / EARTH_RADIUS_M
        angle = np.hypot(x, y)
        shrink = np.sinc(angle / np.pi)
        lat = np.arcsin(np.clip(np.cos(angle) * self._sin + y * shrink * self._cos, -1.0, 1.0))
        lon = self._lon + np.arctan2(x * shrink, self._cos * np.cos(angle) - y * shrink * self._sin)
        return np.column_stack((np.degrees(lon), np.degrees(lat)))
