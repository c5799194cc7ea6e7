"""Steps carry every fact of a path; cut, joined and integrated they stay the same function."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.rail.steps import Steps


@st.composite
def steps(draw: st.DrawFn) -> Steps:
    widths = draw(st.lists(st.floats(1.0, 1000.0), min_size=0, max_size=12))
    values = draw(
        st.lists(st.floats(-50.0, 50.0), min_size=len(widths) + 1, max_size=len(widths) + 1)
    )
    return Steps(np.concatenate([[0.0], np.cumsum(widths)]), np.array(values))


def test_a_value_holds_from_its_own_chainage_on() -> None:
    function = Steps.from_pairs([(0.0, 1.0), (10.0, 2.0)])
    assert function.at([-5.0, 0.0, 9.999, 10.0, 1e6]).tolist() == [1.0, 1.0, 1.0, 2.0, 2.0]


@given(steps(), st.floats(0.0, 900.0), st.floats(1.0, 900.0))
def test_a_cut_is_the_same_function_further_on(function: Steps, start: float, width: float) -> None:
    part = function.cut(start, start + width)
    places = np.linspace(0.0, width, 17)[:-1]
    near = np.abs(start + places[:, None] - function.start_m[None, :]).min(axis=1) < 1e-9
    assert (part.at(places)[~near] == function.at(start + places)[~near]).all()


@given(steps(), st.floats(1.0, 2000.0), steps(), st.floats(1.0, 2000.0))
def test_joined_steps_integrate_to_the_sum(a: Steps, la: float, b: Steps, lb: float) -> None:
    joined = Steps.concatenate([(a, la), (b, lb)])
    total = float(a.integral(la)) + float(b.integral(lb))
    assert float(joined.integral(la + lb)) == pytest.approx(total, abs=1e-6)


@given(steps(), steps())
def test_the_minimum_is_the_lower_one_everywhere(a: Steps, b: Steps) -> None:
    places = np.union1d(a.start_m, b.start_m)
    assert (a.minimum(b).at(places) == np.minimum(a.at(places), b.at(places))).all()


@pytest.mark.parametrize(
    ("start", "value"),
    [([], []), ([1.0], [2.0]), ([0.0, 0.0], [1.0, 2.0]), ([0.0], [np.nan]), ([0.0], [1.0, 2.0])],
)
def test_broken_steps_are_refused(start: list[float], value: list[float]) -> None:
    with pytest.raises(InputError):
        Steps(np.array(start), np.array(value))


def test_steps_do_not_change() -> None:
    function = Steps.constant(3.0)
    with pytest.raises(ValueError, match="read-only"):
        function.value[0] = 4.0
