"""Thinned lines stay within their tolerance, whatever the line."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retinue.rail.polyline import thinned


@given(
    st.lists(st.tuples(st.floats(0.1, 100.0), st.floats(-50.0, 50.0)), min_size=3, max_size=60),
    st.floats(0.01, 20.0),
)
def test_what_is_dropped_lies_within_the_tolerance(
    steps: list[tuple[float, float]], tolerance: float
) -> None:
    along = np.cumsum([step for step, _ in steps])
    value = np.array([height for _, height in steps])
    kept = thinned(along, [(value, tolerance)])
    assert kept[0] == 0 and kept[-1] == along.size - 1
    again = np.interp(along, along[kept], value[kept])
    assert np.max(np.abs(again - value)) <= tolerance + 1e-6


def test_a_straight_line_needs_two_points() -> None:
    along = np.linspace(0.0, 1000.0, 101)
    assert thinned(along, [(2.0 * along, 0.1)]).tolist() == [0, 100]


def test_both_points_of_a_standstill_stay_and_so_do_named_ones() -> None:
    along = np.array([0.0, 1.0, 2.0, 2.0, 3.0, 4.0])
    named = np.array([False, True, False, False, False, False])
    assert thinned(along, [(along, 1.0)], named).tolist() == [0, 1, 2, 3, 5]
