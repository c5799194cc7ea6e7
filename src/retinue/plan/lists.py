"""The lists of a plan as plain text: notes, limits of weather and light, what to ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.clock import local_text
from retinue.plan.summary import table_text

if TYPE_CHECKING:
    from retinue.plan.plan import Plan

__all__ = ["condition_text", "deadline_text", "note_text"]


def note_text(plan: Plan) -> str:
    """Return every note of the plan and its legs in full, warnings first."""
    found = [("", note) for note in plan.notes]
    found += [(f"leg {k}, ", n) for k, leg in enumerate(plan.legs, start=1) for n in leg.notes]
    ways = [(one.title, one.legs) for one in plan.alternatives]
    ways += [(one.title, one.legs) for one in plan.support]
    for title, legs in ways:
        found += [(f"{title}, ", note) for leg in legs for note in leg.notes]
    found.sort(key=lambda one: one[1].level != "warning")
    lines = [
        f"{'!' if note.level == 'warning' else '-'} {where}{note.subject}: {note.text}"
        + (f" ({note.source})" if note.source else "")
        for where, note in found
        if not where or note not in plan.notes  # the plan's own are told once
    ]
    return "\n".join(lines) or "the plan has no notes"


def condition_text(plan: Plan) -> str:
    """Return the limits of weather and light, the first decision first."""
    rows = [
        [
            "!" if one.exceeded else "", local_text(one.decide_utc, one.zone), one.leg,
            one.hazard, one.place or one.site_class, _value(one.limit, one.unit),
            "" if one.expected is None else _value(one.expected, one.unit),
            one.trigger, one.fallback, one.confidence,
        ]
        for one in sorted(plan.conditions, key=lambda one: one.decide_utc)
    ]  # fmt: skip
    head = ["", "decide by", "leg", "hazard", "where", "limit", "expected", "watch",
            "what it starts", "mark"]  # fmt: skip
    return table_text(head, rows, right=frozenset({5, 6})) if rows else "no limits are listed"


def _value(value: float, unit: str) -> str:
    if unit == "K":
        return f"{value - 273.15:.0f} degC"
    if unit == "m" and 0 < value < 1:
        return f"{100 * value:.0f} cm"
    return f"{value:.0f} {unit}" if unit else "any"


def deadline_text(plan: Plan) -> str:
    """Return what must be asked for, the earliest latest day first."""
    rows = [
        [
            one.latest_date, one.what, one.country, one.lead_text, one.due_text, one.owner,
            f"{one.state} {one.number}".strip(), one.way, one.confidence,
        ]
        for one in plan.deadlines
    ]  # fmt: skip
    head = ["latest", "what", "country", "lead time", "before", "owner", "state", "way", "mark"]
    return table_text(head, rows) if rows else "nothing is to be asked for"
