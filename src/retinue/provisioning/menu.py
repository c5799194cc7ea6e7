"""Menus: dishes of several cuisines, their ingredients, their steps in the kitchen, drinks.

A menu file names ingredient files and may take in other menus; what it writes itself hides
what it takes in.  Allergens and diets of a dish are derived from its ingredients, never
written, so that they cannot be wrong beside a right recipe.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, field_validator

from retinue.document import Node, read_yaml, suggest, validate
from retinue.errors import InputError
from retinue.provisioning.dish import (
    COURSES,
    CUISINES,
    STATIONS,
    Course,
    Cuisine,
    Dish,
    Drink,
    Holding,
    Station,
    Step,
)
from retinue.provisioning.ingredient import (
    ALLERGENS,
    DIETS,
    STORAGES,
    Ingredient,
    Price,
    Storage,
    diets_of,
)
from retinue.sourced import Confidence, Record
from retinue.world.catalogue import find_file, known_names, shown_as

__all__ = [
    "ALLERGENS",
    "COURSES",
    "CUISINES",
    "DIETS",
    "STATIONS",
    "STORAGES",
    "Course",
    "Cuisine",
    "Dish",
    "Drink",
    "Holding",
    "Ingredient",
    "Menu",
    "Price",
    "Station",
    "Step",
    "Storage",
    "known_menus",
    "load_menu",
]

KIND = "menus"

_Item = TypeVar("_Item", Dish, Drink)


@dataclass(frozen=True)
class Menu:
    """Dishes and drinks over one set of ingredients.

    Attributes
    ----------
    dishes, drinks, ingredients
        By name, in the order of the file.
    sources
        What the names of sources stand for.
    files
        The files it was read from, as errors call them.
    """

    name: str
    title: str
    dishes: Mapping[str, Dish]
    ingredients: Mapping[str, Ingredient]
    drinks: Mapping[str, Drink] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    def of_course(self, course: Course, cuisine: Cuisine | None = None) -> tuple[Dish, ...]:
        """Return the dishes of a course, of one cuisine if asked, in the menu's order."""
        return tuple(
            dish
            for dish in self.dishes.values()
            if dish.course == course and cuisine in (None, dish.cuisine)
        )

    def fitting(
        self,
        dishes: Iterable[Dish],
        *,
        diets: Iterable[str] = (),
        allergies: Iterable[str] = (),
    ) -> tuple[Dish, ...]:
        """Return the dishes that somebody with these diets and allergies may eat."""
        kept, shunned = frozenset(diets), frozenset(allergies)
        return tuple(d for d in dishes if kept <= d.diets and not shunned & d.allergens)

    def ladder(self, dish: str) -> tuple[str, ...]:
        """Return every dish that may stand in for one, the first to be offered first.

        A dish comes after every one that it stands in for, so that the plainest come last;
        else the order is that in which substitutes are written.
        """
        found: dict[str, None] = {}

        def climb(name: str) -> None:
            for below in reversed(self.dishes[name].substitutes):
                if below not in found:
                    climb(below)
                    found[below] = None

        climb(dish)
        return tuple(reversed(found))

    def substitute(
        self,
        dish: str,
        missing: Iterable[str],
        *,
        diets: Iterable[str] = (),
        allergies: Iterable[str] = (),
    ) -> str | None:
        """Return the first dish of the ladder that needs nothing missing and harms nobody."""
        gone = frozenset(missing)
        rungs = [self.dishes[name] for name in self.ladder(dish)]
        fit = self.fitting(rungs, diets=diets, allergies=allergies)
        return next((d.name for d in fit if not gone & set(d.ingredients)), None)

    @cached_property
    def cuisines(self) -> tuple[Cuisine, ...]:
        """Cuisines of its dishes: the shipped five in their order, then others as they come."""
        own = dict.fromkeys(dish.cuisine for dish in self.dishes.values())
        return (*(c for c in CUISINES if c in own), *(c for c in own if c not in CUISINES))

    @cached_property
    def users(self) -> Mapping[str, tuple[str, ...]]:
        """Dishes that need each ingredient."""
        return {
            name: tuple(d.name for d in self.dishes.values() if name in d.ingredients)
            for name in self.ingredients
        }


class IngredientFile(Record):
    """An ingredient file."""

    retinue_ingredients: Literal[1]
    title: str = ""
    source: str
    confidence: Confidence
    sources: dict[str, str] = Field(default_factory=dict)
    remark: str = ""
    ingredients: dict[str, Ingredient] = Field(min_length=1)


