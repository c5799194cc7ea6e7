"""Lots: first expired is first served, nothing past its limit, and nothing is lost or made."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.plan.records import PlaceRecord
from retinue.plan.stores import BorderCrossing
from retinue.provisioning.lots import drawn, keeping_of
from retinue.provisioning.menu import load_menu
from retinue.provisioning.supply import SupplyOption, load_supply_rules

HOUR = 3600.0
RULES = load_supply_rules()
MENU = load_menu("five-cuisines")
HALT = PlaceRecord(name="Halt", lat=43.8, lon=131.9, country="RU", zone="Asia/Vladivostok")
OPTION = SupplyOption(
    id="o", mode="road", place=HALT, usable_s=2 * HOUR, packed_s=-10 * HOUR, from_s=0.0,
    until_s=3 * HOUR, due_s=-HOUR, waits_until_s=HOUR, fixed_cost=1.0, price_factor=1.0,
    loading_kg=100.0, loading_kg_per_s=1.0, carries=("*",),
)  # fmt: skip

#: Lots (kg, first meal, last meal) and the use of each meal.
_LOTS = st.lists(
    st.tuples(st.floats(0.0, 5.0), st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=6
)
_USE = st.lists(st.floats(0.0, 3.0), min_size=8, max_size=8)


@given(lots=_LOTS, use=_USE)
def test_what_is_bought_is_what_is_used_and_what_is_left(
    lots: list[tuple[float, int, int]], use: list[float]
) -> None:
    kg, first, last = (np.array(column, float) for column in zip(*lots, strict=True))
    taken = drawn(kg, first, last, np.array(use))
    left = kg - taken.sum(axis=0)
    assert np.all(taken >= 0) and np.all(left >= -1e-9)
    assert taken.sum() + left.sum() == pytest.approx(kg.sum())
    assert np.all(taken.sum(axis=1) <= np.array(use) + 1e-9)


@given(lots=_LOTS, use=_USE)
def test_nothing_is_served_before_it_comes_or_past_its_limit(
    lots: list[tuple[float, int, int]], use: list[float]
) -> None:
    kg, first, last = (np.array(column, float) for column in zip(*lots, strict=True))
    taken = drawn(kg, first, last, np.array(use))
    meals = np.arange(8)[:, None]
    assert np.all(taken[(meals < first) | (meals > last)] == 0.0)


@given(lots=_LOTS, use=_USE)
def test_no_lot_waits_while_a_later_one_is_drawn(
    lots: list[tuple[float, int, int]], use: list[float]
) -> None:
    kg, first, last = (np.array(column, float) for column in zip(*lots, strict=True))
    taken = drawn(kg, first, last, np.array(use))
    left = kg - np.cumsum(taken, axis=0)
    for meal in range(8):
        for one in range(len(kg)):
            sooner = (last < last[one]) & (first <= meal) & (last >= meal)
            if taken[meal, one] > 1e-9:
                assert np.all(left[meal, sooner] < 1e-9)


@given(lots=_LOTS, use=_USE)
def test_a_need_is_unmet_only_where_every_lot_of_its_time_is_empty(
    lots: list[tuple[float, int, int]], use: list[float]
) -> None:
    kg, first, last = (np.array(column, float) for column in zip(*lots, strict=True))
    taken = drawn(kg, first, last, np.array(use))
    left = kg - np.cumsum(taken, axis=0)
    for meal, need in enumerate(use):
        if taken[meal].sum() < need - 1e-9:
            assert left[meal][(first <= meal) & (last >= meal)].sum() < 1e-9


def test_a_lot_serves_until_its_shelf_life_less_the_time_of_a_meal() -> None:
    salmon = MENU.ingredients["smoked salmon"]
    keeping = keeping_of(salmon, OPTION, (), RULES)
    assert keeping.use_by_s == OPTION.packed_s + salmon.shelf_life_s
    assert keeping.serve_until_s == keeping.use_by_s - RULES.served_within
    assert keeping.leaves_s is None


def test_goods_leave_before_a_border_that_forbids_them() -> None:
    salmon = MENU.ingredients["smoked salmon"]
    border = BorderCrossing(
        time_utc=20 * HOUR, from_country="RU", to_country="CN",
        forbidden={salmon.border_class: "veterinary rules"},
    )  # fmt: skip
    keeping = keeping_of(salmon, OPTION, (border,), RULES)
    assert keeping.leaves_s == border.time_utc
    assert keeping.serve_until_s == border.time_utc - RULES.served_within
    assert "RU-CN: veterinary rules" in keeping.leaves_because
    # A border that the train crossed before they came aboard is none of theirs.
    passed = border.model_copy(update={"time_utc": OPTION.until_s - 60})
    assert keeping_of(salmon, OPTION, (passed,), RULES).leaves_s is None


@pytest.mark.parametrize("hours", [24.0, 36.0, 48.0])
def test_live_seafood_lives_as_long_as_planned_from_its_packing(hours: float) -> None:
    lobster = MENU.ingredients["live lobster"]
    keeping = keeping_of(lobster, OPTION, (), RULES, hours * HOUR)
    assert keeping.use_by_s == OPTION.packed_s + min(hours * HOUR, lobster.shelf_life_s)
    salmon = MENU.ingredients["smoked salmon"]
    assert keeping_of(salmon, OPTION, (), RULES, HOUR) == keeping_of(salmon, OPTION, (), RULES)
    assert keeping_of(lobster, OPTION, (), RULES).use_by_s < math.inf
