"""The graph kernel against scipy's Dijkstra on the world's railways and roads.

    python benchmarks/graph.py [--pairs 1000] [--unconnected 200] [--road-pairs 100]

Bars: 1,000 random pairs within the largest rail component with a median under 10 ms and a
95th percentile under 40 ms, lengths equal to scipy's; 200 unconnected pairs named as such.
Both search in the same run and on the same graph; scipy answers one source at a time.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from retinue.errors import NoPlan
from retinue.world.graph import Graph
from retinue.world.pack import load_pack

SEED = 20_230_912


def scipy_matrix(graph: Graph) -> csr_matrix:
    """Return the graph as a symmetric matrix, the shortest of parallel edges kept."""
    a = np.concatenate((graph.edge_from, graph.edge_to))
    b = np.concatenate((graph.edge_to, graph.edge_from))
    # scipy takes a stored 0 for "no edge" in places: a millionth of a metre stands for it.
    w = np.maximum(np.concatenate((graph.edge_length_m, graph.edge_length_m)), 1e-6)
    order = np.lexsort((w, b, a))
    a, b, w = a[order], b[order], w[order]
    keep = np.append(True, (a[1:] != a[:-1]) | (b[1:] != b[:-1]))
    return csr_matrix((w[keep], (a[keep], b[keep])), shape=(graph.node_count, graph.node_count))


def connected(graph: Graph, pairs: int, rng: np.random.Generator) -> list[str]:
    """Search random pairs of the largest component and return the table's rows."""
    nodes = np.flatnonzero(graph.component == 0)
    chosen = rng.choice(nodes, size=(pairs, 2))
    ours = np.empty(pairs)
    theirs = np.empty(pairs)
    length = np.empty(pairs)
    wrong = 0
    begin = time.perf_counter()
    graph.shortest_path(int(chosen[0, 0]), int(chosen[0, 1]))
    first = time.perf_counter() - begin
    matrix = scipy_matrix(graph)
    for i, (source, target) in enumerate(chosen.tolist()):
        begin = time.perf_counter()
        length[i] = graph.shortest_path(source, target).length_m
        ours[i] = time.perf_counter() - begin
        begin = time.perf_counter()
        reference = dijkstra(matrix, directed=True, indices=source)[target]
        theirs[i] = time.perf_counter() - begin
        wrong += not np.isclose(length[i], reference, rtol=1e-6, atol=1e-3)
    return [
        row(f"{graph.name}: retinue", ours) + f"  {pairs - wrong}/{pairs} lengths equal",
        row(f"{graph.name}: scipy dijkstra", theirs),
        f"  first call with the graph made ready {first * 1e3:,.0f} ms; mean length "
        f"{length.mean() / 1e3:,.0f} km",
    ]


def row(name: str, seconds: NDArray[np.float64]) -> str:
    """Return one line of the table."""
    return f"{name:24s} {np.median(seconds) * 1e3:10.2f} {np.quantile(seconds, 0.95) * 1e3:10.2f}"


def unconnected(graph: Graph, pairs: int, rng: np.random.Generator) -> list[str]:
    """Ask for pairs of different components; every one has to be refused by its name."""
    seconds = np.empty(pairs)
    named = 0
    for i in range(pairs):
        while True:
            source, target = rng.integers(0, graph.node_count, 2).tolist()
            if graph.component[source] != graph.component[target]:
                break
        begin = time.perf_counter()
        try:
            graph.shortest_path(source, target)
        except NoPlan as refused:
            named += [r.kind for r in refused.reasons] == [
                "no-route"
            ] and "does not connect" in refused.reasons[0].what
        seconds[i] = time.perf_counter() - begin
    return [row(f"{graph.name}: unconnected", seconds) + f"  {named}/{pairs} named as such"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--unconnected", type=int, default=200)
    parser.add_argument("--road-pairs", type=int, default=100)
    arguments = parser.parse_args()
    pack = load_pack()
    rng = np.random.default_rng(SEED)
    print(f"{'':24s} {'median ms':>10s} {'p95 ms':>10s}")
    for graph, pairs in ((pack.rail, arguments.pairs), (pack.road, arguments.road_pairs)):
        for line in connected(graph, pairs, rng) if pairs else []:
            print(line)
        if graph.name == "rail":
            for line in unconnected(graph, arguments.unconnected, rng):
                print(line)


if __name__ == "__main__":
    main()
