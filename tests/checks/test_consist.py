"""Faults planted in chosen formations: the checker, which knows no solver, finds each."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from tests.rail.consists import problem

from retinue.checks.consist import consist_faults
from retinue.plan.consist import ConsistCoach, ConsistRecord
from retinue.rail.consist_search import choose
from retinue.rail.consist_train import record_of

pytest.importorskip("ortools")

Coaches = list[ConsistCoach]


@cache
def sound() -> ConsistRecord:
    """Return a formation without a fault."""
    asked = problem()
    return record_of(asked, choose(asked))


def place(coaches: Coaches, label: str) -> int:
    return next(i for i, coach in enumerate(coaches) if coach.label == label)


def swapped(one: str, other: str) -> Callable[[Coaches], None]:
    def plant(coaches: Coaches) -> None:
        i, j = place(coaches, one), place(coaches, other)
        coaches[i], coaches[j] = coaches[j], coaches[i]

    return plant


def moved(label: str, to: int) -> Callable[[Coaches], None]:
    return lambda coaches: coaches.insert(to, coaches.pop(place(coaches, label)))


def changed(name: str, /, **values: object) -> Callable[[Coaches], None]:
    def plant(coaches: Coaches) -> None:
        i = place(coaches, name)
        coaches[i] = coaches[i].model_copy(update=values)

    return plant


def every(**values: object) -> Callable[[Coaches], None]:
    def plant(coaches: Coaches) -> None:
        coaches[:] = [coach.model_copy(update=values) for coach in coaches]

    return plant


def without(label: str) -> Callable[[Coaches], None]:
    return lambda coaches: coaches.__delitem__(place(coaches, label))


PLANTED: dict[str, tuple[Callable[[Coaches], None], str]] = {
    "principal at the head": (moved("Saloon", 0), "principal-not-at-ends"),
    "principal's coaches apart": (moved("Bedroom", 3), "principal-together"),
    "no guards beside the principal": (swapped("Saloon", "Guards"), "guards-either-side"),
    "kitchen away from dining": (moved("Kitchen", 1), "kitchen-next-to-dining"),
    "transporter amid the train": (moved("Cars", 4), "transporter-at-the-end"),
    "ramp inward": (changed("Cars", ramp="front", turned=True), "transporter-at-the-end"),
    "head without guards": (moved("Communications", 0), "guards-at-both-ends"),
    "no kitchen": (without("Kitchen"), "a-kitchen"),
    "no dining coach": (without("Dining"), "a-dining-coach"),
    "a coach missing": (without("Guards"), "coaches, stated are"),
    "nobody has a berth": (every(places=1), "places for"),
    "an asked coach missing": (without("Communications"), "asked for are"),
    "too few dining seats": (changed("Dining", dining_seats=4), "dining seats"),
    "too small a kitchen": (changed("Kitchen", covers=5), "kitchens do not cook"),
    "stores too small": (every(stores_l=100), "l for stores"),
    "cars left behind": (changed("Cars", cars=1), "cars are carried"),
    "weak brakes": (every(braked_kg=1000), "brake percentage"),
    "too heavy for the gradient": (every(starting_n=90_000), "to start"),
    "not held on the gradient": (every(holding_n=90_000), "to hold speed"),
    "a mass not stated": (changed("Saloon", mass_kg=1), "a mass of"),
    "a coupler that does not fit": (changed("Dining", couplers=("screw",)), "cannot be coupled"),
    "a brake that does not fit": (changed("Dining", brakes=("vacuum",)), "is not braked"),
    "a cold coach": (changed("Dining", heating=("steam",)), "is not heated"),
    "no power": (every(generates_w=0, drawn_w=90_000), "kW are fed"),
    "an unfit coach": (changed("Dining", unfit=("axle-load",)), "not fit for the line"),
    "a coach nobody offered": (changed("Dining", label="Circus"), "offered are 0"),
}


def test_the_sound_formation_has_no_fault() -> None:
    assert consist_faults(sound()) == []


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found(name: str) -> None:
    plant, told = PLANTED[name]
    coaches = list(sound().coaches)
    plant(coaches)
    found = consist_faults(sound().model_copy(update={"coaches": tuple(coaches)}))
    assert any(told in fault for fault in found), found


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"loop_mm": 100_000}, "the loop has"),
        ({"platform_mm": 100_000}, "the platform has"),
        ({"order_asked": (("Guards",),)}, "order asked for"),
        ({"proven": False}, "not proven"),
        ({"locomotives": ()}, "no locomotive"),
        ({"arrives_reversed": True}, "transporter-at-the-end"),
        ({"cars": 40}, "40 cars"),
        ({"people": {"guards": 400}}, "places for 400"),
    ],
)
def test_a_record_against_what_was_asked_is_found(values: dict[str, object], told: str) -> None:
    found = consist_faults(sound().model_copy(update=values))
    assert any(told in fault for fault in found), found
