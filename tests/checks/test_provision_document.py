"""The checker of a provisioning document finds every fault that is planted in a sound one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from retinue.checks import check_provision
from retinue.plan import Plan, Provision

Planted = Callable[[Provision], Provision]


def with_kitchen(**changes: object) -> Planted:
    return lambda one: one.model_copy(
        update={"kitchen": one.kitchen.model_copy(update=changes)}
    ).sealed()


def with_stores(change: Callable[[Provision], dict[str, object]]) -> Planted:
    return lambda one: one.model_copy(
        update={"stores": one.stores.model_copy(update=change(one))}
    ).sealed()


def first_lot(**changes: object) -> Planted:
    def change(one: Provision) -> dict[str, object]:
        lot, *others = one.stores.lots
        return {"lots": (lot.model_copy(update=changes), *others)}

    return with_stores(change)


def expired(one: Provision) -> Provision:
    lot = max(one.stores.lots, key=lambda lot: lot.expected_use_kg)
    gone = lot.model_copy(update={"use_by_utc": lot.loaded_utc, "serve_until_utc": lot.loaded_utc})
    lots = tuple(gone if item.id == lot.id else item for item in one.stores.lots)
    return with_stores(lambda _: {"lots": lots})(one)


def allergen(one: Provision) -> Provision:
    harmed = next(e for e in one.stores.eaters if "nuts" in e.allergies)
    dish = harmed.dishes[0]
    part = one.stores.dishes[dish][0]
    goods = tuple(
        g.model_copy(update={"allergens": (*g.allergens, "nuts")}) if g.name == part else g
        for g in one.stores.ingredients
    )
    return with_stores(lambda _: {"ingredients": goods})(one)


def forbidden_import(one: Provision) -> Provision:
    from retinue.plan.stores import BorderCrossing

    lot = max(one.stores.lots, key=lambda item: item.expected_use_kg)
    goods = next(g for g in one.stores.ingredients if g.name == lot.ingredient)
    meals = sorted(use.time_utc for use in one.stores.uses)
    border = BorderCrossing(
        time_utc=meals[0] - 60, from_country="RU", to_country="CN",
        forbidden={goods.border_class: "forbidden"},
    )  # fmt: skip
    return with_stores(lambda _: {"crossings": (border,)})(one)


def missed_delivery(one: Provision) -> Provision:
    from retinue.plan.stores import Delivery

    first = one.stores.deliveries[0]
    other: Delivery = first.model_copy(update={"id": "1-rail/1-road", "mode": "road"})
    return with_stores(lambda _: {"deliveries": (*one.stores.deliveries, other)})(one)


def overfull_tank(one: Provision) -> Provision:
    tank, *others = one.services.tanks
    level = tuple(value + tank.capacity_m3 for value in tank.level_m3)
    services = one.services.model_copy(
        update={"tanks": (tank.model_copy(update={"level_m3": level}), *others)}
    )
    return one.model_copy(update={"services": services}).sealed()


def double_booked(one: Provision) -> Provision:
    jobs = list(one.kitchen.jobs)
    cook = next(job for job in jobs if job.cooks)
    other = next(job for job in jobs if job.cooks and job.cooks != cook.cooks)
    at = jobs.index(other)
    jobs[at] = other.model_copy(
        update={
            "cooks": cook.cooks, "start_utc": cook.start_utc,
            "active_until_utc": cook.active_until_utc,
        }
    )  # fmt: skip
    return with_kitchen(jobs=tuple(jobs))(one)


def locked_toilets(one: Provision) -> Provision:
    from retinue.plan.meals import ClosedTime

    sitting = one.kitchen.sittings[0]
    shut = ClosedTime(
        from_utc=sitting.from_utc, until_utc=sitting.until_utc, kind="toilets locked",
        place="Khasan", why="gauge change",
    )  # fmt: skip
    return with_kitchen(closed=(*one.kitchen.closed, shut))(one)


def other_times(one: Provision) -> Provision:
    meal, *others = one.kitchen.meals
    moved = meal.model_copy(update={"time_utc": meal.time_utc + 3600.0})
    return with_kitchen(meals=(moved, *others))(one)


def dearer(one: Provision) -> Provision:
    return one.model_copy(update={"cost_total": one.cost_total + 1.0}).sealed()


def wrong_card(one: Provision) -> Provision:
    card = next(c for c in one.cards if c.without)
    course, *courses = card.courses
    item, *items = course.items
    bad = item.model_copy(update={"allergens": (8,)})
    broken = card.model_copy(
        update={
            "courses": (course.model_copy(update={"items": (bad, *items)}), *courses),
            "legend": {**card.legend, "8": "nuts"},
        }
    )
    cards = tuple(broken if c.id == card.id else c for c in one.cards)
    return one.model_copy(update={"cards": cards}).sealed()


def two_places(one: Provision) -> Provision:
    entry = one.programme.entries[0]
    other = entry.model_copy(update={"id": "9 dance", "what": "dance"})
    programme = one.programme.model_copy(update={"entries": (entry, other)})
    return one.model_copy(update={"programme": programme}).sealed()


def unsealed(one: Provision) -> Provision:
    return one.model_copy(update={"hash": "0" * 64})


@pytest.mark.parametrize(
    ("plant", "checker"),
    [
        (expired, "stores"),
        (allergen, "stores"),
        (forbidden_import, "stores"),
        (first_lot(kg=-1.0), "stores"),
        (overfull_tank, "services"),
        (double_booked, "kitchen"),
        (locked_toilets, "kitchen"),
        (missed_delivery, "provision"),
        (other_times, "provision"),
        (dearer, "provision"),
        (wrong_card, "provision"),
        (unsealed, "seal"),
        (two_places, "programme"),
    ],
)
def test_a_planted_fault_is_found(
    house_plan: Plan, house: Provision, plant: Planted, checker: str
) -> None:
    found = {one.checker: one.faults for one in check_provision(house_plan, plant(house))}
    assert found[checker], found


def test_a_document_of_another_plan_is_found(
    vladivostok: Plan, house_plan: Plan, house: Provision
) -> None:
    found = check_provision(house_plan.model_copy(update={"hash": vladivostok.hash}), house)
    assert any("another plan" in fault for one in found for fault in one.faults)
