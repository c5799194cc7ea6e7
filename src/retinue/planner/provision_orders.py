"""Dishes ordered ahead, laid on the meals of the plan, and by when orders are due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from retinue.clock import local_text
from retinue.errors import InputError
from retinue.plan import Note

if TYPE_CHECKING:
    from retinue.journey import JourneyFile, ProvisioningAsked
    from retinue.provisioning.meals import Meal
    from retinue.provisioning.party import PartyPlan
    from retinue.provisioning.policy import ProvisioningPolicy
    from retinue.provisioning.pre_orders import Ordered

__all__ = ["orders_by_meal", "orders_due"]

Known = Mapping[tuple[str, str], Mapping[str, int]]

#: Whose dishes are cooked to order.
_ORDERS = ("principal", "guests")


def orders_by_meal(
    orders: Sequence[Ordered], meals: Sequence[Meal], file: JourneyFile
) -> dict[tuple[str, str], dict[str, int]]:
    """Return portions by dish of each ``(meal id, role)``.

    Raises
    ------
    InputError
        For an order at a meal that those of its role do not have on the train.
    """
    found: dict[tuple[str, str], dict[str, int]] = {}
    for order in orders:
        own = [m for m in meals if m.kind == order.meal and m.groups.get(order.role, 0)]
        meal = next((m for m in own if m.day == order.day), None)
        if meal is None:
            days = ", ".join(str(m.day) for m in own)
            raise InputError(
                f"{order.role} have no {order.meal} on day {order.day} of the journey",
                where=file.where("provisioning", "pre orders"),
                cure=f"Days with one: {days}." if days else "They have none on the train.",
            )
        dishes = found.setdefault((meal.id, order.role), {})
        dishes[order.dish] = dishes.get(order.dish, 0) + order.portions
    return found


def orders_due(
    asked: ProvisioningAsked,
    policy: ProvisioningPolicy,
    party: PartyPlan,
    meals: Sequence[Meal],
    known: Known,
) -> tuple[Note, ...]:
    """Say which meals still lack orders where dishes are ordered ahead, and by when they are due.

    What is not ordered is stocked as if freely chosen, so a missing order endangers nothing.
    """
    way = asked.order or policy.order
    if way == "free":
        return ()
    ahead = policy.ordered_ahead if asked.ordered_ahead is None else asked.ordered_ahead
    found = []
    for group in party.groups:
        if group.role not in _ORDERS:
            continue
        own = [m for m in meals if m.groups.get(group.role, 0)]
        open_ = [m for m in own if (m.id, group.role) not in known]
        if not open_:
            continue
        first = open_[0]
        due = local_text(first.time_s - ahead, first.zone).strip()
        day = local_text(first.time_s, first.zone, offset=False).strip()[:-6]
        found.append(
            Note(
                level="info",
                subject=f"orders of {group.role}",
                text=f"{len(own) - len(open_)} of {len(own)} meals are ordered; the order for"
                f" {first.kind} of {day} is due by {due}; the others are stocked as if freely"
                " chosen",
            )
        )
    return tuple(found)
