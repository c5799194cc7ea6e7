"""An OpenStreetMap extract, read once: tracks, tagged nodes, platforms, stations, roads.

Needs the extra ``retinue[osm]``.  Positions are looked up while the ways pass; what the
extract clipped away (nodes without a position) cuts a way and is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError
from retinue.world.osm_tags import Faults, network_class
from retinue.world.road_extract import RoadThings
from retinue.world.road_tags import is_road

if TYPE_CHECKING:
    from osmium.osm import Node, Relation, Way

__all__ = ["OsmExtract", "OsmNode", "OsmStopArea", "OsmWay", "read_extract"]

_INVALID = 2**31 - 1
_SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2", ".osh.pbf", ".o5m")
_STATION_VALUES = ("station", "halt", "yard", "junction", "tram_stop", "station_area")
_LINESIDE_VALUES = (
    "signal_box", "engine_shed", "workshop", "roundhouse", "wash", "fuel", "turntable",
    "traverser", "loading_ramp", "water_crane", "control_centre", "blockpost",
)  # fmt: skip
_SHORTEST_PIECE = 2
_KEYS = (
    "railway", "public_transport", "highway", "barrier", "amenity", "aeroway", "restriction",
    "restriction:motorcar", "restriction:motor_vehicle", "restriction:vehicle",
    "restriction:conditional",
)  # fmt: skip
"""Objects without any of these keys are passed over unseen."""


@dataclass(frozen=True, eq=False)
class OsmWay:
    """A way, or what the extract holds of it between missing nodes."""

    osm_id: int
    refs: NDArray[np.int64]
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    tags: dict[str, str]

    @property
    def closed(self) -> bool:
        """Whether it ends where it begins."""
        return bool(self.refs[0] == self.refs[-1])


@dataclass(frozen=True)
class OsmNode:
    """A tagged node."""

    osm_id: int
    lat_deg: float
    lon_deg: float
    tags: dict[str, str]


@dataclass(frozen=True)
class OsmStopArea:
    """A relation that says which objects make one station."""

    osm_id: int
    tags: dict[str, str]
    nodes: tuple[int, ...]
    ways: tuple[int, ...]


@dataclass
class OsmExtract:
    """What an extract holds of a railway.

    Attributes
    ----------
    tracks
        Ways that are tracks in use, cut at missing nodes, in the file's order.
    nodes
        Nodes with ``railway`` or ``public_transport``.
    platforms, areas
        Platforms and platform edges; stations, yards and lineside buildings as ways.
    roads
        Ways with ``highway``.
    road_things
        Barriers and signals, turn restrictions, hospitals and other havens.
    left_out
        Railway ways that are no track in use, by the value of ``railway``.
    found
        Counts of all railway ways and nodes of the file, by value.
    """

    tracks: list[OsmWay] = field(default_factory=list)
    nodes: list[OsmNode] = field(default_factory=list)
    platforms: list[OsmWay] = field(default_factory=list)
    areas: list[OsmWay] = field(default_factory=list)
    roads: list[OsmWay] = field(default_factory=list)
    road_things: RoadThings = field(default_factory=RoadThings)
    stop_areas: list[OsmStopArea] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    found_ways: Counter[str] = field(default_factory=Counter)
    found_nodes: Counter[str] = field(default_factory=Counter)
    timestamp: str = ""


def read_extract(
    path: Path, faults: Faults, *, progress: Callable[[str], None] | None = None
) -> OsmExtract:
    """Read an extract (``.osm.pbf``, ``.osm``, ``.osm.gz``, ``.osm.bz2``).

    Raises
    ------
    InputError
        Where the file is missing, truncated, empty, holds neither railway track nor road,
        lacks the positions of its nodes, or places them where nothing can be.
    """
    try:
        import osmium
    except ImportError as error:
        raise InputError(
            "reading OpenStreetMap extracts needs the package osmium",
            where=str(path),
            cure='Install it: pip install "retinue[osm]"',
        ) from error
    _check_file(path)
    extract = OsmExtract()
    reading = _Reading(extract, faults)
    try:
        processor = (
            osmium.FileProcessor(str(path))
            .with_locations()
            .with_filter(osmium.filter.KeyFilter(*_KEYS))
        )
        stamp = processor.header.get("osmosis_replication_timestamp")
        extract.timestamp = str(stamp or "")
        for item in processor:
            reading.take(item)
        # An outline that has tags of its own was taken as the file passed.
        for way in extract.platforms:
            reading.outlines.pop(way.osm_id, None)
        if reading.outlines:
            wanted = osmium.filter.IdFilter(sorted(reading.outlines))
            ways = osmium.filter.EntityFilter(osmium.osm.WAY)
            for item in (
                osmium.FileProcessor(str(path)).with_locations().with_filter(ways)
            ).with_filter(wanted):
                reading.take_outline(item)
    except osmium.InvalidLocationError as error:
        raise InputError(
            f"the extract places a node where nothing can be ({error})",
            where=str(path),
            cure="The file is damaged; download it again.",
        ) from error
    except RuntimeError as error:
        raise InputError(
            f"the extract is damaged or cut off ({error})",
            where=str(path),
            cure="Download it again and compare its checksum.",
        ) from error
    reading.check(path)
    return extract


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise InputError("there is no such extract", where=str(path))
    if not path.name.endswith(_SUFFIXES):
        raise InputError(
            "the name does not end like an OpenStreetMap extract's",
            where=str(path),
            cure="Give a file .osm.pbf, .osm, .osm.gz or .osm.bz2.",
        )
    if path.stat().st_size == 0:
        raise InputError("the extract is empty", where=str(path), cure="Download it again.")


class _Reading:
    def __init__(self, extract: OsmExtract, faults: Faults) -> None:
        self.extract = extract
        self.faults = faults
        self.objects = 0
        self.whole_missing = 0
        self.unpublished = False
        self.absurd = ""
        self.outlines: dict[int, dict[str, str]] = {}

    def take(self, item: Any) -> None:
        self.objects += 1
        if item.is_way():
            self._way(item)
        elif item.is_node():
            self._node(item)
        elif item.is_relation():
            self._relation(item)

    def _node(self, item: Node) -> None:
        tags = {tag.k: tag.v for tag in item.tags}
        value = tags.get("railway", "")
        self.extract.road_things.take_node(item, tags)
        if not value and tags.get("public_transport") not in ("stop_position", "station"):
            return
        if value:
            self.extract.found_nodes[value] += 1
        if not item.location.valid():
            self.faults.add("node without a position", f"node {item.id}")
            return
        self.extract.nodes.append(OsmNode(item.id, item.location.lat, item.location.lon, tags))

    def _relation(self, item: Relation) -> None:
        tags = {tag.k: tag.v for tag in item.tags}
        self.extract.road_things.take_relation(item, tags)
        if tags.get("public_transport") == "stop_area":
            members = [(member.type, member.ref) for member in item.members]
            self.extract.stop_areas.append(
                OsmStopArea(
                    item.id,
                    tags,
                    tuple(ref for kind, ref in members if kind == "n"),
                    tuple(ref for kind, ref in members if kind == "w"),
                )
            )
        elif tags.get("railway") == "platform":
            outer = [m.ref for m in item.members if m.type == "w" and m.role == "outer"]
            if len(outer) == 1:
                self.outlines[outer[0]] = tags
            else:
                self.faults.add("platform of several outlines, left out", f"relation {item.id}")
        elif tags.get("railway") in _STATION_VALUES:
            self.faults.add("station drawn as a relation, left out", f"relation {item.id}")

    def take_outline(self, item: Any) -> None:
        """Take the outline of a platform whose tags a relation carries."""
        self.extract.platforms += self._pieces(item, self.outlines[item.id])

    def _way(self, item: Way) -> None:
        tags = {tag.k: tag.v for tag in item.tags}
        value = tags.get("railway", "")
        self.extract.road_things.take_way(item, tags)
        if value:
            self.extract.found_ways[value] += 1
        if network_class(tags) is not None:
            self.extract.tracks += self._pieces(item, tags, track=True)
        elif value in ("platform", "platform_edge") or (
            tags.get("public_transport") == "platform" and tags.get("bus") != "yes"
        ):
            self.extract.platforms += self._pieces(item, tags)
        elif value in (*_STATION_VALUES, *_LINESIDE_VALUES):
            self.extract.areas += self._pieces(item, tags)
        elif value:
            self.extract.left_out[value] += 1
        if "highway" in tags:
            self.extract.roads += self._pieces(item, tags)

    def _pieces(self, item: Way, tags: dict[str, str], *, track: bool = False) -> list[OsmWay]:
        rows = np.array([(node.ref, node.x, node.y) for node in item.nodes], np.int64)
        if not len(rows):
            self.faults.add("way without nodes", f"way {item.id}")
            return []
        repeated = np.concatenate(([False], rows[1:, 0] == rows[:-1, 0]))
        if repeated.any():
            self.faults.add("node repeated in a way", f"way {item.id}")
            rows = rows[~repeated]
        missing = rows[:, 1] == _INVALID
        lon, lat = rows[:, 1] / 1e7, rows[:, 2] / 1e7
        outside = ~missing & ((np.abs(lat) > 90.0) | (np.abs(lon) > 180.0))
        if outside.any() and track and not self.absurd:
            first = int(np.argmax(outside))
            self.absurd = f"node {rows[first, 0]} at {lat[first]:g}, {lon[first]:g}"
        bad = missing | outside
        pieces = []
        if bad.any():
            if track:
                self.faults.add(
                    "track node missing from the extract", f"way {item.id}", int(bad.sum())
                )
            if bad.all() and track:
                self.whole_missing += 1
                self.unpublished |= bool((rows[:, 0] < 0).any())
        cuts = np.flatnonzero(bad)
        for low, high in zip((-1, *cuts), (*cuts, len(rows)), strict=True):
            part = slice(int(low) + 1, int(high))
            if part.stop - part.start >= _SHORTEST_PIECE:
                pieces.append(OsmWay(item.id, rows[part, 0], lat[part], lon[part], tags))
        if not pieces and track and not bad.any():
            self.faults.add("way of a single node", f"way {item.id}")
        return pieces

    def check(self, path: Path) -> None:
        """Refuse an extract of which nothing can be made."""
        where = str(path)
        if self.absurd:
            raise InputError(
                f"the extract places a track where nothing can be: {self.absurd}",
                where=where,
                cure="The file is damaged; download it again.",
            )
        if self.extract.tracks or any(is_road(way.tags) for way in self.extract.roads):
            return
        if self.unpublished:
            raise InputError(
                "the extract numbers its nodes below zero, as an editor does before it uploads",
                where=where,
                cure="Renumber it (osmium renumber), or take an extract of published data.",
            )
        if self.whole_missing:
            raise InputError(
                f"the extract lacks the positions of its nodes: {self.whole_missing} track "
                "ways and not one of them can be placed",
                where=where,
                cure="Cut it with complete ways (osmium extract --strategy complete_ways).",
            )
        if not self.objects:
            raise InputError("the extract is empty: it holds no railway and no road", where=where)
        raise InputError(
            "the extract holds no railway track in use and no road",
            where=where,
            cure="Take an extract that covers railway or roads, with their tags.",
        )
