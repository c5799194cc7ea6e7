"""The usual running direction of double tracks, where no preferred direction is tagged.

::

      <------------------          running on the right: the other track lies
      ------------------>          on the left of the direction of running

An edge is taken for one of two tracks if exactly one of its sides has a parallel track
within `SPACING_M` at its middle; tracks in the middle of more than two stay unknown.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from retinue.world.sphere import EARTH_RADIUS_M
from retinue.world.track_network import TrackNetwork

__all__ = ["SPACING_M", "usual_directions"]

SPACING_M = 6.5
"""Tracks of one line lie 3.4 to 6 m apart from axis to axis."""
_PARALLEL = 0.985  # cosine of 10 degrees
_LEAST_M = 30.0

Side = Literal["right", "left"]


def usual_directions(network: TrackNetwork, side: Side) -> NDArray[np.int8]:
    """Return the usual direction of each edge: 1 with it, -1 against it, 0 not known.

    Parameters
    ----------
    side
        On which side the country's trains run on double track.
    """
    import shapely

    edges, shapes = network.edges, network.shapes
    count = len(edges)
    start = np.asarray(edges.shape_start)
    # Mercator keeps angles; a metre is longer in it by 1 / cos(latitude).
    latitude = np.radians(np.asarray(shapes.lat_deg))
    x = EARTH_RADIUS_M * np.radians(np.asarray(shapes.lon_deg))
    y = EARTH_RADIUS_M * np.arcsinh(np.tan(latitude))
    scale = 1.0 / np.cos(latitude[start[:-1]])
    rows = np.repeat(np.arange(count), np.diff(start))
    lines = shapely.linestrings(np.column_stack((x, y)), indices=rows)
    length = shapely.length(lines)
    middle = 0.5 * length
    here = shapely.get_coordinates(shapely.line_interpolate_point(lines, middle))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines, middle + 5.0 * scale))
    back = shapely.get_coordinates(shapely.line_interpolate_point(lines, middle - 5.0 * scale))
    along = ahead - back
    size = np.hypot(along[:, 0], along[:, 1])
    along /= np.where(size > 0.0, size, 1.0)[:, None]
    tree = shapely.STRtree(lines)
    found = {}
    for name, sign in (("left", 1.0), ("right", -1.0)):
        across = np.column_stack((-along[:, 1], along[:, 0])) * (sign * scale)[:, None]
        probe = np.stack((here + 1.0 * across, here + SPACING_M * across), axis=1)
        own, other = tree.query(shapely.linestrings(probe), predicate="intersects")
        kept = own != other
        own, other = own[kept], other[kept]
        place = shapely.line_locate_point(lines[other], shapely.points(here[own]))
        one = shapely.get_coordinates(
            shapely.line_interpolate_point(lines[other], place - 3.0 * scale[own])
        )
        two = shapely.get_coordinates(
            shapely.line_interpolate_point(lines[other], place + 3.0 * scale[own])
        )
        turn = two - one
        norm = np.hypot(turn[:, 0], turn[:, 1])
        cosine = np.abs((turn * along[own]).sum(1)) / np.where(norm > 0.0, norm, 1.0)
        hit = np.zeros(count, np.bool_)
        hit[own[cosine >= _PARALLEL]] = True
        found[name] = hit
    alone = found["left"] != found["right"]
    usable = alone & (np.asarray(edges.length_m) >= _LEAST_M)
    # Running on the right, the other track is on the left.
    other_side = "left" if side == "right" else "right"
    direction = np.where(found[other_side], 1, -1)
    return np.where(usable, direction, 0).astype(np.int8)
