"""Roads of Liechtenstein against a reference that reads the raw file: costs, turns, low ways."""

from __future__ import annotations

import math
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from tests.world.raw_roads import RawRoads, RawSearch

from retinue.errors import NoPlan
from retinue.world.osm_import import import_world
from retinue.world.road_alternatives import RoadChoices, similarity
from retinue.world.road_network import RoadNetwork, load_road_network
from retinue.world.road_route import RoadVehicleLimits
from retinue.world.road_search import RoadRouter
from retinue.world.road_sites import havens_along
from retinue.world.world_folder import save_track_network


@pytest.fixture(scope="module")
def extract(shared: Path) -> Path:
    return shared / "data" / "osm" / "liechtenstein-valhalla.osm.pbf"


@pytest.fixture(scope="module")
def network(extract: Path, tmp_path_factory: pytest.TempPathFactory) -> RoadNetwork:
    """Return Liechtenstein as a user has it: imported, written, loaded."""
    folder = tmp_path_factory.mktemp("world") / "liechtenstein.world"
    built = import_world(extract)
    save_track_network(built.tracks, folder, roads=built.roads)
    loaded = load_road_network(folder)
    assert loaded is not None
    return loaded


@pytest.fixture(scope="module")
def router(network: RoadNetwork) -> RoadRouter:
    return RoadRouter(network)


@pytest.fixture(scope="module")
def raw(extract: Path) -> RawRoads:
    return RawRoads.read(extract)


def some_places(raw: RawRoads, search: RawSearch, count: int, seed: int) -> list[int]:
    """Return random segments of open road that hangs together over 2 km and more."""
    sound = (search.pieces() >= 2_000.0) & (np.array(raw.metres) > 2.0)
    states = np.array([word in ("open", "ends") for word in raw.state]).reshape(-1, 2)
    rows = np.flatnonzero(sound & states.any(axis=1))
    found: list[int] = np.random.default_rng(seed).choice(rows, count).tolist()
    return found


def asked_costs(
    router: RoadRouter,
    raw: RawRoads,
    pairs: list[tuple[int, int]],
    limits: RoadVehicleLimits,
    search: RawSearch,
) -> tuple[list[float], list[float]]:
    """Return our costs and the reference's from 37 % of one segment to 61 % of another."""
    ours, theirs = [], []
    for one, two in pairs:
        places = []
        for segment, share in ((one, 0.37), (two, 0.61)):
            (lat1, lon1), (lat2, lon2) = (raw.place[node] for node in raw.ends[segment])
            place = router.place(lat1 + share * (lat2 - lat1), lon1 + share * (lon2 - lon1))
            assert place.access_m < 0.01
            assert router.network.edges.way_id[place.edge] == raw.way[segment]
            places.append(place)
        found = router.find(places, limits)
        ours.append(math.inf if found is None else found.cost_s)
        theirs.append(search.cost(one, 0.37, two, 0.61))
    return ours, theirs


def test_500_random_pairs_cost_what_dijkstra_finds_on_the_raw_file(
    router: RoadRouter, raw: RawRoads
) -> None:
    search = RawSearch(raw)
    ends = some_places(raw, search, 1000, seed=20260701)
    pairs = list(zip(ends[:500], ends[500:], strict=True))
    ours, theirs = asked_costs(router, raw, pairs, RoadVehicleLimits(), search)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-6)
    assert np.isfinite(theirs).mean() > 0.9


def test_high_heavy_vehicles_cost_what_dijkstra_finds_on_the_raw_file(
    router: RoadRouter, raw: RawRoads
) -> None:
    limits = RoadVehicleLimits(height_m=4.0, mass_kg=10_000.0, width_m=3.7)
    search = RawSearch(raw, height_m=4.0, mass_kg=10_000.0, width_m=3.7)
    # Half of the pairs begin beside what is too low, too weak or too narrow.
    barred = np.flatnonzero(~np.array(search.fits))
    assert len(barred)
    near = {node for s in barred.tolist() for node in raw.ends[s]}
    rows = [
        s for s in range(len(raw.ends))
        if near & set(raw.ends[s]) and search.fits[s] and raw.state[2 * s] in ("open", "ends")
        and raw.metres[s] > 2.0 and search.pieces()[s] >= 2_000.0
    ]  # fmt: skip
    far = some_places(raw, search, 60, seed=7)
    pairs = [(rows[i % len(rows)], two) for i, two in enumerate(far)]
    ours, theirs = asked_costs(router, raw, pairs, limits, search)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-6)


def _middle(network: RoadNetwork, way: int) -> tuple[float, float]:
    edge = int(np.flatnonzero(network.edges.way_id == way)[0])
    return network.position(edge, float(network.edges.length_m[edge]) / 2.0)


