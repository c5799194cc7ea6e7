"""Running the program as a user does: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def retinue(tmp_path: Path) -> Run:
    """Return a function that runs the program in an empty folder."""

    def run(*arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-c", "from retinue.cli.main import run; run()", *arguments],
            cwd=tmp_path,
            env=os.environ | {"NO_COLOR": "1", "COLUMNS": "100"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == expect, done.stdout + done.stderr
        return done

    return run
