"""Contraction of a directed graph to a hierarchy: the compiled kernel behind `track_index`.

Nodes are taken out one by one, the least important first; where the only shortest way
between two neighbours led over the node, a *shortcut* takes its place::

    u --2--> v --3--> x        v is taken out        u ------5------> x

Importance is the usual mix of what a contraction adds over what it removes (arcs, and
original arcs behind them) and of the level reached (Geisberger et al. 2008, "Contraction
Hierarchies").  A search for a witness that gives up early costs a superfluous shortcut,
never a wrong length.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retinue.kernels import njit
from retinue.world.graph_kernel import _pop as heap_pop
from retinue.world.graph_kernel import _push as heap_push

__all__ = ["contract"]

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

_I = "int32[::1]"
_F = "float64[::1]"

_SETTLED = 32
"""Nodes that a search for a witness settles at most."""
_GLANCE = 8
"""The same where only the importance is estimated."""


@njit(
    f"void(int32, int32, float64, int64, {_I}, {_I}, {_I}, {_F}, {_F}, {_I}, int32, {_F}, {_I})",
    cache=True,
)
def _witness(
    source: int,
    avoided: int,
    limit: float,
    most: int,
    first_out: Ints,
    next_out: Ints,
    p_head: Ints,
    p_weight: Floats,
    distance: Floats,
    seen: Ints,
    stamp: int,
    keys: Floats,
    items: Ints,
) -> None:
    """Dijkstra from a node around another, up to a length and a number of nodes."""
    distance[source] = 0.0
    seen[source] = stamp
    keys[0] = 0.0
    items[0] = source
    size = 1
    settled = 0
    while size > 0 and settled < most:
        key, node = keys[0], items[0]
        heap_pop(keys, items, size)
        size -= 1
        if key > distance[node]:
            continue
        if key > limit:
            break
        settled += 1
        arc = first_out[node]
        while arc >= 0:
            other = p_head[arc]
            if other != avoided:
                reach = key + p_weight[arc]
                if reach <= limit and (seen[other] != stamp or reach < distance[other]):
                    distance[other] = reach
                    seen[other] = stamp
                    if size < len(keys):
                        heap_push(keys, items, size, reach, other)
                        size += 1
            arc = next_out[arc]


@njit(
    f"Tuple(({_I}, {_I}, {_I}, {_F}, {_I}, {_I}, {_I}))(int64, {_I}, {_I}, {_F})",
    cache=True,
)
def contract(
    count: int, tail: Ints, head: Ints, weight: Floats
) -> tuple[Ints, Ints, Ints, Floats, Ints, Ints, Ints]:
    """Contract a graph.

    Parameters
    ----------
    count
        Number of nodes.
    tail, head, weight
        Arcs; of parallel ones the shortest counts, loops do not.

    Returns
    -------
    tuple
        The rank of each node; tail, head and weight of every arc, shortcuts included; the
        given arc of each (-1: a shortcut) and its two parts (-1: none).
    """
    room = 3 * len(tail) + 64
    p_tail, p_head = np.empty(room, np.int32), np.empty(room, np.int32)
    p_weight = np.empty(room, np.float64)
    p_given = np.empty(room, np.int32)
    p_one, p_two = np.empty(room, np.int32), np.empty(room, np.int32)
    p_hops = np.empty(room, np.int32)
    next_out, next_in = np.empty(room, np.int32), np.empty(room, np.int32)
    first_out, first_in = np.full(count, -1, np.int32), np.full(count, -1, np.int32)
    used = 0
    for given in range(len(tail)):
        a, b = tail[given], head[given]
        if a == b or not np.isfinite(weight[given]):
            continue
        arc = first_out[a]
        while arc >= 0 and p_head[arc] != b:
            arc = next_out[arc]
        if arc >= 0:
            if weight[given] < p_weight[arc]:
                p_weight[arc] = weight[given]
                p_given[arc] = given
            continue
        p_tail[used], p_head[used], p_weight[used] = a, b, weight[given]
        p_given[used], p_one[used], p_two[used], p_hops[used] = given, -1, -1, 1
        next_out[used], first_out[a] = first_out[a], used
        next_in[used], first_in[b] = first_in[b], used
        used += 1
    rank = np.full(count, -1, np.int32)
    level = np.zeros(count, np.int32)
    distance = np.empty(count, np.float64)
    seen = np.zeros(count, np.int32)
    stamp = 0
    keys, items = np.empty(4096, np.float64), np.empty(4096, np.int32)
    # No node is less important than nothing: equal keys in ascending order are a heap.
    queue_keys = np.zeros(count + 1, np.float64)
    queue_items = np.arange(count + 1).astype(np.int32)
    queued = count
    done = 0
    while queued > 0:
        node = queue_items[0]
        heap_pop(queue_keys, queue_items, queued)
        queued -= 1
        added, added_hops, removed, removed_hops = 0, 0, 0, 0
        arc = first_out[node]
        while arc >= 0:
            removed += 1
            removed_hops += p_hops[arc]
            arc = next_out[arc]
        incoming = first_in[node]
        while incoming >= 0:
            removed += 1
            removed_hops += p_hops[incoming]
            u = p_tail[incoming]
            limit = -1.0
            arc = first_out[node]
            while arc >= 0:
                if p_head[arc] != u:
                    limit = max(limit, p_weight[incoming] + p_weight[arc])
                arc = next_out[arc]
            if limit >= 0.0:
                stamp += 1
                _witness(u, node, limit, _GLANCE, first_out, next_out, p_head, p_weight,
                         distance, seen, stamp, keys, items)  # fmt: skip
                arc = first_out[node]
                while arc >= 0:
                    x = p_head[arc]
                    reach = p_weight[incoming] + p_weight[arc]
                    if x != u and (seen[x] != stamp or distance[x] > reach):
                        added += 1
                        added_hops += p_hops[incoming] + p_hops[arc]
                    arc = next_out[arc]
            incoming = next_in[incoming]
        value = float(level[node])
        if removed > 0:
            value += added / removed + added_hops / removed_hops
        if queued > 0 and value > queue_keys[0]:
            # Its importance has grown since it was last looked at: it goes back.
            heap_push(queue_keys, queue_items, queued, value, node)
            queued += 1
            continue
        rank[node] = done
        done += 1
        # Neighbours forget the node; its own lists stay and become its arcs upwards.
        for side in range(2):
            arc = first_out[node] if side == 0 else first_in[node]
            while arc >= 0:
                other = p_head[arc] if side == 0 else p_tail[arc]
                level[other] = max(level[other], level[node] + 1)
                before = np.int32(-1)
                here = first_in[other] if side == 0 else first_out[other]
                while here != arc:
                    before = here
                    here = next_in[here] if side == 0 else next_out[here]
                if side == 0:
                    if before < 0:
                        first_in[other] = next_in[arc]
                    else:
                        next_in[before] = next_in[arc]
                elif before < 0:
                    first_out[other] = next_out[arc]
                else:
                    next_out[before] = next_out[arc]
                arc = next_out[arc] if side == 0 else next_in[arc]
        incoming = first_in[node]
        while incoming >= 0:
            u = p_tail[incoming]
            limit = -1.0
            arc = first_out[node]
            while arc >= 0:
                if p_head[arc] != u:
                    limit = max(limit, p_weight[incoming] + p_weight[arc])
                arc = next_out[arc]
            if limit >= 0.0:
                stamp += 1
                _witness(u, node, limit, _SETTLED, first_out, next_out, p_head, p_weight,
                         distance, seen, stamp, keys, items)  # fmt: skip
                arc = first_out[node]
                while arc >= 0:
                    x = p_head[arc]
                    reach = p_weight[incoming] + p_weight[arc]
                    if x != u and (seen[x] != stamp or distance[x] > reach):
                        old = first_out[u]
                        while old >= 0 and p_head[old] != x:
                            old = next_out[old]
                        if old < 0:
                            if used == len(p_tail):
                                p_tail = np.concatenate((p_tail, np.empty_like(p_tail)))
                                p_head = np.concatenate((p_head, np.empty_like(p_head)))
                                p_weight = np.concatenate((p_weight, np.empty_like(p_weight)))
                                p_given = np.concatenate((p_given, np.empty_like(p_given)))
                                p_one = np.concatenate((p_one, np.empty_like(p_one)))
                                p_two = np.concatenate((p_two, np.empty_like(p_two)))
                                p_hops = np.concatenate((p_hops, np.empty_like(p_hops)))
                                next_out = np.concatenate((next_out, np.empty_like(next_out)))
                                next_in = np.concatenate((next_in, np.empty_like(next_in)))
                            old = np.int32(used)
                            p_tail[old], p_head[old] = u, x
                            next_out[old], first_out[u] = first_out[u], old
                            next_in[old], first_in[x] = first_in[x], old
                            used += 1
                        # A longer arc between the two is part of no shortcut yet.
                        p_weight[old] = reach
                        p_given[old] = -1
                        p_one[old], p_two[old] = incoming, arc
                        p_hops[old] = p_hops[incoming] + p_hops[arc]
                    arc = next_out[arc]
            incoming = next_in[incoming]
    return (
        rank,
        p_tail[:used].copy(),
        p_head[:used].copy(),
        p_weight[:used].copy(),
        p_given[:used].copy(),
        p_one[:used].copy(),
        p_two[:used].copy(),
    )
