"""A leg by motorcade, as asked for."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retinue.journey.quantities import Pace
from retinue.sourced import Record
from retinue.units import Length

__all__ = ["RoadEscort", "RoadLeg"]


class RoadEscort(Record):
    """A section where bodyguards run beside the car."""

    from_: str | None = None
    to: str | None = None
    first: Length | None = Field(default=None, description="the first so many metres of the leg")
    last: Length | None = Field(default=None, description="the last so many metres of the leg")
    pace: Pace | None = None
    bodyguards: int = Field(default=12, ge=1)


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
    open_borders: tuple[str, ...] = Field(
        default=(), description='borders opened for this journey, e.g. "KP-KR"'
    )
    routing: str | None = Field(
        default=None,
        description='"built" (roads of --world), "pack", "valhalla URL" or "osrm URL"',
    )
    routes: int = Field(default=3, ge=1, le=8, description="dissimilar routes to list")
    avoid: tuple[str, ...] = Field(default=(), description="roads by name or ref, or areas")
    outriders: int | None = Field(default=None, ge=0, description="the convoy's own where unset")
    traffic: str | None = Field(default=None, description="table of time-of-day factors")
