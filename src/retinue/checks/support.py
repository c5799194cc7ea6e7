"""Support movements: joined, and there in time for the leg they serve."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from retinue.checks.finding import Finding
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan import Plan
    from retinue.plan.plan import Support

__all__ = ["check_support"]

_ROUNDING_S = 1.0


def check_support(plan: Plan) -> Finding:
    """Check that support serves a leg, that its slack is what its times say, and is not hidden."""
    faults: list[str] = []
    for support in plan.support:
        faults += [f"{support.title}: {fault}" for fault in _faults(plan, support)]
    ids = [leg.id for leg in (*plan.legs, *(leg for s in plan.support for leg in s.legs))]
    faults += [f"two legs are called {i}" for i in sorted({i for i in ids if ids.count(i) > 1})]
    return Finding("support", counted(len(plan.support), "support movement"), tuple(faults))


def _faults(plan: Plan, support: Support) -> list[str]:
    if not support.feasible or not support.legs:
        return [] if support.reasons else ["is refused without a reason"]
    faults = []
    for first, second in itertools.pairwise(support.legs):
        needed = [h.needed_s for h in support.handovers if h.to_leg == second.id]
        if not needed:
            faults.append(f"there is no hand-over between legs {first.id} and {second.id}")
        elif second.depart_utc - first.arrive_utc < needed[0] - _ROUNDING_S:
            faults.append(f"leg {second.id} departs before leg {first.id} has handed over")
    if not support.for_leg:
        return faults
    served = next((leg for leg in plan.legs if leg.id == support.for_leg), None)
    if served is None:
        return [*faults, f"serves leg {support.for_leg}, which is not in the plan"]
    if support.due_utc is None or support.slack_s is None:
        return [*faults, "does not say by when it must be there"]
    if support.due_utc > served.depart_utc + _ROUNDING_S:
        faults.append(f"is due only after leg {served.id} has departed")
    slack = support.due_utc - support.legs[-1].arrive_utc
    if abs(slack - support.slack_s) > _ROUNDING_S:
        faults.append(f"its slack is {slack:.0f} s, the plan says {support.slack_s:.0f} s")
    warned = any(n.level == "warning" and n.subject == support.title for n in plan.notes)
    if slack < 0.0 and not warned:
        faults.append(f"comes {-slack:.0f} s late and no warning says so")
    return faults
