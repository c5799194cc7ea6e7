"""Stock levels that keep a promise on the whole journey, at the least cost.

For a price ``lambda`` of refusals every column takes the level that minimises
``cost * level + lambda * P(demand > level)``: the best way to spend a joint risk where the
columns hardly depend on each other.  One number, ``lambda``, is then calibrated on sampled
journeys, which know every dependence, against a target tighter than the promise: so tight
that fresh samples prove the promise almost surely.  Those journeys are drawn so that refusals
are common (`refusals`), which gives their chance to some per cent; one number fitted to it, a
standard error on the safe side, leaves next to no optimism, and what is left a fresh sample finds.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import NoPlan, Reason
from retinue.provisioning.proportion import chance_that_passes
from retinue.provisioning.refusals import likely_row, refusal_chances
from retinue.provisioning.spectra import best_bins
from retinue.provisioning.tails import tails

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.provisioning.demand import Demand
    from retinue.provisioning.windows import Checks

    Array = NDArray[np.float64]

__all__ = ["CALIBRATION", "VALIDATION", "Levels", "Sampler", "cheapest_levels", "levels_path"]

#: Streams of random numbers: no journey of one is met in another.
CALIBRATION, VALIDATION = 1, 2
_ROWS = 480
_DECADES = 9.0
_SURE = 0.995
_TRIALS = 20_000
_PILOT = 400  # journeys that say which levels the others are drawn towards
_JOURNEYS = 4_000
_ERRORS = 1.0  # standard errors of the estimate that must fit below the target
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
        from retinue.provisioning.sampling import alias_tables

        starts, chance = demand.table_start, demand.table_chance
        self.keep, self.own, self.other = alias_tables(starts, demand.table_dish, chance)
        self.urn_meal = np.zeros(len(demand.event_n))
        self.urn_journey = np.zeros(len(starts) - 1)
        if variance_over_mean is not None and len(chance):
            self._disperse(variance_over_mean)
        #: Whether every guest chooses without a look at the others.
        self.independent = not (self.urn_meal.any() or self.urn_journey.any())

    def _disperse(self, ratio: float) -> None:
        demand = self.demand
        spread = 1.0 - np.add.reduceat(demand.table_chance**2, demand.table_start[:-1])
        for table in range(len(self.urn_journey)):
            if spread[table] <= 0:
                continue
            # Multinomial variance over mean is 1 - p: what is missing to the ratio is the urn's.
            factor = ratio / spread[table]
            if factor <= 1.0:
                continue
            own = np.flatnonzero(demand.event_table == table)
            sizes = demand.event_n[own]
            if len(own) and sizes.min() > 1.5 * factor:
                self.urn_meal[own] = (sizes - factor) / (factor - 1.0)
            elif sizes.sum() > 1.5 * factor:
                self.urn_journey[table] = (float(sizes.sum()) - factor) / (factor - 1.0)

    def first_rows(
        self, stream: int, count: int, checks: Checks, levels: Array
    ) -> NDArray[np.int32]:
        """Return for each journey the first row of levels that refuses nothing."""
        from concurrent.futures import ThreadPoolExecutor

        from retinue.provisioning.sampling import first_levels

        d = self.demand
        rows = np.ascontiguousarray(levels)

        def part(first: int, size: int) -> NDArray[np.int32]:
            return first_levels(
                self.seed, stream, first, size,
                d.event_meal, d.event_n, d.event_table, d.table_start,
                self.keep, self.own, self.other, self.urn_meal, self.urn_journey, d.known,
                d.dish_start, d.dish_ingredient, d.dish_kg, d.sample_portions, d.used,
                checks.start, checks.ingredient, checks.resets, rows,
                np.zeros((0, 0)), np.zeros((0, 0)),
            )  # fmt: skip

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
    chance, error
        Estimated chance of refusal, and its standard error.
    cost
        Of all that is bought, at the costs given.
    row
        On the path of ever higher levels, see `cheapest_levels`.
    """

    kg: Array
    promise: float
    target: float
    chance: float
    error: float
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
        near = likely_row(found, path, 2.0 * target)
        for journeys in (_PILOT, _JOURNEYS):
            chance, error = refusal_chances(
                demand, checks, found, path, near, journeys, sampler.seed
            )
            near = _first(chance <= target)
    else:
        # An urn's journeys cannot be tilted: so many that the target is resolved to a seventh.
        count = int(np.clip(np.ceil(50.0 / target / 10_000) * 10_000, 20_000, 200_000))
        first = sampler.first_rows(CALIBRATION, count, checks, path)
        refusals = count - np.cumsum(np.bincount(first, minlength=len(path) + 1))[: len(path)]
        chance, error = refusals / count, np.zeros(len(path))
    row = min(_first(chance + _ERRORS * error <= target) + higher, len(path) - 1)
    return Levels(
        kg=path[row],
        promise=promise,
        target=target,
        chance=float(chance[row]),
        error=float(error[row]),
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
