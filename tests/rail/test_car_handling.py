"""Driving cars off the train: the ramp's end after reversals decides whether it must be opened."""

from __future__ import annotations

import pytest

from retinue.errors import InputError
from retinue.rail.car_handling import car_loading_times, drive_off, drive_on, ramp_access
from retinue.rail.car_loading import load_cars
from tests.rail.stock import coach, formation, locomotive
from tests.rail.test_car_loading import car, train, transporter

TIMES = car_loading_times()
LOCOMOTIVES = ("locomotives uncoupled", "locomotives leave")


def test_at_the_tail_with_the_ramp_outward_the_end_is_free() -> None:
    #  [loco][coach][coach][T>
    access = ramp_access(train(transporter()), "v3")
    assert access.free and access.opening_s == 0.0


def test_after_one_reversal_the_locomotives_stand_before_the_ramp_and_after_two_nothing() -> None:
    #  one:  [loco]<T][coach][coach]       two:  [loco][coach][coach][T>
    load = load_cars(train(transporter()), [car(), car()])
    once, twice = load.formation.reversed(), load.formation.reversed().reversed()
    access = ramp_access(once, "v3")
    assert [what for what, _ in access.opening] == list(LOCOMOTIVES)
    plain, turned, back = (drive_off(f, load) for f in (load.formation, once, twice))
    assert turned.total_s == plain.total_s + TIMES.uncouple + TIMES.locomotives_leave
    assert back.total_s == plain.total_s
    assert (plain.free, turned.free, back.free) == (True, False, True)


def test_within_the_train_it_is_cut_and_the_front_part_draws_on() -> None:
    #  [loco][coach][T>|[coach]
    middle = formation([locomotive(), coach(), transporter(), coach()])
    access = ramp_access(middle, "v2")
    assert [what.split(" ")[0] for what, _ in access.opening] == ["party", "train", "front"]
    drawing = TIMES.draw_clear / TIMES.draw_speed
    assert access.opening_s == TIMES.alighting + TIMES.uncouple + drawing
    #  [loco][coach]|<T][coach]
    before = ramp_access(formation([locomotive(), coach(), transporter(ramp="front")]), "v2")
    assert "uncoupled before" in before.opening[1][0]


def test_of_two_ramps_the_one_that_is_sooner_free_is_used() -> None:
    #  [loco]<T>[coach]: the locomotives leave sooner than the train is cut.
    both = formation([locomotive(), transporter(ramp="both"), coach()])
    assert [what for what, _ in ramp_access(both, "v1").opening] == list(LOCOMOTIVES)
    assert ramp_access(train(transporter(ramp="both")), "v3").free


def test_a_transporter_without_ramp_is_refused() -> None:
    with pytest.raises(InputError, match="has no ramp"):
        ramp_access(train(transporter(ramp="none")), "v3")


def test_cars_leave_one_after_the_other_each_with_its_way_at_walking_pace() -> None:
    load = load_cars(train(transporter()), [car(), car()])
    ramp, first, second = drive_off(load.formation, load).tasks
    assert (ramp.start_s, ramp.duration_s) == (0.0, TIMES.set_ramp)
    # 3.25 m of deck, 10 m of ramp and the car's own 6.5 m at 5 km/h; then a release and a gap.
    by_hand = 19.75 / (5 / 3.6) + TIMES.release_each + TIMES.apart
    assert first.duration_s == pytest.approx(by_hand)
    assert second.start_s == pytest.approx(first.start_s + first.duration_s)
    assert second.duration_s == pytest.approx(by_hand + 7.0 / (5 / 3.6))


def test_the_last_one_off_goes_on_first() -> None:
    one, two = car(mass=5000.0), car(mass=4000.0, width_m=1.9)
    load = load_cars(train(transporter()), [one, two])
    on = drive_on(load.formation, load)
    assert [task.what.split(" ")[0] for task in on.tasks] == [
        "ramp",
        "limousine",
        "limousine",
        "ramp",
    ]
    # The one that stands deeper is on first, and takes the longer way.
    assert on.tasks[1].duration_s > on.tasks[2].duration_s
    assert on.total_s == sum(task.duration_s for task in on.tasks)


def test_two_transporters_let_the_party_alight_once() -> None:
    load = load_cars(formation([locomotive(), transporter(), transporter(), coach()]), [car()] * 4)
    tasks = [task.what for task in drive_off(load.formation, load).tasks]
    assert sum(what.startswith("party") for what in tasks) == 1
    assert sum(what.startswith("ramp set") for what in tasks) == 2
