"""One train on a track network: what every state and move costs it.

Costs are seconds: free-flow time at the lower of limit and own speed, penalties, and changes
of ends.  All of them are at least those of the index (`floor_costs`), which knows no train:

===========================  ==================================================================
state                        time; against the preferred direction `AGAINST_SHARE` more
curved leg of a switch       `DIVERGING_S`; to cross over and back costs four of them, at a
                             station's start as anywhere, so no route zig-zags between tracks
reversal                     time to change ends, way until the tail has passed the switch
what the train may not use   infinite
===========================  ==================================================================

A wire-bound train may coast over a short way without power.  Such ways are *hops*: further
moves from the last state with power to the next, over states that are closed as such.  The
sum of their metres is at most ``dead_section_m``::

    ==== a =====|- - - - 120 m - - - -|===== b ====        one hop a -> b
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retinue.world.track_index import Costs, MoveGraph
from retinue.world.track_limits import (
    REVERSAL_FLOOR_S,
    Fault,
    TrainLimits,
    dead_runs,
    faults_of,
    unknowns_of,
)
from retinue.world.track_moves import MoveTable, rooms, state
from retinue.world.track_network import TrackNetwork
from retinue.world.track_route import TrackRoute
from retinue.world.track_speed import FASTEST_MPS, free_flow_s

__all__ = [
    "AGAINST_SHARE",
    "DIVERGING_S",
    "REVERSAL_FLOOR_S",
    "TrainClass",
    "TrainTracks",
    "against_shares",
    "floor_costs",
]

DIVERGING_S = 15.0
"""For a curved leg: braking to 40 or 60 km/h and accelerating again costs a train of 120 km/h
about that, and keeps the free-flow time honest without the switch's own limit."""
AGAINST_SHARE = 0.5
SPEED_CLASSES_KMH = (60.0, 80.0, 100.0, 120.0, 140.0, 160.0, 200.0, 250.0, 350.0)
REVERSAL_CLASSES_S = (REVERSAL_FLOOR_S, 300.0, 600.0, 900.0)
"""Trains are indexed by class, so that the bounds of common ones are exact."""

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def against_shares(network: TrackNetwork, usual: NDArray[np.int8] | None) -> Floats:
    """Return for each state by what share it costs more: against the preferred direction.

    Parameters
    ----------
    usual
        Usual running direction of each edge (1, -1; 0 not known) where none is tagged.
    """
    table = network.attributes["preferred_direction"]
    length = np.maximum(network.edges.length_m, 1e-9)
    share = np.zeros(2 * len(length))
    for side, wrong in ((0, -1), (1, 1)):
        rows = table.value == wrong
        metres = np.bincount(
            table.edge[rows], weights=(table.to_m - table.from_m)[rows], minlength=len(length)
        )
        share[side::2] = np.minimum(metres / length, 1.0)
        if usual is not None:
            untold = np.diff(table.start) == 0
            share[side::2][untold & (usual == wrong)] = 1.0
    return AGAINST_SHARE * share


@dataclass(frozen=True)
class TrainClass:
    """Trains that share an index: none of them is faster, or changes ends in less time."""

    fastest_mps: float
    reversal_s: float

    @classmethod
    def of(cls, train: TrainLimits) -> TrainClass:
        """Return the narrowest class of a train; its bounds are tight where it fits exactly."""
        kmh = next((k for k in SPEED_CLASSES_KMH if k / 3.6 >= train.max_speed_mps - 1e-9), 350.0)
        if train.reversal_s is None:
            return cls(kmh / 3.6, np.inf)
        fits = [s for s in REVERSAL_CLASSES_S if s <= train.reversal_s]
        return cls(kmh / 3.6, max(fits, default=REVERSAL_FLOOR_S))


def floor_costs(
    network: TrackNetwork,
    table: MoveTable,
    assumed: Floats,
    against: Floats,
    trains: TrainClass,
) -> Costs:
    """Return the least that states and moves cost any train of a class.

    Parameters
    ----------
    assumed
        Speed of each edge where no limit is tagged.
    against
        What `against_shares` returned.
    """
    time = free_flow_s(network, assumed, trains.fastest_mps)
    move = np.where(table.diverging, DIVERGING_S, 0.0)
    move[table.reversal] = trains.reversal_s
    return Costs(time * (1.0 + against), move)


