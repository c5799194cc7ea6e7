"""The graph finds exactly the shortest paths, says why there is none, and can be mended.

Reference on small random graphs: a textbook Dijkstra written here, on a dictionary.
"""

from __future__ import annotations

import heapq
import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.errors import InputError, NoPlan
from retinue.world.graph import Graph, Link, Path
from retinue.world.sphere import distance_m

Edge = tuple[int, int, float]


def reference_length(count: int, edges: list[Edge], source: int, target: int) -> float:
    """Return the length of the shortest path by a plain Dijkstra, infinite without one."""
    neighbours: dict[int, list[tuple[int, float]]] = {node: [] for node in range(count)}
    for a, b, length in edges:
        neighbours[a].append((b, length))
        neighbours[b].append((a, length))
    best = {source: 0.0}
    queue = [(0.0, source)]
    while queue:
        so_far, node = heapq.heappop(queue)
        if node == target:
            return so_far
        if so_far > best[node]:
            continue
        for other, length in neighbours[node]:
            if so_far + length < best.get(other, np.inf):
                best[other] = so_far + length
                heapq.heappush(queue, (best[other], other))
    return float("inf")


def check_path(graph: Graph, path: Path, source: int, target: int) -> None:
    """Assert that a path is a walk over existing edges with the lengths it states."""
    assert path.nodes[0] == source
    assert path.nodes[-1] == target
    assert path.distance_m[0] == 0.0
    for place, edge in enumerate(path.edges.tolist()):
        ends = {int(graph.edge_from[edge]), int(graph.edge_to[edge])}
        assert {int(path.nodes[place]), int(path.nodes[place + 1])} == ends
        step = path.distance_m[place + 1] - path.distance_m[place]
        assert step == pytest.approx(graph.edge_length_m[edge], abs=1e-6)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Graph, list[Edge]]:
    """Draw small graphs full of chains, dead ends, cycles, parallel edges and islands."""
    count = draw(st.integers(2, 24))
    seed = draw(st.integers(0, 2**32 - 1))
    extra = draw(st.integers(0, 12))
    rng = np.random.default_rng(seed)
    lat = np.round(rng.uniform(38.0, 44.0, count), 3)
    lon = np.round(rng.uniform(125.0, 133.0, count), 3)
    pairs = [(n, int(rng.integers(max(0, n - 3), n))) for n in range(1, count)]
    pairs = [pair for pair in pairs if rng.random() > 0.12]
    pairs += [(int(a), int(b)) for a, b in rng.integers(0, count, (extra, 2)) if a != b]
    edges = []
    for a, b in pairs:
        air = float(distance_m(lat[a], lon[a], lat[b], lon[b]))
        # As in the data: some edges fall short of the great circle, some wind.
        edges.append((a, b, float(np.round(air * rng.choice([0.985, 1.0, 1.3, 2.5])))))
    return Graph.from_edges(lat, lon, edges), edges


@settings(max_examples=120, deadline=None)
@given(graphs())
def test_every_pair_is_as_short_as_plain_dijkstra_says(drawn: tuple[Graph, list[Edge]]) -> None:
    graph, edges = drawn
    for source, target in itertools.product(range(graph.node_count), repeat=2):
        expected = reference_length(graph.node_count, edges, source, target)
        if np.isinf(expected):
            assert graph.component[source] != graph.component[target]
            with pytest.raises(NoPlan):
                graph.shortest_path(source, target)
        else:
            path = graph.shortest_path(source, target)
            check_path(graph, path, source, target)
            assert path.length_m == pytest.approx(expected, rel=1e-9)


