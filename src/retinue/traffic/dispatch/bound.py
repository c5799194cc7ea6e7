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
from itertools import combinations

import numpy as np

from retinue.errors import InputError
from retinue.traffic.dispatch.group_model import solve_group
from retinue.traffic.dispatch.problem import Problem
from retinue.traffic.dispatch.train_cost import CheapestPath, cheapest_paths
from retinue.traffic.dispatch.windows import Windows, windows_of

__all__ = ["Bound", "alone_bound", "lower_bound"]

#: Deterministic seconds of the constraint solver for one group of two, and for a larger one.
_PAIR_LIMIT = 0.4
_GROUP_LIMIT = 4.0
_GROUP_MOST = 6
#: In groups of no more operations the order of events of one instant counts too.
_RANKED_ROWS = 100
#: Of no more trains all that share a resource are joined, not those in open dispute alone.
_FEW_TRAINS = 30


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
        #: The same for trains that meet only where others push them off their cheapest ways.
        self.shared = _shared(problem, windows)

    def run(self) -> None:
        """Solve pairs in the order of their disputes for half the effort, then grow the best."""
        pairs = sorted(self.disputes, key=lambda pair: (-self.disputes[pair], pair))
        half = None if self.until is None else (time.monotonic() + self.until) / 2
        for pair in pairs[: max(1, self.effort // 2)]:
            if self._over() or (half is not None and time.monotonic() > half):
                break
            self._solve(pair, _PAIR_LIMIT)
        while not self._over():
            grown = self._grown()
            if grown is None:
                return
            self._solve(grown, _GROUP_LIMIT)

    def _over(self) -> bool:
        return (
            len(self.solved) >= self.effort
            or (self.until is not None and time.monotonic() > self.until)
            or (self.stop is not None and self.stop())
        )

    def _solve(self, group: tuple[int, ...], limit: float) -> None:
        rows = sum(int(self.problem.first[t + 1] - self.problem.first[t]) for t in group)
        known = {part: bound for part, bound in self.solved.items() if set(part) < set(group)}
        answer = solve_group(
            self.problem,
            self.windows,
            group,
            limit=limit,
            ranks=rows <= _RANKED_ROWS,
            known=known | {(train,): self.paths[train].cost for train in group},
            time_s=None if self.until is None else self.until - time.monotonic(),
        )
        alone = sum(self.paths[train].cost for train in group)
        self.solved[group] = alone if answer.infeasible else max(answer.bound, alone)

    def _gain(self, group: tuple[int, ...]) -> int:
        return self.solved[group] - sum(self.paths[train].cost for train in group)

    def _grown(self) -> tuple[int, ...] | None:
        """Return the group that was not solved yet and promises most: a known one and one train.

        A train promises what it gains in pairs with the members, and a little for disputes of
        which nothing is known.
        """
        near: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        for pair in self.shared:
            near[pair[0]][pair[1]] = near[pair[1]][pair[0]] = 1e-9
        for pair, worth in self.disputes.items():
            known = pair in self.solved
            promise = float(self._gain(pair)) if known else min(1.0, worth * 1e-6)
            promise = max(promise, 1e-9)
            near[pair[0]][pair[1]] = near[pair[1]][pair[0]] = promise
        best: tuple[float, tuple[int, ...]] | None = None
        for group in self.solved:
            if len(group) >= _GROUP_MOST:
                continue
            promises: dict[int, float] = defaultdict(float)
            for member in group:
                for train, promise in near[member].items():
                    if train not in group:
                        promises[train] += promise
            for train, promise in promises.items():
                larger = tuple(sorted((*group, train)))
                # Gains of small groups are surer and quicker: the share of a train decides.
                score = (self._gain(group) + promise) / len(larger)
                better = best is None or (-score, larger) < (-best[0], best[1])
                if promise > 0 and better and larger not in self.solved:
                    best = (score, larger)
        return None if best is None else best[1]


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


def _shared(problem: Problem, windows: Windows) -> set[tuple[int, int]]:
    """Return the pairs of trains that may ever need one resource, if these are few."""
    if problem.trains > _FEW_TRAINS:
        return set()
    users: dict[int, set[int]] = defaultdict(set)
    for row in range(problem.operations):
        if windows.live[row]:
            for at in range(int(problem.use_from[row]), int(problem.use_from[row + 1])):
                users[int(problem.use[at])].add(int(problem.train_of[row]))
    return {pair for trains in users.values() for pair in combinations(sorted(trains), 2)}


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
