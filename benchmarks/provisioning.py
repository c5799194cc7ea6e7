"""Provisioning of both journeys: promises on fresh samples, saving, and a delay of 40 minutes.

Each line is a process of its own, as at a desk: from nothing, and 40 minutes late with what the
first has left beside its document.  A third provisions the late plan from nothing: its bytes must
be those of the second.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

#: Journey, and its departure 40 minutes later.
CASES = (
    ("vladivostok-2023", "2023-09-10 17:15 Asia/Pyongyang"),
    ("moscow-2001", "2001-07-26 08:40 Asia/Vladivostok"),
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


def _case(folder: Path, name: str, late: str) -> bool:
    bare = ["--no-pdf", "--no-page"]
    _run(folder, "plan", name, "-o", "out", "--no-provision", *bare)
    scratch_s, told = _run(folder, "provision", "out", *bare)
    _run(folder, "plan", name, "--depart", late, "-o", "late", "--no-provision", *bare)
    _run(folder, "plan", name, "--depart", late, "-o", "fresh", "--no-provision", *bare)
    (folder / "out" / ".provision-memory").rename(folder / "late" / ".provision-memory")
    (folder / "late" / "provision.json").write_bytes((folder / "out/provision.json").read_bytes())
    late_s, changed = _run(folder, "provision", "late", *bare)
    _run(folder, "provision", "fresh", *bare)
    same = (folder / "late/provision.json").read_bytes() == (
        folder / "fresh/provision.json"
    ).read_bytes()
    print(
        f"{name}: from nothing {scratch_s:.1f} s, 40 min late {late_s:.1f} s (bar {_LATE_S:g} s)"
        f", {'equal' if same else 'NOT EQUAL'} to scratch, {len(changed['changes'])} changes told"
    )
    good = same and late_s <= _LATE_S and not changed["faults"] and not told["faults"]
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
    for name, late in CASES:
        with tempfile.TemporaryDirectory(prefix="retinue-bench-") as folder:
            good = _case(Path(folder), name, late) and good
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
