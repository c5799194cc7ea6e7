"""The dispatching problem's arrays must hold exactly what the file of the specification says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from retinue.errors import InputError
from retinue.traffic.dispatch.problem import (
    NEVER,
    Problem,
    Solution,
    read_problem,
    write_solution,
)

MEETING = {
    "trains": [
        [
            {"start_ub": 0, "min_duration": 5, "resources": [{"resource": "l"}],
             "successors": [1, 2]},
            {"min_duration": 5, "successors": [3],
             "resources": [{"resource": "r1", "release_time": 7}]},
            {"min_duration": 5, "successors": [3], "resources": [{"resource": "r2"}]},
            {"min_duration": 0, "successors": []},
        ],
        [
            {"start_ub": 0, "min_duration": 5, "resources": [{"resource": "r1"}],
             "successors": [1]},
            {"start_lb": 3, "min_duration": 5, "resources": [{"resource": "l"}],
             "successors": [2]},
            {"min_duration": 0, "successors": []},
        ],
    ],
    "objective": [
        {"type": "op_delay", "train": 1, "operation": 2, "coeff": 2, "threshold": 4},
        {"type": "op_delay", "train": 1, "operation": 1, "increment": 6, "threshold": 5},
    ],
}  # fmt: skip


def test_operations_are_numbered_train_after_train() -> None:
    problem = Problem.from_json(MEETING)
    assert problem.first.tolist() == [0, 4, 7]
    assert problem.train_of.tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert problem.latest.tolist() == [0, NEVER, NEVER, NEVER, 0, NEVER, NEVER]
    assert problem.successor[: problem.successor_from[1]].tolist() == [1, 2]
    rows = problem.predecessor_from
    assert problem.predecessor[rows[3] : rows[4]].tolist() == [1, 2]
    assert problem.resources == ("l", "r1", "r2")
    assert problem.release.tolist() == [0, 7, 0, 0, 0]


def test_objective_counts_linear_and_step_costs() -> None:
    problem = Problem.from_json(MEETING)
    operation = np.array([4, 5, 6], np.int32)
    assert problem.objective(operation, np.array([0, 5, 10])) == 2 * 6 + 6
    assert problem.objective(operation, np.array([0, 4, 10])) == 2 * 6
    assert problem.objective(operation[:1], np.array([0])) == 0


def test_a_solution_is_written_in_the_files_own_numbers(tmp_path: Path) -> None:
    problem = Problem.from_json(MEETING)
    solution = Solution(np.array([4, 5], np.int32), np.array([0, 5]), 6)
    path = write_solution(tmp_path / "solution.json", problem, solution)
    assert json.loads(path.read_text()) == {
        "objective_value": 6,
        "events": [
            {"time": 0, "train": 1, "operation": 0},
            {"time": 5, "train": 1, "operation": 1},
        ],
    }


def test_the_published_example_is_read(shared: Path) -> None:
    problem = read_problem(shared / "data" / "displib" / "example_problem.json")
    assert (problem.trains, problem.operations) == (2, 7)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"min_duration": -1}, "at least 0"),
        ({"min_duration": 1.5}, "whole number"),
        ({"successors": [0]}, "does not stand behind"),
        ({"successors": []}, "only the last"),
        ({"successors": [9]}, "no operation 9"),
    ],
)
def test_an_error_names_its_place(change: dict[str, object], said: str) -> None:
    broken = json.loads(json.dumps(MEETING))
    broken["trains"][1][0].update(change)
    with pytest.raises(InputError, match=said) as error:
        Problem.from_json(broken, "p.json")
    assert error.value.where.startswith("p.json: trains[1][0]")
