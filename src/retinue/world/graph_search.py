"""Shortest paths: a graph made ready for searching, and the search.

Most nodes of a line graph are shape: they have two neighbours, or hang on a dead end.
The *core* keeps only the junctions that remain when dead ends are stripped, joined by
*chains* that stand for the edges between two junctions.  A query leaves its source and
its target through the few edges around them (Dijkstra that never passes a junction),
crosses the core by A* with the great circle as the lower bound, and unpacks the chains
it used.  Nothing is approximated: every path is either free of junctions, and then found
by the first search, or has a first and a last junction with chains in between.  A closed
edge closes its chain; the bound only gets more cautious.

Arrays live from query to query and are told apart by a query number, not cleared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.world.graph_kernel import (
    arcs_of,
    chains_of,
    search_across,
    search_around,
    stripped_degree,
    trace,
    trace_core,
    walk,
)
from retinue.world.sphere import EARTH_RADIUS_M, unit_vectors

if TYPE_CHECKING:
    from retinue.world.graph import Graph

__all__ = ["SearchCore"]

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
_DIAMETER_M = 2.0 * EARTH_RADIUS_M


@dataclass
class SearchCore:
    """A graph made ready for searching, with the arrays that searches reuse."""

    lat_deg: Floats
    lon_deg: Floats
    first: Ints
    second: Ints
    length: Floats
    start: Ints
    head: Ints
    number: Ints
    core_of: Ints
    node_of: Ints
    chain_from: Ints
    chain_to: Ints
    chain_start: Ints
    chain_edges: Ints
    chain_of: Ints
    chain_length: Floats
    core_start: Ints
    core_head: Ints
    core_chain: Ints
    points: NDArray[np.float64]
    scale: float

    def __post_init__(self) -> None:
        nodes, junctions = len(self.core_of), len(self.node_of)
        self.stamp = 0
        self.opened = 0
        self._distance = (np.empty(nodes), np.empty(nodes))
        self._seen = (np.zeros(nodes, np.int32), np.zeros(nodes, np.int32))
        self._by = (np.empty(nodes, np.int32), np.empty(nodes, np.int32))
        self._reached = np.empty(nodes, np.int32)
        # Every push follows a strictly shorter way over one arc: arcs + seeds bound it.
        arcs = max(len(self.head), len(self.core_head)) + nodes + 1
        self._keys, self._items = np.empty(arcs), np.empty(arcs, np.int32)
        self._core_distance, self._core_rest = np.empty(junctions), np.empty(junctions)
        self._core_seen = np.zeros(junctions, np.int32)
        self._core_by = np.empty(junctions, np.int32)
        self._tail_m, self._tail_seen = np.empty(junctions), np.zeros(junctions, np.int32)
        self._open = np.zeros(0, np.bool_)

    @classmethod
    def build(cls, graph: Graph) -> SearchCore:
        """Prepare a graph."""
        first = np.ascontiguousarray(graph.edge_from, np.int32)
        second = np.ascontiguousarray(graph.edge_to, np.int32)
        length = np.ascontiguousarray(graph.edge_length_m, np.float64)
        start, head, number = arcs_of(graph.node_count, first, second)
        degree = stripped_degree(start, head)
        chain_from, chain_to, chain_start, chain_edges, chain_of, chain_length = chains_of(
            start, head, number, degree, length
        )
        node_of = np.flatnonzero(degree >= 3).astype(np.int32)
        core_of = np.full(graph.node_count, -1, np.int32)
        core_of[node_of] = np.arange(len(node_of), dtype=np.int32)
        core_from, core_to = core_of[chain_from], core_of[chain_to]
        core_start, core_head, core_chain = arcs_of(len(node_of), core_from, core_to)
        points = np.ascontiguousarray(unit_vectors(graph.lat_deg[node_of], graph.lon_deg[node_of]))
        # The data's lengths may fall short of the great circle (another radius, rounded
        # positions): scaled by the worst chain, the bound holds for every chain.
        chord = np.linalg.norm(points[core_from] - points[core_to], axis=1)
        air_m = _DIAMETER_M * np.arcsin(np.minimum(chord / 2.0, 1.0))
        apart = air_m > 0.0
        ratio = float(np.min(chain_length[apart] / air_m[apart], initial=1.0))
        return cls(
            lat_deg=graph.lat_deg,
            lon_deg=graph.lon_deg,
            first=first,
            second=second,
            length=length,
            start=start,
            head=head,
            number=number,
            core_of=core_of,
            node_of=node_of,
            chain_from=core_from,
            chain_to=core_to,
            chain_start=chain_start,
            chain_edges=chain_edges,
            chain_of=chain_of,
            chain_length=chain_length,
            core_start=core_start,
            core_head=core_head,
            core_chain=core_chain,
            points=points,
            # A hair less than the bound keeps rounding on the safe side.
            scale=ratio * _DIAMETER_M * (1.0 - 1e-9),
        )

    def blocked(self, closed: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return the closed edges with the chains that they close."""
        chains = np.zeros(len(self.chain_length), np.bool_)
        hit = self.chain_of[closed]
        chains[hit[hit >= 0]] = True
        return np.ascontiguousarray(closed), chains

    def _search_around(
        self, side: int, source: int, goal: int, closed: NDArray[np.bool_]
    ) -> tuple[Ints, Floats]:
        """Search from a node; return the junctions it reached and how far they are."""
        found = search_around(
            source,
            goal,
            self.stamp,
            self.start,
            self.head,
            self.number,
            self.length,
            self.core_of,
            closed,
            self._distance[side],
            self._seen[side],
            self._by[side],
            self._reached,
            self._keys,
            self._items,
        )
        junctions = self._reached[:found].copy()
        return self.core_of[junctions], self._distance[side][junctions]

    def route(
        self,
        source: int,
        target: int,
        blocked: tuple[NDArray[np.bool_], NDArray[np.bool_]] | None = None,
    ) -> tuple[Ints, Ints] | None:
        """Return nodes and edges of the shortest path, ``None`` where there is none.

        Parameters
        ----------
        source, target
            Nodes of one component.
        blocked
            What `blocked` returned for the closed edges.
        """
        closed, closed_chains = blocked if blocked is not None else (self._open, self._open)
        if self.stamp == np.iinfo(np.int32).max:
            self.__post_init__()
        self.stamp += 1
        begin, begin_m = self._search_around(0, source, target, closed)
        direct = self._seen[0][target] == self.stamp
        bound = float(self._distance[0][target]) if direct else np.inf
        last = -1
        if len(begin):
            end, end_m = self._search_around(1, target, source, closed)
            if len(end):
                last = self._cross(target, begin, begin_m, end, end_m, bound, closed_chains)
        first, second = self.first, self.second
        if last >= 0:
            entry, core_edges = trace_core(
                last,
                self._core_by,
                self.core_chain,
                self.chain_from,
                self.chain_to,
                self.chain_start,
                self.chain_edges,
            )
            near, far = self.node_of[entry], self.node_of[last]
            head = trace(near, source, self._by[0], self.number, first, second)
            tail = trace(far, target, self._by[1], self.number, first, second)
            edges = np.concatenate((head, core_edges, tail[::-1]))
        elif direct:
            edges = trace(target, source, self._by[0], self.number, first, second)
        else:
            return None
        return walk(source, edges, first, second), edges

    def _cross(
        self,
        target: int,
        begin: Ints,
        begin_m: Floats,
        end: Ints,
        end_m: Floats,
        bound: float,
        closed_chains: NDArray[np.bool_],
    ) -> int:
        """Cross the core; return the junction where the path leaves it, or -1."""
        spot = unit_vectors(self.lat_deg[target : target + 1], self.lon_deg[target : target + 1])[0]
        chord = np.linalg.norm(self.points[end] - spot, axis=1)
        # The bound is sound between junctions only: the ways from the last junction to the
        # target may undercut it, so it is lowered by the most that one of them does.
        spare = np.max(self.scale * np.arcsin(np.minimum(chord / 2.0, 1.0)) - end_m, initial=0.0)
        goal = np.array([*spot, self.scale, spare])
        _, last, self.opened = search_across(
            self.stamp,
            begin,
            begin_m,
            end,
            end_m,
            bound,
            goal,
            self.core_start,
            self.core_head,
            self.core_chain,
            self.chain_length,
            closed_chains,
            self.points,
            self._core_distance,
            self._core_rest,
            self._core_seen,
            self._core_by,
            self._tail_m,
            self._tail_seen,
            self._keys,
            self._items,
        )
        return int(last)
