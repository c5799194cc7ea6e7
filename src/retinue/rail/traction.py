"""Tractive effort of one or more locomotives by power system, under the adhesion limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retinue.rail.dynamics import STANDARD_GRAVITY_MPS2, TractiveEffort
from retinue.rail.rolling_stock import Locomotive, TractionSystem

__all__ = ["SELF_POWERED", "effort_by_system"]

#: Systems that need nothing of the line, in the order of preference.
SELF_POWERED = ("diesel", "battery", "steam")

_STEP_MPS = 1.0  #: between points where the adhesion law bends the curve

Adhesion = Callable[[ArrayLike], NDArray[np.float64]]


def _raw(system: TractionSystem, max_speed_mps: float) -> TractiveEffort:
    if system.table:
        speed, force = zip(*system.table, strict=True)
        return TractiveEffort(np.array(speed), np.array(force))
    assert system.power is not None and system.starting_effort is not None
    return TractiveEffort.constant_power(
        system.power * system.efficiency, system.starting_effort, max_speed_mps, step_mps=_STEP_MPS
    )


def _limited(
    effort: TractiveEffort, weight_n: float, adhesion: Adhesion, top: float
) -> TractiveEffort:
    """Return the effort held under ``adhesion(v) * weight``, on chords of 1 m/s.

    The adhesion law is convex: a chord lies above it, by less than 0.1 % of the force.
    """
    grid = np.arange(0.0, top + _STEP_MPS, _STEP_MPS)
    speed = np.union1d(grid, effort.speed_mps)
    over = effort.at(speed) - weight_n * np.asarray(adhesion(speed))
    turn = np.flatnonzero(over[:-1] * over[1:] < 0.0)
    share = over[turn] / (over[turn] - over[turn + 1])
    speed = np.union1d(speed, speed[turn] + share * np.diff(speed)[turn])
    return TractiveEffort(
        speed, np.minimum(effort.at(speed), weight_n * np.asarray(adhesion(speed)))
    )


def _straightened(speed: NDArray[np.float64], force: NDArray[np.float64]) -> TractiveEffort:
    """Return the same function without points on a straight between their neighbours."""
    if speed.size < 3:
        return TractiveEffort(speed, force)
    slope = np.diff(force) / np.diff(speed)
    keep = np.concatenate([[True], np.abs(np.diff(slope)) > 1e-6, [True]])
    return TractiveEffort(speed[keep], force[keep])


def effort_by_system(
    locomotives: Sequence[Locomotive], adhesion: Adhesion
) -> dict[str, TractiveEffort]:
    """Return the joint effort for every system on which at least one locomotive pulls.

    A locomotive that does not know the line's system helps with its own power
    where it has any (a diesel under wires), else it is hauled dead.
    """
    systems = sorted({system for engine in locomotives for system in engine.traction})
    joint: dict[str, TractiveEffort] = {}
    for system in systems:
        tables: list[TractiveEffort] = []
        for engine in locomotives:
            used = next((s for s in (system, *SELF_POWERED) if s in engine.traction), None)
            if used is None:
                continue
            weight_n = engine.adhesive_mass_kg * STANDARD_GRAVITY_MPS2
            raw = _raw(engine.traction[used], engine.maximum_speed)
            tables.append(_limited(raw, weight_n, adhesion, engine.maximum_speed))
        speed = np.unique(np.concatenate([table.speed_mps for table in tables]))
        joint[system] = _straightened(speed, np.sum([table.at(speed) for table in tables], axis=0))
    return joint
