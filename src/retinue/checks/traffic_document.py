"""A document of traffic against its plan: that the convoy in it is the plan's, to the second."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.checks.finding import Finding
from retinue.checks.traffic import check_traffic
from retinue.counting import counted
from retinue.plan.moved_traffic import moved_traffic

if TYPE_CHECKING:
    from retinue.movement import Movement
    from retinue.plan import Leg, Plan
    from retinue.plan.traffic_document import LegTraffic, TrafficDocument

__all__ = ["check_traffic_document", "own_policy"]

#: Whole seconds of a plan, and its motion as a polyline.
_SLACK_S = 1.5
_SPEED_MPS = 0.3
_MOST_FAULTS = 12


def check_traffic_document(plan: Plan, document: TrafficDocument) -> Finding:
    """Look whether the document belongs to the plan, and its convoy runs as the plan's train.

    Faults named: another plan or version; a leg that the plan has not or that does not run on
    this path; times of the main train that are not the plan's
    (with whom the convoy as planned now meets); a ceiling that the plan's train breaks; trains
    of the convoy that the record lacks; delays that do not add up to what clearing costs.
    """
    faults = []
    if document.plan_hash != plan.hash:
        faults.append("the document belongs to another plan, or to an earlier version of this one")
    for part in document.legs:
        faults += [f"{part.leg}: {fault}" for fault in _leg(plan, part)]
    stands = sum(len(part.path.stands) for part in document.legs)
    looked = f"{counted(len(document.legs), 'leg')} among other trains, {counted(stands, 'stand')}"
    return Finding("traffic document", looked, tuple(faults))


def own_policy(part: LegTraffic) -> dict[str, Any] | None:
    """Return the content of the user's own policy that a document keeps; None: a shipped one."""
    import yaml

    if not part.policy_text:
        return None
    content = yaml.safe_load(part.policy_text)
    return content if isinstance(content, dict) else {}


def _leg(plan: Plan, part: LegTraffic) -> Iterator[str]:
    leg = next((one for one in plan.legs if one.id == part.leg and one.mode == "rail"), None)
    if leg is None:
        yield "the plan has no such rail leg"
        return
    kept = next((path for path in plan.paths if path.leg == part.leg), None)
    shifts = list(_times(part, leg))
    if kept is None and shifts:
        yield "the plan's leg runs on no path among other trains"
    elif kept is not None and kept != part.path:
        yield "the plan's leg runs on another path than the document's"
    yield from shifts[:_MOST_FAULTS]
    if shifts:
        found = check_traffic(moved_traffic(plan, part).record).faults
        yield from (f"as planned now: {fault}" for fault in found[:_MOST_FAULTS])
    else:
        yield from _ceilings(part, leg.main)
    yield from _policy(part)
    yield from _convoy(part, {movement.role for movement in leg.movements})
    yield from _costs(part)


def _times(part: LegTraffic, leg: Leg) -> Iterator[str]:
    """Name the places where the plan's main train is at other times than the record's."""
    main = next((t for t in part.record.trains if t.special and t.role == "main"), None)
    if main is None:
        yield "the record has no main train"
        return
    at = {place.place: place.at_m for place in part.record.route}
    movement = leg.main
    for call in main.calls:
        if call.stops or call.place not in at:
            continue
        passing = float(np.interp(at[call.place], movement.distance_m, movement.time_s))
        yield from _off("passes", call.place, passing, call.arrive_utc)
    stops = {round(stop.distance_m): stop for stop in movement.stops}
    first, last = part.path.stands[0], part.path.stands[-1]
    yield from _off("departs from", first.place, leg.depart_utc, first.depart_utc)
    for stand in part.path.stands[1:-1]:
        stop = stops.get(round(stand.at_m))
        if stop is None:
            yield f"the plan's train does not stand at {stand.place}, where its path has it"
            continue
        yield from _off("arrives at", stand.place, stop.arrive_s, stand.arrive_utc)
        yield from _off("leaves", stand.place, stop.depart_s, stand.depart_utc)
    yield from _off("arrives at", last.place, leg.arrive_utc, last.arrive_utc)
    standing = {(call.arrive_utc, call.depart_utc) for call in main.calls if call.stops}
    yield from (
        f"the record's main train does not stand at {stand.place} as its path has it"
        for stand in part.path.stands
        if (stand.arrive_utc, stand.depart_utc) not in standing
    )


def _off(what: str, place: str, planned: float, found: float) -> Iterator[str]:
    """Name one time of the plan's train that is not the path's."""
    if abs(planned - found) > _SLACK_S:
        later = "later" if planned > found else "earlier"
        yield (
            f"the plan's train {what} {place} {abs(planned - found):.0f} s {later} than on the"
            " path that was found"
        )


def _ceilings(part: LegTraffic, movement: Movement) -> Iterator[str]:
    """Name ceilings that the mean speed over them breaks."""
    for ceiling in part.path.ceilings:
        low, high = np.interp([ceiling.from_m, ceiling.to_m], movement.distance_m, movement.time_s)
        # Each end is good to a whole second only.
        seconds = float(high - low) + _SLACK_S
        if seconds > _SLACK_S:
            mean = (ceiling.to_m - ceiling.from_m) / seconds
            if mean > ceiling.at_most_mps + _SPEED_MPS:
                yield (
                    f"the plan's train runs {3.6 * mean:.0f} km/h from km"
                    f" {ceiling.from_m / 1000:.1f}, where its path has at most"
                    f" {3.6 * ceiling.at_most_mps:.0f}"
                )


def _policy(part: LegTraffic) -> Iterator[str]:
    rules = part.record.rules
    if part.policy_text and rules is not None:
        kept = hashlib.sha256(part.policy_text.encode("utf-8")).hexdigest()
        if kept != rules.policy_sha256:
            yield f"the policy {rules.policy} that is kept is not the one the path was found under"


def _convoy(part: LegTraffic, roles: set[str]) -> Iterator[str]:
    listed = {train.role for train in part.record.trains if train.special}
    for role in sorted(roles - listed):
        yield f"the record lacks the {role} train of the plan's convoy"
    for role in sorted(listed - roles):
        yield f"the plan's convoy has no {role} train"


def _costs(part: LegTraffic) -> Iterator[str]:
    cost = part.cost
    if cost is None:
        if part.record.altered:
            yield "trains give way, and nothing says at what cost"
        return
    if cost.bound_s > cost.cost_s + 1.0:
        yield f"clearing costs {cost.cost_s:.0f} s, less than its bound {cost.bound_s:.0f} s"
    if cost.optimal and cost.cost_s > cost.bound_s * (1.0 + 1e-6) + 1.0:
        yield f"clearing is called the least possible at {cost.cost_s:.0f} s, the bound is lower"
