"""The timetable as an order: earliest times that keep every order, and what each event may slip.

Events are the starts of operations on the trains' ways, numbered by their place.  Arcs lead from
one operation to the next of its train, and on each resource from the end of every operation of one
occupation to the start of the next occupation of another train.  Earliest times are longest paths;
an order with a circle has none.  Slipping an event by x slips another by x less the slack on the
way between, so that slacks to the parts of the objective tell what any slip costs.
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
from retinue.traffic.dispatch.network import FOREVER, NETWORK, Network, arrival_cost
from retinue.traffic.dispatch.occupation import TIMETABLE, Timetable
from retinue.traffic.dispatch.problem import Indices, Ints

__all__ = ["ORDERING", "Ordering", "new_ordering", "retime", "slacken"]


#: Up to so many parts of the objective, all slacks are kept; of more, so many of each event.
_ALL_PARTS, _KEPT_PARTS = 64, 16
#: Larger slacks than this, in whole units, are not kept: nothing slips so far.
_SLACK_MOST = 5000


class Ordering(NamedTuple):
    """Room for the graph of events.

    Attributes
    ----------
    newest
        Last arc from an event; -1 where there is none.
    before, to, length
        Of each arc: the arc from the same event before it, the event it leads to, least time.
    waiting
        Arcs into an event that are not followed yet.
    sequence
        Events in an order along all arcs.
    part, slack, known
        Parts of the objective that an event's slip can reach, and how far it can slip before they
        count (more), (events, parts kept); and how many are known of an event.
    row
        Where a part stands in the row at work, and whose row that is; (parts,) twice.
    hard
        How far an event can slip before a latest start is missed.
    counts
        Events in `sequence`, arcs.
    """

    newest: Indices
    before: Indices
    to: Indices
    length: Ints
    waiting: Indices
    sequence: Indices
    part: Indices
    slack: Ints
    known: Indices
    row: Ints
    hard: Ints
    counts: Ints


#: Numba's type of an ordering, for explicit signatures.
ORDERING = record(
    [
        INDICES,
        INDICES,
        INDICES,
        INTS,
        INDICES,
        INDICES,
        INDEX_ROWS,
        INT_ROWS,
        INDICES,
        INT_ROWS,
        INTS,
        INTS,
    ],
    Ordering,
)


def new_ordering(net: Network) -> Ordering:
    """Return room for the order of a timetable."""
    operations, arcs, parts = len(net.train_of), 4 * len(net.use) + 1, len(net.threshold)
    kept = parts if parts <= _ALL_PARTS else _KEPT_PARTS
    return Ordering(
        newest=np.zeros(operations, np.int32),
        before=np.zeros(arcs, np.int32),
        to=np.zeros(arcs, np.int32),
        length=np.zeros(arcs, np.int64),
        waiting=np.zeros(operations, np.int32),
        sequence=np.zeros(operations, np.int32),
        part=np.zeros((operations, kept), np.int32),
        slack=np.zeros((operations, kept), np.int64),
        known=np.zeros(operations, np.int32),
        row=np.full((2, parts), -1, np.int64),
        hard=np.zeros(operations, np.int64),
        counts=np.zeros(2, np.int64),
    )


@kernel(BOOL(NETWORK, TIMETABLE, ORDERING))
def _connect(net: Network, table: Timetable, order: Ordering) -> bool:
    """Draw all arcs between trains; false where an occupation never ends, or arcs are too many."""
    arcs = 0
    for resource in range(len(table.held)):
        first = table.places[resource]
        for m in range(first + 1, first + table.held[resource]):
            j = m - 1
            other = table.holder[j]
            if other == table.holder[m]:
                continue
            to = table.head[m]
            # All occupations of the train before: an earlier one may rest longer.
            while j >= first and table.holder[j] == other:
                behind = net.first[other] + table.length[other]
                for place in range(table.head[j], table.foot[j] + 1):
                    op = table.way[place]
                    for u in range(net.use_from[op], net.use_from[op + 1]):
                        if net.use[u] != resource:
                            continue
                        if place + 1 >= behind or arcs >= len(order.to):
                            return False
                        order.before[arcs] = order.newest[place + 1]
                        order.newest[place + 1] = arcs
                        order.to[arcs] = to
                        order.length[arcs] = net.release[u]
                        order.waiting[to] += 1
                        arcs += 1
                j -= 1
    order.counts[1] = arcs
    return True


@kernel(VOID(NETWORK, TIMETABLE))
def _reset_occupations(net: Network, table: Timetable) -> None:
    """Give the occupations the times of their trains."""
    for resource in range(len(table.held)):
        first = table.places[resource]
        for j in range(first, first + table.held[resource]):
            train = table.holder[j]
            behind = net.first[train] + table.length[train]
            end = np.int64(0)
            for place in range(table.head[j], table.foot[j] + 1):
                op = table.way[place]
                if place + 1 < behind:
                    leave = table.start[place + 1]
                else:
                    leave = min(table.start[place] + net.duration[op], FOREVER)
                for u in range(net.use_from[op], net.use_from[op + 1]):
                    if net.use[u] == resource:
                        end = max(end, np.int64(min(leave + net.release[u], FOREVER)))
            if j > first and table.holder[j - 1] == train:
                end = max(end, table.end[j - 1])
            table.begin[j] = table.start[table.head[j]]
            table.end[j] = end


@kernel(BOOL(NETWORK, TIMETABLE, ORDERING))
def retime(net: Network, table: Timetable, order: Ordering) -> bool:
    """Give all events their earliest times in the order that the occupations stand in.

    Returns
    -------
        False where the order contradicts itself or misses a latest start; the starts are then
        spoiled.
    """
    events = 0
    for train in range(len(table.length)):
        first = net.first[train]
        for place in range(first, first + table.length[train]):
            order.newest[place] = -1
            order.waiting[place] = 1 if place > first else 0
            table.start[place] = net.earliest[table.way[place]]
            events += 1
    if not _connect(net, table, order):
        return False
    done = 0
    for train in range(len(table.length)):
        first = net.first[train]
        if table.length[train] > 0 and order.waiting[first] == 0:
            order.sequence[done] = first
            done += 1
    at = 0
    while at < done:
        place = order.sequence[at]
        at += 1
        op = table.way[place]
        now = table.start[place]
        if now > net.latest[op]:
            return False
        train = net.train_of[op]
        after = place + 1
        if after < net.first[train] + table.length[train]:
            table.start[after] = max(table.start[after], now + net.duration[op])
            order.waiting[after] -= 1
            if order.waiting[after] == 0:
                order.sequence[done] = after
                done += 1
        arc = order.newest[place]
        while arc >= 0:
            to = order.to[arc]
            table.start[to] = max(table.start[to], now + order.length[arc])
            order.waiting[to] -= 1
            if order.waiting[to] == 0:
                order.sequence[done] = to
                done += 1
            arc = order.before[arc]
    order.counts[0] = done
    if done < events:
        return False
    for train in range(len(table.length)):
        first = net.first[train]
        if table.length[train] > 0:
            cost = 0
            for place in range(first, first + table.length[train]):
                cost += arrival_cost(net, table.way[place], table.start[place])
            table.cost[train] = cost
    _reset_occupations(net, table)
    return True


@kernel(VOID(NETWORK, ORDERING, INT, INT, INT))
def _reach(net: Network, order: Ordering, place: int, k: int, slack: int) -> None:
    """Note that an event's slip beyond a slack counts for a part of the objective."""
    if slack > _SLACK_MOST * net.fine:
        return
    known = order.known[place]
    if order.row[1, k] == place:
        i = order.row[0, k]
        order.slack[place, i] = min(order.slack[place, i], slack)
        return
    if known == order.slack.shape[1]:
        # Full: the one that would be the last to count makes room.
        known = 0
        for i in range(1, order.slack.shape[1]):
            if order.slack[place, i] > order.slack[place, known]:
                known = i
        if order.slack[place, known] <= slack:
            return
        order.row[1, order.part[place, known]] = -1
    else:
        order.known[place] += 1
    order.part[place, known] = k
    order.slack[place, known] = slack
    order.row[0, k] = known
    order.row[1, k] = place


