"""The mixed strategy that an observer is least likely to guess.

An option covers cells (a place in a bin of time).  The observer names one cell, and is right
where the option that was drawn covers it; with k look-alike vehicles there, with chance 1/k.
The strategy is the optimum of

    minimise z   with   sum over options of p * weight(cell) <= z   for every cell,
                        sum p = 1,  0 <= p <= cap,  sum p * cost <= budget

(the value of a zero-sum game; von Neumann 1928).  Its dual is the observer's own best way to
guess: a distribution over cells against which every option fares no better than the bound.
Both are recomputed here from the answer, so the gap between them proves the optimum without
trust in the solver.  Among the optima the most even one is taken (`retinue.protection.evenness`).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import InputError, NoPlan, Reason
from retinue.protection.evenness import entropy, most_even
from retinue.protection.linear_program import Rows, minimise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["MOST_OPTIONS", "Coverage", "Option", "Strategy", "coverage_of", "least_guess"]

MOST_OPTIONS = 3_000
_SAME = 1e-9


@dataclass(frozen=True)
class Option:
    """One feasible way to make the journey.

    Attributes
    ----------
    id
        Short and stable: what a draw and an override name.
    title
        In words.
    cells
        What it covers outside the end zones, each with the chance that an observer who
        names the cell is right if this option is the one: 1, or 1/k among k look-alikes.
    cost
        In the plan's base currency.
    vehicles
        Legs with look-alike vehicles, and how many there are, the real one included.
    choices
        What was chosen, by kind: way, shift, train.
    """

    id: str
    title: str
    cells: Mapping[Hashable, float]
    cost: float = 0.0
    vehicles: tuple[tuple[str, int], ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def look_alikes(self) -> int:
        """How many equal choices of vehicle it stands for, over all legs."""
        return math.prod(count for _, count in self.vehicles)


@dataclass(frozen=True)
class Coverage:
    """Cells against options, without repeats.

    Attributes
    ----------
    matrix
        Weight of each option (column) in each kind of cell (row).
    cells
        The cells that a row stands for: all covered by the same options alike.
    """

    matrix: Array
    cells: tuple[tuple[Hashable, ...], ...]


@dataclass(frozen=True)
class Strategy:
    """A mixed strategy with its proof.

    Attributes
    ----------
    options, shares
        The options and their probabilities.
    guess
        Greatest chance of a right guess, from the shares.
    bound
        No strategy within the limits does better than this, from `watch` and `price`.
    watch
        The observer's best mixed guess: cells with probabilities.
    price
        By how much the guess falls where one more unit of cost is allowed.
    entropy_bits, entropy_bound_bits
        How even the strategy is, and the most that any optimum reaches.
    coverage
        What it was computed on.
    """

    options: tuple[Option, ...]
    shares: Array
    guess: float
    bound: float
    watch: tuple[tuple[tuple[Hashable, ...], float], ...]
    price: float
    entropy_bits: float
    entropy_bound_bits: float
    cost: float
    budget: float | None
    cap: float | None
    coverage: Coverage

    @property
    def gap(self) -> float:
        """How far the guess may be from the best."""
        return self.guess - self.bound

    def share(self, option_id: str) -> float:
        """Return the probability of one option."""
        return float(self.shares[self.number(option_id)])

    def number(self, option_id: str) -> int:
        """Return the place of an option.

        Raises
        ------
        InputError
            Where there is none of that id.
        """
        ids = [option.id for option in self.options]
        if option_id not in ids:
            from retinue.document import suggest

            raise InputError(
                f'there is no option "{option_id}"',
                cure=suggest(option_id, ids) or f"Known: {', '.join(ids[:8])} ...",
            )
        return ids.index(option_id)


def coverage_of(options: Sequence[Option]) -> Coverage:
    """Return cells against options; cells that are nowhere the worst are left out.

    A cell whose weights are nowhere above another's can never be the better guess.
    """
    members: dict[Hashable, dict[int, float]] = {}
    for number, option in enumerate(options):
        for cell, weight in option.cells.items():
            members.setdefault(cell, {})[number] = float(weight)
    alike: dict[tuple[tuple[int, float], ...], list[Hashable]] = {}
    for cell, covered in members.items():
        alike.setdefault(tuple(sorted(covered.items())), []).append(cell)
    # Stable order, whatever the options' dictionaries held first: widest rows, then by content.
    patterns = sorted(alike, key=lambda row: (-len(row), row))
    matrix = np.zeros((len(patterns), len(options)))
    kept: list[tuple[Hashable, ...]] = []
    for pattern in patterns:
        columns = np.array([number for number, _ in pattern])
        weights = np.array([weight for _, weight in pattern])
        count = len(kept)
        if count and np.any(np.all(matrix[:count, columns] >= weights, axis=1)):
            continue
        matrix[count, columns] = weights
        kept.append(tuple(sorted(alike[pattern], key=_order)))
    return Coverage(matrix[: len(kept)].copy(), tuple(kept))


def _order(cell: Hashable) -> tuple[str, object]:
    if isinstance(cell, tuple) and all(isinstance(part, int) for part in cell):
        return ("", cell)
    return (repr(cell), ())


def least_guess(
    options: Sequence[Option],
    *,
    budget: float | None = None,
    cap: float | None = None,
    even: bool = True,
) -> Strategy:
    """Return the strategy of least greatest guess, the most even among the optima.

    Parameters
    ----------
    budget
        The expected cost must not exceed it.
    cap
        No option may be drawn with more than this probability.
    even
        Without it any optimum is returned, sooner.

    Raises
    ------
    InputError
        Where an option is no option: no id, two of one id, a weight outside (0, 1].
    NoPlan
        Where no strategy keeps budget and cap.
    """
    _check(options, budget, cap)
    count = len(options)
    coverage = coverage_of(options)
    matrix = coverage.matrix
    costs = np.array([option.cost for option in options])
    scale = max(1.0, float(np.max(np.abs(costs))), abs(budget or 0.0))
    rows = Rows()
    for row in matrix:
        used = np.flatnonzero(row)
        rows.add(np.append(used, count), np.append(row[used], -1.0), -math.inf, 0.0)
    rows.add(np.arange(count), np.ones(count), 1.0, 1.0)
    if budget is not None:
        rows.add(np.arange(count), costs / scale, -math.inf, budget / scale)
    upper = np.append(np.full(count, 1.0 if cap is None else cap), 1.0)
    goal = np.append(np.zeros(count), 1.0)
    solution = minimise(goal, np.zeros(count + 1), upper, rows)
    if solution is None:
        raise _none_keeps(options, budget, cap)
    shares = _distribution(solution.values[:count])
    observer = _distribution(solution.prices[: len(matrix)])
    price = max(0.0, float(solution.prices[-1])) / scale if budget is not None else 0.0
    guess = float(np.max(matrix @ shares, initial=0.0))
    weight = np.array([float(option.look_alikes) for option in options])
    bits = bound_bits = entropy(shares, weight) / math.log(2)
    if even and count > 1:
        limits, most = _limits(matrix, guess, costs / scale, budget, scale, cap)
        evenest = most_even(limits, most, weight)
        bound_bits = evenest.bound / math.log(2)
        # An option whose only mix gives it next to nothing is left out by `most_even`; where that
        # breaks a limit the plain optimum stands, and its bits beside the bound say so.
        if np.all(limits @ evenest.shares <= most + _SAME):
            shares, bits = evenest.shares, evenest.entropy / math.log(2)
            guess = float(np.max(matrix @ shares, initial=0.0))
    else:
        bound_bits = math.log2(float(weight.sum()))
    return Strategy(
        options=tuple(options),
        shares=shares,
        guess=guess,
        bound=_bound(observer @ matrix + price * costs, price, budget, cap),
        watch=tuple(
            (cells, float(p))
            for cells, p in zip(coverage.cells, observer, strict=True)
            if p > _SAME
        ),
        price=price,
        entropy_bits=bits,
        entropy_bound_bits=bound_bits,
        cost=float(costs @ shares),
        budget=budget,
        cap=cap,
        coverage=coverage,
    )


def _distribution(values: Array) -> Array:
    """Return values without the solver's tolerances: none negative, sum one."""
    kept = np.where(values > 1e-12, values, 0.0)
    total = float(kept.sum())
    return np.asarray(kept / total if total > 0 else kept)


