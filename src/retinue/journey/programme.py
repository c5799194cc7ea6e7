"""What is to happen on board: entertainment, meetings, press, calls, sleep."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from retinue.journey.provisioning import Role
from retinue.journey.quantities import Span
from retinue.sourced import Record

__all__ = ["ProgrammeItem"]


class ProgrammeItem(Record):
    """One item of the programme.

    It begins ``at`` a moment; or on a ``day`` of the journey at a ``time`` of a clock; or
    ``after`` or ``before`` a meal (``2-lunch``) or a place of the route.  With ``after`` or
    ``before`` it is put where it fits best.
    """

    what: str = Field(min_length=1)
    kind: Literal["entertainment", "meeting", "press", "call", "sleep", "ceremony", "other"] = (
        "other"
    )
    who: tuple[Role, ...] = Field(min_length=1)
    where: str = Field(default="", description="role or label of a coach")
    lasts: Span
    at: str | None = Field(default=None, description="a moment, local where it names no zone")
    day: int | None = Field(default=None, ge=1, le=400)
    time: str | None = Field(default=None, pattern=r"^\d{1,2}:\d{2}$")
    clock: Literal["body", "local"] = "local"
    after: str | None = None
    before: str | None = None
    needs_connection: bool = False

    @model_validator(mode="after")
    def _one_time(self) -> ProgrammeItem:
        if (self.day is None) != (self.time is None):
            raise ValueError('"day" and "time" go together')
        fixed = (self.at is not None) + (self.day is not None)
        if fixed > 1 or (fixed and (self.after or self.before)):
            raise ValueError('name one of "at", "day" with "time", or "after" and "before"')
        if not fixed and not self.after and not self.before:
            raise ValueError('say when: "at", "day" and "time", "after" or "before"')
        if self.lasts <= 0:
            raise ValueError('"lasts" is not longer than nothing')
        return self
