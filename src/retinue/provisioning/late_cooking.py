"""Jobs timed one after another, each as late as stations and hands allow.

Steps are taken from the last to the first, the one that may end latest first.  It is quick
and often reaches the least cooks there can be; where it does not, the constraint solver
searches on.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.kernels import njit

if TYPE_CHECKING:
    from retinue.provisioning.cooking import Cooking, Job

__all__ = ["justified", "last_fit", "late_timetable", "latest_chain"]

_RULES = 4
_PASSES = 20


def latest_chain(jobs: Sequence[Job]) -> list[int]:
    """Return the latest end of each job, its successors considered but no station or hand."""
    latest = [job.end_until_min for job in jobs]
    for number in range(len(jobs) - 1, -1, -1):
        for before in jobs[number].after:
            latest[before] = min(latest[before], latest[number] - jobs[number].length_min)
    return latest


def late_timetable(problem: Cooking, cooks: int) -> tuple[int, ...] | None:
    """Return the begin of each job, or None where this way of timing finds no timetable."""
    for rule in range(_RULES):
        found = _by_rule(problem, cooks, rule)
        if found is not None:
            return found
    return None


def justified(problem: Cooking, cooks: int, start: tuple[int, ...]) -> tuple[int, ...]:
    """Return a timetable moved as late as it goes.

    First all jobs are placed anew, from the one that ends last; that may fail, because what
    rests off the station or without hands leaves gaps into which others have moved.  Then
    single jobs are moved later, all others staying where they are, until none can be.
    """
    return _moved_later(problem, cooks, _by_rule(problem, cooks, 0, start) or start)


def _moved_later(problem: Cooking, cooks: int, start: tuple[int, ...]) -> tuple[int, ...]:
    jobs, found = problem.jobs, list(start)
    origin, free, hands = _nothing_taken(problem, cooks)
    following: list[list[int]] = [[] for _ in jobs]
    for number, job in enumerate(jobs):
        for before in job.after:
            following[before].append(number)

    def take(number: int, sign: int) -> None:
        job, at = jobs[number], found[number] - origin
        free[job.station][at : at + job.station_min] -= sign * job.units
        hands[at : at + job.active_min] -= sign * job.hands

    for number in range(len(jobs)):
        take(number, 1)
    for _ in range(_PASSES):
        moved = False
        for number in sorted(range(len(jobs)), key=lambda n: (-found[n] - jobs[n].length_min, n)):
            job = jobs[number]
            until = min([job.end_until_min, *(found[n] for n in following[number])])
            low, high = found[number] - origin, until - job.length_min - origin
            if high <= low:
                continue
            take(number, -1)
            place = _last_fit(free[job.station], hands, job, low, high)
            if place is not None and place > low:
                found[number] = place + origin
                moved = True
            take(number, 1)
        if not moved:
            break
    return tuple(found)


def _nothing_taken(
    problem: Cooking, cooks: int
) -> tuple[int, dict[str, NDArray[np.int64]], NDArray[np.int64]]:
    """Return the first minute, and from it on the free places by station and the free hands."""
    jobs = problem.jobs
    origin = min(min(j.earliest_min, j.end_from_min - j.length_min) for j in jobs)
    horizon = max(j.end_until_min for j in jobs) - origin + 1
    free = {station: np.full(horizon, places, np.int64) for station, places in problem.capacity}
    return origin, free, np.full(horizon, cooks, np.int64)


def _by_rule(
    problem: Cooking, cooks: int, rule: int, old: tuple[int, ...] | None = None
) -> tuple[int, ...] | None:
    jobs = problem.jobs
    origin, free, hands = _nothing_taken(problem, cooks)
    latest = [job.end_until_min for job in jobs]
    waits_for = [0] * len(jobs)
    for job in jobs:
        for before in job.after:
            waits_for[before] += 1
    start = [0] * len(jobs)

    def rank(number: int) -> tuple[int, int, int]:
        # Complete once a job is ready: its successors are placed, its latest end is known.
        job = jobs[number]
        if old is not None:
            return (-old[number] - job.length_min, 0, number)
        first, second = _priority(job, latest[number], rule)
        return (-first, -second, number)

    ready = [rank(n) for n, waiting in enumerate(waits_for) if not waiting]
    heapify(ready)
    while ready:
        number = heappop(ready)[2]
        job = jobs[number]
        low = max(job.earliest_min, job.end_from_min - job.length_min) - origin
        high = latest[number] - job.length_min - origin
        place = _last_fit(free[job.station], hands, job, low, high)
        if place is None:
            return None
        free[job.station][place : place + job.station_min] -= job.units
        hands[place : place + job.active_min] -= job.hands
        start[number] = place + origin
        for before in job.after:
            latest[before] = min(latest[before], start[number])
            waits_for[before] -= 1
            if not waits_for[before]:
                heappush(ready, rank(before))
    return tuple(start)


def _priority(job: Job, latest: int, rule: int) -> tuple[int, int]:
    slack = latest - job.length_min - job.earliest_min
    if rule == 0:
        return (latest, job.length_min * job.units)
    if rule == 1:
        return (latest - job.length_min // 2, job.active_min)
    if rule == 2:
        return (-slack, job.length_min * job.units)
    return (job.length_min * job.units, latest)


def _last_fit(
    free: NDArray[np.int64], hands: NDArray[np.int64], job: Job, low: int, high: int
) -> int | None:
    """Return the last begin within bounds at which station and hands suffice throughout."""
    length = max(job.station_min, 1)
    place = last_fit(free, hands, length, job.units, job.active_min, job.hands, low, high)
    return None if place < low else int(place)


@njit("i8(i8[::1], i8[::1], i8, i8, i8, i8, i8, i8)", cache=True, nogil=True)
def last_fit(  # type: ignore[no-untyped-def]
    free, hands, length, units, active, wanted, low, high
):
    """Return the last begin within bounds at which something fits; below them where none does.

    Parameters
    ----------
    free, length, units
        Free places by minute, and how long how many are taken.
    hands, active, wanted
        Free hands by minute, likewise.
    """
    if high < low:
        return low - 1
    # The next minute at which there is too little, from the begin that is looked at.
    few_places, few_hands = high + length, high + active
    for minute in range(high + length - 1, high, -1):
        if free[minute] < units:
            few_places = minute
    for minute in range(high + active - 1, high, -1):
        if hands[minute] < wanted:
            few_hands = minute
    for begin in range(high, low - 1, -1):
        if free[begin] < units:
            few_places = begin
        if active > 0 and hands[begin] < wanted:
            few_hands = begin
        if few_places >= begin + length and few_hands >= begin + active:
            return begin
    return low - 1
