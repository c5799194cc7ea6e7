"""Weather on the day and what is to be asked for, as the journey states them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retinue.journey.quantities import Span
from retinue.sourced import Confidence, Record
from retinue.units import Length, Speed, Temperature

__all__ = ["AskedFor", "WeatherAsked"]


class WeatherAsked(Record):
    """Weather expected at a place or on a leg, from a forecast or a climate table."""

    at: str | None = Field(default=None, description="a place; everywhere where unset")
    leg: int | None = Field(default=None, ge=1)
    from_: str | None = Field(default=None, description="date and time with its zone")
    until: str | None = None
    temperature: Temperature | None = None
    wind: Speed | None = Field(default=None, ge=0)
    gust: Speed | None = Field(default=None, ge=0)
    visibility: Length | None = Field(default=None, ge=0)
    ice: bool = False
    snow: Length | None = Field(default=None, ge=0, description="depth")
    flood: Length | None = Field(default=None, ge=0, description="water over the line or road")
    source: str = "journey"
    confidence: Confidence = "assumed"


class AskedFor(Record):
    """The state of one thing that must be asked for."""

    what: str = Field(description="an entry of the deadline table, or words of one's own")
    country: str | None = Field(default=None, pattern="^[A-Z]{2}$")
    leg: int | None = Field(default=None, ge=1)
    state: Literal["to do", "asked", "granted", "refused", "not needed"] = "to do"
    owner: str = ""
    on: str | None = Field(default=None, description="date of the state")
    lead_time: Span | None = Field(default=None, description="instead of the table's")
    business_days: int | None = Field(default=None, ge=0, description="instead of the table's")
    number: str = ""
