"""Severance: places that lose every way out while closures overlap.

Closures are taken to block what passes the site: edges (a crossing) and nodes (a junction).  At
every moment at which the set of closed sites changes, the places are asked whether a way leads
from them to the open network outside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.plan.closure import SeveredAccess

if TYPE_CHECKING:
    from retinue.plan.closure import Closure

__all__ = ["AccessNetwork", "AccessPlace", "severed_access"]


@dataclass(frozen=True)
class AccessPlace:
    """A place that must stay within reach: a settlement, a hospital."""

    name: str
    kind: str
    node: int


@dataclass(frozen=True, eq=False)
class AccessNetwork:
    """Roads about the sites.

    Attributes
    ----------
    edge_from, edge_to
        Nodes of each road, shape (m,).
    outside
        Nodes through which one leaves the area (its rim, or the largest part of it), shape (k,).
    closed_edges, closed_nodes
        By id of a site, what its closure blocks.
    """

    node_count: int
    edge_from: NDArray[np.int64]
    edge_to: NDArray[np.int64]
    outside: NDArray[np.int64]
    closed_edges: Mapping[str, Sequence[int]]
    closed_nodes: Mapping[str, Sequence[int]]
    places: tuple[AccessPlace, ...]


def severed_access(
    network: AccessNetwork,
    closures: Sequence[Closure],
    known: dict[frozenset[str], frozenset[int]] | None = None,
) -> tuple[SeveredAccess, ...]:
    """Return the places without any way out, from when until when, and what would mend it.

    Parameters
    ----------
    known
        Places cut off by sets of sites, kept from one call to the next over one network.
    """
    known = {} if known is None else known
    blocking = [
        c for c in closures if c.site in network.closed_edges or c.site in network.closed_nodes
    ]
    moments = sorted({t for c in blocking for t in (c.close.planned_utc, c.open.planned_utc)})
    open_since: dict[int, tuple[float, frozenset[str]]] = {}
    found: list[SeveredAccess] = []
    always = _cut_off(network, frozenset())

    def end(number: int, at: float) -> None:
        since, names = open_since.pop(number)
        found.append(_record(network, number, since, at, names, blocking))

    for moment in moments:
        closed = [c for c in blocking if c.close.planned_utc <= moment < c.open.planned_utc]
        sites = frozenset(c.site for c in closed)
        if sites not in known:
            known[sites] = _cut_off(network, sites) - always
        cut = known[sites]
        for number in [n for n in open_since if n not in cut]:
            end(number, moment)
        for number in sorted(cut):
            since, names = open_since.get(number, (moment, frozenset()))
            open_since[number] = (since, names | {c.id for c in closed})
    assert not open_since, "every closure opens again"
    return tuple(sorted(found, key=lambda s: (s.from_utc, s.place)))


def _cut_off(network: AccessNetwork, sites: frozenset[str]) -> frozenset[int]:
    """Return the numbers of the places that no way leads out of."""
    root = np.arange(network.node_count)

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = int(root[node])
        return node

    edges = {e for site in sites for e in network.closed_edges.get(site, ())}
    nodes = {n for site in sites for n in network.closed_nodes.get(site, ())}
    pairs = zip(network.edge_from.tolist(), network.edge_to.tolist(), strict=True)
    for number, (a, b) in enumerate(pairs):
        if number not in edges and a not in nodes and b not in nodes:
            root[find(a)] = find(b)
    free = {find(int(node)) for node in network.outside.tolist() if node not in nodes}
    return frozenset(
        number
        for number, place in enumerate(network.places)
        if place.node in nodes or find(place.node) not in free
    )


def _record(
    network: AccessNetwork,
    number: int,
    since: float,
    until: float,
    names: frozenset[str],
    closures: Sequence[Closure],
) -> SeveredAccess:
    place = network.places[number]
    involved = [c for c in closures if c.id in names]
    # The one that costs its users least to keep open for local traffic under a guard.
    shortest = min(involved, key=lambda c: (c.hold_s, c.id))
    return SeveredAccess(
        place=place.name,
        kind=place.kind,
        from_utc=since,
        until_utc=until,
        closures=tuple(sorted(names)),
        cure=(
            f"station an ambulance inside for the {(until - since) / 60:.0f} min, or let vehicles"
            f" for {place.name} across at {shortest.place} until its last safe moment"
        ),
    )
