"""Dishes and drinks: what a portion takes, and the work that it is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from retinue.provisioning.ingredient import Allergen
from retinue.sourced import Record, SourcedRecord
from retinue.units import Duration, Mass

__all__ = [
    "COURSES",
    "CUISINES",
    "DRINKS",
    "STATIONS",
    "Course",
    "Cuisine",
    "Dish",
    "Drink",
    "DrinkKind",
    "Holding",
    "Station",
    "Step",
]


def _cuisine(value: str) -> str:
    words = value.split(" ")
    if not all(part.isalpha() for word in words for part in word.split("-")):
        raise ValueError(f'"{value}" is no cuisine; write a word such as "thai"')
    if value != value.lower():
        raise ValueError(f'"{value}" is written in small letters: "{value.lower()}"')
    return value


Station = Literal["grill", "wok", "cold", "pastry", "steam", "fry", "oven", "pass"]
STATIONS: tuple[Station, ...] = (
    "grill", "wok", "cold", "pastry", "steam", "fry", "oven", "pass",
)  # fmt: skip
#: A user's menu may have any: one or a few words in small letters, so that one cuisine is one word
#: for the cards, for tastes and for pre-orders.
Cuisine = Annotated[str, Field(max_length=40), AfterValidator(_cuisine)]
#: Those of the shipped menu, in the order in which cards have them; further ones come after.
CUISINES: tuple[Cuisine, ...] = ("russian", "chinese", "korean", "japanese", "french")
Course = Literal["starter", "soup", "main", "side", "dessert", "breakfast", "snack"]
COURSES: tuple[Course, ...] = (
    "starter", "soup", "main", "side", "dessert", "breakfast", "snack",
)  # fmt: skip
DrinkKind = Literal["wine", "spirits", "beer", "tea", "coffee", "water", "juice", "soft"]
DRINKS: tuple[DrinkKind, ...] = (
    "wine", "spirits", "beer", "tea", "coffee", "water", "juice", "soft",
)  # fmt: skip
Holding = Literal["hot", "cold", "none", "live"]

_Time = Annotated[Duration, Field(ge=0, le=3 * 86_400.0)]
_Portion = Annotated[Mass, Field(gt=0, le=5)]


class Step(Record):
    """One run of work at a station: it makes up to ``batch`` portions."""

    station: Station
    active_s: _Time = Field(alias="active", description="a cook's hands are on it")
    passive_s: _Time = Field(default=0.0, alias="passive", description="it cooks, cools or rises")
    batch: int = Field(default=1, ge=1, le=500, description="portions one run makes")
    staff: int = Field(default=1, ge=1, le=10)
    ahead: bool = Field(default=False, description="may be done before the order, and held")


class Dish(SourcedRecord):
    """A dish with all a portion of it takes."""

    name: str = Field(min_length=1)
    native_name: str
    cuisine: Cuisine
    course: Course
    ingredients: dict[str, _Portion] = Field(
        min_length=1, description="kg a portion, as drawn from the store"
    )
    steps: tuple[Step, ...] = Field(min_length=1)
    holding: Holding
    holding_limit_s: _Time = Field(
        alias="holding limit", description="from the end of its last step to the guest"
    )
    popularity: float = Field(default=1.0, gt=0, le=1000, description="weight within its course")
    substitutes: tuple[str, ...] = Field(
        default=(), description="dishes offered in its stead, in this order"
    )
    allergens: frozenset[Allergen] = Field(default=frozenset(), description="derived")
    diets: frozenset[str] = Field(default=frozenset(), description="derived")

    @property
    def mass_kg(self) -> float:
        """Mass drawn from the stores for one portion."""
        return sum(self.ingredients.values())

    def active_s(self, portions: int) -> float:
        """Return the cook-seconds that a number of portions, made together, takes."""
        return sum(s.active_s * s.staff * -(-portions // s.batch) for s in self.steps)


class Drink(SourcedRecord):
    """A drink: goods drawn from the stores for one serving."""

    name: str = Field(min_length=1)
    native_name: str = ""
    kind: DrinkKind
    ingredients: dict[str, _Portion] = Field(min_length=1, description="kg a serving")
    popularity: float = Field(default=1.0, gt=0, le=1000, description="weight within its kind")
    substitutes: tuple[str, ...] = ()
    allergens: frozenset[Allergen] = Field(default=frozenset(), description="derived")
    diets: frozenset[str] = Field(default=frozenset(), description="derived")
