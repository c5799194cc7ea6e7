"""Insertion: the special convoy's path through the traffic of a day.

::

    InsertionRequest --prepare--> Prepared ------ find(traffic) ------> FoundPath or None
     way, trains,      grids of driving,    safe intervals, graph,       stands, ceilings,
     stops, convoy     holds, rules         sets of times                the engine's runs

**Complete over its grid.**  If any path exists in which the train, between every two points, runs
under one of the grid's ceilings, passes points at one of their speeds, stands as long as it
likes at points that may be stood at, and its convoy keeps constant lags, then one is found, and
no earlier arrival (or later departure) exists in the grid.  Time is not sampled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from retinue.errors import InputError
from retinue.traffic.drive import Drive, drive
from retinue.traffic.path_search import Path, find_path
from retinue.traffic.safe_intervals import FOREVER_S, Closed, SafeIntervals
from retinue.traffic.speed_grid import CEILING_SHARES, GridPoint, SpeedGrid, speed_grid
from retinue.traffic.way_graph import StandRule, WayGraph, kept_places, way_graph
from retinue.traffic.way_holds import Convoy, WayHold, own_holds

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
    "SpecialSection",
    "SpecialStand",
    "SpecialStop",
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


@dataclass(frozen=True)
class SpecialStand:
    """A stand of the main train; Unix seconds.  At the ends arrival and departure are equal."""

    at_m: float
    arrive_s: float
    depart_s: float
    asked: bool
    node: int


@dataclass(frozen=True)
class HeldWindow:
    """What the convoy holds when; Unix seconds."""

    hold: WayHold
    from_s: float
    to_s: float


@dataclass(frozen=True, eq=False)
class FoundPath:
    """A path of the main train, as the engine runs it; the convoy keeps its lags.

    Attributes
    ----------
    stands
        Both ends, the stops asked for, and where it waits for others.
    ceilings
        (from, to, speed): what the driver is told beyond the line's speeds.
    drives
        One for each section.
    windows
        What is held when, the rules' holds among them.
    simple
        No waiting and no ceiling.
    """

    stands: tuple[SpecialStand, ...]
    ceilings: tuple[tuple[float, float, float], ...]
    drives: tuple[Drive, ...]
    windows: tuple[HeldWindow, ...] = field(repr=False)
    simple: bool = True

    @property
    def depart_s(self) -> float:
        """Departure of the main train, Unix seconds."""
        return self.stands[0].depart_s

    @property
    def arrive_s(self) -> float:
        """Arrival of the main train, Unix seconds."""
        return self.stands[-1].arrive_s

    @property
    def waits_s(self) -> float:
        """Time stood where nobody asked for it."""
        return sum(s.depart_s - s.arrive_s for s in self.stands[1:-1] if not s.asked)

    def front_at(self, place_m: float) -> float:
        """Return when the front is at a chainage; at a stand when it arrives."""
        runs = [run for made in self.drives for run in made.runs]
        for run, one, two in zip(runs, self.stands[:-1], self.stands[1:], strict=True):
            if place_m <= two.at_m + 1e-6:
                inside = min(max(place_m - one.at_m, 0.0), two.at_m - one.at_m)
                return one.depart_s + float(run.time_at(inside))
        return self.arrive_s


@dataclass(frozen=True, eq=False)
class Prepared:
    """Everything of a request that no traffic and no clock changes.

    Attributes
    ----------
    grids
        By section.
    holds
        The convoy's own and the rules'.
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
    points: tuple[tuple[float, int], ...]
    not_stood_at: tuple[tuple[str, str], ...]

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
        closed: Sequence[Closed] = (),
        without: frozenset[int] = frozenset(),
    ) -> tuple[WayGraph, SafeIntervals]:
        """Return the graph among other trains, and their safe intervals."""
        request = self.request
        window = request.depart if depart is None else depart
        window = window[0], max(window[1], window[0] + LEAST_WINDOW_S)
        origin = float(np.floor(window[0]))
        safe = SafeIntervals(traffic, origin, closed=tuple(closed), without=without)
        rules = self._stand_rules(traffic, window, origin)
        made = way_graph(
            self.grids,
            self.holds,
            rules,
            safe,
            boarding_s=self.blocking.terminal_stand_s,
            alighting_s=self.blocking.terminal_stand_s,
        )
        return made, safe

    def find(
        self,
        traffic: Traffic,
        *,
        depart: tuple[float, float] | None = None,
        closed: Sequence[Closed] = (),
        without: frozenset[int] = frozenset(),
        ease_s: float = 0.0,
    ) -> FoundPath | None:
        """Return the best path among other trains; None: there is none in the grid.

        Parameters
        ----------
        depart
            Another window of departure than the request's.
        closed
            Possessions, sweeps and patrols.
        without
            Trains (indices) that do not count.
        ease_s
            A path without waiting and ceilings is taken where it is worse by no more than this.
        """
        made, safe = self.graph(traffic, depart=depart, closed=closed, without=without)
        latest = self.request.aim == "latest departure"
        plain = np.flatnonzero(made.plain())
        window = self.request.depart if depart is None else depart
        bound = window[1] - safe.origin_s + LONGEST * self.free_running_s + LONGEST_WAIT_S
        graph = made.bounded(min(bound, self.request.arrive[1] - safe.origin_s))
        ends = [made.start], [made.target]
        easy = find_path(graph.with_edges(plain), *ends, latest=latest)
        if easy is not None and not latest:
            graph = made.bounded(easy.arrive_s)
        best = find_path(graph, *ends, latest=latest)
        if best is None:
            return None
        if easy is not None:
            loss = best.depart_s - easy.depart_s if latest else easy.arrive_s - best.arrive_s
            if loss <= ease_s + 1e-3:
                return self._found(made, safe, easy, plain)
        return self._found(made, safe, best, np.arange(made.way.size))

    def _stand_rules(
        self, traffic: Traffic, window: tuple[float, float], origin: float
    ) -> list[StandRule]:
        request = self.request

        def within(pair: tuple[float, float]) -> tuple[float, float]:
            return max(pair[0] - origin, -FOREVER_S), min(pair[1] - origin, FOREVER_S)

        asked = {round(stop.at_m, 3): stop for stop in request.stops}
        rules = []
        nodes = request.way.nodes
        for number, (at, position) in enumerate(self.points):
            if number in (0, len(self.points) - 1):
                rules.append(
                    StandRule(at, depart=within(window), arrive=within(request.arrive), asked=True)
                )
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
                rules.append(StandRule(at, overtakers=coming))
            else:
                rules.append(
                    StandRule(
                        at,
                        stop.least_s,
                        stop.most_s,
                        within(stop.arrive),
                        within(stop.depart),
                        asked=True,
                        overtakers=coming,
                    )
                )
        return rules

    def _found(
        self, made: WayGraph, safe: SafeIntervals, path: Path, edges: NDArray[np.int64]
    ) -> FoundPath:
        ways: list[list[int]] = [[] for _ in self.grids]
        node_at = dict(self.points)
        origin = safe.origin_s
        stands = [SpecialStand(self.points[0][0], origin + path.depart_s,
                               origin + path.depart_s, True, self.points[0][1])]  # fmt: skip
        for step in path.steps:
            edge = int(edges[step.edge])
            if made.stand[edge] < 0:
                ways[int(made.section[edge])].append(int(made.way[edge]))
                continue
            rule = made.stands[int(made.stand[edge])]
            stands.append(
                SpecialStand(rule.at_m, origin + step.from_s, origin + step.to_s, rule.asked,
                             node_at[rule.at_m])
            )  # fmt: skip
        end = origin + path.arrive_s
        stands.append(SpecialStand(self.points[-1][0], end, end, True, self.points[-1][1]))
        drives = tuple(drive(grid, chosen) for grid, chosen in zip(self.grids, ways, strict=True))
        ceilings = tuple(ceiling for made_drive in drives for ceiling in made_drive.ceilings)
        found = FoundPath(tuple(stands), ceilings, drives, ())
        simple = not ceilings and all(stand.asked for stand in stands)
        return FoundPath(found.stands, ceilings, drives, tuple(held_windows(self, found)), simple)


