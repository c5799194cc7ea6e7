"""Railways at track level, as a built world holds them: columns, mapped and not read.

A world is a folder ``NAME.world`` with a manifest ``WORLD.json`` (format version, sources,
counts) and one packed file of arrays.  `load_track_network` maps it; nothing is parsed.

Layout
------
``nodes``
    switches, ends, crossings, joints (`NodeTable`; `NODE_KINDS`).  A ``buffer_stop`` may have
    track behind it, drawn to the end of the rails: no train passes it.  A ``three_way`` is
    one, or a place where four tracks meet at a switch of unknown kind; a ``diamond`` is one,
    or tracks that meet untagged.  A ``joint`` joins two tracks of different network class.
``edges``, ``shapes``
    track between nodes with its full geometry (`EdgeTable`, `ShapeTable`).  Every direction
    in the network is that of the edge, never that of the OSM way.
``ways``
    which OSM way an edge is made of, by interval (`WayTable`).
``attributes``
    by name an `IntervalTable`; a gap means that nobody tagged it.  Values:

    ================================  =======================================================
    ``speed_forward``/``_backward``   limit in m/s for trains running with/against the edge;
                                      inf where tagged ``none``
    ``speed_conditional``             text of the conditional limits
    ``gauge``                         index into `TrackNetwork.gauge_sets`
    ``power``                         index into `TrackNetwork.power_sets`
    ``contact``                       text: ``contact_line``, ``rail``, ``4th_rail``, ...
    ``tracks``                        number of tracks that the line stands for
    ``usage``, ``service``            text: main, branch, industrial, ...; yard, siding, ...
    ``preferred_direction``           1 with the edge, -1 against it, 0 both
    ``bidirectional``                 text: regular, signals, possible, ...
    ``traffic_mode``                  text: passenger, freight, mixed
    ``bridge``, ``tunnel``            text: yes, viaduct, ...; yes, building_passage, ...
    ``tunnel_length``                 m, of the whole tunnel from portal to portal
    ``earthwork``                     text: embankment, cutting
    ``layer``                         level above ground
    ``axle_load``                     kg
    ``metre_load``                    kg/m
    ``line_class``                    text: D4, ...
    ``loading_gauge``                 text as tagged
    ``incline``                       tagged rise over run with the edge
    ``curve_radius``                  m, inf where told straight; where an infrastructure file
                                      says it, its geometry is not to be asked
    ``ref``, ``name``, ``operator``   text
    ``structure_name``                text: name of the bridge or tunnel
    ``track_ref``                     text: number of the track in its station
    ``train_protection``              text: keys in alphabetical order, e.g. ``lzb;pzb``
    ``condition``                     text: disused, abandoned, construction on a way that is
                                      tagged as a railway in use all the same
    ``railway``                       text: rail, narrow_gauge, light_rail, subway, tram, ...
    ================================  =======================================================

    "Text" is an index into `TrackNetwork.text`; `TrackNetwork.value` gives the meaning.
``points``
    switches, signals, crossings, milestones, ... (`PointTable`; `POINT_KINDS`).
``stations``, ``station_tracks``, ``platforms``
    areas, where trains may stand in them, and along what.
``lineside``, ``roads``, ``profile``
    signal boxes and the like; roads of the extract; heights.
``turns``
    ways through switches where the source states them; empty for extracts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError
from retinue.world.array_file import read_arrays
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
    TextPool,
    TurnTable,
    WayTable,
)

__all__ = [
    "DEAD_SECTION",
    "FORMAT",
    "FOUND_BY",
    "INTEGER_ATTRIBUTES",
    "MANIFEST",
    "NETWORK_CLASSES",
    "NODE_KINDS",
    "NOT_ELECTRIFIED",
    "NUMBER_ATTRIBUTES",
    "POINT_KINDS",
    "SIDES",
    "STATION_KINDS",
    "TEXT_ATTRIBUTES",
    "UNKNOWN_POWER",
    "TrackNetwork",
    "load_manifest",
    "load_track_network",
    "rebuild_cure",
]

FORMAT = "retinue-world/2"
"""Of version 2: worlds hold the whole road network too."""
MANIFEST = "WORLD.json"

NETWORK_CLASSES = ("heavy", "narrow", "light")
NODE_KINDS = (
    "joint",
    "switch",
    "diamond",
    "single_slip",
    "double_slip",
    "end",
    "buffer_stop",
    "three_way",
    "turntable",
)
POINT_KINDS = (
    "switch",
    "railway_crossing",
    "signal",
    "level_crossing",
    "foot_crossing",
    "tram_level_crossing",
    "tram_crossing",
    "buffer_stop",
    "station",
    "halt",
    "stop",
    "tram_stop",
    "yard",
    "junction",
    "milestone",
    "border",
    "derail",
    "other",
)
"""Kinds of points.  ``junction`` holds crossover, spur_junction and service_station too, with
the OSM value in ``function``; so does ``other``."""
SIDES = ("unknown", "left", "right", "bridge", "overhead", "in_track")
STATION_KINDS = ("station", "halt", "yard", "junction", "tram_stop")
FOUND_BY = ("station node", "station area", "stop positions", "platforms", "yard tracks")
"""How a station was found; the last three where the extract holds no object for it."""

NOT_ELECTRIFIED = "none"
UNKNOWN_POWER = "unknown"
"""Electrified, the system not tagged."""
DEAD_SECTION = "dead"
"""Under a wire of 0 V: a neutral or isolating section."""

NUMBER_ATTRIBUTES = (
    "speed_forward",
    "speed_backward",
    "tunnel_length",
    "axle_load",
    "metre_load",
    "incline",
    "curve_radius",
)
INTEGER_ATTRIBUTES = ("gauge", "power", "tracks", "preferred_direction", "layer")
TEXT_ATTRIBUTES = (
    "speed_conditional",
    "contact",
    "usage",
    "service",
    "bidirectional",
    "traffic_mode",
    "bridge",
    "tunnel",
    "earthwork",
    "line_class",
    "loading_gauge",
    "ref",
    "name",
    "structure_name",
    "operator",
    "track_ref",
    "train_protection",
    "condition",
    "railway",
)


@dataclass(frozen=True, eq=False)
class TrackNetwork:
    """Tracks, what lies on them and beside them.

    Attributes
    ----------
    gauge_sets
        Track gauges in mm, ascending; mixed gauge has several.
    power_sets
        Power systems by the line book's keys (``15kv-ac-16.7hz``), or `NOT_ELECTRIFIED`,
        `UNKNOWN_POWER`, `DEAD_SECTION`.
    text
        All words.
    manifest
        Sources, counts and faults as written by the importer.
    path
        The folder; None for a network made in memory.
    """

    nodes: NodeTable
    edges: EdgeTable
    shapes: ShapeTable
    ways: WayTable
    attributes: dict[str, IntervalTable]
    points: PointTable
    stations: StationTable
    station_tracks: StationTrackTable
    platforms: PlatformTable
    lineside: LinesideTable
    roads: RoadTable
    profile: ProfileTable
    gauge_sets: tuple[tuple[int, ...], ...]
    power_sets: tuple[tuple[str, ...], ...]
    text: TextPool
    manifest: dict[str, Any]
    path: Path | None = None
    turns: TurnTable = field(default_factory=TurnTable.none)

    def __repr__(self) -> str:
        return (
            f"TrackNetwork({len(self.nodes):,} nodes, {len(self.edges):,} edges, "
            f"{float(self.edges.length_m.sum()) / 1000:,.0f} km)"
        )

    def incident(self, node: int) -> Iterator[tuple[int, int]]:
        """Yield ``(edge, end)`` at a node: end 0 where the edge starts there, else 1."""
        for i in range(int(self.nodes.edge_start[node]), int(self.nodes.edge_start[node + 1])):
            yield int(self.nodes.edge[i]), int(self.nodes.edge_end[i])

    def shape_rows(self, edge: int) -> slice:
        """Return the rows of `shapes` that draw an edge."""
        return slice(int(self.edges.shape_start[edge]), int(self.edges.shape_start[edge + 1]))

    def position(self, edge: int, distance_m: float) -> tuple[float, float]:
        """Return latitude and longitude of a place on an edge, in degrees."""
        rows = self.shape_rows(edge)
        along = self.shapes.distance_m[rows]
        return (
            float(np.interp(distance_m, along, self.shapes.lat_deg[rows])),
            float(np.interp(distance_m, along, self.shapes.lon_deg[rows])),
        )

    def value(self, name: str, raw: float) -> Any:
        """Return what a value of an attribute means: words, gauges and power systems decoded."""
        if name in TEXT_ATTRIBUTES:
            return self.text[int(raw)]
        if name == "gauge":
            return self.gauge_sets[int(raw)]
        if name == "power":
            return self.power_sets[int(raw)]
        return raw

    def values_on(self, name: str, edge: int) -> list[tuple[float, float, Any]]:
        """Return ``(from_m, to_m, meaning)`` of an attribute along an edge."""
        return [
            (low, high, self.value(name, raw)) for low, high, raw in self.attributes[name].on(edge)
        ]

    def points_inside(self, edge: int) -> range:
        """Return the rows of `points` strictly inside an edge, in order along it."""
        return range(int(self.points.start[edge]), int(self.points.start[edge + 1]))

    def points_at(self, node: int) -> NDArray[np.int32]:
        """Return the rows of `points` that lie at a node."""
        first, last = self.points.node_start[node], self.points.node_start[node + 1]
        return self.points.at_node[int(first) : int(last)]

    def heights(self, edge: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return distances along an edge and the heights there, both empty without tiles."""
        rows = slice(int(self.profile.start[edge]), int(self.profile.start[edge + 1]))
        return self.profile.distance_m[rows], self.profile.height_m[rows]


