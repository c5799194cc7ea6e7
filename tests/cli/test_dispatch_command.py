"""Dispatching from the command line, as a user runs it: verdicts, exit codes, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def folder(shared: Path) -> Path:
    return shared / "data" / "displib"


def test_published_solutions_are_feasible(retinue: Run, folder: Path) -> None:
    for name in ("headway1", "swapping1", "swapping2"):
        problem = folder / "displib_instances_testing" / f"displib_testinstances_{name}.json"
        solution = folder / "displib_solution_testing"
        file = solution / f"displib_solution_testinstances_{name}.json"
        assert "feasible" in retinue("dispatch", "verify", str(problem), str(file)).stdout


def test_faults_are_listed_with_exit_4(retinue: Run, folder: Path, tmp_path: Path) -> None:
    solution = json.loads((folder / "example_solution.json").read_text())
    solution["events"][3]["time"] = 4
    (tmp_path / "bad.json").write_text(json.dumps(solution))
    arguments = ("dispatch", "verify", str(folder / "example_problem.json"), "bad.json")
    text = retinue(*arguments, expect=4).stdout
    for kind in ("time-order", "short-duration", "release-time"):
        assert f"FAULT  {kind}: " in text
    record = json.loads(retinue(*arguments, "--json", expect=4).stdout)
    assert record["feasible"] is False
    assert record["faults"][0]["kind"] == "time-order"
    assert {"event", "train", "operation", "time", "resource", "words", "rule"} < set(
        record["faults"][0]
    )


def test_names_from_a_foreign_file_do_not_reach_the_terminal_raw(
    retinue: Run, tmp_path: Path
) -> None:
    name = "\ud800 \x1b[31m\r\n"
    train = [
        {"start_ub": 0, "min_duration": 5, "resources": [{"resource": name}], "successors": [1]},
        {"min_duration": 0, "successors": []},
    ]
    problem = {"trains": [train, train], "objective": []}
    events = [
        {"time": time, "train": t, "operation": op} for op, time in ((0, 0), (1, 5)) for t in (0, 1)
    ]
    (tmp_path / "p.json").write_text(json.dumps(problem))
    (tmp_path / "s.json").write_text(json.dumps({"objective_value": 0, "events": events}))
    for options in ((), ("--json",)):
        for command in (("verify", "p.json", "s.json"), ("solve", "p.json", "-o", "x.json")):
            expect = 4 if command[0] == "verify" else 3
            done = retinue("dispatch", *command, *options, expect=expect)
            assert "\x1b" not in done.stdout + done.stderr
            assert "x1b[31m" in done.stdout + done.stderr


def test_files_that_are_no_problems_exit_with_2(retinue: Run, folder: Path, tmp_path: Path) -> None:
    sound = str(folder / "example_problem.json")
    solution = str(folder / "example_solution.json")
    (tmp_path / "cut.json").write_text('{"trains": [[')
    (tmp_path / "odd.json").write_text('{"trains": [[{"min_duration": -1, "successors": []}]]}')
    assert "cut.json:1" in retinue("dispatch", "verify", sound, "cut.json", expect=2).stderr
    assert "absent.json" in retinue("dispatch", "verify", "absent.json", solution, expect=2).stderr
    text = retinue("dispatch", "verify", "odd.json", solution, expect=2).stderr
    assert "trains[0][0].min_duration" in text
    text = retinue("dispatch", "solve", "odd.json", "-o", "x.json", expect=2).stderr
    assert "odd.json: trains[0][0].min_duration" in text
    text = retinue("dispatch", "solve", sound, "-o", "no/such/x.json", expect=2).stderr
    assert "no/such/x.json" in text
    assert not list(tmp_path.glob("*.json.*"))


def test_a_problem_is_solved_and_its_solution_verified(
    retinue: Run, folder: Path, tmp_path: Path
) -> None:
    problem = str(folder / "example_problem.json")
    done = retinue("dispatch", "solve", problem, "-o", "s.json", "--iterations", "20", "--json")
    record = json.loads(done.stdout)
    assert record["objective"] == record["bound"] == 10  # the specification's own optimum
    assert record["status"] == "optimal"
    assert record["reproducible"] is True
    retinue("dispatch", "verify", problem, "s.json")
    assert "no solution costs less than 10" in retinue("dispatch", "bound", problem).stdout


def test_the_example_is_sound_and_solved_to_its_optimum(retinue: Run, tmp_path: Path) -> None:
    (tmp_path / "meeting.json").write_text(retinue("dispatch", "example").stdout)
    arguments = ("--iterations", "500", "--workers", "1", "--json")
    for name in ("one.json", "two.json"):
        done = retinue("dispatch", "solve", "meeting.json", "-o", name, *arguments)
        # The optimum by trying every order (tests/traffic/dispatch/small_problems.py).
        assert json.loads(done.stdout)["objective"] == 2150
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    retinue("dispatch", "verify", "meeting.json", "one.json")
    bound = json.loads(retinue("dispatch", "bound", "meeting.json", "--json").stdout)
    assert bound["bound"] == 2150


def test_an_infeasible_problem_exits_with_3_and_a_reason(retinue: Run, folder: Path) -> None:
    for name, word in (("infeasible1", "neither"), ("infeasible2", "ring")):
        file = folder / "displib_instances_testing" / f"displib_testinstances_{name}.json"
        done = retinue("dispatch", "solve", str(file), "-o", "s.json", expect=3)
        assert word in done.stderr
        record = json.loads(
            retinue("dispatch", "solve", str(file), "-o", "s.json", "--json", expect=3).stdout
        )
        assert record["reasons"][0]["kind"] in ("order", "ring")


def test_an_interrupted_search_writes_its_best(retinue: Run, displib: Path, tmp_path: Path) -> None:
    problem = str(displib / "nor1_critical_1.json")
    running = subprocess.Popen(
        [sys.executable, "-c", "from retinue.cli.main import run; run()", "dispatch", "solve",
         problem, "-o", "s.json", "--time", "300", "--workers", "1", "--json"],
        cwd=tmp_path, env=os.environ | {"NO_COLOR": "1"}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    time.sleep(6)
    running.send_signal(signal.SIGINT)
    stdout, stderr = running.communicate(timeout=60)
    # Where the machine was too slow to find anything so far, nothing is written.
    assert running.returncode in (0, 130), stderr
    assert "Traceback" not in stderr
    if running.returncode == 0:
        assert json.loads(stdout)["interrupted"] is True
        retinue("dispatch", "verify", problem, "s.json")
    assert (tmp_path / "s.json").exists() == (running.returncode == 0)
