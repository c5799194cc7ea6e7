"""From states to a route: line, stretches, points in the road, and choke points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.world.road_network import POINT_KINDS, RoadNetwork
from retinue.world.road_route import PointKind, RoadPiece, RoadPoint, RoadRoute, RoadStateRun
from retinue.world.road_tag_values import Access

if TYPE_CHECKING:
    from retinue.world.road_search import FoundRoad, RoadRouter

__all__ = ["Step", "steps_of", "traced"]

Floats = NDArray[np.float64]

_PRIVATE = int(Access.PRIVATE)
_ACCESS_WORDS = ("", "destination", "private", "no")


@dataclass(frozen=True)
class Step:
    """One run of a route on one edge.

    Attributes
    ----------
    begin_m, end_m
        Distances along the route.
    node
        Node at its end; -1 at the route's end and at a via point.
    """

    edge: int
    along: bool
    begin_m: float
    end_m: float
    node: int


def steps_of(router: RoadRouter, found: FoundRoad) -> list[Step]:
    """Return the runs of a route with their chainage."""
    moves = router.moves
    state = moves.parent[[run.state for run in found.runs]]
    length = router.network.edges.length_m[state >> 1].tolist()
    node = np.append(moves.node[list(found.moves)], -1) if found.moves else np.array([-1])
    node[np.flatnonzero(np.array([*found.moves, -1]) < 0)] = -1
    steps = []
    at = 0.0
    for run, number, own, after in zip(
        found.runs, state.tolist(), length, node.tolist(), strict=True
    ):
        metres = max((run.to_share - run.from_share) * own, 0.0)
        steps.append(Step(number >> 1, not number & 1, at, at + metres, after))
        at += metres
    return steps


def traced(router: RoadRouter, found: FoundRoad) -> RoadRoute:
    """Return the route of a search."""
    from retinue.world.road_chokes import choke_points

    network = router.network
    steps = steps_of(router, found)
    lat, lon, distance = _line(network, steps, found)
    total = steps[-1].end_m
    moves = np.array([move for move in found.moves if move >= 0], np.int64)
    time = float(router.moves.time_s[moves].sum()) + sum(
        (run.to_share - run.from_share) * float(router.state_time_s[run.state])
        for run in found.runs
    )
    pieces = _pieces(network, steps)
    points = _points(network, steps)

    def place_at(along: float) -> tuple[float, float]:
        return float(np.interp(along, distance, lat)), float(np.interp(along, distance, lon))

    return RoadRoute(
        lat_deg=lat,
        lon_deg=lon,
        distance_m=distance,
        pieces=pieces,
        points=points,
        length_m=total,
        free_time_s=time,
        start_access_m=found.places[0].access_m,
        end_access_m=found.places[-1].access_m,
        chokes=choke_points(network, steps, points, place_at),
        source=network.source,
        penalty_s=float(router.moves.penalty_s[moves].sum()),
        runs=tuple(
            RoadStateRun(run.state, step.edge, step.begin_m, step.end_m)
            for run, step in zip(found.runs, steps, strict=True)
        ),
    )


def _line(
    network: RoadNetwork, steps: list[Step], found: FoundRoad
) -> tuple[Floats, Floats, Floats]:
    lats: list[Floats] = []
    lons: list[Floats] = []
    ways: list[Floats] = []
    length = network.edges.length_m
    shapes = network.shapes
    for step, run in zip(steps, found.runs, strict=True):
        rows = network.shape_rows(step.edge)
        own = float(length[step.edge])
        whole = run.from_share <= 0.0 and run.to_share >= 1.0
        lat, lon = shapes.lat_deg[rows], shapes.lon_deg[rows]
        along = shapes.distance_m[rows]
        if not step.along:
            lat, lon, along = lat[::-1], lon[::-1], own - along[::-1]
        if not whole:
            low, high = run.from_share * own, run.to_share * own
            inner = (along > low) & (along < high)
            at = np.concatenate(([low], along[inner], [high]))
            lat, lon = np.interp(at, along, lat), np.interp(at, along, lon)
            along = at - low
        lats.append(lat)
        lons.append(lon)
        ways.append(along + step.begin_m)
    joined = [np.concatenate(parts) for parts in (lats, lons, ways)]
    # The node between two edges is a vertex of both.
    kept = np.concatenate(([True], np.diff(joined[2]) > 1e-9))
    if kept.sum() < 2:
        kept[-1] = True
    lat, lon, along = (np.ascontiguousarray(part[kept]) for part in joined)
    along[-1] = steps[-1].end_m
    return lat, lon, along


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _pieces(network: RoadNetwork, steps: list[Step]) -> tuple[RoadPiece, ...]:
    """Return the stretches: all attributes are the way's, so one for each way in a row."""
    edges, text = network.edges, network.text
    found: list[RoadPiece] = []
    way_of = edges.way_id[[step.edge for step in steps]].tolist()
    land_of = edges.country[[step.edge for step in steps]].tolist()
    first = 0
    for place in range(1, len(steps) + 1):
        if (
            place < len(steps)
            and way_of[place] == way_of[first]
            and land_of[place] == land_of[first]
            and steps[place].along == steps[first].along
        ):
            continue
        begin, end = steps[first].begin_m, steps[place - 1].end_m
        step, edge = steps[first], steps[first].edge
        first = place
        if end <= begin and (found or place < len(steps)):
            continue
        access = edges.access_forward if step.along else edges.access_backward
        urban = int(edges.urban[edge])
        speed = edges.speed_forward if step.along else edges.speed_backward
        assumed = edges.assumed_forward if step.along else edges.assumed_backward
        lanes = int(edges.lanes[edge])
        found.append(
            RoadPiece(
                from_m=found[-1].to_m if found else 0.0,
                to_m=end,
                road_class=text[edges.road_class[edge]],
                name=text[edges.name[edge]],
                ref=text[edges.ref[edge]],
                speed_mps=float(speed[edge]),
                speed_assumed=bool(assumed[edge]),
                surface=text[edges.surface[edge]],
                lanes=lanes if lanes > 0 else None,
                oneway=int(edges.oneway[edge]) != 0,
                bridge=bool(edges.bridge[edge]),
                tunnel=bool(edges.tunnel[edge]),
                urban=None if urban < 0 else bool(urban),
                country=text[edges.country[edge]],
                way_id=int(edges.way_id[edge]),
                max_height_m=_finite(float(edges.max_height_m[edge])),
                max_weight_kg=_finite(float(edges.max_mass_kg[edge])),
                width_m=_finite(float(edges.width_m[edge])),
                access=_ACCESS_WORDS[int(access[edge])],
            )
        )
    return tuple(found)


