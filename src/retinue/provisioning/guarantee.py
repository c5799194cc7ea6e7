"""The promise measured: with and without substitutes, over-dispersed, with wrong popularity.

Beside it stands what the same promise costs where every dish has goods of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import NoPlan, Reason
from retinue.plan.stores import ServiceLevel
from retinue.provisioning.levels import VALIDATION, Levels, Sampler, cheapest_levels
from retinue.provisioning.proportion import Proportion
from retinue.provisioning.serving import LotRow, Served, serve
from retinue.provisioning.windows import Checks, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.provisioning.demand import Demand
    from retinue.provisioning.menu import Menu

    Array = NDArray[np.float64]

__all__ = ["each_dish_alone", "ladder_of", "measured", "with_fill_rate"]

_TRIALS = 20_000
_STRESS_TRIALS = 2_000
#: Journeys that are served dish by dish where most of them refuse something.
_SERVED = 300
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
    proportion: Proportion
    level: float
    fill: float
    fill_substituted: float
    level_substituted: float


def _measure(
    sampler: Sampler,
    checks: Checks,
    levels: Array,
    lots: Sequence[LotRow],
    ladder: Mapping[int, Sequence[int]],
    trials: int = _TRIALS,
) -> _Measured:
    failed = sampler.refused(VALIDATION, trials, checks, levels)
    looked = failed[:_SERVED]
    share = len(failed) / max(len(looked), 1)
    asked = float(sampler.demand.expected_portions().sum()) * trials
    plain = serve(sampler, VALIDATION, looked, lots, ladder, substitutes=False)
    helped = serve(sampler, VALIDATION, looked, lots, ladder, substitutes=True)

    def fill(served: Served) -> float:
        return 1.0 - float(served.unserved.sum()) * share / asked

    hungry = float(np.count_nonzero(helped.unserved)) * share
    proportion = Proportion(len(failed), trials)
    return _Measured(proportion, proportion.level, fill(plain), fill(helped), 1.0 - hungry / trials)


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
    stated = _measure(Sampler(demand, seed), checks, bought, lots, ladder)
    wide = _measure(Sampler(demand, seed, _DISPERSED), checks, bought, lots, ladder, _STRESS_TRIALS)
    other = demand.wrong_popularity(seed + 1, _WRONG_SPREAD)
    wrong = _measure(Sampler(other, seed), checks, bought, lots, ladder, _STRESS_TRIALS)
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


def each_dish_alone(
    demand: Demand, checks: Checks, cost_per_kg: Array, promise: float, seed: int
) -> Levels:
    """Return what the promise takes where no two dishes share goods.

    A dish's goods are bought in the windows of the real ones; those with the same windows
    are one kit, counted in portions.
    """
    spans: dict[int, list[tuple[Window, float]]] = {}
    for window, cost in zip(checks.windows, cost_per_kg.tolist(), strict=True):
        spans.setdefault(window.ingredient, []).append((window, cost))
    recipe = demand.recipe()
    kits: dict[tuple[int, tuple[tuple[int, int, int, bool], ...]], dict[int, float]] = {}
    for dish in range(len(demand.dishes)):
        for part in np.flatnonzero(recipe[dish] > 0).tolist():
            listed = sorted(spans.get(part, []), key=lambda pair: pair[0].last)
            if not listed:
                continue
            shape = tuple((w.point, w.chain, w.last, w.ends_chain) for w, _ in listed)
            prices = kits.setdefault((dish, shape), {})
            for at, (_, cost) in enumerate(listed):
                prices[at] = prices.get(at, 0.0) + cost * float(recipe[dish, part])
    windows: list[Window] = []
    price: dict[tuple[int, int], float] = {}
    dish_rows: list[list[int]] = [[] for _ in demand.dishes]
    for kit, ((dish, shape), prices) in enumerate(kits.items()):
        dish_rows[dish].append(kit)
        for at, (point, chain, last, ends) in enumerate(shape):
            windows.append(Window(kit, point, chain, last, chain, ends))
            price[kit, last] = prices[at]
    own = Checks.of(windows, len(demand.meals))
    flat = [kit for row in dish_rows for kit in row]
    separate = replace(
        demand,
        ingredients=tuple(str(k) for k in range(len(kits))),
        dish_start=np.concatenate([[0], np.cumsum([len(r) for r in dish_rows])]).astype(np.int32),
        dish_ingredient=np.array(flat, np.int32),
        dish_kg=np.ones(len(flat)),
        used=np.tile(np.arange(len(kits), dtype=np.int32), (len(demand.meals), 1)),
    )
    cost = np.array([price[w.ingredient, w.last] for w in own.windows])
    return cheapest_levels(separate, own, cost, promise, Sampler(separate, seed), prove=False)
