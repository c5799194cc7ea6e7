"""Stewards: how many serve a sitting or those who are served where they are."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol, TypeVar

from retinue.plan.meals import RoomService, Sitting

if TYPE_CHECKING:
    from retinue.provisioning.party import PartyPlan
    from retinue.provisioning.policy import ProvisioningPolicy

__all__ = ["most_at_once", "with_stewards"]

_Served = TypeVar("_Served", Sitting, RoomService)


class _OnDuty(Protocol):
    @property
    def from_utc(self) -> float: ...
    @property
    def until_utc(self) -> float: ...
    @property
    def stewards(self) -> int: ...


def with_stewards(
    served: Iterable[_Served], party: PartyPlan, policy: ProvisioningPolicy
) -> tuple[_Served, ...]:
    """Give each sitting and each room service the stewards that the classes of meals ask for.

    A class's ``stewards per person`` holds at table as where people are: walking takes the
    place of laying the tables.  Whole stewards serve one sitting or one group.
    """
    each: dict[str, float] = {
        g.role: policy.classes[g.meal_class].stewards_per_person for g in party.groups
    }
    found: list[_Served] = []
    for one in served:
        people: dict[str, int] = one.people if isinstance(one, Sitting) else {one.group: one.people}
        needed = sum(count * each.get(role, 0.0) for role, count in people.items())
        found.append(one.model_copy(update={"stewards": math.ceil(needed - 1e-9)}))
    return tuple(found)


def most_at_once(served: Iterable[_OnDuty]) -> int:
    """Return how many stewards serve at the busiest moment.

    Spans are half open: who serves until 20:00 may serve another sitting from 20:00 on.
    """
    changes = sorted(
        change
        for one in served
        for change in ((one.from_utc, one.stewards), (one.until_utc, -one.stewards))
    )
    most = now = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most
