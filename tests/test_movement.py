"""Movement: front and tail of one object, distance against time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.movement import Movement, MovementStop, StopTask


def _train(*, length_m: float = 500.0, tail: bool = False) -> Movement:
    #   0 km --- 10 km (stands 600 s) --- 20 km, 100 s per km
    time = np.array([0.0, 1000.0, 1600.0, 2600.0])
    return Movement(
        role="main",
        name="main train",
        length_m=length_m,
        lon_deg=np.array([0.0, 0.1, 0.1, 0.2]),
        lat_deg=np.zeros(4),
        distance_m=np.array([0.0, 10_000.0, 10_000.0, 20_000.0]),
        time_s=time,
        tail_time_s=time + 30 if tail else None,
        stops=(
            MovementStop(
                "A", "UTC", "water", 10_000.0, 1000.0, 1600.0, (StopTask("fill", 0, 600),)
            ),
        ),
    )


def test_arrival_and_departure_at_a_stop_differ() -> None:
    train = _train()
    assert train.time_at(10_000) == 1000
    assert train.time_at(10_000, leaving=True) == 1600


def test_the_tail_leaves_a_stop_only_after_the_train_has_drawn_clear() -> None:
    # 500 m at 100 s per km after departure at 1600 s.
    assert _train().tail_time_at(10_000) == pytest.approx(1650)
    assert _train().passage(5_000).tail_s == pytest.approx(550)


def test_a_convoys_own_tail_times_take_precedence() -> None:
    assert _train(tail=True).tail_time_at(10_000) in (1030, 1630)


def test_ends_are_held() -> None:
    train = _train()
    assert (train.time_at(-5), train.time_at(99_999)) == (0, 2600)
    assert train.distance_at(1300) == 10_000
    assert train.position_at(500) == pytest.approx((0.05, 0.0))


def test_a_movement_that_runs_back_is_refused() -> None:
    with pytest.raises(ValueError, match="never runs back"):
        Movement("main", "x", 1.0, np.zeros(2), np.zeros(2), np.array([1.0, 0.0]), np.arange(2.0))
    with pytest.raises(ValueError, match="two points"):
        Movement("main", "x", 1.0, np.zeros(1), np.zeros(1), np.zeros(1), np.zeros(1))


@given(st.integers(min_value=0, max_value=2_000_000_000), st.booleans())
def test_a_movement_survives_its_file_form(shift: int, tail: bool) -> None:
    train = _train(tail=tail).shifted(shift)
    record = train.as_dict()
    again = Movement.from_dict(record)
    assert again.as_dict() == record
    assert again.stops == train.stops


@given(st.floats(min_value=0, max_value=20_000), st.floats(min_value=1, max_value=2_000))
def test_the_head_passes_before_the_tail(distance: float, length: float) -> None:
    passage = _train(length_m=length).passage(distance)
    assert passage.head_s <= passage.tail_s
