"""The main train's clock: what observed times do to everything after them."""

from __future__ import annotations

import numpy as np
import pytest

from retinue.errors import InputError
from retinue.rail.main_clock import Timed, main_clock, planned_clock

# Two runs of 10 km at 10 m/s with a stop between:  0 ----- 10 km | 10 km ----- 20 km
PLACE = np.arange(0.0, 10_001.0, 1_000.0)
RUNS = [(PLACE, PLACE / 10.0), (PLACE + 10_000.0, PLACE / 10.0)]
STOP = [Timed(dwell_s=600.0, least_s=200.0)]


def test_departure_running_and_standing_add_up() -> None:
    clock = planned_clock(RUNS, STOP, 5_000.0)
    assert clock.stops[0].arrive_s == 6_000.0
    assert clock.stops[0].depart_s == 6_600.0
    assert clock.arrive_s == 7_600.0
    assert clock.running_s == 2_000.0
    assert clock.standing_s == 600.0


def test_a_stop_waits_for_its_time() -> None:
    clock = planned_clock(RUNS, [Timed(600.0, 200.0, until_s=7_000.0)], 5_000.0)
    assert clock.stops[0].depart_s == 7_000.0


@pytest.mark.parametrize(
    ("late_s", "arrival"),
    [
        (300.0, 7_600.0),  # the stop has 400 s above its least: all taken up
        (400.0, 7_600.0),
        (500.0, 7_700.0),  # 100 s remain
        (-100.0, 7_600.0),  # never leaves early
    ],
)
def test_a_stops_slack_takes_up_a_delay(late_s: float, arrival: float) -> None:
    planned = planned_clock(RUNS, STOP, 5_000.0)
    clock = main_clock(planned, STOP, [(5_000.0, 5_500.0 + late_s, "P")])
    assert clock.sections[0].at(5_000.0) == 5_500.0 + late_s
    assert clock.stops[0].arrive_s == 6_000.0 + late_s
    assert clock.arrive_s == arrival


def test_times_before_an_observation_are_interpolated() -> None:
    planned = planned_clock(RUNS, STOP, 5_000.0)
    clock = main_clock(planned, STOP, [(5_000.0, 6_000.0, "P")])
    # 5 km in 1,000 s instead of 500 s: at 2.5 km after 500 s.
    assert clock.sections[0].at(2_500.0) == pytest.approx(5_500.0)
    assert clock.depart_s == 5_000.0


def test_a_place_between_grid_points_is_met_exactly() -> None:
    planned = planned_clock(RUNS, STOP, 5_000.0)
    clock = main_clock(planned, STOP, [(4_321.0, 5_555.0, "P")])
    assert clock.sections[0].at(4_321.0) == pytest.approx(5_555.0)
    assert np.all(np.diff(clock.sections[0].time_s) > 0.0)


def test_a_late_departure_shifts_everything_up_to_the_stop() -> None:
    planned = planned_clock(RUNS, STOP, 5_000.0)
    clock = main_clock(planned, STOP, [(0.0, 5_300.0, "A")])
    assert clock.depart_s == 5_300.0
    assert clock.stops[0].arrive_s == 6_300.0
    assert clock.arrive_s == 7_600.0


def test_several_observations_hold_one_after_the_other() -> None:
    planned = planned_clock(RUNS, STOP, 5_000.0)
    seen = [(15_000.0, 7_900.0, "Q"), (5_000.0, 5_900.0, "P")]
    clock = main_clock(planned, STOP, seen)
    assert clock.sections[0].at(5_000.0) == 5_900.0
    assert clock.sections[1].at(15_000.0) == 7_900.0
    assert clock.arrive_s == pytest.approx(8_400.0)


def test_a_train_seen_early_after_a_stop_left_it_early() -> None:
    # Planned to leave at 6,600 and to be 5 km further at 7,100; seen at 6,850.
    planned = planned_clock(RUNS, STOP, 5_000.0)
    clock = main_clock(planned, STOP, [(15_000.0, 6_850.0, "Q")])
    assert clock.stops[0].arrive_s == 6_000.0
    assert clock.stops[0].depart_s == pytest.approx(6_350.0)
    assert clock.sections[1].at(15_000.0) == 6_850.0
    assert clock.arrive_s == pytest.approx(7_350.0)
    # Even sooner: it did not stop at all and ran faster.
    sooner = main_clock(planned, STOP, [(15_000.0, 6_400.0, "Q")])
    assert sooner.stops[0].depart_s == pytest.approx(6_000.0)
    assert sooner.sections[1].at(15_000.0) == 6_400.0


def test_an_observed_arrival_is_not_moved_by_a_later_one() -> None:
    planned = planned_clock(RUNS, STOP, 5_000.0)
    seen = [(10_000.0, 6_300.0, "S"), (15_000.0, 6_850.0, "Q")]
    clock = main_clock(planned, STOP, seen)
    assert clock.stops[0].arrive_s == 6_300.0
    assert clock.stops[0].depart_s == pytest.approx(6_350.0)


def test_times_that_run_backwards_are_refused() -> None:
    planned = planned_clock(RUNS, STOP, 5_000.0)
    with pytest.raises(InputError, match="cannot have been passed then"):
        main_clock(planned, STOP, [(5_000.0, 4_900.0, "P")])
    with pytest.raises(InputError, match="Q cannot"):
        main_clock(planned, STOP, [(5_000.0, 5_900.0, "P"), (6_000.0, 5_800.0, "Q")])


def test_nothing_observed_changes_nothing() -> None:
    planned = planned_clock(RUNS, STOP, 5_000.0)
    assert main_clock(planned, STOP, []) is planned
