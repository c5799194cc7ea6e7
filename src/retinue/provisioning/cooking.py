"""Cooking of one service as a scheduling problem: jobs, stations, cooks; solved with CP-SAT.

A job takes places of a station from begin to end, and hands while it is active.  Steps of a
dish follow each other; the last ends before the first portion is due and not so early that
the last portion is older than the dish may be held.  Least cooks first, then everything as
late as it may be: what is cooked late waits least.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from retinue.errors import Reason
from retinue.provisioning.constraint_solver import cp_model, solver

__all__ = ["Cooked", "Cooking", "Job", "cook", "shortages"]

_UNIT_MIN = 1
_SECOND_LIMIT = 0.5  # deterministic seconds for the second aim


@dataclass(frozen=True)
class Job:
    """A step of a dish, in whole minutes from the begin of service.

    Attributes
    ----------
    dish, step, sitting
        What it is; sitting 0 is for all.
    units
        Places of the station it takes.
    hands
        Cooks while active.
    active_min, passive_min
        With hands, then without.
    earliest_min
        Not begun before.
    end_from_min, end_until_min
        Ends within.
    after
        Numbers of the jobs that must have ended.
    """

    dish: str
    step: int
    sitting: int
    part: int
    station: str
    units: int
    hands: int
    active_min: int
    passive_min: int
    earliest_min: int
    end_from_min: int
    end_until_min: int
    after: tuple[int, ...] = ()

    @property
    def length_min(self) -> int:
        """Time that it takes at its station."""
        return self.active_min + self.passive_min


@dataclass(frozen=True)
class Cooking:
    """Everything cooked for one service; equal services are equal, whatever the hour."""

    jobs: tuple[Job, ...]
    capacity: tuple[tuple[str, int], ...]
    most_cooks: int


@dataclass(frozen=True)
class Cooked:
    """A timetable.

    Attributes
    ----------
    start_min
        Of each job, from the begin of service.
    cooks
        Cooks at once.
    proven
        No timetable needs fewer.
    waiting_min, waiting_bound_min
        Sum of the minutes that jobs end before they must, and its proven lower bound.
    """

    start_min: tuple[int, ...]
    cooks: int
    proven: bool
    waiting_min: int
    waiting_bound_min: int


@lru_cache(maxsize=512)
def cook(problem: Cooking) -> Cooked | None:
    """Solve; None where no timetable exists with the most cooks there are.

    The number of cooks is raised from a lower bound by energy (`_least_cooks`) until a
    timetable exists, so the first one found is proven least as long as every smaller number
    was refuted and not merely given up.
    """
    if not problem.jobs:
        return Cooked((), 0, True, 0, 0)
    if any(j.end_until_min - j.length_min < j.earliest_min for j in problem.jobs):
        return None
    proven = True
    least = _least_cooks(problem.jobs)
    for cooks in range(least, problem.most_cooks + 1):
        start, refuted = _with_cooks(problem, cooks)
        if start is not None:
            late, bound = _late(problem, cooks, start)
            waiting = sum(
                j.end_until_min - s - j.length_min for j, s in zip(problem.jobs, late, strict=True)
            )
            return Cooked(late, cooks, proven, waiting, min(bound, waiting))
        proven = proven and refuted
    return None


def _least_cooks(jobs: Sequence[Job]) -> int:
    """Return a lower bound: hands-on minutes that must lie in a span, over its length."""
    least = max(j.hands for j in jobs)
    begins = sorted({j.earliest_min for j in jobs} | {j.end_from_min - j.length_min for j in jobs})
    ends = sorted({j.end_until_min - j.passive_min for j in jobs})
    for begin in begins:
        for end in ends:
            if end <= begin:
                continue
            inside = sum(
                j.active_min * j.hands
                for j in jobs
                if max(j.earliest_min, j.end_from_min - j.length_min) >= begin
                and j.end_until_min - j.passive_min <= end
            )
            least = max(least, math.ceil(inside / (end - begin)))
    return least


def _model(problem: Cooking, cooks: int) -> tuple[Any, list[Any]]:
    cp = cp_model()
    model = cp.CpModel()
    starts = []
    by_station: dict[str, list[tuple[Any, int]]] = {}
    hands = []
    for number, job in enumerate(problem.jobs):
        low = max(job.earliest_min, job.end_from_min - job.length_min)
        high = job.end_until_min - job.length_min
        start = model.new_int_var(low, max(low, high), f"s{number}")
        starts.append(start)
        whole = model.new_fixed_size_interval_var(start, max(job.length_min, 1), f"w{number}")
        by_station.setdefault(job.station, []).append((whole, job.units))
        if job.active_min:
            active = model.new_fixed_size_interval_var(start, job.active_min, f"a{number}")
            hands.append((active, job.hands))
        for before in job.after:
            model.add(start >= starts[before] + problem.jobs[before].length_min)
    for station, capacity in problem.capacity:
        listed = by_station.get(station, [])
        if listed:
            model.add_cumulative([i for i, _ in listed], [u for _, u in listed], capacity)
    model.add_cumulative([i for i, _ in hands], [h for _, h in hands], cooks)
    return model, starts


def _with_cooks(problem: Cooking, cooks: int) -> tuple[tuple[int, ...] | None, bool]:
    """Return a timetable, or whether there is none for certain."""
    cp = cp_model()
    model, starts = _model(problem, cooks)
    made = solver()
    status = made.solve(model)
    if status in (cp.OPTIMAL, cp.FEASIBLE):
        return tuple(int(made.value(s)) for s in starts), True
    return None, status == cp.INFEASIBLE


def _late(problem: Cooking, cooks: int, hint: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """Return the timetable in which jobs end as late as they may, and a bound on waiting."""
    cp = cp_model()
    model, starts = _model(problem, cooks)
    for start, value in zip(starts, hint, strict=True):
        model.add_hint(start, value)
    latest = sum(j.end_until_min - j.length_min for j in problem.jobs)
    model.maximize(sum(starts))
    made = solver(_SECOND_LIMIT)
    status = made.solve(model)
    if status not in (cp.OPTIMAL, cp.FEASIBLE):
        return hint, 0
    return (
        tuple(int(made.value(s)) for s in starts),
        max(0, latest - math.floor(made.best_objective_bound + 1e-6)),
    )


def shortages(problem: Cooking, capacity_names: Mapping[str, str] | None = None) -> list[Reason]:
    """Say why no timetable exists: which station or how many cooks are short, by how much.

    Each reason is a span of time in which more minutes of work must lie than there are: no
    order of the jobs escapes it.
    """
    reasons = []
    names = capacity_names or {}
    capacity = dict(problem.capacity)
    for job in problem.jobs:
        short = job.earliest_min + job.length_min - job.end_until_min
        if short > 0:
            reasons.append(
                Reason(
                    f"{job.dish}, step {job.step}, takes {job.length_min} min at the"
                    f" {job.station} and lacks {short} min before it is due",
                    cure=f"begin {short} min earlier, or leave out {job.dish}",
                    kind="kitchen-time",
                )
            )
    for station in sorted({j.station for j in problem.jobs}):
        at = [j for j in problem.jobs if j.station == station]
        worst = _worst([(j, j.length_min * j.units, 0) for j in at], capacity.get(station, 0))
        if worst is not None:
            short, begin, end, dish, spared = worst
            places = capacity.get(station, 0)
            reasons.append(
                Reason(
                    f"the {names.get(station, station)} is short by {short} min between"
                    f" {_clock(begin)} and {_clock(end)} with {places} places",
                    cure=f"begin {math.ceil(short / max(places, 1))} min earlier, add a place,"
                    f" or leave out {dish} ({spared} min)",
                    kind="kitchen-station",
                )
            )
    worst = _worst(
        [(j, j.active_min * j.hands, j.passive_min) for j in problem.jobs], problem.most_cooks
    )
    if worst is not None:
        short, begin, end, dish, spared = worst
        more = math.ceil(short / (end - begin))
        reasons.append(
            Reason(
                f"{problem.most_cooks} cooks are short by {short} min between"
                f" {_clock(begin)} and {_clock(end)}",
                cure=f"{more} more cook{'s' if more > 1 else ''}, begin"
                f" {math.ceil(short / max(problem.most_cooks, 1))} min earlier, or leave out"
                f" {dish} ({spared} min)",
                kind="kitchen-cooks",
            )
        )
    if not reasons:
        reasons.append(
            Reason(
                "stations and cooks together leave no timetable, though each alone would do",
                cure="one more cook, an earlier begin, or fewer dishes",
                kind="kitchen",
            )
        )
    return reasons


def _worst(
    work: Sequence[tuple[Job, int, int]], capacity: int
) -> tuple[int, int, int, str, int] | None:
    """Return the span with the greatest shortage: minutes, begin, end, heaviest dish, its work."""
    bounds = [
        (max(j.earliest_min, j.end_from_min - j.length_min), j.end_until_min - tail, load, j.dish)
        for j, load, tail in work
    ]
    worst: tuple[int, int, int, str, int] | None = None
    for begin in sorted({b for b, _, _, _ in bounds}):
        for end in sorted({e for _, e, _, _ in bounds if e > begin}):
            inside = [(load, dish) for b, e, load, dish in bounds if b >= begin and e <= end]
            short = sum(load for load, _ in inside) - capacity * (end - begin)
            if short > 0 and (worst is None or short > worst[0]):
                by_dish: dict[str, int] = {}
                for load, dish in inside:
                    by_dish[dish] = by_dish.get(dish, 0) + load
                spared, dish = max((load, dish) for dish, load in by_dish.items())
                worst = (short, begin, end, dish, spared)
    return worst


def _clock(minutes: int) -> str:
    """Write a moment counted from the begin of service."""
    if minutes == 0:
        return "the begin of service"
    hours, rest = divmod(abs(minutes), 60)
    span = f"{hours} h {rest:02d}" if hours else f"{rest} min"
    return f"{span} {'before' if minutes < 0 else 'after'} the begin of service"
