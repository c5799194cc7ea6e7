"""Outlines of the world's countries: shared border arcs, decoded to rings and lines.

The pack keeps Natural Earth's topology: every stretch of coast or border once, as an
arc, and countries as rings of arcs.  An arc used by one country is coast, an arc used
by two is a border; so maps and country look-ups agree to the last vertex.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retinue.world.pack_file import PartFile

__all__ = ["LandOutlines", "Topology", "polygon_of"]

Line = NDArray[np.float64]


@dataclass(frozen=True)
class Topology:
    """Arcs and the polygons made of them.

    Attributes
    ----------
    arcs
        Each a line of (lon, lat) in degrees, shape (n, 2).
    polygons
        Each a list of rings (the first is the shell), a ring a list of arc numbers;
        ``~i`` is arc ``i`` backwards.
    owner
        For each polygon the row of its country.
    """

    arcs: list[Line]
    polygons: list[list[list[int]]]
    owner: NDArray[np.int64]

    @classmethod
    def read(cls, part: PartFile) -> Topology:
        """Decode the arcs and rings of a pack part."""
        counts = part.integers("arc_points")
        ends = np.cumsum(counts)
        starts = ends - counts
        grid = part.json("grid")
        axes = []
        for name, scale, origin in (("arc_x", *grid["x"]), ("arc_y", *grid["y"])):
            total = np.cumsum(part.integers(name))
            before = np.concatenate(([0], total))[starts]
            axes.append((total - np.repeat(before, counts)) * scale + origin)
        points = np.column_stack(axes)
        arcs = [points[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
        numbers = iter(part.integers("ring_arcs").tolist())
        sizes = iter(part.integers("ring_arc_count").tolist())
        polygons = [
            [[next(numbers) for _ in range(next(sizes))] for _ in range(rings)]
            for rings in part.integers("polygon_ring_count").tolist()
        ]
        return cls(arcs, polygons, part.integers("polygon_country"))

    def ring(self, numbers: list[int]) -> Line:
        """Join arcs to a closed ring of (lon, lat), shape (n, 2)."""
        pieces = []
        for place, number in enumerate(numbers):
            arc = self.arcs[number] if number >= 0 else self.arcs[~number][::-1]
            pieces.append(arc[1:] if place else arc)
        return np.concatenate(pieces)

    @cached_property
    def uses(self) -> NDArray[np.int64]:
        """How many different countries use each arc, shape (arcs,)."""
        seen: list[set[int]] = [set() for _ in self.arcs]
        for row, polygon in zip(self.owner.tolist(), self.polygons, strict=True):
            for ring in polygon:
                for number in ring:
                    seen[number if number >= 0 else ~number].add(row)
        return np.array([len(s) for s in seen], np.int64)


class LandOutlines:
    """Land, coast and borders for drawing maps, cut to a window.

    Parameters
    ----------
    topology
        The outlines (Natural Earth 1:10 million; lakes are not cut out).

    Notes
    -----
    A window is ``(west, south, east, north)`` in degrees; ``west > east`` means that it
    crosses the 180th meridian, and longitudes in the result then go past 180.
    """

    def __init__(self, topology: Topology) -> None:
        self._topology = topology

    @cached_property
    def _arc_bounds(self) -> NDArray[np.float64]:
        return np.array([np.concatenate((a.min(0), a.max(0))) for a in self._topology.arcs])

    @cached_property
    def _shells(self) -> list[list[Line]]:
        topology = self._topology
        return [[topology.ring(ring) for ring in polygon] for polygon in topology.polygons]

    def coast(self, window: tuple[float, float, float, float]) -> list[Line]:
        """Return the coast lines inside a window, each (lon, lat) of shape (n, 2)."""
        return self._lines(window, shared=False)

    def borders(self, window: tuple[float, float, float, float]) -> list[Line]:
        """Return the land borders between countries inside a window."""
        return self._lines(window, shared=True)

    def land(self, window: tuple[float, float, float, float]) -> list[list[Line]]:
        """Return land polygons cut to a window: each a shell followed by its holes."""
        import shapely

        found: list[list[Line]] = []
        for box, shift in _boxes(window):
            move = np.array([shift, 0.0])
            for rings in self._shells:
                low, high = rings[0].min(0), rings[0].max(0)
                if low[0] > box[2] or high[0] < box[0] or low[1] > box[3] or high[1] < box[1]:
                    continue
                shape = polygon_of(rings)
                if low[0] < box[0] or high[0] > box[2] or low[1] < box[1] or high[1] > box[3]:
                    shape = shapely.clip_by_rect(shapely.make_valid(shape), *box)
                for piece in shapely.get_parts(shape):
                    if piece.geom_type != "Polygon" or piece.is_empty:
                        continue
                    pieces = [piece.exterior, *piece.interiors]
                    found.append([shapely.get_coordinates(p) + move for p in pieces])
        return found

    def _lines(self, window: tuple[float, float, float, float], *, shared: bool) -> list[Line]:
        import shapely

        found: list[Line] = []
        bounds = self._arc_bounds
        wanted = (self._topology.uses > 1) == shared
        for box, shift in _boxes(window):
            move = np.array([shift, 0.0])
            near = (
                wanted
                & (bounds[:, 0] <= box[2])
                & (bounds[:, 2] >= box[0])
                & (bounds[:, 1] <= box[3])
                & (bounds[:, 3] >= box[1])
            )
            for number in np.flatnonzero(near):
                line = shapely.linestrings(self._topology.arcs[number])
                pieces = shapely.get_parts(shapely.clip_by_rect(line, *box))
                found += [
                    shapely.get_coordinates(piece) + move
                    for piece in pieces
                    if piece.geom_type == "LineString" and not piece.is_empty
                ]
        return found


def polygon_of(rings: list[Line]) -> Any:
    """Return a shapely polygon of a shell and its holes, each (lon, lat)."""
    import shapely

    shell, *holes = (shapely.linearrings(ring) for ring in rings)
    return shapely.polygons(shell, holes=holes or None)


def _boxes(
    window: tuple[float, float, float, float],
) -> list[tuple[tuple[float, float, float, float], float]]:
    """Split a window at the 180th meridian; each box with the shift back to the window."""
    west, south, east, north = window
    if west <= east:
        return [((west, south, east, north), 0.0)]
    return [((west, south, 180.0, north), 0.0), ((-180.0, south, east, north), 360.0)]
