"""Outlines of the world's countries: shared border arcs, decoded to rings and lines.

The pack keeps Natural Earth's topology: every stretch of coast or border once, as an
arc, and countries as rings of arcs.  An arc used by one country is coast, an arc used
by two is a border; so maps and country look-ups agree to the last vertex.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retinue.world.pack_file import PartFile

__all__ = ["LandOutlines", "Topology"]

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
    def shapes(self) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
        """Shapely polygons of (lon, lat), cut at the 180th meridian, and their owners."""
        import shapely

        rings = [self.ring(ring) for polygon in self.polygons for ring in polygon]
        points = np.concatenate(rings)
        of_ring = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
        made = shapely.linearrings(points, indices=of_ring)
        counts = np.array([len(polygon) for polygon in self.polygons])
        of_polygon = np.repeat(np.arange(len(counts)), counts)
        shapes = shapely.polygons(made, indices=of_polygon)
        jumps = (np.abs(np.diff(points[:, 0])) >= 180.0) & (np.diff(of_ring) == 0)
        whole = np.ones(len(counts), np.bool_)
        whole[of_polygon[of_ring[:-1][jumps]]] = False
        cut: list[Any] = []
        owners: list[int] = []
        first = np.cumsum(counts) - counts
        for number in np.flatnonzero(~whole):
            pieces = _cut(rings[first[number] : first[number] + counts[number]])
            cut += pieces
            owners += [int(self.owner[number])] * len(pieces)
        return (
            np.concatenate((shapes[whole], np.array(cut, dtype=object))),
            np.concatenate((self.owner[whole], np.array(owners, np.int64))),
        )

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
        Gives the outlines when they are first needed (Natural Earth 1:10 million; lakes
        are not cut out).

    Notes
    -----
    A window is ``(west, south, east, north)`` in degrees; ``west > east`` means that it
    crosses the 180th meridian, and longitudes in the result then go past 180.
    """

    def __init__(self, topology: Callable[[], Topology]) -> None:
        self._decode = topology

    @cached_property
    def _topology(self) -> Topology:
        return self._decode()

    @cached_property
    def _arc_bounds(self) -> NDArray[np.float64]:
        return np.array([np.concatenate((a.min(0), a.max(0))) for a in self._topology.arcs])

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
        shapes, _ = self._topology.shapes
        bounds = shapely.bounds(shapes)
        for box, shift in _boxes(window):
            move = np.array([shift, 0.0])
            inside = _meeting(bounds, box)
            for shape in shapes[inside]:
                cut = shapely.clip_by_rect(shape, *box)
                # Quantising left rings that touch themselves; drawing wants sound ones.
                sound = cut if shapely.is_valid(cut) else shapely.make_valid(cut)
                for piece in shapely.get_parts(sound):
                    if piece.geom_type == "Polygon" and not piece.is_empty:
                        rings = [piece.exterior, *piece.interiors]
                        found.append([shapely.get_coordinates(ring) + move for ring in rings])
        return found

    def _lines(self, window: tuple[float, float, float, float], *, shared: bool) -> list[Line]:
        import shapely

        found: list[Line] = []
        bounds = self._arc_bounds
        wanted = (self._topology.uses > 1) == shared
        for box, shift in _boxes(window):
            move = np.array([shift, 0.0])
            near = wanted & _meeting(bounds, box)
            for number in np.flatnonzero(near):
                line = _uncrossed(self._topology.arcs[number])
                pieces = shapely.get_parts(shapely.clip_by_rect(line, *box))
                found += [
                    shapely.get_coordinates(piece) + move
                    for piece in pieces
                    if piece.geom_type == "LineString" and not piece.is_empty
                ]
        return found


def _cut(rings: list[Line]) -> list[Any]:
    """Return shapely polygons of a shell and its holes, cut at the 180th meridian.

    The source's rings run across that meridian without a cut, and Antarctica's runs round
    the pole: longitudes are made continuous, a ring round a pole is closed over it, and
    what lies past 180 degrees comes back from the other side.
    """
    import shapely

    shell, *holes = rings
    shell = _continuous(shell)
    middle = shell[:, 0].mean()
    aligned = []
    for hole in holes:
        ring = _continuous(hole)
        turns = np.round((middle - ring[:, 0].mean()) / 360.0)
        aligned.append(ring + np.array([360.0 * turns, 0.0]))
    inner = [shapely.linearrings(hole) for hole in aligned]
    whole = shapely.polygons(shapely.linearrings(shell), inner or None)
    found: list[Any] = []
    for shift in (-360.0, 0.0, 360.0):
        piece = shapely.clip_by_rect(whole, shift - 180.0, -90.0, shift + 180.0, 90.0)
        moved = shapely.transform(piece, lambda p, shift=shift: p - np.array([shift, 0.0]))
        found += [part for part in shapely.get_parts(moved) if part.geom_type == "Polygon"]
    return found


def _continuous(ring: Line) -> Line:
    """Return a ring with continuous longitudes, closed over the pole that it runs round."""
    lon = np.unwrap(ring[:, 0], period=360.0)
    points = np.column_stack((lon, ring[:, 1]))
    if abs(lon[-1] - lon[0]) < 180.0:
        return points
    pole = float(np.copysign(90.0, ring[:, 1].mean()))
    over = np.array([[lon[-1], pole], [lon[0], pole], points[0]])
    return np.concatenate((points, over))


def _uncrossed(arc: Line) -> Any:
    """Return an arc without what crosses the 180th meridian or runs along it."""
    import shapely

    lon = arc[:, 0]
    seam = np.abs(lon) > 180.0 - 1e-9
    cuts = np.flatnonzero((np.abs(np.diff(lon)) >= 180.0) | (seam[1:] & seam[:-1])) + 1
    pieces = [shapely.linestrings(piece) for piece in np.split(arc, cuts) if len(piece) > 1]
    return shapely.multilinestrings(pieces)


def _meeting(
    bounds: NDArray[np.float64], box: tuple[float, float, float, float]
) -> NDArray[np.bool_]:
    west, south, east, north = box
    meeting: NDArray[np.bool_] = (
        (bounds[:, 0] <= east)
        & (bounds[:, 2] >= west)
        & (bounds[:, 1] <= north)
        & (bounds[:, 3] >= south)
    )
    return meeting


def _boxes(
    window: tuple[float, float, float, float],
) -> list[tuple[tuple[float, float, float, float], float]]:
    """Split a window at the 180th meridian; each box with the shift back to the window."""
    west, south, east, north = window
    if west <= east:
        return [((west, south, east, north), 0.0)]
    return [((west, south, 180.0, north), 0.0), ((-180.0, south, east, north), 360.0)]
