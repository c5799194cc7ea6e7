"""Run every benchmark and print its table: ``python -m benchmarks [NAME ...]``."""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks import graph, plan, running_time

BENCHMARKS: dict[str, Callable[[], int | None]] = {
    "running-time": running_time.main,
    "graph": graph.main,
    "plan": plan.main,
}


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; return how many missed a bar."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    missed = 0
    for name in names or BENCHMARKS:
        print(f"== {name}", flush=True)
        sys.argv = [name]  # each parses its own options
        missed += bool(BENCHMARKS[name]())
        print(flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
