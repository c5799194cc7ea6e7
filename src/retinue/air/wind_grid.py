"""A wind field on a grid of time, altitude, latitude and longitude, linear between its points.

Below the lowest level the wind of that level is held, since levels seldom reach the ground, and
that is said.  Anywhere else outside the grid there is no wind to be had, and that is an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retinue.clock import iso_utc
from retinue.errors import InputError

__all__ = ["WindGrid", "pressure_altitude_m", "seam_closed"]

Floats = NDArray[np.float64]
Fields = NDArray[Any]

_SEA_LEVEL_PA = 101_325.0
_TROPOPAUSE_PA = 22_632.06
_TROPOPAUSE_M = 11_000.0
_ROUNDING_DEG = 1e-6
_ROUNDING_M = 1.0


def pressure_altitude_m(pressure_pa: ArrayLike) -> Floats:
    """Return the altitude of a pressure in the standard atmosphere (ICAO Doc 7488).

    ``h = (T0 / L) (1 - (p / p0)^(R L / g))`` below 11 km, above that
    ``h = 11 km + (R T / g) ln(p11 / p)``.
    """
    pressure = np.asarray(pressure_pa, np.float64)
    below = 288.15 / 0.0065 * (1.0 - (pressure / _SEA_LEVEL_PA) ** (287.05287 * 0.0065 / 9.80665))
    above = _TROPOPAUSE_M + 287.05287 * 216.65 / 9.80665 * np.log(_TROPOPAUSE_PA / pressure)
    return np.asarray(np.where(pressure >= _TROPOPAUSE_PA, below, above))


@dataclass(frozen=True, eq=False)
class WindGrid:
    """A wind field on a grid.

    Attributes
    ----------
    time_s
        Unix times, ascending, shape (t,); None: one field for any time.
    altitude_m, lat_deg, lon_deg
        Ascending, shapes (z,), (y,), (x,).  One altitude holds at all of them only where
        `any_altitude` says so.
    east, north
        m/s, shape (t, z, y, x), t = 1 without times; not a number where there is no value.
    digest
        Differs where the content does.
    """

    time_s: Floats | None
    altitude_m: Floats
    lat_deg: Floats
    lon_deg: Floats
    east: Fields
    north: Fields
    source: str
    digest: str
    assumptions: tuple[str, ...] = ()
    any_altitude: bool = False

    def __repr__(self) -> str:
        """Return a text that differs where the content does."""
        return f"WindGrid({self.source!r}, {self.digest!r})"

    @property
    def timed(self) -> bool:
        """Whether `at` looks at the time."""
        return self.time_s is not None

    def at(
        self,
        lat_deg: ArrayLike,
        lon_deg: ArrayLike,
        altitude_m: ArrayLike,
        time_s: ArrayLike = 0.0,
    ) -> tuple[Floats, Floats]:
        """Return the components towards east and north, m/s; see `retinue.air.wind.Wind`."""
        lat, lon, altitude, time = np.broadcast_arrays(
            *(np.asarray(v, np.float64) for v in (lat_deg, lon_deg, altitude_m, time_s))
        )
        west = self.lon_deg[0]
        lon = west + (lon - west + _ROUNDING_DEG) % 360.0 - _ROUNDING_DEG
        axes = [
            (self.lat_deg, lat, _ROUNDING_DEG, "latitude", "degrees"),
            (self.lon_deg, lon, _ROUNDING_DEG, "longitude", "degrees"),
        ]
        if self.any_altitude:
            altitude = np.full(lat.shape, self.altitude_m[0])
        held = np.maximum(altitude, self.altitude_m[0])
        axes.insert(0, (self.altitude_m, held, _ROUNDING_M, "altitude", "m"))
        if self.time_s is not None:
            self._check_time(time)
            axes.insert(0, (self.time_s, time, 0.5, "time", ""))
        places = []
        for axis, value, rounding, name, unit in axes:
            self._check(axis, value, rounding, name, unit)
            places.append(_place(axis, value))
        if self.time_s is None:
            first = np.zeros(lat.shape, np.int64)
            places.insert(0, (first, first, np.zeros(lat.shape)))
        east, north = _linear(self.east, places), _linear(self.north, places)
        missing = np.isnan(east) | np.isnan(north)
        if missing.any():
            number = int(np.argmax(missing.ravel()))
            raise InputError(
                f"{self.source} has no wind at {lat.ravel()[number]:.2f},"
                f"{lon.ravel()[number]:.2f} in {altitude.ravel()[number]:,.0f} m",
                where=self.source,
                cure="Fill the missing values, or fly elsewhere.",
            )
        return east, north

    def _check_time(self, time: Floats) -> None:
        assert self.time_s is not None
        first, last = float(self.time_s[0]), float(self.time_s[-1])
        if not (time.min(initial=first) >= first - 0.5 and time.max(initial=last) <= last + 0.5):
            wrong = float(time.min() if not time.min() >= first - 0.5 else time.max())
            raise InputError(
                f"the winds run from {iso_utc(first)} to {iso_utc(last)}, asked for is"
                f" {iso_utc(wrong) if np.isfinite(wrong) else wrong}",
                where=self.source,
                cure="Take a file that covers the whole flight.",
            )

    def _check(self, axis: Floats, value: Floats, rounding: float, name: str, unit: str) -> None:
        low, high = float(axis[0]) - rounding, float(axis[-1]) + rounding
        outside = ~((value >= low) & (value <= high))
        if outside.any():
            wrong = float(value.ravel()[int(np.argmax(outside.ravel()))])
            raise InputError(
                f"the winds cover {name} {low + rounding:,.4g} to {high - rounding:,.6g} {unit},"
                f" the flight comes to {wrong:,.6g}",
                where=self.source,
                cure="Take a file that covers the whole flight.",
            )


def seam_closed(lon_deg: Floats, fields: list[Fields]) -> tuple[Floats, list[Fields]]:
    """Return longitudes and fields with the first column again at the end of a whole circle."""
    if len(lon_deg) < 2:
        return lon_deg, fields
    step = float(np.median(np.diff(lon_deg)))
    turn = float(lon_deg[-1] - lon_deg[0])
    if turn < 360.0 - 1e-6 and turn + 1.5 * step >= 360.0:
        lon_deg = np.append(lon_deg, lon_deg[0] + 360.0)
        fields = [np.append(f, f[..., :1], axis=-1) for f in fields]
    return lon_deg, fields


Place = tuple[NDArray[np.int64], NDArray[np.int64], Floats]


def _place(axis: Floats, value: Floats) -> Place:
    """Return the points of an axis on both sides of each value, and the share of the second."""
    low = np.clip(np.searchsorted(axis, value, side="right") - 1, 0, max(len(axis) - 2, 0))
    high = np.minimum(low + 1, len(axis) - 1)
    width = np.where(high > low, axis[high] - axis[low], 1.0)
    return low, high, np.clip((value - axis[low]) / width, 0.0, 1.0)


def _linear(field: Fields, places: list[Place]) -> Floats:
    total = np.zeros(places[0][0].shape)
    for corner in range(1 << len(places)):
        weight, index = np.ones(total.shape), []
        for number, (low, high, share) in enumerate(places):
            upper = bool(corner >> number & 1)
            weight = weight * (share if upper else 1.0 - share)
            index.append(high if upper else low)
        values = field[tuple(index)].astype(np.float64)
        # A point that does not count must not spoil the sum where it has no value.
        total += np.where(weight > 0.0, weight * values, 0.0)
    return total
