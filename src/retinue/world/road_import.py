"""From the roads of an OpenStreetMap extract to a road network: cut, tag, lay bans, index."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retinue.world.countries import Countries
from retinue.world.osm_extract import OsmExtract, OsmWay
from retinue.world.osm_tags import Faults
from retinue.world.road_bans import ban_table
from retinue.world.road_barriers import NodeThing, node_thing
from retinue.world.road_extract import HAVEN_KINDS, HavenThing
from retinue.world.road_grid import grid_table
from retinue.world.road_network import POINT_KINDS, RoadNetwork
from retinue.world.road_pieces import mark_pieces
from retinue.world.road_speed_table import RoadSpeedTable, road_speed_table
from retinue.world.road_split import CutRoads, cut_roads, incidence
from retinue.world.road_tables import (
    RoadBanTable,
    RoadEdgeTable,
    RoadHavenTable,
    RoadNodeTable,
    RoadPointTable,
)
from retinue.world.road_tag_values import Access
from retinue.world.road_tags import RoadTags, is_road, road_tags, speeds_mps
from retinue.world.track_attributes import WordList

__all__ = ["import_roads"]

_LIMITS = {
    "max_height_m": "maxheight",
    "max_width_m": "maxwidth",
    "max_length_m": "maxlength",
    "max_mass_kg": "maxweight",
    "max_axle_kg": "maxaxleload",
}


def import_roads(
    extract: OsmExtract, countries: Countries, *, index: bool = True
) -> RoadNetwork | None:
    """Return the road network of an extract; None: it holds no road.

    Parameters
    ----------
    extract
        As `read_extract` read it.
    countries
        For the law's speed limits.
    index
        Build the hierarchy for searches, so that it is stored with the network.
    """
    ways = [way for way in extract.roads if is_road(way.tags)]
    if not ways:
        return None
    table, faults, words = road_speed_table(), extract.road_things.faults, WordList()
    tags = [road_tags(way.tags, f"way {way.osm_id}", faults, table) for way in ways]
    things = {
        node.osm_id: node_thing(node, table.costs, faults)
        for node in extract.road_things.nodes.values()
    }
    cut = cut_roads(ways, things)
    edges = _edges(cut, ways, tags, countries, table, words)
    nodes = _nodes(cut, edges, things)
    open_state = np.column_stack(
        (
            (edges.oneway != -1) & (edges.oneway != 2) & (edges.access_forward < Access.CLOSED),
            (edges.oneway != 1) & (edges.oneway != 2) & (edges.access_backward < Access.CLOSED),
        )
    ).ravel()
    rules = extract.road_things.rules
    bans: RoadBanTable = ban_table(
        rules, cut.from_node, cut.to_node, edges.way_id, cut.node_id, open_state, faults
    )
    network = RoadNetwork(
        nodes=nodes,
        edges=edges,
        shapes=cut.shapes,
        points=_points(cut, things, words),
        bans=bans,
        havens=_havens(extract.road_things.havens, words),
        grid=grid_table(cut.shapes, cut.shape_start),
        text=words.pool(),
        record=_record(extract, tags, table, faults),
        source="OpenStreetMap extract",
    )
    mark_pieces(network)
    if index:
        from retinue.world.road_search import RoadRouter

        network.index.update(RoadRouter(network).index().arrays())
    return network


def _edges(
    cut: CutRoads,
    ways: Sequence[OsmWay],
    tags: Sequence[RoadTags],
    countries: Countries,
    table: RoadSpeedTable,
    words: WordList,
) -> RoadEdgeTable:
    middle = [len(way.refs) // 2 for way in ways]
    codes = countries.country_at(
        np.array([way.lat_deg[i] for way, i in zip(ways, middle, strict=True)]),
        np.array([way.lon_deg[i] for way, i in zip(ways, middle, strict=True)]),
    )
    speeds = [speeds_mps(road, code or "", table) for road, code in zip(tags, codes, strict=True)]

    def column(values: list[Any], kind: Any) -> NDArray[Any]:
        return np.array(values, kind)[cut.way]

    limits = {
        name: column([road.limits.get(key, math.inf) for road in tags], np.float64)
        for name, key in _LIMITS.items()
    }
    count = len(cut.way)
    return RoadEdgeTable(
        from_node=cut.from_node,
        to_node=cut.to_node,
        length_m=cut.length_m,
        way_id=column([way.osm_id for way in ways], np.int64),
        road_class=column([words(road.road_class) for road in tags], np.int32),
        name=column([words(road.name) for road in tags], np.int32),
        ref=column([words(road.ref) for road in tags], np.int32),
        surface=column([words(road.surface) for road in tags], np.int32),
        country=column([words(code) for code in codes], np.int32),
        oneway=column([road.oneway for road in tags], np.int8),
        access_forward=column([road.access[0] for road in tags], np.uint8),
        access_backward=column([road.access[1] for road in tags], np.uint8),
        speed_forward=column([speed[0] for speed, _, _ in speeds], np.float64),
        speed_backward=column([speed[1] for speed, _, _ in speeds], np.float64),
        assumed_forward=column([assumed[0] for _, assumed, _ in speeds], np.uint8),
        assumed_backward=column([assumed[1] for _, assumed, _ in speeds], np.uint8),
        urban=column([urban for _, _, urban in speeds], np.int8),
        lanes=column([road.lanes for road in tags], np.int8),
        width_m=column([road.width_m for road in tags], np.float64),
        bridge=column([road.bridge for road in tags], np.uint8),
        tunnel=column([road.tunnel for road in tags], np.uint8),
        layer=column([road.layer for road in tags], np.int8),
        ford=column([road.ford for road in tags], np.uint8),
        toll=column([road.toll for road in tags], np.uint8),
        roundabout=column([road.roundabout for road in tags], np.uint8),
        held=column([not road.minor for road in tags], np.uint8),
        **limits,
        component=np.zeros(count, np.int32),
        scrap=np.zeros(count, np.uint8),
        shape_start=cut.shape_start,
    )


def _nodes(cut: CutRoads, edges: RoadEdgeTable, things: dict[int, NodeThing]) -> RoadNodeTable:
    count = len(cut.node_id)
    found = [things.get(osm) for osm in cut.node_id.tolist()]
    plain = NodeThing()

    def column(name: str, kind: Any) -> NDArray[Any]:
        return np.array([getattr(thing or plain, name) for thing in found], kind)

    # An arm counts where a car may come in by it.
    arms = np.zeros(count, np.int64)
    for node, against, access in (
        (edges.to_node, -1, edges.access_forward),
        (edges.from_node, 1, edges.access_backward),
    ):
        arrives = (edges.held == 1) & (access < Access.PRIVATE)
        arrives &= (edges.oneway != against) & (edges.oneway != 2)
        arms += np.bincount(node[arrives], minlength=count)
    return RoadNodeTable(
        lat_deg=cut.shapes.lat_deg[cut.node_row],
        lon_deg=cut.shapes.lon_deg[cut.node_row],
        osm_id=cut.node_id,
        passage=column("passage", np.uint8),
        cost_s=column("cost_s", np.float64),
        max_height_m=column("max_height_m", np.float64),
        max_width_m=column("max_width_m", np.float64),
        max_mass_kg=column("max_mass_kg", np.float64),
        turning=column("turning", np.uint8),
        arms=np.minimum(arms, 255).astype(np.uint8),
        **incidence(count, cut.from_node, cut.to_node),
    )


def _points(cut: CutRoads, things: dict[int, NodeThing], words: WordList) -> RoadPointTable:
    rows = [
        (node, POINT_KINDS.index(kind), words(things[osm].name if kind != "signals" else ""))
        for node, osm in enumerate(cut.node_id.tolist())
        if osm in things
        for kind in things[osm].kinds
    ]
    table = np.array(rows, np.int64).reshape(-1, 3)
    return RoadPointTable(
        table[:, 0].astype(np.int32), table[:, 1].astype(np.uint8), table[:, 2].astype(np.int32)
    )


def _havens(things: Sequence[HavenThing], words: WordList) -> RoadHavenTable:
    return RoadHavenTable(
        kind=np.array([HAVEN_KINDS.index(thing.kind) for thing in things], np.uint8),
        name=np.array([words(thing.name) for thing in things], np.int32),
        osm_id=np.array([words(thing.osm_id) for thing in things], np.int32),
        lat_deg=np.array([thing.lat_deg for thing in things], np.float64),
        lon_deg=np.array([thing.lon_deg for thing in things], np.float64),
    )


def _record(
    extract: OsmExtract, tags: Sequence[RoadTags], table: RoadSpeedTable, faults: Faults
) -> dict[str, Any]:
    costs = table.costs.model_dump(exclude={"source", "confidence", "basis"})
    return {
        "costs": {name: float(value) for name, value in costs.items()},
        "ways": dict(Counter(road.road_class for road in tags).most_common()),
        "restrictions": len(extract.road_things.rules),
        "faults": faults.records(),
    }
