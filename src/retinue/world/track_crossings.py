"""Where the line of a route meets roads and other tracks, and which of the two is above.

Two things that share a node of the extract meet at grade; all others cross at different
levels, for a crossing at grade without a common node is a fault of the map.  What passes over
what is decided by evidence in this order:

1. the higher ``layer`` is above, where layers differ (a bridge without a layer counts as 1, a
   tunnel as -1, everything else as 0);
2. at equal layers the one on a bridge is above, the one in a tunnel below;
3. else nobody has tagged it, and the crossing is told as undecided.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from retinue.world.track_line import TrackLine
from retinue.world.track_network import TrackNetwork

__all__ = ["Crossing", "Level", "road_crossings", "track_crossings", "track_level"]

_CELL_DEG = 0.01
_SAME_PLACE_M = 0.5
_SAME_TRACK_M = 20.0

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Level:
    """How high something lies, as far as tags say."""

    layer: int = 0
    bridge: bool = False
    tunnel: bool = False

    def below(self, other: Level) -> tuple[bool | None, str]:
        """Return whether the other passes over this, and the evidence; None: not tagged.

        The evidence is ``bridge`` or ``tunnel`` where such a tag agrees, else ``layer``.
        """
        if self.layer != other.layer:
            over = other.layer > self.layer
        elif self.bridge != other.bridge:
            over = other.bridge
        elif self.tunnel != other.tunnel:
            over = self.tunnel
        else:
            return None, "not tagged"
        upper, lower = (other, self) if over else (self, other)
        return over, "bridge" if upper.bridge else "tunnel" if lower.tunnel else "layer"


@dataclass(frozen=True)
class Crossing:
    """A place where the line meets a road or another track.

    Attributes
    ----------
    other
        Row of the roads, or edge of the network.
    other_at
        Distance along the other edge in m; of a road nothing (NaN).
    shared
        Whether both have a node in common there.
    """

    chainage_m: float
    lat_deg: float
    lon_deg: float
    piece: int
    other: int
    other_at: float
    shared: bool


@dataclass(frozen=True, order=True)
class _Meeting:
    """A place where the line meets another; ``row`` and ``share`` are the other's segment."""

    other: int
    chainage_m: float
    piece: int
    lat_deg: float
    lon_deg: float
    row: int
    share: float
    shared: bool


@dataclass(frozen=True, eq=False)
class _Shapes:
    """Vertices of many lines; those of line i are ``start[i]:start[i + 1]``."""

    lat: Floats
    lon: Floats
    start: Ints
    osm_id: Ints


def track_level(network: TrackNetwork, edge: int, at_m: float) -> Level:
    """Return the level of a place on a track."""
    bridge = network.attributes["bridge"].at(edge, at_m) is not None
    tunnel = network.attributes["tunnel"].at(edge, at_m) is not None
    layer = network.attributes["layer"].at(edge, at_m)
    return Level(int(bridge) - int(tunnel) if layer is None else int(layer), bridge, tunnel)


def road_crossings(network: TrackNetwork, line: TrackLine) -> list[Crossing]:
    """Return the places where roads of the extract meet the line, in order of chainage."""
    roads = network.roads
    shapes = _Shapes(
        np.asarray(roads.shape_lat_deg),
        np.asarray(roads.shape_lon_deg),
        np.asarray(roads.shape_start),
        np.asarray(roads.shape_osm_id),
    )
    return [
        Crossing(m.chainage_m, m.lat_deg, m.lon_deg, m.piece, m.other, float("nan"), m.shared)
        for m in _meetings(line, shapes)
    ]


def track_crossings(network: TrackNetwork, line: TrackLine) -> list[Crossing]:
    """Return the places where other tracks cross the line without meeting it."""
    shapes = _Shapes(
        np.asarray(network.shapes.lat_deg),
        np.asarray(network.shapes.lon_deg),
        np.asarray(network.edges.shape_start),
        np.asarray(network.shapes.osm_id),
    )
    along = network.shapes.distance_m
    crossings = []
    for m in _meetings(line, shapes, at_nodes=False):
        at = float(along[m.row] + m.share * (along[m.row + 1] - along[m.row]))
        piece = line.pieces[m.piece]
        # A track lies on itself, but in a spiral it passes over itself farther on.
        if m.other == piece.edge and abs(piece.chainage_of(at) - m.chainage_m) < _SAME_TRACK_M:
            continue
        crossings.append(Crossing(m.chainage_m, m.lat_deg, m.lon_deg, m.piece, m.other, at, False))
    return crossings


