"""Sun and conditions: the sun is where the plan says, and limits are judged as they are stated.

The sun's place is worked out by the *Astronomical Almanac*'s low-precision formulae (page C5,
0.01 degrees in declination), scalar and apart from the planner's.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from retinue.checks.finding import Finding, all_legs
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan import Condition, Leg, Plan

__all__ = ["check_daylight"]

_LIMIT_DEG = {"sunrise": -0.8333, "sunset": -0.8333, "dawn": -6.0, "dusk": -6.0}
#: Whole seconds and places rounded to 1e-5 degrees leave 0.005 degrees; the formulae 0.02.
_WITHIN_DEG = 0.1
_BEYOND = {"heat": 1, "wind": 1, "ice": 1, "snow": 1, "flood": 1,
           "cold": -1, "fog": -1, "darkness": -1}  # fmt: skip


def _elevation_deg(time_s: float, lat_deg: float, lon_deg: float) -> float:
    days = time_s / 86_400.0 - 10_957.5  # since J2000.0
    mean = 280.460 + 0.9856474 * days
    anomaly = math.radians(357.528 + 0.9856003 * days)
    longitude = math.radians(mean + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    tilt = math.radians(23.439 - 0.0000004 * days)
    ascension = math.atan2(math.cos(tilt) * math.sin(longitude), math.cos(longitude))
    declination = math.asin(math.sin(tilt) * math.sin(longitude))
    sidereal = math.radians(280.4606 + 360.9856474 * days + lon_deg)
    lat = math.radians(lat_deg)
    return math.degrees(
        math.asin(
            math.sin(lat) * math.sin(declination)
            + math.cos(lat) * math.cos(declination) * math.cos(sidereal - ascension)
        )
    )


def check_daylight(plan: Plan) -> Finding:
    """Check events of the sun, the light of each leg, and every condition."""
    faults: list[str] = []
    events = 0
    for name, leg in all_legs(plan):
        found, count = _leg_faults(leg)
        events += count
        faults += [f"{name}: {fault}" for fault in found]
    known = {leg.id: leg for leg in plan.legs}
    told = [note.text for note in plan.notes]
    for condition in plan.conditions:
        faults += _condition_faults(condition, known.get(condition.leg))
        if condition.exceeded and not any(condition.fallback in text for text in told):
            faults.append(
                f"{condition.hazard} ({condition.site_class}): no note tells its fallback"
            )
    looked = f"{counted(events, 'event of the sun')}, {counted(len(plan.conditions), 'condition')}"
    return Finding("daylight", looked, tuple(faults))


def _leg_faults(leg: Leg) -> tuple[list[str], int]:
    faults, count = [], 0
    for event in leg.timeline:
        limit = _LIMIT_DEG.get(event.kind)
        if limit is None or event.lat is None or event.lon is None:
            continue
        count += 1
        # Aloft the horizon dips: by 1.76' times the root of the height, 3.6 degrees at 15 km.
        dip = 3.6 if leg.main.altitude_m is not None else 0.0
        height = _elevation_deg(event.time_utc, event.lat, event.lon)
        if not limit - dip - _WITHIN_DEG <= height <= limit + _WITHIN_DEG:
            faults.append(
                f"{event.kind} {event.place}: the sun stands {height:.1f} degrees high there then"
            )
    light = leg.details.get("light")
    if light is None:
        return [*faults, "does not say how light it is"], count
    total = light["day_s"] + light["civil_twilight_s"] + light["dark_s"]
    if abs(total - (leg.arrive_utc - leg.depart_utc)) > 2:
        faults.append(f"{total} s of light and dark are not the leg's time")
    return faults, count


def _condition_faults(condition: Condition, leg: Leg | None) -> list[str]:
    name = f"{condition.hazard} ({condition.site_class})"
    if leg is None:
        return [f"{name}: there is no leg {condition.leg}"]
    faults = []
    if condition.expected is None:
        if condition.exceeded is not None:
            faults.append(f"{name}: judged without an expected value")
    else:
        beyond = (condition.expected - condition.limit) * _BEYOND[condition.hazard] > 0
        if beyond is not condition.exceeded:
            faults.append(
                f"{name}: {condition.expected:g} against {condition.limit:g} {condition.unit}"
                f" is {'beyond' if beyond else 'within'} the limit, the plan says otherwise"
            )
    if condition.decide_utc >= leg.arrive_utc + 3 * 3600:
        faults.append(f"{name}: decided only after leg {leg.id} has arrived")
    if not condition.fallback or not condition.trigger or not condition.source:
        faults.append(f"{name}: names no trigger, fallback or source")
    return faults
