"""One graph for rail and road: nearest nodes, shortest paths, mending links.

Lengths are the data's own, in metres, and not the straight distance between nodes.  All
searches are exact; what is closed (nodes, edges, areas, borders) is left out of them.
The search itself stands in `retinue.world.graph_search`, which is imported only when the
first path is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError, NoPlan, Reason
from retinue.world.component_gap import ComponentGap, nearest_gap
from retinue.world.graph_path import Link, Path
from retinue.world.pack_file import PartFile
from retinue.world.sphere import EARTH_RADIUS_M, distance_m

if TYPE_CHECKING:
    from retinue.world.graph_search import SearchCore

__all__ = ["ComponentGap", "Graph", "Link", "Path", "read_graph"]

Mask = NDArray[np.bool_]


class Graph:
    """Nodes joined by undirected edges with lengths.

    Parameters
    ----------
    lat_deg, lon_deg
        Positions of the nodes, shape (n,).
    edge_from, edge_to
        Nodes of each edge, shape (m,).
    edge_length_m
        Lengths, not negative, shape (m,).
    component
        Connected component of each node, shape (n,); 0 is the largest.
    node_country
        Per node an index into `country_codes`, shape (n,); 0 where unknown.
    country_codes
        ISO 3166-1 alpha-2 codes; the first is the empty string.
    name
        What the graph is, for messages: ``rail`` or ``road``.
    """

    def __init__(
        self,
        lat_deg: NDArray[np.float64],
        lon_deg: NDArray[np.float64],
        edge_from: NDArray[np.int32],
        edge_to: NDArray[np.int32],
        edge_length_m: NDArray[np.float64],
        *,
        component: NDArray[np.int32],
        node_country: NDArray[np.uint8] | None = None,
        country_codes: Sequence[str] = ("",),
        name: str = "graph",
    ) -> None:
        self.lat_deg = lat_deg
        self.lon_deg = lon_deg
        self.edge_from = edge_from
        self.edge_to = edge_to
        self.edge_length_m = edge_length_m
        self.component = component
        self.node_country = (
            np.zeros(len(lat_deg), np.uint8) if node_country is None else node_country
        )
        self.country_codes = list(country_codes)
        self.name = name
        self._gaps: dict[tuple[int, int], ComponentGap] = {}

    @classmethod
    def from_edges(
        cls,
        lat_deg: Sequence[float] | NDArray[np.float64],
        lon_deg: Sequence[float] | NDArray[np.float64],
        edges: Sequence[tuple[int, int, float]],
        name: str = "graph",
    ) -> Graph:
        """Make a graph of ``(node, node, length_m)`` triples, its components computed."""
        lat, lon = np.asarray(lat_deg, np.float64), np.asarray(lon_deg, np.float64)
        # An edge from a node to itself shortens nothing.
        kept = [(a, b, w) for a, b, w in edges if a != b]
        first = np.array([a for a, _, _ in kept], np.int32)
        second = np.array([b for _, b, _ in kept], np.int32)
        length = np.array([w for _, _, w in kept], np.float64)
        component = _components(len(lat), first, second)
        return cls(lat, lon, first, second, length, component=component, name=name)

    def __repr__(self) -> str:
        return f"Graph({self.name}, {self.node_count:,} nodes, {self.edge_count:,} edges)"

    @property
    def node_count(self) -> int:
        """Number of nodes."""
        return len(self.lat_deg)

    @property
    def edge_count(self) -> int:
        """Number of undirected edges."""
        return len(self.edge_from)

    @cached_property
    def component_sizes(self) -> NDArray[np.int64]:
        """Number of nodes of each component; 0 where a component was merged into another."""
        return np.bincount(self.component)

    @cached_property
    def _by_latitude(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        order = np.argsort(self.lat_deg, kind="stable")
        return order, self.lat_deg[order]

    @cached_property
    def _core(self) -> SearchCore:
        from retinue.world.graph_search import SearchCore

        return SearchCore.build(self)

    def nearest_nodes(
        self,
        lat_deg: float,
        lon_deg: float,
        *,
        component: int | None = None,
        k: int = 1,
        allowed: Mask | None = None,
    ) -> list[tuple[int, float]]:
        """Return the ``k`` nearest nodes, each with its great-circle distance in metres.

        Parameters
        ----------
        lat_deg, lon_deg
            The point.
        component
            Look only among the nodes of this component.
        k
            How many; fewer come back where there are fewer.
        allowed
            Look only among these nodes, shape (n,).
        """
        order, sorted_lat = self._by_latitude
        reach = 0.05
        while True:
            low, high = np.searchsorted(sorted_lat, (lat_deg - reach, lat_deg + reach))
            near = order[low:high]
            if component is not None:
                near = near[self.component[near] == component]
            if allowed is not None:
                near = near[allowed[near]]
            metres = distance_m(lat_deg, lon_deg, self.lat_deg[near], self.lon_deg[near])
            best = np.lexsort((near, metres))[:k]
            whole = reach > 180.0
            # Nodes outside the band are farther off than the band is wide.
            if whole or (len(best) == k and metres[best[-1]] <= np.radians(reach) * EARTH_RADIUS_M):
                return [(int(near[i]), float(metres[i])) for i in best]
            reach *= 4.0

    def nearest(
        self,
        lat_deg: float,
        lon_deg: float,
        *,
        component: int | None = None,
        allowed: Mask | None = None,
    ) -> tuple[int, float]:
        """Return the nearest node and its great-circle distance in metres.

        Raises
        ------
        InputError
            When no node qualifies.
        """
        found = self.nearest_nodes(lat_deg, lon_deg, component=component, allowed=allowed)
        if not found:
            raise InputError(
                f"the {self.name} graph has no node in component {component}",
                where=_place(lat_deg, lon_deg),
            )
        return found[0]

    def with_links(self, links: Sequence[Link], *, snap_m: float = 150.0) -> Graph:
        """Return the graph mended with links; this one stays as it is.

        Parameters
        ----------
        links
            Pieces of line to add.
        snap_m
            An end within this distance of a node is that node (positions in the graph are
            rounded to 1e-3 degrees); otherwise it becomes a node of its own.
        """
        lat: list[float] = []
        lon: list[float] = []
        fresh_edges: list[tuple[int, int, float]] = []
        country: list[int] = []

        def end(lat_deg: float, lon_deg: float) -> int:
            best, metres = self.nearest(lat_deg, lon_deg) if self.node_count else (-1, np.inf)
            for number, (y, x) in enumerate(zip(lat, lon, strict=True)):
                away = float(distance_m(lat_deg, lon_deg, y, x))
                if away < metres:
                    best, metres = self.node_count + number, away
            if metres <= snap_m:
                return best
            lat.append(lat_deg)
            lon.append(lon_deg)
            country.append(int(self.node_country[best]) if 0 <= best < self.node_count else 0)
            return self.node_count + len(lat) - 1

        for link in links:
            one = end(link.lat1_deg, link.lon1_deg)
            two = end(link.lat2_deg, link.lon2_deg)
            length = link.length_m
            if length is None:
                length = float(
                    distance_m(link.lat1_deg, link.lon1_deg, link.lat2_deg, link.lon2_deg)
                )
            if not (np.isfinite(length) and length >= 0.0):
                raise InputError(
                    f"a link has the length {length} m",
                    where=_place(link.lat1_deg, link.lon1_deg),
                    cure="Give a length of 0 m or more.",
                )
            if one != two:
                fresh_edges.append((one, two, length))
        return self._extended(lat, lon, country, fresh_edges)

    def _extended(
        self,
        lat: list[float],
        lon: list[float],
        country: list[int],
        edges: list[tuple[int, int, float]],
    ) -> Graph:
        fresh = int(self.component.max(initial=-1)) + 1
        component = np.concatenate(
            (self.component, np.arange(fresh, fresh + len(lat), dtype=np.int32))
        ).astype(np.int32)
        merged = np.arange(fresh + len(lat), dtype=np.int32)
        for one, two, _ in edges:
            a, b = int(merged[component[one]]), int(merged[component[two]])
            merged[merged == max(a, b)] = min(a, b)
        first = [one for one, _, _ in edges]
        second = [two for _, two, _ in edges]
        length = [metres for _, _, metres in edges]
        return Graph(
            np.concatenate((self.lat_deg, lat)),
            np.concatenate((self.lon_deg, lon)),
            np.concatenate((self.edge_from, np.array(first, np.int32))),
            np.concatenate((self.edge_to, np.array(second, np.int32))),
            np.concatenate((self.edge_length_m, np.array(length, np.float64))),
            component=merged[component],
            node_country=np.concatenate((self.node_country, np.array(country, np.uint8))),
            country_codes=self.country_codes,
            name=self.name,
        )

    def edges_touching(self, areas: Sequence[Any]) -> Mask:
        """Return which edges touch any of some shapely areas of (lon, lat), shape (m,)."""
        import shapely

        mask = np.zeros(self.edge_count, np.bool_)
        lat1, lat2 = self.lat_deg[self.edge_from], self.lat_deg[self.edge_to]
        lon1, lon2 = self.lon_deg[self.edge_from], self.lon_deg[self.edge_to]
        for area in areas:
            west, south, east, north = shapely.bounds(area)
            near = np.flatnonzero(
                (np.minimum(lat1, lat2) <= north)
                & (np.maximum(lat1, lat2) >= south)
                & (np.minimum(lon1, lon2) <= east)
                & (np.maximum(lon1, lon2) >= west)
                & (np.abs(lon1 - lon2) < 180.0)
            )
            ends = np.stack(
                (
                    np.column_stack((lon1[near], lat1[near])),
                    np.column_stack((lon2[near], lat2[near])),
                ),
                1,
            )
            shapely.prepare(area)
            mask[near] |= shapely.intersects(area, shapely.linestrings(ends))
        return mask

    def shortest_path(
        self,
        source: int,
        target: int,
        *,
        via: Sequence[int] = (),
        forbidden_nodes: Mask | None = None,
        forbidden_edges: Mask | None = None,
        forbidden_areas: Sequence[Any] = (),
        extra_links: Sequence[Link] = (),
    ) -> Path:
        """Return the shortest path, through every via node in order.

        Parameters
        ----------
        source, target
            Node numbers.
        via
            Nodes to pass, in this order; a path may turn back there (`Path.turn_backs`).
        forbidden_nodes, forbidden_edges
            True where the path may not go, shapes (n,) and (m,).
        forbidden_areas
            Shapely areas of (lon, lat) that no edge of the path may touch.
        extra_links
            Links for this path only; for more than one path use `with_links`.  Node
            numbers stay valid, masks are taken to be of this graph.

        Raises
        ------
        NoPlan
            With a reason of kind ``no-route``: the two components and the nearest gap
            between them when they are not connected, or what closed the way.
        InputError
            When a node number does not exist.
        """
        if extra_links:
            mended = self.with_links(extra_links)
            more_nodes = mended.node_count - self.node_count
            more_edges = mended.edge_count - self.edge_count
            return mended.shortest_path(
                source,
                target,
                via=via,
                forbidden_nodes=_padded(forbidden_nodes, more_nodes),
                forbidden_edges=_padded(forbidden_edges, more_edges),
                forbidden_areas=forbidden_areas,
            )
        stations = [source, *via, target]
        for node in stations:
            if not 0 <= node < self.node_count:
                raise InputError(f"the {self.name} graph has no node {node}")
        closed = self._closed_edges(forbidden_nodes, forbidden_edges, forbidden_areas)
        if forbidden_nodes is not None:
            for node in stations:
                if forbidden_nodes[node]:
                    raise self._no_route(source, target, f"node {node} is itself forbidden")
        nodes: list[NDArray[np.int32]] = [np.array([source], np.int32)]
        edges: list[NDArray[np.int32]] = []
        blocked = self._core.blocked(closed) if closed is not None else None
        for one, two in pairwise(stations):
            if self.component[one] != self.component[two]:
                raise self._unconnected(one, two)
            leg = self._core.route(one, two, blocked)
            if leg is None:
                raise self._no_route(one, two, "every way between them is closed")
            nodes.append(leg[0][1:])
            edges.append(leg[1])
        return self.path_of(np.concatenate(nodes), np.concatenate(edges))

    def path_of(self, nodes: NDArray[np.int32], edges: NDArray[np.int32]) -> Path:
        """Return the path along given nodes and the edges between them."""
        distance = np.zeros(len(nodes))
        np.cumsum(self.edge_length_m[edges], out=distance[1:])
        return Path(nodes, edges, self.lat_deg[nodes], self.lon_deg[nodes], distance)

    def _closed_edges(
        self, nodes: Mask | None, edges: Mask | None, areas: Sequence[Any]
    ) -> Mask | None:
        closed = None if edges is None else edges.copy()
        if nodes is not None:
            touching = nodes[self.edge_from] | nodes[self.edge_to]
            closed = touching if closed is None else closed | touching
        if areas:
            touching = self.edges_touching(areas)
            closed = touching if closed is None else closed | touching
        return closed

    def gap_between(self, first: int, second: int) -> ComponentGap:
        """Return the nearest pair of nodes of two components."""
        key = (min(first, second), max(first, second))
        if key not in self._gaps:
            self._gaps[key] = nearest_gap(self.lat_deg, self.lon_deg, self.component, *key)
        return self._gaps[key]

    def _unconnected(self, source: int, target: int) -> NoPlan:
        one, two = int(self.component[source]), int(self.component[target])
        gap = self.gap_between(one, two)
        sizes = self.component_sizes
        what = (
            f"the {self.name} graph does not connect them: component {one} "
            f"({sizes[one]:,} nodes) and component {two} ({sizes[two]:,} nodes) come no "
            f"nearer than {gap.distance_m:,.0f} m, between "
            f"{_place(gap.lat1_deg, gap.lon1_deg)} and {_place(gap.lat2_deg, gap.lon2_deg)}"
        )
        cure = "Add a link to the line book there, or choose a node of the other component."
        return NoPlan(
            f"No {self.name} route from {self._at(source)} to {self._at(target)}.",
            reasons=[Reason(what, self._at(source), cure, "no-route")],
        )

    def _no_route(self, source: int, target: int, why: str) -> NoPlan:
        return NoPlan(
            f"No {self.name} route from {self._at(source)} to {self._at(target)}.",
            reasons=[
                Reason(
                    f"the {self.name} graph connects them, but {why}",
                    self._at(source),
                    "Open a border crossing, shrink the forbidden area or change the via points.",
                    "no-route",
                )
            ],
        )

    def _at(self, node: int) -> str:
        return _place(float(self.lat_deg[node]), float(self.lon_deg[node]))


def _padded(mask: Mask | None, more: int) -> Mask | None:
    return None if mask is None else np.concatenate((mask, np.zeros(more, np.bool_)))


def _place(lat_deg: float, lon_deg: float) -> str:
    return (
        f"{abs(lat_deg):.3f} {'N' if lat_deg >= 0 else 'S'}, "
        f"{abs(lon_deg):.3f} {'E' if lon_deg >= 0 else 'W'}"
    )


def _components(
    count: int, first: NDArray[np.int32], second: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Return the connected component of each node, the largest numbered 0."""
    from retinue.world.graph_kernel import component_roots

    roots = component_roots(count, first, second)
    _, inverse, sizes = np.unique(roots, return_inverse=True, return_counts=True)
    rank = np.empty(len(sizes), np.int32)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes), dtype=np.int32)
    return rank[inverse].astype(np.int32)


def read_graph(part: PartFile, name: str) -> Graph:
    """Decode a graph of the pack."""
    lat = part.integers("lat") / 1000.0
    lon = part.integers("lon") / 1000.0
    first = np.repeat(np.arange(len(lat), dtype=np.int32), part.integers("edge_count"))
    second = (first + part.integers("edge_step")).astype(np.int32)
    codes: list[str] = part.json("country.values")["values"]
    return Graph(
        lat,
        lon,
        first,
        second,
        part.integers("edge_length_m").astype(np.float64),
        component=part.integers("component").astype(np.int32),
        node_country=part.integers("country").astype(np.uint8),
        country_codes=codes,
        name=name,
    )
