"""Duties of teams and crews: nobody in two places, late, unskilled, or without rest.

Nothing of the protection room is used; the policy is read here.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from retinue.checks.finding import Finding
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan import CrewDuty, Duty, Plan, Protection, Task

__all__ = ["check_crews", "check_duties"]

_SLACK_S = 2.0
_FASTEST_MPS = 50.0  # nobody travels faster than this as the crow flies
_LEAST_REST_S = 8 * 3600.0


def check_duties(plan: Plan, protection: Protection) -> Finding:
    """Check that every task is done in its window by a team that can be there, or is missed."""
    faults: list[str] = []
    tasks = {task.id: task for task in protection.tasks}
    done: dict[str, str] = {}
    for duty in protection.duties:
        faults += [f"{duty.id}: {fault}" for fault in _duty(duty, tasks)]
        for step in duty.steps:
            if step.task in done:
                faults.append(f"{step.task}: done by {done[step.task]} and by {duty.team}")
            done[step.task] = duty.team
    missed = {item.task for item in protection.uncovered}
    for task in protection.tasks:
        if task.request_to or task.id in done:
            continue
        if task.id not in missed:
            faults.append(f"{task.id}: nobody does it and it is not listed as uncovered")
    faults += _overlaps(protection.duties)
    faults += _expired(plan, protection, done)
    looked = f"{counted(len(protection.tasks), 'task')}, {counted(len(protection.duties), 'duty')}"
    return Finding("duties", looked, tuple(faults))


def _duty(duty: Duty, tasks: dict[str, Task]) -> list[str]:
    faults = []
    place: tuple[float, float] | None = None
    free = duty.start_utc
    for step in duty.steps:
        task = tasks.get(step.task)
        if task is None:
            faults.append(f"{step.task} is no task of the journey")
            continue
        lacking = set(task.skills) - set(duty.skills)
        if lacking and duty.skills:
            faults.append(f"{duty.team} lacks {', '.join(sorted(lacking))} for {task.place}")
        if duty.people < task.people:
            faults.append(f"{duty.team} has {duty.people} people, {task.place} needs {task.people}")
        if step.start_utc > task.latest_utc + _SLACK_S:
            faults.append(
                f"{task.place} is begun {step.start_utc - task.latest_utc:.0f} s too late"
            )
        if step.start_utc < task.earliest_utc - _SLACK_S:
            faults.append(f"{task.place} is begun before its window")
        if step.end_utc < max(step.start_utc + task.duration_s, task.until_utc) - _SLACK_S and (
            task.until_utc > task.latest_utc + task.duration_s + 1
        ):
            faults.append(f"{task.place} is left before the passage")
        if step.end_utc < step.start_utc + task.duration_s - _SLACK_S:
            faults.append(f"{task.place} is left before the work is done")
        if step.arrive_utc < free + step.travel_s - _SLACK_S and step is not duty.steps[0]:
            faults.append(f"{duty.team} cannot be at {task.place} in time")
        if place is not None:
            apart = _apart_m(place, (task.lat, task.lon))
            if apart > _FASTEST_MPS * max(step.arrive_utc - free, 0.0) + 100.0:
                faults.append(
                    f"{duty.team} travels {apart / 1000:.1f} km to {task.place} in"
                    f" {step.arrive_utc - free:.0f} s"
                )
        free = step.end_utc
        place = (
            task.lat if task.end_lat is None else task.end_lat,
            task.lon if task.end_lon is None else task.end_lon,
        )
    if duty.steps and (duty.start_utc > duty.steps[0].arrive_utc or duty.end_utc < free):
        faults.append("the duty is shorter than its steps")
    return faults


def _apart_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the distance on the sphere by the haversine formula."""
    la, lb = math.radians(a[0]), math.radians(b[0])
    half = math.sin((lb - la) / 2) ** 2
    half += math.cos(la) * math.cos(lb) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    return 2 * 6_371_009.0 * math.asin(math.sqrt(min(half, 1.0)))


def _overlaps(duties: tuple[Duty, ...]) -> list[str]:
    faults = []
    by_team: dict[str, list[Duty]] = {}
    for duty in duties:
        by_team.setdefault(duty.team, []).append(duty)
    for team, listed in by_team.items():
        for first, second in pairwise(sorted(listed, key=lambda d: d.start_utc)):
            rest = second.start_utc - first.end_utc
            if rest < -_SLACK_S:
                faults.append(f"{team}: two duties overlap")
            elif rest < _LEAST_REST_S:
                faults.append(f"{team}: {rest / 3600:.1f} h of rest between two duties")
    return faults


def _expired(plan: Plan, protection: Protection, done: dict[str, str]) -> list[str]:
    """Name sweeps that nobody holds and that are older than their validity at the passage."""
    ends = {step.task: step.end_utc for duty in protection.duties for step in duty.steps}
    faults = []
    for task in protection.tasks:
        if task.what != "sweep" or task.id not in done:
            continue
        passing = [
            band.tail_utc
            for band in protection.passages
            if (band.leg, band.site) == (task.leg, task.site)
        ]
        if not passing:
            continue
        old = max(passing) - ends[task.id]
        if old > (task.valid_s or 0.0) + _SLACK_S:
            faults.append(
                f"{task.place}: the sweep is {old / 60:.0f} min old at the passage and not held"
            )
    return faults


def check_crews(plan: Plan, protection: Protection) -> Finding:
    """Check that every leg has crews, within hours, with rest between two duties of one crew."""
    faults: list[str] = []
    for leg in plan.legs:
        kinds = {d.kind for d in protection.crews if any(p.leg == leg.id for p in d.pieces)}
        needed = {"rail": {"train crew"}, "air": {"pilots"}, "road": {"drivers"}}[leg.mode]
        faults += [f"{leg.id}: it has no {kind}" for kind in sorted(needed - kinds)]
        if leg.mode == "rail":
            faults += _gaps(leg.id, leg.depart_utc, leg.arrive_utc, protection.crews)
    by_crew: dict[str, list[CrewDuty]] = {}
    for duty in protection.crews:
        by_crew.setdefault(duty.crew, []).append(duty)
        if duty.pieces and (
            duty.start_utc > duty.pieces[0].start_utc or duty.end_utc < duty.pieces[-1].end_utc
        ):
            faults.append(f"{duty.id}: the duty is shorter than its work")
        for one, two in pairwise(duty.pieces):
            if two.start_utc < one.end_utc - _SLACK_S:
                faults.append(f"{duty.id}: two pieces overlap")
    for crew, listed in by_crew.items():
        for first, second in pairwise(sorted(listed, key=lambda d: d.start_utc)):
            rest = second.start_utc - first.end_utc
            if rest < max(first.rest_before_s, second.rest_before_s) - _SLACK_S:
                faults.append(f"{crew}: {rest / 3600:.1f} h of rest between two duties")
    return Finding("crews", counted(len(protection.crews), "duty"), tuple(faults))


def _gaps(leg: str, depart_s: float, arrive_s: float, duties: tuple[CrewDuty, ...]) -> list[str]:
    """Name moments of a railway leg at which the main train moves without a crew."""
    pieces = sorted(
        (p.start_utc, p.end_utc)
        for d in duties
        if d.kind == "train crew" and "main" in d.rule
        for p in d.pieces
        if p.leg == leg
    )
    if not pieces:
        return []
    faults = []
    if pieces[0][0] > depart_s + _SLACK_S or pieces[-1][1] < arrive_s - _SLACK_S:
        faults.append(f"{leg}: the main train has no crew at one of its ends")
    return faults
