"""What a route may not use: lines by number or name, and areas."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retinue.document import suggest
from retinue.errors import InputError
from retinue.units import UnitError, parse
from retinue.world.sphere import distance_m
from retinue.world.track_bans import forbidden_edges
from retinue.world.track_network import TrackNetwork

__all__ = ["avoided_edges", "circle_asked"]


def avoided_edges(
    network: TrackNetwork, texts: Sequence[str], *, where: str = "--avoid"
) -> NDArray[np.bool_]:
    """Return the edges that are closed by what a user wrote.

    Parameters
    ----------
    texts
        Each a line's number or name as tagged, or ``lat,lon,radius`` (``50.94,6.96,2km``;
        metres without a unit): every edge with a vertex in that circle.

    Raises
    ------
    InputError
        For a line that no track has, or a place that cannot be read.
    """
    closed = np.zeros(len(network.edges), np.bool_)
    for text in texts:
        parts = [part.strip() for part in text.split(",")]
        circle = circle_asked(parts, where) if len(parts) == 3 else None
        closed |= _of_line(network, text, where) if circle is None else _within(network, *circle)
    return closed


def circle_asked(parts: list[str], where: str) -> tuple[float, float, float] | None:
    """Return latitude, longitude and radius in m of three words; None: they are no numbers.

    Raises
    ------
    InputError
        For a radius that cannot be read, and for no circle on the Earth.
    """
    try:
        lat, lon = float(parts[0]), float(parts[1])
    except ValueError:
        return None
    try:
        radius = float(parts[2]) if parts[2].replace(".", "").isdigit() else parse(
            parts[2], "length"
        )  # fmt: skip
    except UnitError as error:
        raise InputError(str(error), where=where, cure="Write e.g. 50.94,6.96,2km.") from error
    if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0 and radius > 0.0):
        raise InputError(
            f"{','.join(parts)} is no circle on the Earth", where=where,
            cure="Write latitude, longitude, radius, e.g. 50.94,6.96,2km.",
        )  # fmt: skip
    return lat, lon, radius


def _within(network: TrackNetwork, lat: float, lon: float, radius_m: float) -> NDArray[np.bool_]:
    shapes = network.shapes
    away = np.asarray(distance_m(lat, lon, np.asarray(shapes.lat_deg), np.asarray(shapes.lon_deg)))
    start = np.asarray(network.edges.shape_start)
    owner = np.repeat(np.arange(len(network.edges)), np.diff(start))
    closed = np.zeros(len(network.edges), np.bool_)
    closed[owner[away <= radius_m]] = True
    return closed


def _of_line(network: TrackNetwork, text: str, where: str) -> NDArray[np.bool_]:
    try:
        return forbidden_edges(network, lines=[text])
    except InputError as error:
        known = {
            network.text[int(i)]
            for name in ("ref", "name")
            for i in np.unique(network.attributes[name].value)
        }
        raise InputError(
            error.message,
            where=where,
            cure=suggest(text, sorted(known - {""}))
            or "Give its number or name as tagged, or lat,lon,radius.",
        ) from error
