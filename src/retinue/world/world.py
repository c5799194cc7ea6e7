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
    from retinue.world.road_network import RoadNetwork
    from retinue.world.road_search import RoadRouter
    from retinue.world.track_area import TrackArea
    from retinue.world.track_network import TrackNetwork
    from retinue.world.track_search import TrackRouter

__all__ = ["World"]


class World:
    """The pack, the books over it, and what is looked up in them.

    Parameters
    ----------
    pack_path
        Another pack than the shipped one.
    line_books
        Users' line books, laid over the shipped ones in this order.
    tracks
        A built world at track level (``NAME.world``); None: coarse networks only.
    """

    def __init__(
        self,
        pack_path: Path | None = None,
        line_books: Sequence[Path] = (),
        tracks: Path | None = None,
    ) -> None:
        self._pack_path = pack_path
        self._line_books = tuple(line_books)
        self.tracks_path = tracks

    def with_line_books(self, line_books: Sequence[Path]) -> World:
        """Return the same world under other line books; its tracks are shared."""
        other = World(self._pack_path, line_books, self.tracks_path)
        for name in ("tracks", "router", "area", "roads", "road_router"):
            if name in self.__dict__:
                other.__dict__[name] = self.__dict__[name]
        return other

    @cached_property
    def tracks(self) -> TrackNetwork | None:
        """The network at track level; None where no world was named, or it holds roads alone."""
        if self.tracks_path is None:
            return None
        from retinue.world.track_network import load_track_network

        network = load_track_network(self.tracks_path)
        return network if len(network.edges) else None

    @cached_property
    def roads(self) -> RoadNetwork | None:
        """The roads of the built world; None where none was named, or it holds none."""
        if self.tracks_path is None:
            return None
        from retinue.world.road_network import load_road_network

        return load_road_network(self.tracks_path)

    @cached_property
    def road_router(self) -> RoadRouter | None:
        """The route search over the roads."""
        if self.roads is None:
            return None
        from retinue.world.road_search import RoadRouter

        return RoadRouter(self.roads)

    @cached_property
    def router(self) -> TrackRouter | None:
        """The route search over the tracks; the usual side is that of the country in its middle."""
        if self.tracks is None:
            return None
        import numpy as np

        from retinue.world.running_side import running_side
        from retinue.world.track_search import TrackRouter
        from retinue.world.track_side import usual_directions

        nodes = self.tracks.nodes
        middle = float(np.median(nodes.lat_deg)), float(np.median(nodes.lon_deg))
        side = running_side(self.countries.country_at(*middle) or "")
        usual = None if side is None else usual_directions(self.tracks, side)
        return TrackRouter(self.tracks, usual=usual)

    @cached_property
    def area(self) -> TrackArea | None:
        """Places and edges of the network at track level."""
        if self.tracks is None:
            return None
        from retinue.world.track_area import TrackArea

        return TrackArea(self.tracks, self.countries)

    @cached_property
    def tracks_sha256(self) -> str:
        """SHA-256 of the manifest of the built world; empty without one."""
        if self.tracks_path is None:
            return ""
        from retinue.world.track_network import MANIFEST, load_manifest

        load_manifest(self.tracks_path)
        return hashlib.sha256((self.tracks_path / MANIFEST).read_bytes()).hexdigest()

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

        return Gazetteer(self.pack, self.line_book, places, self.area)

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
