"""The best formation, proven: fewest coaches, then least mass, then distances, then balance.

Each aim is solved for its optimum and then held while the next is solved (lexicographic).
Among orders that are equal in all of them the first in the order's own list is taken, place by
place from the head: so the answer is one, whatever the solver's search.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retinue.errors import NoPlan
from retinue.libraries import new_solver
from retinue.rail.consist_model import ConsistModel, Option, cp_model

if TYPE_CHECKING:
    from retinue.rail.consist_problem import ConsistProblem, Haulage

__all__ = ["AIMS", "ChosenConsist", "Solver", "choose", "solve"]

#: What is best, in this order.
AIMS = ("coaches", "mass_kg", "distance", "balance")

#: Solver's own measure of work (about seconds) for one question; the answer stays the same on a
#: slower machine, because no clock is asked.
WORK = 120.0

#: Places that one step of the tie-break decides: options ** places stays far below 2 ** 53.
_PLACES_A_STEP = 4


@dataclass(frozen=True)
class ChosenConsist:
    """A formation and how good it is.

    Attributes
    ----------
    order
        Coaches from the head.
    worth
        Values of `AIMS`.
    proven
        Whether each is proven to be the optimum.
    """

    order: tuple[Option, ...]
    haulage: Haulage
    worth: tuple[int, ...]
    proven: bool

    @property
    def kinds(self) -> tuple[int, ...]:
        """Coach kinds from the head."""
        return tuple(option.kind.index for option in self.order)


class Solver:
    """OR-Tools' solver, set so that it answers alike each time."""

    def __init__(self, work: float = WORK, workers: int = 1) -> None:
        self.cp: Any = cp_model()
        self.solver: Any = new_solver(self.cp)
        parameters = self.solver.parameters
        parameters.num_workers = workers
        parameters.random_seed = 1
        parameters.max_deterministic_time = work
        # Sums over all places bind here: their linear relaxation proves far sooner.
        parameters.linearization_level = 2
        self.asked = 0

    def run(self, model: Any) -> str:
        """Return ``optimal`` (or possible, without an aim), ``feasible``, ``none``, ``unknown``."""
        self.asked += 1
        status = self.solver.solve(model)
        return {
            self.cp.OPTIMAL: "optimal",
            self.cp.FEASIBLE: "feasible",
            self.cp.INFEASIBLE: "none",
        }.get(status, "unknown")


def choose(problem: ConsistProblem, *, work: float = WORK, workers: int = 1) -> ChosenConsist:
    """Return the best formation.

    Raises
    ------
    NoPlan
        Where the rules contradict each other, with the fewest that do; kind ``formation``.
    """
    found = solve(problem, work=work, workers=workers)
    if found is None:
        from retinue.rail.consist_reasons import why_none

        reasons = why_none(problem)
        raise NoPlan(f"{problem.title} cannot be formed", reasons=reasons)
    return found


def solve(
    problem: ConsistProblem,
    *,
    dropped: Iterable[str] = (),
    work: float = WORK,
    workers: int = 1,
    tie_break: bool = True,
) -> ChosenConsist | None:
    """Return the best formation without some rules, or None where there is none.

    Parameters
    ----------
    tie_break
        Take the first of equals; without it any of them (for what a rule costs).

    Raises
    ------
    NoPlan
        Where the solver gives up before it knows whether there is one.
    """
    dropped = frozenset(dropped)
    count = _fewest(problem, dropped, work, workers)
    if count is None:
        return None
    m = ConsistModel(problem, count, dropped=dropped)
    aims: list[Any] = [m.mass_kg]
    aims += [
        sum((m.preference(p) for p in problem.rules.preferences if p.tier == tier), 0)
        for tier in ("distance", "balance")
    ]
    m.model.add(m.mass_kg >= _lightest(problem, count, dropped, work))
    search = _Search(m, Solver(work, workers))
    worth = [count, *(search.least(aim) for aim in aims)]
    if tie_break:
        _first_of_equals(m, search)
    order = tuple(
        next(m.options[o] for o, var in enumerate(row) if search.value(var)) for row in m.stand
    )
    haulage = next(
        h for h, var in zip(problem.haulages, m.hauled, strict=True) if search.value(var)
    )
    return ChosenConsist(order, haulage, tuple(worth), search.proven)


