"""Tables of life on board: who eats, the meals, times without service, the programme."""

from __future__ import annotations

from collections.abc import Mapping

from retinue.clock import local
from retinue.plan.local_clock import LocalClock
from retinue.plan.meals import MealRecord
from retinue.plan.provision import Provision
from retinue.report.table import Table, filled_columns
from retinue.report.wording import duration_text, role_name

__all__ = [
    "closed_table",
    "conflict_table",
    "group_table",
    "meal_name",
    "meal_names",
    "meal_table",
    "people_text",
    "programme_table",
]


def people_text(people: Mapping[str, int]) -> str:
    """Return ``guards 38, staff 40``."""
    return ", ".join(f"{role_name(group)} {count}" for group, count in people.items())


def meal_name(meal: MealRecord) -> str:
    """Return ``dinner`` or, of those who eat by their body's clock, ``dinner (body)``."""
    return meal.kind if meal.clock == "local" else f"{meal.kind} (body)"


def meal_names(provision: Provision, clock: LocalClock) -> dict[str, str]:
    """Return ``dinner (body) of 27 Jul`` for each meal by its id."""
    return {
        meal.id: f"{meal_name(meal)} of "
        + " ".join(clock.moment(meal.time_utc).replace("\u00a0", " ").split()[:2])
        for meal in provision.kitchen.meals
    }


def group_table(provision: Provision) -> Table:
    """Return who is fed how: class, clock, diets and allergies."""
    rows = tuple(
        (
            role_name(group.role),
            str(group.people),
            group.meal_class,
            "body's clock" if group.meals_by == "body" else "local clock",
            group.body_zone,
            people_text(group.diets) or "–",
            people_text(group.allergies) or "–",
        )
        for group in provision.groups
    )
    return Table(
        "Who is fed", ("", "people", "class", "eats by", "comes from", "diets", "allergies"), rows,
        right=frozenset({1}), wide={5: 1.0, 6: 1.0},
        note="Diets and allergies are counted apart: nothing rests on who has both.",
    )  # fmt: skip


def meal_table(provision: Provision, clock: LocalClock) -> Table:
    """Return every meal with its sittings and who is served elsewhere."""
    kitchen = provision.kitchen
    by_body = any(meal.clock != "local" for meal in kitchen.meals)
    rows = []
    for meal in sorted(kitchen.meals, key=lambda one: (one.time_utc, one.id)):
        served = [
            f"{clock.clock(one.from_utc)}–{clock.clock(one.until_utc)} {one.coach}"
            f" ({people_text(one.people)})"
            for one in kitchen.sittings
            if one.meal == meal.id
        ]
        # Those of one time and reason share a line.
        apart: dict[tuple[float, float, str], dict[str, int]] = {}
        for room in kitchen.room_service:
            if room.meal == meal.id:
                place = apart.setdefault((room.from_utc, room.until_utc, room.because), {})
                place[room.group] = place.get(room.group, 0) + room.people
        served += [
            f"{clock.clock(begin)}–{clock.clock(end)} {because} ({people_text(people)})"
            for (begin, end, because), people in apart.items()
        ]
        moved = f"moved: {'; '.join(meal.moved_because)}" if meal.moved_because else ""
        rows.append(
            (
                clock.moment(meal.time_utc),
                _body(meal),
                meal_name(meal),
                "; ".join([*served, moved] if moved else served),
                meal.between,
            )
        )
    table = Table(
        "Meals", ("local", "body", "meal", "sittings", "between"), tuple(rows),
        wide={3: 2.4, 4: 1.0},
        note=f"{kitchen.seats} seats in the dining coaches, at most {kitchen.stewards} stewards at"
        " once."
        + (" Body: by the clock that the body still keeps." if by_body else "")
        + (" No plan of sittings takes less time." if kitchen.sittings_proven else ""),
    )  # fmt: skip
    return filled_columns(table)


def _body(meal: MealRecord) -> str:
    if meal.body_offset_s is None:
        return ""
    there = local(round(meal.time_utc / 60) * 60.0 + meal.body_offset_s, "UTC")
    return f"{there:%H:%M}"


def closed_table(provision: Provision, clock: LocalClock) -> Table:
    """Return the times without service, quiet hours apart."""
    shut = [one for one in provision.kitchen.closed if one.kind != "quiet hours"]
    rows = tuple(
        (
            clock.span(one.from_utc, one.until_utc),
            duration_text(one.until_utc - one.from_utc),
            one.kind,
            one.place,
            one.why,
        )
        for one in shut
    )
    strong = frozenset(k for k, one in enumerate(shut) if one.kind == "toilets locked")
    return Table("No meal is served", ("local", "for", "", "at", "because"), rows,
                 right=frozenset({1}), wide={4: 1.0}, strong=strong)  # fmt: skip


def programme_table(provision: Provision) -> Table:
    """Return the calendar in local and body time; what clashes is told first."""
    clashing = {one.entry for one in provision.programme.conflicts}
    entries = provision.programme.entries
    rows = tuple(
        (
            one.local,
            one.body,
            duration_text(one.end_utc - one.start_utc),
            one.what if one.what == one.kind or one.kind == "other" else f"{one.what} ({one.kind})",
            ", ".join(map(role_name, one.who)),
            role_name(one.where),
            one.between,
        )
        for one in entries
    )
    table = Table(
        "Calendar", ("local", "body", "for", "what", "who", "where", "between"), rows,
        right=frozenset({2}), wide={3: 1.4, 4: 1.0, 6: 1.0},
        strong=frozenset(k for k, one in enumerate(entries) if one.id in clashing),
        note="Bold: it clashes with something." if clashing else "",
    )  # fmt: skip
    return filled_columns(table)


def conflict_table(provision: Provision, clock: LocalClock) -> Table:
    """Return what does not fit."""
    rows = tuple(
        (clock.span(one.from_utc, one.until_utc), one.kind, one.text)
        for one in provision.programme.conflicts
    )
    return Table("Conflicts", ("local", "", "what clashes"), rows, wide={2: 1.0},
                 strong=frozenset(range(len(rows))))  # fmt: skip
