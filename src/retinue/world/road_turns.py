r"""The movement table of roads: from which directed edge to which a car may turn.

A *state* is an edge with a direction, a *move* leads from a state that ends at a node to one
that begins there.  Turn restrictions are moves that are missing.  A restriction over a way is
remembered by *copies* of the states along that way (a small automaton of all forbidden
sequences, as Aho and Corasick 1975 match words)::

      from        via         to            from -> via'      via' is via for those who came
    --------+------------+---------         via' -> to  is missing, via -> to is not
             \            \

Turning round is possible at dead ends and turning circles only: a column does not turn in the
street.  Copies come in pairs like all states (the second one stays unused), so that state s
always belongs to edge ``parent[s] >> 1``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from retinue.world.road_network import RoadNetwork
from retinue.world.road_tag_values import Access
from retinue.world.track_hierarchy import MoveGraph
from retinue.world.track_moves import end_directions

__all__ = ["AllMoves", "Closed", "RoadMoves", "all_moves", "road_moves", "state_faults"]

_REACH_M = 0.01
"""Bends are taken between the segments that meet."""

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Closed(IntFlag):
    """Why a state or a move is closed to every vehicle."""

    ONE_WAY = 1
    NO_ACCESS = 2
    PRIVATE = 4
    TURN = 8
    BARRIER = 16


@dataclass(frozen=True, eq=False)
class AllMoves:
    """Every move that the road's surface allows, whoever forbids it.

    Attributes
    ----------
    graph
        States (two an edge) and moves.
    node
        Where each move takes place.
    time_s
        What it costs: the bend, and what stands at the node.
    penalty_s
        What is added where a road for residents only is entered or left.
    faults, state_faults
        `Closed` of moves and states.
    """

    graph: MoveGraph
    node: Ints
    time_s: Floats
    penalty_s: Floats
    faults: Ints
    state_faults: Ints


@dataclass(frozen=True, eq=False)
class RoadMoves:
    """The moves that a car may make, with copies of states for long restrictions.

    Attributes
    ----------
    parent
        The state that each state stands for; itself but for copies.
    copies
        By state its copies.
    """

    graph: MoveGraph
    node: Ints
    time_s: Floats
    penalty_s: Floats
    parent: Ints
    copies: dict[int, tuple[int, ...]]


def state_faults(network: RoadNetwork) -> Ints:
    """Return for each state why nobody may drive it; 0: open."""
    edges = network.edges
    found = np.zeros(2 * len(edges), np.int32)
    for side, against, access in ((0, -1, edges.access_forward), (1, 1, edges.access_backward)):
        mine = found[side::2]
        mine[(edges.oneway == against) | (edges.oneway == 2)] |= Closed.ONE_WAY
        mine[access == Access.CLOSED] |= Closed.NO_ACCESS
        mine[access == Access.PRIVATE] |= Closed.PRIVATE
    return found


def all_moves(network: RoadNetwork) -> AllMoves:
    """Return every move between directed edges, with what forbids it."""
    nodes, edges = network.nodes, network.edges
    count = len(edges)
    degree = np.diff(nodes.edge_start)
    node_of = np.repeat(np.arange(len(nodes), dtype=np.int32), degree)
    edge, end = np.asarray(nodes.edge), np.asarray(nodes.edge_end)
    arrives = (2 * edge + (end == 0)).astype(np.int32)
    departs = (2 * edge + (end == 1)).astype(np.int32)
    repeat = degree[node_of]
    first = np.repeat(np.arange(len(edge)), repeat)
    offset = np.concatenate(([0], np.cumsum(repeat)))[:-1]
    within = np.arange(len(first)) - np.repeat(offset, repeat)
    second = nodes.edge_start[node_of[first]] + within
    tail, head, node = arrives[first], departs[second], node_of[first]
    kept = tail != head
    first, second, tail, head, node = (v[kept] for v in (first, second, tail, head, node))
    order = np.lexsort((head, tail))
    first, second, tail, head, node = (v[order] for v in (first, second, tail, head, node))
    # A way back along the same edge and over the same end is turning round.
    round_ = (tail ^ 1) == head
    east, north = end_directions(
        count,
        np.array(edges.shape_start, np.int64),
        np.array(network.shapes.lat_deg, np.float64),
        np.array(network.shapes.lon_deg, np.float64),
        np.array(network.shapes.distance_m, np.float64),
        _REACH_M,
    )
    one = 2 * edge[first] + end[first]
    two = 2 * edge[second] + end[second]
    cosine = np.clip(-(east[one] * east[two] + north[one] * north[two]), -1.0, 1.0)
    bend = np.where(degree[node] > 2, network.cost("bend") * (1.0 - cosine) / 2.0, 0.0)
    time = np.where(round_, network.cost("turning_round"), bend) + nodes.cost_s[node]
    own = state_faults(network)
    ends = np.column_stack((edges.access_forward, edges.access_backward)).ravel() == Access.ENDS
    penalty = np.where(ends[tail] != ends[head], network.cost("passing_through"), 0.0)
    faults = np.zeros(len(tail), np.int32)
    faults[nodes.passage[node] == Access.CLOSED] |= Closed.BARRIER
    faults[nodes.passage[node] == Access.PRIVATE] |= Closed.PRIVATE
    start = np.concatenate(([0], np.cumsum(np.bincount(tail, minlength=2 * count))))
    graph = MoveGraph(start.astype(np.int32), head)
    for row in _short_bans(network):
        faults[_row_of(graph, *row)] |= Closed.TURN
    # Turning round: at circles, and where nothing else is open.
    sound = (faults == 0) & (own[tail] == 0) & (own[head] == 0)
    onward = np.bincount(tail[sound & ~round_], minlength=2 * count) > 0
    held = round_ & onward[tail] & (nodes.turning[node] == 0)
    faults[held] |= Closed.TURN
    # A barrier that nobody passes is a dead end for both its sides.
    faults[round_] &= ~int(Closed.BARRIER | Closed.PRIVATE)
    time[round_] = network.cost("turning_round")
    return AllMoves(graph, node, time, penalty, faults, own)


def _short_bans(network: RoadNetwork) -> list[tuple[int, int]]:
    bans = network.bans
    rows = np.flatnonzero(np.diff(bans.start) == 2)
    return [
        (int(bans.state[bans.start[row]]), int(bans.state[bans.start[row] + 1]))
        for row in rows.tolist()
    ]


def _row_of(graph: MoveGraph, tail: int, head: int) -> list[int]:
    low, high = int(graph.start[tail]), int(graph.start[tail + 1])
    return [move for move in range(low, high) if int(graph.head[move]) == head]


def road_moves(network: RoadNetwork, *, private: bool = False) -> RoadMoves:
    """Return the moves that cars may make.

    Parameters
    ----------
    private
        Whether private roads and gates are open, as they are to who was let in.
    """
    every = all_moves(network)
    lifted = ~int(Closed.PRIVATE) if private else -1
    own = every.state_faults & lifted
    tail = every.graph.tail
    kept = ((every.faults & lifted) == 0) & (own[tail] == 0) & (own[every.graph.head] == 0)
    rows = np.flatnonzero(kept)
    tails, heads = tail[rows], every.graph.head[rows]
    parent = np.arange(every.graph.state_count, dtype=np.int32)
    copies: dict[int, tuple[int, ...]] = {}
    long_rows = [
        tuple(network.bans.state[low:high].tolist())
        for low, high in zip(network.bans.start[:-1], network.bans.start[1:], strict=True)
        if high - low > 2
    ]
    if long_rows:
        tails, heads, rows, parent, copies = _with_copies(long_rows, tails, heads, rows, parent)
    order = np.lexsort((heads, tails))
    counts = np.bincount(tails, minlength=len(parent))
    start = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    rows = rows[order]
    return RoadMoves(
        MoveGraph(start, np.ascontiguousarray(heads[order], np.int32)),
        every.node[rows],
        every.time_s[rows],
        every.penalty_s[rows],
        parent,
        copies,
    )


def _with_copies(
    bans: list[tuple[int, ...]], tails: Ints, heads: Ints, rows: NDArray[np.int64], parent: Ints
) -> tuple[Ints, Ints, NDArray[np.int64], Ints, dict[int, tuple[int, ...]]]:
    """Return tails, heads, rows, parents and copies with all long sequences forbidden."""
    forbidden = set(bans)
    prefixes = sorted({row[:size] for row in bans for size in range(2, len(row))})
    number = {prefix: len(parent) + 2 * i for i, prefix in enumerate(prefixes)}
    longest = max(len(row) for row in bans)
    parents = parent.tolist()
    copies: dict[int, list[int]] = {}
    for prefix in prefixes:
        copies.setdefault(prefix[-1], []).append(number[prefix])
        parents += [prefix[-1], prefix[-1] ^ 1]
    touched = {state for row in bans for state in row[:-1]}
    plain = ~np.isin(tails, np.fromiter(touched, np.int32, len(touched)))
    found = list(zip(tails[plain].tolist(), heads[plain].tolist(), rows[plain].tolist(),
                     strict=True))  # fmt: skip
    out: dict[int, list[tuple[int, int]]] = {}
    for a, b, row in zip(tails[~plain].tolist(), heads[~plain].tolist(), rows[~plain].tolist(),
                         strict=True):  # fmt: skip
        out.setdefault(a, []).append((b, row))
    histories = [(state,) for state in sorted(touched)] + prefixes
    for history in histories:
        here = number.get(history, history[0])
        for b, row in out.get(history[-1], ()):
            path = (*history, b)
            suffixes = [path[i:] for i in range(max(len(path) - longest, 0), len(path) - 1)]
            if any(suffix in forbidden for suffix in suffixes):
                continue
            onward = next((number[s] for s in suffixes if s in number), b)
            found.append((here, onward, row))
    table = np.array(found, np.int64).reshape(-1, 3)
    return (
        table[:, 0].astype(np.int32),
        table[:, 1].astype(np.int32),
        table[:, 2],
        np.array(parents, np.int32),
        {state: tuple(made) for state, made in copies.items()},
    )
