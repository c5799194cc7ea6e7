"""Borders closed to traffic, as a mask of edges that a path may not use.

Each node of a graph knows its country, so an edge crosses a border where its two ends
differ.  A closed border closes all such edges except near the crossing points that are
stated to be open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError
from retinue.world.graph import Graph
from retinue.world.sphere import distance_m

__all__ = ["OPEN_WITHIN_M", "BorderEdges", "OpenCrossing"]

OPEN_WITHIN_M = 10_000.0
"""How far an edge may lie from an open crossing point and still be it (m)."""


@dataclass(frozen=True)
class OpenCrossing:
    """A place where a border can be crossed.

    Attributes
    ----------
    lat_deg, lon_deg
        Where it is.
    within_m
        Edges that cross a border nearer than this belong to it.
    """

    lat_deg: float
    lon_deg: float
    within_m: float = OPEN_WITHIN_M


class BorderEdges:
    """The edges of a graph whose ends lie in different countries.

    Parameters
    ----------
    graph
        A graph whose nodes know their countries.

    Attributes
    ----------
    edges
        Their numbers, shape (k,).
    lat_deg, lon_deg
        Their middles, shape (k,).

    Notes
    -----
    Nodes of no country (far at sea) close nothing.
    """

    def __init__(self, graph: Graph) -> None:
        country = graph.node_country
        one, two = country[graph.edge_from], country[graph.edge_to]
        self.edges = np.flatnonzero((one != two) & (one != 0) & (two != 0))
        self._graph = graph
        self._one, self._two = one[self.edges], two[self.edges]
        a, b = graph.edge_from[self.edges], graph.edge_to[self.edges]
        self.lat_deg = (graph.lat_deg[a] + graph.lat_deg[b]) / 2
        turn = np.abs(graph.lon_deg[a] - graph.lon_deg[b]) > 180.0
        self.lon_deg = (graph.lon_deg[a] + graph.lon_deg[b]) / 2 + np.where(turn, 180.0, 0.0)
        # The point nearest to a crossing may be anywhere on the edge.
        self._half_m = (
            distance_m(graph.lat_deg[a], graph.lon_deg[a], graph.lat_deg[b], graph.lon_deg[b]) / 2
        )

    def countries(self) -> list[tuple[str, str]]:
        """Return the two countries of each of the edges, in the order of its ends."""
        codes = self._graph.country_codes
        return [(codes[a], codes[b]) for a, b in zip(self._one, self._two, strict=True)]

    def closed(
        self,
        pairs: Iterable[tuple[str, str]] | None,
        *,
        open_crossings: Sequence[OpenCrossing] = (),
        open_pairs: Iterable[tuple[str, str]] = (),
    ) -> NDArray[np.bool_]:
        """Return the mask of closed edges, shape (edges of the graph,).

        Parameters
        ----------
        pairs
            Country pairs (alpha-2, in either order) whose borders are closed; ``None``
            closes every border.
        open_crossings
            Crossing points that stay open all the same.
        open_pairs
            Country pairs that stay open everywhere.

        Raises
        ------
        InputError
            When a code is not of two letters.
        """
        codes = {code: number for number, code in enumerate(self._graph.country_codes)}
        size = len(codes)
        table = np.full((size, size), pairs is None, np.bool_)
        for chosen, value in ((pairs or (), True), (open_pairs, False)):
            for pair in chosen:
                for code in pair:
                    if len(code) != 2:
                        raise InputError(
                            f'"{code}" is not the code of a country',
                            cure="Give ISO 3166-1 alpha-2 codes such as KP and KR.",
                        )
                # A country without a node in the graph has no border in it either.
                if pair[0].upper() in codes and pair[1].upper() in codes:
                    a, b = codes[pair[0].upper()], codes[pair[1].upper()]
                    table[a, b] = table[b, a] = value
        shut = table[self._one, self._two]
        for crossing in open_crossings:
            away = distance_m(crossing.lat_deg, crossing.lon_deg, self.lat_deg, self.lon_deg)
            shut &= away > crossing.within_m + self._half_m
        mask = np.zeros(self._graph.edge_count, np.bool_)
        mask[self.edges[shut]] = True
        return mask
