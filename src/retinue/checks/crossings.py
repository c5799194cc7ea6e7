"""Nobody stands on a level crossing, and every junction said to be held is held.

Where a movement stands is read from its path: a step of no length that takes time.  What it then
covers is its own length behind that place; whether its tail had passed a crossing is read from
the times of its tail as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.checks.finding import Finding, all_legs
from retinue.clock import from_iso
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.movement import Movement
    from retinue.plan import Leg, Plan

__all__ = ["check_crossings", "check_outriders"]

_STEP_M = 0.05  # a shorter step is none
_STAND_S = 3.0  # a shorter stand is a rounding of times
_SLACK_S = 2.0
_SLACK_M = 0.5


def check_crossings(plan: Plan) -> Finding:
    """Check that no vehicle of any movement stands on a level crossing of its road."""
    faults: list[str] = []
    crossings = stands = 0
    for name, leg in all_legs(plan):
        if leg.mode != "road":
            continue
        listed = leg.details.get("level_crossings")
        if listed is None:
            if leg.details.get("routing", {}).get("by") == "built":
                faults.append(f"{name}: the plan does not list the level crossings of its road")
            continue
        crossings += len(listed)
        halts = leg.details.get("halts", [])
        if len(leg.main.stops) != len(halts):
            faults.append(f"{name}: {len(halts)} halts are listed, {len(leg.main.stops)} are made")
        for movement in leg.movements:
            for place, begin, end in _stands(movement):
                stands += 1
                faults += [
                    f"{name}: {fault}" for fault in _fouled(movement, place, begin, end, listed)
                ]
    return Finding(
        "crossings",
        f"{counted(crossings, 'level crossing')}, {counted(stands, 'halt')}",
        tuple(faults),
    )


def _stands(movement: Movement) -> Iterator[tuple[float, float, float]]:
    """Yield where and from when until when the front of a movement stands."""
    step = np.diff(movement.distance_m)
    taken = np.diff(movement.time_s)
    for row in np.flatnonzero((step <= _STEP_M) & (taken >= _STAND_S)).tolist():
        yield (
            float(movement.distance_m[row]),
            float(movement.time_s[row]),
            float(movement.time_s[row + 1]),
        )


def _fouled(
    movement: Movement, place: float, begin: float, end: float, listed: list[dict[str, Any]]
) -> list[str]:
    faults = []
    for crossing in listed:
        low, high = float(crossing["clear_from_m"]), float(crossing["clear_to_m"])
        middle = float(crossing["distance_m"])
        covers = place - movement.length_m < high - _SLACK_M and place > low + _SLACK_M
        over = False
        if movement.tail_time_s is not None:
            came = float(np.interp(middle, movement.distance_m, movement.time_s))
            gone = float(np.interp(middle, movement.distance_m, movement.tail_time_s))
            over = came <= begin - _SLACK_S and gone >= end + _SLACK_S
        if covers or over:
            faults.append(
                f"{movement.name} stands on {crossing['name']} for {end - begin:.0f} s, its front "
                f"at km {place / 1000:.2f}"
            )
    return faults


def check_outriders(plan: Plan) -> Finding:
    """Check the junctions of rolling blocks: who stands there, how long, and comes in time."""
    faults: list[str] = []
    posts = 0
    for name, leg in all_legs(plan):
        block = leg.details.get("rolling_block", {})
        if not block.get("assessed"):
            continue
        held: set[float] = set()
        for outrider in block.get("schedule", []):
            rides = outrider["posts"]
            posts += len(rides)
            held |= {float(post["distance_m"]) for post in rides}
            who = f"{name}: outrider {outrider['outrider']}"
            faults += [f"{who} {fault}" for fault in _posts(leg, rides, block)]
        left = {float(junction["distance_m"]) for junction in block.get("left_open", [])}
        if held & left or len(held | left) != block["junctions"]:
            faults.append(
                f"{name}: {len(held)} junctions are held and {len(left)} left open of "
                f"{block['junctions']}"
            )
    return Finding("outriders", counted(posts, "post"), tuple(faults))


def _posts(leg: Leg, rides: list[dict[str, Any]], block: dict[str, Any]) -> list[str]:
    faults = []
    main = leg.main
    free_at, free_s = 0.0, float("-inf")
    for post in rides:
        stand, leave = from_iso(post["stand_by_utc"]), from_iso(post["leave_utc"])
        at, end = float(post["distance_m"]), float(post.get("end_m", post["distance_m"]))
        where = f"{post['junction'] or 'a junction'} (km {at / 1000:.2f})"
        if stand > main.time_at(at) - float(block["lead_s"]) + _SLACK_S:
            faults.append(f"stands at {where} too late before the front")
        if leave < main.passage(end).tail_s - _SLACK_S:
            faults.append(f"leaves {where} before the tail has passed")
        ride = max(at - free_at, 0.0) / float(block["ride_at_most_mps"])
        if stand < free_s + ride - _SLACK_S:
            faults.append(f"cannot be at {where} in time")
        free_at, free_s = end, leave
    return faults
