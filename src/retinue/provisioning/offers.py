"""What can be had at every meal: stand-ins for goods that cannot, dishes taken off the menu."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from retinue.provisioning.demand import Demand, EaterType, MealAsked, build_demand
from retinue.provisioning.on_offer import LeftOut, course_of, served_as

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.provisioning.menu import Dish, Drink, Menu

__all__ = ["Offers", "house_demand", "offers_of"]


@dataclass(frozen=True)
class Offers:
    """Exceptions to the menu.

    Attributes
    ----------
    stand_ins
        ``(meal, ingredient)`` to what takes its place.
    withdrawn
        ``(meal, dish)`` that cannot be made.
    """

    stand_ins: Mapping[tuple[str, str], str] = field(default_factory=dict)
    withdrawn: frozenset[tuple[str, str]] = frozenset()


def offers_of(menu: Menu, meals: Sequence[MealAsked], served: NDArray[np.bool_]) -> Offers:
    """Return what stands in for goods that no purchase can serve.

    Parameters
    ----------
    served
        Whether goods can be had at a meal, shape (meals, ingredients) in the menu's order.
    """
    names = list(menu.ingredients)
    part = {name: i for i, name in enumerate(names)}
    items: dict[str, Dish | Drink] = {**menu.dishes, **menu.drinks}
    stand_ins: dict[tuple[str, str], str] = {}
    withdrawn: set[tuple[str, str]] = set()
    for at, meal in enumerate(meals):
        for i in np.flatnonzero(~served[at]).tolist():
            users = [item.name for item in items.values() if names[i] in item.ingredients]
            if not users:
                continue
            other = next(
                (o for o in menu.ingredients[names[i]].substitutes if served[at, part[o]]), None
            )
            if other is not None:
                stand_ins[meal.id, names[i]] = other
            else:
                withdrawn |= {(meal.id, dish) for dish in users}
    return Offers(stand_ins, frozenset(withdrawn))


def house_demand(
    menu: Menu,
    types: Sequence[EaterType],
    meals: Sequence[MealAsked],
    choices: Mapping[str, int],
    margin: float,
    offers: Offers,
) -> Demand:
    """Return the known demand of those who eat the dish of the day.

    Every type is offered so many dishes of each course, taken in turn from the cheaper half of
    what suits it, and half-portions beyond the expected are cooked as a margin.

    Parameters
    ----------
    choices
        Dishes of the day a course, by role.
    """
    house = [t for t in types if t.stock == "house"]
    items: dict[str, Dish | Drink] = {**menu.dishes, **menu.drinks}
    price = {
        name: sum(kg * menu.ingredients[i].price.amount for i, kg in item.ingredients.items())
        for name, item in items.items()
    }
    total: Demand | None = None
    left_out: list[LeftOut] = []
    portions = np.zeros((len(meals), len(items)), np.int32)
    for eater in house:
        # From the cheapest on, by course: who eats what hangs on no meal.
        suits: dict[str, list[str]] = {}
        for name in sorted(items, key=lambda name: (price[name], name)):
            item = items[name]
            if (
                eater.diets <= item.diets
                and not eater.allergies & item.allergens
                and eater.weight(item) > 0
            ):
                suits.setdefault(course_of(item), []).append(name)
        wanted = choices.get(eater.group, 1)
        withdrawn = set(offers.withdrawn)
        for at, meal in enumerate(meals):
            on_offer = {
                course: there
                for course, names in suits.items()
                if (there := [n for n in names if (meal.id, n) not in offers.withdrawn])
            }
            asked = [c for c, share in eater.courses.get(meal.kind, {}).items() if share > 0]
            for course in {served_as(c, on_offer.__contains__): None for c in asked}:
                there = on_offer.get(course, [])
                cheap = there[: max(wanted, (len(there) + 1) // 2)]
                chosen = {cheap[(at * wanted + k) % len(cheap)] for k in range(wanted) if cheap}
                withdrawn |= {(meal.id, name) for name in there if name not in chosen}
        own = build_demand(
            menu, "house", [eater], meals, withdrawn=withdrawn, stand_ins=offers.stand_ins
        )
        portions += np.ceil(own.expected_portions() * (1.0 + margin) - 1e-9).astype(np.int32)
        left_out += own.left_out
        total = own
    if total is None:
        total = build_demand(menu, "house", [], meals, stand_ins=offers.stand_ins)
    return replace(fixed_demand(total, house, portions), left_out=tuple(left_out))


def fixed_demand(demand: Demand, types: Sequence[EaterType], portions: NDArray[np.int32]) -> Demand:
    """Return a demand of which every portion is known."""
    empty, none = np.zeros(0, np.int32), np.zeros(0, np.float64)
    return replace(
        demand, types=tuple(types), event_meal=empty, event_n=empty, event_table=empty,
        table_start=np.zeros(1, np.int32), table_dish=empty, table_chance=none,
        table_type=empty, known=portions,
    )  # fmt: skip
