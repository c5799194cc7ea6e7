"""The formation problem as a constraint model: places from the head, one coach kind at each.

::

    place      0        1        2            n-1
    stand   [ 1 of   |  ...   |        ...  |      ]     and one of the haulages in front
            (kind, turned)

Every rule is added under its id, so that it can be left out (what does it cost?) or be
assumed (which rules contradict each other?).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retinue.libraries import constraint_solver

if TYPE_CHECKING:
    from retinue.rail.consist_problem import CoachKind, ConsistProblem
    from retinue.rail.consist_rules import OrderRule, Preference

__all__ = ["ConsistModel", "cp_model", "options_of"]


def cp_model() -> Any:
    """Return OR-Tools' CP-SAT module.

    Raises
    ------
    InputError
        Where it is not installed.
    """
    return constraint_solver("choosing a formation", "provisioning")


@dataclass(frozen=True)
class Option:
    """A coach kind as it may stand."""

    kind: CoachKind
    turned: bool


def options_of(problem: ConsistProblem) -> tuple[Option, ...]:
    """Return the kinds as they may stand, in the order of the order's list, unturned first."""
    return tuple(
        Option(kind, turned)
        for kind in problem.kinds
        for turned in ((False, True) if kind.turnable else (False,))
    )


class ConsistModel:
    """Variables and rules of one problem.

    Parameters
    ----------
    count
        Number of coaches; None: any number up to all that are offered.
    dropped
        Ids of rules that are left out.
    assumed
        Every rule hangs on a literal of its own, in `literals`.
    placed
        Without it only the numbers of coaches are there, no places and no rules of order: what
        is impossible so is impossible in any order, and soon known.

    Attributes
    ----------
    stand
        By place and option whether it stands there.
    hauled
        By haulage whether it hauls.
    """

    def __init__(
        self,
        problem: ConsistProblem,
        count: int | None = None,
        *,
        dropped: Iterable[str] = (),
        assumed: bool = False,
        placed: bool = True,
    ) -> None:
        self.problem = problem
        self.model: Any = cp_model().CpModel()
        self.options = options_of(problem)
        self.placed = placed
        self.places = 0 if not placed else problem.most_coaches if count is None else count
        self.fixed = count is not None
        self.dropped = frozenset(dropped) | problem.without
        self.assumed = assumed
        self.literals: dict[str, Any] = {}
        model = self.model
        self.stand = [
            [model.new_bool_var(f"at{p}.{o}") for o in range(len(self.options))]
            for p in range(self.places)
        ]
        self.hauled = [model.new_bool_var(f"hauled{h.index}") for h in problem.haulages]
        self.used: list[Any] = [
            1 if self.fixed else model.new_bool_var(f"used{p}") for p in range(self.places)
        ]
        self.number: list[Any] = [
            sum(row[o] for row in self.stand for o in self._options_of(kind.index))
            if placed
            else model.new_int_var(0, kind.most, f"number{kind.index}")
            for kind in problem.kinds
        ]
        self.coaches: Any = sum(self.used) if placed else sum(self.number)
        self.length_mm: Any = 0
        self.haulage_mm: Any = 0
        self.mass_kg: Any = 0
        self._structure()
        from retinue.rail.consist_figures import add_figures

        add_figures(self)
        for rule in problem.rules.order:
            if placed and rule.id not in self.dropped:
                self._order_rule(rule)
        for need in problem.rules.needs:
            self.require(need.id, self.total(problem.of(need.who)) >= need.at_least)

    def _options_of(self, kind: int) -> list[int]:
        return [o for o, option in enumerate(self.options) if option.kind.index == kind]

    def _structure(self) -> None:
        model = self.model
        for place, row in enumerate(self.stand):
            model.add(sum(row) == self.used[place])
            if place and not self.fixed:
                model.add(self.used[place] <= self.used[place - 1])
        model.add(sum(self.hauled) == 1)
        for kind, number in zip(self.problem.kinds, self.number, strict=True):
            model.add(number <= kind.most)
        if not self.fixed or not self.placed:
            model.add(self.coaches >= 1)

    # -- what rules are written with -------------------------------------------------------

    def require(self, rule: str, constraint: Any, *given: Any) -> None:
        """Add a constraint under a rule's id, and only where `given` literals hold."""
        if rule in self.dropped:
            return
        if isinstance(constraint, bool):
            # Nothing in the train can change it.
            if constraint:
                return
            constraint = self.model.new_constant(0) >= 1
        added = self.model.add(constraint)
        literals = [*given, *([self.literal(rule)] if self.assumed else [])]
        if literals:
            added.only_enforce_if(literals)

    def literal(self, rule: str) -> Any:
        """Return the literal that assumes a rule."""
        if rule not in self.literals:
            self.literals[rule] = self.model.new_bool_var(f"rule {rule}")
        return self.literals[rule]

    def total(self, kinds: Sequence[int]) -> Any:
        """Return how many coaches of some kinds the train has."""
        return sum((self.number[k] for k in kinds), 0)

    def at(self, place: int, kinds: Sequence[int]) -> Any:
        """Return 1 where a coach of one of the kinds stands at a place, 0 beyond the train."""
        if not 0 <= place < self.places:
            return 0
        return sum((self.stand[place][o] for k in kinds for o in self._options_of(k)), 0)

    def used_at(self, place: int) -> Any:
        """Return 1 where there is a coach at a place."""
        return self.used[place] if 0 <= place < self.places else 0

    # -- rules of order ---------------------------------------------------------------------

    def _order_rule(self, rule: OrderRule) -> None:
        problem = self.problem
        who, by = problem.of(rule.who), problem.of(rule.by)
        if not who and rule.kind != "outposts":
            return
        getattr(self, "_" + rule.kind.replace(" ", "_"))(rule, who, by)

    def _next_to(self, rule: OrderRule, who: Sequence[int], by: Sequence[int]) -> None:
        for p in range(self.places):
            self.require(rule.id, self.at(p, who) <= self.at(p - 1, by) + self.at(p + 1, by))

    def _within(self, rule: OrderRule, who: Sequence[int], by: Sequence[int]) -> None:
        for p in range(self.places):
            near = sum(
                (self.at(q, by) for q in range(p - rule.places, p + rule.places + 1) if q != p), 0
            )
            self.require(rule.id, self.at(p, who) <= near)

    def _apart(self, rule: OrderRule, who: Sequence[int], by: Sequence[int]) -> None:
        for p in range(self.places):
            for q in range(p - rule.coaches, p + rule.coaches + 1):
                if q != p and 0 <= q < self.places:
                    self.require(rule.id, self.at(p, who) + self.at(q, by) <= 1)

    def _together(self, rule: OrderRule, who: Sequence[int], by: Sequence[int]) -> None:
        begins = []
        for p in range(self.places):
            begin = self.model.new_bool_var("")
            self.require(rule.id, begin >= self.at(p, who) - self.at(p - 1, who))
            begins.append(begin)
        self.require(rule.id, sum(begins) <= 1)

    def _flanked(self, rule: OrderRule, who: Sequence[int], by: Sequence[int]) -> None:
        both = (*who, *(k for k in by if k not in who))
        for p in range(self.places):
            for q in (p - 1, p + 1):
                self.require(rule.id, self.at(p, who) <= self.at(q, both))

    def _not_at_ends(self, rule: OrderRule, who: Sequence[int], by: Sequence[int]) -> None:
        for p in range(self.places):
            if p < rule.coaches:
                self.require(rule.id, self.at(p, who) <= 0)
            self.require(rule.id, self.at(p, who) <= self.used_at(p + rule.coaches))

    def _run_of(self, kinds: Sequence[int], *, from_head: bool, facing: str = "") -> list[Any]:
        """Return literals that say: from an end up to this place stand only these kinds.

        Parameters
        ----------
        facing
            Where set, kinds that carry cars have a ramp at this end, too.
        """
        runs: list[Any] = []
        places = range(self.places) if from_head else range(self.places - 1, -1, -1)
        for p in places:
            run = self.model.new_bool_var("")
            good = [
                self.stand[p][o]
                for k in kinds
                for o in self._options_of(k)
                if not facing
                or self.options[o].kind.placed_ramp(self.options[o].turned) in (facing, "both")
            ]
            self.model.add(run <= sum(good, 0))
            if runs:
                # Behind the last coach there is nothing that could stand in the way.
                beyond = 0 if from_head else 1 - self.used_at(p + 1)
                self.model.add(run <= runs[-1] + beyond)
            runs.append(run)
        return runs if from_head else runs[::-1]

    def _at_end(self, rule: OrderRule, who: Sequence[int], by: Sequence[int]) -> None:
        end = rule.end
        if end == "tail on arrival":
            end = "head" if self.problem.arrives_reversed else "tail"
        outward = rule.ramp == "outward"
        runs = []
        if end in ("head", "either"):
            runs.append(self._run_of(who, from_head=True, facing="front" * outward))
        if end in ("tail", "either"):
            runs.append(self._run_of(who, from_head=False, facing="rear" * outward))
        for p in range(self.places):
            self.require(rule.id, self.at(p, who) <= sum(run[p] for run in runs))

    def _no_passage(self, rule: OrderRule, who: Sequence[int], by: Sequence[int]) -> None:
        outside = (*who, *(k for k in by if k not in who))
        front = self._run_of(outside, from_head=True)
        rear = self._run_of(outside, from_head=False)
        for p in range(self.places):
            self.require(rule.id, self.at(p, who) <= front[p] + rear[p])

    def _before(self, rule: OrderRule, who: Sequence[int], by: Sequence[int]) -> None:
        for p in range(self.places):
            for q in range(p + 1, self.places):
                self.require(rule.id, self.at(p, by) + self.at(q, who) <= 1)

    def _outposts(self, rule: OrderRule, who: Sequence[int], by: Sequence[int]) -> None:
        # Whoever is neither needs somebody further out: so the outermost are who.
        inside = [k.index for k in self.problem.kinds if k.tag not in rule.beyond]
        others = [k for k in inside if k not in who]
        if not others:
            return
        for p in range(self.places):
            for outer in (range(p), range(p + 1, self.places)):
                further = sum((self.at(q, inside) for q in outer), 0)
                self.require(rule.id, self.at(p, others) <= further)

    # -- preferences --------------------------------------------------------------------------

    def preference(self, wanted: Preference) -> Any:
        """Return what one preference costs; the number of coaches must be fixed."""
        who, by = self.problem.of(wanted.who), self.problem.of(wanted.by)
        if not who:
            return 0
        cost = getattr(self, "_cost_" + wanted.kind)(wanted, who, by)
        return wanted.weight * cost

    def _cost_near(self, wanted: Preference, who: Sequence[int], by: Sequence[int]) -> Any:
        cost: Any = 0
        for p in range(self.places):
            for between in range(self.places - 1):
                window = range(p - between - 1, p + between + 2)
                reached = sum((self.at(q, by) for q in window if q != p), 0)
                short = self.model.new_bool_var("")
                self.model.add(short >= self.at(p, who) - reached)
                cost += short
        return cost

    def _cost_far(self, wanted: Preference, who: Sequence[int], by: Sequence[int]) -> Any:
        cost: Any = 0
        for p in range(self.places):
            shorts = [self.model.new_bool_var("") for _ in range(wanted.coaches)]
            for between, short in enumerate(shorts):
                for q in (p - between - 1, p + between + 1):
                    if 0 <= q < self.places:
                        self.model.add(short >= self.at(p, who) + self.at(q, by) - 1)
                if between:
                    self.model.add(short >= shorts[between - 1])
            cost += sum(shorts)
        return cost

    def _cost_middle(self, wanted: Preference, who: Sequence[int], by: Sequence[int]) -> Any:
        last = self.places - 1
        return sum(abs(2 * p - last) * self.at(p, who) for p in range(self.places))

    def _cost_mirrored(self, wanted: Preference, who: Sequence[int], by: Sequence[int]) -> Any:
        cost: Any = 0
        for p in range(self.places):
            lacks = self.model.new_bool_var("")
            self.model.add(lacks >= self.at(p, who) - self.at(self.places - 1 - p, who))
            cost += lacks
        return cost
