"""Each kernel against plain Python: scipy's integrator for a step, brute force for the limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from retinue.rail.section_kernel import approach_curves, curve_energy_head, permitted_sections
from retinue.rail.traction_kernel import END_OF_SPAN, FASTER, SLOWER, STUCK, advance

SMALL = st.floats(-1.0, 1.0)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.5, 35.0), SMALL, SMALL, SMALL, SMALL, SMALL)
def test_a_step_is_the_solution_of_the_equation_of_motion(
    v0: float, a: float, b: float, c: float, d: float, e: float
) -> None:
    # Authority: scipy's DOP853.  Orders of magnitude as of trains.
    alpha, beta, gamma = 0.3 * a, 0.02 * b, 4e-4 * c
    delta, epsilon = 3e-4 * d, 1e-7 * e
    duration, way, speed, square, event = advance(
        v0, alpha, beta, gamma, delta, epsilon, 400.0, 0.3 * v0, 1.5 * v0, 0.0, np.inf
    )

    def motion(_: float, state: np.ndarray) -> list[float]:
        y, v, _ = state
        return [v, alpha + beta * v + gamma * v * v + delta * y + epsilon * y * v * v, v * v]

    solved = solve_ivp(
        motion, (0.0, duration), [0.0, v0, 0.0], method="DOP853", rtol=1e-12, atol=1e-12
    ).y[:, -1]
    assert way == pytest.approx(solved[0], rel=1e-7, abs=1e-6)
    assert speed == pytest.approx(solved[1], rel=1e-7, abs=1e-6)
    assert square == pytest.approx(solved[2], rel=1e-6)
    if event == END_OF_SPAN:
        assert way == 400.0
    if event in (FASTER, SLOWER):
        assert speed == (1.5 * v0 if event == FASTER else 0.3 * v0)


def test_a_step_ends_on_the_braking_parabola() -> None:
    _, way, speed, _, _ = advance(10.0, 0.4, 0.0, 0.0, 0.0, 0.0, 9e9, 0.0, 99.0, 0.6, 200.0)
    assert 0.5 * speed * speed + 0.6 * way == pytest.approx(200.0, abs=1e-6)
    # Constant 0.4 m/s2: v**2/2 = 50 + 0.4 y meets 200 - 0.6 y at y = 150.
    assert way == pytest.approx(150.0, abs=1e-6)


def test_a_train_without_force_at_a_stand_is_stuck() -> None:
    assert advance(0.0, -0.1, 0.0, 0.0, 0.0, 0.0, 10.0, 0.0, 9.0, 0.0, np.inf)[4] == STUCK


def test_kernels_do_the_same_uncompiled() -> None:
    arguments = (12.0, 0.2, -0.004, -2e-5, 1e-5, 1e-9, 300.0, 5.0, 14.0, 0.3, 1e9)
    compiled = advance(*arguments)
    assert advance.py_func(*arguments) == pytest.approx(compiled, rel=1e-9)  # type: ignore[no-untyped-call]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(5.0, 900.0), st.floats(3.0, 40.0)), min_size=1, max_size=12),
    st.floats(1.0, 1500.0),
    st.lists(st.floats(10.0, 4000.0), max_size=3, unique=True),
)
def test_sections_hold_the_lowest_limit_under_the_train(
    limits: list[tuple[float, float]], train_m: float, stops: list[float]
) -> None:
    start = np.concatenate([[0.0], np.cumsum([width for width, _ in limits])])[:-1]
    value = np.array([speed for _, speed in limits])
    length = float(start[-1] + 700.0)
    stop_x = np.array(sorted(stop for stop in stops if stop < length))
    one = np.zeros(1)
    sect_x, sect_cap, _, sect_dwell = permitted_sections(
        start, value, length, train_m, 30.0, one, np.full(1, np.inf), one, np.ones(1),
        stop_x, np.full(stop_x.size, 7.0),
    )  # fmt: skip
    assert (np.diff(sect_x) > 0.0).all()
    ends = np.append(start[1:], np.inf)
    for index, cap in enumerate(sect_cap):
        middle = 0.5 * (sect_x[index] + sect_x[index + 1])
        under = value[(start <= middle) & (ends + train_m > middle)]
        assert cap == min(under.min(), 30.0)
    assert sect_x[sect_dwell >= 0.0] == pytest.approx(stop_x)


def test_coasting_leads_down_to_the_braking_speed_and_no_further() -> None:
    none = np.zeros(1)
    cell_x = np.array([0.0, 20_000.0])
    # 1,000 t, 10 N/kN of rolling resistance, no air resistance: 0.0098 / 1.0 m/s2 of coasting.
    sect_exit, brake_x, curve_from, curve, start_v, status, _, _ = approach_curves(
        cell_x, np.array([20.0]), np.array([15.0]), np.array([-1.0, -1.0]), 0.0, 0.5,
        none, none, none, 9.80665e6, 1e6, 9.80665e4, 0.0, 0.0, cell_x, none, none,
        np.ones(1), none,
    )  # fmt: skip
    assert status == 0
    assert sect_exit[0] == 0.0
    assert start_v == pytest.approx(20.0)
    # Braking 15**2 / (2 * 0.5) = 225 m, coasting (20**2 - 15**2) / (2 * 0.0980665) = 892.25 m.
    assert brake_x[0] == pytest.approx(20_000.0 - 225.0 - 175.0 / (2 * 0.0980665), abs=0.01)
    pieces = curve[curve_from[1] : curve_from[0]]
    assert pieces[0, 7] == 3
    assert set(pieces[1:, 7]) == {2}
    assert curve_energy_head(curve, 0, 20_000.0 - 100.0) == pytest.approx(50.0)
