"""Winds from a table that a person wrote, by regions or on a grid of points.

::

    retinue winds: 1
    title: Sea of Japan in February
    source: climate mean, by hand
    confidence: L
    regions:
      - name: everywhere
        south: 30
        north: 60
        west: 110
        east: 150
        winds:
          - {level: 5500 m, from: 280 deg, at: 25 m/s}
          - {level: 9200 m, from: 270 deg, at: 45 m/s}

Between levels the wind is linear, in a region the same everywhere; the first region that holds a
point counts.  Or, linear between points too, a full grid: ``points: [{lat: 40, lon: 120, level:
9000 m, from: 270 deg, at: 30 m/s}, ...]``.  A wind without ``level`` holds at every altitude.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from retinue.air.wind import FASTEST_WIND_MPS, Wind
from retinue.air.wind_grid import WindGrid, seam_closed
from retinue.document import Node, read_yaml, validate
from retinue.errors import InputError
from retinue.sourced import Record, SourcedRecord
from retinue.units import Angle, Length, Speed
from retinue.world.catalogue import find_file, shown_as

__all__ = ["RegionWinds", "WindFile", "load_wind_table"]

KIND = "winds"
Floats = NDArray[np.float64]

_HELD = "below its lowest level the wind of that level is held"


class LevelWind(Record):
    """A wind at an altitude; it comes `from_` a true direction."""

    level: Length | None = Field(default=None, ge=-500, le=50_000)
    from_: Angle
    at: Speed = Field(ge=0, le=FASTEST_WIND_MPS)

    @property
    def components(self) -> tuple[float, float]:
        """Towards east and north, m/s."""
        return -self.at * float(np.sin(self.from_)), -self.at * float(np.cos(self.from_))


class Region(Record):
    """A box of the map and the winds above it; it runs eastward from `west` to `east`."""

    name: str = ""
    south: float = Field(ge=-90, le=90)
    north: float = Field(ge=-90, le=90)
    west: float = Field(ge=-180, le=360)
    east: float = Field(ge=-180, le=360)
    winds: tuple[LevelWind, ...] = Field(min_length=1)


class PointWind(LevelWind):
    """A wind at a point of the grid."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=360)


class WindFile(SourcedRecord):
    """A table of winds."""

    retinue_winds: Literal[1]
    title: str = ""
    remark: str = ""
    regions: tuple[Region, ...] = ()
    points: tuple[PointWind, ...] = ()


@dataclass(frozen=True, eq=False)
class RegionWinds:
    """Winds by regions."""

    grids: tuple[WindGrid, ...]
    source: str
    digest: str
    assumptions: tuple[str, ...] = ()
    timed: bool = False

    def __repr__(self) -> str:
        """Return a text that differs where the content does."""
        return f"RegionWinds({self.source!r}, {self.digest!r})"

    def at(
        self,
        lat_deg: ArrayLike,
        lon_deg: ArrayLike,
        altitude_m: ArrayLike,
        time_s: ArrayLike = 0.0,
    ) -> tuple[Floats, Floats]:
        """Return the components towards east and north, m/s; see `retinue.air.wind.Wind`."""
        lat, lon, altitude, _ = np.broadcast_arrays(
            *(np.asarray(v, np.float64) for v in (lat_deg, lon_deg, altitude_m, time_s))
        )
        east, north = np.full(lat.shape, np.nan), np.full(lat.shape, np.nan)
        left = np.ones(lat.shape, np.bool_)
        for grid in self.grids:
            south, top = grid.lat_deg[0], grid.lat_deg[-1]
            beyond = (lon - grid.lon_deg[0]) % 360.0
            mine = left & (lat >= south) & (lat <= top)
            mine &= beyond <= grid.lon_deg[-1] - grid.lon_deg[0]
            if mine.any():
                east[mine], north[mine] = grid.at(lat[mine], lon[mine], altitude[mine])
                left &= ~mine
        if left.any():
            number = int(np.argmax(left.ravel()))
            raise InputError(
                f"no region of the winds holds {lat.ravel()[number]:.2f},{lon.ravel()[number]:.2f}",
                where=self.source,
                cure="Add a region, or widen one.",
            )
        return east, north


