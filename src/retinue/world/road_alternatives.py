"""Other roads than the quickest: routes that share little with it and with each other.

Two routes are compared by the road that they have in common, in metres, in whatever direction;
similarity is the shared length over that of the shorter of the two.

Alternatives are found by penalties, as those of tracks (`track_alternatives`): what earlier
routes use is made dearer, round by round, and a route is kept only if its similarity to every
kept one is at most the bound.  The bound holds for the result without exception; which of all
routes under the bound are found, and whether all, is not promised (finding the best ones is
NP-hard: Chondrogiannis et al. 2020, "Finding k-shortest paths with limited overlap").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError
from retinue.world.road_route import RoadRoute, RoadVehicleLimits
from retinue.world.road_search import RoadQuestion, RoadRouter
from retinue.world.road_trace import traced

__all__ = ["RoadChoices", "similarity"]

_PENALTY = 0.5
_ROUNDS_EACH = 8

Floats = NDArray[np.float64]
LatLon = tuple[float, float]


def _metres(route: RoadRoute) -> dict[int, float]:
    found: dict[int, float] = {}
    for run in route.runs:
        found[run.edge] = found.get(run.edge, 0.0) + run.end_m - run.begin_m
    return found


def similarity(one: RoadRoute, two: RoadRoute) -> float:
    """Return the shared length of two routes of one network over that of the shorter: 0 to 1."""
    a, b = _metres(one), _metres(two)
    shorter = min(one.length_m, two.length_m)
    if shorter <= 0.0:
        return 1.0
    common = sum(min(metres, b[edge]) for edge, metres in a.items() if edge in b)
    return min(common / shorter, 1.0)


class RoadChoices:
    """Alternatives on the network of a router."""

    def __init__(self, router: RoadRouter) -> None:
        self.router = router

    def alternatives(
        self,
        origin: LatLon,
        destination: LatLon,
        vias: Sequence[LatLon] = (),
        limits: RoadVehicleLimits | None = None,
        avoid: RoadQuestion | None = None,
        *,
        count: int = 3,
        most_similar: float = 0.6,
        most_longer: float = 2.0,
    ) -> list[RoadRoute]:
        """Return the quickest route and others that share little with it and each other.

        Parameters
        ----------
        count
            How many routes at most, the quickest included.
        most_similar
            Greatest `similarity` of any two of them.
        most_longer
            Alternatives take at most so many times the cost of the quickest.

        Returns
        -------
        list
            By cost; `RoadRoute.similarity` is that with the first.

        Raises
        ------
        InputError
            For a count below 1, or a similarity that is no share.
        NoPlan
            Where there is no route at all.
        """
        if count < 1 or not 0.0 <= most_similar <= 1.0:
            raise InputError(
                f"{count} routes of a similarity of at most {most_similar:g} cannot be looked for",
                cure="Ask for at least one route, and a similarity from 0 to 1.",
            )
        router = self.router
        limits = limits or RoadVehicleLimits()
        best = router.route(origin, destination, vias, limits, avoid)
        places = [router.place(*point) for point in (origin, *vias, destination)]
        kept = [best]
        asked = avoid or RoadQuestion()
        edges = router.network.edges
        time = np.asarray(edges.length_m / np.maximum(edges.speed_forward, edges.speed_backward))
        extra = np.zeros(len(edges))
        limit_s = most_longer * (best.free_time_s + best.penalty_s)
        last = best
        for _ in range(_ROUNDS_EACH * (count - 1)):
            if len(kept) >= count:
                break
            for edge in _metres(last):
                # A little for the edge itself, so that edges of no time count too.
                extra[edge] += _PENALTY * time[edge] + 0.1
            paid = extra if asked.extra_s is None else extra + asked.extra_s
            found = router.find(places, limits, replace(asked, extra_s=paid))
            if found is None:
                break
            last = traced(router, found)
            if last.free_time_s + last.penalty_s > limit_s:
                continue
            if all(similarity(last, other) <= most_similar for other in kept):
                kept.append(last)
        others = [replace(route, similarity=similarity(route, best)) for route in kept[1:]]
        return [best, *sorted(others, key=lambda route: route.free_time_s + route.penalty_s)]
