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
from retinue.traffic.path_search import Path, Search, SearchGraph, search_path
from retinue.traffic.safe_intervals import FOREVER_S, Closed, SafeIntervals
from retinue.traffic.speed_grid import CEILING_SHARES, GridPoint, SpeedGrid, speed_grid
from retinue.traffic.way_frame import StandPoint, WayFrame, way_frame
from retinue.traffic.way_graph import StandWindow, WayGraph, way_graph
from retinue.traffic.way_holds import Convoy, WayHold, close_convoys, own_holds
from retinue.traffic.way_parts import kept_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.rail.dynamics import TrainDynamics
    from retinue.rail.running_path import RunningPath
    from retinue.traffic.blocking_rules import BlockingRules
    from retinue.traffic.line_network import LineNetwork, Way
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


@dataclass(frozen=True, eq=False)
class SpecialSection:
    """The main train between two stops that are asked for; chainages of the whole leg."""

    train: TrainDynamics
    path: RunningPath
    from_m: float
    to_m: float
    share: float = 1.0


@dataclass(frozen=True)
class SpecialStop:
    """A stop that the journey asks for, with tolerances; Unix seconds."""

    at_m: float
    least_s: float = 0.0
    most_s: float = np.inf
    arrive: tuple[float, float] = (-np.inf, np.inf)
    depart: tuple[float, float] = (-np.inf, np.inf)


