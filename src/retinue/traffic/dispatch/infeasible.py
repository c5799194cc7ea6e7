"""Why a problem has no solution, in words.

Three proofs, from the cheapest to the dearest; each is sound, none is complete but the last on
problems small enough to be solved exactly:

1. a train alone: on no path does it reach every operation within its bounds;
2. orders that bounds force contradict each other (`forced_order`);
3. the exact model of all trains, or of groups of them, has no solution (`group_model` with ranks);
   the trains are then reduced to a set of which each one is needed for the proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from retinue.errors import NoPlan, Reason
from retinue.traffic.dispatch.forced_order import forced_contradiction, label, resource_name
from retinue.traffic.dispatch.group_model import solve_group
from retinue.traffic.dispatch.problem import NEVER, Problem
from retinue.traffic.dispatch.windows import Windows, windows_of

__all__ = ["infeasibility", "refuse_infeasible"]

#: The whole problem is solved exactly up to so many pairs of operations that share a resource.
_EXACT_PAIRS = 5000
#: Deterministic seconds of one exact proof, and how many pairs of trains are tried without one.
_LIMIT = 5.0
_MOST_PAIRS = 50
_CURE = "Move a bound, or leave one of the trains out."


def refuse_infeasible(problem: Problem, *, exact: bool = False) -> None:
    """Raise where the problem is proven infeasible.

    Raises
    ------
    NoPlan
        With the reasons.
    """
    reasons = infeasibility(problem, exact=exact)
    if reasons:
        raise NoPlan("the problem has no solution", reasons=reasons)


def infeasibility(problem: Problem, *, exact: bool = True) -> tuple[Reason, ...]:
    """Return reasons that prove the problem infeasible; none where no proof was found.

    Parameters
    ----------
    exact
        Whether to go on to the third proof, which may take a minute.

    Raises
    ------
    InputError
        Where the third proof is asked for and OR-Tools is not installed.
    """
    windows = windows_of(problem)
    if windows.blocked:
        return tuple(
            Reason(_blocked(problem, windows, rows), f"train {train}", _CURE, "window")
            for train, rows in windows.blocked.items()
        )
    found = forced_contradiction(problem, windows)
    if found is not None:
        kind = "ring" if found.ring else "order"
        return (Reason(found.words, found.resource, _CURE, kind),)
    return _exact(problem, windows) if exact else ()


def _blocked(problem: Problem, windows: Windows, rows: Sequence[int]) -> str:
    parts = [
        f"{label(problem, row)} cannot start before {windows.earliest[row]}, and its upper bound is"
        f" {int(problem.latest[row])}"
        for row in rows[:3]
    ]
    more = f"; and {len(rows) - 3} more" if len(rows) > 3 else ""
    return "no path of the train keeps its bounds: " + "; ".join(parts) + more


def _exact(problem: Problem, windows: Windows) -> tuple[Reason, ...]:
    shared = _shared(problem, windows)
    if sum(shared.values()) <= _EXACT_PAIRS:
        trains = tuple(sorted({train for pair in shared for train in pair}))
        return _proof(problem, windows, trains)
    bounded = {
        int(problem.train_of[row])
        for row in range(problem.operations)
        if windows.live[row] and windows.latest[row] < NEVER
    }
    # Trains without upper bounds can wait; those with the fewest common operations are quickest.
    pairs = [pair for pair in shared if bounded.issuperset(pair)]
    pairs.sort(key=lambda pair: (shared[pair], pair))
    for pair in pairs[:_MOST_PAIRS]:
        if shared[pair] <= _EXACT_PAIRS:
            reasons = _proof(problem, windows, pair)
            if reasons:
                return reasons
    return ()


def _shared(problem: Problem, windows: Windows) -> dict[tuple[int, int], int]:
    """Return how many pairs of operations need one resource, by pairs of trains."""
    uses: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in range(problem.operations):
        if windows.live[row]:
            train = int(problem.train_of[row])
            for at in range(int(problem.use_from[row]), int(problem.use_from[row + 1])):
                uses[int(problem.use[at])][train] += 1
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for counts in uses.values():
        for one, two in combinations(sorted(counts), 2):
            shared[one, two] += counts[one] * counts[two]
    return dict(shared)


def _proof(problem: Problem, windows: Windows, trains: tuple[int, ...]) -> tuple[Reason, ...]:
    if len(trains) < 2 or not _impossible(problem, windows, trains):
        return ()
    # Without a train that is not needed, the proof still stands: so the least set is told.
    for train in trains:
        fewer = tuple(other for other in trains if other != train)
        if len(fewer) > 1 and _impossible(problem, windows, fewer):
            trains = fewer
    names = ", ".join(map(str, trains[:-1])) + f" and {trains[-1]}"
    disputed = _disputed(problem, windows, trains)
    words = (
        f"trains {names} cannot all run within their bounds, whatever routes and orders they take"
        f" (all were excluded by search); they need {disputed} one after the other"
    )
    return (Reason(words, f"trains {names}", _CURE, "group"),)


def _impossible(problem: Problem, windows: Windows, trains: tuple[int, ...]) -> bool:
    answer = solve_group(problem, windows, trains, limit=_LIMIT, ranks=True, costs=False)
    return answer.infeasible


def _disputed(problem: Problem, windows: Windows, trains: tuple[int, ...]) -> str:
    """Return the names of the resources that two of the trains may need."""
    users: dict[int, set[int]] = defaultdict(set)
    for train in trains:
        for row in range(int(problem.first[train]), int(problem.first[train + 1])):
            if windows.live[row]:
                for at in range(int(problem.use_from[row]), int(problem.use_from[row + 1])):
                    users[int(problem.use[at])].add(train)
    names = [resource_name(problem, r) for r, by in sorted(users.items()) if len(by) > 1]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more
