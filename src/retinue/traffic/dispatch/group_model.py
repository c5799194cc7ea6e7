"""An exact model of a few trains for the constraint solver: all routes, all orders.

Leaving trains out only takes rules away, so what is proved of a group holds for the whole problem:
an infeasible group proves the problem infeasible, and the least cost of a group bounds its share of
the objective.  Monolithic models of many trains find nothing; groups of two to six are their use.

Variables: the start of each operation, which moves a train takes, and for two operations of
different trains that need one resource, which comes first.  Times alone allow trains to swap
resources at one instant.  Where that matters (`ranks`), each event has a rank in the list too, and
every rule that orders two events orders their ranks strictly.

A train that never gives a resource up and takes it again uses it in one visit, whatever its route:
the visits of two trains need one order, not one for every pair of their operations.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from retinue.libraries import constraint_solver, new_solver
from retinue.traffic.dispatch.problem import Problem
from retinue.traffic.dispatch.windows import Windows

__all__ = ["GroupAnswer", "solve_group"]

#: Operations that use one resource, with its release time.
_Uses = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class GroupAnswer:
    """What the constraint solver proved of a group.

    Attributes
    ----------
    infeasible
        Whether no solution exists.
    optimal
        Whether `bound` is the least cost.
    bound
        A lower bound of the group's cost.
    """

    infeasible: bool
    optimal: bool
    bound: int


@dataclass(slots=True)
class _Model:
    problem: Problem
    windows: Windows
    rows: list[int]
    horizon: int
    cp: Any
    start: dict[int, Any] = field(default_factory=dict)
    present: dict[int, Any] = field(default_factory=dict)
    end: dict[int, Any] = field(default_factory=dict)
    rank: dict[int, Any] = field(default_factory=dict)
    end_rank: dict[int, Any] = field(default_factory=dict)
    last: dict[int, int] = field(default_factory=dict)


def solve_group(
    problem: Problem,
    windows: Windows,
    trains: Sequence[int],
    *,
    limit: float,
    ranks: bool = False,
    costs: bool = True,
    known: Mapping[tuple[int, ...], int] | None = None,
    time_s: float | None = None,
) -> GroupAnswer:
    """Solve the problem of some trains alone.

    Parameters
    ----------
    trains
        Which trains; each must have a path within its bounds.
    limit
        Deterministic seconds of the constraint solver (equal on every machine).
    ranks
        Whether the order of events of one instant counts; without it the answer is a relaxation.
    costs
        Whether to minimise; without it only feasibility is asked.
    known
        Proven bounds of the common cost of some of the trains: what is known need not be found.
    time_s
        Seconds by the wall clock, where the answer need not be reproducible.

    Raises
    ------
    InputError
        Where OR-Tools is not installed.
    """
    module = constraint_solver("the dispatcher", "traffic")
    rows = [
        row
        for train in trains
        for row in range(int(problem.first[train]), int(problem.first[train + 1]))
        if windows.live[row]
    ]
    model = _Model(problem, windows, rows, _horizon(problem, windows, rows), module.CpModel())
    _paths(model, ranks)
    _resources(model)
    if costs:
        _objective(model, known or {})
    solver = new_solver(module)
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = limit
    if time_s is not None:
        solver.parameters.max_time_in_seconds = max(0.01, time_s)
    status = solver.solve(model.cp)
    if status == module.INFEASIBLE:
        return GroupAnswer(True, False, 0)
    proven = solver.best_objective_bound
    if status == module.MODEL_INVALID or not costs or not math.isfinite(proven):
        # Invalid are only sums of times and costs beyond 64 bits: then nothing is proven.
        return GroupAnswer(False, status == module.OPTIMAL, 0)
    bound = max(0, math.ceil(proven - 1e-6))
    return GroupAnswer(False, status == module.OPTIMAL, bound)


def _horizon(problem: Problem, windows: Windows, rows: Sequence[int]) -> int:
    """Return a time by which some cheapest solution is over, if there is any.

    Pushed to the left, every start is a bound, or an earlier start plus a duration or a release.
    """
    latest = max(int(problem.earliest[row]) for row in rows)
    total = 0
    for row in rows:
        uses = slice(int(problem.use_from[row]), int(problem.use_from[row + 1]))
        total += int(problem.duration[row]) + max(problem.release[uses].tolist(), default=0)
    return latest + total


def _paths(model: _Model, ranks: bool) -> None:
    """Give every train one path with its durations and bounds."""
    cp, problem, windows = model.cp, model.problem, model.windows
    incoming: dict[int, list[Any]] = defaultdict(list)
    for row in model.rows:
        last = min(windows.latest[row], model.horizon)
        model.last[row] = last
        model.start[row] = cp.new_int_var(windows.earliest[row], last, f"s{row}")
        if not windows.mandatory[row]:
            model.present[row] = cp.new_bool_var(f"p{row}")
        if ranks:
            model.rank[row] = cp.new_int_var(0, len(model.rows), f"k{row}")
    live = set(model.rows)
    for row in model.rows:
        begin, behind = int(problem.successor_from[row]), int(problem.successor_from[row + 1])
        after = [item for item in problem.successor[begin:behind].tolist() if item in live]
        if not after:
            continue
        moves = [_move(model, row, item, len(after) == 1) for item in after]
        if len(after) > 1:
            if row in model.present:
                cp.add(sum(moves) == model.present[row])
            else:
                cp.add_exactly_one(moves)
        for item, move in zip(after, moves, strict=True):
            incoming[item].append(move)
        _ends(model, row, after, moves)
    for row in model.rows:
        if row in model.present:
            # One alternative way in is taken where the operation is.
            cp.add(sum(1 if move is None else move for move in incoming[row]) == model.present[row])


def _move(model: _Model, row: int, after: int, only: bool) -> Any:
    """Return the literal of a move, None where it is always made; its duration is added."""
    literal = model.present.get(row) if only else model.cp.new_bool_var(f"m{row}_{after}")
    rules = [
        model.cp.add(model.start[after] >= model.start[row] + int(model.problem.duration[row]))
    ]
    if model.rank:
        rules.append(model.cp.add(model.rank[after] >= model.rank[row] + 1))
    if literal is not None:
        for rule in rules:
            rule.only_enforce_if(literal)
    return literal


def _ends(model: _Model, row: int, after: list[int], moves: list[Any]) -> None:
    """Note the variable of an operation's end: the start of the operation that follows."""
    if len(after) == 1:
        model.end[row] = model.start[after[0]]
        if model.rank:
            model.end_rank[row] = model.rank[after[0]]
        return
    if model.problem.use_from[row] == model.problem.use_from[row + 1]:
        return
    begin = min(model.windows.earliest[item] for item in after)
    end = model.cp.new_int_var(begin, max(model.last[item] for item in after), f"e{row}")
    model.end[row] = end
    if model.rank:
        model.end_rank[row] = model.cp.new_int_var(0, len(model.rows), f"f{row}")
    for item, move in zip(after, moves, strict=True):
        model.cp.add(end >= model.start[item]).only_enforce_if(move)
        if model.rank:
            rule = model.cp.add(model.end_rank[row] >= model.rank[item])
            rule.only_enforce_if(move)


