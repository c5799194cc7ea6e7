"""What is planned for a stop shrinks until what is really bought for it can be loaded there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.provisioning.loading_limits import tightened, too_heavy
from tests.provisioning.stocking_case import option

ORIGIN, HALT = option(0, 0.0), replace(option(1, 3600.0), loading_kg=100.0, loading_kg_per_s=0.1)


def test_what_fits_is_left_as_it_is() -> None:
    assert tightened([ORIGIN, HALT], {0: 1e6, 1: 90.0}, {0: 2e6, 1: 100.0}, {}, 0) == {}


@given(
    planned=st.floats(1.0, 100.0),
    reserve=st.floats(0.02, 3.0),
    fixed=st.floats(0.0, 30.0),
)
def test_a_reserve_on_top_fits_after_a_few_rounds(
    planned: float, reserve: float, fixed: float
) -> None:
    """Whatever part of the reserve grows with the need and whatever does not."""
    limits: dict[int, float] = {}
    for attempt in range(6):
        brought = planned * (1.0 + reserve) + fixed
        tighter = tightened([ORIGIN, HALT], {1: planned}, {1: brought}, limits, attempt)
        if not tighter:
            break
        assert tighter[1] < planned
        limits |= tighter
        planned = limits[1]
    assert planned * (1.0 + reserve) + fixed <= 100.0 * (1 + 1e-9)


def test_a_stop_that_is_too_short_is_told_with_the_time_it_lacks() -> None:
    refused = too_heavy([ORIGIN, HALT], {1: 30.0})
    (reason,) = refused.reasons
    # 30 kg at 0.1 kg a second are 5 min.
    assert reason.what.startswith("30 kg more must come aboard at Halt")
    assert reason.cure.startswith("stand there 5 min longer")
    assert reason.kind == "loading"
    assert pytest.approx(60.0) == HALT.until_s - HALT.from_s
