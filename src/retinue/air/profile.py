"""The vertical profile of a flight: climb, cruise and descent over distance and time.

::

    altitude
      ^              .---- step climb ----.
      |        .-----'                     '.
      |     .-'  constant Mach               '-.
      |   .'     or air speed                   '-.
      |  / 250 kt below 10,000 ft                  '-.
      +-----------------------------------------------> distance

Air speeds and rates are the aircraft's (`retinue.air.performance`).  Wind turns air speed into
ground speed: with the heading corrected for the crosswind, ``sqrt(V^2 - cross^2) + along``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.errors import NoPlan, Reason

if TYPE_CHECKING:
    from retinue.air.performance import Performance

__all__ = ["LEAST_ABOVE_GROUND_M", "Profile", "Step", "Stretch", "WindAlong", "climb", "descent"]

Floats = NDArray[np.float64]

#: Distances along the track, altitudes and seconds from take-off to wind along and across.
WindAlong = Callable[[Floats, Floats, Floats], tuple[Floats, Floats]]
#: Distance at which a climb to a higher level begins, and that level.
Step = tuple[float, float]

LEAST_ABOVE_GROUND_M = 600.0
_STEPS = 48
_RAMP_STEPS = 6
_CRUISE_STEP_M = 20_000.0
_ROUNDS = 4
_LEAST_GROUND_MPS = 10.0


@dataclass(frozen=True, eq=False)
class Stretch:
    """Altitude against distance over ground and time, both from the stretch's begin.

    Attributes
    ----------
    distance_m, time_s, altitude_m
        Shape (n,).
    true_mps, rise_mps
        True air speed and vertical speed between the points, shape (n - 1,).
    """

    distance_m: Floats
    time_s: Floats
    altitude_m: Floats
    true_mps: Floats
    rise_mps: Floats

    @property
    def length_m(self) -> float:
        """Distance over ground."""
        return float(self.distance_m[-1])

    @property
    def duration_s(self) -> float:
        """Time it takes."""
        return float(self.time_s[-1])

    @property
    def horizontal_mps(self) -> Floats:
        """Horizontal part of the air speed."""
        return np.sqrt(np.maximum(self.true_mps**2 - self.rise_mps**2, 0.0))


@dataclass(frozen=True, eq=False)
class Profile:
    """Climb, cruise and descent that fill a distance.

    Attributes
    ----------
    ground_m
        Elevation of both ends.
    cruise_m
        Length of the cruise; negative where climb and descent are too long for the distance.
    cruise_altitude_m
        The highest level.
    """

    performance: Performance
    ground_m: tuple[float, float]
    climb: Stretch
    cruise: Stretch
    descent: Stretch
    cruise_m: float
    cruise_altitude_m: float
    steps: tuple[Step, ...] = ()

    @property
    def length_m(self) -> float:
        """Distance over ground."""
        return self.climb.length_m + self.cruise_m + self.descent.length_m

    @property
    def cruise_mps(self) -> float:
        """True air speed in cruise at the highest level."""
        return self.performance.cruise_mps(self.cruise_altitude_m)

    @property
    def cruise_s(self) -> float:
        """Time in cruise."""
        return self.cruise.duration_s

    @property
    def duration_s(self) -> float:
        """Time in the air."""
        return self.climb.duration_s + self.cruise_s + self.descent.duration_s

    @classmethod
    def between(
        cls, performance: Performance, from_m: float, to_m: float, altitude_m: float
    ) -> Profile:
        """Return climb and descent between two elevations, with no cruise yet."""
        return cls(
            performance,
            (from_m, to_m),
            climb(performance, from_m, altitude_m),
            _nowhere(altitude_m),
            descent(performance, altitude_m, to_m),
            0.0,
            altitude_m,
        )

    def stretched(
        self, length_m: float, wind: WindAlong | None = None, steps: Sequence[Step] = ()
    ) -> Profile:
        """Return the same with the cruise that fills a whole length.

        Parameters
        ----------
        wind
            None is still air.
        steps
            Climbs to higher levels, in order.

        Raises
        ------
        NoPlan
            Where the wind leaves no headway.
        """
        first, top = self.climb.altitude_m[-1], steps[-1][1] if steps else self.climb.altitude_m[-1]
        down = descent(self.performance, float(top), self.ground_m[1])
        up, flown_s = self.climb, 0.0
        if wind is None:
            begin, end = up.length_m, length_m - down.length_m
            cruise = _cruise(self.performance, begin, end, float(first), steps, None, 0.0)
        else:
            still_up, still_down = up, down
            for _ in range(_ROUNDS):
                up = _blown(still_up, wind, 0.0, 0.0)
                down = _blown(still_down, wind, length_m - down.length_m, flown_s, base=down)
                begin, end = up.length_m, length_m - down.length_m
                cruise = _cruise(
                    self.performance, begin, end, float(first), steps, wind, up.duration_s
                )
                flown_s = up.duration_s + cruise.duration_s
        return replace(
            self,
            climb=up,
            cruise=cruise,
            descent=down,
            cruise_m=end - begin,
            cruise_altitude_m=float(top),
            steps=tuple(steps),
        )

    @property
    def stretches(self) -> tuple[Stretch, Stretch, Stretch]:
        """Climb, cruise and descent."""
        return self.climb, self.cruise, self.descent


def _nowhere(altitude_m: float) -> Stretch:
    return Stretch(np.zeros(1), np.zeros(1), np.array([altitude_m]), np.zeros(0), np.zeros(0))


def _sums(steps: Floats) -> Floats:
    return np.concatenate(([0.0], np.cumsum(steps)))


def _middles(points: Floats) -> Floats:
    return np.asarray((points[:-1] + points[1:]) / 2)


def _integrate(altitude: Floats, true: Floats, rate: Floats, sign: float) -> Stretch:
    """Sum time and distance over steps; speed and rate hold in the middle of each."""
    time = np.abs(np.diff(altitude)) / rate
    along = np.sqrt(np.maximum(true**2 - rate**2, 0.0)) * time
    return Stretch(_sums(along), _sums(time), altitude, true, sign * rate)


def climb(performance: Performance, from_m: float, to_m: float) -> Stretch:
    """Return the climb in still air from a runway's elevation to an altitude."""
    altitude = np.linspace(from_m, to_m, _STEPS + 1)
    middle = _middles(altitude)
    return _integrate(
        altitude, performance.climb_mps(middle), performance.climb_rate_mps(middle), 1.0
    )


