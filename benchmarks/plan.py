"""Whole processes as a user starts them: help, the model case without and with documents.

Bars: ``--help`` under 0.4 s; the plan in a second fresh process under 3 s without
documents and under 8 s with movement order and page.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_RUN = "from retinue.cli.main import run; run()"
CASES: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("retinue --help", ("--help",), 0.4),
    (
        "plan vladivostok-2023, plan.json only",
        ("plan", "vladivostok-2023", "-o", "bare", "--no-pdf", "--no-page", "-q"),
        3.0,
    ),
    ("plan vladivostok-2023, PDF and page", ("plan", "vladivostok-2023", "-o", "full", "-q"), 8.0),
    (
        "actual, plan.json only",
        ("actual", "bare", "Kowon", "22:47", "-o", "seen", "--no-pdf", "--no-page", "-q"),
        3.0,
    ),
)


def _timed(arguments: tuple[str, ...], folder: Path) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", _RUN, *arguments], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    return time.perf_counter() - begin


def main(runs: int = 5) -> int:
    """Print the table; return 1 where a median misses its bar."""
    missed = 0
    print(f"{'command':<42}{'min s':>8}{'median s':>10}{'max s':>8}{'bar s':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for what, arguments, bar in CASES:
            _timed(arguments, Path(folder))  # warm: compiled kernels, file cache
            times = [_timed(arguments, Path(folder)) for _ in range(runs)]
            median = statistics.median(times)
            missed += median > bar
            mark = "" if median <= bar else "  MISSED"
            print(f"{what:<42}{min(times):8.2f}{median:10.2f}{max(times):8.2f}{bar:8.1f}{mark}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
