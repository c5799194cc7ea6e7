"""What convoy and rules of protection ask of other trains while the line is cleared.

Three kinds of windows, all fixed: a resource that a train's holds keep out of, wholly or only in
motion or where it stands; tracks of a station; a stand that nobody may overtake.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from retinue.traffic.clearing_model import FixedWindow
from retinue.traffic.clearing_trains import (
    Alternative,
    DelayedRow,
    passing_rows,
    published_row,
)
from retinue.traffic.overtaking import Passing, passages
from retinue.traffic.safe_intervals import Need

if TYPE_CHECKING:
    from retinue.traffic.found_path import HeldWindow
    from retinue.traffic.traffic import Traffic
    from retinue.traffic.train_run import TrainRun

__all__ = ["AskedWindow", "ConvoyWindows"]

MARGIN_S = 1.0
"""Kept free before and after the convoy's windows."""


class AskedWindow(NamedTuple):
    """A window with its margin, seconds from the origin; ``rule`` empty: the convoy's own."""

    need: Need
    from_s: float
    to_s: float
    rule: str

    def binds(self, run: TrainRun) -> bool:
        """Return whether it is about a train at all."""
        need = self.need
        return (
            not need.possessions
            and (not need.classes or run.train_class in need.classes)
            and (not need.dangerous or run.dangerous_goods)
        )


class ConvoyWindows:
    """The windows of one request to clear."""

    def __init__(self, traffic: Traffic, windows: Sequence[HeldWindow], origin_s: float) -> None:
        self.traffic = traffic
        self.origin_s = origin_s
        self.at: dict[int, list[AskedWindow]] = {}
        self.stands: dict[Passing, list[AskedWindow]] = {}
        for window in windows:
            need, rule = window.hold.need, window.hold.rule
            begin, end = window.from_s - origin_s, window.to_s - origin_s
            if need.passing is not None:
                # Trains on one block after the other are farther apart than any margin.
                self.stands.setdefault(need.passing, []).append(AskedWindow(need, begin, end, rule))
                continue
            kept = AskedWindow(need, begin - MARGIN_S, end + MARGIN_S, rule)
            self.at.setdefault(need.resource, []).append(kept)

    def listed(self) -> Iterator[AskedWindow]:
        """Yield the windows of resources."""
        for windows in self.at.values():
            yield from windows

    def tracks(self, resource: int) -> list[tuple[float, float, int]]:
        """Return the special convoy's share of a station's tracks: (from, to, tracks)."""
        return [
            (window.from_s, window.to_s, window.need.units)
            for window in self.at.get(resource, ())
            if not window.need.selects
        ]

    def _binding(self, train: int, resource: int) -> Iterator[AskedWindow]:
        """Yield the windows that a train keeps out of, whatever tracks a resource has."""
        capacity = int(self.traffic.network.capacity[resource])
        run = self.traffic.runs[train]
        for window in self.at.get(resource, ()):
            alone = window.need.selects or window.need.units >= capacity
            if alone and window.binds(run):
                yield window

    def forbidden(self, train: int, option: Alternative) -> list[tuple[DelayedRow, FixedWindow]]:
        """Return what of an alternative of a train keeps out of which windows."""
        found = [
            (part, FixedWindow(window.from_s, window.to_s))
            for row in option.rows
            for window in self._binding(train, row.resource)
            for part in row.in_state(window.need.state)
        ]
        if self.stands:
            run = self.traffic.runs[train]
            found += [
                (row, FixedWindow(window.from_s, window.to_s))
                for passing, row in passing_rows(option, self.origin_s)
                for window in self.stands.get(passing, ())
                if window.binds(run)
            ]
        return found

    def asks_of(self, train: int, row: int) -> bool:
        """Return whether a train's row of the timetable is of a kind that a window is about."""
        resource = int(self.traffic.occupations.resource[row])
        published = published_row(self.traffic, row, self.origin_s)
        return any(
            not part.if_waits
            for window in self._binding(train, resource)
            for part in published.in_state(window.need.state)
        )

    def met(self, train: int, row: int) -> str | None:
        """Return what a train's row of the timetable meets first, in words; None: nothing."""
        held = self.traffic.occupations
        begin, end = held.from_s[row] - self.origin_s, held.to_s[row] - self.origin_s
        resource = int(held.resource[row])
        for window in self._binding(train, resource):
            if begin >= window.to_s or end <= window.from_s:
                continue
            parts = published_row(self.traffic, row, self.origin_s).in_state(window.need.state)
            if any(
                part.from_s < window.to_s and part.to_s > window.from_s and not part.if_waits
                for part in parts
            ):
                return self._named(window)
        return None

    def overtakers(self) -> Iterator[tuple[int, str]]:
        """Yield each train that overtakes at a stand as published, and where, in words."""
        for passing, windows in sorted(self.stands.items()):
            for train, comes, leaves in passages(self.traffic).get(passing, ()):
                for window in windows:
                    inside = (
                        window.from_s < comes - self.origin_s
                        and leaves - self.origin_s < window.to_s
                    )
                    if inside and window.binds(self.traffic.runs[train]):
                        yield train, self._named(window)

    def _named(self, window: AskedWindow) -> str:
        name = self.traffic.network.resources[window.need.resource].name
        return f"{window.rule}: {name}" if window.rule else name