def descent(performance: Performance, from_m: float, to_m: float) -> Stretch:
    """Return the descent in still air from an altitude to a runway's elevation."""
    altitude = np.linspace(from_m, to_m, _STEPS + 1)
    middle = _middles(altitude)
    return _integrate(
        altitude,
        performance.descent_mps(middle, to_m),
        performance.descent_rate_mps(middle, to_m),
        -1.0,
    )


def _ground_mps(horizontal: Floats, along: Floats, across: Floats) -> Floats:
    """Return the speed over ground on a track held against the crosswind.

    Raises
    ------
    NoPlan
        Where it is less than 10 m/s.
    """
    ground = np.sqrt(np.maximum(horizontal**2 - across**2, 0.0)) + along
    if len(ground) and float(ground.min()) < _LEAST_GROUND_MPS:
        worst = int(np.argmin(ground))
        raise NoPlan(
            "the wind leaves the aircraft no headway",
            reasons=[
                Reason(
                    f"at {horizontal[worst] * 3.6:,.0f} km/h through the air it meets a wind of"
                    f" {-along[worst] * 3.6:,.0f} km/h against and"
                    f" {abs(across[worst]) * 3.6:,.0f} km/h across its track",
                    cure="Check the wind, wait for another one, or take a faster aircraft.",
                    kind="wind",
                )
            ],
        )
    return np.asarray(ground)


def _blown(
    still: Stretch, wind: WindAlong, from_m: float, from_s: float, base: Stretch | None = None
) -> Stretch:
    """Return a climb or descent carried by the wind: its times stay, its distances change."""
    where = (base or still).distance_m
    along, across = wind(
        from_m + _middles(where), _middles(still.altitude_m), from_s + _middles(still.time_s)
    )
    ground = _ground_mps(still.horizontal_mps, along, across)
    return replace(still, distance_m=_sums(ground * np.diff(still.time_s)))


def _cruise(
    performance: Performance,
    begin_m: float,
    end_m: float,
    altitude_m: float,
    steps: Sequence[Step],
    wind: WindAlong | None,
    from_s: float,
) -> Stretch:
    """Return the cruise between two distances: levels, and climbs from one to the next."""
    if end_m <= begin_m:
        return _nowhere(altitude_m)
    at, height = _levels(performance, begin_m, end_m, altitude_m, steps)
    middle = _middles(height)
    knots, inverse = np.unique(middle, return_inverse=True)
    true = np.array([performance.cruise_mps(float(h)) for h in knots])[inverse]
    step = np.diff(at)
    time = step / true
    if wind is not None:
        # Ground speed hangs on the moment and the moment on ground speed: two rounds suffice
        # where the wind changes over hours.
        for _ in range(2):
            along, across = wind(_middles(at), middle, from_s + _middles(_sums(time)))
            time = step / _ground_mps(true, along, across)
    return Stretch(at - begin_m, _sums(time), height, true, np.diff(height) / time)


def _levels(
    performance: Performance,
    begin_m: float,
    end_m: float,
    altitude_m: float,
    steps: Sequence[Step],
) -> tuple[Floats, Floats]:
    knots, heights = [np.array([begin_m])], [np.array([altitude_m])]

    def level(to_m: float) -> None:
        last = float(knots[-1][-1])
        count = max(int(np.ceil((to_m - last) / _CRUISE_STEP_M)), 1)
        if to_m > last:
            knots.append(np.linspace(last, to_m, count + 1)[1:])
            heights.append(np.full(count, heights[-1][-1]))

    for at_m, to_m in steps:
        level(at_m)
        rising = np.linspace(float(heights[-1][-1]), to_m, _RAMP_STEPS + 1)
        middle = _middles(rising)
        time = np.diff(rising) / performance.climb_rate_mps(middle)
        along = np.cumsum(performance.climb_mps(middle) * time)
        knots.append(knots[-1][-1] + along)
        heights.append(rising[1:])
    level(end_m)
    return np.concatenate(knots), np.concatenate(heights)
