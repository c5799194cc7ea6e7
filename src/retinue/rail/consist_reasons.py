"""Why no train can be formed, and what each rule costs the train that is.

A contradiction is a set of rules that cannot all be kept, none of which can be left out of it:
waive any one of them and the others can.  They are found from the solver's own explanation,
then shortened rule by rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.errors import NoPlan, Reason
from retinue.rail.consist_model import ConsistModel
from retinue.rail.consist_search import AIMS, ChosenConsist, Solver, solve
from retinue.rail.consist_wording import rule_words

if TYPE_CHECKING:
    from retinue.rail.consist_problem import ConsistProblem

__all__ = ["RuleCost", "contradictions", "rule_costs", "rules_in_force", "why_none"]

#: Contradictions told at once.
MOST_TOLD = 6

#: Rules that a person changes least easily are shown to the end; these go first when shortened.
_LAST = ("order-asked", "coaches-asked")

#: Cures told last.
_HARD = ("coaches-asked", "dining-seats", "kitchen-covers", "stores", "cars", "power")


@dataclass(frozen=True)
class RuleCost:
    """What the train would be without a rule.

    Attributes
    ----------
    without
        Values of `AIMS` then; None where the solver gave up.
    saved
        What the rule costs in the first aim that would be better, in words; empty: it does
        not bind.
    """

    rule: str
    words: str
    without: tuple[int, ...] | None
    saved: str

    @property
    def binds(self) -> bool:
        """Whether the train would be better without it."""
        return bool(self.saved)


def rules_in_force(problem: ConsistProblem) -> tuple[str, ...]:
    """Return the ids of all rules that constrain the train, waived ones left out."""
    m = ConsistModel(problem, assumed=True)
    return tuple(name for name in rule_words(problem) if name in m.literals)


def contradictions(problem: ConsistProblem, most: int = MOST_TOLD) -> list[tuple[str, ...]]:
    """Return sets of rules that cannot be kept together, each as small as it can be.

    They have no rule in common but the order asked for: that one is judged against every rule.
    """
    found: list[tuple[str, ...]] = []
    dropped: set[str] = set()
    while len(found) < most:
        core = _core(problem, dropped)
        if core is None:
            break
        least = _shortened(problem, core, dropped)
        found.append(least)
        gone = [name for name in least if name != "order-asked"]
        if not gone:
            break
        dropped.update(gone)
    return found


def _core(problem: ConsistProblem, dropped: Iterable[str]) -> tuple[str, ...] | None:
    """Return rules that contradict each other, or None where all can be kept."""
    # The numbers alone are soon judged, and what they contradict is the plainer to read.
    for m in _models(problem, frozenset(dropped), assumed=True):
        names = list(m.literals)
        m.model.add_assumptions([m.literals[name] for name in names])
        solver = Solver()
        status = solver.run(m.model)
        if status == "none":
            by_index = {m.literals[name].index: name for name in names}
            core = solver.solver.sufficient_assumptions_for_infeasibility()
            chosen = {by_index[index] for index in core if index in by_index}
            return tuple(name for name in names if name in chosen) if chosen else tuple(names)
        if status == "unknown":
            raise NoPlan(
                f"{problem.title}: the search gave up before it found a formation or a"
                " contradiction",
                cure="Offer fewer coaches, or waive rules.",
            )
    return None


def _models(
    problem: ConsistProblem, dropped: frozenset[str], *, assumed: bool = False
) -> Iterator[ConsistModel]:
    count = len(problem.order) if problem.order and "order-asked" not in dropped else None
    yield ConsistModel(problem, dropped=dropped, assumed=assumed, placed=False)
    yield ConsistModel(problem, count, dropped=dropped, assumed=assumed)


def _shortened(
    problem: ConsistProblem, core: tuple[str, ...], dropped: Iterable[str]
) -> tuple[str, ...]:
    """Leave out of a contradiction every rule without which it still is one."""
    everything = set(rules_in_force(problem))
    kept = list(core)
    for name in sorted(core, key=lambda n: (n in _LAST, core.index(n))):
        others = [other for other in kept if other != name]
        if not _possible(problem, (everything - set(others)) | set(dropped)):
            kept = others
    return tuple(kept)


def _possible(problem: ConsistProblem, dropped: set[str]) -> bool:
    return all(Solver().run(m.model) != "none" for m in _models(problem, frozenset(dropped)))


def why_none(problem: ConsistProblem) -> list[Reason]:
    """Return the contradictions of a problem that has no formation, in words."""
    words = rule_words(problem)
    reasons = []
    for rules in contradictions(problem):
        broken = [name for name in rules if name != "order-asked"]
        told = [words[name].words for name in rules if name != "order-asked"]
        detail = _detail(problem, rules)
        if "order-asked" in rules:
            what = "the order asked for breaks: " + "; ".join(told) if told else "that order"
        elif len(told) == 1:
            what = f"no train keeps: {told[0]}"
        else:
            what = "these cannot be kept together: " + "; ".join(told)
        # What the line or the policy limits is changed more easily than who travels.
        easily = sorted(broken, key=lambda n: n.startswith("places-") or n in _HARD)
        cures = dict.fromkeys(words[name].cure for name in easily)
        reasons.append(
            Reason(
                what + detail,
                where=", ".join(rules),
                cure=" Or: ".join(list(cures)[:3]) or words["order-asked"].cure,
                kind="formation",
            )
        )
    return reasons


def _detail(problem: ConsistProblem, rules: tuple[str, ...]) -> str:
    """Return which vehicles are meant, where a rule is one of a vehicle's own fitness."""
    told = [
        f"{kind.label} {why}" for kind in problem.kinds for rule, why in kind.unfit if rule in rules
    ]
    told += [f"{h.title} {why}" for h in problem.haulages for rule, why in h.unfit if rule in rules]
    return f" ({'; '.join(dict.fromkeys(told))})" if told else ""


def rule_costs(
    problem: ConsistProblem,
    chosen: ChosenConsist,
    rules: Iterable[str] | None = None,
    *,
    work: float = 20.0,
) -> list[RuleCost]:
    """Return for rules (all in force where none are named) what the train is without each."""
    words = rule_words(problem)
    found = []
    for name in rules_in_force(problem) if rules is None else rules:
        try:
            other = solve(problem, dropped=(name,), work=work, tie_break=False)
        except NoPlan:
            other = None
        saved = ""
        if other is not None:
            saved = _saved(chosen.worth, other.worth)
        found.append(RuleCost(name, words[name].words, other.worth if other else None, saved))
    return found


def _saved(worth: tuple[int, ...], without: tuple[int, ...]) -> str:
    for aim, now, then in zip(AIMS, worth, without, strict=True):
        if then != now:
            if aim == "coaches":
                return f"{now - then} coach{'es' if now - then > 1 else ''}"
            if aim == "mass_kg":
                return f"{(now - then) / 1000:.1f} t"
            return f"{now - then} in {aim}"
    return ""
