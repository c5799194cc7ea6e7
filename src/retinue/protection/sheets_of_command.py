"""Sheets of those who know the journey: the principal's office and the protection commander."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.clock import duration_text
from retinue.protection.recipients import place_name, task_place
from retinue.protection.sheet import Row, Section, Sheet, early, near, span

if TYPE_CHECKING:
    from retinue.plan import Decision, Plan, Protection

__all__ = ["office_sheet", "order_sheet"]

_OFFICE = "principal's office"


def office_sheet(plan: Plan, protection: Protection, _whom: str) -> Sheet:
    """Return the programme, and the decisions that are the office's own."""
    rows: list[Row] = []
    for leg in plan.legs:
        rows += [
            Row("depart", near(leg.depart_utc), zone=leg.from_.zone, text=leg.from_.name),
            *(
                span(
                    "  stop",
                    s.arrive_s,
                    s.depart_s,
                    s.zone,
                    ", ".join(filter(None, (s.place, s.why))),
                )
                for s in leg.main.stops
            ),
            Row(
                "arrive",
                near(leg.arrive_utc),
                zone=leg.to.zone,
                text=f"{leg.to.name}, by {leg.mode}",
            ),
        ]
    sections = [Section(plan.title, tuple(rows))]
    own = [d for d in protection.decisions if _OFFICE in (d.owner, d.deputy)]
    if own:
        sections.append(
            Section("Decisions of the office", tuple(r for d in own for r in _decision(d)))
        )
    return Sheet("PROGRAMME", "", tuple(sections))


def _decision(decision: Decision) -> tuple[Row, ...]:
    return (
        Row(
            f"{decision.what} by",
            early(decision.latest_utc),
            zone=decision.zone,
            text=decision.text,
        ),
        Row("  owner", text=f"{decision.owner}; deputy: {decision.deputy}"),
        Row("  facts needed", text="; ".join(decision.facts)),
        Row("  if nobody decides", text=decision.otherwise),
    )


def order_sheet(plan: Plan, protection: Protection, _whom: str) -> Sheet:
    """Return the security order: the whole protection in one list a kind."""
    uncovered = [
        Row(f"{u.place}: {u.because}.", text=f"Cure: {u.cure}.") for u in protection.uncovered
    ]
    sections = [
        Section(plan.title, (Row("policy", text=protection.policy),)),
        Section("Decisions", tuple(r for d in protection.decisions for r in _decision(d))),
        Section("Communications", tuple(_channels(protection))),
        Section(f"Closures: {len(protection.closures)}", tuple(_closures(protection))),
        Section(
            f"Posts, sweeps and patrols: {len(protection.tasks)}",
            tuple(
                span(
                    t.what, t.latest_utc, t.until_utc, t.zone,
                    task_place(t) + (f", asked of {t.request_to}" if t.request_to else ""),
                )
                for t in protection.tasks
            ),
        ),
        Section("Not covered", tuple(uncovered)),
        Section("Crews", tuple(
            span(f"{c.crew} ({c.kind})", c.start_utc, c.end_utc, c.zone, f"{c.people} people")
            for c in protection.crews
        )),
        Section("Fallbacks", tuple(_fallbacks(protection))),
        Section("To be done", tuple(
            Row(f"{w.task}: {w.cure}", text=f"({w.owner})") for w in protection.weaknesses
        )),
    ]  # fmt: skip
    return Sheet("SECURITY ORDER", "", tuple(s for s in sections if s.rows))


def _channels(protection: Protection) -> list[Row]:
    rows = []
    for one in protection.channels:
        rows += [
            Row(f"{one.leg}: {one.primary}, else {one.secondary}; check in every"
                f" {duration_text(one.check_in_s)}"),
            Row("  lost contact", text=one.lost_contact),
        ]  # fmt: skip
        if one.gaps:
            rows.append(Row("  no cover", text="; ".join(one.gaps)))
    return rows


def _closures(protection: Protection) -> list[Row]:
    return [
        span(
            "closed",
            c.close.planned_utc,
            c.open.planned_utc,
            c.zone,
            f"{place_name(c.place, c.lat, c.lon)}: {c.close.event}",
        )
        for c in protection.closures
    ]


def _fallbacks(protection: Protection) -> list[Row]:
    rows = []
    for fallback in protection.fallbacks:
        state = "ready" if fallback.feasible else "not possible: " + "; ".join(fallback.reasons)
        rows.append(Row(f"{fallback.leg}, {fallback.kind}: {fallback.title}", text=f"({state})"))
    rows += [
        Row(
            f"{haven.leg}, from km {haven.from_m / 1000:.1f}: {haven.kind} {haven.name},"
            f" {duration_text(haven.travel_s)} by {haven.by}"
        )
        for haven in protection.havens
    ]
    return rows
