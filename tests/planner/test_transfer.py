"""Hand-overs: what they need, and cars that must first leave the train."""

from __future__ import annotations

import itertools

import pytest

from retinue.movement import StopTask
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


@pytest.mark.parametrize("minutes", [1.0, 12.5, 40.0])
def test_the_column_forms_when_the_last_car_is_off_the_train(minutes: float) -> None:
    rules = load_transfer_rules()
    none = rules.transfer("rail", "road", asked_s=None)
    tasks = [StopTask("ramp set", 0.0, 30.0), StopTask("car", 30.0, minutes * 60.0 - 30.0)]
    some = rules.transfer("rail", "road", asked_s=None, unloading=tasks, cars=1)
    assert some.unloading_s == minutes * 60.0
    assert some.needed_s == none.needed_s + some.unloading_s
    # The rest of the motorcade stands ready before the train comes.
    assert some.ready_before_s == none.ready_before_s > 0
    # The journey's own figure stands, unless the cars take longer.
    asked = rules.transfer("rail", "road", asked_s=1200.0, unloading=tasks, cars=1)
    assert asked.needed_s == max(1200.0, some.unloading_s)


def test_loading_onto_the_train_goes_on_while_the_party_boards() -> None:
    rules = load_transfer_rules()
    plain = rules.transfer("road", "rail", asked_s=None)
    assert rules.transfer("road", "rail", asked_s=None, loading_s=60.0).needed_s == plain.needed_s
    assert rules.transfer("road", "rail", asked_s=None, loading_s=3000.0).needed_s == 3000.0
