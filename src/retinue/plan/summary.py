"""A plan in a few lines: what a planner reads first."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from retinue.clock import duration_text, local_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retinue.plan.leg import Leg
    from retinue.plan.plan import Plan

__all__ = ["comparison_lines", "leg_rows", "summary_text", "table_text", "timeline_text"]

#: Stops shorter than this and without a stated purpose stay out of the summary.
_SUMMARY_STOP_S = 600.0


def width(text: str) -> int:
    """Return the columns that a terminal gives to a text (Han and Hangul take two)."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _pad(text: str, columns: int, *, right: bool = False) -> str:
    space = " " * max(columns - width(text), 0)
    return space + text if right else text + space


def table_text(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset()
) -> str:
    """Return rows as aligned columns, one blank line of nothing around them.

    Parameters
    ----------
    head
        Column titles.
    rows
        Cells; a row shorter than the head is filled with blanks.
    right
        Columns that are aligned to the right.
    """
    filled = [[*row, *[""] * (len(head) - len(row))] for row in rows]
    widths = [max(width(row[i]) for row in [list(head), *filled]) for i in range(len(head))]
    lines = [
        "  ".join(_pad(cell, widths[i], right=i in right) for i, cell in enumerate(row)).rstrip()
        for row in [list(head), *filled]
    ]
    return "\n".join(lines)


def _leg_rows(number: str, leg: Leg) -> list[list[str]]:
    rows = [
        [
            number,
            leg.mode,
            f"{leg.from_.name} -> {leg.to.name}",
            local_text(leg.depart_utc, leg.from_.zone),
            local_text(leg.arrive_utc, leg.to.zone),
            f"{leg.distance_m / 1000:,.0f}",
            duration_text(leg.arrive_utc - leg.depart_utc),
        ]
    ]
    for stop in leg.main.stops:
        length = stop.depart_s - stop.arrive_s
        inside = leg.depart_utc < stop.arrive_s and stop.depart_s < leg.arrive_utc
        if not inside or (length < _SUMMARY_STOP_S and not stop.why):
            continue
        rows.append(
            [
                "",
                "",
                f"  {stop.place}" + (f"  {stop.why}" if stop.why else ""),
                local_text(stop.arrive_s, stop.zone),
                local_text(stop.depart_s, stop.zone),
                "",
                duration_text(length),
            ]
        )
    return rows


def leg_rows(plan: Plan) -> list[list[str]]:
    """Return the rows of the table of legs, stops and alternatives."""
    rows: list[list[str]] = []
    for number, leg in enumerate(plan.legs, start=1):
        rows += _leg_rows(str(number), leg)
    for alternative in plan.alternatives:
        if not alternative.feasible:
            rows.append(["or", "-", f"{alternative.title}: not possible"])
        for leg in alternative.legs:
            rows += _leg_rows("or", leg)[:1]
    for support in plan.support:
        if not support.feasible:
            rows.append(["with", "-", f"{support.title}: not possible"])
        for leg in support.legs:
            rows += _leg_rows("with", leg)[:1]
    return rows


def comparison_lines(plan: Plan) -> str:
    """Return the table of ways to make the journey, or nothing where there is one."""
    if len(plan.comparison) < 2:
        return ""
    rows = [
        [
            way.title,
            " + ".join(way.modes),
            duration_text(way.duration_s),
            f"{way.distance_m / 1000:,.0f}",
            "-" if way.cost_base is None else f"{way.cost_base:,.0f}",
            " ".join(way.countries),
            str(way.assumptions),
        ]
        for way in plan.comparison
    ]
    head = ["way", "modes", "time", "km", plan.base_currency, "countries", "assumed"]
    return table_text(head, rows, right=frozenset({2, 3, 4, 6}))


def summary_text(plan: Plan) -> str:
    """Return the summary: legs with local times, alternatives, remarks, assumptions."""
    made = plan.made_with
    head = (
        f"{plan.title}\n"
        f"plan {plan.hash[:12]}, Retinue {made.retinue}, world pack {made.pack_version},"
        " nothing uploaded\n"
    )
    columns = ["leg", "mode", "from -> to", "depart", "arrive", "km", "time"]
    parts = [head, table_text(columns, leg_rows(plan), right=frozenset({5, 6}))]
    if ways := comparison_lines(plan):
        parts.append("\n" + ways)
    for note in plan.notes:
        mark = "! " if note.level == "warning" else ""
        parts.append(f"\n{mark}{note.subject}: {note.text}")
    if plan.assumptions:
        first = plan.assumptions[0]
        parts.append(
            f"\n{len(plan.assumptions)} assumptions"
            f" ({first.subject}: {first.what} {first.value}, ...):"
            " retinue show DIR --assumptions"
        )
    return "\n".join(parts)


def timeline_text(plan: Plan) -> str:
    """Return every event of the main movements, one line each, offset where it changes."""
    rows: list[list[str]] = []
    day = offset = ""
    for number, leg in enumerate(plan.legs, start=1):
        for event in leg.timeline:
            text = local_text(event.time_utc, event.zone)
            date, clock, zone = text[:6], text[7:12], text[13:]
            rows.append(
                [
                    str(number),
                    date if date != day else "",
                    clock + ("*" if event.observed else ""),
                    zone if zone != offset else "",
                    "" if event.distance_m is None else f"{event.distance_m / 1000:,.1f}",
                    event.place,
                    event.text if event.role == "main" else f"[{event.role}] {event.text}",
                ]
            )
            day, offset = date, zone
    head = ["leg", "date", "time", "zone", "km", "place", "event"]
    return table_text(head, rows, right=frozenset({4}))
