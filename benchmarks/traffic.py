"""A feed read, placed and scanned for conflicts, with time and memory.

    python -m benchmarks traffic

Bars (the Swiss morning of 543 trains): conflict scan under 5 s; 1,000 trains over a day under 2 GB.
"""

from __future__ import annotations

import argparse
import dataclasses
import resource
import time
from pathlib import Path


def main() -> int:
    """Measure and print; return 1 where a bar is missed."""
    from retinue.traffic.conflicts import find_conflicts
    from retinue.traffic.gtfs_feed import read_feed
    from retinue.traffic.timetable import day_of_traffic
    from retinue.world.world import World

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feed", required=True, type=Path)
    feed_path = parser.parse_args().feed
    world = World()
    missed = False
    print("| trains | read s | day s | view | occupations | conflicts | build s | scan s | MB |")
    print("|---|---|---|---|---|---|---|---|---|")
    for copies in (1, 2):
        start = time.perf_counter()
        feed = read_feed(feed_path)
        read_s = time.perf_counter() - start
        for shift in range(1, copies):
            # The same trains eight hours later: 1,000 and more over a day.
            for trip in list(feed.trips.values()):
                later = tuple(
                    dataclasses.replace(
                        stop,
                        arrive_s=stop.arrive_s + 28_800.0 * shift,
                        depart_s=stop.depart_s + 28_800.0 * shift,
                    )
                    for stop in trip.stops
                )
                name = f"{trip.id}+{shift}"
                feed.trips[name] = dataclasses.replace(trip, id=name, stops=later)
        start = time.perf_counter()
        day = day_of_traffic(feed, world=world)
        day_s = time.perf_counter() - start
        for view in ("pessimistic", "optimistic"):
            start = time.perf_counter()
            traffic = day.view(view)
            build_s = time.perf_counter() - start
            start = time.perf_counter()
            found = find_conflicts(traffic.network, traffic.occupations)
            scan_s = time.perf_counter() - start
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
            missed |= scan_s > 5.0 or peak > 2000.0
            print(
                f"| {len(day.runs)} | {read_s:.2f} | {day_s:.1f} | {view} | "
                f"{len(traffic.occupations):,} | {len(found):,} | {build_s:.2f} | {scan_s:.4f} | "
                f"{peak:.0f} |"
            )
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
