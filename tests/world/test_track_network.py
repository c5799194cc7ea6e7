"""A world on disk: what was written comes back, and nothing else is taken for a world."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.world.osm_files import write_osm

from retinue.errors import InputError
from retinue.world.osm_import import import_extract
from retinue.world.track_network import FORMAT, MANIFEST, TrackNetwork, load_track_network
from retinue.world.world_folder import save_track_network


@pytest.fixture
def network(tmp_path: Path) -> TrackNetwork:
    nodes = {1: (0.0, 0.0), 2: (100.0, 0.0), 3: (200.0, 0.0)}
    tags = {"railway": "rail", "name": "Größe", "gauge": "1435;1520", "maxspeed": "none"}
    return import_extract(write_osm(tmp_path / "a.osm", nodes, {10: ([1, 2, 3], tags)}))


def test_what_is_written_comes_back(network: TrackNetwork, tmp_path: Path) -> None:
    back = load_track_network(save_track_network(network, tmp_path / "a.world"))
    for name in ("nodes", "edges", "shapes", "ways", "points", "stations", "profile"):
        for key, column in getattr(network, name).arrays("").items():
            np.testing.assert_array_equal(column, getattr(back, name).arrays("")[key])
    assert back.values_on("name", 0)[0][2] == "Größe"
    assert back.values_on("gauge", 0)[0][2] == (1435, 1520)
    assert back.values_on("speed_forward", 0)[0][2] == np.inf
    assert back.path == tmp_path / "a.world"


def test_only_the_owner_can_read_a_world(network: TrackNetwork, tmp_path: Path) -> None:
    folder = save_track_network(network, tmp_path / "a.world")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {p.stat().st_mode & 0o777 for p in folder.iterdir()} == {0o600}


def test_an_older_format_names_the_command_that_rebuilds(
    network: TrackNetwork, tmp_path: Path
) -> None:
    folder = save_track_network(network, tmp_path / "a.world")
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"format": "retinue-world/0"}))
    with pytest.raises(InputError) as caught:
        load_track_network(folder)
    assert caught.value.message == (
        f'the world has format "retinue-world/0", this version of Retinue reads "{FORMAT}"'
    )
    assert f"retinue world build a.osm -o {folder}" in caught.value.cure


@pytest.mark.parametrize("content", ["", "[]", "{", '{"format": "retinue-world/2"}'])
def test_a_broken_manifest_is_one_sentence(content: str, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(InputError, match="world"):
        load_track_network(tmp_path)


def test_a_cut_off_file_is_told_by_its_size(network: TrackNetwork, tmp_path: Path) -> None:
    folder = save_track_network(network, tmp_path / "a.world")
    data = (folder / "tracks.bin").read_bytes()
    (folder / "tracks.bin").write_bytes(data[:-100])
    with pytest.raises(InputError, match="bytes and not the"):
        load_track_network(folder)
    (folder / "tracks.bin").unlink()
    with pytest.raises(InputError, match="cannot be read"):
        load_track_network(folder)


def test_a_folder_that_is_no_world_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_track_network(tmp_path / "none.world")
    assert "retinue world build" in caught.value.cure


def test_a_world_is_replaced_and_anything_else_is_not(
    network: TrackNetwork, tmp_path: Path
) -> None:
    folder = save_track_network(network, tmp_path / "a.world")
    save_track_network(network, folder)
    other = tmp_path / "letters"
    other.mkdir()
    (other / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="no world of Retinue's"):
        save_track_network(network, other)
    assert (other / "letter.txt").read_text() == "dear"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.osm", "a.world", "letters"]


def test_an_interruption_leaves_the_old_world(
    network: TrackNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_track_network(network, tmp_path / "a.world")
    before = (folder / MANIFEST).read_bytes()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("retinue.world.world_folder.write_arrays", stop)
    with pytest.raises(KeyboardInterrupt):
        save_track_network(network, folder)
    assert (folder / MANIFEST).read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.osm", "a.world"]