def _resources(model: _Model) -> None:
    """Order all uses of one resource by different trains."""
    problem = model.problem
    groups: dict[int, dict[int, _Uses]] = defaultdict(lambda: defaultdict(list))
    for row in model.rows:
        for at in range(int(problem.use_from[row]), int(problem.use_from[row + 1])):
            by_train = groups[int(problem.use[at])]
            by_train[int(problem.train_of[row])].append((row, int(problem.release[at])))
    for by_train in groups.values():
        if len(by_train) < 2:
            continue
        visits = {
            train: _visit(model, uses)
            for train, uses in by_train.items()
            if not model.rank and len(uses) > 1 and _unbroken(model, uses)
        }
        for one, two in combinations(by_train, 2):
            if one in visits or two in visits:
                for train in (one, two):
                    if train not in visits and len(by_train[train]) == 1:
                        visits[train] = _visit(model, by_train[train])
            if one in visits and two in visits:
                _order_visits(model, visits[one], visits[two])
                continue
            for use in by_train[one]:
                for other in by_train[two]:
                    _order(model, *use, *other)


def _unbroken(model: _Model, uses: _Uses) -> bool:
    """Whether on no path the train gives the resource up and takes it again."""
    held = {row for row, _ in uses}
    problem, live = model.problem, model.windows.live
    given_up: set[int] = set()
    for row in range(min(held), max(held) + 1):
        if not live[row] or (row not in held and row not in given_up):
            continue
        begin, behind = int(problem.successor_from[row]), int(problem.successor_from[row + 1])
        for after in problem.successor[begin:behind].tolist():
            if not live[after]:
                continue
            if after not in held:
                given_up.add(after)
            elif row not in held:
                return False
    return True


