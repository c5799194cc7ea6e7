"""Diets and allergies are never violated by demand, and hostile orders are named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from retinue.errors import InputError, NoPlan
from retinue.provisioning.demand import Demand, EaterType, build_demand
from retinue.provisioning.levels import CALIBRATION, Sampler
from retinue.provisioning.menu import Menu, load_menu
from retinue.provisioning.windows import Checks, chained
from tests.provisioning.stocking_case import AMeal


@pytest.fixture(scope="module")
def menu() -> Menu:
    return load_menu("five-cuisines")


def _built(menu: Menu, *, known: dict[tuple[str, str], dict[str, int]] | None = None,
           allergies: frozenset[str] = frozenset(), diets: frozenset[str] = frozenset(),
           people: int = 4) -> Demand:  # fmt: skip
    courses = {"dinner": {"starter": 1.0, "main": 1.0, "dessert": 0.5}}
    eater = EaterType("guests", "guest", people, courses, diets, allergies)
    meals = [AMeal(f"m{k}", "dinner", 3600.0 * k, {"guests": people}) for k in range(2)]
    return build_demand(menu, "guest", [eater], meals, known=known)


def test_nobody_is_ever_offered_what_harms(menu: Menu) -> None:
    demand = _built(menu, allergies=frozenset({"fish", "nuts"}), diets=frozenset({"no pork"}))
    for dish in np.unique(demand.table_dish[demand.table_dish < len(demand.dishes)]).tolist():
        item = menu.dishes[demand.dishes[dish]]
        assert not {"fish", "nuts"} & item.allergens
        assert "no pork" in item.diets


def test_orders_known_ahead_are_no_longer_random(menu: Menu) -> None:
    main = menu.of_course("main")[0].name
    demand = _built(menu, known={("m0", "guests"): {main: 3}})
    assert demand.known[0, demand.dishes.index(main)] == 3
    assert demand.portions == _built(menu).portions


def test_when_all_is_known_the_stock_is_the_demand(menu: Menu) -> None:
    orders = {menu.of_course(c)[0].name: 4 for c in ("starter", "main", "dessert")}
    demand = _built(menu, known={("m0", "guests"): orders, ("m1", "guests"): orders})
    assert demand.event_n.sum() == 0
    need = demand.expected_kg().sum(axis=0)
    windows = [w for i in np.flatnonzero(need).tolist() for w in chained(i, [(0, 0, 1)], [1])]
    checks = Checks.of(windows, 2)
    sampler = Sampler(demand, 1)
    enough = need[checks.ingredient]
    assert not len(sampler.refused(CALIBRATION, 50, checks, enough))
    assert len(sampler.refused(CALIBRATION, 50, checks, enough * 0.999)) == 50


@pytest.mark.parametrize(
    ("orders", "words"),
    [
        ({("m9", "guests"): {"x": 1}}, "no meal"),
        ({("m0", "guests"): {"Ragoût d'Éléphant ☃": 1}}, "not on the menu"),
        ({("m0", "guests"): {"Olivier salad": -1}}, "negative"),
    ],
)
def test_hostile_orders_are_named(
    menu: Menu, orders: dict[tuple[str, str], dict[str, int]], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        _built(menu, known=orders)


def test_an_order_that_nobody_may_eat_is_refused(menu: Menu) -> None:
    fish = next(d.name for d in menu.of_course("main") if "fish" in d.allergens)
    with pytest.raises(InputError, match="may eat"):
        _built(menu, allergies=frozenset({"fish"}), known={("m0", "guests"): {fish: 1}})


def test_somebody_who_finds_nothing_to_eat_stops_the_plan(menu: Menu) -> None:
    starters = {n: d for n, d in menu.dishes.items() if d.course in ("starter", "dessert")}
    with pytest.raises(NoPlan, match="does not feed everybody"):
        _built(replace(menu, dishes=starters))


def test_wrong_popularity_keeps_the_number_of_portions(menu: Menu) -> None:
    demand = _built(menu)
    wrong = demand.wrong_popularity(3)
    assert wrong.expected_portions().sum() == pytest.approx(
        demand.expected_portions().sum(), rel=0.2
    )
    sums = np.add.reduceat(wrong.table_chance, wrong.table_start[:-1])
    assert sums == pytest.approx(1.0)
