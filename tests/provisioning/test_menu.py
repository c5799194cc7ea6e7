"""The reading of a menu: what is derived, what is taken in, and every fault with line and cure."""

from pathlib import Path

import pytest

from retinue.errors import InputError
from retinue.provisioning.menu import Menu, load_menu
from retinue.provisioning.menu_card import menu_card

GOODS = """
retinue ingredients: 1
source: test
confidence: assumed
ingredients:
  flour: {storage: dry, shelf life: 270 d, volume a kg: 1.7 l, price: 1 EUR, border class: dry goods, allergens: [gluten]}
  milk: {storage: chilled, shelf life: 7 d, volume a kg: 1.2 l, price: 1 EUR, border class: dairy, made of: [milk], allergens: [milk]}
  ham: {storage: chilled, shelf life: 9 d, volume a kg: 1.5 l, price: 9 EUR, border class: cooked meat, made of: [pork]}
  rice: {storage: dry, shelf life: 270 d, volume a kg: 1.3 l, price: 2 EUR, border class: dry goods}
"""  # noqa: E501
MENU = """
retinue menu: 1
title: Small
source: test
confidence: assumed
ingredient files: [goods]
courses: [main]
dishes:
  pancake:
    native name: 煎饼
    cuisine: chinese
    course: main
    ingredients: {flour: 80 g, milk: 120 g}
    steps: [{station: grill, active: 5 min, batch: 2, staff: 2}, {station: pass, active: 30 s, batch: 4}]
    holding: hot
    holding limit: 20 min
    substitutes: [ham rice]
  ham rice:
    native name: 火腿饭
    cuisine: chinese
    course: main
    ingredients: {ham: 60 g, rice: 90 g}
    steps: [{station: wok, active: 4 min}]
    holding: hot
    holding limit: 1 h
    substitutes: [rice]
  rice:
    native name: 饭
    cuisine: chinese
    course: main
    ingredients: {rice: 90 g}
    steps: [{station: steam, active: 4 min, batch: 20}]
    holding: hot
    holding limit: 1 h
drinks:
  milk: {kind: soft, ingredients: {milk: 200 g}}
"""  # noqa: E501


def _menu(folder: Path, menu: str = MENU, goods: str = GOODS) -> Menu:
    (folder / "goods.yaml").write_text(goods, encoding="utf-8")
    (folder / "small.yaml").write_text(menu, encoding="utf-8")
    return load_menu("small", folder, where="journey.yaml:4: provisioning.menu")


def test_allergens_and_diets_follow_from_the_ingredients(tmp_path: Path) -> None:
    menu = _menu(tmp_path)
    assert menu.dishes["pancake"].allergens == {"gluten", "milk"}
    assert "vegetarian" in menu.dishes["pancake"].diets
    assert "no pork" not in menu.dishes["ham rice"].diets
    assert "vegan" in menu.dishes["rice"].diets
    assert menu.drinks["milk"].allergens == {"milk"}


def test_portions_are_kilograms_and_work_counts_batches_and_hands(tmp_path: Path) -> None:
    pancake = _menu(tmp_path).dishes["pancake"]
    assert pancake.mass_kg == pytest.approx(0.2)
    # five portions: three runs of two cooks at the grill, two runs of one at the pass
    assert pancake.active_s(5) == pytest.approx(3 * 300 * 2 + 2 * 30)


def test_a_user_s_menu_may_have_any_cuisine_and_cards_put_it_after_the_shipped(
    tmp_path: Path,
) -> None:
    text = MENU.replace("cuisine: chinese", "cuisine: peruvian", 1)
    text = text.replace("cuisine: chinese", "cuisine: south indian", 1)
    menu = _menu(tmp_path, text)
    assert menu.cuisines == ("chinese", "peruvian", "south indian")
    (mains, _) = menu_card(menu).sections
    assert [entry.kind for entry in mains.entries] == ["chinese", "peruvian", "south indian"]
    assert [dish.name for dish in menu.of_course("main", "peruvian")] == ["pancake"]


