"""Rail and road graphs of the world pack, cut from the literals of scgraph_data."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retinue.world.countries import Countries

Integers = NDArray[np.int64]

# A run of nodes that the coarse outlines put into another country than everything it
# connects to is put right when no node of it lies farther than this from that country.
_BORDER_NOISE_M = 2_500.0
_BORDER_NOISE_NODES = 200


def read_literals(text: str) -> tuple[Integers, Integers, Integers, Integers, Integers]:
    """Read the two literals as data.

    Parameters
    ----------
    text
        The module's source: ``graph=[{neighbour: km, ...}, ...]`` and ``nodes=[[lat, lon], ...]``.

    Returns
    -------
    tuple
        Latitude and longitude in 1e-3 degrees, and per undirected edge its two nodes and
        its length in metres; edges from a node to itself are left out.
    """
    graph_at, nodes_at = text.index("graph=["), text.index("\nnodes=[")
    end = text.index("\n", nodes_at + 1)
    nodes = np.array(json.loads(text[nodes_at + len("\nnodes=") : end]), np.float64)
    quoted = re.sub(r"(\d+):", r'"\1":', text[graph_at + len("graph=") : nodes_at])
    first: list[int] = []
    second: list[int] = []
    length: list[int] = []
    for node, neighbours in enumerate(json.loads(quoted)):
        for key, kilometres in neighbours.items():
            other = int(key)
            if node < other:
                first.append(node)
                second.append(other)
                length.append(round(kilometres * 1000))
    millidegrees = np.rint(nodes * 1000).astype(np.int64)
    return (
        millidegrees[:, 0],
        millidegrees[:, 1],
        np.array(first, np.int64),
        np.array(second, np.int64),
        np.array(length, np.int64),
    )


def _hilbert(x: Integers, y: Integers, order: int) -> Integers:
    """Return each point's place along a Hilbert curve of the given order."""
    x, y = x.copy(), y.copy()
    place = np.zeros(len(x), np.int64)
    last = (1 << order) - 1
    for bit in range(order - 1, -1, -1):
        right, up = (x >> bit) & 1, (y >> bit) & 1
        place += ((3 * right) ^ up) << (2 * bit)
        flip = (up == 0) & (right == 1)
        x[flip], y[flip] = last - x[flip], last - y[flip]
        turn = up == 0
        x[turn], y[turn] = y[turn], x[turn].copy()
    return place


def _order(lat: Integers, lon: Integers, first: Integers, second: Integers) -> Integers:
    """Return the nodes in an order that gives neighbours neighbouring numbers."""
    seeds = np.lexsort((lon, lat, _hilbert((lon + 180_000) >> 2, (lat + 90_000) >> 2, 17)))
    neighbours: list[list[int]] = [[] for _ in range(len(lat))]
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        neighbours[a].append(b)
        neighbours[b].append(a)
    y, x = lat.tolist(), lon.tolist()
    seen = bytearray(len(lat))
    out: list[int] = []
    for seed in seeds.tolist():
        stack = [seed]
        while stack:
            node = stack.pop()
            if seen[node]:
                continue
            seen[node] = 1
            out.append(node)
            fresh = [n for n in neighbours[node] if not seen[n]]
            # The nearest comes last and is visited next; ties by position, never by order.
            fresh.sort(
                key=lambda n: ((y[n] - y[node]) ** 2 + (x[n] - x[node]) ** 2, y[n], x[n]),
                reverse=True,
            )
            stack.extend(fresh)
    return np.array(out, np.int64)


def _components(count: int, first: Integers, second: Integers) -> Integers:
    """Return each node's connected component, the largest numbered 0, ties by lowest node."""
    root = list(range(count))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        one, two = find(a), find(b)
        if one != two:
            root[max(one, two)] = min(one, two)
    _, inverse, sizes = np.unique(
        np.array([find(node) for node in range(count)]), return_inverse=True, return_counts=True
    )
    rank = np.empty(len(sizes), np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return rank[inverse]


def _countries(
    lat: Integers, lon: Integers, first: Integers, second: Integers, outlines: Countries
) -> tuple[Integers, list[str]]:
    """Return per node an index into a list of country codes; index 0 is none."""
    rows, _ = outlines.nearest_rows(lat / 1000.0, lon / 1000.0)
    rows = _mend_borders(rows, lat, lon, first, second, outlines)
    used = sorted({outlines.iso2[row] for row in np.unique(rows[rows >= 0]).tolist()} - {""})
    number = {code: place + 1 for place, code in enumerate(used)}
    index_of_row = np.array([number.get(code, 0) for code in outlines.iso2] + [0], np.int64)
    return index_of_row[rows], ["", *used]


def _mend_borders(
    rows: Integers,
    lat: Integers,
    lon: Integers,
    first: Integers,
    second: Integers,
    outlines: Countries,
) -> Integers:
    """Give short runs of nodes that a coarse border cut off back to their surroundings.

    A road along a border river dips across the generalised outline now and then.  Such
    a dip is a set of connected nodes of one country, all neighbours of which belong to
    one other country, with no node farther from that country than the outline's error.
    """
    same = rows[first] == rows[second]
    piece = _components(len(rows), first[same], second[same])
    around: dict[int, set[int]] = {}
    for a, b in zip(first[~same].tolist(), second[~same].tolist(), strict=True):
        around.setdefault(int(piece[a]), set()).add(int(rows[b]))
        around.setdefault(int(piece[b]), set()).add(int(rows[a]))
    sizes = np.bincount(piece)
    order = np.argsort(piece, kind="stable")
    start = np.concatenate(([0], np.cumsum(sizes)))
    mended = rows.copy()
    for number in sorted(around):
        inside = order[start[number] : start[number + 1]]
        others = around[number]
        if len(others) != 1 or len(inside) > _BORDER_NOISE_NODES:
            continue
        other = others.pop()
        # A piece at sea has no outline to be near to; it keeps its nearest country.
        if other >= 0 and all(
            outlines.distance_to(other, y / 1000.0, x / 1000.0, _BORDER_NOISE_M) < np.inf
            for y, x in zip(lat[inside].tolist(), lon[inside].tolist(), strict=True)
        ):
            mended[inside] = other
    return mended


def graph_columns(
    lat: Integers,
    lon: Integers,
    first: Integers,
    second: Integers,
    length_m: Integers,
    outlines: Countries,
) -> tuple[dict[str, Any], list[str]]:
    """Return the columns of a graph part.

    Parameters
    ----------
    lat, lon
        Nodes in 1e-3 degrees, shape (n,).
    first, second, length_m
        Undirected edges, shape (m,).
    outlines
        Countries, to which every node is given.
    """
    order = _order(lat, lon, first, second)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    lat, lon = lat[order], lon[order]
    low = np.minimum(place[first], place[second])
    high = np.maximum(place[first], place[second])
    edges = np.lexsort((high, low))
    low, high, length_m = low[edges], high[edges], length_m[edges]
    country, codes = _countries(lat, lon, low, high, outlines)
    columns = {
        "lat": lat,
        "lon": lon,
        "edge_count": np.bincount(low, minlength=len(lat)),
        "edge_step": high - low,
        "edge_length_m": length_m,
        "component": _components(len(lat), low, high),
        "country": country,
        "country.values": {"values": codes},
    }
    return columns, ["lat", "lon", "component", "country"]
