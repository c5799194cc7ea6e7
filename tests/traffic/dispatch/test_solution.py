"""Problems and solutions must survive being written and read, and foreign files must not hurt.

Outside authority: the DISPLIB specification of 2025-09-17, section 1.2, and its published files.
"""

from __future__ import annotations

import dataclasses
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.checks.dispatch import verify_documents
from retinue.errors import InputError
from retinue.traffic.dispatch.problem import Problem, read_problem, write_solution
from retinue.traffic.dispatch.solution import problem_document, read_solution, write_problem

NAMES = ("nor1_critical_5", "smi_headway_7", "swi_1", "wab_small_1")


def same(one: Problem, two: Problem) -> bool:
    for field in dataclasses.fields(Problem):
        a, b = getattr(one, field.name), getattr(two, field.name)
        if not (a == b if isinstance(a, tuple) else np.array_equal(a, b)):
            return False
    return True


def normal(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with every default written out and every resource named once."""
    trains = []
    for train in document["trains"]:
        rows = []
        for row in train:
            uses: dict[str, int] = {}
            for use in row.get("resources", []):
                time = use.get("release_time", 0)
                uses[use["resource"]] = max(uses.get(use["resource"], 0), time)
            rows.append({"start_lb": 0, "start_ub": None} | row | {"resources": uses})
        trains.append(rows)
    empty = {"threshold": 0, "coeff": 0, "increment": 0}
    return {"trains": trains, "objective": [empty | part for part in document["objective"]]}


def test_a_real_problem_is_written_as_it_was_read(displib: Path, tmp_path: Path) -> None:
    for name in NAMES:
        problem = read_problem(displib / f"{name}.json")
        path = write_problem(tmp_path / "again.json", problem)
        assert same(read_problem(path), problem)
        raw = json.loads((displib / f"{name}.json").read_text())
        assert normal(json.loads(path.read_text())) == normal(raw)


def test_published_solutions_are_written_as_they_were_read(shared: Path, tmp_path: Path) -> None:
    folder = shared / "data" / "displib"
    for name in ("headway1", "swapping1", "swapping2"):
        problem = read_problem(
            folder / "displib_instances_testing" / f"displib_testinstances_{name}.json"
        )
        file = folder / "displib_solution_testing" / f"displib_solution_testinstances_{name}.json"
        solution = read_solution(file, problem)
        path = write_solution(tmp_path / "again.json", problem, solution)
        assert json.loads(path.read_text()) == json.loads(file.read_text())


def test_names_of_resources_survive_whatever_they_hold(tmp_path: Path) -> None:
    names = ["", "Gleis 3", "Łódź", "線路", 'a"b\\c', "\ud800", "\x1b[31m", "r\n"]
    document = {
        "trains": [
            [
                {
                    "min_duration": 0,
                    "resources": [{"resource": name} for name in names],
                    "successors": [],
                }
            ]
        ],
        "objective": [],
    }
    path = tmp_path / "names.json"
    path.write_text(json.dumps(document))
    problem = read_problem(write_problem(tmp_path / "again.json", read_problem(path)))
    assert list(problem.resources) == names


@pytest.mark.parametrize(
    ("event", "place"),
    [
        ({"time": 0, "train": 1, "operation": 0}, r"events\[0\].train"),
        ({"time": 0, "train": 0, "operation": 1}, r"events\[0\].operation"),
        ({"time": -1, "train": 0, "operation": 0}, r"events\[0\].time"),
        ({"time": 0.5, "train": 0, "operation": 0}, r"events\[0\].time"),
        ({"time": 0, "train": 0}, r"events\[0\]"),
        (7, r"events\[0\]"),
    ],
)
def test_a_solution_that_cannot_be_understood_is_refused(
    event: Any, place: str, tmp_path: Path
) -> None:
    problem = Problem.from_json(
        {"trains": [[{"min_duration": 1, "successors": []}]], "objective": []}
    )
    path = tmp_path / "solution.json"
    path.write_text(json.dumps({"objective_value": 0, "events": [event]}))
    with pytest.raises(InputError, match=place):
        read_solution(path, problem)


SOUND: dict[str, Any] = {
    "trains": [
        [
            {
                "start_lb": 1,
                "start_ub": 2,
                "min_duration": 3,
                "resources": [{"resource": "r", "release_time": 4}],
                "successors": [1],
            },
            {"min_duration": 0, "successors": []},
        ]
    ],
    "objective": [
        {
            "type": "op_delay",
            "train": 0,
            "operation": 1,
            "threshold": 1,
            "coeff": 2,
            "increment": 3,
        }
    ],
}
_ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None, True, -1, 0.5, float("nan"), float("inf"), -float("inf"), 10**18, 10**400, 2**63,
        2**40, "", "0", [], {}, [[]], [None], [{}], {"resource": 5}, "\ud800",
    ]
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value inside a document."""
    found = [path] if path else []
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            found += places(inner, (*path, key))
    return found


def put(document: Any, path: tuple[Any, ...], value: Any) -> None:
    """Put a value into a document where its place still exists."""
    at = document
    with suppress(KeyError, IndexError, TypeError):
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value


@settings(max_examples=400)
@given(st.lists(st.tuples(st.sampled_from(places(SOUND)), _ODD), min_size=1, max_size=2))
def test_a_spoilt_problem_is_refused_with_file_and_place_or_read(
    changes: list[tuple[tuple[Any, ...], Any]],
) -> None:
    document = json.loads(json.dumps(SOUND))
    for path, odd in changes:
        put(document, path, odd)
    try:
        problem = Problem.from_json(document, "spoilt.json")
    except InputError as error:
        assert error.where.startswith("spoilt.json")
        assert any(key in str(error) for key in ("trains", "objective"))
        return
    # What is read is sound to the verifier too, which shares no code, and survives writing.
    assert not any(
        fault.kind == "malformed-problem" for fault in verify_documents(document, {}).faults
    )
    assert same(Problem.from_json(problem_document(problem)), problem)


def test_costs_that_no_integer_can_hold_are_refused() -> None:
    document = json.loads(json.dumps(SOUND))
    document["trains"][0][0] |= {"start_lb": 2**39, "start_ub": 2**40}
    document["objective"][0] |= {"coeff": 2**40}
    with pytest.raises(InputError, match=r"objective"):
        Problem.from_json(document, "dear.json")
