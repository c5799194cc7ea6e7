"""Which roads hang together, and which scraps of road no journey should begin on."""

from __future__ import annotations

import numpy as np

from retinue.world.graph_kernel import component_roots
from retinue.world.road_network import RoadNetwork
from retinue.world.road_turns import road_moves, state_faults

__all__ = ["SCRAP_M", "mark_pieces"]

SCRAP_M = 2_000.0
"""Roads that hang together and are shorter than this, and than half of the longest, are scraps."""


def mark_pieces(network: RoadNetwork) -> None:
    """Fill the columns ``component`` and ``scrap`` of the edges, in place.

    Edges hang together where a car may turn from one into the other, in either direction.
    Scraps are islands behind gates, parking decks and what the extract's edge cut off;
    closed roads are scraps too.
    """
    edges = network.edges
    count = len(edges)
    moves = road_moves(network)
    one = np.ascontiguousarray(moves.parent[moves.graph.tail] >> 1, np.int32)
    two = np.ascontiguousarray(moves.parent[moves.graph.head] >> 1, np.int32)
    roots = component_roots(count, one, two)
    metres = np.bincount(roots, weights=edges.length_m, minlength=count)
    found = np.unique(roots)
    order = found[np.lexsort((found, -metres[found]))]
    number = np.zeros(count, np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    edges.component[:] = number[roots]
    is_open = (state_faults(network).reshape(-1, 2) == 0).any(axis=1)
    longest = float(metres[roots[is_open]].max(initial=0.0))
    edges.scrap[:] = ~is_open | (metres[roots] < min(SCRAP_M, longest / 2.0))
