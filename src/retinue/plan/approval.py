"""Approvals of a plan and amendments to it: the register beside the plan, never part of its hash.

::

    draft -> submitted -> offered -> accepted -> frozen
      ^----------^-----------^-----------^---------'   an amendment lets approvals lapse
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from retinue.errors import InputError
from retinue.plan.plan import Plan
from retinue.plan.records import PlanRecord, Utc

__all__ = [
    "REGISTER_FILE",
    "REGISTER_SCHEMA",
    "STATES",
    "Amendment",
    "Approval",
    "ApprovalRegister",
    "MovedEvent",
    "PlanState",
    "register_file",
]

#: Its name beside plan.json.
REGISTER_FILE = "approvals.json"
REGISTER_SCHEMA: Literal["retinue-approvals/1"] = "retinue-approvals/1"

PlanState = Literal["draft", "submitted", "offered", "accepted", "frozen"]
STATES: tuple[PlanState, ...] = ("draft", "submitted", "offered", "accepted", "frozen")

_MOST_BYTES = 50_000_000


class Approval(PlanRecord):
    """Who took the plan a step further, when, and what exactly it was."""

    entry: int = Field(ge=1, description="its place among approvals and amendments")
    number: int = Field(ge=1)
    state: Literal["submitted", "offered", "accepted", "frozen"]
    role: str = Field(min_length=1, max_length=80)
    at_utc: Utc
    plan_hash: str = Field(description="of the plan that was approved")
    document: str = Field(default="", description="name of the offer or letter it rests on")
    document_sha256: str = ""
    lapsed_by: int | None = Field(default=None, description="number of the amendment; None: stands")


class MovedEvent(PlanRecord):
    """An event of the main movement that an amendment moved."""

    leg: str
    place: str
    kind: str
    before_utc: Utc
    after_utc: Utc


class Amendment(PlanRecord):
    """A change of a plan that had approvals."""

    entry: int = Field(ge=1, description="its place among approvals and amendments")
    number: int = Field(ge=1)
    at_utc: Utc
    role: str = Field(min_length=1, max_length=80)
    before_hash: str
    after_hash: str
    moved: tuple[MovedEvent, ...] = ()
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    paths: tuple[str, ...] = Field(default=(), description="what changed in the paths asked for")
    lapsed: tuple[int, ...] = Field(default=(), description="numbers of approvals")
    because: str = ""
    state: PlanState = Field(description="in which it leaves the plan")


class ApprovalRegister(PlanRecord):
    """Everything approved and amended, and the plan as it was last known.

    The plan is kept (compressed) because an amendment says what moved, and the plan's own file
    is by then the changed one.
    """

    schema_: Literal["retinue-approvals/1"] = Field(default=REGISTER_SCHEMA, alias="schema")
    title: str
    state: PlanState = "draft"
    plan_hash: str
    tolerance_before_s: float | None = Field(
        default=None, description="asked for on submission; None: as shipped"
    )
    tolerance_after_s: float | None = None
    approvals: tuple[Approval, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    plan_packed: str = Field(default="", description="plan.json of `plan_hash`, zlib, base64")

    model_config = PlanRecord.model_config | {"populate_by_name": True}

    @property
    def standing(self) -> tuple[Approval, ...]:
        """The approvals that have not lapsed, in order."""
        return tuple(one for one in self.approvals if one.lapsed_by is None)

    @property
    def latest_s(self) -> float | None:
        """When something was last entered, Unix seconds."""
        moments = [one.at_utc for one in self.approvals]
        moments += [one.at_utc for one in self.amendments]
        return max(moments, default=None)

    @property
    def next_entry(self) -> int:
        """The place of the next entry, from 1."""
        return len(self.approvals) + len(self.amendments) + 1

    def packed(self, plan: Plan) -> ApprovalRegister:
        """Return the register with another plan as the one last known."""
        packed = base64.b64encode(zlib.compress(plan.to_json().encode("utf-8"), 9))
        return self.model_copy(
            update={"plan_packed": packed.decode("ascii"), "plan_hash": plan.hash}
        )

    def plan(self) -> Plan:
        """Return the plan as it was last known.

        Raises
        ------
        InputError
            Where it is not kept soundly.
        """
        try:
            unpacker = zlib.decompressobj()
            text = unpacker.decompress(base64.b64decode(self.plan_packed, validate=True),
                                       _MOST_BYTES)  # fmt: skip
            if unpacker.unconsumed_tail or not unpacker.eof:
                raise ValueError("it is too long, or cut off")
            words = text.decode("utf-8")
        except (ValueError, zlib.error, binascii.Error) as error:
            raise InputError(
                f"the plan kept in the register cannot be read: {error}",
                where=REGISTER_FILE,
                cure="Restore the register from a copy; without it approvals count as lapsed.",
            ) from error
        return Plan.from_json(words, f"{REGISTER_FILE}: plan")

    def as_dict(self) -> dict[str, Any]:
        """Return the register as JSON values."""
        return self.model_dump(mode="json", by_alias=True)

    def to_json(self) -> str:
        """Return the file's text."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str, name: str = REGISTER_FILE) -> ApprovalRegister:
        """Read the file's text.

        Raises
        ------
        InputError
            Where it is no register of this version.
        """
        cure = "Restore it from a copy; without it approvals count as lapsed."
        try:
            record = json.loads(text)
        except json.JSONDecodeError as error:
            raise InputError(
                f"this is not JSON: {error.msg}", where=f"{name}:{error.lineno}", cure=cure
            ) from error
        except (ValueError, RecursionError) as error:
            raise InputError("this is no register of approvals", where=name, cure=cure) from error
        version = record.get("schema") if isinstance(record, dict) else None
        if version != REGISTER_SCHEMA:
            raise InputError(
                f'the register has the schema "{str(version)[:40]}", '
                f'this Retinue reads "{REGISTER_SCHEMA}"',
                where=name,
                cure=cure,
            )
        try:
            return cls.model_validate(record)
        except (ValidationError, ValueError, OverflowError) as error:
            first = error.errors()[0] if isinstance(error, ValidationError) else None
            what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}" if first else str(error)
            raise InputError(f"this is no sound register: {what}", where=name, cure=cure) from error


def register_file(plan: Path) -> Path:
    """Return where the register of a plan stands: beside its plan.json."""
    return (plan if plan.is_dir() else plan.parent) / REGISTER_FILE
