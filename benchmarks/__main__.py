"""Run every benchmark and print its table: ``python -m benchmarks [NAME ...]``."""

from __future__ import annotations

import importlib
import sys

#: Name of each benchmark and its module; modules need what they compare with, so late.
BENCHMARKS = {"running-time": "running_time", "graph": "graph", "plan": "plan"}


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
        missed += bool(importlib.import_module(f"benchmarks.{BENCHMARKS[name]}").main())
        print(flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
