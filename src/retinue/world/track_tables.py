"""The tables of a track network: columns of equal length, one row a thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "EdgeTable",
    "IntervalTable",
    "LinesideTable",
    "NodeTable",
    "PlatformTable",
    "PointTable",
    "ProfileTable",
    "RoadTable",
    "ShapeTable",
    "StationTable",
    "StationTrackTable",
    "Table",
    "TextPool",
    "TurnTable",
    "WayTable",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Codes = NDArray[np.uint8]
Signs = NDArray[np.int8]


class TextPool:
    """Words kept once: `pool[index]` is the word; index 0 is the empty one."""

    def __init__(self, blob: NDArray[np.uint8], start: Longs) -> None:
        self.blob = blob
        self.start = start
        self._known: dict[int, str] = {}

    @classmethod
    def of(cls, words: Sequence[str]) -> TextPool:
        """Return the pool of these words, the first of which is empty."""
        encoded = [word.encode("utf-8") for word in words]
        start = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum([len(word) for word in encoded], out=start[1:])
        return cls(np.frombuffer(b"".join(encoded), np.uint8), start)

    def __len__(self) -> int:
        return len(self.start) - 1

    def __getitem__(self, index: int) -> str:
        number = int(index)
        word = self._known.get(number)
        if word is None:
            word = self.blob[self.start[number] : self.start[number + 1]].tobytes().decode("utf-8")
            self._known[number] = word
        return word


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length."""

    #: Columns that are offsets into another table: one longer than the rows.
    offsets: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Return the names of the columns in order."""
        return tuple(field.name for field in fields(cls))

    @classmethod
    def from_arrays(cls, prefix: str, arrays: dict[str, NDArray[Any]]) -> Self:
        """Return the table whose columns are ``prefix/column``."""
        return cls(**{name: arrays[f"{prefix}/{name}"] for name in cls.columns()})

    def arrays(self, prefix: str) -> dict[str, NDArray[Any]]:
        """Return the columns as ``prefix/column``."""
        return {f"{prefix}/{name}": getattr(self, name) for name in self.columns()}

    def __len__(self) -> int:
        name = next(name for name in self.columns() if name not in self.offsets)
        return len(getattr(self, name))


@dataclass(frozen=True, eq=False)
class NodeTable(Table):
    """Where edges meet or end.

    ``kind`` indexes `NODE_KINDS`; ``edge_start[i]:edge_start[i + 1]`` are the rows of
    ``edge`` and ``edge_end`` that belong to node i: an incident edge, and 0 where it starts
    here or 1 where it ends here (a loop is listed twice).
    """

    offsets: ClassVar[tuple[str, ...]] = ("edge_start", "edge", "edge_end")
    lat_deg: Floats
    lon_deg: Floats
    osm_id: Longs
    kind: Codes
    edge_start: Longs
    edge: Ints
    edge_end: Codes


@dataclass(frozen=True, eq=False)
class EdgeTable(Table):
    """Track between two nodes; ``shape_start[i]:shape_start[i + 1]`` are its vertices.

    ``network_class`` indexes `NETWORK_CLASSES`; ``component`` is the connected component
    (0 is the longest by track).
    """

    offsets: ClassVar[tuple[str, ...]] = ("shape_start",)
    from_node: Ints
    to_node: Ints
    length_m: Floats
    network_class: Codes
    component: Ints
    shape_start: Longs


@dataclass(frozen=True, eq=False)
class ShapeTable(Table):
    """Vertices of all edges; both ends of an edge are among its own."""

    lat_deg: Floats
    lon_deg: Floats
    distance_m: Floats
    osm_id: Longs


@dataclass(frozen=True, eq=False)
class WayTable(Table):
    """OSM ways along edges; ``direction`` is 1 where the way runs with the edge, else -1."""

    offsets: ClassVar[tuple[str, ...]] = ("start",)
    edge: Ints
    from_m: Floats
    to_m: Floats
    way_id: Longs
    direction: Signs
    start: Longs


@dataclass(frozen=True, eq=False)
class IntervalTable(Table):
    """One attribute along edges: sorted, without overlap; a gap means nobody tagged it.

    ``start[e]:start[e + 1]`` are the rows of edge e.
    """

    offsets: ClassVar[tuple[str, ...]] = ("start",)
    edge: Ints
    from_m: Floats
    to_m: Floats
    value: NDArray[Any]
    start: Longs

    def rows(self, edge: int) -> range:
        """Return the rows of an edge."""
        return range(int(self.start[edge]), int(self.start[edge + 1]))

    def on(self, edge: int) -> list[tuple[float, float, Any]]:
        """Return ``(from_m, to_m, value)`` of an edge in order."""
        return [
            (float(self.from_m[i]), float(self.to_m[i]), self.value[i].item())
            for i in self.rows(edge)
        ]

    def at(self, edge: int, distance_m: float) -> Any:
        """Return the value at a place of an edge, or None where it is not known."""
        for i in self.rows(edge):
            if self.from_m[i] <= distance_m <= self.to_m[i]:
                return self.value[i].item()
        return None


@dataclass(frozen=True, eq=False)
class PointTable(Table):
    """Things on the track.

    ``kind`` indexes `POINT_KINDS`.  ``node`` is the node where the point lies, or -1 inside
    an edge; ``edge`` and ``at_m`` are always given (at a node: one of its edges and 0 or its
    length).  ``direction`` is 1 where the thing is for trains running with the edge, -1
    against it, 0 for both, 2 unknown; ``side`` indexes `SIDES`, seen in that direction.
    ``name``, ``ref``, ``function`` (of a signal: main, distant, entry, exit, ...; of a
    switch: default, three_way, ...; of a crossing: its barrier), ``detail`` (further tags as
    ``key=value; ...``), ``road_class`` and ``road_name`` index the text pool;
    ``road_way_id`` is 0 and ``road_class`` "" where the extract lacks the road.
    ``position_m`` is the chainage that a milestone shows, else NaN; ``speed_mps`` the limit
    shown by a speed signal or the diverging limit of a switch, else NaN.
    ``start`` holds per edge its points strictly inside; ``node_start`` and ``at_node`` per
    node the rows of the points there.
    """

    offsets: ClassVar[tuple[str, ...]] = ("start", "node_start", "at_node")
    edge: Ints
    at_m: Floats
    node: Ints
    kind: Codes
    osm_id: Longs
    lat_deg: Floats
    lon_deg: Floats
    direction: Signs
    side: Codes
    name: Ints
    ref: Ints
    function: Ints
    detail: Ints
    road_class: Ints
    road_name: Ints
    road_way_id: Longs
    position_m: Floats
    speed_mps: Floats
    start: Longs
    node_start: Longs
    at_node: Ints


@dataclass(frozen=True, eq=False)
class StationTable(Table):
    """Stations as areas.

    ``kind`` indexes `STATION_KINDS`, ``found_by`` indexes `FOUND_BY`; ``osm_id`` is that of
    the station's object (0 where there is none).  The box holds tracks and platforms.
    """

    name: Ints
    ref: Ints
    kind: Codes
    network_class: Codes
    found_by: Codes
    osm_id: Longs
    lat_deg: Floats
    lon_deg: Floats
    south_deg: Floats
    west_deg: Floats
    north_deg: Floats
    east_deg: Floats


@dataclass(frozen=True, eq=False)
class StationTrackTable(Table):
    """Where trains may stand in a station, sorted by station.

    A stretch of an edge along a platform or about a stop position; ``stop_m`` is the stop
    position on the edge (NaN where none is mapped); ``platform`` is a row of the platforms
    or -1; ``platform_length_m`` is NaN where no platform is mapped; ``track`` is the
    track's name or number in the text pool.  A platform along several edges has a row for
    each of them.
    """

    station: Ints
    edge: Ints
    from_m: Floats
    to_m: Floats
    stop_m: Floats
    track: Ints
    platform: Ints
    platform_length_m: Floats


@dataclass(frozen=True, eq=False)
class PlatformTable(Table):
    """Platforms; ``shape_start`` are offsets into their outlines or axes."""

    offsets: ClassVar[tuple[str, ...]] = ("shape_start", "shape_lat_deg", "shape_lon_deg")
    osm_id: Longs
    station: Ints
    ref: Ints
    name: Ints
    length_m: Floats
    height_m: Floats
    shape_start: Longs
    shape_lat_deg: Floats
    shape_lon_deg: Floats


@dataclass(frozen=True, eq=False)
class LinesideTable(Table):
    """Things beside the track; ``kind`` is the OSM value (``signal_box``, ...) as text."""

    kind: Ints
    osm_id: Longs
    name: Ints
    ref: Ints
    lat_deg: Floats
    lon_deg: Floats


@dataclass(frozen=True, eq=False)
class ProfileTable(Table):
    """Height of the rails along edges; ``start[e]:start[e + 1]`` are an edge's samples.

    Heights are joined by straight lines; an edge without samples has no elevation.
    """

    offsets: ClassVar[tuple[str, ...]] = ("start",)
    distance_m: Floats
    height_m: Floats
    start: Longs


@dataclass(frozen=True, eq=False)
class RoadTable(Table):
    """Roads and paths of the extract, in a light form, for what crosses the railway.

    ``highway``, ``name`` and ``ref`` index the text pool; ``layer`` is the tagged or implied
    level (bridge 1, tunnel -1); ``bridge`` and ``tunnel`` are 0 or 1.  ``shape_start`` are
    offsets into the vertices.
    """

    offsets: ClassVar[tuple[str, ...]] = (
        "shape_start",
        "shape_lat_deg",
        "shape_lon_deg",
        "shape_osm_id",
    )
    way_id: Longs
    highway: Ints
    name: Ints
    ref: Ints
    layer: Signs
    bridge: Codes
    tunnel: Codes
    shape_start: Longs
    shape_lat_deg: Floats
    shape_lon_deg: Floats
    shape_osm_id: Longs


@dataclass(frozen=True, eq=False)
class TurnTable(Table):
    """Ways through nodes that the source states itself, as an infrastructure file does.

    Trains run between two edge ends in both directions; at a node with a row here its rows
    are all there is, and no angle is asked.  ``one_end`` and ``two_end`` are 0 where the
    edge starts at the node, else 1.
    """

    node: Ints
    one: Ints
    one_end: Codes
    two: Ints
    two_end: Codes

    @classmethod
    def none(cls) -> Self:
        """Return the table of a network whose source states no turns."""
        empty, codes = np.empty(0, np.int32), np.empty(0, np.uint8)
        return cls(empty, empty, codes, empty, codes)
