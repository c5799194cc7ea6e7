"""Lot sizing is held to every possible set of deliveries, and keeps rooms, time and borders."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from retinue.errors import NoPlan
from retinue.plan.records import PlaceRecord
from retinue.provisioning.resupply import Capacity, Goods, blocks_of, plan_purchases
from retinue.provisioning.supply import SupplyOption

HALT = PlaceRecord(name="Halt", lat=43.8, lon=131.9, country="RU", zone="Asia/Vladivostok")
MEALS = np.arange(6, dtype=np.float64) * 10.0
WIDE = {"dry": Capacity(1e6, 1e6)}


def option(number: int, usable: float, fixed: float, loading: float = np.inf) -> SupplyOption:
    return SupplyOption(
        id=f"o{number}", mode="road" if fixed else "origin", place=HALT, usable_s=usable,
        packed_s=usable - 5.0, from_s=usable - 1.0, until_s=usable, due_s=usable - 1.0,
        waits_until_s=usable, fixed_cost=fixed, price_factor=1.0, loading_kg=loading,
        loading_kg_per_s=loading, carries=("*",),
    )  # fmt: skip


def goods(
    name: str, need: Sequence[float], last: Sequence[float], cost: float = 1.0
) -> Goods:  # fmt: skip
    return Goods(name, "dry", cost, 0.001, 1.0, np.array(need), np.array(last))


def cheapest(listed: Sequence[Goods], options: Sequence[SupplyOption]) -> float:
    """Return the least cost over every set of deliveries; the origin is always there."""
    best = np.inf
    stops = [n for n, o in enumerate(options) if o.fixed_cost > 0]
    for size in range(len(stops) + 1):
        for chosen in itertools.combinations(stops, size):
            there = [n for n in range(len(options)) if n not in stops or n in chosen]
            cost = sum(options[n].fixed_cost for n in chosen)
            for one in listed:
                for meal, need in zip(MEALS.tolist(), one.need_kg.tolist(), strict=True):
                    able = [
                        n for n in there
                        if options[n].usable_s <= meal <= one.last_serve_s[n]
                    ]  # fmt: skip
                    if need > 0:
                        cost += need * one.cost_per_kg if able else np.inf
            best = min(best, cost)
    return float(best)


@settings(max_examples=40)
@given(data=st.data())
def test_the_cost_is_that_of_the_best_of_all_sets_of_deliveries(data: st.DataObject) -> None:
    options = [option(0, 0.0, 0.0)] + [
        option(n + 1, usable, data.draw(st.floats(1.0, 50.0)))
        for n, usable in enumerate(sorted(data.draw(
            st.lists(st.floats(1.0, 49.0), min_size=1, max_size=3))))
    ]  # fmt: skip
    listed = [
        goods(
            f"g{n}",
            data.draw(st.lists(st.floats(0.0, 4.0), min_size=6, max_size=6)),
            [o.usable_s + data.draw(st.floats(5.0, 60.0)) for o in options],
        )
        for n in range(data.draw(st.integers(1, 3)))
    ]
    expected = cheapest(listed, options)
    if not np.isfinite(expected):
        with pytest.raises(NoPlan, match="cannot be had"):
            plan_purchases(listed, options, MEALS, WIDE)
        return
    found = plan_purchases(listed, options, MEALS, WIDE)
    assert found.objective == pytest.approx(expected, rel=2e-3, abs=1e-6)
    for one, bought in zip(listed, found.bought, strict=True):
        for number, first, last in bought:
            for meal in range(first, last + 1):
                if one.need_kg[meal] > 0:
                    assert options[number].usable_s <= MEALS[meal] <= one.last_serve_s[number]


def test_a_dear_delivery_is_made_only_where_goods_do_not_keep() -> None:
    options = [option(0, 0.0, 0.0), option(1, 25.0, 100.0)]
    keeps = plan_purchases([goods("salt", [1.0] * 6, [99.0, 99.0])], options, MEALS, WIDE)
    assert keeps.used == (0,)
    short = plan_purchases([goods("fish", [1.0] * 6, [29.0, 99.0])], options, MEALS, WIDE)
    assert short.used == (0, 1)
    assert short.bought == (((0, 0, 2), (1, 3, 5)),)


def test_goods_share_the_fixed_cost_of_one_delivery() -> None:
    options = [option(0, 0.0, 0.0), option(1, 15.0, 10.0), option(2, 25.0, 10.0)]
    listed = [
        goods("fish", [1.0] * 6, [29.0, 99.0, 99.0]),
        goods("meat", [1.0] * 6, [19.0, 99.0, 99.0]),
    ]
    assert plan_purchases(listed, options, MEALS, WIDE).used == (0, 1)


def test_a_small_room_forces_a_delivery() -> None:
    options = [option(0, 0.0, 0.0), option(1, 25.0, 100.0)]
    one = [goods("rice", [1.0] * 6, [99.0, 99.0])]
    room = {"dry": Capacity(0.0045, 100.0)}
    # Loaded at the origin for the meals before the stop; the rest comes there.
    found = plan_purchases(one, [options[0], options[1]], MEALS, room)
    assert found.used == (0, 1)
    with pytest.raises(NoPlan, match="do not fit"):
        plan_purchases([goods("rice", [1.0] * 6, [99.0])], options[:1], MEALS, room)
    with pytest.raises(NoPlan, match="do not fit"):
        plan_purchases(one, options, MEALS, room, reserved={"dry": Capacity(0.004, 0.0)})


def test_no_more_is_brought_than_the_stop_can_load() -> None:
    options = [option(0, 0.0, 0.0), option(1, 15.0, 10.0, loading=2.0), option(2, 25.0, 10.0)]
    one = [goods("fish", [1.0] * 6, [19.0, 99.0, 99.0])]
    found = plan_purchases(one, options, MEALS, WIDE)
    brought = {n: sum(last - first + 1 for m, first, last in found.bought[0] if m == n)
               for n in range(3)}  # fmt: skip
    assert brought[1] <= 2
    assert sum(brought.values()) == 6


def test_no_more_is_brought_than_may_be_planned_for() -> None:
    options = [option(0, 0.0, 0.0), option(1, 15.0, 10.0, loading=3.0), option(2, 25.0, 10.0)]
    one = [goods("fish", [1.0] * 6, [19.0, 99.0, 99.0])]
    # Everything at the earlier would fit its stop but for the reserve that is bought with it.
    found = plan_purchases(one, options, MEALS, WIDE, loading_kg={1: 1.0})
    assert found.bought == (((0, 0, 1), (1, 2, 2), (2, 3, 5)),)


def test_a_stop_too_short_to_load_is_named_with_the_time_it_lacks() -> None:
    options = [option(0, 0.0, 0.0), option(1, 15.0, 10.0, loading=0.5)]
    one = [goods("fish", [1.0] * 6, [19.0, 99.0])]
    with pytest.raises(NoPlan, match="cannot be loaded") as refused:
        plan_purchases(one, options, MEALS, WIDE)
    (reason,) = refused.value.reasons
    assert reason.kind == "loading"
    assert reason.what.startswith("4 kg more must come aboard at Halt")  # 3.5 of 4, in words 4
    assert "stand there 1 min longer" in reason.cure


def test_rooms_that_are_too_small_are_not_told_as_stops_that_are_too_short() -> None:
    options = [option(0, 0.0, 0.0), option(1, 15.0, 10.0, loading=2.0)]
    one = [goods("fish", [1.0] * 6, [19.0, 99.0])]
    with pytest.raises(NoPlan, match="do not fit"):
        plan_purchases(one, options, MEALS, {"dry": Capacity(0.0005, 1.0)})


def test_goods_that_nothing_brings_are_named() -> None:
    with pytest.raises(NoPlan, match="cannot be had") as refused:
        plan_purchases([goods("fish", [1.0] * 6, [5.0])], [option(0, 0.0, 0.0)], MEALS, WIDE)
    assert "fish keeps too short" in refused.value.reasons[0].what


def test_blocks_are_runs_of_meals_that_the_same_deliveries_could_serve() -> None:
    need: NDArray[np.float64] = np.array([1.0, 0.0, 2.0, 1.0, 1.0, 0.0])
    one = Goods("fish", "dry", 1.0, 0.001, 1.0, need, np.array([25.0, 99.0]))
    blocks, lost = blocks_of([one], [option(0, 0.0, 0.0), option(1, 15.0, 1.0)], MEALS)
    assert lost == []
    assert [(b.first, b.last, b.options, b.need_kg) for b in blocks] == [
        (0, 0, (0,), 1.0), (2, 2, (0, 1), 2.0), (3, 4, (1,), 2.0),
    ]  # fmt: skip


def test_of_deliveries_that_cost_the_same_the_earlier_is_made() -> None:
    options = [option(0, 0.0, 0.0), option(1, 15.0, 8.0), option(2, 25.0, 8.0)]
    fresh = goods("bread", [1.0, 1.0, 0.0, 1.0, 1.0, 1.0], [10.0, 60.0, 60.0])
    found = plan_purchases([fresh], options, MEALS, WIDE)
    assert found.bought == (((0, 0, 1), (1, 3, 5)),)
    # What decides between equals is no part of the cost.
    assert found.objective == pytest.approx(13.0, abs=1e-9)


def test_a_thing_is_bought_in_as_few_lots_as_its_keeping_allows() -> None:
    """Milk needs both deliveries; flour that keeps comes with one of them, not with both."""
    options = [option(0, 0.0, 0.0), option(1, 15.0, 8.0), option(2, 35.0, 8.0)]
    milk = goods("milk", [1.0] * 6, [10.0, 30.0, 60.0])
    flour = goods("flour", [1.0] * 6, [10.0, 60.0, 60.0])
    found = plan_purchases([milk, flour], options, MEALS, WIDE)
    assert found.bought == (((0, 0, 1), (1, 2, 3), (2, 4, 5)), ((0, 0, 1), (1, 2, 5)))


def test_where_the_room_is_too_small_for_fewer_lots_more_are_bought() -> None:
    options = [option(0, 0.0, 0.0), option(1, 15.0, 8.0), option(2, 35.0, 8.0)]
    milk = goods("milk", [1.0] * 6, [10.0, 30.0, 60.0])
    flour = goods("flour", [1.0] * 6, [10.0, 60.0, 60.0])
    tight = {"dry": Capacity(0.0045, 1e6)}  # each kilogram takes 0.001 m3
    found = plan_purchases([milk, flour], options, MEALS, tight)
    assert found.bought[1] == ((0, 0, 1), (1, 2, 3), (2, 4, 5))
