"""What an observer can name: a square of the Earth's surface and a bin of time.

Rows are bands of latitude of one height; each is cut into a whole number of columns of nearly
that width.  A movement covers a square from when its head enters until its tail leaves.  The
crossings of a square's edges are found exactly on the polyline (straight in degrees), so no
square is missed, however short its corner.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from retinue.world.sphere import EARTH_RADIUS_M, distance_m

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retinue.movement import Movement

__all__ = ["Cell", "Grid", "Visit"]


class Cell(NamedTuple):
    """A square in a bin of time, on the ground or (``aloft`` 1) in the air above it."""

    row: int
    column: int
    time_bin: int
    aloft: int = 0


class Visit(NamedTuple):
    """A square covered from a moment to a moment (Unix seconds)."""

    row: int
    column: int
    enter_s: float
    leave_s: float
    aloft: int = 0


@dataclass(frozen=True)
class Grid:
    """Squares of side ``cell_m``, bins of ``bin_s`` from the Unix epoch on."""

    cell_m: float
    bin_s: float

    @property
    def step_deg(self) -> float:
        """Height of a row in degrees of latitude."""
        return math.degrees(self.cell_m / EARTH_RADIUS_M)

    def row(self, lat_deg: float) -> int:
        """Return the row of a latitude."""
        return math.floor(lat_deg / self.step_deg)

    def columns(self, row: int) -> int:
        """Return into how many columns a row is cut."""
        middle = min(90.0, abs(row + 0.5) * self.step_deg)
        return max(1, round(360.0 * math.cos(math.radians(middle)) / self.step_deg))

    def column(self, row: int, lon_deg: float) -> int:
        """Return the column of a longitude in a row."""
        count = self.columns(row)
        return math.floor((lon_deg + 180.0) / 360.0 * count) % count

    def centre(self, row: int, column: int) -> tuple[float, float]:
        """Return (latitude, longitude) of a square's centre, degrees."""
        lat = min(90.0, max(-90.0, (row + 0.5) * self.step_deg))
        return lat, (column + 0.5) / self.columns(row) * 360.0 - 180.0

    def time_bin(self, time_s: float) -> int:
        """Return the bin of a moment."""
        return math.floor(time_s / self.bin_s)

    def visits(self, movement: Movement) -> tuple[Visit, ...]:
        """Return the squares that a movement covers, in order.

        One that knows its altitude flies, and is looked for in the air.
        """
        stretches: list[tuple[int, int, float, float]] = []
        lon = np.unwrap(movement.lon_deg, period=360.0).tolist()
        lat, chainage = movement.lat_deg.tolist(), movement.distance_m.tolist()
        for i in range(len(lat) - 1):
            begin, end = chainage[i], chainage[i + 1]
            cuts = [0.0, *self._crossings(lat[i], lat[i + 1], lon[i], lon[i + 1]), 1.0]
            for first, last in pairwise(cuts):
                half = (first + last) / 2
                row = self.row(lat[i] + half * (lat[i + 1] - lat[i]))
                column = self.column(row, lon[i] + half * (lon[i + 1] - lon[i]))
                from_m, to_m = begin + first * (end - begin), begin + last * (end - begin)
                if stretches and stretches[-1][:2] == (row, column):
                    stretches[-1] = (row, column, stretches[-1][2], to_m)
                else:
                    stretches.append((row, column, from_m, to_m))
        aloft = int(movement.altitude_m is not None)
        visits = [
            Visit(row, column, movement.time_at(a), movement.tail_time_at(b), aloft)
            for row, column, a, b in stretches
        ]
        # The head stands at the first point from the departure on, at the last from the arrival.
        return tuple(v._replace(leave_s=max(v.enter_s, v.leave_s)) for v in visits)

    def _crossings(self, lat1: float, lat2: float, lon1: float, lon2: float) -> list[float]:
        """Return where a segment crosses edges, as shares of its length, ascending."""
        rows = sorted(_cuts(lat1 / self.step_deg, lat2 / self.step_deg))
        found = list(rows)
        bounds = [0.0, *rows, 1.0]
        for first, last in pairwise(bounds):
            half = (first + last) / 2
            scale = self.columns(self.row(lat1 + half * (lat2 - lat1))) / 360.0
            found += [
                share for share in _cuts(lon1 * scale + scale * 180.0, lon2 * scale + scale * 180.0)
                if first < share < last
            ]  # fmt: skip
        return sorted(found)

    def cells(self, visits: Iterable[Visit], shift_s: float = 0.0) -> set[Cell]:
        """Return the cells of visits that are all moved in time."""
        found: set[Cell] = set()
        for row, column, enter, leave, aloft in visits:
            first = self.time_bin(enter + shift_s)
            last = max(first, math.ceil((leave + shift_s) / self.bin_s) - 1)
            found.update(Cell(row, column, b, aloft) for b in range(first, last + 1))
        return found

    def squares_near(
        self,
        squares: Iterable[tuple[int, int]],
        points: Sequence[tuple[float, float]],
        radius_m: float,
    ) -> set[tuple[int, int]]:
        """Return the squares whose centre lies within a radius of a point (lat, lon)."""
        wanted = sorted(set(squares))
        if not wanted or not points:
            return set()
        centres = np.array([self.centre(*square) for square in wanted])
        near = np.zeros(len(wanted), bool)
        for lat, lon in points:
            near |= distance_m(centres[:, 0], centres[:, 1], lat, lon) <= radius_m
        # The square that holds the point always belongs to its zone, however large it is.
        own = {(row := self.row(lat), self.column(row, lon)) for lat, lon in points}
        return {s for s, inside in zip(wanted, near, strict=True) if inside} | (own & set(wanted))


def _cuts(first: float, last: float) -> list[float]:
    """Return where a line from one number to another passes whole numbers, as shares."""
    if first == last:
        return []
    low, high = min(first, last), max(first, last)
    whole = range(math.floor(low) + 1, math.ceil(high))
    return [(number - first) / (last - first) for number in whole]
