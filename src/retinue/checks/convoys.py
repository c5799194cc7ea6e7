"""The advance train is ahead of the main train everywhere, the following one behind."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from retinue.checks.finding import Finding, all_legs
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.movement import Movement
    from retinue.plan import Leg, Plan

__all__ = ["check_convoys"]

_SAMPLE_M = 1_000.0
_SLACK_S = 2.0


def check_convoys(plan: Plan) -> Finding:
    """Check order and separation of the trains of a convoy, and of head and tail."""
    faults: list[str] = []
    pairs = 0
    for name, leg in all_legs(plan):
        roles = {movement.role: movement for movement in leg.movements}
        order = [roles[r] for r in ("advance", "main", "following") if r in roles]
        for ahead, behind in itertools.pairwise(order):
            pairs += 1
            faults += [f"{name}: {fault}" for fault in _order(leg, ahead, behind)]
        for movement in leg.movements:
            if movement.tail_time_s is not None and np.any(
                movement.tail_time_s < movement.time_s - _SLACK_S
            ):
                faults.append(f"{name}: {movement.name}: the tail passes before the head")
        if leg.convoy is not None:
            bumper_to_bumper = sum(vehicle.length_m for vehicle in leg.convoy.vehicles)
            if leg.convoy.length_at_speed_m < bumper_to_bumper:
                faults.append(f"{name}: the column is shorter than its vehicles")
    return Finding("convoys", counted(pairs, "pair of trains"), tuple(faults))


def _order(leg: Leg, ahead: Movement, behind: Movement) -> list[str]:
    low = max(ahead.distance_m[0], behind.distance_m[0])
    high = min(ahead.distance_m[-1], behind.distance_m[-1])
    for place in np.arange(low, high, _SAMPLE_M):
        if behind.time_at(float(place)) < ahead.time_at(float(place)) - _SLACK_S:
            return [f"the {behind.name} overtakes the {ahead.name} at km {place / 1000:.0f}"]
    companion = ahead if ahead.role == "advance" else behind
    stated = leg.details.get(f"{companion.role}_separation_s", {}).get("at", [])
    if not stated:
        return [f"the plan does not say how far the {companion.name} keeps from the main train"]
    # A need is stated for the arrival at a place, where the blocks behind it count; whoever leaves
    # it after a stop owes at least the policy's time, the least need of all.
    policy = min(float(entry["needed_s"]) for entry in stated)
    for entry in stated:
        place = float(entry["distance_m"])
        for leaving, needed in ((False, float(entry["needed_s"])), (True, policy)):
            gap = behind.time_at(place, leaving=leaving) - ahead.time_at(place, leaving=leaving)
            if gap < needed - _SLACK_S:
                return [
                    f"the {behind.name} is {gap:.0f} s behind the {ahead.name} at"
                    f" {entry['place']}; {needed:.0f} s are asked for"
                ]
    return []
