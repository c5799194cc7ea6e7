"""Faults of a feed: what is wrong in which line, what was done about it, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["FeedFault", "FeedFaults", "Treatment"]

#: The trip was left out; the row was ignored; the value was mended; nothing was done.
Treatment = Literal["trip left out", "row ignored", "mended", "noted"]

_KEPT_OF_A_KIND = 200


@dataclass(frozen=True)
class FeedFault:
    """One fault.

    Attributes
    ----------
    kind
        A stable word, e.g. ``unknown-stop``, ``times-backwards``, ``bad-time``.
    where
        ``stop_times.txt:17: departure_time``; without a line where a whole file is meant.
    what
        What is wrong.
    cure
        How to mend the feed.
    treatment
        What the reader did.
    """

    kind: str
    where: str
    what: str
    cure: str
    treatment: Treatment

    def __str__(self) -> str:
        return f"{self.where}: {self.what} ({self.treatment})  {self.cure}"


@dataclass
class FeedFaults:
    """All faults of a feed, counted by kind; of each kind the first 200 are kept.

    Attributes
    ----------
    kept
        In the order found.
    count
        How many there are of each kind.
    """

    kept: list[FeedFault] = field(default_factory=list)
    count: dict[str, int] = field(default_factory=dict)

    def add(
        self, kind: str, where: str, what: str, cure: str, treatment: Treatment = "row ignored"
    ) -> None:
        """Note one."""
        self.count[kind] = self.count.get(kind, 0) + 1
        if self.count[kind] <= _KEPT_OF_A_KIND:
            self.kept.append(FeedFault(kind, where, what, cure, treatment))

    def __len__(self) -> int:
        return sum(self.count.values())

    def of(self, kind: str) -> list[FeedFault]:
        """Return the kept faults of a kind."""
        return [fault for fault in self.kept if fault.kind == kind]
