"""Where and when a train can be supplied: its origin, and the stops of the plan."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from pydantic import Field, model_validator

from retinue.document import read_yaml, validate
from retinue.errors import InputError
from retinue.movement import Band
from retinue.plan.records import PlaceRecord
from retinue.plan.stores import BorderCrossing
from retinue.provisioning.ingredient import BORDER_CLASSES
from retinue.provisioning.menu import Price
from retinue.sourced import Record, SourcedRecord
from retinue.units import Duration, Length, Ratio
from retinue.world.catalogue import SHIPPED, shown_as, user_folder

if TYPE_CHECKING:
    from datetime import date

    from retinue.plan import Leg, Plan
    from retinue.provisioning.border_rules import BorderRules
    from retinue.provisioning.ingredient import BorderClass
    from retinue.provisioning.suppliers import SupplyBase

__all__ = [
    "BandOf",
    "DeliveryRule",
    "Forbids",
    "SupplyOption",
    "SupplyRules",
    "crossings_of",
    "forbids_by",
    "imports_by",
    "in_base",
    "load_supply_rules",
    "supply_options",
]

#: Band of the main train's arrival at a stop: leg and stop number to a band.
BandOf = Callable[[str, int], Band | None]
#: ``(class, from, to)`` to the reason why goods may not cross; empty where they may.
Forbids = Callable[[str, str, str], str]

_RATE = r"^\d+(\.\d+)? (t|kg)/h$"


class OriginRule(Record):
    """How the first load is taken."""

    loaded_before: Duration = Field(ge=0, le=7 * 86_400.0)
    packed_before: Duration = Field(ge=0, le=7 * 86_400.0)
    price_factor: float = Field(gt=0, le=100)


class DeliveryRule(Record):
    """One way of bringing goods to a stop."""

    fixed_cost: Price
    price_factor: float = Field(gt=0, le=100)
    packed_before: Duration = Field(ge=0, le=7 * 86_400.0)
    handling: Duration = Field(ge=0, le=86_400.0)
    loading_rate: str = Field(pattern=_RATE)
    waits: Duration = Field(
        ge=0, le=7 * 86_400.0, description="for a late train, from the time it is due, at least"
    )
    distance_at_most: Length = Field(gt=0)
    carries: tuple[str, ...] = Field(min_length=1, description='classes of supplier; "*" for all')
    convoy: str = Field(min_length=1, description="of the truck that brings it to the stop")
    aircraft: tuple[str, ...] = Field(
        default=(), description="types that fly it, the first to be tried first"
    )
    gathered_within: Length = Field(
        default=0.0, ge=0, description="of the aerodrome that it is flown from"
    )
    market_from: int = Field(
        default=0, ge=0, description="inhabitants of a town whose market can deliver"
    )

    @property
    def loading_kg_per_s(self) -> float:
        """Mass that is carried aboard a second."""
        number, unit = self.loading_rate.split(" ")
        return float(number) * (1000.0 if unit.startswith("t") else 1.0) / 3600.0


class SupplyRules(SourcedRecord):
    """What supplying a train takes and costs."""

    retinue_supply: Literal[1]
    origin: OriginRule
    road: DeliveryRule | None = None
    air: DeliveryRule | None = None
    least_dwell: Duration = Field(ge=0, le=86_400.0)
    loaded_within: Duration = Field(gt=0, le=86_400.0, description="goods serve from then on")
    supplied_twice_from: Duration = Field(gt=0, description="length of stop")
    places_without_a_market: tuple[str, ...] = ()
    out_of_storage: Duration = Field(ge=0, le=86_400.0)
    served_within: Duration = Field(ge=0, le=86_400.0, description="after the meal's begin")
    storage_cost_per_volume: Price
    late_share: Ratio = Field(ge=0, le=10, description="of the time since departure")
    early_share: Ratio = Field(ge=0, le=1)
    house_margin: Ratio = Field(ge=0, le=10)
    principal_role: str
    guest_role: str
    sources: dict[str, str] = Field(default_factory=dict)
    remark: str = ""

    @model_validator(mode="after")
    def _flown_by_something(self) -> SupplyRules:
        if self.air is not None and not self.air.aircraft:
            raise ValueError('"air" names no aircraft')
        return self

    def rule(self, mode: Literal["road", "air"]) -> DeliveryRule | None:
        """Return how goods are brought by a mode; None where they are not."""
        return self.road if mode == "road" else self.air


def load_supply_rules(path: Path | None = None) -> SupplyRules:
    """Read the rules; by default those of the user's catalogue, else the shipped ones.

    Raises
    ------
    InputError
        For a file that is missing or faulty.
    """
    if path is None:
        own = user_folder() / "supply.yaml"
        path = own if own.is_file() else SHIPPED / "supply.yaml"
    return _read(path, path.stat().st_mtime_ns if path.is_file() else 0)


@cache
def _read(path: Path, _changed: int) -> SupplyRules:
    node = read_yaml(path, shown_as(path))
    if not isinstance(node.value, dict) or "retinue supply" not in node.value:
        raise InputError(
            "this is not a file of supply rules",
            where=f"{node.file}:{node.line}",
            cure='Begin it with "retinue supply: 1".',
        )
    return validate(node, SupplyRules)


@dataclass(frozen=True)
class SupplyOption:
    """One way of taking goods aboard at one place.

    Attributes
    ----------
    usable_s
        Goods serve meals from then on.
    from_s, until_s
        The train stands there.
    due_s, waits_until_s
        The delivery waits from the earliest passage to the latest.
    loading_kg
        Most that is carried aboard within the stop.
    base
        Where a delivery by air is gathered; None: at the journey's origin, or a market nearby.
    barred
        Class of food to why no delivery brings it into the stop's country.
    """

    id: str
    mode: Literal["origin", "road", "air"]
    place: PlaceRecord
    usable_s: float
    packed_s: float
    from_s: float
    until_s: float
    due_s: float
    waits_until_s: float
    fixed_cost: float
    price_factor: float
    loading_kg: float
    loading_kg_per_s: float
    carries: tuple[str, ...]
    base: PlaceRecord | None = None
    barred: Mapping[str, str] = field(default_factory=dict)

    def brings(self, supplier: str) -> bool:
        """Return whether goods of a class of supplier come this way."""
        return "*" in self.carries or supplier in self.carries


def _rail_legs(plan: Plan) -> list[Leg]:
    return [leg for leg in plan.legs if leg.mode == "rail"]


def supply_options(
    plan: Plan,
    rules: SupplyRules,
    exchange: Mapping[str, float],
    band_of: BandOf | None = None,
    *,
    bases: Sequence[SupplyBase] = (),
    imports: Forbids | None = None,
    carried: Mapping[str, float] | None = None,
) -> tuple[SupplyOption, ...]:
    """Return every way of taking goods aboard, in order of time; the origin is the first.

    Parameters
    ----------
    exchange
        Units of each currency for one of the plan's base currency.
    band_of
        Band of the train's arrival; by default it follows from the rules' early and late shares.
    bases
        Where deliveries by air are gathered, each an option of its own; by default all are at
        the journey's origin.
    imports
        What no delivery brings from one country into another; by default everything may come.
    carried
        Seconds between packing and delivery that the way of an option was found to take, where
        that is more than the rules say; infinite for an option that cannot be flown or driven.

    Raises
    ------
    InputError
        Where no leg is by train, or a currency has no rate.
    """
    carried = {} if carried is None else carried
    legs = _rail_legs(plan)
    if not legs:
        raise InputError(
            "the journey has no leg by train, so there is nothing to stock",
            cure="Provision journeys that go by train.",
        )
    first, own = legs[0], rules.origin
    depart = first.main.depart_s
    found = [
        SupplyOption(
            id="origin", mode="origin", place=first.from_, usable_s=depart - own.loaded_before,
            packed_s=depart - own.loaded_before - own.packed_before,
            from_s=depart - own.loaded_before, until_s=depart,
            due_s=depart - own.loaded_before, waits_until_s=depart,
            fixed_cost=0.0, price_factor=own.price_factor, loading_kg=float("inf"),
            loading_kg_per_s=float("inf"), carries=("*",),
        )
    ]  # fmt: skip
    for leg in legs:
        for number, stop in enumerate(leg.main.stops):
            dwell = stop.depart_s - stop.arrive_s
            if dwell < rules.least_dwell or stop.place in rules.places_without_a_market:
                continue
            band = band_of(leg.id, number) if band_of is not None else None
            run = stop.arrive_s - depart
            due = band.low_s if band else stop.arrive_s - rules.early_share * run
            late = band.high_s if band else stop.arrive_s + rules.late_share * run
            place = _place(leg, stop.place, stop.zone, stop.distance_m, stop.arrive_s)
            for mode in ("road", "air"):
                way = rules.rule(mode)
                if way is None or dwell <= way.handling:
                    continue
                # A long stop is supplied twice: soon after the arrival and before leaving.
                loading = min(dwell - way.handling, rules.loaded_within)
                begins = [0.0]
                if dwell >= rules.supplied_twice_from:
                    begins.append(dwell - way.handling - loading)
                for visit, begin in enumerate(begins):
                    start = stop.arrive_s + begin
                    suffix = "-again" if visit else ""
                    for base, carries in _gathered(way, mode, bases):
                        name = f"{leg.id}/{number + 1}-{mode}{suffix}"
                        if len(bases) > 1 and base is not None:
                            name += f"-{base.name.casefold().replace(' ', '-')}"
                        taken = max(way.packed_before, carried.get(name, 0.0))
                        if not math.isfinite(taken):
                            continue
                        found.append(
                            SupplyOption(
                                id=name, mode=mode, place=place,
                                usable_s=min(start + way.handling + loading, stop.depart_s),
                                packed_s=due + begin - taken,
                                from_s=start, until_s=stop.depart_s, due_s=due + begin,
                                waits_until_s=max(late, due + way.waits) + begin,
                                fixed_cost=in_base(way.fixed_cost, exchange),
                                price_factor=way.price_factor,
                                loading_kg=loading * way.loading_kg_per_s,
                                loading_kg_per_s=way.loading_kg_per_s, carries=carries,
                                base=base.place if base else None,
                                barred=_barred(
                                    base.place if base else plan.origin, place, imports
                                ) if mode == "air" else {},
                            )
                        )  # fmt: skip
    return tuple(sorted(found, key=lambda o: (o.usable_s, o.mode != "origin", o.mode == "air")))


def _gathered(
    way: DeliveryRule, mode: str, bases: Sequence[SupplyBase]
) -> list[tuple[SupplyBase | None, tuple[str, ...]]]:
    """Return where a delivery is gathered, and the classes of supplier that bring it there."""
    if mode == "road" or not bases:
        return [(None, way.carries)]
    found: list[tuple[SupplyBase | None, tuple[str, ...]]] = []
    for base in bases:
        carries = base.supplies
        if "*" not in way.carries:
            carries = (
                way.carries
                if "*" in carries
                else tuple(one for one in carries if one in way.carries)
            )
        if carries:
            found.append((base, carries))
    return found


def _barred(start: PlaceRecord, end: PlaceRecord, imports: Forbids | None) -> dict[str, str]:
    if imports is None or start.country == end.country:
        return {}
    return {
        name: why for name in BORDER_CLASSES if (why := imports(name, start.country, end.country))
    }


def in_base(price: Price, exchange: Mapping[str, float]) -> float:
    """Return a price in the plan's base currency.

    Raises
    ------
    InputError
        Where its currency has no rate.
    """
    rate = exchange.get(price.currency)
    if rate is None or rate <= 0:
        raise InputError(
            f"there is no exchange rate of {price.currency}",
            cure="Add it to the rate file, or write the price in another currency.",
        )
    return price.amount / rate


def _place(leg: Leg, name: str, zone: str, distance_m: float, time_s: float) -> PlaceRecord:
    lon, lat = leg.main.position(distance_m)
    country = next(
        (e.country for e in leg.timeline if e.role == "main" and e.place == name and e.country), ""
    ) or _country_at(leg, time_s)
    return PlaceRecord(
        name=name, lat=round(lat, 5), lon=round(lon, 5), country=country, zone=zone,
        found_in="stop of the plan",
    )  # fmt: skip


def _country_at(leg: Leg, time_s: float) -> str:
    known = [(e.time_utc, e.country) for e in leg.timeline if e.role == "main" and e.country]
    before = [country for moment, country in known if moment <= time_s]
    return before[-1] if before else leg.from_.country


def forbids_by(rules: BorderRules, day: date | None = None) -> Forbids:
    """Return what border rules forbid of stores that stay aboard and are eaten there."""
    return _ruled(rules, day, on_board=True)


def imports_by(rules: BorderRules, day: date | None = None) -> Forbids:
    """Return what border rules forbid of goods that are delivered across a border."""
    return _ruled(rules, day, on_board=False)


def _ruled(rules: BorderRules, day: date | None, *, on_board: bool) -> Forbids:
    def forbids(border_class: str, from_country: str, into_country: str) -> str:
        ruling = rules.ruling(
            cast("BorderClass", border_class),
            from_country,
            into_country,
            on_board=on_board,
            day=day,
        )
        return "" if ruling.passes else f"{ruling.verdict} ({ruling.source or 'rule file'})"

    return forbids


def crossings_of(plan: Plan, forbids: Forbids) -> tuple[BorderCrossing, ...]:
    """Return each border that the main train crosses, with what may not cross it."""
    found = []
    for leg in _rail_legs(plan):
        country = leg.from_.country
        for event in leg.timeline:
            if event.role != "main" or not event.country or event.country == country:
                continue
            forbidden = {
                name: why
                for name in BORDER_CLASSES
                if (why := forbids(name, country, event.country))
            }
            found.append(
                BorderCrossing(
                    time_utc=event.time_utc,
                    from_country=country,
                    to_country=event.country,
                    forbidden=forbidden,
                )
            )
            country = event.country
    return tuple(found)
