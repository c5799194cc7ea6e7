"""Traffic as a plan keeps it: resources, train paths, and which of them were altered.

Plain facts that an independent checker can re-derive every conflict from: which train holds
which resource from when until when, and how many may.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retinue.plan.moments import Second
from retinue.plan.records import PlanRecord
from retinue.plan.traffic_rules import (
    FrontPoint,
    HeldWindow,
    LineSection,
    RuleOrder,
    RulesInForce,
)

__all__ = [
    "AlteredTrain",
    "HeldWindow",
    "LineSection",
    "ResourceRecord",
    "RestrictionUse",
    "RoutePlace",
    "RuleOrder",
    "RulesInForce",
    "Second",
    "TrafficRecord",
    "TrainCall",
    "TrainPass",
    "TrainPath",
]


class ResourceRecord(PlanRecord):
    """A block, a station's tracks or a crossing of ways."""

    id: int
    kind: Literal["block", "station", "junction"]
    name: str
    capacity: int = Field(ge=1, description="trains that may hold it at once")
    track_lengths_m: tuple[float, ...] = Field(
        default=(), description="usable length of each track; empty: nobody knows"
    )
    lat: float
    lon: float
    source: str = Field(description="signals, rule, inferred, world")
    from_m: float | None = Field(
        default=None, description="chainage along the special train's way; None: off it, or unknown"
    )
    to_m: float | None = Field(default=None, description="as `from_m`; equal to it at a station")


class RoutePlace(PlanRecord):
    """A place of the special train's way."""

    place: str
    at_m: float = Field(description="chainage along the way")
    zone: str = Field(default="", description="IANA name of its clock")


class TrainPass(PlanRecord):
    """One train holds one resource: from inclusive, to exclusive."""

    resource: int
    from_utc: Second
    to_utc: Second
    direction: Literal[-1, 0, 1] = Field(description="1 with the section, -1 against, 0 neither")
    standing: bool = Field(default=False, description="comes to a stand there")


class TrainCall(PlanRecord):
    """Arrival and departure of a train at one place."""

    place: str
    arrive_utc: Second
    depart_utc: Second
    stops: bool
    minimum_dwell_s: float = 0.0


class TrainPath(PlanRecord):
    """One train as it shall run."""

    id: str
    title: str
    train_class: Literal["intercity", "regional", "freight", "special", "work"] = Field(
        description="work: a possession, a sweep or a patrol, no train"
    )
    special: bool = Field(default=False, description="belongs to the protected convoy")
    role: str = Field(default="", description="advance, main, following; empty for other trains")
    passengers: float = 0.0
    length_m: float
    dangerous_goods: bool = Field(default=False, description="no public timetable tells")
    work: Literal["", "possession", "protection"] = Field(
        default="", description="protection: a sweep or a patrol; empty: a train"
    )
    calls: tuple[TrainCall, ...]
    passes: tuple[TrainPass, ...]
    front: tuple[FrontPoint, ...] = Field(
        default=(), description="where the front of a train of the convoy is when; empty: unknown"
    )


class AlteredTrain(PlanRecord):
    """A train that had to give way."""

    id: str
    measure: Literal["re-timed", "held", "re-routed", "shortened", "cancelled"]
    old_calls: tuple[TrainCall, ...]
    new_calls: tuple[TrainCall, ...] = Field(description="empty where it is cancelled")
    delay_s: float = Field(description="at its destination")
    weight: float = Field(default=1.0, description="of one second of its delay")
    because: str = ""


class RestrictionUse(PlanRecord):
    """A possession or speed restriction that was known when the paths were found."""

    sender: str
    id: str
    version: int
    sha256: str = Field(description="of its content; another content re-opens the plan")


class TrafficRecord(PlanRecord):
    """Traffic round a special train, in one view of the network."""

    view: Literal["pessimistic", "optimistic"]
    feed: str = ""
    date: str = Field(default="", description="service day, YYYY-MM-DD")
    minimum_gap_s: float = Field(
        default=0.0, ge=0.0, description="between two holds of one resource, over its capacity"
    )
    resources: tuple[ResourceRecord, ...]
    trains: tuple[TrainPath, ...]
    altered: tuple[AlteredTrain, ...] = ()
    known_overlaps: tuple[tuple[str, str, int], ...] = Field(
        default=(),
        description="train, train, resource: overlaps of the published timetable itself, which "
        "the inferred network cannot explain and no special train caused",
    )
    windows: tuple[HeldWindow, ...] = Field(
        default=(), description="what rules of protection hold free; drawn hatched"
    )
    route: tuple[RoutePlace, ...] = Field(
        default=(), description="places of the special train's way; empty: nobody worked them out"
    )
    restrictions: tuple[RestrictionUse, ...] = ()
    rules: RulesInForce | None = Field(default=None, description="None: nobody wrote them down")
    orders: tuple[RuleOrder, ...] = ()
    sections: tuple[LineSection, ...] = Field(
        default=(), description="those of the special train's way, and near it"
    )
    assumptions: tuple[str, ...] = ()
