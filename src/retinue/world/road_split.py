"""Ways cut into edges: at every node that two roads share, at their ends, and where told.

Each edge is a part of one way, so that whatever the way's tags say holds on all of it::

    way 1:  a-----b--.--c        edges a-b, b-c of way 1 and b-d of way 2;
    way 2:        b-----d        "." is a vertex and no node
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retinue.world.osm_extract import OsmWay
from retinue.world.road_tables import RoadShapeTable
from retinue.world.sphere import distance_m

__all__ = ["CutRoads", "cut_roads", "incidence"]

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CutRoads:
    """Edges of a list of ways.

    Attributes
    ----------
    way
        Row of the way of each edge in that list; ascending.
    node_id
        OSM numbers of the nodes, ascending.
    node_row
        A row of ``shapes`` for each node, where it lies.
    """

    from_node: Ints
    to_node: Ints
    way: Ints
    length_m: NDArray[np.float64]
    shape_start: Longs
    shapes: RoadShapeTable
    node_id: Longs
    node_row: Longs


def cut_roads(ways: Sequence[OsmWay], stops: Collection[int]) -> CutRoads:
    """Cut ways where they meet, end, and at the nodes named in ``stops``."""
    sizes = np.array([len(way.refs) for way in ways], np.int64)
    first = np.concatenate(([0], np.cumsum(sizes)))
    refs = np.concatenate([way.refs for way in ways])
    lat = np.concatenate([way.lat_deg for way in ways])
    lon = np.concatenate([way.lon_deg for way in ways])
    ids, inverse = np.unique(refs, return_inverse=True)
    shared = np.bincount(inverse, minlength=len(ids)) > 1
    shared |= np.isin(ids, np.fromiter(stops, np.int64, len(stops)))
    flag = shared[inverse]
    flag[first[:-1]] = True
    flag[first[1:] - 1] = True
    owner = np.repeat(np.arange(len(ways)), sizes)
    at = np.flatnonzero(flag)
    joined = owner[at[:-1]] == owner[at[1:]]
    begin, end = at[:-1][joined], at[1:][joined]
    counts = end - begin + 1
    shape_start = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    rows = np.repeat(begin - shape_start[:-1], counts) + np.arange(int(counts.sum()))
    node_id, end_nodes = np.unique(refs[np.concatenate((begin, end))], return_inverse=True)
    from_node, to_node = np.split(end_nodes.astype(np.int32), 2)
    node_row = np.empty(len(node_id), np.int64)
    node_row[to_node] = shape_start[1:] - 1
    node_row[from_node] = shape_start[:-1]
    shape_lat, shape_lon = lat[rows], lon[rows]
    along = _along(shape_lat, shape_lon, shape_start)
    return CutRoads(
        from_node,
        to_node,
        owner[begin].astype(np.int32),
        along[shape_start[1:] - 1],
        shape_start,
        RoadShapeTable(shape_lat, shape_lon, along),
        node_id,
        node_row,
    )


def _along(lat: NDArray[np.float64], lon: NDArray[np.float64], start: Longs) -> NDArray[np.float64]:
    """Return the distance of each vertex from the start of its edge."""
    step = np.zeros(len(lat))
    step[1:] = distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:])
    found = np.empty(len(lat))
    # Summed edge by edge: one sum over a country would lose digits.
    for low, high in zip(start[:-1].tolist(), start[1:].tolist(), strict=True):
        part = step[low:high]
        part[0] = 0.0
        found[low:high] = np.cumsum(part)
    return found


def incidence(nodes: int, from_node: Ints, to_node: Ints) -> dict[str, Any]:
    """Return the columns ``edge_start``, ``edge`` and ``edge_end`` of the nodes."""
    edges = np.arange(len(from_node), dtype=np.int32)
    node = np.concatenate((from_node, to_node))
    edge = np.concatenate((edges, edges))
    end = np.repeat(np.array([0, 1], np.uint8), len(edges))
    order = np.lexsort((end, edge, node))
    counts = np.bincount(node, minlength=nodes)
    return {
        "edge_start": np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        "edge": edge[order],
        "edge_end": end[order],
    }
