"""Duty sheets: tasks given to teams, and what nobody can do with the cheapest way to cover it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.clock import duration_text
from retinue.plan.duty import Duty, DutyStep, UncoveredTask
from retinue.protection.assignment import Assignment, Crew, Problem, Visit, assign

if TYPE_CHECKING:
    from retinue.plan import Task
    from retinue.protection.teams import Team

__all__ = ["Travel", "TravelMatrix", "give_out"]

Ints = NDArray[np.int64]
_COMMANDER = "protection commander"


@dataclass(frozen=True, eq=False)
class TravelMatrix:
    """Seconds and metres from place to place, shape (n, n)."""

    seconds: Ints
    metres: Ints


#: Given begins and ends of places ((lat, lon), shape (n, 2)), the travel from the end of each to
#: the begin of each.
Travel = Callable[[NDArray[np.float64], NDArray[np.float64]], TravelMatrix]


@dataclass(frozen=True)
class GivenOut:
    """Duties, tasks nobody does, and the smallest time to spare."""

    duties: tuple[Duty, ...]
    uncovered: tuple[UncoveredTask, ...]
    slack_s: float | None


def give_out(
    tasks: Sequence[Task],
    teams: Sequence[Team],
    travel: Travel,
    origin_s: float,
    remembered: Callable[[Problem, Callable[[], Assignment]], Assignment],
    *,
    walks_m: float = 20_000.0,
) -> GivenOut:
    """Give tasks to teams.

    Parameters
    ----------
    origin_s
        Moment that the problem counts from, e.g. the departure: the same journey at another hour
        is the same problem as long as no shift binds.
    remembered
        Looks an assignment up by its problem, or computes it.
    walks_m
        Most that one team walks along the line in a duty.
    """
    own = [task for task in tasks if not task.request_to]
    if not own:
        return GivenOut((), (), None)
    if not teams:
        return GivenOut(
            (), tuple(UncoveredTask(task=t.id, place=t.place, because="there is no team",
                                    cure="name teams in a team file") for t in own), None,
        )  # fmt: skip
    begins = [(t.lat, t.lon) for t in teams] + [(t.lat, t.lon) for t in own]
    ends = [(t.lat, t.lon) for t in teams] + [
        (t.lat if t.end_lat is None else t.end_lat, t.lon if t.end_lon is None else t.end_lon)
        for t in own
    ]
    matrix = travel(np.array(begins), np.array(ends))
    problem = _problem(own, teams, matrix, origin_s, walks_m)
    assignment = remembered(problem, lambda: assign(problem))
    duties = _duties(own, teams, problem, assignment, origin_s)
    uncovered = tuple(_uncovered(own[v], teams, problem, v) for v in assignment.missed)
    return GivenOut(duties, uncovered, float(assignment.slack_s) if duties else None)


def _problem(
    tasks: Sequence[Task],
    teams: Sequence[Team],
    matrix: TravelMatrix,
    origin_s: float,
    walks_m: float,
) -> Problem:
    visits = []
    for task in tasks:
        work = round(task.duration_s)
        held = task.until_utc > task.latest_utc + task.duration_s + 1.0
        visits.append(
            Visit(
                open_s=round(task.earliest_utc - origin_s),
                close_s=round(task.latest_utc - origin_s),
                work_s=work,
                held_until_s=round(task.until_utc - origin_s) if held else None,
                load_m=round((task.to_m or 0.0) - (task.from_m or 0.0)),
            )
        )
    far = int(matrix.seconds.max())
    low = min(v.open_s for v in visits) - far
    high = max(max(v.held_until_s or 0, v.close_s + v.work_s) for v in visits) + far
    return Problem(
        # A shift that does not bind looks like any other.
        crews=tuple(
            Crew(
                open_s=max(round(team.from_s - origin_s), low),
                close_s=min(round(team.until_s - origin_s), high),
                longest_s=round(team.longest_s),
                walks_m=round(walks_m),
            )
            for team in teams
        ),
        visits=tuple(visits),
        travel_s=matrix.seconds,
        travel_m=matrix.metres,
        able=np.array([[team.can(task) for task in tasks] for team in teams], np.bool_),
    )


def _duties(
    tasks: Sequence[Task],
    teams: Sequence[Team],
    problem: Problem,
    assignment: Assignment,
    origin_s: float,
) -> tuple[Duty, ...]:
    found: list[Duty] = []
    count = len(teams)
    for crew, stops in assignment.stops:
        team = teams[crew]
        steps, place = [], crew
        for number, stop in enumerate(stops):
            task = tasks[stop.visit]
            leave = (
                stops[number + 1].start_s - stops[number + 1].travel_s
                if (number + 1 < len(stops))
                else stop.end_s
            )
            steps.append(
                DutyStep(
                    task=task.id,
                    what=task.what,
                    place=task.place,
                    arrive_utc=origin_s + stop.arrive_s,
                    start_utc=origin_s + stop.start_s,
                    end_utc=origin_s + stop.end_s,
                    leave_utc=origin_s + max(min(leave, stop.end_s), stop.end_s),
                    travel_s=float(stop.travel_s),
                    travel_m=float(problem.travel_m[place, count + stop.visit]),
                    contact=_COMMANDER,
                )
            )
            place = count + stop.visit
        home = int(problem.travel_s[place, crew])
        spare = min(problem.visits[s.visit].close_s - s.start_s for s in stops)
        found.append(
            Duty(
                id=f"duty-{len(found) + 1}",
                team=team.name,
                base=team.base,
                zone=team.zone,
                vehicle=team.vehicle,
                people=team.people,
                skills=tuple(sorted(team.skills)),
                start_utc=origin_s + stops[0].arrive_s - stops[0].travel_s,
                end_utc=origin_s + stops[-1].end_s + home,
                steps=tuple(steps),
                slack_s=float(spare),
                assumed=team.assumed,
            )
        )
    return tuple(found)


def _uncovered(task: Task, teams: Sequence[Team], problem: Problem, number: int) -> UncoveredTask:
    """Say why nobody does a task, and what would cost least to have it done."""
    able = [i for i in range(len(teams)) if problem.able[i, number]]
    visit, count = problem.visits[number], len(teams)
    if not able:
        wanted = ", ".join(task.skills) or "no special skill"
        return UncoveredTask(
            task=task.id,
            place=task.place,
            because=f"no team has {task.people} people and {wanted}",
            cure=f"add one such team, or give the skill to {teams[0].name}",
        )
    end = visit.close_s + visit.work_s
    if visit.held_until_s is not None:
        end = max(end, visit.held_until_s)
    gaps = []
    for i in able:
        crew = problem.crews[i]
        late = crew.open_s + int(problem.travel_s[i, count + number]) - visit.close_s
        over = end + int(problem.travel_s[count + number, i]) - crew.close_s
        gaps.append((max(late, 0) + max(over, 0), i, max(late, 0), max(over, 0)))
    _, best, late, over = min(gaps)
    team = teams[best]
    if late or over:
        parts = [f"begin {duration_text(late)} earlier"] if late else []
        parts += [f"stay {duration_text(over)} longer"] if over else []
        return UncoveredTask(
            task=task.id,
            place=task.place,
            because="the shift of every team that could do it is too short or too far away",
            cure=f"let {team.name} {' and '.join(parts)}",
        )
    return UncoveredTask(
        task=task.id,
        place=task.place,
        because="every team that could do it is bound elsewhere at that time",
        cure=f"one more team like {team.name} at {team.base}",
    )
