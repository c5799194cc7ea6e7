"""Demand: who chooses which dish of each course at each meal, as arrays that a kernel samples.

Every guest of an eater type chooses one dish of each course, by popularity among the dishes
that suit him; so a dish's count at a meal is multinomial.  Orders known ahead are no longer
random.  Staff eat a set menu, whose demand is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from retinue.errors import InputError
from retinue.provisioning.on_offer import Feeding, LeftOut, course_of, served_as

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.provisioning.menu import Dish, Drink, Menu

    Array = NDArray[np.float64]
    Index = NDArray[np.int32]

__all__ = ["Demand", "EaterType", "MealAsked", "StockClass", "build_demand"]

#: Whose stock it is: the principal's own, the guests', or the house's (staff on a set menu).
StockClass = Literal["principal", "guest", "house"]


class MealAsked(Protocol):
    """What demand needs of a meal; ``groups`` holds people by role."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def time_s(self) -> float: ...  # noqa: D102
    @property
    def groups(self) -> Mapping[str, int]: ...  # noqa: D102


@dataclass(frozen=True)
class EaterType:
    """People of one group who may eat the same dishes.

    Attributes
    ----------
    group
        Role that the meals count them under.
    courses
        For each kind of meal how many portions of each course one of them takes; a drink's
        kind counts as a course.
    tastes
        Weights of cuisines, dishes and drinks beside their popularity.
    """

    group: str
    stock: StockClass
    people: int
    courses: Mapping[str, Mapping[str, float]] = field(hash=False)
    diets: frozenset[str] = frozenset()
    allergies: frozenset[str] = frozenset()
    tastes: Mapping[str, float] = field(default_factory=dict, hash=False)

    def weight(self, item: Dish | Drink) -> float:
        """Return how much those of this type want a dish or drink."""
        cuisine = getattr(item, "cuisine", "")
        return item.popularity * self.tastes.get(item.name, 1.0) * self.tastes.get(cuisine, 1.0)


