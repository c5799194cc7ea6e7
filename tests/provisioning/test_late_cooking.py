"""The last minute at which a job fits is held to a look at every minute."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retinue.provisioning.late_cooking import last_fit

counts = st.lists(st.integers(0, 3), min_size=24, max_size=24)


@given(
    free=counts, hands=counts, length=st.integers(1, 6), units=st.integers(1, 3),
    active=st.integers(0, 6), wanted=st.integers(1, 3), low=st.integers(0, 18),
    high=st.integers(0, 18),
)  # fmt: skip
def test_a_job_fits_last_where_no_later_minute_has_room_for_it(
    free: list[int], hands: list[int], length: int, units: int, active: int, wanted: int,
    low: int, high: int,
) -> None:  # fmt: skip
    fits = [
        begin
        for begin in range(low, high + 1)
        if min(free[begin : begin + length]) >= units
        and min(hands[begin : begin + active], default=wanted) >= wanted
    ]
    found = last_fit(
        np.array(free, np.int64), np.array(hands, np.int64), length, units, active, wanted, low,
        high,
    )  # fmt: skip
    assert found == (fits[-1] if fits else low - 1)