class MenuFile(Record):
    """A menu file."""

    retinue_menu: Literal[1]
    title: str = Field(min_length=1)
    source: str
    confidence: Confidence
    sources: dict[str, str] = Field(default_factory=dict)
    remark: str = ""
    takes_in: tuple[str, ...] = Field(default=(), description="menus whose dishes it also holds")
    only: tuple[str, ...] = Field(default=(), description="of those, all that it keeps")
    without: tuple[str, ...] = Field(default=(), description="of those, what it leaves out")
    ingredient_files: tuple[str, ...] = ()
    ingredients: dict[str, Ingredient] = Field(default_factory=dict)
    dishes: dict[str, Dish] = Field(default_factory=dict)
    drinks: dict[str, Drink] = Field(default_factory=dict)
    courses: tuple[Course, ...] = Field(
        default=("starter", "main", "dessert", "breakfast"),
        description="courses that may not lack a dish",
    )

    @field_validator("dishes", "drinks")
    @classmethod
    def _nothing_derived_is_written(cls, items: dict[str, _Item]) -> dict[str, _Item]:
        for name, item in items.items():
            written = {"allergens", "diets"} & item.model_fields_set
            if written:
                raise ValueError(
                    f'{name}: "{min(written)}" follows from the ingredients and is not written'
                )
        return items


def known_menus(folder: Path | None = None) -> list[str]:
    """Return the names of the menus in the catalogues."""
    return known_names(KIND, folder)


def load_menu(name: str, folder: Path | None = None, *, where: str = "") -> Menu:
    """Load a menu by name or path, with everything it takes in.

    Parameters
    ----------
    name
        Name in the catalogue or path.
    folder
        The journey's folder, where its own files are looked up first.
    where
        Place of the name in the journey, for errors.

    Raises
    ------
    InputError
        Where there is no such menu, or for a fault in it: an unknown ingredient or
        substitute, a ladder that comes back to where it began, a course without a dish,
        a substitute ingredient that brings an allergen.
    """
    menu, courses, node = _Reading(folder).menu(name, where, ())
    for course in courses:
        if not menu.of_course(course):
            raise InputError(
                f'the menu has no dish of the course "{course}"',
                where=node.where(("dishes",)),
                cure='Add one, or name in "courses" those that may not lack a dish.',
            )
    return menu


class _Reading:
    """One reading of a menu: the files and what they hold."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def menu(
        self, name: str, where: str, above: tuple[Path, ...]
    ) -> tuple[Menu, tuple[Course, ...], Node]:
        path = find_file(KIND, name, self.folder, what="menu", where=where, begins="retinue menu")
        if path in above:
            raise InputError(f'the menu "{name}" takes in itself', where=where)
        node = _versioned(path, "retinue menu", "menu")
        for key in ("ingredients", "dishes", "drinks"):
            _name_records(node, key)
        file = validate(node, MenuFile)
        taken = [
            self.menu(other, node.where(("takes in", at)), (*above, path))[0]
            for at, other in enumerate(file.takes_in)
        ]
        ingredients: dict[str, Ingredient] = {}
        dishes: dict[str, Dish] = {}
        drinks: dict[str, Drink] = {}
        sources: dict[str, str] = {}
        files: list[str] = [node.file]
        for menu in taken:
            ingredients |= menu.ingredients
            dishes |= menu.dishes
            drinks |= menu.drinks
            sources |= menu.sources
            files += menu.files
        gone = _left_out(file, node, [*dishes, *drinks])
        dishes = {k: _without(d, gone, dishes) for k, d in dishes.items() if k not in gone}
        drinks = {k: _without(d, gone, drinks) for k, d in drinks.items() if k not in gone}
        for at, other in enumerate(file.ingredient_files):
            stock, stock_node = self.ingredients(other, node.where(("ingredient files", at)))
            ingredients |= stock.ingredients
            sources |= stock.sources
            files.append(stock_node.file)
        ingredients |= file.ingredients
        sources |= file.sources
        _check_substitutes(node, ingredients)
        dishes |= {key: _derived(node, "dishes", d, ingredients) for key, d in file.dishes.items()}
        drinks |= {key: _derived(node, "drinks", d, ingredients) for key, d in file.drinks.items()}
        _check_ladder(node, "dishes", {key: dish.substitutes for key, dish in dishes.items()})
        _check_ladder(node, "drinks", {key: drink.substitutes for key, drink in drinks.items()})
        return (
            Menu(
                path.stem,
                file.title,
                dishes,
                ingredients,
                drinks,
                sources,
                tuple(dict.fromkeys(files)),
            ),
            file.courses,
            node,
        )

    def ingredients(self, name: str, where: str) -> tuple[IngredientFile, Node]:
        path = find_file(
            "ingredients",
            name,
            self.folder,
            what="file of ingredients",
            where=where,
            begins="retinue ingredients",
        )
        node = _versioned(path, "retinue ingredients", "file of ingredients")
        _name_records(node, "ingredients")
        return validate(node, IngredientFile), node


def _versioned(path: Path, key: str, what: str) -> Node:
    node = read_yaml(path, shown_as(path)).copy()
    if not isinstance(node.value, dict) or key not in node.value:
        raise InputError(
            f"this is not a {what}: it does not begin with a version",
            where=f"{node.file}:{node.line}",
            cure=f'Begin it with "{key}: 1".',
        )
    return node


def _name_records(node: Node, key: str) -> None:
    """Give each record its name, and the file's source where it has none of its own."""
    listed = node.value.get(key)
    if listed is None or not isinstance(listed.value, dict):
        return
    for name, record in listed.value.items():
        if not isinstance(record.value, dict):
            continue
        if "name" in record.value:
            raise InputError(
                "a record is named by its key",
                where=node.where((key, name, "name")),
                cure='Take out "name".',
            )
        record.value["name"] = Node(name, record.file, record.line)
        for inherited in ("source", "confidence"):
            if inherited in node.value:
                record.value.setdefault(inherited, node.value[inherited])


