"""Thinned lines stay within their tolerance, whatever the line."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retinue.rail.polyline import thinned


def _kept_by_hand(
    along: list[float], values: list[list[float]], widths: list[float], must: set[int]
) -> list[int]:
    """Return what the swing door keeps, by looking at every dropped point again and again."""

    def fits(anchor: int, end: int) -> bool:
        # Some straight line from the anchor passes every point between within its tolerance.
        for value, width in zip(values, widths, strict=True):
            slopes = [
                ((value[k] - value[anchor]) / (along[k] - along[anchor]), along[k] - along[anchor])
                for k in range(anchor + 1, end)
            ]
            own = (value[end] - value[anchor]) / (along[end] - along[anchor])
            if any(not slope - width / way <= own <= slope + width / way for slope, way in slopes):
                return False
        return True

    kept, anchor, end = [0], 0, 1
    while end < len(along):
        if end - 1 > anchor and not fits(anchor, end):
            anchor = end - 1
        elif end in must or end == len(along) - 1:
            anchor, end = end, end + 1
        else:
            end += 1
            continue
        kept.append(anchor)
    return kept


@given(
    st.lists(
        st.tuples(st.integers(1, 100), st.integers(-50, 50), st.integers(-9, 9)),
        min_size=3,
        max_size=40,
    ),
    st.sets(st.integers(1, 30)),
)
def test_the_kernel_keeps_what_the_rule_keeps_by_hand(
    steps: list[tuple[int, int, int]], must: set[int]
) -> None:
    along = np.cumsum([float(step[0]) for step in steps])
    first, second = (np.array([float(step[k]) for step in steps]) for k in (1, 2))
    named = np.array([k in must for k in range(along.size)])
    kept = thinned(along, [(first, 7.3), (second, 2.1)], named)
    by_hand = _kept_by_hand(along.tolist(), [first.tolist(), second.tolist()], [7.3, 2.1], must)
    assert kept.tolist() == by_hand


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