@dataclass(frozen=True, eq=False)
class InsertionRequest:
    """What path is wished for.

    Attributes
    ----------
    way
        The resources along the route.
    place_m
        Chainage of the leg at each of ``way.node_m``.
    sections, stops
        The train between its stops, and the stops (one fewer).
    depart, arrive
        Windows of the main train, Unix seconds.
    aim
        What is best inside the windows.
    shares
        Ceilings of the grid (`speed_grid`).
    may_wait
        Whether the convoy may stand where nobody asked for it.
    speed_cap_mps
        A speed not to be exceeded anywhere.
    other_lags
        Lags (advance, following train; s) that the convoy may keep besides its own
        (`retinue.traffic.way_holds.lag_choices`).
    lags_change
        Whether it may go over from one choice of lags to another where it stands.
    """

    way: Way
    place_m: Floats
    sections: tuple[SpecialSection, ...]
    convoy: Convoy
    depart: tuple[float, float]
    arrive: tuple[float, float] = (-np.inf, np.inf)
    stops: tuple[SpecialStop, ...] = ()
    aim: Literal["earliest arrival", "latest departure"] = "earliest arrival"
    shares: tuple[float, ...] = CEILING_SHARES
    may_wait: bool = True
    speed_cap_mps: float | None = None
    other_lags: tuple[tuple[float, float], ...] = ()
    lags_change: bool = True

    @cached_property
    def convoys(self) -> tuple[Convoy, ...]:
        """The convoy with each choice of lags, its own first."""
        others = (
            replace(self.convoy, advance_s=advance, following_s=following)
            for advance, following in self.other_lags
        )
        return tuple(dict.fromkeys((self.convoy, *others)))


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
    choices
        By choice of lags, the convoy's own holds and the rules'.
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
    choices: tuple[tuple[WayHold, ...], ...]
    single: tuple[tuple[WayHold, int], ...]
    points: tuple[tuple[float, int], ...]
    not_stood_at: tuple[tuple[str, str], ...]

    @property
    def holds(self) -> tuple[WayHold, ...]:
        """What must be free round the convoy with its own lags."""
        return self.choices[0]

    @cached_property
    def frame(self) -> WayFrame:
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
        return way_frame(
            self.grids,
            self.choices,
            self.request.convoys,
            self.single,
            stands,
            boarding_s=self.blocking.terminal_stand_s,
            alighting_s=self.blocking.terminal_stand_s,
            lags_change=self.request.lags_change,
        )

    @property
    def free_running_s(self) -> float:
        """The shortest time from end to end, least stops included."""
        return sum(float(grid.free_s[-1]) for grid in self.grids) + sum(
            stop.least_s for stop in self.request.stops
        )

    def graph(
        self,
        traffic: Traffic,
        *,
        depart: tuple[float, float] | None = None,
        arrive: tuple[float, float] | None = None,
        closed: Sequence[Closed] = (),
        without: frozenset[int] = frozenset(),
        only: int | None = None,
    ) -> tuple[WayGraph, SafeIntervals]:
        """Return the graph among other trains, and their safe intervals."""
        window = self._window(depart)
        origin = float(np.floor(window[0]))
        safe = SafeIntervals(traffic, origin, closed=tuple(closed), without=without, only=only)
        windows = self._stand_windows(traffic, window, arrive or self.request.arrive, origin)
        return way_graph(self.frame, windows, safe), safe

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
        made, safe = self.graph(
            traffic, depart=depart, arrive=arrive, closed=closed, without=without
        )
        latest = (aim or self.request.aim) == "latest departure"
        easy, best, given_up = self._best(made, safe, depart, arrive, latest=latest)
        taken = best
        if easy is not None and best is not None:
            loss = best.depart_s - easy.depart_s if latest else easy.arrive_s - best.arrive_s
            if loss <= ease_s + 1e-3:
                taken = easy
        if taken is None:
            return Searched(None, given_up)
        return Searched(self._found(made, safe, taken, given_up), given_up)

    def arrival(
        self,
        traffic: Traffic,
        *,
        depart: tuple[float, float],
        only: int,
    ) -> float | None:
        """Return the earliest arrival were one train the only other; None: there is no path."""
        made, safe = self.graph(traffic, depart=depart, only=only)
        graph = self._bounded(made, safe, depart, None)
        reached = graph.reached(self._starts(graph, made))
        times = [reached.times(node)[0][0] for node in made.targets if reached.count[node]]
        return safe.origin_s + min(times) if times else None

    @staticmethod
    def _starts(graph: SearchGraph, made: WayGraph) -> list[tuple[int, float, float]]:
        return [
            (node, float(graph.node_from_s[node]), float(graph.node_to_s[node]))
            for node in made.starts
        ]

    def _bounded(
        self,
        made: WayGraph,
        safe: SafeIntervals,
        depart: tuple[float, float] | None,
        arrive: tuple[float, float] | None,
    ) -> SearchGraph:
        """Return the graph without what is too late to be worth anything."""
        bound = (
            self._window(depart)[1] - safe.origin_s + LONGEST * self.free_running_s + LONGEST_WAIT_S
        )
        return made.bounded(min(bound, (arrive or self.request.arrive)[1] - safe.origin_s))

    def _best(
        self,
        made: WayGraph,
        safe: SafeIntervals,
        depart: tuple[float, float] | None,
        arrive: tuple[float, float] | None,
        *,
        latest: bool,
    ) -> tuple[Path | None, Path | None, float]:
        """Return the best path without waiting and ceilings, the best, and what was given up.

        First with the convoy's own lags, which mostly are the best; what else may beat it has only
        the time until then.
        """
        frame = made.frame
        ends = made.starts, made.targets
        graph = self._bounded(made, safe, depart, arrive)

        def look(edges: NDArray[np.int64] | None) -> Search:
            part = graph if edges is None else graph.with_edges(edges)
            return search_path(part, *ends, latest=latest).numbered(edges)

        plain = look(np.flatnonzero(frame.plain))
        best = plain
        soonest = self._window(depart)[0] - safe.origin_s + self.free_running_s
        rounds = (np.flatnonzero(frame.first), None) if frame.choices > 1 else (None,)
        for edges in rounds:
            if best.path is not None and not latest:
                if best.path.arrive_s <= soonest + 1e-3:
                    break
                graph = made.bounded(best.path.arrive_s)
            other = look(edges)
            if other.path is None or (
                best.path is not None
                and (
                    other.path.depart_s <= best.path.depart_s + 1e-3
                    if latest
                    else other.path.arrive_s >= best.path.arrive_s - 1e-3
                )
            ):
                best = Search(best.path, other.narrowest_s)
            else:
                best = other
        return plain.path, best.path, best.narrowest_s

    def _stand_windows(
        self,
        traffic: Traffic,
        window: tuple[float, float],
        arrive: tuple[float, float],
        origin: float,
    ) -> list[StandWindow]:
        request = self.request

        def within(pair: tuple[float, float]) -> tuple[float, float]:
            return max(pair[0] - origin, -FOREVER_S), min(pair[1] - origin, FOREVER_S)

        asked = {round(stop.at_m, 3): stop for stop in request.stops}
        windows = []
        nodes = request.way.nodes
        for number, (at, position) in enumerate(self.points):
            if number in (0, len(self.points) - 1):
                windows.append(StandWindow(depart=within(window), arrive=within(arrive)))
                continue
            overtakers = self.rules.overtaking(
                traffic,
                int(nodes[position]),
                request.way.steps[position - 1].section,
                request.way.steps[position].section,
            )
            coming = tuple((a - origin, d - origin) for a, d in overtakers)
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
    choices = tuple(
        (
            *own_holds(network, way, place_m, blocking, convoy, close=close),
            *rules.holds(network, way, place_m, convoy, blocking.approach_m),
        )
        for convoy in request.convoys
    )
    one = Convoy(request.convoy.longest_m)
    single = tuple(
        (hold, takes)
        for hold in own_holds(network, way, place_m, blocking, one)
        if (takes := int(network.capacity[hold.need.resource])) < request.convoy.trains
    )
    every_hold = [*(hold for hold in choices[0]), *(hold for hold, _ in single)]
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
        choices,
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
