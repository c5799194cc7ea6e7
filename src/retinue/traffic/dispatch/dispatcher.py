"""Solve a dispatching problem: as good a solution as the time allows, better the longer it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np

from retinue.traffic.dispatch.neighbourhood import Ruin, new_ruin
from retinue.traffic.dispatch.network import LEFT_OUT, Network, network_of
from retinue.traffic.dispatch.occupation import Timetable, empty_timetable
from retinue.traffic.dispatch.ordering import Ordering, new_ordering
from retinue.traffic.dispatch.problem import Problem, Solution
from retinue.traffic.dispatch.push_search import Push, new_push
from retinue.traffic.dispatch.ruin import adopt, fill, improve
from retinue.traffic.dispatch.shift import compact, reorder
from retinue.traffic.dispatch.train_search import Search, new_search

__all__ = ["Progress", "Result", "solve"]

#: Called with the best cost (None while there is none), the bound, iterations and seconds.
Progress = Callable[[int | None, int, int, float], None]

#: Seconds between two questions whether to stop, and between two exchanges of the best.
_ASK_S = 0.05
_ROUND_S = 0.5
#: Iterations between two exchanges where iterations are counted.
_ROUND = 200
#: Temperature at the beginning, as a share of the best cost, and of a train's mean share of it,
#: whichever is less; and how far it falls.
_HOT, _HOT_TRAIN, _FALL = 5e-2, 1.5, 4e-4
#: It falls from the one to the other in so many iterations for each train, as often as there is
#: time for, at most so often.
_CYCLE, _CYCLES_MOST = 1500, 16
#: Most trains taken out at once, between fixed times and in the order, by turns of the workers.
_LARGEST, _LARGEST_ORDER = 8, (4, 8)
#: Of so many neighbourhoods one is of the kind that pushes others; of more in large problems, where
#: it is dearer: one more for so many operations.
_PUSH_EVERY, _PUSH_LESS = 3, 2000
#: Share of the search in which workers do not look at each other.
_ALONE = 0.8
#: Share of the search that goes by before others are pushed.
_FIRST = 0.03


@dataclass(frozen=True, slots=True)
class Result:
    """What the dispatcher found.

    Attributes
    ----------
    solution
        The best solution; None where none was found.
    objective
        Its cost.
    bound
        No solution costs less.
    seconds, iterations
        How long it searched, all workers' neighbourhoods together.
    status
        ``optimal``, ``feasible``, ``unsolved`` (none found, none excluded) or ``infeasible`` (a
        train has no way even alone).
    """

    solution: Solution | None
    objective: int | None
    bound: int
    seconds: float
    iterations: int
    status: str


@dataclass(slots=True)
class _Worker:
    """A local search of its own."""

    net: Network
    table: Timetable
    saved: Timetable
    search: Search
    ruin: Ruin
    order: Ordering
    push: Push
    largest_order: int

    @classmethod
    def of(cls, net: Network, resources: int, seed: int, number: int) -> _Worker:
        search = new_search(net, seed * 1009 + number)
        return cls(
            net,
            empty_timetable(net, resources),
            empty_timetable(net, resources),
            search,
            new_ruin(net, resources, search),
            new_ordering(net),
            new_push(net),
            _LARGEST_ORDER[number % len(_LARGEST_ORDER)],
        )

    def run(self, iterations: int, warmth: float, pushing: bool) -> None:
        """Try so many neighbourhoods; `warmth` is the temperature."""
        every = _PUSH_EVERY + len(self.net.train_of) // _PUSH_LESS
        pushes = iterations // every if pushing else 0
        if pushes:
            reorder(
                self.net, self.table, self.saved, self.order, self.search, self.push, self.ruin,
                pushes, warmth, warmth, self.largest_order,
            )  # fmt: skip
        rest = iterations - pushes
        improve(self.net, self.table, self.search, self.ruin, rest, warmth, warmth, _LARGEST)

    def settle(self) -> None:
        """Go back to the best timetable, and give all its trains their earliest times."""
        adopt(self.net, self.table, self.ruin, self.ruin.best)
        compact(self.net, self.table, self.order, self.ruin)


def solve(
    problem: Problem,
    *,
    time_s: float | None = None,
    iterations: int | None = None,
    workers: int = 1,
    seed: int = 1,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
) -> Result:
    """Search until the time or the iterations are over, the optimum is proven, or `stop` says so.

    With `iterations` (of each worker) the result depends on the problem, seed and number of workers
    alone; with `time_s` on the machine too.  Where both are given the first to be reached ends it;
    where none is, 60 s.

    Raises
    ------
    InputError
        Where the problem's times are too long.
    """
    begin = time.perf_counter()
    if time_s is None and iterations is None:
        time_s = 60.0
    net = network_of(problem)
    team = [_Worker.of(net, len(problem.resources), seed, i) for i in range(workers)]
    free = team[0].ruin.free
    if (free < 0).any():
        return Result(None, None, 0, time.perf_counter() - begin, 0, "infeasible")
    bound = int(free.sum())
    for worker in team:
        fill(net, worker.table, worker.search, worker.ruin)
    done, size, cycles = 0, _ROUND, 0
    hot = min(_HOT, _HOT_TRAIN / problem.trains)
    with ThreadPoolExecutor(workers) as pool:
        while True:
            taken = time.perf_counter() - begin
            best = min(team, key=lambda worker: int(worker.ruin.total[1]))
            cost = int(best.ruin.total[1])
            if progress is not None:
                progress(cost if cost < LEFT_OUT else None, bound, done * workers, taken)
            if cost <= bound or (stop is not None and stop()):
                break
            share = 0.0
            if iterations is not None:
                share = done / iterations
                size = min(_ROUND, iterations - done)
            if time_s is not None:
                share = max(share, taken / time_s)
            if share >= 1.0:
                break
            if cycles == 0 and share >= _FIRST:
                cycles = _cycles(problem, done / share)
            phase = share * max(1, cycles) % 1.0
            warmth = max(1.0, float(cost % LEFT_OUT)) * hot * _FALL**phase
            started = time.perf_counter()
            runs = [pool.submit(worker.run, size, warmth, share >= _FIRST) for worker in team]
            _watch(team, runs, stop, begin + time_s if time_s is not None else None)
            done += size
            if iterations is None:
                size = _next_size(size, time.perf_counter() - started)
            if share > _ALONE:
                _exchange(team)
    for worker in team:
        worker.settle()
    best = min(team, key=lambda worker: int(worker.ruin.total[1]))
    cost = int(best.ruin.total[1])
    taken = time.perf_counter() - begin
    if cost >= LEFT_OUT:
        return Result(None, None, bound, taken, done * workers, "unsolved")
    solution = _solution(problem, net, best.ruin.best)
    status = "optimal" if cost <= bound else "feasible"
    return Result(solution, solution.objective, bound, taken, done * workers, status)


def _watch(
    team: list[_Worker],
    runs: list[Future[None]],
    stop: Callable[[], bool] | None,
    end: float | None,
) -> None:
    """Wait for a round; end it early where asked or where the time is over."""
    halted = False
    while wait(runs, timeout=_ASK_S).not_done:
        over = end is not None and time.perf_counter() >= end
        if not halted and (over or (stop is not None and stop())):
            halted = True
            for worker in team:
                worker.ruin.halt[0] = 1
    for worker, run in zip(team, runs, strict=True):
        run.result()
        worker.ruin.halt[0] = 0


def _cycles(problem: Problem, iterations: float) -> int:
    """Return how often to cool down in so many iterations."""
    return max(1, min(_CYCLES_MOST, int(iterations / (_CYCLE * max(1, problem.trains)))))


def _next_size(size: int, taken: float) -> int:
    """Return how many iterations the next round should have."""
    return max(10, min(2 * size, int(size * _ROUND_S / max(taken, 1e-3))))


def _exchange(team: list[_Worker]) -> None:
    """Hand the best timetable to a worker that has fallen far behind."""
    best = min(team, key=lambda worker: int(worker.ruin.total[1]))
    cost = int(best.ruin.total[1])
    for worker in team:
        if worker is not best and int(worker.ruin.total[1]) > cost * 1.01 + 1:
            adopt(worker.net, worker.table, worker.ruin, best.ruin.best)


def _solution(problem: Problem, net: Network, table: Timetable) -> Solution:
    """Return a timetable as events in their global order."""
    rows = []
    for train in range(problem.trains):
        first = int(problem.first[train])
        rows += [
            (int(table.start[i]), train, i, int(table.way[i]))
            for i in range(first, first + int(table.length[train]))
        ]
    rows.sort()  # what happens at one fine time happens to one train, or is free of order
    operation = np.array([row[3] for row in rows], np.int32)
    when = np.array([row[0] // net.fine for row in rows], np.int64)
    return Solution(operation, when, problem.objective(operation, when))
