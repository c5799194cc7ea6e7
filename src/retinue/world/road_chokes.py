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

    def one_way(edge: int) -> bool:
        fast = text[edges.road_class[edge]] in _FAST
        return (
            edges.oneway[edge] != 0
            and not fast
            and not edges.roundabout[edge]
            and edges.lanes[edge] < 2
        )

    def single(edge: int) -> bool:
        return int(edges.lanes[edge]) == 1 and edges.oneway[edge] == 0

    def measure(value: float, unit: str, scale: float = 1.0) -> str:
        return f"{value / scale:g} {unit}"

    tests: list[tuple[ChokeKind, Callable[[int], bool], Callable[[int], str]]] = [
        ("bridge", lambda e: bool(edges.bridge[e]), lambda e: "bridge"),
        ("tunnel", lambda e: bool(edges.tunnel[e]), lambda e: "tunnel"),
        ("one_way", one_way, lambda e: "one-way street"),
        ("single_lane", single, lambda e: "one lane for both directions"),
        (
            "narrow",
            lambda e: bool(edges.width_m[e] < NARROW_M),
            lambda e: f"carriageway of {measure(float(edges.width_m[e]), 'm')}",
        ),
        ("ford", lambda e: bool(edges.ford[e]), lambda e: "ford"),
        (
            "low",
            lambda e: bool(edges.max_height_m[e] < LOW_M),
            lambda e: f"height limit {measure(float(edges.max_height_m[e]), 'm')}",
        ),
        (
            "weak",
            lambda e: math.isfinite(min(edges.max_mass_kg[e], edges.max_axle_kg[e])),
            lambda e: " and ".join(
                f"{name} limit {measure(float(value), 't', 1000.0)}"
                for name, value in (
                    ("mass", edges.max_mass_kg[e]), ("axle load", edges.max_axle_kg[e])
                )
                if math.isfinite(value)
            ),
        ),
    ]  # fmt: skip
    found: list[RoadChoke] = []
    for kind, holds, words in tests:
        group: list[Step] = []
        for step in (*steps, None):
            if step is not None and holds(step.edge):
                if not group or words(group[-1].edge) == words(step.edge):
                    group.append(step)
                    continue
                _close(network, kind, group, words, place_at, found)
                group = [step]
                continue
            _close(network, kind, group, words, place_at, found)
            group = []
    for point in points:
        if point.kind in ("level_crossing", "barrier"):
            what = "level crossing" if point.kind == "level_crossing" else point.name
            found.append(
                RoadChoke("level_crossing" if point.kind == "level_crossing" else "barrier",
                          point.distance_m, point.distance_m, point.lat, point.lon, what)
            )  # fmt: skip
    return tuple(sorted(found, key=lambda choke: (choke.from_m, choke.to_m, choke.kind)))


def _close(
    network: RoadNetwork,
    kind: ChokeKind,
    group: list[Step],
    words: Callable[[int], str],
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
            kind, begin, end, lat, lon, f"{words(edge)}, {' / '.join(names)}",
            int(network.edges.way_id[edge]),
        )
    )  # fmt: skip
