"""A leg by motorcade, as asked for."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from retinue.journey.quantities import Pace, Span
from retinue.sourced import Record
from retinue.units import Length

__all__ = ["RoadEscort", "RoadHaltAsked", "RoadLeg"]


class RoadEscort(Record):
    """A section where bodyguards run beside the car."""

    from_: str | None = None
    to: str | None = None
    first: Length | None = Field(default=None, description="the first so many metres of the leg")
    last: Length | None = Field(default=None, description="the last so many metres of the leg")
    pace: Pace | None = None
    bodyguards: int = Field(default=12, ge=1)
    mount: Span | None = Field(
        default=None, description="halt for the bodyguards to get out, and to get in again"
    )


class RoadHaltAsked(Record):
    """A halt of the column: at a place on the way, after so many kilometres, or at each border."""

    at: str | None = Field(default=None, description='a place on the way, or "borders"')
    after: Length | None = Field(default=None, gt=0, description="so far from the leg's begin")
    for_: Span
    why: str = ""

    @model_validator(mode="after")
    def _somewhere(self) -> RoadHaltAsked:
        if (self.at is None) == (self.after is None):
            raise ValueError('a halt needs either "at" or "after"')
        if self.for_ <= 0.0:
            raise ValueError('a halt takes time: write e.g. "for: 5 min"')
        return self


class RoadLeg(Record):
    """A leg by motorcade."""

    from_: str | None = None
    to: str
    convoy: str
    via: tuple[str, ...] = ()
    column: Literal["open", "close"] = "open"
    at_most: Pace | None = None
    distance: Length | None = Field(
        default=None, gt=0, description="published road distance, where the graph lacks the road"
    )
    escort: tuple[RoadEscort, ...] = ()
    halts: tuple[RoadHaltAsked, ...] = Field(
        default=(), description="where the column stands; never with a vehicle on a level crossing"
    )
    open_borders: tuple[str, ...] = Field(
        default=(), description='borders opened for this journey, e.g. "KP-KR"'
    )
    routing: str | None = Field(
        default=None,
        description='"built" (roads of --world), "pack", "valhalla URL" or "osrm URL"',
    )
    routes: int = Field(default=3, ge=1, le=8, description="dissimilar routes to list")
    avoid: tuple[str, ...] = Field(default=(), description="roads by name or ref, or areas")
    outriders: int | None = Field(
        default=None, ge=0, le=200, description="the convoy's own where unset"
    )
    traffic: str | None = Field(
        default=None,
        description=(
            'table of time-of-day factors: "none", "usual", a name or a path; where unset '
            '"none" for a convoy whose pilot or outriders clear the road, else "usual"'
        ),
    )
