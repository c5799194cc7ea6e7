"""The promise measured: with and without substitutes, over-dispersed, with wrong popularity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import NoPlan, Reason
from retinue.plan.stores import ServiceLevel
from retinue.provisioning.levels import VALIDATION, Levels, Sampler
from retinue.provisioning.proportion import Proportion
from retinue.provisioning.serving import LotRow, Served, orders_of, serve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.provisioning.demand import Demand
    from retinue.provisioning.menu import Menu
    from retinue.provisioning.windows import Checks

    Array = NDArray[np.float64]

__all__ = ["ladder_of", "measured", "with_fill_rate"]

_TRIALS = 20_000
_DISPERSED_TRIALS = 1_000
_WRONG_TRIALS = 2_000
#: Journeys that are served dish by dish where most of them refuse something.
_SERVED = 100
_WRONG_SPREAD = 0.2
_DISPERSED = 2.0


def ladder_of(menu: Menu, demand: Demand) -> dict[int, tuple[int, ...]]:
    """Return the dishes that may stand in for each dish or drink, by number."""
    number = {name: i for i, name in enumerate(demand.dishes)}
    found = {number[name]: tuple(number[o] for o in menu.ladder(name)) for name in menu.dishes}
    for name, drink in menu.drinks.items():
        found[number[name]] = tuple(number[o] for o in drink.substitutes)
    return found


@dataclass(frozen=True)
class _Measured:
    """What fresh journeys showed: how many refused something, and the share of orders met."""

    proportion: Proportion
    fill: float
    fill_substituted: float
    level_substituted: float

    @property
    def level(self) -> float:
        return self.proportion.level


def _measure(
    sampler: Sampler,
    checks: Checks,
    levels: Array,
    lots: Sequence[LotRow],
    ladder: Mapping[int, Sequence[int]],
    trials: int = _TRIALS,
    *,
    substitutes: bool = False,
) -> _Measured:
    failed = sampler.refused(VALIDATION, trials, checks, levels)
    looked = failed[:_SERVED]
    share = len(failed) / max(len(looked), 1)
    asked = float(sampler.demand.expected_portions().sum()) * trials
    orders = orders_of(sampler, VALIDATION, looked)
    plain = serve(sampler, orders, lots, ladder, substitutes=False)
    helped = serve(sampler, orders, lots, ladder, substitutes=True) if substitutes else plain

    def fill(served: Served) -> float:
        # A journey too short for a meal asks for nothing, and gets it.
        return 1.0 - float(served.unserved.sum()) * share / asked if asked > 0.0 else 1.0

    hungry = float(np.count_nonzero(helped.unserved)) * share
    proportion = Proportion(len(failed), trials)
    return _Measured(proportion, fill(plain), fill(helped), 1.0 - hungry / trials)


def measured(
    demand: Demand,
    checks: Checks,
    levels: Levels,
    bought: Array,
    lots: Sequence[LotRow],
    ladder: Mapping[int, Sequence[int]],
    alone: float,
    seed: int,
) -> ServiceLevel:
    """Return the service level of one stock class on fresh journeys.

    Parameters
    ----------
    bought
        Cumulative stock that is really there, shape (columns,): no less than the levels.
    alone
        Cost of stocking each dish on its own for the same promise.
    """
    stated = _measure(Sampler(demand, seed), checks, bought, lots, ladder, substitutes=True)
    dispersed = Sampler(demand, seed, _DISPERSED)
    wide = _measure(dispersed, checks, bought, lots, ladder, _DISPERSED_TRIALS)
    other = demand.wrong_popularity(seed + 1, _WRONG_SPREAD)
    wrong = _measure(Sampler(other, seed), checks, bought, lots, ladder, _WRONG_TRIALS)
    return ServiceLevel(
        stock=demand.stock,
        promise=levels.promise,
        target=round(1.0 - levels.target, 8),
        samples=stated.proportion.trials,
        refused_journeys=stated.proportion.failures,
        level=round(stated.level, 8),
        lower_bound=round(stated.proportion.lower(), 8),
        fill_rate=round(stated.fill, 8),
        fill_rate_with_substitutes=round(stated.fill_substituted, 8),
        level_with_substitutes=round(stated.level_substituted, 8),
        over_dispersed_level=round(wide.level, 8),
        over_dispersed_fill_rate=round(wide.fill, 8),
        wrong_popularity_level=round(wrong.level, 8),
        wrong_popularity_fill_rate=round(wrong.fill, 8),
        over_dispersed_samples=wide.proportion.trials,
        wrong_popularity_samples=wrong.proportion.trials,
        cost=round(levels.cost, 2),
        cost_each_dish_alone=round(alone, 2),
        saving=round(1.0 - levels.cost / alone, 4) if alone > 0 else 0.0,
    )


def with_fill_rate(levels: Sequence[ServiceLevel], promised: float) -> tuple[ServiceLevel, ...]:
    """Return measured levels beside the share of orders that is promised to each stock class.

    Raises
    ------
    NoPlan
        Where that share is not met.
    """
    short = [one for one in levels if one.fill_rate < promised]
    if short:
        raise NoPlan(
            "the promised fill rate is not met",
            reasons=[
                Reason(
                    f"{one.fill_rate:.2%} of the orders of the {one.stock} are met,"
                    f" {promised:.2%} are promised",
                    cure="promise a higher service level, or a lower fill rate",
                    kind="service",
                )
                for one in short
            ],
        )
    return tuple(one.model_copy(update={"promised_fill_rate": promised}) for one in levels)
