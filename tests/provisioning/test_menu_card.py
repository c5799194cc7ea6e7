"""A menu card says what is in a dish, and a card made for somebody holds nothing that harms him."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.provisioning.ingredient import ALLERGENS, DIETS
from retinue.provisioning.menu import load_menu
from retinue.provisioning.menu_card import menu_card

MENU = load_menu("five-cuisines")


def test_a_card_shows_every_dish_once_in_the_order_of_serving() -> None:
    card = menu_card(MENU)
    titles = [section.title for section in card.sections]
    assert titles == [
        "breakfast", "starter", "soup", "main", "side", "dessert", "snack", "drinks",
    ]  # fmt: skip
    names = [entry.name for section in card.sections[:-1] for entry in section.entries]
    assert sorted(names) == sorted(MENU.dishes)


def test_allergens_bear_the_numbers_of_the_annex() -> None:
    # Regulation (EU) 1169/2011, Annex II: 1 gluten, 2 crustaceans, 5 peanuts, 7 milk,
    # 14 molluscs.
    assert [ALLERGENS.index(name) + 1 for name in ("gluten", "crustaceans", "peanuts", "milk")] == [
        1, 2, 5, 7,
    ]  # fmt: skip
    card = menu_card(MENU, ["Oysters with shallot vinegar"], drinks=False)
    assert card.legend == ((14, "molluscs"),)
    entry = card.sections[0].entries[0]
    assert (entry.native_name, entry.mark) == ("Huîtres, sauce mignonnette", "pescatarian")


def test_a_name_is_not_printed_twice() -> None:
    card = menu_card(MENU, ["Ratatouille"], drinks=False)
    assert card.sections[0].entries[0].native_name == ""
    assert card.sections[0].entries[0].mark == "vegan"


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(ALLERGENS), max_size=3), st.sets(st.sampled_from(DIETS), max_size=2))
def test_a_card_for_somebody_holds_nothing_that_harms_him(
    allergies: set[str], diets: set[str]
) -> None:
    card = menu_card(MENU, diets=diets, allergies=allergies)
    items = MENU.dishes | MENU.drinks  # type: ignore[operator]
    assert not {name for _, name in card.legend} & allergies
    for section in card.sections:
        for entry in section.entries:
            assert diets <= items[entry.name].diets


@pytest.mark.parametrize("dishes", [[], ["no such dish"]])
def test_a_card_of_nothing_is_empty(dishes: list[str]) -> None:
    assert menu_card(MENU, dishes, drinks=False).sections == ()
