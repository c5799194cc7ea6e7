"""From a feed to a day's traffic: runs on one network, seen pessimistically and optimistically.

::

    Feed -> CourseFinder -> Skeleton -> RunMaker -> prove -> NetworkBuilder -> occupy -> Traffic
              (shapes, pack)  (nodes)     (times)   (tracks)   (two views)    (blocking times)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from retinue.clock import zone
from retinue.errors import InputError
from retinue.traffic.blocking_rules import BlockingRules, shipped_blocking_rules
from retinue.traffic.blocks import NetworkBuilder, junction_moves
from retinue.traffic.coupling import coupled_steps
from retinue.traffic.course_finding import CourseFinder
from retinue.traffic.engine_timing import EngineTiming
from retinue.traffic.gtfs_calendar import service_day_start_s
from retinue.traffic.line_network import VIEWS, View
from retinue.traffic.mapped_line import map_lines
from retinue.traffic.occupation import Occupations
from retinue.traffic.occupying import occupy
from retinue.traffic.pack_way import PackRail
from retinue.traffic.placing import Placement, pattern_of, place_trips
from retinue.traffic.restrictions import place_restrictions, possession_occupations
from retinue.traffic.run_making import RunMaker
from retinue.traffic.skeleton import Skeleton, lay_out
from retinue.traffic.slowed_trains import slowed_trains
from retinue.traffic.track_proofs import TimetableProofs, prove
from retinue.traffic.traffic import Traffic
from retinue.traffic.train_classes import TrainClasses, shipped_train_classes
from retinue.world.running_side import running_side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from retinue.traffic.gtfs_feed import Feed
    from retinue.traffic.restrictions import Restriction
    from retinue.traffic.train_run import TrainRun
    from retinue.world.world import World

__all__ = ["DayOfTraffic", "day_of_traffic"]


@dataclass(eq=False)
class DayOfTraffic:
    """The runs of a day, and both views of the line they need.

    Attributes
    ----------
    feed, day
        What it was made of.
    from_s, until_s
        Runs on their way between these moments are in it, whole.  Unix seconds.
    placement
        How the trips stand on the world pack, over all trips of the feed that run that day.
    skeleton, runs, proofs
        Network, runs (by departure, then id), and what they prove.
    side
        Running side of the country; None: mixed or not known.
    notes
        What was assumed.
    builder
        Makes the network of either view.
    coupled
        As `coupled_steps` returns it.
    restrictions
        Newest versions of those that lie on the network.
    unplaced
        The others, and why: the feed may not serve their stations.
    """

    feed: Feed
    day: date
    from_s: float
    until_s: float
    placement: Placement
    skeleton: Skeleton
    runs: tuple[TrainRun, ...]
    proofs: TimetableProofs
    rules: BlockingRules
    side: str | None
    notes: tuple[str, ...]
    builder: NetworkBuilder
    coupled: dict[int, NDArray[np.int32]]
    restrictions: tuple[Restriction, ...] = ()
    unplaced: tuple[tuple[Restriction, str], ...] = ()

    def view(self, view: View) -> Traffic:
        """Return one view, made when first asked for."""
        return self.pessimistic if view == "pessimistic" else self.optimistic

    @cached_property
    def pessimistic(self) -> Traffic:
        """The least that the timetable proves necessary."""
        return self._view("pessimistic")

    @cached_property
    def optimistic(self) -> Traffic:
        """Double track throughout, a loop at every station, no crossing on the level."""
        return self._view("optimistic")

    def _view(self, view: View) -> Traffic:
        moves = junction_moves(self.skeleton, self.runs)
        network = self.builder.network(view, self.side, moves)
        held = occupy(network, self.runs, self.rules, coupled=self.coupled)
        placed = place_restrictions(network, self.restrictions)
        taken, work = possession_occupations(network, placed, len(self.runs))
        return Traffic(
            network, self.runs, Occupations.joined([held, taken]).by_resource(), self.coupled,
            tuple(work), tuple(placed),
        )  # fmt: skip

    def runs_by_class(self) -> dict[str, int]:
        """Return how many runs there are of each class."""
        counted: dict[str, int] = {}
        for run in self.runs:
            counted[run.train_class] = counted.get(run.train_class, 0) + 1
        return dict(sorted(counted.items()))

    def ground_km(self) -> dict[str, float]:
        """Return the network's kilometres by what their course stands on, the best first."""
        found: dict[str, float] = {}
        for key in ("world", "feed", "pack", "straight"):
            km = sum(s.length_m for s in self.skeleton.sections if s.ground == key) / 1000.0
            if km:
                found[key] = km
        return found

    @property
    def views(self) -> dict[View, Traffic]:
        """Both."""
        return {view: self.view(view) for view in VIEWS}


