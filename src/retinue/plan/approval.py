"""Approvals of a plan and amendments to it: the register beside the plan, never part of its hash.

::

    draft -> submitted -> offered -> accepted -> frozen
      ^----------^-----------^-----------^---------'   an amendment lets approvals lapse
"""

from __future__ import annotations

import base64
import binascii
import hashlib
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
    "Paper",
    "PlanState",
    "RestrictionChange",
    "packed_text",
    "refuse_frozen",
    "register_file",
]

#: Its name beside plan.json.
REGISTER_FILE = "approvals.json"
REGISTER_SCHEMA: Literal["retinue-approvals/1"] = "retinue-approvals/1"

PlanState = Literal["draft", "submitted", "offered", "accepted", "frozen"]
STATES: tuple[PlanState, ...] = ("draft", "submitted", "offered", "accepted", "frozen")

_MOST_BYTES = 50_000_000


class Paper(PlanRecord):
    """A document that an approval rests on."""

    name: str = Field(max_length=255)
    sha256: str
    packed: str = Field(
        default="", description="an offer word for word, zlib, base64; empty: another document"
    )

    @classmethod
    def of(cls, name: str, content: bytes, *, keep: bool) -> Paper:
        """Return the record of a document; with ``keep`` its content too."""
        packed = base64.b64encode(zlib.compress(content, 9)).decode("ascii") if keep else ""
        return cls(name=name, sha256=hashlib.sha256(content).hexdigest(), packed=packed)

    def content(self) -> bytes | None:
        """Return the document's content; None where only its hash is kept.

        Raises
        ------
        InputError
            Where what is kept is not what was approved.
        """
        if not self.packed:
            return None
        found = _unpacked(self.packed, f"the paper {self.name} kept in the register")
        if hashlib.sha256(found).hexdigest() != self.sha256:
            raise InputError(
                f"the paper {self.name} kept in the register is not the one whose hash it names",
                where=REGISTER_FILE,
                cure="Restore the register from a copy.",
            )
        return found


class Approval(PlanRecord):
    """Who took the plan a step further, when, and what exactly it was."""

    entry: int = Field(ge=1, description="its place among approvals and amendments")
    number: int = Field(ge=1)
    state: Literal["submitted", "offered", "accepted", "frozen"]
    role: str = Field(min_length=1, max_length=80)
    at_utc: Utc
    plan_hash: str = Field(description="of the plan that was approved")
    papers: tuple[Paper, ...] = Field(default=(), description="offers and letters it rests on")
    deviations: tuple[str, ...] = Field(
        default=(), description="where the offer is not what was asked for, and what re-opened it"
    )
    despite: str = Field(
        default="", max_length=500, description="why these deviations are accepted"
    )
    lapsed_by: int | None = Field(default=None, description="number of the amendment; None: stands")


class MovedEvent(PlanRecord):
    """An event of the main movement that an amendment moved."""

    leg: str
    place: str
    kind: str
    before_utc: Utc
    after_utc: Utc


class RestrictionChange(PlanRecord):
    """A possession or speed restriction whose new state re-opened a plan."""

    what: Literal["new", "changed", "withdrawn", "gone"]
    sender: str
    id: str
    version: int
    sha256: str
    leg: str
    words: str = Field(description="where and when it touches the plan")
    touches: bool = Field(description="a train runs there and then; False: it only frees")

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What tells it from every other change."""
        return self.what, self.sender, self.id, self.sha256, self.leg


class Amendment(PlanRecord):
    """A change of a plan that had approvals, or of what the plan stands on."""

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
    restrictions: tuple[RestrictionChange, ...] = Field(
        default=(), description="re-opened by these; the plan itself is then the same"
    )
    withdrawn: bool = Field(
        default=False, description="everything asked for is withdrawn, everything booked cancelled"
    )
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
    asked_packed: str = Field(
        default="", description="the path requests as submitted, our CSV, zlib, base64"
    )
    sent_packed: str = Field(
        default="", description="requests that are sent and not booked, as sent; packed likewise"
    )
    booked_packed: str = Field(
        default="", description="requests that are booked, with the paths' names; packed likewise"
    )
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
        packed = packed_text(plan.to_json())
        return self.model_copy(update={"plan_packed": packed, "plan_hash": plan.hash})

    def sheet(self, which: Literal["asked", "sent", "booked"]) -> str:
        """Return a sheet of path requests that is kept; empty: there is none.

        Raises
        ------
        InputError
            Where it is not kept soundly.
        """
        packed: str = getattr(self, f"{which}_packed")
        if not packed:
            return ""
        what = "the path requests kept in the register"
        try:
            return _unpacked(packed, what).decode("utf-8")
        except UnicodeDecodeError as error:
            raise _unreadable(what, error) from error

    def plan(self) -> Plan:
        """Return the plan as it was last known.

        Raises
        ------
        InputError
            Where it is not kept soundly.
        """
        content = _unpacked(self.plan_packed, "the plan kept in the register")
        try:
            words = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _unreadable("the plan kept in the register", error) from error
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


def packed_text(text: str) -> str:
    """Return a text as the register keeps it."""
    return base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")


def _unpacked(packed: str, what: str) -> bytes:
    try:
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(base64.b64decode(packed, validate=True), _MOST_BYTES)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise ValueError("it is too long, or cut off")
    except (ValueError, zlib.error, binascii.Error) as error:
        raise _unreadable(what, error) from error
    return content


def _unreadable(what: str, error: Exception) -> InputError:
    return InputError(
        f"{what} cannot be read: {error}",
        where=REGISTER_FILE,
        cure="Restore the register from a copy; without it approvals count as lapsed.",
    )


def register_file(plan: Path) -> Path:
    """Return where the register of a plan stands: beside its plan.json."""
    return (plan if plan.is_dir() else plan.parent) / REGISTER_FILE


def refuse_frozen(folder: Path, plan: Plan) -> None:
    """Refuse to put another plan in place of a frozen one.

    Raises
    ------
    InputError
        Where the register in the folder says frozen, and of another plan than this.
    """
    file = register_file(folder)
    if not file.exists():
        return
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("the register cannot be read", where=str(file)) from error
    register = ApprovalRegister.from_json(text, str(file))
    if register.state == "frozen" and register.plan_hash != plan.hash:
        raise InputError(
            f"the plan is frozen ({register.plan_hash[:12]}) and would change"
            f" (to {plan.hash[:12]})",
            where=str(file),
            cure="A frozen plan changes by a numbered amendment only: add --amend ROLE, or write"
            " the new plan to another folder with -o.",
        )
