"""Local search by putting trains into the order anew, where they may push the others back.

Other trains keep their ways and their order among themselves, not their times.  What a search that
must fit between fixed times cannot reach, a small delay of many for the good of one or the other
way round, lies one step away here; each step costs more.
"""

from __future__ import annotations

import math

from retinue.traffic.dispatch.kernel import BOOL, FLOAT, INT, VOID, kernel
from retinue.traffic.dispatch.neighbourhood import MODES, RUIN, Ruin, choose
from retinue.traffic.dispatch.network import LEFT_OUT, NETWORK, Network
from retinue.traffic.dispatch.occupation import TIMETABLE, Timetable, vacate
from retinue.traffic.dispatch.ordering import ORDERING, Ordering, retime, slacken
from retinue.traffic.dispatch.push_search import PUSH, Push, push_in
from retinue.traffic.dispatch.ruin import arrange, remember
from retinue.traffic.dispatch.train_search import SEARCH, Search, draw

__all__ = ["compact", "reorder"]

_TRIES = 3
#: From so many operations on, slacks are found anew only now and then: they guide, no more.
_LARGE, _NOW_AND_THEN = 8000, 12


@kernel(VOID(TIMETABLE, TIMETABLE), makes_arrays=True)
def _copy(source: Timetable, target: Timetable) -> None:
    target.length[:] = source.length
    target.way[:] = source.way
    target.start[:] = source.start
    target.cost[:] = source.cost
    target.held[:] = source.held
    target.begin[:] = source.begin
    target.end[:] = source.end
    target.holder[:] = source.holder
    target.head[:] = source.head
    target.foot[:] = source.foot


@kernel(VOID(NETWORK, TIMETABLE, INT))
def _withdraw(net: Network, table: Timetable, train: int) -> None:
    """Take out all occupations of a train whose times are not to be trusted."""
    first = net.first[train]
    for place in range(first, first + table.length[train]):
        op = table.way[place]
        for u in range(net.use_from[op], net.use_from[op + 1]):
            resource = net.use[u]
            start = table.places[resource]
            last = start + table.held[resource]
            kept = start
            for j in range(start, last):
                if table.holder[j] == train:
                    continue
                if kept < j:
                    table.begin[kept] = table.begin[j]
                    table.end[kept] = table.end[j]
                    table.holder[kept] = table.holder[j]
                    table.head[kept] = table.head[j]
                    table.foot[kept] = table.foot[j]
                kept += 1
            table.held[resource] = kept - start
    table.length[train] = 0


@kernel(BOOL(NETWORK, TIMETABLE, ORDERING, SEARCH, PUSH, INT, INT, INT))
def _put(
    net: Network,
    table: Timetable,
    order: Ordering,
    search: Search,
    push: Push,
    train: int,
    budget: int,
    reach: int,
) -> bool:
    """Put a train in and time the new order; false where that fails, the train then is out."""
    for _ in range(_TRIES):
        if len(net.train_of) < _LARGE:
            slacken(net, table, order)
        if push_in(net, table, order, search, push, train, budget, reach) < 0:
            return False
        if retime(net, table, order):
            return True
        _withdraw(net, table, train)
        retime(net, table, order)
        if reach == 0:
            return False
        reach = reach // 3 if reach > 8 * net.fine else 0
    return False


@kernel(VOID(NETWORK, TIMETABLE, ORDERING, RUIN))
def compact(net: Network, table: Timetable, order: Ordering, ruin: Ruin) -> None:
    """Give all trains the earliest times of their order."""
    if ruin.total[0] < LEFT_OUT and retime(net, table, order):
        ruin.total[0] = table.cost.sum()
        if ruin.total[0] < ruin.total[1]:
            remember(table, ruin)


@kernel(
    VOID(
        NETWORK, TIMETABLE, TIMETABLE, ORDERING, SEARCH, PUSH, RUIN, INT, FLOAT, FLOAT, INT
    )
)  # fmt: skip
def reorder(
    net: Network,
    table: Timetable,
    saved: Timetable,
    order: Ordering,
    search: Search,
    push: Push,
    ruin: Ruin,
    iterations: int,
    hot: float,
    cold: float,
    largest: int,
) -> None:
    """Run the local search from the timetable as it is; parameters as in `ruin.improve`."""
    trains = len(table.length)
    compact(net, table, order, ruin)
    for iteration in range(iterations):
        if ruin.total[0] <= 0 or ruin.total[0] >= LEFT_OUT or ruin.halt[0] != 0:
            return
        if len(net.train_of) >= _LARGE and iteration % _NOW_AND_THEN == 0:
            retime(net, table, order)
            slacken(net, table, order)
            ruin.total[0] = table.cost.sum()
        temperature = hot * (cold / hot) ** (iteration / iterations)
        mode = draw(search, MODES)
        most = 1 + draw(search, largest)
        if draw(search, 2) == 0:
            most = 1 + draw(search, most)
        count = choose(net, table, search, ruin, mode, min(most, trains))
        for i in range(count):
            ruin.marked[ruin.chosen[i]] = 0
        arrange(search, ruin, table, count)
        u = (draw(search, 1 << 30) + 1) / (1 << 30)
        budget = ruin.total[0] + int(-temperature * math.log(u))
        kind = draw(search, 8)
        reach = (net.fine * 8) << kind if kind > 0 else 0
        _copy(table, saved)
        rest = 0
        for i in range(count):
            vacate(net, table, ruin.chosen[i])
            table.length[ruin.chosen[i]] = 0
            table.cost[ruin.chosen[i]] = 0
            rest += ruin.free[ruin.chosen[i]]
        good = retime(net, table, order)
        for i in range(count):
            if not good:
                break
            train = ruin.chosen[i]
            rest -= ruin.free[train]
            left = budget - table.cost.sum() - rest
            good = _put(net, table, order, search, push, train, left, reach)
        total = table.cost.sum()
        ruin.tried[mode] += 1
        if good and total <= budget:
            if total < ruin.total[0]:
                ruin.gained[mode] += 1
            ruin.total[0] = total
            if total < ruin.total[1]:
                remember(table, ruin)
        else:
            _copy(saved, table)