@dataclass(frozen=True, slots=True)
class _Visit:
    """One train's whole use of a resource: when it is taken, and when it is free again."""

    taken: Any
    freed: Any


def _visit(model: _Model, uses: _Uses) -> _Visit:
    """Return moments that enclose every use on the path taken; without one they are free."""
    never = model.horizon + max(release for _, release in uses) + 1
    taken = model.cp.new_int_var(0, never, f"t{uses[0]}")
    freed = model.cp.new_int_var(0, never, f"r{uses[0]}")
    for row, release in uses:
        given = [model.present[row]] if row in model.present else []
        model.cp.add(taken <= model.start[row]).only_enforce_if(given)
        if row in model.end:
            model.cp.add(freed >= model.end[row] + release).only_enforce_if(given)
        else:
            model.cp.add(freed >= never).only_enforce_if(given)
    return _Visit(taken, freed)


def _order_visits(model: _Model, one: _Visit, two: _Visit) -> None:
    # A train that passes by is free at 0: it disturbs nobody.
    literal = model.cp.new_bool_var("")
    model.cp.add(two.taken >= one.freed).only_enforce_if(literal)
    model.cp.add(one.taken >= two.freed).only_enforce_if(literal.negated())


def _order(model: _Model, one: int, release_one: int, two: int, release_two: int) -> None:
    first, second = _may(model, one, release_one, two), _may(model, two, release_two, one)
    given = [model.present[row] for row in (one, two) if row in model.present]
    if first and second:
        literal = model.cp.new_bool_var(f"o{one}_{two}")
        _before(model, one, release_one, two, [*given, literal])
        _before(model, two, release_two, one, [*given, literal.negated()])
    elif first:
        _before(model, one, release_one, two, given)
    elif second:
        _before(model, two, release_two, one, given)
    else:
        model.cp.add_bool_or([literal.negated() for literal in given])


def _may(model: _Model, before: int, release: int, after: int) -> bool:
    """Whether the windows leave room for this order."""
    if before not in model.end:
        return False
    earliest = model.windows.earliest[before] + int(model.problem.duration[before])
    return earliest + release <= model.last[after]


def _before(model: _Model, before: int, release: int, after: int, given: list[Any]) -> None:
    rules = [model.cp.add(model.start[after] >= model.end[before] + release)]
    if model.rank:
        rules.append(model.cp.add(model.rank[after] >= model.end_rank[before] + 1))
    for rule in rules:
        rule.only_enforce_if(given)


def _objective(model: _Model, known: Mapping[tuple[int, ...], int]) -> None:
    terms: dict[int, list[Any]] = defaultdict(list)
    problem = model.problem
    for part, row in enumerate(problem.cost_operation.tolist()):
        if row not in model.start:
            continue
        train = int(problem.train_of[row])
        threshold, rate, step = (
            int(x[part]) for x in (problem.cost_threshold, problem.cost_rate, problem.cost_step)
        )
        given = [model.present[row]] if row in model.present else []
        if rate and model.last[row] > threshold:
            late = model.cp.new_int_var(0, model.last[row] - threshold, f"l{part}")
            model.cp.add(late >= model.start[row] - threshold).only_enforce_if(given)
            terms[train].append(rate * late)
        if step:
            hit = model.cp.new_bool_var(f"h{part}")
            model.cp.add(model.start[row] < threshold).only_enforce_if([*given, hit.negated()])
            terms[train].append(step * hit)
    for trains, bound in known.items():
        parts = [term for train in trains for term in terms[train]]
        if parts and bound > 0:
            model.cp.add(sum(parts) >= bound)
    every = [term for parts in terms.values() for term in parts]
    if every:
        model.cp.minimize(sum(every))
