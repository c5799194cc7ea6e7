"""Insertion: the special convoy's path through the traffic of a day.

::

    InsertionRequest --prepare--> Prepared ------ find(traffic) ------> FoundPath or None
     way, trains,      grids of driving,    safe intervals, graph,       stands, ceilings,
     stops, convoy     holds, rules         sets of times                the engine's runs

**Complete over its grid.**  If any path exists in which the train, between every two points, runs
under one of the grid's ceilings, passes points at one of their speeds, stands as long as it
likes at points that may be stood at, and its convoy keeps one of the choices of lags from stand to
stand, then one is found, and no earlier arrival (or later departure) exists in the grid.  Time is
not sampled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from retinue.errors import InputError
from retinue.traffic.drive import drive
from retinue.traffic.found_path import FoundPath, HeldWindow, SpecialStand, held_windows
from retinue.traffic.insertion_request import InsertionRequest, SpecialSection, SpecialStop
from retinue.traffic.overtaking import Passing
from retinue.traffic.path_search import Path, Search, search_path
from retinue.traffic.resource import Kind
from retinue.traffic.safe_intervals import FOREVER_S, Closed, Need, SafeIntervals
from retinue.traffic.search_graph import SearchGraph
from retinue.traffic.speed_grid import GridPoint, SpeedGrid, speed_grid
from retinue.traffic.way_frame import FrameBase, StandPoint, frame_base
from retinue.traffic.way_graph import StandWindow, WayGraph, way_graph
from retinue.traffic.way_holds import Convoy, WayHold, close_convoys, longer_holds, own_holds
from retinue.traffic.way_parts import kept_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.traffic.blocking_rules import BlockingRules
    from retinue.traffic.line_network import LineNetwork
    from retinue.traffic.rules import RuleSet
    from retinue.traffic.traffic import Traffic

    Floats = NDArray[np.float64]

__all__ = [
    "FoundPath",
    "HeldWindow",
    "InsertionRequest",
    "Prepared",
    "Searched",
    "SpecialSection",
    "SpecialStand",
    "SpecialStop",
    "held_windows",
    "prepare",
]

POINTS_APART_M = 500.0
"""Points closer than this are one: the train does not change its driving so often."""

LONGEST, LONGEST_WAIT_S = 3.0, 4.0 * 3_600.0
"""A path may take so many times the free run, and so much time besides."""

LEAST_WINDOW_S = 30.0
"""A departure wished to the second is given this much."""


@dataclass(frozen=True)
class Searched:
    """What a search found.

    Attributes
    ----------
    path
        None: there is no path.
    given_up_s
        0: the answer is exact over the grid; else intervals of time shorter than this were given
        up, and there may be a (better) path through them.
    """

    path: FoundPath | None
    given_up_s: float = 0.0


@dataclass(frozen=True, eq=False)
class Prepared:
    """Everything of a request that no traffic and no clock changes.

    Attributes
    ----------
    grids
        By section.
    holds
        The convoy's own, with its own lags, and the rules'.
    more_s
        Shape (choices of lags, holds): how much longer each holds before, and after; how much
        later a companion's own hold lies.
    single
        What one train alone holds, and how many trains each takes.
    points
        (chainage, node) of the grid's points, both ends and stops included.
    not_stood_at
        Stations that are no place to wait at, with the reason.
    """

    request: InsertionRequest
    network: LineNetwork
    rules: RuleSet
    blocking: BlockingRules
    grids: tuple[SpeedGrid, ...]
    holds: tuple[WayHold, ...]
    more_s: tuple[Floats, Floats, Floats]
    single: tuple[tuple[WayHold, int], ...]
    points: tuple[tuple[float, int], ...]
    not_stood_at: tuple[tuple[str, str], ...]

    @cached_property
    def base(self) -> FrameBase:
        """The graph without any traffic."""
        asked = {round(stop.at_m, 3): stop for stop in self.request.stops}
        stands = []
        for number, (at, _) in enumerate(self.points):
            stop = asked.get(round(at, 3))
            if number in (0, len(self.points) - 1):
                stands.append(StandPoint(at, asked=True))
            elif stop is None:
                stands.append(StandPoint(at))
            else:
                stands.append(StandPoint(at, stop.least_s, stop.most_s, asked=True))
        return frame_base(
            self.grids,
            self.holds,
            self.request.convoys,
            self.more_s,
            self.single,
            stands,
            boarding_s=self.blocking.terminal_stand_s,
            alighting_s=self.blocking.terminal_stand_s,
            lags_change=self.request.lags_change,
        )

    @cached_property
    def not_overtaken(self) -> tuple[Need | None, ...]:
        """What a stand at each point asks of those who pass it; None: nothing."""
        way = self.request.way
        needs: list[Need | None] = [None]
        for _, position in self.points[1:-1]:
            node = int(way.nodes[position])
            held = self.network.stations[node].resource
            if held < 0:  # a halt: it stands on the block before
                before = (way.kind == Kind.BLOCK) & (way.step < position)
                held = int(way.resource[before][-1])
            come_by, left_by = (way.steps[position + i].section for i in (-1, 0))
            needs.append(self.rules.not_overtaken(held, Passing(come_by, node, left_by)))
        return (*needs, None)

    @property
    def free_running_s(self) -> float:
        """The shortest time from end to end, least stops included."""
        return sum(float(grid.free_s[-1]) for grid in self.grids) + sum(
            stop.least_s for stop in self.request.stops
        )

    def graph(
        self, traffic: Traffic, depart: tuple[float, float] | None = None
    ) -> tuple[WayGraph, SafeIntervals]:
        """Return the graph of all choices of lags among other trains, and their free times."""
        moments = self._moments(traffic, depart, None)
        return way_graph(self.base.joined, moments.windows, moments.safe), moments.safe

    def _moments(
        self,
        traffic: Traffic,
        depart: tuple[float, float] | None,
        arrive: tuple[float, float] | None,
        closed: Sequence[Closed] = (),
        without: frozenset[int] = frozenset(),
        only: int | None = None,
    ) -> _Moments:
        window = self._window(depart)
        ends = self.request.arrive if arrive is None else arrive
        origin = float(np.floor(window[0]))
        safe = SafeIntervals(traffic, origin, closed=tuple(closed), without=without, only=only)
        latest = min(
            window[1] - origin + LONGEST * self.free_running_s + LONGEST_WAIT_S, ends[1] - origin
        )
        soonest = window[0] - origin + self.free_running_s
        return _Moments(safe, self._stand_windows(safe, window, ends), soonest, latest)

    def _window(self, depart: tuple[float, float] | None) -> tuple[float, float]:
        window = self.request.depart if depart is None else depart
        return window[0], max(window[1], window[0] + LEAST_WINDOW_S)

    def find(
        self,
        traffic: Traffic,
        *,
        depart: tuple[float, float] | None = None,
        closed: Sequence[Closed] = (),
        without: frozenset[int] = frozenset(),
        ease_s: float = 0.0,
    ) -> FoundPath | None:
        """Return the best path among other trains; None: `search` found none."""
        return self.search(
            traffic, depart=depart, closed=closed, without=without, ease_s=ease_s
        ).path

    def search(
        self,
        traffic: Traffic,
        *,
        depart: tuple[float, float] | None = None,
        arrive: tuple[float, float] | None = None,
        aim: Literal["earliest arrival", "latest departure"] | None = None,
        closed: Sequence[Closed] = (),
        without: frozenset[int] = frozenset(),
        ease_s: float = 0.0,
    ) -> Searched:
        """Look for the best path among other trains.

        Parameters
        ----------
        depart, arrive, aim
            Another window of departure or arrival, or another aim than the request's.
        closed
            Possessions, sweeps and patrols.
        without
            Trains (indices) that do not count.
        ease_s
            A path without waiting and ceilings is taken where it is worse by no more than this.
        """
        moments = self._moments(traffic, depart, arrive, closed, without)
        latest = (aim or self.request.aim) == "latest departure"
        first = way_graph(self.base.first, moments.windows, moments.safe)
        graph = first.bounded(moments.latest_s)
        plain = _look(first, graph, np.flatnonzero(first.frame.plain), latest=latest)
        if plain.path is not None and not latest:
            graph = first.bounded(plain.path.arrive_s)
        best = _look(first, graph, None, latest=latest)
        made, given_up = first, best.narrowest_s
        if len(self.request.convoys) > 1 and not _at_best(best.path, moments, latest=latest):
            other = self._with_other_lags(moments, best.path, latest=latest)
            given_up = other.narrowest_s
            if other.path is not None:
                made, best = other.made, other
        taken = best.path
        if plain.path is not None and taken is not None:
            loss = (
                taken.depart_s - plain.path.depart_s
                if latest
                else plain.path.arrive_s - taken.arrive_s
            )
            if loss <= ease_s + 1e-3:
                made, taken = first, plain.path
        if taken is None:
            return Searched(None, given_up)
        return Searched(self._found(made, moments.safe, taken, given_up), given_up)

    def _with_other_lags(self, moments: _Moments, best: Path | None, *, latest: bool) -> _Looked:
        """Look for what is better with other lags than the convoy's own.

        First in a graph of what all choices ask for: where that has nothing better, none has.
        """
        found = _Looked(None, 0.0)
        for frame in (self.base.relaxed, self.base.joined):
            made = way_graph(frame, moments.windows, moments.safe)
            graph = made.bounded(moments.latest_s)
            if best is not None and latest:
                graph = made.after(best.depart_s, graph)
            elif best is not None:
                graph = made.bounded(best.arrive_s)
            found = _look(made, graph, None, latest=latest)
            if found.path is None or (best is not None and not _beats(found.path, best, latest)):
                return _Looked(None, found.narrowest_s)
        return found

    def arrival(self, traffic: Traffic, *, depart: tuple[float, float], only: int) -> float | None:
        """Return the earliest arrival with the own lags were one train the only other.

        None: there is no path.
        """
        moments = self._moments(traffic, depart, None, only=only)
        made = way_graph(self.base.first, moments.windows, moments.safe)
        graph = made.bounded(moments.latest_s)
        node = made.starts[0]
        reached = graph.reached(
            [(node, float(graph.node_from_s[node]), float(graph.node_to_s[node]))]
        )
        times = reached.times(made.targets[0])
        return moments.safe.origin_s + times[0][0] if times else None

    def _stand_windows(
        self, safe: SafeIntervals, window: tuple[float, float], arrive: tuple[float, float]
    ) -> list[StandWindow]:
        request, origin = self.request, safe.origin_s

        def within(pair: tuple[float, float]) -> tuple[float, float]:
            return max(pair[0] - origin, -FOREVER_S), min(pair[1] - origin, FOREVER_S)

        asked = {round(stop.at_m, 3): stop for stop in request.stops}
        windows = []
        for number, ((at, _), need) in enumerate(zip(self.points, self.not_overtaken, strict=True)):
            if number in (0, len(self.points) - 1):
                windows.append(StandWindow(depart=within(window), arrive=within(arrive)))
                continue
            coming = () if need is None else tuple(safe.passing(need))
            stop = asked.get(round(at, 3))
            if stop is None:
                windows.append(StandWindow(overtakers=coming))
            else:
                windows.append(StandWindow(within(stop.arrive), within(stop.depart), coming))
        return windows

    def _found(self, made: WayGraph, safe: SafeIntervals, path: Path, given_up: float) -> FoundPath:
        frame = made.frame
        ways: list[list[int]] = [[] for _ in self.grids]
        node_at = dict(self.points)
        origin = safe.origin_s
        stands = [SpecialStand(self.points[0][0], origin + path.depart_s,
                               origin + path.depart_s, True, self.points[0][1])]  # fmt: skip
        choices: list[int] = []
        for step in path.steps:
            edge = step.edge
            if frame.stand[edge] < 0:
                ways[int(frame.section[edge])].append(int(frame.way[edge]))
                if len(choices) < len(stands):
                    choices.append(int(frame.choice[edge]))
                continue
            stand = frame.stands[int(frame.stand[edge])]
            stands.append(
                SpecialStand(stand.at_m, origin + step.from_s, origin + step.to_s, stand.asked,
                             node_at[stand.at_m])
            )  # fmt: skip
        end = origin + path.arrive_s
        stands.append(SpecialStand(self.points[-1][0], end, end, True, self.points[-1][1]))
        drives = tuple(drive(grid, chosen) for grid, chosen in zip(self.grids, ways, strict=True))
        ceilings = tuple(ceiling for made_drive in drives for ceiling in made_drive.ceilings)
        found = FoundPath(
            tuple(stands),
            ceilings,
            drives,
            (),
            not ceilings and all(stand.asked for stand in stands),
            tuple(self.request.convoys[choice] for choice in choices),
            given_up,
        )
        return replace(found, windows=tuple(held_windows(self, found)))


@dataclass(frozen=True, eq=False)
class _Moments:
    """The times of one search, seconds from its origin."""

    safe: SafeIntervals
    windows: list[StandWindow]
    soonest_s: float
    latest_s: float


@dataclass(frozen=True, eq=False)
class _Looked(Search):
    """A search's result with the graph it was made in."""

    graph: WayGraph | None = None

    @property
    def made(self) -> WayGraph:
        """The graph."""
        assert self.graph is not None
        return self.graph


