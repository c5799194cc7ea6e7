"""The compiled kernels behind `retinue.world.graph_search`.

Each is plain arithmetic on flat arrays; what they are for stands in the class that calls
them.  They hold the interpreter's lock, so that two threads never share the arrays that
a search reuses.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retinue.kernels import njit

__all__ = [
    "arcs_of",
    "chains_of",
    "component_roots",
    "search_across",
    "search_around",
    "stripped_degree",
    "trace",
    "trace_core",
    "walk",
]

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

_I = "int32[::1]"
_F = "float64[::1]"
_B = "boolean[::1]"


@njit(f"{_I}(int64, {_I}, {_I})", cache=True)
def component_roots(count: int, first: Ints, second: Ints) -> Ints:
    """Return for each node the lowest node of its connected component."""
    root = np.arange(count).astype(np.int32)
    for edge in range(len(first)):
        a, b = first[edge], second[edge]
        while root[a] != a:
            root[a] = root[root[a]]
            a = root[a]
        while root[b] != b:
            root[b] = root[root[b]]
            b = root[b]
        if a < b:
            root[b] = a
        elif b < a:
            root[a] = b
    for node in range(count):
        # A root never lies above its node, so one ascending pass flattens the forest.
        root[node] = root[root[node]]
    return root


@njit(f"Tuple(({_I}, {_I}, {_I}))(int64, {_I}, {_I})", cache=True)
def arcs_of(count: int, first: Ints, second: Ints) -> tuple[Ints, Ints, Ints]:
    """Return both directions of every edge, grouped by node: start, head node, edge."""
    start = np.zeros(count + 1, np.int32)
    for edge in range(len(first)):
        start[first[edge] + 1] += 1
        start[second[edge] + 1] += 1
    for node in range(count):
        start[node + 1] += start[node]
    place = start[:-1].copy()
    head = np.empty(2 * len(first), np.int32)
    number = np.empty(2 * len(first), np.int32)
    for edge in range(len(first)):
        a, b = first[edge], second[edge]
        head[place[a]] = b
        number[place[a]] = edge
        place[a] += 1
        head[place[b]] = a
        number[place[b]] = edge
        place[b] += 1
    return start, head, number


@njit(f"{_I}({_I}, {_I})", cache=True)
def stripped_degree(start: Ints, head: Ints) -> Ints:
    """Return each node's degree when dead ends are stripped again and again; 0 in them."""
    count = len(start) - 1
    degree = (start[1:] - start[:-1]).astype(np.int32)
    stack = np.empty(count, np.int32)
    top = 0
    for node in range(count):
        if degree[node] == 1:
            stack[top] = node
            top += 1
    while top > 0:
        top -= 1
        node = stack[top]
        if degree[node] != 1:
            continue
        degree[node] = 0
        for arc in range(start[node], start[node + 1]):
            other = head[arc]
            if degree[other] > 0:
                degree[other] -= 1
                if degree[other] == 1:
                    stack[top] = other
                    top += 1
    return degree


@njit(
    f"Tuple(({_I}, {_I}, {_I}, {_I}, {_I}, {_F}))({_I}, {_I}, {_I}, {_I}, {_F})",
    cache=True,
)
def chains_of(
    start: Ints, head: Ints, number: Ints, degree: Ints, length: Floats
) -> tuple[Ints, Ints, Ints, Ints, Ints, Floats]:
    """Join the edges between two junctions to chains.

    Returns
    -------
    tuple
        First and last junction of each chain, where its edges begin in the list of
        chain edges, that list, the chain of each edge (-1 in dead ends), and lengths.
    """
    count = len(start) - 1
    edges = len(length)
    chain_from = np.empty(edges, np.int32)
    chain_to = np.empty(edges, np.int32)
    chain_start = np.empty(edges + 1, np.int32)
    chain_length = np.empty(edges, np.float64)
    listed = np.empty(edges, np.int32)
    chain_of = np.full(edges, -1, np.int32)
    chains = 0
    used = 0
    for node in range(count):
        if degree[node] < 3:
            continue
        for arc in range(start[node], start[node + 1]):
            edge = number[arc]
            if chain_of[edge] >= 0 or degree[head[arc]] == 0:
                continue
            chain_from[chains] = node
            chain_start[chains] = used
            total = 0.0
            here = head[arc]
            while True:
                chain_of[edge] = chains
                listed[used] = edge
                used += 1
                total += length[edge]
                if degree[here] >= 3:
                    break
                for onward in range(start[here], start[here + 1]):
                    if number[onward] != edge and degree[head[onward]] > 0:
                        edge = number[onward]
                        here = head[onward]
                        break
            chain_to[chains] = here
            chain_length[chains] = total
            chains += 1
    chain_start[chains] = used
    return (
        chain_from[:chains].copy(),
        chain_to[:chains].copy(),
        chain_start[: chains + 1].copy(),
        listed[:used].copy(),
        chain_of,
        chain_length[:chains].copy(),
    )


