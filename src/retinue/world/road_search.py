"""Routes over roads for a convoy: from place to place, by the moves that a car may make.

The index is that of the tracks (`track_index.MoveIndex`) with directed edges as states and
permitted turns as moves; nothing on a road is a reversal, so one hierarchy is enough.  What a
vehicle is too high or too heavy for, what a question closes, and penalties of alternatives only
add to the costs, so the index stays a lower bound for all of them.

The cost of a route is time plus penalties, in s::

    sum of length / speed  +  bends, signals, gates, level crossings  +  passing through roads
                                                                        for residents only

A via point is passed without turning round at it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError, NoPlan, Reason
from retinue.world.road_grid import RoadPlace, nearest_place
from retinue.world.road_network import RoadNetwork
from retinue.world.road_route import RoadRoute, RoadVehicleLimits
from retinue.world.road_tag_values import Access
from retinue.world.road_turns import Closed, RoadMoves, road_moves, state_faults
from retinue.world.track_index import Costs, Goal, MoveIndex, Seed

if TYPE_CHECKING:
    from retinue.world.road_reasons import NoRoad

__all__ = ["MOST_ACCESS_M", "FoundRoad", "RoadQuestion", "RoadRouter", "RoadRun"]

MOST_ACCESS_M = 5_000.0
"""A place farther from every road than this is not on the roads at all."""
_KEPT = 16
_AT_NODE_M = 0.1
"""A place so near to a node lies at the node, and so on all its roads."""

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
LatLon = tuple[float, float]


@dataclass(frozen=True, eq=False)
class RoadQuestion:
    """What a search may not use, and what costs more for this once; both by edge."""

    closed: Mask | None = None
    extra_s: Floats | None = None


@dataclass(frozen=True)
class RoadRun:
    """A state of the router (`RoadMoves.parent` gives its edge) run between two shares of it."""

    state: int
    from_share: float
    to_share: float


@dataclass(frozen=True, eq=False)
class FoundRoad:
    """The cheapest way through places.

    Attributes
    ----------
    runs
        In order; where a via point lies on an edge, two runs of the same state.
    moves
        Rows of `RoadMoves` between them; -1 at a via point.
    cost_s
        Time and penalties, with what the question added.
    opened
        States that the search opened; 0 where the index alone answered.
    """

    places: tuple[RoadPlace, ...]
    runs: tuple[RoadRun, ...]
    moves: tuple[int, ...]
    cost_s: float
    opened: int


@dataclass(frozen=True)
class _Start:
    seed: Seed
    label: int
    left: Seed | None = None
    move: int = -1


class RoadRouter:
    """All convoys and all questions on one network.

    Parameters
    ----------
    private
        Whether private roads and gates are open to the convoy.
    """

    def __init__(self, network: RoadNetwork, *, private: bool = False) -> None:
        self.network = network
        self.private = private
        self._costs: dict[RoadVehicleLimits, Costs] = {}

    @cached_property
    def moves(self) -> RoadMoves:
        """The moves that a car may make."""
        return road_moves(self.network, private=self.private)

    @cached_property
    def state_time_s(self) -> Floats:
        """Time of a car along each state, by `RoadMoves.parent`."""
        edges = self.network.edges
        speed = np.column_stack((edges.speed_forward, edges.speed_backward)).ravel()
        return (np.repeat(edges.length_m, 2) / speed)[self.moves.parent]

    @cached_property
    def floor(self) -> Costs:
        """What every vehicle pays at least."""
        return Costs(self.state_time_s, self.moves.time_s + self.moves.penalty_s)

    def index(self) -> MoveIndex:
        """Return the index, built or laid out when first used."""
        return self._index

    @cached_property
    def _index(self) -> MoveIndex:
        moves = self.moves
        count = moves.graph.state_count
        stored = self.network.index if not self.private else {}
        return MoveIndex(
            moves.graph,
            self.floor,
            np.zeros(len(moves.graph.head), np.bool_),
            np.zeros(count, np.int32),
            stored or None,
        )

    @cached_property
    def open_state(self) -> Mask:
        """Which states of the network anybody may drive."""
        faults = state_faults(self.network)
        if self.private:
            faults = faults & ~int(Closed.PRIVATE)
        return np.asarray(faults == 0)

    @cached_property
    def usable(self) -> Mask:
        """Edges on which a journey may begin or end."""
        edges = self.network.edges
        sound = np.asarray(edges.scrap == 0)
        if self.private:
            sound |= (edges.access_forward == Access.PRIVATE) | (
                edges.access_backward == Access.PRIVATE
            )
        return sound & self.open_state.reshape(-1, 2).any(axis=1)

    def place(self, lat: float, lon: float, *, most_access_m: float = MOST_ACCESS_M) -> RoadPlace:
        """Return the place on a road that is nearest to a point.

        Raises
        ------
        InputError
            For what is no point on the Earth.
        NoPlan
            Where no road lies within ``most_access_m``, with a reason of kind ``no-road``.
        """
        if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
            raise InputError(
                f"{lat:g}, {lon:g} is no place on the Earth",
                cure="Give latitude and longitude in degrees, e.g. 47.14, 9.52.",
            )
        found = nearest_place(self.network, lat, lon, most_access_m, self.usable)
        if found is None:
            reason = Reason(
                f"no road lies within {most_access_m / 1000:g} km of {lat:.5f}, {lon:.5f}",
                where=f"{lat:.5f}, {lon:.5f}",
                cure="Build the world from an extract that covers the place.",
                kind="no-road",
            )
            raise NoPlan("the place lies on no road of this world", reasons=[reason])
        return found

    def costs(self, limits: RoadVehicleLimits, question: RoadQuestion | None = None) -> Costs:
        """Return what states and moves cost a convoy; infinite: closed to it."""
        if limits not in self._costs:
            if len(self._costs) >= _KEPT:
                self._costs.pop(next(iter(self._costs)))
            self._costs[limits] = self._limited(limits)
        plain = self._costs[limits]
        if question is None or (question.closed is None and question.extra_s is None):
            return plain
        edge = self.moves.parent >> 1
        state = plain.state.copy()
        if question.extra_s is not None:
            state += question.extra_s[edge]
        if question.closed is not None:
            state[question.closed[edge]] = np.inf
        return Costs(state, plain.move)

    def _limited(self, limits: RoadVehicleLimits) -> Costs:
        edges, nodes = self.network.edges, self.network.nodes
        state, move = self.floor.state, self.floor.move
        closed = np.zeros(len(edges), np.bool_)
        for value, most in (
            (limits.height_m, edges.max_height_m),
            (limits.width_m, edges.max_width_m),
            (limits.length_m, edges.max_length_m),
            (limits.mass_kg, edges.max_mass_kg),
            (limits.axle_load_kg, edges.max_axle_kg),
        ):
            if value is not None:
                closed |= most < value - 1e-9
        if closed.any():
            state = np.where(closed[self.moves.parent >> 1], np.inf, state)
        barred = np.zeros(len(nodes), np.bool_)
        for value, most in (
            (limits.height_m, nodes.max_height_m),
            (limits.width_m, nodes.max_width_m),
            (limits.mass_kg, nodes.max_mass_kg),
        ):
            if value is not None:
                barred |= most < value - 1e-9
        if barred.any():
            move = np.where(barred[self.moves.node], np.inf, move)
        return Costs(state, move)

    def route(
        self,
        origin: LatLon,
        destination: LatLon,
        vias: Sequence[LatLon] = (),
        limits: RoadVehicleLimits | None = None,
        avoid: RoadQuestion | None = None,
    ) -> RoadRoute:
        """Return the quickest road.

        Parameters
        ----------
        origin, destination, vias
            Latitude and longitude in degrees; vias are passed in this order.
        limits
            The convoy's greatest measures.
        avoid
            What is closed this time (`road_avoid.avoided_roads`).

        Raises
        ------
        NoPlan
            With reasons of kind ``no-road``, ``height``, ``width``, ``length``, ``mass``,
            ``axle-load``, ``closed``, ``private``, ``no-access``, ``barrier``, ``one-way``,
            ``turn`` or ``no-route``.
        """
        from retinue.world.road_trace import traced

        limits = limits or RoadVehicleLimits()
        places = [self.place(*point) for point in (origin, *vias, destination)]
        found = self.find(places, limits, avoid)
        if found is None:
            from retinue.world.road_reasons import why_no_road

            raise self.no_plan(why_no_road(self, places, limits, avoid))
        return traced(self, found)

    @staticmethod
    def no_plan(told: NoRoad) -> NoPlan:
        """Return the error of a question without an answer."""
        return NoPlan(told.sentence, reasons=told.reasons)

    def find(
        self,
        places: Sequence[RoadPlace],
        limits: RoadVehicleLimits | None = None,
        question: RoadQuestion | None = None,
    ) -> FoundRoad | None:
        """Return the cheapest way through places on roads; None: there is none.

        Raises
        ------
        InputError
            With fewer than two places.
        """
        if len(places) < 2:
            raise InputError("a road has a beginning and an end")
        costs = self.costs(limits or RoadVehicleLimits(), question)
        begin = [
            (Seed(state, share), -1)
            for state, share in self.departures(places[0])
            if self.open_state[state] and np.isfinite(costs.state[state])
        ]
        labels: list[tuple[list[RoadRun], list[int], int]] = []
        opened = 0
        total = np.inf
        for number, place in enumerate(places[1:], start=1):
            ends = self.arrivals(place)
            if number == 1 and place.edge == places[0].edge and place.at_m == places[0].at_m:
                ends = self.departures(place)
            goals = [
                Goal(copy, share)
                for state, share in ends
                for copy in (state, *self.moves.copies.get(state, ()))
                if self.open_state[state] and np.isfinite(costs.state[state])
            ]
            last = number == len(places) - 1
            following: list[tuple[Seed, int]] = []
            # Which state a via point is passed on matters to what follows: each for itself.
            for group in [goals] if last else [[goal] for goal in goals]:
                found = self._stage(begin, group, costs)
                if found is None:
                    continue
                own_runs, own_moves, label, end, cost, count = found
                opened += count
                labels.append((own_runs, own_moves, label))
                share = own_runs[-1].to_share
                following.append((Seed(end, share, cost), len(labels) - 1))
                total = cost
            begin = following
            if not begin:
                return None
        label = begin[0][1]
        runs: list[RoadRun] = []
        moves: list[int] = []
        while label >= 0:
            own_runs, own_moves, label = labels[label]
            moves = [*own_moves, -1, *moves] if runs else own_moves
            runs = [*own_runs, *runs]
        return FoundRoad(tuple(places), tuple(runs), tuple(moves), float(total), opened)

    def _node_at(self, place: RoadPlace) -> int:
        """Return the node at which a place lies, or -1 within its edge."""
        edges = self.network.edges
        if place.at_m <= _AT_NODE_M:
            return int(edges.from_node[place.edge])
        if place.at_m >= float(edges.length_m[place.edge]) - _AT_NODE_M:
            return int(edges.to_node[place.edge])
        return -1

    def _around(self, place: RoadPlace, *, leaving: bool) -> list[tuple[int, float]]:
        """Return the states of a place, and the share of each that lies behind it."""
        node = self._node_at(place)
        if node < 0:
            share = place.at_m / float(self.network.edges.length_m[place.edge])
            return [(2 * place.edge, share), (2 * place.edge + 1, 1.0 - share)]
        nodes = self.network.nodes
        rows = slice(int(nodes.edge_start[node]), int(nodes.edge_start[node + 1]))
        away = nodes.edge_end[rows].astype(np.int64)
        states = 2 * nodes.edge[rows].astype(np.int64) + (away if leaving else 1 - away)
        return [(state, 0.0 if leaving else 1.0) for state in states.tolist()]

    def departures(self, place: RoadPlace) -> list[tuple[int, float]]:
        """Return the states by which a journey may leave a place, and the shares behind it.

        At a junction these are all its roads, so that no turn is counted there.
        """
        return self._around(place, leaving=True)

    def arrivals(self, place: RoadPlace) -> list[tuple[int, float]]:
        """Return the states by which a journey may come to a place, and the shares run."""
        return self._around(place, leaving=False)

    def _stage(
        self, begin: Sequence[tuple[Seed, int]], goals: Sequence[Goal], costs: Costs
    ) -> tuple[list[RoadRun], list[int], int, int, float, int] | None:
        """Return runs, moves, label, last state, cost and opened states of the best way."""
        if not goals or not begin:
            return None
        starts = self._starts(begin, goals, costs)
        way = self._index.search([start.seed for start in starts], goals, costs) if starts else None
        if way is None:
            return None
        used = next(start for start in starts if start.seed is way.seed)
        states, moves = way.states.tolist(), way.moves.tolist()
        behind = used.seed.share_behind
        if used.left is not None:
            states.insert(0, used.left.state)
            moves.insert(0, used.move)
            behind = used.left.share_behind
        runs = [RoadRun(state, 0.0, 1.0) for state in states]
        runs[-1] = RoadRun(runs[-1].state, 0.0, way.goal.share_run)
        runs[0] = RoadRun(runs[0].state, behind, runs[0].to_share)
        return runs, moves, used.label, states[-1], way.cost, way.opened

    def _starts(
        self, begin: Sequence[tuple[Seed, int]], goals: Sequence[Goal], costs: Costs
    ) -> list[_Start]:
        """Return the seeds of a stage; none of them has a goal behind it on its state."""
        graph = self.moves.graph
        nearest: dict[int, float] = {}
        for goal in goals:
            nearest[goal.state] = min(goal.share_run, nearest.get(goal.state, np.inf))
        found = []
        for seed, label in begin:
            if nearest.get(seed.state, np.inf) >= seed.share_behind - 1e-12:
                found.append(_Start(seed, label))
                continue
            spent = seed.cost + (1.0 - seed.share_behind) * float(costs.state[seed.state])
            for move in range(int(graph.start[seed.state]), int(graph.start[seed.state + 1])):
                onward = Seed(int(graph.head[move]), 0.0, spent + float(costs.move[move]))
                if np.isfinite(onward.cost) and np.isfinite(costs.state[onward.state]):
                    found.append(_Start(onward, label, seed, move))
        return found
