"""Ways cut into edges: what meets where decides every route, and no metre may be lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from tests.world.osm_files import write_osm

from retinue.world.osm_extract import OsmWay
from retinue.world.osm_import import import_extract
from retinue.world.osm_tags import Faults
from retinue.world.track_network import NODE_KINDS, TrackNetwork
from retinue.world.track_split import split_tracks

RAIL = {"railway": "rail"}


def build(path: Path, *args: object, **more: object) -> TrackNetwork:
    return import_extract(write_osm(path / "small.osm", *args, **more))  # type: ignore[arg-type]


def kinds(network: TrackNetwork) -> dict[int, str]:
    return {
        int(i): NODE_KINDS[k] for i, k in zip(network.nodes.osm_id, network.nodes.kind, strict=True)
    }


LINE = {1: (0.0, 0.0), 2: (100.0, 0.0), 3: (200.0, 0.0), 4: (300.0, 0.0), 5: (300.0, 10.0)}


def test_a_switch_cuts_and_a_joint_of_ways_does_not(tmp_path: Path) -> None:
    #  1 ── 2 ── 3 ── 4     way 10 = 1 2, way 11 = 2 3 4, way 12 = 3 5
    #             └── 5
    ways = {10: ([1, 2], RAIL), 11: ([2, 3, 4], RAIL), 12: ([3, 5], RAIL)}
    network = build(tmp_path, LINE, ways, {3: {"railway": "switch"}})
    assert kinds(network) == {1: "end", 3: "switch", 4: "end", 5: "end"}
    assert len(network.edges) == 3
    first = network.ways.way_id[network.ways.edge == 0].tolist()
    assert first == [10, 11]
    assert network.edges.length_m[0] == pytest.approx(200.0, rel=1e-3)


def test_attributes_turn_with_ways_that_run_against_the_edge(tmp_path: Path) -> None:
    ways = {
        10: ([1, 2], RAIL),
        11: (
            [3, 2],
            RAIL | {"maxspeed:forward": "50", "maxspeed:backward": "90", "incline": "1%",
                    "railway:preferred_direction": "forward"},
        ),
    }  # fmt: skip
    network = build(tmp_path, LINE, ways)
    assert len(network.edges) == 1
    assert network.ways.direction.tolist() == [1, -1]
    assert network.attributes["speed_forward"].value.tolist() == pytest.approx([90 / 3.6])
    assert network.attributes["speed_backward"].value.tolist() == pytest.approx([50 / 3.6])
    assert network.attributes["preferred_direction"].value.tolist() == [-1]
    assert network.attributes["incline"].value.tolist() == pytest.approx([-0.01])
    (row,) = network.attributes["speed_forward"].on(0)
    assert row[:2] == pytest.approx((100.0, 200.0), rel=1e-3)
    assert network.attributes["speed_forward"].at(0, 50.0) is None


def test_equal_neighbours_are_one_interval(tmp_path: Path) -> None:
    ways = {10: ([1, 2], RAIL | {"gauge": "1435"}), 11: ([2, 3], RAIL | {"gauge": "1435"})}
    network = build(tmp_path, LINE, ways)
    assert network.values_on("gauge", 0) == [(0.0, network.edges.length_m[0], (1435,))]


def test_tracks_that_cross_untagged_or_tagged_are_a_diamond(tmp_path: Path) -> None:
    nodes = {1: (0.0, 0.0), 2: (50.0, 0.0), 3: (100.0, 0.0), 4: (50.0, 50.0), 5: (50.0, -50.0)}
    ways = {10: ([1, 2, 3], RAIL), 11: ([4, 2, 5], RAIL)}
    tagged = build(tmp_path, nodes, ways, {2: {"railway": "railway_crossing"}})
    assert kinds(tagged)[2] == "diamond"
    assert tagged.manifest["faults"] == []
    untagged = build(tmp_path, nodes, ways)
    assert kinds(untagged)[2] == "diamond"
    assert untagged.manifest["faults"][0]["kind"] == (
        "4 tracks that meet without switch or crossing"
    )


@pytest.mark.parametrize("kind", ["single_slip", "double_slip"])
def test_slips_are_told_by_their_tag(tmp_path: Path, kind: str) -> None:
    nodes = {1: (0.0, 0.0), 2: (50.0, 0.0), 3: (100.0, 0.0), 4: (0.0, 5.0), 5: (100.0, -5.0)}
    ways = {10: ([1, 2, 3], RAIL), 11: ([4, 2, 5], RAIL)}
    tags = {2: {"railway": "switch", "railway:switch": kind}}
    assert kinds(build(tmp_path, nodes, ways, tags))[2] == kind


def test_the_network_class_cuts_too(tmp_path: Path) -> None:
    ways = {10: ([1, 2], RAIL), 11: ([2, 3], {"railway": "light_rail"})}
    network = build(tmp_path, LINE, ways)
    assert kinds(network)[2] == "joint"
    assert sorted(network.edges.network_class.tolist()) == [0, 2]


def test_a_ring_is_cut_at_its_first_node(tmp_path: Path) -> None:
    ways = {10: ([2, 3, 5, 2], RAIL)}
    network = build(tmp_path, LINE, ways)
    assert len(network.edges) == 1
    assert network.nodes.osm_id.tolist() == [2]
    assert list(network.incident(0)) == [(0, 0), (0, 1)]


def test_a_tunnel_over_two_edges_is_as_long_as_both(tmp_path: Path) -> None:
    tunnel = RAIL | {"tunnel": "yes"}
    ways = {10: ([1, 2], RAIL), 11: ([2, 3, 4], tunnel), 12: ([3, 5], RAIL)}
    network = build(tmp_path, LINE, ways)
    assert network.attributes["tunnel_length"].value.tolist() == pytest.approx(
        [200.0, 200.0], rel=1e-3
    )


@st.composite
def networks(draw: st.DrawFn) -> list[list[int]]:
    count = draw(st.integers(4, 14))
    walk = st.lists(st.integers(0, count - 1), min_size=2, max_size=6)
    ways = draw(st.lists(walk, min_size=1, max_size=8))
    clean = [[a for a, b in zip(way, [*way[1:], -1], strict=True) if a != b] for way in ways]
    return [way for way in clean if len(way) >= 2] or [[0, 1]]


@settings(max_examples=60, deadline=None)
@given(networks())
def test_no_metre_is_lost_and_every_vertex_keeps_its_place(ways: list[list[int]]) -> None:
    # Points on a circle: no two in one place.
    angle = np.linspace(0.0, 6.0, 14)
    lat, lon = 50 + 0.01 * np.sin(angle), 7 + 0.01 * np.cos(angle)
    drawn = [OsmWay(i, np.array(w, np.int64), lat[w], lon[w], RAIL) for i, w in enumerate(ways)]
    split = split_tracks(drawn, [0] * len(drawn), {}, Faults())
    geod = Geod(ellps="WGS84")
    total = sum(geod.line_length(w.lon_deg, w.lat_deg) for w in drawn)
    assert split.edges.length_m.sum() == pytest.approx(total, rel=1e-9)
    assert sum(p.last - p.first for chain in split.pieces for p in chain) == sum(
        len(w) - 1 for w in ways
    )
    for edge in range(len(split.edges)):
        rows = slice(split.edges.shape_start[edge], split.edges.shape_start[edge + 1])
        ids = split.shapes.osm_id[rows]
        assert ids[0] == split.nodes.osm_id[split.edges.from_node[edge]]
        assert ids[-1] == split.nodes.osm_id[split.edges.to_node[edge]]
        # Nothing but a node is shared by edges.
        assert not set(ids[1:-1].tolist()) & set(split.nodes.osm_id.tolist())
