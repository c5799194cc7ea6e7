"""Who does which task: a vehicle routing problem with time windows, skills and shifts.

In this order: as many tasks as possible are covered; the smallest time to spare before any task
is as large as possible; as few teams as possible; as little travel as possible.  The second aim is
met by narrowing every window from its end until fewer tasks could be covered; the others are
prizes, fixed costs and travel of one problem, far enough apart never to be mixed.  PyVRP's
iterated local search solves each; it stops on iterations, so that equal input gives equal output.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError

if TYPE_CHECKING:
    pass

__all__ = [
    "SLACK_STEP_S",
    "Assignment",
    "Crew",
    "Problem",
    "Stop",
    "Visit",
    "assign",
    "solve",
    "timed",
]

Ints = NDArray[np.int64]

#: The time to spare is found to this grain, and more than `_MOST_SLACK_S` is not sought.
SLACK_STEP_S = 60
_MOST_SLACK_S = 1_800
_FORBIDDEN_S = 10_000_000
_ITERATIONS = 500
_ITERATIONS_A_TASK = 4
_SEED = 1


@dataclass(frozen=True)
class Visit:
    """A task as the problem sees it, whole seconds from the problem's origin.

    Attributes
    ----------
    open_s, close_s
        Between these it begins.
    held_until_s
        It ends then whenever it began; None: it ends `work_s` after its begin.
    load_m
        Metres walked.
    """

    open_s: int
    close_s: int
    work_s: int
    held_until_s: int | None = None
    load_m: int = 0


@dataclass(frozen=True)
class Crew:
    """A team as the problem sees it."""

    open_s: int
    close_s: int
    longest_s: int
    walks_m: int


@dataclass(frozen=True, eq=False)
class Problem:
    """Crews, visits and travel.

    Attributes
    ----------
    travel_s, travel_m
        From the end of place i to the begin of place j, shape (n, n): first the crews' bases,
        then the visits.
    able
        Whether a crew can do a visit, shape (crews, visits).
    """

    crews: tuple[Crew, ...]
    visits: tuple[Visit, ...]
    travel_s: Ints
    travel_m: Ints
    able: NDArray[np.bool_]

    def key(self) -> tuple[Any, ...]:
        """Return what decides the answer, for a memory."""
        return (
            self.crews, self.visits, self.travel_s.tobytes(), self.travel_m.tobytes(),
            self.able.tobytes(),
        )  # fmt: skip


@dataclass(frozen=True)
class Stop:
    """One visit of a crew: when it arrives, begins and is free again."""

    visit: int
    arrive_s: int
    start_s: int
    end_s: int
    travel_s: int


@dataclass(frozen=True)
class Assignment:
    """Stops by crew, what nobody does, and the smallest time to spare, s."""

    stops: tuple[tuple[int, tuple[Stop, ...]], ...]
    missed: tuple[int, ...]
    slack_s: int

    @property
    def travel_s(self) -> int:
        """All travel on the way to tasks."""
        return sum(stop.travel_s for _, stops in self.stops for stop in stops)


def solve(
    problem: Problem,
    stop: Any | None = None,
    *,
    slack_s: int = 0,
    few_teams: bool = True,
    all_of_them: bool = False,
) -> Assignment:
    """Return an assignment with a given time to spare before every visit.

    Parameters
    ----------
    stop
        A stopping rule of PyVRP's; iterations by the size of the problem where None.
    few_teams
        Whether one team less is worth any travel.
    all_of_them
        Ask for every visit or nothing, which is quicker; where that is not found, all are missed.

    Raises
    ------
    InputError
        Where the extra is not installed.
    """
    vrp = _pyvrp()
    if not problem.visits or not problem.crews:
        return Assignment((), tuple(range(len(problem.visits))), slack_s)
    possible = [
        number
        for number, visit in enumerate(problem.visits)
        if visit.close_s - slack_s >= visit.open_s and problem.able[:, number].any()
    ]
    if not possible or (all_of_them and len(possible) < len(problem.visits)):
        return Assignment((), tuple(range(len(problem.visits))), slack_s)
    alike = _alike(problem)
    data = _data(vrp, problem, possible, slack_s, alike, few_teams=few_teams, required=all_of_them)
    rule = stop or vrp.stop.MaxIterations(_ITERATIONS + _ITERATIONS_A_TASK * len(possible))
    result = vrp.solve(data, rule, seed=_SEED, collect_stats=False, display=False)
    routes: list[tuple[int, list[int]]] = []
    if result.is_feasible():
        free = [list(group) for group in alike]
        for route in result.best.routes():
            visits = [possible[a.idx] for a in route if a.is_client()]
            if visits:
                routes.append((free[route.vehicle_type()].pop(0), visits))
    return timed(problem, routes, slack_s)


def assign(problem: Problem) -> Assignment:
    """Return the best assignment: coverage, then time to spare, then teams, then travel."""
    most = _MOST_SLACK_S // SLACK_STEP_S * SLACK_STEP_S
    best = solve(problem, slack_s=most, all_of_them=True)
    if not best.missed:
        return best
    best = solve(problem)
    covered = len(problem.visits) - len(best.missed)
    low, high = 0, _MOST_SLACK_S // SLACK_STEP_S
    while low < high:
        middle = (low + high + 1) // 2
        tried = solve(problem, slack_s=middle * SLACK_STEP_S)
        if len(problem.visits) - len(tried.missed) >= covered:
            low, best = middle, tried
        else:
            high = middle - 1
    return best


def _pyvrp() -> Any:
    try:
        import pyvrp
        import pyvrp.stop
    except ImportError as error:
        raise InputError(
            "sending teams to posts needs the package pyvrp",
            cure="Install it: pip install 'retinue[protection]'.",
        ) from error
    return pyvrp


def _alike(problem: Problem) -> list[list[int]]:
    """Return the crews in groups that nothing tells apart; one of a group stands for all."""
    groups: dict[Any, list[int]] = {}
    for number, crew in enumerate(problem.crews):
        key = (
            crew, problem.able[number].tobytes(), problem.travel_s[number].tobytes(),
            np.ascontiguousarray(problem.travel_s[:, number]).tobytes(),
        )  # fmt: skip
        groups.setdefault(key, []).append(number)
    return list(groups.values())


def _data(
    vrp: Any,
    problem: Problem,
    possible: Sequence[int],
    slack_s: int,
    alike: Sequence[Sequence[int]],
    *,
    few_teams: bool,
    required: bool,
) -> Any:
    """Return the problem in PyVRP's terms.

    A visit that is held begins at the end of its window and lasts until its end: whoever comes
    earlier waits there, which binds the crew alike.
    """
    crews = [problem.crews[group[0]] for group in alike]
    total, count = len(problem.crews), len(crews)
    base = min([c.open_s for c in crews] + [problem.visits[v].open_s for v in possible])
    longest = int(problem.travel_s.max()) + 1
    # Travel of everybody at its worst is less than one team, all teams less than one task.
    per_team = longest * (len(possible) + total + 1)
    per_task = per_team * (total + 1)
    places = [*(group[0] for group in alike), *(total + v for v in possible)]
    seconds = problem.travel_s[np.ix_(places, places)].astype(np.int64)
    kinds: dict[bytes, int] = {}
    matrices: list[Ints] = []
    types = []
    for number, crew in enumerate(crews):
        able = problem.able[alike[number][0], list(possible)]
        if able.tobytes() not in kinds:
            kinds[able.tobytes()] = len(matrices)
            own = seconds.copy()
            barred = np.concatenate((np.zeros(count, np.bool_), ~able))
            own[:, barred] = _FORBIDDEN_S
            np.fill_diagonal(own, 0)
            matrices.append(own)
        types.append(
            vrp.VehicleType(
                num_available=len(alike[number]),
                capacity=[crew.walks_m],
                start_depot=number,
                end_depot=number,
                fixed_cost=per_team if few_teams else 0,
                tw_early=crew.open_s - base,
                tw_late=crew.close_s - base,
                shift_duration=crew.longest_s,
                unit_distance_cost=1,
                profile=kinds[able.tobytes()],
            )
        )
    clients = []
    for place, number in enumerate(possible):
        visit = problem.visits[number]
        close = visit.close_s - slack_s - base
        held = visit.held_until_s is not None
        work = max((visit.held_until_s or 0) - base - close, visit.work_s) if held else visit.work_s
        clients.append(
            vrp.Client(
                location=count + place,
                delivery=[visit.load_m],
                service_duration=work,
                tw_early=close if held else visit.open_s - base,
                tw_late=close,
                prize=0 if required else per_task,
                required=required,
            )
        )
    return vrp.ProblemData(
        locations=[vrp.Location(0, 0) for _ in places],
        clients=clients,
        depots=[vrp.Depot(location=i) for i in range(count)],
        vehicle_types=types,
        distance_matrices=matrices,
        duration_matrices=matrices,
    )


def timed(
    problem: Problem, routes: Sequence[tuple[int, Sequence[int]]], slack_s: int = 0
) -> Assignment:
    """Put routes on the clock: everybody leaves the base as late as the first task lets it."""
    stops: list[tuple[int, tuple[Stop, ...]]] = []
    done: set[int] = set()
    count = len(problem.crews)
    for crew, visits in sorted(routes, key=lambda r: r[0]):
        if not visits:
            continue
        listed: list[Stop] = []
        place, free = crew, problem.crews[crew].open_s
        # No use to stand about: the first task is begun as late as all others let it.
        begin = _latest_begin(problem, visits, slack_s)
        for number in visits:
            visit = problem.visits[number]
            travel = int(problem.travel_s[place, count + number])
            arrive = free + travel if listed else max(free + travel, begin)
            start = max(arrive, visit.open_s)
            end = start + visit.work_s
            if visit.held_until_s is not None:
                end = max(end, visit.held_until_s)
            listed.append(Stop(number, arrive, start, end, travel))
            place, free = count + number, end
        stops.append((crew, tuple(listed)))
        done.update(visits)
    missed = tuple(v for v in range(len(problem.visits)) if v not in done)
    spare = [
        problem.visits[stop.visit].close_s - stop.start_s for _, listed in stops for stop in listed
    ]
    return Assignment(tuple(stops), missed, min(spare, default=slack_s))


def _latest_begin(problem: Problem, visits: Sequence[int], slack_s: int) -> int:
    """Return the latest begin of the first visit that keeps all windows."""
    count = len(problem.crews)
    latest = begin_after = 0
    after: int | None = None
    for number in reversed(visits):
        visit = problem.visits[number]
        latest = visit.close_s - slack_s
        if after is not None and visit.held_until_s is None:
            travel = int(problem.travel_s[count + number, count + after])
            latest = min(latest, begin_after - travel - visit.work_s)
        begin_after, after = latest, number
    return latest
