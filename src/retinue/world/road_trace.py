"""From states to a route: line, stretches, points in the road, and choke points."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.world.road_network import POINT_KINDS, RoadNetwork
from retinue.world.road_route import PointKind, RoadPiece, RoadPoint, RoadRoute
from retinue.world.road_tag_values import Access

if TYPE_CHECKING:
    from retinue.world.road_search import FoundRoad, RoadRouter

__all__ = ["Step", "steps_of", "traced"]

Floats = NDArray[np.float64]


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
    edges = router.network.edges
    length = edges.length_m
    steps = []
    at = 0.0
    for place, run in enumerate(found.runs):
        edge = run.state >> 1
        own = (run.to_share - run.from_share) * float(length[edge])
        move = found.moves[place] if place < len(found.moves) else -1
        node = int(router.moves.node[move]) if move >= 0 else -1
        steps.append(Step(edge, not run.state & 1, at, at + max(own, 0.0), node))
        at = steps[-1].end_m
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
    kept[-1] = True
    if len(kept) > 1 and joined[2][-1] - joined[2][-2] <= 1e-9 and kept[:-1].sum() > 1:
        kept[-2] = False
    lat, lon, along = (np.ascontiguousarray(part[kept]) for part in joined)
    along[-1] = steps[-1].end_m
    return lat, lon, along


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _pieces(network: RoadNetwork, steps: list[Step]) -> tuple[RoadPiece, ...]:
    edges, text = network.edges, network.text
    found: list[RoadPiece] = []
    for step in steps:
        edge = step.edge
        if step.end_m <= step.begin_m and (found or len(steps) > 1):
            continue
        access = edges.access_forward if step.along else edges.access_backward
        urban = int(edges.urban[edge])
        speed = edges.speed_forward if step.along else edges.speed_backward
        assumed = edges.assumed_forward if step.along else edges.assumed_backward
        lanes, mass = int(edges.lanes[edge]), float(edges.max_mass_kg[edge])
        piece = RoadPiece(
            from_m=step.begin_m,
            to_m=step.end_m,
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
            max_weight_kg=_finite(mass),
            width_m=_finite(float(edges.width_m[edge])),
            access=("", "destination", "private", "no")[int(access[edge])],
        )
        before = found[-1] if found else None
        if before is not None and replace(before, from_m=0.0, to_m=0.0) == replace(
            piece, from_m=0.0, to_m=0.0
        ):
            found[-1] = replace(before, to_m=piece.to_m)
        else:
            found.append(piece)
    if found:
        found[0] = replace(found[0], from_m=0.0)
        found[-1] = replace(found[-1], to_m=steps[-1].end_m)
    return tuple(found)


def _points(network: RoadNetwork, steps: list[Step]) -> tuple[RoadPoint, ...]:
    nodes, edges, text = network.nodes, network.edges, network.text
    table = network.points
    found: list[RoadPoint] = []
    for step, after in pairwise(steps):
        node = step.node
        if node < 0:
            continue
        lat, lon, osm = (
            float(nodes.lat_deg[node]), float(nodes.lon_deg[node]), int(nodes.osm_id[node])
        )  # fmt: skip
        low, high = np.searchsorted(table.node, [node, node + 1])
        for row in range(int(low), int(high)):
            kind: PointKind = POINT_KINDS[int(table.kind[row])]
            name = text[table.name[row]].replace("_", " ")
            found.append(RoadPoint(kind, step.end_m, lat, lon, osm, name))
        # Both roads of the route are no arms; one of them may not count at all.
        own = [_comes_in(network, step.edge, node), _comes_in(network, after.edge, node)]
        arms = int(nodes.arms[node]) - (own[0] if step.edge == after.edge else sum(own))
        degree = int(nodes.edge_start[node + 1] - nodes.edge_start[node])
        if arms > 0 and degree > 2:
            names = {
                network.road_name(int(nodes.edge[i]))
                for i in range(int(nodes.edge_start[node]), int(nodes.edge_start[node + 1]))
                if int(nodes.edge[i]) not in (step.edge, after.edge)
                and edges.held[int(nodes.edge[i])]
            }
            found.append(
                RoadPoint("junction", step.end_m, lat, lon, osm, " / ".join(sorted(names)), arms)
            )
    return tuple(found)


def _comes_in(network: RoadNetwork, edge: int, node: int) -> int:
    """Return how many arms of an edge at a node are counted among `RoadNodeTable.arms`."""
    edges = network.edges
    count = 0
    for at, against, access in (
        (edges.to_node, -1, edges.access_forward),
        (edges.from_node, 1, edges.access_backward),
    ):
        count += int(
            at[edge] == node
            and edges.held[edge] == 1
            and access[edge] < Access.PRIVATE
            and edges.oneway[edge] not in (against, 2)
        )
    return count
