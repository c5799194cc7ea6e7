"""The promise is held to fresh samples, to exact distributions and to an exact integer program."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from retinue.errors import NoPlan
from retinue.provisioning.demand import Demand, EaterType, build_demand
from retinue.provisioning.dish_alone import each_dish_alone
from retinue.provisioning.levels import (
    CALIBRATION,
    VALIDATION,
    Sampler,
    cheapest_levels,
    levels_path,
    likely_row,
    tails_at,
)
from retinue.provisioning.mixed_program import MixedProgram
from retinue.provisioning.proportion import Proportion, binomial_at_most, chance_that_passes
from retinue.provisioning.serving import LotRow, orders_of, serve
from retinue.provisioning.spectra import best_bins
from retinue.provisioning.tails import tails
from retinue.provisioning.windows import Checks, chained
from tests.provisioning.stocking_case import AMeal, menu
from tests.provisioning.stocking_case import demand as demand_of

Array = NDArray[np.float64]


def _whole(demand: Demand) -> Checks:
    last = len(demand.meals) - 1
    used = np.flatnonzero(demand.expected_kg().sum(axis=0) > 0).tolist()
    return Checks.of([w for i in used for w in chained(i, [(0, 0, last)], [last])], last + 1)


def _kg(demand: Demand, sampler: Sampler, checks: Checks, count: int) -> Array:
    """Return the demand of each column on some journeys, found by asking many levels."""
    grid = np.linspace(0.0, 1.0, 4001)[:, None] * demand.expected_kg().sum(axis=0).max() * 4
    found = np.zeros((count, len(checks.windows)))
    for column in range(len(checks.windows)):
        levels = np.full((len(grid), len(checks.windows)), 1e9)
        levels[:, column] = grid[:, 0]
        rows = sampler.first_rows(CALIBRATION, count, checks, levels)
        found[:, column] = grid[rows, 0]
    return found


@given(
    k=st.integers(0, 400), n=st.integers(1, 400), chance=st.floats(1e-4, 1 - 1e-4)
)  # fmt: skip
def test_the_binomial_sum_is_scipys(k: int, n: int, chance: float) -> None:
    assert binomial_at_most(k, n, chance) == pytest.approx(stats.binom.cdf(k, n, chance), abs=1e-10)


@pytest.mark.parametrize(("failures", "trials"), [(0, 100), (177, 20_000), (12, 20_000), (5, 9)])
def test_bounds_are_those_of_clopper_and_pearson(failures: int, trials: int) -> None:
    # scipy.stats.binomtest is the authority
    exact = stats.binomtest(trials - failures, trials, alternative="greater")
    bound = exact.proportion_ci(0.95, method="exact").low
    assert Proportion(failures, trials).lower() == pytest.approx(bound, abs=1e-9)


def test_the_target_lets_a_fresh_sample_pass_almost_surely() -> None:
    target = chance_that_passes(0.99, 20_000, 0.95, 0.995)
    most = max(k for k in range(250) if Proportion(k, 20_000).lower() >= 0.99)
    assert binomial_at_most(most, 20_000, target) == pytest.approx(0.995, abs=1e-3)


def test_a_promise_that_so_few_samples_cannot_prove_is_refused() -> None:
    demand = demand_of()
    checks = _whole(demand)
    with pytest.raises(NoPlan, match="cannot be proven"):
        cheapest_levels(
            demand, checks, np.ones(len(checks.windows)), 0.999, Sampler(demand, 1), trials=50
        )


def test_tails_equal_the_sum_over_every_possible_journey() -> None:
    demand = demand_of(dishes=4, parts=3, meals=2, guests=1)
    checks = _whole(demand)
    found = tails(demand, checks)
    recipe = demand.recipe()
    tables = demand.event_table.tolist()
    rows = [range(demand.table_start[t], demand.table_start[t + 1]) for t in tables]
    for column, window in enumerate(checks.windows):
        for level in (0.05, 0.15, 0.3):
            exact = 0.0
            for choice in itertools.product(*rows):
                kg = sum(recipe[demand.table_dish[r], window.ingredient] for r in choice)
                if kg > level:
                    exact += float(np.prod([demand.table_chance[r] for r in choice]))
            bins = int(level / found.bin_kg[column])
            assert found.above[column][bins] == pytest.approx(exact, abs=1e-9)


def test_means_equal_those_of_sampled_journeys() -> None:
    demand = demand_of(sample_kg=0.1, share=0.6)
    checks = _whole(demand)
    sampled = _kg(demand, Sampler(demand, 3), checks, 4_000).mean(axis=0)
    assert sampled == pytest.approx(tails(demand, checks).mean_kg, rel=0.02)


def test_fresh_journeys_prove_both_promises() -> None:
    demand = demand_of(sample_kg=0.05)
    checks = _whole(demand)
    for promise in (0.99, 0.999):
        levels = cheapest_levels(
            demand, checks, np.ones(len(checks.windows)), promise, Sampler(demand, 1)
        )
        assert levels.chance <= levels.target < 1.0 - promise
        for seed in (11, 12):  # journeys that no choice has ever seen
            fresh = Sampler(demand, seed).refused(VALIDATION, 20_000, checks, levels.kg)
            assert Proportion(len(fresh), 20_000).lower() >= promise


@pytest.mark.parametrize(("guests", "sample_kg"), [(1, 0.1), (6, 0.0), (6, 0.1)])
def test_the_sum_of_tails_bounds_the_chance_of_a_refusal_closely(
    guests: int, sample_kg: float
) -> None:
    """A quarter of a million plain journeys are the authority; many rows of levels are asked."""
    demand = demand_of(dishes=9, meals=8, guests=guests, sample_kg=sample_kg, share=0.7)
    last = len(demand.meals) - 1
    windows = []
    for part in np.flatnonzero(demand.expected_kg().sum(axis=0) > 0).tolist():
        # bought twice: one chain for what keeps to the end, two for what does not
        windows += chained(part, [(0, 0, 3), (1, 4, last)], [last if part % 2 else 3, last])
    checks = Checks.of(windows, last + 1)
    found = tails(demand, checks)
    path = checks.rising(
        levels_path(found.bin_kg, found.above, found.sd_kg, np.ones(len(windows)), checks)
    )
    near = likely_row(found, path, 0.01)
    count = 250_000
    first = Sampler(demand, 1).first_rows(CALIBRATION, count, checks, path)
    bounds = []
    for row in (near - 40, near, near + 40):
        plain = float((first > row).mean())
        bound = float(tails_at(found, path[row]).sum())
        bounds.append(bound)
        assert plain <= 1.05 * bound + 4.0 * np.sqrt(plain / count)
        # Three dishes in nine share an ingredient: refusals often come together.
        assert plain >= 0.4 * bound - 4.0 * np.sqrt(plain / count)
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[1] <= 0.01


def test_a_promise_that_fresh_journeys_disprove_buys_more() -> None:
    demand = demand_of()
    checks = _whole(demand)
    cost = np.ones(len(checks.windows))
    plain, more = (
        cheapest_levels(demand, checks, cost, 0.99, Sampler(demand, 1), higher=h) for h in (0, 9)
    )
    assert (more.kg >= plain.kg).all()
    assert more.cost > plain.cost
    assert more.row == plain.row + 9


def test_levels_of_over_dispersed_demand_are_calibrated_on_its_own_journeys() -> None:
    demand = demand_of(guests=12)
    checks = _whole(demand)
    wide = Sampler(demand, 1, 2.0)
    levels = cheapest_levels(demand, checks, np.ones(len(checks.windows)), 0.99, wide)
    fresh = len(Sampler(demand, 8, 2.0).refused(VALIDATION, 20_000, checks, levels.kg))
    assert Proportion(fresh, 20_000).lower() >= 0.99


@pytest.mark.parametrize("promise", [0.9, 0.99])
def test_dishes_alone_cost_no_more_than_what_journeys_show_to_be_needed(promise: float) -> None:
    """With one dish a course and goods of its own, sharing is not possible: the bound is close."""
    demand = demand_of(dishes=6, parts=6, meals=4, guests=8)
    parts = np.arange(6, dtype=np.int32)
    own = replace(
        demand, dish_start=np.arange(7, dtype=np.int32), dish_ingredient=parts,
        dish_kg=np.full(6, 0.1),
    )  # fmt: skip
    checks = _whole(own)
    cost = np.ones(len(checks.windows))
    shared = cheapest_levels(own, checks, cost, promise, Sampler(own, 1)).cost
    alone = each_dish_alone(own, checks, cost, promise)
    assert 0.97 * shared <= alone <= 1.001 * shared


def test_best_levels_are_those_of_trying_every_one() -> None:
    rng = np.random.default_rng(4)
    for _ in range(20):
        tail = np.sort(rng.random(60))[::-1] * 0.9
        tail[0], tail[-1] = 0.7, 0.0
        prices = np.logspace(-2, 3, 40)
        best = best_bins(tail, 0.05, prices)
        bins = np.arange(int(np.argmax(tail <= 0.7)), 60)
        cost = 0.05 * bins + prices[:, None] * tail[bins]
        chosen = 0.05 * best + prices * tail[best]
        assert chosen == pytest.approx(cost.min(axis=1), rel=1e-12)
        assert (np.diff(best) >= 0).all()


def test_more_is_promised_for_more() -> None:
    demand = demand_of()
    checks = _whole(demand)
    cost = np.ones(len(checks.windows))
    costs = [cheapest_levels(demand, checks, cost, p, Sampler(demand, 1)).cost
             for p in (0.9, 0.99, 0.999)]  # fmt: skip
    assert costs == sorted(costs)


def test_sharing_goods_costs_less_than_stocking_each_dish_on_its_own() -> None:
    demand = demand_of(dishes=20, parts=8, guests=8)
    checks = _whole(demand)
    cost = np.ones(len(checks.windows))
    shared = cheapest_levels(demand, checks, cost, 0.99, Sampler(demand, 1)).cost
    assert shared < 0.9 * each_dish_alone(demand, checks, cost, 0.99)


def test_the_cost_is_near_that_of_an_exact_program_on_the_same_journeys() -> None:
    """The sample average program may leave out two in a hundred of its journeys, exactly chosen."""
    demand = demand_of(dishes=5, parts=4, meals=3, guests=3)
    checks = _whole(demand)
    count, leave = 200, 4
    need = _kg(demand, Sampler(demand, 1), checks, count)
    program = MixedProgram()
    level = [program.column(1.0) for _ in checks.windows]
    out = [program.column(0.0, 1.0, whole=True) for _ in range(count)]
    for journey in range(count):
        for column, name in enumerate(level):
            kg = float(need[journey, column])
            program.row([(name, 1.0), (out[journey], kg)], low=kg)
    program.row([(one, 1.0) for one in out], high=float(leave))
    exact = program.minimise()
    assert exact is not None
    ours = cheapest_levels(demand, checks, np.ones(len(checks.windows)), 0.98, Sampler(demand, 1))
    # The exact one knows its 200 journeys beforehand and so promises less on others.
    assert exact.objective <= ours.cost * 1.02
    assert ours.cost <= exact.objective * 1.2


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000), meals=st.integers(1, 6), guests=st.integers(1, 5),
    cut=st.integers(1, 5), slack=st.floats(0.5, 1.6),
)  # fmt: skip
def test_lots_refuse_something_just_when_the_levels_say_so(
    seed: int, meals: int, guests: int, cut: int, slack: float
) -> None:
    """Serving from lots, first expired first, is an engine of its own beside the comparison."""
    demand = demand_of(dishes=4, parts=4, meals=meals, guests=guests, seed=seed % 7)
    windows = []
    split = min(cut, meals)
    for part in np.flatnonzero(demand.expected_kg().sum(axis=0) > 0).tolist():
        bought = [(0, 0, split - 1)] + ([(1, split, meals - 1)] if split < meals else [])
        windows += chained(part, bought, [meals - 1] * len(bought))
    checks = Checks.of(windows, meals)
    expected = demand.expected_kg()
    levels = np.array(
        [expected[: w.last + 1, w.ingredient].sum() * slack + 0.1 for w in checks.windows]
    )
    levels = checks.rising(levels)
    lots = [
        LotRow(w.ingredient, w.first if w.point else 0, meals - 1, float(kg))
        for w, kg in zip(checks.windows, checks.quantities(levels), strict=True)
    ]
    sampler = Sampler(demand, seed)
    refused = sampler.first_rows(VALIDATION, 60, checks, levels[None, :]) > 0
    served = serve(
        sampler, orders_of(sampler, VALIDATION, np.arange(60)), lots, {}, substitutes=False
    )
    assert ((served.refused > 0) == refused).all()


def test_over_dispersed_dishes_have_twice_the_variance() -> None:
    made = menu(12, 12, 3, courses=1, each=1)
    listed = [AMeal(f"m{k}", "dinner", 3600.0 * k, {"guests": 20}) for k in range(4)]
    eater = EaterType("guests", "guest", 20, {"dinner": {"c0": 1.0}})
    demand = build_demand(cast(Any, made), "guest", [eater], listed)
    checks = _whole(demand)

    def ratio(sampler: Sampler) -> float:
        kg = _kg(demand, sampler, checks, 3_000)
        lump = np.array([demand.recipe()[:, w.ingredient].max() for w in checks.windows])
        single = np.array([np.count_nonzero(demand.recipe()[:, w.ingredient]) == 1
                           for w in checks.windows])  # fmt: skip
        portions = kg[:, single] / lump[single]
        return float(np.mean(portions.var(axis=0) / portions.mean(axis=0)))

    assert ratio(Sampler(demand, 5)) == pytest.approx(1.0 - 1 / 12, abs=0.15)
    assert ratio(Sampler(demand, 5, 2.0)) == pytest.approx(2.0, abs=0.3)


def test_a_seed_draws_the_same_journeys_whatever_the_number_of_workers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    demand = demand_of()
    checks = _whole(demand)
    levels = demand.expected_kg().sum(axis=0)[checks.ingredient][None, :] * 1.1
    found = []
    for workers in (1, 3):
        monkeypatch.setattr("os.cpu_count", lambda workers=workers: workers)
        found.append(Sampler(demand, 9).first_rows(VALIDATION, 500, checks, levels))
    assert (found[0] == found[1]).all()
