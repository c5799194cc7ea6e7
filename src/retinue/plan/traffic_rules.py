"""Rules of protection in a record of traffic: which are on, and what shows that they are kept.

A checker works every rule out anew from these and the trains' holds: the sections of the line with
the blocks of each direction and their course, and where the fronts of the convoy are when.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retinue.plan.moments import Second
from retinue.plan.records import PlanRecord

__all__ = ["BlockSpan", "FrontPoint", "HeldWindow", "LineSection", "RuleOrder", "RulesInForce"]

#: Chainage along the special train's leg, and Unix seconds with their fraction.
FrontPoint = tuple[float, float]


class HeldWindow(PlanRecord):
    """A resource that a rule of protection keeps free of other trains for some time."""

    rule: str = Field(description='as policies name it, e.g. "stations sealed"')
    resource: int
    from_utc: Second
    to_utc: Second


class RulesInForce(PlanRecord):
    """The rules of protection that are on, as the policy names them."""

    policy: str = Field(default="", description="name of the policy; empty: none was asked for")
    policy_sha256: str = Field(default="", description="of its text")
    on: tuple[str, ...] = ()
    off: tuple[str, ...] = Field(default=(), description="switched off by hand")
    binds: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="classes of train that a rule binds; unnamed: all"
    )
    freight_stands_within_s: float = Field(default=0.0, description="before the first train")
    shunting_stopped_before_s: float = Field(default=0.0, description="before the first train")
    no_works_before_s: float = Field(default=0.0, description="before the first train")
    advance_at_most_s: float | None = Field(
        default=None, description="greatest lead of the advance train; None: not told"
    )


class RuleOrder(PlanRecord):
    """What staff are told because of a rule, where no timetable shows that it is kept."""

    rule: str
    place: str
    what: str
    from_m: float = Field(description="chainage along the special train's leg")
    to_m: float
    from_utc: Second
    to_utc: Second


class BlockSpan(PlanRecord):
    """A block of one direction of a section."""

    resource: int
    from_m: float = Field(description="metres from the section's end a")
    to_m: float


class LineSection(PlanRecord):
    """The line between two neighbouring nodes, on the special train's way or near it."""

    id: int
    name: str
    a: int = Field(description="number of the node that metres count from")
    b: int
    length_m: float
    tracks: int = Field(ge=1)
    up: tuple[BlockSpan, ...] = Field(description="blocks from a to b, in running order")
    down: tuple[BlockSpan, ...] = Field(
        description="blocks from b to a, in running order; of one track the same as `up`"
    )
    a_m: float | None = Field(
        default=None, description="chainage of a along the leg; None: the section is off it"
    )
    b_m: float | None = Field(default=None, description="chainage of b")
    ground: Literal["world", "feed", "pack", "straight"] = Field(
        default="straight", description="what the course stands on; straight: it is not known"
    )
    lat: tuple[float, ...] = Field(default=(), description="course from a to b")
    lon: tuple[float, ...] = ()
