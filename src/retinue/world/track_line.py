"""A route over tracks drawn as one line: vertices with their chainage, edge by edge.

Chainage is the distance that the front has run since the start of the route, over all runs;
where the train changes ends, the line breaks and the chainage goes on with the new front.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retinue.world.sphere import EARTH_RADIUS_M
from retinue.world.track_network import TrackNetwork
from retinue.world.track_route import TrackRoute

__all__ = ["LinePiece", "TrackLine", "track_line"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class LinePiece:
    """Part of an edge as it is run, with the chainage where it begins."""

    edge: int
    direction: int
    from_m: float
    to_m: float
    chainage_m: float
    run: int

    def chainage_of(self, at_m: float) -> float:
        """Return the chainage of a place on the edge."""
        return self.chainage_m + self.direction * (at_m - self.from_m)

    def stretch(self, low_m: float, high_m: float) -> tuple[float, float] | None:
        """Return the chainages between which the piece runs over a stretch of its edge.

        A stretch without length is a place: it is met at one chainage.
        """
        low = max(low_m, min(self.from_m, self.to_m))
        high = min(high_m, max(self.from_m, self.to_m))
        if high < low or (high == low and low_m < high_m):
            return None
        ends = sorted((self.chainage_of(low), self.chainage_of(high)))
        return ends[0], ends[1]


@dataclass(frozen=True, eq=False)
class TrackLine:
    """Vertices of a route in order of running.

    Attributes
    ----------
    osm_id
        Of each vertex; 0 where it is none of the extract's, for instance a cut in an edge.
    piece
        Row of `pieces` of each vertex; a segment lies between two vertices of one piece.
    """

    pieces: tuple[LinePiece, ...]
    lat_deg: Floats
    lon_deg: Floats
    chainage_m: Floats
    osm_id: Ints
    piece: Ints

    @cached_property
    def segments(self) -> Ints:
        """Rows of the vertices where segments begin."""
        return np.flatnonzero(self.piece[1:] == self.piece[:-1])

    @property
    def length_m(self) -> float:
        """How far the front runs."""
        return float(self.chainage_m[-1])

    def around(self, lat_deg: Floats, lon_deg: Floats, reach_m: float) -> NDArray[np.bool_]:
        """Return which places lie in the box about the line, widened by a reach in m.

        A quick no for most; `nearest` says how far the others are.
        """
        high = reach_m / (EARTH_RADIUS_M * np.pi / 180.0)
        wide = high / max(float(np.cos(np.radians(np.abs(self.lat_deg).max()))), 0.01)
        return np.asarray(
            (lat_deg >= self.lat_deg.min() - high)
            & (lat_deg <= self.lat_deg.max() + high)
            & (lon_deg >= self.lon_deg.min() - wide)
            & (lon_deg <= self.lon_deg.max() + wide)
        )

    def place(self, chainage_m: float) -> tuple[float, float]:
        """Return latitude and longitude at a chainage."""
        return (
            float(np.interp(chainage_m, self.chainage_m, self.lat_deg)),
            float(np.interp(chainage_m, self.chainage_m, self.lon_deg)),
        )

    def piece_at(self, chainage_m: float) -> LinePiece:
        """Return the piece that the front is on."""
        row = int(np.searchsorted(self._starts, chainage_m, side="right")) - 1
        return self.pieces[max(row, 0)]

    @cached_property
    def _starts(self) -> Floats:
        return np.array([piece.chainage_m for piece in self.pieces])

    def nearest(self, lat_deg: float, lon_deg: float) -> tuple[float, float]:
        """Return distance and chainage of the nearest place of the line, in m.

        On the plane that touches the sphere there: exact to a millimetre within a kilometre.
        """
        metres = EARTH_RADIUS_M * np.pi / 180.0
        y = (self.lat_deg - lat_deg) * metres
        x = (self.lon_deg - lon_deg) * metres * np.cos(np.radians(lat_deg))
        low = self.segments
        dx, dy = x[low + 1] - x[low], y[low + 1] - y[low]
        square = dx * dx + dy * dy
        share = -(x[low] * dx + y[low] * dy) / np.where(square > 0.0, square, 1.0)
        share = np.clip(np.where(square > 0.0, share, 0.0), 0.0, 1.0)
        apart = np.hypot(x[low] + share * dx, y[low] + share * dy)
        best = int(np.argmin(apart))
        row = int(low[best])
        step = float(self.chainage_m[row + 1] - self.chainage_m[row])
        return float(apart[best]), float(self.chainage_m[row] + share[best] * step)


def track_line(network: TrackNetwork, route: TrackRoute) -> TrackLine:
    """Return the line of a route."""
    pieces: list[LinePiece] = []
    lat: list[Floats] = []
    lon: list[Floats] = []
    chainage: list[Floats] = []
    osm_id: list[Ints] = []
    owner: list[Ints] = []
    total = 0.0
    for run, part in enumerate(route.runs):
        for item in part.pieces:
            piece = LinePiece(item.edge, item.direction, item.from_m, item.to_m, total, run)
            rows = network.shape_rows(item.edge)
            along = np.asarray(network.shapes.distance_m[rows], np.float64)
            low, high = sorted((item.from_m, item.to_m))
            inside = np.flatnonzero((along > low) & (along < high))
            at = np.concatenate(([low], along[inside], [high]))
            ids = np.zeros(len(at), np.int64)
            ids[1:-1] = network.shapes.osm_id[rows][inside]
            for end in (0, -1):
                exact = np.flatnonzero(along == at[end])
                if len(exact):
                    ids[end] = network.shapes.osm_id[rows][exact[0]]
            step = 1 if item.direction > 0 else -1
            lat.append(np.interp(at, along, network.shapes.lat_deg[rows])[::step])
            lon.append(np.interp(at, along, network.shapes.lon_deg[rows])[::step])
            chainage.append((piece.chainage_m + item.direction * (at - item.from_m))[::step])
            osm_id.append(ids[::step])
            owner.append(np.full(len(at), len(pieces), np.int64))
            pieces.append(piece)
            total += item.length_m
    return TrackLine(
        tuple(pieces),
        np.concatenate(lat),
        np.concatenate(lon),
        np.concatenate(chainage),
        np.concatenate(osm_id),
        np.concatenate(owner),
    )
