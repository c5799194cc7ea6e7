"""Least costs from some states to all others: Dijkstra over moves, without an index."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retinue.kernels import njit
from retinue.world.graph_kernel import _pop as heap_pop
from retinue.world.graph_kernel import _push as heap_push

__all__ = ["spread"]

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

_I = "int32[::1]"
_F = "float64[::1]"


@njit(f"Tuple(({_F}, {_I}))({_I}, {_I}, {_F}, {_F}, {_I}, {_F}, float64)", cache=True)
def spread(
    start: Ints,
    head: Ints,
    move_cost: Floats,
    state_cost: Floats,
    seeds: Ints,
    seed_cost: Floats,
    most: float,
) -> tuple[Floats, Ints]:
    """Return the least cost up to the end of each state, and the move by which it is reached.

    Parameters
    ----------
    start, head
        Moves by state (`MoveGraph`).
    move_cost, state_cost
        Infinite: closed.
    seeds, seed_cost
        States, and what they cost to their own end.
    most
        Farther states are left infinite.

    Returns
    -------
    tuple
        Costs (infinite where not reached) and moves (-1: a seed, or not reached).
    """
    count = len(start) - 1
    distance = np.full(count, np.inf)
    by = np.full(count, -1, np.int32)
    keys, items = np.empty(1024), np.empty(1024, np.int32)
    size = 0
    for i in range(len(seeds)):
        if seed_cost[i] < distance[seeds[i]] and seed_cost[i] <= most:
            if size == len(keys):
                keys = np.concatenate((keys, np.empty_like(keys)))
                items = np.concatenate((items, np.empty_like(items)))
            distance[seeds[i]] = seed_cost[i]
            heap_push(keys, items, size, seed_cost[i], seeds[i])
            size += 1
    while size > 0:
        key, state = keys[0], items[0]
        heap_pop(keys, items, size)
        size -= 1
        if key > distance[state]:
            continue
        for move in range(start[state], start[state + 1]):
            other = head[move]
            reach = key + move_cost[move] + state_cost[other]
            if reach < distance[other] and reach <= most:
                if size == len(keys):
                    keys = np.concatenate((keys, np.empty_like(keys)))
                    items = np.concatenate((items, np.empty_like(items)))
                distance[other] = reach
                by[other] = move
                heap_push(keys, items, size, reach, other)
                size += 1
    return distance, by
