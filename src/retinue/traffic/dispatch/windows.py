"""What each train's own graph allows: windows of its operations, and which of them it cannot avoid.

Other trains are left out, so every window is a relaxation: no solution starts an operation outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from retinue.traffic.dispatch.problem import NEVER, Problem

__all__ = ["Windows", "windows_of"]


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of all operations; lists count operations globally.

    Attributes
    ----------
    earliest
        Least start along the quickest path from the entry.
    latest
        Greatest start from which the exit can still be reached in time; `NEVER` without bound.
    live
        Whether some path from entry to exit through the operation keeps every bound.
    mandatory
        Whether every such path has it.
    blocked
        For trains without any path: the operations that cannot be started in time.
    """

    earliest: list[int]
    latest: list[int]
    live: list[bool]
    mandatory: list[bool]
    blocked: dict[int, list[int]]


def windows_of(problem: Problem) -> Windows:
    """Compute the windows of every operation from bounds, durations and successors."""
    count = problem.operations
    first = problem.first.tolist()
    duration, lower, upper = (
        x.tolist() for x in (problem.duration, problem.earliest, problem.latest)
    )
    ahead = _lists(problem.successor_from.tolist(), problem.successor.tolist())
    earliest = [NEVER] * count
    latest = [-1] * count
    blocked: dict[int, list[int]] = {}
    live = [False] * count
    mandatory = [False] * count
    for train in range(problem.trains):
        begin, behind = first[train], first[train + 1]
        late = []
        earliest[begin] = lower[begin]
        for row in range(begin, behind):
            if earliest[row] == NEVER:
                continue
            if earliest[row] > upper[row]:
                late.append(row)
                continue
            ended = earliest[row] + duration[row]
            for after in ahead[row]:
                earliest[after] = min(earliest[after], max(ended, lower[after]))
        for row in range(behind - 1, begin - 1, -1):
            bound = upper[row]
            if row < behind - 1:
                best = max((latest[after] for after in ahead[row]), default=-1)
                bound = min(bound, best - duration[row] if best < NEVER else NEVER)
            reached = earliest[row] < NEVER and earliest[row] <= bound
            latest[row] = bound if reached else -1
            live[row] = reached
        if not live[begin]:
            blocked[train] = late
            continue
        _mark_mandatory(begin, behind, ahead, live, mandatory)
    return Windows(earliest, latest, live, mandatory, blocked)


def _mark_mandatory(
    begin: int, behind: int, ahead: list[list[int]], live: list[bool], mandatory: list[bool]
) -> None:
    """Mark the operations that no live move passes by: rows are in topological order."""
    furthest = begin
    for row in range(begin, behind):
        if not live[row]:
            continue
        mandatory[row] = furthest <= row
        for after in ahead[row]:
            if live[after]:
                furthest = max(furthest, after)


def _lists(starts: list[int], items: list[int]) -> list[list[int]]:
    return [items[a:b] for a, b in pairwise(starts)]
