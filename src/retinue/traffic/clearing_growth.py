"""The model of clearing as it grows: who is in the convoy's windows, whom an answer would meet."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from retinue.traffic.clearing_model import (
    Chosen,
    FixedWindow,
    Meeting,
    ModelAnswer,
    StationCount,
    Unit,
    solve,
)
from retinue.traffic.clearing_trains import (
    Alternative,
    DelayedRow,
    alternatives,
    rows_of_runs,
)

if TYPE_CHECKING:
    from retinue.traffic.blocking_rules import BlockingRules
    from retinue.traffic.clearing_rules import ClassMeasures
    from retinue.traffic.clearing_windows import ConvoyWindows
    from retinue.traffic.traffic import Traffic
    from retinue.traffic.train_run import TrainClass

__all__ = ["Clearing", "numbered"]

EASY = 0.08
"""Deterministic seconds: a model that took no more may grow on."""


@dataclass(eq=False)
class Clearing:
    """Trains, meetings and full stations in the model so far; see `retinue.traffic.clearing`."""

    traffic: Traffic
    blocking: BlockingRules
    measures: Mapping[TrainClass, ClassMeasures]
    origin_s: float
    avoided: frozenset[int]
    windows: ConvoyWindows
    limit: float
    most: int
    known: frozenset[tuple[int, int, int]]
    cut_off: bool = False
    effort: float = 0.0
    units: dict[int, Unit] = field(default_factory=dict)
    meetings: set[Meeting] = field(default_factory=set)
    full: set[int] = field(default_factory=set)
    strict: set[int] = field(default_factory=set)
    beside: set[tuple[int, int]] = field(default_factory=set)  # train, row of work

    def __post_init__(self) -> None:
        held = self.traffic.occupations
        count = len(self.traffic.runs)
        self.rows = rows_of_runs(held, count)
        self.begin = held.from_s - self.origin_s
        self.end = held.to_s - self.origin_s
        bounds = np.searchsorted(held.resource, np.arange(len(self.traffic.network.resources) + 1))
        self.part = bounds
        self.group = _coupled_groups(self.traffic)

    # The model, growing.

    def add(self, train: int, in_the_way: bool = False) -> bool:
        """Take a train, and those coupled with it, into the model; False: it stays as it is.

        Trains in the convoy's own windows may be shortened or led round, others only re-timed
        or cancelled.
        """
        if train in self.units:
            return True
        if (
            not in_the_way
            and len(self.units) >= self.most
            and (self.effort > EASY or len(self.units) >= 4 * self.most)
        ):
            self.cut_off = True
            return False
        trains = tuple(sorted(self.group.get(train, (train,))))
        coupled = len(trains) > 1
        options = []
        for number in trains:
            run = self.traffic.runs[number]
            held = self.traffic.occupations.rows(self.rows[number])
            options.append(
                tuple(
                    alternatives(
                        self.traffic.network,
                        run,
                        held,
                        self.blocking,
                        self.measures[run.train_class],
                        self.origin_s,
                        self.avoided,
                        coupled or not in_the_way,
                    )
                )
            )
        unit = Unit(
            trains,
            tuple(options),
            tuple(self.measures[self.traffic.runs[n].train_class].latest_s for n in trains),
            tuple(_ties(self.traffic, trains, options)) if coupled else (),
        )
        for number in trains:
            self.units[number] = unit
        return True

    def first_trains(self) -> None:
        """Take in the trains that stand in the special convoy's windows."""
        held = self.traffic.occupations
        for resource in sorted(self.windows.at):
            for row in range(int(self.part[resource]), int(self.part[resource + 1])):
                train = int(held.train[row])
                if train < len(self.traffic.runs) and self.windows.met(train, row) is not None:
                    self.add(train, in_the_way=True)
            self._overfull(resource)
        for train, _ in self.windows.overtakers():
            self.add(train, in_the_way=True)

    def option_of(self, train: int, chosen: Mapping[int, Chosen]) -> tuple[Alternative, Chosen]:
        """Return what a train does in an answer; before any, it is as published."""
        unit = self.units[train]
        options = unit.options[unit.trains.index(train)]
        taken = chosen.get(train) or Chosen(0, (0.0,) * len(options[0].waits))
        return options[taken.option], taken

    def now(self, train: int, chosen: Mapping[int, Chosen]) -> list[tuple[int, float, float]]:
        """Return (resource, from, to) of a train of the model."""
        option, taken = self.option_of(train, chosen)
        return [
            (
                row.resource,
                row.from_s + (taken.delays[row.first] if row.first >= 0 else 0.0),
                row.to_s + (taken.delays[row.last] if row.last >= 0 else 0.0),
            )
            for row in option.rows
        ]

    def solve(
        self, chosen: Mapping[int, Chosen], *, seed: int = 1, bounding: bool = False
    ) -> ModelAnswer:
        """Solve the model as it is, from an answer before; or look for a bound of it."""
        forbidden: dict[tuple[int, int, int], list[tuple[DelayedRow, FixedWindow]]] = {}
        for train, unit in self.units.items():
            for number, option in enumerate(unit.options[unit.trains.index(train)]):
                forbidden[train, number, 0] = self.windows.forbidden(train, option)
        fixed = []
        for train, other in sorted(self.beside):
            work = DelayedRow(
                int(self.traffic.occupations.resource[other]), float(self.begin[other]),
                float(self.end[other]), -1, -1, 0,
            )  # fmt: skip
            unit = self.units[train]
            for number, option in enumerate(unit.options[unit.trains.index(train)]):
                fixed += [
                    (train, number, row, work)
                    for row in option.rows
                    if row.resource == work.resource
                ]
        distinct = sorted({unit.trains: unit for unit in self.units.values()}.items())
        stations = {resource: self._count(resource) for resource in sorted(self.full)}
        return solve(
            [unit for _, unit in distinct],
            forbidden,
            fixed,
            sorted(self.meetings),
            stations,
            limit=self.limit,
            hint=chosen,
            seed=seed,
            bounding=bounding,
        )

    def _count(self, resource: int) -> StationCount:
        """Return what is taken at a full station by trains that stay and by the convoy.

        First the timetable's own excess (`known_overlaps`) is let stand where the convoy is not;
        where an answer put other trains into it, the station is `strict`: its tracks count.
        """
        tracks = int(self.traffic.network.capacity[resource])
        rows = self._published(resource)
        stays = [(b, e, 1) for t, b, e in rows if t not in self.units]
        special = self.windows.tracks(resource)
        published = [] if resource in self.strict else [(b, e, 1) for _, b, e in rows]
        peak = max(tracks, _peak([(b, e) for b, e, _ in published]))
        taken = []
        cuts = {math.floor(b) for b, _, _ in (*stays, *special, *published)}
        cuts |= {math.ceil(e) for _, e, _ in (*stays, *special, *published)}
        for begin, end in itertools.pairwise(sorted(cuts)):
            own = _held_in(special, begin, end)
            room = tracks if own else max(tracks, _held_in(published, begin, end))
            units = min(peak, _held_in(stays, begin, end) + own + peak - room)
            if units:
                taken.append((float(begin), float(end), units))
        if peak > tracks and cuts:
            # Before the first and after the last train nobody has more than the tracks.
            taken.append((min(cuts) - 1e5, float(min(cuts)), peak - tracks))
            taken.append((float(max(cuts)), max(cuts) + 1e5, peak - tracks))
        return StationCount(peak, tuple(taken))

    def _published(self, resource: int) -> list[tuple[int, float, float]]:
        held = self.traffic.occupations
        return [
            (int(held.train[row]), float(self.begin[row]), float(self.end[row]))
            for row in range(int(self.part[resource]), int(self.part[resource + 1]))
        ]

    # What an answer would newly bring into conflict.

    def grows(self, chosen: Mapping[int, Chosen]) -> bool:
        """Add what the answer clashes with; return whether there was anything."""
        before = self._size()
        rows = {train: self.now(train, chosen) for train in sorted(self.units)}
        at: dict[int, list[tuple[int, float, float]]] = {}
        for train, held in rows.items():
            for resource, begin, end in held:
                at.setdefault(resource, []).append((train, begin, end))
        for resource, here in sorted(at.items()):
            if int(self.traffic.network.capacity[resource]) > 1:
                self._overfull(resource, here)
                continue
            published = self._published(resource)
            base: dict[int, list[tuple[float, float]]] = {}
            for train, begin, end in published:
                base.setdefault(train, []).append((begin, end))
            first = int(self.part[resource])
            for train, begin, end in here:
                for number, (other, b, e) in enumerate(published):
                    if (
                        other == train
                        or other in rows
                        or not _new(begin, end, b, e, base, train, other)
                    ):
                        continue
                    if other >= len(self.traffic.runs) or not self.add(other):
                        self.beside.add((train, first + number))
                        continue
                    self.meetings.add(Meeting(min(train, other), max(train, other), resource))
                for other, b, e in here:
                    if other > train and _new(begin, end, b, e, base, train, other):
                        self.meetings.add(Meeting(train, other, resource))
        return before != self._size()

    def _size(self) -> tuple[int, ...]:
        grown = self.units, self.meetings, self.full, self.strict, self.beside
        return tuple(len(part) for part in grown)

    def complete(self) -> None:
        """Add every meeting that could come about, so that few more rounds are needed."""
        at: dict[int, set[int]] = {}
        for train, unit in self.units.items():
            for option in unit.options[unit.trains.index(train)]:
                for row in option.rows:
                    at.setdefault(row.resource, set()).add(train)
        for resource, trains in sorted(at.items()):
            if int(self.traffic.network.capacity[resource]) > 1:
                continue
            listed = sorted(trains)
            for i, one in enumerate(listed):
                self.meetings |= {Meeting(one, two, resource) for two in listed[i + 1 :]}
            first = int(self.part[resource])
            for number, (other, begin, end) in enumerate(self._published(resource)):
                if other in self.units:
                    continue
                for train in listed:
                    unit = self.units[train]
                    late = unit.latest_s[unit.trains.index(train)]
                    if any(
                        row.from_s < end and row.to_s + late > begin
                        for option in unit.options[unit.trains.index(train)]
                        for row in option.rows
                        if row.resource == resource
                    ):
                        self.beside.add((train, first + number))

    def _overfull(
        self,
        resource: int,
        here: Sequence[tuple[int, float, float]] = (),
    ) -> None:
        """Take a station into the model where more trains would be there than it has tracks."""
        capacity = int(self.traffic.network.capacity[resource])
        if capacity < 2:
            return
        published = self._published(resource)
        moved = {train for train, _, _ in here}
        rows = [(b, e, t, 1) for t, b, e in here]
        rows += [(b, e, t, 1) for t, b, e in published if t not in moved and t not in self.units]
        rows += [(b, e, -1, units) for b, e, units in self.windows.tracks(resource)]
        present: list[tuple[float, float, int, int]] = []
        clash: set[int] = set()
        for row in sorted(rows):
            present = [other for other in present if other[1] > row[0] + 0.01]
            others = [other for other in present if other[2] != row[2]]
            if sum(other[3] for other in others) + row[3] > capacity:
                involved = {other[2] for other in others} | {row[2]}
                unknown = sum(
                    (min(row[2], other[2]), max(row[2], other[2]), resource) not in self.known
                    for other in others
                )
                if -1 in involved or (unknown >= capacity and involved & moved):
                    clash |= involved
            present.append(row)
        if clash:
            (self.strict if resource in self.full else self.full).add(resource)
            for train in sorted(clash):
                if 0 <= train < len(self.traffic.runs):
                    self.add(train, in_the_way=-1 in clash and not moved)