def _meetings(line: TrackLine, shapes: _Shapes, *, at_nodes: bool = True) -> list[_Meeting]:
    """Return all meetings in order of chainage, each place once; at common nodes if wanted."""
    own = line.segments
    other = _near(line, shapes)
    if not len(other) or not len(own):
        return []
    tree = shapely.STRtree(_segments(line.lon_deg, line.lat_deg, own))
    pairs = tree.query(_segments(shapes.lon, shapes.lat, other))
    low, row = own[pairs[1]], other[pairs[0]]
    ax, ay = line.lon_deg[low], line.lat_deg[low]
    bx, by = line.lon_deg[low + 1], line.lat_deg[low + 1]
    cx, cy = shapes.lon[row], shapes.lat[row]
    dx, dy = shapes.lon[row + 1], shapes.lat[row + 1]
    found = []
    touching = np.zeros(len(low), bool)
    for end, (px, py) in enumerate(((ax, ay), (bx, by))):
        for tip, (qx, qy) in enumerate(((cx, cy), (dx, dy))):
            one, two = line.osm_id[low + end], shapes.osm_id[row + tip]
            # Two nodes on one spot that are not the same do not join anything.
            same = (px == qx) & (py == qy) & ((one == two) | (one == 0) | (two == 0))
            touching |= same
            if not at_nodes:
                continue
            found += [
                (int(low[i]) + end, int(row[i]), float(tip), 0.0, True)
                for i in np.flatnonzero(same).tolist()
            ]
    across = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx)
    sound = (across != 0.0) & ~touching
    divisor = np.where(sound, across, 1.0)
    share = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / divisor
    along = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / divisor
    crosses = sound & (share >= 0.0) & (share < 1.0) & (along >= 0.0) & (along < 1.0)
    found += [
        (int(low[i]), int(row[i]), float(along[i]), float(share[i]), False)
        for i in np.flatnonzero(crosses).tolist()
    ]
    return _once(line, shapes, found)


def _once(
    line: TrackLine, shapes: _Shapes, found: list[tuple[int, int, float, float, bool]]
) -> list[_Meeting]:
    """Return meetings in order of chainage, one for each place and other line.

    ``found`` holds vertex and share of the line, row and share of the other, as
    (vertex, row, share of the other, share of the line, shared).
    """
    meetings = []
    for vertex, row, along, share, shared in found:
        onward = min(vertex + 1, len(line.chainage_m) - 1)
        chainage, lat, lon = (
            float(column[vertex] + share * (column[onward] - column[vertex]))
            for column in (line.chainage_m, line.lat_deg, line.lon_deg)
        )
        other = int(np.searchsorted(shapes.start, row, side="right")) - 1
        piece = int(line.piece[vertex])
        meetings.append(_Meeting(other, chainage, piece, lat, lon, row, along, shared))
    kept: list[_Meeting] = []
    for item in sorted(meetings):
        same = kept and kept[-1].other == item.other
        if not same or item.chainage_m - kept[-1].chainage_m >= _SAME_PLACE_M:
            kept.append(item)
    return sorted(kept, key=lambda item: (item.chainage_m, item.other))


def _segments(x: Floats, y: Floats, low: Ints) -> NDArray[np.object_]:
    ends = np.empty((len(low), 2, 2))
    ends[:, 0, 0], ends[:, 0, 1] = x[low], y[low]
    ends[:, 1, 0], ends[:, 1, 1] = x[low + 1], y[low + 1]
    return np.asarray(shapely.linestrings(ends))


def _near(line: TrackLine, shapes: _Shapes) -> Ints:
    """Return the rows where segments begin that may meet the line: by a grid, then exactly."""
    if not len(shapes.lat):
        return np.zeros(0, np.int64)
    south, north = line.lat_deg.min(), line.lat_deg.max()
    west, east = line.lon_deg.min(), line.lon_deg.max()
    y, x = shapes.lat, shapes.lon
    beside = (np.maximum(y[:-1], y[1:]) >= south) & (np.minimum(y[:-1], y[1:]) <= north)
    beside &= (np.maximum(x[:-1], x[1:]) >= west) & (np.minimum(x[:-1], x[1:]) <= east)
    beside[shapes.start[1:-1] - 1] = False  # from the end of one line to the start of the next
    rows = np.flatnonzero(beside)
    span = np.maximum(np.abs(np.diff(y))[rows], np.abs(np.diff(x))[rows])
    cells = _cells_of(line)
    kept = span > _CELL_DEG
    for end in (rows, rows + 1):
        kept |= np.isin(_cell(y[end], x[end]), cells)
    return rows[kept]


def _cell(lat: Floats, lon: Floats) -> Ints:
    y = np.floor(lat / _CELL_DEG).astype(np.int64)
    return y * 1_000_000 + np.floor(lon / _CELL_DEG).astype(np.int64)


def _cells_of(line: TrackLine) -> Ints:
    """Return the cells that the line passes and those around them."""
    low = line.segments
    span = np.maximum(
        np.abs(line.lat_deg[low + 1] - line.lat_deg[low]),
        np.abs(line.lon_deg[low + 1] - line.lon_deg[low]),
    )
    parts = np.maximum(np.ceil(span / _CELL_DEG).astype(np.int64), 1) + 1
    first = np.repeat(np.cumsum(parts) - parts, parts)
    share = (np.arange(int(parts.sum())) - first) / np.repeat(parts - 1, parts)
    at = np.repeat(low, parts)
    lat = line.lat_deg[at] + share * (line.lat_deg[at + 1] - line.lat_deg[at])
    lon = line.lon_deg[at] + share * (line.lon_deg[at + 1] - line.lon_deg[at])
    own = np.unique(_cell(lat, lon))
    steps = [y * 1_000_000 + x for y in (-1, 0, 1) for x in (-1, 0, 1)]
    return np.unique(np.concatenate([own + step for step in steps]))
