"""Kernels that draw and count guests are held to plain sums over orders, and to the multinomial."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from retinue.provisioning.demand import Demand
from retinue.provisioning.levels import VALIDATION, Sampler
from retinue.provisioning.serving import orders_of
from retinue.provisioning.windows import Checks, Window
from tests.provisioning.stocking_case import demand as demand_of


def _needs(demand: Demand, checks: Checks, orders: NDArray[np.int32]) -> list[float]:
    """Return what one journey asks of each column, order by order."""
    dishes, recipe = len(demand.dishes), demand.recipe()
    found = [0.0] * len(checks.windows)
    at = 0
    for meal in range(len(demand.meals)):
        asked = demand.known[meal].astype(np.float64)
        for event in np.flatnonzero(demand.event_meal == meal).tolist():
            for dish in orders[at : at + demand.event_n[event]].tolist():
                if dish < dishes:
                    asked[dish] += 1.0
            at += int(demand.event_n[event])
        asked += np.where(asked > 0, demand.sample_portions, 0.0)
        kg = np.zeros(len(demand.ingredients))
        for part, stands in enumerate(demand.used[meal].tolist()):
            kg[stands] += asked @ recipe[:, part]
        for column, window in enumerate(checks.windows):
            if window.chain <= meal <= window.last:
                found[column] += kg[window.ingredient]
    return found


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 1000), guests=st.sampled_from([1, 2, 7, 40, 300]),
    ratio=st.sampled_from([None, 2.0]), sample_kg=st.sampled_from([0.0, 0.1]),
    dishes=st.sampled_from([3, 9, 60]), stand_in=st.booleans(),
)  # fmt: skip
def test_the_first_row_is_that_of_adding_up_every_order(
    seed: int, guests: int, ratio: float | None, sample_kg: float, dishes: int, stand_in: bool
) -> None:
    demand = demand_of(
        dishes=dishes, parts=6, meals=5, guests=guests, seed=seed % 5, sample_kg=sample_kg,
        share=0.7,
    )  # fmt: skip
    known = demand.known.copy()
    known[2, seed % dishes] = 3
    used = demand.used.copy()
    if stand_in:
        used[1:3, 0] = 1
    demand = replace(demand, known=known, used=used)
    windows = [
        Window(part, 0, first, last, chain, ends)
        for part in range(6)
        for first, last, chain, ends in ((0, 1, 0, part % 2 == 0), (2, 4, 2 * (1 - part % 2), True))
    ]
    checks = Checks.of(windows, 5)
    sampler = Sampler(demand, seed, ratio)
    orders = orders_of(sampler, VALIDATION, np.arange(40))
    assert orders.shape == (40, demand.event_n.sum())
    needs = np.array([_needs(demand, checks, one) for one in orders])
    levels = needs.mean(axis=0) * np.linspace(0.7, 1.6, 60)[:, None]
    wanted = [
        next((r for r, row in enumerate(levels) if (one <= row + 1e-9).all()), len(levels))
        for one in needs
    ]
    assert sampler.first_rows(VALIDATION, 40, checks, levels).tolist() == wanted


@pytest.mark.parametrize(("guests", "dishes"), [(3, 4), (12, 6), (35, 8)])
def test_groups_of_guests_choose_as_the_multinomial_says(guests: int, dishes: int) -> None:
    # scipy.stats.binom is the authority for each dish, numpy's covariance for pairs of dishes
    demand = demand_of(dishes=dishes, meals=1, guests=guests)
    count = 20_000
    orders = orders_of(Sampler(demand, 3), VALIDATION, np.arange(count))[:, :guests]
    rows = slice(demand.table_start[0], demand.table_start[1])
    counts = np.stack([(orders == d).sum(axis=1) for d in demand.table_dish[rows]], axis=1)
    chance = demand.table_chance[rows]
    for column, one in enumerate(chance.tolist()):
        seen = np.bincount(counts[:, column], minlength=guests + 1)
        expected = stats.binom.pmf(np.arange(guests + 1), guests, one) * count
        many = np.flatnonzero(expected >= 5.0)
        seen, expected = (  # rare counts go with the largest that is not
            np.append(a[many[:-1]], a.sum() - a[many[:-1]].sum()) for a in (seen, expected)
        )
        assert stats.chisquare(seen, expected).pvalue > 1e-4
    exact = guests * (np.diag(chance) - np.outer(chance, chance))
    assert np.cov(counts.T) == pytest.approx(exact, abs=0.05 * guests)


def test_nobody_asks_first_because_of_the_dish_that_he_asks_for() -> None:
    demand = demand_of(dishes=8, meals=1, guests=35)
    orders = orders_of(Sampler(demand, 3), VALIDATION, np.arange(20_000))[:, :35]
    first = np.bincount(orders[:, 0], minlength=9)[:8]
    last = np.bincount(orders[:, 34], minlength=9)[:8]
    assert stats.chi2_contingency(np.stack([first, last])[:, first > 0]).pvalue > 1e-4
