"""The train runs of a day, of the feed's trips and the network's skeleton."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from retinue.traffic.placing import pattern_of
from retinue.traffic.timing import shared_out
from retinue.traffic.train_run import Call, Timed, TrainRun

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from retinue.traffic.blocking_rules import BlockingRules
    from retinue.traffic.engine_timing import EngineTiming
    from retinue.traffic.gtfs_feed import Feed, FeedTrip
    from retinue.traffic.skeleton import Laid, Skeleton
    from retinue.traffic.train_classes import TrainClasses

    Floats = NDArray[np.float64]

__all__ = ["RunMaker", "TimedStop"]


@dataclass
class TimedStop:
    """A call of the timetable on the skeleton: position in the laid nodes, and its times."""

    call: int
    arrive_s: float
    depart_s: float
    stops: bool
    timed: Timed


@dataclass
class RunMaker:
    """Makes train runs.

    Attributes
    ----------
    speeds_mps
        Speed proven of each section: a train is taken to pass slow sections slowly; None: evenly.
    engine
        Shares out running times where a class has rolling stock.
    """

    feed: Feed
    skeleton: Skeleton
    rules: BlockingRules
    classes: TrainClasses
    speeds_mps: list[float] | None = None
    engine: EngineTiming | None = None

    def runs(self, day: date, from_s: float, until_s: float) -> list[TrainRun]:
        """Return the runs that are on their way between two moments, by departure, then id.

        Trips of the service days before are among them when they run past midnight; their id
        then names the day.
        """
        found: list[TrainRun] = []
        longest = max((t.stops[-1].arrive_s for t in self.feed.trips.values()), default=0.0)
        latest = max((f.end_s for t in self.feed.trips.values() for f in t.frequencies), default=0)
        days_back = int((longest + latest) // 86400)
        days_on = max(0, math.ceil((until_s - from_s) / 86400.0))
        for ahead in range(-days_back, days_on + 1):
            service_day = day + timedelta(days=ahead)
            suffix = "" if ahead == 0 else f" ({service_day.isoformat()})"
            for trip, zero_s in self.feed.trips_on(service_day):
                for start_s, name in _starts(trip):
                    shift = zero_s + start_s
                    first = trip.stops[0].depart_s + shift
                    last = trip.stops[-1].arrive_s + shift
                    if first >= until_s or last < from_s:
                        continue
                    run = self.run(trip, shift, trip.id + name + suffix)
                    if run is not None:
                        found.append(run)
        found.sort(key=lambda run: (run.depart_s, run.id))
        return found

    def run(self, trip: FeedTrip, shift_s: float, name: str) -> TrainRun | None:
        """Return one run whose times count from a moment; None where it moves nowhere."""
        laid = self.skeleton.laid.get(pattern_of(trip))
        if laid is None:
            return None
        route = self.feed.routes[trip.route]
        mean_m = laid.at_m[-1] / max(1, len(trip.stops) - 1)
        train_class = self.classes.class_of(route.name, route.route_type, mean_m)
        figures = self.classes.figures[train_class]
        timed = _timed_stops(trip, laid, shift_s)
        calls: list[Call] = []
        for one, two in itertools.pairwise(timed):
            calls.append(_call(laid, one, figures.minimum_dwell_s))
            calls += self._passed(laid, one, two, figures.train)
        calls.append(_call(laid, timed[-1], figures.minimum_dwell_s))
        return TrainRun(
            name, train_class, trip.title, figures.passengers, figures.length_m,
            figures.top_speed_mps, tuple(calls), laid.steps, figures.ground,
        )  # fmt: skip

    def _passed(self, laid: Laid, one: TimedStop, two: TimedStop, train: str) -> list[Call]:
        """Return the nodes passed between two timed calls."""
        inner = range(one.call + 1, two.call)
        if not inner:
            return []
        start = laid.at_m[one.call]
        at_m = np.array([laid.at_m[i] - start for i in inner])
        length, time_s = laid.at_m[two.call] - start, two.arrive_s - one.depart_s
        after = None
        if self.engine is not None and train:
            steps = laid.steps[one.call : two.call]
            after = self.engine.shared_out(train, steps, at_m, length, time_s)
        timed: Timed = "engine" if after is not None else "interpolated"
        if after is None:
            scaled = self._by_speed(laid, one.call, two.call, length)
            after = shared_out(
                at_m if scaled is None else scaled, length, time_s, self.rules.acceleration_mps2
            )
        return [
            Call(laid.nodes[i], one.depart_s + t, one.depart_s + t, False, 0.0, timed)
            for i, t in zip(inner, after.tolist(), strict=True)
        ]

    def _by_speed(self, laid: Laid, start: int, end: int, length_m: float) -> Floats | None:
        """Return the places passed as shares of the time that proven speeds would take."""
        if self.speeds_mps is None:
            return None
        sections = self.skeleton.sections
        needed = [
            sections[s.section].length_m / self.speeds_mps[s.section] for s in laid.steps[start:end]
        ]
        summed = np.cumsum(needed)
        return np.asarray(summed[:-1] / summed[-1] * length_m)


def _starts(trip: FeedTrip) -> list[tuple[float, str]]:
    """Return by how much each repetition is later than the trip's own times, and its name."""
    if not trip.frequencies:
        return [(0.0, "")]
    first = trip.stops[0].depart_s
    return [
        (start - first, f"@{start // 3600:02d}:{start // 60 % 60:02d}")
        for entry in trip.frequencies
        for start in range(entry.start_s, entry.end_s, entry.headway_s)
    ]


def _timed_stops(trip: FeedTrip, laid: Laid, shift_s: float) -> list[TimedStop]:
    """Return the calls with times; stops of one node in a row are one call.

    A stop without a time is a call at the time that its distance gives it.
    """
    given: list[TimedStop] = []
    known = [i for i, stop in enumerate(trip.stops) if not math.isnan(stop.depart_s)]
    at_m = [laid.at_m[call] for call in laid.call_of_stop]
    times = np.interp(at_m, [at_m[i] for i in known], [trip.stops[i].arrive_s for i in known])
    for i, (stop, call) in enumerate(zip(trip.stops, laid.call_of_stop, strict=True)):
        untimed = math.isnan(stop.depart_s)
        arrive = (float(times[i]) if untimed else stop.arrive_s) + shift_s
        depart = arrive if untimed else stop.depart_s + shift_s
        stands = stop.passenger_stop or depart > arrive
        if given and given[-1].call == call:
            given[-1].depart_s = max(depart, given[-1].depart_s)
            given[-1].stops |= stands
        else:
            timed: Timed = "interpolated" if untimed else "timetable"
            given.append(TimedStop(call, arrive, depart, stands, timed))
    for before, here in itertools.pairwise(given):
        # Between a departure and a stop that has no time of its own, times must not run backwards.
        here.arrive_s = max(here.arrive_s, before.depart_s)
        here.depart_s = max(here.depart_s, here.arrive_s)
    given[0].stops = given[-1].stops = True
    return given


def _call(laid: Laid, stop: TimedStop, minimum_s: float) -> Call:
    dwell = stop.depart_s - stop.arrive_s
    least = min(minimum_s, dwell) if stop.stops else 0.0
    return Call(laid.nodes[stop.call], stop.arrive_s, stop.depart_s, stop.stops, least, stop.timed)
