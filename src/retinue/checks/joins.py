"""Legs follow one another in place and time, and every hand-over has its time."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from retinue.checks.finding import Finding
from retinue.counting import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.plan import Handover, Leg, PlaceRecord, Plan

__all__ = ["check_joins"]

#: Two legs meet where their ends are this near: a large station or an apron.
_MEETS_WITHIN_M = 5_000.0


def _apart_m(a: PlaceRecord, b: PlaceRecord) -> float:
    """Return the distance of two places on a sphere of 6,371 km (haversine)."""
    la, lb = math.radians(a.lat), math.radians(b.lat)
    half = math.sin((lb - la) / 2) ** 2
    half += math.cos(la) * math.cos(lb) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    return 2 * 6_371_000.0 * math.asin(math.sqrt(half))


def check_joins(plan: Plan) -> Finding:
    """Check that legs join and that hand-overs leave the time they need."""
    faults = _chain(plan.legs, plan.handovers)
    count = len(plan.handovers)
    for alternative in plan.alternatives:
        count += len(alternative.handovers)
        faults += [
            f"{alternative.title}: {fault}"
            for fault in _chain(alternative.legs, alternative.handovers)
        ]
        if not alternative.feasible and not alternative.reasons:
            faults.append(f"{alternative.title} is refused without a reason")
    return Finding(
        "joins", f"{counted(len(plan.legs), 'leg')}, {counted(count, 'hand-over')}", tuple(faults)
    )


def _chain(legs: Sequence[Leg], handovers: Sequence[Handover]) -> list[str]:
    faults = []
    by_pair = {(h.from_leg, h.to_leg): h for h in handovers}
    for first, second in itertools.pairwise(legs):
        apart = _apart_m(first.to, second.from_)
        if apart > _MEETS_WITHIN_M:
            faults.append(
                f"leg {first.id} ends at {first.to.name}, {apart / 1000:.1f} km from where"
                f" leg {second.id} begins ({second.from_.name})"
            )
        if second.depart_utc < first.arrive_utc:
            faults.append(f"leg {second.id} departs before leg {first.id} arrives")
        handover = by_pair.get((first.id, second.id))
        if handover is None:
            faults.append(f"there is no hand-over between legs {first.id} and {second.id}")
            continue
        gap = second.depart_utc - first.arrive_utc
        if abs(handover.available_s - gap) > 1:
            faults.append(f"hand-over at {handover.place}: its time is not the gap of {gap:.0f} s")
        if gap + 1 < handover.needed_s:
            faults.append(
                f"hand-over at {handover.place}: {gap:.0f} s, needed {handover.needed_s:.0f} s"
            )
        if handover.ready_utc > handover.arrive_utc:
            faults.append(f"hand-over at {handover.place}: the vehicles are not ready in time")
        if not handover.ok:
            faults.append(f"hand-over at {handover.place}: the plan itself calls it not in order")
    return faults
