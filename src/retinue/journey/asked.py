"""A journey as asked for: legs of three modes, places no gazetteer knows, alternatives."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from retinue.journey.conditions import AskedFor, WeatherAsked
from retinue.journey.legs import AlternativeAsked, LegAsked, SupportAsked
from retinue.journey.party import Party
from retinue.journey.programme import ProgrammeItem
from retinue.journey.protection import ProtectionAsked
from retinue.journey.provisioning import ProvisioningAsked
from retinue.sourced import Confidence, Record
from retinue.units import Duration, Length, Speed

__all__ = ["Journey", "PlaceAsked", "Reported"]


class PlaceAsked(Record):
    """A place that no gazetteer knows."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    country: str = Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2")
    native_name: str = ""
    aliases: tuple[str, ...] = ()
    access_road: Length | None = Field(
        default=None, description="road between the place and the road graph, where it is known"
    )
    source: str = "journey"
    confidence: Confidence = "K"


class Reported(Record):
    """What was reported of the journey, to stand beside the plan."""

    what: str
    leg: int | None = Field(default=None, ge=1, description="number of the leg it speaks of")
    duration: Duration | None = None
    speed: Speed | None = None
    distance: Length | None = None
    source: str
    confidence: Confidence
    note: str = ""


class Journey(Record):
    """A journey as asked for."""

    retinue: Literal[1]
    title: str = Field(min_length=1)
    depart: str
    arrive_by: str | None = Field(
        default=None, description="latest arrival; earlier than departure is refused"
    )
    party: Party = Party()
    legs: tuple[LegAsked, ...] = Field(min_length=1)
    places: dict[str, PlaceAsked] = Field(default_factory=dict)
    alternatives: tuple[AlternativeAsked, ...] = ()
    support: tuple[SupportAsked, ...] = Field(
        default=(), description="movements apart from the party, e.g. the cars by cargo aircraft"
    )
    weather: tuple[WeatherAsked, ...] = ()
    asked_for: tuple[AskedFor, ...] = Field(
        default=(), description="state of what must be asked for"
    )
    holidays: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="further days off (dates) by country"
    )
    reported: tuple[Reported, ...] = ()
    closed_countries: tuple[str, ...] = ()
    line_books: tuple[str, ...] = Field(default=(), description="further line books, by path")
    protection: ProtectionAsked | None = None
    coarse: bool = Field(
        default=False, description="a real journey of the past: no protection detail is planned"
    )
    provisioning: ProvisioningAsked | None = None
    programme: tuple[ProgrammeItem, ...] = Field(
        default=(), description="what is to happen on board"
    )
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")
    seed: int = 1
    sources: dict[str, str] = Field(default_factory=dict)
    remark: str = ""

    @model_validator(mode="after")
    def _reports_speak_of_legs(self) -> Journey:
        for item in self.reported:
            if item.leg is not None and item.leg > len(self.legs):
                raise ValueError(
                    f'"reported" speaks of leg {item.leg}, the journey has {len(self.legs)}'
                )
        return self

    @field_validator("legs")
    @classmethod
    def _first_leg_has_a_start(cls, legs: tuple[LegAsked, ...]) -> tuple[LegAsked, ...]:
        if legs and legs[0].body.from_ is None:
            raise ValueError('the first leg needs "from"')
        return legs