@pytest.mark.parametrize(
    ("cuisine", "words"),
    [
        ("Peruvian", 'small letters: "peruvian"'),
        ('"2"', "is no cuisine"),
        ('""', "is no cuisine"),
        ("thai!", "is no cuisine"),
        ("[thai]", "cuisine"),
        ("a" * 41, "cuisine"),
    ],
)
def test_a_cuisine_is_a_word(tmp_path: Path, cuisine: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        _menu(tmp_path, MENU.replace("cuisine: chinese", f"cuisine: {cuisine}", 1))
    assert words in str(caught.value)
    assert "cuisine" in (caught.value.where or "")


def test_the_ladder_goes_on_below_its_first_rung(tmp_path: Path) -> None:
    menu = _menu(tmp_path)
    assert menu.ladder("pancake") == ("ham rice", "rice")
    assert menu.substitute("pancake", ["flour"]) == "ham rice"
    assert menu.substitute("pancake", ["flour"], diets=["vegetarian"]) == "rice"
    assert menu.substitute("pancake", ["rice"]) is None


def test_nobody_is_offered_what_harms_him(tmp_path: Path) -> None:
    menu = _menu(tmp_path)
    fit = menu.fitting(menu.of_course("main"), allergies=["milk"], diets=["no pork"])
    assert [dish.name for dish in fit] == ["rice"]


def test_a_menu_takes_in_another_and_steps_over_what_it_leaves_out(tmp_path: Path) -> None:
    _menu(tmp_path)
    text = (
        "retinue menu: 1\ntitle: Less\nsource: test\nconfidence: assumed\ncourses: [main]\n"
        "takes in: [small]\n"
    )
    (tmp_path / "less.yaml").write_text(text + "without: [ham rice]\n", encoding="utf-8")
    less = load_menu("less", tmp_path)
    assert set(less.dishes) == {"pancake", "rice"}
    assert less.ladder("pancake") == ("rice",)
    (tmp_path / "least.yaml").write_text(text + "only: [rice]\n", encoding="utf-8")
    least = load_menu("least", tmp_path)
    assert set(least.dishes) == {"rice"}
    assert not least.drinks


@pytest.mark.parametrize(
    ("old", "new", "message", "key"),
    [
        ("flour: 80 g", "flower: 80 g", 'needs "flower"', "pancake"),
        ("flour: 80 g", "flour: 80", "lacks a unit", "flour"),
        ("flour: 80 g", "flour: 0 g", "too small", "flour"),
        ("flour: 80 g", "flour: 80 t", "too large", "flour"),
        ("[ham rice]", "[ham rise]", "not on the menu", "pancake"),
        ("substitutes: [rice]", "substitutes: [pancake]", "comes back", "substitutes"),
        ("course: main", "course: maine", "not one of", "course"),
        ("courses: [main]", "courses: [main, soup]", 'no dish of the course "soup"', "dishes"),
        ("station: wok", "station: hob", "not one of", "station"),
        ("active: 4 min", "active: -4 min", "too small", "active"),
        ("batch: 2,", "batch: 0,", "too small", "batch"),
        ("batch: 2,", "batch: many,", "integer", "batch"),
        ("    holding: hot", "    name: x\n    holding: hot", "named by its key", "name"),
        ("    holding: hot", "    allergens: []\n    holding: hot", "follows from", "dishes"),
        ("retinue menu: 1", "menu: 1", "not a menu of the catalogue", None),
        ("retinue menu: 1", "retinue menu: 2", "not one of 1", "retinue menu"),
        ("[goods]", "[godos]", "not a file of ingredients", "ingredient files"),
        ("ingredient files: [goods]", "takes in: [small]", "takes in itself", "takes in"),
        ("title: Small", "title: Small\nwithout: [soup]", "nothing that the menu", "without"),
    ],
)
def test_a_fault_is_named_with_file_line_and_key(
    tmp_path: Path, old: str, new: str, message: str, key: str | None
) -> None:
    with pytest.raises(InputError, match=message) as caught:
        _menu(tmp_path, MENU.replace(old, new, 1))
    if key is None:  # beside a journey only files with the key count as menus
        assert caught.value.where.startswith("journey.yaml:4")
        return
    assert "small.yaml:" in caught.value.where
    assert key in caught.value.where


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("border class: dry goods}", "border class: dry goods, substitutes: [flour]}", "gluten"),
        ("border class: dry goods}", "border class: dry goods, substitutes: [ham]}", "not fit"),
        ("border class: dry goods}", "border class: dry goods, substitutes: [x]}", "no known"),
    ],
)
def test_a_substitute_ingredient_may_bring_neither_allergen_nor_break_a_diet(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        _menu(tmp_path, goods=GOODS.replace(old, new))


@pytest.mark.parametrize("text", ["", "[]", "7", "\0", "retinue menu: 1\ndishes: 7", "a: {b"])
def test_a_hostile_file_gives_an_error_for_people(tmp_path: Path, text: str) -> None:
    (tmp_path / "small.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        load_menu("./small.yaml", tmp_path)


def test_an_unknown_menu_names_the_nearest() -> None:
    with pytest.raises(InputError, match="five-cuisines"):
        load_menu("five-cuisine", where="journey.yaml:3: provisioning.menu")