@dataclass(frozen=True, eq=False)
class Demand:
    """Demand of one stock class as flat arrays.

    Attributes
    ----------
    meals
        Ids in order of time.
    dishes, ingredients
        Names; indices below are theirs.
    event_meal, event_n, event_table
        One event is a course for one eater type at one meal: shape (events,).
    table_start, table_dish, table_chance
        Dishes and their chances of each popularity table, rows by ``table_start``.  A dish
        number equal to ``len(dishes)`` stands for nothing being taken.
    table_type
        Eater type of each table.
    known
        Portions known beforehand, shape (meals, dishes).
    dish_start, dish_ingredient, dish_kg
        Recipes, rows by ``dish_start``.
    sample_portions
        What a retained sample takes of each dish, in portions, at each meal it is served.
    used
        The ingredient that stands in for each one at each meal, shape (meals, ingredients).
    left_out
        Courses and drinks that some go without, by meal.
    """

    stock: StockClass
    meals: tuple[str, ...]
    meal_time_s: Array
    dishes: tuple[str, ...]
    ingredients: tuple[str, ...]
    types: tuple[EaterType, ...]
    event_meal: Index
    event_n: Index
    event_table: Index
    table_start: Index
    table_dish: Index
    table_chance: Array
    table_type: Index
    known: Index
    dish_start: Index
    dish_ingredient: Index
    dish_kg: Array
    sample_portions: Array
    used: Index
    allowed: NDArray[np.bool_] = field(repr=False)
    left_out: tuple[LeftOut, ...] = ()

    @property
    def portions(self) -> int:
        """Portions chosen or known on the whole journey, nothing taken included."""
        return int(self.event_n.sum() + self.known.sum())

    def expected_portions(self) -> Array:
        """Return the expected portions, shape (meals, dishes)."""
        return self._expected[0]

    @cached_property
    def _expected(self) -> tuple[Array, Array, Array]:
        """Hold portions, chances of being served at all, and kilograms by meal."""
        rows = np.diff(self.table_start)[self.event_table]
        begin = self.table_start[self.event_table]
        place = np.arange(int(rows.sum())) - np.repeat(np.cumsum(rows) - rows, rows)
        row = np.repeat(begin, rows) + place
        meal, n = np.repeat(self.event_meal, rows), np.repeat(self.event_n, rows)
        dish, chance = self.table_dish[row], self.table_chance[row]
        real = dish < len(self.dishes)
        meal, n, dish, chance = meal[real], n[real], dish[real], chance[real]
        portions = self.known.astype(np.float64)
        np.add.at(portions, (meal, dish), n * chance)
        none = np.where(self.known > 0, 0.0, 1.0)
        np.multiply.at(none, (meal, dish), (1.0 - chance) ** n)
        served = 1.0 - none
        plain = (portions + served * self.sample_portions) @ self.recipe()
        kg = np.zeros_like(plain)
        np.add.at(kg, (np.arange(len(self.meals))[:, None], self.used), plain)
        for found in (portions, served, kg):
            found.flags.writeable = False
        return portions, served, kg

    def recipe(self) -> Array:
        """Return kilograms a portion, shape (dishes, ingredients)."""
        found = np.zeros((len(self.dishes), len(self.ingredients)))
        rows = np.repeat(np.arange(len(self.dishes)), np.diff(self.dish_start))
        found[rows, self.dish_ingredient] = self.dish_kg
        return found

    def expected_samples(self) -> Array:
        """Return the chance that a dish is served at all, shape (meals, dishes)."""
        return self._expected[1]

    def expected_kg(self) -> Array:
        """Return expected use in kilograms, shape (meals, ingredients), stand-ins applied."""
        return self._expected[2]

    def possible(self) -> NDArray[np.bool_]:
        """Return whether an ingredient can be asked for at a meal, shape (meals, ingredients)."""
        return self.expected_kg() > 0

    def with_popularity(self, weights: Mapping[str, float]) -> Demand:
        """Return the same demand where each dish's popularity is multiplied by a weight."""
        factor = np.ones(len(self.dishes) + 1)
        for name, weight in weights.items():
            factor[self.dishes.index(name)] = weight
        chance = self.table_chance * factor[self.table_dish]
        sums = np.add.reduceat(chance, self.table_start[:-1]) if len(chance) else chance
        chance = chance / np.repeat(sums, np.diff(self.table_start))
        return replace(self, table_chance=chance)

    def wrong_popularity(self, seed: int, spread: float = 0.5) -> Demand:
        """Return demand whose popularities are off by a log-normal factor, for tests.

        Parameters
        ----------
        spread
            Standard deviation of the factor's logarithm.
        """
        rng = np.random.default_rng(seed)
        factors = np.exp(rng.normal(0.0, spread, len(self.dishes)))
        return self.with_popularity(dict(zip(self.dishes, factors.tolist(), strict=True)))


