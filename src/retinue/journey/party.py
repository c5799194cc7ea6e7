"""Who travels, and what some of them will not do."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from retinue.journey.quantities import Span
from retinue.sourced import Record
from retinue.units import Acceleration, Length

__all__ = ["Member", "Party"]

_WORDS = {
    "fly": "air", "flight": "air", "train": "rail", "drive": "road", "motorcade": "road",
}  # fmt: skip


def _modes(value: object) -> object:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list | tuple):
        return value
    return tuple(_WORDS.get(str(item).casefold(), item) for item in listed)


class Member(Record):
    """Somebody of the party with limits of their own."""

    who: str = Field(min_length=1)
    will_not: Annotated[tuple[Literal["air", "rail", "road"], ...], BeforeValidator(_modes)] = ()
    highest: Length | None = Field(default=None, description="above sea level, in a car or cabin")
    motion: Acceleration | None = Field(
        default=None, gt=0, description="most vertical motion, weighted r.m.s. (ISO 2631-1)"
    )
    longest: dict[Literal["air", "rail", "road"], Span] = Field(
        default_factory=dict, description="longest time at a stretch in one mode"
    )


class Party(Record):
    """Who travels."""

    principal: int = Field(default=1, ge=1)
    officials: int = Field(default=0, ge=0)
    guests: int = Field(default=0, ge=0)
    guards: int = Field(default=0, ge=0)
    staff: int = Field(default=0, ge=0)
    crew: int = Field(default=0, ge=0)
    members: tuple[Member, ...] = Field(default=(), description="those with limits of their own")

    @property
    def total(self) -> int:
        """Number of people."""
        return self.principal + self.officials + self.guests + self.guards + self.staff + self.crew
