"""Safe havens along a route: hospitals, police, fire stations, aerodromes, and the way to them.

The convoy may leave its route at the end of any edge; one search from all of them at once gives
the quickest way to everything near.  Times are those of a car on an empty road, for the convoy's
measures; a haven that the convoy cannot reach is left out.
"""

from __future__ import annotations

import numpy as np

from retinue.world.road_extract import HAVEN_KINDS
from retinue.world.road_grid import nearest_place
from retinue.world.road_route import RoadHaven, RoadRoute, RoadVehicleLimits
from retinue.world.road_search import RoadRouter
from retinue.world.sphere import distance_m

__all__ = ["MOST_DETOUR_S", "havens_along"]

MOST_DETOUR_S = 900.0
_MOST_ACCESS_M = 500.0
"""From the road to the middle of a haven's grounds."""
_AERODROME_ACCESS_M = 3_000.0
_REACH_MPS = 40.0
"""No detour is faster than this, so farther havens need no search."""


def havens_along(
    router: RoadRouter,
    route: RoadRoute,
    limits: RoadVehicleLimits | None = None,
    *,
    most_detour_s: float = MOST_DETOUR_S,
) -> tuple[RoadHaven, ...]:
    """Return the havens that a convoy on a route reaches, by where it turns off.

    Parameters
    ----------
    route
        A route of this router; one of another backend has no states, and no havens.
    limits
        The convoy's greatest measures.
    most_detour_s
        Farther ones are left out.
    """
    from retinue.world.road_spread import spread

    network, moves = router.network, router.moves
    table = network.havens
    if not len(table) or not route.runs:
        return ()
    costs = router.costs(limits or RoadVehicleLimits())
    last: dict[int, float] = {}
    for run in route.runs:
        last[run.state] = run.end_m
    # The last edge may be run on to its end.
    final = route.runs[-1]
    length = network.edges.length_m
    rest_m = float(length[final.edge]) - (final.end_m - final.begin_m)
    if len(route.runs) == 1:
        rest_m = 0.0
    states = np.array(list(last), np.int32)
    seed_cost = np.zeros(len(states))
    speed = float(length[final.edge]) / max(float(costs.state[final.state]), 1e-9)
    seed_cost[list(last).index(final.state)] = rest_m / speed if speed > 0.0 else 0.0
    reach, by = spread(
        moves.graph.start, moves.graph.head, costs.move, costs.state, states, seed_cost,
        most_detour_s,
    )  # fmt: skip
    found = []
    near_m = most_detour_s * _REACH_MPS
    for row in range(len(table)):
        lat, lon = float(table.lat_deg[row]), float(table.lon_deg[row])
        away = distance_m(lat, lon, route.lat_deg, route.lon_deg)
        if float(np.min(away)) > near_m:
            continue
        kind = HAVEN_KINDS[int(table.kind[row])]
        most = _AERODROME_ACCESS_M if kind == "aerodrome" else _MOST_ACCESS_M
        place = nearest_place(network, lat, lon, most, router.usable)
        if place is None:
            continue
        share = place.at_m / float(length[place.edge]) if length[place.edge] > 0 else 0.0
        best: tuple[float, float, float] | None = None
        for run in route.runs:
            if run.edge != place.edge:
                continue
            # On the route itself: it stops there.
            at = _along_run(router, run.state, run.begin_m, run.end_m, share, route)
            if at is not None and (best is None or best[0] > 0.0):
                best = 0.0, at, 0.0
        for side, behind in ((0, share), (1, 1.0 - share)):
            own = 2 * place.edge + side
            for state in (own, *moves.copies.get(own, ())):
                if by[state] < 0 or not np.isfinite(reach[state]):
                    continue
                cost = float(reach[state]) - (1.0 - behind) * float(costs.state[state])
                if best is not None and cost >= best[0]:
                    continue
                metres = behind * float(length[place.edge])
                here = int(moves.graph.tail[by[state]])
                while by[here] >= 0:
                    metres += float(length[moves.parent[here] >> 1])
                    here = int(moves.graph.tail[by[here]])
                best = cost, last[here], metres
        if best is not None and best[0] <= most_detour_s:
            name = network.text[table.name[row]]
            found.append(
                RoadHaven(kind, name, lat, lon, network.text[table.osm_id[row]], best[1],
                          best[2], best[0], place.access_m)
            )  # fmt: skip
    return tuple(sorted(found, key=lambda haven: (haven.distance_m, haven.osm_id)))


def _along_run(
    router: RoadRouter, state: int, begin_m: float, end_m: float, share: float, route: RoadRoute
) -> float | None:
    """Return where on the route a place of an edge lies that it runs on, or None: beyond it."""
    parent = int(router.moves.parent[state])
    length = float(router.network.edges.length_m[parent >> 1])
    behind = (1.0 - share if parent & 1 else share) * length
    first = begin_m <= 0.0 and end_m - begin_m < length
    # The first run ends at the edge's end, the others begin at its beginning.
    at = end_m - (length - behind) if first and end_m < route.length_m else begin_m + behind
    return at if begin_m - 1e-9 <= at <= end_m + 1e-9 else None
