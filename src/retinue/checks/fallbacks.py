"""Fallbacks, decisions and roles: each leg has them, and they hang together in time and place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from retinue.checks.finding import Finding
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan import Fallback, Leg, Plan, Protection

__all__ = ["check_command", "check_fallbacks"]

_NEAR_M = 5_000.0
_SLACK_S = 2.0


def check_fallbacks(plan: Plan, protection: Protection) -> Finding:
    """Check that every leg has a fallback that can be made, or says what it lacks."""
    faults: list[str] = []
    legs = {leg.id: leg for leg in plan.legs}
    for fallback in protection.fallbacks:
        leg = legs.get(fallback.leg)
        name = f"{fallback.leg}: {fallback.kind}"
        if leg is None:
            faults.append(f"{name}: the plan has no such leg")
        elif fallback.feasible:
            faults += [f"{name}: {fault}" for fault in _feasible(fallback, leg)]
        elif not fallback.reasons:
            faults.append(f"{name}: it cannot be made and no reason is given")
    lacking = {weakness.leg for weakness in protection.weaknesses}
    for leg in plan.legs:
        made = [f for f in protection.fallbacks if f.leg == leg.id and f.feasible]
        if not made and leg.id not in lacking:
            faults.append(f"{leg.id}: it has no fallback and nothing says so")
    looked = (
        f"{counted(len(protection.fallbacks), 'fallback')},"
        f" {counted(len(protection.havens), 'haven')}"
    )
    return Finding("fallbacks", looked, tuple(faults))


def _feasible(fallback: Fallback, leg: Leg) -> list[str]:
    faults = []
    if fallback.ready_utc is None or fallback.later_s is None:
        return ["it does not say when it is ready and how much later it arrives"]
    if fallback.ready_utc < leg.depart_utc - _SLACK_S:
        faults.append("it begins before the leg that it replaces")
    if leg.arrive_utc + fallback.later_s <= fallback.ready_utc:
        faults.append("it arrives before it begins")
    for made in fallback.legs:
        ends = (("begins", made.from_, leg.from_), ("ends", made.to, leg.to))
        for word, one, other in ends:
            if _apart_m((one.lat, one.lon), (other.lat, other.lon)) > _NEAR_M:
                faults.append(f"it {word} elsewhere than the leg")
        if made.arrive_utc <= made.depart_utc:
            faults.append("its leg runs back in time")
        if abs(made.depart_utc - fallback.ready_utc) > _SLACK_S:
            faults.append("its leg departs at another time than it is ready")
    return faults


def _apart_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    north = (b[0] - a[0]) * 111_195.0
    east = (b[1] - a[1]) * 111_195.0 * math.cos(math.radians((a[0] + b[0]) / 2))
    return math.hypot(north, east)


def check_command(plan: Plan, protection: Protection) -> Finding:
    """Check that each leg's decisions have one owner, a deputy, facts and a time."""
    faults = []
    for leg in plan.legs:
        own = [d for d in protection.decisions if d.leg == leg.id]
        faults += [
            f"{leg.id}: there must be one decision {what}"
            for what in ("go / no-go", "fallback", "release")
            if sum(d.what == what for d in own) != 1
        ]
        if not any(c.leg == leg.id and c.reporting_points for c in protection.channels):
            faults.append(f"{leg.id}: nobody knows how and where it reports")
        for decision in own:
            if decision.what == "go / no-go" and decision.latest_utc > leg.depart_utc + _SLACK_S:
                faults.append(f"{decision.id}: it is decided after the departure")
    for decision in protection.decisions:
        if not decision.owner or not decision.deputy or decision.owner == decision.deputy:
            faults.append(f"{decision.id}: it needs an owner and another deputy")
        if not decision.facts or not decision.otherwise:
            faults.append(f"{decision.id}: facts or what holds otherwise are missing")
    return Finding("decisions", counted(len(protection.decisions), "decision"), tuple(faults))