def test_the_way_of_3_8_m_lets_3_7_m_pass_and_refuses_4_5_m(
    router: RoadRouter, network: RoadNetwork
) -> None:
    # Way 128531278 (Wiesengass) is tagged maxheight=3.8; ways 128531277 and 46741529 go on from it.
    before, low, beyond = (_middle(network, way) for way in (128531277, 128531278, 46741529))
    through = router.route(before, beyond, limits=RoadVehicleLimits(height_m=3.7))
    assert 128531278 in {piece.way_id for piece in through.pieces}
    assert "low" in {choke.kind for choke in through.chokes}
    around = router.route(before, beyond, limits=RoadVehicleLimits(height_m=4.5))
    assert 128531278 not in {piece.way_id for piece in around.pieces}
    assert around.length_m > through.length_m
    with pytest.raises(NoPlan) as refused:
        router.route(before, low, limits=RoadVehicleLimits(height_m=4.5))
    reason = refused.value.reasons[0]
    assert reason.kind == "height"
    assert reason.what == "the 3.8 m way Wiesengass (way 128531278) is too low for 4.5 m"
    assert reason.where.startswith("47.1645")
    assert reason.cure


def test_a_high_vehicle_goes_over_the_mountain_to_steg(
    router: RoadRouter, network: RoadNetwork
) -> None:
    # Way 35939585 is the tunnel of 3.6 m to Steg (way 27345755); the other way is the old road.
    # Its other end is Ritzlinastrasse, way 297716037.
    before, steg = (_middle(network, way) for way in (297716037, 27345755))
    through = router.route(before, steg, limits=RoadVehicleLimits(height_m=3.6))
    assert 35939585 in {piece.way_id for piece in through.pieces}
    over = router.route(before, steg, limits=RoadVehicleLimits(height_m=3.7))
    assert 35939585 not in {piece.way_id for piece in over.pieces}
    assert over.free_time_s > 2 * through.free_time_s


def test_a_world_is_stored_and_loaded_whole(network: RoadNetwork, extract: Path) -> None:
    built = import_world(extract).roads
    assert built is not None
    ours, theirs = network.arrays(), built.arrays()
    assert list(ours) == list(theirs)
    for name, column in ours.items():
        np.testing.assert_array_equal(column, theirs[name])
    assert network.record == built.record


def test_routes_are_whole(router: RoadRouter, raw: RawRoads) -> None:
    search = RawSearch(raw)
    ends = some_places(raw, search, 60, seed=3)
    for one, two in zip(ends[:30], ends[30:], strict=True):
        a, b = (raw.place[raw.ends[s][0]] for s in (one, two))
        try:
            route = router.route(a, b)
        except NoPlan as error:
            assert error.reasons
            continue
        assert route.distance_m[0] == 0.0
        assert route.distance_m[-1] == route.length_m == route.pieces[-1].to_m
        assert (np.diff(route.distance_m) > 0).all()
        assert route.pieces[0].from_m == 0.0
        for before, after in pairwise(route.pieces):
            assert before.to_m == after.from_m
        driven = sum(piece.length_m / piece.speed_mps for piece in route.pieces)
        assert driven <= route.free_time_s + 1e-6
        assert [p.distance_m for p in route.points] == sorted(p.distance_m for p in route.points)
        for point in route.points:
            lat, lon = route.place_at(point.distance_m)
            assert (lat, lon) == pytest.approx((point.lat, point.lon), abs=1e-7)
        for choke in route.chokes:
            assert 0.0 <= choke.from_m <= choke.to_m <= route.length_m


def test_alternatives_share_no_more_than_was_asked(router: RoadRouter) -> None:
    choices = RoadChoices(router)
    # Vaduz to Ruggell, and Balzers to Schaan.
    for one, two in (((47.141, 9.5215), (47.24, 9.525)), ((47.067, 9.503), (47.165, 9.51))):
        for bound in (0.3, 0.6):
            found = choices.alternatives(one, two, count=4, most_similar=bound)
            assert found[0].length_m == router.route(one, two).length_m
            assert len(found) >= 2
            for a, b in combinations(found, 2):
                assert similarity(a, b) <= bound
            costs = [route.free_time_s + route.penalty_s for route in found]
            assert costs == sorted(costs)
            assert found[0].similarity == 0.0
            assert all(route.similarity == similarity(route, found[0]) for route in found[1:])


def test_havens_are_reached_as_quickly_as_from_any_place_of_the_route(router: RoadRouter) -> None:
    route = router.route((47.141, 9.5215), (47.22, 9.523))
    havens = havens_along(router, route)
    # The extract holds one hospital, in Vaduz, as a node.
    (hospital,) = [haven for haven in havens if haven.kind == "hospital"]
    assert hospital.name == "Liechtensteinisches Landesspital"
    assert [h.distance_m for h in havens] == sorted(h.distance_m for h in havens)
    for haven in havens:
        assert 0.0 <= haven.distance_m <= route.length_m
        assert haven.detour_s <= 900.0
        goal = router.place(haven.lat, haven.lon)
        assert goal.access_m == pytest.approx(haven.access_m)
        for run in route.runs[:-1:5]:
            found = router.find([router.place(*route.place_at(run.end_m)), goal])
            # A search of its own may begin in any direction, and so turn back at no cost.
            if found is not None and route.runs.index(run) == 0:
                assert haven.detour_s <= found.cost_s + 120.0
    near = havens_along(router, route, most_detour_s=100.0)
    assert {haven.osm_id for haven in near} == {
        haven.osm_id for haven in havens if haven.detour_s <= 100.0
    }