@njit("void(float64[::1], int32[::1], int64, float64, int32)", cache=True)
def _push(keys: Floats, items: Ints, size: int, key: float, item: int) -> None:
    """Add to a binary heap of the given size; equal keys come out by lower item."""
    place = size
    while place > 0:
        above = (place - 1) >> 1
        if keys[above] < key or (keys[above] == key and items[above] <= item):
            break
        keys[place] = keys[above]
        items[place] = items[above]
        place = above
    keys[place] = key
    items[place] = item


@njit("void(float64[::1], int32[::1], int64)", cache=True)
def _pop(keys: Floats, items: Ints, size: int) -> None:
    """Drop the least entry of a binary heap of the given size."""
    last = size - 1
    key, item = keys[last], items[last]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= last:
            break
        right = below + 1
        if right < last and (
            keys[right] < keys[below]
            or (keys[right] == keys[below] and items[right] < items[below])
        ):
            below = right
        if key < keys[below] or (key == keys[below] and item <= items[below]):
            break
        keys[place] = keys[below]
        items[place] = items[below]
        place = below
    keys[place] = key
    items[place] = item


@njit(
    f"int64(int32, int32, int32, {_I}, {_I}, {_I}, {_F}, {_I}, {_B}, {_F}, {_I}, {_I}, {_I}, {_F}, {_I})",  # noqa: E501
    cache=True,
)
def search_around(
    source: int,
    goal: int,
    stamp: int,
    start: Ints,
    head: Ints,
    number: Ints,
    length: Floats,
    core_of: Ints,
    closed: NDArray[np.bool_],
    distance: Floats,
    seen: Ints,
    by: Ints,
    junctions: Ints,
    keys: Floats,
    items: Ints,
) -> int:
    """Dijkstra from a node that does not pass junctions; return how many it reached.

    `distance` and `by` (the arc a node was reached by, -1 at the source) hold where
    ``seen == stamp``; `junctions` lists the junctions reached.  It stops at `goal`.
    """
    found = 0
    distance[source] = 0.0
    seen[source] = stamp
    by[source] = -1
    _push(keys, items, 0, 0.0, source)
    size = 1
    while size > 0:
        key, node = keys[0], items[0]
        _pop(keys, items, size)
        size -= 1
        if key > distance[node]:
            continue
        if core_of[node] >= 0:
            junctions[found] = node
            found += 1
        if node == goal:
            break
        if core_of[node] >= 0:
            continue
        for arc in range(start[node], start[node + 1]):
            if len(closed) > 0 and closed[number[arc]]:
                continue
            other = head[arc]
            reach = key + length[number[arc]]
            if seen[other] != stamp or reach < distance[other]:
                distance[other] = reach
                seen[other] = stamp
                by[other] = arc
                _push(keys, items, size, reach, other)
                size += 1
    return found


