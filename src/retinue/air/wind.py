"""The wind aloft: none, one wind everywhere, or a field read from a file.

Components are those of the air's own motion: a west wind of 10 m/s has ``east_mps = 10``.
Directions in files say where the wind comes from, true, as meteorology has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retinue.errors import InputError

if TYPE_CHECKING:
    from retinue.journey.air import WindSource

__all__ = ["FASTEST_WIND_MPS", "SameWind", "Still", "Wind", "load_wind"]

Floats = NDArray[np.float64]

FASTEST_WIND_MPS = 150.0
"""More is taken for a mistake: jet streams reach about 110 m/s (WMO, International
Meteorological Vocabulary: core above 30 m/s; strongest measured about 115 m/s)."""


@runtime_checkable
class Wind(Protocol):
    """The wind at places, altitudes and moments.

    Attributes
    ----------
    timed
        Whether `at` looks at the time; where it does not, any time does.
    source
        What it stands on, as a plan prints it.
    assumptions
        What was supplied that the source does not say, a sentence each.
    """

    @property
    def timed(self) -> bool: ...  # noqa: D102

    @property
    def source(self) -> str: ...  # noqa: D102

    @property
    def assumptions(self) -> tuple[str, ...]: ...  # noqa: D102

    def at(
        self,
        lat_deg: ArrayLike,
        lon_deg: ArrayLike,
        altitude_m: ArrayLike,
        time_s: ArrayLike = 0.0,
    ) -> tuple[Floats, Floats]:
        """Return the components towards east and north, m/s, in the broadcast shape.

        Parameters
        ----------
        lat_deg, lon_deg
            Longitudes may run on past 180.
        altitude_m
            Pressure altitude.
        time_s
            Unix time.

        Raises
        ------
        InputError
            Where a point lies outside what the source covers.
        """


@dataclass(frozen=True)
class SameWind:
    """One wind everywhere, at every altitude and time."""

    east_mps: float
    north_mps: float
    source: str = "journey"
    timed: bool = False
    assumptions: tuple[str, ...] = ()

    @classmethod
    def from_direction(cls, from_rad: float, speed_mps: float, source: str = "journey") -> SameWind:
        """Return the wind that comes from a true direction (radians, clockwise of north)."""
        return cls(-speed_mps * np.sin(from_rad), -speed_mps * np.cos(from_rad), source)

    def at(
        self,
        lat_deg: ArrayLike,
        lon_deg: ArrayLike,
        altitude_m: ArrayLike,
        time_s: ArrayLike = 0.0,
    ) -> tuple[Floats, Floats]:
        """Return the same components for every point, m/s."""
        shape = np.broadcast_shapes(*(np.shape(v) for v in (lat_deg, lon_deg, altitude_m, time_s)))
        return np.full(shape, self.east_mps), np.full(shape, self.north_mps)


def Still() -> SameWind:  # noqa: N802
    """Return the air at rest."""
    return SameWind(0.0, 0.0, "still air")


def load_wind(asked: WindSource | None, folder: Path | None = None, where: str = "") -> Wind:
    """Return the wind that a leg asks for.

    Parameters
    ----------
    asked
        None is still air.  A file is a table (``.yaml``, or a name of the catalogue's
        ``winds``), NetCDF (``.nc``, ``.nc4``, ``.cdf``) or GRIB (``.grib``, ``.grib2``, ``.grb``,
        ``.grb2``, ``.gb2``).
    folder
        The journey's folder, from which relative paths count.
    where
        ``file:line: key`` for errors.

    Raises
    ------
    InputError
        Where the source is unclear, cannot be read or holds no wind.
    """
    if asked is None:
        return Still()
    if asked.file is None:
        if asked.from_ is None or asked.at is None:
            raise InputError(
                "a wind needs its direction and its speed, or a file",
                where=where,
                cure='Write e.g. "wind: {from: 270 deg, at: 60 kt}" or "wind: winds.nc".',
            )
        _check_speed(asked.at, where)
        return SameWind.from_direction(asked.from_, asked.at)
    if asked.from_ is not None or asked.at is not None:
        raise InputError(
            "a wind is either one direction and speed or a file, not both",
            where=where,
            cure='Leave out "file" or "from" and "at".',
        )
    suffix = Path(asked.file).suffix.lower()
    if suffix in (".nc", ".nc4", ".cdf", ".netcdf", ".grib", ".grib2", ".grb", ".grb2", ".gb2"):
        from retinue.air.wind_file import load_wind_grid

        return load_wind_grid(asked.file, folder, where)
    from retinue.air.wind_table import load_wind_table

    return load_wind_table(asked.file, folder, where)


def _check_speed(speed_mps: float, where: str) -> None:
    if not speed_mps <= FASTEST_WIND_MPS:
        raise InputError(
            f"a wind of {speed_mps:,.0f} m/s does not blow: {FASTEST_WIND_MPS:.0f} m/s is the most",
            where=where,
            cure="Check the unit.",
        )