def _look(
    made: WayGraph, graph: SearchGraph, edges: NDArray[np.int64] | None, *, latest: bool
) -> _Looked:
    part = graph if edges is None else graph.with_edges(edges)
    found = search_path(part, made.starts, made.targets, latest=latest).numbered(edges)
    return _Looked(found.path, found.narrowest_s, made)


def _beats(one: Path, other: Path, latest: bool) -> bool:
    if latest:
        return one.depart_s > other.depart_s + 1e-3
    return one.arrive_s < other.arrive_s - 1e-3


def _at_best(best: Path | None, moments: _Moments, *, latest: bool) -> bool:
    """Return whether nobody could arrive earlier."""
    return best is not None and not latest and best.arrive_s <= moments.soonest_s + 1e-3


def prepare(
    request: InsertionRequest, network: LineNetwork, rules: RuleSet, blocking: BlockingRules
) -> Prepared:
    """Work out what no traffic changes: points, holds, grids of driving.

    Raises
    ------
    InputError
        Where sections, stops and way do not fit together.
    NoPlan
        As the engine.
    """
    way, place_m = request.way, request.place_m
    if len(request.stops) != len(request.sections) - 1:
        raise InputError("a special train has one stop fewer than sections")
    if place_m.size != way.node_m.size or bool((np.diff(place_m) <= 0.0).any()):
        raise InputError("the places of a way's nodes rise along the leg")
    if any(convoy.trains != request.convoy.trains for convoy in request.convoys):
        raise InputError("with other lags a convoy has the same trains")
    close = close_convoys(request.convoys)

    def with_lags(convoy: Convoy) -> tuple[WayHold, ...]:
        return (
            *own_holds(network, way, place_m, blocking, convoy, close=close),
            *rules.holds(network, way, place_m, convoy, blocking.approach_m),
        )

    holds = with_lags(request.convoy)
    more_s = longer_holds(request.convoys, holds, with_lags)
    one = Convoy(request.convoy.longest_m)
    single = tuple(
        (hold, takes)
        for hold in own_holds(network, way, place_m, blocking, one)
        if (takes := int(network.capacity[hold.need.resource])) < request.convoy.trains
    )
    every_hold = [*holds, *(hold for hold, _ in single)]
    points, grids, refused = [], [], []
    fixed = [request.sections[0].from_m, *(section.to_m for section in request.sections)]
    for section in request.sections:
        listed = [GridPoint(section.from_m), GridPoint(section.to_m)]
        for position, at in enumerate(place_m):
            at = float(at)
            if not section.from_m + POINTS_APART_M <= at <= section.to_m - POINTS_APART_M:
                continue
            station = network.stations[int(way.nodes[position])]
            if station.kind != "station":
                continue
            if any(abs(at - point.at_m) < POINTS_APART_M for point in listed):
                continue
            reason = _no_place(network, station.resource, request)
            if reason:
                refused.append((station.name, reason))
            listed.append(GridPoint(at, may_stand=not reason))
        listed.sort(key=lambda point: point.at_m)
        grids.append(
            speed_grid(
                section.train,
                section.path,
                listed,
                kept_places(every_hold, section.from_m, section.to_m),
                shares=request.shares,
                speed_cap_mps=request.speed_cap_mps,
                share=section.share,
            )
        )
        points += [p.at_m for p in listed if p.may_stand]
    every = sorted({*fixed, *points})
    nodes = [int(np.argmin(np.abs(place_m - at))) for at in every]
    return Prepared(
        request,
        network,
        rules,
        blocking,
        tuple(grids),
        holds,
        more_s,
        single,
        tuple(zip(every, nodes, strict=True)),
        tuple(refused),
    )


def _no_place(network: LineNetwork, resource: int, request: InsertionRequest) -> str:
    """Return why the convoy cannot wait at a station; empty: it can."""
    if not request.may_wait:
        return "waiting is not wanted"
    there = network.resources[resource]
    convoy = request.convoy
    if there.capacity < convoy.trains:
        return f"{there.capacity} tracks for {convoy.trains} trains"
    if there.holds(convoy.longest_m) is False:
        return f"its longest track has {there.longest_m:.0f} m, the train {convoy.longest_m:.0f} m"
    return ""