def _left_out(file: MenuFile, node: Node, taken: list[str]) -> set[str]:
    for key, names in (("only", file.only), ("without", file.without)):
        for at, name in enumerate(names):
            if name not in taken:
                raise InputError(
                    f'nothing that the menu takes in holds "{name}"',
                    where=node.where((key, at)),
                    cure=suggest(name, taken),
                )
    gone = set(file.without)
    return gone | (set(taken) - set(file.only)) if file.only else gone


def _without(item: _Item, gone: set[str], items: Mapping[str, _Item]) -> _Item:
    """Return an item whose ladder steps over the rungs that are gone."""
    rungs: dict[str, None] = {}

    def climb(names: tuple[str, ...]) -> None:
        for name in names:
            if name in gone:
                climb(items[name].substitutes)
            else:
                rungs[name] = None

    climb(item.substitutes)
    return item.model_copy(update={"substitutes": tuple(rungs)})


def _derived(node: Node, key: str, item: _Item, ingredients: Mapping[str, Ingredient]) -> _Item:
    for name in item.ingredients:
        if name not in ingredients:
            raise InputError(
                f'"{item.name}" needs "{name}", which is no known ingredient',
                where=node.where((key, item.name, "ingredients", name)),
                cure=suggest(name, ingredients) or "Add it to a file of ingredients.",
            )
    parts = [ingredients[name] for name in item.ingredients]
    allergens = frozenset(one for part in parts for one in part.allergens)
    return item.model_copy(update={"allergens": allergens, "diets": diets_of(parts)})


def _check_substitutes(node: Node, ingredients: Mapping[str, Ingredient]) -> None:
    for one in ingredients.values():
        for other in one.substitutes:
            place = node.where(("ingredients", one.name, "substitutes"))
            if other not in ingredients:
                raise InputError(
                    f'"{other}", a substitute of "{one.name}", is no known ingredient',
                    where=place,
                    cure=suggest(other, ingredients),
                )
            brought = ingredients[other].allergens - one.allergens
            lost = one.diets - ingredients[other].diets
            if brought or lost:
                raise InputError(
                    f'"{other}" may not replace "{one.name}": it '
                    + (f"brings {min(brought)}" if brought else f"does not fit {min(lost)}"),
                    where=place,
                    cure="Take it out; offer another dish instead.",
                )


def _check_ladder(node: Node, key: str, below: Mapping[str, tuple[str, ...]]) -> None:
    for name, rungs in below.items():
        for rung in rungs:
            if rung not in below:
                raise InputError(
                    f'"{rung}", offered in place of "{name}", is not on the menu',
                    where=node.where((key, name, "substitutes")),
                    cure=suggest(rung, below),
                )
    done: set[str] = set()

    def climb(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circle = " -> ".join((*path[path.index(name) :], name))
            raise InputError(
                f"the ladder of substitutes comes back to where it began: {circle}",
                where=node.where((key, name, "substitutes")),
                cure="Let it end with a dish that nothing replaces.",
            )
        if name in done:
            return
        for rung in below[name]:
            climb(rung, (*path, name))
        done.add(name)

    for name in below:
        climb(name, ())
