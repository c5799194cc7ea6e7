"""What dishes are made of: storage, shelf life, price, allergens, and what a border calls it.

Every quantity of goods is in kilograms, litre goods by their density, so that stock, mass
and volume of a store room come from one number.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from retinue.sourced import Record, SourcedRecord
from retinue.units import Duration, Mass, Ratio, Volume

__all__ = [
    "ALLERGENS",
    "BORDER_CLASSES",
    "DIETS",
    "STORAGES",
    "Allergen",
    "BorderClass",
    "Ingredient",
    "Price",
    "Storage",
    "diets_of",
]

Storage = Literal["ambient", "dry", "chilled", "frozen", "live", "wine"]
STORAGES: tuple[Storage, ...] = ("ambient", "dry", "chilled", "frozen", "live", "wine")

#: The fourteen of Regulation (EU) 1169/2011, Annex II.
Allergen = Literal[
    "gluten", "crustaceans", "eggs", "fish", "peanuts", "soybeans", "milk", "nuts", "celery",
    "mustard", "sesame", "sulphites", "lupin", "molluscs",
]  # fmt: skip
ALLERGENS: tuple[Allergen, ...] = (
    "gluten", "crustaceans", "eggs", "fish", "peanuts", "soybeans", "milk", "nuts", "celery",
    "mustard", "sesame", "sulphites", "lupin", "molluscs",
)  # fmt: skip

#: What a border asks about: the rule file of borders has a line for each.
BorderClass = Literal[
    "fresh meat", "cooked meat", "cured meat", "dairy", "eggs", "honey", "fresh fish",
    "cured fish", "live seafood", "plant", "dry goods", "tinned goods", "water", "wine", "beer",
    "spirits",
]  # fmt: skip
BORDER_CLASSES: tuple[BorderClass, ...] = (
    "fresh meat", "cooked meat", "cured meat", "dairy", "eggs", "honey", "fresh fish",
    "cured fish", "live seafood", "plant", "dry goods", "tinned goods", "water", "wine", "beer",
    "spirits",
)  # fmt: skip

#: What a diet asks about: everything a good is made of, derived goods included.
MadeOf = Literal[
    "plant", "mineral", "milk", "egg", "honey", "beef", "pork", "lamb", "poultry", "game", "fish",
    "shellfish", "alcohol", "animal",
]  # fmt: skip

_LAND_MEAT = frozenset({"beef", "pork", "lamb", "poultry", "game", "animal"})
_SEA = frozenset({"fish", "shellfish"})

#: Diet: what its food may not be made of.
_SHUNNED: dict[str, frozenset[str]] = {
    "vegetarian": _LAND_MEAT | _SEA,
    "vegan": _LAND_MEAT | _SEA | {"milk", "egg", "honey"},
    "pescatarian": _LAND_MEAT,
    "no pork": frozenset({"pork", "animal"}),
    "no beef": frozenset({"beef", "animal"}),
    "no seafood": _SEA,
    "no alcohol": frozenset({"alcohol"}),
    "halal": frozenset({"pork", "alcohol", "animal", "game"}),
}
#: Diet: allergens its food may not hold.
_SHUNNED_ALLERGENS: dict[str, frozenset[str]] = {
    "gluten free": frozenset({"gluten"}),
    "no dairy": frozenset({"milk"}),
}
DIETS: tuple[str, ...] = (*_SHUNNED, *_SHUNNED_ALLERGENS)
#: Meat that a halal diet takes only with a certificate.
_SLAUGHTERED = frozenset({"beef", "lamb", "poultry"})

_PRICE = re.compile(r"\s*(?P<amount>\d+(\.\d+)?)\s*(?P<currency>[A-Z]{3})\s*")


class Price(Record):
    """What a kilogram costs, and who says so."""

    amount: float = Field(ge=0, le=1e6)
    currency: str = Field(pattern="^[A-Z]{3}$")
    source: str = ""

    @model_validator(mode="before")
    @classmethod
    def _amount_and_currency(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found = _PRICE.fullmatch(value)
        if found is None:
            raise ValueError(f'"{value}" is no price; write e.g. "12.50 EUR"')
        return {"amount": float(found["amount"]), "currency": found["currency"]}


class Ingredient(SourcedRecord):
    """One kind of goods, counted in kilograms."""

    name: str = Field(min_length=1)
    native_name: str = ""
    storage: Storage
    shelf_life_s: Annotated[Duration, Field(gt=0)] = Field(
        alias="shelf life", description="in that storage, from delivery"
    )
    after_thaw_s: Annotated[Duration, Field(gt=0)] | None = Field(
        default=None, alias="after thaw", description="chilled, from the end of thawing"
    )
    thaw_s: Annotated[Duration, Field(ge=0)] = Field(
        default=0.0, alias="thaw", description="in the chiller, before it can be cooked"
    )
    volume_m3_per_kg: Annotated[Volume, Field(gt=0, le=0.1)] = Field(
        alias="volume a kg", description="as stored, with its packing and the air between"
    )
    packing_kg_per_kg: Annotated[float, Field(ge=0, le=5)] = Field(
        default=0.05, alias="packing a kg", description="box, bottle, tin"
    )
    lot_kg: Annotated[Mass, Field(gt=0, le=1e4)] = Field(
        default=1.0, alias="lot", description="least that is bought: case, bottle, box"
    )
    edible: Annotated[Ratio, Field(gt=0, le=1)] = Field(
        default=1.0, description="share that reaches the plate; the rest is waste"
    )
    price: Price = Field(description="of a kilogram")
    allergens: frozenset[Allergen] = frozenset()
    made_of: frozenset[MadeOf] = frozenset({"plant"})
    certificates: frozenset[Literal["halal", "kosher"]] = frozenset()
    border_class: BorderClass
    country_of_origin: str = Field(default="", alias="origin", pattern="^([A-Z]{2})?$")
    supplier: str = Field(default="market", description="class of supplier")
    substitutes: tuple[str, ...] = Field(
        default=(), description="ingredients that may take its place, in this order"
    )
    staple: bool = Field(
        default=False, description="keeps for months and is stocked with a wide reserve"
    )

    @model_validator(mode="after")
    def _fits_its_storage(self) -> Ingredient:
        if self.storage == "frozen" and self.after_thaw_s is None:
            raise ValueError('frozen goods need "after thaw": how long they keep when thawed')
        if self.storage != "frozen" and (self.after_thaw_s is not None or self.thaw_s > 0):
            raise ValueError('only frozen goods have "thaw" and "after thaw"')
        if self.staple and self.shelf_life_s < 60 * 86_400:
            raise ValueError("a staple keeps for 60 days at least")
        return self

    @field_validator("made_of")
    @classmethod
    def _of_something(cls, made_of: frozenset[str]) -> frozenset[str]:
        if not made_of:
            raise ValueError('"made of" is empty')
        return made_of

    @property
    def diets(self) -> frozenset[str]:
        """Diets that it fits."""
        return diets_of([self])

    @property
    def mass_kg_per_kg(self) -> float:
        """Mass that a store room carries for a kilogram of goods."""
        return 1.0 + self.packing_kg_per_kg


def diets_of(ingredients: list[Ingredient]) -> frozenset[str]:
    """Return the diets that food of some ingredients fits.

    Derived, never written: what a dish is made of decides. Halal asks meat of the land for a
    certificate and admits neither pork, game, gelatine of unknown animals nor alcohol.
    """
    made_of: set[str] = {part for item in ingredients for part in item.made_of}
    allergens: set[str] = {one for item in ingredients for one in item.allergens}
    fits = {diet for diet, shunned in _SHUNNED.items() if not made_of & shunned}
    fits |= {diet for diet, shunned in _SHUNNED_ALLERGENS.items() if not allergens & shunned}
    if any(_SLAUGHTERED & i.made_of and "halal" not in i.certificates for i in ingredients):
        fits.discard("halal")
    return frozenset(fits)
