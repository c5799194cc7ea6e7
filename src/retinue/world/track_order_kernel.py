"""Ways in the order of their cost: the compiled kernel behind `MoveIndex.in_order`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retinue.kernels import njit
from retinue.world.graph_kernel import _pop as heap_pop
from retinue.world.graph_kernel import _push as heap_push
from retinue.world.track_query_kernel import BOUND_ARGUMENTS, least_rest

__all__ = ["enumerate_ways"]

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

_I = "int32[::1]"
_F = "float64[::1]"


@njit(
    f"Tuple(({_I}, {_F}, {_I}, {_I}, {_I}, boolean))(int32, {_I}, {_F}, {_I}, {_F}, {_I}, {_I}, "
    f"{_F}, {_F}, {BOUND_ARGUMENTS}, int64, int64)",
    cache=True,
)
def enumerate_ways(
    stamp: int,
    seeds: Ints,
    seed_cost: Floats,
    goals: Ints,
    goal_rest: Floats,
    start: Ints,
    head: Ints,
    move_cost: Floats,
    state_cost: Floats,
    place_of: Ints,
    up_start: Ints,
    up_head: Ints,
    up_weight: Floats,
    to_go: Floats,
    to_go_seen: Ints,
    bound: Floats,
    bound_seen: Ints,
    turn_cost: float,
    free_place_of: Ints,
    free_start: Ints,
    free_head: Ints,
    free_weight: Floats,
    free_to_go: Floats,
    free_to_go_seen: Ints,
    free_bound: Floats,
    free_bound_seen: Ints,
    stack: Ints,
    wanted: int,
    most_labels: int,
) -> tuple[Ints, Floats, Ints, Ints, Ints, bool]:
    """Return the ends of the cheapest ways, cheapest first, that use no edge twice.

    Returns
    -------
    tuple
        Labels of the ends and their costs; of every label its state, its label before (-1)
        and its move; whether the list is complete (no way is missing that is cheaper than
        the last one).
    """
    room = 1 << 14
    state, before = np.empty(room, np.int32), np.empty(room, np.int32)
    by, cost = np.empty(room, np.int32), np.empty(room)
    # An end is a label of its own, so that its cost has its place in the queue.
    is_end = np.zeros(room, np.bool_)
    keys, items = np.empty(room), np.empty(room, np.int32)
    found, found_cost = np.empty(wanted, np.int32), np.empty(wanted)
    count = 0
    used = 0
    size = 0
    for i in range(len(seeds)):
        rest = least_rest(
            seeds[i], stamp, place_of, up_start, up_head, up_weight, to_go, to_go_seen, bound,
            bound_seen, turn_cost, free_place_of, free_start, free_head, free_weight, free_to_go,
            free_to_go_seen, free_bound, free_bound_seen, stack,
        )  # fmt: skip
        if not seed_cost[i] + rest < np.inf:
            continue
        state[used], before[used], by[used], cost[used] = seeds[i], -1, -1, seed_cost[i]
        heap_push(keys, items, size, seed_cost[i] + rest, used)
        used += 1
        size += 1
    while size > 0 and count < wanted:
        label = items[0]
        heap_pop(keys, items, size)
        size -= 1
        here = state[label]
        if is_end[label]:
            found[count], found_cost[count] = before[label], cost[label]
            count += 1
            continue
        if used + (start[here + 1] - start[here]) + len(goals) >= most_labels:
            return (found[:count].copy(), found_cost[:count].copy(), state[:used].copy(),
                    before[:used].copy(), by[:used].copy(), False)  # fmt: skip
        while used + (start[here + 1] - start[here]) + len(goals) >= room:
            room *= 2
            state = np.concatenate((state, np.empty_like(state)))
            before = np.concatenate((before, np.empty_like(before)))
            by = np.concatenate((by, np.empty_like(by)))
            cost = np.concatenate((cost, np.empty_like(cost)))
            is_end = np.concatenate((is_end, np.zeros_like(is_end)))
            keys = np.concatenate((keys, np.empty_like(keys)))
            items = np.concatenate((items, np.empty_like(items)))
        for i in range(len(goals)):
            if goals[i] == here:
                state[used], before[used], by[used] = here, label, -1
                cost[used] = cost[label] - goal_rest[i]
                is_end[used] = True
                heap_push(keys, items, size, cost[used], used)
                used += 1
                size += 1
        for move in range(start[here], start[here + 1]):
            other = head[move]
            reach = cost[label] + move_cost[move] + state_cost[other]
            if not reach < np.inf:
                continue
            above = label
            again = False
            while above >= 0 and not again:
                again = state[above] >> 1 == other >> 1
                above = before[above]
            if again:
                continue
            rest = least_rest(
                other, stamp, place_of, up_start, up_head, up_weight, to_go, to_go_seen, bound,
                bound_seen, turn_cost, free_place_of, free_start, free_head, free_weight,
                free_to_go, free_to_go_seen, free_bound, free_bound_seen, stack,
            )  # fmt: skip
            if not reach + rest < np.inf:
                continue
            state[used], before[used], by[used], cost[used] = other, label, move, reach
            is_end[used] = False
            heap_push(keys, items, size, reach + rest, used)
            used += 1
            size += 1
    return (found[:count].copy(), found_cost[:count].copy(), state[:used].copy(),
            before[:used].copy(), by[:used].copy(), True)  # fmt: skip
