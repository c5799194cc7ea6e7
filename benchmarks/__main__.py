"""Run every benchmark and print its table: ``python -m benchmarks [NAME ...]``."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

#: Name of each benchmark and its module; modules need what they compare with, so late.
BENCHMARKS = {
    "running-time": "running_time",
    "graph": "graph",
    "track-world": "track_world",
    "track-routes": "track_routes",
    "vrptw": "vrptw",
    "provisioning": "provisioning",
    "plan": "plan",
    "airspace": "airspace",
    "traffic": "traffic",
}
#: Those that need a file of the shared data: which, and how it is handed to them.
_COLOGNE = "data/osm/cologne-railway.osm.pbf"
_SHARED_FILE = {
    "track-world": (_COLOGNE, ["{}"]),
    "track-routes": (_COLOGNE, ["--extract", "{}"]),
    "traffic": ("data/gtfs/swiss-2014.zip", ["--feed", "{}"]),
}


def _arguments(name: str) -> list[str] | None:
    """Return the options of a benchmark, or None where its file is not at hand."""
    if name not in _SHARED_FILE:
        return []
    file, words = _SHARED_FILE[name]
    shared = os.environ.get("RETINUE_SHARED", "")
    path = Path(shared) / file
    if not shared or not path.is_file():
        return None
    return [word.format(path) for word in words]


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; return 1 where one missed a bar."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"unknown: {', '.join(unknown)}; known: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    missed = 0
    for name in names or BENCHMARKS:
        print(f"== {name}", flush=True)
        arguments = _arguments(name)
        if arguments is None:
            print("left out: RETINUE_SHARED does not name the folder of the shared data\n")
            continue
        sys.argv = [name, *arguments]  # each parses its own options
        missed += bool(importlib.import_module(f"benchmarks.{BENCHMARKS[name]}").main())
        print(flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
