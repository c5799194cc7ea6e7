"""Ways over the world pack's rail graph: the foot of a stop, and the way between two feet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import NoPlan
from retinue.traffic.foot import feet_on_edges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.world.graph import Graph

__all__ = ["PackFoot", "PackRail", "PackWay"]

_MARGIN_DEG = 0.5


@dataclass(frozen=True)
class PackFoot:
    """Where a stop stands on the pack's rail graph.

    Attributes
    ----------
    first, second
        The nodes of the edge.
    share
        Where between them, 0 at the first.
    edge_m
        The edge's length.
    error_m
        From the stop to its foot.
    """

    first: int
    second: int
    share: float
    edge_m: float
    error_m: float


@dataclass(frozen=True)
class PackWay:
    """The way between two feet: whole edges, the feet lying on the first and on the last.

    Attributes
    ----------
    nodes
        Numbers of the pack's nodes; the first foot lies between the first two, the last between
        the last two.
    edge_m
        Lengths of the edges between them.
    start_share, end_share
        Where on the first and on the last edge, in running direction.
    length_m
        From foot to foot.
    """

    nodes: list[int]
    edge_m: list[float]
    start_share: float
    end_share: float
    length_m: float


class PackRail:
    """The rail graph round the stops of a feed.

    Parameters
    ----------
    graph
        The pack's rail graph.
    lat, lon
        Positions of the stops: edges farther than half a degree from all of them are not
        looked at.
    """

    def __init__(self, graph: Graph, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> None:
        self.graph = graph
        near = (
            (graph.lat_deg > lat.min() - _MARGIN_DEG)
            & (graph.lat_deg < lat.max() + _MARGIN_DEG)
            & (graph.lon_deg > lon.min() - _MARGIN_DEG)
            & (graph.lon_deg < lon.max() + _MARGIN_DEG)
        )
        self._edges = np.flatnonzero(near[graph.edge_from] & near[graph.edge_to])
        one, two = graph.edge_from[self._edges], graph.edge_to[self._edges]
        self._ends = (
            graph.lat_deg[one], graph.lon_deg[one], graph.lat_deg[two], graph.lon_deg[two]
        )  # fmt: skip
        self._ways: dict[tuple[int, int], tuple[list[int], list[float]] | None] = {}

    def foot(self, lat: float, lon: float) -> PackFoot | None:
        """Return the nearest place of the graph; None where there is no edge at all near."""
        if not len(self._edges):
            return None
        away, share = feet_on_edges(lat, lon, *self._ends)
        best = int(np.argmin(away))
        edge = int(self._edges[best])
        graph = self.graph
        return PackFoot(
            int(graph.edge_from[edge]), int(graph.edge_to[edge]), float(share[best]),
            float(graph.edge_length_m[edge]), float(away[best]),
        )  # fmt: skip

    def way(self, start: PackFoot, end: PackFoot) -> PackWay | None:
        """Return the shortest way between two feet; None where none connects them."""
        best: PackWay | None = None
        same = {start.first, start.second} == {end.first, end.second}
        if same:
            at = end.share if end.first == start.first else 1.0 - end.share
            forward = at >= start.share
            nodes = [start.first, start.second] if forward else [start.second, start.first]
            shares = (start.share, at) if forward else (1.0 - start.share, 1.0 - at)
            length = abs(at - start.share) * start.edge_m
            return PackWay(nodes, [start.edge_m], *shares, length)
        for leave, before, rest in (
            (start.second, start.first, 1.0 - start.share),
            (start.first, start.second, start.share),
        ):
            for reach, after, part in (
                (end.first, end.second, end.share),
                (end.second, end.first, 1.0 - end.share),
            ):
                middle = self._between(leave, reach)
                if middle is None:
                    continue
                nodes, edge_m = middle
                if len(nodes) > 1 and (nodes[1] == before or nodes[-2] == after):
                    continue  # would turn back on the stop's own edge; the other end is shorter
                length = rest * start.edge_m + sum(edge_m) + part * end.edge_m
                if best is None or length < best.length_m:
                    best = PackWay(
                        [before, *nodes, after], [start.edge_m, *edge_m, end.edge_m],
                        1.0 - rest, part, length,
                    )  # fmt: skip
        return best

    def _between(self, one: int, two: int) -> tuple[list[int], list[float]] | None:
        if one == two:
            return [one], []
        key = (one, two) if one < two else (two, one)
        if key not in self._ways:
            try:
                path = self.graph.shortest_path(*key)
                nodes = [int(n) for n in path.nodes]
                self._ways[key] = nodes, [float(self.graph.edge_length_m[e]) for e in path.edges]
            except NoPlan:
                self._ways[key] = None
        found = self._ways[key]
        if found is None or (one, two) == key:
            return found
        return found[0][::-1], found[1][::-1]
