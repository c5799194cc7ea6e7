"""The programme on board as a plan records it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retinue.plan.records import PlanRecord, Utc

__all__ = ["ProgrammeConflict", "ProgrammeEntry", "ProgrammeRecord"]


class ProgrammeEntry(PlanRecord):
    """One line of the calendar."""

    id: str
    what: str
    kind: str
    who: tuple[str, ...]
    where: str = ""
    start_utc: Utc
    end_utc: Utc
    zone: str = Field(description="local zone at its begin")
    local: str = Field(description="as printed")
    body: str = Field(description="what the body's clock shows, as printed")
    fixed: bool = True
    between: str = ""


class ProgrammeConflict(PlanRecord):
    """Two things that cannot both be, or one that cannot be there and then."""

    kind: Literal[
        "two places", "room taken", "meal", "quiet hours", "closed", "no connection",
        "off the train", "no such coach",
    ]  # fmt: skip
    entry: str
    other: str
    from_utc: Utc
    until_utc: Utc
    text: str


class ProgrammeRecord(PlanRecord):
    """The calendar and what does not fit in it."""

    entries: tuple[ProgrammeEntry, ...] = ()
    conflicts: tuple[ProgrammeConflict, ...] = ()
