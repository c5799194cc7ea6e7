"""Local search by taking out a few trains and finding their ways anew, one after the other.

A train that finds no way at all is left out at a prize above every cost, so that the same search
mends and improves.
"""

from __future__ import annotations

import math

import numpy as np

from retinue.traffic.dispatch.kernel import BOOL, FLOAT, INT, VOID, kernel
from retinue.traffic.dispatch.neighbourhood import MODES, RUIN, Ruin, choose
from retinue.traffic.dispatch.network import FOREVER, LEFT_OUT, NETWORK, Network
from retinue.traffic.dispatch.occupation import TIMETABLE, Timetable, occupy, vacate
from retinue.traffic.dispatch.train_search import SEARCH, Search, draw, find_way, first_fit

__all__ = ["adopt", "arrange", "fill", "improve", "remember"]


@kernel(BOOL(NETWORK, TIMETABLE, INT))
def stand_in(net: Network, table: Timetable, train: int) -> bool:
    """Hold what a train must hold at its entry while it has no way; true where there is such."""
    entry = net.first[train]
    if net.use_from[entry + 1] == net.use_from[entry] or net.latest[entry] >= FOREVER:
        table.length[train] = 0
        return False
    at, _ = first_fit(net, table, entry, net.earliest[entry])
    if at > net.latest[entry]:
        table.length[train] = 0
        return False
    table.length[train] = 1
    table.way[entry] = entry
    table.start[entry] = at
    occupy(net, table, train)
    return True


@kernel(VOID(SEARCH, RUIN, TIMETABLE, INT))
def arrange(search: Search, ruin: Ruin, table: Timetable, count: int) -> None:
    """Put the chosen trains in the order in which they find their ways."""
    kind = draw(search, 8)
    start = 1 if kind < 3 else 0  # the seed may stay in front
    for i in range(count - 1, start, -1):
        j = start + draw(search, i - start + 1)
        ruin.chosen[i], ruin.chosen[j] = ruin.chosen[j], ruin.chosen[i]
    if kind == 7:  # the dearest first
        for i in range(1, count):
            j = i
            while j > 0 and (
                table.cost[ruin.chosen[j]] - ruin.free[ruin.chosen[j]]
                > table.cost[ruin.chosen[j - 1]] - ruin.free[ruin.chosen[j - 1]]
            ):
                ruin.chosen[j], ruin.chosen[j - 1] = ruin.chosen[j - 1], ruin.chosen[j]
                j -= 1


@kernel(VOID(NETWORK, TIMETABLE, RUIN, INT))
def _keep(net: Network, table: Timetable, ruin: Ruin, train: int) -> None:
    ruin.kept_length[train] = table.length[train]
    ruin.kept_cost[train] = table.cost[train]
    first = net.first[train]
    for i in range(first, first + table.length[train]):
        ruin.kept_way[i] = table.way[i]
        ruin.kept_start[i] = table.start[i]


@kernel(VOID(NETWORK, TIMETABLE, RUIN, INT))
def _restore(net: Network, table: Timetable, ruin: Ruin, train: int) -> None:
    table.length[train] = ruin.kept_length[train]
    table.cost[train] = ruin.kept_cost[train]
    first = net.first[train]
    for i in range(first, first + table.length[train]):
        table.way[i] = ruin.kept_way[i]
        table.start[i] = ruin.kept_start[i]
    occupy(net, table, train)


@kernel(BOOL(NETWORK, TIMETABLE, SEARCH, RUIN, INT, INT))
def _rebuild(
    net: Network, table: Timetable, search: Search, ruin: Ruin, count: int, budget: int
) -> bool:
    """Take the chosen trains out and find new ways at a cost within a budget; else put back."""
    rest = 0
    for i in range(count):
        train = ruin.chosen[i]
        _keep(net, table, ruin, train)
        vacate(net, table, train)
        rest += ruin.free[train]
    # A train that begins inside the network needs its place there, mostly but not always at once.
    some = draw(search, 4)
    for i in range(count):
        table.length[ruin.chosen[i]] = 0
        if some > 0 or draw(search, 2) == 0:
            stand_in(net, table, ruin.chosen[i])
    spent = 0
    done = 0
    for i in range(count):
        train = ruin.chosen[i]
        if table.length[train] > 0:
            vacate(net, table, train)
            table.length[train] = 0
        rest -= ruin.free[train]
        left = budget - spent - rest
        cost = find_way(net, table, search, train, min(left, LEFT_OUT - 1))
        if cost < 0:
            if left < LEFT_OUT:
                break
            cost = LEFT_OUT
            stand_in(net, table, train)
            table.cost[train] = LEFT_OUT
        else:
            occupy(net, table, train)
        done += 1
        spent += cost
    if done == count:
        return True
    for i in range(count):
        train = ruin.chosen[i]
        if i != done:
            vacate(net, table, train)
        table.length[train] = 0
    for i in range(count):
        _restore(net, table, ruin, ruin.chosen[i])
    return False


