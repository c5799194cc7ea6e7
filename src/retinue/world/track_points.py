"""Tagged nodes placed on the track: switches, signals, crossings, milestones and the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from retinue.world.osm_extract import OsmNode, OsmWay
from retinue.world.osm_tags import Faults, chainage_m, limit_mps, split_list
from retinue.world.track_attributes import WordList
from retinue.world.track_network import POINT_KINDS, SIDES
from retinue.world.track_split import SplitTracks
from retinue.world.track_tables import PointTable, WayTable

__all__ = ["ROAD_RANK", "PointRows", "TrackPlaces", "point_table", "sorted_points"]

Tags = Mapping[str, str]

_KIND_OF = {
    "crossing": "foot_crossing",
    "crossover": "junction",
    "spur_junction": "junction",
    "service_station": "junction",
    "site": "junction",
} | {kind: kind for kind in POINT_KINDS if kind not in ("other", "foot_crossing")}
_CROSSINGS = ("level_crossing", "foot_crossing", "tram_level_crossing", "tram_crossing")
_IGNORED = (
    "subway_entrance", "train_station_entrance", "phone", "platform", "abandoned", "razed",
    "disused", "proposed", "construction", "rail", "key_switch", "platform_section_sign",
)  # fmt: skip
_STILL = (
    "milestone", "station", "halt", "yard", "junction", "border", "switch", "railway_crossing",
    *_CROSSINGS,
)  # fmt: skip
UNKNOWN_DIRECTION = 2

ROAD_RANK = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "motorway_link", "trunk_link",
    "primary_link", "secondary_link", "tertiary_link", "unclassified", "residential",
    "living_street", "service", "track", "pedestrian", "cycleway", "bridleway", "path",
    "footway", "steps",
)  # fmt: skip
"""Highway classes, the most important first."""


@dataclass(frozen=True, eq=False)
class TrackPlaces:
    """Where each OSM node of the tracks lies: an edge and the distance along it."""

    edge: dict[int, int]
    at_m: dict[int, float]
    node: dict[int, int]

    @classmethod
    def of(cls, split: SplitTracks) -> TrackPlaces:
        """Return the places of all vertices; a node's is on the first of its edges."""
        counts = np.diff(split.edges.shape_start)
        owner = np.repeat(np.arange(len(counts)), counts)
        # Backwards, so that the first edge wins.
        ids = split.shapes.osm_id[::-1].tolist()
        edge = dict(zip(ids, owner[::-1].tolist(), strict=True))
        at_m = dict(zip(ids, split.shapes.distance_m[::-1].tolist(), strict=True))
        return cls(edge, at_m, split.node_of)


@dataclass
class PointRows:
    """Rows of the table as they come."""

    columns: dict[str, list[float | int]] = field(
        default_factory=lambda: {name: [] for name in PointTable.columns()}
    )

    def add(self, **values: float | int) -> None:
        """Add a row; every column of the table is due but its offsets."""
        for name, value in values.items():
            self.columns[name].append(value)


def point_table(
    nodes: Iterable[OsmNode],
    roads: Sequence[OsmWay],
    split: SplitTracks,
    ways: WayTable,
    words: WordList,
    faults: Faults,
) -> PointTable:
    """Return all points on the track, those inside edges first and in order along them.

    A node with a list of kinds (``level_crossing;switch``) is a point of each kind.
    """
    places = TrackPlaces.of(split)
    crossing_roads = _roads_at(roads, places)
    rows = PointRows()
    for item in nodes:
        edge = places.edge.get(item.osm_id)
        kinds = _kinds(item.tags)
        if edge is None or not kinds:
            continue
        at_m = places.at_m[item.osm_id]
        where = f"node {item.osm_id}"
        turn = _way_direction(ways, edge, at_m)
        for kind, value in kinds:
            road = crossing_roads.get(item.osm_id) if kind in _CROSSINGS else None
            direction, side = _facing(kind, item.tags, turn, where, faults)
            rows.add(
                edge=edge,
                at_m=at_m,
                node=places.node.get(item.osm_id, -1),
                kind=POINT_KINDS.index(kind),
                osm_id=item.osm_id,
                lat_deg=item.lat_deg,
                lon_deg=item.lon_deg,
                direction=direction,
                side=side,
                name=words(item.tags.get("name") or item.tags.get("description")),
                ref=words(item.tags.get("ref") or item.tags.get("local_ref")),
                function=words(_function(kind, value, item.tags)),
                detail=words(_detail(kind, item.tags)),
                road_class=words(road.tags["highway"] if road else ""),
                road_name=words((road.tags.get("name") or road.tags.get("ref")) if road else ""),
                road_way_id=road.osm_id if road else 0,
                position_m=_or_nan(chainage_m(item.tags, where, faults)),
                speed_mps=_or_nan(_speed(kind, item.tags, where, faults)),
            )
    return sorted_points(rows, len(split.edges), len(split.nodes))


def _kinds(tags: Tags) -> list[tuple[str, str]]:
    values = split_list(tags.get("railway", ""))
    if not values and tags.get("public_transport") == "stop_position":
        values = ["stop"]
    return [
        (_KIND_OF.get(value, "other"), value)
        for value in dict.fromkeys(values)
        if value not in _IGNORED
    ]


def _roads_at(roads: Sequence[OsmWay], places: TrackPlaces) -> dict[int, OsmWay]:
    """Return the most important road through each node of the track."""
    rank = {value: index for index, value in enumerate(ROAD_RANK)}
    found: dict[int, OsmWay] = {}
    for road in roads:
        mine = rank.get(road.tags["highway"])
        if mine is None:
            continue
        for ref in road.refs.tolist():
            if ref in places.edge:
                other = found.get(ref)
                if other is None or mine < rank[other.tags["highway"]]:
                    found[ref] = road
    return found


