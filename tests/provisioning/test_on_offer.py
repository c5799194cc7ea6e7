"""Nobody is refused because a drink or an optional course cannot be had for him: it is replaced
or left out and told.  Only who finds nothing to eat or to drink at a meal stops the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, cast

import numpy as np
import pytest

from retinue.errors import NoPlan
from retinue.planner.provision_notes import left_out_notes
from retinue.provisioning.demand import Demand, StockClass
from retinue.provisioning.dish import DRINKS
from retinue.provisioning.eaters import eater_types
from retinue.provisioning.ingredient import ALLERGENS, DIETS
from retinue.provisioning.menu import Menu, known_menus, load_menu
from retinue.provisioning.needs import demands_of
from retinue.provisioning.offers import Offers
from retinue.provisioning.on_offer import INSTEAD, course_of, left_out_records, served_as
from retinue.provisioning.party import Group, PartyPlan
from retinue.provisioning.policy import (
    ROLES,
    ProvisioningPolicy,
    known_provisioning_policies,
    load_provisioning_policy,
)
from retinue.provisioning.supply import load_supply_rules
from tests.provisioning.stocking_case import AMeal

ALCOHOL = ("wine", "spirits", "beer")
load = cache(load_menu)


def demands(
    menu: Menu,
    policy: ProvisioningPolicy,
    diets: Mapping[str, int],
    allergies: Mapping[str, int],
    withdrawn: frozenset[str] = frozenset(),
    people: int = 2,
) -> dict[StockClass, Demand]:
    """Return the demand of a day of which everybody in every role keeps the same restrictions."""
    party = PartyPlan(
        tuple(
            Group(role, people, policy.class_of[role], "UTC", "local", diets, allergies)
            for role in ROLES
        )
    )
    there: dict[str, int] = dict.fromkeys(ROLES, people)
    meals = [AMeal(f"1-{rule.name}", rule.name, rule.ideal_s, there) for rule in policy.meals]
    gone = frozenset((meal.id, name) for meal in meals for name in withdrawn)
    types = eater_types(party, policy)
    offers = Offers(withdrawn=gone)
    return demands_of(menu, policy, load_supply_rules(), types, meals, offers, None)


def served_to(demand: Demand) -> dict[str, set[str]]:
    """Return the names of what may be served at each meal."""
    portions = demand.expected_portions()
    return {
        meal: {demand.dishes[d] for d in np.flatnonzero(portions[at]).tolist()}
        for at, meal in enumerate(demand.meals)
    }


@pytest.mark.parametrize("menu_name", known_menus())
@pytest.mark.parametrize("policy_name", known_provisioning_policies())
def test_every_diet_with_every_allergy_is_fed_and_never_harmed(
    menu_name: str, policy_name: str
) -> None:
    menu, policy = load(menu_name), load_provisioning_policy(policy_name)
    items: dict[str, Any] = {**menu.dishes, **menu.drinks}
    for diet in ("", *DIETS):
        for allergen in ("", *ALLERGENS):
            diets = {diet: 2} if diet else {}
            allergies = {allergen: 2} if allergen else {}
            made = demands(menu, policy, diets, allergies)
            told = {
                (one.group, meal, one.course): one.instead
                for one in left_out_records(made.values())
                for meal in one.meals
            }
            for demand in made.values():
                for meal, names in served_to(demand).items():
                    assert names & set(menu.drinks), (diet, allergen, meal)
                    for name in names:
                        assert set(diets) <= items[name].diets
                        assert not set(allergies) & items[name].allergens
                    courses = {course_of(items[name]) for name in names}
                    if meal != "1-tea":
                        assert courses & {"main", "breakfast"}, (diet, allergen, meal)
                for eater in demand.types:
                    for kind, shares in eater.courses.items():
                        suits = {
                            course_of(item)
                            for item in items.values()
                            if eater.diets <= item.diets and not eater.allergies & item.allergens
                        }
                        # What is told as left out is just what nothing on the menu suits.
                        assert {c for c in shares if c not in suits} == {
                            c for c in shares if (eater.group, f"1-{kind}", c) in told
                        }


@pytest.mark.parametrize("menu_name", known_menus())
def test_even_who_keeps_every_diet_and_bears_no_allergen_is_fed(menu_name: str) -> None:
    policy = load_provisioning_policy("five-cuisines")
    made = demands(load(menu_name), policy, dict.fromkeys(DIETS, 2), dict.fromkeys(ALLERGENS, 2))
    breakfasts = {r.instead for r in left_out_records(made.values()) if r.course == "breakfast"}
    assert breakfasts == {"main"}


def test_a_coeliac_drinks_something_else_than_beer() -> None:
    menu, policy = load("five-cuisines"), load_provisioning_policy("five-cuisines")
    free = demands(menu, policy, {}, {})["guest"]
    bound = demands(menu, policy, {}, {"gluten": 2})["guest"]
    (record,) = {
        (r.course, r.instead, r.because) for r in left_out_records([bound])
    }  # officials and guests alike
    assert record == ("beer", "soft", "none suits them")
    kinds = np.array([course_of(menu.drinks[d]) if d in menu.drinks else "" for d in bound.dishes])
    of = {kind: bound.expected_portions()[:, kinds == kind].sum() for kind in DRINKS}
    before = {kind: free.expected_portions()[:, kinds == kind].sum() for kind in DRINKS}
    assert of["beer"] == 0
    # Nobody drinks less: what was beer is a soft drink.
    assert of["soft"] == pytest.approx(before["soft"] + before["beer"])


def test_a_menu_without_wine_serves_juice_and_says_so() -> None:
    menu, policy = load("plain-fare"), load_provisioning_policy("five-cuisines")
    made = demands(menu, policy, {}, {})
    records = left_out_records(made.values())
    assert {(r.course, r.instead, r.because) for r in records} == {
        ("wine", "juice", "not on the menu")
    }
    (note,) = left_out_notes(records, [ROLES] * len(policy.meals))
    assert note.level == "warning"
    assert note.text == (
        "has no wine, which the policy serves: principal, guests, officials have juice instead"
    )


def test_who_does_without_is_told_by_group_restriction_and_meals() -> None:
    menu, policy = load("five-cuisines"), load_provisioning_policy("five-cuisines")
    made = demands(menu, policy, {"halal": 2}, {})
    notes = list(left_out_notes(left_out_records(made.values()), [ROLES] * len(policy.meals)))
    # Guards, staff and crew are poured no alcohol by the policy.
    assert {note.subject for note in notes} == {
        "2 principal (halal)", "2 guests (halal)", "2 officials (halal)"
    }  # fmt: skip
    assert {note.text for note in notes} == {
        "no wine and no spirits at any meal: none suits them, juice instead;"
        " no beer at any meal: none suits them, soft drinks instead"
    }


def test_goods_that_cannot_be_had_are_told_apart_from_what_harms() -> None:
    menu, policy = load("five-cuisines"), load_provisioning_policy("five-cuisines")
    soups = frozenset(dish.name for dish in menu.of_course("soup"))
    records = left_out_records(demands(menu, policy, {"vegan": 2}, {}, soups).values())
    assert {(r.course, r.instead, r.because) for r in records} == {
        ("soup", "", "its goods cannot be had")
    }


@pytest.mark.parametrize(
    ("without", "words"),
    [
        (("main", "breakfast"), "find no breakfast at breakfast"),
        (("main",), "find no main at lunch"),
        (DRINKS, "find no drink at breakfast"),
    ],
)
def test_who_finds_nothing_to_eat_or_to_drink_stops_the_plan(
    without: tuple[str, ...], words: str
) -> None:
    menu, policy = load("five-cuisines"), load_provisioning_policy("five-cuisines")
    poor = replace(
        menu,
        dishes={k: d for k, d in menu.dishes.items() if d.course not in without},
        drinks={k: d for k, d in menu.drinks.items() if d.kind not in without},
    )
    with pytest.raises(NoPlan) as caught:
        demands(poor, policy, {"vegan": 2}, {})
    assert words in cast(Any, caught.value).reasons[0].what


def test_no_ladder_leads_to_alcohol_or_back_to_itself() -> None:
    for course, rungs in INSTEAD.items():
        assert not {course, *ALCOHOL} & set(rungs)
    assert served_as("wine", {"spirits", "beer"}.__contains__) == ""
