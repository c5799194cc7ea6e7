"""What must be asked for, what the weather may change, who is sent ahead: tables of a plan."""

from __future__ import annotations

from retinue.plan import Condition, Deadline, Leg, Note, Paper, Permit, Plan, Support
from retinue.report.flight_tables import flight_tables
from retinue.report.march_tables import car_tables, march_tables
from retinue.report.table import Table, filled_columns
from retinue.report.wording import (
    duration_text,
    grouped,
    limit_text,
    moment_text,
    role_name,
)

__all__ = [
    "asked_tables",
    "condition_tables",
    "leg_tables",
    "leg_words",
    "paper_table",
    "paper_title",
    "papers_in_full",
    "remarks_of",
    "support_words",
]

#: Papers of more lines than this together are listed, not printed.
_MOST_LINES = 260


def leg_tables(leg: Leg) -> list[Table]:
    """Return the tables of one mode's own figures."""
    return [*flight_tables(leg), *march_tables(leg), *car_tables(leg)]


def remarks_of(leg: Leg) -> tuple[Note, ...]:
    """Return a leg's notes without those that its table of runways tells again."""
    told = {one["name"] for one in leg.details.get("runways", ())}
    return tuple(n for n in leg.notes if n.level == "warning" or n.subject not in told)


def asked_tables(plan: Plan) -> list[Table]:
    """Return deadlines and permits; those of other ways after the plan's own."""
    own = [one for one in plan.deadlines if not one.way]
    ways = list(dict.fromkeys(one.way for one in plan.deadlines if one.way))
    tables = [_deadline_table("Deadlines", own)]
    for way in ways:
        there = [one for one in plan.deadlines if one.way == way]
        tables.append(_deadline_table(f"Deadlines, {way}", there))
    tables.append(_permit_table(plan.permits))
    return [filled_columns(table) for table in tables if table.rows]


def _deadline_table(title: str, deadlines: list[Deadline]) -> Table:
    return Table(
        title,
        ("latest day", "what", "in", "lead time", "before", "owner", "state", "mark"),
        tuple(
            (
                one.latest_date,
                one.what,
                one.country,
                one.lead_text,
                one.due_text,
                one.owner,
                f"{one.state} {one.number}".strip(),
                one.confidence,
            )
            for one in deadlines
        ),
        wide={1: 1.0, 4: 1.8, 5: 1.0},
        light=frozenset(k for k, one in enumerate(deadlines) if one.confidence == "assumed"),
        strong=frozenset(k for k, one in enumerate(deadlines) if one.state == "refused"),
    )


def _permit_table(permits: tuple[Permit, ...]) -> Table:
    rows = []
    for one in permits:
        tied = [one.registration, one.call_sign, one.aircraft[0] if one.aircraft else ""]
        window = "–"
        if one.valid_from_utc is not None and one.valid_until_utc is not None:
            first, last = (moment_text(v, "UTC") for v in (one.valid_from_utc, one.valid_until_utc))
            window = f"{first} to {last}".replace("+00", "UTC")
        state = f"{one.state} {one.number}".strip()
        rows.append(
            (
                f"{one.kind}, {one.country}" + (f" ({one.way})" if one.way else ""),
                ", ".join(word for word in tied if word),
                window,
                f"VOID: {'; '.join(one.void)}" if one.void else state,
            )
        )
    return Table(
        "Permits, and what they are tied to", ("permit", "tied to", "window", "state"),
        tuple(rows), wide={0: 1.0, 1: 1.0, 3: 1.0},
        strong=frozenset(k for k, one in enumerate(permits) if one.void),
    )  # fmt: skip


def condition_tables(plan: Plan) -> list[Table]:
    """Return the hours of light of each leg, and the limits of weather with their fallbacks."""
    made = [_light_table(plan)]
    for number, leg in enumerate(plan.legs, start=1):
        listed = [one for one in plan.conditions if one.leg == leg.id]
        made.append(_condition_table(f"Leg {number}, {leg.title}", listed))
    return [filled_columns(table) for table in made if table.rows]