@settings(max_examples=80, deadline=None)
@given(graphs(), st.integers(0, 2**32 - 1))
def test_closed_edges_and_nodes_are_left_out_and_nothing_else(
    drawn: tuple[Graph, list[Edge]], seed: int
) -> None:
    graph, edges = drawn
    rng = np.random.default_rng(seed)
    closed = rng.random(graph.edge_count) < 0.2
    nodes = rng.random(graph.node_count) < 0.1
    source, target = rng.integers(0, graph.node_count, 2).tolist()
    nodes[[source, target]] = False
    left = [
        edge
        for edge, shut in zip(edges, closed, strict=True)
        if not shut and not nodes[edge[0]] and not nodes[edge[1]]
    ]
    expected = reference_length(graph.node_count, left, source, target)
    if np.isinf(expected):
        with pytest.raises(NoPlan) as refused:
            graph.shortest_path(source, target, forbidden_edges=closed, forbidden_nodes=nodes)
        assert refused.value.reasons[0].kind == "no-route"
    else:
        path = graph.shortest_path(source, target, forbidden_edges=closed, forbidden_nodes=nodes)
        assert path.length_m == pytest.approx(expected, rel=1e-9)
        assert not closed[path.edges].any()
        assert not nodes[path.nodes].any()


@settings(max_examples=60, deadline=None)
@given(graphs(), st.integers(0, 2**32 - 1))
def test_with_links_gives_what_a_graph_made_with_them_gives(
    drawn: tuple[Graph, list[Edge]], seed: int
) -> None:
    graph, edges = drawn
    rng = np.random.default_rng(seed)
    pairs = [(int(a), int(b)) for a, b in rng.integers(0, graph.node_count, (3, 2)) if a != b]
    links = [
        Link(graph.lat_deg[a], graph.lon_deg[a], graph.lat_deg[b], graph.lon_deg[b], 5_000.0)
        for a, b in pairs
    ]
    mended = graph.with_links(links, snap_m=0.5)
    assert mended.node_count == graph.node_count
    whole = edges + [(a, b, 5_000.0) for a, b in pairs]
    source, target = rng.integers(0, graph.node_count, 2).tolist()
    expected = reference_length(graph.node_count, whole, source, target)
    connected = mended.component[source] == mended.component[target]
    assert connected == np.isfinite(expected)
    if connected:
        path = mended.shortest_path(source, target)
        assert path.length_m == pytest.approx(expected, rel=1e-9)
        again = graph.shortest_path(source, target, extra_links=links)
        assert again.length_m == pytest.approx(expected, rel=1e-9)


def line(count: int = 11) -> Graph:
    """Return a line of nodes 0.1 degrees apart on a parallel, and a bypass to its north."""
    lon = [130.0 + 0.1 * n for n in range(count)] + [130.5]
    lat = [40.0] * count + [40.5]
    edges = [(n, n + 1, 8_500.0) for n in range(count - 1)]
    edges += [(0, count, 80_000.0), (count, count - 1, 80_000.0)]
    return Graph.from_edges(lat, lon, edges)


def test_via_nodes_are_passed_in_order_and_a_spur_is_a_turn_back() -> None:
    graph = line()
    path = graph.shortest_path(0, 10, via=[11])
    assert 11 in path.nodes.tolist()
    assert path.length_m == 160_000.0
    assert path.turn_backs == []
    back = graph.shortest_path(0, 2, via=[4])
    assert back.nodes.tolist() == [0, 1, 2, 3, 4, 3, 2]
    assert back.turn_backs == [4]


def test_a_forbidden_area_is_avoided_even_by_edges_with_both_ends_outside() -> None:
    graph = line()
    sliver = shapely.box(130.54, 39.9, 130.56, 40.1)
    path = graph.shortest_path(0, 10, forbidden_areas=[sliver])
    assert path.length_m == 160_000.0
    with pytest.raises(NoPlan, match="every way between them is closed"):
        graph.shortest_path(0, 10, forbidden_areas=[shapely.box(130.54, 39.0, 130.56, 41.0)] * 2)


