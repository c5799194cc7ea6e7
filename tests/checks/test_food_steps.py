"""The checker of the cold chain finds each fault planted in sound stores and a sound kitchen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.provisioning import food_case as case
from tests.provisioning.food_case import HOUR, NOON, job, kitchen, step, stores

from retinue.checks import check_provision
from retinue.checks.food_steps import check_prepared, check_steps
from retinue.plan import Plan, Provision
from retinue.plan.meals import KitchenRecord
from retinue.plan.stores import FoodStep, Stores
from retinue.provisioning.menu import load_menu
from retinue.provisioning.prepared_food import prepared_steps


def faults(one: Stores) -> str:
    return "\n".join(check_steps(one, {item.name: item for item in one.ingredients}))


def other(kind: str, **changes: object) -> Stores:
    sound = stores()
    steps = tuple(
        s.model_copy(update=changes) if s.kind == kind else s for s in sound.steps
    )  # fmt: skip
    return sound.model_copy(update={"steps": steps})


def without(kind: str) -> Stores:
    sound = stores()
    return sound.model_copy(update={"steps": tuple(s for s in sound.steps if s.kind != kind)})


def warmer(room: str, kelvin: float) -> Stores:
    sound = stores()
    rooms = tuple(
        r.model_copy(update={"kept_at_k": kelvin}) if r.id == room else r for r in sound.rooms
    )  # fmt: skip
    return sound.model_copy(update={"rooms": rooms})


def test_sound_steps_have_no_fault() -> None:
    assert faults(stores()) == ""


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (without("tasting"), "nobody tastes"),
        (other("tasting", end_utc=NOON - 60), "min before it only"),
        (without("retained sample"), "no sample is retained"),
        (other("retained sample", end_utc=NOON + 100 * HOUR), "not kept long enough"),
        (other("retained sample", room="nowhere"), "has no room"),
        (other("retained sample", room="chiller"), "lies at 3 degrees"),
        (other("retained sample", kg=0.1), "less than one sample"),
        (warmer("freezer", 262.0), "lies at -11 degrees"),
        (other("thaw", start_utc=NOON - HOUR), "begins to thaw too late"),
        (other("thaw", start_utc=NOON - 9 * HOUR), "before it is aboard"),
        (other("thaw", end_utc=NOON + HOUR), "after the meal has begun"),
        (other("thaw", end_utc=NOON - 30 * HOUR, start_utc=NOON - 33 * HOUR,
               limit_utc=NOON - 6 * HOUR), "thawed too long ago"),
        (other("thaw", limit_utc=NOON + 72 * HOUR), "is kept too long"),
        (other("thaw", room="freezer"), "outside of a chilled room"),
        (other("thaw", what="salmon"), "is not frozen goods"),
        (warmer("chiller", 285.0), "is thawed at 12 degrees"),
        (without("live"), "no step counts its hours"),
        (other("live", end_utc=NOON + 30 * HOUR), "lasts past its limit"),
        (other("live", end_utc=NOON - 48 * HOUR), "ends before it begins"),
    ],
)  # fmt: skip
def test_a_planted_fault_in_the_steps_is_found(broken: Stores, words: str) -> None:
    assert words in faults(broken)


def test_hours_of_live_seafood_count_from_its_packing_flight_and_truck_among_them() -> None:
    sound = stores()
    # 30 h before the meal and 20 h after it: more than the 48 h of the policy.
    early = sound.lots[1].model_copy(update={"packed_utc": NOON - 30 * HOUR})
    lots = (sound.lots[0], early, *sound.lots[2:])
    assert "50 h from its packing, 48 are planned" in faults(
        sound.model_copy(update={"lots": lots})
    )


def cold_pie(**changes: object) -> Stores:
    """Return stores in which a pie is cooled, with its first step of cooling changed."""
    first = step("cooling", "Pie", -7, -5, -5, stage=1, to_k=294.15)
    second = step("cooling", "Pie", -5, -1, -1, stage=2, to_k=278.15)
    again = step("reheating", "Pie", -0.5, 0, 0, to_k=347.15)
    return stores(steps=(first.model_copy(update=changes), second, again))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"limit_utc": NOON - 4 * HOUR}, "may take 3.0 h, the limit is 2.0"),
        ({"to_k": 303.0}, "does not reach 21 degrees"),
        ({"stage": 0}, "has no stage"),
        ({"kind": "reheating", "to_k": 330.0}, "does not reach 74 degrees"),
        ({"kind": "hot holding", "limit_utc": NOON}, "may last 7.0 h"),
        ({"kind": "cold holding", "limit_utc": NOON + 200 * HOUR}, "may last 8.6 days"),
        ({"end_utc": NOON}, "lasts past its limit"),
    ],
)
def test_a_limit_that_is_not_the_policys_is_found(changes: dict[str, object], words: str) -> None:
    assert words in faults(cold_pie(**changes))


WAITS = kitchen(
    job(), job(step=2, station="grill", start_s=NOON - 0.5 * HOUR, lasts_s=0.5 * HOUR,
               last_step=True)
)  # fmt: skip
COLD = cold_pie().steps


@pytest.mark.parametrize(
    ("made", "steps", "words"),
    [
        (WAITS, COLD, ""),
        (WAITS, COLD[1:], "is not cooled"),
        (WAITS, COLD[:2], "is not heated through"),
        (kitchen(job(last_step=True, start_s=NOON - 4 * HOUR)), (), "it may be held 120 min"),
        (
            kitchen(job(), job("pass", step=2, start_s=NOON, last_step=True)),
            COLD[:2],
            "is not heated through",
        ),
        (kitchen(job(), job(step=2, start_s=NOON + 200 * HOUR)), COLD, "days old"),
        (kitchen(job(dish="Cake", last_step=True)), (), "nothing says how it is held"),
    ],
)
def test_what_waits_hot_must_be_cooled_and_heated_again(
    made: KitchenRecord, steps: tuple[FoodStep, ...], words: str
) -> None:
    found = check_prepared(made, stores(steps=steps)).faults
    assert (words in "\n".join(found)) if words else found == ()


def test_stores_without_limits_are_a_fault() -> None:
    assert check_prepared(WAITS, stores(limits=None)).faults


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: {"steps": tuple(x for x in s.steps if x.kind != "tasting")}, "nobody tastes"),
        (lambda s: {"steps": tuple(x for x in s.steps if x.kind != "retained sample")},
         "no sample"),
        (lambda s: {"rooms": tuple(r.model_copy(update={"kept_at_k": 290.0}) for r in s.rooms)},
         "too warm"),
        (lambda s: {"service": tuple(x.model_copy(update={"fill_rate": 0.5}) for x in s.service)},
         "of the orders are met"),
    ],
)  # fmt: skip
def test_a_fault_planted_in_a_real_document_is_found(
    house_plan: Plan, house: Provision, change: Callable[[Stores], dict[str, object]], words: str
) -> None:
    broken = house.stores.model_copy(update=change(house.stores))
    found = check_provision(house_plan, house.model_copy(update={"stores": broken}).sealed())
    assert any(words in fault for one in found for fault in one.faults)


def test_the_kitchens_own_steps_satisfy_the_checker() -> None:
    menu = load_menu("five-cuisines")
    name = next(
        d.name for d in menu.dishes.values() if d.holding == "hot" and d.holding_limit_s >= HOUR
    )
    made = kitchen(
        *(one.model_copy(update={"dish": name}) for one in WAITS.jobs)
    )  # fmt: skip
    steps = prepared_steps(made, menu, case.POLICY)
    held = {name: case.stores().held["Pie"]}
    assert {s.kind for s in steps} == {"cooling", "cold holding", "reheating"}
    assert check_prepared(made, stores(steps=steps, held=held)).faults == ()
