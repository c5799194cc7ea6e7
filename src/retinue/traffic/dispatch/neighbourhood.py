"""Which trains to take out together: one with a delay, and those that stand in its way.

Those are the trains it waited for, the ones on its ideal way, its neighbours in time on one of its
resources.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from retinue.traffic.dispatch.kernel import INDICES, INT, INTS, kernel, record
from retinue.traffic.dispatch.network import FOREVER, LEFT_OUT, NETWORK, Network
from retinue.traffic.dispatch.occupation import (
    TIMETABLE,
    Timetable,
    empty_timetable,
    place_after,
)
from retinue.traffic.dispatch.problem import Indices, Ints
from retinue.traffic.dispatch.train_search import SEARCH, Search, draw, find_way

__all__ = ["MODES", "RUIN", "Ruin", "choose", "new_ruin"]

#: Kinds of neighbourhoods.
MODES = 5
_MOST = 32


class Ruin(NamedTuple):
    """Room of the local search.

    Attributes
    ----------
    free
        Least cost of each train alone.
    blank
        A timetable without occupations, for ideal ways.
    best
        The best timetable found; its occupations are not kept.
    kept_length, kept_way, kept_start, kept_cost
        The removed trains as they were.
    chosen, marked
        The removed trains, and a mark for each.
    total
        Cost now, best cost.
    tried, gained
        How often each kind of neighbourhood was tried, and how often it lowered the cost.
    halt
        Set to 1 from outside, it ends the search after the neighbourhood at work.
    """

    free: Ints
    blank: Timetable
    best: Timetable
    kept_length: Ints
    kept_way: Indices
    kept_start: Ints
    kept_cost: Ints
    chosen: Indices
    marked: Indices
    total: Ints
    tried: Ints
    gained: Ints
    halt: Ints


#: Numba's type of the room of the local search.
RUIN = record(
    [
        INTS,
        TIMETABLE,
        TIMETABLE,
        INTS,
        INDICES,
        INTS,
        INTS,
        INDICES,
        INDICES,
        INTS,
        INTS,
        INTS,
        INTS,
    ],
    Ruin,
)


def new_ruin(net: Network, resources: int, search: Search) -> Ruin:
    """Return the room of a local search; finds what each train costs alone."""
    trains, operations = len(net.first) - 1, len(net.train_of)
    blank = empty_timetable(net, resources)
    free = np.zeros(trains, np.int64)
    for train in range(trains):
        free[train] = find_way(net, blank, search, train, FOREVER)
    return Ruin(
        free=free,
        blank=blank,
        best=empty_timetable(net, resources),
        kept_length=np.zeros(trains, np.int64),
        kept_way=np.zeros(operations, np.int32),
        kept_start=np.zeros(operations, np.int64),
        kept_cost=np.zeros(trains, np.int64),
        chosen=np.zeros(max(trains, _MOST) + 1, np.int32),
        marked=np.zeros(trains, np.int32),
        total=np.zeros(2, np.int64),
        tried=np.zeros(MODES, np.int64),
        gained=np.zeros(MODES, np.int64),
        halt=np.zeros(1, np.int64),
    )


@kernel(INT(RUIN, INT, INT, INT))
def _mark(ruin: Ruin, count: int, most: int, train: int) -> int:
    """Choose a train that is not chosen yet, while there is room."""
    if count < most and ruin.marked[train] == 0:
        ruin.marked[train] = 1
        ruin.chosen[count] = train
        return count + 1
    return count


@kernel(INT(NETWORK, TIMETABLE, SEARCH, RUIN))
def _seed(net: Network, table: Timetable, search: Search, ruin: Ruin) -> int:
    """Draw a train, mostly by what it costs above its cost alone."""
    trains = len(table.length)
    if draw(search, 4) == 0:
        return draw(search, trains)
    above = 0
    for train in range(trains):
        if table.cost[train] >= LEFT_OUT:
            if draw(search, 2) == 0:
                return train
        else:
            above += table.cost[train] - ruin.free[train]
    if above <= 0:
        return draw(search, trains)
    left = (draw(search, 1 << 30) * above) >> 30 if above < 1 << 32 else draw(search, above)
    for train in range(trains):
        if table.cost[train] < LEFT_OUT:
            left -= table.cost[train] - ruin.free[train]
            if left < 0:
                return train
    return draw(search, trains)


@kernel(INT(NETWORK, TIMETABLE, SEARCH, RUIN, INT, INT, INT))
def _waited_for(
    net: Network,
    table: Timetable,
    search: Search,
    ruin: Ruin,
    count: int,
    most: int,
    train: int,
) -> int:
    """Choose trains whose resource a train took just when they gave it free."""
    first = net.first[train]
    length = table.length[train]
    skip = draw(search, 3)
    for i in range(length - 1, 0, -1):
        op = table.way[first + i]
        at = table.start[first + i]
        ready = table.start[first + i - 1] + net.duration[table.way[first + i - 1]]
        if at < max(ready, net.earliest[op]) + net.fine:
            continue
        for u in range(net.use_from[op], net.use_from[op + 1]):
            resource = net.use[u]
            place = place_after(table, resource, at - 1)
            # The train's own occupation begins now; the one before it ended now.
            j = place - 1
            if j >= table.places[resource] and table.end[j] == at and table.holder[j] != train:
                if skip > 0 and draw(search, 2) == 0:
                    skip -= 1
                    continue
                count = _mark(ruin, count, most, table.holder[j])
                if count >= most:
                    return count
    return count


@kernel(INT(NETWORK, TIMETABLE, SEARCH, RUIN, INT, INT, INT))
def _on_ideal_way(
    net: Network,
    table: Timetable,
    search: Search,
    ruin: Ruin,
    count: int,
    most: int,
    train: int,
) -> int:
    """Choose trains that stand in the way a train would take alone."""
    if find_way(net, ruin.blank, search, train, FOREVER) < 0:
        return count
    first = net.first[train]
    length = ruin.blank.length[train]
    for i in range(length):
        op = ruin.blank.way[first + i]
        at = ruin.blank.start[first + i]
        leave = ruin.blank.start[first + i + 1] if i + 1 < length else at
        for u in range(net.use_from[op], net.use_from[op + 1]):
            resource = net.use[u]
            last = table.places[resource] + table.held[resource]
            j = max(place_after(table, resource, at) - 1, int(table.places[resource]))
            while j < last and table.begin[j] < leave + net.release[u]:
                if table.end[j] > at and table.holder[j] != train and draw(search, 4) > 0:
                    count = _mark(ruin, count, most, table.holder[j])
                    if count >= most:
                        return count
                j += 1
    return count


@kernel(INT(NETWORK, TIMETABLE, SEARCH, RUIN, INT, INT, INT))
def _beside(
    net: Network,
    table: Timetable,
    search: Search,
    ruin: Ruin,
    count: int,
    most: int,
    train: int,
) -> int:
    """Choose neighbours in time on one resource of a train."""
    length = table.length[train]
    if length == 0:
        return count
    i = draw(search, length)
    op = table.way[net.first[train] + i]
    at = table.start[net.first[train] + i]
    uses = net.use_from[op + 1] - net.use_from[op]
    if uses == 0:
        return count
    resource = net.use[net.use_from[op] + draw(search, uses)]
    low = place_after(table, resource, at) - 1
    high = low + 1
    while count < most:
        down = low >= table.places[resource]
        up = high < table.places[resource] + table.held[resource]
        if not down and not up:
            break
        if down and (not up or draw(search, 2) == 0):
            count = _mark(ruin, count, most, table.holder[low])
            low -= 1
        else:
            count = _mark(ruin, count, most, table.holder[high])
            high += 1
    return count


@kernel(INT(NETWORK, TIMETABLE, SEARCH, RUIN, INT, INT))
def choose(net: Network, table: Timetable, search: Search, ruin: Ruin, mode: int, most: int) -> int:
    """Choose the trains to take out; the first is the seed."""
    count = _mark(ruin, 0, most, _seed(net, table, search, ruin))
    at = 0
    idle = 0
    while count < most and idle < 4:
        before = count
        train = ruin.chosen[at]
        if mode == 0:
            count = _waited_for(net, table, search, ruin, count, most, train)
        elif mode == 1:
            count = _on_ideal_way(net, table, search, ruin, count, most, train)
        elif mode == 2:
            count = _beside(net, table, search, ruin, count, most, train)
        elif mode == 3:
            # One of each train's neighbours: a walk through the traffic.
            one_more = min(most, count + 1)
            count = _beside(net, table, search, ruin, count, one_more, train)
            at = draw(search, count)
        else:
            one_more = min(most, count + 1 + draw(search, 2))
            kind = draw(search, 3)
            if kind == 0:
                count = _waited_for(net, table, search, ruin, count, one_more, train)
            elif kind == 1:
                count = _on_ideal_way(net, table, search, ruin, count, one_more, train)
            else:
                count = _mark(ruin, count, most, _seed(net, table, search, ruin))
            at = draw(search, count)
        if mode < 3:
            at = min(at + 1, count - 1)
        if count == before:
            idle += 1
    return count
