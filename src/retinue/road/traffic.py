"""How other traffic slows a column down, by country, kind of road, day and hour."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator

from retinue.clock import local
from retinue.document import read_yaml, validate
from retinue.errors import InputError
from retinue.sourced import Record, SourcedRecord
from retinue.world.catalogue import find_file, shown_as

if TYPE_CHECKING:
    from retinue.road.request import RoadStretch

__all__ = ["TRAFFIC_DEFAULT", "TrafficEntry", "TrafficTable", "load_traffic"]

TRAFFIC_DEFAULT = "usual"
_HOURS = re.compile(r"(\d{1,2})-(\d{1,2})")
_LEAST = 0.05  # a slower column would be a closed road


class TrafficEntry(SourcedRecord):
    """Factors of one country and kind of road on one kind of day."""

    country: str = Field(pattern=r"^([A-Z]{2}|\*)$")
    road: Literal["urban", "motorway", "rural", "any"]
    days: Literal["weekday", "weekend", "every day"]
    hours: dict[str, float] = Field(description='e.g. "7-9": 0.7, from 7:00 to 9:00')

    @field_validator("hours")
    @classmethod
    def _sound(cls, hours: dict[str, float]) -> dict[str, float]:
        taken: set[int] = set()
        for text, factor in hours.items():
            found = _HOURS.fullmatch(text)
            span = range(*(int(part) for part in found.groups())) if found else range(0)
            if not span or span.stop > 24:
                raise ValueError(f'"{text}" is no span of hours, write e.g. "7-9"')
            if taken & set(span):
                raise ValueError(f'"{text}" overlaps another span of hours')
            if not _LEAST <= factor <= 1.0:
                raise ValueError(f"a factor lies between {_LEAST} and 1, not {factor}")
            taken |= set(span)
        return hours

    @cached_property
    def by_hour(self) -> tuple[float, ...]:
        """Factor of each hour of the day, 24 of them."""
        factors = [1.0] * 24
        for text, factor in self.hours.items():
            begin, end = (int(part) for part in text.split("-"))
            factors[begin:end] = [factor] * (end - begin)
        return tuple(factors)


class _TrafficFile(Record):
    retinue_traffic: Literal[1]
    title: str
    sources: dict[str, str]
    entries: tuple[TrafficEntry, ...] = Field(min_length=1)


@dataclass(frozen=True)
class TrafficTable:
    """Factors as they stand in one file; the first entry that fits holds.

    Attributes
    ----------
    text
        The file's words: what a plan's memory must hang on.
    """

    name: str
    title: str
    entries: tuple[TrafficEntry, ...]
    sources: dict[str, str]
    text: str

    def entry(self, country: str, road: str, *, weekend: bool) -> TrafficEntry | None:
        """Return the entry that holds on a road, or None where it runs free."""
        days = "weekend" if weekend else "weekday"
        for entry in self.entries:
            if (
                entry.country in (country, "*")
                and entry.road in (road, "any")
                and entry.days in (days, "every day")
            ):
                return entry
        return None

    def factor(self, stretch: RoadStretch, moment_s: float) -> float:
        """Return the share of the march speed that holds on a stretch at a moment."""
        there = local(moment_s, stretch.zone or "UTC")
        entry = self.entry(stretch.country, stretch.sort_of_road, weekend=there.weekday() >= 5)
        return 1.0 if entry is None else entry.by_hour[there.hour]


def load_traffic(name: str, folder: Path | None = None, *, where: str = "") -> TrafficTable:
    """Load a table of factors by a name of the catalogue, e.g. ``usual``, or by a path.

    Raises
    ------
    InputError
        For an unknown name or any fault in the file.
    """
    path = find_file(
        "traffic", name, folder, what="table of traffic", where=where, begins="retinue traffic:"
    )
    label = shown_as(path)
    node = read_yaml(path, label)
    table = validate(node, _TrafficFile)
    for number, entry in enumerate(table.entries):
        for source in (entry.source, *(basis.source for basis in entry.basis.values())):
            if source not in table.sources:
                raise InputError(
                    f'the source "{source}" is not described under "sources"',
                    where=node.where(("entries", number, "source")),
                    cure=f'Add "{source}: ..." to "sources".',
                )
    return TrafficTable(
        name=name,
        title=table.title,
        entries=table.entries,
        sources=table.sources,
        text=path.read_text(encoding="utf-8"),
    )
