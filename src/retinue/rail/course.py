"""A train on a path, prepared for the kernels: everything that no single run changes.

The gradient under the whole train is linear in place between the chainages at
which head, tail or a step of the line mass passes a change of the path.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from retinue.rail.dynamics import (
    ConstantBraking,
    MassDistribution,
    TractiveEffort,
    TrainDynamics,
)
from retinue.rail.running_path import ANY_POWER, UNELECTRIFIED, RunningPath
from retinue.rail.steps import Steps

__all__ = ["Course", "MassModel", "course_of"]

MassModel = Literal["distributed", "point"]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Course:
    """Static arrays of one train on one path; see the kernels for their meaning."""

    cell_x: Floats
    cell_s0: Floats
    cell_s1: Floats
    cell_c0: Floats
    cell_c1: Floats
    cell_table: NDArray[np.int64]
    effort_v: Floats
    effort_f0: Floats
    effort_f1: Floats
    effort_from: NDArray[np.int64]
    brake_rate: float
    brake_v: Floats
    brake_f0: Floats
    brake_f1: Floats
    systems: tuple[str | None, ...]

    def specific_resistance_at(self, distance_m: Floats) -> Floats:
        """Return the path's resistance per unit of weight with the front at chainages."""
        k = np.clip(np.searchsorted(self.cell_x, distance_m, "right") - 1, 0, self.cell_s0.size - 1)
        return np.asarray(self.cell_s0[k] + self.cell_s1[k] * (distance_m - self.cell_x[k]))

    def factor_at(self, distance_m: Floats) -> Floats:
        """Return the factor on the quadratic resistance with the front at chainages."""
        k = np.clip(np.searchsorted(self.cell_x, distance_m, "right") - 1, 0, self.cell_s0.size - 1)
        return np.asarray(self.cell_c0[k] + self.cell_c1[k] * (distance_m - self.cell_x[k]))


def _pieces(speed: Floats, force: Floats) -> tuple[Floats, Floats, Floats]:
    """Turn a table into linear pieces f0 + f1 v, both outer values held."""
    if speed[0] > 0.0:
        speed = np.concatenate([[0.0], speed])
        force = np.concatenate([[force[0]], force])
    slope = np.concatenate([np.diff(force) / np.diff(speed), [0.0]])
    # A straight table needs no points inside: fewer pieces, fewer steps.
    keep = np.concatenate([[True], np.abs(np.diff(slope)) > 1e-9 * (1.0 + np.abs(slope[1:]))])
    return speed[keep], (force - slope * speed)[keep], slope[keep]


def _usable_system(train: TrainDynamics, offered: str | None) -> str | None:
    """Choose the train's power on a stretch: the wire's, else diesel, else battery, else none."""
    if offered == ANY_POWER and train.effort:
        # The most powerful of the train's own; the first by name among equals.
        return max(
            sorted(train.effort),
            key=lambda system: float(
                (train.effort[system].speed_mps * train.effort[system].force_n).max()
            ),
        )
    if offered is not None and offered != UNELECTRIFIED and offered in train.effort:
        return offered
    for own in ("diesel", "steam", "any", "battery"):
        if own in train.effort:
            return own
    return None


def _under_train(
    steps: Steps, train: TrainDynamics, by_mass: bool, length_m: float
) -> tuple[Floats, Floats]:
    """Average a function of chainage over the train; linear between the returned places."""
    edges = np.array([0.0, train.length_m])
    share = np.array([1.0])
    if by_mass and train.mass_distribution is not None:
        distribution: MassDistribution = train.mass_distribution
        inside = distribution.start_m < train.length_m
        edges = np.concatenate([distribution.start_m[inside], [train.length_m]])
        share = distribution.line_mass_kg_per_m[inside] * np.diff(edges)
        share = share / share.sum()
    changes = (steps.start_m[1:, None] + edges[None, :]).ravel()
    places = np.unique(
        np.concatenate([[0.0, length_m], changes[(changes > 0.0) & (changes < length_m)]])
    )
    mean = np.zeros(places.size)
    behind = steps.integral(places - edges[0])
    for index, weight in enumerate(share):
        ahead, behind = behind, steps.integral(places - edges[index + 1])
        mean += weight / (edges[index + 1] - edges[index]) * (ahead - behind)
    return places, mean


