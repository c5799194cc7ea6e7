"""Sites along a route decide what is guarded later: one missed is one unguarded.

Crossings of a real route are counted again from the raw file with a reader of the test's own;
scenes of a track and one thing that meets it show every rule of over and under.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.world.osm_files import write_osm

from retinue.world.osm_import import import_extract
from retinue.world.track_limits import TrainLimits
from retinue.world.track_network import TrackNetwork
from retinue.world.track_route import (
    TrackPiece,
    TrackRoute,
    TrackRun,
    TrackStop,
    stop_at,
)
from retinue.world.track_search import TrackRouter
from retinue.world.track_sites import SITE_KINDS, Site, route_sites

HALF_M = 1000.0


def whole(network: TrackNetwork, *pieces: TrackPiece) -> TrackRoute:
    """Return a route of one run; without pieces along the first edge."""
    if not pieces:
        pieces = (TrackPiece(0, 1, 0.0, float(network.edges.length_m[0])),)
    return TrackRoute((TrackRun(pieces, "stop"),), np.zeros(0, np.int32), 0.0, 0.0)


def scene(
    folder: Path,
    track: dict[str, str],
    other: dict[str, str],
    *,
    shared: bool = False,
    node_tags: dict[int, dict[str, str]] | None = None,
) -> tuple[Site, ...]:
    """Return the sites of a track from west to east and another way across it.

    ::

                     31
                      |  other
        11 --- 12 ----+---- 13 --- 14       the tags of the track hold from 12 to 13
                      |
                     32                     shared: both have node 20 in the middle
    """
    nodes = {
        11: (-HALF_M, 0.0), 12: (-50.0, 0.0), 13: (50.0, 0.0), 14: (HALF_M, 0.0),
        20: (0.0, 0.0), 31: (0.0, 100.0), 32: (0.0, -100.0),
    }  # fmt: skip
    plain = {"railway": "rail"}
    middle = [20] if shared else []
    ways: dict[int, tuple[list[int], dict[str, str]]] = {
        1: ([11, 12], plain),
        2: ([12, *middle, 13], plain | track),
        3: ([13, 14], plain),
        9: ([31, *middle, 32], other),
    }
    used = {i: nodes[i] for refs, _ in ways.values() for i in refs}
    network = import_extract(write_osm(folder / "scene.osm", used, ways, node_tags))
    edge = next(e for e in range(len(network.edges)) if network.edges.length_m[e] > HALF_M)
    return route_sites(network, whole(network, _from_west(network, edge)))


def _from_west(network: TrackNetwork, edge: int) -> TrackPiece:
    length = float(network.edges.length_m[edge])
    lon = network.nodes.lon_deg
    if lon[network.edges.from_node[edge]] < lon[network.edges.to_node[edge]]:
        return TrackPiece(edge, 1, 0.0, length)
    return TrackPiece(edge, -1, length, 0.0)


ROAD = {"highway": "secondary", "name": "Kölner Straße", "ref": "L 183"}
RAIL = {"railway": "rail", "ref": "2630"}

#: Track, road, and what the site is by which evidence; None: no site of the road.
LEVELS: list[tuple[dict[str, str], dict[str, str], str | None, str]] = [
    ({}, {"bridge": "yes", "layer": "1"}, "over", "bridge"),
    ({}, {"bridge": "yes"}, "over", "bridge"),
    ({}, {"layer": "1"}, "over", "layer"),
    ({"bridge": "yes", "layer": "1"}, {}, "under", "bridge"),
    ({"bridge": "viaduct"}, {}, "under", "bridge"),
    ({}, {"tunnel": "yes", "layer": "-1"}, "under", "tunnel"),
    ({}, {"tunnel": "yes"}, "under", "tunnel"),
    ({"layer": "-1", "cutting": "yes"}, {}, "over", "layer"),
    ({"bridge": "yes", "layer": "1"}, {"bridge": "yes", "layer": "2"}, "over", "bridge"),
    ({"bridge": "yes", "layer": "2"}, {"bridge": "yes", "layer": "1"}, "under", "bridge"),
    # The same layer by mistake: the bridge tells.
    ({"layer": "1"}, {"bridge": "yes", "layer": "1"}, "over", "bridge"),
    # Above a tunnel of the railway the ground is between, bridge or none.
    ({"tunnel": "yes"}, {}, None, ""),
    ({"tunnel": "yes"}, {"bridge": "yes"}, None, ""),
    ({}, {}, "crossing", "not tagged"),
]  # fmt: skip


@pytest.mark.parametrize(("track", "road", "expected", "evidence"), LEVELS)
@pytest.mark.parametrize(("word", "base"), [("road", ROAD), ("rail", RAIL)])
def test_what_is_above_follows_from_layers_bridges_and_tunnels(
    tmp_path: Path,
    track: dict[str, str],
    road: dict[str, str],
    expected: str | None,
    evidence: str,
    word: str,
    base: dict[str, str],
) -> None:
    sites = [s for s in scene(tmp_path, track, base | road) if s.found_by == "intersection"]
    if expected is None:
        assert sites == []
        (tunnel,) = scene(tmp_path, track, base | road)
        assert tunnel.detail == "1 road or track above"
        return
    (site,) = sites
    assert (site.kind, site.evidence) == (f"{word}_{expected}", evidence)
    # The scene's metres are good to a per mille; the crossing is in the middle.
    assert site.chainage_m == pytest.approx(HALF_M, rel=2e-3)
    assert (site.lat_deg, site.lon_deg) == pytest.approx((50.0, 7.0), abs=1e-6)
    assert site.osm_ids == ("w9",)
    assert site.road_name == ("Kölner Straße" if word == "road" else "2630")
    assert site.road_class == ("secondary" if word == "road" else "rail")


def test_a_road_under_a_bridge_names_the_bridge_that_carries_the_route(tmp_path: Path) -> None:
    bridge, road = scene(tmp_path, {"bridge": "viaduct"}, ROAD)
    assert (bridge.kind, bridge.found_by) == ("viaduct", "tagged")
    assert bridge.length_m == pytest.approx(100.0, rel=2e-3)
    assert road.on == bridge.id == "viaduct:w2"


@pytest.mark.parametrize(
    ("road", "kind"),
    [({"highway": "tertiary"}, "level_crossing"), ({"highway": "footway"}, "foot_crossing")],
)
def test_an_untagged_crossing_at_grade_is_found_by_its_common_node(
    tmp_path: Path, road: dict[str, str], kind: str
) -> None:
    (site,) = scene(tmp_path, {}, road, shared=True)
    assert (site.kind, site.found_by, site.evidence) == (kind, "intersection", "common node")
    assert site.id.startswith(f"{kind}:w9@")


def test_a_tagged_crossing_is_one_site_and_has_the_road_and_its_barrier(tmp_path: Path) -> None:
    tags = {20: {"railway": "level_crossing", "crossing:barrier": "half"}}
    (site,) = scene(tmp_path, {}, ROAD, shared=True, node_tags=tags)
    assert (site.kind, site.found_by, site.id) == ("level_crossing", "tagged", "level_crossing:n20")
    assert (site.road_class, site.road_name) == ("secondary", "Kölner Straße")
    assert site.detail == "half"


def test_a_cutting_and_a_tunnel_have_their_length_and_name(tmp_path: Path) -> None:
    tunnel = {"tunnel": "yes", "tunnel:name": "Rolandseck"}
    for tags, kind, name in (({"cutting": "yes"}, "cutting", ""), (tunnel, "tunnel", "Rolandseck")):
        (site,) = scene(tmp_path, tags, {"railway": "disused"})
        assert (site.kind, site.name) == (kind, name)
        assert site.chainage_m == pytest.approx(HALF_M - 50.0, rel=2e-3)
        assert site.length_m == pytest.approx(100.0, rel=2e-3)


def test_two_carriageways_are_one_bridge(tmp_path: Path) -> None:
    nodes = {1: (0.0, 0.0), 2: (400.0, 0.0)}
    road = ROAD | {"bridge": "yes", "oneway": "yes"}
    ways: dict[int, tuple[list[int], dict[str, str]]] = {1: ([1, 2], {"railway": "rail"})}
    for number, east in ((7, 100.0), (8, 115.0)):
        nodes |= {10 * number: (east, 50.0), 10 * number + 1: (east, -50.0)}
        ways[number] = ([10 * number, 10 * number + 1], road)
    network = import_extract(write_osm(tmp_path / "two.osm", nodes, ways))
    (site,) = route_sites(network, whole(network, _from_west(network, 0)))
    assert (site.kind, site.osm_ids) == ("road_over", ("w7", "w8"))
    assert site.length_m == pytest.approx(15.0, rel=2e-3)


def test_a_tramway_in_a_street_is_no_row_of_level_crossings(tmp_path: Path) -> None:
    nodes = {i: (100.0 * i, 0.0) for i in range(1, 6)}
    ways: dict[int, tuple[list[int], dict[str, str]]] = {
        1: ([1, 2, 3, 4, 5], {"railway": "light_rail"}),
        2: ([2, 3, 4], {"highway": "residential"}),
    }
    network = import_extract(write_osm(tmp_path / "street.osm", nodes, ways))
    assert route_sites(network, whole(network)) == ()


@pytest.mark.parametrize("branch", ["2640", "2630;2640", "2630"])
def test_a_junction_is_where_lines_of_other_numbers_meet(tmp_path: Path, branch: str) -> None:
    r"""Route along the main line, and back from the branch::

    1 -------- 2 -------- 3   2630
                `-------- 4   branch
    """
    nodes = {1: (0.0, 0.0), 2: (400.0, 0.0), 3: (900.0, 0.0), 4: (900.0, 30.0)}
    main, side = {"railway": "rail", "ref": "2630"}, {"railway": "rail", "ref": branch}
    network = import_extract(
        write_osm(
            tmp_path / "junction.osm",
            nodes,
            {1: ([1, 2], main), 2: ([2, 3], main), 3: ([2, 4], side)},
            {2: {"railway": "switch"}},
        )
    )
    pieces = [
        TrackPiece(edge, 1, 0.0, float(network.edges.length_m[edge]))
        for edge in range(len(network.edges))
    ]
    for way in (pieces[:2], [pieces[0], pieces[2]]):
        sites = route_sites(network, whole(network, *way))
        if branch == "2630":
            assert sites == ()
            continue
        (site,) = sites
        assert (site.kind, site.name, site.found_by) == (
            "junction",
            "2630 - 2640",
            "line numbers",
        )
        assert site.chainage_m == pytest.approx(400.0, rel=2e-3)


def test_a_train_that_turns_back_passes_the_same_crossing_twice(tmp_path: Path) -> None:
    nodes = {1: (0.0, 0.0), 2: (400.0, 0.0), 3: (1000.0, 0.0)}
    tags = {2: {"railway": "level_crossing"}}
    network = import_extract(
        write_osm(tmp_path / "line.osm", nodes, {1: ([1, 2, 3], {"railway": "rail"})}, tags)
    )
    length = float(network.edges.length_m[0])
    out, back = TrackPiece(0, 1, 0.0, length), TrackPiece(0, -1, length - 200.0, 0.0)
    route = TrackRoute(
        (TrackRun((out,), "reversal"), TrackRun((back,), "stop")), np.zeros(0, np.int32), 0.0, 0.0
    )
    one, two = route_sites(network, route)
    assert one.id == two.id == "level_crossing:n2"
    assert (one.run, two.run) == (0, 1)
    at = one.chainage_m
    # Out over the whole length, back from 200 m short of the end.
    assert two.chainage_m == pytest.approx(length + (length - 200.0 - at))


def _stop(network: TrackNetwork, name: str) -> TrackStop:
    stations = network.stations
    rows = [
        row
        for row in range(len(stations))
        if network.text[int(stations.name[row])] == name and stations.network_class[row] == 0
    ]
    return stop_at(network, rows[0])


@pytest.fixture(scope="module")
def erft(cologne: TrackNetwork) -> TrackRoute:
    """Return the Erft railway, Horrem to Grevenbroich: a branch line full of crossings."""
    stops = [_stop(cologne, "Horrem"), _stop(cologne, "Grevenbroich")]
    route = TrackRouter(cologne).route(TrainLimits(), stops)
    assert route is not None
    return route


def _raw(path: Path, wanted: list[int]) -> tuple[dict[int, list[int]], dict[int, str]]:
    """Return the nodes of ways and the railway tags of nodes, straight from the file."""
    osmium = pytest.importorskip("osmium")
    ways: dict[int, list[int]] = {}
    nodes: dict[int, str] = {}
    for item in osmium.FileProcessor(str(path)):
        if item.is_way() and item.id in wanted:
            ways[item.id] = [ref.ref for ref in item.nodes]
        elif item.is_node() and "railway" in item.tags:
            nodes[item.id] = item.tags["railway"]
    return ways, nodes


@pytest.mark.parametrize(
    ("kind", "tag"), [("level_crossing", "level_crossing"), ("foot_crossing", "crossing")]
)
def test_crossings_of_the_erft_railway_are_those_of_the_raw_file(
    cologne: TrackNetwork, cologne_extract: Path, erft: TrackRoute, kind: str, tag: str
) -> None:
    ids = erft.way_ids(cologne)
    ways, nodes = _raw(cologne_extract, ids)
    passed: set[int] = set()
    # Of each way the nodes between those that it shares with its neighbours on the route;
    # no crossing lies on the ways of the first and the last station.
    for before, way, after in zip(ids, ids[1:], ids[2:], strict=False):
        refs = ways[way]
        ends = sorted(
            next(i for i, ref in enumerate(refs) if ref in ways[other]) for other in (before, after)
        )
        passed |= set(refs[ends[0] : ends[1] + 1])
    expected = {node for node in passed if tag in nodes.get(node, "").split(";")}
    found = [s for s in route_sites(cologne, erft) if s.kind == kind and s.found_by == "tagged"]
    assert {int(site.id.split(":n")[1]) for site in found} == expected
    assert len(found) == len(expected) > 4


def test_sites_of_a_real_route_are_in_order_and_on_it(
    cologne: TrackNetwork, erft: TrackRoute
) -> None:
    sites = route_sites(cologne, erft)
    assert all(a.chainage_m <= b.chainage_m for a, b in pairwise(sites))
    assert all(0.0 <= s.chainage_m <= s.until_m <= erft.length_m + 1e-6 for s in sites)
    assert {s.kind for s in sites} <= set(SITE_KINDS)
    # The stops of RB 38 as the operator lists them, in order from Horrem.
    names = [s.name for s in sites if s.kind == "station"]
    between = ["Quadrath-Ichendorf", "Bergheim (Erft)", "Paffendorf", "Glesch", "Bedburg (Erft)"]
    assert [name for name in names if name in between] == between


def test_the_way_back_has_the_same_sites_in_the_mirror(
    cologne: TrackNetwork, erft: TrackRoute
) -> None:
    pieces = [
        TrackPiece(piece.edge, -piece.direction, piece.to_m, piece.from_m)
        for run in reversed(erft.runs)
        for piece in reversed(run.pieces)
    ]
    length = erft.length_m
    # A junction has its id from the switch that is met first.
    there = {
        (s.id, round(s.chainage_m, 3), round(s.until_m, 3)) for s in route_sites(cologne, erft)
    }
    back = {
        (s.id, round(length - s.until_m, 3), round(length - s.chainage_m, 3))
        for s in route_sites(cologne, whole(cologne, *pieces))
    }
    assert len(erft.runs) == 1
    assert {name for name, *_ in back} == {name for name, *_ in there}
    assert np.array(sorted(p[1:] for p in back)) == pytest.approx(
        np.array(sorted(p[1:] for p in there)), abs=0.01
    )


def test_records_for_the_plan_are_plain_and_leave_out_what_is_not_known(
    cologne: TrackNetwork, erft: TrackRoute
) -> None:
    import json

    records: list[dict[str, Any]] = [site.as_dict() for site in route_sites(cologne, erft)]
    assert json.loads(json.dumps(records)) == records
    assert all(value not in ("", [], None) for record in records for value in record.values())
    crossing = next(record for record in records if record["kind"] == "level_crossing")
    assert {"id", "chainage_m", "lat_deg", "lon_deg", "found_by", "run"} <= set(crossing)
