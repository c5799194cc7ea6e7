"""Decisions of a journey: one owner and one deputy each, the facts, and the latest time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retinue.plan.command import Decision

if TYPE_CHECKING:
    from retinue.plan import Condition, Leg, Plan, Task
    from retinue.protection.policy import Policy

__all__ = ["COMMANDER", "DEPUTY", "decisions_of"]

COMMANDER = "protection commander"
DEPUTY = "deputy protection commander"
_OFFICE = "principal's office"
_GO_BEFORE_S = 300.0
_CANCEL_BEFORE_S = 2 * 3600.0


def decisions_of(plan: Plan, tasks: Sequence[Task], policy: Policy) -> tuple[Decision, ...]:
    """Return who decides what, and by when, in order of time.

    A leg's go / no-go stands before its departure and before the last of the sweeps that must be
    over by then; a fallback can be started until the leg ends.
    """
    found: list[Decision] = []
    for number, leg in enumerate(plan.legs):
        own = [task for task in tasks if task.leg == leg.id]
        if number == 0:
            found.append(_cancel(plan, leg))
        found += [_go(plan, leg, own, policy), _fallback(leg, policy), _release(leg, own)]
    return tuple(sorted(found, key=lambda d: (d.latest_utc, d.id)))


def _cancel(plan: Plan, leg: Leg) -> Decision:
    return Decision(
        id="cancel",
        what="cancel",
        leg=leg.id,
        text=f"cancel or move {plan.title}",
        owner=_OFFICE,
        deputy=COMMANDER,
        facts=("threat picture", "weather conditions exceeded", "permits granted", "crews present"),
        latest_utc=leg.depart_utc - _CANCEL_BEFORE_S,
        zone=leg.from_.zone,
        place=leg.from_.name,
        otherwise="the journey goes on as planned",
    )


def _go(plan: Plan, leg: Leg, tasks: Sequence[Task], policy: Policy) -> Decision:
    facts = ["crews and vehicles ready"]
    before = [t for t in tasks if t.decide_utc is not None and t.decide_utc <= leg.depart_utc]
    if before:
        facts.append(f"{len(before)} sweeps and patrols reported clear")
    if any(m.role == "advance" for m in leg.movements):
        facts.append("advance train reported clear of the first section")
    facts += [f"{condition.trigger}" for condition in _conditions(plan, leg)]
    return Decision(
        id=f"go/{leg.id}",
        what="go / no-go",
        leg=leg.id,
        text=f"{leg.title}: go or not",
        owner=COMMANDER,
        deputy=DEPUTY,
        facts=tuple(dict.fromkeys(facts)),
        latest_utc=min([leg.depart_utc - _GO_BEFORE_S, *(t.decide_utc or 0.0 for t in before)]),
        zone=leg.from_.zone,
        place=leg.from_.name,
        otherwise="the leg does not begin; the party stays where it is",
    )


def _conditions(plan: Plan, leg: Leg) -> list[Condition]:
    return [c for c in plan.conditions if c.leg == leg.id and c.exceeded]


def _fallback(leg: Leg, policy: Policy) -> Decision:
    minutes = policy.lost_contact_after / 60
    return Decision(
        id=f"fallback/{leg.id}",
        what="fallback",
        leg=leg.id,
        text=f"{leg.title}: leave the plan for a fallback or a safe haven",
        owner=COMMANDER,
        deputy=DEPUTY,
        facts=(
            "what stopped the leg, and for how long",
            "which fallback is ready and checked",
            f"no contact for {minutes:.0f} min counts as a stop",
        ),
        latest_utc=leg.arrive_utc,
        zone=leg.to.zone,
        otherwise="the nearest safe haven ahead",
    )


def _release(leg: Leg, tasks: Sequence[Task]) -> Decision:
    last = max([leg.arrive_utc, *(task.until_utc for task in tasks)])
    return Decision(
        id=f"release/{leg.id}",
        what="release",
        leg=leg.id,
        text=f"{leg.title}: release posts and closures behind the last tail",
        owner=COMMANDER,
        deputy=DEPUTY,
        facts=("tail reported complete at the last site", "nobody of the party is left behind"),
        latest_utc=last,
        zone=leg.to.zone,
        place=leg.to.name,
        otherwise="posts stay until released",
    )
