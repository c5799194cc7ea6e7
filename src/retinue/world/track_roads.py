"""Roads and lineside things of an extract, in a light form."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retinue.world.osm_extract import OsmNode, OsmWay
from retinue.world.osm_tags import Faults, layer
from retinue.world.track_attributes import WordList
from retinue.world.track_points import ROAD_RANK
from retinue.world.track_tables import LinesideTable, RoadTable

__all__ = ["lineside_table", "road_table"]

_CELL_DEG = 0.005
_LINESIDE = (
    "signal_box", "engine_shed", "workshop", "roundhouse", "wash", "fuel", "turntable",
    "traverser", "loading_ramp", "water_crane", "control_centre", "blockpost",
)  # fmt: skip


def _cells(lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the grid cells that a line passes, by number."""
    if len(lat_deg) > 1:
        # Long segments are filled so that no cell between their ends is skipped.
        span = np.maximum(np.abs(np.diff(lat_deg)), np.abs(np.diff(lon_deg)))
        parts = np.maximum((span / (_CELL_DEG / 2)).astype(int), 1)
        at = np.concatenate(([0.0], np.repeat(np.arange(len(parts)), parts)
                             + _within(parts) + 1.0 / np.repeat(parts, parts)))  # fmt: skip
        rows = np.arange(len(lat_deg))
        lat_deg, lon_deg = np.interp(at, rows, lat_deg), np.interp(at, rows, lon_deg)
    y = np.floor(lat_deg / _CELL_DEG).astype(np.int64)
    x = np.floor(lon_deg / _CELL_DEG).astype(np.int64)
    return np.unique(y * 1_000_000 + x)


def _within(parts: NDArray[np.int64]) -> NDArray[np.float64]:
    first = np.repeat(np.cumsum(parts) - parts, parts)
    return (np.arange(int(parts.sum())) - first) / np.repeat(parts, parts)


def road_table(
    roads: Sequence[OsmWay],
    tracks: Sequence[OsmWay],
    words: WordList,
    faults: Faults,
) -> RoadTable:
    """Return the roads that pass within a cell of half a kilometre or so of a track."""
    own = np.unique(np.concatenate([_cells(way.lat_deg, way.lon_deg) for way in tracks]))
    steps = [y * 1_000_000 + x for y in (-1, 0, 1) for x in (-1, 0, 1)]
    around = np.unique(np.concatenate([own + step for step in steps]))
    kept = [
        road
        for road in roads
        if road.tags["highway"] in ROAD_RANK
        and np.isin(_cells(road.lat_deg, road.lon_deg), around, assume_unique=True).any()
    ]
    bridge = [road.tags.get("bridge", "no") != "no" for road in kept]
    tunnel = [road.tags.get("tunnel", "no") != "no" for road in kept]
    level = []
    for road, above, below in zip(kept, bridge, tunnel, strict=True):
        told = layer(road.tags, f"way {road.osm_id}", faults)
        level.append(int(above) - int(below) if told is None else told)
    start = np.zeros(len(kept) + 1, np.int64)
    np.cumsum([len(road.refs) for road in kept], out=start[1:])
    empty = np.zeros(0)
    return RoadTable(
        way_id=np.array([road.osm_id for road in kept], np.int64),
        highway=np.array([words(road.tags["highway"]) for road in kept], np.int32),
        name=np.array([words(road.tags.get("name")) for road in kept], np.int32),
        ref=np.array([words(road.tags.get("ref")) for road in kept], np.int32),
        layer=np.array(level, np.int8),
        bridge=np.array(bridge, np.uint8),
        tunnel=np.array(tunnel, np.uint8),
        shape_start=start,
        shape_lat_deg=np.concatenate([road.lat_deg for road in kept]) if kept else empty,
        shape_lon_deg=np.concatenate([road.lon_deg for road in kept]) if kept else empty,
        shape_osm_id=(
            np.concatenate([road.refs for road in kept]) if kept else empty.astype(np.int64)
        ),
    )


def lineside_table(
    nodes: Sequence[OsmNode], areas: Sequence[OsmWay], words: WordList
) -> LinesideTable:
    """Return signal boxes, sheds and the like, at their middle."""
    things = [
        (n.tags["railway"], n.osm_id, n.tags, n.lat_deg, n.lon_deg)
        for n in nodes
        if n.tags.get("railway") in _LINESIDE
    ] + [
        (a.tags["railway"], a.osm_id, a.tags, float(a.lat_deg.mean()), float(a.lon_deg.mean()))
        for a in areas
        if a.tags.get("railway") in _LINESIDE
    ]
    return LinesideTable(
        kind=np.array([words(kind) for kind, *_ in things], np.int32),
        osm_id=np.array([osm_id for _, osm_id, *_ in things], np.int64),
        name=np.array([words(tags.get("name")) for _, _, tags, *_ in things], np.int32),
        ref=np.array(
            [words(tags.get("railway:ref") or tags.get("ref")) for _, _, tags, *_ in things],
            np.int32,
        ),
        lat_deg=np.array([lat for *_, lat, _ in things], np.float64),
        lon_deg=np.array([lon for *_, lon in things], np.float64),
    )
