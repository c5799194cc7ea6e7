"""From an OpenStreetMap extract to a world: read, split, tag, place, measure, write."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from retinue.world.osm_extract import OsmExtract, read_extract
from retinue.world.osm_tags import Faults, track_tags
from retinue.world.road_network import RoadNetwork
from retinue.world.station_tables import station_tables
from retinue.world.track_assembly import no_tracks
from retinue.world.track_attributes import (
    Interned,
    WordList,
    attribute_tables,
    tunnel_lengths,
    way_table,
)
from retinue.world.track_network import NETWORK_CLASSES, TrackNetwork
from retinue.world.track_points import point_table
from retinue.world.track_roads import lineside_table, road_table
from retinue.world.track_split import SplitTracks, split_tracks
from retinue.world.track_stations import find_stations
from retinue.world.track_tables import IntervalTable, ProfileTable

__all__ = ["STEPS", "BuiltWorld", "import_extract", "import_world"]

STEPS = 7
"""How often `import_extract` calls its ``progress``; `import_world` does once more."""


@dataclass(frozen=True, eq=False)
class BuiltWorld:
    """What an extract gives: tracks (perhaps none) and roads (None: none)."""

    tracks: TrackNetwork
    roads: RoadNetwork | None


def import_extract(
    path: Path,
    *,
    dem: Path | None = None,
    roads: bool = True,
    made_by: str = "retinue",
    progress: Callable[[str], None] | None = None,
) -> TrackNetwork:
    """Return the track network of an extract.

    Parameters
    ----------
    path
        An extract: ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2``.
    dem
        A folder with elevation tiles (``N50E007.hgt`` or ``.hgt.zip``); without it the
        network has no heights.
    roads
        Keep the roads near tracks.
    made_by
        Name and version of the program, for the manifest.
    progress
        Called with the name of each step before it begins.

    Raises
    ------
    InputError
        For an extract of which no network can be made, and for broken tiles.
    """
    say = progress or (lambda _: None)
    faults = Faults()
    say("reading the extract")
    extract = read_extract(path, faults)
    return _tracks(path, extract, faults, dem, roads, made_by, say)


def import_world(
    path: Path,
    *,
    dem: Path | None = None,
    roads: bool = True,
    made_by: str = "retinue",
    progress: Callable[[str], None] | None = None,
) -> BuiltWorld:
    """Return the track network and the road network of an extract.

    Parameters are those of `import_extract`; ``roads`` keeps the road network too.

    Raises
    ------
    InputError
        As `import_extract`; an extract of roads alone is sound.
    """
    from retinue.world.pack import load_pack
    from retinue.world.road_import import import_roads

    say = progress or (lambda _: None)
    faults = Faults()
    say("reading the extract")
    extract = read_extract(path, faults)
    network = _tracks(path, extract, faults, dem, roads, made_by, say)
    if not roads:
        return BuiltWorld(network, None)
    say("laying out the roads")
    return BuiltWorld(network, import_roads(extract, load_pack().countries))


def _tracks(
    path: Path,
    extract: OsmExtract,
    faults: Faults,
    dem: Path | None,
    roads: bool,
    made_by: str,
    say: Callable[[str], None],
) -> TrackNetwork:
    if not extract.tracks:
        network = no_tracks()
        network.manifest.update(_manifest(path, extract, faults, network, {"tiles": []}, made_by))
        return network
    say("reading tags")
    tags = [track_tags(way.tags, f"way {way.osm_id}", faults) for way in extract.tracks]
    say("joining tracks")
    node_tags = {item.osm_id: item.tags for item in extract.nodes}
    split = split_tracks(extract.tracks, [item.network_class for item in tags], node_tags, faults)
    ways = way_table(split, extract.tracks)
    words, gauges, powers = WordList(), Interned(), Interned()
    attributes = attribute_tables(split, tags, words, gauges, powers)
    attributes["tunnel_length"] = tunnel_lengths(split, attributes["tunnel"])
    say("placing signals and crossings")
    points = point_table(extract.nodes, extract.roads, split, ways, words, faults)
    lineside = lineside_table(extract.nodes, extract.areas, words)
    say("finding stations")
    stations = find_stations(
        extract.nodes,
        extract.areas,
        extract.platforms,
        extract.stop_areas,
        split,
        attributes,
        _mostly(attributes["service"], words("yard"), split),
        faults,
    )
    station_table, station_tracks, platforms = station_tables(
        stations, split, attributes["track_ref"], attributes["name"], words
    )
    say("keeping roads")
    road = road_table(extract.roads if roads else [], extract.tracks, words, faults)
    say("laying heights")
    profile, heights = _heights(split, attributes, dem)
    network = TrackNetwork(
        nodes=split.nodes,
        edges=split.edges,
        shapes=split.shapes,
        ways=ways,
        attributes=attributes,
        points=points,
        stations=station_table,
        station_tracks=station_tracks,
        platforms=platforms,
        lineside=lineside,
        roads=road,
        profile=profile,
        gauge_sets=tuple(gauges.values),
        power_sets=tuple(powers.values),
        text=words.pool(),
        manifest={},
    )
    network.manifest.update(_manifest(path, extract, faults, network, heights, made_by))
    return network


def _mostly(table: IntervalTable, value: int, split: SplitTracks) -> Any:
    """Return per edge whether a value holds on more than half of its length."""
    held = table.value == value
    metres = np.bincount(
        table.edge[held],
        weights=(table.to_m - table.from_m)[held],
        minlength=len(split.edges),
    )
    return metres > split.edges.length_m / 2.0


def _heights(
    split: SplitTracks, attributes: dict[str, IntervalTable], dem: Path | None
) -> tuple[ProfileTable, dict[str, Any]]:
    if dem is None:
        none = np.zeros(0)
        start = np.zeros(len(split.edges) + 1, np.int64)
        return ProfileTable(none, none, start), {"tiles": []}
    from retinue.world.elevation import TileFolder
    from retinue.world.track_profile import SMOOTHING_M, STEP_M, profile_table

    tiles = TileFolder(dem)
    table = profile_table(split, attributes, tiles)
    return table, {
        "tiles": tiles.used(),
        "missing_tiles": tiles.missing(),
        "step_m": STEP_M,
        "smoothing_m": SMOOTHING_M,
    }


def _manifest(
    path: Path,
    extract: OsmExtract,
    faults: Faults,
    network: TrackNetwork,
    heights: dict[str, Any],
    made_by: str,
) -> dict[str, Any]:
    lat, lon = network.shapes.lat_deg, network.shapes.lon_deg
    if not len(lat):
        lat = np.concatenate([way.lat_deg for way in extract.roads])
        lon = np.concatenate([way.lon_deg for way in extract.roads])
    return {
        "made_by": made_by,
        "extract": path.name,
        "extract_sha256": _sha256(path),
        "extract_timestamp": extract.timestamp,
        "licences": [
            {
                "name": "OpenStreetMap",
                "licence": "ODbL-1.0",
                "attribution": "© OpenStreetMap contributors",
                "url": "https://www.openstreetmap.org/copyright",
            }
        ],
        "box": [float(lat.min()), float(lon.min()), float(lat.max()), float(lon.max())],
        "found_ways": _sorted_counts(extract.found_ways),
        "found_nodes": _sorted_counts(extract.found_nodes),
        "left_out_ways": _sorted_counts(extract.left_out),
        "imported_ways": _ways_by_class(network),
        "elevation": heights,
        "faults": faults.records(),
    }


def _ways_by_class(network: TrackNetwork) -> dict[str, int]:
    codes = network.edges.network_class[network.ways.edge]
    return {
        name: len(np.unique(network.ways.way_id[codes == code]))
        for code, name in enumerate(NETWORK_CLASSES)
    }


def _sorted_counts(counts: Any) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
