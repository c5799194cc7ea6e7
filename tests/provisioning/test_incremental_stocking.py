"""With a warm memory a moved journey is stocked exactly as from scratch, whatever the delay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from retinue.provisioning.demand import Demand
from retinue.provisioning.dish_alone import each_dish_alone
from retinue.provisioning.levels import Levels, Sampler, cheapest_levels
from retinue.provisioning.memory import Remember, fields_of, open_memory
from retinue.provisioning.resupply import Capacity, Goods, Purchases, plan_purchases
from retinue.provisioning.stock_keys import demand_key
from retinue.provisioning.windows import Checks, Window, chained
from tests.provisioning import stocking_case as case

_MEALS: NDArray[np.float64] = np.arange(8, dtype=np.float64) * 6.0 * 3600.0
_SHELF_S = (30.0 * 3600.0, 60.0 * 3600.0, 400.0 * 3600.0)


def _goods(demand: Demand, usable_s: list[float]) -> list[Goods]:
    need = demand.expected_kg() * 1.3
    return [
        Goods(
            name, "chilled", 2.0 + i, 0.002, 1.1, need[:, i],
            np.array([t + _SHELF_S[i % 3] for t in usable_s]),
        )
        for i, name in enumerate(demand.ingredients)
    ]  # fmt: skip


def _stocked(delay_s: float, remember: Remember) -> tuple[Purchases, Levels, float]:
    """Buy and stock a small journey whose supplies come later by a delay; meals keep the clock."""
    demand = case.demand(meals=len(_MEALS))
    options = [
        case.option(number, moment + (delay_s if number else 0.0))
        for number, moment in enumerate((-3600.0, 20.0 * 3600.0, 29.5 * 3600.0))
    ]
    room = {"chilled": Capacity(5.0, 5_000.0)}
    goods = _goods(demand, [o.usable_s for o in options])
    bought = plan_purchases(goods, options, _MEALS, room, remember=remember)
    windows: list[Window] = []
    for part, rows in enumerate(bought.bought):
        last = [
            int(np.searchsorted(_MEALS, goods[part].last_serve_s[o], side="right")) - 1
            for o, _, _ in rows
        ]
        windows += chained(part, rows, last)
    checks = Checks.of(windows, len(_MEALS))
    cost = 1.0 + checks.ingredient.astype(np.float64)
    levels = remember(
        ("levels", demand_key(demand, checks, cost)),
        lambda: cheapest_levels(demand, checks, cost, 0.99, Sampler(demand, 1)),
        packed=fields_of,
        unpacked=lambda kept: Levels(**kept),
    )
    return bought, levels, each_dish_alone(demand, checks, cost, 0.99)


def _plain(found: tuple[Purchases, Levels, float]) -> tuple[Any, ...]:
    bought, levels, alone = found
    own = fields_of(levels)
    return bought, own.pop("kg").tobytes(), own, alone


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("provision-memory")


@settings(max_examples=25, deadline=None)
@given(delay_min=st.integers(0, 600))
def test_any_delay_gives_what_working_it_out_anew_gives(folder: Path, delay_min: int) -> None:
    # Every example finds what the ones before it have left in the files.
    warm = _stocked(60.0 * delay_min, Remember(open_memory(folder)))
    assert _plain(warm) == _plain(_stocked(60.0 * delay_min, Remember()))


def test_a_delay_that_crosses_no_meal_is_only_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _stocked(0.0, Remember(open_memory(tmp_path)))

    def never(*_: object) -> None:
        raise AssertionError("worked out again")

    monkeypatch.setattr("tests.provisioning.test_incremental_stocking.cheapest_levels", never)
    monkeypatch.setattr("retinue.provisioning.mixed_program.MixedProgram.minimise", never)
    after = _stocked(10.0 * 60.0, Remember(open_memory(tmp_path)))
    assert _plain(after)[1:3] == _plain(before)[1:3]
