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

from retinue.world.track_moves import edge_of
from retinue.world.track_route import TrackPiece, TrackRoute, TrackRun, TrackStop, joined_pieces
from retinue.world.track_speed import FASTEST_MPS
from retinue.world.track_train import REVERSAL_FLOOR_S, TrainTracks

if TYPE_CHECKING:
    from retinue.world.track_search import Leg

__all__ = ["traced"]


def _piece(tracks: TrainTracks, number: int, low: float, high: float) -> TrackPiece:
    """Return the piece of a state between two shares of its length."""
    edge, direction = edge_of(number)
    length = float(tracks.network.edges.length_m[edge])
    if direction > 0:
        return TrackPiece(edge, 1, low * length, high * length)
    return TrackPiece(edge, -1, (1.0 - low) * length, (1.0 - high) * length)


def _way_out(tracks: TrainTracks, first: int, length_m: float) -> list[TrackPiece]:
    """Return the pieces on which the train stands to change ends, the straightest that do."""
    table, length = tracks.table, tracks.network.edges.length_m
    graph = table.straight
    pieces = []
    left, here = length_m, first
    while True:
        own = float(length[here >> 1])
        pieces.append(_piece(tracks, here, 0.0, min(left / own, 1.0) if own > 0.0 else 1.0))
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
    turn_s = max(train.reversal_s or 0.0, REVERSAL_FLOOR_S)
    runs: list[TrackRun] = []
    pieces: list[TrackPiece] = []
    vias: list[tuple[str, float]] = []
    all_states: list[int] = []
    time_s = 0.0

    def close(ends: str, place: str = "") -> None:
        nonlocal pieces, vias
        runs.append(TrackRun(joined_pieces(pieces), ends, place, tuple(vias)))
        pieces, vias = [], []

    for index, leg in enumerate(legs):
        if leg.turned_before:
            close("reversal", stops[index].name)
            time_s += train.reversal_s or 0.0
        elif index:
            vias.append((stops[index].name, sum(piece.length_m for piece in pieces)))
        for place, number in enumerate(leg.states):
            if place in leg.through:
                pieces += _way_out(tracks, leg.through[place], train.length_m)
                close("reversal")
                time_s += turn_s + train.length_m / min(train.max_speed_mps, FASTEST_MPS)
            low = leg.share_behind if place == 0 else 0.0
            high = leg.share_run if place == len(leg.states) - 1 else 1.0
            pieces.append(_piece(tracks, number, low, high))
            time_s += (high - low) * float(tracks.time_s[number])
            all_states.append(number)
    close("stop", stops[-1].name)
    used = {piece.edge: piece.length_m for run in runs for piece in run.pieces}
    length = tracks.network.edges.length_m
    unknown = {}
    for kind, metres in tracks.unknown_m.items():
        total = sum(
            float(metres[edge]) * min(run_m / max(float(length[edge]), 1e-9), 1.0)
            for edge, run_m in used.items()
        )
        if total > 0.0:
            unknown[kind] = total
    return TrackRoute(
        runs=tuple(runs),
        states=np.array(all_states, np.int32),
        cost_s=cost_s,
        free_flow_s=time_s,
        unknown_m=unknown,
        opened=opened,
    )
