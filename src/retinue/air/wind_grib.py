"""Winds from GRIB, edition 1 or 2, on a regular grid of latitude and longitude."""

from __future__ import annotations

import calendar
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retinue.air.wind_file import RawWinds, missing_extra
from retinue.errors import InputError

__all__ = ["read_grib"]

Floats = NDArray[np.float64]
Fields = NDArray[np.float32]

#: typeOfLevel: metres or pascals to one unit of it, and whether it is a pressure.
_LEVELS = {
    "isobaricInhPa": (100.0, True),
    "isobaricInPa": (1.0, True),
    "heightAboveSea": (1.0, False),
}


def read_grib(path: Path, where: str = "") -> RawWinds:
    """Read the wind's components from all messages of a GRIB file.

    Raises
    ------
    InputError
        Where the library is missing, the file is not GRIB, its grid is not regular, or a
        level lacks one component at one of the times.
    """
    try:
        import eccodes
    except (ImportError, RuntimeError) as error:
        raise missing_extra("eccodes", path.name, where) from error
    found: dict[str, dict[tuple[float, float], Fields]] = {"u": {}, "v": {}}
    grid: list[Any] = []
    try:
        with path.open("rb") as file:
            while (message := eccodes.codes_grib_new_from_file(file)) is not None:
                try:
                    _take(eccodes, message, found, grid, str(path))
                finally:
                    eccodes.codes_release(message)
    except eccodes.CodesInternalError as error:
        raise InputError(f"the GRIB file cannot be read: {error}", where=str(path)) from error
    if not grid:
        raise InputError(
            "there is no wind on pressure levels or heights above the sea in it",
            where=str(path),
            cure="Take a GRIB file with the fields u and v on such levels.",
        )
    return _joined(found, grid, str(path))


def _take(
    codes: Any,
    message: Any,
    found: dict[str, dict[tuple[float, float], Fields]],
    grid: list[Any],
    path: str,
) -> None:
    """Add a message to what was found, unless it is no wind aloft."""
    component = str(codes.codes_get(message, "shortName"))
    kind = str(codes.codes_get(message, "typeOfLevel"))
    if component not in found or kind not in _LEVELS:
        return
    shape = str(codes.codes_get(message, "gridType"))
    if shape != "regular_ll":
        raise InputError(
            f'its grid is "{shape}"',
            where=path,
            cure="Bring it to a regular grid of latitude and longitude before.",
        )
    factor, is_pressure = _LEVELS[kind]
    lats = np.round(codes.codes_get_array(message, "latitudes"), 6)
    lons = np.round(codes.codes_get_array(message, "longitudes") % 360.0, 6)
    lat, row = np.unique(lats, return_inverse=True)
    lon, column = np.unique(lons, return_inverse=True)
    if not grid:
        grid += [lat, lon, is_pressure]
    elif not (np.array_equal(lat, grid[0]) and np.array_equal(lon, grid[1])):
        raise InputError("its fields stand on different grids", where=path)
    elif is_pressure != grid[2]:
        raise InputError("it mixes pressure levels and heights", where=path)
    values = np.asarray(codes.codes_get_values(message), np.float64)
    if codes.codes_get(message, "bitmapPresent"):
        values[values == codes.codes_get_double(message, "missingValue")] = np.nan
    field = np.full((len(lat), len(lon)), np.nan, np.float32)
    field[row, column] = values
    key = (_moment(codes, message), codes.codes_get_double(message, "level") * factor)
    if key in found[component]:
        raise InputError(
            f"it holds several fields of {component} for one level and time",
            where=path,
            cure="Take out one of them (an ensemble's member, say) before.",
        )
    found[component][key] = field


def _moment(codes: Any, message: Any) -> float:
    date = int(codes.codes_get_long(message, "validityDate"))
    time = int(codes.codes_get_long(message, "validityTime"))
    day = (date // 10_000, date // 100 % 100, date % 100)
    return float(calendar.timegm((*day, time // 100, time % 100, 0)))


def _joined(
    found: dict[str, dict[tuple[float, float], Fields]], grid: list[Any], path: str
) -> RawWinds:
    keys = sorted({*found["u"], *found["v"]})
    times, levels = sorted({k[0] for k in keys}), sorted({k[1] for k in keys})
    for component, fields in found.items():
        missing = [(t, z) for t in times for z in levels if (t, z) not in fields]
        if missing:
            raise InputError(
                f"{component} is missing at {len(missing)} of {len(times) * len(levels)} levels"
                f" and times, the first of them level {missing[0][1]:,.0f}"
                f" {'Pa' if grid[2] else 'm'}",
                where=path,
                cure="Take a file with both components at every level and time.",
            )
    east, north = (
        np.stack([np.stack([found[c][t, z] for z in levels]) for t in times]) for c in "uv"
    )
    lat, lon, is_pressure = grid
    # The grid may lie across the prime meridian: begin behind the widest gap.
    gaps = np.diff(np.append(lon, lon[0] + 360.0))
    first = (int(np.argmax(gaps)) + 1) % len(lon) if len(lon) > 1 else 0
    turned = np.concatenate((lon[first:], lon[:first] + 360.0))
    east, north = np.roll(east, -first, axis=-1), np.roll(north, -first, axis=-1)
    return RawWinds(np.array(times), np.array(levels), is_pressure, lat, turned, east, north)
