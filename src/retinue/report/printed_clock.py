"""The clock on the wall as it is printed: day, time and offset are never torn apart."""

from __future__ import annotations

from typing import ClassVar

from retinue.plan.local_clock import LocalClock

__all__ = ["PrintedClock"]


class PrintedClock(LocalClock):
    """A clock whose words stay on one line."""

    space: ClassVar[str] = "\u00a0"
    dash: ClassVar[str] = "–"
