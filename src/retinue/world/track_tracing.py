"""From the states that a search found to runs of track pieces, changes of ends included.

A reversal on the way runs out beyond its switch until the tail has passed, and begins again at
the switch: the train is as long as the way out, and its ends change their parts::

    in --> switch ===== train =====> stops          run 1 ends one train length beyond
    out <-- front at the switch <=== leaves         run 2 begins at the switch
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.world.track_route import TrackPiece, TrackRoute, TrackRun, TrackStop, joined_pieces
from retinue.world.track_speed import FASTEST_MPS
from retinue.world.track_train import TrainTracks

if TYPE_CHECKING:
    from retinue.world.track_search import Leg

__all__ = ["traced"]


def _pieces(
    tracks: TrainTracks,
    states: NDArray[np.int32],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> list[TrackPiece]:
    """Return the pieces of states between two shares of their lengths."""
    edges = states >> 1
    length = tracks.network.edges.length_m[edges]
    against = (states & 1).astype(np.bool_)
    from_m = np.where(against, 1.0 - low, low) * length
    to_m = np.where(against, 1.0 - high, high) * length
    direction = np.where(against, -1, 1)
    columns = (column.tolist() for column in (edges, direction, from_m, to_m))
    return [TrackPiece(*row) for row in zip(*columns, strict=True)]


def _way_out(tracks: TrainTracks, first: int, length_m: float) -> list[TrackPiece]:
    """Return the pieces on which the train stands to change ends, the straightest that do."""
    table, length = tracks.table, tracks.network.edges.length_m
    graph = table.straight
    pieces = []
    left, here = length_m, first
    while True:
        own = float(length[here >> 1])
        share = min(left / own, 1.0) if own > 0.0 else 1.0
        row = np.array([here], np.int32)
        pieces += _pieces(tracks, row, np.zeros(1), np.array([share]))
        left -= own
        if left <= 1e-6:
            return pieces
        onward = graph.head[int(graph.start[here]) : int(graph.start[here + 1])]
        enough = [int(s) for s in onward if tracks.room_m[s] >= min(left, length_m) - 1e-6]
        here = min(enough, key=lambda s: float(tracks.state_cost[s]))


def traced(
    tracks: TrainTracks,
    stops: Sequence[TrackStop],
    legs: Sequence[Leg],
    cost_s: float,
    opened: int,
) -> TrackRoute:
    """Return the route that the legs of a search make."""
    train = tracks.train
    turn_s = train.turn_s
    runs: list[TrackRun] = []
    pieces: list[TrackPiece] = []
    vias: list[tuple[str, float]] = []
    all_states: list[NDArray[np.int32]] = []
    time_s = 0.0

    def close(ends: str, place: str = "") -> None:
        nonlocal pieces, vias
        runs.append(TrackRun(joined_pieces(pieces), ends, place, tuple(vias)))
        pieces, vias = [], []

    for index, leg in enumerate(legs):
        if leg.turned_before:
            close("reversal", stops[index].name)
            time_s += turn_s
        elif index:
            vias.append((stops[index].name, sum(piece.length_m for piece in pieces)))
        row = np.array(leg.states, np.int32)
        low, high = np.zeros(len(row)), np.ones(len(row))
        low[0], high[-1] = leg.share_behind, leg.share_run
        time_s += float(((high - low) * tracks.time_s[row]).sum())
        here = 0
        for place in (*sorted(leg.through), len(row)):
            part = slice(here, place)
            pieces += _pieces(tracks, row[part], low[part], high[part])
            if place < len(row):
                pieces += _way_out(tracks, leg.through[place], train.length_m)
                close("reversal")
                time_s += turn_s + train.length_m / min(train.max_speed_mps, FASTEST_MPS)
            here = place
        all_states.append(row)
    close("stop", stops[-1].name)
    used: dict[int, float] = {}
    for run in runs:
        for piece in run.pieces:
            used[piece.edge] = abs(piece.to_m - piece.from_m)
    edges = np.fromiter(used, np.int64, len(used))
    share = np.fromiter(used.values(), np.float64, len(used))
    share = np.minimum(share / np.maximum(tracks.network.edges.length_m[edges], 1e-9), 1.0)
    unknown = {}
    for kind, metres in tracks.unknown_m.items():
        total = float((metres[edges] * share).sum())
        if total > 0.0:
            unknown[kind] = total
    return TrackRoute(
        runs=tuple(runs),
        states=np.concatenate(all_states),
        cost_s=cost_s,
        free_flow_s=time_s,
        unknown_m=unknown,
        opened=opened,
    )
