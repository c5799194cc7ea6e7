"""Advance and following train against a main train of even speed; times worked out by hand.

::

    0 ------- 100 km | stop | 100 ------- 200 km       main train at 10 m/s
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from retinue.rail.convoy_clock import Companion, advance_clock, following_clock, queue_waits
from retinue.rail.main_clock import MainClock, Timed, planned_clock
from retinue.rail.separation import Blocks
from tests.rail.drawn_route import drawn

PLACE = np.arange(0.0, 100_001.0, 500.0)
RUNS = [(PLACE, PLACE / 10.0), (PLACE + 100_000.0, PLACE / 10.0)]
BLOCKS = Blocks.along(drawn("A" + "-" * 20 + "B" + "-" * 20 + "C", block_m=2_000.0))


def _companion(speed_mps: float = 10.0, work_s: float = 0.0, facility_s: float = 0.0) -> Companion:
    def first(place: NDArray[np.float64]) -> NDArray[np.float64]:
        return place / speed_mps

    def second(place: NDArray[np.float64]) -> NDArray[np.float64]:
        return (place - 100_000.0) / speed_mps

    return Companion(1200.0, 2, (500.0, 500.0), (first, second), (work_s,), (facility_s,))


def _main(dwell_s: float) -> MainClock:
    return planned_clock(RUNS, [Timed(dwell_s, dwell_s)], 0.0)


def test_equal_trains_keep_the_policys_minutes() -> None:
    made = advance_clock(_companion(), _main(1800.0), BLOCKS, (0.0,))
    assert all(np.allclose(gap, 1200.0) for gap in made.gap_s)
    assert made.clock.depart_s == -1200.0
    assert made.clock.stops[0].depart_s - made.clock.stops[0].arrive_s == pytest.approx(1800.0)


def test_a_faster_advance_train_is_held_to_the_main_train() -> None:
    made = advance_clock(_companion(speed_mps=20.0), _main(600.0), BLOCKS, (0.0,))
    assert all(np.allclose(gap, 1200.0) for gap in made.gap_s)


def test_a_slower_advance_train_starts_earlier() -> None:
    made = advance_clock(_companion(speed_mps=8.0), _main(600.0), BLOCKS, (0.0,))
    # 100 km at 8 m/s take 12,500 s instead of 10,000: 2,500 s are lost in each section.
    assert made.gap_s[1][0] == pytest.approx(3700.0, abs=1.0)
    assert made.gap_s[1][-1] == pytest.approx(1200.0, abs=1.0)
    # It arrives with at least what it leaves with, less the main train's stand.
    assert made.gap_s[0][-1] == pytest.approx(3100.0, abs=1.0)
    assert made.gap_s[0][0] == pytest.approx(5600.0, abs=1.0)


def test_long_tasks_of_the_advance_train_bring_it_in_earlier() -> None:
    made = advance_clock(_companion(work_s=3000.0), _main(1800.0), BLOCKS, (0.0,))
    stand = made.clock.stops[0]
    assert stand.depart_s - stand.arrive_s == pytest.approx(3000.0)
    assert made.gap_s[0][-1] == pytest.approx(2400.0)


def test_the_main_train_queues_for_what_is_left_of_the_advance_trains_exchange() -> None:
    train = _companion(work_s=7500.0, facility_s=7200.0)
    # Two blocks of 2 km and the length take less than the policy: 20 min at the stop.
    assert queue_waits(train, RUNS, BLOCKS) == (6000.0,)
    assert queue_waits(_companion(), RUNS, BLOCKS) == (0.0,)


def test_the_following_train_leaves_when_its_own_tasks_are_done() -> None:
    made = following_clock(_companion(work_s=5400.0), _main(600.0), BLOCKS, (0.0,))
    stand = made.clock.stops[0]
    assert stand.depart_s - stand.arrive_s == pytest.approx(5400.0)
    # It came 1,200 s after and stands 4,800 s longer: 6,000 s behind from there on,
    # and at the same speed it cannot catch up.
    assert made.gap_s[1][0] == pytest.approx(6000.0)
    assert made.gap_s[1][-1] == pytest.approx(6000.0)


def test_a_faster_following_train_catches_up_to_the_policy() -> None:
    train = _companion(speed_mps=20.0, work_s=5400.0)
    made = following_clock(train, _main(600.0), BLOCKS, (0.0,))
    # It wins 5,000 s in 100 km and needs to win 4,800 s.
    assert made.gap_s[1][-1] == pytest.approx(1200.0, abs=1.0)


def test_the_following_train_waits_until_the_facility_is_free() -> None:
    train = _companion(work_s=3000.0, facility_s=2400.0)
    made = following_clock(train, _main(9000.0), BLOCKS, (8000.0,))
    # In 1,200 s after the main train, which holds the facility for 8,000 s.
    assert made.waits_s[0] == pytest.approx(6800.0)
    stand = made.clock.stops[0]
    assert stand.depart_s - stand.arrive_s == pytest.approx(9800.0)
