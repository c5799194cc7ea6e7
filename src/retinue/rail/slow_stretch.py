"""Temporary speed restrictions along a rail leg, by its chainage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from retinue.rail.steps import Steps

__all__ = ["SlowStretch", "slowed"]


@dataclass(frozen=True)
class SlowStretch:
    """A stretch on which no train exceeds a speed for some days or hours.

    Attributes
    ----------
    name
        What it is called: id, version and sender.
    """

    from_m: float
    to_m: float
    speed_mps: float
    name: str


def slowed(limit_mps: Steps, stretches: Iterable[SlowStretch]) -> Steps:
    """Return speed limits under temporary restrictions: the lower of both everywhere."""
    for stretch in stretches:
        begin, end = max(stretch.from_m, 0.0), stretch.to_m
        if end <= begin:
            continue
        pairs = [(0.0, np.inf)] if begin > 0.0 else []
        pairs += [(begin, stretch.speed_mps), (end, np.inf)]
        limit_mps = limit_mps.minimum(Steps.from_pairs(pairs))
    return limit_mps
