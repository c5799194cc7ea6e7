"""Comfort: hours in which the party can work or sleep, how it is shaken, how high it is taken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from retinue.planner.options_data import ComfortData, comfort_data

if TYPE_CHECKING:
    from retinue.plan import Leg

__all__ = ["cabin_altitude_m", "comfort_hours", "motion_mps2", "pressurised"]

_HOUR = 3600.0


def comfort_hours(leg: Leg, data: ComfortData | None = None) -> float:
    """Return the hours of a leg in which one can work or sleep.

    Hours in motion and at a stand, each times its share of ``data/comfort.yaml``; in an
    aircraft the hours of climb and descent count as a stand, for belts are fastened.
    """
    shares = (data or comfort_data()).usable_in(leg.mode)
    total = (leg.arrive_utc - leg.depart_utc) / _HOUR
    main = leg.main
    hours = np.diff(main.time_s) / _HOUR
    moving = np.diff(main.distance_m) > 0.0
    if main.altitude_m is not None:
        level = np.abs(np.diff(main.altitude_m)) < 1.0
        moving &= level & (main.altitude_m[1:] >= float(np.max(main.altitude_m)) * 0.5)
    in_motion = min(float(np.sum(hours[moving])), total)
    return in_motion * shares.moving + max(total - in_motion, 0.0) * shares.standing


def motion_mps2(leg: Leg, data: ComfortData | None = None) -> float:
    """Return the typical vertical motion at the seat, frequency-weighted r.m.s. (ISO 2631-1)."""
    return (data or comfort_data()).motion_in(leg.mode)


def pressurised(type_name: str, data: ComfortData | None = None) -> bool:
    """Return whether the cabin of a type is pressurised: all are but those listed."""
    listed = (word for item in (data or comfort_data()).not_pressurised for word in item.types)
    name = type_name.casefold()
    return not any(
        re.search(rf"(?<![\w-]){re.escape(word.casefold())}(?![\d-])", name) for word in listed
    )


def cabin_altitude_m(leg: Leg, data: ComfortData | None = None) -> float | None:
    """Return the greatest altitude that people feel on the leg; None where nobody knows.

    In a pressurised aircraft the cabin's, and never more than the aircraft's own; in another
    the flight's greatest altitude.  The height of railways and roads is not known here.
    """
    data = data or comfort_data()
    altitude = leg.main.altitude_m
    if altitude is None:
        return None
    highest = float(np.max(altitude))
    if leg.aircraft is not None and pressurised(leg.aircraft.type_name, data):
        return min(highest, data.cabin_altitude.pressurised)
    return highest
