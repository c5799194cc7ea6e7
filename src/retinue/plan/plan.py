"""Plan: the one JSON document that holds what will happen."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from retinue.errors import InputError
from retinue.plan.conditions import Condition
from retinue.plan.leg import Leg
from retinue.plan.papers import Deadline, Paper, Permit
from retinue.plan.records import (
    Assumption,
    Handover,
    JsonDict,
    Note,
    PlaceRecord,
    PlanRecord,
    Source,
    Utc,
)
from retinue.plan.train_path import AdoptedPath

__all__ = [
    "SCHEMA",
    "Alternative",
    "Comparison",
    "JourneyRecord",
    "MadeWith",
    "Observation",
    "Plan",
    "Support",
]

SCHEMA: Literal["retinue-plan/1"] = "retinue-plan/1"


class Observation(PlanRecord):
    """An observed time of the main movement at a place."""

    leg: str
    place: str
    time_utc: Utc


class JourneyRecord(PlanRecord):
    """What the plan was made from; enough to make it again."""

    name: str
    file: str
    text: str = Field(description="the journey file, word for word")
    extra_files: dict[str, str] = Field(
        default_factory=dict, description="users' own trains, line books ... by name, word for word"
    )
    depart: str | None = Field(
        default=None, description="departure asked for instead of the file's"
    )


class MadeWith(PlanRecord):
    """Version and data that made the plan."""

    retinue: str
    pack_version: str
    pack_sha256: str
    catalogue_sha256: str
    world: str = Field(default="", description="built world at track level, if one was named")
    world_sha256: str = Field(default="", description="of its manifest")


class Comparison(PlanRecord):
    """One column of the table of alternatives."""

    title: str
    modes: tuple[str, ...]
    duration_s: float
    distance_m: float
    cost_base: float | None
    countries: tuple[str, ...]
    assumptions: int


class Alternative(PlanRecord):
    """Another way to make the journey, planned as fully as the first."""

    title: str
    feasible: bool = True
    reasons: tuple[str, ...] = ()
    legs: tuple[Leg, ...] = ()
    handovers: tuple[Handover, ...] = ()


class Support(PlanRecord):
    """A movement apart from the party that must be there for one of its legs."""

    title: str
    feasible: bool = True
    reasons: tuple[str, ...] = ()
    legs: tuple[Leg, ...] = ()
    handovers: tuple[Handover, ...] = ()
    for_leg: str = ""
    due_utc: Utc | None = Field(default=None, description="latest arrival that serves that leg")
    slack_s: float | None = Field(default=None, description="how much earlier it arrives")


class Plan(PlanRecord):
    """A complete plan.

    The JSON form is canonical: keys in the order of the fields, numbers as
    rounded by their records, so equal plans are equal byte for byte.
    """

    schema_: Literal["retinue-plan/1"] = Field(default=SCHEMA, alias="schema")
    title: str
    hash: str = ""
    made_at: str = Field(default="", description="not part of the hash")
    made_with: MadeWith
    journey: JourneyRecord
    observations: tuple[Observation, ...] = ()
    paths: tuple[AdoptedPath, ...] = Field(
        default=(), description="of rail legs among other trains; they bind the legs' clocks"
    )
    origin: PlaceRecord
    destination: PlaceRecord
    depart_utc: Utc
    arrive_utc: Utc
    base_currency: str = "EUR"
    legs: tuple[Leg, ...]
    handovers: tuple[Handover, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    support: tuple[Support, ...] = ()
    comparison: tuple[Comparison, ...] = ()
    notes: tuple[Note, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    sources: tuple[Source, ...] = ()
    sites: tuple[JsonDict, ...] = ()
    closures: tuple[JsonDict, ...] = ()
    duties: tuple[JsonDict, ...] = ()
    stores: tuple[JsonDict, ...] = ()
    messages: tuple[JsonDict, ...] = ()
    papers: tuple[Paper, ...] = ()
    permits: tuple[Permit, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    conditions: tuple[Condition, ...] = ()

    model_config = PlanRecord.model_config | {"populate_by_name": True}

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as JSON values."""
        record = self.model_dump(mode="json", by_alias=True)
        if not self.paths:
            # The hash of a plan without any stays what it was before plans knew of paths.
            del record["paths"]
        return record

    def digest(self) -> str:
        """Return the SHA-256 of the canonical plan without ``hash`` and ``made_at``."""
        record = self.as_dict()
        record["hash"] = record["made_at"] = ""
        text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()

    def sealed(self, made_at: str = "") -> Plan:
        """Return the plan with its hash filled in."""
        return self.model_copy(update={"hash": self.digest(), "made_at": made_at})

    def summary(self) -> str:
        """Return the plan in a few lines of text."""
        from retinue.plan.summary import summary_text

        return summary_text(self)

    def to_json(self) -> str:
        """Return the plan file's text."""
        return (
            json.dumps(self.as_dict(), ensure_ascii=False, indent=None, separators=(",", ":"))
            + "\n"
        )

    @classmethod
    def from_json(cls, text: str, name: str = "plan.json") -> Plan:
        """Read a plan file's text.

        Raises
        ------
        InputError
            Where the text is no plan of this schema version.
        """
        from pydantic import ValidationError

        try:
            record = json.loads(text)
        except json.JSONDecodeError as error:
            raise InputError(
                f"this is not JSON: {error.msg}", where=f"{name}:{error.lineno}"
            ) from error
        version = record.get("schema") if isinstance(record, dict) else None
        if version != SCHEMA:
            raise InputError(
                f'the plan has the schema "{version}", this Retinue reads "{SCHEMA}"',
                where=name,
                cure="Make the plan again with this version: retinue plan JOURNEY.",
            )
        try:
            return cls.model_validate(record)
        except (ValidationError, KeyError, ValueError) as error:
            first = error.errors()[0] if isinstance(error, ValidationError) else None
            what = f"{'.'.join(map(str, first['loc']))}: {first['msg']}" if first else str(error)
            raise InputError(f"this is not a sound plan: {what}", where=name) from error

    @classmethod
    def load(cls, path: Path) -> Plan:
        """Read ``plan.json`` or the folder that holds it.

        Raises
        ------
        InputError
            Where there is no plan, or not a sound one.
        """
        file = path / "plan.json" if path.is_dir() else path
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                "there is no plan here",
                where=str(file),
                cure="Make one: retinue plan JOURNEY -o DIR.",
            ) from error
        return cls.from_json(text, str(file))
