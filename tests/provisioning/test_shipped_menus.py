"""Every shipped menu is complete: plausible portions and minutes, allergens, and ladders that
hold when everything fresh fails, for those with a diet or an allergy too."""

import pytest

from retinue.provisioning.menu import (
    ALLERGENS,
    CUISINES,
    STATIONS,
    Course,
    Dish,
    Menu,
    known_menus,
    load_menu,
)

MENUS = {name: load_menu(name) for name in known_menus()}
MENU = MENUS["five-cuisines"]
DISHES = [pytest.param(dish, id=dish.name) for dish in MENU.dishes.values()]
FRESH = {"chilled", "live"}

#: Plausible mass drawn for one portion, kg.  A main of 0.1 to 1.2 kg: a half lobster in its
#: shell and a whole small chicken are the heaviest.
PORTION_KG: dict[Course, tuple[float, float]] = {
    "starter": (0.03, 0.65),
    "soup": (0.2, 0.7),
    "main": (0.1, 1.2),
    "side": (0.06, 0.35),
    "dessert": (0.08, 0.4),
    "breakfast": (0.1, 0.6),
    "snack": (0.05, 0.25),
}


@pytest.mark.parametrize("cuisine", CUISINES)
def test_every_cuisine_has_twelve_dishes_some_of_them_vegetarian(cuisine: str) -> None:
    # Issue 6: at least 12 dishes in each of the five cuisines.
    dishes = [dish for dish in MENU.dishes.values() if dish.cuisine == cuisine]
    assert len(dishes) >= 12
    assert sum("vegetarian" in dish.diets for dish in dishes) >= 2
    assert {"starter", "soup", "main", "side", "dessert", "breakfast"} <= {d.course for d in dishes}


@pytest.mark.parametrize("dish", DISHES)
def test_a_dish_has_a_plausible_portion_and_plausible_work(dish: Dish) -> None:
    least, most = PORTION_KG[dish.course]
    assert least <= dish.mass_kg <= most
    # alone at most half an hour's hands and a night of rest, in number at most 12 min each
    assert 60 <= dish.active_s(1) <= 3600
    assert dish.active_s(20) / 20 <= 720
    assert sum(step.passive_s for step in dish.steps) <= 24 * 3600
    assert dish.steps[-1].station == "pass"
    assert not dish.steps[-1].ahead
    assert dish.native_name


@pytest.mark.parametrize("dish", DISHES)
def test_a_dish_is_not_held_longer_than_the_rule_lets_it(dish: Dish) -> None:
    # US model food code: 4 h hot, 6 h cold without temperature control.
    limit = {"hot": 4 * 3600, "cold": 6 * 3600, "none": 0, "live": 3600}[dish.holding]
    assert dish.holding_limit_s <= limit
    live = any(MENU.ingredients[name].storage == "live" for name in dish.ingredients)
    assert live == (dish.holding == "live")


@pytest.mark.parametrize("dish", DISHES)
def test_the_ladder_leads_to_a_dish_of_the_course_that_needs_nothing_fresh(dish: Dish) -> None:
    rungs = [MENU.dishes[name] for name in MENU.ladder(dish.name)]
    assert all(rung.course == dish.course for rung in rungs)
    last = rungs[-1] if rungs else dish
    assert not any(MENU.ingredients[name].storage in FRESH for name in last.ingredients)
    assert "vegan" in last.diets


@pytest.mark.parametrize("dish", DISHES)
def test_whatever_is_missing_something_without_it_stands_on_the_ladder(dish: Dish) -> None:
    for name in dish.ingredients:
        if MENU.ingredients[name].staple or not dish.substitutes:
            continue
        assert MENU.substitute(dish.name, [name]) is not None
        for diet in ("vegetarian", "no pork", "no seafood", "no alcohol", "pescatarian"):
            if diet in dish.diets:
                assert MENU.substitute(dish.name, [name], diets=[diet]) is not None


@pytest.mark.parametrize("allergen", ALLERGENS)
@pytest.mark.parametrize("course", ["starter", "soup", "main", "dessert", "breakfast"])
@pytest.mark.parametrize("menu", MENUS.values(), ids=list(MENUS))
def test_nobody_with_one_allergy_leaves_the_table_hungry(
    menu: Menu, course: Course, allergen: str
) -> None:
    assert menu.fitting(menu.of_course(course), allergies=[allergen])


def test_what_the_journey_of_the_model_case_reports_is_on_the_menu() -> None:
    # shared/facts/provisioning.md: live lobster, Bordeaux and Burgundy, Russian vodka, food and
    # drink of Pyongyang.
    assert any("live lobster" in dish.ingredients for dish in MENU.dishes.values())
    assert {"Red Bordeaux", "Red Burgundy", "Russian vodka", "Pyongyang beer"} <= set(MENU.drinks)
    assert any(MENU.ingredients[name].country_of_origin == "KP" for name in MENU.ingredients)


def test_live_lobster_waits_no_longer_than_its_guidance() -> None:
    # Plan on 36 to 48 h (H).
    lobster = MENU.ingredients["live lobster"]
    assert 36 * 3600 <= lobster.shelf_life_s <= 48 * 3600
    assert lobster.basis_of("shelf life").confidence == "H"


def test_every_ingredient_is_used_or_stands_in_for_another() -> None:
    used = {name for dish in MENU.dishes.values() for name in dish.ingredients}
    used |= {name for drink in MENU.drinks.values() for name in drink.ingredients}
    used |= {name for item in MENU.ingredients.values() for name in item.substitutes}
    assert set(MENU.ingredients) == used
    assert len(MENU.ingredients) >= 150


@pytest.mark.parametrize("menu", MENUS.values(), ids=list(MENUS))
def test_every_source_is_explained(menu: Menu) -> None:
    items = [*menu.ingredients.values(), *menu.dishes.values(), *menu.drinks.values()]
    named = {item.source for item in items}
    named |= {basis.source for item in items for basis in item.basis.values()}
    assert named <= set(menu.sources)


def test_each_station_has_work() -> None:
    assert {step.station for dish in MENU.dishes.values() for step in dish.steps} == set(STATIONS)


def test_allergens_of_well_known_dishes_are_as_a_cook_knows_them() -> None:
    known = {
        "Lobster thermidor": {"crustaceans", "milk", "mustard"},
        "Kung pao chicken": {"peanuts", "soybeans", "gluten"},
        "Oysters with shallot vinegar": {"molluscs"},
        "Three namul with kimchi": {"fish", "crustaceans", "sesame", "soybeans"},
        "Medovik": {"gluten", "eggs", "milk"},
        "Boeuf bourguignon": {"sulphites", "gluten", "milk"},
    }
    for name, allergens in known.items():
        assert allergens <= MENU.dishes[name].allergens
