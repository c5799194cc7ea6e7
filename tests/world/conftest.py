"""Worlds that several tests of this room look at, each built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from retinue.world.osm_import import import_extract
from retinue.world.track_network import TrackNetwork, load_track_network
from retinue.world.world_folder import save_track_network


@pytest.fixture(scope="session")
def cologne_extract(shared: Path) -> Path:
    return shared / "data" / "osm" / "cologne-railway.osm.pbf"


@pytest.fixture(scope="session")
def cologne(cologne_extract: Path, tmp_path_factory: pytest.TempPathFactory) -> TrackNetwork:
    """Return Cologne as a user has it: imported, written, loaded."""
    folder = tmp_path_factory.mktemp("world") / "cologne.world"
    save_track_network(import_extract(cologne_extract), folder)
    return load_track_network(folder)