def held_windows(prepared: Prepared, found: FoundPath) -> list[HeldWindow]:
    """Return what is held when, worked out from the engine's runs and the stands alone."""
    windows = []
    terminal_s = prepared.blocking.terminal_stand_s
    stands = found.stands
    for hold in prepared.holds:
        on_it = [s for s in stands if hold.place and hold.holds(s.at_m)]
        if hold.when != "both" and (hold.when == "standing") != bool(on_it):
            continue
        before = [s for s in stands[:-1] if hold.from_m <= s.at_m and hold.ahead_of(s.at_m)]
        if before:
            begin = before[-1].depart_s - hold.before_s
        else:
            begin = found.front_at(hold.from_m) - hold.before_s
            if on_it and on_it[0] is stands[0]:
                begin -= terminal_s
        behind = [s for s in stands[1:] if s.at_m < hold.to_m and hold.behind(s.at_m)]
        if behind:
            end = behind[0].arrive_s + hold.after_s
        else:
            end = found.front_at(hold.to_m) + hold.after_s
            if on_it and on_it[-1] is stands[-1]:
                end += terminal_s
        windows.append(HeldWindow(hold, begin, max(begin, end)))
    return windows


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
    holds = (
        *own_holds(network, way, place_m, blocking, request.convoy),
        *rules.holds(network, way, place_m, request.convoy, blocking.approach_m),
    )
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
                kept_places(holds, section.from_m, section.to_m),
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
