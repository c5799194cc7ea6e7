"""The choice among purchases of one cost is held to every possible choice."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.plan.records import PlaceRecord
from retinue.provisioning.fewest_lots import fewest_lots
from retinue.provisioning.resupply import Block
from retinue.provisioning.supply import SupplyOption

HALT = PlaceRecord(name="Halt", lat=43.8, lon=131.9, country="RU", zone="Asia/Vladivostok")


def option(number: int, usable: float, factor: float) -> SupplyOption:
    return SupplyOption(
        id=f"o{number}", mode="road", place=HALT, usable_s=usable, packed_s=usable - 5.0,
        from_s=usable - 1.0, until_s=usable, due_s=usable - 1.0, waits_until_s=usable,
        fixed_cost=1.0, price_factor=factor, loading_kg=1e9, loading_kg_per_s=1.0, carries=("*",),
    )  # fmt: skip


@settings(max_examples=150)
@given(data=st.data())
def test_no_other_choice_costs_less_or_has_fewer_lots_or_is_fresher(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 4))
    options = [
        option(n, float(10 * n), data.draw(st.sampled_from([1.0, 1.25]))) for n in range(count)
    ]
    blocks = [
        Block(
            goods=0, first=at, last=at,
            options=tuple(sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=1)))),
            need_kg=float(data.draw(st.integers(1, 4))),
        )
        for at in range(data.draw(st.integers(1, 5)))
    ]  # fmt: skip
    begins = [100.0 + 10.0 * block.first for block in blocks]
    total = sum(block.need_kg for block in blocks)

    def value(choice: tuple[int, ...]) -> tuple[float, int, float]:
        taken = list(zip(blocks, choice, begins, strict=True))
        cost = sum(b.need_kg * options[o].price_factor for b, o, _ in taken) / total
        age = sum(b.need_kg * (begin - options[o].usable_s) for b, o, begin in taken) / total
        lots = 1 + sum(a != b for a, b in itertools.pairwise(choice))
        return round(cost, 6), lots, round(age, 6)

    found = fewest_lots(blocks, options, range(count), begins)
    assert all(o in block.options for o, block in zip(found, blocks, strict=True))
    assert value(found) == min(map(value, itertools.product(*(b.options for b in blocks))))


def test_the_switch_to_a_fresher_lot_is_made_as_soon_as_it_is_aboard() -> None:
    options = [option(0, 0.0, 1.0), option(1, 10.0, 1.0)]
    blocks = [
        Block(0, 0, 0, (0,), 1.0), Block(0, 1, 1, (0, 1), 1.0), Block(0, 2, 2, (1,), 1.0),
    ]  # fmt: skip
    assert fewest_lots(blocks, options, (0, 1), [5.0, 15.0, 25.0]) == (0, 1, 1)


def test_only_deliveries_that_are_made_anyway_are_taken() -> None:
    options = [option(0, 0.0, 1.25), option(1, 10.0, 1.0)]
    blocks = [Block(0, 0, 0, (0, 1), 1.0)]
    assert fewest_lots(blocks, options, (0,), [20.0]) == (0,)
    with pytest.raises(ValueError, match="nothing is brought"):
        fewest_lots([Block(0, 0, 0, (1,), 1.0)], options, (0,), [20.0])
