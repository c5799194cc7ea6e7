"""Travel of teams between posts: over the roads of a built world, else as the crow flies."""

from __future__ import annotations

import heapq
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.plan import Assumption
from retinue.protection.duties import TravelMatrix
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from retinue.protection.duties import Travel
    from retinue.world.road_network import RoadNetwork

__all__ = ["CROW_ASSUMPTION", "OverRoads", "as_the_crow_flies"]

_DETOUR = 1.3
_SPEED_MPS = 50 / 3.6
_ACCESS_MPS = 5.0  # from a road to a post beside it
_CLOSED = 2  # `RoadEdgeTable.oneway` of a closed road
_LEAST_MPS = 1.0

CROW_ASSUMPTION = Assumption(
    subject="teams",
    what="travel between posts",
    value=f"{_DETOUR:g} times the straight distance at {_SPEED_MPS * 3.6:.0f} km/h",
    because="no road network covers the posts; detour factor of Ballou, Rahardja and Sakai 2002,"
    " speed a planning value",
)


def as_the_crow_flies() -> Travel:
    """Return travel by straight distance, detour factor and a mean speed."""

    def travel(begins: NDArray[np.float64], ends: NDArray[np.float64]) -> TravelMatrix:
        apart = distance_m(
            ends[:, None, 0], ends[:, None, 1], begins[None, :, 0], begins[None, :, 1]
        )
        metres = np.rint(np.asarray(apart) * _DETOUR).astype(np.int64)
        seconds = np.rint(np.asarray(apart) * _DETOUR / _SPEED_MPS).astype(np.int64)
        return TravelMatrix(seconds, metres)

    return travel


class OverRoads:
    """Shortest travel of an ordinary car over the roads of a built world.

    One-way streets hold; turns cost nothing.  Where no road leads from one post to another the
    straight way is taken.

    Parameters
    ----------
    roads
        The network.
    """

    def __init__(self, roads: RoadNetwork) -> None:
        self.roads = roads

    @cached_property
    def _arms(self) -> list[list[tuple[int, float, float]]]:
        """By node the next nodes, with seconds and metres."""
        table = self.roads.edges
        arms: list[list[tuple[int, float, float]]] = [[] for _ in self.roads.nodes.lat_deg]
        columns = zip(
            table.from_node.tolist(), table.to_node.tolist(), table.length_m.tolist(),
            table.oneway.tolist(), table.speed_forward.tolist(), table.speed_backward.tolist(),
            strict=True,
        )  # fmt: skip
        for begin, end, length, oneway, ahead, back in columns:
            if oneway == _CLOSED:
                continue
            if oneway != -1:
                arms[begin].append((end, length / max(ahead, _LEAST_MPS), length))
            if oneway != 1:
                arms[end].append((begin, length / max(back, _LEAST_MPS), length))
        return arms

    def __call__(self, begins: NDArray[np.float64], ends: NDArray[np.float64]) -> TravelMatrix:
        """Return the travel from the end of each place to the begin of each."""
        crow = as_the_crow_flies()(begins, ends)
        targets, to_m = self._nodes(begins)
        sources, from_m = self._nodes(ends)
        seconds, metres = crow.seconds.copy(), crow.metres.copy()
        for node in np.unique(sources).tolist():
            taken, along = self._from(int(node), frozenset(targets.tolist()))
            for i in np.flatnonzero(sources == node).tolist():
                for j, target in enumerate(targets.tolist()):
                    if target in taken:
                        access = from_m[i] + to_m[j]
                        seconds[i, j] = round(taken[target] + access / _ACCESS_MPS)
                        metres[i, j] = round(along[target] + access)
        same = np.all(begins[None, :, :] == ends[:, None, :], axis=2)
        seconds[same], metres[same] = 0, 0
        return TravelMatrix(seconds, metres)

    def _nodes(self, points: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the nearest node of the connected network for each point, and how far it is."""
        table = self.roads.edges
        inner = table.component == 0
        known = np.unique(np.concatenate((table.from_node[inner], table.to_node[inner])))
        lat, lon = self.roads.nodes.lat_deg[known], self.roads.nodes.lon_deg[known]
        found, apart = [], []
        for point in points:
            distance = np.asarray(distance_m(lat, lon, point[0], point[1]))
            nearest = int(np.argmin(distance))
            found.append(int(known[nearest]))
            apart.append(float(distance[nearest]))
        return np.array(found, np.int64), np.array(apart)

    def _from(
        self, source: int, targets: frozenset[int]
    ) -> tuple[dict[int, float], dict[int, float]]:
        """Return seconds and metres to the targets (Dijkstra)."""
        best = {source: 0.0}
        length = {source: 0.0}
        done: dict[int, float] = {}
        missing = set(targets)
        queue = [(0.0, source)]
        while queue and missing:
            time, node = heapq.heappop(queue)
            if node in done:
                continue
            done[node] = time
            missing.discard(node)
            for other, more, metres in self._arms[node]:
                if time + more < best.get(other, np.inf):
                    best[other] = time + more
                    length[other] = length[node] + metres
                    heapq.heappush(queue, (time + more, other))
        return {t: done[t] for t in targets if t in done}, length
