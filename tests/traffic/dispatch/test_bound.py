"""A lower bound must never exceed what somebody has reached.

Outside authority: the best known objectives of DISPLIB's instances (`best_known.csv`); on random
small problems the optimum, found by trying everything.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

import retinue
from retinue.traffic.dispatch.bound import alone_bound, lower_bound
from retinue.traffic.dispatch.group_model import solve_group
from retinue.traffic.dispatch.infeasible import infeasibility
from retinue.traffic.dispatch.problem import Problem, read_problem
from retinue.traffic.dispatch.windows import windows_of
from tests.traffic.dispatch.small_problems import least_cost, random_problem

#: One instance of every family but the largest.
SAMPLE = (
    "nor1_critical_3", "nor1_full_3", "nor2_3", "nor3_3", "nor4_small_3", "smi_close_3",
    "smi_headway_3", "swi_1", "wab_large_3", "wab_small_3",
)  # fmt: skip


def best_known(shared: Path) -> dict[str, int]:
    with (shared / "data" / "displib" / "best_known.csv").open() as lines:
        return {row["instance"]: int(row["best_known"]) for row in csv.DictReader(lines)}


def test_trains_alone_cost_no_more_than_the_best_known(shared: Path, displib: Path) -> None:
    best = best_known(shared)
    for name in SAMPLE:
        assert 0 <= alone_bound(read_problem(displib / f"{name}.json")) <= best[name]


def test_groups_of_trains_cost_no_more_than_the_best_known(shared: Path, displib: Path) -> None:
    best = best_known(shared)
    for name in ("nor1_critical_5", "nor1_full_3", "swi_1"):
        bound = lower_bound(read_problem(displib / f"{name}.json"), effort=4)
        assert bound.alone <= bound.value <= best[name]
    assert bound.value == 0


def test_published_optima_are_reached_where_two_trains_dispute(shared: Path) -> None:
    folder = shared / "data" / "displib" / "displib_instances_testing"
    for name, best in (("headway1", 34), ("swapping1", 30), ("swapping2", 15)):
        problem = read_problem(folder / f"displib_testinstances_{name}.json")
        bound = lower_bound(problem)
        assert bound.value <= best
        assert bound.value == best


@pytest.mark.parametrize("seed", range(60))
def test_no_solution_of_a_small_problem_is_under_the_bound(seed: int) -> None:
    document = random_problem(np.random.default_rng(1000 + seed))
    best = least_cost(document)
    if best is None:
        return
    problem = Problem.from_json(document)
    bound = lower_bound(problem)
    assert alone_bound(problem) == bound.alone <= bound.value <= best


@pytest.mark.parametrize("seed", range(60))
def test_the_exact_model_finds_the_least_cost_of_small_problems(seed: int) -> None:
    document = random_problem(np.random.default_rng(2000 + seed), tight=bool(seed % 2))
    problem = Problem.from_json(document)
    windows = windows_of(problem)
    best = least_cost(document)
    if windows.blocked:
        assert best is None
        return
    trains = range(problem.trains)
    exact = solve_group(problem, windows, trains, limit=10.0, ranks=True)
    assert exact.infeasible == (best is None)
    relaxed = solve_group(problem, windows, trains, limit=10.0)
    if best is not None:
        assert exact.optimal
        assert relaxed.bound <= exact.bound == best


def test_times_near_the_limit_of_the_format_prove_little_but_do_not_hurt() -> None:
    use = [{"resource": "r", "release_time": 2**40}]
    train = [
        {"start_lb": 2**40, "min_duration": 2**40, "resources": use, "successors": [1]},
        {"min_duration": 2**40, "successors": []},
    ]
    parts = [{"type": "op_delay", "train": t, "operation": 1, "coeff": 2**15} for t in (0, 1)]
    problem = Problem.from_json({"trains": [train, train], "objective": parts})
    bound = lower_bound(problem)
    assert bound.value >= bound.alone == 2 * 2**15 * 2**41
    assert infeasibility(problem) == ()


def test_the_shipped_example_costs_what_trying_everything_says() -> None:
    file = Path(retinue.__file__).parent / "data" / "dispatch" / "meeting.json"
    document = json.loads(file.read_text())
    for part in document["objective"]:
        part |= {"coeff": part.get("coeff", 0), "increment": part.get("increment", 0)}
    assert least_cost(document) == lower_bound(read_problem(file)).value == 2150


def test_the_bound_is_reproducible(displib: Path) -> None:
    problem = read_problem(displib / "nor1_full_3.json")
    assert lower_bound(problem, effort=4) == lower_bound(problem, effort=4)
