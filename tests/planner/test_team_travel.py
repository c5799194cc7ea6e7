"""Teams travel over the roads there are, and never on a shorter way than a straight line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retinue.planner.team_travel import OverRoads, as_the_crow_flies
from retinue.world.osm_import import import_world
from retinue.world.road_network import RoadNetwork
from retinue.world.road_search import RoadRouter
from retinue.world.sphere import distance_m


@pytest.fixture(scope="module")
def roads(shared: Path) -> RoadNetwork:
    extract = shared / "data" / "osm" / "liechtenstein-valhalla.osm.pbf"
    network = import_world(extract, made_by="test").roads
    assert network is not None
    return network


def _points(roads: RoadNetwork, count: int) -> np.ndarray:
    rng = np.random.default_rng(4)
    main = np.unique(roads.edges.from_node[roads.edges.component == 0])
    nodes = rng.choice(main, count, replace=False)
    return np.column_stack((roads.nodes.lat_deg[nodes], roads.nodes.lon_deg[nodes]))


def test_no_way_is_shorter_than_the_straight_line(roads: RoadNetwork) -> None:
    points = _points(roads, 12)
    matrix = OverRoads(roads)(points, points)
    for i, a in enumerate(points):
        for j, b in enumerate(points):
            assert matrix.metres[i, j] >= float(distance_m(*a, *b)) * 0.998 - 1.0
    assert np.all(np.diag(matrix.seconds) == 0)


def test_it_is_near_what_the_router_of_the_convoy_finds(roads: RoadNetwork) -> None:
    # The router obeys turns, signals and access besides, so it is never much quicker.
    points = _points(roads, 8)
    matrix = OverRoads(roads)(points, points)
    router = RoadRouter(roads)
    for i in range(0, 8, 2):
        one, other = (tuple(points[k].tolist()) for k in (i, i + 1))
        route = router.route((one[0], one[1]), (other[0], other[1]))
        assert matrix.seconds[i, i + 1] <= route.free_time_s + 5.0
        assert matrix.seconds[i, i + 1] >= 0.5 * route.free_time_s


def test_as_the_crow_flies_takes_the_stated_detour_and_speed() -> None:
    points = np.array([[47.0, 9.5], [47.1, 9.5]])
    matrix = as_the_crow_flies()(points, points)
    apart = float(distance_m(47.0, 9.5, 47.1, 9.5))
    assert matrix.metres[0, 1] == round(1.3 * apart)
    assert matrix.seconds[0, 1] == round(1.3 * apart / (50 / 3.6))
