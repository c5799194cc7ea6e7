"""The part of the road graph that a short leg can need.

Preparing the world's roads for searching takes longer than all else in a short leg.  A
disc around the leg's places is enough wherever its shortest way is provably the world's:
a way that leaves the disc is at least twice as long as the disc reaches beyond its places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.world.graph import Graph
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from retinue.road.request import PlaceLike

__all__ = ["Region", "region_of"]

_FARTHEST_M = 300_000.0  # legs that spread wider search the whole graph
_MARGIN_M = 150_000.0
_ROUNDING = 0.95  # positions are rounded, so an edge may seem longer than it is


@dataclass(frozen=True, eq=False)
class Region:
    """A disc of the graph.

    Attributes
    ----------
    graph
        The nodes inside the disc and the edges between them.
    beyond_m
        A way between the leg's places that leaves the disc is at least this long.
    """

    graph: Graph
    beyond_m: float

    def settles(self, way_m: float, access_m: float) -> bool:
        """Return whether no way outside the disc can be shorter.

        Parameters
        ----------
        way_m
            Length of the way found, access roads included.
        access_m
            Length of its access roads: the way on the graph begins and ends off the places.
        """
        return way_m + access_m <= self.beyond_m


def region_of(graph: Graph, places: Sequence[PlaceLike]) -> Region | None:
    """Return the disc around some places, or None where they lie too far apart."""
    lat = float(np.mean([place.lat for place in places]))
    lon = places[0].lon + float(
        np.mean([(place.lon - places[0].lon + 180.0) % 360.0 - 180.0 for place in places])
    )
    spread = max(float(distance_m(lat, lon, place.lat, place.lon)) for place in places)
    if spread > _FARTHEST_M / 2:
        return None
    margin = max(_MARGIN_M, 2.0 * spread)
    radius = spread + margin
    inside = np.zeros(graph.node_count, np.bool_)
    band = np.flatnonzero(np.abs(graph.lat_deg - lat) <= radius / 110_000.0)
    inside[band] = distance_m(lat, lon, graph.lat_deg[band], graph.lon_deg[band]) <= radius
    kept = np.flatnonzero(inside)
    if len(kept) == 0:
        return None
    number = np.full(graph.node_count, -1, np.int32)
    number[kept] = np.arange(len(kept), dtype=np.int32)
    edges = np.flatnonzero(inside[graph.edge_from] & inside[graph.edge_to])
    part = Graph(
        graph.lat_deg[kept],
        graph.lon_deg[kept],
        number[graph.edge_from[edges]],
        number[graph.edge_to[edges]],
        graph.edge_length_m[edges],
        component=graph.component[kept],
        node_country=graph.node_country[kept],
        country_codes=graph.country_codes,
        name=graph.name,
    )
    return Region(part, 2.0 * margin * _ROUNDING)
