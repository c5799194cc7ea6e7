"""Beside the best way over mapped tracks: its objects, sites, alternatives and reserve."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retinue.errors import NoPlan
from retinue.planner.combined_route import CombinedRoute, TrackPart
from retinue.planner.route import FoundRoute
from retinue.planner.track_records import node_ids, site_records
from retinue.rail.dynamics import TrainDynamics
from retinue.rail.formation import Formation
from retinue.rail.route_path import section_path
from retinue.rail.running_time import run
from retinue.rail.track_path import track_path
from retinue.world.track_alternatives import RouteChoices
from retinue.world.track_line import track_line
from retinue.world.track_network import TrackNetwork
from retinue.world.track_route import TrackRoute
from retinue.world.track_search import TrackRouter
from retinue.world.world import World

__all__ = ["OtherRoute", "with_tracks"]


@dataclass(frozen=True, eq=False)
class OtherRoute:
    """Another way between the ends of a part over mapped tracks.

    Attributes
    ----------
    running_time_s
        In motion; None where the train stalls on it.
    shared_m
        How much of its track the best way uses too.
    disjoint
        Nothing is shared but the edges where both ends stand.
    """

    length_m: float
    running_time_s: float | None
    reversals: int
    shared_m: float
    disjoint: bool
    way_ids: tuple[int, ...]
    lon_deg: NDArray[np.float64]
    lat_deg: NDArray[np.float64]


def with_tracks(
    found: FoundRoute,
    world: World,
    train: Formation,
    combined: CombinedRoute,
    alternatives: int,
) -> FoundRoute:
    """Return a found route with all that its parts over mapped tracks tell."""
    network, router = world.tracks, world.router
    assert network is not None and router is not None
    main = max(combined.tracks, key=lambda part: part.route.length_m)
    dynamics = train.dynamics()
    choices = RouteChoices(router)
    others: list[OtherRoute] = []
    if alternatives > 0:
        listed = choices.alternatives(
            main.limits, main.stops, count=alternatives + 1, question=main.question
        )
        kept = [one for one in listed if not _same(one, main.route)][:alternatives]
        others = [_other(network, router, main, one, dynamics, choices) for one in kept]
    reserve = choices.reserve(main.limits, main.stops, main.route, question=main.question)
    told = None
    if reserve is not None and not _same(reserve, main.route):
        told = _other(network, router, main, reserve, dynamics, choices)
    ways: list[int] = []
    nodes: list[int] = []
    for part in combined.tracks:
        ways += part.route.way_ids(network)
        nodes += node_ids(network, part.route)
    return replace(
        found,
        way_ids=tuple(ways),
        node_ids=tuple(nodes),
        sites=site_records(network, combined.tracks),
        reserve=told,
        alternatives=tuple(others),
        choice_gap_s=sum(part.gap_s for part in combined.tracks),
    )


def _same(one: TrackRoute, two: TrackRoute) -> bool:
    return bool(np.array_equal(one.states, two.states))


def _other(
    network: TrackNetwork,
    router: TrackRouter,
    main: TrackPart,
    route: TrackRoute,
    dynamics: TrainDynamics,
    choices: RouteChoices,
) -> OtherRoute:
    line = track_line(network, route)
    return OtherRoute(
        length_m=route.length_m,
        running_time_s=_running_s(network, router, main, route, dynamics),
        reversals=route.reversals,
        shared_m=choices.shared_m(route, choices.overlap_m(main.route, "track")),
        disjoint=_disjoint(main.route, route),
        way_ids=tuple(route.way_ids(network)),
        lon_deg=line.lon_deg,
        lat_deg=line.lat_deg,
    )  # fmt: skip


def _disjoint(one: TrackRoute, two: TrackRoute) -> bool:
    """Return whether two routes share nothing but the edges where the ends of one stand."""
    ends = {one.runs[0].pieces[0].edge, one.runs[-1].pieces[-1].edge}
    return all(edge in ends for edge in one.edge_lengths_m if edge in two.edge_lengths_m)


def _running_s(
    network: TrackNetwork,
    router: TrackRouter,
    main: TrackPart,
    route: TrackRoute,
    dynamics: TrainDynamics,
) -> float | None:
    limits = main.limits
    path = track_path(
        network,
        route,
        systems=None if limits.self_powered else limits.power_systems,
        dead_section_m=limits.dead_section_m,
        assumed=router.assumed,
    ).path
    at, total = 0.0, 0.0
    for part in route.runs:
        if part.length_m <= 0.0:
            continue
        section = section_path(path, at, at + part.length_m, dynamics, part.place)
        try:
            total += float(run(dynamics, section).running_time_s)
        except NoPlan:
            return None  # the train stalls there: the way is shown, without a time
        at += part.length_m
    return total
