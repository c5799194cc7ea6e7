"""The protection of a plan: a document of its own, kept apart from the plan file.

It names the plan it belongs to; the plan file names nothing of it, so that who may read
the plan learns no closure, post or fallback from it.
"""

from __future__ import annotations

import json
from typing import Literal

from pydantic import Field, ValidationError

from retinue.errors import InputError
from retinue.plan.closure import Closure, PassageBand, SeveredAccess
from retinue.plan.command import Channel, Decision, Fallback, SafeHaven, Weakness
from retinue.plan.duty import CrewDuty, Duty, Task, UncoveredTask
from retinue.plan.records import Assumption, JsonDict, Note, Source
from retinue.plan.sealed import SealedDocument

__all__ = ["SCHEMA", "Protection"]

SCHEMA: Literal["retinue-protection/1"] = "retinue-protection/1"


class Protection(SealedDocument):
    """Everything that keeps a journey safe."""

    schema_: Literal["retinue-protection/1"] = Field(default=SCHEMA, alias="schema")
    plan_hash: str
    title: str
    policy: str
    policy_text: str = Field(description="the policy file, word for word")
    version: int = Field(default=1, ge=1)
    hash: str = ""
    sites: tuple[JsonDict, ...] = Field(default=(), description="as in the plan, with class")
    passages: tuple[PassageBand, ...] = ()
    joint_coverage: float | None = None
    closures: tuple[Closure, ...] = ()
    severed: tuple[SeveredAccess, ...] = ()
    tasks: tuple[Task, ...] = ()
    duties: tuple[Duty, ...] = ()
    uncovered: tuple[UncoveredTask, ...] = ()
    crews: tuple[CrewDuty, ...] = ()
    decisions: tuple[Decision, ...] = ()
    channels: tuple[Channel, ...] = ()
    havens: tuple[SafeHaven, ...] = ()
    fallbacks: tuple[Fallback, ...] = ()
    weaknesses: tuple[Weakness, ...] = ()
    signature: tuple[JsonDict, ...] = ()
    odds: JsonDict | None = None
    notes: tuple[Note, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    sources: tuple[Source, ...] = ()
    figures: JsonDict = Field(default_factory=dict, description="totals for the cover sheet")

    @classmethod
    def from_json(cls, text: str, name: str = "annex") -> Protection:
        """Read the document.

        Raises
        ------
        InputError
            Where the text is no such document.
        """
        try:
            record = json.loads(text)
            if not isinstance(record, dict) or record.get("schema") != SCHEMA:
                raise ValueError(f"its schema is not {SCHEMA}")
            return cls.model_validate(record)
        except (ValueError, KeyError, ValidationError) as error:
            raise InputError(
                f"this is not a sound protection document: {str(error).splitlines()[0]}",
                where=name,
                cure="Make it again: retinue protect PLAN.",
            ) from error