@kernel(VOID(TIMETABLE, RUIN), makes_arrays=True)
def remember(table: Timetable, ruin: Ruin) -> None:
    """Keep the timetable as the best one."""
    ruin.best.length[:] = table.length
    ruin.best.way[:] = table.way
    ruin.best.start[:] = table.start
    ruin.best.cost[:] = table.cost
    ruin.total[1] = ruin.total[0]


@kernel(VOID(NETWORK, TIMETABLE, SEARCH, RUIN, INT, FLOAT, FLOAT, INT))
def improve(
    net: Network,
    table: Timetable,
    search: Search,
    ruin: Ruin,
    iterations: int,
    hot: float,
    cold: float,
    largest: int,
) -> None:
    """Run the local search from the timetable as it is; the best is kept.

    Parameters
    ----------
    net, table, search, ruin
        Problem, schedule, and room to work in.
    iterations
        How many neighbourhoods to try.
    hot, cold
        A solution dearer by x is taken with probability exp(-x / temperature); the temperature
        falls from the first to the second, in units of cost, geometrically.
    largest
        Most trains taken out at once.
    """
    trains = len(table.length)
    for iteration in range(iterations):
        if ruin.total[0] <= 0 or ruin.halt[0] != 0:
            return
        temperature = hot * (cold / hot) ** (iteration / iterations)
        mode = draw(search, MODES)
        most = 1 + draw(search, largest)
        if draw(search, 2) == 0:
            most = 1 + draw(search, most)
        count = choose(net, table, search, ruin, mode, min(most, trains))
        before = 0
        for i in range(count):
            before += table.cost[ruin.chosen[i]]
            ruin.marked[ruin.chosen[i]] = 0
        arrange(search, ruin, table, count)
        u = (draw(search, 1 << 30) + 1) / (1 << 30)
        budget = before + int(-temperature * math.log(u))
        ruin.tried[mode] += 1
        if _rebuild(net, table, search, ruin, count, budget):
            after = 0
            for i in range(count):
                after += table.cost[ruin.chosen[i]]
            ruin.total[0] += after - before
            if after < before:
                ruin.gained[mode] += 1
            if ruin.total[0] < ruin.total[1]:
                remember(table, ruin)


@kernel(VOID(NETWORK, TIMETABLE, SEARCH, RUIN), makes_arrays=True)
def fill(net: Network, table: Timetable, search: Search, ruin: Ruin) -> None:
    """Schedule all trains of an empty timetable: those inside the network first, then by time."""
    trains = len(table.length)
    key = np.zeros(trains, np.int64)
    for train in range(trains):
        entry = net.first[train]
        inside = stand_in(net, table, train)
        following = min(entry + 1, net.first[train + 1] - 1)
        key[train] = net.earliest[entry] if inside else net.earliest[following]
        if not inside:
            key[train] += FOREVER // 4
    for train in np.argsort(key, kind="mergesort"):
        if table.length[train] > 0:
            vacate(net, table, train)
            table.length[train] = 0
        if find_way(net, table, search, train, LEFT_OUT - 1) < 0:
            stand_in(net, table, train)
            table.cost[train] = LEFT_OUT
        else:
            occupy(net, table, train)
    ruin.total[0] = table.cost.sum()
    remember(table, ruin)


@kernel(VOID(NETWORK, TIMETABLE, RUIN, TIMETABLE), makes_arrays=True)
def adopt(net: Network, table: Timetable, ruin: Ruin, other: Timetable) -> None:
    """Make another timetable's ways the present ones; its occupations are not read."""
    table.held[:] = 0
    table.length[:] = other.length
    table.way[:] = other.way
    table.start[:] = other.start
    table.cost[:] = other.cost
    for train in range(len(table.length)):
        occupy(net, table, train)
    ruin.total[0] = table.cost.sum()
    if ruin.total[0] < ruin.total[1]:
        remember(table, ruin)