def load_track_network(path: Path) -> TrackNetwork:
    """Map a built world.

    Raises
    ------
    InputError
        Where the folder is no world, is broken, or of another format version; then the
        cure names the command that builds it again.
    """
    manifest = load_manifest(path)
    cure = rebuild_cure(path, manifest)
    try:
        arrays = read_arrays(path, manifest["parts"]["tracks"], cure=cure)
        return TrackNetwork(
            nodes=NodeTable.from_arrays("nodes", arrays),
            edges=EdgeTable.from_arrays("edges", arrays),
            shapes=ShapeTable.from_arrays("shapes", arrays),
            ways=WayTable.from_arrays("ways", arrays),
            attributes={
                name: IntervalTable.from_arrays(f"attributes/{name}", arrays)
                for name in (*NUMBER_ATTRIBUTES, *INTEGER_ATTRIBUTES, *TEXT_ATTRIBUTES)
            },
            points=PointTable.from_arrays("points", arrays),
            stations=StationTable.from_arrays("stations", arrays),
            station_tracks=StationTrackTable.from_arrays("station_tracks", arrays),
            platforms=PlatformTable.from_arrays("platforms", arrays),
            lineside=LinesideTable.from_arrays("lineside", arrays),
            roads=RoadTable.from_arrays("roads", arrays),
            profile=ProfileTable.from_arrays("profile", arrays),
            gauge_sets=tuple(tuple(item) for item in manifest["gauge_sets"]),
            power_sets=tuple(tuple(item) for item in manifest["power_sets"]),
            text=TextPool(arrays["text/blob"], arrays["text/start"]),
            manifest=manifest,
            path=path,
            turns=TurnTable.from_arrays("turns", arrays),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            "the manifest of the world is broken", where=str(path / MANIFEST), cure=cure
        ) from error


def load_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest of a built world.

    Raises
    ------
    InputError
        Where the folder is no world, or one of another format version.
    """
    file = path / MANIFEST
    try:
        manifest = json.loads(file.read_bytes())
    except OSError as error:
        raise InputError(
            "this is not a built world (a folder NAME.world that holds WORLD.json)",
            where=str(path),
            cure="Build one: retinue world build EXTRACT.osm.pbf -o NAME.world",
        ) from error
    except ValueError as error:
        raise InputError(
            "the manifest of the world is broken", where=str(file), cure=rebuild_cure(path, {})
        ) from error
    found = manifest.get("format") if isinstance(manifest, dict) else None
    if found != FORMAT:
        raise InputError(
            f'the world has format "{found}", this version of Retinue reads "{FORMAT}"',
            where=str(path),
            cure=rebuild_cure(path, manifest if isinstance(manifest, dict) else {}),
        )
    return dict(manifest)


def rebuild_cure(path: Path, manifest: dict[str, Any]) -> str:
    """Return the sentence that names the command which builds a world again."""
    extract = str(manifest.get("extract") or "EXTRACT.osm.pbf")
    return f"Build it again: retinue world build {extract} -o {path}"