def day_of_traffic(
    feed: Feed,
    day: date | None = None,
    *,
    world: World | None = None,
    from_s: float | None = None,
    until_s: float | None = None,
    rules: BlockingRules | None = None,
    classes: TrainClasses | None = None,
    restrictions: Sequence[Restriction] = (),
) -> DayOfTraffic:
    """Return the traffic of one day.

    Parameters
    ----------
    feed
        As read.
    day
        Service day; by default the busiest of the feed.
    world
        Gives the pack and, where one was built, tracks, signals and platforms; by default the
        shipped pack.
    from_s, until_s
        Window, Unix seconds; by default the whole local day.
    rules, classes
        Blocking times and train classes; by default the shipped ones.
    restrictions
        Possessions become occupations of their own, held by runs without calls; speed
        restrictions slow the trains whose rolling stock is known.

    Raises
    ------
    InputError
        Where the feed has no trip that can be used, or none on that day.
    """
    from retinue.world.world import World

    rules = rules or shipped_blocking_rules()
    classes = classes or shipped_train_classes()
    world = world or World()
    day = day or feed.busiest_day()
    if day is None or not feed.trips:
        first = str(feed.faults.kept[0]) if feed.faults.kept else ""
        raise InputError("the feed has no rail trip that can be used", where=feed.name, cure=first)
    area = zone(feed.zone)
    if from_s is None:
        from_s = service_day_start_s(day, area)
    if until_s is None:
        until_s = service_day_start_s(day + timedelta(days=1), area)
    patterns = {pattern_of(trip): None for trip in feed.trips.values()}
    stops = [feed.stops[name] for pattern in patterns for name in pattern[1]]
    lat, lon = np.array([s.lat for s in stops]), np.array([s.lon for s in stops])
    finder = CourseFinder(feed, PackRail(world.pack.rail, lat, lon))
    courses = finder.courses(patterns)
    placement = place_trips(finder, list(feed.trips.values()), courses)
    skeleton = lay_out(feed, finder.points, courses)
    maker = RunMaker(feed, skeleton, rules, classes)
    runs = maker.runs(day, from_s, until_s)
    if not runs:
        known = feed.calendar.first_last()
        span = f" The feed runs from {known[0]} to {known[1]}." if known else ""
        raise InputError(
            f"no train of the feed runs on {day} in the window", where=feed.name,
            cure=f"Give another --date or window.{span}",
        )  # fmt: skip
    proofs = prove(skeleton, runs, rules)
    speeds = [max(p.speed_mps, rules.least_speed_mps) for p in proofs.sections]
    maker.speeds_mps = speeds
    maker.engine = EngineTiming([s.length_m for s in skeleton.sections], speeds)
    runs = maker.runs(day, from_s, until_s)
    coupled = coupled_steps(runs)
    proofs = prove(skeleton, runs, rules, coupled)
    country = world.countries.country_at(float(np.median(lat)), float(np.median(lon))) or ""
    side = running_side(country)
    mapped = map_lines(world, skeleton)
    builder = NetworkBuilder(
        skeleton, proofs, rules, zone=feed.zone, sections=mapped.sections, stations=mapped.stations
    )
    notes = _notes(rules, classes, runs, coupled, side, maker.engine, mapped.note)
    listed: list[Restriction] = []
    unplaced: list[tuple[Restriction, str]] = []
    if restrictions:
        # Capacity was proven by what is published; from here on trains run as they can.
        network = builder.network("optimistic", side, junction_moves(skeleton, runs))
        for entry in restrictions:
            try:
                place_restrictions(network, [entry])
                listed.append(entry)
            except InputError as error:
                unplaced.append((entry, error.message))
        placed = place_restrictions(network, listed)
        runs, told = slowed_trains(network, runs, placed, maker.engine, classes)
        notes = (*notes, *told)
        coupled = coupled_steps(runs)
    return DayOfTraffic(
        feed, day, from_s, until_s, placement, skeleton, tuple(runs), proofs, rules, side,
        notes, builder, coupled, tuple(listed), tuple(unplaced),
    )  # fmt: skip


def _notes(
    rules: BlockingRules,
    classes: TrainClasses,
    runs: Sequence[TrainRun],
    coupled: dict[int, NDArray[np.int32]],
    side: str | None,
    engine: EngineTiming,
    mapped: str,
) -> tuple[str, ...]:
    """Return what was assumed, in words."""
    notes = [f"{name}: {text}" for name, text in rules.assumed]
    used = sorted({run.train_class for run in runs})
    notes += [classes.figures[name].ground for name in used]
    timed = sum(call.timed != "timetable" for run in runs for call in run.calls)
    notes.append(
        f"{timed} times at places passed are not the timetable's: by the running-time engine where "
        "the class has rolling stock, else by the speeds that the timetable proves"
    )
    if engine.refused:
        notes.append(
            f"{engine.refused} runs between stops are shorter than the class's rolling stock "
            "needs; their times are interpolated"
        )
    if coupled:
        notes.append(
            f"{len(coupled)} runs share their times with another over two stops and more: taken "
            "as coupled, or listed twice, and counted once there"
        )
    usual = "unknown: crossings count on either side" if side is None else f"the {side}"
    notes.append(f"running side: {usual}")
    if mapped:
        notes.append(mapped)
    return tuple(notes)