@kernel(VOID(NETWORK, TIMETABLE, ORDERING))
def slacken(net: Network, table: Timetable, order: Ordering) -> None:
    """Find what every event may slip; right after `retime`."""
    order.row[1, :] = -1
    for i in range(order.counts[0] - 1, -1, -1):
        place = order.sequence[i]
        op = table.way[place]
        now = table.start[place]
        hard = net.latest[op] - now if net.latest[op] < FOREVER else FOREVER
        train = net.train_of[op]
        order.known[place] = 0
        for j in range(net.part_from[op], net.part_from[op + 1]):
            k = net.part[j]
            _reach(net, order, place, k, max(0, net.threshold[k] * net.fine - now))
        after = place + 1
        if after < net.first[train] + table.length[train]:
            gap = table.start[after] - now - net.duration[op]
            hard = min(hard, order.hard[after] + gap)
            for j in range(order.known[after]):
                _reach(net, order, place, order.part[after, j], order.slack[after, j] + gap)
        arc = order.newest[place]
        while arc >= 0:
            to = order.to[arc]
            gap = table.start[to] - now - order.length[arc]
            hard = min(hard, order.hard[to] + gap)
            for j in range(order.known[to]):
                _reach(net, order, place, order.part[to, j], order.slack[to, j] + gap)
            arc = order.before[arc]
        order.hard[place] = min(hard, FOREVER)
