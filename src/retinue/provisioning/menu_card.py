"""What stands on a menu card: courses, names in two scripts, allergens by number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from retinue.provisioning.dish import COURSES, Course, Cuisine, Dish, Drink
from retinue.provisioning.ingredient import ALLERGENS
from retinue.provisioning.menu import Menu

__all__ = ["CardEntry", "CardSection", "MenuCard", "menu_card"]

#: Diets that a card marks, the narrowest first: what is vegan is not called vegetarian too.
_MARKED = ("vegan", "vegetarian", "pescatarian")


@dataclass(frozen=True)
class CardEntry:
    """One line of a card.

    Attributes
    ----------
    name, native_name
        In the card's language and in the dish's own script.
    kind
        Cuisine of a dish, kind of a drink.
    allergens
        Numbers of the card's legend, which are the points of Annex II of (EU) 1169/2011.
    mark
        ``vegan``, ``vegetarian``, ``pescatarian`` or nothing; drinks bear none.
    """

    name: str
    native_name: str
    kind: str
    allergens: tuple[int, ...]
    mark: str = ""


@dataclass(frozen=True)
class CardSection:
    """A course, or the drinks."""

    title: str
    entries: tuple[CardEntry, ...]


@dataclass(frozen=True)
class MenuCard:
    """A card, with the legend of the numbers that it uses."""

    title: str
    sections: tuple[CardSection, ...]
    legend: tuple[tuple[int, str], ...]


def menu_card(
    menu: Menu,
    dishes: Iterable[str] | None = None,
    *,
    diets: Iterable[str] = (),
    allergies: Iterable[str] = (),
    drinks: bool = True,
) -> MenuCard:
    """Return the card of a menu.

    Parameters
    ----------
    dishes
        Names of those that are offered, e.g. what the stores still hold; None: all.
    diets, allergies
        A card for somebody holds nothing that he may not eat or drink.
    drinks
        Whether drinks stand on it.

    Returns
    -------
    MenuCard
        Courses in the order in which they are served; within a course by cuisine, the shipped
        five first, then as the menu has them.
    """
    kept, shunned = frozenset(diets), frozenset(allergies)
    offered = None if dishes is None else frozenset(dishes)
    shown = [
        dish
        for dish in menu.dishes.values()
        if (offered is None or dish.name in offered) and _fits(dish, kept, shunned)
    ]
    sections = [
        CardSection(course, entries)
        for course in _served_in_order()
        if (entries := tuple(_entry(d, d.cuisine) for d in _of(shown, course, menu.cuisines)))
    ]
    if drinks:
        poured = [drink for drink in menu.drinks.values() if _fits(drink, kept, shunned)]
        if poured:
            sections.append(CardSection("drinks", tuple(_entry(d, d.kind) for d in poured)))
    used = {number for section in sections for e in section.entries for number in e.allergens}
    legend = tuple((number, ALLERGENS[number - 1]) for number in sorted(used))
    return MenuCard(menu.title, tuple(sections), legend)


def _served_in_order() -> tuple[Course, ...]:
    return ("breakfast", *(course for course in COURSES if course != "breakfast"))


def _of(dishes: list[Dish], course: Course, cuisines: tuple[Cuisine, ...]) -> list[Dish]:
    here = [dish for dish in dishes if dish.course == course]
    return sorted(here, key=lambda dish: cuisines.index(dish.cuisine))


def _fits(item: Dish | Drink, diets: frozenset[str], allergies: frozenset[str]) -> bool:
    return diets <= item.diets and not allergies & item.allergens


def _entry(item: Dish | Drink, kind: str) -> CardEntry:
    numbers = tuple(at for at, name in enumerate(ALLERGENS, 1) if name in item.allergens)
    marks = _MARKED if isinstance(item, Dish) else ()
    mark = next((diet for diet in marks if diet in item.diets), "")
    native = "" if item.native_name == item.name else item.native_name
    return CardEntry(item.name, native, kind, numbers, mark)
