"""An exact model of a few trains for the constraint solver: all routes, all orders.

Leaving trains out only takes rules away, so what is proved of a group holds for the whole problem:
an infeasible group proves the problem infeasible, and the least cost of a group bounds its share of
the objective.  Monolithic models of many trains find nothing; groups of two to six are their use.

Variables: the start of each operation, which moves a train takes, and for two operations of
different trains that need one resource, which comes first.  Times alone allow trains to swap
resources at one instant.  Where that matters (`ranks`), each event has a rank in the list too, and
every rule that orders two events orders their ranks strictly.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from retinue.errors import InputError
from retinue.traffic.dispatch.problem import Problem
from retinue.traffic.dispatch.windows import Windows

__all__ = ["GroupAnswer", "solve_group"]


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

    Raises
    ------
    InputError
        Where OR-Tools is not installed.
    """
    module = _module()
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
        _objective(model)
    solver = module.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = limit
    status = solver.solve(model.cp)
    if status == module.INFEASIBLE:
        return GroupAnswer(True, False, 0)
    bound = max(0, math.ceil(solver.best_objective_bound - 1e-6)) if costs else 0
    return GroupAnswer(False, status == module.OPTIMAL, bound)


def _module() -> Any:
    try:
        from ortools.sat.python import cp_model
    except ImportError as error:
        raise InputError(
            "the dispatcher needs the constraint solver OR-Tools, which is not installed",
            cure="Install it: pip install 'retinue[traffic]'.",
        ) from error
    return cp_model


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
    """Order every two operations of different trains that need one resource."""
    problem = model.problem
    groups: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in model.rows:
        for at in range(int(problem.use_from[row]), int(problem.use_from[row + 1])):
            groups[int(problem.use[at])].append((row, int(problem.release[at])))
    for group in groups.values():
        for index, (one, release_one) in enumerate(group):
            for two, release_two in group[index + 1 :]:
                if problem.train_of[one] != problem.train_of[two]:
                    _order(model, one, release_one, two, release_two)


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


def _objective(model: _Model) -> None:
    terms = []
    problem = model.problem
    for part, row in enumerate(problem.cost_operation.tolist()):
        if row not in model.start:
            continue
        threshold, rate, step = (
            int(x[part]) for x in (problem.cost_threshold, problem.cost_rate, problem.cost_step)
        )
        given = [model.present[row]] if row in model.present else []
        if rate and model.last[row] > threshold:
            late = model.cp.new_int_var(0, model.last[row] - threshold, f"l{part}")
            model.cp.add(late >= model.start[row] - threshold).only_enforce_if(given)
            terms.append(rate * late)
        if step:
            hit = model.cp.new_bool_var(f"h{part}")
            model.cp.add(model.start[row] < threshold).only_enforce_if([*given, hit.negated()])
            terms.append(step * hit)
    model.cp.minimize(sum(terms) if terms else 0)
