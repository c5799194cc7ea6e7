"""The dispatcher on the public DISPLIB instances: distance against the best known objective.

Instances and best known values from the folder of the shared data; each solution is verified by
the independent checker.  Results are appended as JSON lines, so that an interrupted run goes on
where it stopped: ``TIME=120 SET=wab_small make bench-displib``.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import sys
import tarfile
from collections import defaultdict
from pathlib import Path
from statistics import fmean, median
from typing import Any

from retinue.checks.dispatch import verify_documents
from retinue.traffic.dispatch.bound import lower_bound
from retinue.traffic.dispatch.dispatcher import solve
from retinue.traffic.dispatch.problem import Problem

#: A gap counts at most this much.
CAP = 1.0
#: What the bound of a row may take, after the search and beside its seconds.
BOUND_S = 12.0


def family(name: str) -> str:
    """Return the family of an instance: its name without the number."""
    return name.rpartition("_")[0]


def gap(ours: int | None, best: int) -> float:
    """Return how far ours is above the best known, as a share; at most `CAP` for none or zero."""
    if ours is None:
        return CAP
    if best == 0:
        return 0.0 if ours == 0 else CAP
    return ours / best - 1.0


def measure(
    name: str, document: Any, best: int, seconds: float, workers: int, keep: Path | None
) -> dict[str, Any]:
    """Solve and verify an instance; write its solution into a folder, for others to verify."""
    problem = Problem.from_json(document, name)
    result = solve(problem, time_s=seconds, workers=workers)
    sound = False
    if result.solution is not None:
        solution = result.solution.as_json(problem)
        verdict = verify_documents(document, solution)
        sound = verdict.feasible and verdict.objective == result.objective
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{name}.json").write_text(json.dumps(solution), encoding="utf-8")
    bound = result.bound
    if result.objective != bound:
        bound = max(bound, lower_bound(problem, time_s=BOUND_S).value)
    return {
        "instance": name,
        "trains": problem.trains,
        "operations": problem.operations,
        "ours": result.objective if sound else None,
        "best": best,
        "seconds": round(result.seconds, 1),
        "bound": bound,
        "iterations": result.iterations,
        "sound": sound or result.solution is None,
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Return both tables, of instances and of families, in Markdown."""
    lines = [
        "| instance | trains | operations | ours | best known | gap | seconds | bound |",
        "|---|---|---|---|---|---|---|---|",
    ]
    families: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        share = gap(row["ours"], row["best"])
        families[family(row["instance"])].append(share)
        ours = "none" if row["ours"] is None else f"{row['ours']:,}"
        lines.append(
            f"| {row['instance']} | {row['trains']} | {row['operations']:,} | {ours}"
            f" | {row['best']:,} | {share:.1%} | {row['seconds']} | {row['bound']:,} |"
        )
    lines += ["", "| family | instances | mean gap | median | capped mean | equal or better |"]
    lines += ["|---|---|---|---|---|---|"]
    everything = [share for shares in families.values() for share in shares]
    for name, shares in [*families.items(), ("all", everything)]:
        capped = fmean(min(CAP, max(0.0, share)) for share in shares)
        equal = sum(share <= 0.0 for share in shares)
        lines.append(
            f"| {name} | {len(shares)} | {fmean(shares):.1%} | {median(shares):.1%}"
            f" | {capped:.1%} | {equal} |"
        )
    found = sum(row["ours"] is not None for row in rows)
    lines += ["", f"Feasible: {found} of {len(rows)}."]
    return "\n".join(lines)


def main() -> int:
    """Run what is not in the results yet, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--time", type=float, default=float(os.environ.get("TIME") or 120.0))
    parser.add_argument("--set", default=os.environ.get("SET") or "", help="names begin so")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--results", type=Path, default=None)
    parser.add_argument("--keep", type=Path, default=None, help="folder for the solutions")
    options = parser.parse_args()
    folder = Path(os.environ.get("RETINUE_SHARED", "")) / "data" / "displib"
    if not (folder / "problems.tar.xz").is_file():
        print("left out: RETINUE_SHARED does not name the folder of the shared data")
        return 0
    results = options.results or Path(f"displib-{options.time:g}s-{options.workers}.jsonl")
    with (folder / "best_known.csv").open(encoding="utf-8", newline="") as stream:
        best = {row["instance"]: int(row["best_known"]) for row in csv.DictReader(stream)}
    names = [name for name in best if name.startswith(tuple(options.set.split(",")))]
    done: dict[str, dict[str, Any]] = {}
    if results.is_file():
        for line in results.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            done[row["instance"]] = row
    with tarfile.open(folder / "problems.tar.xz") as archive:
        texts = {
            Path(member.name).stem: archive.extractfile(member)
            for member in archive.getmembers()
            if member.isfile() and Path(member.name).stem in names
        }
        for name in names:
            if name in done:
                continue
            stream_of = texts[name]
            assert stream_of is not None  # regular files have content
            document = json.load(io.TextIOWrapper(stream_of, encoding="utf-8"))
            done[name] = measure(
                name, document, best[name], options.time, options.workers, options.keep
            )
            with results.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(done[name]) + "\n")
            row = done[name]
            print(
                f"{name} {row['ours']} {row['best']} {gap(row['ours'], row['best']):.1%}",
                flush=True,
            )
    rows = [done[name] for name in names if name in done]
    print(table(rows))
    return 0 if all(row["sound"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
