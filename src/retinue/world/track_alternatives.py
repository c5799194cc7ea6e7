"""Other routes than the best: dissimilar ones, and a reserve that shares least with it.

Two routes are compared by the track that they have in common, in metres.  What counts as
common is either the very track, or the *corridor*: everything within `CORRIDOR_M` of it, so
that the parallel track of a double line is no alternative when the line is blocked.

Dissimilar alternatives are found by penalties: what earlier routes use is made dearer, round
by round, and a route is kept only if its similarity to every kept one is at most the bound
(the shared share of the shorter of the two).  The bound therefore holds for the result without
exception; which of all routes under the bound are found, and whether all, is not promised
(finding the best ones is NP-hard: Chondrogiannis et al. 2020, "Finding k-shortest paths with
limited overlap").

The reserve is exact: each metre shared with the main route costs more than any time, so the
cheapest route shares least, and among those it is the fastest.  Nothing shared means disjoint.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from retinue.world.sphere import EARTH_RADIUS_M
from retinue.world.track_limits import TrainLimits
from retinue.world.track_route import TrackRoute, TrackStop
from retinue.world.track_search import Question, TrackRouter

__all__ = ["CORRIDOR_M", "Apart", "RouteChoices"]

CORRIDOR_M = 40.0
"""Side of the cells of a corridor; tracks nearer than that are the same line."""
_SAMPLE_M = 20.0
_PENALTY = 0.4
_ROUNDS_EACH = 6
_SHARED_S_PER_M = 1000.0
"""A metre shared costs as much as this time: more than a metre of any way around the Earth."""

Apart = Literal["track", "corridor"]
Floats = NDArray[np.float64]


class RouteChoices:
    """Alternatives and reserves on the network of a router."""

    def __init__(self, router: TrackRouter) -> None:
        self.router = router
        self.network = router.network

    @cached_property
    def _cells(self) -> tuple[NDArray[np.int32], NDArray[np.int64], Floats]:
        """Return samples of all edges: edge, cell (two 32-bit halves) and metres each."""
        shapes, edges = self.network.shapes, self.network.edges
        start = np.asarray(edges.shape_start)
        length = np.asarray(edges.length_m)
        count = np.maximum(np.ceil(length / _SAMPLE_M).astype(np.int64), 1)
        edge = np.repeat(np.arange(len(length), dtype=np.int32), count)
        first = np.concatenate(([0], np.cumsum(count)))[:-1]
        share = (np.arange(len(edge)) - first[edge] + 0.5) / count[edge]
        # One interpolation for all: distances of one edge behind those of the edge before.
        offset = np.concatenate(([0.0], np.cumsum(length + 1.0)))[:-1]
        along = np.asarray(shapes.distance_m) + np.repeat(offset, np.diff(start))
        at = offset[edge] + share * length[edge]
        lat = np.interp(at, along, shapes.lat_deg)
        lon = np.interp(at, along, shapes.lon_deg)
        # Mercator has no seams; one scale, that of the middle of the network, will do.
        y = np.arcsinh(np.tan(np.radians(lat)))
        side = CORRIDOR_M / EARTH_RADIUS_M / np.cos(np.radians(np.median(lat)))
        row = np.floor(y / side).astype(np.int64)
        column = np.floor(np.radians(lon) / side).astype(np.int64)
        return edge, (row << 32) + column, (length / count)[edge]

    def overlap_m(self, route: TrackRoute, apart: Apart) -> Floats:
        """Return for each edge how many of its metres a route has in common with it."""
        found = np.zeros(len(self.network.edges))
        used = route.edge_lengths_m
        if apart == "track":
            found[list(used)] = list(used.values())
            return found
        edge, cell, metres = self._cells
        on_route = np.zeros(len(found), np.bool_)
        on_route[list(used)] = True
        own = np.unique(cell[on_route[edge]])
        around = [own + (down << 32) + right for down in (-1, 0, 1) for right in (-1, 0, 1)]
        inside = np.isin(cell, np.unique(np.concatenate(around)))
        total = np.bincount(edge[inside], weights=metres[inside], minlength=len(found))
        return np.asarray(total, np.float64)

    def shared_m(self, route: TrackRoute, overlap_m: Floats) -> float:
        """Return how much of a route lies in an overlap; of an edge run in part, at most."""
        return float(
            sum(min(run_m, float(overlap_m[e])) for e, run_m in route.edge_lengths_m.items())
        )

    def similarity(self, one: TrackRoute, two: TrackRoute, apart: Apart = "track") -> float:
        """Return the greater shared share of two routes, of the length of the shorter: 0 to 1."""
        shorter = min(sum(route.edge_lengths_m.values()) for route in (one, two))
        if shorter <= 0.0:
            return 1.0
        common = max(
            self.shared_m(two, self.overlap_m(one, apart)),
            self.shared_m(one, self.overlap_m(two, apart)),
        )
        return min(common / shorter, 1.0)

    def alternatives(
        self,
        train: TrainLimits,
        stops: Sequence[TrackStop],
        *,
        count: int = 3,
        most_similar: float = 0.6,
        apart: Apart = "corridor",
        question: Question | None = None,
    ) -> list[TrackRoute]:
        """Return the best route and others that are at most so similar to each other.

        Returns
        -------
        list
            Empty where there is no route, else at most ``count``, by cost; any two of them
            have a `similarity` of at most ``most_similar``.
        """
        question = question or Question()
        best = self.router.route(train, stops, question)
        if best is None:
            return []
        kept = [best]
        time = self.router.tracks_for(train).time_s
        second_per_m = np.minimum(time[0::2], time[1::2]) / np.maximum(
            self.network.edges.length_m, 1e-9
        )
        penalty = np.zeros(len(self.network.edges))
        penalty += _PENALTY * second_per_m * self.overlap_m(best, apart)
        for _ in range(_ROUNDS_EACH * (count - 1)):
            if len(kept) >= count:
                break
            extra = penalty if question.extra_s is None else penalty + question.extra_s
            found = self.router.route(train, stops, replace(question, extra_s=extra))
            if found is None:
                break
            if all(self.similarity(found, other, apart) <= most_similar for other in kept):
                kept.append(self._priced(train, found, question))
            penalty += _PENALTY * second_per_m * self.overlap_m(found, apart)
        return [best, *sorted(kept[1:], key=lambda route: route.cost_s)]

    def _priced(self, train: TrainLimits, route: TrackRoute, question: Question) -> TrackRoute:
        """Return a route with the cost that it has without the penalties of its search."""
        tracks = self.router.tracks_for(train)
        costs, _ = tracks.searched(question.extra_s, question.closed)
        return replace(route, cost_s=route.free_flow_s + tracks.penalties_s(route, costs))

    def reserve(
        self,
        train: TrainLimits,
        stops: Sequence[TrackStop],
        main: TrackRoute,
        *,
        apart: Apart = "track",
        question: Question | None = None,
    ) -> TrackRoute | None:
        """Return the route that shares least with the main one, and of those the fastest.

        ``shared_m`` and ``shared`` say what it shares; both ends stand on the same track,
        so a route that shares nothing but the edges of its ends is disjoint.
        """
        question = question or Question()
        overlap = self.overlap_m(main, apart)
        extra = _SHARED_S_PER_M * overlap
        if question.extra_s is not None:
            extra = extra + question.extra_s
        found = self.router.route(train, stops, replace(question, extra_s=extra))
        if found is None:
            return None
        shared = tuple(
            (edge, min(float(overlap[edge]), run_m))
            for edge, run_m in found.edge_lengths_m.items()
            if overlap[edge] > 0.0
        )
        found = self._priced(train, found, question)
        return replace(found, shared=shared, shared_m=sum(metres for _, metres in shared))

    @staticmethod
    def is_disjoint(main: TrackRoute, reserve: TrackRoute) -> bool:
        """Return whether a reserve shares nothing but the edges where its ends stand."""
        ends = {main.runs[0].pieces[0].edge, main.runs[-1].pieces[-1].edge}
        return all(edge in ends for edge, _ in reserve.shared)
