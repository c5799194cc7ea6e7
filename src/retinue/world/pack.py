"""The world pack: rail and road graphs, aerodromes, places, countries and land.

The pack is a folder of part files beside a manifest that names each part's size, CRC-32
and SHA-256, its sources and its licences.  Opening it reads only the manifest; a part is
read, compared with its CRC-32 and decoded when it is first asked for.  `Pack.verify`
compares the full SHA-256.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from retinue.errors import InputError
from retinue.world.countries import Countries
from retinue.world.graph import Graph, read_graph
from retinue.world.outlines import LandOutlines
from retinue.world.pack_file import PartFile
from retinue.world.pack_tables import (
    AerodromeTable,
    PlaceTable,
    RunwayTable,
    read_aerodromes,
    read_places,
)

__all__ = [
    "FORMAT",
    "AerodromeTable",
    "Countries",
    "LandOutlines",
    "Licence",
    "Pack",
    "PlaceTable",
    "RunwayTable",
    "load_pack",
]

FORMAT = "retinue-pack/1"
_REBUILD = "Reinstall retinue, or rebuild the pack with `make pack`."


@dataclass(frozen=True)
class Licence:
    """The licence of one source of the pack.

    Attributes
    ----------
    name
        What the data are, e.g. ``OpenStreetMap``.
    licence
        Short name of the licence, e.g. ``ODbL-1.0``.
    attribution
        The words that have to stand on maps and documents.
    url
        Where the licence or the source is described.
    parts
        The parts of the pack made from it.
    """

    name: str
    licence: str
    attribution: str
    url: str
    parts: tuple[str, ...]


class Pack:
    """A world pack on disk, its parts decoded when first used.

    Parameters
    ----------
    path
        The folder that holds ``MANIFEST.json``.

    Attributes
    ----------
    path
        The same.
    version
        Year and month of the pack's making, e.g. ``2026.11``.
    sha256
        SHA-256 of the manifest, which in turn holds that of every part.
    manifest
        The manifest as read.

    Raises
    ------
    InputError
        When the manifest is missing, broken or of another format.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        file = path / "MANIFEST.json"
        try:
            data = file.read_bytes()
            self.manifest: dict[str, Any] = json.loads(data)
            self.version = str(self.manifest["version"])
            self._parts: dict[str, dict[str, Any]] = self.manifest["parts"]
        except OSError as error:
            raise InputError(
                f"the world pack cannot be read: {error.strerror}", where=str(file), cure=_REBUILD
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                "the manifest of the world pack is broken", where=str(file), cure=_REBUILD
            ) from error
        if self.manifest.get("format") != FORMAT:
            raise InputError(
                f'the world pack has format "{self.manifest.get("format")}", not "{FORMAT}"',
                where=str(file),
                cure=_REBUILD,
            )
        self.sha256 = hashlib.sha256(data).hexdigest()

    def __repr__(self) -> str:
        return f"Pack({self.version}, {self.sha256[:12]})"

    def _open(self, name: str) -> PartFile:
        entry = self._parts.get(name)
        if entry is None:
            raise InputError(
                f'the world pack has no part "{name}"', where=str(self.path), cure=_REBUILD
            )
        return PartFile(self.path / entry["file"], size=entry["size"], crc32=entry["crc32"])

    @cached_property
    def rail(self) -> Graph:
        """The world's railways."""
        return read_graph(self._open("rail"), "rail")

    @cached_property
    def road(self) -> Graph:
        """The world's main highways."""
        return read_graph(self._open("road"), "road")

    @cached_property
    def aerodromes(self) -> AerodromeTable:
        """Open aerodromes with their runways."""
        return read_aerodromes(self._open("aerodromes"))

    @cached_property
    def places(self) -> PlaceTable:
        """Inhabited places."""
        return read_places(self._open("places"))

    @cached_property
    def countries(self) -> Countries:
        """Country outlines, codes and names."""
        return Countries(self._open("countries"))

    @cached_property
    def land(self) -> LandOutlines:
        """Land, coast and borders for maps."""
        return LandOutlines(lambda: self.countries.topology)

    def licences(self) -> list[Licence]:
        """Return the licence of every source, in the manifest's order."""
        return [
            Licence(
                source["name"],
                source["licence"],
                source["attribution"],
                source["url"],
                tuple(source["parts"]),
            )
            for source in self.manifest["sources"]
        ]

    def verify(self) -> None:
        """Compare every part with its full SHA-256.

        Raises
        ------
        InputError
            Names the first part that differs.
        """
        for name, entry in self._parts.items():
            self._open(name)
            file = self.path / entry["file"]
            if hashlib.sha256(file.read_bytes()).hexdigest() != entry["sha256"]:
                raise InputError(
                    "the file differs from the pack's manifest (checksum mismatch)",
                    where=str(file),
                    cure=_REBUILD,
                )


def load_pack(path: Path | None = None) -> Pack:
    """Open a world pack.

    Parameters
    ----------
    path
        Its folder; by default the pack that ships with Retinue.

    Raises
    ------
    InputError
        When there is no readable pack of the right format.
    """
    return Pack(path if path is not None else Path(__file__).parent.parent / "data" / "pack")
