"""Lead time of an option: what of it must be asked for first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retinue.journey import JourneyFile, LegAsked
    from retinue.plan import Leg

__all__ = ["longest_lead"]

_DAYS = {"rail": 14.0, "air": 7.0, "road": 5.0}


def longest_lead(
    file: JourneyFile, legs: Sequence[Leg], asked: Sequence[LegAsked]
) -> tuple[float, str]:
    """Return the longest lead time in calendar days, and what has it."""
    mode = max((leg.mode for leg in legs), key=lambda m: _DAYS[m])
    return _DAYS[mode], f"{mode} path or permit"
