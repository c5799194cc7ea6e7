"""Cooking: the least cooks, held to counting every timetable of small kitchens."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.provisioning import constraint_solver
from retinue.provisioning.cooking import Cooking, Job, cook, shortages
from retinue.provisioning.late_cooking import justified, late_timetable


def job(
    dish: str, active: int, passive: int, until: int, *, after: tuple[int, ...] = (), low: int = 0
) -> Job:
    return Job(dish, 1, 0, 1, "grill", 1, 1, active, passive, low, -99, until, after)


def feasible(problem: Cooking, start: tuple[int, ...], cooks: int) -> bool:
    """Check a timetable minute by minute."""
    jobs = list(zip(problem.jobs, start, strict=True))
    places = dict(problem.capacity)
    for at in range(min(start), max(s + j.length_min for j, s in jobs)):
        if sum(j.hands for j, s in jobs if s <= at < s + j.active_min) > cooks:
            return False
        for station, most in places.items():
            if sum(j.units for j, s in jobs
                   if j.station == station and s <= at < s + j.station_min) > most:  # fmt: skip
                return False
    return all(
        s >= j.earliest_min
        and j.end_from_min <= s + j.length_min <= j.end_until_min
        and all(start[b] + problem.jobs[b].length_min <= s for b in j.after)
        for j, s in jobs
    )


def least_by_counting(problem: Cooking) -> int | None:
    ranges = [range(j.earliest_min, j.end_until_min - j.length_min + 1) for j in problem.jobs]
    for cooks in range(1, problem.most_cooks + 1):
        if any(feasible(problem, start, cooks) for start in product(*ranges)):
            return cooks
    return None


jobs_strategy = st.lists(
    st.builds(
        job,
        st.just("dish"),
        st.integers(1, 3),
        st.integers(0, 2),
        st.integers(4, 7),
        low=st.integers(0, 2),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40)
@given(jobs_strategy, st.integers(1, 3))
def test_the_least_cooks_are_those_of_counting_every_timetable(jobs: list[Job], grill: int) -> None:
    problem = Cooking(tuple(jobs), (("grill", grill),), 4)
    found, counted = cook(problem), least_by_counting(problem)
    if counted is None:
        assert found is None
    else:
        assert found is not None
        assert (found.cooks, found.proven) == (counted, True)
        assert feasible(problem, found.start_min, found.cooks)
        assert found.waiting_bound_min <= found.waiting_min


@settings(max_examples=40)
@given(jobs_strategy, st.lists(st.booleans(), min_size=4, max_size=4))
def test_no_single_job_can_be_moved_later_in_what_is_cooked(
    jobs: list[Job], off_station: list[bool]
) -> None:
    mixed = tuple(
        replace(j, rests_elsewhere=off, after=(n - 1,) if off and n else ())
        for n, (j, off) in enumerate(zip(jobs, off_station, strict=False))
    )
    problem = Cooking(mixed, (("grill", 2),), 4)
    found = cook(problem)
    if found is None:
        return
    late = justified(problem, found.cooks, found.start_min)
    assert feasible(problem, late, found.cooks)
    for number in range(len(mixed)):
        later = [*late[:number], late[number] + 1, *late[number + 1 :]]
        assert not feasible(problem, tuple(later), found.cooks)


@settings(max_examples=40)
@given(jobs_strategy)
def test_moving_jobs_later_keeps_the_timetable_sound(jobs: list[Job]) -> None:
    problem = Cooking(tuple(jobs), (("grill", 4),), 4)
    start = late_timetable(problem, 4)
    if start is not None:
        late = justified(problem, 4, start)
        assert feasible(problem, late, 4)
        assert sum(late) >= sum(start)


def test_a_step_waits_for_the_one_before() -> None:
    problem = Cooking(
        (job("duck", 5, 10, 40), job("duck", 5, 0, 40, after=(0,))), (("grill", 2),), 2
    )
    found = cook(problem)
    assert found is not None
    assert found.start_min[1] >= found.start_min[0] + 15


def test_a_station_that_is_short_is_named_with_its_minutes_and_a_cure() -> None:
    jobs = tuple(job(f"dish {n}", 5, 15, 30) for n in range(4))
    problem = Cooking(jobs, (("grill", 2),), 9)
    assert cook(problem) is None
    (reason,) = shortages(problem)
    assert reason.kind == "kitchen-station"
    # 4 jobs of 20 min in 30 min with 2 places: 80 - 60.
    assert "short by 20 min" in reason.what
    assert "leave out" in reason.cure


def test_cooks_that_are_short_are_counted() -> None:
    problem = Cooking(tuple(job(f"dish {n}", 20, 0, 30) for n in range(4)), (("grill", 9),), 1)
    assert cook(problem) is None
    assert any(r.kind == "kitchen-cooks" and "more cook" in r.cure for r in shortages(problem))


def test_without_the_solver_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "ortools.sat.python", None)
    with pytest.raises(InputError, match=r"retinue\[provisioning\]"):
        constraint_solver.cp_model()
