"""Running the program as a user does: a process of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.program import Program

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def retinue(tmp_path: Path, program: Program) -> Run:
    """Return a function that runs the program in an empty folder."""

    def run(*arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        done = program(list(arguments), tmp_path, os.environ | {"NO_COLOR": "1", "COLUMNS": "100"})
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == expect, done.stdout + done.stderr
        return done

    return run
