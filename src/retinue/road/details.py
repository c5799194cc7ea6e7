"""Figures of a road leg for the plan: roads, choke points, halts, groups, junctions held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.clock import iso_utc
from retinue.road.block_speed import Holding, holding
from retinue.road.halts import crossings_of
from retinue.road.rolling_block import BlockPlan, assign
from retinue.road.traffic import TrafficTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.road.front import Grid
    from retinue.road.passage import ColumnPassage
    from retinue.road.request import RoadRuns

    Floats = NDArray[np.float64]

__all__ = ["road_details"]


def road_details(
    runs: RoadRuns, grid: Grid, passage: ColumnPassage, march_mps: Floats
) -> dict[str, Any]:
    """Return what the plan keeps of a leg beside its movements and sections."""
    details: dict[str, Any] = {
        "routing": {"by": runs.routing, "source": runs.routing_source},
        "standing_length_m": round(runs.request.convoy.length_m(runs.column, 0.0), 1),
        "traffic": _traffic(runs.request.traffic, runs.request.traffic_free_because),
        "groups": _groups(runs),
        "rolling_block": _rolling_block(runs, grid, passage, march_mps),
    }
    if runs.routing == "built":
        details["level_crossings"] = _crossings(runs, passage)
        details["choke_points"] = [
            {
                "kind": choke.kind, "what": choke.what, "from_m": round(choke.from_m, 1),
                "to_m": round(choke.to_m, 1), "lat": round(choke.lat, 6),
                "lon": round(choke.lon, 6),
            }
            for choke in runs.chokes
        ]  # fmt: skip
        details["safe_havens"] = [
            {
                "kind": haven.kind, "name": haven.name, "distance_m": round(haven.distance_m, 1),
                "detour_m": round(haven.detour_m, 1), "detour_s": round(haven.detour_s, 1),
                "lat": round(haven.lat, 6), "lon": round(haven.lon, 6),
            }
            for haven in runs.havens
        ]  # fmt: skip
    if runs.routing != "pack":
        details["other_routes"] = [
            {
                "length_m": round(other.length_m, 1), "free_time_s": round(other.time_s, 1),
                "similarity": round(other.similarity, 4), "roads": list(other.roads),
                "choke_points": other.chokes, "line": [list(place) for place in other.line],
            }
            for other in runs.other_routes
        ]  # fmt: skip
    if runs.halts:
        details["halts"] = [
            {
                "name": halt.name, "why": halt.why, "distance_m": round(halt.distance_m, 2),
                "asked_m": round(halt.asked_m, 2), "duration_s": round(halt.duration_s, 1),
                "moved": halt.moved_because,
            }
            for halt in runs.halts
        ]  # fmt: skip
    return details


def _traffic(table: TrafficTable | None, because: str) -> dict[str, str]:
    if table is None:
        return {"table": "none", "because": because or "nothing was asked of other traffic"}
    return {"table": table.name, "because": table.title}


def _groups(runs: RoadRuns) -> list[dict[str, Any]]:
    """Return the groups with their length and passing time at the fastest march."""
    convoy, column = runs.request.convoy, runs.column
    fastest = max(stretch.speed_mps for stretch in runs.stretches)
    found, rank, number = [], 0, 0
    for group in convoy.groups:
        ranks = sum(not vehicle.beside for vehicle in group)
        last = convoy.ranks[rank + ranks - 1].vehicle.length
        spaced = sum(convoy.spacing_m(at, column, fastest) for at in range(rank, rank + ranks - 1))
        found.append(
            {
                "from_vehicle": number, "vehicles": len(group),
                "length_m": round(spaced + last, 1),
                "passing_time_s": round((spaced + last) / fastest, 1),
            }
        )  # fmt: skip
        rank, number = rank + ranks, number + len(group)
    return found


def _crossings(runs: RoadRuns, passage: ColumnPassage) -> list[dict[str, Any]]:
    """Return the level crossings with the times at which they must be free of trains."""
    points = {point.distance_m: point for point in runs.points if point.kind == "level_crossing"}
    found = []
    for crossing in crossings_of(runs.points):
        point = points[crossing.middle_m]
        front = float(np.interp(crossing.from_m, passage.distance_m, passage.front_s))
        tail = float(np.interp(crossing.to_m, passage.distance_m, passage.tail_s))
        found.append(
            {
                "name": crossing.name, "distance_m": round(crossing.middle_m, 2),
                "clear_from_m": round(crossing.from_m, 2), "clear_to_m": round(crossing.to_m, 2),
                "lat": round(point.lat, 6), "lon": round(point.lon, 6), "osm_node": point.node_id,
                "first_utc": iso_utc(front), "clear_utc": iso_utc(tail),
                "taken_s": round(tail - front, 1),
            }
        )  # fmt: skip
    return found


def _rolling_block(
    runs: RoadRuns, grid: Grid, passage: ColumnPassage, march_mps: Floats
) -> dict[str, Any]:
    """Return what every outrider does, or why nobody can say."""
    block = runs.block
    if block is None:
        return {"assessed": False, "because": "not assessed: coarse roads show no junctions"}
    if runs.routing != "built":
        because = "not assessed: the server tells of turns, not of every junction passed"
        return {"assessed": False, "because": because}
    found: dict[str, Any] = {
        "assessed": True,
        "outriders": block.outriders,
        "junctions": len(block.junctions),
        "needed_without_slowing": block.needed_free,
        "needed_at_slowest": block.needed_slowest,
        "slowest_mps": round(block.conduct.slowest, 3),
        "lead_s": block.conduct.lead_time,
        "ride_at_most_mps": round(
            max(
                block.conduct.overtaking_at_most_two_lanes,
                runs.catch_up * max(stretch.speed_mps for stretch in runs.stretches),
            ),
            3,
        ),
        "slowed": [
            {
                "from_m": round(s.from_m, 1), "to_m": round(s.to_m, 1),
                "free_mps": round(s.free_mps, 3), "speed_mps": round(s.speed_mps, 3),
            }
            for s in block.slowed
        ],
    }  # fmt: skip
    if not block.junctions:
        return found | {"left_open": [], "schedule": []}
    free = runs.free_stretches
    held = holding(runs, free, grid, passage, march_mps, block.junctions, block.conduct)
    posts = [
        block.outriders + 1 if number in block.open else junction.posts
        for number, junction in enumerate(block.junctions)
    ]
    riders = assign(held.due, held.freed, posts, block.outriders)
    found["left_open"] = [
        {
            "junction": junction.name, "distance_m": round(junction.distance_m, 1),
            "arms": junction.arms, "posts": junction.posts,
            "lat": round(junction.lat, 6), "lon": round(junction.lon, 6),
        }
        for junction, chosen in zip(block.junctions, riders, strict=True)
        if not chosen
    ]  # fmt: skip
    found["schedule"] = _schedule(block, held, riders)
    return found


def _schedule(
    block: BlockPlan, held: Holding, riders: list[tuple[int, ...]]
) -> list[dict[str, Any]]:
    """Return the duties of each outrider in order: where, from when, until when, where next."""
    found = []
    for rider in range(block.outriders):
        duties = [number for number, chosen in enumerate(riders) if rider in chosen]
        posts = []
        for place, number in enumerate(duties):
            junction = block.junctions[number]
            stand = float(held.due[number] + held.ride_s[number])
            leave = float(held.tail_s[number]) + block.conduct.hold_after_tail
            post: dict[str, Any] = {
                "junction": junction.name, "distance_m": round(junction.distance_m, 1),
                "end_m": round(junction.end_m, 1),
                "lat": round(junction.lat, 6), "lon": round(junction.lon, 6),
                "arms": junction.arms, "stand_by_utc": iso_utc(stand),
                "front_utc": iso_utc(float(held.front_s[number])),
                "leave_utc": iso_utc(leave), "held_s": round(leave - stand, 1),
            }  # fmt: skip
            if place == 0:
                ahead = float(held.due[number])
                post["leaves_begin_by_utc"] = iso_utc(ahead)
            if place + 1 < len(duties):
                nearest = duties[place + 1]
                ride = float(held.due[nearest] + held.ride_s[nearest]) - leave
                spare = float(held.due[nearest] - held.freed[number])
                post["next"] = block.junctions[nearest].name
                post["next_distance_m"] = round(block.junctions[nearest].distance_m, 1)
                post["ride_s"] = round(ride - spare, 1)
                post["spare_s"] = round(spare, 1)
            posts.append(post)
        found.append({"outrider": rider + 1, "posts": posts})
    return found
