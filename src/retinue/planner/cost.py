"""What a leg costs: quantities times the prices of one rate file, in one currency.

Money is counted in decimals and rounded half to even to hundredths once, where a line is
written, so that the same plan costs the same on every machine.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from retinue.document import Node, read_yaml, suggest, validate
from retinue.errors import InputError
from retinue.plan.leg import Mode
from retinue.plan.records import Assumption, CostItem, Source
from retinue.sourced import Record, SourcedRecord
from retinue.world.catalogue import SHIPPED, shown_as, user_folder

__all__ = [
    "ExchangeRate",
    "Money",
    "Price",
    "Rates",
    "cost_assumptions",
    "cost_sources",
    "load_rates",
    "price_leg",
    "total_cost",
]

RATES_VERSION = 1
_CENT = Decimal("0.01")
_MONEY = re.compile(r"(?P<amount>\d+(?:\.\d+)?)\s*(?P<currency>[A-Z]{3})")


@dataclass(frozen=True)
class Money:
    """An amount of a currency."""

    amount: Decimal
    currency: str


def _money(value: object) -> object:
    if isinstance(value, Money):
        return value
    match = _MONEY.fullmatch(str(value).strip())
    if match is None:
        raise ValueError(f'"{value}" is not a price; write an amount and a currency, "4.00 EUR"')
    return Money(Decimal(match["amount"]), match["currency"])


def _day(value: object) -> object:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f'"{value}" is not a date; write e.g. 2023-09-08') from error
    return value


def _decimal(value: object) -> object:
    # Through text: 0.95 is meant as written, not as the nearest binary fraction.
    return Decimal(str(value)) if isinstance(value, int | float) else value


Day = Annotated[date, BeforeValidator(_day)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class ExchangeRate(SourcedRecord):
    """Units of a currency for one unit of the base currency on a day."""

    currency: Currency
    date: Day
    per_base: Annotated[Decimal, BeforeValidator(_decimal), Field(gt=0)]


class Price(SourcedRecord):
    """What one unit of an item costs."""

    model_config = SourcedRecord.model_config | {"arbitrary_types_allowed": True}

    item: str
    modes: tuple[Mode, ...] = Field(min_length=1)
    of: str = Field(default="*", description="a country, an aircraft type, or * for every other")
    what: str
    unit: str
    price: Annotated[Money, BeforeValidator(_money)]
    date: Day


class _RatesFile(Record):
    retinue_rates: Literal[1]
    title: str
    base: Currency
    sources: dict[str, str]
    exchange: tuple[ExchangeRate, ...] = ()
    prices: tuple[Price, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Rates:
    """A rate file, read.

    Attributes
    ----------
    title, base
        Its title and the currency in which exchange rates are quoted.
    prices, exchange
        Its entries.
    sources
        What the names of sources stand for.
    file, text
        How errors call the file, and its words.
    """

    title: str
    base: str
    prices: tuple[Price, ...]
    exchange: tuple[ExchangeRate, ...]
    sources: dict[str, str]
    file: str
    text: str
    node: Node

    def per_base(self, currency: str, day: date) -> Decimal:
        """Return the units of a currency for one of the base: the latest on or before a day.

        Before the first known rate that first rate counts.

        Raises
        ------
        InputError
            Where the file holds no rate of the currency.
        """
        if currency == self.base:
            return Decimal(1)
        known = sorted((r for r in self.exchange if r.currency == currency), key=lambda r: r.date)
        if not known:
            raise InputError(
                f"there is no exchange rate for {currency}",
                where=f"{self.file}:{self.node.find(('exchange',)).line}: exchange",
                cure=f"Add it: {{currency: {currency}, date: {day}, per base: ..., "
                "source: ..., confidence: ...}.",
            )
        return [known[0], *(rate for rate in known if rate.date <= day)][-1].per_base

    def convert(self, amount: Decimal, currency: str, to: str, day: date) -> Decimal:
        """Return an amount in another currency, not rounded.

        Raises
        ------
        InputError
            Where an exchange rate is missing.
        """
        if currency == to:
            return amount
        return amount / self.per_base(currency, day) * self.per_base(to, day)

    def price(self, item: str, of: str, mode: str, day: date) -> Price:
        """Return the price of an item: that of its kind before that of every other.

        Of several the latest on or before the day counts, before the first the first.

        Raises
        ------
        InputError
            Where the file prices no such item for the mode.
        """
        fitting = [p for p in self.prices if p.item == item and mode in p.modes]
        for wanted in (of, "*"):
            known = sorted((p for p in fitting if p.of == wanted), key=lambda p: p.date)
            if known:
                return [known[0], *(p for p in known if p.date <= day)][-1]
        items = sorted({p.item for p in self.prices if mode in p.modes})
        if item in items:
            cure = "Add one with \"of: '*'\", for every other."
        else:
            cure = suggest(item, items) or f"Known for {mode}: {', '.join(items)}."
        raise InputError(
            f'there is no price for "{item}"' + (f' of "{of}"' if of else "") + f" by {mode}",
            where=f"{self.file}:{self.node.find(('prices',)).line}: prices",
            cure=cure,
        )


def load_rates(path: Path | None = None) -> Rates:
    """Read a rate file.

    Parameters
    ----------
    path
        The file; by default ``rates.yaml`` of the user's catalogue, else the shipped one.

    Raises
    ------
    InputError
        For a file that is missing or faulty.
    """
    if path is None:
        own = user_folder() / "rates.yaml"
        path = own if own.is_file() else SHIPPED / "rates.yaml"
    label = shown_as(path)
    node = read_yaml(path, label)
    version = node.value.get("retinue rates") if isinstance(node.value, dict) else None
    if version is None or version.value != RATES_VERSION:
        raise InputError(
            "this is not a rate file that this Retinue reads",
            where=f"{label}:{(version or node).line}",
            cure=f'Begin it with "retinue rates: {RATES_VERSION}".',
        )
    asked = validate(node, _RatesFile)
    entries: tuple[tuple[str, tuple[SourcedRecord, ...]], ...] = (
        ("exchange", asked.exchange),
        ("prices", asked.prices),
    )
    for part, records in entries:
        for number, record in enumerate(records):
            if record.source not in asked.sources:
                raise InputError(
                    f'the source "{record.source}" is not described under "sources"',
                    where=node.where((part, number, "source")),
                    cure=f'Add "{record.source}: ..." to "sources".',
                )
    return Rates(
        title=asked.title,
        base=asked.base,
        prices=asked.prices,
        exchange=asked.exchange,
        sources=asked.sources,
        file=label,
        text=path.read_text(encoding="utf-8"),
        node=node,
    )


def price_leg(
    mode: Mode,
    quantities: Mapping[str, float],
    rates: Rates,
    currency: str,
    on_date: date,
) -> tuple[CostItem, ...]:
    """Price what a leg uses.

    Parameters
    ----------
    mode
        The leg's mode.
    quantities
        By ``item`` or ``item:kind``, in the item's unit; kind is a country or an aircraft
        type.  Rail: ``track-access:KP`` (train-km of all trains), ``traction-energy:KP``
        (kWh), ``locomotive-hour``, ``train-crew-hour``, ``coach-km``, ``bogie-exchange``
        (coaches), ``locomotive-change``; air: ``aircraft-hour:il-62m``, ``jet-fuel`` (kg),
        ``overflight:RU`` (km), ``landing:RU``, ``flight-crew-hour``; road:
        ``vehicle-hour``, ``vehicle-km``, ``driver-hour``; any: ``guard-hour``.
    rates
        The rate file.
    currency
        Base currency of the plan.
    on_date
        The day, for exchange rates and dated prices.

    Returns
    -------
    tuple of CostItem
        In the order of the rate file's items and then by kind; nothing for a quantity of 0.
        ``amount`` is the rounded quantity (three decimals) times the price.

    Raises
    ------
    InputError
        For an item without price, a price without exchange rate, or a quantity that is
        negative or not finite.
    """
    order = {
        item: number for number, item in enumerate(dict.fromkeys(p.item for p in rates.prices))
    }
    items = []
    for key in sorted(quantities, key=lambda k: (order.get(k.partition(":")[0], 0), k)):
        number = quantities[key]
        item, _, of = key.partition(":")
        price = rates.price(item, of, mode, on_date)
        if not (math.isfinite(number) and number >= 0.0):
            raise InputError(f'the quantity of "{key}" is {number}', cure="It must be 0 or more.")
        quantity = Decimal(str(round(float(number), 3)))
        if not quantity:
            continue
        amount = quantity * price.price.amount
        in_base = rates.convert(amount, price.price.currency, currency, on_date)
        items.append(
            CostItem(
                what=f"{price.what}, {of}" if of else price.what,
                quantity=float(quantity),
                unit=price.unit,
                price=float(price.price.amount),
                currency=price.price.currency,
                amount=float(amount.quantize(_CENT, ROUND_HALF_EVEN)),
                amount_base=float(in_base.quantize(_CENT, ROUND_HALF_EVEN)),
                source=price.source,
                confidence=price.confidence,
            )
        )
    return tuple(items)


def total_cost(items: Iterable[CostItem]) -> float:
    """Return the sum in the plan's base currency, of the amounts as written."""
    return float(sum((Decimal(str(item.amount_base)) for item in items), Decimal(0)))


def cost_assumptions(
    items: Iterable[CostItem], leg_id: str, rates: Rates
) -> tuple[Assumption, ...]:
    """Return the prices of a leg that nobody published."""
    return tuple(
        Assumption(
            subject="price",
            what=item.what,
            value=f"{item.price:,g} {item.currency} per {item.unit}",
            because=rates.sources.get(item.source, item.source),
            legs=(leg_id,),
        )
        for item in items
        if item.confidence == "assumed"
    )


def cost_sources(items: Iterable[CostItem], rates: Rates) -> tuple[Source, ...]:
    """Return the sources of the prices of a leg."""
    used: dict[str, list[str]] = {}
    for item in items:
        used.setdefault(item.source, []).append(f"price of {item.what}")
    return tuple(
        Source(id=f"rates/{key}", text=rates.sources[key], used_for=tuple(dict.fromkeys(purposes)))
        for key, purposes in used.items()
    )
