"""Tags of ways laid along edges as intervals, turned to the edge's direction."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retinue.world.osm_extract import OsmWay
from retinue.world.osm_tags import TrackTags
from retinue.world.track_network import (
    INTEGER_ATTRIBUTES,
    NUMBER_ATTRIBUTES,
    TEXT_ATTRIBUTES,
)
from retinue.world.track_split import SplitTracks
from retinue.world.track_tables import IntervalTable, TextPool, WayTable

__all__ = ["Interned", "WordList", "attribute_tables", "tunnel_lengths", "way_table"]

_TURNED = {"speed_forward": "speed_backward", "speed_backward": "speed_forward"}
_SIGNED = ("preferred_direction", "incline")


class WordList:
    """Words numbered as they come; the empty word is 0."""

    def __init__(self) -> None:
        self._index: dict[str, int] = {"": 0}

    def __call__(self, word: str | None) -> int:
        """Return the number of a word."""
        return self._index.setdefault(word or "", len(self._index))

    def pool(self) -> TextPool:
        """Return the pool of all words so far."""
        return TextPool.of(list(self._index))


@dataclass
class Interned:
    """Values numbered as they come."""

    values: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def __call__(self, value: tuple[Any, ...]) -> int:
        """Return the number of a value."""
        return self.values.setdefault(value, len(self.values))


@dataclass(frozen=True, eq=False)
class _Pieces:
    """All pieces of all edges in order, as columns."""

    edge: NDArray[np.int32]
    from_m: NDArray[np.float64]
    to_m: NDArray[np.float64]
    way: NDArray[np.int64]
    forward: NDArray[np.bool_]
    edges: int

    @classmethod
    def of(cls, split: SplitTracks) -> _Pieces:
        counts = np.array([len(chain) for chain in split.pieces])
        flat = [piece for chain in split.pieces for piece in chain]
        edge = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
        vertices = np.array([piece.last - piece.first for piece in flat])
        # Rows of the shape table: an edge has one more vertex than segments.
        low = np.concatenate(([0], np.cumsum(vertices)[:-1])) + edge
        distance = split.shapes.distance_m
        return cls(
            edge,
            distance[low],
            distance[low + vertices],
            np.array([piece.way for piece in flat]),
            np.array([piece.forward for piece in flat]),
            len(counts),
        )


def _starts(edge: NDArray[np.int32], edges: int) -> NDArray[np.int64]:
    start = np.zeros(edges + 1, np.int64)
    np.cumsum(np.bincount(edge, minlength=edges), out=start[1:])
    return start


def way_table(split: SplitTracks, ways: Sequence[OsmWay]) -> WayTable:
    """Return which way each stretch of an edge belongs to."""
    pieces = _Pieces.of(split)
    ids = np.array([way.osm_id for way in ways], np.int64)
    return WayTable(
        pieces.edge,
        pieces.from_m,
        pieces.to_m,
        ids[pieces.way],
        np.where(pieces.forward, 1, -1).astype(np.int8),
        _starts(pieces.edge, pieces.edges),
    )


def attribute_tables(
    split: SplitTracks,
    tags: Sequence[TrackTags],
    words: WordList,
    gauges: Interned,
    powers: Interned,
) -> dict[str, IntervalTable]:
    """Return every attribute along the edges but the tunnels' lengths.

    Equal values of neighbouring pieces are one interval.
    """
    pieces = _Pieces.of(split)
    tables = {}
    for name in (*NUMBER_ATTRIBUTES, *INTEGER_ATTRIBUTES, *TEXT_ATTRIBUTES):
        with_way = _column(name, name, tags, words, gauges, powers)
        against = _column(_TURNED.get(name, name), name, tags, words, gauges, powers)
        if name in _SIGNED:
            against = -against
        value = np.where(pieces.forward, with_way[pieces.way], against[pieces.way])
        tables[name] = _merged(pieces, value, name)
    return tables


def _column(
    source: str,
    name: str,
    tags: Sequence[TrackTags],
    words: WordList,
    gauges: Interned,
    powers: Interned,
) -> NDArray[np.float64]:
    """Return the value of each way as a number, NaN where the tag is missing."""
    number = {"gauge": gauges, "power": powers}.get(name)
    column = np.full(len(tags), np.nan)
    for index, item in enumerate(tags):
        value = item.values.get(source)
        if value is None:
            continue
        if isinstance(value, tuple):
            assert number is not None
            column[index] = number(value)
        else:
            column[index] = words(value) if isinstance(value, str) else float(value)
    return column


def _merged(pieces: _Pieces, value: NDArray[np.float64], name: str) -> IntervalTable:
    known = np.flatnonzero(~np.isnan(value))
    edge, shown = pieces.edge[known], value[known]
    from_m, to_m = pieces.from_m[known], pieces.to_m[known]
    fresh = np.ones(len(known), bool)
    if len(known):
        fresh[1:] = (edge[1:] != edge[:-1]) | (shown[1:] != shown[:-1]) | (from_m[1:] != to_m[:-1])
    first = np.flatnonzero(fresh)
    last = np.concatenate((first[1:] - 1, [len(known) - 1])) if len(known) else first
    dtype: Any = np.float64
    if name not in NUMBER_ATTRIBUTES:
        dtype = np.int8 if name in ("preferred_direction", "layer") else np.int32
    return IntervalTable(
        edge[first],
        from_m[first],
        to_m[last],
        shown[first].astype(dtype),
        _starts(edge[first], pieces.edges),
    )


def tunnel_lengths(split: SplitTracks, tunnels: IntervalTable) -> IntervalTable:
    """Return along every tunnel the length of the whole tunnel.

    Intervals that meet at a node are one tunnel; its length is the longest of the shortest
    ways between two of its ends, so that the second track and a branch underground do
    not count twice.
    """
    ends: dict[int, list[tuple[int, int]]] = {}
    nodes: list[tuple[int, int]] = []
    length = split.edges.length_m
    for row, (edge, low, high) in enumerate(
        zip(tunnels.edge.tolist(), tunnels.from_m.tolist(), tunnels.to_m.tolist(), strict=True)
    ):
        # An end inside an edge is a portal: a node of its own, numbered below zero.
        one = int(split.edges.from_node[edge]) if low <= 0.0 else -2 * row - 1
        two = int(split.edges.to_node[edge]) if high >= length[edge] else -2 * row - 2
        nodes.append((one, two))
        ends.setdefault(one, []).append((row, two))
        ends.setdefault(two, []).append((row, one))
    size = (tunnels.to_m - tunnels.from_m).tolist()
    value = np.zeros(len(size))
    seen: set[int] = set()
    for one, _ in nodes:
        if one in seen:
            continue
        members, rows = _tunnel(one, ends)
        seen |= members
        portals = sorted(node for node in members if len(ends[node]) == 1) or [min(members)]
        # Portal to portal from a few portals: a network of tunnels is small.
        reach = max(max(_distances(node, ends, size).values()) for node in portals[:16])
        value[sorted(rows)] = max(reach, max(size[row] for row in rows))
    return IntervalTable(tunnels.edge, tunnels.from_m, tunnels.to_m, value, tunnels.start)


def _tunnel(node: int, ends: dict[int, list[tuple[int, int]]]) -> tuple[set[int], set[int]]:
    members, rows, queue = {node}, set(), deque([node])
    while queue:
        for row, other in ends[queue.popleft()]:
            rows.add(row)
            if other not in members:
                members.add(other)
                queue.append(other)
    return members, rows


def _distances(
    start: int, ends: dict[int, list[tuple[int, int]]], size: list[float]
) -> dict[int, float]:
    import heapq

    best = {start: 0.0}
    queue = [(0.0, start)]
    while queue:
        metres, node = heapq.heappop(queue)
        if metres > best[node]:
            continue
        for row, other in ends[node]:
            total = metres + size[row]
            if total < best.get(other, np.inf):
                best[other] = total
                heapq.heappush(queue, (total, other))
    return best
