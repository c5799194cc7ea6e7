"""Lower bounds of the objective that no solution can be under.

Three steps, each a relaxation:

1. every train alone at its least cost (`train_cost`);
2. groups of trains whose cheapest ways need one resource at once, solved exactly by the constraint
   solver, or bounded by it where it does not finish: pairs first, then pairs that grow by the
   trains which dispute most with them;
3. one linear programme over all of it.  With c_i the cost of train i in any solution, every group S
   says that the c_i over S sum up to its bound at least; the least sum of all c_i is the bound.
   Groups may overlap, which no sum over disjoint groups allows.

Without OR-Tools the first step alone remains, and the bound says so.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from retinue.errors import InputError
from retinue.traffic.dispatch.group_model import solve_group
from retinue.traffic.dispatch.problem import Problem
from retinue.traffic.dispatch.train_cost import CheapestPath, cheapest_paths
from retinue.traffic.dispatch.windows import Windows, windows_of

__all__ = ["Bound", "alone_bound", "lower_bound"]

#: Deterministic seconds of the constraint solver for one group of two, and for a larger one.
_PAIR_LIMIT = 1.0
_GROUP_LIMIT = 4.0
_GROUP_MOST = 6
#: In groups of no more operations the order of events of one instant counts too.
_RANKED_ROWS = 100


@dataclass(frozen=True, slots=True)
class Bound:
    """A lower bound of the objective.

    Attributes
    ----------
    value
        No solution costs less.
    alone
        The part that trains cost even if each ran alone.
    groups
        Trains of each group that was solved, and the bound of what they cost together.
    words
        How the bound was made.
    """

    value: int
    alone: int
    groups: tuple[tuple[tuple[int, ...], int], ...]
    words: str


def alone_bound(problem: Problem, windows: Windows | None = None) -> int:
    """Return the sum of the least costs of all trains, each alone: at once, but weak."""
    return sum(path.cost for path in cheapest_paths(problem, windows or windows_of(problem)))


def lower_bound(
    problem: Problem,
    *,
    effort: int = 40,
    time_s: float | None = None,
    stop: Callable[[], bool] | None = None,
) -> Bound:
    """Return a lower bound of the objective.

    Parameters
    ----------
    effort
        How many groups of trains are solved at most; the result is reproducible.
    time_s
        Solve no further group after so many seconds; not reproducible.
    stop
        Asked before every group.

    Notes
    -----
    A problem that is infeasible has every bound; the value is then what was found before that.
    """
    windows = windows_of(problem)
    if windows.blocked:
        return Bound(0, 0, (), "some train has no path at all")
    paths = cheapest_paths(problem, windows)
    alone = sum(path.cost for path in paths)
    search = _Groups(problem, windows, paths, effort, time_s, stop)
    try:
        search.run()
    except InputError as error:
        return Bound(alone, alone, (), f"every train alone; {error.message}")
    groups = tuple(sorted(search.solved.items()))
    value = max(alone, _linear(paths, groups))
    words = f"every train alone {alone}, {len(groups)} groups of trains {value - alone} more"
    return Bound(value, alone, groups, words)


class _Groups:
    """Chooses groups of trains that dispute, and solves them one after the other."""

    def __init__(
        self,
        problem: Problem,
        windows: Windows,
        paths: list[CheapestPath],
        effort: int,
        time_s: float | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        self.problem, self.windows, self.paths = problem, windows, paths
        self.effort = effort
        self.until = None if time_s is None else time.monotonic() + time_s
        self.stop = stop
        self.solved: dict[tuple[int, ...], int] = {}
        self.disputes = _disputes(problem, paths)

    def run(self) -> None:
        """Solve pairs in the order of their disputes for half the effort, then grow the best."""
        pairs = sorted(self.disputes, key=lambda pair: (-self.disputes[pair], pair))
        for pair in pairs[: max(1, self.effort // 2)]:
            if self._over():
                return
            self._solve(pair, _PAIR_LIMIT)
        grown = sorted(self.solved, key=lambda group: (-self._gain(group), group))
        while grown and not self._over():
            group = grown.pop(0)
            larger = self._grow(group)
            if larger is None or larger in self.solved:
                continue
            self._solve(larger, _GROUP_LIMIT)
            if self._gain(larger) > self._gain(group):
                grown.append(larger)

    def _over(self) -> bool:
        return (
            len(self.solved) >= self.effort
            or (self.until is not None and time.monotonic() > self.until)
            or (self.stop is not None and self.stop())
        )

    def _solve(self, group: tuple[int, ...], limit: float) -> None:
        rows = sum(int(self.problem.first[t + 1] - self.problem.first[t]) for t in group)
        answer = solve_group(
            self.problem, self.windows, group, limit=limit, ranks=rows <= _RANKED_ROWS
        )
        if not answer.infeasible:
            self.solved[group] = max(answer.bound, sum(self.paths[t].cost for t in group))

    def _gain(self, group: tuple[int, ...]) -> int:
        return self.solved[group] - sum(self.paths[train].cost for train in group)

    def _grow(self, group: tuple[int, ...]) -> tuple[int, ...] | None:
        """Add the train that disputes most with the group."""
        if len(group) >= _GROUP_MOST:
            return None
        weight: dict[int, int] = defaultdict(int)
        for (one, two), worth in self.disputes.items():
            if (one in group) != (two in group):
                weight[two if one in group else one] += worth
        if not weight:
            return None
        joining = min(weight, key=lambda train: (-weight[train], train))
        return tuple(sorted((*group, joining)))


def _disputes(problem: Problem, paths: list[CheapestPath]) -> dict[tuple[int, int], int]:
    """Return, for two trains, for how long their cheapest ways need one resource at once."""
    uses: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for train, path in enumerate(paths):
        ends = [*path.times[1:], path.times[-1] + 1]
        for row, start, end in zip(path.rows, path.times, ends, strict=True):
            for at in range(int(problem.use_from[row]), int(problem.use_from[row + 1])):
                uses[int(problem.use[at])].append((start, end + int(problem.release[at]), train))
    found: dict[tuple[int, int], int] = defaultdict(int)
    for group in uses.values():
        group.sort()
        open_: list[tuple[int, int, int]] = []
        for use in group:
            open_ = [other for other in open_ if other[1] >= use[0]]
            for other in open_:
                if other[2] != use[2]:
                    pair = (min(other[2], use[2]), max(other[2], use[2]))
                    # Where one ends as the other begins, they may be about to swap.
                    found[pair] += min(other[1], use[1]) - use[0] + 1
            open_.append(use)
    return dict(found)


def _linear(paths: list[CheapestPath], groups: tuple[tuple[tuple[int, ...], int], ...]) -> int:
    """Return the least sum of costs by train that every group allows, rounded up.

    The dual of a linear programme is a proof: whatever weights y >= 0 on groups the solver returns,
    scaled down until no train's weights exceed one, prove their sum; so its rounding does no harm.
    """
    gains = [bound - sum(paths[train].cost for train in group) for group, bound in groups]
    useful = [(group, gain) for (group, _), gain in zip(groups, gains, strict=True) if gain > 0]
    if not useful:
        return 0
    weights = _weights(len(paths), useful)
    load = np.zeros(len(paths))
    for (group, _), weight in zip(useful, weights, strict=True):
        load[list(group)] += weight
    scale = max(1.0, float(load.max()))
    more = sum(weight * gain for weight, (_, gain) in zip(weights, useful, strict=True)) / scale
    return sum(path.cost for path in paths) + math.ceil(more - 1e-6 * max(1.0, more))


def _weights(trains: int, useful: list[tuple[tuple[int, ...], int]]) -> list[float]:
    """Return weights y >= 0 on groups, at most one on every train, with the greatest gain."""
    import highspy

    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    for _, gain in useful:
        model.addCol(-float(gain), 0.0, 1.0, 0, [], [])
    for train in range(trains):
        columns = [at for at, (group, _) in enumerate(useful) if train in group]
        if len(columns) > 1:
            model.addRow(-highspy.kHighsInf, 1.0, len(columns), columns, [1.0] * len(columns))
    model.run()
    return [max(0.0, float(value)) for value in model.getSolution().col_value]
