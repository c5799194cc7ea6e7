"""Whole extracts imported: lengths and counts against independent readings of the raw file.

Every expected count is taken anew from the raw file with osmium, or stands in the README
of the shared data; differences are explained where they are asserted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pytest
from pyproj import Geod
from tests.world.osm_files import write_osm

from retinue.errors import InputError
from retinue.world.osm_import import STEPS, import_extract
from retinue.world.track_network import (
    NETWORK_CLASSES,
    NODE_KINDS,
    POINT_KINDS,
    STATION_KINDS,
    TrackNetwork,
)
from retinue.world.track_summary import network_summary

RAIL = {"railway": "rail"}
TRACKS = ("rail", "narrow_gauge", "light_rail", "tram", "subway", "preserved")


def raw(path: Path) -> Iterable[Any]:
    keys = osmium.filter.KeyFilter("railway")
    return osmium.FileProcessor(str(path)).with_locations().with_filter(keys)


def heavy_m(network: TrackNetwork) -> float:
    edges = network.edges
    return float(edges.length_m[edges.network_class == NETWORK_CLASSES.index("heavy")].sum())


def test_the_length_of_rail_equals_the_ellipsoids_and_nearly_the_spheres(
    cologne: TrackNetwork, cologne_extract: Path
) -> None:
    geod = Geod(ellps="WGS84")
    ellipsoid = sphere = 0.0
    for item in raw(cologne_extract):
        if item.is_way() and item.tags.get("railway") == "rail":
            ellipsoid += geod.line_length([n.lon for n in item.nodes], [n.lat for n in item.nodes])
            sphere += osmium.geom.haversine_distance(item.nodes)
    assert heavy_m(cologne) == pytest.approx(ellipsoid, rel=1e-4)
    assert heavy_m(cologne) == pytest.approx(sphere, rel=3e-3)
    # README of the shared data: 1,541 km by haversine, 1,543.4 km on WGS84.
    assert sphere == pytest.approx(1_541e3, rel=5e-4)
    assert heavy_m(cologne) == pytest.approx(1_543.4e3, rel=5e-5)


def test_counts_agree_with_the_readme(cologne: TrackNetwork, cologne_extract: Path) -> None:
    manifest = cologne.manifest
    # README: 5,920 rail ways, 3,657 switches, 2,636 signals, 1,523 level crossings,
    # 1,405 milestones, one station node.
    assert manifest["imported_ways"]["heavy"] == 5_920
    found = manifest["found_nodes"]
    assert (found["switch"], found["signal"], found["level_crossing"]) == (3_657, 2_636, 1_523)
    assert (found["milestone"], found["station"]) == (1_405, 1)
    # Fewer are on the network: the rest lies on ways that are disused, razed, under
    # construction or of a miniature railway, which no train runs on.
    on_track: Counter[str] = Counter()
    refs = set()
    tagged = {}
    for item in raw(cologne_extract):
        if item.is_node():
            tagged[item.id] = item.tags.get("railway", "")
        elif item.is_way() and item.tags.get("railway") in TRACKS:
            refs |= {node.ref for node in item.nodes}
    for node, value in tagged.items():
        if node in refs:
            on_track[value] += 1
    kinds = Counter(POINT_KINDS[code] for code in cologne.points.kind)
    for kind in ("switch", "signal", "level_crossing", "milestone", "railway_crossing", "derail"):
        assert kinds[kind] == on_track[kind], kind
    assert kinds["foot_crossing"] == on_track["crossing"]
    assert (kinds["switch"], kinds["signal"], kinds["level_crossing"]) == (3_606, 2_622, 1_498)


def test_attributes_agree_with_the_readme(cologne: TrackNetwork) -> None:
    heavy = network_summary(cologne)["classes"]["heavy"]["tagged"]
    # README: gauge on 5,850 ways, electrified on 5,517; one way more has a voltage alone.
    assert heavy["gauge"]["ways"] == 5_850
    assert heavy["electrification"]["ways"] == 5_517 + 1
    assert cologne.gauge_sets == ((1435,), (600,))
    assert ("15kv-ac-16.7hz",) in cologne.power_sets


def test_limits_agree_with_the_raw_ways(cologne: TrackNetwork, cologne_extract: Path) -> None:
    limits = {}
    plain = 0
    for item in raw(cologne_extract):
        if item.is_way() and item.tags.get("railway") == "rail":
            plain += "maxspeed" in item.tags
            limits[item.id] = tuple(
                item.tags.get(f"maxspeed:{way}", item.tags.get("maxspeed", ""))
                for way in ("forward", "backward")
            )
    assert plain == 2_370  # README
    ways = cologne.ways
    checked = 0
    for row in range(0, len(ways), 7):
        told = limits.get(int(ways.way_id[row]))
        if told is None:
            continue
        sides = told if ways.direction[row] > 0 else told[::-1]
        middle = float(ways.from_m[row] + ways.to_m[row]) / 2.0
        for name, text in zip(("speed_forward", "speed_backward"), sides, strict=True):
            mine = cologne.attributes[name].at(int(ways.edge[row]), middle)
            assert mine == (pytest.approx(float(text) / 3.6) if text else None)
            checked += 1
    assert checked > 1_000


def test_bridges_and_tunnels_agree_with_the_readme(
    cologne: TrackNetwork, cologne_extract: Path
) -> None:
    expected = Counter[str]()
    metres = 0.0
    geod = Geod(ellps="WGS84")
    for item in raw(cologne_extract):
        if item.is_way() and item.tags.get("railway") in TRACKS:
            heavy = item.tags["railway"] == "rail"
            expected["bridge"] += heavy and item.tags.get("bridge", "no") != "no"
            if item.tags.get("tunnel", "no") != "no":
                expected["tunnel"] += heavy
                metres += geod.line_length([n.lon for n in item.nodes], [n.lat for n in item.nodes])
    # README: 1,009 bridges (one of the tags says "no") and 87 tunnels.
    assert expected == {"bridge": 1_009 - 1, "tunnel": 87}
    assert network_summary(cologne)["tunnels_m"] == pytest.approx(metres, rel=1e-6)


def test_every_end_of_an_edge_is_the_node_it_names(cologne: TrackNetwork) -> None:
    edges, shapes, nodes = cologne.edges, cologne.shapes, cologne.nodes
    first, last = edges.shape_start[:-1], edges.shape_start[1:] - 1
    assert (shapes.osm_id[first] == nodes.osm_id[edges.from_node]).all()
    assert (shapes.osm_id[last] == nodes.osm_id[edges.to_node]).all()
    assert (shapes.distance_m[first] == 0.0).all()
    assert (shapes.distance_m[last] == edges.length_m).all()
    assert (edges.length_m > 0.0).all()


def test_intervals_lie_on_their_edges_in_order(cologne: TrackNetwork) -> None:
    for name, table in cologne.attributes.items():
        assert (table.from_m < table.to_m).all(), name
        assert (table.to_m <= cologne.edges.length_m[table.edge] + 1e-9).all(), name
        assert (np.diff(table.edge) >= 0).all(), name
        same = table.edge[1:] == table.edge[:-1]
        assert (table.from_m[1:][same] >= table.to_m[:-1][same]).all(), name


def test_points_lie_where_their_nodes_lie(cologne: TrackNetwork) -> None:
    points = cologne.points
    for row in range(0, len(points), 101):
        lat, lon = cologne.position(int(points.edge[row]), float(points.at_m[row]))
        assert lat == pytest.approx(points.lat_deg[row], abs=1e-7)
        assert lon == pytest.approx(points.lon_deg[row], abs=1e-7)
    inside = [r for e in range(len(cologne.edges)) for r in cologne.points_inside(e)]
    at_nodes = [r for n in range(len(cologne.nodes)) for r in cologne.points_at(n).tolist()]
    assert sorted(inside + at_nodes) == list(range(len(points)))


def test_switches_are_nodes_where_three_tracks_meet(cologne: TrackNetwork) -> None:
    degree = np.diff(cologne.nodes.edge_start)
    kinds = np.array(NODE_KINDS)[cologne.nodes.kind]
    assert (degree[kinds == "switch"] == 3).all()
    assert (degree[kinds == "end"] == 1).all()
    assert (degree[kinds == "double_slip"] >= 4).all()
    assert (degree[kinds == "diamond"] >= 4).all()


def test_stations_are_found_without_station_nodes(cologne: TrackNetwork) -> None:
    names = [cologne.text[i] for i in cologne.stations.name]
    # The extract's one station node belongs to a park railway; these stations are real.
    for name in ("Köln Hauptbahnhof", "Köln Messe/Deutz", "Bonn Hauptbahnhof", "Horrem"):
        assert name in names
    hbf = names.index("Köln Hauptbahnhof")
    tracks = cologne.station_tracks
    labels = {cologne.text[i] for i in tracks.track[tracks.station == hbf]}
    # The raw file has stop positions of that name with the references 1 to 11.
    assert labels == {str(i) for i in range(1, 12)}
    assert (cologne.stations.south_deg <= cologne.stations.lat_deg).all()
    assert (cologne.stations.east_deg >= cologne.stations.lon_deg).all()


@pytest.mark.parametrize("closed", [False, True])
def test_a_platform_is_as_long_as_it_is_drawn(tmp_path: Path, closed: bool) -> None:
    # A platform 200 m long, as a line or as an outline 6 m wide, 2 m beside the track.
    nodes = {1: (0.0, 0.0), 2: (500.0, 0.0), 11: (100.0, 2.0), 12: (300.0, 2.0),
             13: (300.0, 8.0), 14: (100.0, 8.0)}  # fmt: skip
    refs = [11, 12, 13, 14, 11] if closed else [11, 12]
    platform = {"railway": "platform", "name": "Here", "ref": "7"}
    path = write_osm(tmp_path / "a.osm", nodes, {10: ([1, 2], RAIL), 20: (refs, platform)})
    network = import_extract(path)
    assert network.platforms.length_m.tolist() == pytest.approx([200.0], abs=0.5)
    assert [network.text[i] for i in network.stations.name] == ["Here"]
    tracks = network.station_tracks
    assert network.text[tracks.track[0]] == "7"
    assert tracks.from_m.tolist() == pytest.approx([100.0], abs=10.0)
    assert tracks.to_m.tolist() == pytest.approx([300.0], abs=10.0)


def test_a_track_behind_another_does_not_serve_the_platform(tmp_path: Path) -> None:
    nodes = {1: (0.0, 0.0), 2: (500.0, 0.0), 3: (0.0, -4.0), 4: (500.0, -4.0),
             11: (100.0, 2.0), 12: (300.0, 2.0)}  # fmt: skip
    ways = {10: ([1, 2], RAIL), 11: ([3, 4], RAIL), 20: ([11, 12], {"railway": "platform"})}
    network = import_extract(write_osm(tmp_path / "a.osm", nodes, ways))
    assert network.ways.way_id[network.station_tracks.edge].tolist() == [10]


def test_parts_of_one_name_are_one_station_and_far_ones_two(tmp_path: Path) -> None:
    nodes = {i: (400.0 * i, 0.0) for i in range(12)}
    stop = {"railway": "stop", "name": "Aldorf Hbf"}
    tags = {1: stop, 2: stop | {"name": "Aldorf Hauptbahnhof"}, 10: stop}
    path = write_osm(tmp_path / "a.osm", nodes, {10: (list(range(12)), RAIL)}, tags)
    network = import_extract(path)
    assert len(network.stations) == 2
    assert sorted(np.bincount(network.station_tracks.station).tolist()) == [1, 2]


def test_the_deep_platforms_of_deutz_serve_no_track_above(cologne: TrackNetwork) -> None:
    names = [cologne.text[i] for i in cologne.stations.name]
    here = cologne.station_tracks.station == names.index("Köln Messe/Deutz (tief)")
    assert {cologne.text[i] for i in cologne.station_tracks.track[here]} == {"11", "12"}


def test_yards_are_found_by_their_tracks(cologne: TrackNetwork) -> None:
    yards = cologne.stations.kind == STATION_KINDS.index("yard")
    assert yards.sum() > 20
    standing = np.isin(cologne.station_tracks.station, np.flatnonzero(yards))
    assert (cologne.station_tracks.to_m[standing] >= 100.0).all()


@pytest.mark.parametrize(
    ("name", "rail", "crossings"),
    [
        ("motis_test_case.osm.pbf", 331, 29),
        ("liechtenstein-valhalla.osm.pbf", 31, 12),
        ("north-bayreuth.osm.gz", 17, 10),
        ("monaco-planetiler.osm.pbf", 13, 0),
    ],
)
def test_every_extract_of_the_readme_imports_whole(
    shared: Path, name: str, rail: int, crossings: int
) -> None:
    steps: list[str] = []
    network = import_extract(shared / "data" / "osm" / name, progress=steps.append)
    assert network.manifest["imported_ways"]["heavy"] == rail
    kinds = Counter(POINT_KINDS[code] for code in network.points.kind)
    assert kinds["level_crossing"] == crossings
    assert len(steps) == STEPS


def test_a_level_crossing_knows_its_road(shared: Path) -> None:
    network = import_extract(shared / "data" / "osm" / "north-bayreuth.osm.gz")
    rows = np.flatnonzero(network.points.kind == POINT_KINDS.index("level_crossing"))
    roads = [network.text[i] for i in network.points.road_class[rows]]
    # In the raw file no road passes node 277917705; unknown is not "no road".
    assert sorted(roads) == sorted(
        ["", "residential", "secondary", "secondary", "tertiary", "tertiary", "tertiary",
         "unclassified", "unclassified", "unclassified"]
    )  # fmt: skip
    assert ((network.points.road_way_id[rows] > 0) == (np.array(roads) != "")).all()
    assert len(network.roads) > 100


def small(folder: Path, **more: object) -> Path:
    nodes = {1: (0.0, 0.0), 2: (100.0, 0.0), 3: (200.0, 0.0)}
    ways = {10: ([1, 2, 3], RAIL)}
    return write_osm(folder / "small.osm", nodes, ways, **more)  # type: ignore[arg-type]


def test_a_signal_faces_as_its_way_says_on_the_edge(tmp_path: Path) -> None:
    nodes = {1: (0.0, 0.0), 2: (100.0, 0.0), 3: (200.0, 0.0), 4: (300.0, 0.0)}
    ways = {10: ([1, 2], RAIL), 11: ([4, 3, 2], RAIL)}
    signal = {"railway": "signal", "railway:signal:direction": "forward",
              "railway:signal:position": "right", "railway:signal:main": "DE-ESO:hp",
              "railway:signal:main:function": "entry"}  # fmt: skip
    network = import_extract(write_osm(tmp_path / "a.osm", nodes, ways, {3: signal, 2: signal}))
    by_node = {int(i): int(d) for i, d in zip(network.points.osm_id, network.points.direction,
                                              strict=True)}  # fmt: skip
    # Way 11 runs against the edge; at node 2 ways of both directions meet.
    assert by_node == {3: -1, 2: 2}
    assert network.text[network.points.function[0]] == "main;entry"


def test_a_node_of_two_kinds_is_two_points(tmp_path: Path) -> None:
    network = import_extract(small(tmp_path, node_tags={2: {"railway": "level_crossing;signal"}}))
    kinds = [POINT_KINDS[code] for code in network.points.kind]
    assert sorted(kinds) == ["level_crossing", "signal"]


def test_missing_nodes_cut_a_way_and_are_counted(tmp_path: Path) -> None:
    nodes = {i: (100.0 * i, 0.0) for i in (1, 2, 4, 5)}
    path = write_osm(tmp_path / "a.osm", nodes, {10: ([1, 2, 3, 4, 5], RAIL)})
    network = import_extract(path)
    assert len(network.edges) == 2
    assert network.manifest["faults"] == [
        {"kind": "track node missing from the extract", "count": 1, "example": "way 10"}
    ]


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        import_extract(path)
    assert "\n" not in str(caught.value)
    return caught.value.message


def test_a_truncated_extract_is_refused(cologne_extract: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(cologne_extract.read_bytes()[:300_000])
    assert "damaged or cut off" in refusal(path)


def test_an_empty_file_and_an_empty_extract_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.osm.pbf"
    path.touch()
    assert refusal(path) == "the extract is empty"
    path = tmp_path / "empty.osm"
    path.write_text('<osm version="0.6"></osm>')
    assert refusal(path) == "the extract is empty: it holds no railway and no road"


def test_an_extract_without_railway_and_road_is_refused(tmp_path: Path) -> None:
    nodes = {1: (0.0, 0.0), 2: (100.0, 0.0)}
    path = write_osm(tmp_path / "a.osm", nodes, {10: ([1, 2], {"highway": "footway"})})
    assert refusal(path) == "the extract holds no railway track in use and no road"


def test_an_extract_without_its_nodes_is_refused(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "a.osm", {}, {10: ([1, 2], RAIL)})
    assert "lacks the positions of its nodes" in refusal(path)


def test_absurd_coordinates_are_refused(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "a.osm", {1: (0.0, 0.0), 2: (0.0, 5e6)}, {10: ([1, 2], RAIL)})
    assert "where nothing can be: node 2" in refusal(path)
    path = write_osm(tmp_path / "b.osm", {1: (0.0, 0.0), 2: (0.0, 5e5)}, {10: ([1, 2], RAIL)})
    assert "500 km apart" in refusal(path)
    path.write_text('<osm version="0.6"><node id="1" lat="50" lon="999"/></osm>')
    assert "places a node where nothing can be" in refusal(path)


def test_an_editors_unpublished_file_is_refused(tmp_path: Path) -> None:
    nodes = {-1: (0.0, 0.0), -2: (100.0, 0.0)}
    path = write_osm(tmp_path / "a.osm", nodes, {-10: ([-1, -2], RAIL)})
    assert "below zero" in refusal(path)


def test_what_is_no_extract_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.osm.pbf") == "there is no such extract"
    path = tmp_path / "journey.yaml"
    path.write_text("retinue: 1")
    assert "does not end like" in refusal(path)


def test_the_same_extract_gives_the_same_world(tmp_path: Path, shared: Path) -> None:
    path = shared / "data" / "osm" / "motis_test_case.osm.pbf"
    one, two = import_extract(path), import_extract(path)
    assert one.manifest == two.manifest
    assert bytes(one.text.blob) == bytes(two.text.blob)
    for name in ("nodes", "edges", "points", "station_tracks", "roads"):
        for key, column in getattr(one, name).arrays("").items():
            np.testing.assert_array_equal(column, getattr(two, name).arrays("")[key])
