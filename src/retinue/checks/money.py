"""Sums are right: every line is quantity times price, every column the sum of its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.checks.finding import Finding, all_legs
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan import Plan

__all__ = ["check_money"]

_CENT = 0.011


def check_money(plan: Plan) -> Finding:
    """Check every priced line and the totals of the table of alternatives."""
    faults: list[str] = []
    lines = 0
    for name, leg in all_legs(plan):
        for item in leg.costs:
            lines += 1
            if abs(item.quantity * item.price - item.amount) > _CENT + abs(item.amount) * 1e-3:
                faults.append(
                    f"{name}: {item.what}: {item.quantity} x {item.price} is not {item.amount}"
                )
            if (item.amount > 0) != (item.amount_base > 0):
                faults.append(f"{name}: {item.what} has no amount in {plan.base_currency}")
            if item.currency == plan.base_currency and abs(item.amount - item.amount_base) > _CENT:
                faults.append(f"{name}: {item.what} was converted into its own currency")
    if plan.comparison:
        own = plan.comparison[0]
        total = sum(item.amount_base for leg in plan.legs for item in leg.costs)
        if own.cost_base is not None and abs(own.cost_base - total) > 1.0:
            faults.append(f"the table says {own.cost_base:.2f}, the lines add up to {total:.2f}")
        way = sum(leg.distance_m for leg in plan.legs)
        if abs(own.distance_m - way) > 10.0:
            faults.append("the table's distance is not that of the legs")
        if abs(own.duration_s - (plan.arrive_utc - plan.depart_utc)) > 1.0:
            faults.append("the table's duration is not that of the plan")
    return Finding("money", counted(lines, "priced line"), tuple(faults))
