r"""What a promise costs where every dish has goods of its own, to compare sharing them with.

The goods of a dish are its kits: those that are bought in the same windows, counted in portions.
The cost is a lower bound, so that sharing never looks better than it is.  Guests' choices are
negatively associated (Joag-Dev and Proschan 1983), so with ``q`` the chance that a dish is never
refused,

    P(nothing is refused)  <=  prod_dishes q,     q <= min_kits prod_chains min_windows P(D <= L)

because chains of one kit hold different meals, which are independent.  The levels must keep the
right side above the promise: any that keep the promise itself do so too.  Where a refusal is not
too rare, some thousand journeys say more: levels at which significantly more of them refuse
something than may be (two standard errors of a count) do not do either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from retinue.provisioning.levels import CALIBRATION, Sampler, aimed_at, levels_path
from retinue.provisioning.tails import tails
from retinue.provisioning.windows import Checks, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.provisioning.demand import Demand

    Array = NDArray[np.float64]

__all__ = ["each_dish_alone"]

_JOURNEYS = 6_000
_COUNTED = 30.0  # refusals that are enough to be counted
_SEED = 1
#: Windows of a kit: point, first meal of the chain, last meal, whether the chain ends.
Shape = tuple[tuple[int, int, int, bool], ...]


def each_dish_alone(demand: Demand, checks: Checks, cost_per_kg: Array, promise: float) -> float:
    """Return the least that the promise costs where no two dishes share goods.

    Parameters
    ----------
    checks, cost_per_kg
        Windows of the shared goods, and what a kilogram costs in each.
    """
    kits = _kits(demand, checks, cost_per_kg)
    if not kits:
        return 0.0
    target = aimed_at(promise)
    windows, cost, spans = [], [], []
    for number, ((dish, shape), prices) in enumerate(kits.items()):
        for at, (point, chain, last, ends) in enumerate(shape):
            windows.append(Window(number, point, chain, last, chain, ends))
            cost.append(prices[at])
            spans.append((dish, chain, last))
    above, bin_portions, deviation = _portions(demand, spans)
    order = sorted(range(len(windows)), key=lambda c: (windows[c].last, windows[c].ingredient))
    own = Checks.of(windows, len(demand.meals))
    price = np.array([cost[c] for c in order])
    tail = [above[c] for c in order]
    width = bin_portions[order]
    path = own.rising(levels_path(width, tail, deviation[order], price, own))
    dish_of = [dish for dish, _ in kits]
    low, high = 0, len(path) - 1
    while low < high:
        middle = (low + high) // 2
        bins = np.round(path[middle] / width).astype(np.int64)
        risk = np.array(
            [t[b] if b < len(t) else 0.0 for t, b in zip(tail, bins.tolist(), strict=True)]
        )
        if _refused_at_least(own, risk, dish_of) <= target:
            high = middle
        else:
            low = middle + 1
    if target * _JOURNEYS >= _COUNTED:
        row = _row_by_journeys(demand, list(kits), own, path, target)
        low = max(low, row)
    return float(own.quantities(path[low]) @ price)


def _row_by_journeys(
    demand: Demand, kits: list[tuple[int, Shape]], checks: Checks, path: Array, target: float
) -> int:
    """Return the first row of levels that sampled journeys do not show to refuse too often."""
    rows: list[list[int]] = [[] for _ in demand.dishes]
    for number, (dish, _) in enumerate(kits):
        rows[dish].append(number)
    flat = [number for row in rows for number in row]
    separate = replace(
        demand,
        ingredients=tuple(map(str, range(len(kits)))),
        dish_start=np.concatenate([[0], np.cumsum([len(r) for r in rows])]).astype(np.int32),
        dish_ingredient=np.array(flat, np.int32),
        dish_kg=np.ones(len(flat)),
        used=np.tile(np.arange(len(kits), dtype=np.int32), (len(demand.meals), 1)),
    )
    first = Sampler(separate, _SEED).first_rows(CALIBRATION, _JOURNEYS, checks, path)
    refusals = _JOURNEYS - np.cumsum(np.bincount(first, minlength=len(path) + 1))[: len(path)]
    enough = refusals - 2.0 * np.sqrt(refusals) <= target * _JOURNEYS
    return int(np.argmax(enough)) if enough.any() else len(path) - 1


def _kits(
    demand: Demand, checks: Checks, cost_per_kg: Array
) -> Mapping[tuple[int, Shape], dict[int, float]]:
    """Return the price of a portion's goods by dish, windows and window."""
    bought: dict[int, list[tuple[Window, float]]] = {}
    for window, cost in zip(checks.windows, cost_per_kg.tolist(), strict=True):
        bought.setdefault(window.ingredient, []).append((window, cost))
    recipe = demand.recipe()
    kits: dict[tuple[int, Shape], dict[int, float]] = {}
    for dish in range(len(demand.dishes)):
        for part in np.flatnonzero(recipe[dish] > 0).tolist():
            listed = sorted(bought.get(part, []), key=lambda pair: pair[0].last)
            if not listed:
                continue
            shape = tuple((w.point, w.chain, w.last, w.ends_chain) for w, _ in listed)
            prices = kits.setdefault((dish, shape), {})
            for at, (_, cost) in enumerate(listed):
                prices[at] = prices.get(at, 0.0) + cost * float(recipe[dish, part])
    return kits


def _portions(
    demand: Demand, spans: list[tuple[int, int, int]]
) -> tuple[list[Array], Array, Array]:
    """Return tails, bins and standard deviations of a dish's portions over spans of meals."""
    dishes = len(demand.dishes)
    distinct = sorted(set(spans), key=lambda s: (s[2], s[0], s[1]))
    own = Checks.of([Window(d, 0, c, last, c, False) for d, c, last in distinct],
                    len(demand.meals))  # fmt: skip
    separate = replace(
        demand,
        ingredients=demand.dishes,
        dish_start=np.arange(dishes + 1, dtype=np.int32),
        dish_ingredient=np.arange(dishes, dtype=np.int32),
        dish_kg=np.ones(dishes),
        used=np.tile(np.arange(dishes, dtype=np.int32), (len(demand.meals), 1)),
    )
    found = tails(separate, own)
    place = {(w.ingredient, w.chain, w.last): k for k, w in enumerate(own.windows)}
    at = [place[span] for span in spans]
    return [found.above[k] for k in at], found.bin_kg[at], found.sd_kg[at]


def _refused_at_least(checks: Checks, risk: Array, dish_of: list[int]) -> float:
    """Return a lower bound of the chance of a refusal from the risk of each window."""
    chains: dict[tuple[int, int], float] = {}
    for window, one in zip(checks.windows, risk.tolist(), strict=True):
        key = (window.ingredient, window.chain)
        chains[key] = max(chains.get(key, 0.0), one)
    kits: dict[int, float] = {}
    for (kit, _), one in chains.items():
        kits[kit] = kits.get(kit, 1.0) * (1.0 - one)
    dishes: dict[int, float] = {}
    for kit, kept in kits.items():
        dishes[dish_of[kit]] = min(dishes.get(dish_of[kit], 1.0), kept)
    return 1.0 - float(np.prod(list(dishes.values())))