def _points(network: RoadNetwork, steps: list[Step]) -> tuple[RoadPoint, ...]:
    nodes, text, table = network.nodes, network.text, network.points
    kept = [place for place, step in enumerate(steps[:-1]) if step.node >= 0]
    if not kept:
        return ()
    node = np.array([steps[place].node for place in kept])
    before = np.array([steps[place].edge for place in kept])
    after = np.array([steps[place + 1].edge for place in kept])
    low, high = np.searchsorted(table.node, node), np.searchsorted(table.node, node + 1)
    # Both roads of the route are no arms; one of them may not count at all.
    own = _comes_in(network, before, node)
    own += np.where(before == after, 0, _comes_in(network, after, node))
    arms = nodes.arms[node].astype(np.int64) - own
    degree = nodes.edge_start[node + 1] - nodes.edge_start[node]
    junction = (arms > 0) & (degree > 2)
    found: list[RoadPoint] = []
    for row in np.flatnonzero(junction | (high > low)).tolist():
        here, at = int(node[row]), steps[kept[row]].end_m
        place = float(nodes.lat_deg[here]), float(nodes.lon_deg[here]), int(nodes.osm_id[here])
        for number in range(int(low[row]), int(high[row])):
            kind: PointKind = POINT_KINDS[int(table.kind[number])]
            found.append(RoadPoint(kind, at, *place, text[table.name[number]].replace("_", " ")))
        if junction[row]:
            passed = (int(before[row]), int(after[row]))
            words = _arm_names(network, here, passed)
            found.append(RoadPoint("junction", at, *place, words, int(arms[row])))
    return tuple(found)


def _arm_names(network: RoadNetwork, node: int, passed: tuple[int, int]) -> str:
    rows = range(int(network.nodes.edge_start[node]), int(network.nodes.edge_start[node + 1]))
    arms = [int(network.nodes.edge[row]) for row in rows]
    names = {network.road_name(e) for e in arms if e not in passed and network.edges.held[e]}
    return " / ".join(sorted(names))


def _comes_in(
    network: RoadNetwork, edge: NDArray[np.int64], node: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return how many arms of edges at nodes are counted among `RoadNodeTable.arms`."""
    edges = network.edges
    count = np.zeros(len(edge), np.int64)
    oneway = edges.oneway[edge]
    for at, against, access in (
        (edges.to_node, -1, edges.access_forward),
        (edges.from_node, 1, edges.access_backward),
    ):
        comes = (at[edge] == node) & (edges.held[edge] == 1)
        comes &= (access[edge] < _PRIVATE) & (oneway != against) & (oneway != 2)
        count += comes
    return count