def build_demand(
    menu: Menu,
    stock: StockClass,
    types: Sequence[EaterType],
    meals: Sequence[MealAsked],
    *,
    sample_kg: float = 0.0,
    known: Mapping[tuple[str, str], Mapping[str, int]] | None = None,
    withdrawn: Iterable[tuple[str, str]] = (),
    stand_ins: Mapping[tuple[str, str], str] | None = None,
) -> Demand:
    """Gather the demand of one stock class.

    Parameters
    ----------
    sample_kg
        Mass of the retained sample of a dish.
    known
        Orders known beforehand: ``(meal, group)`` to portions by dish.
    withdrawn
        ``(meal, dish)`` that are not on offer.
    stand_ins
        ``(meal, ingredient)`` to the ingredient that takes its place there.

    Raises
    ------
    InputError
        For an unknown dish or meal in the orders, or an order that its guest may not eat.
    NoPlan
        Where somebody finds nothing to eat or nothing to drink at a meal; a single course or
        kind of drink that he cannot have is replaced or left out (`on_offer`).
    """
    ordered = sorted(meals, key=lambda m: (m.time_s, m.id))
    meal_ids = tuple(m.id for m in ordered)
    items: dict[str, Dish | Drink] = {**menu.dishes, **menu.drinks}
    dishes, ingredients = tuple(items), tuple(menu.ingredients)
    number = {name: i for i, name in enumerate(dishes)}
    part = {name: i for i, name in enumerate(ingredients)}
    own = [t for t in types if t.stock == stock and t.people > 0]
    fits = [
        {
            name for name, item in items.items()
            if t.diets <= item.diets and not t.allergies & item.allergens and t.weight(item) > 0
        }
        for t in own
    ]  # fmt: skip
    fixed = _known_orders(known or {}, meal_ids, number, own, fits)
    tables: dict[tuple[int, tuple[tuple[int, float], ...]], int] = {}
    chances_of: dict[tuple[int, str, float, frozenset[str]], tuple[tuple[int, float], ...]] = {}
    on_offer: dict[tuple[int, frozenset[str]], dict[str, list[Dish | Drink]]] = {}
    left_out: list[LeftOut] = []
    gone_at: dict[str, set[str]] = {}
    for meal_id, name in withdrawn:
        gone_at.setdefault(meal_id, set()).add(name)
    events: list[tuple[int, int, int]] = []
    of_course: dict[str, list[Dish | Drink]] = {}
    for item in items.values():
        of_course.setdefault(course_of(item), []).append(item)
    matrix = np.zeros((len(meal_ids), len(dishes)), np.int32)
    for (meal_at, _), orders in fixed.items():
        for dish, count in orders.items():
            matrix[meal_at, number[dish]] += count
    for at, meal in enumerate(ordered):
        gone = frozenset(gone_at.get(meal.id, ()))
        for kind, (eater, suits) in enumerate(zip(own, fits, strict=True)):
            present = _present(eater, own, meal)
            shares = eater.courses.get(meal.kind, {})
            wanted = {course: share for course, share in shares.items() if share > 0}
            if present <= 0 or not wanted:
                continue
            # What is on offer is the same at most meals.
            if (kind, gone) not in on_offer:
                on_offer[kind, gone] = {
                    course: there
                    for course, listed in of_course.items()
                    if (there := [i for i in listed if i.name in suits and i.name not in gone])
                }
            to_choose = on_offer[kind, gone]
            served = {course: served_as(course, to_choose.__contains__) for course in wanted}
            feeding = Feeding(eater, meal.id, meal.kind, wanted, served)
            feeding.refuse_if_unfed()
            left_out += feeding.left_out(of_course, {course_of(items[name]) for name in suits})
            for course, share in wanted.items():
                if not served[course]:
                    continue
                ahead = sum(
                    count for dish, count in fixed.get((at, kind), {}).items()
                    if course_of(items[dish]) == course
                )  # fmt: skip
                whole = int(share)
                for one in [1.0] * whole + ([share - whole] if share > whole else []):
                    free = max(present - ahead, 0)
                    ahead = max(ahead - present, 0)
                    offer = (kind, served[course], one, gone)
                    if offer not in chances_of:
                        chances_of[offer] = _chances(
                            to_choose[served[course]], eater, round(one, 9), number, len(dishes)
                        )
                    if free:
                        table = tables.setdefault((kind, chances_of[offer]), len(tables))
                        events.append((at, free, table))
    rows = [list(key[1]) for key in tables]
    flat = [pair for row in rows for pair in row]
    recipes = [items[name].ingredients for name in dishes]
    used = np.tile(np.arange(len(ingredients), dtype=np.int32), (len(meal_ids), 1))
    for (meal_id, name), other in (stand_ins or {}).items():
        used[meal_ids.index(meal_id), part[name]] = part[other]
    return Demand(
        stock=stock,
        meals=meal_ids,
        meal_time_s=np.array([m.time_s for m in ordered], np.float64),
        dishes=dishes,
        ingredients=ingredients,
        types=tuple(own),
        event_meal=np.array([e[0] for e in events], np.int32),
        event_n=np.array([e[1] for e in events], np.int32),
        event_table=np.array([e[2] for e in events], np.int32),
        table_start=_starts(len(row) for row in rows),
        table_dish=np.array([pair[0] for pair in flat], np.int32),
        table_chance=np.array([pair[1] for pair in flat], np.float64),
        table_type=np.array([key[0] for key in tables], np.int32),
        known=matrix,
        dish_start=_starts(len(r) for r in recipes),
        dish_ingredient=np.array([part[i] for r in recipes for i in r], np.int32),
        dish_kg=np.array([kg for r in recipes for kg in r.values()], np.float64),
        sample_portions=np.array(
            [sample_kg / menu.dishes[d].mass_kg if d in menu.dishes else 0.0 for d in dishes]
        ),
        used=used,
        allowed=np.array([[d in suits for d in dishes] for suits in fits], np.bool_).reshape(
            len(own), len(dishes)
        ),
        left_out=tuple(left_out),
    )


