"""Large clearings, improved a few trains at a time: each neighbourhood is an exact model.

One model of all trains that a large clearing concerns is solved nowhere near its end.  So an answer
that holds for all trains is taken as it is, a few trains that meet each other are set free, and the
exact model of these is solved with every other train fixed where it is now::

    answer --> some trains set free --> exact model of them --> no dearer, clashes with nobody?
      ^                                                              |
      '--------------------------------- taken ----------------------'

Any train may be among them, also one that no model knew yet.  Steps are counted, not timed, and
drawn by a fixed seed.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.traffic.clearing_model import Beside, Chosen, FixedWindow, Meeting, solve
from retinue.traffic.clearing_trains import DelayedRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from retinue.traffic.clearing_growth import Clearing
    from retinue.traffic.clearing_model import ModelAnswer, Unit

__all__ = ["Effort", "improved"]

REACH_S = 1_200.0
"""Trains that want one resource within this time of each other may be in each other's way."""

FEW = 15
"""Trains that give way: fewer count as so many."""

WORTH = 0.001
"""A step brings something if it saves so much of the cost."""


@dataclass(frozen=True)
class Effort:
    """How long an answer is improved.

    Attributes
    ----------
    steps
        Neighbourhoods at most.
    idle
        So many in a row that bring nothing are enough, for each train that gives way.
    least, most
        Trains set free at once.
    limit
        Deterministic seconds of the solver for each.
    """

    steps: int = 150
    idle: float = 1.0
    least: int = 6
    most: int = 20
    limit: float = 0.05


@dataclass(frozen=True, eq=False)
class _Held:
    """A row where its train has it now."""

    train: int
    row: DelayedRow
    first_s: float
    last_s: float

    @property
    def from_s(self) -> float:
        return self.row.from_s + self.first_s

    @property
    def to_s(self) -> float:
        return self.row.to_s + self.last_s


def improved(
    work: Clearing, chosen: Mapping[int, Chosen], effort: Effort, bound: float = 0.0
) -> dict[int, Chosen]:
    """Return an answer that costs no more.

    Parameters
    ----------
    chosen
        An answer that clashes with nothing; trains it does not name are as published.
    bound
        No answer costs less: reaching it ends the search.
    """
    return _Search(work, chosen, effort).run(bound)


