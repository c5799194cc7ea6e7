"""Least guess over the routes of a graph, held to a maximum flow that shares no code with it."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.errors import InputError, NoPlan
from retinue.protection.guessing import Option, least_guess
from retinue.protection.route_flow import RouteEdge, RouteStrategy, least_guess_on_routes
from tests.protection.maximum_flow import maximum_flow


def _graph(seed: int) -> list[RouteEdge]:
    """A random graph of up to 12 nodes; a chain keeps origin 0 and the last node joined."""
    dice = random.Random(seed)
    nodes = dice.randint(4, 12)
    edges = [(i, i + 1) for i in range(nodes - 1)]
    while len(edges) < 3 * nodes:
        a, b = dice.randrange(nodes), dice.randrange(nodes)
        if a != b:
            edges.append((a, b))
    return [
        RouteEdge(a, b, f"{n}: {a}-{b}", dice.choice([1.0, 0.5, 1 / 3, dice.uniform(0.05, 1.0)]))
        for n, (a, b) in enumerate(edges)
    ]


def _last(edges: list[RouteEdge]) -> int:
    return max(int(str(node)) for e in edges for node in (e.tail, e.head))


def _solve(edges: list[RouteEdge]) -> RouteStrategy:
    return least_guess_on_routes(edges, 0, _last(edges))


@pytest.mark.parametrize("seed", range(100))
def test_primal_dual_and_an_independent_maximum_flow_agree(seed: int) -> None:
    # Authority: max-flow min-cut (Ford and Fulkerson 1956); z* = 1 / max-flow of 1 / weight.
    edges = _graph(seed)
    found = _solve(edges)
    last = _last(edges)
    flow = maximum_flow([(e.tail, e.head, 1 / e.weight) for e in edges], 0, last)
    assert found.guess == pytest.approx(1 / flow, abs=1e-6)
    assert found.bound == pytest.approx(1 / flow, abs=1e-6)
    assert sum(1 / edges[n].weight for n in found.cut) == pytest.approx(flow, rel=1e-6)


@pytest.mark.parametrize("seed", range(100, 120))
def test_the_set_of_all_routes_gives_the_same_guess_as_the_flow(seed: int) -> None:
    edges = _graph(seed)[:14]
    last = _last(edges)
    routes: list[tuple[int, ...]] = []

    def walk(node: object, seen: tuple[object, ...], path: tuple[int, ...]) -> None:
        if node == last:
            routes.append(path)
            return
        for n, e in enumerate(edges):
            if e.tail == node and e.head not in seen:
                walk(e.head, (*seen, e.head), (*path, n))

    walk(0, (0,), ())
    options = [
        Option(f"r{i}", "", {edges[n].place: min(1.0, edges[n].weight) for n in path})
        for i, path in enumerate(routes)
    ]
    assert least_guess(options).guess == pytest.approx(_solve(edges).guess, abs=1e-9)


@given(st.integers(0, 10_000))
@settings(max_examples=40)
def test_routes_carry_the_flow_and_no_place_is_guessed_more_often(seed: int) -> None:
    edges = _graph(seed)
    found = _solve(edges)
    assert sum(route.share for route in found.routes) == pytest.approx(1.0)
    carried = [0.0] * len(edges)
    for route in found.routes:
        heads = [edges[n].head for n in route.edges]
        assert edges[route.edges[0]].tail == 0
        assert len(set(heads)) == len(heads)
        assert all(edges[a].head == edges[b].tail for a, b in pairwise(route.edges))
        for n in route.edges:
            carried[n] += route.share
    assert max(e.weight * c for e, c in zip(edges, carried, strict=True)) <= found.guess + 1e-8


@given(st.integers(0, 10_000), st.floats(0.1, 0.9))
@settings(max_examples=30)
def test_one_more_track_never_makes_the_guess_easier(seed: int, weight: float) -> None:
    edges = _graph(seed)
    last = _last(edges)
    more = [*edges, RouteEdge(0, last, "new line", weight)]
    assert _solve(more).guess <= _solve(edges).guess + 1e-9


def test_a_single_line_is_named_and_its_cut_is_one() -> None:
    edges = [
        RouteEdge("A", "B", "north line"), RouteEdge("A", "B", "south line"),
        RouteEdge("B", "C", "bridge of B"),
        RouteEdge("C", "D", "east line"), RouteEdge("C", "D", "west line"),
    ]  # fmt: skip
    found = least_guess_on_routes(edges, "A", "D")
    assert found.single_line
    assert [edges[n].place for n in found.cut] == ["bridge of B"]
    assert found.guess == pytest.approx(1.0)
    assert found.watch == pytest.approx({"bridge of B": 1.0})


def test_a_place_within_the_end_zones_is_not_counted() -> None:
    edges = [
        RouteEdge("A", "B", "station throat", 0.0),
        RouteEdge("B", "C", "left"), RouteEdge("B", "C", "right"),
    ]  # fmt: skip
    assert least_guess_on_routes(edges, "A", "C").guess == pytest.approx(0.5)


def test_both_directions_of_a_track_are_one_place() -> None:
    edges = [
        RouteEdge("A", "B", "1"), RouteEdge("B", "A", "1"), RouteEdge("A", "C", "2"),
        RouteEdge("C", "A", "2"), RouteEdge("B", "C", "3"), RouteEdge("C", "B", "3"),
        RouteEdge("B", "D", "4"), RouteEdge("C", "D", "5"),
    ]  # fmt: skip
    assert least_guess_on_routes(edges, "A", "D").guess == pytest.approx(0.5)


@pytest.mark.parametrize("weight", [-1.0, math.nan, math.inf])
def test_a_weight_that_is_no_weight_is_refused(weight: float) -> None:
    with pytest.raises(InputError, match="weight"):
        least_guess_on_routes([RouteEdge("A", "B", "1", weight)], "A", "B")


def test_where_no_route_leads_there_is_no_plan() -> None:
    with pytest.raises(NoPlan, match="No route"):
        least_guess_on_routes([RouteEdge("A", "B", "1")], "B", "A")
    with pytest.raises(InputError, match="one place"):
        least_guess_on_routes([RouteEdge("A", "B", "1")], "A", "A")
