"""A flight on the clock: departure, and what observed times change.

::

    place ^                      .-'   planned
          |               __..-'.-'    observed later: the rest follows as planned,
          |       ___..--' .-'         the flight before is spread in proportion
          | ...--'      .-'
          +------------------------> time
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.document import suggest
from retinue.errors import InputError

if TYPE_CHECKING:
    from retinue.air.flight import FlightRuns

__all__ = ["Clock", "observed_clock"]

TAKE_OFF = "take-off"
LANDING = "landing"


@dataclass(frozen=True, eq=False)
class Clock:
    """Unix times of moments given in seconds from the stand.

    Attributes
    ----------
    planned_s, actual_s
        Knots, both rising, shape (n,): seconds from the stand, Unix seconds.
    observed
        Names of the observed points.
    """

    planned_s: NDArray[np.float64]
    actual_s: NDArray[np.float64]
    observed: frozenset[str]

    def at(self, seconds: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return the Unix time of moments of the flight."""
        moments = np.asarray(seconds, np.float64)
        late = float(self.actual_s[-1] - self.planned_s[-1])
        within = np.interp(moments, self.planned_s, self.actual_s)
        return np.where(moments >= self.planned_s[-1], moments + late, within)

    def moment(self, seconds: float) -> float:
        """Return the Unix time of one moment of the flight."""
        return float(self.at(seconds))


def _points(runs: FlightRuns) -> dict[str, float]:
    """Return the points at which a flight can be observed, with their planned seconds."""
    found = {TAKE_OFF: runs.take_off_s}
    for place, at in zip(runs.request.via, runs.via_m, strict=True):
        found[place.name] = runs.time_at(at)
    found[LANDING] = runs.landing_s
    destination = runs.request.destination
    found[destination.name] = runs.block_s
    if destination.aerodrome is not None:
        found.setdefault(destination.aerodrome.code, runs.block_s)
    return found


def observed_clock(
    runs: FlightRuns, depart_s: float, observations: Sequence[tuple[str, float]]
) -> Clock:
    """Return the clock of a flight.

    Parameters
    ----------
    depart_s
        Unix time at which it leaves the stand.
    observations
        (point, Unix time): ``take-off``, ``landing``, a via point, or the destination by
        name or indicator, which is the arrival at the stand.

    Raises
    ------
    InputError
        For a point that the flight does not have, or times out of order.
    """
    points = _points(runs)
    knots = [(0.0, depart_s, runs.request.origin.name)]
    for name, moment in observations:
        key = next((p for p in points if p.casefold() == name.casefold()), None)
        if key is None:
            raise InputError(
                f'the flight has no point "{name}"',
                where="PLACE",
                cure=suggest(name, points) or f"It has: {', '.join(points)}.",
            )
        knots.append((points[key], moment, key))
    knots.sort()
    for (first_s, before, first), (second_s, after, second) in pairwise(knots):
        if second_s <= first_s or after <= before:
            raise InputError(
                f"{second} cannot have been reached before {first} or at the same time",
                where="TIME",
                cure="Check date and zone of the observed time.",
            )
    return Clock(
        np.array([k[0] for k in knots]),
        np.array([k[1] for k in knots]),
        frozenset(k[2] for k in knots[1:]),
    )
