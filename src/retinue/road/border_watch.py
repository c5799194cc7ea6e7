"""Which borders a leg may cross, and why not the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import Reason
from retinue.road.request import RoadRequest
from retinue.world.road_book import BorderState, RoadBook, RoadPiece, border_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.world.countries import Countries
    from retinue.world.graph import Graph

    Mask = NDArray[np.bool_]

__all__ = ["BorderWatch", "border_point", "degrees_text"]


class BorderWatch:
    """Which borders are closed on a day, on a graph and for a journey.

    Parameters
    ----------
    graph
        The road graph; None where another backend finds the road.
    book
        The road book.
    request
        The leg, with its day and the borders it opens.
    """

    def __init__(self, graph: Graph | None, book: RoadBook, request: RoadRequest) -> None:
        self._graph = graph
        self._book = book
        self._day = request.day
        self._opened = {border_key(*key.split("-")) for key in request.open_borders}
        self._states: dict[str, BorderState] = {}

    def _roads(self) -> Graph:
        assert self._graph is not None, "only a graph has edges"
        return self._graph

    def state(self, one: str, two: str) -> BorderState:
        """Return what the road book says of a border on the day."""
        key = border_key(one, two)
        if key not in self._states:
            self._states[key] = self._book.border(one, two, self._day)
        return self._states[key]

    def opened_by_journey(self, one: str, two: str) -> bool:
        """Return whether the journey opens a border that has a road at all."""
        return border_key(one, two) in self._opened and self.state(one, two).road != "none"

    def passable(self, one: str, two: str, road: RoadPiece) -> bool:
        """Return whether a motorcade may cross a border on a piece of road."""
        if not one or not two or one == two:
            return True
        return self.opened_by_journey(one, two) or self.state(one, two).passable(road)

    def closed_edges(self) -> Mask:
        """Return which edges of the graph cross a border where it is closed, shape (m,)."""
        graph = self._roads()
        first = graph.node_country[graph.edge_from].astype(np.int64)
        second = graph.node_country[graph.edge_to].astype(np.int64)
        closed = np.zeros(graph.edge_count, np.bool_)
        codes = graph.country_codes
        for edge in np.flatnonzero((first != second) & (first > 0) & (second > 0)).tolist():
            one, two = codes[first[edge]], codes[second[edge]]
            closed[edge] = not self.passable(one, two, self.piece(edge))
        return closed

    def piece(self, edge: int) -> RoadPiece:
        """Return the ends of an edge."""
        graph = self._roads()
        one, two = int(graph.edge_from[edge]), int(graph.edge_to[edge])
        return (
            float(graph.lat_deg[one]),
            float(graph.lon_deg[one]),
            float(graph.lat_deg[two]),
            float(graph.lon_deg[two]),
        )

    def reason(self, one: str, two: str, road: RoadPiece, countries: Countries) -> Reason:
        """Return why a border cannot be crossed, and what would open it."""
        lat, lon, _ = border_point(one, two, road, countries)
        state = self.state(one, two)
        names = f"{countries.name(one)} and {countries.name(two)}"
        words = {
            "closed": "is closed to road traffic",
            "none": "has no road across it",
            "agreement": "is open to agreed road traffic only",
            "crossings": "has no open road crossing here",
            "unlisted": "stands in no road book, and is taken as closed",
        }[state.road]
        why = f": {state.why}" if state.why and state.road != "unlisted" else ""
        entry = f" ({state.where}, {state.confidence})" if state.where else ""
        if state.road == "none":
            cure = "Go by rail or air, or state the road in a road book of your own."
        elif state.road == "crossings":
            known = ", ".join(c.name for c in state.crossings)
            cure = f"Go by way of an open crossing ({known}), "
            cure += f'or write "open borders: [{state.key}]" where you have leave to cross here.'
        else:
            cure = (
                f'Where you have leave to cross, write "open borders: [{state.key}]" in the leg, '
                "or state the border in a road book of your own."
            )
        return Reason(
            f"the border {state.key} between {names} {words}{why}{entry}",
            f"{degrees_text(lat, lon)}",
            cure,
            "closed-border",
        )


def border_point(
    one: str, two: str, road: RoadPiece, countries: Countries
) -> tuple[float, float, float]:
    """Return where a piece of road crosses a border: latitude, longitude, share of the way.

    By the outlines; the middle of the piece where they are too coarse to say.
    """
    for crossing in countries.crossings(road[0::2], road[1::2]):
        if {crossing.from_country, crossing.to_country} == {one, two}:
            return crossing.lat_deg, crossing.lon_deg, crossing.fraction
    return (road[0] + road[2]) / 2, (road[1] + road[3]) / 2, 0.5


def degrees_text(lat: float, lon: float) -> str:
    """Return a position as ``42.26 N, 129.20 E``."""
    return f"{abs(lat):.2f} {'N' if lat >= 0 else 'S'}, {abs(lon):.2f} {'E' if lon >= 0 else 'W'}"
