"""A leg by special train, as asked for."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from retinue.journey.quantities import Pace, Span
from retinue.sourced import Record
from retinue.units import Ratio

__all__ = ["Allowance", "RailLeg", "Separation", "StopAsked"]


class Separation(Record):
    """How far ahead of, or behind, the main train another train of the convoy runs."""

    time: Span
    blocks: int = Field(default=2, ge=0, description="block sections that must be clear between")
    at_most: Span | None = Field(default=None, description="the stretch that is still accepted")
    train: str | None = Field(
        default=None, description="its formation; the main train's where unset"
    )


def _separation(value: object) -> object:
    if isinstance(value, str):
        text = re.sub(r"\s+(ahead|behind|before|after)\s*$", "", value.strip())
        return {"time": text}
    return value


class Allowance(Record):
    """Time above the shortest running time.

    Several parts add up.  ``how`` says how it is spent: ``linear`` slows every
    section alike, ``mareco`` saves energy by lower cruising and coasting.
    """

    percent: Ratio | None = Field(default=None, ge=0, le=10)
    per_100_km: Span | None = Field(default=None, alias="per 100 km")
    fixed: Span | None = None
    how: Literal["linear", "mareco"] = "linear"


def _allowance(value: object) -> object:
    if isinstance(value, str):
        text = value.strip()
        if text.endswith("%"):
            return {"percent": text}
        if "per 100 km" in text:
            return {"per 100 km": text.replace("per 100 km", "").strip()}
        return {"fixed": text}
    return value


class StopAsked(Record):
    """A stop of the special train or convoy."""

    at: str
    for_: Span | None = None
    until: str | None = Field(default=None, description="local date and time not to leave before")
    why: str = ""
    locomotives: tuple[str, ...] | None = Field(
        default=None, description="locomotives that take over here, from the head"
    )
    minimum: Span | None = Field(
        default=None, description="the shortest the stop may become when the train runs late"
    )


class RailLeg(Record):
    """A leg by special train."""

    from_: str | None = None
    to: str
    train: str = Field(description='its name, or "choose": by the formation order')
    formation: str | None = Field(
        default=None, description="a formation order: coaches are chosen and ordered by its rules"
    )
    lines: tuple[str, ...] = Field(default=(), description="lines of the line book, in order")
    via: tuple[str, ...] = ()
    at_most: Pace | None = Field(default=None, description="speed cap")
    line_speeds: Pace | None = Field(
        default=None, description="every line limit is set to this, to ask what if"
    )
    allowance: Annotated[Allowance | None, BeforeValidator(_allowance)] = None
    arrive_at: str | None = Field(
        default=None, description="slow running to arrive at this local time"
    )
    advance_train: Annotated[Separation | None, BeforeValidator(_separation)] = None
    following_train: Annotated[Separation | None, BeforeValidator(_separation)] = None
    stops: tuple[StopAsked, ...] = ()
    mass_factor: float = Field(
        default=1.0, gt=0, le=3, description="what if the train were heavier"
    )
    locomotives: tuple[str, ...] | None = None
    restrictions: tuple[str, ...] = Field(
        default=(), description="files of possessions and temporary speed restrictions"
    )

    @model_validator(mode="after")
    def _chosen(self) -> RailLeg:
        if (self.train == "choose") != (self.formation is not None):
            raise ValueError('"train: choose" and "formation: FILE" go together')
        if self.formation is not None and self.locomotives is not None:
            raise ValueError("locomotives are chosen, too: name them in the formation order")
        return self
