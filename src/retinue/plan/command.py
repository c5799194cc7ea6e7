"""Decisions, communications and fallbacks."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retinue.plan.leg import Leg
from retinue.plan.records import PlanRecord, Utc

__all__ = ["Channel", "Decision", "Fallback", "SafeHaven", "Weakness"]


class Decision(PlanRecord):
    """One decision: one owner, one deputy, the facts needed, the latest time."""

    id: str
    what: Literal["go / no-go", "fallback", "release", "cancel"]
    leg: str
    text: str
    owner: str = Field(description="a role")
    deputy: str
    facts: tuple[str, ...]
    latest_utc: Utc
    zone: str
    place: str = ""
    otherwise: str = Field(description="what holds where nobody decides in time")


class Channel(PlanRecord):
    """How one leg is spoken to."""

    leg: str
    primary: str
    secondary: str
    reporting_points: tuple[str, ...]
    check_in_s: float
    gaps: tuple[str, ...] = Field(
        default=(), description="stretches without cover, known or assumed"
    )
    lost_contact: str = Field(description="what is done, after how long")


class SafeHaven(PlanRecord):
    """A place to go to from a point of a leg."""

    leg: str
    kind: str = Field(description="station, aerodrome, hospital, police")
    name: str
    lat: float
    lon: float
    from_m: float = Field(description="chainage of the leg at which one leaves for it")
    travel_s: float
    travel_m: float
    by: str = Field(description="rail, road, air")
    assumed: bool = False


class Fallback(PlanRecord):
    """What is done when a leg cannot go on as planned, planned and checked."""

    leg: str
    kind: Literal["reserve route", "relief locomotive", "spare aircraft", "other mode", "haven"]
    title: str
    feasible: bool
    reasons: tuple[str, ...] = ()
    legs: tuple[Leg, ...] = ()
    ready_utc: Utc | None = None
    later_s: float | None = Field(default=None, description="arrival against the plan's")


class Weakness(PlanRecord):
    """Something the plan lacks, as a task with its cure."""

    id: str
    leg: str
    task: str
    cure: str
    owner: str
    latest_utc: Utc | None = None
