"""Winds from a weather model's file: NetCDF or GRIB, on pressure levels or heights."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retinue.air.wind import FASTEST_WIND_MPS, Wind
from retinue.air.wind_grid import WindGrid, pressure_altitude_m, seam_closed
from retinue.errors import InputError

__all__ = ["RawWinds", "load_wind_grid", "missing_extra"]

Floats = NDArray[np.float64]

_NETCDF = (".nc", ".nc4", ".cdf", ".netcdf")
_HEIGHTS = "its heights are taken for pressure altitudes"
_PRESSURES = "its pressure levels stand at their altitudes in the standard atmosphere"
_HELD = "below its lowest level the wind of that level is held"


@dataclass(frozen=True, eq=False)
class RawWinds:
    """A wind field as a file has it.

    Attributes
    ----------
    time_s
        Unix times, shape (t,); None where the file has none.
    level
        Pressures in Pa or heights in m, shape (z,).
    lat_deg, lon_deg
        In the file's order, shapes (y,), (x,).
    east, north
        m/s, shape (t, z, y, x); not a number where there is no value.
    """

    time_s: Floats | None
    level: Floats
    is_pressure: bool
    lat_deg: Floats
    lon_deg: Floats
    east: NDArray[np.float32]
    north: NDArray[np.float32]


def missing_extra(package: str, name: str, where: str) -> InputError:
    """Return what to say where the library that reads a file is not installed."""
    return InputError(
        f"{package} is needed to read {name} and is not installed",
        where=where,
        cure='Install it with: pip install "retinue[air]"',
    )


def load_wind_grid(name: str, folder: Path | None = None, where: str = "") -> Wind:
    """Read a grid of winds.

    Parameters
    ----------
    name
        A path; a relative one counts from `folder`.
    where
        Place of the name in the journey file, for errors.

    Raises
    ------
    InputError
        Where the file is missing or not of its kind, lacks a component, a dimension or a unit,
        or the library that reads it is not installed.
    """
    path = Path(name).expanduser() if folder is None else folder / Path(name).expanduser()
    if not path.is_file():
        raise InputError(
            f'there is no wind file "{name}"',
            where=where,
            cure="Give its path, counted from the journey's folder.",
        )
    if path.suffix.lower() in _NETCDF:
        from retinue.air.wind_netcdf import read_netcdf

        raw = read_netcdf(path, where)
    else:
        from retinue.air.wind_grib import read_grib

        raw = read_grib(path, where)
    return _grid(raw, path)


def _grid(raw: RawWinds, path: Path) -> WindGrid:
    altitude = pressure_altitude_m(raw.level) if raw.is_pressure else raw.level
    times = raw.time_s
    if times is not None and len(times) < 2:
        # One field serves any time; the file's own time stands in its source line.
        times = None
    lon = np.unwrap(raw.lon_deg, period=360.0)
    east, north = raw.east, raw.north
    for number, axis in enumerate((times, altitude, raw.lat_deg, lon)):
        if axis is None:
            continue
        order = np.argsort(axis, kind="stable")
        if not np.isfinite(axis).all() or (np.diff(axis[order]) <= 0.0).any():
            what = ("times", "levels", "latitudes", "longitudes")[number]
            raise InputError(f"its {what} repeat or are no numbers", where=str(path))
        east, north = np.take(east, order, axis=number), np.take(north, order, axis=number)
    lat, altitude, lon = np.sort(raw.lat_deg), np.sort(altitude), np.sort(lon)
    if lat[0] < -90.0 - 1e-6 or lat[-1] > 90.0 + 1e-6 or lon[-1] - lon[0] > 360.0 + 1e-6:
        raise InputError("its latitudes or longitudes lie outside the Earth", where=str(path))
    strongest = float(np.nanmax(np.hypot(east, north), initial=0.0))
    if strongest > FASTEST_WIND_MPS:
        raise InputError(
            f"it holds a wind of {strongest:,.0f} m/s; {FASTEST_WIND_MPS:.0f} m/s is the most",
            where=str(path),
            cure="Check the unit and the missing values of the file.",
        )
    lon, (east_closed, north_closed) = seam_closed(lon, [east, north])
    assumed = [_PRESSURES if raw.is_pressure else _HEIGHTS, _HELD]
    source = path.name
    if raw.time_s is not None and times is None:
        from retinue.clock import iso_utc

        moment = iso_utc(float(raw.time_s[0]))
        source += f", valid {moment}"
        assumed.append(f"its one field, valid {moment}, is held for the whole flight")
    return WindGrid(
        time_s=None if times is None else np.sort(times),
        altitude_m=altitude,
        lat_deg=lat,
        lon_deg=lon,
        east=east_closed,
        north=north_closed,
        source=source,
        digest=_digest(path),
        assumptions=tuple(assumed),
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
