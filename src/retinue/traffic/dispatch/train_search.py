"""The best way of one train between the fixed occupations of all others.

A label is an operation with the earliest start in one of its safe intervals, in which no other
train holds or soon needs a resource of it.  Waiting is always allowed as long as the interval
lasts, so an earlier start in the same interval is worth as much as any later one; with costs on the
way, labels are kept where no other is both earlier and cheaper.  Best first by a lower bound of the
whole cost, then by the arrival at the exit, then by depth: the first label taken at the exit is
optimal.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retinue.traffic.dispatch.kernel import (
    BOOL,
    INDICES,
    INT,
    INTS,
    PAIR,
    RANDOM,
    VOID,
    kernel,
    record,
)
from retinue.traffic.dispatch.network import (
    FOREVER,
    NETWORK,
    Network,
    arrival_cost,
    cost_ahead,
)
from retinue.traffic.dispatch.occupation import TIMETABLE, Timetable, place_after
from retinue.traffic.dispatch.problem import Indices, Ints

__all__ = ["SEARCH", "Search", "draw", "find_way", "new_search"]

#: Most labels of one search; beyond, it gives up (no instance known comes near).
_LABELS = 1 << 17


class Search(NamedTuple):
    """Room of a search, used again and again; one for each thread."""

    operation: Indices
    at: Ints
    limit: Ints
    cost: Ints
    parent: Indices
    sibling: Indices
    newest: Indices
    heap: Indices
    key_cost: Ints
    key_exit: Ints
    key_depth: Ints
    random: npt.NDArray[np.uint64]


#: Numba's type of the room of a search.
SEARCH = record(
    [INDICES, INTS, INTS, INTS, INDICES, INDICES, INDICES, INDICES, INTS, INTS, INTS, RANDOM],
    Search,
)


def new_search(net: Network, seed: int) -> Search:
    """Return the room of a search with its own random numbers."""
    indices = [np.zeros(_LABELS, np.int32) for _ in range(4)]
    longs = [np.zeros(_LABELS, np.int64) for _ in range(6)]
    state = np.random.SeedSequence(seed).generate_state(1, np.uint64) | np.uint64(1)
    return Search(
        operation=indices[0],
        at=longs[0],
        limit=longs[1],
        cost=longs[2],
        parent=indices[1],
        sibling=indices[2],
        newest=np.full(len(net.train_of), -1, np.int32),
        heap=indices[3],
        key_cost=longs[3],
        key_exit=longs[4],
        key_depth=longs[5],
        random=state,
    )


@kernel(INT(SEARCH, INT))
def draw(search: Search, count: int) -> int:
    """Return a random number of 0 to count - 1 (xorshift64*, Vigna 2016)."""
    x = search.random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    search.random[0] = x
    return int((x * np.uint64(2685821657736338717)) >> np.uint64(33)) % count


@kernel(PAIR(NETWORK, TIMETABLE, INT, INT))
def first_fit(net: Network, table: Timetable, op: int, at: int) -> tuple[int, int]:
    """Return the earliest start from a time on at which an operation fits, and its latest end."""
    begin = net.use_from[op]
    end = net.use_from[op + 1]
    limit = FOREVER
    u = begin
    while u < end:
        resource = net.use[u]
        place = place_after(table, resource, at)
        if place > table.places[resource] and table.end[place - 1] > at:
            at = table.end[place - 1]
            limit = FOREVER
            u = begin
            continue
        if place < table.places[resource] + table.held[resource]:
            last = table.begin[place] - net.release[u]
            if last < at + net.duration[op]:
                at = table.end[place]
                limit = FOREVER
                u = begin
                continue
            limit = min(limit, last)
        u += 1
    return at, limit


@kernel(BOOL(SEARCH, INT, INT))
def _before(search: Search, a: int, b: int) -> bool:
    if search.key_cost[a] != search.key_cost[b]:
        return bool(search.key_cost[a] < search.key_cost[b])
    if search.key_exit[a] != search.key_exit[b]:
        return bool(search.key_exit[a] < search.key_exit[b])
    return bool(search.key_depth[a] > search.key_depth[b])


@kernel(VOID(SEARCH, INT, INT))
def _push(search: Search, size: int, label: int) -> None:
    hole = size
    while hole > 0:
        up = (hole - 1) >> 1
        if not _before(search, label, search.heap[up]):
            break
        search.heap[hole] = search.heap[up]
        hole = up
    search.heap[hole] = label


@kernel(INT(SEARCH, INT))
def _pop(search: Search, size: int) -> int:
    """Take out the best label; the heap then has one less."""
    best = int(search.heap[0])
    moved = search.heap[size - 1]
    size -= 1
    hole = 0
    while True:
        down = 2 * hole + 1
        if down >= size:
            break
        if down + 1 < size and _before(search, search.heap[down + 1], search.heap[down]):
            down += 1
        if not _before(search, search.heap[down], moved):
            break
        search.heap[hole] = search.heap[down]
        hole = down
    search.heap[hole] = moved
    return best


@kernel(
    INT(
        NETWORK, TIMETABLE, SEARCH, INT, INT, INT, INT,
        INT, INT,
    )
)  # fmt: skip
def _offer(
    net: Network,
    table: Timetable,
    search: Search,
    labels: int,
    op: int,
    at: int,
    until: int,
    parent: int,
    budget: int,
) -> int:
    """Make the next label of an operation that starts from a time until another; 1 where made."""
    until = min(until, net.latest[op])
    before = search.cost[parent] if parent >= 0 else 0
    exit_op = net.first[net.train_of[op] + 1] - 1
    while at <= until:
        at, limit = first_fit(net, table, op, at)
        if at > until or at >= FOREVER:
            return 0
        bound = before + cost_ahead(net, op, at)
        if bound > budget:
            return 0
        cost = before + arrival_cost(net, op, at)
        other = search.newest[op]
        while other >= 0:
            if (
                search.limit[other] == limit
                and search.at[other] <= at
                and search.cost[other] <= cost
            ):
                break
            other = search.sibling[other]
        if other < 0:
            search.operation[labels] = op
            search.at[labels] = at
            search.limit[labels] = limit
            search.cost[labels] = cost
            search.parent[labels] = parent
            search.sibling[labels] = search.newest[op]
            search.newest[op] = labels
            search.key_cost[labels] = bound
            search.key_exit[labels] = max(at + net.tail[op], net.earliest[exit_op]) // net.fine
            search.key_depth[labels] = net.level[op] * 64 + draw(search, 64)
            return 1
        if limit >= FOREVER:
            return 0
        at = limit + 1
    return 0


@kernel(INT(NETWORK, TIMETABLE, SEARCH, INT, INT))
def find_way(net: Network, table: Timetable, search: Search, train: int, budget: int) -> int:
    """Find the cheapest way of a train that is in no occupation of the timetable.

    With a budget, one search in sixteen leaves out choices of way by chance.

    Its way, starts and cost are put down in the timetable, occupations are not.

    Returns
    -------
        The cost; -1 where no way costs `budget` or less.
    """
    entry = net.first[train]
    last = net.first[train + 1] - 1
    labels = 0
    size = 0
    found = -1
    # Within one instant, let chance say which train is first: who is early cannot follow another.
    shift = draw(search, 4) * (net.fine >> 2)
    begin = net.earliest[entry] + shift
    # The best way of one train may stand in the way of others: now and then take another one.
    narrow = budget < FOREVER and draw(search, 16) == 0
    if _offer(net, table, search, 0, entry, begin, FOREVER, -1, budget) == 1:
        _push(search, 0, 0)
        labels = 1
        size = 1
    while size > 0:
        label = _pop(search, size)
        size -= 1
        op = search.operation[label]
        if op == last:
            found = label
            break
        if labels + 64 + net.successor_from[op + 1] - net.successor_from[op] >= _LABELS:
            break
        at = search.at[label]
        limit = search.limit[label]
        # The same operation in its next safe interval, from the same label before.
        if limit < FOREVER:
            parent = search.parent[label]
            until = search.limit[parent] if parent >= 0 else FOREVER
            if _offer(net, table, search, labels, op, limit + 1, until, parent, budget) == 1:
                _push(search, size, labels)
                labels += 1
                size += 1
        ready = at + net.duration[op]
        begin_of = net.successor_from[op]
        end_of = net.successor_from[op + 1]
        if narrow and end_of > begin_of + 1 and draw(search, 2) == 0:
            begin_of += draw(search, end_of - begin_of)
            end_of = begin_of + 1
        for i in range(begin_of, end_of):
            after = net.successor[i]
            start = max(ready, net.earliest[after] + shift)
            if _offer(net, table, search, labels, after, start, limit, label, budget) == 1:
                _push(search, size, labels)
                labels += 1
                size += 1
    for i in range(labels):
        search.newest[search.operation[i]] = -1
    if found < 0:
        return -1
    steps = 0
    label = found
    while label >= 0:
        steps += 1
        label = search.parent[label]
    label = found
    for i in range(steps - 1, -1, -1):
        table.way[entry + i] = search.operation[label]
        table.start[entry + i] = search.at[label]
        label = search.parent[label]
    table.length[train] = steps
    table.cost[train] = search.cost[found]
    return int(search.cost[found])
