"""What a road route may not use: roads by name or number, ways, circles and areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.document import suggest
from retinue.errors import InputError
from retinue.world.road_network import RoadNetwork
from retinue.world.road_search import RoadQuestion
from retinue.world.sphere import EARTH_RADIUS_M
from retinue.world.track_avoid import circle_asked

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["avoided_roads"]


def avoided_roads(
    network: RoadNetwork,
    texts: Sequence[str] = (),
    *,
    areas: Sequence[BaseGeometry] = (),
    where: str = "--avoid",
) -> RoadQuestion:
    """Return the closures that a user wrote.

    Parameters
    ----------
    texts
        Each a road's name or number as tagged, ``way 123``, or ``lat,lon,radius``
        (``47.14,9.52,500 m``): every road that enters that circle.
    areas
        Polygons in degrees (x is the longitude); a road that touches one is closed.

    Raises
    ------
    InputError
        For a road that the network does not know, or a circle that cannot be read.
    """
    edges = network.edges
    closed = np.zeros(len(edges), np.bool_)
    owner = np.repeat(np.arange(len(edges)), np.diff(edges.shape_start))
    for text in texts:
        parts = [part.strip() for part in text.split(",")]
        circle = circle_asked(parts, where) if len(parts) == 3 else None
        if circle is not None:
            lat, lon, radius = circle
            closed[owner[_within(network, owner, lat, lon, radius)]] = True
            continue
        closed |= _named(network, text, where)
    if areas:
        import shapely

        points = np.column_stack((network.shapes.lon_deg, network.shapes.lat_deg))
        drawn = shapely.linestrings(points, indices=owner)
        for area in areas:
            shapely.prepare(area)
            closed |= shapely.intersects(area, drawn)
    return RoadQuestion(closed=closed)


def _within(
    network: RoadNetwork, owner: NDArray[np.int64], lat: float, lon: float, radius_m: float
) -> NDArray[np.bool_]:
    """Return the vertices whose segment (to the next one of the edge) enters a circle.

    On the plane that touches the sphere at the circle's centre.
    """
    shapes = network.shapes
    north = np.pi / 180.0 * EARTH_RADIUS_M
    y = (np.asarray(shapes.lat_deg) - lat) * north
    x = (np.asarray(shapes.lon_deg) - lon) * north * np.cos(np.radians(lat))
    dy, dx = np.append(np.diff(y), 0.0), np.append(np.diff(x), 0.0)
    last = np.append(owner[1:] != owner[:-1], True)
    dy[last], dx[last] = 0.0, 0.0
    square = dx * dx + dy * dy
    share = np.clip(-(x * dx + y * dy) / np.where(square > 0.0, square, 1.0), 0.0, 1.0)
    return np.asarray(np.hypot(x + share * dx, y + share * dy) <= radius_m)


def _named(network: RoadNetwork, text: str, where: str) -> NDArray[np.bool_]:
    edges = network.edges
    wanted = text.strip().casefold()
    number = wanted.removeprefix("way").strip()
    closed = np.zeros(len(edges), np.bool_)
    if wanted.startswith("way") and number.isdecimal() and len(number) < 19:
        closed |= edges.way_id == int(number)
    known: set[str] = set()
    for column in (edges.name, edges.ref):
        codes, inverse = np.unique(column, return_inverse=True)
        words = [network.text[code] for code in codes]
        known |= set(words)
        fits = [
            bool(wanted) and wanted in {w.strip().casefold() for w in (word, *word.split(";"))}
            for word in words
        ]
        closed |= np.array(fits, np.bool_)[inverse]
    if not closed.any():
        raise InputError(
            f'no road of this world bears the name or number "{text}"',
            where=where,
            cure=suggest(text, sorted(known - {""}))
            or "Give a road's name or number as tagged, way NUMBER, or lat,lon,radius.",
        )
    return closed
