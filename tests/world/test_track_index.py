"""The index against scipy's Dijkstra and against all ways written out, on random networks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from retinue.world.track_index import Costs, Goal, MoveGraph, MoveIndex, Seed

TURN_S = 5.0


class Network:
    """Random edges between random nodes; any two edges at a node may be joined by a move."""

    def __init__(self, seed: int, nodes: int = 12, edges: int = 18) -> None:
        rng = np.random.default_rng(seed)
        one, two = rng.integers(0, nodes, edges), rng.integers(0, nodes, edges)
        self.ends = np.column_stack((two, one)).ravel().astype(np.int32)
        begins = self.ends[np.arange(2 * edges) ^ 1]
        rows = [
            (tail, head, bool(rng.random() < 0.3))
            for tail in range(2 * edges)
            for head in range(2 * edges)
            if self.ends[tail] == begins[head] and tail >> 1 != head >> 1 and rng.random() < 0.7
        ]
        tails = np.array([row[0] for row in rows], np.int64)
        start = np.searchsorted(tails, np.arange(2 * edges + 1)).astype(np.int32)
        self.graph = MoveGraph(start, np.array([row[1] for row in rows], np.int32))
        self.reversal = np.array([row[2] for row in rows], bool)
        state = rng.uniform(1.0, 10.0, 2 * edges)
        move = np.where(self.reversal, TURN_S, rng.choice([0.0, 2.0], len(rows)))
        self.floor = Costs(state, move)
        dearer = np.where(rng.random(2 * edges) < 0.15, np.inf, state * rng.choice([1.0, 1.5]))
        self.costs = Costs(dearer, move + rng.choice([0.0, 1.0], len(rows)))
        self.index = MoveIndex(self.graph, self.floor, self.reversal, self.ends)

    def reference(self, costs: Costs) -> np.ndarray:
        """Return scipy's cost from the end of every state to the end of every other."""
        best: dict[tuple[int, int], float] = {}
        weight = costs.move + costs.state[self.graph.head]
        for a, b, w in zip(self.graph.tail, self.graph.head, weight, strict=True):
            if np.isfinite(w):
                best[int(a), int(b)] = min(w, best.get((int(a), int(b)), np.inf))
        count = self.graph.state_count
        rows, columns = zip(*best, strict=True) if best else ((), ())
        matrix = csr_matrix((list(best.values()), (rows, columns)), shape=(count, count))
        return np.asarray(dijkstra(matrix))


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_costs_equal_dijkstra_whatever_is_closed_or_dearer(seed: int) -> None:
    network = Network(seed)
    for costs in (network.floor, network.costs):
        reference = network.reference(costs)
        for source in range(0, network.graph.state_count, 3):
            for target in range(network.graph.state_count):
                if source == target or not np.isfinite(costs.state[source]):
                    continue
                way = network.index.search([Seed(source, 1.0)], [Goal(target)], costs)
                found = np.inf if way is None else way.cost
                assert found == pytest.approx(reference[source, target])
                if way is not None:
                    assert way.states[0] == source and way.states[-1] == target
                    paid = costs.move[way.moves].sum() + costs.state[way.states[1:]].sum()
                    assert paid == pytest.approx(found)


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_a_place_within_an_edge_counts_by_its_share(seed: int) -> None:
    network = Network(seed)
    rng = np.random.default_rng(seed)
    reference, cost = network.reference(network.floor), network.floor.state
    source, target = rng.choice(network.graph.state_count, 2, replace=False).tolist()
    behind, run = rng.uniform(size=2)
    way = network.index.search([Seed(source, behind)], [Goal(target, run)], network.floor)
    expected = (1 - behind) * cost[source] + reference[source, target] - (1 - run) * cost[target]
    assert (np.inf if way is None else way.cost) == pytest.approx(expected)


def all_ways(network: Network, source: int, target: int) -> list[float]:
    """Return the costs of all ways that use no edge twice, ascending."""
    found: list[float] = []
    todo = [([source], 0.0)]
    while todo:
        way, cost = todo.pop()
        if way[-1] == target and len(way) > 1:
            found.append(cost)
        low, high = network.graph.start[way[-1]], network.graph.start[way[-1] + 1]
        for move in range(int(low), int(high)):
            head = int(network.graph.head[move])
            reach = cost + network.costs.move[move] + network.costs.state[head]
            if np.isfinite(reach) and head >> 1 not in {state >> 1 for state in way}:
                todo.append(([*way, head], float(reach)))
    return sorted(found)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_ways_come_in_order_and_none_is_missing(seed: int) -> None:
    network = Network(seed, nodes=7, edges=9)
    source, target = 0, 7
    if not np.isfinite(network.costs.state[source]):
        return
    expected = all_ways(network, source, target)
    ways, complete = network.index.in_order(
        [Seed(source, 1.0)], [Goal(target)], network.costs, wanted=len(expected) + 5
    )
    assert complete
    assert [way.cost for way in ways] == pytest.approx(expected)


def test_a_stored_index_answers_like_the_built_one() -> None:
    network = Network(7)
    stored = MoveIndex(
        network.graph, network.floor, network.reversal, network.ends, network.index.arrays()
    )
    for target in range(1, network.graph.state_count):
        one = network.index.search([Seed(0, 0.5)], [Goal(target)], network.costs)
        two = stored.search([Seed(0, 0.5)], [Goal(target)], network.costs)
        assert (one is None) == (two is None)
        if one is not None and two is not None:
            assert one.states.tolist() == two.states.tolist()