def load_wind_table(name: str, folder: Path | None = None, where: str = "") -> Wind:
    """Read a table of winds, found in the catalogue (kind ``winds``).

    Raises
    ------
    InputError
        Where the file is missing or faulty, or its points are no full grid.
    """
    path = find_file(KIND, name, folder, what="wind", where=where, begins="retinue winds")
    node = read_yaml(path, shown_as(path))
    written = validate(node, WindFile)
    if bool(written.regions) == bool(written.points):
        raise InputError(
            "the winds are given by regions or by points",
            where=node.where(),
            cure='Give "regions" or "points", one of them.',
        )
    source = f"{written.title or shown_as(path)} ({written.source}, {written.confidence})"
    digest = hashlib.sha256(repr(written).encode()).hexdigest()[:16]
    if written.points:
        return _grid(written.points, node, source, digest)
    grids = tuple(
        _region(region, node, number, source) for number, region in enumerate(written.regions)
    )
    held = (_HELD,) if any(not g.any_altitude for g in grids) else ()
    return RegionWinds(grids, source, digest, held)


def _levels(winds: Sequence[LevelWind], node: Node, path: tuple[int | str, ...]) -> Floats:
    levels = sorted({w.level for w in winds if w.level is not None})
    if levels and any(w.level is None for w in winds):
        raise InputError(
            "a wind without level stands beside winds with one", where=node.where(path)
        )
    return np.array(levels or [0.0])


def _region(region: Region, node: Node, number: int, source: str) -> WindGrid:
    path = ("regions", number)
    if region.south >= region.north:
        raise InputError("its south is not south of its north", where=node.where((*path, "south")))
    levels = _levels(region.winds, node, (*path, "winds"))
    if len(levels) != len(region.winds):
        raise InputError("two winds stand at one level", where=node.where((*path, "winds")))
    winds = sorted(region.winds, key=lambda w: w.level or 0.0)
    width = (region.east - region.west) % 360.0 or 360.0
    field = np.array([w.components for w in winds])[:, :, None, None]
    east, north = (np.broadcast_to(field[None, :, i], (1, len(winds), 2, 2)) for i in (0, 1))
    return WindGrid(
        time_s=None,
        altitude_m=levels,
        lat_deg=np.array([region.south, region.north]),
        lon_deg=np.array([region.west, region.west + width]),
        east=east,
        north=north,
        source=f"{source}, region {region.name or number + 1}",
        digest="",
        any_altitude=winds[0].level is None,
    )


def _grid(points: Sequence[PointWind], node: Node, source: str, digest: str) -> WindGrid:
    levels = _levels(points, node, ("points",))
    lats = np.array(sorted({p.lat for p in points}))
    lons = _eastward(sorted({p.lon % 360.0 for p in points}))
    field = np.full((2, 1, len(levels), len(lats), len(lons)), np.nan)
    for number, point in enumerate(points):
        lon = lons[0] + (point.lon - lons[0]) % 360.0
        at = (
            int(np.searchsorted(levels, point.level or 0.0)),
            int(np.searchsorted(lats, point.lat)),
            int(np.argmin(np.abs(lons - lon))),
        )
        if not np.isnan(field[(0, 0, *at)]):
            raise InputError(
                "a second wind at the same point", where=node.where(("points", number))
            )
        field[(slice(None), 0, *at)] = point.components
    missing = np.argwhere(np.isnan(field[0, 0]))
    if len(missing):
        z, y, x = missing[0].tolist()
        raise InputError(
            f"the points are no full grid: there is no wind at {lats[y]:g},{lons[x]:g} in"
            f" {levels[z]:,.0f} m ({len(missing)} in all are missing)",
            where=node.where(("points",)),
            cure="Give every level at every latitude and longitude, or use regions.",
        )
    lons, (east, north) = seam_closed(lons, [field[0], field[1]])
    any_altitude = points[0].level is None
    held = () if any_altitude else (_HELD,)
    return WindGrid(None, levels, lats, lons, east, north, source, digest, held, any_altitude)


def _eastward(lons: list[float]) -> Floats:
    """Return longitudes in ascending order from behind their widest gap."""
    if len(lons) < 2:
        return np.array(lons)
    gaps = [b - a for a, b in pairwise(lons)] + [lons[0] + 360.0 - lons[-1]]
    first = (int(np.argmax(gaps)) + 1) % len(lons)
    turned = lons[first:] + [lon + 360.0 for lon in lons[:first]]
    return np.array(turned)
