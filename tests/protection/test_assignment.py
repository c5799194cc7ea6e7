"""Teams are sent where an exact model would send them, and never where they cannot be in time."""

from __future__ import annotations

import numpy as np
import pytest

from retinue.protection.assignment import (
    SLACK_STEP_S,
    Assignment,
    Crew,
    Problem,
    Visit,
    assign,
    solve,
)
from tests.protection.exact_assignment import MOST, best

CASES = 50


def _problem(seed: int) -> Problem:
    rng = np.random.default_rng(seed)
    crews, visits = int(rng.integers(1, 4)), int(rng.integers(2, 13))
    # Twelve tasks for two or three teams: some must stay undone, most do not.
    at = rng.uniform(0, 20_000, (crews + visits, 2))
    end = at.copy()
    walked = rng.random(visits) < 0.15
    end[crews:][walked] += rng.uniform(-3_000, 3_000, (int(walked.sum()), 2))
    apart = np.hypot(*(end[:, None, :] - at[None, :, :]).transpose(2, 0, 1))
    travel = np.rint(apart * 1.3 / 13.9).astype(np.int64)
    np.fill_diagonal(travel, 0)
    listed = []
    for number in range(visits):
        close = int(rng.integers(3_600, 5 * 3_600))
        work = int(rng.integers(120, 1_800))
        held = close + work + int(rng.integers(60, 3_600)) if rng.random() < 0.6 else None
        open_ = close - int(rng.integers(0, 7_200))
        load = 4_000 if walked[number] else 0
        listed.append(Visit(open_, close, work, None if load else held, load))
    return Problem(
        crews=tuple(
            Crew(int(rng.integers(-3_600, 3_600)), 10 * 3_600, int(rng.integers(4, 9)) * 3_600,
                 8_000)
            for _ in range(crews)
        ),
        visits=tuple(listed),
        travel_s=travel,
        travel_m=np.rint(apart).astype(np.int64),
        able=rng.random((crews, visits)) < 0.85,
    )  # fmt: skip


def _figures(problem: Problem, found: Assignment) -> tuple[int, int, int, int]:
    shift = len(problem.crews)
    home = sum(int(problem.travel_s[shift + stops[-1].visit, crew]) for crew, stops in found.stops)
    covered = len(problem.visits) - len(found.missed)
    spare = min(found.slack_s // SLACK_STEP_S, MOST) if covered else MOST
    return covered, spare, len(found.stops), found.travel_s + home


@pytest.mark.parametrize("seed", range(CASES))
def test_it_equals_the_exact_model(seed: int) -> None:
    problem = _problem(seed)
    assert _figures(problem, assign(problem)) == best(problem)


@pytest.mark.parametrize("seed", range(20))
def test_nobody_is_late_or_in_two_places(seed: int) -> None:
    problem = _problem(1_000 + seed)
    found = assign(problem)
    shift = len(problem.crews)
    seen = []
    for crew, stops in found.stops:
        at, free = crew, problem.crews[crew].open_s
        leave = stops[0].start_s - stops[0].travel_s
        for stop in stops:
            visit = problem.visits[stop.visit]
            assert problem.able[crew, stop.visit]
            assert stop.start_s >= free + problem.travel_s[at, shift + stop.visit]
            assert visit.open_s <= stop.start_s <= visit.close_s
            assert stop.end_s >= max(stop.start_s + visit.work_s, visit.held_until_s or -(10**9))
            at, free = shift + stop.visit, stop.end_s
            seen.append(stop.visit)
        back = free + int(problem.travel_s[at, crew])
        assert back <= problem.crews[crew].close_s
        assert back - leave <= problem.crews[crew].longest_s
    assert sorted((*seen, *found.missed)) == list(range(len(problem.visits)))


def test_the_same_problem_has_the_same_answer() -> None:
    problem = _problem(3)
    assert assign(problem) == assign(problem)


def test_more_time_to_spare_never_covers_more() -> None:
    problem = _problem(7)
    missed = [len(solve(problem, slack_s=s).missed) for s in (0, 300, 900, 1_800)]
    assert missed == sorted(missed)


def test_without_teams_everything_is_missed() -> None:
    problem = _problem(1)
    bare = Problem((), problem.visits, problem.travel_s, problem.travel_m, problem.able[:0])
    assert assign(bare).missed == tuple(range(len(problem.visits)))