@njit(
    f"Tuple((float64, int32, int64))(int32, {_I}, {_F}, {_I}, {_F}, float64, {_F}, {_I}, {_I}, {_I}, {_F}, {_B}, float64[:, ::1], {_F}, {_F}, {_I}, {_I}, {_F}, {_I}, {_F}, {_I})",  # noqa: E501
    cache=True,
)
def search_across(
    stamp: int,
    begin: Ints,
    begin_m: Floats,
    end: Ints,
    end_m: Floats,
    bound: float,
    goal: Floats,
    start: Ints,
    head: Ints,
    chain: Ints,
    chain_length: Floats,
    closed: NDArray[np.bool_],
    points: NDArray[np.float64],
    distance: Floats,
    rest: Floats,
    seen: Ints,
    by: Ints,
    tail_m: Floats,
    tail_seen: Ints,
    keys: Floats,
    items: Ints,
) -> tuple[float, int, int]:
    """Cross the core by A*; return length, last junction and junctions opened.

    `begin` and `end` are the junctions around source and target with their distances;
    `bound` is the best length known without the core (infinite where there is none); the
    junction is -1 where the core cannot better it.
    """
    scale, spare = goal[3], goal[4]
    best = bound
    last = -1
    for i in range(len(end)):
        tail_m[end[i]] = end_m[i]
        tail_seen[end[i]] = stamp
    size = 0
    opened = 0
    for i in range(len(begin)):
        node = begin[i]
        distance[node] = begin_m[i]
        seen[node] = stamp
        by[node] = -1
        dx, dy, dz = points[node, 0] - goal[0], points[node, 1] - goal[1], points[node, 2] - goal[2]
        half = 0.5 * np.sqrt(dx * dx + dy * dy + dz * dz)
        rest[node] = scale * np.arcsin(min(half, 1.0)) - spare
        _push(keys, items, size, begin_m[i] + rest[node], node)
        size += 1
    while size > 0:
        key, node = keys[0], items[0]
        if key >= best:
            break
        _pop(keys, items, size)
        size -= 1
        so_far = distance[node]
        if key > so_far + rest[node]:
            continue
        opened += 1
        if tail_seen[node] == stamp and so_far + tail_m[node] < best:
            best = so_far + tail_m[node]
            last = node
        for arc in range(start[node], start[node + 1]):
            if len(closed) > 0 and closed[chain[arc]]:
                continue
            other = head[arc]
            reach = so_far + chain_length[chain[arc]]
            if seen[other] != stamp:
                dx, dy = points[other, 0] - goal[0], points[other, 1] - goal[1]
                dz = points[other, 2] - goal[2]
                half = 0.5 * np.sqrt(dx * dx + dy * dy + dz * dz)
                rest[other] = scale * np.arcsin(min(half, 1.0)) - spare
                seen[other] = stamp
            elif reach >= distance[other]:
                continue
            if reach + rest[other] < best:
                distance[other] = reach
                by[other] = arc
                if size == len(keys):
                    # Rounding in the bound can open a junction twice; make room for it.
                    keys = np.concatenate((keys, np.empty_like(keys)))
                    items = np.concatenate((items, np.empty_like(items)))
                _push(keys, items, size, reach + rest[other], other)
                size += 1
            else:
                # Too long to matter, and `best` only shrinks: noted, never opened.
                distance[other] = reach
                by[other] = arc
    return best, last, opened


@njit(f"{_I}(int32, int32, {_I}, {_I}, {_I}, {_I})", cache=True)
def trace(node: int, source: int, by: Ints, number: Ints, first: Ints, second: Ints) -> Ints:
    """Return the edges by which a search around its source came to a node, in order."""
    count = 0
    here = node
    while here != source:
        edge = number[by[here]]
        here = first[edge] + second[edge] - here
        count += 1
    out = np.empty(count, np.int32)
    here = node
    for place in range(count - 1, -1, -1):
        out[place] = number[by[here]]
        here = first[out[place]] + second[out[place]] - here
    return out


@njit(
    f"Tuple((int32, {_I}))(int32, {_I}, {_I}, {_I}, {_I}, {_I}, {_I})",
    cache=True,
)
def trace_core(
    junction: int,
    by: Ints,
    chain: Ints,
    chain_from: Ints,
    chain_to: Ints,
    chain_start: Ints,
    chain_edges: Ints,
) -> tuple[int, Ints]:
    """Return the junction where a search of the core began, and the edges from there."""
    count = 0
    here = junction
    while by[here] >= 0:
        used = chain[by[here]]
        count += chain_start[used + 1] - chain_start[used]
        here = chain_from[used] + chain_to[used] - here
    out = np.empty(count, np.int32)
    here = junction
    while by[here] >= 0:
        used = chain[by[here]]
        size = chain_start[used + 1] - chain_start[used]
        count -= size
        if chain_to[used] == here:
            for place in range(size):
                out[count + place] = chain_edges[chain_start[used] + place]
        else:
            for place in range(size):
                out[count + place] = chain_edges[chain_start[used + 1] - 1 - place]
        here = chain_from[used] + chain_to[used] - here
    return here, out


@njit(f"{_I}(int32, {_I}, {_I}, {_I})", cache=True)
def walk(source: int, edges: Ints, first: Ints, second: Ints) -> Ints:
    """Return the nodes that a row of edges passes, the source first."""
    nodes = np.empty(len(edges) + 1, np.int32)
    nodes[0] = source
    for place in range(len(edges)):
        nodes[place + 1] = first[edges[place]] + second[edges[place]] - nodes[place]
    return nodes
