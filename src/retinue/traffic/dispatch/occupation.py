"""Who holds which resource when: occupations of scheduled trains, sorted by time.

An occupation lasts from the start of the operation that takes a resource until the end of the last
one of an unbroken run that holds it, plus release time and handover: others start from `end` on.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from retinue.traffic.dispatch.kernel import INDICES, INT, INTS, VOID, kernel, record
from retinue.traffic.dispatch.network import FOREVER, NETWORK, Network
from retinue.traffic.dispatch.problem import Indices, Ints

__all__ = [
    "TIMETABLE",
    "Timetable",
    "empty_timetable",
    "make_room",
    "occupy",
    "place_after",
    "vacate",
]


class Timetable(NamedTuple):
    """Where all trains are: their ways, their occupations, their costs.

    Attributes
    ----------
    length
        Operations on the way of each train; 0 where it is not scheduled.
    way, start
        The way of a train and when its operations start, from the train's first place on.
    cost
        What the train costs.
    places
        First place of each resource's occupations.
    held
        Occupations of each resource.
    begin, end, holder
        Of each occupation, by begin within a resource.
    head, foot
        First and last place on its train's way, counted from 0 over all trains.
    """

    length: Ints
    way: Indices
    start: Ints
    cost: Ints
    places: Indices
    held: Ints
    begin: Ints
    end: Ints
    holder: Indices
    head: Indices
    foot: Indices


#: Numba's type of a timetable, for explicit signatures.
TIMETABLE = record(
    [INTS, INDICES, INTS, INTS, INDICES, INTS, INTS, INTS, INDICES, INDICES, INDICES], Timetable
)


def empty_timetable(net: Network, resources: int) -> Timetable:
    """Return a timetable with room for every use of every resource."""
    places = np.zeros(resources + 1, np.int32)
    np.cumsum(np.bincount(net.use, minlength=resources), out=places[1:])
    trains, operations, uses = len(net.first) - 1, len(net.train_of), len(net.use)
    return Timetable(
        length=np.zeros(trains, np.int64),
        way=np.zeros(operations, np.int32),
        start=np.zeros(operations, np.int64),
        cost=np.zeros(trains, np.int64),
        places=places,
        held=np.zeros(resources, np.int64),
        begin=np.zeros(uses, np.int64),
        end=np.zeros(uses, np.int64),
        holder=np.zeros(uses, np.int32),
        head=np.zeros(uses, np.int32),
        foot=np.zeros(uses, np.int32),
    )


@kernel(INT(TIMETABLE, INT, INT))
def place_after(table: Timetable, resource: int, at: int) -> int:
    """Return the place of the first occupation of a resource that begins after a time."""
    low = int(table.places[resource])
    high = low + int(table.held[resource])
    while low < high:
        middle = (low + high) >> 1
        if table.begin[middle] > at:
            high = middle
        else:
            low = middle + 1
    return low


@kernel(VOID(TIMETABLE, INT, INT))
def make_room(table: Timetable, resource: int, place: int) -> None:
    """Move the occupations of a resource from a place on one further."""
    last = int(table.places[resource]) + int(table.held[resource])
    for j in range(last, place, -1):
        table.begin[j] = table.begin[j - 1]
        table.end[j] = table.end[j - 1]
        table.holder[j] = table.holder[j - 1]
        table.head[j] = table.head[j - 1]
        table.foot[j] = table.foot[j - 1]
    table.held[resource] += 1


@kernel(VOID(NETWORK, TIMETABLE, INT))
def occupy(net: Network, table: Timetable, train: int) -> None:
    """Enter the occupations of a train whose way and starts stand in the timetable."""
    first = net.first[train]
    for i in range(table.length[train]):
        op = table.way[first + i]
        begin = table.start[first + i]
        if i + 1 < table.length[train]:
            leave = table.start[first + i + 1]
        else:
            leave = min(begin + net.duration[op], FOREVER)
        for u in range(net.use_from[op], net.use_from[op + 1]):
            resource = net.use[u]
            end = min(leave + net.release[u], FOREVER)
            place = place_after(table, resource, begin)
            before = place - 1
            # Held on from the operation before, or taken again before others may have it.
            if (
                before >= table.places[resource]
                and table.holder[before] == train
                and table.end[before] >= begin
            ):
                table.end[before] = max(table.end[before], end)
                table.foot[before] = first + i
                continue
            make_room(table, resource, place)
            table.begin[place] = begin
            table.end[place] = end
            table.holder[place] = train
            table.head[place] = first + i
            table.foot[place] = first + i


@kernel(VOID(NETWORK, TIMETABLE, INT))
def vacate(net: Network, table: Timetable, train: int) -> None:
    """Take out all occupations of a train; its way and starts stay as they are."""
    first = net.first[train]
    for i in range(table.length[train]):
        op = table.way[first + i]
        begin = table.start[first + i]
        for u in range(net.use_from[op], net.use_from[op + 1]):
            resource = net.use[u]
            place = place_after(table, resource, begin) - 1
            if place < table.places[resource] or table.head[place] != first + i:
                continue  # an occupation over several operations went with the first
            last = table.places[resource] + table.held[resource] - 1
            for j in range(place, last):
                table.begin[j] = table.begin[j + 1]
                table.end[j] = table.end[j + 1]
                table.holder[j] = table.holder[j + 1]
                table.head[j] = table.head[j + 1]
                table.foot[j] = table.foot[j + 1]
            table.held[resource] -= 1
