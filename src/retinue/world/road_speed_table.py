"""The table of road speeds: the law's limits by country, classes, surfaces, halts and bends."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from pydantic import Field, model_validator

from retinue.document import read_yaml, validate
from retinue.sourced import Record, SourcedRecord
from retinue.units import Duration, Length, Speed
from retinue.world.catalogue import SHIPPED, shown_as

__all__ = ["CountryLimits", "RoadCosts", "RoadSpeedTable", "road_speed_table"]

Fast = Annotated[Speed, Field(gt=0)]
Limit = Fast | Literal["none"]
Pause = Annotated[Duration, Field(ge=0)]


class CountryLimits(SourcedRecord):
    """General limits of a country in m/s; ``none`` where there is none."""

    country: str = Field(pattern=r"^([A-Z]{2}|\*)$")
    urban: Limit
    rural: Limit
    expressway: Limit
    motorway: Limit

    def limit_mps(self, zone: str) -> float:
        """Return the limit of a zone, infinite where there is none."""
        value = getattr(self, zone)
        return float("inf") if value == "none" else float(value)


class _Classes(SourcedRecord):
    speeds: dict[str, Fast]


class _Caps(SourcedRecord):
    surface: dict[str, Fast]
    smoothness: dict[str, Fast]
    tracktype: dict[str, Fast]
    ford: Fast
    roundabout: Fast
    walk: Fast


class RoadCosts(SourcedRecord):
    """What halts and bends cost, in s."""

    bend: Pause
    turning_round: Pause
    signals: Pause
    level_crossing: Pause
    gate: Pause
    toll: Pause
    passing_through: Pause


class _Heights(SourcedRecord):
    default: Annotated[Length, Field(gt=0)]
    below_default: Annotated[Length, Field(gt=0)]


class RoadSpeedTable(Record):
    """All of it; speeds in m/s, times in s, heights in m."""

    retinue_road_speeds: Literal[1]
    sources: dict[str, str]
    limits: tuple[CountryLimits, ...]
    classes: _Classes
    at_most: _Caps
    costs: RoadCosts
    heights: _Heights

    @model_validator(mode="after")
    def _complete(self) -> RoadSpeedTable:
        codes = [entry.country for entry in self.limits]
        if "*" not in codes:
            raise ValueError('the limits need an entry for all other countries, "*"')
        if len(set(codes)) < len(codes):
            raise ValueError("the limits name a country twice")
        for entry in (*self.limits, self.classes, self.at_most, self.costs, self.heights):
            for name in (entry.source, *(basis.source for basis in entry.basis.values())):
                if name not in self.sources:
                    raise ValueError(f'"sources" does not explain "{name}"')
        return self

    def limits_in(self, country: str) -> CountryLimits:
        """Return the limits of a country, else those of all others."""
        found = {entry.country: entry for entry in self.limits}
        return found.get(country) or found["*"]


@cache
def road_speed_table() -> RoadSpeedTable:
    """Return the shipped table."""
    path = SHIPPED / "road_speeds.yaml"
    return validate(read_yaml(path, shown_as(path)), RoadSpeedTable)
