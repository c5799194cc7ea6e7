"""Mass along a flight: it falls by exactly the fuel burned.

The landing mass is what is known (empty mass, payload and what must be left in the tanks), so
mass is found from the end backwards.  Between two points ``dm = -f(m, V, h, w) dt`` with the flow
at the middle mass; the flow hangs on the mass and the mass on the flow, so both are found
together by repeated substitution (Picard), all points at once.  It contracts like
``(f/m T)^n / n!``: about fifteen rounds for a flight around half the Earth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from retinue.air.performance import Performance
    from retinue.air.profile import Profile

__all__ = ["Trajectory", "trajectory"]

Floats = NDArray[np.float64]

_ROUNDS = 80
_TOLERANCE = 1e-12
_HEAVIEST = 4.0  # times the maximum take-off mass: far from anything that flies


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A flight from brake release to touch-down.

    Attributes
    ----------
    time_s, distance_m, altitude_m, mass_kg
        Shape (n,), both first ones from brake release.
    fuel_flow_kgps, true_mps, rise_mps
        Between the points, shape (n - 1,).
    phases
        Index of the first point of climb, cruise and descent, and of the last point.
    """

    time_s: Floats
    distance_m: Floats
    altitude_m: Floats
    mass_kg: Floats
    fuel_flow_kgps: Floats
    true_mps: Floats
    rise_mps: Floats
    phases: tuple[int, int, int, int]

    @property
    def burnt_kg(self) -> tuple[float, float, float]:
        """Fuel of climb, cruise and descent."""
        masses = [float(self.mass_kg[i]) for i in self.phases]
        return masses[0] - masses[1], masses[1] - masses[2], masses[2] - masses[3]

    @property
    def air_m(self) -> float:
        """Distance through the air."""
        horizontal = np.sqrt(np.maximum(self.true_mps**2 - self.rise_mps**2, 0.0))
        return float(np.sum(horizontal * np.diff(self.time_s)))

    def mass_at(self, distance_m: float) -> float:
        """Return the mass at a distance."""
        return float(np.interp(distance_m, self.distance_m, self.mass_kg))


def trajectory(
    performance: Performance, profile: Profile, landing_kg: Callable[[float], float]
) -> Trajectory:
    """Return mass and fuel flow along a profile.

    Parameters
    ----------
    landing_kg
        Mass at touch-down for a given trip fuel: reserves may hang on the trip.
    """
    time, distance, altitude, phases = _joined(profile)
    true = np.concatenate([s.true_mps for s in profile.stretches])
    rise = np.concatenate([s.rise_mps for s in profile.stretches])
    middle, step = (altitude[:-1] + altitude[1:]) / 2, np.diff(time)
    most = _HEAVIEST * performance.card.maximum_take_off_mass
    mass = np.full(len(time), min(landing_kg(0.0), most))
    flow = np.zeros(len(step))
    for _ in range(_ROUNDS):
        flow = performance.fuel_flow_kgps((mass[:-1] + mass[1:]) / 2, true, middle, rise)
        burnt = flow * step
        landing = landing_kg(float(np.sum(burnt)))
        later = np.concatenate((np.cumsum(burnt[::-1])[::-1], [0.0]))
        found = np.minimum(landing + later, most)
        change = float(np.max(np.abs(found - mass)))
        mass = found
        if change <= _TOLERANCE * float(mass[0]) or float(mass[0]) >= most:
            break
    return Trajectory(time, distance, altitude, mass, flow, true, rise, phases)


def _joined(profile: Profile) -> tuple[Floats, Floats, Floats, tuple[int, int, int, int]]:
    parts = profile.stretches
    counts = np.cumsum([0, *(len(s.true_mps) for s in parts)])
    time, distance, altitude = [np.zeros(1)], [np.zeros(1)], [parts[0].altitude_m[:1]]
    ended_s, ended_m = 0.0, 0.0
    for part in parts:
        time.append(part.time_s[1:] + ended_s)
        distance.append(part.distance_m[1:] + ended_m)
        altitude.append(part.altitude_m[1:])
        ended_s, ended_m = ended_s + part.duration_s, ended_m + part.length_m
    return (
        np.concatenate(time),
        np.concatenate(distance),
        np.concatenate(altitude),
        (int(counts[0]), int(counts[1]), int(counts[2]), int(counts[3])),
    )
