"""The best way of one train into the order of all others, which may be pushed back in time.

A label is an operation entered between two occupations on each of its resources.  The train may
leave later than the next occupation was to begin: that one then slips, and with it all that hangs
on it.  The slips of the parts of the objective stand with the label: pushing one train twice is not
paid twice.  What the train itself then waits for is taken as if nothing slipped: the way
found is a proposal, and the times of the new order tell its true cost.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from retinue.traffic.dispatch.kernel import (
    BOOL,
    INDEX_ROWS,
    INDICES,
    INT,
    INT_ROWS,
    INTS,
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
from retinue.traffic.dispatch.occupation import TIMETABLE, Timetable, make_room, place_after
from retinue.traffic.dispatch.ordering import ORDERING, Ordering
from retinue.traffic.dispatch.problem import Indices, Ints
from retinue.traffic.dispatch.train_search import SEARCH, Search, draw

__all__ = ["PUSH", "Push", "new_push", "push_in"]

_MADE, _NOT_HERE, _NO_MORE = 0, 1, 2
_MOST_LABELS = 30_000
#: Most parts of the objective that a way may make slip and that are still counted.
_MOST_SLIPS = 64


class Push(NamedTuple):
    """Room of a search that pushes.

    Attributes
    ----------
    operation, at, own, parent, sibling
        Of each label: operation, its start, cost of the train so far, label before, next label of
        the same operation.
    bound
        Least cost of the train and of those it pushes.
    gap
        Place of the occupation that follows on each resource of the operation; (labels, uses).
    paid
        Cost of those it pushes.
    row
        Row of slips of each label.  Row 0 is of labels that push nobody; labels share the row of
        the label before where they can.
    part, slip, slips
        Parts of the objective that slip and how far, (rows, parts kept), and how many do.
    rows
        How many rows are taken, and the train that is put in.
    newest
        Last label of an operation.
    heap, key
        Open labels, and depth where bounds are equal.
    place
        Gaps of the label that is being made.
    """

    operation: Indices
    at: Ints
    own: Ints
    parent: Indices
    sibling: Indices
    bound: Ints
    gap: Indices
    paid: Ints
    row: Indices
    part: Indices
    slip: Ints
    slips: Indices
    rows: Ints
    newest: Indices
    heap: Indices
    key: Ints
    place: Indices


#: Numba's type of the room, for explicit signatures.
PUSH = record(
    [INDICES, INTS, INTS, INDICES, INDICES, INTS, INDEX_ROWS, INTS, INDICES, INDEX_ROWS, INT_ROWS,
     INDICES, INTS, INDICES, INDICES, INTS, INDICES],
    Push,
)  # fmt: skip


def new_push(net: Network) -> Push:
    """Return the room of a search that pushes."""
    uses = int((net.use_from[1:] - net.use_from[:-1]).max(initial=1))
    labels, kept = _MOST_LABELS, min(_MOST_SLIPS, len(net.threshold))
    return Push(
        operation=np.zeros(labels, np.int32),
        at=np.zeros(labels, np.int64),
        own=np.zeros(labels, np.int64),
        parent=np.zeros(labels, np.int32),
        sibling=np.zeros(labels, np.int32),
        bound=np.zeros(labels, np.int64),
        gap=np.zeros((labels, max(1, uses)), np.int32),
        paid=np.zeros(labels, np.int64),
        row=np.zeros(labels, np.int32),
        part=np.zeros((labels + 2, kept), np.int32),
        slip=np.zeros((labels + 2, kept), np.int64),
        slips=np.zeros(labels + 2, np.int32),
        rows=np.ones(2, np.int64),
        newest=np.full(len(net.train_of), -1, np.int32),
        heap=np.zeros(labels, np.int32),
        key=np.zeros(labels, np.int64),
        place=np.zeros(max(1, uses), np.int32),
    )


@kernel(INT(NETWORK, TIMETABLE, ORDERING, PUSH, INT, INT, INT, INT))
def _slip(
    net: Network,
    table: Timetable,
    order: Ordering,
    push: Push,
    row: int,
    use: int,
    place: int,
    leave: int,
) -> int:
    """Let the occupation at a place slip for a train that leaves at a time.

    Returns
    -------
        The row of the slips then: the given one where nothing slips, the next free one where
        something does; -1 where it cannot.
    """
    resource = net.use[use]
    if place >= table.places[resource] + table.held[resource]:
        return row
    if leave >= FOREVER:
        return -1
    slip = leave + net.release[use] - table.begin[place]
    if slip <= 0:
        return row
    event = table.head[place]
    if slip > order.hard[event]:
        return -1
    new = int(push.rows[0])
    count = push.slips[row]
    if new != row:
        for i in range(count):
            push.part[new, i] = push.part[row, i]
            push.slip[new, i] = push.slip[row, i]
    for j in range(order.known[event]):
        far = slip - order.slack[event, j]
        if far <= 0:
            continue
        k = order.part[event, j]
        if net.train_of[net.part_operation[k]] == push.rows[1]:
            continue  # slacks may be from before the train was taken out
        i = 0
        while i < count and push.part[new, i] != k:
            i += 1
        if i < count:
            push.slip[new, i] = max(push.slip[new, i], far)
        elif count < push.slip.shape[1]:
            push.part[new, i] = k
            push.slip[new, i] = far
            count += 1
    push.slips[new] = count
    return new


@kernel(INT(NETWORK, PUSH, INT))
def _slip_cost(net: Network, push: Push, row: int) -> int:
    cost = 0
    for i in range(push.slips[row]):
        k = push.part[row, i]
        cost += net.rate[k] * (push.slip[row, i] // net.fine) + net.step[k]
    return cost


@kernel(INT(NETWORK, TIMETABLE, ORDERING, PUSH, INT, INT, INT, INT, INT, INT, INT))
def _lay(
    net: Network,
    table: Timetable,
    order: Ordering,
    push: Push,
    labels: int,
    op: int,
    at: int,
    waited: int,
    parent: int,
    budget: int,
    noise: int,
) -> int:
    """Make a label whose places stand in `push.place`; `waited` is the train waited for, or -1."""
    before = push.own[parent] if parent >= 0 else 0
    bound = before + cost_ahead(net, op, at)
    if bound > budget or at > net.latest[op]:
        return _NO_MORE
    row = push.row[parent] if parent >= 0 else 0
    old = row
    paid = push.paid[parent] if parent >= 0 else 0
    if parent >= 0:
        left = push.operation[parent]
        for u in range(net.use_from[left], net.use_from[left + 1]):
            place = push.gap[parent, u - net.use_from[left]]
            row = _slip(net, table, order, push, row, u, place, at)
            if row < 0:
                return _NO_MORE
            # Who waits for a train in the way of that same train waits forever.
            resource = net.use[u]
            if (
                waited >= 0
                and place < table.places[resource] + table.held[resource]
                and table.holder[place] == waited
                and at + net.release[u] > table.begin[place]
            ):
                return _NOT_HERE
    if row != old:
        paid = _slip_cost(net, push, row)
    if bound + paid > budget:
        return _NO_MORE
    half = row
    leave = at + net.duration[op]
    for u in range(net.use_from[op], net.use_from[op + 1]):
        place = push.place[u - net.use_from[op]]
        row = _slip(net, table, order, push, row, u, place, leave)
        if row < 0:
            return _NOT_HERE
    if row != half or row == push.rows[0]:
        paid = _slip_cost(net, push, row)
    bound += paid
    if bound > budget:
        return _NOT_HERE
    cost = before + arrival_cost(net, op, at)
    uses = net.use_from[op + 1] - net.use_from[op]
    other = push.newest[op]
    while other >= 0:
        if push.at[other] <= at and push.bound[other] <= bound and push.own[other] <= cost:
            same = True
            for i in range(uses):
                if push.gap[other, i] != push.place[i]:
                    same = False
                    break
            if same:
                return _NOT_HERE
        other = push.sibling[other]
    for i in range(uses):
        push.gap[labels, i] = push.place[i]
    push.operation[labels] = op
    push.at[labels] = at
    push.own[labels] = cost
    push.parent[labels] = parent
    push.bound[labels] = bound
    push.paid[labels] = paid
    push.row[labels] = row
    if row == push.rows[0]:
        push.rows[0] += 1
    push.sibling[labels] = push.newest[op]
    push.newest[op] = labels
    push.key[labels] = net.level[op] * 64 + noise
    return _MADE


@kernel(BOOL(PUSH, INT, INT))
def _before(push: Push, a: int, b: int) -> bool:
    if push.bound[a] != push.bound[b]:
        return bool(push.bound[a] < push.bound[b])
    return bool(push.key[a] > push.key[b])


@kernel(VOID(PUSH, INT, INT))
def _open(push: Push, size: int, label: int) -> None:
    hole = size
    while hole > 0:
        up = (hole - 1) >> 1
        if not _before(push, label, push.heap[up]):
            break
        push.heap[hole] = push.heap[up]
        hole = up
    push.heap[hole] = label


@kernel(INT(PUSH, INT))
def _take(push: Push, size: int) -> int:
    best = int(push.heap[0])
    moved = push.heap[size - 1]
    size -= 1
    hole = 0
    while True:
        down = 2 * hole + 1
        if down >= size:
            break
        if down + 1 < size and _before(push, push.heap[down + 1], push.heap[down]):
            down += 1
        if not _before(push, push.heap[down], moved):
            break
        push.heap[hole] = push.heap[down]
        hole = down
    push.heap[hole] = moved
    return best


@kernel(INT(NETWORK, PUSH, INT, INT))
def _held_gap(net: Network, push: Push, parent: int, resource: int) -> int:
    """Return the gap in which the operation before holds a resource; -1 where it does not."""
    if parent < 0:
        return -1
    left = push.operation[parent]
    for u in range(net.use_from[left], net.use_from[left + 1]):
        if net.use[u] == resource:
            return int(push.gap[parent, u - net.use_from[left]])
    return -1


@kernel(INT(NETWORK, TIMETABLE, ORDERING, SEARCH, PUSH, INT, INT, INT, INT, INT, INT, INT))
def _branch(
    net: Network,
    table: Timetable,
    order: Ordering,
    search: Search,
    push: Push,
    labels: int,
    size: int,
    op: int,
    ready: int,
    parent: int,
    budget: int,
    reach: int,
) -> int:
    """Enter an operation in all gaps worth it; returns how many labels were made."""
    begin = net.use_from[op]
    end = net.use_from[op + 1]
    made = 0
    turn = ready - reach
    while labels + made < len(push.operation) - 1:
        at = ready
        waited = -1
        following = FOREVER
        for u in range(begin, end):
            resource = net.use[u]
            place = _held_gap(net, push, parent, resource)
            if place < 0:
                place = place_after(table, resource, turn - 1)
                if place > table.places[resource] and table.end[place - 1] > at:
                    at = table.end[place - 1]
                    waited = table.holder[place - 1]
                if place < table.places[resource] + table.held[resource]:
                    following = min(following, table.begin[place])
            push.place[u - begin] = place
        if at >= FOREVER:
            break
        result = _lay(
            net, table, order, push, labels + made, op, at, waited, parent, budget,
            draw(search, 64),
        )  # fmt: skip
        if result == _MADE:
            _open(push, size + made, labels + made)
            made += 1
        elif result == _NO_MORE:
            break
        if following >= FOREVER:
            break
        turn = following + 1
    return made


@kernel(VOID(NETWORK, TIMETABLE, PUSH, INT, INT))
def _enter(net: Network, table: Timetable, push: Push, train: int, found: int) -> None:
    """Write down a way, and its occupations at their places in the order."""
    entry = net.first[train]
    steps = 0
    label = found
    while label >= 0:
        steps += 1
        label = push.parent[label]
    table.length[train] = steps
    # Backwards, so that the places of earlier operations still hold.
    label = found
    for i in range(steps - 1, -1, -1):
        op = push.operation[label]
        parent = push.parent[label]
        table.way[entry + i] = op
        table.start[entry + i] = push.at[label]
        for u in range(net.use_from[op], net.use_from[op + 1]):
            resource = net.use[u]
            place = push.gap[label, u - net.use_from[op]]
            behind = table.places[resource] + table.held[resource]
            if (
                place < behind
                and table.holder[place] == train
                and table.head[place] == entry + i + 1
            ):
                table.head[place] = entry + i  # held on into the next operation
                continue
            make_room(table, resource, place)
            table.holder[place] = train
            table.head[place] = entry + i
            table.foot[place] = entry + i
        label = parent


@kernel(INT(NETWORK, TIMETABLE, ORDERING, SEARCH, PUSH, INT, INT, INT))
def push_in(
    net: Network,
    table: Timetable,
    order: Ordering,
    search: Search,
    push: Push,
    train: int,
    budget: int,
    reach: int,
) -> int:
    """Put a train that has no way into the order where it seems to cost least.

    The order must be timed and slackened without the train.  The train's way and its occupations
    are entered in their order; their times, and those of the pushed ones, are still to be found.

    Parameters
    ----------
    net, table, order, search, push
        Problem, timetable, its order, and room to work in.
    train
        The train.
    budget
        What it may seem to cost, it and those it pushes.
    reach
        How late the train may come to a resource before another's occupation and still be put
        before it, in fine units.

    Returns
    -------
        The cost as it seems; -1 where no way costs `budget` or less.
    """
    entry = net.first[train]
    last = net.first[train + 1] - 1
    push.rows[0] = 1
    push.rows[1] = train
    labels = _branch(
        net, table, order, search, push, 0, 0, entry, net.earliest[entry], -1, budget, reach
    )
    size = labels
    found = -1
    while size > 0:
        label = _take(push, size)
        size -= 1
        op = push.operation[label]
        if op == last:
            found = label
            break
        for i in range(net.successor_from[op], net.successor_from[op + 1]):
            after = net.successor[i]
            ready = max(push.at[label] + net.duration[op], net.earliest[after])
            made = _branch(
                net, table, order, search, push, labels, size, after, ready, label, budget, reach
            )
            labels += made
            size += made
    for i in range(labels):
        push.newest[push.operation[i]] = -1
    if found < 0:
        return -1
    _enter(net, table, push, train, found)
    return int(push.bound[found])
