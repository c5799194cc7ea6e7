"""Closures and passages of a protection document, against the plan's movements alone.

Nothing of the protection room is used: times are interpolated here, the policy is read here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any

import yaml

from retinue.checks.finding import Finding
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.movement import Movement
    from retinue.plan import Closure, Plan, Protection

__all__ = ["check_closures", "check_passages"]

_SLACK_S = 2.0
_LEAST_RUNNING = 0.92  # nobody runs in less than 92 % of a planned running time

#: What the policy's classes are called among the kinds of sites.
_KINDS = {
    "level crossing": {"level_crossing"},
    "foot crossing": {"foot_crossing"},
    "bridge over": {"road_over", "rail_over", "road_crossing", "rail_crossing"},
    "road junction": {"road_junction"},
    "road level crossing": {"road_level_crossing"},
    "road bridge": {"road_bridge"},
    "road tunnel": {"road_tunnel"},
    "tunnel": {"tunnel"},
    "viaduct": {"viaduct"},
}


def _front(movement: Movement, at_m: float, *, leaving: bool = False) -> float:
    """Return when the front is at a chainage."""
    distance = movement.distance_m.tolist()
    index = bisect_right(distance, at_m) if leaving else bisect_left(distance, at_m)
    if index == 0:
        return float(movement.time_s[0])
    if index == len(distance):
        return float(movement.time_s[-1])
    a, b = distance[index - 1], distance[index]
    share = 0.0 if b == a else (at_m - a) / (b - a)
    return float(movement.time_s[index - 1] * (1 - share) + movement.time_s[index] * share)


def _clear(movement: Movement, at_m: float) -> float:
    """Return when the tail has left a chainage."""
    if movement.tail_time_s is None:
        return _front(movement, at_m + movement.length_m, leaving=True)
    distance = movement.distance_m.tolist()
    index = min(max(bisect_left(distance, at_m), 1), len(distance) - 1)
    a, b = distance[index - 1], distance[index]
    share = 0.0 if b == a else min(max((at_m - a) / (b - a), 0.0), 1.0)
    tails = movement.tail_time_s
    return float(tails[index - 1] * (1 - share) + tails[index] * share)


def _sites(plan: Plan) -> dict[tuple[str, str], dict[str, Any]]:
    return {(str(s.get("leg")), str(s["id"])): s for s in plan.sites}


def check_passages(plan: Plan, protection: Protection) -> Finding:
    """Check that every band holds what the movements say."""
    faults = []
    sites = _sites(plan)
    legs = {leg.id: leg for leg in plan.legs}
    for band in protection.passages:
        name = f"{band.leg}/{band.site} ({band.role})"
        site, leg = sites.get((band.leg, band.site)), legs.get(band.leg)
        movement = next((m for m in leg.movements if m.role == band.role), None) if leg else None
        if site is None or movement is None:
            faults.append(f"{name}: the plan has no such site or movement")
            continue
        at, until = float(site["chainage_m"]), float(site["until_m"])
        runs = [s for s in plan.sites if s["id"] == band.site and s.get("leg") == band.leg]
        heads = [_front(movement, float(s["chainage_m"])) for s in runs]
        if min(abs(head - band.head_utc) for head in heads) > _SLACK_S:
            faults.append(f"{name}: the head passes at another time than the plan's movement")
        if len(runs) == 1 and _clear(movement, max(until, at)) > band.tail_utc + _SLACK_S:
            faults.append(f"{name}: the tail is said to pass before the plan's")
        if not band.head_low_utc <= band.head_utc <= band.head_high_utc:
            faults.append(f"{name}: the head's band does not hold the plan")
        if not band.tail_low_utc <= band.tail_utc <= band.tail_high_utc:
            faults.append(f"{name}: the tail's band does not hold the plan")
    return Finding("passages", counted(len(protection.passages), "band"), tuple(faults))


def check_closures(plan: Plan, protection: Protection) -> Finding:
    """Check each closure's order in time, its emergency rule, and that none is missing."""
    faults: list[str] = []
    sites = _sites(plan)
    policy = yaml.safe_load(protection.policy_text) if protection.policy_text else {}
    for closure in protection.closures:
        site = sites.get((closure.leg, closure.site))
        if site is None:
            faults.append(f"{closure.id}: the plan has no such site")
            continue
        faults += [f"{closure.id}: {fault}" for fault in _order(plan, closure, site)]
        faults += [f"{closure.id}: {fault}" for fault in _emergency(closure)]
    faults += _missing(protection, plan, policy)
    looked = f"{counted(len(protection.closures), 'closure')} of {counted(len(plan.sites), 'site')}"
    return Finding("closures", looked, tuple(faults))


