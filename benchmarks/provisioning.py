"""Provisioning of both journeys: promises on fresh samples, saving, and a delay of 40 minutes.

Each line is a process of its own, as at a desk: from nothing, and 40 minutes late with what the
first has left beside its document: a plan made for the later departure is provisioned, and a train
that was seen late on the way is planned and provisioned again at once.  Others provision both late
plans from nothing: their bytes must be the same.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

#: Journey, its departure 40 minutes later, and where and when it is seen so late.
CASES = (
    ("vladivostok-2023", "2023-09-10 17:15 Asia/Pyongyang", ("Kowon", "22:52")),
    ("moscow-2001", "2001-07-26 08:40 Asia/Vladivostok", ("Khasan", "2001-07-26 08:40")),
)
_LATE_S = 5.0
_PROMISE = {"principal": 0.999, "guest": 0.99}
_SAVING = 0.10
_RUN = [sys.executable, "-c", "from retinue.cli.main import run; run()"]


def _run(folder: Path, *words: str) -> tuple[float, dict[str, Any]]:
    begin = time.perf_counter()
    done = subprocess.run(
        [*_RUN, *words, "--json"], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return time.perf_counter() - begin, json.loads(done.stdout)


def _from_nothing(folder: Path, plan: Path) -> bool:
    """Return whether the document beside a plan is that of the plan alone."""
    bare = folder / f"{plan.name}-bare"
    bare.mkdir()
    shutil.copy(plan / "plan.json", bare)
    _run(folder, "provision", bare.name, "--no-pdf", "--no-page")
    return (plan / "provision.json").read_bytes() == (bare / "provision.json").read_bytes()


def _case(folder: Path, name: str, late: str, seen: tuple[str, str]) -> bool:
    bare = ["--no-pdf", "--no-page"]
    _run(folder, "plan", name, "-o", "out", "--no-provision", *bare)
    scratch_s, told = _run(folder, "provision", "out", *bare)
    shutil.copytree(folder / "out", folder / "actual")
    shutil.copytree(folder / "out", folder / "late")
    _run(folder, "plan", name, "--depart", late, "-o", "later", "--no-provision", *bare)
    shutil.copy(folder / "later/plan.json", folder / "late")
    late_s, changed = _run(folder, "provision", "late", *bare)
    actual_s, moved = _run(folder, "actual", "actual", *seen, *bare)
    same = _from_nothing(folder, folder / "late") and _from_nothing(folder, folder / "actual")
    print(
        f"{name}: from nothing {scratch_s:.1f} s; 40 min late {late_s:.1f} s,"
        f" its plan made again too {actual_s:.1f} s (bar {_LATE_S:g} s);"
        f" {'equal' if same else 'NOT EQUAL'} to scratch; {len(changed['changes'])} and"
        f" {len(moved['provision']['changes'])} changes told"
    )
    faults = (*told["faults"], *changed["faults"], *moved["provision"]["faults"])
    good = same and max(late_s, actual_s) <= _LATE_S and not faults
    for one in told["service"]:
        bound, saving = one["lower_bound"], one["saving"]
        good = good and bound >= _PROMISE[one["stock"]] and saving >= _SAVING
        shares = {
            "at least": bound,
            "promise": one["promise"],
            "fill rate": one["fill_rate"],
            "variance doubled": one["over_dispersed_level"],
            "popularity wrong": one["wrong_popularity_level"],
            "below each dish on its own": saving,
        }
        told_of = ", ".join(f"{what} {100 * share:.3f} %" for what, share in shares.items())
        print(f"  {one['stock']}: {told_of}")
    return bool(good)


def main() -> int:
    """Run both journeys; return 1 where one misses a bar."""
    good = True
    for name, late, seen in CASES:
        with tempfile.TemporaryDirectory(prefix="retinue-bench-") as folder:
            good = _case(Path(folder), name, late, seen) and good
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
