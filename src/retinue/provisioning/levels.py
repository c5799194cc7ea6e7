"""Stock levels that keep a promise on the whole journey, at the least cost.

For a price ``lambda`` of refusals every column takes the level that minimises
``cost * level + lambda * P(demand > level)``: the best way to spend a joint risk where the
columns hardly depend on each other.  One number, ``lambda``, is then chosen so that the joint
risk is within a target tighter than the promise: so tight that fresh samples prove the promise
almost surely.  Where guests choose independently the chances of the columns are known far into
their tails (`tails`), and their sum bounds the joint risk whatever the dependence (Boole); it is
close where refusals are rare.  Where guests copy each other the joint risk is counted on sampled
journeys (a sample average approximation), which know every dependence.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import NoPlan, Reason
from retinue.provisioning.proportion import chance_that_passes
from retinue.provisioning.spectra import best_bins
from retinue.provisioning.tails import Tails, tails

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.provisioning.demand import Demand
    from retinue.provisioning.windows import Checks

    Array = NDArray[np.float64]

__all__ = [
    "CALIBRATION",
    "VALIDATION",
    "Levels",
    "Sampler",
    "cheapest_levels",
    "levels_path",
    "likely_row",
    "tails_at",
]

#: Streams of random numbers: no journey of one is met in another.
CALIBRATION, VALIDATION = 1, 2
_ROWS = 480
_DECADES = 9.0
_SURE = 0.995
_TRIALS = 20_000
_EARLY_SHARE = 0.02  # cost of having earlier what is bought anyway


class Sampler:
    """Draws journeys of one demand.

    Parameters
    ----------
    variance_over_mean
        1 for independent choices; above, dishes are over-dispersed to that ratio by an urn,
        within a meal where enough guests sit together, else over the journey.
    """

    def __init__(self, demand: Demand, seed: int, variance_over_mean: float | None = None) -> None:
        self.demand = demand
        self.seed = seed
        from retinue.provisioning.sampling import draws_of

        self._urn_meal = np.zeros(len(demand.event_n))
        self._urn_journey = np.zeros(len(demand.table_start) - 1)
        if variance_over_mean is not None and len(demand.table_chance):
            self._disperse(variance_over_mean)
        #: Whether every guest chooses without a look at the others.
        self.independent = not (self._urn_meal.any() or self._urn_journey.any())
        self.draws = draws_of(demand, self._urn_meal, self._urn_journey)

    def _disperse(self, ratio: float) -> None:
        demand = self.demand
        spread = 1.0 - np.add.reduceat(demand.table_chance**2, demand.table_start[:-1])
        for table in range(len(self._urn_journey)):
            if spread[table] <= 0:
                continue
            # Multinomial variance over mean is 1 - p: what is missing to the ratio is the urn's.
            factor = ratio / spread[table]
            if factor <= 1.0:
                continue
            own = np.flatnonzero(demand.event_table == table)
            sizes = demand.event_n[own]
            if len(own) and sizes.min() > 1.5 * factor:
                self._urn_meal[own] = (sizes - factor) / (factor - 1.0)
            elif sizes.sum() > 1.5 * factor:
                self._urn_journey[table] = (float(sizes.sum()) - factor) / (factor - 1.0)

    def first_rows(
        self, stream: int, count: int, checks: Checks, levels: Array
    ) -> NDArray[np.int32]:
        """Return for each journey the first row of levels that refuses nothing."""
        from concurrent.futures import ThreadPoolExecutor

        from retinue.provisioning.comparing import first_levels, portions_of, terms_of

        rows = np.ascontiguousarray(levels)
        portions, terms = portions_of(self.demand), terms_of(self.demand, checks)

        def part(first: int, size: int) -> NDArray[np.int32]:
            found: NDArray[np.int32] = first_levels(
                self.seed, stream, first, size, self.draws, portions, terms, rows
            )
            return found

        # Every journey has its own random stream, so the parts may be drawn side by side.
        workers = min(os.cpu_count() or 1, 8)
        size = -(-count // workers)
        spans = [(first, min(size, count - first)) for first in range(0, count, size)]
        with ThreadPoolExecutor(workers) as pool:
            return np.concatenate(list(pool.map(lambda span: part(*span), spans)))

    def refused(self, stream: int, count: int, checks: Checks, levels: Array) -> NDArray[np.int64]:
        """Return the numbers of the journeys in which one row of levels refuses something."""
        return np.flatnonzero(self.first_rows(stream, count, checks, levels[None, :]) > 0)


@dataclass(frozen=True, eq=False)
class Levels:
    """Chosen levels and what is known of them.

    Attributes
    ----------
    kg
        Cumulative stock of each column.
    target
        Chance of refusal aimed at, tighter than the promise.
    chance
        Of a refusal: at most that where it is a sum of tails, else counted on journeys.
    cost
        Of all that is bought, at the costs given.
    row
        On the path of ever higher levels, see `cheapest_levels`.
    """

    kg: Array
    promise: float
    target: float
    chance: float
    cost: float
    row: int


def _nothing(levels: Array) -> Array:
    return levels


def cheapest_levels(
    demand: Demand,
    checks: Checks,
    cost_per_kg: Array,
    promise: float,
    sampler: Sampler,
    *,
    trials: int = _TRIALS,
    rounded: Callable[[Array], Array] = _nothing,
    higher: int = 0,
) -> Levels:
    """Return levels at which no refusal on the whole journey has at least the promised chance.

    Parameters
    ----------
    cost_per_kg
        Of each column.
    trials
        Fresh journeys on which the promise will be proven, one-sided with 95 % confidence.
    rounded
        Turns rows of levels into what can be bought, never less.
    higher
        Rows above the one that is expected to do: for whoever found a promise unproven.

    Raises
    ------
    NoPlan
        Where the promise cannot be proven by so many journeys.
    """
    target = aimed_at(promise, trials)
    found = tails(demand, checks)
    path = checks.rising(rounded(levels_path(found.bin_kg, found.above, found.sd_kg, cost_per_kg,
                                             checks)))  # fmt: skip
    if sampler.independent:
        row = likely_row(found, path, target)
        chance = float(tails_at(found, path[row]).sum())
    else:
        # So many journeys that the target is resolved to a seventh.
        count = int(np.clip(np.ceil(50.0 / target / 10_000) * 10_000, 20_000, 200_000))
        first = sampler.first_rows(CALIBRATION, count, checks, path)
        refusals = count - np.cumsum(np.bincount(first, minlength=len(path) + 1))[: len(path)]
        row = _first(refusals <= target * count)
        chance = float(refusals[row]) / count
    row = min(row + higher, len(path) - 1)
    return Levels(
        kg=path[row],
        promise=promise,
        target=target,
        chance=chance,
        cost=float(checks.quantities(path[row]) @ cost_per_kg),
        row=row,
    )


def aimed_at(promise: float, trials: int = _TRIALS) -> float:
    """Return the chance of refusal that lets fresh journeys prove a promise almost surely.

    Raises
    ------
    NoPlan
        Where so few journeys prove nothing of the kind.
    """
    try:
        return chance_that_passes(promise, trials, 0.95, _SURE)
    except ValueError as error:
        raise NoPlan(
            "the promised service level cannot be proven",
            reasons=[Reason(str(error), cure="promise less, or sample more", kind="service")],
        ) from error


def _first(enough: NDArray[np.bool_]) -> int:
    """Return the first row that is enough, or the last row."""
    return int(np.argmax(enough)) if enough.any() else len(enough) - 1


def tails_at(tails: Tails, levels: Array) -> Array:
    """Return the chance that each column's demand exceeds a level, shape of one row of levels."""
    found = np.zeros(len(levels))
    bins = (levels / tails.bin_kg + 1e-9).astype(np.int64).tolist()
    for column, (above, level) in enumerate(zip(tails.above, bins, strict=True)):
        found[column] = above[level] if level < len(above) else 0.0
    return found


