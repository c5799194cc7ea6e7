"""The table of weather and light: which limit bites where, and what it starts."""

from __future__ import annotations

import math
from functools import cache
from typing import Literal

from pydantic import Field, field_validator, model_validator

from retinue.document import read_yaml, validate
from retinue.sourced import Record, SourcedRecord
from retinue.units import Duration, UnitError, parse
from retinue.world.catalogue import SHIPPED, shown_as

__all__ = ["MEASURES", "ConditionRule", "Measure", "condition_rules"]

Measure = Literal["temperature", "wind", "gust", "visibility", "ice", "snow", "flood", "sun"]

#: Kind of quantity and printed unit of each measure; the sun's elevation is kept in degrees.
MEASURES: dict[str, tuple[str, str]] = {
    "temperature": ("temperature", "K"),
    "wind": ("speed", "m/s"),
    "gust": ("speed", "m/s"),
    "visibility": ("length", "m"),
    "ice": ("", ""),
    "snow": ("length", "m"),
    "flood": ("length", "m"),
    "sun": ("angle", "deg"),
}


class ConditionRule(SourcedRecord):
    """One limit of the table."""

    id: str
    hazard: Literal["heat", "cold", "wind", "fog", "ice", "snow", "flood", "darkness"]
    mode: Literal["rail", "air", "road"]
    site_class: str
    measure: Measure
    beyond: Literal["above", "below"]
    limit: str | None = None
    decide_before: Duration = Field(ge=0, description="before the leg or the passage")
    trigger: str
    fallback: str
    level: Literal["info", "warning"] = "warning"

    @model_validator(mode="after")
    def _has_its_limit(self) -> ConditionRule:
        if (self.limit is None) != (self.measure == "ice"):
            raise ValueError('every measure but "ice" has a limit')
        return self

    @field_validator("limit")
    @classmethod
    def _not_blank(cls, value: str | None) -> str | None:
        if value is not None and not value.strip():
            raise ValueError("the limit is blank")
        return value

    @property
    def value(self) -> float:
        """The limit: SI, degrees for the sun, and for ice 0 (there is some or there is none)."""
        if self.limit is None:
            return 0.0
        kind = MEASURES[self.measure][0]
        found = parse(self.limit, kind)
        return round(math.degrees(found) if self.measure == "sun" else found, 6)

    @property
    def unit(self) -> str:
        """The unit of `value`."""
        return MEASURES[self.measure][1]

    def exceeded(self, value: float) -> bool:
        """Return whether a value lies beyond the limit."""
        return value > self.value if self.beyond == "above" else value < self.value

    def text(self, value: float) -> str:
        """Return a value of this measure as people read it."""
        if self.measure == "ice":
            return "ice" if value else "no ice"
        if self.measure == "temperature":
            return f"{value - 273.15:.0f} °C"
        if self.measure in ("wind", "gust"):
            return f"{value:.0f} m/s"
        if self.measure == "sun":
            return f"sun at {value:.0f}°"
        return f"{value:.0f} m" if value >= 10 else f"{100 * value:.0f} cm"


class ConditionTable(Record):
    """The shipped table."""

    retinue_conditions: Literal[1]
    sources: dict[str, str]
    conditions: tuple[ConditionRule, ...]

    @model_validator(mode="after")
    def _sound(self) -> ConditionTable:
        seen: set[str] = set()
        for rule in self.conditions:
            if rule.id in seen:
                raise ValueError(f'two conditions have the id "{rule.id}"')
            seen.add(rule.id)
            for name in (rule.source, *(basis.source for basis in rule.basis.values())):
                if name not in self.sources:
                    raise ValueError(f'{rule.id}: the source "{name}" is not under "sources"')
            try:
                _ = rule.value
            except UnitError as error:
                raise ValueError(f"{rule.id}: {error}") from error
        return self


@cache
def condition_rules() -> ConditionTable:
    """Return the shipped table."""
    path = SHIPPED / "conditions.yaml"
    return validate(read_yaml(path, shown_as(path)), ConditionTable)
