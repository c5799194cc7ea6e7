"""Routes over tracks: stops in order, by any of their tracks, for one train.

The cost of a route is additive: free-flow time, changes of ends and penalties
(`track_train`).  The index answers for its part of it whatever the train and the question are
(`track_index`), so closed lines and areas, via points and penalties of alternatives need no
new index.

Stops are passed stage by stage.  A stage ends on the states of a stop (each of its tracks in
both directions) with the least cost of each; the next stage begins on all of them, so the
result is the cheapest over all stops together and not stop by stop::

    Start --> { track 1 >, track 1 <, track 2 > } --> { ... } --> End

At a stop a train may change ends.  It then stands on the way it came by, and its new front is
one train length back on that way.  So a stage also ends on *gates*: states one train length
before the stop, from which only one way leads to it, and which the train leaves backwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError
from retinue.world.track_index import Costs, Goal, MoveGraph, MoveIndex, Seed, Way
from retinue.world.track_limits import TrainLimits
from retinue.world.track_moves import MoveTable, backward, move_table
from retinue.world.track_network import TrackNetwork
from retinue.world.track_route import Standing, TrackRoute, TrackStop
from retinue.world.track_speed import assumed_mps
from retinue.world.track_train import TrainTracks, floor_costs

__all__ = ["Leg", "Question", "TrackRouter"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Question:
    """What a search may not use, and what costs more for this once.

    Attributes
    ----------
    closed
        Edges that may not be used.
    extra_s
        Further cost of each edge.
    """

    closed: NDArray[np.bool_] | None = None
    extra_s: Floats | None = None


@dataclass(frozen=True, eq=False)
class Leg:
    """The way of one stage.

    Attributes
    ----------
    states
        States in order; the first is run from ``share_behind`` of its length, the last up
        to ``share_run``.
    through
        By position in ``states`` (of the state after it): the first state of the track on
        which the train changes ends.
    turned_before
        Whether the train changed ends at the stop where the leg begins.
    """

    states: tuple[int, ...]
    share_behind: float
    share_run: float
    through: dict[int, int] = field(default_factory=dict)
    turned_before: bool = False


@dataclass(frozen=True)
class _Arrival:
    """The end of a stage: a state of a stop, or a gate from which the train goes back."""

    goal: Goal
    onward: Seed
    tail_states: tuple[int, ...] = ()
    tail_cost: float = 0.0
    end_share: float = 1.0
    turned: bool = False


class TrackRouter:
    """All trains and all questions on one network.

    Parameters
    ----------
    usual
        Usual running direction of each edge where no preferred one is tagged.
    arrays
        The stored hierarchy (``Hierarchy.arrays``); without it, it is built when first used.
    """

    def __init__(
        self,
        network: TrackNetwork,
        *,
        usual: NDArray[np.int8] | None = None,
        arrays: dict[str, NDArray[Any]] | None = None,
        table: MoveTable | None = None,
    ) -> None:
        self.network = network
        self.table = move_table(network) if table is None else table
        self.assumed = assumed_mps(network)
        self.floor, self._against = floor_costs(network, self.table, self.assumed, usual)
        self._stored = arrays
        self._trains: dict[tuple[TrainLimits, int], TrainTracks] = {}

    @cached_property
    def index(self) -> MoveIndex:
        """The index, built or laid out when first used."""
        return MoveIndex(self.table.graph, self.floor, self._stored)

    def tracks_for(self, train: TrainLimits, lifted: int = 0) -> TrainTracks:
        """Return what the network is to a train, with kinds of `Fault` lifted."""
        key = (train, lifted)
        if key not in self._trains:
            self._trains[key] = TrainTracks(
                self.network, self.table, self.floor, self._against, self.assumed, train, lifted
            )
        return self._trains[key]

    def route(
        self,
        train: TrainLimits,
        stops: Sequence[TrackStop],
        question: Question | None = None,
        *,
        lifted: int = 0,
        turn_at_stops: bool = True,
    ) -> TrackRoute | None:
        """Return the cheapest route through stops in order; None: there is none.

        Parameters
        ----------
        question
            What is closed or dearer this time.
        lifted
            Kinds of `Fault` that do not count.
        turn_at_stops
            Whether the train may change ends at stops between the ends.

        Raises
        ------
        InputError
            With fewer than two stops.
        """
        from retinue.world.track_tracing import traced

        if len(stops) < 2:
            raise InputError("a route has at least two stops")
        tracks = self.tracks_for(train, lifted)
        question = question or Question()
        costs = tracks.searched(question.extra_s, question.closed)
        open_state = np.isfinite(costs[0].state)
        begin: list[tuple[Seed, int]] = []
        for standing in self.usable(stops[0], train):
            for number in (2 * standing.edge, 2 * standing.edge + 1):
                if open_state[number]:
                    begin.append((Seed(number, self._share(standing, number)), -1))
        # A label is (arrival, leg, label before); the seeds of a stage carry their label.
        labels: list[tuple[_Arrival, Leg, int]] = []
        opened = 0
        for place, stop in enumerate(stops[1:], start=1):
            last = place == len(stops) - 1
            turns = turn_at_stops and not last
            arrivals = self._arrivals(tracks, stop, costs[0], turns)
            following: list[tuple[Seed, int]] = []
            groups = [arrivals] if last else [[arrival] for arrival in arrivals]
            for group in groups:
                found = self._stage(begin, group, tracks, costs)
                if found is None:
                    continue
                leg, arrival, label, cost, count = found
                opened += count
                onward = arrival.onward
                labels.append((arrival, leg, label))
                cost += arrival.tail_cost
                seed = Seed(onward.state, onward.share_behind, cost + onward.cost)
                following.append((seed, len(labels) - 1))
            begin = following
            if not begin:
                return None
        total, label = begin[0][0].cost, begin[0][1]
        chain: list[tuple[_Arrival, Leg]] = []
        while label >= 0:
            arrival, leg, label = labels[label]
            chain.append((arrival, leg))
        legs: list[Leg] = []
        turned = False
        for arrival, leg in reversed(chain):
            legs.append(
                Leg(
                    (*leg.states, *arrival.tail_states),
                    leg.share_behind,
                    arrival.end_share,
                    leg.through,
                    turned,
                )
            )
            turned = arrival.turned
        return traced(tracks, stops, legs, total, opened)

    def usable(self, stop: TrackStop, train: TrainLimits) -> list[Standing]:
        """Return the tracks of a stop that are long enough for a train, or may be."""
        return [
            track for track in stop.tracks if track.room_m is None or track.room_m >= train.length_m
        ]

    def _share(self, standing: Standing, number: int) -> float:
        """Return the share of a state that lies behind a front that stands there."""
        share = standing.at_m / max(float(self.network.edges.length_m[standing.edge]), 1e-9)
        share = min(max(share, 0.0), 1.0)
        return 1.0 - share if number & 1 else share

    def _arrivals(
        self, tracks: TrainTracks, stop: TrackStop, plain: Costs, turns: bool
    ) -> list[_Arrival]:
        found = []
        for standing in self.usable(stop, tracks.train):
            for number in (2 * standing.edge, 2 * standing.edge + 1):
                if not np.isfinite(plain.state[number]):
                    continue
                share = self._share(standing, number)
                found.append(_Arrival(Goal(number, share), Seed(number, share), end_share=share))
                if turns and tracks.train.reversal_s is not None:
                    found += self._gates(tracks, plain, number, share)
        return found

    def _gates(
        self, tracks: TrainTracks, plain: Costs, number: int, share: float
    ) -> list[_Arrival]:
        """Return the arrivals after which the train leaves a stop the way it came."""
        table, length = self.table, self.network.edges.length_m
        time = tracks.train.reversal_s
        assert time is not None
        need_m = tracks.train.length_m
        found = []
        behind = share * float(length[number >> 1])
        todo: list[tuple[tuple[int, ...], float, float]] = [
            ((number,), behind, share * float(plain.state[number]))
        ]
        while todo:
            way, covered, cost = todo.pop()
            head = way[0]
            if covered >= need_m:
                # The new front stands on the first state of the way, running backwards.
                own = float(length[head >> 1])
                left = covered - need_m  # from the begin of the head state to the new front
                turned = backward(head)
                seed = Seed(turned, 1.0 - left / own if own > 0 else 1.0, max(time, 0.0))
                if len(way) == 1:
                    goal, tail_cost = Goal(number, share), 0.0
                else:
                    goal, tail_cost = Goal(head, 1.0), cost - float(plain.state[head])
                found.append(_Arrival(goal, seed, way[1:], tail_cost, share, True))
                continue
            for move in self._into(head):
                before = int(table.graph.tail[move])
                step = float(plain.move[move]) + float(plain.state[before])
                if not np.isfinite(step) or before in way or table.reversal[move]:
                    continue
                further = covered + float(length[before >> 1])
                todo.append(((before, *way), further, cost + step))
        return found

    @cached_property
    def _by_head(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        head = self.table.graph.head
        order = np.argsort(head, kind="stable")
        counts = np.bincount(head, minlength=self.table.graph.state_count)
        return order, np.concatenate(([0], np.cumsum(counts)))

    def _into(self, number: int) -> list[int]:
        """Return the moves that lead to a state."""
        order, start = self._by_head
        moves: list[int] = order[start[number] : start[number + 1]].tolist()
        return moves

    def _stage(
        self,
        begin: Sequence[tuple[Seed, int]],
        arrivals: Sequence[_Arrival],
        tracks: TrainTracks,
        costs: tuple[Costs, tuple[MoveGraph, Costs] | None],
    ) -> tuple[Leg, _Arrival, int, float, int] | None:
        """Return leg, arrival, label, cost and opened states of the best way of a stage."""
        goals = [arrival.goal for arrival in arrivals]
        if not goals or not begin:
            return None
        behind: dict[int, list[float]] = {}
        for goal in goals:
            behind.setdefault(goal.state, []).append(goal.share_run)
        plain, extended = costs
        graph, cost = (self.table.graph, plain) if extended is None else extended
        seeds: list[Seed] = []
        origin: dict[int, list[tuple[Seed, int, tuple[int, ...]]]] = {}
        for seed, label in begin:
            if any(share < seed.share_behind - 1e-12 for share in behind.get(seed.state, ())):
                # The goal lies behind the start: leave the state before looking for it.
                spent = seed.cost + (1.0 - seed.share_behind) * float(plain.state[seed.state])
                low, high = int(graph.start[seed.state]), int(graph.start[seed.state + 1])
                for move in range(low, high):
                    if self._plain_move(tracks, extended, move) < 0:
                        continue
                    onward = Seed(int(graph.head[move]), 0.0, spent + float(cost.move[move]))
                    if np.isfinite(onward.cost):
                        seeds.append(onward)
                        row = origin.setdefault(onward.state, [])
                        row.append((onward, label, (seed.state, move)))
                continue
            seeds.append(seed)
            origin.setdefault(seed.state, []).append((seed, label, ()))
        if not seeds:
            return None
        way = self.index.search(seeds, goals, plain, extended)
        if way is None:
            return None
        used, label, before = min(
            origin[way.seed.state],
            key=lambda row: row[0].cost - row[0].share_behind * float(plain.state[row[0].state]),
        )
        arrival = next(a for a in arrivals if a.goal == way.goal)
        leg = self._leg(way, used, before, tracks, extended)
        if before:
            first = next(s for s, lab in begin if lab == label and s.state == before[0])
            leg = Leg(leg.states, first.share_behind, leg.share_run, leg.through)
        return leg, arrival, label, way.cost, way.opened

    def _plain_move(
        self, tracks: TrainTracks, extended: tuple[MoveGraph, Costs] | None, move: int
    ) -> int:
        """Return the move of the table behind a move that was searched; negative: a hop."""
        if extended is None:
            return move
        assert tracks.hops is not None
        return int(tracks.hops.plain[move])

    def _leg(
        self,
        way: Way,
        seed: Seed,
        before: tuple[int, ...],
        tracks: TrainTracks,
        extended: tuple[MoveGraph, Costs] | None,
    ) -> Leg:
        states = [int(way.states[0])]
        through: dict[int, int] = {}
        if before:
            states.insert(0, before[0])
            plain = self._plain_move(tracks, extended, before[1])
            if plain >= 0 and self.table.reversal[plain]:
                through[1] = int(self.table.through[plain])
        hops = None if way.plain else tracks.hops
        for move, onward in zip(way.moves.tolist(), way.states[1:].tolist(), strict=True):
            number = move if hops is None else int(hops.plain[move])
            if number < 0:
                assert hops is not None
                states += hops.over[move]
            elif self.table.reversal[number]:
                through[len(states)] = int(self.table.through[number])
            states.append(onward)
        return Leg(tuple(states), seed.share_behind, way.goal.share_run, through)
