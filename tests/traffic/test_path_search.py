"""The path search finds what trying every second finds: nothing missed, nothing invented."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.traffic.path_search import (
    Edge,
    FreeTimes,
    Hold,
    SearchGraph,
    Stand,
    _traced,
    find_path,
)

HORIZON = 60


@st.composite
def free_sets(draw: st.DrawFn) -> list[tuple[float, float]]:
    cuts = sorted(draw(st.sets(st.integers(0, HORIZON), min_size=2, max_size=8)))
    pairs = [(float(a), float(b)) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    return pairs or [(0.0, float(HORIZON))]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Edge], list[list[tuple[float, float]]], int, int]:
    """Layers of nodes: some are passed, some are stood at (arrived, ready to leave)."""
    sets = draw(st.lists(free_sets(), min_size=1, max_size=4))
    layers = draw(st.integers(1, 3))
    edges: list[Edge] = []
    leave = [0]
    nodes = 1
    for _ in range(layers):
        passed, arrived, ready = nodes, nodes + 1, nodes + 2
        nodes += 3
        for tail in leave:
            for head in (passed, arrived):
                for _ in range(draw(st.integers(0, 2))):
                    holds = tuple(
                        Hold(draw(st.integers(0, len(sets) - 1)), float(a), float(a + b))
                        for a, b in draw(
                            st.lists(st.tuples(st.integers(-3, 4), st.integers(0, 6)), max_size=3)
                        )
                    )
                    takes = float(draw(st.integers(0, 8)))
                    edges.append(Edge(tail, head, takes, takes, holds))
        track = sets[draw(st.integers(0, len(sets) - 1))]
        least = float(draw(st.integers(0, 3)))
        most = least + float(draw(st.integers(0, 30)))
        stands = tuple(Stand(a, b, a, b) for a, b in track)
        edges.append(Edge(arrived, ready, least, most, stands=stands))
        leave = [passed, ready]
    target = nodes
    edges += [Edge(tail, target, 0.0, 0.0) for tail in leave]
    return edges, sets, target, nodes + 1


def _tried(
    edges: list[Edge],
    sets: list[list[tuple[float, float]]],
    nodes: int,
    windows: list[tuple[float, float]],
) -> dict[int, set[int]]:
    """Every whole second at which each node can be met, by trying them all."""
    met: dict[int, set[int]] = defaultdict(set)
    met[0] = {t for t in range(HORIZON + 1) if windows[0][0] <= t <= windows[0][1]}

    def free(which: int, begin: float, end: float) -> bool:
        return any(a <= begin and end <= b for a, b in sets[which])

    for tail in range(nodes):
        for edge in (e for e in edges if e.tail == tail):
            low, high = windows[edge.head]
            for t in met[tail]:
                if edge.stands is None:
                    if all(free(h.free, t + h.from_s, t + h.to_s) for h in edge.holds):
                        ends = [t + int(edge.least_s)]
                    else:
                        ends = []
                else:
                    ends = [
                        u
                        for u in range(t + int(edge.least_s), t + int(edge.most_s) + 1)
                        if any(
                            s.arrive_from_s <= t <= s.arrive_to_s
                            and s.depart_from_s <= u <= s.depart_to_s
                            for s in edge.stands
                        )
                    ]
                met[edge.head].update(u for u in ends if low <= u <= high)
    return met


@settings(max_examples=150, deadline=None)
@given(graphs(), st.integers(0, 30), st.integers(0, 40), st.booleans())
def test_the_search_equals_trying_every_second(
    made: tuple[list[Edge], list[list[tuple[float, float]]], int, int],
    depart_to: int,
    arrive_from: int,
    latest: bool,
) -> None:
    edges, sets, target, nodes = made
    windows = [(0.0, 2.0 * HORIZON)] * nodes
    windows[0] = (0.0, float(depart_to))
    windows[target] = (float(arrive_from), 2.0 * HORIZON)
    graph = SearchGraph.of(edges, FreeTimes.of(sets), windows)
    met = _tried(edges, sets, nodes, windows)
    reached = graph.reached([(0, *windows[0])])
    for node in range(nodes):
        seconds = {
            t
            for begin, end in reached.times(node)
            for t in range(int(np.ceil(begin)), int(np.floor(end)) + 1)
        }
        assert seconds == met[node]
    if met[target]:
        traced = _traced(graph, reached, [0], [target], float(min(met[target])))
        assert round(traced.depart_s, 3) in met[0]
    path = find_path(graph, [0], [target], latest=latest)
    assert (path is None) == (not met[target])
    if path is None:
        return
    # The path is a path: its edges join and every hold is free.
    node, now = 0, path.depart_s
    for step in path.steps:
        tail, head = int(graph.tail[step.edge]), int(graph.head[step.edge])
        assert tail == node
        assert abs(step.from_s - now) < 1e-4
        takes = step.to_s - step.from_s
        assert graph.least_s[step.edge] - 1e-4 <= takes <= graph.most_s[step.edge] + 1e-4
        node, now = head, step.to_s
    assert node == target
    if not latest:
        assert abs(path.arrive_s - min(met[target])) < 1e-4
    else:
        alone = [
            t
            for t in met[0]
            if _tried(edges, sets, nodes, [(float(t), float(t)), *windows[1:]])[target]
        ]
        assert abs(path.depart_s - max(alone)) < 1e-4
