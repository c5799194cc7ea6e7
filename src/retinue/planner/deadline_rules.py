"""The deadline table: what must be asked for, how long before, by whom (``deadlines.yaml``)."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from pydantic import Field, model_validator

from retinue.document import read_yaml, validate
from retinue.sourced import Record, SourcedRecord
from retinue.world.catalogue import SHIPPED

__all__ = ["DeadlineEntry", "DeadlineRules", "LeadTime", "load_deadline_rules"]

Mode = Literal["rail", "air", "road"]
#: Which countries of a leg an entry is for: all it is in; those flown over without landing; its
#: ends; foreign ends; foreign ones crossed; foreign ones where the party sets foot.
Place = Literal["crossed", "overflown", "end", "foreign end", "foreign crossed", "foreign entered"]
Need = Literal["guards", "food", "state flight", "heavy axles"]


class LeadTime(Record):
    """How long before: exactly one of the four."""

    business_days: int | None = Field(default=None, ge=0, le=500)
    days: int | None = Field(default=None, ge=0, le=1000)
    weeks: int | None = Field(default=None, ge=0, le=150)
    months: int | None = Field(default=None, ge=0, le=36)

    @model_validator(mode="after")
    def _one(self) -> LeadTime:
        stated = [self.business_days, self.days, self.weeks, self.months]
        if sum(value is not None for value in stated) != 1:
            raise ValueError("a lead time is one of: business days, days, weeks, months")
        return self

    def text(self) -> str:
        """Return it as printed, ``4 business days``."""
        for unit in ("business_days", "days", "weeks", "months"):
            number = getattr(self, unit)
            if number is not None:
                word = unit.replace("_", " ")
                return f"{number} {word if number != 1 else word[:-1]}"
        raise AssertionError("checked when it was read")


class DeadlineEntry(SourcedRecord):
    """One thing to be asked for."""

    what: str
    countries: tuple[str, ...] = ()
    mode: Mode | None = None
    place: Place = "crossed"
    needs: tuple[Need, ...] = ()
    lead_time: LeadTime
    counted_from: Literal["departure", "entry"]
    owner: str
    authority: str
    note: str = ""


class _Weekend(SourcedRecord):
    country: str = Field(pattern="^[A-Z]{2}$")
    days: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(description="ISO 8601: Monday is 1")


class _Zones(SourcedRecord):
    zones: dict[str, str]


class DeadlineRules(Record):
    """The table, and what is known of offices' days off and zones."""

    retinue_deadlines: Literal[1]
    sources: dict[str, str]
    entries: tuple[DeadlineEntry, ...]
    weekends: tuple[_Weekend, ...]
    capital_zones: _Zones

    @property
    def kinds(self) -> tuple[str, ...]:
        """The things that the table knows, in its order."""
        return tuple(dict.fromkeys(entry.what for entry in self.entries))

    def entry(self, what: str, country: str) -> DeadlineEntry | None:
        """Return the first entry of a kind that fits a country."""
        return next(
            (
                entry
                for entry in self.entries
                if entry.what == what and (not entry.countries or country in entry.countries)
            ),
            None,
        )


@cache
def load_deadline_rules() -> DeadlineRules:
    """Return the shipped table."""
    return validate(read_yaml(SHIPPED / "deadlines.yaml", "deadlines.yaml"), DeadlineRules)
