"""World: everything that exists, opened on first use and shared by all legs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from retinue.world.catalogue import SHIPPED

if TYPE_CHECKING:
    from retinue.journey import PlaceAsked
    from retinue.world.countries import Countries
    from retinue.world.graph import Graph
    from retinue.world.line_book import LineBook
    from retinue.world.pack import Pack
    from retinue.world.places import Gazetteer

__all__ = ["World"]


class World:
    """The pack, the books over it, and what is looked up in them.

    Parameters
    ----------
    pack_path
        Another pack than the shipped one.
    line_books
        Users' line books, laid over the shipped ones in this order.
    """

    def __init__(self, pack_path: Path | None = None, line_books: Sequence[Path] = ()) -> None:
        self._pack_path = pack_path
        self._line_books = tuple(line_books)

    @cached_property
    def pack(self) -> Pack:
        """The world pack."""
        from retinue.world.pack import load_pack

        return load_pack(self._pack_path)

    @cached_property
    def line_book(self) -> LineBook:
        """The line books, layered."""
        from retinue.world.line_book import load_line_books

        return load_line_books(self._line_books)

    @property
    def road_graph(self) -> Graph:
        """The road graph."""
        return self.pack.road

    @property
    def countries(self) -> Countries:
        """Country polygons."""
        return self.pack.countries

    def gazetteer(self, places: Mapping[str, PlaceAsked]) -> Gazetteer:
        """Return the gazetteer with a journey's own places before all others."""
        from retinue.world.places import Gazetteer

        return Gazetteer(self.pack, self.line_book, places)

    @cached_property
    def catalogue_sha256(self) -> str:
        """SHA-256 over every shipped data file but pack, fonts and journeys, by name."""
        digest = hashlib.sha256()
        for path in sorted(SHIPPED.rglob("*.yaml")):
            name = path.relative_to(SHIPPED).as_posix()
            if name.startswith("journeys/"):
                continue
            digest.update(f"{name}\0".encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()
