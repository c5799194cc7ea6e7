"""The traffic round a plan's rail legs, as a document beside the plan.

The plan keeps what its own trains are told (`Plan.paths`); this document keeps what that stands
on: the timetable as it was, the convoy in it, who gives way, and what was asked for, so that it
can be asked again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from retinue.errors import InputError
from retinue.plan.records import PlanRecord
from retinue.plan.sealed import SealedDocument
from retinue.plan.traffic import TrafficRecord
from retinue.plan.train_path import AdoptedPath

__all__ = [
    "SCHEMA",
    "TRAFFIC_FILE",
    "ClearingCost",
    "CurvePoint",
    "InsertionAsked",
    "LegTraffic",
    "TrafficDocument",
]

SCHEMA: Literal["retinue-traffic/1"] = "retinue-traffic/1"

TRAFFIC_FILE = "traffic.json"


def _refused(word: str) -> float:
    raise ValueError(f"{word} is no number")


class InsertionAsked(PlanRecord):
    """What the path was asked for with."""

    feed: str = Field(description="as it was named: a path or a name of the catalogue")
    date: str = Field(default="", description="service day; empty: that of the departure")
    view: Literal["pessimistic", "optimistic"] = "pessimistic"
    policy: str = Field(default="", description="of protection; empty: no rules")
    rules_off: tuple[str, ...] = ()
    within_min: float = 60.0
    may_wait: bool = True
    clear: bool = Field(default=False, description="other trains give way")
    curve_min: tuple[float, ...] = ()
    alternatives: int = Field(default=0, ge=0, description="other ways that are searched too")
    restrictions: tuple[str, ...] = Field(
        default=(), description="files of possessions and slow stretches beside the journey's own"
    )


class CurvePoint(PlanRecord):
    """What clearing the line costs others where the special train departs later."""

    later_min: float
    cost_s: float = Field(description="weighted seconds of delay")
    bound_s: float = Field(description="no way of clearing costs less")


class ClearingCost(PlanRecord):
    """What clearing the line costs; weighted seconds of delay."""

    cost_s: float
    bound_s: float = Field(description="no way of clearing costs less")
    optimal: bool
    passenger_delay_s: float = Field(description="passengers times seconds")
    held_cost_s: float = Field(description="where every train in the way is held instead")
    curve: tuple[CurvePoint, ...] = ()


class LegTraffic(PlanRecord):
    """One rail leg among other trains."""

    leg: str
    title: str
    asked: InsertionAsked
    policy_text: str = Field(
        default="", description="of a policy of the user's own, word for word; empty: shipped"
    )
    path: AdoptedPath
    record: TrafficRecord
    cost: ClearingCost | None = Field(default=None, description="where other trains give way")


class TrafficDocument(SealedDocument):
    """The legs of a plan that were given a path among other trains."""

    schema_: Literal["retinue-traffic/1"] = Field(default=SCHEMA, alias="schema")
    plan_hash: str
    title: str
    hash: str = ""
    retinue: str = Field(default="", description="version that made it")
    legs: tuple[LegTraffic, ...] = Field(min_length=1)

    def of_leg(self, leg: str) -> LegTraffic | None:
        """Return the traffic of a leg; None where it was given no path."""
        return next((part for part in self.legs if part.leg == leg), None)

    @classmethod
    def from_json(cls, text: str, name: str = TRAFFIC_FILE) -> TrafficDocument:
        """Read the document.

        Raises
        ------
        InputError
            Where the text is no such document, or was changed after it was made.
        """
        cure = "Make it again: retinue insert PLAN --traffic FEED --adopt."
        try:
            record = json.loads(text, parse_constant=_refused)
            if not isinstance(record, dict) or record.get("schema") != SCHEMA:
                raise ValueError(f"its schema is not {SCHEMA}")
            found = cls.model_validate(record)
        except (ValueError, KeyError, ValidationError, RecursionError) as error:
            raise InputError(
                f"this is no sound document of traffic: {str(error).splitlines()[0]}",
                where=name,
                cure=cure,
            ) from error
        if not found.is_sealed_by(text):
            raise InputError(
                "its hash differs: it was changed after it was made, or made by another version",
                where=name,
                cure=cure,
            )
        return found

    @classmethod
    def beside(cls, plan: Path) -> TrafficDocument | None:
        """Read the document beside a plan (its folder or file); None where there is none.

        Raises
        ------
        InputError
            As `from_json`.
        """
        file = (plan if plan.is_dir() else plan.parent) / TRAFFIC_FILE
        if not file.is_file():
            return None
        return cls.from_json(file.read_text(encoding="utf-8", errors="replace"), str(file))
