"""Prices: sums, currencies, dated rates, and faults in a rate file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.planner.cost import (
    Rates,
    cost_assumptions,
    cost_sources,
    load_rates,
    price_leg,
    total_cost,
)

DAY = date(2023, 9, 10)
MINIMAL = """\
retinue rates: 1
title: test rates
base: EUR
sources: {word: somebody's word}
exchange:
  - {currency: USD, date: 2023-01-01, per base: 1.25, source: word, confidence: M}
  - {currency: USD, date: 2023-09-01, per base: 2.00, source: word, confidence: M}
prices:
  - {item: vehicle-km, modes: [road], what: wear, unit: km, price: 0.50 USD,
     date: 2023-01-01, source: word, confidence: M}
  - {item: vehicle-km, modes: [road], of: KP, what: wear, unit: km, price: 2.00 USD,
     date: 2023-01-01, source: word, confidence: assumed}
  - {item: vehicle-km, modes: [road], of: KP, what: wear, unit: km, price: 3.00 USD,
     date: 2023-06-01, source: word, confidence: M}
  - {item: driver-hour, modes: [road], what: drivers, unit: h, price: 7 XAU,
     date: 2023-01-01, source: word, confidence: M}
"""

RAIL = {
    "track-access:KP": 2_535.0,
    "track-access:RU": 1_116.0,
    "traction-energy:RU": 9_000.0,
    "locomotive-hour": 90.0,
    "bogie-exchange": 42.0,
}
quantities = st.dictionaries(st.sampled_from(sorted(RAIL)), st.floats(0.0, 1e6), min_size=1)


@pytest.fixture(scope="module")
def rates() -> Rates:
    return load_rates()


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "rates.yaml"
    path.write_text(MINIMAL)
    return path


def test_a_line_is_quantity_times_price_in_both_currencies(mine: Path) -> None:
    (item,) = price_leg("road", {"vehicle-km:RU": 10.0}, load_rates(mine), "EUR", DAY)
    # 10 km at 0.50 USD are 5 USD; at 2 USD a euro they are 2.50 EUR.
    assert (item.amount, item.currency, item.amount_base) == (5.0, "USD", 2.5)
    assert (item.what, item.unit, item.confidence) == ("wear, RU", "km", "M")


def test_the_latest_rate_on_or_before_the_day_counts(mine: Path) -> None:
    rates = load_rates(mine)
    assert rates.per_base("USD", date(2023, 8, 31)) == Decimal("1.25")
    assert rates.per_base("USD", date(2023, 9, 1)) == Decimal("2.00")
    assert rates.per_base("USD", date(2001, 7, 25)) == Decimal("1.25")  # the first known
    assert rates.price("vehicle-km", "KP", "road", date(2023, 5, 31)).price.amount == 2
    assert rates.price("vehicle-km", "KP", "road", date(2023, 6, 1)).price.amount == 3
    assert rates.price("vehicle-km", "CN", "road", DAY).price.amount == Decimal("0.50")


@settings(deadline=None)
@given(quantities, st.sampled_from(["EUR", "USD", "RUB", "KRW"]))
def test_the_total_is_the_sum_of_the_lines_as_written(
    rates: Rates, asked: dict[str, float], currency: str
) -> None:
    items = price_leg("rail", asked, rates, currency, DAY)
    apart = [price_leg("rail", {k: v}, rates, currency, DAY) for k, v in asked.items()]
    assert total_cost(items) == total_cost(item for group in apart for item in group)
    assert total_cost(items) == pytest.approx(sum(item.amount_base for item in items))


@settings(deadline=None)
@given(st.floats(0.0, 1e5), st.floats(0.0, 1e5))
def test_cost_adds_up_to_the_cent(rates: Rates, one: float, two: float) -> None:
    def cost(hours: float) -> float:
        return total_cost(price_leg("rail", {"locomotive-hour": hours}, rates, "EUR", DAY))

    one, two = round(one, 3), round(two, 3)
    assert cost(one + two) == pytest.approx(cost(one) + cost(two), abs=0.011)


@settings(deadline=None)
@given(
    st.decimals(0, 10**9, places=2),
    st.sampled_from(["USD", "RUB", "CNY", "VND", "PLN", "EUR"]),
    st.sampled_from(["USD", "RUB", "CNY", "VND", "PLN", "EUR"]),
)
def test_there_and_back_between_currencies_is_the_same_amount(
    rates: Rates, amount: Decimal, one: str, two: str
) -> None:
    there = rates.convert(amount, one, two, DAY)
    assert rates.convert(there, two, one, DAY).quantize(Decimal("0.01")) == amount


@settings(deadline=None)
@given(quantities)
def test_the_same_quantities_in_any_order_give_the_same_lines(
    rates: Rates, asked: dict[str, float]
) -> None:
    backwards = dict(reversed(asked.items()))
    assert price_leg("rail", asked, rates, "EUR", DAY) == price_leg(
        "rail", backwards, rates, "EUR", DAY
    )


def test_nothing_costs_nothing(rates: Rates) -> None:
    assert price_leg("rail", {"locomotive-hour": 0.0}, rates, "EUR", DAY) == ()
    assert total_cost(()) == 0.0


def test_every_shipped_price_can_be_written_in_every_shipped_currency(rates: Rates) -> None:
    for price in rates.prices:
        for currency in {rate.currency for rate in rates.exchange}:
            (item,) = price_leg(
                price.modes[0], {f"{price.item}:{price.of}": 1.0}, rates, currency, DAY
            )
            assert item.amount_base >= 0.0


def test_prices_that_nobody_published_are_listed_as_assumed(rates: Rates) -> None:
    items = price_leg("rail", RAIL, rates, "EUR", DAY)
    listed = cost_assumptions(items, "2", rates)
    assert {a.what for a in listed} == {i.what for i in items if i.confidence == "assumed"}
    assert all(a.legs == ("2",) and a.because for a in listed)
    assert {source.id for source in cost_sources(items, rates)} == {
        f"rates/{item.source}" for item in items
    }


def test_a_missing_exchange_rate_is_an_input_error_with_its_cure(mine: Path) -> None:
    rates = load_rates(mine)
    with pytest.raises(InputError) as caught:
        price_leg("road", {"driver-hour": 1.0}, rates, "EUR", DAY)
    assert "no exchange rate for XAU" in caught.value.message
    assert caught.value.where.startswith(f"{mine}:")
    assert "currency: XAU" in caught.value.cure
    with pytest.raises(InputError, match="no exchange rate for GBP"):
        price_leg("road", {"vehicle-km": 1.0}, rates, "GBP", DAY)


@pytest.mark.parametrize(
    ("mode", "key", "number", "cure"),
    [
        ("rail", "track-acess", 1.0, '"track-access"'),
        ("road", "jet-fuel", 1.0, "vehicle-km"),
        ("rail", "locomotive-hour", -1.0, "0 or more"),
        ("rail", "locomotive-hour", float("nan"), "0 or more"),
    ],
)
def test_what_cannot_be_priced_is_an_input_error(
    rates: Rates, mode: str, key: str, number: float, cure: str
) -> None:
    with pytest.raises(InputError) as caught:
        price_leg(mode, {key: number}, rates, "EUR", DAY)  # type: ignore[arg-type]
    assert cure in caught.value.cure


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("price: 0.50 USD", "price: 0.50", 9, "currency"),
        ("per base: 1.25", "per base: -1", 6, "too small"),
        ("date: 2023-09-01", "date: 1 September", 7, "not a date"),
        ("modes: [road]", "modes: [sea]", 9, "not one of"),
        ("retinue rates: 1", "retinue rates: 9", 1, "not a rate file"),
        ("per base: 1.25, source: word", "per base: 1.25, source: who", 6, "not described"),
    ],
)  # fmt: skip
def test_a_fault_in_a_rate_file_names_file_and_line(
    mine: Path, old: str, new: str, line: int, words: str
) -> None:
    mine.write_text(MINIMAL.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        load_rates(mine)
    assert words in caught.value.message
    assert f"rates.yaml:{line}" in caught.value.where


def test_every_aircraft_of_the_catalogue_has_a_price_of_its_own(rates: Rates) -> None:
    cards = Path(__file__).parents[2] / "src" / "retinue" / "data" / "aircraft"
    types = {path.stem for path in cards.glob("*.yaml")}
    assert types
    assert types <= {price.of for price in rates.prices if price.item == "aircraft-hour"}
