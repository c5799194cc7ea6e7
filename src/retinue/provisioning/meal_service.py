"""Meals as they are served: from their first sitting to the end of the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from retinue.provisioning.kitchen_data import galley_of
from retinue.provisioning.sittings import seat

if TYPE_CHECKING:
    from retinue.plan import Plan
    from retinue.provisioning.meals import Meal

__all__ = ["as_served"]


def as_served(plan: Plan, meals: Sequence[Meal]) -> tuple[tuple[Meal, ...], float]:
    """Return the meals, each at the begin of its first sitting, and the longest service, s.

    Goods must be aboard at the first sitting and still good at the last, so stores count with
    these moments and not with the hour that a policy would like best.
    """
    galley = galley_of(plan)
    seated = seat(meals, galley.seats, galley.dining)
    first: dict[str, float] = {}
    last: dict[str, float] = {}
    for sitting in seated.sittings:
        first[sitting.meal] = min(first.get(sitting.meal, sitting.from_utc), sitting.from_utc)
        last[sitting.meal] = max(last.get(sitting.meal, sitting.until_utc), sitting.until_utc)
    for served in seated.room_service:
        last[served.meal] = max(last.get(served.meal, served.until_utc), served.until_utc)
    moved = [replace(meal, time_s=first.get(meal.id, meal.time_s)) for meal in meals]
    longest = max((last.get(m.id, m.time_s) - m.time_s for m in moved), default=0.0)
    return tuple(sorted(moved, key=lambda m: (m.time_s, m.id))), max(longest, 0.0)
