"""Routes over mapped tracks and the world pack: the seam, the chainage, refusals with reasons."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from retinue.errors import InputError, NoPlan
from retinue.planner.combined_route import CombinedRoute, combined_route
from retinue.planner.route import find_route
from retinue.planner.route_pieces import cut_route
from retinue.rail.trains import load_train
from retinue.world.osm_import import import_extract
from retinue.world.rail_route import TRACK_ORIGIN
from retinue.world.sphere import distance_m
from retinue.world.world import World
from retinue.world.world_folder import save_track_network

SCHAAN, NENDELN = "47.1686,9.5081", "47.2003,9.5418"

#: The pack keeps the true length of its lines and draws them with fewer vertices.
COARSE = 0.05


@pytest.fixture(scope="module")
def alpine(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a world with the tracks of Liechtenstein: 11 km between Austria and Switzerland."""
    folder = tmp_path_factory.mktemp("combined") / "li.world"
    extract = shared / "data" / "osm" / "liechtenstein-valhalla.osm.pbf"
    save_track_network(import_extract(extract), folder)
    return World(tracks=folder)


def between(world: World, *places: str, train: str = "charter-8") -> CombinedRoute:
    gazetteer = world.gazetteer({})
    return combined_route(world, load_train(train), [gazetteer.resolve(text) for text in places])


def check_chainage(found: CombinedRoute, within: float = 0.005) -> None:
    """Check that stretches follow without gap and geometry is about as long as chainage."""
    route = found.route
    assert route.stretches[0].from_m == 0.0
    for one, two in itertools.pairwise(route.stretches):
        assert one.to_m == pytest.approx(two.from_m, abs=1e-6)
    assert route.stretches[-1].to_m == pytest.approx(route.length_m)
    assert route.points[0].distance_m == 0.0
    assert route.points[-1].distance_m == pytest.approx(route.length_m)
    assert (np.diff(route.distance_m) > 0.0).all()
    hops = distance_m(route.lat_deg[:-1], route.lon_deg[:-1], route.lat_deg[1:], route.lon_deg[1:])
    assert float(np.sum(hops)) == pytest.approx(route.length_m, rel=within)
    assert found.path is None or found.path.length_m == pytest.approx(route.length_m)


def test_two_places_inside_are_joined_over_the_tracks_alone(alpine: World) -> None:
    found = between(alpine, SCHAAN, NENDELN)
    check_chainage(found)
    assert {stretch.origin for stretch in found.route.stretches} == {TRACK_ORIGIN}
    assert found.route.length_m == pytest.approx(found.tracks[0].route.length_m)
    straight = float(distance_m(47.1686, 9.5081, 47.2003, 9.5418))
    assert straight <= found.route.length_m <= 1.1 * straight
    assert "Forst Hilti" in [entry.point.name for entry in found.route.points]


def test_from_outside_the_pack_leads_to_the_edge_and_tracks_go_on(alpine: World) -> None:
    found = between(alpine, "Innsbruck", SCHAAN)
    check_chainage(found, within=COARSE)
    origins = [stretch.origin for stretch in found.route.stretches]
    assert [key for key, _ in itertools.groupby(origins)] == ["graph", TRACK_ORIGIN]
    (part,) = found.tracks
    assert part.from_m + part.route.length_m == pytest.approx(found.route.length_m)
    # The gate is where the line leaves the extract towards Feldkirch, in Austria.
    gate = next(e.point for e in found.route.points if "edge of the extract" in e.point.name)
    assert gate.country == "AT"
    assert any("taken for one" in item.text for item in found.route.assumptions)
    assert [b.to_country for b in found.route.borders] == ["LI"]


def test_to_the_outside_is_the_mirror_of_from_the_outside(alpine: World) -> None:
    there, back = between(alpine, SCHAAN, "Innsbruck"), between(alpine, "Innsbruck", SCHAAN)
    check_chainage(there, within=COARSE)
    assert there.tracks[0].from_m == 0.0
    assert there.route.length_m == pytest.approx(back.route.length_m, rel=0.01)


def test_places_outside_run_over_the_pack_as_without_tracks(alpine: World, world: World) -> None:
    found = between(alpine, "Zürich", "Bern")
    assert found.path is None and not found.tracks
    assert found.route.length_m == between_pack(world, "Zürich", "Bern")


def between_pack(world: World, one: str, two: str) -> float:
    return find_route(one, two, "charter-8", world=world).route.length_m


def test_a_station_too_short_for_the_train_is_refused_by_its_length(alpine: World) -> None:
    # The longest mapped platform at Schaan-Vaduz has 140 m; charter-8 is 230 m long.
    with pytest.raises(NoPlan) as refused:
        between(alpine, "Schaan-Vaduz", NENDELN)
    assert [reason.kind for reason in refused.value.reasons] == ["standing"]
    assert "140 m" in refused.value.reasons[0].what


def test_the_same_place_twice_is_refused(alpine: World) -> None:
    with pytest.raises((NoPlan, InputError)):
        between(alpine, SCHAAN, SCHAAN)


def test_what_is_avoided_is_not_used_and_unknown_lines_are_refused(alpine: World) -> None:
    gazetteer, train = alpine.gazetteer({}), load_train("charter-8")
    places = [gazetteer.resolve(SCHAAN), gazetteer.resolve(NENDELN)]
    with pytest.raises(NoPlan):
        combined_route(alpine, train, places, avoid=["47.1813,9.5210,300m"])
    with pytest.raises(InputError, match="no track"):
        combined_route(alpine, train, places, avoid=["no such line"])


def test_a_cut_route_keeps_its_values_and_length(alpine: World) -> None:
    whole = between(alpine, SCHAAN, NENDELN).route
    part = cut_route(whole, 1_000.0, 3_000.0)
    assert part.length_m == pytest.approx(2_000.0)
    assert part.stretches[0].from_m == 0.0 and part.stretches[-1].to_m == pytest.approx(2_000.0)
    for at in (10.0, 900.0, 1_990.0):
        assert part.stretch_at(at).line_speed_mps == whole.stretch_at(at + 1000.0).line_speed_mps


def test_the_reserve_shares_no_more_than_the_main_route_has(alpine: World) -> None:
    found = find_route(SCHAAN, NENDELN, "charter-8", world=alpine)
    assert found.way_ids and found.node_ids and found.sites
    kinds = [site["kind"] for site in found.sites]
    assert kinds.count("level_crossing") >= 4
    if found.reserve is not None:
        assert 0.0 <= found.reserve.shared_m <= found.route.length_m
        assert not found.reserve.disjoint
