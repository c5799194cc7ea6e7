"""A problem is called infeasible where it is, with a reason, and never where it is not.

Outside authority: DISPLIB's own infeasible and feasible test instances; on random small problems
everything is tried (`small_problems`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retinue.errors import NoPlan
from retinue.traffic.dispatch.infeasible import infeasibility, refuse_infeasible
from retinue.traffic.dispatch.problem import Problem, read_problem
from tests.traffic.dispatch.small_problems import least_cost, random_problem


def instance(shared: Path, name: str) -> Problem:
    folder = shared / "data" / "displib" / "displib_instances_testing"
    return read_problem(folder / f"displib_testinstances_{name}.json")


def test_infeasible_instances_are_proven_so_with_a_reason(shared: Path) -> None:
    for name, words in (("infeasible1", "neither"), ("infeasible2", "wait for each other")):
        with pytest.raises(NoPlan) as caught:
            refuse_infeasible(instance(shared, name))
        (reason,) = caught.value.reasons
        assert words in reason.what
        assert "train 0" in reason.what
        assert "train 1" in reason.what
        assert reason.cure


def test_feasible_instances_are_not_called_infeasible(shared: Path) -> None:
    for name in ("headway1", "swapping1", "swapping2"):
        assert infeasibility(instance(shared, name)) == ()
    assert infeasibility(read_problem(shared / "data" / "displib" / "example_problem.json")) == ()


def test_real_problems_are_not_called_infeasible(displib: Path) -> None:
    for name in ("nor1_full_1", "nor2_1", "smi_headway_1", "swi_3", "wab_small_1"):
        assert infeasibility(read_problem(displib / f"{name}.json"), exact=False) == ()


@pytest.mark.parametrize("seed", range(60))
def test_small_problems_are_judged_as_by_trying_everything(seed: int) -> None:
    document = random_problem(np.random.default_rng(seed), tight=True)
    problem = Problem.from_json(document)
    reasons = infeasibility(problem)
    assert bool(reasons) == (least_cost(document) is None), reasons
    quick = infeasibility(problem, exact=False)
    assert not quick or reasons


def test_a_train_that_cannot_keep_its_own_bounds_is_named() -> None:
    train = [
        {"min_duration": 5, "successors": [1, 2]},
        {"min_duration": 9, "successors": [3]},
        {"min_duration": 7, "start_ub": 4, "successors": [3]},
        {"min_duration": 0, "start_ub": 13, "successors": []},
    ]
    (reason,) = infeasibility(Problem.from_json({"trains": [train], "objective": []}))
    assert reason.where == "train 0"
    assert "operation 2 of train 0 cannot start before 5" in reason.what
    assert "operation 3 of train 0 cannot start before 14" in reason.what
    assert reason.kind == "window"


def test_a_group_that_needs_search_is_told_by_its_least_set_of_trains() -> None:
    # Three trains choose between two tracks, and each must start on one of them at time 0 or 1
    # and hold it for 9: two fit, three do not.  Train 3 has nothing to do with it.
    def train(names: tuple[str, ...]) -> list[dict[str, Any]]:
        entry = {"min_duration": 0, "start_ub": 0, "successors": [1, 2]}
        tracks = [
            {"min_duration": 9, "start_ub": 1, "resources": [{"resource": name}], "successors": [3]}
            for name in names
        ]
        return [entry, *tracks, {"min_duration": 0, "successors": []}]

    trains = [train(("a", "b")), train(("a", "b")), train(("b", "a")), train(("c", "d"))]
    (reason,) = infeasibility(Problem.from_json({"trains": trains, "objective": []}))
    assert reason.kind == "group"
    assert "trains 0, 1 and 2 cannot all run" in reason.what
    assert "a, b" in reason.what
    assert infeasibility(Problem.from_json({"trains": trains[:2], "objective": []})) == ()


def test_two_trains_that_end_on_one_track_cannot_both_run() -> None:
    use = [{"resource": "platform"}]
    train = [
        {"min_duration": 1, "successors": [1]},
        {"min_duration": 0, "resources": use, "successors": []},
    ]
    (reason,) = infeasibility(Problem.from_json({"trains": [train, train], "objective": []}))
    assert "never gives platform up" in reason.what