def _order(plan: Plan, closure: Closure, site: dict[str, Any]) -> list[str]:
    leg = next(leg for leg in plan.legs if leg.id == closure.leg)
    movements = [m for m in leg.movements if m.role in closure.roles]
    if len(movements) != len(closure.roles):
        return ["it names a movement that the leg does not have"]
    at, until = float(site["chainage_m"]), float(site["until_m"])
    faults = []
    heads = [_front(m, at) for m in movements]
    tails = [_clear(m, max(until, at)) for m in movements]
    if closure.close.planned_utc >= min(heads):
        faults.append("it is closed only after the first head")
    if closure.open.planned_utc < max(tails) - _SLACK_S:
        faults.append("it is opened before the last tail is past")
    for movement, head in zip(movements, heads, strict=True):
        left = max(
            [float(movement.time_s[0]), *(s.depart_s for s in movement.stops if s.distance_m < at)]
        )
        first = left + (head - left) * _LEAST_RUNNING
        if closure.latest_close_utc > first + _SLACK_S:
            faults.append(
                f"the latest closing is {closure.latest_close_utc - first:.0f} s after the"
                f" {movement.name} can be there"
            )
    reporter = next((m for m in leg.movements if m.role == closure.close.role), None)
    if reporter is None:
        faults.append("nobody of that role can be reported at its trigger")
    elif closure.close.distance_m > at + 1.0:
        faults.append("its report point lies behind the site")
    if not closure.open.place:
        faults.append("nothing opens it")
    others = [m for m in leg.movements if m.role not in closure.roles]
    for movement in others:
        if not float(movement.distance_m[0]) <= at <= float(movement.distance_m[-1]):
            continue
        if closure.open.planned_utc < _front(movement, at) < closure.open.planned_utc + 30.0:
            faults.append(f"it is opened in the face of the {movement.name}")
    if closure.budget_s is not None:
        over = closure.hold_s - closure.budget_s
        if over > _SLACK_S and closure.over_budget_s < over - _SLACK_S:
            faults.append("it is over its budget and does not say so")
    if abs(closure.hold_s - (closure.open.planned_utc - closure.close.planned_utc)) > _SLACK_S:
        faults.append("its length is not the time from closing to opening")
    return faults


def _emergency(closure: Closure) -> list[str]:
    rule = closure.emergency
    faults = []
    if not rule.decides or "keeper" in rule.decides.casefold():
        faults.append("who decides on an ambulance must be the signaller or the commander")
    if rule.last_safe_s + 0.2 < rule.message_s + rule.clearing_s + rule.margin_s:
        faults.append("the last safe crossing leaves no time for message, clearing and margin")
    if rule.most_delay_s < rule.last_safe_s:
        faults.append("the longest wait is shorter than the last safe time")
    if min(rule.stop_cost_s, rule.slow_cost_s) < 0 or rule.slow_cost_s > rule.stop_cost_s:
        faults.append("slowing cannot cost more than stopping")
    return faults


def _missing(protection: Protection, plan: Plan, policy: Any) -> list[str]:
    rules = policy.get("sites", {}) if isinstance(policy, dict) else {}
    kinds: set[str] = set()
    for name, rule in rules.items():
        if isinstance(rule, dict) and rule.get("close"):
            kinds |= _KINDS.get(name, set())
    closed = {(c.leg, c.site) for c in protection.closures}
    legs = {leg.id: leg for leg in plan.legs}
    faults = []
    for (leg_id, site_id), site in _sites(plan).items():
        if site["kind"] not in kinds or leg_id not in legs or (leg_id, site_id) in closed:
            continue
        main = legs[leg_id].main
        if float(main.distance_m[0]) <= float(site["chainage_m"]) <= float(main.distance_m[-1]):
            faults.append(f"{leg_id}/{site_id}: the policy closes it and no closure does")
    return faults
