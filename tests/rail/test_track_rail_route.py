"""Routes over drawn tracks in the form of the books: points, stretches, changes of ends."""

from __future__ import annotations

import itertools

import pytest

from retinue.rail.leg_runs import run_rail
from retinue.rail.request import RailRequest
from retinue.rail.track_path import track_path
from retinue.rail.track_rail_route import steepest_kilometre, track_rail_route
from retinue.rail.trains import load_train
from retinue.world.rail_route import TRACK_ORIGIN, OperatingPoint, RailRoute
from retinue.world.track_limits import TrainLimits
from retinue.world.track_route import Standing, TrackStop
from retinue.world.track_search import TrackRouter
from retinue.world.world import World
from tests.world.ascii_tracks import Drawn, drawn

FORK = r"""
A--------------------------s--------------------------B
                            \
                             --------------------------C
"""
TRAIN = TrainLimits(length_m=300.0)


def end(name: str) -> OperatingPoint:
    return OperatingPoint("", name, 50.0, 7.0, "DE", "Europe/Berlin")


def route_of(picture: Drawn, world: World, one: str, two: str) -> tuple[RailRoute, float]:
    """Return the route between the middles of two edges, and the steepest kilometre."""
    network = picture.network
    stops = [
        TrackStop(
            name,
            (Standing(picture.edge(name), float(network.edges.length_m[picture.edge(name)]) / 2),),
        )
        for name in (one, two)
    ]
    route = TrackRouter(network).route(TRAIN, stops)
    assert route is not None
    path = track_path(network, route)
    made = track_rail_route(network, route, path, world.countries, (end(one), end(two)))
    request = RailRequest("x", "x", made, load_train("charter-8-diesel"), path=path.path)
    runs = run_rail(request)
    assert runs.path is path.path
    assert [s.name for s in runs.standings] == [p.point.name for p in made.points if p.reverses]
    return made, steepest_kilometre(path) or 0.0


def test_stretches_follow_without_gap_and_carry_their_ground(world: World) -> None:
    picture = drawn(
        FORK, {"As": {"speed_forward": 20.0, "ref": "2630"}, "sB": {"usage": "branch"}},
        gauge=(1435,), power=("15kv-ac-16.7hz",), column_m=60.0, row_m=15.0,
    )  # fmt: skip
    route, _ = route_of(picture, world, "As", "sB")
    assert [s.line_id for s in route.stretches] == ["2630", ""]
    assert all(one.to_m == two.from_m for one, two in itertools.pairwise(route.stretches))
    assert {s.origin for s in route.stretches} == {TRACK_ORIGIN}
    assert {s.gauges_mm for s in route.stretches} == {(1435,)}
    assert {s.electrification for s in route.stretches} == {"15kv-ac-16.7hz"}
    tagged, assumed = (s.values["line_speed"].confidence for s in route.stretches)
    assert (tagged, assumed) == ("H", "assumed")
    assert {s.country for s in route.stretches} == {"DE"}


def test_a_change_of_ends_is_a_point_where_the_train_reverses(world: World) -> None:
    picture = drawn(FORK, gauge=(1435,), column_m=60.0, row_m=15.0)
    route, _ = route_of(picture, world, "sB", "sC")
    (turn,) = [entry for entry in route.points if entry.reverses]
    half = float(picture.network.edges.length_m[picture.edge("sB")]) / 2.0
    # Out beyond the switch until the tail has passed it, then back from the switch.
    assert turn.distance_m == pytest.approx(half + TRAIN.length_m, rel=1e-6)
    assert "change of ends" in turn.point.name


def test_the_steepest_kilometre_is_the_mean_over_a_braking_distance(world: World) -> None:
    picture = drawn(FORK, {"As": {"incline": 0.01}}, gauge=(1435,), column_m=100.0, row_m=20.0)
    _, steepest = route_of(picture, world, "As", "sB")
    assert steepest == pytest.approx(0.01, rel=0.05)
