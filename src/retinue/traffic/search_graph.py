"""The graph that is searched among other trains, and the times at which its nodes can be met.

It has no cycle: its nodes are places in the order of the way, once for each passing speed and
twice where the train may stand (arrived, ready to leave).  An edge runs a stretch in one way of
driving, with a fixed running time, or stands.  Labels are sets of times
(`retinue.traffic.interval_kernel`), so time is continuous and dominance is the union of
intervals: a time reached in a second way is not carried twice.

Searching backwards is searching forwards in a mirror: times negated, edges turned round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["EPSILON_S", "Edge", "FreeTimes", "Hold", "Reached", "SearchGraph", "Stand"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROOMS = ((64, 0.0), (512, 0.0), (4096, 0.0), (4096, 1.0), (4096, 5.0), (4096, 60.0), (65536, 60.0))
"""Intervals for each node, and the shortest that is carried on, tried in this order."""

EPSILON_S = 1e-6
"""Times closer than this are one."""

TOGETHER_S = 1_800.0


@dataclass(frozen=True)
class Hold:
    """A stretch of time in which a set must be free: from ``t + from_s`` to ``t + to_s``.

    ``t`` is the time at which the edge begins, ``free`` the number of a set of free times.
    """

    free: int
    from_s: float
    to_s: float


@dataclass(frozen=True)
class Stand:
    """A stand that is possible: bounds of its arrival and of its departure."""

    arrive_from_s: float
    arrive_to_s: float
    depart_from_s: float
    depart_to_s: float


@dataclass(frozen=True)
class Edge:
    """A run (``stands`` is None) or a stand between two nodes.

    Attributes
    ----------
    least_s, most_s
        A run takes ``least_s``; a stand from ``least_s`` to ``most_s``.
    cost
        Among edges that serve equally the one of the least cost is taken.
    """

    tail: int
    head: int
    least_s: float
    most_s: float = np.inf
    holds: tuple[Hold, ...] = ()
    stands: tuple[Stand, ...] | None = None
    cost: float = 0.0


@dataclass(frozen=True, eq=False)
class FreeTimes:
    """Free times of many sets: rising disjoint intervals, one set after the other.

    Attributes
    ----------
    start
        Shape (sets + 1,).
    from_s, to_s
        Shape (n,).
    """

    start: Ints
    from_s: Floats
    to_s: Floats

    @classmethod
    def of(cls, sets: Sequence[Sequence[tuple[float, float]]]) -> FreeTimes:
        """Build from a list of (from, to) for each set."""
        start = np.concatenate([[0], np.cumsum([len(entry) for entry in sets])])
        flat = np.array([pair for entry in sets for pair in entry], np.float64).reshape(-1, 2)
        return cls(start.astype(np.int64), flat[:, 0].copy(), flat[:, 1].copy())

    def set(self, index: int) -> tuple[Floats, Floats]:
        """Return begins and ends of one set."""
        part = slice(int(self.start[index]), int(self.start[index + 1]))
        return self.from_s[part], self.to_s[part]

    def mirrored(self) -> FreeTimes:
        """Return the sets with time turned round."""
        counts = np.diff(self.start)
        within = np.arange(self.from_s.size) - np.repeat(self.start[:-1], counts)
        order = np.repeat(self.start[1:], counts) - 1 - within
        return FreeTimes(self.start, -self.to_s[order], -self.from_s[order])


@dataclass(frozen=True, eq=False)
class SearchGraph:
    """A graph to search, as arrays; ``tail < head`` for every edge.

    Attributes
    ----------
    node_from_s, node_to_s
        Shape (nodes,): window in which a node may be met.
    tail, head, stands
        Shape (edges,); edges are ordered by tail.
    least_s, most_s, cost
        Shape (edges,).
    hold_start, hold_free, hold_from_s, hold_to_s
        Holds of edge e are rows ``hold_start[e]`` to ``hold_start[e + 1]``.
    rect_start, rect
        Likewise the stands that are possible, shape (n, 4) as in `Stand`.
    """

    node_from_s: Floats
    node_to_s: Floats
    tail: Ints
    head: Ints
    stands: Ints
    least_s: Floats
    most_s: Floats
    cost: Floats
    hold_start: Ints
    hold_free: Ints
    hold_from_s: Floats
    hold_to_s: Floats
    rect_start: Ints
    rect: Floats
    free: FreeTimes

    @classmethod
    def of(
        cls,
        edges: Sequence[Edge],
        free: FreeTimes,
        windows: Sequence[tuple[float, float]],
    ) -> SearchGraph:
        """Build from edges in any order and a window for each node."""
        listed = sorted(edges, key=lambda edge: (edge.tail, edge.head))
        holds = [hold for edge in listed for hold in edge.holds]
        rects = [stand for edge in listed for stand in edge.stands or ()]
        window = np.array(windows, np.float64).reshape(-1, 2)
        return cls(
            window[:, 0].copy(),
            window[:, 1].copy(),
            np.array([edge.tail for edge in listed], np.int64),
            np.array([edge.head for edge in listed], np.int64),
            np.array([edge.stands is not None for edge in listed], np.int64),
            np.array([edge.least_s for edge in listed], np.float64),
            np.array([edge.most_s for edge in listed], np.float64),
            np.array([edge.cost for edge in listed], np.float64),
            _starts([len(edge.holds) for edge in listed]),
            np.array([hold.free for hold in holds], np.int64),
            np.array([hold.from_s for hold in holds], np.float64),
            np.array([hold.to_s for hold in holds], np.float64),
            _starts([len(edge.stands or ()) for edge in listed]),
            np.array(
                [
                    (s.arrive_from_s, s.arrive_to_s, s.depart_from_s, s.depart_to_s)
                    for s in rects
                ],
                np.float64,
            ).reshape(-1, 4),
            free,
        )  # fmt: skip

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return self.node_from_s.size

    def mirrored(self) -> SearchGraph:
        """Return the graph in which searching forwards is searching backwards here.

        Node i becomes ``nodes - 1 - i``; edges keep no order but their new tails'.
        """
        tail, head = self.nodes - 1 - self.head, self.nodes - 1 - self.tail
        order = np.lexsort((head, tail))
        held = np.repeat(np.arange(self.tail.size), np.diff(self.hold_start))
        shift = self.least_s[held]
        hold_order, hold_start = _regrouped(self.hold_start, order)
        rect_order, rect_start = _regrouped(self.rect_start, order)
        rect = -self.rect[:, [3, 2, 1, 0]]
        return SearchGraph(
            -self.node_to_s[::-1],
            -self.node_from_s[::-1],
            tail[order],
            head[order],
            self.stands[order],
            self.least_s[order],
            self.most_s[order],
            self.cost[order],
            hold_start,
            self.hold_free[hold_order],
            (shift - self.hold_to_s)[hold_order],
            (shift - self.hold_from_s)[hold_order],
            rect_start,
            np.ascontiguousarray(rect[rect_order]),
            self.free.mirrored(),
        )

    def with_edges(self, order: Ints) -> SearchGraph:
        """Return the graph with only these edges, in this order (their tails must rise)."""
        hold_order, hold_start = _regrouped(self.hold_start, order)
        rect_order, rect_start = _regrouped(self.rect_start, order)
        return replace(
            self,
            tail=self.tail[order],
            head=self.head[order],
            stands=self.stands[order],
            least_s=self.least_s[order],
            most_s=self.most_s[order],
            cost=self.cost[order],
            hold_start=hold_start,
            hold_free=self.hold_free[hold_order],
            hold_from_s=self.hold_from_s[hold_order],
            hold_to_s=self.hold_to_s[hold_order],
            rect_start=rect_start,
            rect=np.ascontiguousarray(self.rect[rect_order]),
        )

    def reached(self, starts: Sequence[tuple[int, float, float]]) -> Reached:
        """Return every time at which each node can be met, from (node, from, to)."""
        from retinue.traffic.interval_kernel import add_interval, reach

        # Where choices multiply short intervals beyond any room, the shortest are given up.
        for room, narrowest in ROOMS:
            lo, hi = np.empty((self.nodes, room)), np.empty((self.nodes, room))
            count = np.zeros(self.nodes, np.int64)
            for node, begin, end in starts:
                begin = max(begin, float(self.node_from_s[node]))
                end = min(end, float(self.node_to_s[node]))
                if begin <= end:
                    count[node] = add_interval(lo[node], hi[node], count[node], begin, end)
            full = reach(
                lo, hi, count, self.node_from_s, self.node_to_s, self.tail, self.head, self.stands,
                self.least_s, self.most_s, self.hold_start, self.hold_free, self.hold_from_s,
                self.hold_to_s, self.rect_start, self.rect, self.free.start, self.free.from_s,
                self.free.to_s, self.tail.size, narrowest,
            )  # fmt: skip
            if not full:
                return Reached(lo, hi, count, narrowest)
        raise AssertionError("intervals of a minute cannot fill the room")


@dataclass(frozen=True, eq=False)
class Reached:
    """For each node the set of times at which it can be met.

    Attributes
    ----------
    narrowest_s
        0: the sets are exact; else intervals shorter than this were not carried on.
    """

    lo: Floats
    hi: Floats
    count: Ints
    narrowest_s: float = 0.0

    def times(self, node: int) -> list[tuple[float, float]]:
        """Return the intervals of one node."""
        size = int(self.count[node])
        return [
            (float(a), float(b))
            for a, b in zip(self.lo[node, :size], self.hi[node, :size], strict=True)
        ]

    def mirrored(self) -> Reached:
        """Return the sets of a mirrored graph in the true nodes and times."""
        shape = self.lo.shape[0], max(1, int(self.count.max(initial=0)))
        lo, hi = np.full(shape, np.nan), np.full(shape, np.nan)
        for node, size in enumerate(self.count):
            lo[node, :size] = -self.hi[node, :size][::-1]
            hi[node, :size] = -self.lo[node, :size][::-1]
        return Reached(lo[::-1], hi[::-1], self.count[::-1], self.narrowest_s)

    def bounding(self, graph: SearchGraph) -> SearchGraph:
        """Return the graph with every node's window cut to the times at which it is met."""
        met = self.count > 0
        last = np.maximum(self.count - 1, 0)
        # Times before are never met; a margin of them keeps intervals together.
        begin = np.where(met, self.lo[:, 0] - TOGETHER_S, np.inf)
        end = np.where(met, self.hi[np.arange(self.count.size), last], -np.inf)
        return replace(
            graph,
            node_from_s=np.maximum(graph.node_from_s, begin),
            node_to_s=np.minimum(graph.node_to_s, end + EPSILON_S),
        )

    def within(self, node: int, from_s: float, to_s: float) -> tuple[float, float] | None:
        """Return the first part of a node's set inside a window, both slightly widened."""
        for begin, end in self.times(node):
            left, right = max(begin, from_s), min(end, to_s)
            if left <= right + EPSILON_S:
                return left, max(left, right)
        return None


def _starts(counts: Sequence[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _regrouped(start: Ints, order: Ints) -> tuple[Ints, Ints]:
    """Return rows and starts of grouped rows when the groups come in another order."""
    counts = np.diff(start)[order]
    starts = _starts(counts.tolist())
    within = np.arange(int(starts[-1])) - np.repeat(starts[:-1], counts)
    return (np.repeat(start[:-1][order], counts) + within).astype(np.int64), starts
