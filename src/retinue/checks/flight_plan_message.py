"""Flight plan messages of a plan keep the rules of ICAO Doc 4444 and say what the legs say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from retinue.checks.finding import Finding
from retinue.checks.flight_plan_grammar import parse_message
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan import Leg, Paper, Plan

__all__ = ["check_flight_plan_messages"]


def check_flight_plan_messages(plan: Plan) -> Finding:
    """Check the messages by their grammar, and against the legs they are for."""
    faults: list[str] = []
    messages = [paper for paper in plan.papers if paper.kind == "flight-plan"]
    for paper in messages:
        name = f"{paper.way}/{paper.leg}" if paper.way else paper.leg
        parsed = parse_message(paper.text)
        faults += [f"{name}: {fault}" for fault in parsed.faults]
        leg = _leg_of(plan, paper)
        if leg is None:
            faults.append(f"{name}: a flight plan message for no flight of the plan")
            continue
        begin = datetime.fromtimestamp(round(leg.depart_utc / 60) * 60, UTC)
        if parsed.off_block != begin.strftime("%H%M"):
            faults.append(f"{name}: off-block time {parsed.off_block}, planned {begin:%H%M}")
        if parsed.indicator("DOF") != begin.strftime("%y%m%d"):
            faults.append(f"{name}: DOF/ is not the day of departure, {begin:%y%m%d}")
        at = {event.kind: event.time_utc for event in leg.timeline}
        if parsed.elapsed_min is None or not {"take-off", "landing"} <= set(at):
            continue  # the grammar, or the checker of flights, has said so
        flown = (at["landing"] - at["take-off"]) / 60
        if not flown - 0.01 <= parsed.elapsed_min < flown + 1.01:
            faults.append(f"{name}: {parsed.elapsed_min} min elapsed, {flown:.1f} min planned")
    if plan.papers:
        told = {(paper.way, paper.leg) for paper in messages}
        faults += [
            f"{leg.id}: a flight without a flight plan message"
            for leg in plan.legs
            if leg.mode == "air" and ("", leg.id) not in told
        ]
    return Finding("flight plan messages", counted(len(messages), "message"), tuple(faults))


def _leg_of(plan: Plan, paper: Paper) -> Leg | None:
    if not paper.way:
        return next((leg for leg in plan.legs if leg.id == paper.leg), None)
    # A title that stands twice is numbered in the way's name.
    others = [(other.title, other.legs) for other in plan.alternatives]
    others += [(other.title, other.legs) for other in plan.support]
    for title, legs in others:
        if paper.way == title or paper.way.startswith(f"{title} ("):
            for leg in legs:
                if leg.id == paper.leg and leg.mode == "air":
                    return leg
    return None
