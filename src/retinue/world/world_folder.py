"""A built world on disk: written aside, then put in place whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from retinue.errors import InputError
from retinue.files import FOLDER_MODE, make_folder, replace_folder, unwritable, write_text
from retinue.world.array_file import write_arrays
from retinue.world.road_network import RoadNetwork
from retinue.world.track_network import FORMAT, MANIFEST, TrackNetwork

__all__ = ["refuse_foreign", "save_track_network"]


def refuse_foreign(folder: Path, *, force: bool = False) -> None:
    """Refuse to write over anything but a world.

    Raises
    ------
    InputError
        Where the place is a file, or a folder that holds something else.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError(
            "there is a file of that name", where=str(folder), cure="Name another place with -o."
        )
    if not force and any(folder.iterdir()) and not _is_world(folder):
        raise InputError(
            "the folder holds something that is no world of Retinue's",
            where=str(folder),
            cure="Name another place with -o, or give --force.",
        )


def _is_world(folder: Path) -> bool:
    try:
        record = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    word = record.get("format") if isinstance(record, dict) else None
    return isinstance(word, str) and word.split("/")[0] == FORMAT.split("/")[0]


def save_track_network(
    network: TrackNetwork, folder: Path, *, force: bool = False, roads: RoadNetwork | None = None
) -> Path:
    """Write a network, and roads where there are any, as a world.

    An interruption leaves what was there before.

    Raises
    ------
    InputError
        Where the place is taken or cannot be written.
    """
    folder = folder.absolute()
    refuse_foreign(folder, force=force)
    make_folder(folder.parent)
    try:
        aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as error:
        raise unwritable(folder, error) from error
    try:
        _fill(network, roads, aside)
        aside.chmod(FOLDER_MODE)
        replace_folder(aside, folder)
    finally:
        # Interruptions too; after success there is nothing left to remove.
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _fill(network: TrackNetwork, roads: RoadNetwork | None, aside: Path) -> None:
    arrays: dict[str, Any] = {}
    tables: Mapping[str, Any] = {
        name: getattr(network, name)
        for name in (
            "nodes", "edges", "shapes", "ways", "points", "stations", "station_tracks",
            "platforms", "lineside", "roads", "profile", "turns",
        )
    }  # fmt: skip
    for name, table in tables.items():
        arrays |= table.arrays(name)
    for name, table in network.attributes.items():
        arrays |= table.arrays(f"attributes/{name}")
    arrays |= {"text/blob": network.text.blob, "text/start": network.text.start}
    entry = write_arrays(aside / "tracks.bin", arrays)
    manifest = network.manifest | {
        "format": FORMAT,
        "gauge_sets": [list(item) for item in network.gauge_sets],
        "power_sets": [list(item) for item in network.power_sets],
        "parts": {"tracks": entry},
    }
    if roads is not None:
        manifest["parts"]["roads"] = write_arrays(aside / "roads.bin", roads.arrays())
        manifest["roads"] = roads.record
    write_text(aside / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
