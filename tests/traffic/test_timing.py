"""Times between the timetable's: even acceleration, the slowest speed that keeps the time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.traffic.timing import needed_speed_mps, shared_out


def test_the_speed_needed_is_that_of_the_motion_itself() -> None:
    # 20 m/s, 0.5 m/s²: 40 s and 400 m to accelerate and again to brake, 210 s at speed between.
    assert needed_speed_mps(800.0 + 20.0 * 210.0, 80.0 + 210.0, 0.5) == pytest.approx(20.0)


@given(st.floats(200.0, 50_000.0), st.floats(20.0, 4000.0), st.floats(0.1, 1.0))
def test_a_train_starts_and_ends_on_time_and_never_runs_backwards(
    length_m: float, time_s: float, rate: float
) -> None:
    at = np.linspace(0.0, length_m, 101)
    times = shared_out(at, length_m, time_s, rate)
    assert times[0] == pytest.approx(0.0, abs=1e-6)
    assert times[-1] == pytest.approx(time_s, rel=1e-6)
    assert np.all(np.diff(times) >= -1e-9)
    # The run is the same forwards and backwards.
    assert times[50] == pytest.approx(time_s / 2, rel=1e-6)
