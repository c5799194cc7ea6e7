r"""Exposure: hours weighted by place and speed.

.. math:: E = \sum_i h_i \, w(\text{mode}, v_i, \text{place}_i) \quad\text{weighted hours}

over the stretches of the main movement, its stands, and the hand-overs.  Weights come from
``data/exposure.yaml``; weight 1 is an hour on an open road at 50 to 80 km/h.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from retinue.planner.options_data import ExposureData, exposure_data

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.plan import Handover, Leg

__all__ = ["handover_exposure_h", "leg_exposure_h", "place_of_section"]

_HOUR = 3600.0
_TOWN_WORDS = ("in town", "urban", "residential", "living street")


def place_of_section(line: str) -> str:
    """Return ``town``, ``access`` or ``open`` for the name of a road section."""
    words = line.casefold()
    if any(word in words for word in _TOWN_WORDS):
        return "town"
    return "access" if "access" in words else "open"


def leg_exposure_h(leg: Leg, data: ExposureData | None = None) -> float:
    """Return the weighted hours of one leg, from its departure to its arrival."""
    data = data or exposure_data()
    main = leg.main
    hours = np.diff(main.time_s) / _HOUR
    metres = np.diff(main.distance_m)
    middle = (main.distance_m[1:] + main.distance_m[:-1]) / 2.0
    ends = np.array([section.to_m for section in leg.sections])
    factors = [
        data.urban_factor.factor if place_of_section(section.line) == "town" else 1.0
        for section in leg.sections
    ]
    height = None if main.altitude_m is None else _heights(main.altitude_m)
    total = 0.0
    for index in np.flatnonzero(hours > 0.0).tolist():
        if metres[index] <= 0.0:
            weight = data.standing_weight(leg.mode)
        else:
            weight = data.moving_weight(leg.mode, metres[index] / (hours[index] * _HOUR))
            if height is not None and height[index] <= 0.0:
                weight = data.standing_weight(leg.mode)
            elif height is not None and height[index] < data.low_flight.below:
                weight = data.low_flight.weight
        if leg.mode == "road" and factors:
            section = min(int(np.searchsorted(ends, middle[index])), len(factors) - 1)
            weight *= factors[section]
        total += hours[index] * weight
    # What the leg lasts beyond its movement is spent at a stand: on the apron, at the platform.
    rest = (leg.arrive_utc - leg.depart_utc) / _HOUR - float(np.sum(hours))
    return total + max(rest, 0.0) * data.standing_weight(leg.mode)


def _heights(altitude_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return heights of stretches above a line from one aerodrome's level to the other's."""
    last = len(altitude_m) - 1
    ground = np.interp(np.arange(last + 1), [0, last], altitude_m[[0, -1]])
    above = altitude_m - ground
    return (above[1:] + above[:-1]) / 2.0


def handover_exposure_h(handovers: Sequence[Handover], data: ExposureData | None = None) -> float:
    """Return the weighted hours between the legs."""
    data = data or exposure_data()
    return sum(
        (item.depart_utc - item.arrive_utc) / _HOUR * data.hand_over.weight for item in handovers
    )