def _limits(
    matrix: Array, guess: float, costs: Array, budget: float | None, scale: float, cap: float | None
) -> tuple[Array, Array]:
    parts, most = [matrix], [np.full(len(matrix), guess)]
    if budget is not None:
        parts.append(costs[None, :])
        most.append(np.array([budget / scale]))
    if cap is not None and cap < 1.0:
        parts.append(np.eye(matrix.shape[1]))
        most.append(np.full(matrix.shape[1], cap))
    return np.vstack(parts), np.concatenate(most)


def _bound(values: Array, price: float, budget: float | None, cap: float | None) -> float:
    """Return what the best strategy loses against this observer: the dual's value.

    Against fixed guesses the best strategy fills the options of least value to their caps.
    """
    order = np.sort(values)
    if cap is None or cap >= 1.0:
        least = float(order[0])
    else:
        filled = np.minimum(cap, np.maximum(0.0, 1.0 - cap * np.arange(len(order))))
        least = float(order @ filled)
    return least - (price * budget if budget is not None else 0.0)


def _check(options: Sequence[Option], budget: float | None, cap: float | None) -> None:
    if not options:
        raise InputError("there is no option to choose from")
    if len(options) > MOST_OPTIONS:
        raise InputError(
            f"{len(options)} options are more than the {MOST_OPTIONS} that are weighed at once",
            cure="Take longer slots, a shorter window or fewer ways.",
        )
    seen: set[str] = set()
    for option in options:
        if not option.id or option.id in seen:
            raise InputError(f'the option id "{option.id}" is empty or stands twice')
        seen.add(option.id)
        if not math.isfinite(option.cost):
            raise InputError(f'the cost of option "{option.id}" is not a finite number')
        if any(count < 1 for _, count in option.vehicles):
            raise InputError(f'option "{option.id}" has no vehicle to be in')
        for cell, weight in option.cells.items():
            if not 0.0 < weight <= 1.0:
                raise InputError(
                    f'the weight of option "{option.id}" at {cell} is {weight}, not within (0, 1]'
                )
    for name, limit in (("budget", budget), ("cap", cap)):
        if limit is not None and not math.isfinite(limit):
            raise InputError(f"the {name} is not a finite number")
    if cap is not None and not 0.0 < cap <= 1.0:
        raise InputError(f"a cap of {cap:g} is no probability", cure="Write e.g. 50 percent.")


def _none_keeps(options: Sequence[Option], budget: float | None, cap: float | None) -> NoPlan:
    reasons = []
    cheapest = min(option.cost for option in options)
    if cap is not None and cap * len(options) < 1.0:
        reasons.append(
            Reason(
                f"{len(options)} options of at most {cap:.0%} each do not add up to one",
                cure=f"Allow at least {1 / len(options):.1%}, or give more options.",
                kind="cap",
            )
        )
    elif budget is not None:
        reasons.append(
            Reason(
                f"no mix costs {budget:,.0f} or less; the cheapest option costs {cheapest:,.0f}",
                cure="Allow more cost" + (", or a higher cap." if cap else "."),
                kind="budget",
            )
        )
    return NoPlan("No strategy keeps the limits", reasons=reasons)
