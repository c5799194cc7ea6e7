"""Twenty-metre Euler steps against TrainRuns.jl's published totals and a second Euler kept here."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from retinue.errors import InputError, NoPlan
from retinue.rail.dynamics import BrakingForce, ConstantBraking, TrainDynamics
from retinue.rail.euler import euler_run
from retinue.rail.railtoolkit import read_running_path, read_train
from retinue.rail.running_path import RunningPath
from retinue.rail.running_time import run
from retinue.rail.steps import Steps
from tests.rail.fine_reference import fine_run
from tests.rail.trains import special

TRAINS = ("freight", "local", "longdistance")


def _files(shared: Path, train: str, path: str) -> tuple[TrainDynamics, RunningPath]:
    folder = shared / "data/trainruns"
    return (
        read_train(folder / f"trains/{train}.yaml"),
        read_running_path(folder / f"paths/{path}.yaml"),
    )


def _expected(shared: Path, train: str, path: str) -> float:
    # Authority: railtoolkit/TrainRuns.jl (ISC), test totals in seconds.
    text = (shared / f"data/trainruns/expected/{train}_{path}.csv").read_text("utf-8")
    return float(text.split()[1])


@pytest.mark.parametrize("path", ["const", "slope"])
@pytest.mark.parametrize("train", TRAINS)
def test_published_totals_are_met(shared: Path, train: str, path: str) -> None:
    dynamics, running_path = _files(shared, train, path)
    expected = _expected(shared, train, path)
    # The bar is 0.2 %; what is left are milliseconds.
    assert euler_run(dynamics, running_path).running_time_s == pytest.approx(expected, rel=1e-4)
    # The published totals carry their own step: a fine run lies within 0.7 %.
    point = run(dynamics, running_path, mass="point").running_time_s
    assert point == pytest.approx(expected, rel=7e-3)
    assert run(dynamics, running_path).running_time_s == pytest.approx(expected, rel=7e-3)


def _second_euler(train: TrainDynamics, path: RunningPath, step: float) -> float:
    """Another Euler in distance, grid-free: limits and braking by looking, not by sections."""
    (table,) = train.effort.values()
    assert isinstance(train.braking, ConstantBraking)
    b = train.braking.deceleration_mps2
    xs, vs = path.limit_mps.start_m.tolist(), path.limit_mps.value.tolist()
    ends = [*xs[1:], path.length_m]
    grades, slopes = (
        path.equivalent_resistance.start_m.tolist(),
        path.equivalent_resistance.value.tolist(),
    )
    changes = sorted(
        {*xs, *grades, path.length_m}
        | {end + train.length_m for end in ends if end + train.length_m < path.length_m}
    )

    def limit(x: float) -> float:
        under = [
            v
            for s, e, v in zip(xs, ends, vs, strict=True)
            if s <= x + 1e-6 and x + 1e-6 < e + train.length_m
        ]
        return float(min([*under, train.max_speed_mps]))

    targets = [(x, limit(x)) for x in changes[:-1]] + [(path.length_m, 0.0)]
    effort = list(zip(table.speed_mps.tolist(), table.force_n.tolist(), strict=True))
    x = v = t = 0.0
    while path.length_m - x > 1e-6:
        following = next(c for c in changes if c > x + 1e-6)
        cap = limit(x)
        slope = slopes[max(i for i, g in enumerate(grades) if g <= x + 1e-6)]
        if v >= effort[-1][0]:
            force = effort[-1][1]
        else:
            i = max(k for k, row in enumerate(effort) if row[0] <= v)
            share = (v - effort[i][0]) / (effort[i + 1][0] - effort[i][0])
            force = effort[i][1] + share * (effort[i + 1][1] - effort[i][1])
        drag = (
            train.davis_a_n
            + train.davis_b_n_per_mps * v
            + train.davis_c_n_per_mps2 * v * v
            + train.mass_kg * 9.80665 * slope
        )
        a = (force - drag) / (train.mass_kg * train.rotating_mass_factor)
        far = min(step, following - x)
        # The lowest of all braking parabolas ahead, and the place where its limit begins.
        budget = min(0.5 * u * u + b * (d - x) for d, u in targets if d > x + 1e-6)
        if 0.5 * v * v >= budget - 1e-7:
            a = -b
        elif v >= cap - 1e-9 and a >= 0.0:
            a, far = 0.0, min(far, (budget - 0.5 * cap * cap) / b)
        else:
            if a > 0.0:
                far = min(far, (cap * cap - v * v) / (2.0 * a))
            far = min(far, (budget - 0.5 * v * v) / (a + b)) if a + b > 0.0 else far
        far = max(far, 1e-6)
        after = math.sqrt(max(v * v + 2.0 * a * far, 0.0))
        t += 2.0 * far / (v + after) if v + after > 0.0 else 0.0
        x, v = x + far, min(after, cap)
    return t


@pytest.mark.parametrize("path", ["speed", "realworld"])
@pytest.mark.parametrize("train", TRAINS)
def test_other_paths_agree_with_a_second_euler_and_a_march_in_centimetres(
    shared: Path, train: str, path: str
) -> None:
    dynamics, running_path = _files(shared, train, path)
    coarse = euler_run(dynamics, running_path).running_time_s
    assert coarse == pytest.approx(_second_euler(dynamics, running_path, 20.0), rel=1e-3)
    fine, _ = fine_run(dynamics, running_path, spread=False)
    engine = run(dynamics, running_path, mass="point").running_time_s
    assert engine == pytest.approx(fine, rel=1e-5)


def test_small_steps_come_to_the_engine(shared: Path) -> None:
    dynamics, running_path = _files(shared, "longdistance", "slope")
    engine = run(dynamics, running_path, mass="point").running_time_s
    assert euler_run(dynamics, running_path, 0.2).running_time_s == pytest.approx(engine, rel=1e-4)


def test_a_stall_and_wrong_steps_are_told() -> None:
    steep = RunningPath("wall", 5000.0, Steps.constant(20.0), Steps.constant(0.04))
    with pytest.raises(NoPlan, match="stalls"):
        euler_run(special(), steep)
    with pytest.raises(InputError, match="positive"):
        euler_run(special(), steep, 0.0)
    with pytest.raises(InputError, match="by force"):
        brake = BrakingForce(
            special().effort["diesel"].speed_mps, special().effort["diesel"].force_n
        )
        euler_run(special(braking=brake), steep)
