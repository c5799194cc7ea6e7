"""A track network from plain columns: what does not come from an extract is put together here.

Drawn networks of tests, generated ones of benchmarks and infrastructure files share it; the
tables that they have nothing for stay empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retinue.errors import InputError
from retinue.world.sphere import distance_m
from retinue.world.track_network import (
    INTEGER_ATTRIBUTES,
    NETWORK_CLASSES,
    NODE_KINDS,
    NUMBER_ATTRIBUTES,
    TEXT_ATTRIBUTES,
    TrackNetwork,
)
from retinue.world.track_tables import (
    EdgeTable,
    IntervalTable,
    LinesideTable,
    NodeTable,
    PlatformTable,
    PointTable,
    ProfileTable,
    RoadTable,
    ShapeTable,
    StationTable,
    StationTrackTable,
    Table,
    TextPool,
    WayTable,
)

__all__ = ["TrackDrawing", "assemble", "no_tracks"]

AnyTable = TypeVar("AnyTable", bound=Table)
Stretch = tuple[int, float, float, Any]
"""(edge, from_m, to_m, meaning) of an attribute."""


@dataclass
class TrackDrawing:
    """Nodes and edges as columns, attributes as stretches.

    Attributes
    ----------
    lat_deg, lon_deg
        Positions of the nodes.
    kind
        Of each node, one of `NODE_KINDS`.
    from_node, to_node
        Nodes of each edge.
    shape_start, shape_lat_deg, shape_lon_deg
        Vertices of the edges, both ends included; edge e has
        ``shape_start[e]:shape_start[e + 1]``.
    attributes
        By name of the attribute (`TrackNetwork`) its stretches with their meanings: words,
        tuples of gauges in mm or of power systems, numbers.  An end of inf is the edge's.
    network_class
        Of each edge, one of `NETWORK_CLASSES`; without it all is heavy rail.
    length_m
        Of each edge; without it, along the vertices on the sphere.
    """

    lat_deg: ArrayLike
    lon_deg: ArrayLike
    kind: Sequence[str]
    from_node: ArrayLike
    to_node: ArrayLike
    shape_start: ArrayLike
    shape_lat_deg: ArrayLike
    shape_lon_deg: ArrayLike
    attributes: Mapping[str, Sequence[Stretch]] = field(default_factory=dict)
    network_class: Sequence[str] | None = None
    length_m: ArrayLike | None = None


def assemble(drawing: TrackDrawing) -> TrackNetwork:
    """Return the network of a drawing.

    Raises
    ------
    InputError
        For an attribute that no network has.
    """
    from_node = np.asarray(drawing.from_node, np.int32)
    to_node = np.asarray(drawing.to_node, np.int32)
    count = len(from_node)
    lat, lon = (np.asarray(v, np.float64) for v in (drawing.shape_lat_deg, drawing.shape_lon_deg))
    start = np.asarray(drawing.shape_start, np.int64)
    along = _along(lat, lon, start)
    if drawing.length_m is not None:
        length = np.asarray(drawing.length_m, np.float64)
        drawn = along[start[1:] - 1]
        along *= np.repeat(length / np.where(drawn > 0.0, drawn, 1.0), np.diff(start))
    length = along[start[1:] - 1]
    nodes = len(np.asarray(drawing.lat_deg))
    classes = drawing.network_class
    words: list[str] = [""]
    gauges: list[tuple[int, ...]] = []
    powers: list[tuple[str, ...]] = []
    attributes: dict[str, IntervalTable] = {}
    for name in (*NUMBER_ATTRIBUTES, *INTEGER_ATTRIBUTES, *TEXT_ATTRIBUTES):
        attributes[name] = _intervals(
            name, drawing.attributes.get(name, ()), length, words, gauges, powers
        )
    unknown = set(drawing.attributes) - set(attributes)
    if unknown:
        raise InputError(f'no track has the attribute "{min(unknown)}"')
    return TrackNetwork(
        nodes=_nodes(drawing, nodes, from_node, to_node),
        edges=EdgeTable(
            from_node=from_node,
            to_node=to_node,
            length_m=length,
            network_class=(
                np.zeros(count, np.uint8)
                if classes is None
                else np.array([NETWORK_CLASSES.index(word) for word in classes], np.uint8)
            ),
            component=_components(nodes, from_node, to_node, length),
            shape_start=start,
        ),
        shapes=ShapeTable(lat, lon, along, np.zeros(len(lat), np.int64)),
        ways=_empty(WayTable, start=np.zeros(count + 1, np.int64)),
        attributes=attributes,
        points=_empty(
            PointTable,
            start=np.zeros(count + 1, np.int64),
            node_start=np.zeros(nodes + 1, np.int64),
        ),
        stations=_empty(StationTable),
        station_tracks=_empty(StationTrackTable),
        platforms=_empty(PlatformTable, shape_start=np.zeros(1, np.int64)),
        lineside=_empty(LinesideTable),
        roads=_empty(RoadTable, shape_start=np.zeros(1, np.int64)),
        profile=_empty(ProfileTable, start=np.zeros(count + 1, np.int64)),
        gauge_sets=tuple(gauges),
        power_sets=tuple(powers),
        text=TextPool.of(words),
        manifest={},
    )


def no_tracks() -> TrackNetwork:
    """Return a network without any track, as an extract of roads gives it."""
    none: list[float] = []
    return assemble(TrackDrawing(none, none, [], none, none, [0], none, none))


def _along(
    lat: NDArray[np.float64], lon: NDArray[np.float64], start: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return each vertex's distance from the start of its edge."""
    step = np.zeros(len(lat))
    step[1:] = distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:])
    step[start[:-1]] = 0.0
    total = np.cumsum(step)
    return np.asarray(total - np.repeat(total[start[:-1]], np.diff(start)))


