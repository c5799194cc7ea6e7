"""What provisioning costs: goods as they are bought, the rest by the one rate file."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from retinue.clock import local
from retinue.plan import CostItem
from retinue.planner.cost import Rates, load_rates, price_leg

if TYPE_CHECKING:
    from retinue.plan import Plan
    from retinue.plan.meals import KitchenRecord, RoomService, Sitting
    from retinue.plan.services import ServicesRecord
    from retinue.plan.stores import Stores

__all__ = ["exchange_of", "provision_costs"]

_HOUR_S = 3600.0


def exchange_of(plan: Plan) -> dict[str, float]:
    """Return the units of each currency of the rate file for one of the plan's base currency."""
    rates = load_rates()
    day = local(plan.depart_utc, plan.origin.zone).date()
    currencies = {rates.base, *(rate.currency for rate in rates.exchange)}
    own = rates.per_base(plan.base_currency, day)
    return {name: float(rates.per_base(name, day) / own) for name in sorted(currencies)}


def provision_costs(
    plan: Plan, stores: Stores, kitchen: KitchenRecord, services: ServicesRecord
) -> tuple[tuple[CostItem, ...], Rates]:
    """Return priced lines: goods by storage class, deliveries, services, cooks and stewards.

    Hours are those of duty: cooks by shift, stewards by sitting and by room
    service.
    """
    rates = load_rates()
    day = local(plan.depart_utc, plan.origin.zone).date()
    served: tuple[Sitting | RoomService, ...] = (*kitchen.sittings, *kitchen.room_service)
    hours: dict[str, float] = {
        "cook-hour": sum(s.end_utc - s.start_utc for s in kitchen.shifts) / _HOUR_S,
        "steward-hour": sum(one.stewards * (one.until_utc - one.from_utc) for one in served)
        / _HOUR_S,
    }
    quantities = {key: number for key, number in services.quantities.items() if number > 0} | hours
    priced = price_leg("rail", quantities, rates, plan.base_currency, day)
    return (*_goods(plan, stores), *_deliveries(plan, stores), *priced), rates


def _goods(plan: Plan, stores: Stores) -> list[CostItem]:
    kilograms: dict[str, float] = defaultdict(float)
    cost: dict[str, Decimal] = defaultdict(Decimal)
    for line in stores.lines:
        kilograms[line.storage] += line.bought_kg
        cost[line.storage] += Decimal(str(line.cost))
    return [
        CostItem(
            what=f"goods, {storage}",
            quantity=round(kilograms[storage], 3),
            unit="kg",
            price=round(float(cost[storage]) / kilograms[storage], 6),
            currency=plan.base_currency,
            amount=float(cost[storage]),
            amount_base=float(cost[storage]),
            source="prices of the ingredients, with what deliveries add to them",
            confidence="assumed",
        )
        for storage in sorted(kilograms)
        if kilograms[storage] > 0
    ]


def _deliveries(plan: Plan, stores: Stores) -> list[CostItem]:
    found = []
    for mode in ("road", "air"):
        own = [one for one in stores.deliveries if one.mode == mode]
        total = sum((Decimal(str(one.fixed_cost)) for one in own), Decimal(0))
        if own:
            found.append(
                CostItem(
                    what=f"deliveries by {mode}",
                    quantity=float(len(own)),
                    unit="delivery",
                    price=round(float(total) / len(own), 6),
                    currency=plan.base_currency,
                    amount=float(total),
                    amount_base=float(total),
                    source="rules of supply",
                    confidence="assumed",
                )
            )
    return found
