"""Provisioning of a plan: one document that moves with the plan and can be made again from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.house_case import HOUSE

from retinue.checks import check_provision
from retinue.errors import InputError
from retinue.journey import journey_from_text
from retinue.plan import Plan, Provision
from retinue.planner import Planner
from retinue.planner.provision import Provisioner
from retinue.provisioning.document_changes import provision_changes
from retinue.world.world import World


def faults(plan: Plan, document: Provision) -> list[str]:
    return [fault for found in check_provision(plan, document) for fault in found.faults]


def test_every_checker_finds_nothing(house_plan: Plan, house: Provision) -> None:
    assert faults(house_plan, house) == []
    assert house.figures["meals"] == len(house.kitchen.meals) > 0
    assert house.stores.lots and house.services.tanks and house.cards and house.costs


def test_it_is_read_back_word_for_word(house: Provision) -> None:
    text = house.to_json()
    assert Provision.from_json(text).to_json() == text


def test_a_document_that_was_changed_is_refused(house: Provision) -> None:
    text = house.to_json().replace('"people":7', '"people":8')
    with pytest.raises(InputError, match="hash"):
        Provision.from_json(text)
    with pytest.raises(InputError, match="sound"):
        Provision.from_json("[]")


def test_both_promises_are_kept_on_fresh_samples(house: Provision) -> None:
    # The bar: the one-sided 95 % lower bound is no less than the promise, for each apart.
    assert {one.stock for one in house.stores.service} == {"principal", "guest"}
    for one in house.stores.service:
        assert one.samples >= 20_000
        assert one.lower_bound >= one.promise


def test_what_is_ordered_ahead_is_cooked(house: Provision) -> None:
    meal = next(m for m in house.kitchen.meals if m.kind == "lunch" and "guests" in m.people)
    jobs = [j for j in house.kitchen.jobs if j.meal == meal.id and j.dish == "Borscht"]
    assert jobs


def test_a_card_of_those_whom_nuts_harm_holds_no_nuts(house: Provision) -> None:
    card = next(one for one in house.cards if one.without == ("nuts",))
    # Number 8 of Annex II of Regulation (EU) 1169/2011 is nuts.
    assert all(8 not in item.allergens for course in card.courses for item in course.items)
    whole = next(one for one in house.cards if not one.group)
    assert sum(len(c.items) for c in card.courses) <= sum(len(c.items) for c in whole.courses)


def test_a_delay_gives_what_provisioning_from_scratch_gives_and_says_what_moved(
    world: World, house: Provision, tmp_path: Path
) -> None:
    file = journey_from_text(HOUSE, "house")
    late = Planner(world).make(file, depart="2024-05-04 09:40")
    memory = tmp_path / "memory"
    warm = Provisioner(world, memory=memory)
    warm.provision(Planner(world).make(file))
    remembered = warm.provision(late)
    scratch = Provisioner(world).provision(late)
    assert remembered.to_json() == scratch.to_json()
    assert faults(late, remembered) == []
    told = provision_changes(house, remembered)
    assert any("40 min later" in line for line in told)
    assert provision_changes(house, house) == ()


def test_own_policies_are_kept_in_the_document(world: World, tmp_path: Path) -> None:
    from retinue.world.catalogue import SHIPPED

    shipped = (SHIPPED / "provisioning" / "standard.yaml").read_text("utf-8")
    (tmp_path / "provisioning").mkdir()
    (tmp_path / "provisioning" / "ours.yaml").write_text(
        shipped.replace("title: ", "title: Our own "), encoding="utf-8"
    )
    (tmp_path / "trip.yaml").write_text(
        HOUSE.replace("policy: standard", "policy: provisioning/ours.yaml"), encoding="utf-8"
    )
    from retinue.journey import load_journey

    plan = Planner(world).make(load_journey(str(tmp_path / "trip.yaml")))
    first = Provisioner(world, tmp_path).provision(plan)
    assert list(first.extra_files) == ["provisioning/ours.yaml"]
    again = Provisioner(world).provision(plan, kept=first.extra_files)
    assert again.to_json() == first.to_json()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("provisioning:\n  policy: standard", "provisioning:\n  policy: stnadard", "standard"),
        ("dish: Borscht", "dish: Borsht", "Borscht"),
        ("day: 1, meal: lunch", "day: 9, meal: lunch", "no lunch on day 9"),
        ("role: guests, day", "role: officials, day", "officials"),
        ("after: 1-lunch", "after: 1-supper", "1-supper"),
        ("allergies: {nuts: 1}", "allergies: {nuts: 9}", "9 people"),
        ("allergies: {nuts: 1}", "allergies: {nutz: 1}", "nutz"),
    ],
)
def test_what_cannot_be_is_said_with_its_line(world: World, old: str, new: str, told: str) -> None:
    assert old in HOUSE
    plan = Planner(world).make(journey_from_text(HOUSE.replace(old, new), "house"))
    with pytest.raises(InputError) as caught:
        Provisioner(world).provision(plan)
    assert told in str(caught.value)
    assert "house" in str(caught.value)


def test_a_journey_without_a_train_is_refused(world: World) -> None:
    text = (
        "retinue: 1\ntitle: A drive\ndepart: 2026-05-04 10:00 Europe/Vaduz\nparty: {guests: 2}\n"
        "legs:\n  - road: {from: Vaduz, to: Feldkirch, convoy: state-motorcade}\n"
        "provisioning: standard\n"
    )
    plan = Planner(world).make(journey_from_text(text, "drive"))
    with pytest.raises(InputError, match="no leg by rail"):
        Provisioner(world).provision(plan)