def likely_row(tails: Tails, path: Array, chance: float) -> int:
    """Return the first row of levels at which the tails together are at most a chance."""
    low, high = 0, len(path) - 1
    while low < high:
        middle = (low + high) // 2
        if tails_at(tails, path[middle]).sum() <= chance:
            high = middle
        else:
            low = middle + 1
    return low


def levels_path(
    bin_kg: Array, above: list[Array], deviation: Array, cost: Array, checks: Checks
) -> Array:
    """Return levels for rising prices of a refusal, shape (rows, columns).

    Parameters
    ----------
    bin_kg, above, deviation
        Bins, tail and standard deviation of each column, see `Tails`.
    """
    base = max(float(np.sum(cost * deviation)), 1e-9)
    prices = base * np.logspace(-0.5, _DECADES, _ROWS)
    found = np.zeros((_ROWS, len(above)))
    before = checks.before
    # Earlier levels of a chain cost little: what is bought early is not bought later.
    ends = np.ones(len(above), np.bool_)
    ends[before[before >= 0]] = False
    for column, tail in enumerate(above):
        step = cost[column] * bin_kg[column] * (1.0 if ends[column] else _EARLY_SHARE)
        found[:, column] = best_bins(tail, step, prices) * bin_kg[column]
    return np.maximum.accumulate(found, axis=0)
