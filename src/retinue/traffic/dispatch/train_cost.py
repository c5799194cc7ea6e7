"""The least cost of every train alone: the first bound of a problem's objective.

Other trains left out, a start is best as early as it can be, on every path; only the choice of path
trades cost against time.  Operations stand in topological order, so one pass suffices: each keeps
the pairs (start, cost so far) of which none is both later and dearer than another.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from retinue.traffic.dispatch.problem import Problem
from retinue.traffic.dispatch.windows import Windows

__all__ = ["CheapestPath", "cheapest_paths"]


@dataclass(frozen=True, slots=True)
class CheapestPath:
    """The cheapest way of one train alone.

    Attributes
    ----------
    cost
        Its least cost.
    rows, times
        Its operations (numbered globally) and when each starts.
    """

    cost: int
    rows: tuple[int, ...]
    times: tuple[int, ...]


def cheapest_paths(problem: Problem, windows: Windows) -> list[CheapestPath]:
    """Return the cheapest path of each train as if it ran alone.

    Every train must have a path (`windows.blocked` is empty).
    """
    parts: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for row, threshold, rate, step in zip(
        problem.cost_operation.tolist(), problem.cost_threshold.tolist(),
        problem.cost_rate.tolist(), problem.cost_step.tolist(), strict=True,
    ):  # fmt: skip
        parts[row].append((threshold, rate, step))
    return [_cheapest(problem, windows, train, parts) for train in range(problem.trains)]


#: (start, cost, row, label before it)
_Label = tuple[int, int, int, "_Label | None"]


def _cheapest(
    problem: Problem,
    windows: Windows,
    train: int,
    parts: dict[int, list[tuple[int, int, int]]],
) -> CheapestPath:
    begin, behind = int(problem.first[train]), int(problem.first[train + 1])
    lower = problem.earliest[begin:behind].tolist()
    durations = problem.duration[begin:behind].tolist()
    starts = problem.successor_from[begin : behind + 1].tolist()
    successors = problem.successor[starts[0] : starts[-1]].tolist()
    arriving: dict[int, list[_Label]] = defaultdict(list)
    start = lower[0]
    arriving[begin] = [(start, _cost(parts.get(begin, ()), start), begin, None)]
    labels: list[_Label] = []
    for row in range(begin, behind):
        labels = _best(arriving.pop(row, []))
        for after in successors[
            starts[row - begin] - starts[0] : starts[row - begin + 1] - starts[0]
        ]:
            if not windows.live[after]:
                continue
            for label in labels:
                time = max(label[0] + durations[row - begin], lower[after - begin])
                if time <= windows.latest[after]:
                    cost = label[1] + _cost(parts.get(after, ()), time)
                    arriving[after].append((time, cost, after, label))
    best = min(labels, key=lambda label: (label[1], label[0]))
    rows, times = [], []
    at: _Label | None = best
    while at is not None:
        rows.append(at[2])
        times.append(at[0])
        at = at[3]
    return CheapestPath(best[1], tuple(reversed(rows)), tuple(reversed(times)))


def _best(labels: list[_Label]) -> list[_Label]:
    """Return the labels that no other beats in time and cost."""
    kept: list[_Label] = []
    for label in sorted(labels, key=lambda label: (label[0], label[1])):
        if not kept or label[1] < kept[-1][1]:
            kept.append(label)
    return kept


def _cost(parts: list[tuple[int, int, int]] | tuple[()], time: int) -> int:
    return sum(
        rate * (time - threshold) + step for threshold, rate, step in parts if time >= threshold
    )