def _way_direction(ways: WayTable, edge: int, at_m: float) -> int:
    """Return 1 or -1 as the way runs with the edge at a place, 0 where two ways differ."""
    found = {
        int(ways.direction[row])
        for row in range(int(ways.start[edge]), int(ways.start[edge + 1]))
        if ways.from_m[row] <= at_m <= ways.to_m[row]
    }
    return found.pop() if len(found) == 1 else 0


def _facing(kind: str, tags: Tags, turn: int, where: str, faults: Faults) -> tuple[int, int]:
    """Return direction and side of a point, seen with the edge."""
    if kind in _STILL:
        return 0, 0
    word = tags.get("railway:signal:direction") or tags.get("direction") or ""
    if kind == "stop" and not word:
        return 0, 0
    side = tags.get("railway:signal:position", "")
    side_code = SIDES.index(side) if side in SIDES else 0
    if word == "both":
        return 0, side_code
    if word not in ("forward", "backward"):
        if kind == "signal":
            faults.add("signal without a direction that can be read", f"{where}: {word}")
        return UNKNOWN_DIRECTION, side_code
    if turn == 0:
        faults.add("direction at a node where ways of opposite direction meet", where)
        return UNKNOWN_DIRECTION, side_code
    return (turn if word == "forward" else -turn), side_code


def _function(kind: str, value: str, tags: Tags) -> str:
    """Return what the point does, in OSM's words."""
    if kind == "signal":
        parts = []
        for key in ("main", "combined", "distant", "minor", "speed_limit", "crossing", "stop"):
            if f"railway:signal:{key}" in tags:
                parts.append(key)
                parts += split_list(tags.get(f"railway:signal:{key}:function", ""))
        if parts:
            return ";".join(dict.fromkeys(parts))
        other = sorted(
            key.split(":")[2]
            for key in tags
            if key.startswith("railway:signal:") and key.count(":") == 2
        )
        return ";".join(word for word in other if word not in ("direction", "position"))
    if kind == "switch":
        return tags.get("railway:switch", "")
    if kind in _CROSSINGS:
        return tags.get("crossing:barrier", "")
    if kind in ("junction", "other"):
        return value
    return tags.get("railway:derail", "") if kind == "derail" else ""


_DETAILS = {
    "signal": (
        "railway:signal:main", "railway:signal:combined", "railway:signal:distant",
        "railway:signal:minor", "railway:signal:speed_limit", "railway:signal:speed_limit:speed",
        "railway:signal:main:form", "railway:signal:combined:form",
    ),
    "switch": (
        "railway:turnout_side", "railway:radius", "railway:switch:electric",
        "railway:local_operated", "railway:maxspeed:straight", "railway:maxspeed:diverging",
    ),
    "stop": ("railway:ref", "uic_ref", "train", "tram", "light_rail", "subway"),
}  # fmt: skip
_CROSSING_DETAILS = (
    "crossing", "crossing:light", "crossing:bell", "crossing:saltire", "supervised",
    "crossing:activation", "crossing:on_demand",
)  # fmt: skip


def _detail(kind: str, tags: Tags) -> str:
    keys = _CROSSING_DETAILS if kind in _CROSSINGS else _DETAILS.get(kind, ())
    return "; ".join(f"{key}={tags[key]}" for key in keys if key in tags)


def _speed(kind: str, tags: Tags, where: str, faults: Faults) -> float | None:
    """Return the diverging limit of a switch, or the highest that a speed signal shows."""
    if kind == "switch":
        text = tags.get("railway:maxspeed:diverging")
        return limit_mps(text, where, faults) if text else None
    if kind != "signal":
        return None
    shown = split_list(tags.get("railway:signal:speed_limit:speed", ""))
    read = [limit_mps(part, where, faults) for part in shown if part not in ("?", "off")]
    return max((value for value in read if value is not None), default=None)


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


def sorted_points(rows: PointRows, edges: int, nodes: int) -> PointTable:
    """Return the table of rows, those inside edges first, with its offsets."""
    columns: dict[str, NDArray[np.generic]] = {}
    types = {
        "kind": np.uint8, "side": np.uint8, "direction": np.int8, "osm_id": np.int64,
        "road_way_id": np.int64, "at_m": np.float64, "lat_deg": np.float64,
        "lon_deg": np.float64, "position_m": np.float64, "speed_mps": np.float64,
    }  # fmt: skip
    for name, values in rows.columns.items():
        if name not in PointTable.offsets:
            columns[name] = np.asarray(values, types.get(name, np.int32))
    node, edge = np.asarray(columns["node"], np.int32), np.asarray(columns["edge"], np.int32)
    order = np.lexsort((columns["kind"], columns["osm_id"], columns["at_m"], edge, node >= 0))
    columns = {name: column[order] for name, column in columns.items()}
    node, edge = node[order], edge[order]
    inside = node < 0
    start = np.zeros(edges + 1, np.int64)
    np.cumsum(np.bincount(edge[inside], minlength=edges), out=start[1:])
    at_nodes = np.flatnonzero(~inside)
    at_node = at_nodes[np.argsort(node[at_nodes], kind="stable")].astype(np.int32)
    node_start = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(node[at_node], minlength=nodes), out=node_start[1:])
    return PointTable(**columns, start=start, node_start=node_start, at_node=at_node)  # type: ignore[arg-type]
