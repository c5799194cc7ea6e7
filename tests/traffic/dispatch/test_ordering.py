"""The kernels of the dispatcher against plain references: longest paths, slacks, fits in time."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest

from retinue.traffic.dispatch.neighbourhood import Ruin, new_ruin
from retinue.traffic.dispatch.network import FOREVER, LEFT_OUT, Network, network_of
from retinue.traffic.dispatch.occupation import Timetable, empty_timetable, occupy, vacate
from retinue.traffic.dispatch.ordering import new_ordering, retime, slacken
from retinue.traffic.dispatch.problem import Problem
from retinue.traffic.dispatch.push_search import new_push
from retinue.traffic.dispatch.ruin import adopt, fill, improve
from retinue.traffic.dispatch.shift import reorder
from retinue.traffic.dispatch.train_search import Search, new_search
from tests.traffic.dispatch.single_track import line

Filled = tuple[Network, Timetable, Search, Ruin, int]


@pytest.fixture(params=[(5, 4, 1), (8, 5, 2), (10, 6, 3)])
def filled(request: pytest.FixtureRequest) -> Filled:
    problem = Problem.from_json(line(*request.param))
    net = network_of(problem)
    search = new_search(net, 1)
    table = empty_timetable(net, len(problem.resources))
    ruin = new_ruin(net, len(problem.resources), search)
    fill(net, table, search, ruin)
    return net, table, search, ruin, len(problem.resources)


def uses(net: Network, table: Timetable) -> dict[int, list[tuple[int, int, int, int]]]:
    """Return each resource's uses from the ways alone: start, end with rest, train, place."""
    found = defaultdict(list)
    for train in range(len(table.length)):
        first = int(net.first[train])
        for place in range(first, first + int(table.length[train])):
            op = int(table.way[place])
            for u in range(int(net.use_from[op]), int(net.use_from[op + 1])):
                end = int(table.start[place + 1]) + int(net.release[u])
                found[int(net.use[u])].append((int(table.start[place]), end, train, place))
    return {resource: sorted(rows) for resource, rows in found.items()}


def test_no_two_trains_hold_a_resource_at_once(filled: Filled) -> None:
    net, table, *_ = filled
    for rows in uses(net, table).values():
        for (_, end, train, _), (begin, _, other, _) in pairwise(rows):
            assert train == other or end <= begin


def test_taking_a_train_out_and_in_changes_nothing(filled: Filled) -> None:
    net, table, *_ = filled
    held = table.held.tolist()
    before = [array.copy() for array in (table.begin, table.end, table.holder)]
    for train in range(len(table.length)):
        vacate(net, table, train)
        occupy(net, table, train)
    assert table.held.tolist() == held
    places = np.concatenate(
        [np.arange(at, at + held) for at, held in zip(table.places, table.held, strict=False)]
    )
    for old, new in zip(before, (table.begin, table.end, table.holder), strict=True):
        assert np.array_equal(old[places], np.asarray(new)[places])


def earliest(net: Network, table: Timetable) -> dict[int, int]:
    """Return longest paths by repeated relaxation, in the order that the timetable has now."""
    arcs = []
    at = {}
    for train in range(len(table.length)):
        first = int(net.first[train])
        for place in range(first, first + int(table.length[train])):
            at[place] = int(net.earliest[table.way[place]])
            if place > first:
                arcs.append((place - 1, place, int(net.duration[table.way[place - 1]])))
    for resource, rows in uses(net, table).items():
        for i, (_, _, train, place) in enumerate(rows):
            op = int(table.way[place])
            rest = next(
                int(net.release[u])
                for u in range(int(net.use_from[op]), int(net.use_from[op + 1]))
                if net.use[u] == resource
            )
            arcs += [(place + 1, to, rest) for _, _, other, to in rows[i + 1 :] if other != train]
    moved = True
    while moved:
        moved = False
        for a, b, length in arcs:
            if at[b] < at[a] + length:
                at[b] = at[a] + length
                moved = True
    return at


def test_retiming_gives_longest_paths(filled: Filled) -> None:
    net, table, *_ = filled
    expected = earliest(net, table)
    assert retime(net, table, new_ordering(net))
    assert {place: int(table.start[place]) for place in expected} == expected


def test_a_slip_costs_what_the_slacks_say(filled: Filled) -> None:
    net, table, *_ = filled
    order = new_ordering(net)
    assert retime(net, table, order)
    slacken(net, table, order)
    exits = [int(net.first[t] + table.length[t] - 1) for t in range(len(table.length))]
    for train in range(len(table.length)):
        place = int(net.first[train])
        slip = 400 * net.fine
        said = {
            int(order.part[place, j]): slip - int(order.slack[place, j])
            for j in range(int(order.known[place]))
        }
        # The entry takes no resource: to slip it is to raise its earliest start.
        op = int(table.way[place])
        net.earliest[op] += slip + int(table.start[place]) - int(net.earliest[op])
        late = earliest(net, table)
        net.earliest[op] -= slip
        for other, exit_place in enumerate(exits):
            due = int(net.threshold[other]) * net.fine
            more = max(0, late[exit_place] - due) - max(0, int(table.start[exit_place]) - due)
            assert max(0, said.get(other, 0)) == more


def test_pushing_keeps_a_sound_timetable(filled: Filled) -> None:
    net, table, search, ruin, resources = filled
    order, saved = new_ordering(net), empty_timetable(net, resources)
    improve(net, table, search, ruin, 100, 10.0, 1.0, 4)
    reorder(net, table, saved, order, search, new_push(net), ruin, 200, 50.0, 1.0, 3)
    assert ruin.total[1] < LEFT_OUT
    assert ruin.total[0] == table.cost.sum()
    for rows in uses(net, table).values():
        for (_, end, train, _), (begin, _, other, _) in pairwise(rows):
            assert train == other or end <= begin
    adopt(net, table, ruin, ruin.best)
    assert ruin.total[0] == ruin.total[1] == table.cost.sum()
    assert (table.end[: table.held[0]] < FOREVER).all()
