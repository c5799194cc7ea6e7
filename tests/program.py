"""The program as tests run it: a process a run, forked from one that has imported it already.

Imports take some three seconds, most commands a fraction of one.  A fork keeps what makes a
process one: its own folder, environment, streams, signals, memory and exit code.  It is not
forked from the process of the tests, which has threads of solvers and writers, but from one
that does nothing else.  ``tests/cli/test_startup.py`` starts the program from nothing.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any, NoReturn

__all__ = ["Program", "serve", "start"]

ROOT = Path(__file__).parents[1]
_SERVER = "from tests.program import serve; serve()"
_PROGRAM = "from retinue.cli.main import run; run()"

#: What commands import when they run, from outside the package.
_LATE = (
    "anyascii", "highspy", "holidays.countries", "icalendar", "ortools.sat.python.cp_model", "pint",
    "rich.console", "rich.progress", "rich.table", "shapely.geometry", "typst", "tzfpy", "yaml",
)  # fmt: skip


def start(
    arguments: list[str], folder: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run the program from nothing, as a user does."""
    return subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


class Program:
    """Runs the program again and again; started at the first run."""

    def __init__(self) -> None:
        self._server: subprocess.Popen[str] | None = None

    def __call__(
        self, arguments: list[str], folder: Path, environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Return what one run printed and its exit code."""
        if self._server is None:
            path = os.pathsep.join([str(ROOT), *(entry for entry in sys.path if entry)])
            # One thread: a process that forks must have no other, and sums stay the same.
            alone = {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}
            self._server = subprocess.Popen(
                [sys.executable, "-c", _SERVER], env=os.environ | alone, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
            )  # fmt: skip
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        with tempfile.TemporaryDirectory() as streams:
            request = {
                "arguments": arguments, "folder": str(folder), "environment": environment,
                "streams": streams,
            }  # fmt: skip
            print(json.dumps(request), file=self._server.stdin, flush=True)
            answer = self._server.stdout.readline()
            assert answer, "the process that runs the program is gone"
            out, err = ((Path(streams) / name).read_text("utf-8") for name in ("out", "err"))
        return subprocess.CompletedProcess(arguments, int(answer), out, err)

    def close(self) -> None:
        """End the process that runs the program."""
        if self._server is not None:
            self._server.communicate()


def serve() -> None:
    """Fork a run for each line that comes in, and answer with its exit code."""
    import retinue
    from retinue.journey import load_journey
    from retinue.planner import Planner
    from retinue.world.world import World

    for module in pkgutil.walk_packages(retinue.__path__, "retinue."):
        importlib.import_module(module.name)
    for name in _LATE:
        importlib.import_module(name)
    # What the first plan of a process looks up in shipped files, every run finds looked up.
    Planner(World()).make(load_journey("panmunjom-2018"))
    gc.freeze()  # what is shared is not walked, so not copied, in each run
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(request: dict[str, Any]) -> NoReturn:
    """Run the program and end; taking a thousand modules down again would cost a second."""
    from retinue.cli.main import run

    os.environ.clear()
    os.environ.update(request["environment"])
    streams = Path(request["streams"])
    for number, name in ((0, os.devnull), (1, streams / "out"), (2, streams / "err")):
        os.dup2(os.open(name, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT), number)
    os.chdir(request["folder"])
    sys.argv = ["-c", *request["arguments"]]
    code = 0
    try:
        run()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
