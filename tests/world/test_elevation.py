"""Heights of rails: tiles read right, tunnels without mountains, gradients that rails can have.

Tiles: SRTM of the US government.  The bars (45 per mille, 10 m) are those of the project.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.world.osm_files import write_osm

from retinue.errors import InputError
from retinue.world.elevation import TileFolder
from retinue.world.osm_import import import_extract
from retinue.world.track_network import TrackNetwork
from retinue.world.track_summary import network_summary

SIDE = 1201
RAIL = {"railway": "rail"}


def write_tile(folder: Path, heights: np.ndarray, name: str = "N50E007") -> Path:
    """Write a tile of heights, row 0 in the north, into its own folder."""
    tiles = folder / "dem"
    tiles.mkdir(exist_ok=True)
    (tiles / f"{name}.hgt").write_bytes(heights.astype(">i2").tobytes())
    return tiles


def plane(south_m: float, east_rise_m: float) -> np.ndarray:
    """Return heights that rise evenly to the east, by so much over the tile."""
    return np.tile(south_m + np.linspace(0.0, east_rise_m, SIDE), (SIDE, 1))


def gradients(network: TrackNetwork) -> np.ndarray:
    found = []
    for edge in range(len(network.edges)):
        along, height = network.heights(edge)
        found.append(np.diff(height) / np.diff(along))
    return np.concatenate(found)


def test_a_post_has_its_own_height_and_north_is_up(tmp_path: Path) -> None:
    heights = np.zeros((SIDE, SIDE))
    heights[0, 0], heights[-1, -1], heights[600, 300] = 100, 200, 300
    tiles = TileFolder(write_tile(tmp_path, heights))
    # North-west corner, almost the south-east one (its own degree belongs to the next tile).
    lat = np.array([51.0 - 1e-12, 50.0, 50.5])
    lon = np.array([7.0, 8.0 - 1e-12, 7.25])
    np.testing.assert_allclose(tiles.heights(lat, lon), [100, 200, 300], atol=1e-4)
    assert tiles.used() == ["N50E007.hgt"]


@settings(max_examples=50, deadline=None)
@given(st.floats(50.0, 50.999), st.floats(7.0, 7.999))
def test_a_plane_is_a_plane_between_posts(lat: float, lon: float) -> None:
    grid = 100 + np.add.outer(-np.arange(SIDE), 2 * np.arange(SIDE)).astype(float) + SIDE
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        tiles = TileFolder(write_tile(Path(folder), grid))
        height = float(tiles.heights(np.array([lat]), np.array([lon]))[0])
    expected = 100 + SIDE - (51 - lat) * 1200 + 2 * (lon - 7) * 1200
    assert height == pytest.approx(expected, abs=1e-3)


def test_voids_are_filled_from_their_rims(tmp_path: Path) -> None:
    heights = np.full((SIDE, SIDE), 250.0)
    heights[500:520, 500:520] = -32768
    tiles = TileFolder(write_tile(tmp_path, heights))
    lat = np.array([51 - 510 / 1200])
    assert tiles.heights(lat, np.array([7 + 510 / 1200]))[0] == 250.0


def test_a_point_without_a_tile_has_no_height(tmp_path: Path) -> None:
    tiles = TileFolder(write_tile(tmp_path, plane(100, 0)))
    assert np.isnan(tiles.heights(np.array([52.5]), np.array([7.5]))[0])
    assert tiles.missing() == ["N52E007"]


def test_the_zip_of_the_shared_data_and_the_plain_tile_agree(shared: Path, tmp_path: Path) -> None:
    dem = shared / "data" / "dem"
    with zipfile.ZipFile(dem / "N49E011.hgt.zip") as archive:
        archive.extractall(tmp_path)
    lat, lon = np.linspace(49.01, 49.99, 50), np.linspace(11.01, 11.99, 50)
    plain = TileFolder(tmp_path).heights(lat, lon)
    np.testing.assert_array_equal(plain, TileFolder(dem).heights(lat, lon))


@pytest.mark.parametrize("content", [b"", b"123", bytes(7_000)])
def test_a_broken_tile_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    for name in ("N50E007.hgt", "N50E008.hgt.zip"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_bytes(content)
        with pytest.raises(InputError, match="elevation tile"):
            TileFolder(folder).heights(np.array([50.5]), np.array([float(name[4:7]) + 0.5]))


def test_a_folder_without_tiles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no elevation tile"):
        TileFolder(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        TileFolder(tmp_path / "none")


def long_track(folder: Path, tags: dict[int, dict[str, str]] | None = None) -> Path:
    """Write a straight track of three ways of 3 km each, running east."""
    nodes = {i: (1000.0 * i, 50_000.0) for i in range(10)}
    extra = tags or {}
    ways = {
        10 + part: (list(range(3 * part, 3 * part + 4)), RAIL | extra.get(part, {}))
        for part in range(3)
    }
    return write_osm(folder / "a.osm", nodes, ways)


def test_an_even_slope_stays_as_it_is(tmp_path: Path) -> None:
    # The tile rises 700 m in a degree of 71.7 km: 9.8 per mille, with its posts rounded to 1 m.
    dem = write_tile(tmp_path, plane(100, 700))
    network = import_extract(long_track(tmp_path), dem=dem)
    along, height = network.heights(0)
    middle = (along > 1500) & (along < 7500)
    slope = np.diff(height[middle]) / np.diff(along[middle])
    width = float(np.cos(np.radians(50.45))) * 111_320 * 1.0018
    assert slope == pytest.approx(700 / width, rel=0.02)


def test_a_tunnel_runs_straight_from_portal_to_portal(tmp_path: Path) -> None:
    heights = plane(100, 0)
    # A mountain of 900 m over the middle way (3 to 6 km east of 7 E).
    heights[:, round(3300 / 59.7) : round(5700 / 59.7)] = 1000
    dem = write_tile(tmp_path, heights)
    network = import_extract(long_track(tmp_path, {1: {"tunnel": "yes"}}), dem=dem)
    _, height = network.heights(0)
    assert height == pytest.approx(100.0, abs=0.5)
    open_track = import_extract(long_track(tmp_path), dem=dem)
    assert open_track.heights(0)[1].max() > 800


def test_a_bridge_does_not_follow_the_ravine(tmp_path: Path) -> None:
    heights = plane(500, 0)
    heights[:, round(3300 / 59.7) : round(5700 / 59.7)] = 300
    dem = write_tile(tmp_path, heights)
    network = import_extract(long_track(tmp_path, {1: {"bridge": "viaduct"}}), dem=dem)
    assert network.heights(0)[1] == pytest.approx(500.0, abs=0.5)


def test_the_noise_of_the_tile_does_not_become_gradients(tmp_path: Path) -> None:
    # SRTM's random error: a standard deviation of about 5 m from post to post.
    noise = np.random.default_rng(1).normal(0.0, 5.0, (SIDE, SIDE))
    dem = write_tile(tmp_path, plane(200, 0) + np.round(noise))
    network = import_extract(long_track(tmp_path), dem=dem)
    assert np.abs(gradients(network)).max() < 0.012


def test_without_tiles_there_are_no_heights(cologne: TrackNetwork) -> None:
    assert network_summary(cologne)["elevation"]["of_length"] == 0.0
    assert len(cologne.heights(0)[0]) == 0


def test_bayreuths_gradients_are_those_of_a_railway(shared: Path) -> None:
    network = import_extract(
        shared / "data" / "osm" / "north-bayreuth.osm.gz", dem=shared / "data" / "dem"
    )
    slope = gradients(network)
    assert np.abs(slope).max() < 0.045
    assert np.ptp(slope) > 0.005
    assert network_summary(network)["elevation"]["of_length"] == pytest.approx(1.0)
    ends: dict[int, set[float]] = {}
    for edge in range(len(network.edges)):
        _, height = network.heights(edge)
        ends.setdefault(int(network.edges.from_node[edge]), set()).add(float(height[0]))
        ends.setdefault(int(network.edges.to_node[edge]), set()).add(float(height[-1]))
    assert all(len(heights) == 1 for heights in ends.values())


def test_monacos_tunnels_hold_no_mountain(shared: Path) -> None:
    dem = shared / "data" / "dem"
    network = import_extract(shared / "data" / "osm" / "monaco-planetiler.osm.pbf", dem=dem)
    tiles = TileFolder(dem)
    degree = np.diff(network.nodes.edge_start)
    height: dict[int, float] = {}
    for edge in range(len(network.edges)):
        assert network.values_on("tunnel", edge)
        along, rail = network.heights(edge)
        height[int(network.edges.from_node[edge])] = float(rail[0])
        height[int(network.edges.to_node[edge])] = float(rail[-1])
        # No mountain: nowhere higher than its ends, nor lower.
        low, high = sorted((float(rail[0]), float(rail[-1])))
        assert low - 0.01 <= rail.min()
        assert rail.max() <= high + 0.01
        assert np.abs(np.diff(rail) / np.diff(along)).max() < 0.035
    portals = np.flatnonzero(degree == 1)
    assert len(portals) == 4
    ground = tiles.heights(network.nodes.lat_deg[portals], network.nodes.lon_deg[portals])
    for i, one in enumerate(portals):
        for j, two in enumerate(portals):
            rise = height[int(two)] - height[int(one)]
            assert rise == pytest.approx(ground[j] - ground[i], abs=10.0)


def test_edges_outside_the_tiles_have_no_profile_and_info_says_so(tmp_path: Path) -> None:
    dem = write_tile(tmp_path, plane(100, 0), "N10E010")
    network = import_extract(long_track(tmp_path), dem=dem)
    assert len(network.heights(0)[0]) == 0
    assert network_summary(network)["elevation"]["missing_tiles"] == ["N50E007"]