class _Search:
    def __init__(self, work: Clearing, chosen: Mapping[int, Chosen], effort: Effort) -> None:
        self.work = work
        self.effort = effort
        self.random = np.random.default_rng(1)
        self.chosen = dict(chosen)
        self.runs = len(work.traffic.runs)
        self.near: dict[int, dict[int, int]] = {}
        self.table: dict[int, list[_Held]] = {}
        self.moved: dict[int, dict[int, list[_Held]]] = {}
        """By resource, then train: rows of the trains that are not as published."""
        for train in work.units:
            self._place(train)

    # Where everybody is.

    def _is_published(self, train: int) -> bool:
        if train not in self.work.units:
            return True
        _, taken = self.work.option_of(train, self.chosen)
        return taken.option == 0 and not any(taken.delays)

    def _rows(self, train: int, chosen: Mapping[int, Chosen]) -> list[_Held]:
        option, taken = self.work.option_of(train, chosen)
        return [
            _Held(
                train,
                row,
                taken.delays[row.first] if row.first >= 0 else 0.0,
                taken.delays[row.last] if row.last >= 0 else 0.0,
            )
            for row in option.rows
        ]

    def _place(self, train: int) -> None:
        """Note where a train is now, if it is not as published."""
        unit = self.work.units[train]
        published, *others = unit.options[unit.trains.index(train)]
        for option in (published, *others):
            for row in option.rows:
                self.moved.setdefault(row.resource, {}).pop(train, None)
        if self._is_published(train):
            return
        for row in published.rows:
            self.moved[row.resource][train] = []
        for held in self._rows(train, self.chosen):
            self.moved[held.row.resource].setdefault(train, []).append(held)

    def _published(self, resource: int) -> list[_Held]:
        rows = self.table.get(resource)
        if rows is None:
            work = self.work
            held = work.traffic.occupations
            rows = self.table[resource] = [
                _Held(
                    int(held.train[row]),
                    DelayedRow(
                        resource, float(work.begin[row]), float(work.end[row]), -1, -1,
                        int(held.state[row]),
                    ),
                    0.0,
                    0.0,
                )
                for row in range(int(work.part[resource]), int(work.part[resource + 1]))
            ]  # fmt: skip
        return rows

    def _others(self, resource: int, free: Iterable[int]) -> list[_Held]:
        """Return what is held of a resource by trains that are not set free."""
        moved = self.moved.get(resource, {})
        out = {*moved, *free}
        rows = [held for held in self._published(resource) if held.train not in out]
        for train, own in moved.items():
            if train not in free:
                rows += own
        return rows

    # Which trains are set free together.

    def _neighbours(self, train: int) -> dict[int, int]:
        """Return the trains that want what one wants at about the same time: how often."""
        found = self.near.get(train)
        if found is None:
            work = self.work
            found = self.near[train] = {}
            for row in work.rows[train].tolist():
                resource = int(work.traffic.occupations.resource[row])
                here = slice(int(work.part[resource]), int(work.part[resource + 1]))
                close = (work.begin[here] < work.end[row] + REACH_S) & (
                    work.end[here] > work.begin[row] - REACH_S
                )
                for other in work.traffic.occupations.train[here][close].tolist():
                    if other != train and other < self.runs:
                        found[other] = found.get(other, 0) + 1
        return found

    def _drawn(self, size: int) -> list[Unit]:
        """Return trains to set free: one that gives way, and those it meets, one by one."""
        altered = sorted(t for t in self.work.units if self._cost(t) > 0.5)
        weights = np.sqrt([self._cost(t) for t in altered])
        first = altered[int(self.random.choice(len(altered), p=weights / weights.sum()))]
        free: dict[int, Unit] = {}
        score: dict[int, float] = {}
        latest = first
        while True:
            unit = self.work.taken_in(latest)
            free.update(dict.fromkeys(unit.trains, unit))
            for train in unit.trains:
                for other, often in self._neighbours(train).items():
                    gives = other in self.work.units and self._cost(other) > 0.5
                    score[other] = score.get(other, 0.0) + often * (4.0 if gives else 1.0)
            open_ = sorted(t for t in score if t not in free)
            if len(free) >= size or not open_:
                break
            weight = np.array([score[t] for t in open_]) ** 1.5
            latest = open_[int(self.random.choice(len(open_), p=weight / weight.sum()))]
        distinct = {unit.trains: unit for unit in free.values()}
        return [distinct[trains] for trains in sorted(distinct)]

    def _cost(self, train: int) -> float:
        return self.work.cost_of(train, self.chosen)

    # The model of those set free.

    def _solved(self, units: Sequence[Unit], seed: int) -> ModelAnswer:
        work = self.work
        capacity = work.traffic.network.capacity
        forbidden: dict[tuple[int, int, int], list[tuple[DelayedRow, FixedWindow]]] = {}
        fixed: list[Beside] = []
        wanted: dict[int, list[tuple[int, float, float]]] = {}
        trains = {train for unit in units for train in unit.trains}
        others: dict[int, list[_Held]] = {}
        for unit in units:
            for train, options, latest in zip(
                unit.trains, unit.options, unit.latest_s, strict=True
            ):
                for number, option in enumerate(options):
                    forbidden[train, number, 0] = work.windows.forbidden(train, option)
                    for row in option.rows:
                        wanted.setdefault(row.resource, []).append(
                            (train, row.from_s, row.to_s + latest)
                        )
                        if capacity[row.resource] > 1:
                            continue
                        if row.resource not in others:
                            others[row.resource] = self._others(row.resource, trains)
                        for held in others[row.resource]:
                            if held.to_s <= row.from_s or held.from_s >= row.to_s + latest:
                                continue
                            fixed.append(
                                Beside(train, number, row, held.row, held.first_s, held.last_s)
                            )
        meetings = []
        stations = {}
        for resource, rows in sorted(wanted.items()):
            if capacity[resource] > 1:
                begin = min(row[1] for row in rows)
                end = max(row[2] for row in rows)
                stays = [
                    (h.from_s, h.to_s, 1)
                    for h in self._others(resource, trains)
                    if h.from_s < end and h.to_s > begin
                ]
                count = work.count(resource, stays, begin, end)
                most = max((units for _, _, units in count.others), default=0)
                if len({row[0] for row in rows}) + most > count.capacity:
                    stations[resource] = count
                continue
            listed = sorted({row[0] for row in rows})
            meetings += [
                Meeting(one, two, resource) for one, two in itertools.combinations(listed, 2)
            ]
        return solve(
            units,
            forbidden,
            fixed,
            meetings,
            stations,
            limit=self.effort.limit,
            hint={train: self._taken(train) for train in trains},
            seed=seed,
            brief=True,
        )

    def _taken(self, train: int) -> Chosen:
        return self.work.option_of(train, self.chosen)[1]

    def _clashes(self, trains: Iterable[int], chosen: Mapping[int, Chosen]) -> bool:
        """Whether trains, where an answer puts them, newly clash with anybody."""
        free = set(trains)
        own: dict[int, list[_Held]] = {}
        for train in sorted(free):
            for held in self._rows(train, chosen):
                own.setdefault(held.row.resource, []).append(held)
        for resource, here in own.items():
            if self.work.clashes(
                resource,
                [(h.train, h.from_s, h.to_s) for h in here],
                [(h.train, h.from_s, h.to_s) for h in self._others(resource, free)],
            ):
                # What the timetable itself has too many trains of is let stand no longer there.
                self.work.strict.add(resource)
                return True
        return False

    def run(self, bound: float) -> dict[int, Chosen]:
        size = 2.0 * self.effort.least
        idle = 0
        total = sum(self._cost(t) for t in self.work.units)
        for step in range(self.effort.steps):
            gives = sum(self._cost(t) > 0.5 for t in self.work.units)
            if not gives or total <= bound + 1.0 or idle > self.effort.idle * max(gives, FEW):
                break
            units = self._drawn(round(size))
            trains = [train for unit in units for train in unit.trains]
            before = sum(self._cost(t) for t in trains)
            answer = self._solved(units, step + 1)
            size *= 1.1 if answer.optimal else 0.9
            size = min(max(size, self.effort.least), self.effort.most)
            idle += 1
            if not answer.chosen or answer.cost > before + 0.5:
                continue
            if self._clashes(trains, answer.chosen):
                continue
            if answer.cost < before - WORTH * total:
                idle = 0
            total += answer.cost - before
            self.chosen.update(answer.chosen)
            for train in trains:
                self._place(train)
        return self.chosen
