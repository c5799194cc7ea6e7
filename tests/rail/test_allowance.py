"""Allowances meet their times, and energy-saving driving never costs more than the linear one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from retinue.errors import InputError, NoPlan
from retinue.rail.allowance import Allowance, allow, arrive_at, braking_speed_mps
from retinue.rail.dynamics import BrakingForce
from retinue.rail.railtoolkit import read_running_path, read_train
from retinue.rail.running_path import RunningPath
from retinue.rail.running_time import Driving, Regime, Stop, run
from retinue.rail.steps import Steps
from tests.rail.trains import seeded_path, special


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(1.0, 40.0), st.booleans())
def test_time_is_met_and_saving_never_costs_more(seed: int, percent: float, by_force: bool) -> None:
    path = seeded_path(seed, 30_000.0)
    force = BrakingForce(np.array([0.0, 30.0]), np.array([0.7e6, 0.5e6]))
    train = special(braking=force if by_force else None)
    stops = [Stop(13_000.0, 90.0)]
    base = run(train, path, stops=stops)
    wanted = base.running_time_s * (1.0 + percent / 100.0)
    asked = [Allowance("percent", percent)]
    linear = allow(train, path, asked, distribution="linear", stops=stops)
    saving = allow(train, path, asked, distribution="mareco", stops=stops)
    assert linear.running_time_s == pytest.approx(wanted, abs=0.05)
    assert saving.running_time_s == pytest.approx(wanted, abs=0.05)
    assert (saving.dwell_s, linear.dwell_s) == pytest.approx((90.0, 90.0))
    assert saving.energy_j <= linear.energy_j * (1.0 + 1e-6)


@pytest.mark.parametrize("path", ["const", "slope", "speed", "realworld"])
@pytest.mark.parametrize("train", ["freight", "local", "longdistance"])
def test_real_trains_save_energy_on_real_paths(shared: Path, train: str, path: str) -> None:
    folder = shared / "data/trainruns"
    dynamics = read_train(folder / f"trains/{train}.yaml")
    running_path = read_running_path(folder / f"paths/{path}.yaml")
    base = run(dynamics, running_path)
    asked = [Allowance("percent", 7.0)]
    linear = allow(dynamics, running_path, asked, distribution="linear")
    saving = allow(dynamics, running_path, asked)
    assert saving.running_time_s == pytest.approx(1.07 * base.running_time_s, abs=0.05)
    assert saving.energy_j <= linear.energy_j * (1.0 + 1e-6)
    assert saving.energy_j < base.energy_j


def test_on_a_level_line_no_other_cruise_and_braking_speed_costs_less() -> None:
    # Authority: a free search over both speeds at the same time (scipy, Nelder-Mead).
    train = special(mass_kg=1.0e6)
    path = RunningPath("level", 25_000.0, Steps.constant(30.0))
    base = run(train, path)
    target = 1.15 * base.running_time_s
    ours = arrive_at(train, path, target)

    def cost(speeds: np.ndarray) -> float:
        cruise, down_to = np.clip(speeds, 3.0, 30.0)
        made = run(
            train,
            path,
            driving=Driving(Steps.constant(cruise), Steps.constant(min(down_to, cruise))),
        )
        return made.energy_j / base.energy_j + 100.0 * max(0.0, made.running_time_s - target)

    start = ours.speed_mps.max()
    best = min(
        minimize(cost, [start * f, start * g], method="Nelder-Mead", options={"maxiter": 120}).fun
        for f, g in ((1.05, 0.7), (1.1, 0.5), (1.02, 0.9))
    )
    assert ours.energy_j / base.energy_j <= best * 1.002


def test_the_braking_speed_follows_from_the_resistance() -> None:
    train = special()
    v = 20.0
    a, b, c = train.davis_a_n, train.davis_b_n_per_mps, train.davis_c_n_per_mps2
    expected = v * v * (b + 2 * c * v) / (a + 2 * b * v + 3 * c * v * v)
    assert braking_speed_mps(train, v) == pytest.approx(expected)
    # Pure air resistance: two thirds of the cruising speed.
    assert braking_speed_mps(train, 1e6) == pytest.approx(2e6 / 3, rel=1e-3)


def test_each_stretch_takes_its_own_time() -> None:
    train, path = special(), seeded_path(21, 60_000.0)
    base = run(train, path)
    asked = [
        Allowance("minutes per 100 km", 8.0, 0.0, 20_000.0),
        Allowance("fixed", 2.0, 30_000.0, 50_000.0),
    ]
    for distribution in ("linear", "mareco"):
        made = allow(train, path, asked, distribution=distribution)
        first = float(made.time_at(20_000.0) - base.time_at(20_000.0))
        assert first == pytest.approx(8.0 * 60.0 * 0.2, abs=1.0)
        third = np.diff(made.time_at(np.array([30_000.0, 50_000.0])))[0]
        was = np.diff(base.time_at(np.array([30_000.0, 50_000.0])))[0]
        assert third - was == pytest.approx(120.0, abs=1.0)


def test_a_stretch_shorter_than_any_regime_can_be_slowed() -> None:
    train, path = special(), RunningPath("level", 30_000.0, Steps.constant(25.0))
    asked = [Allowance("percent", 20.0, 15_000.0, 15_200.0)]
    made = allow(train, path, asked, distribution="linear")
    base = run(train, path)
    inside = np.array([15_000.0, 15_200.0])
    slower = np.diff(made.time_at(inside))[0] / np.diff(base.time_at(inside))[0]
    assert slower == pytest.approx(1.2, abs=0.02)


def test_slow_running_meets_an_arrival() -> None:
    train, path = special(), seeded_path(22, 30_000.0)
    base = run(train, path, stops=[Stop(9000.0, 60.0)])
    wanted = base.total_time_s + 500.0
    for distribution in ("linear", "mareco"):
        made = arrive_at(
            train,
            path,
            wanted,
            distribution=distribution,
            stops=[Stop(9000.0, 60.0)],
        )
        assert made.total_time_s == pytest.approx(wanted, abs=0.05)
        assert made.regime_shares[Regime.DWELL] > 0.0


def test_an_arrival_before_the_earliest_is_refused_with_the_earliest() -> None:
    train, path = special(), seeded_path(22, 30_000.0)
    with pytest.raises(NoPlan, match="at least") as caught:
        arrive_at(train, path, 60.0)
    assert caught.value.reasons[0].kind == "time"


@pytest.mark.parametrize(
    "asked",
    [
        [Allowance("percent", -1.0)],
        [Allowance("percent", 5.0, 0.0, 9e9)],
        [Allowance("percent", 5.0, 0.0, 9000.0), Allowance("fixed", 1.0, 8000.0, 9500.0)],
    ],
)
def test_impossible_allowances_are_refused(asked: list[Allowance]) -> None:
    with pytest.raises(InputError):
        allow(special(), seeded_path(1, 30_000.0), asked)
