"""The clock on the wall along a journey: which zone it shows when, and the days it counts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from retinue.clock import local, local_text, offset_text

if TYPE_CHECKING:
    from retinue.plan.plan import Plan

__all__ = ["DAY_S", "DayPiece", "LocalClock"]

DAY_S = 86400.0


@dataclass(frozen=True)
class DayPiece:
    """A part of a stretch of time that lies in one local day, seconds from its midnight."""

    day: int
    from_s: float
    until_s: float


@dataclass(frozen=True)
class LocalClock:
    """Zones from moments on, Unix seconds; the first holds before its moment, too."""

    begins: tuple[float, ...]
    zones: tuple[str, ...]

    #: Between the parts of a moment, and between two moments.
    space: ClassVar[str] = " "
    dash: ClassVar[str] = "-"

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """Return the clock that those on the main movements read."""
        turns = [(plan.depart_utc, plan.origin.zone)]
        for leg in plan.legs:
            turns.append((leg.depart_utc, leg.from_.zone))
            turns += [(e.time_utc, e.zone) for e in leg.timeline if e.role == "main" and e.zone]
            turns.append((leg.arrive_utc, leg.to.zone))
        return cls.told_by(turns)

    @classmethod
    def told_by(cls, records: Iterable[tuple[float, str]]) -> Self:
        """Return the clock of which moments and zones are told; each holds until the next."""
        found: list[tuple[float, str]] = []
        for moment, zone in sorted(records, key=lambda one: one[0]):
            if not found or zone != found[-1][1]:
                found.append((moment, zone))
        found = found or [(0.0, "UTC")]
        return cls(tuple(t for t, _ in found), tuple(z for _, z in found))

    def kept_at(self, zone: str) -> Self:
        """Return the clock of somebody who stays in one zone, worded as this one."""
        return type(self)((0.0,), (zone,)) if zone else self

    def zone(self, moment: float) -> str:
        """Return the zone at a moment."""
        return self.zones[max(bisect_right(self.begins, moment) - 1, 0)]

    def local_s(self, moment: float) -> float:
        """Return what the clock shows, seconds since midnight of day 0 (proleptic ordinal)."""
        there = local(moment, self.zone(moment))
        midnight = there.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        passed = (there.replace(tzinfo=None) - midnight).total_seconds()
        return there.toordinal() * DAY_S + passed

    def moment(self, moment: float) -> str:
        """Return ``10 Sep 17:30 +09``."""
        text = local_text(moment, self.zone(moment)).strip()
        return text.replace(" ", self.space)

    def clock(self, moment: float) -> str:
        """Return ``17:30``."""
        return local_text(moment, self.zone(moment), date=False, offset=False).strip()

    def span(self, begin: float, end: float) -> str:
        """Return ``10 Sep 17:30-18:10 +09``; the day and the offset again where they change."""
        first, last = self.zone(begin), self.zone(end)
        same_day = int(self.local_s(begin) // DAY_S) == int(self.local_s(end) // DAY_S)
        if not same_day or offset_text(begin, first) != offset_text(end, last):
            return f"{self.moment(begin)} to{self.space}{self.moment(end)}"
        day, clock, offset = self.moment(begin).rsplit(self.space, 2)
        return f"{day}{self.space}{clock}{self.dash}{self.clock(end)}{self.space}{offset}"

    def days(self, begin: float, end: float) -> tuple[int, ...]:
        """Return the local days between two moments, proleptic ordinals."""
        first, last = (int(self.local_s(moment) // DAY_S) for moment in (begin, end))
        return tuple(range(first, last + 1))

    def pieces(self, begin: float, end: float) -> list[DayPiece]:
        """Return a stretch of time cut at local midnights.

        Where the clock is put back meanwhile, the piece is as long as the clock shows, and
        never shorter than a minute.
        """
        low = self.local_s(begin)
        high = max(self.local_s(end), low + 60.0)
        found = []
        while low < high:
            day = int(low // DAY_S)
            until = min(high, (day + 1) * DAY_S)
            found.append(DayPiece(day, low - day * DAY_S, until - day * DAY_S))
            low = until
        return found

    def changes(self, begin: float, end: float) -> list[tuple[float, str]]:
        """Return when the clock is put on or back within a stretch, and the new offset."""
        found = []
        for before, (moment, zone) in zip(
            self.zones, list(zip(self.begins, self.zones, strict=True))[1:], strict=False
        ):
            after = offset_text(moment, zone)
            if begin <= moment <= end and offset_text(moment, before) != after:
                found.append((moment, after))
        return found