def _fewest(
    problem: ConsistProblem, dropped: frozenset[str], work: float, workers: int
) -> int | None:
    """Return the least number of coaches with which there is a formation.

    No order needs fewer than the numbers alone do; from there upwards each number is tried.
    """
    alone = ConsistModel(problem, dropped=dropped, placed=False)
    alone.model.minimize(alone.coaches)
    solver = Solver(work, workers)
    status = solver.run(alone.model)
    if status == "none":
        return None
    if status == "optimal":
        for count in range(round(solver.solver.objective_value), problem.most_coaches + 1):
            status = Solver(work, workers).run(ConsistModel(problem, count, dropped=dropped).model)
            if status in ("optimal", "feasible"):
                return count
            if status == "unknown":
                break
        else:
            return None
    raise NoPlan(
        f"{problem.title}: the fewest coaches could not be proven",
        cure="Offer fewer coaches, or waive rules.",
    )


def _lightest(problem: ConsistProblem, count: int, dropped: frozenset[str], work: float) -> int:
    """Return a mass that no order of that many coaches is below: numbers alone are soon solved."""
    alone = ConsistModel(problem, dropped=dropped, placed=False)
    alone.model.add(alone.coaches == count)
    alone.model.minimize(alone.mass_kg)
    solver = Solver(work)
    if solver.run(alone.model) != "optimal":
        return 0
    return int(solver.solver.best_objective_bound + 0.5)


class _Search:
    """Solves one aim after the other over one model, each held for those after it."""

    def __init__(self, m: ConsistModel, solver: Solver) -> None:
        self.m, self.solver = m, solver
        self.proven = True
        self._values: dict[int, int] = {}

    def value(self, var: Any) -> int:
        """Return a variable's value in the last answer."""
        return self._values[int(var.index)]

    def least(self, aim: Any) -> int:
        """Return the least value of an aim and hold it."""
        model = self.m.model
        if isinstance(aim, int):
            if not self._values:
                self._keep("optimal" if self.solver.run(model) == "optimal" else "unknown")
            return aim
        model.minimize(aim)
        self._keep(self.solver.run(model))
        value: int = round(self.solver.solver.objective_value)
        model.clear_objective()
        model.add(aim <= value)
        return value

    def fix(self, variables: Sequence[Any]) -> None:
        """Hold variables at their values in the last answer."""
        for var in variables:
            self.m.model.add(var == self.value(var))

    def _keep(self, status: str) -> None:
        if status not in ("optimal", "feasible"):
            raise NoPlan(
                f"{self.m.problem.title}: the search gave up before it found a formation",
                cure="Offer fewer coaches, or waive rules.",
            )
        self.proven = self.proven and status == "optimal"
        values = self.solver.solver.response_proto.solution
        self._values = dict(enumerate(values))
        # The next aim starts from here.
        self.m.model.clear_hints()
        for row in self.m.stand:
            for var in row:
                self.m.model.add_hint(var, self._values[var.index])


def _first_of_equals(m: ConsistModel, search: _Search) -> None:
    """Take the first haulage, then from the head the first kind, of all equal formations."""
    search.least(sum(h.index * z for h, z in zip(m.problem.haulages, m.hauled, strict=True)))
    search.fix(m.hauled)
    base = len(m.options)
    for start in range(0, m.places, _PLACES_A_STEP):
        rows = m.stand[start : start + _PLACES_A_STEP]
        search.least(
            sum(
                o * base ** (len(rows) - 1 - i) * var
                for i, row in enumerate(rows)
                for o, var in enumerate(row)
            )
        )
        for row in rows:
            search.fix(row)
