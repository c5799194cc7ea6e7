"""Track that a request forbids: by line, by area, by way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError
from retinue.world.track_network import TrackNetwork

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["forbidden_edges"]


def forbidden_edges(
    network: TrackNetwork,
    *,
    lines: Sequence[str] = (),
    areas: Sequence[BaseGeometry] = (),
    ways: Sequence[int] = (),
) -> NDArray[np.bool_]:
    """Return which edges a request closes.

    Parameters
    ----------
    lines
        References or names of lines as tagged (``2630``), case and spaces at the ends apart;
        one of a list (``2630;2631``) will do.
    areas
        Polygons in degrees (x is the longitude); an edge that touches one is closed.
    ways
        OSM ways.

    Raises
    ------
    InputError
        For a line that no track bears, and a way that is no track.
    """
    closed = np.zeros(len(network.edges), np.bool_)
    for line in lines:
        wanted = line.strip().casefold()
        hit = np.zeros(len(closed), np.bool_)
        for name in ("ref", "name"):
            table = network.attributes[name]
            numbers, inverse = np.unique(table.value, return_inverse=True)
            fits = [
                wanted in {part.strip().casefold() for part in _words(network.text[int(n)])}
                for n in numbers
            ]
            if any(fits):
                hit[table.edge[np.array(fits)[inverse]]] = True
        if not hit.any():
            raise InputError(f'no track of this world bears the line "{line}"')
        closed |= hit
    for way in ways:
        rows = network.ways.way_id == way
        if not rows.any():
            raise InputError(f"the way {way} is no track of this world")
        closed[network.ways.edge[rows]] = True
    if areas:
        closed |= _inside(network, areas)
    return closed


def _words(text: str) -> list[str]:
    return [text, *text.split(";")]


def _inside(network: TrackNetwork, areas: Sequence[BaseGeometry]) -> NDArray[np.bool_]:
    import shapely

    shapes, start = network.shapes, np.asarray(network.edges.shape_start)
    points = np.column_stack((shapes.lon_deg, shapes.lat_deg))
    rows = np.repeat(np.arange(len(network.edges)), np.diff(start))
    drawn = shapely.linestrings(points, indices=rows)
    found = np.zeros(len(drawn), np.bool_)
    for area in areas:
        shapely.prepare(area)
        found |= shapely.intersects(area, drawn)
    return found
