"""What a run gives back: nodes of place, time and speed, with regime and energy between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retinue.errors import InputError

__all__ = ["Regime", "Run", "Stop"]

Floats = NDArray[np.float64]


class Regime(IntEnum):
    """What the train does between two nodes."""

    ACCELERATE = 0
    CRUISE = 1
    COAST = 2
    BRAKE = 3
    DWELL = 4
    LOSING_SPEED = 5


@dataclass(frozen=True)
class Stop:
    """The front stands at a chainage for a while."""

    at_m: float
    dwell_s: float = 0.0


def _hermite_time(
    place: Floats, x0: Floats, x1: Floats, t0: Floats, t1: Floats, v0: Floats, v1: Floats
) -> Floats:
    """Invert the cubic x(t) through both ends and speeds of each interval."""
    from retinue.rail.course_kernel import hermite_times

    duration = t1 - t0
    share = hermite_times(place - x0, x1 - x0, v0 * duration, v1 * duration)
    return np.asarray(t0 + share * duration)


@dataclass(frozen=True, eq=False)
class Run:
    """One train's motion along a path.

    Attributes
    ----------
    distance_m, time_s, speed_mps
        Shape (n,): front's chainage, seconds since the start, speed at each node.
        A stop with dwell is two nodes at one chainage.
    regime
        Shape (n - 1,): `Regime` of each interval.
    interval_energy_j
        Shape (n - 1,): traction work at the wheel in each interval.
    length_m
        Length of the train.
    """

    distance_m: Floats
    time_s: Floats
    speed_mps: Floats
    regime: NDArray[np.int8]
    interval_energy_j: Floats
    length_m: float

    @property
    def total_time_s(self) -> float:
        """Time from start to end, dwell included."""
        return float(self.time_s[-1])

    @property
    def dwell_s(self) -> float:
        """Time at stops on the way."""
        return float(np.diff(self.time_s)[self.regime == Regime.DWELL].sum())

    @property
    def running_time_s(self) -> float:
        """Time in motion."""
        return self.total_time_s - self.dwell_s

    @property
    def energy_j(self) -> float:
        """Traction work at the wheel over the whole run; nothing is recovered in braking."""
        return float(self.interval_energy_j.sum())

    @property
    def regime_shares(self) -> dict[Regime, float]:
        """Share of the total time in each regime (they add up to 1)."""
        times = np.bincount(self.regime, weights=np.diff(self.time_s), minlength=len(Regime))
        total = max(float(times.sum()), 1e-300)
        return {regime: float(times[regime]) / total for regime in Regime}

    def time_at(
        self, distance_m: ArrayLike, *, side: Literal["arrival", "departure"] = "arrival"
    ) -> Floats:
        """Return when the front is at chainages.

        At a stop: when it arrives, or with ``side="departure"`` when it leaves.
        Between nodes the motion is the cubic through places and speeds (error
        under a millisecond).

        Raises
        ------
        InputError
            For a chainage off the run.
        """
        place = np.atleast_1d(np.asarray(distance_m, dtype=np.float64))
        self._check(place)
        place = np.clip(place, self.distance_m[0], self.distance_m[-1])
        if side == "arrival":
            right = np.searchsorted(self.distance_m, place, side="left")
        else:
            right = np.searchsorted(self.distance_m, place, side="right")
        right = np.clip(right, 1, self.distance_m.size - 1)
        left = right - 1
        time = _hermite_time(
            place, self.distance_m[left], self.distance_m[right], self.time_s[left],
            self.time_s[right], self.speed_mps[left], self.speed_mps[right],
        )  # fmt: skip
        exact = self.distance_m[right] == place
        time = np.where(exact, self.time_s[right], time)
        at_left = self.distance_m[left] == place
        time = np.where(at_left & ~exact, self.time_s[left], time)
        return np.asarray(time.reshape(np.shape(distance_m)), dtype=np.float64)

    def speed_at(self, distance_m: ArrayLike) -> Floats:
        """Return the front's speed at chainages (0 at a stop)."""
        place = np.atleast_1d(np.asarray(distance_m, dtype=np.float64))
        self._check(place)
        right = np.clip(
            np.searchsorted(self.distance_m, place, side="left"), 1, self.distance_m.size - 1
        )
        left = right - 1
        width = self.distance_m[right] - self.distance_m[left]
        share = np.where(
            width > 0.0, (place - self.distance_m[left]) / np.maximum(width, 1e-300), 1.0
        )
        # v**2 is linear in place under constant acceleration.
        square = (1.0 - share) * self.speed_mps[left] ** 2 + share * self.speed_mps[right] ** 2
        return np.asarray(np.sqrt(square).reshape(np.shape(distance_m)))

    def tail_time_at(self, distance_m: ArrayLike) -> Floats:
        """Return when the tail leaves chainages behind; NaN where the run ends before that."""
        place = np.atleast_1d(np.asarray(distance_m, dtype=np.float64)) + self.length_m
        time = np.full(place.size, np.nan)
        inside = place <= self.distance_m[-1] + 1e-6
        time[inside] = self.time_at(np.minimum(place[inside], self.distance_m[-1]))
        return np.asarray(time.reshape(np.shape(distance_m)), dtype=np.float64)

    def energy_until(self, distance_m: ArrayLike) -> Floats:
        """Return the traction work from the start to chainages (linear inside an interval)."""
        total = np.concatenate([[0.0], np.cumsum(self.interval_energy_j)])
        return np.asarray(np.interp(np.asarray(distance_m, np.float64), self.distance_m, total))

    def polyline(self, tolerance_s: float = 0.5) -> tuple[Floats, Floats]:
        """Return (distance_m, time_s) that joined by straight lines stay within a tolerance.

        Under constant acceleration from v0 to v1 in T the chord is late by at most
        ``T |v1 - v0| / (4 (v0 + v1))``.  Intervals are cut into equal times so that
        the slowest part holds the tolerance.
        """
        if not tolerance_s > 0.0:
            raise InputError(f"a tolerance is positive, not {tolerance_s} s")
        duration = np.diff(self.time_s)
        v0, v1 = self.speed_mps[:-1], self.speed_mps[1:]
        change, slowest = np.abs(v1 - v0), np.minimum(v0, v1)
        limit = 4.0 * tolerance_s / 1.2  # the acceleration is not quite constant
        root = np.sqrt((limit * change) ** 2 + 8.0 * limit * slowest * duration * change)
        needed = 2.0 * duration * change / np.maximum(limit * change + root, 1e-300)
        parts = np.maximum(1, np.ceil(needed)).astype(np.int64)
        parts[self.regime == Regime.DWELL] = 1
        index = np.repeat(np.arange(parts.size), parts)
        within = np.arange(index.size) - np.repeat(np.cumsum(parts) - parts, parts)
        u = (within + 1) / parts[index]
        way = np.diff(self.distance_m)[index]
        d0, d1 = v0[index] * duration[index], v1[index] * duration[index]
        place = u * (d0 + u * (3.0 * way - 2.0 * d0 - d1 + u * (d0 + d1 - 2.0 * way)))
        place = np.where(u == 1.0, way, place)
        place = np.where(self.regime[index] == Regime.DWELL, 0.0, place)
        return (
            np.concatenate([[self.distance_m[0]], self.distance_m[index] + place]),
            np.concatenate([[self.time_s[0]], self.time_s[index] + u * duration[index]]),
        )

    def _check(self, place: Floats) -> None:
        slack = 1e-6
        off = (place < self.distance_m[0] - slack) | (place > self.distance_m[-1] + slack)
        if bool((off | np.isnan(place)).any()):
            raise InputError(
                f"the run goes from {self.distance_m[0]:g} to {self.distance_m[-1]:g} m",
                where=f"{place[off | np.isnan(place)][0]:g} m",
            )
