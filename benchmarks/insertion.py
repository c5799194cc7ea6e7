"""Special trains among the Swiss morning: how long the search takes, and what clearing costs.

Run: ``python -m benchmarks.insertion [--requests 200] [--clearings 20] [--view pessimistic]``
(needs RETINUE_SHARED).  Every path is checked by `retinue.checks.traffic`, which shares no code
with the search.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path

import numpy as np

from retinue.checks.traffic import check_traffic
from retinue.errors import NoPlan
from retinue.rail.formation import Formation
from retinue.rail.running_path import ANY_POWER, PowerSections, RunningPath
from retinue.rail.steps import Steps
from retinue.rail.trains import load_train
from retinue.traffic.blocking_rules import shipped_blocking_rules
from retinue.traffic.clearing import clear
from retinue.traffic.gtfs_feed import read_feed
from retinue.traffic.insertion import InsertionRequest, Prepared, SpecialSection, prepare
from retinue.traffic.insertion_record import inserted_record
from retinue.traffic.record import known_overlaps
from retinue.traffic.rules import RuleSet
from retinue.traffic.timetable import day_of_traffic
from retinue.traffic.traffic import Traffic
from retinue.traffic.way_holds import Convoy

FEED = "data/gtfs/swiss-2014.zip"
TRAIN = "charter-8"
SEED = 7
LEAST_M, MOST_M = 20_000.0, 150_000.0
WINDOW_S = 7_200.0


class Requests:
    """Random requests, the same in every run: two stations, a departure between 6 and 9 h."""

    def __init__(self, traffic: Traffic, midnight_s: float, rules: RuleSet) -> None:
        self.traffic = traffic
        self.midnight_s = midnight_s
        self.rules = rules
        self.random = np.random.default_rng(SEED)
        self.train: Formation = load_train(TRAIN, [])
        self.dynamics = self.train.dynamics()
        self.stations = [s.index for s in traffic.network.stations if s.kind == "station"]

    def next(self) -> tuple[Prepared, float]:
        """Return the next request, and how long its preparation took."""
        network = self.traffic.network
        while True:
            one, two = (int(n) for n in self.random.choice(self.stations, 2, replace=False))
            try:
                steps = network.way(one, two)
            except NoPlan:
                continue
            way = network.along(steps)
            if LEAST_M < way.length_m < MOST_M:
                break
        path = RunningPath(
            "request",
            way.length_m,
            Steps.from_pairs(
                (float(at), network.sections[step.section].speed_mps)
                for at, step in zip(way.node_m, steps, strict=False)
            ),
            power=PowerSections(np.zeros(1), (ANY_POWER,)),
        )
        depart = self.midnight_s + 3_600.0 * float(self.random.uniform(6.0, 9.0))
        section = SpecialSection(self.dynamics, path, 0.0, way.length_m)
        request = InsertionRequest(
            way, way.node_m, (section,), Convoy(self.train.length_m), (depart, depart + WINDOW_S)
        )
        begun = time.perf_counter()
        made = prepare(request, network, self.rules, shipped_blocking_rules())
        return made, time.perf_counter() - begun


def insertions(requests: Requests, count: int) -> None:
    """Find paths and check each."""
    traffic = requests.traffic
    known = known_overlaps(traffic)
    requests.next()[0].find(traffic)  # the kernels are loaded once
    seconds, found, faults, waits = [], 0, 0, 0
    for _ in range(count):
        prepared, took = requests.next()
        begun = time.perf_counter()
        path = prepared.find(traffic)
        seconds.append(took + time.perf_counter() - begun)
        if path is None:
            continue
        found += 1
        waits += not path.simple
        record = inserted_record(traffic, prepared, path, name="special", known=known)
        faults += len(check_traffic(record).faults)
    print(
        f"{count} requests: {found} paths ({waits} with waiting or ceilings), median "
        f"{statistics.median(seconds):.2f} s, maximum {max(seconds):.2f} s, {faults} faults"
    )


def clearings(requests: Requests, count: int) -> None:
    """Clear the line for requests that find no free path at their wish."""
    traffic = requests.traffic
    known = known_overlaps(traffic)
    everyone = frozenset(range(len(traffic.runs)))
    done, cost, held, faults, proven = 0, 0.0, 0.0, 0, 0
    print("     km  altered     cost    bound     held  share  seconds")
    while done < count:
        prepared, _ = requests.next()
        wish = prepared.request.depart[0]
        alone = prepared.find(traffic, depart=(wish, wish), without=everyone)
        if alone is None or prepared.request.way.length_m < 60_000.0:
            continue
        free = prepared.find(traffic, depart=(wish, wish))
        if free is not None and free.simple:
            continue
        done += 1
        begun = time.perf_counter()
        avoided = frozenset(step.section for step in prepared.request.way.steps)
        cleared = clear(traffic, alone.windows, prepared.blocking, avoided=avoided, known=known)
        took = time.perf_counter() - begun
        record = inserted_record(
            traffic, prepared, alone, name="special", cleared=cleared, known=known
        )
        found = check_traffic(record).faults
        faults += len(found)
        cost, held, proven = cost + cleared.cost, held + cleared.held_cost, proven + cleared.optimal
        print(
            f"{prepared.request.way.length_m / 1000:7.0f} {len(cleared.altered):8d} "
            f"{cleared.cost:8.0f} {cleared.bound:8.0f} {cleared.held_cost:8.0f} "
            f"{cleared.cost / cleared.held_cost:6.2f} {took:8.1f}  {'; '.join(found[:2])}",
            flush=True,
        )
    print(
        f"{count} clearings: {faults} faults, {cost / held:.0%} of holding everything, "
        f"{proven} proven optimal"
    )


def main() -> None:
    """Print the figures."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--requests", type=int, default=200)
    asked.add_argument("--clearings", type=int, default=20)
    asked.add_argument("--view", choices=("pessimistic", "optimistic"), default="pessimistic")
    given = asked.parse_args()
    day = day_of_traffic(read_feed(Path(os.environ["RETINUE_SHARED"]) / FEED))
    traffic = day.view(given.view)
    none = RuleSet(frozenset(), {})
    if given.requests:
        insertions(Requests(traffic, day.from_s, none), given.requests)
    if given.clearings:
        clearings(Requests(traffic, day.from_s, none), given.clearings)


if __name__ == "__main__":
    main()