def _nodes(
    drawing: TrackDrawing, nodes: int, from_node: NDArray[np.int32], to_node: NDArray[np.int32]
) -> NodeTable:
    at = np.concatenate((from_node, to_node))
    edge = np.tile(np.arange(len(from_node), dtype=np.int32), 2)
    end = np.repeat(np.array([0, 1], np.uint8), len(from_node))
    order = np.lexsort((end, edge, at))
    numbers = {word: number for number, word in enumerate(NODE_KINDS)}
    return NodeTable(
        lat_deg=np.asarray(drawing.lat_deg, np.float64),
        lon_deg=np.asarray(drawing.lon_deg, np.float64),
        osm_id=np.zeros(nodes, np.int64),
        kind=np.array([numbers[word] for word in drawing.kind], np.uint8),
        edge_start=_offsets(at, nodes),
        edge=edge[order],
        edge_end=end[order],
    )


def _components(
    nodes: int,
    from_node: NDArray[np.int32],
    to_node: NDArray[np.int32],
    length: NDArray[np.float64],
) -> NDArray[np.int32]:
    """Return the component of each edge; 0 is the longest by track."""
    from retinue.world.graph_kernel import component_roots

    root = component_roots(nodes, from_node, to_node)[from_node]
    found, number = np.unique(root, return_inverse=True)
    total = np.bincount(number, weights=length, minlength=len(found))
    place = np.empty(len(found), np.int32)
    place[np.argsort(-total, kind="stable")] = np.arange(len(found), dtype=np.int32)
    return np.asarray(place[number], np.int32)


def _intervals(
    name: str,
    stretches: Sequence[Stretch],
    length: NDArray[np.float64],
    words: list[str],
    gauges: list[tuple[int, ...]],
    powers: list[tuple[str, ...]],
) -> IntervalTable:
    pools: dict[str, list[Any]] = {"gauge": gauges, "power": powers}
    pool = words if name in TEXT_ATTRIBUTES else pools.get(name)
    dtype = np.float64 if name in NUMBER_ATTRIBUTES else np.int32
    ordered = sorted(stretches, key=lambda row: row[:3])
    values = []
    for *_, meaning in ordered:
        if pool is not None and meaning not in pool:
            pool.append(meaning)
        values.append(meaning if pool is None else pool.index(meaning))
    edge = np.array([row[0] for row in ordered], np.int32)
    return IntervalTable(
        edge=edge,
        from_m=np.array([row[1] for row in ordered], np.float64),
        to_m=np.minimum(np.array([row[2] for row in ordered], np.float64), length[edge]),
        value=np.array(values, dtype),
        start=_offsets(edge, len(length)),
    )


def _offsets(group: NDArray[np.int32], groups: int) -> NDArray[np.int64]:
    counts = np.bincount(group, minlength=groups)
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


#: Columns of small integers; every other column of an empty table takes 64 bits.
_CODES = ("kind", "side", "network_class", "found_by", "bridge", "tunnel")


def _empty(table: type[AnyTable], **given: NDArray[Any]) -> AnyTable:
    columns: dict[str, NDArray[Any]] = {}
    for name in table.columns():
        if name in given:
            columns[name] = given[name]
        elif name.endswith(("_m", "_deg", "_mps")):
            columns[name] = np.empty(0, np.float64)
        elif name in _CODES:
            columns[name] = np.empty(0, np.uint8)
        elif name in ("direction", "layer"):
            columns[name] = np.empty(0, np.int8)
        elif name.endswith("_id"):
            columns[name] = np.empty(0, np.int64)
        else:
            columns[name] = np.empty(0, np.int32)
    return table(**columns)
