"""Dispatching files the other way round: solutions read back, problems written.

A problem that is written and read again has the same arrays.  Keys that stand for their default are
left out, a resource that one operation names twice is written once with its longer release time.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from retinue.files import write_text
from retinue.json_document import JsonValue, read_json
from retinue.traffic.dispatch.problem import NEVER, TIME_MOST, Problem, Solution

__all__ = ["problem_document", "read_solution", "write_problem"]


def read_solution(path: Path, problem: Problem) -> Solution:
    """Read a solution file, its events in the order of the file.

    Nothing is verified but that every event can be understood: see `retinue.checks.dispatch`.
    The objective is computed from the events, whatever the file claims.

    Raises
    ------
    InputError
        Where the file cannot be read or names what the problem has not; with the place.
    """
    root = read_json(path)
    events = root["events"].items()
    operation = np.zeros(len(events), np.int32)
    time = np.zeros(len(events), np.int64)
    for place, event in enumerate(events):
        train = _whole(event["train"], problem.trains - 1)
        count = int(problem.first[train + 1] - problem.first[train])
        operation[place] = problem.first[train] + _whole(event["operation"], count - 1)
        time[place] = _whole(event["time"], TIME_MOST)
    root["objective_value"].number()
    return Solution(operation, time, problem.objective(operation, time))


def _whole(value: JsonValue, most: int) -> int:
    number = value.number(least=0, most=most)
    if number != int(number):
        raise value.error(f"a whole number is wanted here, not {number:g}")
    return int(number)


def problem_document(problem: Problem) -> dict[str, Any]:
    """Return the problem as JSON values in DISPLIB's form."""
    trains = []
    for train in range(problem.trains):
        first, behind = int(problem.first[train]), int(problem.first[train + 1])
        trains.append([_operation(problem, row, first) for row in range(first, behind)])
    return {
        "trains": trains,
        "objective": [_component(problem, c) for c in range(len(problem.cost_operation))],
    }


def _operation(problem: Problem, row: int, first: int) -> dict[str, Any]:
    document: dict[str, Any] = {}
    if problem.earliest[row]:
        document["start_lb"] = int(problem.earliest[row])
    if problem.latest[row] < NEVER:
        document["start_ub"] = int(problem.latest[row])
    document["min_duration"] = int(problem.duration[row])
    uses = []
    for use in range(problem.use_from[row], problem.use_from[row + 1]):
        entry: dict[str, Any] = {"resource": problem.resources[problem.use[use]]}
        if problem.release[use]:
            entry["release_time"] = int(problem.release[use])
        uses.append(entry)
    if uses:
        document["resources"] = uses
    successors = problem.successor[problem.successor_from[row] : problem.successor_from[row + 1]]
    document["successors"] = (successors - first).tolist()
    return document


def _component(problem: Problem, index: int) -> dict[str, Any]:
    row = int(problem.cost_operation[index])
    train = int(problem.train_of[row])
    document: dict[str, Any] = {
        "type": "op_delay",
        "train": train,
        "operation": row - int(problem.first[train]),
    }
    for key, value in (
        ("threshold", problem.cost_threshold[index]),
        ("coeff", problem.cost_rate[index]),
        ("increment", problem.cost_step[index]),
    ):
        if value:
            document[key] = int(value)
    return document


def write_problem(path: Path, problem: Problem) -> Path:
    """Write a problem file, one operation a line.

    Raises
    ------
    InputError
        Where the place cannot be written.
    """
    document = problem_document(problem)
    trains = ",\n".join(
        "[" + ",\n".join(_line(operation) for operation in train) + "]"
        for train in document["trains"]
    )
    objective = ",\n".join(map(_line, document["objective"]))
    return write_text(path, f'{{"trains": [\n{trains}\n],\n"objective": [\n{objective}\n]}}\n')


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value)
