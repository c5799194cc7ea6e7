"""Choke points: where a convoy on a route cannot turn away, or is slowed down.

==================  =======================================================================
bridge, tunnel      from end to end, however many edges it has
level_crossing      with a railway
one_way             at least `LEAST_ONE_WAY_M` of a street of one lane, or of unknown width, from
                    which one does not turn back; motorways and roundabouts are no streets
single_lane         one lane for both directions
narrow              a carriageway tagged narrower than `NARROW_M`
ford, barrier       through water; a gate, a lift gate
low, weak           a signed height below `LOW_M`; a signed mass or axle load
==================  =======================================================================
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.world.road_network import RoadNetwork
from retinue.world.road_route import ChokeKind, RoadChoke, RoadPoint

if TYPE_CHECKING:
    from retinue.world.road_trace import Step

__all__ = ["LEAST_ONE_WAY_M", "LOW_M", "NARROW_M", "choke_points"]

LEAST_ONE_WAY_M = 30.0
NARROW_M = 4.0
"""Two limousines of 2.0 m do not pass each other on less."""
LOW_M = 4.5
_FAST = ("motorway", "motorway_link", "trunk", "trunk_link")


def choke_points(
    network: RoadNetwork,
    steps: Sequence[Step],
    points: Sequence[RoadPoint],
    place_at: Callable[[float], tuple[float, float]],
) -> tuple[RoadChoke, ...]:
    """Return the choke points of a route, in order.

    Parameters
    ----------
    place_at
        Latitude and longitude at a distance along the route.
    """
    edges, text = network.edges, network.text

    edge = np.array([step.edge for step in steps])
    fast = [code for code in np.unique(edges.road_class[edge]) if text[code] in _FAST]
    lanes, oneway = edges.lanes[edge], edges.oneway[edge]
    street = ~np.isin(edges.road_class[edge], fast) & (edges.roundabout[edge] == 0)
    weak = np.minimum(edges.max_mass_kg[edge], edges.max_axle_kg[edge])
    holds: dict[ChokeKind, NDArray[np.bool_]] = {
        "bridge": edges.bridge[edge] == 1,
        "tunnel": edges.tunnel[edge] == 1,
        "one_way": (oneway != 0) & street & (lanes < 2),
        "single_lane": (lanes == 1) & (oneway == 0),
        "narrow": edges.width_m[edge] < NARROW_M,
        "ford": edges.ford[edge] == 1,
        "low": edges.max_height_m[edge] < LOW_M,
        "weak": np.isfinite(weak),
    }
    found: list[RoadChoke] = []
    for kind, mask in holds.items():
        group: list[Step] = []
        for row in np.flatnonzero(mask).tolist():
            step = steps[row]
            joined = group and group[-1] is steps[row - 1]
            if joined and _words(network, kind, group[-1]) == _words(network, kind, step):
                group.append(step)
                continue
            _close(network, kind, group, place_at, found)
            group = [step]
        _close(network, kind, group, place_at, found)
    for point in points:
        if point.kind in ("level_crossing", "barrier"):
            what = "level crossing" if point.kind == "level_crossing" else point.name
            found.append(
                RoadChoke("level_crossing" if point.kind == "level_crossing" else "barrier",
                          point.distance_m, point.distance_m, point.lat, point.lon, what)
            )  # fmt: skip
    return tuple(sorted(found, key=lambda choke: (choke.from_m, choke.to_m, choke.kind)))


def _words(network: RoadNetwork, kind: ChokeKind, step: Step) -> str:
    edges, edge = network.edges, step.edge
    if kind == "narrow":
        return f"carriageway of {edges.width_m[edge]:g} m"
    if kind == "low":
        return f"height limit {edges.max_height_m[edge]:g} m"
    if kind == "weak":
        told = (("mass", edges.max_mass_kg[edge]), ("axle load", edges.max_axle_kg[edge]))
        parts = [f"{name} limit {value / 1000.0:g} t" for name, value in told if value < math.inf]
        return " and ".join(parts)
    return {"one_way": "one-way street", "single_lane": "one lane for both directions"}.get(
        kind, kind
    )


def _close(
    network: RoadNetwork,
    kind: ChokeKind,
    group: list[Step],
    place_at: Callable[[float], tuple[float, float]],
    found: list[RoadChoke],
) -> None:
    """Add the choke point of a group of steps, if it is one."""
    if not group:
        return
    begin, end = group[0].begin_m, group[-1].end_m
    if kind == "one_way" and end - begin < LEAST_ONE_WAY_M:
        return
    edge = group[0].edge
    lat, lon = place_at(begin)
    names = list(dict.fromkeys(network.road_name(step.edge) for step in group))
    found.append(
        RoadChoke(
            kind, begin, end, lat, lon, f"{_words(network, kind, group[0])}, {' / '.join(names)}",
            int(network.edges.way_id[edge]),
        )
    )  # fmt: skip