def _starts(lengths: Iterable[int]) -> Index:
    return np.concatenate([[0], np.cumsum(np.fromiter(lengths, np.int64))]).astype(np.int32)


def _present(eater: EaterType, own: Sequence[EaterType], meal: MealAsked) -> int:
    """Return how many of a type come to a meal: all but those of its group who stay away.

    Where fewer than the whole group come, those with the narrowest diets are counted last out:
    the types are filled in their order, restricted ones first.
    """
    there = int(meal.groups.get(eater.group, 0))
    same = sorted(
        (t for t in own if t.group == eater.group),
        key=lambda t: (-len(t.diets) - len(t.allergies), sorted(t.diets | t.allergies)),
    )
    for other in same:
        taken = min(other.people, there)
        if other is eater:
            return taken
        there -= taken
    return 0


def _chances(
    offered: Sequence[Dish | Drink],
    eater: EaterType,
    share: float,
    number: Mapping[str, int],
    nothing: int,
) -> tuple[tuple[int, float], ...]:
    total = sum(eater.weight(d) for d in offered)
    pairs = [(number[d.name], share * eater.weight(d) / total) for d in offered]
    if share < 1.0:
        pairs.append((nothing, 1.0 - share))
    return tuple(pairs)


def _known_orders(
    known: Mapping[tuple[str, str], Mapping[str, int]],
    meals: Sequence[str],
    number: Mapping[str, int],
    own: Sequence[EaterType],
    fits: Sequence[set[str]],
) -> dict[tuple[int, int], dict[str, int]]:
    """Give each known order to the first type of its group that may eat it."""
    found: dict[tuple[int, int], dict[str, int]] = {}
    groups = {t.group for t in own}
    for (meal, group), orders in known.items():
        if meal not in meals:
            raise InputError(f'there is no meal "{meal}" to order for', where="pre-orders")
        if group not in groups:
            continue
        for dish, count in orders.items():
            if dish not in number:
                raise InputError(f'"{dish}" is not on the menu', where=f"pre-orders: {meal}")
            if count < 0:
                raise InputError("an order is negative", where=f"pre-orders: {meal}: {dish}")
            kind = next(
                (k for k, t in enumerate(own) if t.group == group and dish in fits[k]), None
            )
            if kind is None:
                raise InputError(
                    f'nobody of "{group}" may eat "{dish}"',
                    where=f"pre-orders: {meal}",
                    cure="Order another dish, or correct the diets and allergies.",
                )
            mine = found.setdefault((meals.index(meal), kind), {})
            mine[dish] = mine.get(dish, 0) + count
    return found