def _prepare(train: TrainDynamics, path: RunningPath, mass: MassModel) -> Course:
    length = path.length_m
    specific = path.specific_resistance
    power_x = path.power.start_m[path.power.start_m < length]
    systems: list[str | None] = []
    tables: list[int] = []
    for offered in path.power.system[: power_x.size]:
        used = _usable_system(train, offered)
        if used not in systems:
            systems.append(used)
        tables.append(systems.index(used))
    if mass == "distributed":
        slope_x, slope = _under_train(specific, train, True, length)
        tunnel_x, tunnel = _under_train(path.tunnel_factor, train, False, length)
        cell_x = np.union1d(slope_x, tunnel_x) if tunnel_x.size > 2 or power_x.size > 1 else slope_x
        if power_x.size > 1:
            cell_x = np.union1d(cell_x, power_x)
        # Places closer than a tenth of a millimetre are one place.
        cell_x = cell_x[np.concatenate([[True], np.diff(cell_x) > 1e-4])]
        cell_x[-1] = length
        at = np.interp(cell_x, slope_x, slope)
        factor = np.interp(cell_x, tunnel_x, tunnel)
        width = np.diff(cell_x)
        s0, s1 = at[:-1], np.diff(at) / width
        c0, c1 = factor[:-1], np.diff(factor) / width
        s1 = np.where(np.abs(s1 * width) < 1e-12, 0.0, s1)
        c1 = np.where(np.abs(c1 * width) < 1e-12, 0.0, c1)
    else:
        changes = np.union1d(np.union1d(specific.start_m, path.tunnel_factor.start_m), power_x)
        cell_x = np.concatenate([changes[changes < length], [length]])
        s0, c0 = specific.at(cell_x[:-1]), path.tunnel_factor.at(cell_x[:-1])
        s1, c1 = np.zeros(s0.size), np.zeros(c0.size)
    middle = 0.5 * (cell_x[:-1] + cell_x[1:])
    section = np.searchsorted(power_x, middle, side="right") - 1
    effort: list[tuple[Floats, Floats, Floats]] = []
    for system in systems:
        table = (
            TractiveEffort(np.zeros(1), np.zeros(1))
            if system is None
            else train.usable_effort(system)
        )
        effort.append(_pieces(table.speed_mps, table.force_n))
    if isinstance(train.braking, ConstantBraking):
        rate, brake = train.braking.deceleration_mps2, (np.zeros(1),) * 3
    else:
        rate, brake = 0.0, _pieces(train.braking.speed_mps, train.braking.force_n)
    return Course(
        cell_x=np.ascontiguousarray(cell_x),
        cell_s0=np.ascontiguousarray(s0),
        cell_s1=np.ascontiguousarray(s1),
        cell_c0=np.ascontiguousarray(c0),
        cell_c1=np.ascontiguousarray(c1),
        cell_table=np.array(tables, dtype=np.int64)[section],
        effort_v=np.concatenate([piece[0] for piece in effort]),
        effort_f0=np.concatenate([piece[1] for piece in effort]),
        effort_f1=np.concatenate([piece[2] for piece in effort]),
        effort_from=np.cumsum([0, *(piece[0].size for piece in effort)]).astype(np.int64),
        brake_rate=rate,
        brake_v=brake[0],
        brake_f0=brake[1],
        brake_f1=brake[2],
        systems=tuple(systems),
    )


_Courses = WeakKeyDictionary[RunningPath, WeakKeyDictionary[TrainDynamics, dict[MassModel, Course]]]
_prepared: _Courses = WeakKeyDictionary()


def course_of(train: TrainDynamics, path: RunningPath, mass: MassModel) -> Course:
    """Return the prepared arrays, made once for each train, path and mass model.

    Trains and paths do not change, so the course lives as long as both of them.
    """
    by_mass = _prepared.setdefault(path, WeakKeyDictionary()).setdefault(train, {})
    if mass not in by_mass:
        by_mass[mass] = _prepare(train, path, mass)
    return by_mass[mass]