def _held_in(rows: Sequence[tuple[float, float, int]], begin: float, end: float) -> int:
    """Return how many units are held somewhere between two moments without a change inside."""
    return sum(units for b, e, units in rows if math.floor(b) < end and math.ceil(e) > begin)


def _new(
    begin: float,
    end: float,
    b: float,
    e: float,
    base: Mapping[int, Sequence[tuple[float, float]]],
    one: int,
    two: int,
) -> bool:
    """Whether two holds overlap, and more than the same trains do in the published timetable."""
    overlap = min(end, e) - max(begin, b)
    if overlap <= 0.01:
        return False
    known = max(
        (min(e1, e2) - max(b1, b2) for b1, e1 in base.get(one, ()) for b2, e2 in base.get(two, ())),
        default=0.0,
    )
    return overlap > known + 0.01


def _peak(rows: Iterable[tuple[float, float]]) -> int:
    """Return the most that are there at once, times widened to whole seconds."""
    listed = list(rows)
    moments = [(math.floor(b), 1, 1) for b, _ in listed]
    moments += [(math.ceil(e), 0, -1) for _, e in listed]
    count = peak = 0
    for _, _, change in sorted(moments):
        count += change
        peak = max(peak, count)
    return peak


def numbered(
    traffic: Traffic, known: Sequence[tuple[str, str, int]]
) -> frozenset[tuple[int, int, int]]:
    """Return overlaps of the timetable by numbers of trains, the lower first."""
    number = {name: index for index, name in enumerate(traffic.holder_names)}
    pairs = ((number[one], number[two], place) for one, two, place in known)
    return frozenset((min(a, b), max(a, b), place) for a, b, place in pairs)


