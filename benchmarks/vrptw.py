"""The assignment of tasks on public instances with time windows: distance against best known.

Instances and best known solutions of Solomon, and of Gehring and Homberger, in VRPLIB format, from
the folder of the shared data.  Distances are cut to one decimal, as DIMACS counts them.
"""

from __future__ import annotations

import os
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

from retinue.protection.assignment import Crew, Problem, Visit, solve

#: Instance, seconds, and how far above the best known it may end.
CASES = (("RC208", 10.0, 0.01), ("R1_10_1", 60.0, 0.04), ("C1_10_1", 60.0, 0.04),
         ("RC2_10_5", 60.0, 0.04))  # fmt: skip
_TENTHS = 10


def read(path: Path) -> Problem:
    """Read an instance; all quantities in tenths."""
    head: dict[str, str] = {}
    sections: dict[str, list[list[float]]] = {}
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        word = line.strip()
        if word.endswith("_SECTION"):
            name = word
            sections[name] = []
        elif name and word not in ("EOF", ""):
            sections[name].append([float(part) for part in word.split()])
        elif ":" in word:
            key, _, value = word.partition(":")
            head[key.strip()] = value.strip()
    at = np.array([row[1:3] for row in sections["NODE_COORD_SECTION"]])
    demand = [int(row[1]) for row in sections["DEMAND_SECTION"]]
    window = [(int(r[1]) * _TENTHS, int(r[2]) * _TENTHS) for r in sections["TIME_WINDOW_SECTION"]]
    service = round(float(head["SERVICE_TIME"]) * _TENTHS)
    apart = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    travel = np.floor(apart * _TENTHS).astype(np.int64)
    fleet = int(head["VEHICLES"])
    places = [0] * fleet + list(range(1, len(at)))
    travel = travel[np.ix_(places, places)]
    crew = Crew(*window[0], window[0][1], int(head["CAPACITY"]))
    return Problem(
        crews=(crew,) * fleet,
        visits=tuple(
            Visit(low, high, service, None, load)
            for (low, high), load in zip(window[1:], demand[1:], strict=True)
        ),
        travel_s=travel,
        travel_m=travel,
        able=np.ones((fleet, len(at) - 1), np.bool_),
    )


def length(problem: Problem, found: object) -> float:
    """Return the distance of all routes, the way back included."""
    shift = len(problem.crews)
    total = 0
    for crew, stops in found.stops:  # type: ignore[attr-defined]
        places = [crew, *(shift + stop.visit for stop in stops), crew]
        total += sum(int(problem.travel_m[a, b]) for a, b in pairwise(places))
    return total / _TENTHS


def main() -> int:
    """Solve every instance and print a line each."""
    from pyvrp.stop import MaxRuntime

    folder = Path(os.environ.get("RETINUE_SHARED", "")) / "data" / "vrptw"
    missed = 0
    print(f"{'instance':10} {'clients':>7} {'seconds':>8} {'ours':>10} {'best':>10} {'gap':>7}")
    for name, seconds, bar in CASES:
        problem = read(folder / f"{name}.vrp")
        last = (folder / f"{name}.sol").read_text(encoding="utf-8").strip().splitlines()[-1]
        best = float(last.split()[1])
        begin = time.perf_counter()
        found = solve(problem, MaxRuntime(seconds), few_teams=False, all_of_them=True)
        taken = time.perf_counter() - begin
        gap = length(problem, found) / best - 1.0
        bad = bool(found.missed) or gap > bar
        missed += bad
        print(
            f"{name:10} {len(problem.visits):7} {taken:8.1f} {length(problem, found):10.1f}"
            f" {best:10.1f} {gap:7.2%}" + (f"  MISSED ({len(found.missed)} undone)" if bad else ""),
            flush=True,
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
