"""Axes of charts: round ticks and linear scales."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Axis", "hour_step_s", "round_step"]


def round_step(span: float, most: int) -> float:
    """Return the smallest step of 1, 2 or 5 times a power of ten with at most ``most`` steps."""
    if span <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(span / most))
    return float(next(power * f for f in (1, 2, 5, 10, 20) if span / (power * f) <= most))


def hour_step_s(span_s: float, most: int) -> float:
    """Return a step in seconds that people read on clocks."""
    steps = (60, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)
    for step in steps:
        if span_s / step <= most:
            return float(step)
    return 86400.0 * float(np.ceil(span_s / 86400 / most))


@dataclass(frozen=True)
class Axis:
    """A linear scale from values to points on the sheet."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value, points."""
        span = self.high - self.low
        return self.start + (value - self.low) / (span if span else 1.0) * (self.end - self.start)

    def ticks(self, most: int, step: float | None = None) -> list[float]:
        """Return round values inside the axis."""
        every = step or round_step(self.high - self.low, most)
        first = np.ceil(self.low / every - 1e-9) * every
        count = int(np.floor((self.high - first) / every + 1e-9)) + 1
        return [float(first + k * every) for k in range(max(count, 0))]
