"""The program from nothing: what it does in a process of its own, forked runs do as well.

All other tests of commands fork their runs (``tests/program.py``); here it is started.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer

from retinue.cli.main import GROUPS
from tests.program import Program, start

BARE = ("--no-pdf", "--no-page")
ENVIRONMENT = os.environ | {"NO_COLOR": "1", "COLUMNS": "100"}

#: A run each of the kinds of end: done, done with files, bad input, no plan, unknown option.
RUNS = {
    "help": (["--help"], 0),
    "a list": (["trains"], 0),
    "a plan": (["plan", "panmunjom-2018", "-o", "out", "--json", *BARE], 0),
    "bad input": (["plan", "trip.yaml", "--json"], 2),
    "bad usage": (["plan", "--nonsense"], 2),
    "no plan": (["plan", "far.yaml"], 3),
}
FAR = """\
retinue: 1
title: Too far
depart: "2026-05-04 10:00"
legs:
  - rail: {from: "52.52,13.37", to: "40.71,-74.00", train: charter-8}
"""


@pytest.mark.parametrize("run", RUNS)
def test_a_started_program_and_a_forked_one_do_the_same(
    run: str, program: Program, tmp_path: Path
) -> None:
    arguments, code = RUNS[run]
    done = []
    folder = tmp_path / "here"
    for runs in (start, program):
        folder.mkdir()
        (folder / "far.yaml").write_text(FAR)
        done.append(runs(arguments, folder, ENVIRONMENT))
        assert {path.name for path in folder.iterdir()} <= {"far.yaml", "out"}
        shutil.rmtree(folder)
    started, forked = done
    assert started.returncode == forked.returncode == code, started.stderr
    assert started.stdout == forked.stdout
    assert started.stderr == forked.stderr
    assert "Traceback" not in started.stderr


def test_a_started_program_writes_for_its_owner_only(tmp_path: Path) -> None:
    done = start(["plan", "panmunjom-2018", "-o", "out", *BARE], tmp_path, ENVIRONMENT)
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "out").iterdir()} == {0o600}
    checked = start(["check", "out", "--json"], tmp_path, ENVIRONMENT)
    assert checked.returncode == 0, checked.stdout
    assert json.loads(checked.stdout)["faults"] == 0


def test_a_reader_that_goes_away_is_not_complained_of(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "from retinue.cli.main import run; run()", "schema", "journey"],
        cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    assert process.communicate()[1] == ""


def test_help_is_shown_without_the_heavy_libraries(tmp_path: Path) -> None:
    heavy = "{'numpy', 'numba', 'pint', 'pydantic', 'shapely', 'typst', 'ortools', 'highspy'}"
    watched = (
        "import atexit, sys\n"
        f"atexit.register(lambda: print(sorted({heavy} & set(sys.modules)), file=sys.stderr))\n"
        "from retinue.cli.main import run; run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", watched, "--help"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("arguments", [["--help"], ["trains"], ["trains", "--json"], ["--version"]])
def test_a_reader_that_goes_away_is_no_error(arguments: list[str], tmp_path: Path) -> None:
    # As in `retinue trains | head -1`: the pipe is closed before all is written.
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        done = subprocess.run(
            [sys.executable, "-c", "from retinue.cli.main import run; run()", *arguments],
            cwd=tmp_path, env=ENVIRONMENT, stdout=closed, stderr=subprocess.PIPE, text=True,
            check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_adds_the_commands_that_the_program_looks_for_in_it(group: str) -> None:
    app = typer.Typer()
    import_module(f"retinue.cli.{group}").add_to(app)
    commands = [str(one.name) for one in app.registered_commands]
    groups = [str(one.name) for one in app.registered_groups]
    assert (*commands, *groups) == GROUPS[group]


def test_a_word_that_is_no_command_is_refused(program: Program, tmp_path: Path) -> None:
    done = program(["plam", "x"], tmp_path, ENVIRONMENT)
    assert done.returncode == 2
    assert "plam" in done.stderr
