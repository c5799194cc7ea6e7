"""The index of a track network: least costs for trains that nothing keeps back.

States are directed edges, moves lead from state to state.  A cost is a sum over both, in
seconds of free-flow time plus penalties.  The index is a pair of contraction hierarchies:

- over the states, with the moves that are no reversals;
- over places (nodes a few seconds apart are one), as if a train could turn at any of them
  as it likes and at no cost.

It answers two questions: the cheapest way without a reversal when no constraint bites
(`MoveIndex.relaxed`), and a lower bound of the cost that remains from any state (used inside
`MoveIndex.search`)::

    rest(state) >= min( ahead(state),                          never changes ends again
                        least reversal + free(its place) )     changes ends at least once

Constraints never touch the index.  A train, a closed line or a penalty only *adds* to the
costs of states and moves (`Costs`), so the bounds stay lower bounds, A* under them stays
exact, and one index serves all trains of a class.  Where the relaxed way is itself open to the
train at no extra cost, and no way with a reversal can be cheaper, the search ends there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retinue.world.track_hierarchy import Hierarchy, MoveGraph

__all__ = ["Costs", "Goal", "MoveGraph", "MoveIndex", "Seed", "Way"]

_ONE_PLACE_S = 2.0

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Costs:
    """What states and moves cost, in s; infinite: closed."""

    state: Floats
    move: Floats

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", np.ascontiguousarray(self.state, np.float64))
        object.__setattr__(self, "move", np.ascontiguousarray(self.move, np.float64))


@dataclass(frozen=True)
class Seed:
    """Where a search begins: a state, and the share of it that lies behind the start."""

    state: int
    share_behind: float = 0.0
    cost: float = 0.0


@dataclass(frozen=True)
class Goal:
    """Where a search may end: a state, and the share of it that is run before the end."""

    state: int
    share_run: float = 1.0


@dataclass(frozen=True, eq=False)
class Way:
    """What a search found.

    Attributes
    ----------
    states
        States in order, the first and the last run in part.
    moves
        Moves between them.
    cost
        Sum of the costs, with that of the seed.
    opened
        States that A* opened; 0 where the relaxed way was open.
    plain
        Whether ``moves`` are those of the index's own graph.
    """

    states: Ints
    moves: Ints
    cost: float
    seed: Seed
    goal: Goal
    opened: int
    plain: bool = True


class MoveIndex:
    """Both hierarchies over a `MoveGraph`, with the arrays that searches reuse.

    Parameters
    ----------
    graph
        States and all moves; states ``2 * e`` and ``2 * e + 1`` are the two directions of
        edge e.
    floor
        The least that states and moves cost any train.
    reversal
        Which moves are reversals; where none is, the hierarchy over places stays empty.
    ends
        Node at the end of each state.
    arrays
        What `arrays` returned earlier; without it the hierarchies are built.
    """

    def __init__(
        self,
        graph: MoveGraph,
        floor: Costs,
        reversal: NDArray[np.bool_],
        ends: Ints,
        arrays: Mapping[str, NDArray[Any]] | None = None,
    ) -> None:
        self.graph = graph
        self.floor = floor
        self._ahead = np.flatnonzero(~reversal).astype(np.int32)
        self._either = np.minimum(floor.state, floor.state[np.arange(len(ends)) ^ 1])
        if reversal.any():
            ends, places = _places(ends, self._either)
        else:
            # Nothing ever turns, as on roads: the second hierarchy is one place and never asked.
            ends, places = np.zeros(len(ends), np.int32), 1
        self._begins = np.ascontiguousarray(ends[np.arange(len(ends)) ^ 1], np.int32)
        turns = floor.move[reversal]
        self.turn_cost = float(turns.min()) if len(turns) else np.inf
        if arrays is not None:
            self.hierarchy = Hierarchy.from_arrays(arrays, "ahead/")
            self.free = Hierarchy.from_arrays(arrays, "free/")
        else:
            straight = graph.only(~reversal)
            self.hierarchy = Hierarchy.build(straight, floor.move[self._ahead], floor.state)
            # Places joined by states, each at what the cheaper direction costs.
            order = np.argsort(self._begins, kind="stable")
            start = np.searchsorted(self._begins[order], np.arange(places + 1)).astype(np.int32)
            joined = MoveGraph(start, np.ascontiguousarray(ends[order], np.int32))
            self.free = Hierarchy.build(joined, self._either[order], np.zeros(places))
        self._free_place = self.free.place_of[ends]
        nodes = len(self.free.place_of)
        count = graph.state_count
        self._stamp = 0
        self._up = _Half(count)
        self._down = _Half(count)
        self._flat = _Half(count)
        self._free_down = _Half(nodes)
        self._bound, self._bound_seen = np.empty(count), np.zeros(count, np.int32)
        self._rests = np.empty(count)
        self._free_bound = np.empty(nodes)
        self._free_bound_seen = np.zeros(nodes, np.int32)
        heap = max(len(self.hierarchy.tail), len(self.free.tail)) + 4096
        self._keys, self._items = np.empty(heap), np.empty(heap, np.int32)
        self._stack = np.empty(count + 4096, np.int32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return both hierarchies as named arrays, to be stored beside the network."""
        return self.hierarchy.arrays("ahead/") | self.free.arrays("free/")

    def _bounds(self) -> tuple[Any, ...]:
        """Return what `least_rest` needs, in its order."""
        tree, free, down = self.hierarchy, self.free, self._free_down
        return (
            tree.place_of, tree.up_start, tree.up_head, tree.up_weight, self._down.distance,
            self._down.seen, self._bound, self._bound_seen, self.turn_cost, self._free_place,
            free.up_start, free.up_head, free.up_weight, down.distance, down.seen,
            self._free_bound, self._free_bound_seen, self._stack,
        )  # fmt: skip

    def _seeded(self, seeds: Sequence[Seed], state_cost: Floats) -> tuple[Ints, Floats]:
        states = np.array([seed.state for seed in seeds], np.int32)
        cost = np.array(
            [seed.cost + (1.0 - seed.share_behind) * state_cost[seed.state] for seed in seeds]
        )
        return states, cost

    def _begin(self, goals: Sequence[Goal]) -> None:
        """Search upwards from the goals."""
        from retinue.world.track_query_kernel import climb

        tree = self.hierarchy
        if self._stamp == np.iinfo(np.int32).max - 1:
            for half in (self._up, self._down, self._flat, self._free_down):
                half.seen[:] = 0
            self._bound_seen[:] = 0
            self._free_bound_seen[:] = 0
            self._stamp = 0
        self._stamp += 1
        states = np.array([goal.state for goal in goals], np.int32)
        rest = np.array([-(1.0 - goal.share_run) * self.floor.state[goal.state] for goal in goals])
        down = self._down
        climb(
            self._stamp, tree.place_of[states], rest, tree.down_start, tree.down_head,
            tree.down_weight, down.distance, down.seen, down.by, self._keys, self._items,
        )  # fmt: skip
        if self.turn_cost < np.inf:
            free, below = self.free, self._free_down
            share = np.array([goal.share_run for goal in goals])
            climb(
                self._stamp, free.place_of[self._begins[states]], share * self._either[states],
                free.down_start, free.down_head, free.down_weight, below.distance, below.seen,
                below.by, self._keys, self._items,
            )  # fmt: skip

    def relaxed(self, seeds: Sequence[Seed], goals: Sequence[Goal]) -> Way | None:
        """Return the cheapest way without a reversal at the floor costs; None: there is none.

        No seed may be a goal that lies behind it on the same state.
        """
        self._begin(goals)
        return self._relaxed(seeds, goals)

    def _relaxed(self, seeds: Sequence[Seed], goals: Sequence[Goal]) -> Way | None:
        from retinue.world.track_query_kernel import meet, unpack

        tree = self.hierarchy
        states, cost = self._seeded(seeds, self.floor.state)
        up, down = self._up, self._down
        best, top = meet(self._stamp, tree.place_of[states], cost, tree.up_start,
                         tree.up_head, tree.up_weight, up.distance, up.seen, up.by,
                         self._keys, self._items, down.distance, down.seen)  # fmt: skip
        if top < 0:
            return None
        moves = unpack(top, up.by, tree.up_arc, down.by, tree.down_arc, tree.tail, tree.head,
                       tree.given, tree.one, tree.two, tree.place_of, self._stack)  # fmt: skip
        moves = self._ahead[moves]
        first = self.graph.tail[moves[0]] if len(moves) else tree.state_of[top]
        passed = np.concatenate(([first], self.graph.head[moves])).astype(np.int32)
        return self._way(moves, passed, seeds, goals, best, 0)

    def _way(
        self,
        moves: Ints,
        states: Ints,
        seeds: Sequence[Seed],
        goals: Sequence[Goal],
        cost: float,
        opened: int,
        plain: bool = True,
    ) -> Way:
        first, last = int(states[0]), int(states[-1])
        seed = min(
            (s for s in seeds if s.state == first),
            key=lambda s: s.cost - s.share_behind * self.floor.state[first],
        )
        goal = min((g for g in goals if g.state == last), key=lambda g: g.share_run)
        return Way(states, moves, float(cost), seed, goal, opened, plain)

    def search(
        self,
        seeds: Sequence[Seed],
        goals: Sequence[Goal],
        costs: Costs,
        extended: tuple[MoveGraph, Costs] | None = None,
    ) -> Way | None:
        """Return the cheapest way under costs that nowhere fall short of the floor.

        Parameters
        ----------
        seeds, goals
            Where to begin and end.  No seed may be a goal behind it on the same state.
        costs
            Costs of one train and one question on the index's own graph.
        extended
            A graph with further moves and its costs, searched in place of the own one; each
            further move must stand for a way of the graph and cost at least its floor.

        Returns
        -------
        Way or None
            ``moves`` index the own graph where ``plain``, else the extended one.
        """
        from retinue.world.track_query_kernel import cross

        self._begin(goals)
        found = self._relaxed(seeds, goals)
        if found is None and self.turn_cost == np.inf:
            return None
        if (
            found is not None
            and self._is_free(found, costs)
            and found.cost <= self._least_turned(seeds)
        ):
            return found
        graph, paid = (self.graph, costs) if extended is None else extended
        states, cost = self._seeded(seeds, paid.state)
        targets, rest = self._within(goals, paid.state)
        flat = self._flat
        search: Any = cross
        best, last, opened = search(
            self._stamp, states, cost, targets, rest, graph.start, graph.head, paid.move,
            paid.state, *self._bounds(), self._rests, flat.distance, flat.seen, flat.by,
            self._keys, self._items,
        )  # fmt: skip
        if last < 0:
            return None
        moves: list[int] = []
        state = int(last)
        while flat.by[state] >= 0:
            moves.append(int(flat.by[state]))
            state = int(graph.tail[moves[-1]])
        row = np.array(moves[::-1], np.int32)
        passed = np.concatenate(([state], graph.head[row])).astype(np.int32)
        return self._way(row, passed, seeds, goals, best, opened, extended is None)

    def in_order(
        self,
        seeds: Sequence[Seed],
        goals: Sequence[Goal],
        costs: Costs,
        extended: tuple[MoveGraph, Costs] | None = None,
        *,
        wanted: int = 8,
        most_labels: int = 1_000_000,
    ) -> tuple[list[Way], bool]:
        """Return the cheapest ways that use no edge twice, in order of cost.

        Parameters
        ----------
        seeds, goals, costs, extended
            As for `search`.
        wanted
            How many.
        most_labels
            Where to give up; a station full of switches has ways without number.

        Returns
        -------
        tuple
            The ways, and whether none that is cheaper than the last is missing.
        """
        from retinue.world.track_order_kernel import enumerate_ways

        self._begin(goals)
        graph, paid = (self.graph, costs) if extended is None else extended
        states, cost = self._seeded(seeds, paid.state)
        targets, rest = self._within(goals, paid.state)
        enumerate_all: Any = enumerate_ways
        ends, end_cost, state, before, by, complete = enumerate_all(
            self._stamp, states, cost, targets, rest, graph.start, graph.head, paid.move,
            paid.state, *self._bounds(), wanted, most_labels,
        )  # fmt: skip
        ways = []
        for label, total in zip(ends.tolist(), end_cost.tolist(), strict=True):
            moves: list[int] = []
            here = label
            while before[here] >= 0:
                moves.append(int(by[here]))
                here = int(before[here])
            row = np.array(moves[::-1], np.int32)
            passed = np.concatenate(([state[here]], graph.head[row])).astype(np.int32)
            ways.append(self._way(row, passed, seeds, goals, total, len(state), extended is None))
        return ways, complete

    @staticmethod
    def _within(goals: Sequence[Goal], state_cost: Floats) -> tuple[Ints, Floats]:
        """Return the states of goals and what of their cost lies behind the goal."""
        targets = np.array([goal.state for goal in goals], np.int32)
        whole = np.where(np.isfinite(state_cost[targets]), state_cost[targets], 0.0)
        return targets, np.array([1.0 - goal.share_run for goal in goals]) * whole

    def _least_turned(self, seeds: Sequence[Seed]) -> float:
        """Return the least that any way with a reversal costs."""
        from retinue.world.track_query_kernel import least_rest

        if self.turn_cost == np.inf:
            return np.inf
        states, cost = self._seeded(seeds, self.floor.state)
        bounds: Any = self._bounds()
        least = np.inf
        for state, spent in zip(states.tolist(), cost.tolist(), strict=True):
            # The bound of the way straight on is left out: its hierarchy is asked of nothing.
            least_rest(state, self._stamp, *bounds)
            free = self._free_bound[self._free_place[state]]
            least = min(least, spent + self.turn_cost + float(free))
        return least

    def _is_free(self, way: Way, costs: Costs) -> bool:
        """Return whether a way costs no more than its floor."""
        return bool(
            (costs.state[way.states] <= self.floor.state[way.states]).all()
            and (costs.move[way.moves] <= self.floor.move[way.moves]).all()
        )


def _places(ends: Ints, cost: Floats) -> tuple[Ints, int]:
    """Return the place at the end of each state, and the number of places.

    Nodes joined by less than `_ONE_PLACE_S` are one place: this only lowers bounds, and
    parallel tracks with crossovers become one line.
    """
    from retinue.world.graph_kernel import component_roots

    begins = ends[np.arange(len(ends)) ^ 1]
    near = cost < _ONE_PLACE_S
    one, two = (np.ascontiguousarray(v[near], np.int32) for v in (begins, ends))
    roots = component_roots(int(ends.max(initial=-1)) + 1, one, two)
    found, place = np.unique(roots, return_inverse=True)
    return np.ascontiguousarray(place[ends], np.int32), len(found)


class _Half:
    """What one direction of a search writes down."""

    def __init__(self, count: int) -> None:
        self.distance = np.empty(count)
        self.seen = np.zeros(count, np.int32)
        self.by = np.empty(count, np.int32)
