"""Stock levels that keep a promise on the whole journey, at the least cost.

For a price ``lambda`` of refusals every column takes the level that minimises
``cost * level + lambda * P(demand > level)``: the best way to spend a joint risk where the
columns hardly depend on each other.  One number, ``lambda``, is then calibrated on sampled
journeys, which know every dependence, against a target tighter than the promise: so tight
that fresh samples prove the promise almost surely.  One number fitted to tens of thousands
of journeys leaves next to no optimism, and what is left a fresh sample finds.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import NoPlan, Reason
from retinue.provisioning.proportion import Proportion, chance_that_passes
from retinue.provisioning.tails import tails

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.provisioning.demand import Demand
    from retinue.provisioning.windows import Checks

    Array = NDArray[np.float64]

__all__ = ["CALIBRATION", "VALIDATION", "Levels", "Sampler", "cheapest_levels"]

#: Streams of random numbers: no journey of one is met in another.
CALIBRATION, VALIDATION = 1, 2
_ROWS = 160
_DECADES = 9.0
_SURE = 0.995
_UNPROVEN = 10_000  # journeys of a figure that is only compared with
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
        starts, chance = demand.table_start, demand.table_chance
        self.keep_chance, self.other_row = _alias(starts, chance)
        self.urn_meal = np.zeros(len(demand.event_n))
        self.urn_journey = np.zeros(len(starts) - 1)
        if variance_over_mean is not None and len(chance):
            self._disperse(variance_over_mean)

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
                d.event_meal, d.event_n, d.event_table, d.table_start, d.table_dish,
                self.keep_chance, self.other_row, self.urn_meal, self.urn_journey, d.known,
                d.dish_start, d.dish_ingredient, d.dish_kg, d.sample_portions, d.used,
                checks.start, checks.ingredient, checks.resets, rows,
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
    """Chosen levels and what was measured of them.

    Attributes
    ----------
    kg
        Cumulative stock of each column.
    calibrated, validated
        Counted refusals: while choosing, and on fresh journeys.
    target
        Chance of refusal aimed at, tighter than the promise.
    mean_kg
        Expected demand of each column.
    cost
        Of all that is bought, at the costs given.
    """

    kg: Array
    promise: float
    target: float
    calibrated: Proportion
    validated: Proportion
    mean_kg: Array = field(repr=False)
    cost: float = 0.0


def _alias(starts: NDArray[np.int32], chance: Array) -> tuple[Array, NDArray[np.int32]]:
    """Return the alias tables of all popularity tables (Vose 1991)."""
    keep = np.ones(len(chance))
    other = np.arange(len(chance), dtype=np.int32)
    for low, high in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        left = (chance[low:high] * (high - low)).tolist()
        small = [k for k, share in enumerate(left) if share < 1.0]
        large = [k for k, share in enumerate(left) if share >= 1.0]
        while small and large:
            under, over = small.pop(), large[-1]
            keep[low + under], other[low + under] = left[under], low + over
            left[over] -= 1.0 - left[under]
            if left[over] < 1.0:
                small.append(large.pop())
    return keep, other


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
    prove: bool = True,
) -> Levels:
    """Return levels at which no refusal on the whole journey has at least the promised chance.

    Parameters
    ----------
    cost_per_kg
        Of each column.
    trials
        Fresh journeys on which the promise is proven, one-sided with 95 % confidence.
    rounded
        Turns rows of levels into what can be bought, never less.
    prove
        Whether fresh journeys must prove it; without, the calibration's count stands.

    Raises
    ------
    NoPlan
        Where the promise cannot be proven by so many journeys.
    """
    try:
        target = chance_that_passes(promise, trials, 0.95, _SURE)
    except ValueError as error:
        raise NoPlan(
            "the promised service level cannot be proven",
            reasons=[Reason(str(error), cure="promise less, or sample more", kind="service")],
        ) from error
    found = tails(demand, checks)
    path = checks.rising(rounded(_path(found.bin_kg, found.above, found.sd_kg, cost_per_kg,
                                       checks)))  # fmt: skip
    # Enough journeys that the target is resolved to a seventh.
    count = int(np.clip(np.ceil(50.0 / target / 10_000) * 10_000, 20_000, 200_000))
    if not prove:
        count = min(count, max(_UNPROVEN, int(np.ceil(20.0 / target))))
    first = sampler.first_rows(CALIBRATION, count, checks, path)
    refusals = count - np.cumsum(np.bincount(first, minlength=len(path) + 1))[: len(path)]
    enough = np.flatnonzero(refusals <= target * count)
    row = int(enough[0]) if len(enough) else len(path) - 1
    validated = Proportion(int(refusals[row]), count)
    while prove:
        fresh = len(sampler.refused(VALIDATION, trials, checks, path[row]))
        validated = Proportion(fresh, trials)
        if validated.lower() >= promise or row == len(path) - 1:
            break
        row += 1
    bought = checks.quantities(path[row])
    return Levels(
        kg=path[row],
        promise=promise,
        target=target,
        calibrated=Proportion(int(refusals[row]), count),
        validated=validated,
        mean_kg=found.mean_kg,
        cost=float(bought @ cost_per_kg),
    )


def _path(
    bin_kg: Array, above: list[Array], deviation: Array, cost: Array, checks: Checks
) -> Array:
    """Return levels for rising prices of a refusal, shape (rows, columns)."""
    base = max(float(np.sum(cost * deviation)), 1e-9)
    prices = base * np.logspace(-0.5, _DECADES, _ROWS)
    found = np.zeros((_ROWS, len(above)))
    before = checks.before
    # Earlier levels of a chain cost little: what is bought early is not bought later.
    ends = np.ones(len(above), np.bool_)
    ends[before[before >= 0]] = False
    for column, tail in enumerate(above):
        low = int(np.searchsorted(-tail, -0.7))
        high = min(int(np.searchsorted(-tail, -1e-12)) + 2, len(tail))
        bins = np.arange(low, max(high, low + 1))
        step = cost[column] * bin_kg[column] * (1.0 if ends[column] else _EARLY_SHARE)
        best = np.argmin(step * bins + prices[:, None] * tail[bins], axis=1)
        found[:, column] = bins[best] * bin_kg[column]
    return np.maximum.accumulate(found, axis=0)
