"""A plan in a few lines: what a planner reads first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.clock import duration_text, local_text
from retinue.counting import counted
from retinue.terminal_text import table_text

if TYPE_CHECKING:
    from retinue.plan.leg import Leg
    from retinue.plan.plan import Plan
    from retinue.plan.records import Note

__all__ = [
    "comparison_lines",
    "leg_rows",
    "short_text",
    "summary_text",
    "table_text",
    "timeline_text",
    "untold_notes",
]

#: Stops shorter than this and without a stated purpose stay out of the summary.
_SUMMARY_STOP_S = 600.0

#: Notes of the summary; the rest is counted.  A note longer than a line is cut at a sentence.
_SUMMARY_NOTES = 3
_NOTE_WIDTH = 150


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


def untold_notes(plan: Plan) -> tuple[Note, ...]:
    """Return the plan's notes without those that the table of conditions tells again."""
    told = {f"{one.hazard} on {leg.title}" for one in plan.conditions for leg in plan.legs}
    if plan.conditions:
        told.add("weather")
    return tuple(n for n in plan.notes if n.level == "warning" or n.subject not in told)


def short_text(text: str, most: int) -> str:
    """Return a text cut after its last sentence or word that fits."""
    if len(text) <= most:
        return text
    cut = text[: most - 4]
    for end in (". ", "; ", " (", " "):
        at = cut.rfind(end)
        if at > most // 2:
            return cut[: at + (end == ". ")].rstrip(" ;:") + " ..."
    return cut + " ..."


def _note_lines(plan: Plan, folder: str) -> list[str]:
    notes = sorted(untold_notes(plan), key=lambda note: note.level != "warning")
    lines = [
        short_text(
            f"{'!' if note.level == 'warning' else '-'} {note.subject}: {note.text}", _NOTE_WIDTH
        )
        for note in notes[:_SUMMARY_NOTES]
    ]
    on_legs = [note for leg in plan.legs for note in leg.notes if note not in plan.notes]
    more = [*notes[_SUMMARY_NOTES:], *on_legs]
    if more or any(line.endswith("...") for line in lines):
        grave = sum(note.level == "warning" for note in more)
        words = f"{len(more)} more note{'s' if len(more) != 1 else ''}" if more else "in full"
        words += f", {grave} of them warning{'s' if grave != 1 else ''}" if grave else ""
        lines.append(f"- {words}: retinue show {folder} --notes")
    return lines


def _condition_line(plan: Plan, folder: str) -> str:
    """Return what is expected beyond its limit, or how many limits are watched."""
    beyond = [one for one in plan.conditions if one.exceeded]
    if not plan.conditions:
        return ""
    command = f"retinue show {folder} --conditions"
    if not beyond:
        return (
            f"- {counted(len(plan.conditions), 'limit of weather and light')} to watch: {command}"
        )
    first = min(beyond, key=lambda one: one.decide_utc)
    more = f" and {len(beyond) - 1} more" if len(beyond) > 1 else ""
    return (
        f"- beyond a limit: {first.hazard} ({first.place or first.site_class}){more}, decide by"
        f" {local_text(first.decide_utc, first.zone).strip()}: {command}"
    )


def _asked_line(plan: Plan, folder: str) -> str:
    waiting = [d for d in plan.deadlines if d.state in ("to do", "refused") and not d.way]
    if not waiting:
        return ""
    first = min(waiting, key=lambda one: one.latest_date)
    things = counted(len(waiting), "thing")
    return (
        f"- {things} to be asked for, the first ({first.what}, {first.country}) by"
        f" {first.latest_date}: retinue deadlines {folder}"
    )


def summary_text(plan: Plan, folder: str = "DIR") -> str:
    """Return the summary: legs with local times, alternatives, remarks, what else there is.

    Parameters
    ----------
    plan
        What is summed up.
    folder
        Where it lies, for the commands that show more.
    """
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
    lines = [
        *_note_lines(plan, folder), _condition_line(plan, folder), _asked_line(plan, folder),
    ]  # fmt: skip
    if plan.papers:
        lines.append(
            f"- {counted(len(plan.papers), 'paper')} ready to send: retinue papers {folder}"
        )
    if plan.assumptions:
        first = plan.assumptions[0]
        example = short_text(f"{first.subject}: {first.what} {first.value}", 56).removesuffix(
            " ..."
        )
        lines.append(
            f"- {counted(len(plan.assumptions), 'assumption')} ({example}, ...):"
            f" retinue show {folder} --assumptions"
        )
    if told := [line for line in lines if line]:
        parts.append("\n" + "\n".join(told))
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
