"""What a whole train is to the equation of motion.

The values are computed once, from vehicles, by the formation; the engine never
sees a vehicle.  Forces are newtons, resistance is level, straight, open air.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retinue.errors import InputError

__all__ = [
    "STANDARD_GRAVITY_MPS2",
    "BrakingForce",
    "ConstantBraking",
    "MassDistribution",
    "TractiveEffort",
    "TrainDynamics",
    "curtius_kniffler",
]

STANDARD_GRAVITY_MPS2 = 9.80665
"""Standard acceleration of free fall (CGPM 1901)."""


def curtius_kniffler(speed_mps: ArrayLike) -> NDArray[np.float64]:
    """Return the adhesion coefficient of a dry rail.

    ``mu = 0.161 + 7.5 / (V + 44)`` with V in km/h (Curtius and Kniffler, 1944).
    """
    speed_kmh = 3.6 * np.asarray(speed_mps, dtype=np.float64)
    return np.asarray(0.161 + 7.5 / (speed_kmh + 44.0), dtype=np.float64)


def _force_table(
    speed_mps: ArrayLike, force_n: ArrayLike, what: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    speed = np.array(speed_mps, dtype=np.float64)
    force = np.array(force_n, dtype=np.float64)
    if speed.ndim != 1 or speed.shape != force.shape or speed.size == 0:
        raise InputError(f"{what} needs equally many speeds and forces, at least one")
    if not (np.isfinite(speed).all() and np.isfinite(force).all()):
        raise InputError(f"{what} holds a value that is not a finite number")
    if speed[0] < 0.0 or bool((np.diff(speed) <= 0.0).any()):
        raise InputError(f"speeds of {what} start at 0 or more and increase strictly")
    if bool((force < 0.0).any()):
        raise InputError(f"{what} holds a negative force")
    speed.setflags(write=False)
    force.setflags(write=False)
    return speed, force


@dataclass(frozen=True, eq=False)
class TractiveEffort:
    """Greatest tractive effort at the wheel by speed, linear between points.

    Attributes
    ----------
    speed_mps
        Shape (n,), strictly increasing.
    force_n
        Shape (n,); the first value holds below the first speed, the last one
        above the last speed.
    """

    speed_mps: NDArray[np.float64]
    force_n: NDArray[np.float64]

    def __post_init__(self) -> None:
        speed, force = _force_table(self.speed_mps, self.force_n, "a tractive-effort table")
        object.__setattr__(self, "speed_mps", speed)
        object.__setattr__(self, "force_n", force)

    def at(self, speed_mps: ArrayLike) -> NDArray[np.float64]:
        """Return the effort in N at speeds."""
        return np.interp(np.asarray(speed_mps, np.float64), self.speed_mps, self.force_n)

    @classmethod
    def constant_power(
        cls,
        power_w: float,
        starting_effort_n: float,
        max_speed_mps: float,
        *,
        step_mps: float = 1.0,
    ) -> TractiveEffort:
        """Return a table of constant effort up to its speed, then constant power at the wheel."""
        corner = power_w / starting_effort_n
        if corner >= max_speed_mps:
            return cls(np.array([0.0]), np.array([starting_effort_n]))
        count = max(2, int(np.ceil((max_speed_mps - corner) / step_mps)) + 1)
        falling = np.linspace(corner, max_speed_mps, count)
        return cls(np.concatenate([[0.0], falling]), power_w / np.concatenate([[corner], falling]))


@dataclass(frozen=True)
class ConstantBraking:
    """Braking at one rate whatever gradient and resistance do (m/s2, positive)."""

    deceleration_mps2: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.deceleration_mps2) and self.deceleration_mps2 > 0.0):
            raise InputError(f"a braking rate is positive, not {self.deceleration_mps2} m/s2")


@dataclass(frozen=True, eq=False)
class BrakingForce:
    """Brake force by speed, to which gradient and resistance add themselves.

    Attributes
    ----------
    speed_mps, force_n
        Shape (n,), as in `TractiveEffort`.
    """

    speed_mps: NDArray[np.float64]
    force_n: NDArray[np.float64]

    def __post_init__(self) -> None:
        speed, force = _force_table(self.speed_mps, self.force_n, "a brake-force table")
        object.__setattr__(self, "speed_mps", speed)
        object.__setattr__(self, "force_n", force)


@dataclass(frozen=True, eq=False)
class MassDistribution:
    """Line mass along the train, from the head backwards.

    Attributes
    ----------
    start_m
        Shape (n,), first 0, increasing: distance behind the head.
    line_mass_kg_per_m
        Shape (n,): holds from ``start_m[i]`` to the next start, the last one to
        the tail.  Only the shape matters: it is scaled to the train's mass.
    """

    start_m: NDArray[np.float64]
    line_mass_kg_per_m: NDArray[np.float64]

    def __post_init__(self) -> None:
        start, line_mass = _force_table(
            self.start_m, self.line_mass_kg_per_m, "a mass distribution"
        )
        if start[0] != 0.0 or not line_mass.sum() > 0.0:
            raise InputError("a mass distribution starts at the head (0 m) and holds some mass")
        object.__setattr__(self, "start_m", start)
        object.__setattr__(self, "line_mass_kg_per_m", line_mass)


@dataclass(frozen=True, eq=False)
class TrainDynamics:
    """Whole-train values for the equation of motion.

    Attributes
    ----------
    rotating_mass_factor
        Factor on the mass for inertia (1.03 to 1.3), not for weight.
    davis_a_n, davis_b_n_per_mps, davis_c_n_per_mps2
        Resistance ``A + B v + C v**2`` of the whole train in N, v in m/s.
    effort
        Tractive effort by power system: the line's own such as ``25kv-ac-50hz``,
        or one that needs no wire: ``diesel``, ``steam``, ``battery``, and ``any``
        (supplied everywhere, where the source of the data does not say how).
    adhesive_mass_kg
        Mass on driven axles; the effort is then held under
        ``adhesion(v) * mass * g``.  None: the tables are already limited.
    mass_distribution
        None: the mass is spread evenly over the length.
    max_acceleration_mps2
        Comfort limit; None: none.
    """

    name: str
    length_m: float
    mass_kg: float
    rotating_mass_factor: float
    davis_a_n: float
    davis_b_n_per_mps: float
    davis_c_n_per_mps2: float
    effort: Mapping[str, TractiveEffort]
    max_speed_mps: float
    braking: ConstantBraking | BrakingForce
    adhesive_mass_kg: float | None = None
    adhesion: Callable[[ArrayLike], NDArray[np.float64]] = curtius_kniffler
    mass_distribution: MassDistribution | None = None
    max_acceleration_mps2: float | None = None

    def __post_init__(self) -> None:
        positive = {
            "length_m": self.length_m,
            "mass_kg": self.mass_kg,
            "max_speed_mps": self.max_speed_mps,
            "adhesive_mass_kg": self.adhesive_mass_kg,
            "max_acceleration_mps2": self.max_acceleration_mps2,
        }
        for key, value in positive.items():
            if value is not None and not (np.isfinite(value) and value > 0.0):
                raise InputError(f"{key} of a train is positive, not {value}", where=self.name)
        if not (np.isfinite(self.rotating_mass_factor) and self.rotating_mass_factor >= 1.0):
            raise InputError(
                f"a rotating mass factor is at least 1, not {self.rotating_mass_factor}",
                where=self.name,
            )
        davis = (self.davis_a_n, self.davis_b_n_per_mps, self.davis_c_n_per_mps2)
        if not all(np.isfinite(value) and value >= 0.0 for value in davis):
            raise InputError(f"resistance coefficients are not negative: {davis}", where=self.name)

    def resistance_n(self, speed_mps: ArrayLike) -> NDArray[np.float64]:
        """Return the resistance on level, straight, open track in N."""
        speed = np.asarray(speed_mps, dtype=np.float64)
        return np.asarray(
            self.davis_a_n + speed * (self.davis_b_n_per_mps + speed * self.davis_c_n_per_mps2)
        )

    def usable_effort(self, system: str) -> TractiveEffort:
        """Return the effort table of a power system, held under the adhesion limit.

        The adhesion law is curved: where it is the lower one it is replaced by
        chords of 2 km/h (0.03 % of the force at most), and the speed at which it
        meets the table becomes a point of its own.
        """
        table = self.effort[system]
        if self.adhesive_mass_kg is None:
            return table
        weight_n = self.adhesive_mass_kg * STANDARD_GRAVITY_MPS2
        grid = np.arange(0.0, self.max_speed_mps + 2.0 / 3.6, 2.0 / 3.6)
        speed = np.union1d(np.union1d(grid, table.speed_mps), [0.0])
        force = table.at(speed)
        limit = weight_n * np.asarray(self.adhesion(speed), dtype=np.float64)
        over = force - limit
        crossing = np.flatnonzero(over[:-1] * over[1:] < 0.0)
        share = over[crossing] / (over[crossing] - over[crossing + 1])
        meets = speed[crossing] + share * np.diff(speed)[crossing]
        at_meeting = force[crossing] + share * np.diff(force)[crossing]
        bound = np.zeros(speed.size, dtype=bool)
        bound[over > 0.0] = True
        keep = bound | np.isin(speed, table.speed_mps) | (speed == 0.0)
        # A chord needs both its ends: keep the neighbours of bound points too.
        keep[1:] |= bound[:-1] & (over[1:] >= 0.0)
        speed_all = np.concatenate([speed[keep], meets])
        force_all = np.concatenate([np.minimum(force, limit)[keep], at_meeting])
        order = np.argsort(speed_all, kind="stable")
        distinct = np.concatenate([[True], np.diff(speed_all[order]) > 1e-9])
        return TractiveEffort(speed_all[order][distinct], force_all[order][distinct])
