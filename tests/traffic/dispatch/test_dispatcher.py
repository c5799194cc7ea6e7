"""The dispatcher's solutions must be allowed by the rules and, where small, proven the best.

The rules are checked by `retinue.checks.dispatch`, which shares no code with the solver; the best
is found by trying every way of every train in every order of the trains on every resource.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from retinue.checks.dispatch import verify_documents
from retinue.errors import InputError
from retinue.traffic.dispatch.dispatcher import Result, solve
from retinue.traffic.dispatch.problem import Problem
from tests.traffic.dispatch.single_track import line

DISPLIB = Path("data") / "displib"
INFINITE = 10**9


def assert_allowed(document: dict[str, Any], result: Result) -> None:
    assert result.solution is not None
    verdict = verify_documents(document, result.solution.as_json(Problem.from_json(document)))
    assert verdict.feasible, verdict.faults
    assert verdict.objective == result.objective


def ways(train: list[dict[str, Any]], at: int = 0) -> list[list[int]]:
    """Return every way of a train from an operation to its exit."""
    if at == len(train) - 1:
        return [[at]]
    return [[at, *rest] for after in train[at]["successors"] for rest in ways(train, after)]


def earliest(document: dict[str, Any], chosen: list[list[int]], first: dict[Any, bool]) -> int:
    """Return the cost with the given ways and orders; `INFINITE` where they contradict."""
    trains = document["trains"]
    node = {(t, o): i for i, (t, o) in enumerate((t, o) for t, w in enumerate(chosen) for o in w)}
    arcs = []
    for t, way in enumerate(chosen):
        arcs += [
            (node[t, a], node[t, b], trains[t][a]["min_duration"], 0)
            for a, b in itertools.pairwise(way)
        ]
    for (a, b), before in first.items():
        (t, o), (s, p) = (a, b) if before else (b, a)
        place = chosen[t].index(o)
        if place + 1 == len(chosen[t]):
            return INFINITE
        release = max(
            r.get("release_time", 0)
            for r in trains[t][o]["resources"]
            if r["resource"] in {q["resource"] for q in trains[s][p]["resources"]}
        )
        arcs.append((node[t, chosen[t][place + 1]], node[s, p], release, 1))
    # Times are pairs, whole time and place within one instant; a handover is one place.
    at = {i: (trains[t][o].get("start_lb", 0), 0) for (t, o), i in node.items()}
    for _ in range(len(node) + 1):
        moved = False
        for a, b, length, handover in arcs:
            then = (at[a][0] + length, at[a][1] + handover)
            if at[b] < then:
                at[b] = then
                moved = True
        if not moved:
            break
    else:
        return INFINITE
    cost = 0
    for (t, o), i in node.items():
        if at[i][0] > trains[t][o].get("start_ub", INFINITE):
            return INFINITE
        for part in document["objective"]:
            late = at[i][0] - part.get("threshold", 0)
            if (part["train"], part["operation"]) == (t, o) and late >= 0:
                cost += part.get("coeff", 0) * late + part.get("increment", 0)
    return cost


def exhausted(document: dict[str, Any]) -> int:
    """Return the least cost over all ways and orders."""
    trains = document["trains"]
    best = INFINITE
    for chosen in itertools.product(*(ways(train) for train in trains)):
        operations = [(t, o) for t, way in enumerate(chosen) for o in way]
        pairs = [
            (a, b)
            for a, b in itertools.combinations(operations, 2)
            if a[0] != b[0]
            and {r["resource"] for r in trains[a[0]][a[1]]["resources"]}
            & {r["resource"] for r in trains[b[0]][b[1]]["resources"]}
        ]
        if len(pairs) > 9:
            reject()
        for orders in itertools.product((True, False), repeat=len(pairs)):
            best = min(
                best, earliest(document, list(chosen), dict(zip(pairs, orders, strict=True)))
            )
    return best


@st.composite
def problems(draw: st.DrawFn, bounded: bool) -> dict[str, Any]:
    """Draw two or three trains over few resources, with releases, step costs and choices of way."""
    trains = []
    for _ in range(draw(st.integers(2, 3))):
        length = draw(st.integers(2, 3))
        train: list[dict[str, Any]] = []
        for place in range(length):
            exit_ = place == length - 1
            names = [] if exit_ else draw(st.lists(st.sampled_from("abc"), max_size=2, unique=True))
            after = [] if exit_ else [place + 1]
            if place + 2 < length and draw(st.booleans()):
                after.append(place + 2)
            train.append(
                {
                    "min_duration": draw(st.sampled_from([0, 0, 1, 3])),
                    "start_lb": draw(st.sampled_from([0, 0, 2])),
                    "successors": after,
                    "resources": [
                        {"resource": name, "release_time": draw(st.sampled_from([0, 0, 2]))}
                        for name in names
                    ],
                }
            )
        if bounded and draw(st.booleans()):
            train[0]["start_ub"] = train[0]["start_lb"] + draw(st.integers(0, 3))
        trains.append(train)
    objective = [
        {
            "type": "op_delay",
            "train": t,
            "operation": draw(st.integers(0, len(train) - 1)),
            "threshold": draw(st.integers(0, 5)),
            "coeff": draw(st.integers(0, 2)),
            "increment": draw(st.sampled_from([0, 0, 4])),
        }
        for t, train in enumerate(trains)
    ]
    return {"trains": trains, "objective": objective}


@settings(max_examples=60)
@given(document=problems(bounded=False))
def test_small_problems_are_solved_to_the_best(document: dict[str, Any]) -> None:
    best = exhausted(document)
    result = solve(Problem.from_json(document), iterations=400)
    assert_allowed(document, result)
    assert result.objective == best
    assert result.bound <= best


@settings(max_examples=60)
@given(document=problems(bounded=True))
def test_with_latest_starts_nothing_better_than_the_best_is_claimed(
    document: dict[str, Any],
) -> None:
    # Local search need not find the one solution that a contrived problem has.
    best = exhausted(document)
    result = solve(Problem.from_json(document), iterations=400)
    assert result.bound <= best
    if result.solution is not None:
        assert_allowed(document, result)
        assert result.objective is not None
        assert result.objective >= best


@pytest.mark.parametrize("name", ["headway1", "swapping1", "swapping2"])
def test_published_test_instances_reach_the_published_value(shared: Path, name: str) -> None:
    folder = shared / DISPLIB
    document = json.loads(
        (folder / "displib_instances_testing" / f"displib_testinstances_{name}.json").read_text()
    )
    published = json.loads(
        (
            folder / "displib_solution_testing" / f"displib_solution_testinstances_{name}.json"
        ).read_text()
    )
    result = solve(Problem.from_json(document), iterations=200)
    assert_allowed(document, result)
    assert result.objective is not None
    assert result.objective <= published["objective_value"]


@pytest.mark.parametrize("name", ["infeasible1", "infeasible2"])
def test_infeasible_test_instances_get_no_solution(shared: Path, name: str) -> None:
    path = shared / DISPLIB / "displib_instances_testing" / f"displib_testinstances_{name}.json"
    result = solve(Problem.from_json(json.loads(path.read_text())), iterations=100)
    assert result.solution is None
    assert result.status in ("unsolved", "infeasible")


@settings(max_examples=8)
@given(seed=st.integers(0, 10**6), trains=st.integers(2, 9), stations=st.integers(2, 6))
def test_single_track_traffic_is_dispatched_by_the_rules(
    seed: int, trains: int, stations: int
) -> None:
    document = line(trains, stations, seed)
    assert_allowed(document, solve(Problem.from_json(document), iterations=300, seed=seed))


def test_the_same_seed_gives_the_same_solution() -> None:
    problem = Problem.from_json(line(8, 5, 3))
    first, again = (solve(problem, iterations=600, workers=2, seed=7) for _ in range(2))
    assert first.solution is not None
    assert again.solution is not None
    assert first.solution.operation.tolist() == again.solution.operation.tolist()
    assert first.solution.time.tolist() == again.solution.time.tolist()
    assert first.iterations == again.iterations


def test_more_iterations_never_end_worse_than_the_start() -> None:
    document = line(9, 5, 11)
    seen: list[int | None] = []
    result = solve(
        Problem.from_json(document),
        iterations=1000,
        progress=lambda cost, bound, iterations, seconds: seen.append(cost),
    )
    found = [cost for cost in seen if cost is not None]
    assert found == sorted(found, reverse=True)
    assert result.objective is not None
    assert result.objective <= found[-1]


def test_stopped_it_hands_back_the_best_so_far() -> None:
    document = line(9, 6, 5)
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 2

    result = solve(Problem.from_json(document), time_s=3600.0, stop=stop)
    assert_allowed(document, result)
    assert result.status in ("feasible", "optimal")


@pytest.mark.parametrize("key", ["coeff", "increment"])
def test_costs_beyond_what_can_be_added_up_are_refused(key: str) -> None:
    document = line(4, 3, 1)
    document["objective"][0][key] = 2**40
    if key == "increment":
        document["objective"] *= 100
    with pytest.raises(InputError, match="costs are too high"):
        solve(Problem.from_json(document), iterations=1)


def test_very_long_operations_are_dispatched_too() -> None:
    document = line(3, 3, 1)
    document["trains"][0][1]["min_duration"] = 2**34
    assert_allowed(document, solve(Problem.from_json(document), iterations=50))


def test_trains_may_not_swap_places_within_an_instant() -> None:
    # Two trains on two tracks, each wanting the other's: no order of events allows it.
    def train(mine: str, other: str) -> list[dict[str, Any]]:
        return [
            {"start_ub": 0, "min_duration": 1, "resources": [{"resource": mine}],
             "successors": [1]},
            {"min_duration": 1, "resources": [{"resource": other}], "successors": [2]},
            {"min_duration": 0, "successors": []},
        ]  # fmt: skip

    document = {"trains": [train("a", "b"), train("b", "a")], "objective": []}
    assert solve(Problem.from_json(document), iterations=50).solution is None
