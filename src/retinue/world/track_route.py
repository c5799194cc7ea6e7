"""A route over tracks: pieces of edges in order, cut where the train changes ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError
from retinue.world.sphere import distance_m
from retinue.world.track_network import TrackNetwork

__all__ = ["Standing", "TrackPiece", "TrackRoute", "TrackRun", "TrackStop", "stop_at", "stop_near"]


@dataclass(frozen=True)
class Standing:
    """A place where a train can stop: its front at a distance along an edge.

    ``room_m`` is the length of the standing place, of a platform for instance; None: not known.
    """

    edge: int
    at_m: float
    room_m: float | None = None
    track: str = ""


@dataclass(frozen=True)
class TrackStop:
    """A place of a journey: any of its tracks will do, in either direction."""

    name: str
    tracks: tuple[Standing, ...]


def stop_near(
    network: TrackNetwork,
    lat_deg: float,
    lon_deg: float,
    *,
    name: str = "",
    within_m: float = 60.0,
    most: int = 12,
) -> TrackStop:
    """Return the tracks about a place: the nearest one, and the others little farther away.

    Raises
    ------
    InputError
        Where the network has no track.
    """
    shapes = network.shapes
    if not len(network.edges):
        raise InputError("the extract has no track")
    east = np.cos(np.radians(lat_deg))
    scale = float(distance_m(lat_deg, lon_deg, lat_deg + 1e-3, lon_deg)) / 1e-3
    x = ((shapes.lon_deg - lon_deg + 180.0) % 360.0 - 180.0) * east * scale
    y = (shapes.lat_deg - lat_deg) * scale
    dx, dy = np.diff(x), np.diff(y)
    square = dx * dx + dy * dy
    along = np.where(square > 0, -(x[:-1] * dx + y[:-1] * dy) / np.where(square > 0, square, 1), 0)
    share = np.clip(along, 0.0, 1.0)
    apart = np.hypot(x[:-1] + share * dx, y[:-1] + share * dy)
    start = np.asarray(network.edges.shape_start)
    apart[start[1:-1] - 1] = np.inf  # from the end of one edge to the start of the next
    edge_of = np.repeat(np.arange(len(network.edges)), np.diff(start))[:-1]
    least = np.full(len(network.edges), np.inf)
    np.minimum.at(least, edge_of, apart)
    order = np.argsort(least, kind="stable")[:most]
    limit = least[order[0]] + within_m
    tracks = []
    for edge in order[least[order] <= limit].tolist():
        low, high = int(start[edge]), int(start[edge + 1]) - 1
        best = low + int(np.argmin(apart[low:high]))
        distances = shapes.distance_m
        at = float(distances[best] + share[best] * (distances[best + 1] - distances[best]))
        tracks.append(Standing(edge, at))
    return TrackStop(name or f"{lat_deg:.5f},{lon_deg:.5f}", tuple(tracks))


def stop_at(network: TrackNetwork, station: int) -> TrackStop:
    """Return the tracks of a station where trains may stand, by its row.

    The front stops at the mapped stop position, without one at the middle of the stretch.
    """
    table = network.station_tracks
    rows = np.flatnonzero(table.station == station)
    tracks = []
    for row in rows.tolist():
        low, high = float(table.from_m[row]), float(table.to_m[row])
        stop, room = float(table.stop_m[row]), float(table.platform_length_m[row])
        tracks.append(
            Standing(
                int(table.edge[row]),
                0.5 * (low + high) if np.isnan(stop) else stop,
                None if np.isnan(room) else room,
                network.text[int(table.track[row])],
            )
        )
    name = network.text[int(network.stations.name[station])]
    if not tracks:
        place = network.stations
        return stop_near(
            network, float(place.lat_deg[station]), float(place.lon_deg[station]), name=name
        )
    return TrackStop(name, tuple(tracks))


class TrackPiece(NamedTuple):
    """Part of an edge as it is run: ``from_m > to_m`` against the edge's direction."""

    edge: int
    direction: int
    from_m: float
    to_m: float

    @property
    def length_m(self) -> float:
        """How long it is."""
        return abs(self.to_m - self.from_m)


@dataclass(frozen=True)
class TrackRun:
    """What is run without changing ends.

    Attributes
    ----------
    pieces
        In order of running; the front runs from the first's begin to the last's end.
    ends
        What the run ends with: ``stop`` or ``reversal``.
    place
        Name of the stop where it ends; empty for a reversal on the way.
    vias
        Of the stops on the way: (name, chainage of the run in m).
    """

    pieces: tuple[TrackPiece, ...]
    ends: str
    place: str = ""
    vias: tuple[tuple[str, float], ...] = ()

    @cached_property
    def length_m(self) -> float:
        """How far the front runs."""
        return float(sum(piece.length_m for piece in self.pieces))


@dataclass(frozen=True, eq=False)
class TrackRoute:
    """A route for a train.

    Attributes
    ----------
    runs
        One, and one more for each change of ends.
    cost_s
        What the search found it to cost: free-flow time, reversals and penalties.
    free_flow_s
        Time at the limits (a lower bound of any simulated time), reversals included.
    penalties_s
        ``cost_s - free_flow_s``: for curved legs of switches and the unusual direction.
    unknown_m
        By limit, how much of the route could not be checked.
    shared_m
        Of a reserve route: how much it shares with the main one.
    shared
        Of a reserve route: (edge, shared length) in order.
    opened
        States that the searches opened.
    """

    runs: tuple[TrackRun, ...]
    states: NDArray[np.int32]
    cost_s: float
    free_flow_s: float
    unknown_m: dict[str, float] = field(default_factory=dict)
    shared_m: float = 0.0
    shared: tuple[tuple[int, float], ...] = ()
    opened: int = 0

    @property
    def penalties_s(self) -> float:
        """What was added to the free-flow time."""
        return self.cost_s - self.free_flow_s

    @cached_property
    def length_m(self) -> float:
        """How far the front runs, in all runs together."""
        return float(sum(run.length_m for run in self.runs))

    @property
    def reversals(self) -> int:
        """How often the train changes ends."""
        return len(self.runs) - 1

    @cached_property
    def edge_lengths_m(self) -> dict[int, float]:
        """How much of each edge is run over, however often."""
        found: dict[int, float] = {}
        for run in self.runs:
            for piece in run.pieces:
                found[piece.edge] = max(found.get(piece.edge, 0.0), piece.length_m)
        return found

    def way_ids(self, network: TrackNetwork) -> list[int]:
        """Return the OSM ways in order, neighbours once."""
        ways = network.ways
        found: list[int] = []
        for piece in (piece for run in self.runs for piece in run.pieces):
            low, high = sorted((piece.from_m, piece.to_m))
            rows = range(int(ways.start[piece.edge]), int(ways.start[piece.edge + 1]))
            inside = [i for i in rows if ways.to_m[i] > low and ways.from_m[i] < high]
            for i in inside if piece.direction > 0 else reversed(inside):
                if not found or found[-1] != int(ways.way_id[i]):
                    found.append(int(ways.way_id[i]))
        return found


def joined_pieces(pieces: Sequence[TrackPiece]) -> tuple[TrackPiece, ...]:
    """Return pieces with neighbours on one edge joined and empty ones dropped."""
    found: list[TrackPiece] = []
    for piece in pieces:
        if found and (found[-1].edge, found[-1].direction, found[-1].to_m) == (
            piece.edge,
            piece.direction,
            piece.from_m,
        ):
            found[-1] = TrackPiece(piece.edge, piece.direction, found[-1].from_m, piece.to_m)
        elif piece.length_m > 0.0 or not found:
            found.append(piece)
    return tuple(found)
