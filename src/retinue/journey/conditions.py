"""Weather on the day and what is to be asked for, as the journey states them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from retinue.journey.quantities import Span
from retinue.sourced import Confidence, Record
from retinue.units import Length, Speed, Temperature

__all__ = ["AskedFor", "WeatherAsked"]


class WeatherAsked(Record):
    """Weather expected at a place or on a leg, from a forecast or a climate table.

    What is left out nobody said: ``ice: false`` says that none is expected.
    """

    at: str | None = Field(default=None, description="a place; everywhere where unset")
    leg: int | None = Field(default=None, ge=1)
    from_: str | None = Field(default=None, description="date and time with its zone")
    until: str | None = None
    temperature: Temperature | None = Field(
        default=None, ge=173.15, le=343.15, description="-100 to 70 degC"
    )
    wind: Speed | None = Field(default=None, ge=0, le=150, description="ten-minute mean")
    gust: Speed | None = Field(default=None, ge=0, le=150)
    visibility: Length | None = Field(default=None, ge=0)
    ice: bool | None = None
    snow: Length | None = Field(default=None, ge=0, le=100, description="depth")
    flood: Length | None = Field(
        default=None, ge=0, le=100, description="water over the line or road"
    )
    source: str = "journey"
    confidence: Confidence = "assumed"

    @model_validator(mode="after")
    def _says_something(self) -> WeatherAsked:
        said = (self.temperature, self.wind, self.gust, self.visibility, self.ice, self.snow)
        if all(value is None for value in (*said, self.flood)):
            raise ValueError(
                "says nothing of the weather: temperature, wind, gust, visibility, ice, snow or"
                " flood is due"
            )
        if self.wind is not None and self.gust is not None and self.gust < self.wind:
            raise ValueError("the gust lies below the mean wind")
        return self


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
