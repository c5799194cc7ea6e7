"""Winds from NetCDF by its conventions (CF).

What a variable or dimension is, is read off its standard name, its units or, failing those,
its own name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retinue.air.wind_file import RawWinds, missing_extra
from retinue.errors import InputError

__all__ = ["read_netcdf"]

Floats = NDArray[np.float64]

_EAST = ("eastward_wind", "u", "ua", "ugrd", "uwnd", "u_component_of_wind", "wind_u", "u_wind")
_NORTH = ("northward_wind", "v", "va", "vgrd", "vwnd", "v_component_of_wind", "wind_v", "v_wind")
_AXES = {
    "latitude": ("latitude", "lat", "y"),
    "longitude": ("longitude", "lon", "x"),
    "time": ("time", "valid_time", "t"),
    "level": (
        "air_pressure", "altitude", "height", "geopotential_height", "level", "lev", "plev",
        "isobaricinhpa", "isobaric", "pressure_level", "pressure", "z", "alt",
    ),
}  # fmt: skip
_SPEEDS = {
    "m s-1": 1.0, "m s**-1": 1.0, "m/s": 1.0, "m s^-1": 1.0, "ms-1": 1.0, "meter second-1": 1.0,
    "meters per second": 1.0, "m.s-1": 1.0, "km/h": 1 / 3.6, "km h-1": 1 / 3.6,
    "kt": 1852 / 3600, "knot": 1852 / 3600, "knots": 1852 / 3600,
}  # fmt: skip
_PRESSURES = {
    "pa": 1.0, "hpa": 100.0, "mb": 100.0, "mbar": 100.0, "millibar": 100.0, "millibars": 100.0,
    "kpa": 1000.0, "pascal": 1.0, "hectopascal": 100.0,
}  # fmt: skip
_LENGTHS = {
    "m": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0, "km": 1000.0,
    "ft": 0.3048, "feet": 0.3048, "foot": 0.3048, "gpm": 1.0,
}  # fmt: skip


def read_netcdf(path: Path, where: str = "") -> RawWinds:
    """Read a NetCDF file, classic or version 4.

    Raises
    ------
    InputError
        Where the library is missing, or the file lacks a component, dimension or unit.
    """
    try:
        import netCDF4
    except ImportError as error:
        raise missing_extra("netCDF4", path.name, where) from error
    try:
        file = netCDF4.Dataset(str(path))
    except (OSError, RuntimeError) as error:
        raise InputError(f"this is not a NetCDF file: {error}", where=str(path)) from error
    try:
        return _read(file, str(path))
    except (RuntimeError, OSError) as error:
        raise InputError(f"the NetCDF file is damaged: {error}", where=str(path)) from error
    finally:
        file.close()


def _read(file: Any, path: str) -> RawWinds:
    east, north = _variable(file, _EAST, path), _variable(file, _NORTH, path)
    if east.dimensions != north.dimensions or east.shape != north.shape:
        raise InputError("both components of the wind do not stand on one grid", where=path)
    found = {_axis(file, name, path): name for name in east.dimensions}
    for axis in ("latitude", "longitude", "level"):
        if axis not in found:
            raise InputError(
                f"the wind has no dimension of {axis}: it has {', '.join(east.dimensions)}",
                where=path,
                cure="Take a file with wind on levels, latitude and longitude.",
            )
    order = [n for a in ("time", "level", "latitude", "longitude") if (n := found.get(a))]
    for name in east.dimensions:
        if name not in order and len(file.dimensions[name]) != 1:
            raise InputError(
                f'the wind has a dimension "{name}" of {len(file.dimensions[name])}',
                where=path,
                cure="Take out one of them (an ensemble's member, say) before.",
            )
    fields = [_field(variable, order, path) for variable in (east, north)]
    level, is_pressure = _level(file.variables[found["level"]], path)
    time = _time(file.variables[found["time"]], path) if "time" in found else None
    return RawWinds(
        time,
        level,
        is_pressure,
        _numbers(file.variables[found["latitude"]], path),
        _numbers(file.variables[found["longitude"]], path),
        *fields,
    )


def _text(variable: Any, attribute: str) -> str:
    return str(getattr(variable, attribute, "")).strip()


def _variable(file: Any, names: tuple[str, ...], path: str) -> Any:
    for name, variable in file.variables.items():
        if _text(variable, "standard_name") == names[0] or name.casefold() in names:
            return variable
    raise InputError(
        f"there is no {names[0].replace('_', ' ')} in it",
        where=path,
        cure=f"It is called {', '.join(names[1:4])} or has the standard name {names[0]}.",
    )


def _axis(file: Any, dimension: str, path: str) -> str:
    """Return what a dimension is, its own name where it is none of the four."""
    variable = file.variables.get(dimension)
    if variable is None:
        return dimension
    standard, units = _text(variable, "standard_name"), _text(variable, "units").casefold()
    for axis, names in _AXES.items():
        if standard in names or (not standard and dimension.casefold() in names):
            return axis
    if units.startswith("degree") and units[-1:] in ("n", "h"):
        return "latitude"
    if units.startswith("degree") and units[-1:] in ("e", "t"):
        return "longitude"
    if " since " in units:
        return "time"
    return "level" if units in _PRESSURES else dimension


def _field(variable: Any, order: list[str], path: str) -> NDArray[np.float32]:
    units = _text(variable, "units").casefold()
    if units not in _SPEEDS:
        raise InputError(
            f'the unit of {variable.name} is "{units}"'
            if units
            else f"{variable.name} has no unit",
            where=path,
            cure='Give the variable the attribute units, e.g. "m s-1".',
        )
    values = np.ma.filled(np.ma.asarray(variable[...], np.float32), np.nan)
    names = list(variable.dimensions)
    others = tuple(i for i, name in enumerate(names) if name not in order)
    values = np.squeeze(values, axis=others)
    names = [name for name in names if name in order]
    values = np.transpose(values, [names.index(name) for name in order])
    if len(order) == 3:
        values = values[None]
    return np.asarray(values * np.float32(_SPEEDS[units]), np.float32)


def _numbers(variable: Any, path: str) -> Floats:
    values = np.ma.filled(np.ma.asarray(variable[...], np.float64), np.nan)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise InputError(f"{variable.name} is not a line of numbers", where=path)
    return np.asarray(values, np.float64)


def _level(variable: Any, path: str) -> tuple[Floats, bool]:
    units = _text(variable, "units").casefold()
    values = _numbers(variable, path)
    if units in _PRESSURES:
        pressures = values * _PRESSURES[units]
        if (pressures <= 0.0).any():
            raise InputError(f"{variable.name} holds a pressure of nothing", where=path)
        return pressures, True
    if units in _LENGTHS:
        return values * _LENGTHS[units], False
    raise InputError(
        f'the unit of {variable.name} is "{units or "not given"}"',
        where=path,
        cure='Levels are pressures ("hPa") or heights ("m"): give the attribute units.',
    )


def _time(variable: Any, path: str) -> Floats:
    import cftime

    units, calendar = _text(variable, "units"), _text(variable, "calendar") or "standard"
    if calendar not in ("standard", "gregorian", "proleptic_gregorian"):
        raise InputError(f'its times follow the calendar "{calendar}"', where=path)
    try:
        dates = cftime.num2date(_numbers(variable, path), units, calendar)
        seconds = cftime.date2num(dates, "seconds since 1970-01-01 00:00:00", calendar)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f'the unit of {variable.name} is "{units}": {error}',
            where=path,
            cure='Give the attribute units, e.g. "hours since 2018-02-09 00:00:00".',
        ) from error
    return np.asarray(seconds, np.float64)
