"""When the front is at a place: the inverse of the cubic through both ends of an interval."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retinue.rail.course_kernel import hermite_times


@given(
    st.floats(0.0, 60.0),
    st.floats(0.0, 60.0),
    st.floats(0.1, 3000.0),
    st.lists(st.floats(0.0, 1.0), min_size=1, max_size=20),
)
def test_the_cubic_at_the_time_found_is_the_place_asked_for(
    begin_mps: float, end_mps: float, duration_s: float, shares: list[float]
) -> None:
    # Constant acceleration is the course of most intervals; its cubic is a parabola.
    way = 0.5 * (begin_mps + end_mps) * duration_s
    target = np.array([share * way for share in shares])
    many = np.ones(len(shares))
    found = hermite_times(
        target, way * many, begin_mps * duration_s * many, end_mps * duration_s * many
    )
    d0, d1 = begin_mps * duration_s, end_mps * duration_s
    for u, place in zip(found.tolist(), target.tolist(), strict=True):
        # Hermite's basis, written out: any textbook of numerical analysis.
        here = (u**3 - 2 * u**2 + u) * d0 + (3 * u**2 - 2 * u**3) * way + (u**3 - u**2) * d1
        assert 0.0 <= u <= 1.0
        assert abs(here - place) <= 1e-6
    assert np.all(np.diff(hermite_times(
        np.sort(target), way * many, d0 * many, d1 * many)) >= -1e-9)  # fmt: skip
