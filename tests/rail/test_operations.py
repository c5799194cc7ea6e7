"""Operations: timed task lists end in a brake test, and lifts come in whole numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.errors import InputError, NoPlan
from retinue.rail.formation import Formation
from retinue.rail.operations import (
    Operation,
    break_of_gauge,
    facility_starts,
    locomotive_change,
    reversal,
)
from retinue.rail.trains import load_train
from retinue.world.rail_route import Facility
from tests.rail.stock import coach, formation, locomotive

COACH, ENGINE = coach(), locomotive()
LIFTS = Facility(
    "bogie-exchange",
    (1435, 1520),
    lift_positions=6,
    lift_time_s=1800.0,
    shunting_s=2400.0,
    source="line book",
)
WHOLE = Facility(
    "bogie-exchange", (1435, 1520), low_s=5400.0, likely_s=10800.0, high_s=18000.0, source="press"
)


def coaches(count: int) -> Formation:
    return formation([ENGINE] + [COACH] * count)


def sound(operation: Operation) -> None:
    assert "brake test" in operation.tasks[-1].what
    assert sum(task.duration_s for task in operation.tasks) == pytest.approx(operation.likely_s)
    assert operation.low_s <= operation.likely_s <= operation.high_s
    assert all(task.duration_s > 0 and task.source for task in operation.tasks)


@given(st.integers(1, 30))
def test_lifts_are_the_coaches_over_the_positions_rounded_up(count: int) -> None:
    operation = break_of_gauge(coaches(count), LIFTS)
    sound(operation)
    lifts = [task for task in operation.tasks if task.what.startswith("lift ")]
    assert len(lifts) == math.ceil(count / 6)
    lifted = sum(int(task.what.split(":")[1].split()[0]) for task in lifts)
    assert lifted == count
    assert operation.facility_s == pytest.approx(2400.0 + 1800.0 * math.ceil(count / 6))


def test_a_published_whole_duration_is_used_and_said() -> None:
    # 1.5 / 3 / 5 h: the range of Brest and Erenhot, for a train of 21 coaches.
    operation = break_of_gauge(load_train("special-21"), WHOLE)
    sound(operation)
    assert (operation.low_s, operation.likely_s, operation.high_s) == pytest.approx(
        (5400.0, 10800.0, 18000.0)
    )
    assert any("whole duration 1.5 / 3 / 5 h" in value for _, value, _ in operation.assumptions)
    assert break_of_gauge(load_train("advance-5"), WHOLE).likely_s < 10800.0


def test_a_published_range_bounds_what_the_lifts_give() -> None:
    both = replace(LIFTS, low_s=5400.0, likely_s=10800.0, high_s=18000.0)
    long, short = break_of_gauge(coaches(21), both), break_of_gauge(coaches(5), both)
    sound(long)
    sound(short)
    assert (long.low_s, long.high_s) == pytest.approx((5400.0, 18000.0))
    assert short.high_s < long.high_s


def test_a_facility_without_figures_falls_back_and_says_it_is_assumed() -> None:
    operation = break_of_gauge(coaches(21), Facility("bogie-exchange", (1435, 1520)))
    sound(operation)
    assert operation.likely_s == pytest.approx(10800.0)
    assert operation.assumptions


def test_more_coaches_never_take_less() -> None:
    for facility in (LIFTS, WHOLE):
        times = [break_of_gauge(coaches(n), facility).likely_s for n in range(1, 25)]
        assert all(later >= earlier for earlier, later in pairwise(times))


def test_the_facility_takes_one_train_after_the_other() -> None:
    advance, main, following = coaches(5), coaches(21), coaches(8)
    first = break_of_gauge(advance, LIFTS)
    second = break_of_gauge(main, LIFTS, queue=[advance])
    third = break_of_gauge(following, LIFTS, queue=[advance, main])
    assert first.start_offset_s == 0.0
    assert second.start_offset_s == pytest.approx(first.facility_s)
    assert third.start_offset_s == pytest.approx(first.facility_s + second.facility_s)


@given(st.lists(st.tuples(st.floats(0, 1e5), st.integers(1, 21)), min_size=1, max_size=6))
def test_trains_at_a_facility_neither_overlap_nor_begin_before_they_come(
    asked: list[tuple[float, int]],
) -> None:
    arrivals = [arrival for arrival, _ in asked]
    operations = [break_of_gauge(coaches(count), LIFTS) for _, count in asked]
    starts = facility_starts(arrivals, operations)
    spans = sorted(
        (start, start + op.facility_s) for start, op in zip(starts, operations, strict=True)
    )
    assert all(start >= arrival for start, arrival in zip(starts, arrivals, strict=True))
    assert all(later[0] >= earlier[1] - 1e-6 for earlier, later in pairwise(spans))


def test_a_coach_that_cannot_change_is_a_reason() -> None:
    fixed = coach(other_gauges=None, change_of_gauge=None)
    with pytest.raises(NoPlan) as caught:
        break_of_gauge(formation([ENGINE, fixed]), LIFTS)
    assert caught.value.reasons[0].kind == "gauge"
    with pytest.raises(NoPlan):
        break_of_gauge(coaches(2), Facility("bogie-exchange", (1435, 1000)))
    with pytest.raises(NoPlan, match="does not change the gauge"):
        break_of_gauge(coaches(2), Facility("water"))


def test_gauge_adjusting_trains_roll_through() -> None:
    talgo = coach(change_of_gauge="gauge-adjustment")
    facility = Facility("gauge-adjustment", (1435, 1520))
    operation = break_of_gauge(formation([ENGINE, talgo, talgo]), facility)
    sound(operation)
    assert operation.kind == "gauge-adjustment"


def test_a_change_of_locomotives_ends_in_a_brake_test_and_grows_with_the_train() -> None:
    short, long = (locomotive_change(coaches(n), [ENGINE]) for n in (5, 21))
    sound(short)
    assert long.likely_s > short.likely_s
    assert locomotive_change(coaches(5), [ENGINE, ENGINE]).likely_s > short.likely_s
    # Scheduled changes of locomotives of long trains take some 20-40 minutes.
    assert 20 * 60 <= locomotive_change(load_train("special-21"), [ENGINE]).likely_s <= 40 * 60


def test_nothing_takes_over_nothing() -> None:
    with pytest.raises(InputError, match="no locomotive takes over"):
        locomotive_change(coaches(3), [])


def test_a_run_round_takes_longer_round_a_longer_train() -> None:
    short, long = reversal(coaches(5)), reversal(coaches(21))
    sound(short)
    assert long.likely_s > short.likely_s
    assert any(task.what == "locomotives run round" for task in long.tasks)
