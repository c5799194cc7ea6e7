"""Roads about the sites of a plan, to ask who loses every way out while sites are closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.protection.severance import AccessNetwork, AccessPlace
from retinue.world.road_extract import HAVEN_KINDS
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from retinue.protection.site import SiteOnLeg
    from retinue.world.road_network import RoadNetwork
    from retinue.world.world import World

__all__ = ["access_network"]

_SAME_M = 30.0  # a junction of the plan and a node of the network this near are one
_AROUND_M = 3_000.0  # places farther from every site are not asked
_OUTSIDE_M = 6_000.0
_SETTLEMENTS_M = 60_000.0
_MUST_REACH = ("hospital", "fire_station")


def access_network(world: World, sites: Sequence[SiteOnLeg]) -> AccessNetwork | None:
    """Return the roads of the built world with what each site blocks; None without roads.

    Hospitals, fire stations and settlements within 3 km of a site must keep a way out; the open
    network is what lies more than 6 km from every site, or its farthest tenth.
    """
    roads = world.roads
    if roads is None or not sites:
        return None
    lat, lon = roads.nodes.lat_deg, roads.nodes.lon_deg
    apart = _to_sites(lat, lon, sites)
    inner = roads.edges.component == 0
    main = np.unique(np.concatenate((roads.edges.from_node[inner], roads.edges.to_node[inner])))
    far = main[apart[main] > _OUTSIDE_M]
    if not len(far):
        far = main[apart[main] >= np.quantile(apart[main], 0.9)]
    nodes: dict[str, list[int]] = {}
    edges: dict[str, list[int]] = {}
    by_osm = {int(osm): number for number, osm in enumerate(roads.nodes.osm_id.tolist())}
    for site in sites:
        found = _node(site, by_osm, lat, lon)
        if found is not None:
            nodes[site.id] = [found]
        ways = {int(i[1:]) for i in (site.record or {}).get("osm_ids", ()) if i.startswith("w")}
        if ways and site.site_class == "bridge over":
            edges[site.id] = np.flatnonzero(np.isin(roads.edges.way_id, list(ways))).tolist()
    return AccessNetwork(
        node_count=len(lat),
        edge_from=roads.edges.from_node.astype(np.int64),
        edge_to=roads.edges.to_node.astype(np.int64),
        outside=far.astype(np.int64),
        closed_edges=edges,
        closed_nodes=nodes,
        places=_places(world, roads, sites),
    )


def _to_sites(
    lat: NDArray[np.float64], lon: NDArray[np.float64], sites: Sequence[SiteOnLeg]
) -> NDArray[np.float64]:
    nearest = np.full(len(lat), np.inf)
    for site in sites:
        nearest = np.minimum(nearest, np.asarray(distance_m(lat, lon, site.lat, site.lon)))
    return nearest


def _node(
    site: SiteOnLeg,
    by_osm: dict[int, int],
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
) -> int | None:
    """Return the node that a closed junction or crossing is."""
    told = site.id.rpartition(":")[2]
    if told.startswith("n") and told[1:].isdigit() and int(told[1:]) in by_osm:
        return by_osm[int(told[1:])]
    if site.site_class not in ("road junction", "road level crossing", "level crossing"):
        return None
    apart = np.asarray(distance_m(lat, lon, site.lat, site.lon))
    nearest = int(np.argmin(apart))
    return nearest if apart[nearest] <= _SAME_M else None


def _places(
    world: World, roads: RoadNetwork, sites: Sequence[SiteOnLeg]
) -> tuple[AccessPlace, ...]:
    found: list[AccessPlace] = []

    def add(name: str, kind: str, lat: float, lon: float) -> None:
        apart = np.asarray(distance_m(roads.nodes.lat_deg, roads.nodes.lon_deg, lat, lon))
        if min(float(distance_m(lat, lon, site.lat, site.lon)) for site in sites) <= _AROUND_M:
            found.append(AccessPlace(name, kind, int(np.argmin(apart))))

    havens = roads.havens
    for number in range(len(havens.lat_deg)):
        kind = HAVEN_KINDS[int(havens.kind[number])]
        if kind in _MUST_REACH:
            told = kind.replace("_", " ")
            name = roads.text[havens.name[number]] or told
            add(name, told, float(havens.lat_deg[number]), float(havens.lon_deg[number]))
    table = world.pack.places
    middle = sites[len(sites) // 2]
    near = np.asarray(distance_m(table.lat_deg, table.lon_deg, middle.lat, middle.lon))
    for number in np.flatnonzero(near < _SETTLEMENTS_M).tolist():
        add(
            str(table.name[number]), "settlement",
            float(table.lat_deg[number]), float(table.lon_deg[number]),
        )  # fmt: skip
    return tuple(sorted(found, key=lambda p: (p.kind, p.name, p.node)))
