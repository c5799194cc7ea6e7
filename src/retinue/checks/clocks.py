"""Time runs forward, everywhere and for everybody, and zones are real."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from retinue.checks.finding import Finding, all_legs
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan import Leg, Plan

__all__ = ["check_clocks"]

#: Times in a plan are whole seconds, so neighbours may disagree by one.
_ROUNDING_S = 1.0


def check_clocks(plan: Plan) -> Finding:
    """Check the order of times in legs, timelines, stops and movements."""
    faults: list[str] = []
    events = 0
    for name, leg in all_legs(plan):
        events += len(leg.timeline)
        faults += [f"{name}: {fault}" for fault in _leg_faults(leg)]
    if plan.legs:
        if plan.depart_utc != plan.legs[0].depart_utc:
            faults.append("the plan departs at another time than its first leg")
        if plan.arrive_utc != plan.legs[-1].arrive_utc:
            faults.append("the plan arrives at another time than its last leg")
    return Finding("clocks", counted(events, "event"), tuple(faults))


def _leg_faults(leg: Leg) -> list[str]:
    faults = []
    if leg.arrive_utc <= leg.depart_utc:
        faults.append("arrives before it departs")
    main = leg.main
    if abs(main.arrive_s - leg.arrive_utc) > _ROUNDING_S:
        faults.append("the main movement arrives at another time than the leg")
    if main.depart_s < leg.depart_utc - _ROUNDING_S:
        faults.append("the main movement departs before the leg")
    span = leg.arrive_utc - leg.depart_utc
    if abs(leg.running_time_s + leg.standing_time_s - span) > 5 * _ROUNDING_S:
        faults.append(
            f"running {leg.running_time_s:.0f} s and standing {leg.standing_time_s:.0f} s"
            f" are not the {span:.0f} s of the leg"
        )
    last: dict[str, float] = defaultdict(lambda: float("-inf"))
    for event in leg.timeline:
        if event.time_utc < last[event.role] - _ROUNDING_S:
            faults.append(f"{event.place}: {event.text} stands before the event above it")
        last[event.role] = event.time_utc
        try:
            ZoneInfo(event.zone)
        except (ZoneInfoNotFoundError, ValueError):
            faults.append(f'{event.place}: "{event.zone}" is not a time zone')
    for movement in leg.movements:
        for stop in movement.stops:
            if stop.depart_s < stop.arrive_s:
                faults.append(f"{movement.name} leaves {stop.place} before it arrives")
            tasks = max((task.start_s + task.duration_s for task in stop.tasks), default=0.0)
            if tasks > stop.depart_s - stop.arrive_s + _ROUNDING_S:
                faults.append(
                    f"{movement.name} at {stop.place}: the tasks take {tasks:.0f} s,"
                    f" the stop lasts {stop.depart_s - stop.arrive_s:.0f} s"
                )
            stands = (
                movement.time_at(stop.distance_m),
                movement.time_at(stop.distance_m, leaving=True),
            )
            if (
                abs(stands[0] - stop.arrive_s) > 2 * _ROUNDING_S
                or abs(stands[1] - stop.depart_s) > 2 * _ROUNDING_S
            ):
                faults.append(f"{movement.name}: the path and the stop at {stop.place} disagree")
    return faults
