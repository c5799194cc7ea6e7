"""What a dish is made of decides whom it harms and what diet it fits: a wrong word here is a
guest in hospital, so the words are held to the regulation and the diets to their meaning."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.document import parse_yaml, validate
from retinue.errors import InputError
from retinue.provisioning.ingredient import ALLERGENS, DIETS, Ingredient, Price, diets_of
from retinue.provisioning.menu import load_menu

STOCK = list(load_menu("five-cuisines").ingredients.values())
BASE = (
    "{name: thing, storage: chilled, shelf life: 7 d, volume a kg: 1.5 l, price: 9 EUR, "
    "border class: plant, source: test, confidence: assumed"
)


def _ingredient(more: str = "") -> Ingredient:
    return validate(parse_yaml(BASE + more + "}", "goods.yaml"), Ingredient)


def test_the_allergens_are_the_fourteen_of_the_regulation() -> None:
    # Regulation (EU) No 1169/2011, Annex II, points 1 to 14.
    assert len(ALLERGENS) == len(set(ALLERGENS)) == 14


def test_a_price_is_an_amount_with_its_currency() -> None:
    price = _ingredient().price
    assert (price.amount, price.currency) == (9.0, "EUR")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("price: cheap", "no price"),
        ("price: -3 EUR", "no price"),
        ("storage: cellar", "not one of"),
        ("allergens: [glutin]", "not one of"),
        ("shelf life: 7", "lacks a unit"),
        ("shelf life: -7 d", "too small"),
        ("volume a kg: 3 kg", "not a volume"),
        ("volume a kg: .nan", "not"),
        ("storage: frozen", "after thaw"),
        ("after thaw: 1 d", "only frozen"),
        ("made of: []", "empty"),
        ("origin: France", "match"),
        ("staple: true", "60 days"),
        ("edible: 120 percent", "too large"),
    ],
)
def test_what_is_wrong_with_goods_is_said_with_its_line(written: str, message: str) -> None:
    key = written.split(":")[0]
    text = "\n".join(
        line
        for line in BASE.strip("{").replace(", ", "\n").splitlines()
        if not line.startswith(f"{key}:")
    )
    with pytest.raises(InputError, match=message) as caught:
        validate(parse_yaml(f"{text}\n{written}\n", "goods.yaml"), Ingredient)
    assert caught.value.where.startswith("goods.yaml:")


def test_every_value_of_an_assumed_record_is_called_as_the_file_writes_it() -> None:
    assert "shelf life" in _ingredient().assumed()
    sourced = _ingredient(", basis: {shelf life: {source: label, confidence: H}}")
    assert "shelf life" not in sourced.assumed()
    assert sourced.basis_of("shelf_life_s").source == "label"


@pytest.mark.parametrize(
    ("made_of", "fits", "shuns"),
    [
        ("plant", {"vegan", "vegetarian", "halal", "no pork"}, set()),
        ("milk", {"vegetarian", "halal"}, {"vegan"}),
        ("honey", {"vegetarian"}, {"vegan"}),
        ("pork", {"no beef"}, {"vegetarian", "halal", "no pork"}),
        ("fish", {"pescatarian", "halal"}, {"vegetarian", "no seafood"}),
        ("alcohol", {"vegan"}, {"halal", "no alcohol"}),
        ("animal", set(), {"vegetarian", "halal", "no pork", "no beef", "pescatarian"}),
    ],
)
def test_a_diet_follows_from_what_goods_are_made_of(
    made_of: str, fits: set[str], shuns: set[str]
) -> None:
    diets = _ingredient(f", made of: [{made_of}]").diets
    assert fits <= diets
    assert not shuns & diets


def test_meat_is_halal_only_with_its_certificate() -> None:
    assert "halal" not in _ingredient(", made of: [beef]").diets
    assert "halal" in _ingredient(", made of: [beef], certificates: [halal]").diets


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_further_ingredient_never_makes_a_dish_fit_another_diet(data: st.DataObject) -> None:
    some = data.draw(st.lists(st.sampled_from(STOCK), min_size=1, max_size=5))
    more = data.draw(st.sampled_from(STOCK))
    assert diets_of([*some, more]) <= diets_of(some) <= set(DIETS)


def test_goods_that_bear_a_price_of_nothing_are_allowed() -> None:
    assert Price(amount=0, currency="EUR").amount == 0