def test_unconnected_nodes_are_named_with_their_components_and_the_nearest_gap() -> None:
    graph = Graph.from_edges(
        [40.0, 40.0, 40.0, 40.0, 40.0],
        [130.0, 130.1, 130.2, 130.3, 130.35],
        [(0, 1, 8_500.0), (1, 2, 8_500.0), (3, 4, 4_300.0)],
    )
    with pytest.raises(NoPlan) as refused:
        graph.shortest_path(0, 4)
    reason = refused.value.reasons[0]
    assert reason.kind == "no-route"
    assert "component 0 (3 nodes) and component 1 (2 nodes)" in reason.what
    assert "40.000 N, 130.200 E and 40.000 N, 130.300 E" in reason.what
    gap = graph.gap_between(0, 1)
    assert gap.distance_m == pytest.approx(float(distance_m(40.0, 130.2, 40.0, 130.3)), rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_nearest_gap_is_the_least_of_all_pairs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = 60
    lat = rng.uniform(-80, 80, count)
    lon = rng.uniform(-180, 180, count)
    edges = [(n, n + 1, 1.0) for n in range(count - 1) if n != 19]
    graph = Graph.from_edges(lat, lon, edges)
    gap = graph.gap_between(0, 1)
    one, two = np.flatnonzero(graph.component == 0), np.flatnonzero(graph.component == 1)
    all_pairs = distance_m(lat[one][:, None], lon[one][:, None], lat[two], lon[two])
    assert gap.distance_m == pytest.approx(float(all_pairs.min()), rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_nearest_nodes_are_the_nearest_on_the_sphere(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    lat, lon = rng.uniform(-90, 90, 40), rng.uniform(-180, 180, 40)
    graph = Graph.from_edges(lat, lon, [(n, n + 1, 1.0) for n in range(0, 39, 2)])
    y, x = float(rng.uniform(-90, 90)), float(rng.uniform(-180, 180))
    expected = np.argsort(distance_m(y, x, lat, lon), kind="stable")[:k]
    assert [node for node, _ in graph.nearest_nodes(y, x, k=k)] == expected.tolist()
    member, _ = graph.nearest(y, x, component=3)
    assert graph.component[member] == 3


def test_a_component_without_nodes_is_an_input_error() -> None:
    with pytest.raises(InputError, match="no node in component 9"):
        line().nearest(40.0, 130.0, component=9)
    with pytest.raises(InputError, match="no node 99"):
        line().shortest_path(0, 99)


def test_a_link_end_far_from_every_node_becomes_a_node() -> None:
    graph = line()
    mended = graph.with_links([Link(40.0, 131.0, 40.2, 131.2), Link(40.2, 131.2, 40.3, 131.3)])
    assert mended.node_count == graph.node_count + 2
    assert (mended.component == 0).all()
    end = mended.nearest(40.3, 131.3)[0]
    assert mended.shortest_path(10, end).length_m == pytest.approx(
        float(distance_m(40.0, 131.0, 40.2, 131.2) + distance_m(40.2, 131.2, 40.3, 131.3))
    )


def test_a_link_of_negative_length_is_refused() -> None:
    with pytest.raises(InputError, match="length -1"):
        line().with_links([Link(40.0, 130.0, 40.0, 130.4, -1.0)])


def test_the_same_question_gets_the_same_path_among_equals() -> None:
    # A square: two ways of the same length.
    edges = [(0, 1, 10.0), (1, 2, 10.0), (0, 3, 10.0), (3, 2, 10.0), (0, 2, 50.0)]
    graph = Graph.from_edges([0.0, 0.0, 0.0001, 0.0001], [0.0, 0.0001, 0.0001, 0.0], edges)
    first = graph.shortest_path(0, 2).nodes.tolist()
    other = Graph.from_edges([0.0, 0.0, 0.0001, 0.0001], [0.0, 0.0001, 0.0001, 0.0], edges)
    assert all(graph.shortest_path(0, 2).nodes.tolist() == first for _ in range(3))
    assert other.shortest_path(0, 2).nodes.tolist() == first
