"""Brake percentage: the permitted speed must follow the published formula and never fall."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.rail.braking import (
    full_braking_mps2,
    permitted_speed_by_brake_percentage,
    service_braking_mps2,
)


@pytest.mark.parametrize("speed_kmh", [80.0, 100.0, 120.0, 140.0])
def test_permitted_speed_inverts_the_minden_formula(speed_kmh: float) -> None:
    # Minden formula, R/P brakes, psi = 1: S = 3.85 V^2 / (6.1 (1 + lambda / 10)); level, 1,000 m.
    brake_percentage = 10.0 * (3.85 * speed_kmh**2 / 1000.0 / 6.1 - 1.0)
    allowed = permitted_speed_by_brake_percentage(brake_percentage, 1000.0)
    assert 3.6 * allowed == pytest.approx(speed_kmh)


@given(st.floats(20, 250), st.floats(0.1, 50), st.floats(0, 0.03))
def test_more_brake_is_never_slower_and_a_steeper_descent_never_faster(
    percentage: float, more: float, gradient: float
) -> None:
    try:
        speed = permitted_speed_by_brake_percentage(percentage, "main", gradient)
    except InputError:
        return
    assert permitted_speed_by_brake_percentage(percentage + more, "main", gradient) > speed
    assert permitted_speed_by_brake_percentage(percentage, "main") >= speed
    assert permitted_speed_by_brake_percentage(percentage, "secondary", gradient) < speed
    assert service_braking_mps2(percentage + more) >= service_braking_mps2(percentage)


def test_the_deceleration_stops_the_train_within_the_same_distance() -> None:
    # Two forms of one formula: v^2 / 2a is the braking distance.
    speed = permitted_speed_by_brake_percentage(90.0, 1000.0)
    assert speed**2 / (2.0 * full_braking_mps2(90.0)) == pytest.approx(1000.0)


def test_a_descent_that_the_brakes_cannot_hold_is_refused_with_a_cure() -> None:
    with pytest.raises(InputError, match="does not hold the train") as caught:
        permitted_speed_by_brake_percentage(10.0, "main", -0.04)
    assert caught.value.cure


def test_an_unknown_kind_of_line_is_refused() -> None:
    with pytest.raises(InputError, match="no kind of line"):
        permitted_speed_by_brake_percentage(80.0, "motorway")
