"""Options: every sensible way to make one journey, measured alike and set side by side.

An option set is its own document (``retinue options JOURNEY -o FILE.json``).  There is no
score: each option keeps seven measures, and an option is dominated where another is at
least as good in all of them and better in one.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import ConfigDict, Field

from retinue.plan.leg import Mode
from retinue.plan.records import PlanRecord, Utc

__all__ = [
    "MEASURES",
    "OPTIONS_SCHEMA",
    "Domination",
    "Measures",
    "Option",
    "OptionLeg",
    "OptionReason",
    "OptionSet",
]

OPTIONS_SCHEMA: Literal["retinue-options/1"] = "retinue-options/1"

#: The measures that are compared, in the order in which they are shown; less is better in each.
MEASURES = ("time_s", "exposure_h", "cost", "held_h", "lost_h", "weather_limits", "lead_days")


class Measures(PlanRecord):
    """What one option costs in seven ways; less is better in each of them."""

    time_s: float = Field(description="from door to door")
    exposure_h: float = Field(description="weighted hours: hours times weight of place and speed")
    cost: float = Field(description="in the set's currency")
    held_h: float = Field(description="person-hours that others are held up")
    lost_h: float = Field(description="hours in which nobody can work or sleep")
    weather_limits: int = Field(description="limits of weather that can stop one of the legs")
    lead_days: float = Field(description="longest lead time of what must be asked for, days")

    def value(self, name: str) -> float:
        """Return one measure by its name."""
        return float(getattr(self, name))


class OptionLeg(PlanRecord):
    """One leg of an option, with its share of what adds up."""

    id: str
    mode: Mode
    from_: str = Field(alias="from")
    to: str
    vehicle: str
    depart_utc: Utc
    arrive_utc: Utc
    depart_zone: str
    arrive_zone: str
    distance_m: float
    countries: tuple[str, ...] = ()
    exposure_h: float
    cost: float
    held_h: float
    comfort_h: float = Field(description="hours able to work or sleep")
    weather: tuple[str, ...] = Field(default=(), description="hazards that can stop the leg")

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=True
    )


class Domination(PlanRecord):
    """An option that is at least as good in everything and better in something."""

    by: str = Field(description="id of the other option")
    title: str
    better_on: tuple[str, ...] = Field(description="measures in which it is better")


class OptionReason(PlanRecord):
    """Why an option cannot be made, or who will not have it."""

    what: str
    kind: str = ""
    cure: str = ""
    where: str = ""


class Option(PlanRecord):
    """One way from door to door."""

    id: str
    title: str
    modes: tuple[Mode, ...] = Field(description="of its legs, in order")
    pattern: str = Field(description='the trunk: "rail", "air", "road", "rail + air" ...')
    as_planned: bool = Field(default=False, description="the journey file's own legs")
    reference: bool = Field(default=False, description="what the sentences compare with")
    reasons: tuple[OptionReason, ...] = ()
    legs: tuple[OptionLeg, ...] = ()
    measures: Measures | None = None
    comfort_h: float = 0.0
    lead_for: str = Field(default="", description="what has the longest lead time")
    on_front: bool = Field(default=False, description="no other option dominates it")
    dominated_by: tuple[Domination, ...] = ()
    sentence: str = Field(default="", description="how it differs from the reference, in words")
    not_assessed: tuple[str, ...] = Field(
        default=(), description="limits of the party that nothing is known to judge by"
    )

    @property
    def trunk(self) -> frozenset[str]:
        """Modes of the pattern."""
        return frozenset(self.pattern.split(" + "))


class OptionSet(PlanRecord):
    """Every option that was looked at; those that cannot be made stand apart, with the reason."""

    schema_: Literal["retinue-options/1"] = Field(default=OPTIONS_SCHEMA, alias="schema")
    title: str
    journey: str
    depart_utc: Utc
    depart_zone: str
    origin: str
    destination: str
    currency: str
    retinue: str
    pack_sha256: str
    catalogue_sha256: str
    world: str = ""
    remark: str = Field(default="", description="what of the journey is compared, if not all")
    tolerances: dict[str, float] = Field(description="differences below this count as none")
    options: tuple[Option, ...] = Field(description="those that can be made")
    impossible: tuple[Option, ...] = Field(default=(), description="those that cannot, and why")
    formulas: dict[str, str] = Field(description="how each measure is made, in words")
    assumptions: tuple[str, ...] = Field(default=(), description="planning values nobody published")

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=True
    )

    def as_dict(self) -> dict[str, Any]:
        """Return the set as JSON values."""
        return self.model_dump(mode="json", by_alias=True)

    def to_json(self) -> str:
        """Return the file's text: canonical, so that equal sets are equal byte for byte."""
        return (
            json.dumps(self.as_dict(), ensure_ascii=False, indent=None, separators=(",", ":"))
            + "\n"
        )

    @property
    def front(self) -> tuple[Option, ...]:
        """Options that no other dominates."""
        return tuple(option for option in self.options if option.on_front)
