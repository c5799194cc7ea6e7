"""Building and loading a world from an extract, in fresh processes, with time and memory.

    python benchmarks/track_world.py cologne-railway.osm.pbf [--dem DIR] [--runs 3]

Bars (the Cologne railway extract): built in under 12 s and under 1 GB, loaded in under 0.3 s.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

BUILD = """
import json, resource, sys, time
start = time.perf_counter()
from pathlib import Path
from retinue.world.osm_import import import_extract
from retinue.world.world_folder import save_track_network
dem = Path(sys.argv[3]) if sys.argv[3] else None
save_track_network(import_extract(Path(sys.argv[1]), dem=dem), Path(sys.argv[2]))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"s": time.perf_counter() - start, "mb": peak}))
"""
LOAD = """
import json, resource, sys, time
start = time.perf_counter()
from pathlib import Path
from retinue.world.track_network import load_track_network
imported = time.perf_counter()
network = load_track_network(Path(sys.argv[1]))
total = float(network.edges.length_m.sum())
print(json.dumps({"import_s": imported - start, "s": time.perf_counter() - imported}))
"""


def run(program: str, *arguments: str) -> dict[str, float]:
    """Run a program in a process of its own and return what it measured."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extract")
    parser.add_argument("--dem", default="")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world = str(Path(folder) / "bench.world")
        builds = [run(BUILD, asked.extract, world, asked.dem) for _ in range(asked.runs)]
        loads = [run(LOAD, world) for _ in range(asked.runs)]
        size = sum(path.stat().st_size for path in Path(world).iterdir())
    print(f"build  median {statistics.median(b['s'] for b in builds):.2f} s, "
          f"peak {max(b['mb'] for b in builds):,.0f} MB")  # fmt: skip
    imports = statistics.median(b["import_s"] for b in loads)
    print(f"load   median {statistics.median(b['s'] for b in loads) * 1000:.1f} ms "
          f"(after {imports:.2f} s of imports)")  # fmt: skip
    print(f"size   {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
