"""Why no road was found, where the convoy cannot go on, and what would let it.

The search is asked once more with everything lifted that closes a road (measures, closures,
private and closed roads, barriers, one-way streets, forbidden turns), each metre and each turn
of it dearer than any time.  So the way found has the least of what stands in the way, and its
first obstacle is the place where the convoy cannot go on::

    start ====open==== x--height limit 3.8 m--x ====open==== end

Kinds that cost a convoy little are tried alone first: what is found with the convoy's own
measures or the question's closures lifted is named before one-way streets and gates.  Where
nothing helps, the roads do not meet, and the nearest gap is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.errors import Reason
from retinue.world.component_gap import nearest_gap
from retinue.world.road_grid import RoadPlace
from retinue.world.road_network import RoadNetwork
from retinue.world.road_route import RoadVehicleLimits
from retinue.world.road_turns import AllMoves, Closed, all_moves

if TYPE_CHECKING:
    from retinue.world.road_search import RoadQuestion, RoadRouter

__all__ = ["NoRoad", "why_no_road"]

_CLOSED_S_PER_M = 1_000.0
_CLOSED_S = 100_000.0
_MOST_NAMED = 5

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class NoRoad:
    """The sentence and its reasons; the first is where the convoy cannot go on."""

    sentence: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, eq=False)
class _Obstacles:
    """What closes edges, states, moves and nodes, by kind."""

    edges: dict[str, tuple[Mask, Floats | None]]
    nodes: dict[str, tuple[Mask, Floats | None]]
    states: dict[str, Mask]
    moves: dict[str, Mask]


_MEASURES = {
    "height": ("height_m", "max_height_m", "too low", "m", 1.0),
    "width": ("width_m", "max_width_m", "too narrow", "m", 1.0),
    "length": ("length_m", "max_length_m", "closed to vehicles so long", "m", 1.0),
    "mass": ("mass_kg", "max_mass_kg", "too weak", "t", 1000.0),
    "axle-load": ("axle_load_kg", "max_axle_kg", "too weak for the axle load", "t", 1000.0),
}
_CURES = {
    "height": "Take a lower vehicle, or have the clearance measured and the sign lifted.",
    "width": "Take a narrower vehicle, or have the passage measured.",
    "length": "Take shorter vehicles, or ask for a permit.",
    "mass": "Take a lighter vehicle, or ask the road's owner for a permit.",
    "axle-load": "Take a lighter vehicle, or ask the road's owner for a permit.",
    "closed": "Leave the closure out, or begin or end elsewhere.",
    "private": "Ask the owner to let the convoy in, and allow private roads.",
    "no-access": "Ask the authority to open the road for the convoy.",
    "barrier": "Have the barrier removed or opened.",
    "one-way": "Have the street closed to others and run it against its direction.",
    "turn": "Have the junction held, so that the forbidden turn can be made.",
}
_ORDER = (
    ("height",), ("width",), ("length",), ("mass",), ("axle-load",), ("closed",),
    ("height", "width", "length", "mass", "axle-load", "closed"),
    ("private",), ("barrier",), ("private", "barrier", "no-access"), ("turn",), ("turn", "one-way"),
)  # fmt: skip


def why_no_road(
    router: RoadRouter,
    places: Sequence[RoadPlace],
    limits: RoadVehicleLimits,
    question: RoadQuestion | None,
) -> NoRoad:
    """Return why no road leads through places."""
    network = router.network
    one, two = _broken_pair(router, places, limits, question)
    every = all_moves(network)
    found = _obstacles(router, every, limits, question)
    present = [*found.edges, *found.states, *found.moves]
    words = (
        f"no road from {one.lat:.5f}, {one.lon:.5f} to {two.lat:.5f}, {two.lon:.5f} for this convoy"
    )
    for kinds in (*_ORDER, tuple(dict.fromkeys(present))):
        if not set(kinds) & set(present):
            continue
        rows = _path(router, every, found, set(kinds), one, two)
        if rows is not None:
            reasons = _reasons(network, every, found, rows, limits, set(kinds))
            if reasons:
                return NoRoad(words, tuple(reasons[:_MOST_NAMED]))
    return NoRoad(words, (_gap(network, one, two),))


def _broken_pair(
    router: RoadRouter,
    places: Sequence[RoadPlace],
    limits: RoadVehicleLimits,
    question: RoadQuestion | None,
) -> tuple[RoadPlace, RoadPlace]:
    """Return the first two places after each other between which there is no road."""
    for one, two in pairwise(places):
        if router.find([one, two], limits, question) is None:
            return one, two
    # Each pair is joined, but not all of them in one direction: the via is a dead end.
    return places[-2], places[-1]


def _obstacles(
    router: RoadRouter,
    every: AllMoves,
    limits: RoadVehicleLimits,
    question: RoadQuestion | None,
) -> _Obstacles:
    network = router.network
    edges: dict[str, tuple[Mask, Floats | None]] = {}
    nodes: dict[str, tuple[Mask, Floats | None]] = {}
    for kind, (field, column, _, _, _) in _MEASURES.items():
        value = getattr(limits, field)
        if value is None:
            continue
        most = getattr(network.edges, column)
        edges[kind] = (most < value - 1e-9, most)
        if hasattr(network.nodes, column):
            at_nodes = getattr(network.nodes, column)
            nodes[kind] = (at_nodes < value - 1e-9, at_nodes)
    if question is not None and question.closed is not None:
        edges["closed"] = (question.closed, None)
    states = {"one-way": (every.state_faults & Closed.ONE_WAY) > 0,
              "no-access": (every.state_faults & Closed.NO_ACCESS) > 0}  # fmt: skip
    moves = {"turn": (every.faults & Closed.TURN) > 0,
             "barrier": (every.faults & Closed.BARRIER) > 0}  # fmt: skip
    if not router.private:
        states["private"] = (every.state_faults & Closed.PRIVATE) > 0
        moves["private"] = (every.faults & Closed.PRIVATE) > 0
    return _Obstacles(edges, nodes, states, moves)


def _path(
    router: RoadRouter,
    every: AllMoves,
    found: _Obstacles,
    lifted: set[str],
    one: RoadPlace,
    two: RoadPlace,
) -> list[int] | None:
    """Return states and moves (state, move, state, ...) with kinds lifted; None: none."""
    from retinue.world.road_spread import spread

    network = router.network
    length = np.repeat(network.edges.length_m, 2)
    speed = np.column_stack((network.edges.speed_forward, network.edges.speed_backward)).ravel()
    state = length / speed
    move = every.time_s + every.penalty_s
    for kind, (mask, _) in found.edges.items():
        both = np.repeat(mask, 2)
        state = np.where(
            both, state + _CLOSED_S_PER_M * length if kind in lifted else np.inf, state
        )
    for kind, mask in found.states.items():
        state = np.where(
            mask, state + _CLOSED_S_PER_M * length if kind in lifted else np.inf, state
        )
    for kind, (mask, _) in found.nodes.items():
        move = np.where(mask[every.node], move + _CLOSED_S if kind in lifted else np.inf, move)
    for kind, mask in found.moves.items():
        move = np.where(mask, move + _CLOSED_S if kind in lifted else np.inf, move)
    graph = every.graph
    seeds, costs = [], []
    for number, behind in router.departures(one):
        rest = float(state[number])
        if np.isfinite(rest):
            seeds.append(number)
            costs.append((1.0 - behind) * rest)
    if not seeds:
        return None
    distance, by = spread(
        graph.start, graph.head, np.ascontiguousarray(move), np.ascontiguousarray(state),
        np.array(seeds, np.int32), np.array(costs, np.float64), np.inf,
    )  # fmt: skip
    ends = [s for s, _ in router.arrivals(two) if np.isfinite(distance[s])]
    if not ends:
        return None
    here = min(ends, key=lambda s: (distance[s], s))
    rows = [here]
    while by[here] >= 0:
        rows.append(int(by[here]))
        here = int(graph.tail[by[here]])
        rows.append(here)
    return rows[::-1]


def _reasons(
    network: RoadNetwork,
    every: AllMoves,
    found: _Obstacles,
    rows: list[int],
    limits: RoadVehicleLimits,
    lifted: set[str],
) -> list[Reason]:
    """Return the obstacles along a way, in order, each once."""
    reasons: dict[tuple[str, int], Reason] = {}
    for place, row in enumerate(rows):
        if place % 2 == 0:
            edge = row >> 1
            way = int(network.edges.way_id[edge])
            for kind, (mask, most) in found.edges.items():
                if kind in lifted and mask[edge] and (kind, way) not in reasons:
                    told = None if most is None else float(most[edge])
                    reasons[kind, way] = _edge_reason(network, edge, kind, told, limits)
            for kind, states in found.states.items():
                if kind in lifted and states[row] and (kind, way) not in reasons:
                    reasons[kind, way] = _edge_reason(network, edge, kind, None, limits)
            continue
        node = int(every.node[row])
        for kind, (mask, most) in found.nodes.items():
            if kind in lifted and mask[node] and most is not None:
                reasons.setdefault(
                    (kind, -node - 1), _node_reason(network, node, kind, float(most[node]), limits)
                )
        for kind, moves in found.moves.items():
            if kind in lifted and moves[row]:
                reasons.setdefault(
                    (kind, -node - 1), _node_reason(network, node, kind, None, limits)
                )
    return list(reasons.values())


def _measured(kind: str, most: float, limits: RoadVehicleLimits) -> tuple[str, str]:
    field, _, bad, unit, scale = _MEASURES[kind]
    return (
        f"{most / scale:g} {unit}",
        f"{bad} for {float(getattr(limits, field)) / scale:g} {unit}",
    )


def _edge_reason(
    network: RoadNetwork, edge: int, kind: str, most: float | None, limits: RoadVehicleLimits
) -> Reason:
    way = f"{network.road_name(edge)} (way {int(network.edges.way_id[edge])})"
    if most is not None:
        limit, words = _measured(kind, most, limits)
        what = f"the {limit} way {way} is {words}"
    else:
        what = {
            "closed": f"{way} is closed by what was asked",
            "private": f"{way} is private",
            "no-access": f"{way} is closed to cars",
            "one-way": f"{way} is a one-way street the other way round",
        }[kind]
    lat, lon = network.position(edge, float(network.edges.length_m[edge]) / 2.0)
    return Reason(what, where=f"{lat:.5f}, {lon:.5f}", cure=_CURES[kind], kind=kind)


def _node_reason(
    network: RoadNetwork, node: int, kind: str, most: float | None, limits: RoadVehicleLimits
) -> Reason:
    nodes = network.nodes
    here = f"node {int(nodes.osm_id[node])}"
    if most is not None:
        limit, words = _measured(kind, most, limits)
        what = f"the barrier of {limit} at {here} is {words}"
    else:
        low, high = np.searchsorted(network.points.node, [node, node + 1])
        names = [network.text[network.points.name[row]] for row in range(int(low), int(high))]
        thing = next((name.replace("_", " ") for name in names if name), "barrier")
        what = {
            "turn": f"the turn at {here} is forbidden",
            "barrier": f"the {thing} at {here} lets no car pass",
            "private": f"the {thing} at {here} is private",
        }[kind]
    lat, lon = float(nodes.lat_deg[node]), float(nodes.lon_deg[node])
    return Reason(what, where=f"{lat:.5f}, {lon:.5f}", cure=_CURES[kind], kind=kind)


def _gap(network: RoadNetwork, one: RoadPlace, two: RoadPlace) -> Reason:
    """Return the reason of roads that do not meet."""
    from retinue.world.graph_kernel import component_roots

    edges, nodes = network.edges, network.nodes
    roots = component_roots(
        len(nodes), np.array(edges.from_node, np.int32), np.array(edges.to_node, np.int32)
    )
    first, second = (int(roots[edges.from_node[place.edge]]) for place in (one, two))
    cure = "Take an extract that covers the whole way, or choose other places."
    if first == second:
        return Reason(
            "the roads meet, but no way that a car can drive leads from one to the other",
            where=f"{two.lat:.5f}, {two.lon:.5f}", cure=cure, kind="no-route",
        )  # fmt: skip
    gap = nearest_gap(np.asarray(nodes.lat_deg), np.asarray(nodes.lon_deg), roots, first, second)
    return Reason(
        f"the roads do not meet: {gap.distance_m:,.0f} m are missing between "
        f"{gap.lat1_deg:.5f}, {gap.lon1_deg:.5f} and {gap.lat2_deg:.5f}, {gap.lon2_deg:.5f}",
        where=f"{gap.lat1_deg:.5f}, {gap.lon1_deg:.5f}", cure=cure, kind="no-route",
    )  # fmt: skip
