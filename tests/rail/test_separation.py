"""How far apart two trains run: block demands against a train that moves evenly, and the least gap.

The expected times are a distance over a speed, worked out in the comments.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.rail.separation import (
    DOUBLE_TRACK_BLOCK_M,
    ROUTE_RELEASE_S,
    SINGLE_TRACK_BLOCK_M,
    Blocks,
    least_gap,
    required_after,
    required_before,
)
from tests.rail.drawn_route import drawn

SPEED = 10.0
PLACE = np.arange(0.0, 100_001.0, 500.0)
MAIN = PLACE / SPEED


def test_blocks_come_from_the_line_or_from_the_rule() -> None:
    ruled = Blocks.along(drawn("A----B==C"))
    # 20 km of single and 10 km of double track.
    expected = 20_000.0 / SINGLE_TRACK_BLOCK_M + 10_000.0 / DOUBLE_TRACK_BLOCK_M
    assert ruled.count[-1] == pytest.approx(expected)
    assert ruled.assumed == ((0.0, 20_000.0), (20_000.0, 30_000.0))
    known = Blocks.along(drawn("A----B==C", block_m=1_000.0))
    assert known.count[-1] == pytest.approx(30.0)
    assert known.assumed == ()


def test_blocks_ahead_cross_from_one_length_to_another() -> None:
    blocks = Blocks.along(drawn("A----B==C"))
    # From 16 km: half a block of 8 km is left to km 20, then half a block of 2.5 km.
    assert float(blocks.ahead(16_000.0, 1.0)) == pytest.approx(21_250.0)
    assert float(blocks.ahead(21_250.0, -1.0)) == pytest.approx(16_000.0)
    assert float(blocks.ahead(29_000.0, 5.0)) == 30_000.0


def test_the_advance_train_is_two_blocks_and_its_length_ahead() -> None:
    blocks = Blocks.along(drawn("A" + "-" * 20 + "B", block_m=9_000.0))
    gap = required_before(PLACE, MAIN, blocks, 2, 500.0, 1200.0)
    # 2 x 9,000 m + 500 m at 10 m/s = 1,850 s.
    middle = (PLACE > 19_000.0) & (PLACE < 99_000.0)
    # and up to one cell of 500 m (50 s) more, so that it holds between places too.
    assert np.all((gap[middle] >= 1850.0 - 1e-6) & (gap[middle] <= 1900.0 + 1e-6))
    # Before the main train can follow from the start there is only the policy.
    assert gap[0] == 1200.0
    # At the end it stands aside: the main train, two blocks back, waits for the route.
    assert gap[-1] == pytest.approx(1800.0 + ROUTE_RELEASE_S)


def test_short_blocks_leave_the_policy_alone() -> None:
    blocks = Blocks.along(drawn("A" + "-" * 20 + "B", block_m=1_000.0))
    assert np.all(required_before(PLACE, MAIN, blocks, 2, 500.0, 1200.0) == 1200.0)
    assert np.all(required_after(PLACE, MAIN, blocks, 2, 500.0, 1200.0) == 1200.0)


def test_the_following_train_waits_for_the_main_trains_tail() -> None:
    blocks = Blocks.along(drawn("A" + "-" * 20 + "B", block_m=9_000.0))
    gap = required_after(PLACE, MAIN, blocks, 2, 600.0, 1200.0)
    # 2 x 9,000 m + 600 m at 10 m/s = 1,860 s.
    inside = gap[PLACE < 81_000.0]
    assert np.all((inside >= 1860.0 - 1e-6) & (inside <= 1910.0 + 1e-6))
    assert gap[-1] == 1200.0


def test_no_blocks_asked_leaves_the_policy() -> None:
    blocks = Blocks.along(drawn("A" + "-" * 20 + "B"))
    assert np.all(required_before(PLACE, MAIN, blocks, 0, 500.0, 900.0) == 900.0)
    assert np.all(required_after(PLACE, MAIN, blocks, 0, 500.0, 900.0) == 900.0)


@given(
    st.lists(
        st.tuples(st.floats(0.0, 3000.0), st.floats(-30.0, 200.0), st.floats(0.0, 200.0)),
        min_size=2,
        max_size=40,
    )
)
def test_the_least_gap_meets_demand_and_rates_and_touches_the_demand(
    rows: list[tuple[float, float, float]],
) -> None:
    required = np.array([row[0] for row in rows])
    rise = np.array([row[1] for row in rows[1:]])
    fall = np.maximum(np.array([row[2] for row in rows[1:]]), -rise)
    gap = least_gap(required, rise, fall)
    change = np.diff(gap)
    assert np.all(gap >= required - 1e-6)
    assert np.all(change <= rise + 1e-6)
    assert np.all(change >= -fall - 1e-6)
    # Least: somewhere it touches, else all of it could be lower.
    assert np.min(gap - required) < 1e-6