@dataclass(frozen=True, eq=False)
class _Hops:
    """The graph with hops, and the states that each of them passes (empty for a plain move)."""

    graph: MoveGraph
    plain: Ints
    cost: Floats
    over: dict[int, tuple[int, ...]]


class TrainTracks:
    """What a network is to one train."""

    def __init__(
        self,
        network: TrackNetwork,
        table: MoveTable,
        floor: Costs,
        against: Floats,
        assumed: Floats,
        train: TrainLimits,
        lifted: int = 0,
    ) -> None:
        self.network, self.table, self.floor, self.train = network, table, floor, train
        self.faults = faults_of(network, train)
        self.lifted = lifted
        self.time_s = free_flow_s(network, assumed, min(train.max_speed_mps, FASTEST_MPS))
        self.against = against
        open_edge = (self.faults & ~np.uint8(lifted)) == 0
        self.open_edge: Mask = open_edge
        self.dead = dead_runs(network, train)
        cost = np.maximum(self.time_s * (1.0 + against), floor.state)
        self.state_cost: Floats = np.where(np.repeat(open_edge, 2), cost, np.inf)
        self.room_m = rooms(table, network.edges.length_m, train.length_m, np.repeat(open_edge, 2))
        self.move_cost = self._moves()

    def _moves(self) -> Floats:
        move = self.floor.move.copy()
        turns = np.flatnonzero(self.table.reversal)
        if self.train.reversal_s is None:
            return move  # infinite in its class
        through = self.table.through[turns]
        enough = self.room_m[through] >= self.train.length_m - 1e-6
        pull_out_s = self.train.length_m / min(self.train.max_speed_mps, FASTEST_MPS)
        cost = np.maximum(self.floor.move[turns], self.train.turn_s) + pull_out_s
        move[turns] = np.where(enough, cost, np.inf)
        return move

    @cached_property
    def unknown_m(self) -> dict[str, Floats]:
        """By limit, how many metres of each edge nobody can check for this train."""
        return unknowns_of(self.network, self.train)

    @cached_property
    def powered(self) -> Costs:
        """Costs of plain moves: states without power closed, and moves over long dead ways."""
        if self.dead is None or self.lifted & Fault.POWER:
            return Costs(self.state_cost, self.move_cost)
        most = self.train.dead_section_m
        cost = self.state_cost.copy()
        cost[np.repeat(self.dead.whole | (self.dead.inside_m > most), 2)] = np.inf
        tail, head = self.table.graph.tail, self.table.graph.head
        between = self._dead_after(tail) + self._dead_before(head)
        return Costs(cost, np.where(between > most, np.inf, self.move_cost))

    def _dead_before(self, states: Ints) -> Floats:
        """Return the way without power at the begin of states."""
        assert self.dead is not None
        edge, against = states >> 1, states & 1 == 1
        return np.asarray(np.where(against, self.dead.at_end_m[edge], self.dead.at_start_m[edge]))

    def _dead_after(self, states: Ints) -> Floats:
        """Return the way without power at the end of states."""
        return self._dead_before(states ^ 1)

    @cached_property
    def hops(self) -> _Hops | None:
        """The graph with hops over short ways without power; None: there are none."""
        if self.dead is None or self.lifted & Fault.POWER or not bool(self.dead.whole.any()):
            return None
        graph = self.table.graph
        plain = self.powered
        whole = np.repeat(self.dead.whole, 2)
        runnable = np.isfinite(self.state_cost)
        entries = np.flatnonzero(
            whole[graph.head]
            & runnable[graph.head]
            & ~whole[graph.tail]
            & runnable[graph.tail]
            & ~self.table.reversal
        )
        found: dict[tuple[int, int], list[tuple[float, tuple[int, ...]]]] = {}
        for move in entries.tolist():
            self._coast(int(graph.tail[move]), move, found)
        if not found:
            return None
        tails, heads, costs, ways = [], [], [], []
        for (begin, end), options in sorted(found.items()):
            least, way = min(options)
            tails.append(begin)
            heads.append(end)
            costs.append(least)
            ways.append(way)
        tail = np.concatenate((graph.tail, np.array(tails, np.int32)))
        head = np.concatenate((graph.head, np.array(heads, np.int32))).astype(np.int32)
        cost = np.concatenate((plain.move, np.array(costs)))
        number = np.concatenate((np.arange(len(graph.head)), -1 - np.arange(len(tails))))
        order = np.argsort(tail, kind="stable")
        counts = np.bincount(tail, minlength=graph.state_count)
        start = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        numbers = number[order].astype(np.int32)
        over = {int(i): ways[-1 - numbers[i]] for i in np.flatnonzero(numbers < 0)}
        return _Hops(MoveGraph(start, head[order]), numbers, cost[order], over)

    def _coast(
        self,
        begin: int,
        entry: int,
        found: dict[tuple[int, int], list[tuple[float, tuple[int, ...]]]],
    ) -> None:
        """List the ways over dead states from a powered one, all within the length allowed."""
        assert self.dead is not None
        graph, length = self.table.graph, self.network.edges.length_m
        most = self.train.dead_section_m
        first = int(graph.head[entry])
        dead_m = float(self._dead_after(np.array([begin]))[0]) + float(length[first >> 1])
        cost = float(self.move_cost[entry] + self.state_cost[first])
        todo: list[tuple[float, float, tuple[int, ...]]] = [(dead_m, cost, (first,))]
        # Labels that are both longer and dearer than another at the same state are dropped.
        best: dict[int, list[tuple[float, float]]] = {}
        while todo:
            dead_m, cost, way = todo.pop()
            if dead_m > most or any(m <= dead_m and c <= cost for m, c in best.get(way[-1], ())):
                continue
            best.setdefault(way[-1], []).append((dead_m, cost))
            for move in range(int(graph.start[way[-1]]), int(graph.start[way[-1] + 1])):
                onward = int(graph.head[move])
                if self.table.reversal[move] or not np.isfinite(self.state_cost[onward]):
                    continue
                step = cost + float(self.move_cost[move])
                if not self.dead.whole[onward >> 1]:
                    lead = float(self._dead_before(np.array([onward]))[0])
                    inside = float(self.dead.inside_m[onward >> 1])
                    if dead_m + lead <= most and inside <= most:
                        # The state at the end is paid for by the search.
                        found.setdefault((begin, onward), []).append((step, way))
                elif onward not in way:
                    further = dead_m + float(length[onward >> 1])
                    todo.append((further, step + float(self.state_cost[onward]), (*way, onward)))

    def penalties_s(self, route: TrackRoute, costs: Costs) -> float:
        """Return what the penalties of a route cost: unusual direction, curved legs."""
        total = 0.0
        for run in route.runs:
            before = -1
            for piece in run.pieces:
                number = state(piece.edge, piece.direction)
                whole = max(float(self.network.edges.length_m[piece.edge]), 1e-9)
                share = piece.length_m / whole
                total += share * float(costs.state[number] - self.time_s[number])
                if before >= 0:
                    total += self.curved_s(before, number)
                before = number
        return total

    def curved_s(self, one: int, two: int) -> float:
        """Return the penalty of a move between two states."""
        graph = self.table.graph
        for move in range(int(graph.start[one]), int(graph.start[one + 1])):
            if graph.head[move] == two and not self.table.reversal[move]:
                return DIVERGING_S if self.table.diverging[move] else 0.0
        return 0.0

    def searched(
        self, extra_s: Floats | None = None, closed: Mask | Sequence[int] | None = None
    ) -> tuple[Costs, tuple[MoveGraph, Costs] | None]:
        """Return the costs of one question: plain ones, and those with hops if there are any.

        Parameters
        ----------
        extra_s
            Further cost of each edge, not negative.
        closed
            Edges that may not be used.
        """
        plain = self.powered
        hops = self.hops
        if extra_s is None and closed is None:
            if hops is None:
                return plain, None
            return plain, (hops.graph, Costs(plain.state, hops.cost))
        add = np.zeros(len(self.network.edges)) if extra_s is None else np.array(extra_s)
        if closed is not None:
            add[closed] = np.inf
        paid = plain.state + np.repeat(add, 2)
        # A reversal stands on its way out: it is open only if that is.
        move = plain.move.copy()
        turns = np.flatnonzero(self.table.reversal)
        move[turns] += add[self.table.through[turns] >> 1]
        if hops is None:
            return Costs(paid, move), None
        cost = hops.cost.copy()
        kept = hops.plain >= 0
        cost[kept] = move[hops.plain[kept]]
        for index, way in hops.over.items():
            cost[index] += sum(add[s >> 1] for s in way)
        return Costs(paid, move), (hops.graph, Costs(paid, cost))