def _coupled_groups(traffic: Traffic) -> dict[int, set[int]]:
    """Return for each coupled train all that it is coupled with, itself among them."""
    groups: dict[int, set[int]] = {}
    for run, leaders in traffic.coupled.items():
        for leader in {int(n) for n in leaders if n >= 0}:
            joined = groups.get(run, {run}) | groups.get(leader, {leader})
            for number in joined:
                groups[number] = joined
    return groups


def _ties(
    traffic: Traffic, trains: Sequence[int], options: Sequence[Sequence[Alternative]]
) -> Iterable[tuple[int, int, int, int]]:
    """Yield the delays of coupled trains that are equal."""
    waits = {train: own[0].waits for train, own in zip(trains, options, strict=True)}
    found = set()
    for run in trains:
        for step, leader in enumerate(traffic.coupled.get(run, ())):
            if leader < 0:
                continue
            own, other = traffic.runs[run], traffic.runs[int(leader)]
            for position, theirs in enumerate(other.steps):
                if theirs == own.steps[step] and (
                    abs(other.calls[position].depart_s - own.calls[step].depart_s) < 1.0
                ):
                    i = int(np.searchsorted(waits[run], step, side="right")) - 1
                    j = int(np.searchsorted(waits[int(leader)], position, side="right")) - 1
                    found.add((run, i, int(leader), j))
    return sorted(found)
