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

from collections.abc import Mapping, Sequence
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
from retinue.world.track_train import TrainClass, TrainTracks, against_shares, floor_costs

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


@dataclass(frozen=True)
class _Start:
    """A seed of a search, and the state left before it (by a move) where the goal was behind."""

    seed: Seed
    label: int
    left: Seed | None = None
    move: int = -1


class TrackRouter:
    """All trains and all questions on one network.

    Parameters
    ----------
    usual
        Usual running direction of each edge where no preferred one is tagged.
    stored
        By class of trains the stored hierarchy (``Hierarchy.arrays``); others are built when
        first used.
    """

    def __init__(
        self,
        network: TrackNetwork,
        *,
        usual: NDArray[np.int8] | None = None,
        stored: Mapping[TrainClass, dict[str, NDArray[Any]]] | None = None,
        table: MoveTable | None = None,
    ) -> None:
        self.network = network
        self.table = move_table(network) if table is None else table
        self.assumed = assumed_mps(network)
        self._against = against_shares(network, usual)
        self._stored = dict(stored or {})
        self._trains: dict[tuple[TrainLimits, int], TrainTracks] = {}
        self._floors: dict[TrainClass, Costs] = {}
        self._indexes: dict[TrainClass, MoveIndex] = {}

    def floor(self, trains: TrainClass) -> Costs:
        """Return the least costs of a class of trains."""
        if trains not in self._floors:
            self._floors[trains] = floor_costs(
                self.network, self.table, self.assumed, self._against, trains
            )
        return self._floors[trains]

    def index(self, trains: TrainClass) -> MoveIndex:
        """Return the index of a class of trains, built or laid out when first used."""
        if trains not in self._indexes:
            self._indexes[trains] = MoveIndex(
                self.table.graph,
                self.floor(trains),
                self.table.reversal,
                np.column_stack((self.network.edges.to_node, self.network.edges.from_node)).ravel(),
                self._stored.get(trains),
            )
        return self._indexes[trains]

    def tracks_for(self, train: TrainLimits, lifted: int = 0) -> TrainTracks:
        """Return what the network is to a train, with kinds of `Fault` lifted."""
        key = (train, lifted)
        if key not in self._trains:
            self._trains[key] = TrainTracks(
                self.network,
                self.table,
                self.floor(TrainClass.of(train)),
                self._against,
                self.assumed,
                train,
                lifted,
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
        begin = self._departures(train, stops[0], costs[0])
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
                seed = Seed(turned, 1.0 - left / own if own > 0 else 1.0, tracks.train.turn_s)
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
        if not arrivals or not begin:
            return None
        goals = [arrival.goal for arrival in arrivals]
        starts = self._starts(begin, goals, tracks, costs)
        if not starts:
            return None
        seeds = [start.seed for start in starts]
        way = self.index(TrainClass.of(tracks.train)).search(seeds, goals, *costs)
        if way is None:
            return None
        used = next(start for start in starts if start.seed is way.seed)
        arrival = next(a for a in arrivals if a.goal == way.goal)
        return self._leg(way, used, tracks), arrival, used.label, way.cost, way.opened

    def _starts(
        self,
        begin: Sequence[tuple[Seed, int]],
        goals: Sequence[Goal],
        tracks: TrainTracks,
        costs: tuple[Costs, tuple[MoveGraph, Costs] | None],
    ) -> list[_Start]:
        """Return the seeds of a stage; none of them has a goal behind it on its state."""
        nearest: dict[int, float] = {}
        for goal in goals:
            share = nearest.get(goal.state, np.inf)
            nearest[goal.state] = min(goal.share_run, share)
        plain, extended = costs
        graph, cost = (self.table.graph, plain) if extended is None else extended
        found: list[_Start] = []
        for seed, label in begin:
            if nearest.get(seed.state, np.inf) >= seed.share_behind - 1e-12:
                found.append(_Start(seed, label))
                continue
            # The goal lies behind the start: leave the state before looking for it.
            spent = seed.cost + (1.0 - seed.share_behind) * float(plain.state[seed.state])
            low, high = int(graph.start[seed.state]), int(graph.start[seed.state + 1])
            for move in range(low, high):
                onward = Seed(int(graph.head[move]), 0.0, spent + float(cost.move[move]))
                number = move
                if extended is not None:
                    assert tracks.hops is not None
                    number = int(tracks.hops.plain[move])
                if number >= 0 and np.isfinite(onward.cost):
                    found.append(_Start(onward, label, seed, number))
        return found

    def _leg(self, way: Way, start: _Start, tracks: TrainTracks) -> Leg:
        states = [int(way.states[0])]
        through: dict[int, int] = {}
        behind = start.seed.share_behind
        if start.left is not None:
            states.insert(0, start.left.state)
            behind = start.left.share_behind
            if self.table.reversal[start.move]:
                through[1] = int(self.table.through[start.move])
        hops = None if way.plain else tracks.hops
        for move, onward in zip(way.moves.tolist(), way.states[1:].tolist(), strict=True):
            number = move if hops is None else int(hops.plain[move])
            if number < 0:
                assert hops is not None
                states += hops.over[move]
            elif self.table.reversal[number]:
                through[len(states)] = int(self.table.through[number])
            states.append(onward)
        return Leg(tuple(states), behind, way.goal.share_run, through)

    def in_order(
        self,
        train: TrainLimits,
        start: TrackStop,
        end: TrackStop,
        question: Question | None = None,
        *,
        wanted: int = 8,
        most_labels: int = 200_000,
    ) -> tuple[list[TrackRoute], bool]:
        """Return the cheapest routes between two stops that use no edge twice, in order.

        Returns
        -------
        tuple
            The routes, and whether no cheaper one than the last is missing.
        """
        from retinue.world.track_tracing import traced

        tracks = self.tracks_for(train)
        question = question or Question()
        costs = tracks.searched(question.extra_s, question.closed)
        begin = self._departures(train, start, costs[0])
        arrivals = self._arrivals(tracks, end, costs[0], False)
        goals = [arrival.goal for arrival in arrivals]
        starts = self._starts(begin, goals, tracks, costs)
        if not starts or not goals:
            return [], True
        ways, complete = self.index(TrainClass.of(train)).in_order(
            [one.seed for one in starts], goals, *costs, wanted=wanted, most_labels=most_labels
        )
        routes = []
        for way in ways:
            used = next(one for one in starts if one.seed is way.seed)
            leg = self._leg(way, used, tracks)
            routes.append(traced(tracks, (start, end), [leg], way.cost, way.opened))
        return routes, complete

    def _departures(
        self, train: TrainLimits, stop: TrackStop, plain: Costs
    ) -> list[tuple[Seed, int]]:
        return [
            (Seed(number, self._share(standing, number)), -1)
            for standing in self.usable(stop, train)
            for number in (2 * standing.edge, 2 * standing.edge + 1)
            if np.isfinite(plain.state[number])
        ]
