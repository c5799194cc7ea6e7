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

import numpy as np
from numpy.typing import NDArray

from retinue.errors import Reason
from retinue.provisioning.constraint_solver import cp_model, solver
from retinue.provisioning.late_cooking import justified, late_timetable, latest_chain

__all__ = ["Cooked", "Cooking", "Job", "cook", "shortages"]

Ints = NDArray[np.int64]
_QUICK_LIMIT = 0.01
_FIRST_LIMIT = 0.05  # deterministic seconds for one number of cooks
_MANY_JOBS = 1000
_TOO_MANY_JOBS = 5000
_FEW_JOBS = 40  # so many are made as late as can be, and proven
_SECOND_LIMIT = 0.01  # deterministic seconds for the second aim


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
    rests_elsewhere
        Whether the time without hands is not spent at the station.
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
    rests_elsewhere: bool = False

    @property
    def station_min(self) -> int:
        """Time for which it takes its places: what sets in a refrigerator leaves them."""
        return self.active_min if self.rests_elsewhere else self.active_min + self.passive_min

    @property
    def length_min(self) -> int:
        """Time from its begin to its end."""
        return self.active_min + self.passive_min


@dataclass(frozen=True)
class Cooking:
    """Everything cooked for one service; equal services are equal, whatever the hour.

    ``most_work_min`` is the longest that one cook works in it.
    """

    jobs: tuple[Job, ...]
    capacity: tuple[tuple[str, int], ...]
    most_cooks: int
    most_work_min: int = 600


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
    least_cooks
        Proven lower bound.
    waiting_min, waiting_bound_min
        Sum of the minutes that jobs end before they must, and its proven lower bound.
    """

    start_min: tuple[int, ...]
    cooks: int
    proven: bool
    waiting_min: int
    waiting_bound_min: int
    least_cooks: int = 0


@lru_cache(maxsize=512)
def cook(problem: Cooking) -> Cooked | None:
    """Solve; None where no timetable exists with the most cooks there are.

    The number of cooks is raised from a lower bound by energy (`_least_cooks`) until a
    timetable is found, by timing jobs late one after another or by the solver; it is proven
    least where every smaller number was refuted and not merely given up.
    """
    if not problem.jobs:
        return Cooked((), 0, True, 0, 0)
    if _is_short(problem):
        return None
    least = _least_cooks(problem)
    if least > problem.most_cooks:
        return None
    start, refuted = _with_cooks(problem, least)
    if start is not None:
        return _timed(problem, least, justified(problem, least, start), True)
    # What so many cooks cannot do, fewer cannot do either.
    refuted_at = least if refuted else least - 1
    quick = next(
        (
            (cooks, timed)
            for cooks in range(least + 1, problem.most_cooks + 1)
            if (timed := late_timetable(problem, cooks)) is not None
        ),
        None,
    )
    below = problem.most_cooks if quick is None else quick[0] - 1
    for cooks in _tries(least + 1, below, len(problem.jobs)):
        start, refuted = _with_cooks(problem, cooks)
        if start is not None:
            late = justified(problem, cooks, start)
            return _timed(problem, cooks, late, refuted_at == cooks - 1)
        refuted_at = cooks if refuted else refuted_at
    if quick is None:
        return None
    return _timed(problem, quick[0], quick[1], refuted_at == quick[0] - 1)


def _tries(least: int, most: int, jobs: int) -> list[int]:
    """Return the numbers of cooks that the solver tries.

    Of many jobs it proves little in bearable time, so it is asked only a few times.
    """
    if jobs <= _MANY_JOBS:
        return list(range(least, most + 1))
    if jobs > _TOO_MANY_JOBS or most < least:
        return []
    return sorted({(least + most) // 2, most})


def _timed(problem: Cooking, cooks: int, start: tuple[int, ...], proven: bool) -> Cooked:
    """Return a timetable with the waiting that it means and the least there must be."""
    jobs = problem.jobs
    bound = sum(j.end_until_min - end for j, end in zip(jobs, latest_chain(jobs), strict=True))
    if len(jobs) <= _FEW_JOBS:
        start, better = _late(problem, cooks, start)
        bound = max(bound, better)
    waiting = sum(j.end_until_min - s - j.length_min for j, s in zip(jobs, start, strict=True))
    least = _least_cooks(problem)
    return Cooked(start, cooks, proven or cooks == least, waiting, min(bound, waiting), least)


def _is_short(problem: Cooking) -> bool:
    """Tell whether some span asks for more than there is: then no search is needed."""
    return shortages(problem)[0].kind != "kitchen"


def _least_cooks(problem: Cooking) -> int:
    """Return a lower bound: hands-on minutes that must lie in a span, over its length.

    In all a cook works no longer than he may, nine tenths of it so that work can be shared out.
    """
    jobs = problem.jobs
    begins, ends, inside = _energy(
        [max(j.earliest_min, j.end_from_min - j.length_min) for j in jobs],
        [j.end_until_min - j.passive_min for j in jobs],
        [j.active_min * j.hands for j in jobs],
    )
    length = ends[None, :] - begins[:, None]
    dense = np.where(length > 0, inside / np.maximum(length, 1), 0.0)
    work = sum(j.active_min * j.hands for j in jobs)
    return max(
        max(j.hands for j in jobs),
        math.ceil(float(dense.max()) - 1e-9),
        math.ceil(work / (0.9 * problem.most_work_min)),
    )


def _energy(
    begin: Sequence[int], end: Sequence[int], load: Sequence[int]
) -> tuple[Ints, Ints, Ints]:
    """Return distinct begins and ends, and the load that must lie between each two of them."""
    begins, at_begin = np.unique(np.asarray(begin, dtype=np.int64), return_inverse=True)
    ends, at_end = np.unique(np.asarray(end, dtype=np.int64), return_inverse=True)
    found = np.zeros((begins.size, ends.size), dtype=np.int64)
    np.add.at(found, (at_begin, at_end), np.asarray(load, dtype=np.int64))
    inside = np.cumsum(np.cumsum(found[::-1], axis=0)[::-1], axis=1)
    return begins, ends, inside


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
        whole = model.new_fixed_size_interval_var(start, max(job.station_min, 1), f"w{number}")
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


def _propagating(limit: float, presolve: bool = False) -> Any:
    """Return a solver that only propagates: the linear relaxation of cumulatives is idle here.

    With it the same problems took a hundred times as long, and most were given up.
    """
    made = solver(limit)
    made.parameters.linearization_level = 0
    made.parameters.cp_model_presolve = presolve
    return made


def _with_cooks(problem: Cooking, cooks: int) -> tuple[tuple[int, ...] | None, bool]:
    """Return a timetable, or whether there is none for certain.

    What can be timed is timed soonest without presolving; presolving refutes what cannot.
    """
    cp = cp_model()
    for presolve, limit in ((False, _QUICK_LIMIT), (True, _FIRST_LIMIT)):
        model, starts = _model(problem, cooks)
        made = _propagating(limit, presolve)
        status = made.solve(model)
        if status in (cp.OPTIMAL, cp.FEASIBLE):
            return tuple(int(made.value(s)) for s in starts), True
        if status == cp.INFEASIBLE:
            return None, True
    return None, False


def _late(problem: Cooking, cooks: int, hint: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
    """Return the timetable in which jobs end as late as they may, and a bound on waiting."""
    cp = cp_model()
    model, starts = _model(problem, cooks)
    for start, value in zip(starts, hint, strict=True):
        model.add_hint(start, value)
    latest = sum(j.end_until_min - j.length_min for j in problem.jobs)
    model.maximize(sum(starts))
    made = _propagating(_SECOND_LIMIT)
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
    done: list[int] = []
    for job in problem.jobs:
        done.append(max([job.earliest_min, *(done[n] for n in job.after)]) + job.length_min)
        short = done[-1] - job.end_until_min
        if short > 0:
            reasons.append(
                Reason(
                    f"{job.dish}, step {job.step}, takes {job.length_min} min at the"
                    f" {job.station} and, with the steps before, lacks {short} min until it is due",
                    cure=f"begin {short} min earlier, or leave out {job.dish}",
                    kind="kitchen-time",
                )
            )
    for station in sorted({j.station for j in problem.jobs}):
        at = [j for j in problem.jobs if j.station == station]
        worst = _worst(
            [(j, j.station_min * j.units, j.length_min - j.station_min) for j in at],
            capacity.get(station, 0),
        )
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
    if not work:
        return None
    begin = [max(j.earliest_min, j.end_from_min - j.length_min) for j, _, _ in work]
    end = [j.end_until_min - tail for j, _, tail in work]
    begins, ends, inside = _energy(begin, end, [load for _, load, _ in work])
    length = ends[None, :] - begins[:, None]
    short = np.where(length > 0, inside - capacity * length, 0)
    row, column = np.unravel_index(int(short.argmax()), short.shape)
    if short[row, column] <= 0:
        return None
    low, high = int(begins[row]), int(ends[column])
    by_dish: dict[str, int] = {}
    for (job, load, _), b, e in zip(work, begin, end, strict=True):
        if b >= low and e <= high:
            by_dish[job.dish] = by_dish.get(job.dish, 0) + load
    spared, dish = max((load, dish) for dish, load in by_dish.items())
    return int(short[row, column]), low, high, dish, spared


def _clock(minutes: int) -> str:
    """Write a moment counted from the begin of service."""
    if minutes == 0:
        return "the begin of service"
    hours, rest = divmod(abs(minutes), 60)
    span = f"{hours} h {rest:02d}" if hours else f"{rest} min"
    return f"{span} {'before' if minutes < 0 else 'after'} the begin of service"
