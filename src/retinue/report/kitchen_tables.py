"""Tables of the kitchen: what is cooked for which meal, shifts, stations."""

from __future__ import annotations

from collections import Counter

from retinue.plan.local_clock import LocalClock
from retinue.plan.meals import KitchenJob, KitchenRecord
from retinue.report.meal_tables import meal_name
from retinue.report.table import Table
from retinue.report.wording import duration_text, grouped

__all__ = ["ashore_words", "cooking_table", "most_at_once", "shift_table", "station_table"]


def most_at_once(jobs: list[KitchenJob]) -> int:
    """Return the places of a station that jobs take at once, at most."""
    turns = sorted(
        [(job.start_utc, job.units) for job in jobs]
        + [(job.station_until_utc, -job.units) for job in jobs],
        key=lambda one: (one[0], one[1]),
    )
    most = taken = 0
    for _, change in turns:
        taken += change
        most = max(most, taken)
    return most


def cooking_table(kitchen: KitchenRecord, clock: LocalClock) -> Table:
    """Return for each meal when its work begins, what it is, and where."""
    rows = []
    for meal in sorted(kitchen.meals, key=lambda one: (one.time_utc, one.id)):
        jobs = [job for job in kitchen.jobs if job.meal == meal.id]
        if not jobs:
            continue
        work: Counter[str] = Counter()
        for job in jobs:
            work[job.station] += round((job.active_until_utc - job.start_utc) * job.hands / 60)
        busiest = ", ".join(f"{name}\u00a0{grouped(mins)}" for name, mins in work.most_common(3))
        cooks = {cook for job in jobs for cook in job.cooks}
        # A course that comes late in the meal may not be begun yet when it is due at the earliest.
        final = [job for job in jobs if job.last_step] or jobs
        first = min(job.first_portion_utc for job in final)
        rows.append(
            (
                clock.moment(meal.time_utc),
                meal_name(meal),
                clock.moment(min(job.start_utc for job in jobs)),
                f"{clock.clock(first)}–{clock.clock(max(job.served_until_utc for job in jobs))}",
                grouped(len({job.dish for job in jobs})),
                grouped(sum(job.portions for job in jobs if job.last_step)),
                str(len(cooks)),
                busiest,
            )
        )
    return Table(
        "Work by meal",
        ("served", "meal", "begun", "first to last", "dishes", "portions", "cooks",
         "minutes of hands"),
        tuple(rows), right=frozenset({4, 5, 6}), wide={7: 1.0},
    )  # fmt: skip


def shift_table(kitchen: KitchenRecord, clock: LocalClock) -> Table:
    """Return the working days of the cooks, by their begin."""
    rows = tuple(
        (
            clock.moment(one.start_utc),
            clock.moment(one.end_utc),
            one.cook,
            duration_text(one.end_utc - one.start_utc),
            duration_text(one.work_s),
            "–" if one.rest_before_s is None else duration_text(one.rest_before_s),
        )
        for one in sorted(kitchen.shifts, key=lambda s: (s.start_utc, len(s.cook), s.cook))
    )
    least = " (no timetable needs fewer)" if kitchen.cooks_proven else (
        f" (no timetable needs fewer than {kitchen.cooks_bound})" if kitchen.cooks_bound else ""
    )  # fmt: skip
    team = " (the least)" if kitchen.team_proven else ""
    return Table(
        "Shifts", ("on duty", "until", "cook", "duty", "hands at work", "rest before"), rows,
        right=frozenset({3, 4, 5}), wide={2: 1.0},
        note=f"{kitchen.cooks} cooks at once{least}, {kitchen.team} people in all{team}; on duty"
        f" at most {duration_text(kitchen.longest_duty_s)}, at work at most"
        f" {duration_text(kitchen.longest_work_s)}, rest at least"
        f" {duration_text(kitchen.least_rest_s)}.",
    )  # fmt: skip


def station_table(kitchen: KitchenRecord) -> Table:
    """Return the stations and how far they are used."""
    rows = []
    for station in kitchen.stations:
        jobs = [job for job in kitchen.jobs if job.station == station.station]
        rows.append(
            (
                station.station,
                str(station.capacity),
                str(most_at_once(jobs)),
                grouped(len(jobs)),
                f"{station.source} ({station.confidence})",
            )
        )
    return Table(
        "Stations", ("station", "places", "taken at most", "jobs", "source"), tuple(rows),
        right=frozenset({1, 2, 3}), wide={4: 1.0},
        light=frozenset(k for k, s in enumerate(kitchen.stations) if s.confidence == "assumed"),
    )  # fmt: skip


def ashore_words(kitchen: KitchenRecord) -> str:
    """Return what is done ashore, as it takes longer than the train is under way before."""
    if not kitchen.before_departure:
        return ""
    return "Done ashore before departure: " + "; ".join(kitchen.before_departure) + "."