def _light_table(plan: Plan) -> Table:
    rows = []
    for number, leg in enumerate(plan.legs, start=1):
        light = leg.details.get("light")
        if not light:
            continue
        ends = [place for place in light["places"] if place["light"] != "day"]
        rows.append(
            (
                str(number),
                leg.title,
                *(
                    duration_text(light[name]) if light[name] else "–"
                    for name in ("day_s", "civil_twilight_s", "dark_s")
                ),
                ", ".join(f"{one['place']}: {one['light']}" for one in ends),
            )
        )
    return Table("Light", ("leg", "", "day", "twilight", "dark", "ends and stops"), tuple(rows),
                 right=frozenset({2, 3, 4}), wide={1: 1.0, 5: 1.0})  # fmt: skip


def _condition_table(title: str, listed: list[Condition]) -> Table:
    # What is beyond its limit comes first; the rest in the order of deciding.
    ordered = sorted(listed, key=lambda one: (one.exceeded is not True, one.decide_utc))
    rows = tuple(
        (
            moment_text(one.decide_utc, one.zone),
            ", ".join(w for w in (one.hazard, role_name(one.site_class), one.place) if w),
            limit_text(one.limit, one.unit),
            "" if one.expected is None else limit_text(one.expected, one.unit),
            f"{one.trigger}: {one.fallback}",
        )
        for one in ordered
    )
    return Table(
        title, ("decide by", "hazard", "limit", "expected", "watch: what it starts"), rows,
        wide={1: 1.0, 4: 2.4}, right=frozenset({2, 3}),
        light=frozenset(k for k, one in enumerate(ordered) if one.confidence == "assumed"),
        strong=frozenset(k for k, one in enumerate(ordered) if one.exceeded),
    )  # fmt: skip


def leg_words(leg: str) -> str:
    """Return ``leg 2`` for the leg of the id ``2-rail``."""
    number = leg.partition("-")[0]
    return f"leg {number}" if number.isdigit() else leg


def paper_title(paper: Paper) -> str:
    """Return what a paper is, and of which leg and way."""
    kind, _, leg = paper.title.partition(": ")
    way = f" ({paper.way})" if paper.way else ""
    return f"{kind}, {leg_words(paper.leg)}{way}" if leg and paper.leg else kind + way


def paper_table(plan: Plan) -> Table:
    """Return the list of papers: what, to whom, and how much in it is assumed."""
    rows = tuple(
        (paper_title(one), one.to,
         str(len(one.text.splitlines())), grouped(len(one.assumed)) if one.assumed else "–")
        for one in plan.papers
    )  # fmt: skip
    return Table("Papers", ("paper", "to", "lines", "assumed"), rows, right=frozenset({2, 3}),
                 wide={0: 1.0, 1: 1.0})  # fmt: skip


def papers_in_full(plan: Plan) -> list[Paper]:
    """Return the papers that are printed whole: of the plan's own legs, if they are not long."""
    own = [one for one in plan.papers if not one.way]
    if sum(len(one.text.splitlines()) for one in own) <= _MOST_LINES:
        return own
    return [one for one in own if one.kind == "flight-plan"]


def support_words(one: Support) -> str:
    """Return which leg a support movement serves, by when, and what hinders it."""
    words = [f"serves {leg_words(one.for_leg)}"] if one.for_leg else []
    if one.due_utc is not None and one.legs:
        words.append(f"due by {moment_text(one.due_utc, one.legs[-1].to.zone)}")
    if one.slack_s is not None:
        late = one.slack_s < 0
        words.append(f"{duration_text(abs(one.slack_s))} {'TOO LATE' if late else 'to spare'}")
    words += [f"not possible: {reason}" for reason in one.reasons]
    return ", ".join(words)
