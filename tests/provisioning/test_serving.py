"""Serving from lots is held to a plain reference, and keeps dates and kilograms."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.provisioning.demand import Demand
from retinue.provisioning.levels import VALIDATION, Sampler
from retinue.provisioning.offers import fixed_demand
from retinue.provisioning.serving import LotRow, orders_of, serve
from tests.provisioning.stocking_case import demand as demand_of


def known(demand: Demand, portions: list[list[int]]) -> Demand:
    """Return a demand of which every portion is known, so that nothing is drawn."""
    return fixed_demand(demand, demand.types, np.array(portions, np.int32))


def reference(demand: Demand, lots: list[LotRow]) -> tuple[int, int, list[float]]:
    """Return refusals, the meal of the first, and what is left, in plain Python."""
    left = [lot.kg for lot in lots]
    order = sorted(range(len(lots)), key=lambda n: (lots[n].last, lots[n].first))
    recipe = demand.recipe()
    refused, first = 0, len(demand.meals)
    for meal in range(len(demand.meals)):
        for dish in range(len(demand.dishes)):
            for _ in range(int(demand.known[meal, dish])):
                need = {p: float(kg) for p, kg in enumerate(recipe[dish]) if kg > 0}
                open_ = [n for n in order if lots[n].first <= meal <= lots[n].last]
                short = any(
                    sum(left[n] for n in open_ if lots[n].ingredient == p) < kg - 1e-9
                    for p, kg in need.items()
                )
                if short:
                    refused, first = refused + 1, min(first, meal)
                    continue
                for part, kg in need.items():
                    rest = kg
                    for n in open_:
                        if lots[n].ingredient == part:
                            taken = min(left[n], rest)
                            left[n] -= taken
                            rest -= taken
    return refused, first, left


@settings(max_examples=60)
@given(data=st.data())
def test_refusals_are_those_of_a_plain_reference(data: st.DataObject) -> None:
    demand = demand_of(dishes=4, parts=4, meals=4, guests=2)
    portions = data.draw(
        st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=4, max_size=4)
    )
    asked = known(demand, portions)
    lots = []
    for part in range(4):
        for _ in range(data.draw(st.integers(0, 3))):
            first, last = sorted((data.draw(st.integers(0, 3)), data.draw(st.integers(0, 3))))
            lots.append(LotRow(part, first, last, data.draw(st.floats(0.0, 1.5))))
    served = serve(
        Sampler(asked, 1),
        orders_of(Sampler(asked, 1), VALIDATION, np.arange(2)),
        lots,
        {},
        substitutes=False,
    )
    refused, begins, left = reference(asked, lots)
    assert served.refused.tolist() == [refused, refused]
    assert served.first_meal.tolist() == [begins, begins]
    assert int(served.by_dish.sum()) == 2 * refused
    # What was bought is what was eaten and what is left.
    recipe = asked.recipe()
    eaten = sum(
        float(recipe[d].sum()) * int(asked.known[m, d]) for m in range(4) for d in range(4)
    ) - sum(float(recipe[d].sum()) * int(served.by_dish[d]) / 2 for d in range(4))
    assert abs(sum(lot.kg for lot in lots) - sum(left) - eaten) < 1e-6


def test_a_substitute_is_taken_from_the_ladder_in_its_order() -> None:
    demand = demand_of(dishes=4, parts=4, meals=1, guests=4)
    sampler = Sampler(demand, 1)
    number = np.arange(50)
    recipe = demand.recipe()
    # Goods for dishes 1 and 3 alone, as many as ever asked for.
    lots = [LotRow(p, 0, 0, 100.0) for p in range(4) if recipe[1, p] > 0 or recipe[3, p] > 0]
    able = [d for d in range(4) if all(recipe[d, p] == 0 or any(lot.ingredient == p for lot in lots)
                                       for p in range(4))]  # fmt: skip
    ladder: dict[int, Any] = {d: tuple(o for o in range(4) if o != d) for d in range(4)}
    plain = serve(sampler, orders_of(sampler, VALIDATION, number), lots, ladder, substitutes=False)
    helped = serve(sampler, orders_of(sampler, VALIDATION, number), lots, ladder, substitutes=True)
    assert np.array_equal(plain.refused, helped.refused)
    assert np.array_equal(plain.refused, plain.unserved)
    assert set(np.flatnonzero(plain.by_dish).tolist()).isdisjoint(able)
    assert helped.unserved.sum() == 0
    none = serve(sampler, orders_of(sampler, VALIDATION, number), [], ladder, substitutes=True)
    assert np.array_equal(none.unserved, none.refused)


@settings(max_examples=20)
@given(more=st.floats(0.0, 2.0))
def test_more_goods_never_refuse_a_known_order_of_one_dish_more_often(more: float) -> None:
    demand = demand_of(dishes=2, parts=3, meals=3, guests=2)
    asked = known(demand, [[2, 0]] * 3)
    lots = [LotRow(p, 0, 2, 0.3) for p in range(3)]
    larger = [LotRow(p, 0, 2, 0.3 + more) for p in range(3)]
    few = serve(
        Sampler(asked, 1),
        orders_of(Sampler(asked, 1), VALIDATION, np.arange(1)),
        lots,
        {},
        substitutes=False,
    )
    many = serve(
        Sampler(asked, 1),
        orders_of(Sampler(asked, 1), VALIDATION, np.arange(1)),
        larger,
        {},
        substitutes=False,
    )
    assert many.refused[0] <= few.refused[0]
