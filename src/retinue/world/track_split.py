"""Ways cut into edges: at switches, ends, crossings and changes of network class.

A node cuts where more or fewer than two track segments meet, where the network class
changes, and at buffer stops.  Pieces of ways that meet end to end at any other node are
one edge::

    way 1 ─┬─ way 2 ─── way 3 ─┬─ way 4            edge A = way 2 + way 3
           └ way 5             └ way 6

An edge runs as its first way does, the first in the file's order; a ring without a cut is
cut at the first node of its first way.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError
from retinue.world.osm_extract import OsmWay
from retinue.world.osm_tags import Faults
from retinue.world.track_network import NODE_KINDS
from retinue.world.track_tables import EdgeTable, NodeTable, ShapeTable

__all__ = ["SplitTracks", "WayPiece", "split_tracks"]

Tags = Mapping[str, str]

_LONGEST_SEGMENT_M = 200_000.0
_SLIPS = {"single_slip": "single_slip", "double_slip": "double_slip", "three_way": "three_way"}
_TURNING = ("turntable", "traverser")


@dataclass(frozen=True)
class WayPiece:
    """Vertices ``first`` to ``last`` of a way; ``forward`` where the edge runs with it."""

    way: int
    first: int
    last: int
    forward: bool


@dataclass(frozen=True, eq=False)
class SplitTracks:
    """Nodes and edges, and of which pieces of ways each edge is made.

    Attributes
    ----------
    pieces
        Per edge its pieces in order.
    node_of
        Row of `nodes` by OSM node id.
    """

    nodes: NodeTable
    edges: EdgeTable
    shapes: ShapeTable
    pieces: list[list[WayPiece]]
    node_of: dict[int, int]


def split_tracks(
    ways: Sequence[OsmWay],
    classes: Sequence[int],
    node_tags: Mapping[int, Tags],
    faults: Faults,
) -> SplitTracks:
    """Return the network of these ways.

    Parameters
    ----------
    ways
        Track ways, each with two nodes or more.
    classes
        Network class of each way.
    node_tags
        Tags of tagged nodes by OSM id.

    Raises
    ------
    InputError
        Where two neighbouring nodes of a track lie farther apart than any railway's.
    """
    degree, mixed = _degrees(ways, classes)
    cutting = _cutting_nodes(degree, mixed, node_tags)
    chains = _chains(ways, cutting)
    kept, shapes, start = _shapes(ways, chains)
    first, last = shapes.osm_id[start[:-1]], shapes.osm_id[start[1:] - 1]
    ids, inverse = np.unique(np.concatenate((first, last)), return_inverse=True)
    number = len(kept)
    from_node, to_node = inverse[:number].astype(np.int32), inverse[number:].astype(np.int32)
    length = shapes.distance_m[start[1:] - 1]
    row = np.concatenate((start[:-1], start[1:] - 1))
    place = np.zeros(len(ids), np.int64)
    place[inverse] = row
    kinds = [_node_kind(int(i), degree[int(i)], node_tags.get(int(i)), faults) for i in ids]
    incidence = _incidence(from_node, to_node, len(ids))
    nodes = NodeTable(
        lat_deg=shapes.lat_deg[place],
        lon_deg=shapes.lon_deg[place],
        osm_id=ids,
        kind=np.array([NODE_KINDS.index(kind) for kind in kinds], np.uint8),
        edge_start=incidence[0],
        edge=incidence[1],
        edge_end=incidence[2],
    )
    edges = EdgeTable(
        from_node=from_node,
        to_node=to_node,
        length_m=length,
        network_class=np.array([classes[chain[0].way] for chain in kept], np.uint8),
        component=_components(from_node, to_node, length, len(ids)),
        shape_start=start,
    )
    return SplitTracks(nodes, edges, shapes, kept, {int(v): i for i, v in enumerate(ids)})


def _degrees(ways: Sequence[OsmWay], classes: Sequence[int]) -> tuple[dict[int, int], set[int]]:
    """Return how many segments meet at each node, and the nodes where classes meet."""
    refs = np.concatenate([way.refs for way in ways])
    weight = np.full(len(refs), 2, np.int64)
    class_bit = np.repeat(1 << np.asarray(classes, np.int64), [len(way.refs) for way in ways])
    ends = np.cumsum([len(way.refs) for way in ways])
    weight[ends - 1] = 1
    weight[ends - np.array([len(way.refs) for way in ways])] = 1
    ids, inverse = np.unique(refs, return_inverse=True)
    total = np.bincount(inverse, weights=weight).astype(np.int64)
    bits = np.zeros(len(ids), np.int64)
    np.bitwise_or.at(bits, inverse, class_bit)
    mixed = {int(i) for i in ids[(bits & (bits - 1)) != 0]}
    return dict(zip(ids.tolist(), total.tolist(), strict=True)), mixed


def _cutting_nodes(
    degree: Mapping[int, int], mixed: set[int], node_tags: Mapping[int, Tags]
) -> set[int]:
    cutting = {node for node, count in degree.items() if count != 2} | mixed
    # A switch with two tracks has lost its third at the edge of the extract: what is left may
    # be a hairpin, so it stays a node, where the angle decides.
    kept = ("buffer_stop", "switch", "railway_crossing", *_TURNING)
    for node, tags in node_tags.items():
        if degree.get(node) == 2 and tags.get("railway") in kept:
            cutting.add(node)
    return cutting


def _chains(ways: Sequence[OsmWay], cutting: set[int]) -> list[list[WayPiece]]:
    pieces: list[WayPiece] = []
    at_end: dict[int, list[int]] = {}
    for index, way in enumerate(ways):
        refs = way.refs.tolist()
        stops = [0, *(i for i in range(1, len(refs) - 1) if refs[i] in cutting), len(refs) - 1]
        for low, high in itertools.pairwise(stops):
            number = len(pieces)
            pieces.append(WayPiece(index, low, high, True))
            for ref in (refs[low], refs[high]):
                if ref not in cutting:
                    at_end.setdefault(ref, []).append(number)
    used = [False] * len(pieces)

    def ends(piece: WayPiece) -> tuple[int, int]:
        refs = ways[piece.way].refs
        low, high = int(refs[piece.first]), int(refs[piece.last])
        return (low, high) if piece.forward else (high, low)

    def follow(number: int, node: int) -> list[WayPiece]:
        """Return the pieces after one, beyond its end ``node``, until a cut."""
        found: list[WayPiece] = []
        while node in at_end:
            beyond = [other for other in at_end[node] if other != number]
            if not beyond or used[beyond[0]]:
                break
            number = beyond[0]
            used[number] = True
            piece = pieces[number]
            if ends(piece)[0] != node:
                piece = WayPiece(piece.way, piece.first, piece.last, False)
            found.append(piece)
            node = ends(piece)[1]
        return found

    chains = []
    for number, piece in enumerate(pieces):
        if used[number]:
            continue
        used[number] = True
        low, high = ends(piece)
        after = follow(number, high)
        before = follow(number, low)
        turned = [WayPiece(p.way, p.first, p.last, not p.forward) for p in reversed(before)]
        chains.append([*turned, piece, *after])
    return chains


def _shapes(
    ways: Sequence[OsmWay], chains: list[list[WayPiece]]
) -> tuple[list[list[WayPiece]], ShapeTable, NDArray[np.int64]]:
    from pyproj import Geod

    lat, lon, refs = [], [], []
    start = np.zeros(len(chains) + 1, np.int64)
    for number, chain in enumerate(chains):
        count = 0
        for index, piece in enumerate(chain):
            way = ways[piece.way]
            rows = np.arange(piece.first, piece.last + 1)
            if not piece.forward:
                rows = rows[::-1]
            if index:
                rows = rows[1:]
            lat.append(way.lat_deg[rows])
            lon.append(way.lon_deg[rows])
            refs.append(way.refs[rows])
            count += len(rows)
        start[number + 1] = start[number] + count
    all_lat, all_lon, all_refs = np.concatenate(lat), np.concatenate(lon), np.concatenate(refs)
    _, _, step = Geod(ellps="WGS84").inv(all_lon[:-1], all_lat[:-1], all_lon[1:], all_lat[1:])
    segment = np.concatenate(([0.0], np.asarray(step)))
    segment[start[:-1]] = 0.0
    longest = int(np.argmax(segment))
    if segment[longest] > _LONGEST_SEGMENT_M:
        raise InputError(
            f"the extract places neighbouring nodes of a track {segment[longest] / 1000:,.0f} km "
            f"apart (nodes {all_refs[longest - 1]} and {all_refs[longest]}), farther than any "
            "railway's",
            cure="The file is damaged; download it again.",
        )
    run = np.cumsum(segment)
    distance = run - np.repeat(run[start[:-1]], np.diff(start))
    return chains, ShapeTable(all_lat, all_lon, distance, all_refs), start


def _incidence(
    from_node: NDArray[np.int32], to_node: NDArray[np.int32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint8]]:
    """Return the offsets, edges and ends of `NodeTable`."""
    edges = np.arange(len(from_node), dtype=np.int32)
    node = np.concatenate((from_node, to_node))
    end = np.repeat(np.array([0, 1], np.uint8), len(edges))
    order = np.lexsort((end, np.concatenate((edges, edges)), node))
    start = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(node, minlength=count), out=start[1:])
    return start, np.concatenate((edges, edges))[order], end[order]


def _components(
    from_node: NDArray[np.int32],
    to_node: NDArray[np.int32],
    length_m: NDArray[np.float64],
    count: int,
) -> NDArray[np.int32]:
    """Return the component of each edge, numbered by falling length of track."""
    parent = list(range(count))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for one, two in zip(from_node.tolist(), to_node.tolist(), strict=True):
        a, b = root(one), root(two)
        if a != b:
            parent[max(a, b)] = min(a, b)
    roots = np.array([root(node) for node in from_node.tolist()], np.int64)
    ids, inverse = np.unique(roots, return_inverse=True)
    total = np.bincount(inverse, weights=length_m)
    rank = np.empty(len(ids), np.int32)
    rank[np.lexsort((ids, -total))] = np.arange(len(ids), dtype=np.int32)
    return rank[inverse]


def _node_kind(node: int, degree: int, tags: Tags | None, faults: Faults) -> str:
    """Return the kind of a node from its tag and how many segments meet, faults counted."""
    where = f"node {node}"
    words = (tags or {}).get("railway", "").split(";")
    word = next(
        (w for w in words if w in ("switch", "railway_crossing", "buffer_stop", *_TURNING)), ""
    )
    switch = (tags or {}).get("railway:switch", "")
    if word in _TURNING:
        return "turntable"
    if word == "buffer_stop":
        if degree != 1:
            faults.add("buffer stop before the end of its track", where)
        return "buffer_stop"
    if degree <= 2:
        return "end" if degree == 1 else "joint"
    if switch in _SLIPS and degree >= 4:
        return _SLIPS[switch]
    if word == "railway_crossing":
        if degree == 4:
            return "diamond"
        faults.add(f"diamond crossing where {degree} tracks meet", where)
        return "switch" if degree == 3 else "diamond"
    if degree == 3:
        if word != "switch":
            faults.add("three tracks that meet without a switch", where)
        return "switch"
    if word == "switch":
        if degree > 4:
            faults.add(f"switch where {degree} tracks meet", where)
        # Four tracks at a switch of the ordinary kind: two switches laid over each other,
        # which lets trains turn wherever the angles do.
        else:
            faults.add("switch where 4 tracks meet, its kind not tagged", where)
        return "three_way"
    faults.add(f"{degree} tracks that meet without switch or crossing", where)
    return "diamond"
