"""A long stop serves often enough for every tank, and where they last at its ends only."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.provisioning.service_data import load_service_data
from retinue.provisioning.service_sessions import sessions_of
from retinue.provisioning.tank_levels import Tank

HOUR = 3600.0
WATER = next(s for s in load_service_data().serving if s.kind == "water")


@settings(max_examples=60, deadline=None)
@given(
    hours=st.floats(3.1, 240.0),
    litres_a_day=st.lists(st.floats(50.0, 8000.0), min_size=1, max_size=12),
)
def test_a_long_stop_serves_before_any_tank_runs_out(
    hours: float, litres_a_day: list[float]
) -> None:
    stay = hours * HOUR
    tanks = [
        Tank("water", n, "", "sleeping", 1.7, 1.0, "", "", [(0.0, stay, d / 1000 * stay / 86_400)])
        for n, d in enumerate(litres_a_day)
    ]
    sessions = sessions_of([(0.0, stay)], tanks, WATER)
    assert sessions[0][0] == 0.0
    assert sessions[-1][1] == pytest.approx(stay)
    gaps = [(begin, end) for (begin, _), (_, end) in pairwise(sessions)]
    assert all(b >= a for (_, a), (b, _) in pairwise(sessions))
    closest = len(sessions) == int(stay // HOUR)
    for begin, end in gaps:
        worst = max(litres_a_day) * (end - begin) / 86_400
        assert closest or worst <= 1700 * (1 - WATER.least) + 1e-6


def test_tanks_that_outlast_a_long_stop_are_served_at_its_ends_only() -> None:
    tank = Tank("water", 1, "", "sleeping", 1.7, 1.0, "", "", [(0.0, 24 * HOUR, 0.5)])
    found = sessions_of([(0.0, 24 * HOUR)], [tank], WATER)
    assert found == [(0.0, HOUR), (23 * HOUR, 24 * HOUR)]


def test_a_short_stop_serves_in_its_longest_free_time() -> None:
    assert sessions_of([(0.0, 600.0), (900.0, 3000.0)], [], WATER) == [(900.0, 3000.0)]


def test_a_long_stop_serves_in_all_its_free_times() -> None:
    found = sessions_of(
        [(0.0, 2 * HOUR), (3 * HOUR, 10 * HOUR), (11 * HOUR, 11.5 * HOUR)], [], WATER
    )
    assert found == [(0.0, 2 * HOUR), (3 * HOUR, 4 * HOUR), (9 * HOUR, 10 * HOUR)]


def test_sessions_are_longer_than_it_takes_to_begin() -> None:
    slow = WATER.model_copy(update={"begins_after": 2 * HOUR})
    assert [end - begin for begin, end in sessions_of([(0.0, 48 * HOUR)], [], slow)] == [
        4 * HOUR, 4 * HOUR,
    ]  # fmt: skip
