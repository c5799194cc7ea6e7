"""The kitchen's timetable: nobody in two places, nothing too late, too full, or held too long.

Nothing of the provisioning room is used.  When toilets are locked is read from the plan's own
timeline, border control from its stops.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from retinue.checks.finding import Finding
from retinue.clock import iso_utc
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan import Plan
    from retinue.plan.meals import KitchenJob, KitchenRecord

__all__ = ["check_kitchen"]

_SLACK_S = 61.0  # times are planned in whole minutes
_BORDER = frozenset({"border", "customs", "passport"})


def check_kitchen(plan: Plan, kitchen: KitchenRecord) -> Finding:
    """Check meals, sittings, jobs and shifts."""
    faults = [
        *_closed(plan, kitchen),
        *_seats(kitchen),
        *_everybody(kitchen),
        *_stations(kitchen),
        *_cooks(kitchen),
        *_dishes(kitchen),
        *_shifts(kitchen),
    ]
    looked = (
        f"{counted(len(kitchen.meals), 'meal')}, {counted(len(kitchen.sittings), 'sitting')},"
        f" {counted(len(kitchen.jobs), 'job')},"
        f" {counted(len(kitchen.shifts), 'shift')}"
    )
    return Finding("kitchen", looked, tuple(faults))


def _locked(plan: Plan) -> Iterator[tuple[float, float, str]]:
    for leg in plan.legs:
        if leg.mode != "rail":
            continue
        for event in leg.timeline:
            if event.role == "main" and event.kind == "gauge-change":
                until = event.time_utc + (event.duration_s or 0.0)
                yield event.time_utc, until, f"toilets are locked at {event.place}"
        for stop in leg.main.stops:
            if _BORDER & set(stop.why.casefold().replace(",", " ").split()):
                yield stop.arrive_s, stop.depart_s, f"border control at {stop.place}"


def _closed(plan: Plan, kitchen: KitchenRecord) -> Iterator[str]:
    shut = [(a, b, why) for a, b, why in _locked(plan)]
    shut += [(c.from_utc, c.until_utc, f"{c.kind} {c.place}".strip()) for c in kitchen.closed]
    aboard = [(leg.depart_utc, leg.arrive_utc) for leg in plan.legs if leg.mode == "rail"]
    for sitting in kitchen.sittings:
        name = f"{sitting.meal}, sitting {sitting.number}"
        why = {
            reason
            for begin, end, reason in shut
            if sitting.from_utc < end - _SLACK_S and begin + _SLACK_S < sitting.until_utc
        }
        if why:
            yield f"{name} is served at {iso_utc(sitting.from_utc)}: {', '.join(sorted(why))}"
        if not any(
            a <= sitting.from_utc + _SLACK_S and sitting.until_utc <= b + _SLACK_S
            for a, b in aboard
        ):
            yield f"{name} is served while the party is not on the train"


def _seats(kitchen: KitchenRecord) -> Iterator[str]:
    for sitting in kitchen.sittings:
        people = sum(sitting.people.values())
        if people > min(sitting.seats, kitchen.seats):
            yield (
                f"{sitting.meal}, sitting {sitting.number}: {people} people,"
                f" {min(sitting.seats, kitchen.seats)} seats"
            )
    ordered = sorted(kitchen.sittings, key=lambda s: s.from_utc)
    for first, second in pairwise(ordered):
        if second.from_utc < first.until_utc - _SLACK_S:
            together = sum(first.people.values()) + sum(second.people.values())
            if together > kitchen.seats:
                yield (
                    f"{first.meal} sitting {first.number} and {second.meal} sitting"
                    f" {second.number} are at table at once: {together} people,"
                    f" {kitchen.seats} seats"
                )


def _everybody(kitchen: KitchenRecord) -> Iterator[str]:
    for meal in kitchen.meals:
        fed: dict[str, int] = {}
        for sitting in kitchen.sittings:
            if sitting.meal == meal.id:
                for group, people in sitting.people.items():
                    fed[group] = fed.get(group, 0) + people
        for room in kitchen.room_service:
            if room.meal == meal.id:
                fed[room.group] = fed.get(room.group, 0) + room.people
        for group in sorted(set(meal.people) | set(fed)):
            if fed.get(group, 0) != meal.people.get(group, 0):
                yield (
                    f"{meal.id}: {fed.get(group, 0)} of {meal.people.get(group, 0)} {group} are fed"
                )


def _peak(spans: Iterable[tuple[float, float, int]]) -> tuple[int, float]:
    """Return the most at once and when that begins."""
    changes: list[tuple[float, int]] = []
    for begin, end, amount in spans:
        if end > begin:
            changes += [(begin, amount), (end, -amount)]
    most, now, when = 0, 0, 0.0
    for moment, change in sorted(changes):
        now += change
        if now > most:
            most, when = now, moment
    return most, when


def _stations(kitchen: KitchenRecord) -> Iterator[str]:
    capacity = {s.station: s.capacity for s in kitchen.stations}
    by_station: dict[str, list[KitchenJob]] = {}
    for job in kitchen.jobs:
        by_station.setdefault(job.station, []).append(job)
        if job.active_until_utc < job.start_utc or job.end_utc < job.active_until_utc:
            yield f"{job.id} ends before it begins"
    for station, jobs in sorted(by_station.items()):
        most, when = _peak((j.start_utc, j.station_until_utc, j.units) for j in jobs)
        if most > capacity.get(station, 0):
            yield (
                f"the {station} has {capacity.get(station, 0)} places and {most} jobs"
                f" at {iso_utc(when)}"
            )


def _cooks(kitchen: KitchenRecord) -> Iterator[str]:
    by_cook: dict[str, list[KitchenJob]] = {}
    for job in kitchen.jobs:
        if job.active_until_utc > job.start_utc and len(set(job.cooks)) < job.hands:
            yield f"{job.id} has {len(set(job.cooks))} of {job.hands} cooks"
        for cook in job.cooks:
            by_cook.setdefault(cook, []).append(job)
    for cook, jobs in sorted(by_cook.items()):
        for first, second in pairwise(sorted(jobs, key=lambda j: (j.start_utc, j.id))):
            if second.start_utc < first.active_until_utc - 1.0:
                yield f"{cook} is at {first.id} and at {second.id} at once"
        shifts = [(s.start_utc, s.end_utc) for s in kitchen.shifts if s.cook == cook]
        for job in jobs:
            if not any(a <= job.start_utc + 1 and job.active_until_utc <= b + 1 for a, b in shifts):
                yield f"{cook} is at {job.id} outside of his shifts"


def _dishes(kitchen: KitchenRecord) -> Iterator[str]:
    chains: dict[tuple[str, str, int], list[KitchenJob]] = {}
    for job in kitchen.jobs:
        chains.setdefault((job.meal, job.dish, job.sitting), []).append(job)
        held = job.served_until_utc - job.end_utc
        if job.last_step and held > job.hold_s + _SLACK_S:
            yield (
                f"{job.dish} for {job.meal} is {held / 60:.0f} min old when the last is served,"
                f" it may be held {job.hold_s / 60:.0f} min"
            )
        if job.end_utc > job.served_until_utc + _SLACK_S:
            yield f"{job.dish} for {job.meal}, step {job.step}, ends after it is served"
    for (meal, dish, sitting), jobs in chains.items():
        # Steps that serve all sittings come before those of each.
        before = chains.get((meal, dish, 0), []) if sitting else []
        for job in jobs:
            for other in (*before, *jobs):
                if other.step < job.step and other.end_utc > job.start_utc + 1.0:
                    yield f"{dish} for {meal}: step {job.step} begins before step {other.step} ends"


def _shifts(kitchen: KitchenRecord) -> Iterator[str]:
    by_cook: dict[str, list[tuple[float, float, float]]] = {}
    jobs: dict[str, list[KitchenJob]] = {}
    for job in kitchen.jobs:
        for cook in dict.fromkeys(job.cooks):
            jobs.setdefault(cook, []).append(job)
    for shift in kitchen.shifts:
        span = (shift.start_utc, shift.end_utc, shift.work_s)
        by_cook.setdefault(shift.cook, []).append(span)
        if shift.end_utc - shift.start_utc > kitchen.longest_duty_s + _SLACK_S:
            yield f"{shift.cook} is on duty for {(shift.end_utc - shift.start_utc) / 3600:.1f} h"
        work = sum(
            min(j.active_until_utc, shift.end_utc) - max(j.start_utc, shift.start_utc)
            for j in jobs.get(shift.cook, ())
            if j.start_utc < shift.end_utc and j.active_until_utc > shift.start_utc
        )
        if work > kitchen.longest_work_s + _SLACK_S:
            yield f"{shift.cook} works {work / 3600:.1f} h in one shift"
    for cook, spans in sorted(by_cook.items()):
        for (_, end, _), (begin, _, _) in pairwise(sorted(spans)):
            if begin - end < kitchen.least_rest_s - _SLACK_S:
                yield f"{cook} has {(begin - end) / 3600:.1f} h of rest before {iso_utc(begin)}"
