"""Trains and paths that several test files of this room use."""

from __future__ import annotations

import numpy as np

from retinue.rail.dynamics import (
    BrakingForce,
    ConstantBraking,
    TractiveEffort,
    TrainDynamics,
)
from retinue.rail.running_path import RunningPath
from retinue.rail.steps import Steps

DIESEL = {"diesel": TractiveEffort.constant_power(2.4e6, 500e3, 120 / 3.6)}


def special(
    *,
    mass_kg: float = 2.0e6,
    length_m: float = 500.0,
    braking: ConstantBraking | BrakingForce | None = None,
    effort: dict[str, TractiveEffort] | None = None,
    max_acceleration_mps2: float | None = None,
) -> TrainDynamics:
    """A heavy special train with two diesel locomotives."""
    return TrainDynamics(
        name="special",
        length_m=length_m,
        mass_kg=mass_kg,
        rotating_mass_factor=1.06,
        davis_a_n=mass_kg * 0.0012 * 9.81,
        davis_b_n_per_mps=mass_kg * 1e-4,
        davis_c_n_per_mps2=60.0,
        effort=DIESEL if effort is None else effort,
        max_speed_mps=120 / 3.6,
        braking=ConstantBraking(0.3) if braking is None else braking,
        max_acceleration_mps2=max_acceleration_mps2,
    )


def seeded_path(seed: int, length_m: float, *, steepest: float = 0.015) -> RunningPath:
    """Limits 30-100 km/h every 3 km and gradients that change every 0.3-2 km."""
    random = np.random.default_rng(seed)
    limit_x = np.arange(0.0, length_m, 3000.0)
    change = np.concatenate([[0.0], np.cumsum(random.uniform(300.0, 2000.0, int(length_m / 300)))])
    change = change[change < length_m]
    return RunningPath(
        f"seeded {seed}",
        length_m,
        Steps(limit_x, random.integers(6, 21, limit_x.size) * 5 / 3.6),
        gradient=Steps(change, random.uniform(-steepest, steepest, change.size)),
    )
