"""The checker of option sets finds every planted fault and none in a sound set."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from retinue.checks.options import check_options
from retinue.journey import load_journey
from retinue.plan.options import Option, OptionSet
from retinue.planner import Planner
from retinue.planner.options import make_options
from retinue.world.world import World


@pytest.fixture(scope="module")
def found(world: World) -> OptionSet:
    """Return a small set with a dominated option."""
    return make_options(Planner(world), load_journey("panmunjom-2018"))


def _with(found: OptionSet, change: Callable[[Option], Option], *, front: bool) -> OptionSet:
    """Return the set with its last option on, or off, the front changed."""
    place = max(i for i, option in enumerate(found.options) if option.on_front is front)
    options = list(found.options)
    options[place] = change(options[place])
    return found.model_copy(update={"options": tuple(options)})


def test_a_sound_set_has_no_faults(found: OptionSet) -> None:
    assert check_options(found).faults == ()
    assert any(option.on_front for option in found.options)


def _measure(name: str, add: float) -> Callable[[Option], Option]:
    def change(option: Option) -> Option:
        assert option.measures is not None
        value = option.measures.value(name) + add
        return option.model_copy(
            update={"measures": option.measures.model_copy(update={name: value})}
        )

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_measure("time_s", 600.0), "legs take"),
        (_measure("cost", 50.0), "cost of its legs"),
        (_measure("held_h", 5.0), "disturbance of its legs"),
        (_measure("exposure_h", -50.0), "exposure is less"),
        (_measure("lost_h", 1.0), "not the whole time"),
        (_measure("weather_limits", 2), "weather of its legs"),
        (lambda o: o.model_copy(update={"on_front": False}), "wrong side of the front"),
        (lambda o: o.model_copy(update={"sentence": ""}), "sentence"),
        (lambda o: o.model_copy(update={"legs": ()}), "no legs"),
    ],
)
def test_a_planted_fault_is_found(
    found: OptionSet, change: Callable[[Option], Option], words: str
) -> None:
    faults = check_options(_with(found, change, front=True)).faults
    assert any(words in fault for fault in faults), faults


def test_two_references_and_a_refusal_without_reason_are_found(found: OptionSet) -> None:
    both = [option.model_copy(update={"reference": True}) for option in found.options]
    assert check_options(found.model_copy(update={"options": tuple(both)})).faults
    silent = found.options[0].model_copy(update={"id": "option-99", "reasons": ()})
    assert check_options(found.model_copy(update={"impossible": (silent,)})).faults
