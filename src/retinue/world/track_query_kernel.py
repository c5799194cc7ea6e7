"""Searches over the moves of trains: the compiled kernels behind `track_index`.

Two searches share one upward search from the targets.  `meet` closes it with an upward
search from the sources: the shortest way when nothing is in the way.  `least_rest` asks it
for the least remaining cost of any state, and `cross` is A* under these bounds, whatever
is closed or made dearer for one train or one question (Strasser and Zeitz 2021, "A fast
and tight heuristic for A* in road networks").
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retinue.kernels import njit
from retinue.world.graph_kernel import _pop as heap_pop
from retinue.world.graph_kernel import _push as heap_push

__all__ = ["BOUND_ARGUMENTS", "climb", "cross", "least_rest", "meet", "unpack"]

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

_I = "int32[::1]"
_F = "float64[::1]"


@njit(
    f"int64(int32, {_I}, {_F}, {_I}, {_I}, {_F}, {_F}, {_I}, {_I}, {_F}, {_I})",
    cache=True,
)
def climb(
    stamp: int,
    seeds: Ints,
    seed_cost: Floats,
    start: Ints,
    head: Ints,
    weight: Floats,
    distance: Floats,
    seen: Ints,
    by: Ints,
    keys: Floats,
    items: Ints,
) -> int:
    """Search upwards from seeds to the end; return how many places were settled."""
    size = 0
    for i in range(len(seeds)):
        place = seeds[i]
        if seen[place] != stamp or seed_cost[i] < distance[place]:
            distance[place] = seed_cost[i]
            seen[place] = stamp
            by[place] = -1
            heap_push(keys, items, size, seed_cost[i], place)
            size += 1
    settled = 0
    while size > 0:
        key, place = keys[0], items[0]
        heap_pop(keys, items, size)
        size -= 1
        if key > distance[place]:
            continue
        settled += 1
        for arc in range(start[place], start[place + 1]):
            other = head[arc]
            reach = key + weight[arc]
            if seen[other] != stamp or reach < distance[other]:
                distance[other] = reach
                seen[other] = stamp
                by[other] = arc
                heap_push(keys, items, size, reach, other)
                size += 1
    return settled


@njit(
    f"Tuple((float64, int32))(int32, {_I}, {_F}, {_I}, {_I}, {_F}, {_F}, {_I}, {_I}, {_F}, {_I}, "
    f"{_F}, {_I})",
    cache=True,
)
def meet(
    stamp: int,
    seeds: Ints,
    seed_cost: Floats,
    start: Ints,
    head: Ints,
    weight: Floats,
    distance: Floats,
    seen: Ints,
    by: Ints,
    keys: Floats,
    items: Ints,
    to_go: Floats,
    to_go_seen: Ints,
) -> tuple[float, int]:
    """Search upwards from the sources; return the least cost and where both searches meet."""
    size = 0
    for i in range(len(seeds)):
        place = seeds[i]
        if seen[place] != stamp or seed_cost[i] < distance[place]:
            distance[place] = seed_cost[i]
            seen[place] = stamp
            by[place] = -1
            heap_push(keys, items, size, seed_cost[i], place)
            size += 1
    best = np.inf
    top = np.int32(-1)
    while size > 0:
        key, place = keys[0], items[0]
        # What is still to go may be negative: a target lies within its last edge.
        heap_pop(keys, items, size)
        size -= 1
        if key > distance[place]:
            continue
        if to_go_seen[place] == stamp and key + to_go[place] < best:
            best = key + to_go[place]
            top = place
        for arc in range(start[place], start[place + 1]):
            other = head[arc]
            reach = key + weight[arc]
            if seen[other] != stamp or reach < distance[other]:
                distance[other] = reach
                seen[other] = stamp
                by[other] = arc
                heap_push(keys, items, size, reach, other)
                size += 1
    return best, int(top)


@njit(
    f"{_I}(int32, {_I}, {_I}, {_I}, {_I}, {_I}, {_I}, {_I}, {_I}, {_I}, {_I}, {_I})",
    cache=True,
)
def unpack(
    top: int,
    up_by: Ints,
    up_arc: Ints,
    down_by: Ints,
    down_arc: Ints,
    tail: Ints,
    head: Ints,
    given: Ints,
    one: Ints,
    two: Ints,
    place_of: Ints,
    room: Ints,
) -> Ints:
    """Return the given arcs of the way that two upward searches found, in order."""
    chain = np.empty(1024, np.int32)
    count = 0
    place = top
    while up_by[place] >= 0:
        arc = up_arc[up_by[place]]
        if count == len(chain):
            chain = np.concatenate((chain, np.empty_like(chain)))
        chain[count] = arc
        count += 1
        place = place_of[tail[arc]]
    for i in range(count // 2):
        chain[i], chain[count - 1 - i] = chain[count - 1 - i], chain[i]
    place = top
    while down_by[place] >= 0:
        arc = down_arc[down_by[place]]
        if count == len(chain):
            chain = np.concatenate((chain, np.empty_like(chain)))
        chain[count] = arc
        count += 1
        place = place_of[head[arc]]
    out = np.empty(1024, np.int32)
    found = 0
    for i in range(count):
        room[0] = chain[i]
        height = 1
        while height > 0:
            height -= 1
            arc = room[height]
            if one[arc] < 0:
                if found == len(out):
                    out = np.concatenate((out, np.empty_like(out)))
                out[found] = given[arc]
                found += 1
            else:
                room[height] = two[arc]
                room[height + 1] = one[arc]
                height += 2
    return out[:found].copy()


@njit(
    f"float64(int32, int32, {_I}, {_I}, {_F}, {_F}, {_I}, {_F}, {_I}, {_I})",
    cache=True,
)
def _potential(
    place: int,
    stamp: int,
    start: Ints,
    head: Ints,
    weight: Floats,
    to_go: Floats,
    to_go_seen: Ints,
    bound: Floats,
    bound_seen: Ints,
    stack: Ints,
) -> float:
    """Return the least remaining cost from a place of the hierarchy, kept for later."""
    if bound_seen[place] == stamp:
        return float(bound[place])
    stack[0] = place
    height = 1
    while height > 0:
        here = stack[height - 1]
        best = to_go[here] if to_go_seen[here] == stamp else np.inf
        ready = True
        for arc in range(start[here], start[here + 1]):
            other = head[arc]
            if bound_seen[other] != stamp:
                stack[height] = other
                height += 1
                ready = False
                break
            best = min(best, weight[arc] + bound[other])
        if ready:
            bound[here] = best
            bound_seen[here] = stamp
            height -= 1
    return float(bound[place])


BOUND_ARGUMENTS = f"{_I}, {_I}, {_I}, {_F}, {_F}, {_I}, {_F}, {_I}, float64, " + (
    f"{_I}, {_I}, {_I}, {_F}, {_F}, {_I}, {_F}, {_I}, {_I}"
)
"""Types of what `least_rest` needs of both hierarchies."""


@njit(f"float64(int32, int32, {BOUND_ARGUMENTS})", cache=True)
def least_rest(
    state: int,
    stamp: int,
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
) -> float:
    """Return the least cost that remains from a state.

    Either the train goes on without changing ends (the first hierarchy, of states), or it
    changes ends at least once and may go anywhere by any track (the second one, of nodes).
    """
    rest = _potential(place_of[state], stamp, up_start, up_head, up_weight, to_go, to_go_seen,
                      bound, bound_seen, stack)  # fmt: skip
    if turn_cost < np.inf:
        turned = turn_cost + _potential(free_place_of[state], stamp, free_start, free_head,
                                        free_weight, free_to_go, free_to_go_seen, free_bound,
                                        free_bound_seen, stack)  # fmt: skip
        rest = min(rest, turned)
    return rest


@njit(
    f"Tuple((float64, int32, int64))(int32, {_I}, {_F}, {_I}, {_F}, {_I}, {_I}, {_F}, {_F}, "
    f"{BOUND_ARGUMENTS}, {_F}, {_F}, {_I}, {_I}, {_F}, {_I})",
    cache=True,
)
def cross(
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
    rests: Floats,
    distance: Floats,
    seen: Ints,
    by: Ints,
    keys: Floats,
    items: Ints,
) -> tuple[float, int, int]:
    """Search from seeds to goals by A*; return cost, goal and number of states opened.

    A state costs ``state_cost`` to run through and a move ``move_cost``; infinite ones are
    closed.  A goal counts ``goal_rest`` less than its whole state.  `by` holds the move by
    which a state was reached, -1 at a seed.
    """
    size = 0
    for i in range(len(seeds)):
        state = seeds[i]
        if seen[state] != stamp or seed_cost[i] < distance[state]:
            rest = least_rest(
                state, stamp, place_of, up_start, up_head, up_weight, to_go, to_go_seen, bound,
                bound_seen, turn_cost, free_place_of, free_start, free_head, free_weight,
                free_to_go, free_to_go_seen, free_bound, free_bound_seen, stack,
            )  # fmt: skip
            if rest < np.inf and seed_cost[i] < np.inf:
                distance[state] = seed_cost[i]
                rests[state] = rest
                seen[state] = stamp
                by[state] = -1
                heap_push(keys, items, size, seed_cost[i] + rest, state)
                size += 1
    best = np.inf
    last = np.int32(-1)
    opened = 0
    while size > 0:
        key, state = keys[0], items[0]
        if key >= best:
            break
        heap_pop(keys, items, size)
        size -= 1
        so_far = distance[state]
        if key > so_far + rests[state]:
            continue
        opened += 1
        for i in range(len(goals)):
            if goals[i] == state and so_far - goal_rest[i] < best:
                best = so_far - goal_rest[i]
                last = state
        for move in range(start[state], start[state + 1]):
            other = head[move]
            reach = so_far + move_cost[move] + state_cost[other]
            if not reach < np.inf or (seen[other] == stamp and reach >= distance[other]):
                continue
            rest = least_rest(
                other, stamp, place_of, up_start, up_head, up_weight, to_go, to_go_seen, bound,
                bound_seen, turn_cost, free_place_of, free_start, free_head, free_weight,
                free_to_go, free_to_go_seen, free_bound, free_bound_seen, stack,
            )  # fmt: skip
            if not reach + rest < best:
                continue
            distance[other] = reach
            rests[other] = rest
            seen[other] = stamp
            by[other] = move
            if size == len(keys):
                keys = np.concatenate((keys, np.empty_like(keys)))
                items = np.concatenate((items, np.empty_like(items)))
            heap_push(keys, items, size, reach + rest, other)
            size += 1
    return best, int(last), opened
