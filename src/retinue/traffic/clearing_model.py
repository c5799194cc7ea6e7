"""The exact model of clearing: one alternative for each train, its delays, and who goes first.

Decided are an alternative for each train and its delays in whole seconds.  The special convoy's
windows are fixed; between two trains at a block one goes first; a station takes as many as it has
tracks.  Only trains and meetings that are named are in the model, so its optimum bounds the true
one from below, and is the true one where what it leaves out does not clash.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from retinue.libraries import constraint_solver, new_solver
from retinue.traffic.clearing_trains import Alternative, DelayedRow

__all__ = ["Chosen", "FixedWindow", "Meeting", "ModelAnswer", "Unit", "solve"]

GAP = 1e-6
SCALE = 1000
"""Costs are weighted milliseconds: whole numbers."""


class FixedWindow(NamedTuple):
    """A resource that a row may not hold between two times (seconds from the origin)."""

    from_s: float
    to_s: float


class Meeting(NamedTuple):
    """Two trains (one < two) that both want one resource which takes one."""

    one: int
    two: int
    resource: int


@dataclass(frozen=True, eq=False)
class Unit:
    """Trains that are decided on together: one, or several that run coupled.

    Attributes
    ----------
    trains
        Their numbers.
    options
        For each train its alternatives; of coupled trains the same in the same order.
    latest_s
        No train is re-timed by more.
    tied
        (train, delay number, train, delay number) of coupled trains: equal.
    """

    trains: tuple[int, ...]
    options: tuple[tuple[Alternative, ...], ...]
    latest_s: tuple[float, ...]
    tied: tuple[tuple[int, int, int, int], ...] = ()


class Chosen(NamedTuple):
    """The alternative of one train, and its delays."""

    option: int
    delays: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class ModelAnswer:
    """What the solver found.

    Attributes
    ----------
    cost, bound
        Weighted seconds.
    effort
        Deterministic seconds of the solver.
    """

    chosen: dict[int, Chosen]
    cost: float
    bound: float
    optimal: bool
    effort: float = 0.0


@dataclass(frozen=True, eq=False)
class StationCount:
    """A station that is full: what counts there beside the trains of the model.

    Attributes
    ----------
    capacity
        Tracks; more where the published timetable itself has more trains there.
    others
        (from, to, tracks) of trains that stay as they are, and of the special convoy.
    """

    capacity: int
    others: tuple[tuple[float, float, int], ...]


def solve(
    units: Sequence[Unit],
    forbidden: Mapping[tuple[int, int, int], Sequence[tuple[DelayedRow, FixedWindow]]],
    fixed: Sequence[tuple[int, int, DelayedRow, DelayedRow]],
    meetings: Sequence[Meeting],
    stations: Mapping[int, StationCount],
    *,
    limit: float,
    hint: Mapping[int, Chosen] | None = None,
    seed: int = 1,
    bounding: bool = False,
) -> ModelAnswer:
    """Solve the model.

    Parameters
    ----------
    forbidden
        By (train, option, 0): rows and the windows they must keep out of.
    fixed
        (train, option, its row, a row that stays): one goes before the other.
    meetings
        Trains of the model whose rows on a resource must not overlap.
    stations
        Full stations, by resource.
    limit
        Deterministic seconds of the solver.
    hint
        An answer to begin from.
    bounding
        Look for a bound rather than for answers.

    Raises
    ------
    InputError
        Where OR-Tools is not installed.
    """
    model = _Model(units)
    for (train, option, _), pairs in forbidden.items():
        for row, window in pairs:
            model.keep_out(train, option, row, window)
    for train, option, row, other in fixed:
        model.beside_fixed(train, option, row, other)
    for meeting in meetings:
        model.meet(meeting)
    for resource, count in stations.items():
        model.station(resource, count)
    return model.solved(limit, hint or {}, seed, bounding=bounding)


class _Model:
    def __init__(self, units: Sequence[Unit]) -> None:
        self.module = constraint_solver("clearing the line", "traffic")
        self.cp = self.module.CpModel()
        self.options: dict[int, tuple[Alternative, ...]] = {}
        self.present: dict[tuple[int, int], Any] = {}
        self.delay: dict[tuple[int, int], list[Any]] = {}
        self.costs: list[Any] = []
        self.latest: dict[int, int] = {}
        for unit in units:
            self._unit(unit)

    def _unit(self, unit: Unit) -> None:
        first = unit.trains[0]
        count = len(unit.options[0])
        literals = [self.cp.new_bool_var(f"t{first}o{o}") for o in range(count)]
        self.cp.add_exactly_one(literals)
        for train, options, latest in zip(unit.trains, unit.options, unit.latest_s, strict=True):
            self.options[train] = options
            self.latest[train] = int(latest)
            for number, option in enumerate(options):
                here = literals[number]
                self.present[train, number] = here
                self.costs.append(round(SCALE * option.cost) * here)
                self.delay[train, number] = self._delays(option, here, int(latest))
        for one, i, two, j in unit.tied:
            for number in range(count):
                if self.delay[one, number] and self.delay[two, number]:
                    self.cp.add(self.delay[one, number][i] == self.delay[two, number][j])

    def _delays(self, option: Alternative, here: Any, latest: int) -> list[Any]:
        made: list[Any] = []
        for i in range(len(option.waits)):
            delay = self.cp.new_int_var(0, latest, "d")
            # A delay of what is not chosen is nothing.
            self.cp.add(delay == 0).only_enforce_if(~here)
            self.costs.append(round(SCALE * option.share[i]) * delay)
            if i:
                before = made[-1]
                self.cp.add(delay >= before - math.floor(option.recovery_s[i]))
                if not option.may_grow[i]:
                    self.cp.add(delay <= before)
                elif option.stop_s[i] > 0.0:
                    stops = self.cp.new_bool_var("s")
                    self.cp.add(delay <= before).only_enforce_if(~stops)
                    self.cp.add(delay >= before + math.ceil(option.stop_s[i])).only_enforce_if(
                        stops
                    )
            made.append(delay)
        return made

    def _of(self, train: int, option: int, number: int) -> Any:
        return 0 if number < 0 else self.delay[train, option][number]

    def keep_out(self, train: int, option: int, row: DelayedRow, window: FixedWindow) -> None:
        """One row ends before a window begins, or begins after it ends."""
        here = [self.present[train, option]]
        first, last = (self._of(train, option, n) for n in (row.first, row.last))
        room = math.floor(window.from_s - row.to_s)
        needed = math.ceil(window.to_s - row.from_s)
        latest = self.latest[train]
        if needed <= 0 or room >= latest:
            return  # it is out of the way whatever its delay
        if row.if_waits:
            waits = self.cp.new_bool_var("w")
            self.cp.add(last <= first).only_enforce_if(~waits, *here)
            here.append(waits)
        if room < 0 and needed > latest:
            self.cp.add_bool_or([~h for h in here])
        elif room < 0:
            self.cp.add(first >= needed).only_enforce_if(*here)
        elif needed > latest:
            self.cp.add(last <= room).only_enforce_if(*here)
        else:
            before = self.cp.new_bool_var("b")
            self.cp.add(last <= room).only_enforce_if(before, *here)
            self.cp.add(first >= needed).only_enforce_if(~before, *here)

    def beside_fixed(self, train: int, option: int, row: DelayedRow, other: DelayedRow) -> None:
        """Keep clear of a train that stays, no worse than published."""
        here = self.present[train, option]
        first, last = (self._of(train, option, n) for n in (row.first, row.last))
        self._one_first(
            (first, _apart(other, row), self.latest[train]),
            (-last, _apart(row, other), 0),
            [here],
        )

    def _one_first(
        self, one: tuple[Any, int, int], two: tuple[Any, int, int], here: Sequence[Any]
    ) -> None:
        """One of two differences reaches its least; each is (difference, least, most)."""
        (a, least_a, most_a), (b, least_b, most_b) = one, two
        if least_a > most_a and least_b > most_b:
            self.cp.add_bool_or([~h for h in here])
        elif least_a > most_a:
            self.cp.add(b >= least_b).only_enforce_if(*here)
        elif least_b > most_b:
            self.cp.add(a >= least_a).only_enforce_if(*here)
        else:
            order = self.cp.new_bool_var("o")
            self.cp.add(a >= least_a).only_enforce_if(order, *here)
            self.cp.add(b >= least_b).only_enforce_if(~order, *here)

    def meet(self, meeting: Meeting) -> None:
        """Two trains of the model at a resource that takes one."""
        for a, one in enumerate(self.options[meeting.one]):
            for b, two in enumerate(self.options[meeting.two]):
                both = self.present[meeting.one, a], self.present[meeting.two, b]
                for x in (r for r in one.rows if r.resource == meeting.resource):
                    for y in (r for r in two.rows if r.resource == meeting.resource):
                        x_first, x_last = (self._of(meeting.one, a, n) for n in (x.first, x.last))
                        y_first, y_last = (self._of(meeting.two, b, n) for n in (y.first, y.last))
                        late_one, late_two = self.latest[meeting.one], self.latest[meeting.two]
                        y_after, x_after = _apart(x, y), _apart(y, x)
                        if y_after <= -late_one or x_after <= -late_two:
                            continue  # never near
                        self._one_first(
                            (y_first - x_last, y_after, late_two),
                            (x_first - y_last, x_after, late_one),
                            both,
                        )

    def station(self, resource: int, count: StationCount) -> None:
        """Trains at a station are never more than its tracks."""
        intervals, demands = [], []
        for (train, number), here in self.present.items():
            option = self.options[train][number]
            for row in option.rows:
                if row.resource != resource:
                    continue
                first, last = (self._of(train, number, n) for n in (row.first, row.last))
                begin = math.floor(row.from_s)
                size = self.cp.new_int_var(0, 10**6, "l")
                intervals.append(
                    self.cp.new_optional_interval_var(
                        begin + first, size, math.ceil(row.to_s) + last, here, "i"
                    )
                )
                demands.append(1)
        for begin_s, end_s, tracks in count.others:
            begin = math.floor(begin_s)
            length = max(0, math.ceil(end_s) - begin)
            intervals.append(self.cp.new_fixed_size_interval_var(begin, length, "f"))
            demands.append(min(tracks, count.capacity))
        self.cp.add_cumulative(intervals, demands, count.capacity)

    def solved(
        self, limit: float, hint: Mapping[int, Chosen], seed: int, *, bounding: bool
    ) -> ModelAnswer:
        self.cp.minimize(sum(self.costs))
        hinted: set[int] = set()
        for train, known in hint.items():
            for number in range(len(self.options.get(train, ()))):
                literal = self.present[train, number]
                if literal.index not in hinted:  # coupled trains share theirs
                    hinted.add(literal.index)
                    self.cp.add_hint(literal, number == known.option)
                if number == known.option:
                    for delay, value in zip(self.delay[train, number], known.delays, strict=False):
                        self.cp.add_hint(delay, int(value))
        solver = new_solver(self.module)
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed
        solver.parameters.max_deterministic_time = limit
        solver.parameters.relative_gap_limit = GAP
        # Chains of delays have a weak relaxation: branching alone finds answers sooner, the whole
        # relaxation is what gives large models a bound.
        solver.parameters.linearization_level = 2 if bounding else 0
        solver.parameters.cp_model_probing_level = 0
        status = solver.solve(self.cp)
        if status not in (self.module.OPTIMAL, self.module.FEASIBLE):
            if status != self.module.UNKNOWN:
                # All trains cancelled is a solution of every sound model.
                raise AssertionError(f"the model is unsound: {self.cp.validate()}")
            return ModelAnswer({}, math.inf, max(0.0, solver.best_objective_bound / SCALE), False)
        chosen: dict[int, Chosen] = {}
        for train, options in self.options.items():
            number = next(
                o for o in range(len(options)) if solver.boolean_value(self.present[train, o])
            )
            delays = tuple(float(solver.value(d)) for d in self.delay[train, number])
            chosen[train] = Chosen(number, delays)
        return ModelAnswer(
            chosen,
            solver.objective_value / SCALE,
            max(0.0, solver.best_objective_bound / SCALE),
            status == self.module.OPTIMAL,
            float(solver.response_proto.deterministic_time),
        )


def _apart(before: DelayedRow, after: DelayedRow) -> int:
    """Return by how much ``after`` must be delayed more than ``before`` to follow it.

    Two holds that overlap in the published timetable may go on to, but no more than there.
    """
    gap = before.to_s - after.from_s
    overlap = min(before.to_s, after.to_s) - max(before.from_s, after.from_s)
    if before.published and after.published and overlap > 0.0 and before.from_s <= after.from_s:
        return 0
    return math.ceil(gap)
