"""How a column follows its leader: against a plain reference that steps vehicle by vehicle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from retinue.road.convoy import columns, load_convoy
from retinue.road.passage import follow, pass_column

Floats = NDArray[np.float64]


def _front(distance_m: Floats, march_mps: Floats) -> Floats:
    return np.concatenate(([0.0], np.cumsum(np.diff(distance_m) / march_mps)))


profiles = st.lists(st.floats(2.0, 35.0), min_size=1, max_size=8)


def _road(speeds: list[float], piece_m: float = 1_000.0) -> tuple[Floats, Floats]:
    distance = np.linspace(0.0, piece_m * len(speeds), 20 * len(speeds) + 1)
    return distance, np.repeat(np.array(speeds), 20)


def test_at_a_steady_speed_the_tail_follows_by_length_over_speed() -> None:
    convoy, column = load_convoy("kyiv-2023"), columns()["open"]
    distance, march = _road([20.0, 20.0, 20.0])
    passage = pass_column(
        distance, _front(distance, march), convoy, column, np.full(len(march), 1.1)
    )
    late = passage.tail_s - passage.front_s
    assert late == pytest.approx(np.full(len(late), convoy.passing_time_s(column, 20.0)))


@settings(deadline=None)
@given(profiles, st.sampled_from(["open", "close"]))
def test_head_before_main_car_before_tail_and_none_runs_back(
    speeds: list[float], order: str
) -> None:
    convoy, column = load_convoy("own-cars-from-train"), columns()[order]
    distance, march = _road(speeds)
    passage = pass_column(
        distance, _front(distance, march), convoy, column, np.full(len(march), 1.1)
    )
    assert np.all(passage.front_s < passage.main_s)
    assert np.all(passage.main_s < passage.tail_s)
    assert np.all(np.diff(passage.main_s) > 0.0)
    assert np.all(np.diff(passage.tail_s) > 0.0)


@settings(deadline=None)
@given(profiles, st.floats(1.0, 1.5))
def test_a_follower_is_what_a_step_by_step_reference_says(
    speeds: list[float], catch_up: float
) -> None:
    distance, march = _road(speeds)
    front = _front(distance, march)
    spacing = np.full(len(distance), 60.0)
    factor = np.full(len(march), catch_up)
    reference: list[float] = []
    for index, here in enumerate(distance):
        ahead = here + 60.0
        clear = float(np.interp(ahead, distance, front))
        clear += max(ahead - distance[-1], 0.0) / march[-1]
        if index:
            step = (here - distance[index - 1]) / (catch_up * march[index - 1])
            clear = max(clear, reference[-1] + step)
        reference.append(clear)
    assert follow(distance, front, spacing, march, factor) == pytest.approx(np.array(reference))


@settings(deadline=None)
@given(profiles)
def test_a_vehicle_keeps_its_spacing_behind_the_one_before(speeds: list[float]) -> None:
    distance, march = _road(speeds)
    front = _front(distance, march)
    times = follow(distance, front, np.full(len(distance), 50.0), march, np.full(len(march), 1.2))
    # When the follower is at x, the leader is at least 50 m farther on.
    leader_at = np.interp(times, front, distance)
    inside = distance + 50.0 <= distance[-1]
    assert np.all(leader_at[inside] >= distance[inside] + 50.0 - 1e-6)


def test_after_a_slow_section_the_column_closes_up_no_faster_than_allowed() -> None:
    convoy, column = load_convoy("kyiv-2023"), columns()["open"]
    distance, march = _road([20.0, 3.0, 20.0, 20.0])
    passage = pass_column(
        distance, _front(distance, march), convoy, column, np.full(len(march), 1.1)
    )
    tail_speed = np.diff(distance) / np.diff(passage.tail_s)
    assert np.all(tail_speed <= 1.1 * 20.0 + 1e-6)
    late = passage.tail_s - passage.front_s
    assert late[45] > late[5]  # stretched in time inside the slow section
    assert late[-1] < late[40]  # and closing up behind it
