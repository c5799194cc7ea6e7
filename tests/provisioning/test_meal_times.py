"""Meal times: a window of the day less what is closed, stretched where too little is left."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retinue.provisioning.clocks import DAY_S, Offsets
from retinue.provisioning.closed_times import free_of
from retinue.provisioning.meal_times import MealWindow, meal_times, spans_on_clock

UTC_CLOCK = Offsets(np.array([0.0]), np.array([0.0]), steps=True)
LUNCH = MealWindow("lunch", 12 * 3600, 15 * 3600, 12.5 * 3600, 7200, 3600)
HOUR = 3600.0


def test_a_meal_is_served_once_a_day_at_the_best_hour() -> None:
    meals = meal_times(LUNCH, UTC_CLOCK, [(0.0, 3 * DAY_S)], [], 2 * HOUR, sitting_s=HOUR)
    assert [m.time_s for m in meals] == [12.5 * HOUR, DAY_S + 12.5 * HOUR, 2 * DAY_S + 12.5 * HOUR]


def test_a_closed_dining_coach_moves_the_meal_out_of_its_way() -> None:
    closed = [(12.25 * HOUR, 14 * HOUR)]
    (meal,) = meal_times(LUNCH, UTC_CLOCK, [(0.0, DAY_S)], closed, HOUR, sitting_s=HOUR)
    assert meal.time_s == 14 * HOUR
    assert all(end <= closed[0][0] or begin >= closed[0][1] for begin, end in meal.windows)


def test_a_window_that_is_closed_for_good_is_said_to_be_missed() -> None:
    (meal,) = meal_times(LUNCH, UTC_CLOCK, [(0.0, DAY_S)], [(0.0, DAY_S)], HOUR, sitting_s=HOUR)
    assert meal.missed
    assert meal.windows == ()


def test_a_westward_jump_of_the_clock_gives_no_second_lunch() -> None:
    # The clock goes back an hour at 14:30: the window holds from 12:00 to 16:00 of the old clock.
    clock = Offsets(np.array([0.0, 14.5 * HOUR]), np.array([0.0, -HOUR]), steps=True)
    meals = meal_times(LUNCH, clock, [(0.0, DAY_S)], [], HOUR, sitting_s=HOUR)
    assert len(meals) == 1


spans = st.lists(
    st.tuples(st.integers(0, 200), st.integers(1, 50)).map(lambda p: (float(p[0]), float(sum(p)))),
    max_size=6,
)


@given(spans, spans)
def test_what_is_left_is_open_and_was_there(
    open_: list[tuple[float, float]], closed: list[tuple[float, float]]
) -> None:
    for begin, end in free_of(open_, closed):
        middle = (begin + end) / 2
        assert any(a <= middle <= b for a, b in open_)
        assert not any(a < middle < b for a, b in closed)


@given(st.integers(0, 23), st.integers(1, 8), st.integers(0, 10 * 86_400))
def test_a_span_on_the_clock_lies_within_its_hours(start: int, length: int, begin: int) -> None:
    found = spans_on_clock(
        UTC_CLOCK, [(float(begin), begin + 2 * DAY_S)], start * HOUR, (start + length) * HOUR
    )
    for day, pieces in found.items():
        for low, high in pieces:
            assert day * DAY_S + start * HOUR <= low + 60
            assert high <= day * DAY_S + (start + length) * HOUR + 60


@given(st.integers(-4, 4), st.integers(1, 6))
def test_a_clock_that_drifts_serves_at_quarters_near_its_own_hour(jump: int, rate: int) -> None:
    # A body follows by so many sixths of an hour a day.
    end = 5 * DAY_S
    clock = Offsets(np.array([0.0, end]), np.array([0.0, jump * rate * 600.0]), steps=False)
    for meal in meal_times(LUNCH, clock, [(0.0, end)], [], HOUR, sitting_s=HOUR):
        assert meal.time_s % 900 == 0
        shown = float(clock.shown(meal.time_s)) - meal.day * DAY_S
        assert abs(shown - LUNCH.ideal_s) <= 450 + 60
        assert all(edge % 300 == 0 for window in meal.windows for edge in window)


def test_service_after_a_closed_time_begins_at_whole_five_minutes() -> None:
    closed = [(12.0 * HOUR, 12.0 * HOUR + 2543.0)]
    (meal,) = meal_times(LUNCH, UTC_CLOCK, [(0.0, DAY_S)], closed, HOUR, sitting_s=HOUR)
    assert meal.time_s == 12.75 * HOUR
