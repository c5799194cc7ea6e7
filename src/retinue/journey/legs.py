"""Legs of any mode, and other ways to make the journey."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from retinue.journey.air import AirLeg
from retinue.journey.quantities import Span
from retinue.journey.rail import RailLeg
from retinue.journey.road import RoadLeg
from retinue.sourced import Record

__all__ = ["AlternativeAsked", "LegAsked", "SupportAsked"]


class LegAsked(Record):
    """One leg: exactly one of rail, air, road."""

    rail: RailLeg | None = None
    air: AirLeg | None = None
    road: RoadLeg | None = None
    depart: str | None = Field(default=None, description="not before this date and time")
    transfer: Span | None = Field(default=None, description="platform to car, gate to car")

    @model_validator(mode="after")
    def _one_mode(self) -> LegAsked:
        if sum(leg is not None for leg in (self.rail, self.air, self.road)) != 1:
            raise ValueError('a leg has exactly one of "rail", "air", "road"')
        return self

    @property
    def mode(self) -> Literal["rail", "air", "road"]:
        """Return the leg's mode."""
        return "rail" if self.rail else "air" if self.air else "road"

    @property
    def body(self) -> RailLeg | AirLeg | RoadLeg:
        """Return the leg proper."""
        body = self.rail or self.air or self.road
        assert body is not None
        return body


class AlternativeAsked(Record):
    """Another way to make the journey: one leg, or a list of legs."""

    title: str = ""
    legs: tuple[LegAsked, ...]
    depart: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _single(cls, value: Any) -> Any:
        if isinstance(value, dict) and "legs" not in value:
            own = {key for name in cls.model_fields for key in (name, name.replace("_", " "))}
            kept = {k: v for k, v in value.items() if k in own}
            leg = {k: v for k, v in value.items() if k not in own}
            return kept | {"legs": [leg]}
        return value


class SupportAsked(AlternativeAsked):
    """A movement that travels apart and brings something: the cars by cargo aircraft, supplies."""

    for_leg: int | None = Field(
        default=None, ge=1, description="number of the leg it must be there for"
    )
    before: Span | None = Field(
        default=None, description="how long before that leg departs it must have arrived"
    )
