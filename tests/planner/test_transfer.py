"""Hand-overs: what they need, and cars that must first leave the train."""

from __future__ import annotations

import itertools

import pytest

from retinue.planner.transfer import load_transfer_rules


def test_every_change_of_mode_has_a_rule() -> None:
    rules = load_transfer_rules()
    for first, second in itertools.product(("rail", "air", "road"), repeat=2):
        rule = rules.change(first, second)  # type: ignore[arg-type]
        assert rule.needed > 0
        assert rule.confidence == "assumed"


def test_the_journeys_own_figure_replaces_the_rule() -> None:
    transfer = load_transfer_rules().transfer("rail", "road", asked_s=420.0)
    assert transfer.needed_s == 420.0
    assert not transfer.assumed


@pytest.mark.parametrize("cars", [1, 2, 8])
def test_each_car_on_the_train_takes_its_time_to_drive_off(cars: int) -> None:
    rules = load_transfer_rules()
    none = rules.transfer("rail", "road", asked_s=None)
    some = rules.transfer("rail", "road", asked_s=None, cars=cars)
    on_train = rules.cars_on_the_train
    assert some.unloading_s == on_train.fixed + cars * on_train.each
    assert some.needed_s == none.needed_s + some.unloading_s
    # The rest of the motorcade stands ready before the train comes.
    assert some.ready_before_s == none.ready_before_s > 0


def test_cars_come_off_trains_only() -> None:
    rules = load_transfer_rules()
    assert rules.transfer("air", "road", asked_s=None, cars=4).unloading_s == 0
