"""What one checker found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retinue.plan import Leg, Plan

__all__ = ["Finding", "all_legs"]


@dataclass(frozen=True)
class Finding:
    """What one checker found.

    Attributes
    ----------
    checker
        Its name.
    looked_at
        What it looked at, with counts, so that an empty check shows.
    faults
        One sentence each; empty where all is well.
    not_shown
        What the data cannot show: neither a fault nor taken as kept.
    """

    checker: str
    looked_at: str
    faults: tuple[str, ...]
    not_shown: tuple[str, ...] = ()


def all_legs(plan: Plan) -> Iterator[tuple[str, Leg]]:
    """Yield every leg of the plan, its alternatives and its support with a name for it."""
    for leg in plan.legs:
        yield leg.id, leg
    for alternative in plan.alternatives:
        for leg in alternative.legs:
            yield f"{alternative.title}/{leg.id}", leg
    for support in plan.support:
        for leg in support.legs:
            yield f"{support.title}/{leg.id}", leg
