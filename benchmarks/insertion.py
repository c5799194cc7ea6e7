"""Special convoys among the Swiss morning: how long the search takes, and what clearing costs.

Run: ``python -m benchmarks.insertion [--requests 200] [--clearings 20] [--seed 7]`` (needs
RETINUE_SHARED).  Each request is a whole convoy (advance, main, following train) between two
random stations with the rules of a shipped policy on; the time of one is preparation, search and,
where there is no path, the reasons.  Every result is checked by `retinue.checks`, which shares no
code with the search.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from retinue.checks.traffic import check_traffic
from retinue.checks.traffic_rules import check_traffic_rules
from retinue.errors import NoPlan
from retinue.plan.traffic import TrafficRecord
from retinue.protection.policy import load_policy
from retinue.rail.formation import Formation
from retinue.rail.running_path import ANY_POWER, PowerSections, RunningPath
from retinue.rail.steps import Steps
from retinue.rail.trains import load_train
from retinue.traffic.blocking_rules import shipped_blocking_rules
from retinue.traffic.clearing import clear
from retinue.traffic.gtfs_feed import read_feed
from retinue.traffic.insertion import InsertionRequest, Prepared, SpecialSection, prepare
from retinue.traffic.insertion_record import inserted_record
from retinue.traffic.line_network import VIEWS
from retinue.traffic.reasons import explain
from retinue.traffic.record import known_overlaps
from retinue.traffic.rules import RuleSet, rule_set
from retinue.traffic.timetable import day_of_traffic
from retinue.traffic.traffic import Traffic
from retinue.traffic.way_holds import Convoy, lag_choices
from retinue.world.world import World

FEED = "data/gtfs/swiss-2014.zip"
MAIN, ADVANCE, FOLLOWING = "charter-8", "advance-5", "following-8"
LEAST_M, MOST_M = 20_000.0, 150_000.0
LARGE_M = 60_000.0
WINDOW_S = 7_200.0
ZONE = "Europe/Zurich"


@dataclass(frozen=True)
class Wishes:
    """What every request of a run has in common."""

    rules: RuleSet
    least_lag_s: float
    greatest_lag_s: float
    alone: bool

    @property
    def other_lags(self) -> tuple[tuple[float, float], ...]:
        """Return the lags that the convoy may keep."""
        span = (self.least_lag_s, self.greatest_lag_s)
        return () if self.alone else lag_choices(span, span)

    def convoy(self, lengths: dict[str, float]) -> Convoy:
        """Return the convoy of every request."""
        if self.alone:
            return Convoy(lengths[MAIN])
        return Convoy(
            lengths[MAIN],
            self.least_lag_s,
            self.least_lag_s,
            lengths[ADVANCE],
            lengths[FOLLOWING],
            nothing_between="nothing between" in self.rules.on,
        )


class Requests:
    """Random requests, the same for a seed: two stations, a departure between 6 and 9 h."""

    def __init__(self, traffic: Traffic, midnight_s: float, wishes: Wishes, seed: int) -> None:
        self.traffic = traffic
        self.midnight_s = midnight_s
        self.wishes = wishes
        self.random = np.random.default_rng(seed)
        self.train: Formation = load_train(MAIN, [])
        self.dynamics = self.train.dynamics()
        self.lengths = {n: load_train(n, []).length_m for n in (MAIN, ADVANCE, FOLLOWING)}
        self.stations = [s.index for s in traffic.network.stations if s.kind == "station"]

    def next(self) -> InsertionRequest:
        """Return the next request."""
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
        return InsertionRequest(
            way,
            way.node_m,
            (SpecialSection(self.dynamics, path, 0.0, way.length_m),),
            self.wishes.convoy(self.lengths),
            (depart, depart + WINDOW_S),
            other_lags=self.wishes.other_lags,
        )

    def prepared(self, request: InsertionRequest) -> Prepared:
        """Prepare a request."""
        return prepare(request, self.traffic.network, self.wishes.rules, shipped_blocking_rules())


@dataclass
class Watch:
    """Seconds by the wall's clock and the processor's, one each for every request."""

    wall: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)

    def __enter__(self) -> Watch:
        self.begun = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall.append(time.perf_counter() - self.begun[0])
        self.own.append(time.process_time() - self.begun[1])

    def __str__(self) -> str:
        return "; ".join(
            f"{name} median {statistics.median(times):.2f} s, maximum {max(times):.2f} s"
            for name, times in (("wall", self.wall), ("processor", self.own))
        )


def faults_of(record: TrafficRecord) -> tuple[list[str], list[str]]:
    """Return conflicts, and rules that are broken."""
    rules = [fault for finding in check_traffic_rules(record) for fault in finding.faults]
    return list(check_traffic(record).faults), rules


def insertions(requests: Requests, count: int) -> None:
    """Find paths and check each; say why where there is none."""
    traffic = requests.traffic
    known = known_overlaps(traffic)
    requests.prepared(requests.next()).find(traffic)  # the kernels are loaded once
    found, none, conflicts, broken, waits, moved = Watch(), Watch(), 0, 0, 0, 0
    both = Watch()
    why: Counter[str] = Counter()
    without_reasons = later = 0
    for number in range(count):
        request = requests.next()
        with both:
            prepared = requests.prepared(request)
            path = prepared.find(traffic)
            explained = None if path else explain(prepared, traffic, request.depart[0])
        own = found if path else none
        own.wall.append(both.wall[-1])
        own.own.append(both.own[-1])
        if explained is not None:
            without_reasons += not explained.reasons(ZONE)
            later += explained.later is not None or explained.earlier is not None
            why.update({entry.rule or "the convoy's own way" for entry in explained.blocking})
            continue
        assert path is not None
        waits += not path.simple
        moved += path.depart_s > request.depart[0] + 1.0
        record = inserted_record(traffic, prepared, path, name="special", known=known)
        conflict, rule = faults_of(record)
        conflicts, broken = conflicts + len(conflict), broken + len(rule)
        for fault in (conflict + rule)[:2]:
            print(f"  request {number}: {fault}", flush=True)
    print(f"{count} requests: {both}")
    if found.wall:
        print(
            f"  {len(found.wall)} paths ({waits} with waiting or ceilings, {moved} later than "
            f"wished): {found}; {conflicts} conflicts, {broken} broken rules"
        )
    if none.wall:
        print(
            f"  {len(none.wall)} without a path ({without_reasons} without reasons, {later} with "
            f"another departure that works): {none}"
        )
        told = ", ".join(f"{rule} {n}" for rule, n in why.most_common())
        print(f"  in the way there: {told}")


def clearings(requests: Requests, count: int) -> None:
    """Clear the line for large requests that find no free path at their wish."""
    traffic = requests.traffic
    known = known_overlaps(traffic)
    everyone = frozenset(range(len(traffic.runs)))
    cost = bound = held = 0.0
    conflicts = broken = proven = done = 0
    watch, shares = Watch(), list[float]()
    print("     km  altered cancelled     cost    bound     held  share   wall s  processor s")
    while done < count:
        request = requests.next()
        if request.way.length_m < LARGE_M:
            continue
        prepared = requests.prepared(request)
        wish = request.depart[0]
        free = prepared.find(traffic, depart=(wish, wish))
        if free is not None:
            continue
        alone = prepared.find(traffic, depart=(wish, wish), without=everyone)
        if alone is None:
            continue
        done += 1
        avoided = frozenset(step.section for step in request.way.steps)
        with watch:
            cleared = clear(traffic, alone.windows, prepared.blocking, avoided=avoided, known=known)
        record = inserted_record(
            traffic, prepared, alone, name="special", cleared=cleared, known=known
        )
        conflict, rule = faults_of(record)
        conflicts, broken = conflicts + len(conflict), broken + len(rule)
        cost, bound, held = (
            cost + cleared.cost, bound + cleared.bound, held + cleared.held_cost,
        )  # fmt: skip
        proven += cleared.optimal
        shares.append(cleared.cost / cleared.held_cost)
        cancelled = sum(change.new is None for change in cleared.altered)
        print(
            f"{request.way.length_m / 1000:7.0f} {len(cleared.altered):8d} {cancelled:9d} "
            f"{cleared.cost:8.0f} {cleared.bound:8.0f} {cleared.held_cost:8.0f} "
            f"{cleared.cost / cleared.held_cost:6.2f} {watch.wall[-1]:8.1f} {watch.own[-1]:8.1f}  "
            f"{'; '.join((conflict + rule)[:2])}",
            flush=True,
        )
    print(
        f"{count} clearings: {conflicts} conflicts, {broken} broken rules, {cost / held:.1%} of "
        f"holding everything (mean of the shares {statistics.mean(shares):.1%})"
    )
    print(f"  bound {bound / cost:.0%} of the cost, {proven} proven optimal; {watch}")


def main() -> None:
    """Print the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--requests", type=int, default=200)
    asked.add_argument("--clearings", type=int, default=20)
    asked.add_argument("--view", choices=("pessimistic", "optimistic", "both"), default="both")
    asked.add_argument("--policy", default="royal", help="none: no rules")
    asked.add_argument("--alone", action="store_true", help="the main train only")
    asked.add_argument("--seed", type=int, default=7)
    given = asked.parse_args()
    feed = read_feed(Path(os.environ["RETINUE_SHARED"]) / FEED)
    day = day_of_traffic(feed, world=World())
    policy = None if given.policy == "none" else load_policy(given.policy)[0]
    rules = rule_set(policy.traffic if policy else None)
    least, most = (policy.advance_before, policy.advance_at_most) if policy else (600.0, 1_800.0)
    wishes = Wishes(rules, least, most, given.alone)
    views = [view for view in VIEWS if given.view in (view, "both")]
    for view in views:
        traffic = day.view(view)
        print(f"{view}, policy {given.policy}, seed {given.seed}", flush=True)
        if given.requests:
            insertions(Requests(traffic, day.from_s, wishes, given.seed), given.requests)
        if given.clearings:
            clearings(Requests(traffic, day.from_s, wishes, given.seed + 1), given.clearings)


if __name__ == "__main__":
    main()
