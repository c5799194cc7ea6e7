"""The tables of a road network: columns of equal length, one row a thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from retinue.world.track_tables import Table

__all__ = [
    "RoadBanTable",
    "RoadEdgeTable",
    "RoadGridTable",
    "RoadHavenTable",
    "RoadNodeTable",
    "RoadPointTable",
    "RoadShapeTable",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Codes = NDArray[np.uint8]
Signs = NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class RoadNodeTable(Table):
    """Where roads meet, end, or have something in them.

    ``passage`` is what a barrier lets through, by the codes of `Access` (0 where there is
    none); ``cost_s`` what stopping there costs; the limits are those of a barrier (inf:
    none); ``turning`` is 1 at a turning circle; ``arms`` is the number of arms from which
    traffic can come in and which a rolling block has to hold.
    ``edge_start[i]:edge_start[i + 1]`` are the rows of ``edge`` and ``edge_end`` of node i:
    an incident edge, and 0 where it starts here or 1 where it ends here.
    """

    offsets: ClassVar[tuple[str, ...]] = ("edge_start", "edge", "edge_end")
    lat_deg: Floats
    lon_deg: Floats
    osm_id: Longs
    passage: Codes
    cost_s: Floats
    max_height_m: Floats
    max_width_m: Floats
    max_mass_kg: Floats
    turning: Codes
    arms: Codes
    edge_start: Longs
    edge: Ints
    edge_end: Codes


@dataclass(frozen=True, eq=False)
class RoadEdgeTable(Table):
    """Road between two nodes, of one way, along the way.

    Speeds are in m/s, ``forward`` along the edge; ``assumed_*`` is 1 where no limit is
    signed.  ``access_*`` are codes of `Access`; ``oneway`` is 0, 1, -1, or 2 where closed.
    ``road_class``, ``name``, ``ref``, ``surface`` and ``country`` index the text pool.
    ``lanes`` is -1 and ``width_m`` NaN where not tagged; ``urban`` 1, 0, or -1 where not
    known; limits are inf where none is signed.  ``held`` is 1 where a rolling block has to
    hold it.  ``component`` numbers the pieces of road that meet in any way (0: the
    longest); ``scrap`` is 1 on pieces too short to begin or end on.
    """

    offsets: ClassVar[tuple[str, ...]] = ("shape_start",)
    from_node: Ints
    to_node: Ints
    length_m: Floats
    way_id: Longs
    road_class: Ints
    name: Ints
    ref: Ints
    surface: Ints
    country: Ints
    oneway: Signs
    access_forward: Codes
    access_backward: Codes
    speed_forward: Floats
    speed_backward: Floats
    assumed_forward: Codes
    assumed_backward: Codes
    urban: Signs
    lanes: Signs
    width_m: Floats
    bridge: Codes
    tunnel: Codes
    layer: Signs
    ford: Codes
    toll: Codes
    roundabout: Codes
    held: Codes
    max_height_m: Floats
    max_width_m: Floats
    max_length_m: Floats
    max_mass_kg: Floats
    max_axle_kg: Floats
    component: Ints
    scrap: Codes
    shape_start: Longs


@dataclass(frozen=True, eq=False)
class RoadShapeTable(Table):
    """Vertices of all edges; both ends of an edge are among its own."""

    lat_deg: Floats
    lon_deg: Floats
    distance_m: Floats


@dataclass(frozen=True, eq=False)
class RoadPointTable(Table):
    """Things in the road, by node; ``kind`` indexes `POINT_KINDS`, ``name`` the text pool."""

    node: Ints
    kind: Codes
    name: Ints


@dataclass(frozen=True, eq=False)
class RoadBanTable(Table):
    """Sequences of states that may not be driven one after another.

    ``start[i]:start[i + 1]`` are the rows of ``state`` of sequence i; ``relation`` is the
    restriction that says so.
    """

    offsets: ClassVar[tuple[str, ...]] = ("start", "state")
    relation: Longs
    start: Longs
    state: Ints


@dataclass(frozen=True, eq=False)
class RoadHavenTable(Table):
    """Hospitals, police, fire stations, aerodromes; ``kind`` indexes `HAVEN_KINDS`."""

    kind: Codes
    name: Ints
    osm_id: Ints
    lat_deg: Floats
    lon_deg: Floats


@dataclass(frozen=True, eq=False)
class RoadGridTable(Table):
    """Segments by cell of a grid: ``start[i]:start[i + 1]`` are those of cell ``key[i]``.

    A segment is the row of its first vertex among the shapes.
    """

    offsets: ClassVar[tuple[str, ...]] = ("start", "segment")
    key: Longs
    start: Longs
    segment: Ints
