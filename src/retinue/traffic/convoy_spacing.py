"""Trains of one convoy must not meet each other: how long a block is kept, against the lags.

A block that takes one train is free for the next train of the convoy only where it is kept no
longer than the lag between them.  How long it is kept depends on the way of driving through it,
and a little on the stretches before (its approach) and behind (its tail); of these the slowest
counts, so what is let through is spaced, whatever else is chosen.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.traffic.way_parts import part_of, relevant

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.traffic.speed_grid import SpeedGrid
    from retinue.traffic.way_frame import StandPoint
    from retinue.traffic.way_holds import Convoy, WayHold

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["Limits", "spacing"]

MARGIN_S = 1.0
"""Between one train of the convoy and the next, beyond the block's own times."""


@dataclass(frozen=True, eq=False)
class Limits:
    """What the lags of each choice let through.

    Attributes
    ----------
    kept_s
        By (grid, stretch): shape (ways, 2), the longest that a resource of one track, of two
        tracks is kept in each way of driving.
    stood_s
        By stand: the longest that a resource of one track, of two tracks is kept besides the
        stand on it; -inf: there is none.
    room_s
        By choice of lags: how long a resource of one track, of two may be kept.
    """

    kept_s: dict[tuple[int, int], Floats]
    stood_s: Floats
    room_s: Floats

    def allows(self, choice: int | None, meaning: Ints) -> NDArray[np.bool_]:
        """Return which runs (grid, stretch, way, -1) keep no block for too long.

        None: for too long with any choice of lags.
        """
        room = self._room(choice)
        if np.isinf(room).all():
            return np.ones(meaning.shape[0], np.bool_)
        fits = {key: np.asarray(np.all(kept <= room, axis=1)) for key, kept in self.kept_s.items()}
        if all(kept.all() for kept in fits.values()):
            return np.ones(meaning.shape[0], np.bool_)
        return np.array([fits[number, k][way] for number, k, way, _ in meaning.tolist()], np.bool_)

    def _room(self, choice: int | None) -> Floats:
        return np.asarray(self.room_s.max(axis=0) if choice is None else self.room_s[choice])

    def stand_s(self, stand: int, come: int | None, leave: int | None) -> float:
        """Return how long the train may stand at most, come and left with some lags."""
        room = np.minimum(self._room(come), self._room(leave))
        return float((room - self.stood_s[stand]).min())


def _rooms(convoy: Convoy) -> tuple[float, float]:
    lags = [b - a for (a, _), (b, _) in itertools.pairwise(convoy.members)]
    one = min(lags, default=np.inf) - MARGIN_S
    two = min((a + b for a, b in itertools.pairwise(lags)), default=np.inf) - MARGIN_S
    return one, two


def spacing(
    grids: Sequence[SpeedGrid],
    single: Sequence[tuple[WayHold, int]],
    stands: Sequence[StandPoint],
    convoys: Sequence[Convoy],
    terminal_s: tuple[float, float],
) -> Limits:
    """Work out how long what the main train alone holds is kept, in every way of driving.

    Parameters
    ----------
    single
        What one train of the convoy's greatest length holds, with how many trains it takes.
    """
    room = np.array([_rooms(convoy) for convoy in convoys])
    stood = np.full((len(stands), 2), -np.inf)
    kept: dict[tuple[int, int], Floats] = {}
    if np.isinf(room).all():
        return Limits(kept, stood, room)
    stand_at = {round(stand.at_m, 3): index for index, stand in enumerate(stands)}
    holds = [hold for hold, takes in single if takes <= 2]
    column = [takes - 1 for _, takes in single if takes <= 2]
    ends_m = stands[0].at_m, stands[-1].at_m
    into = np.full((len(stands), len(holds)), -np.inf)
    away = np.full((len(stands), len(holds)), -np.inf)
    for number, grid in enumerate(grids):
        parts = [_parts(grid, k, holds, ends_m, terminal_s) for k in range(len(grid.stretches))]
        # What was kept before a point, by hold and passing speed there; and what will be behind.
        before: dict[int, Floats] = {}
        behind: list[dict[int, Floats]] = [{} for _ in range(len(parts) + 1)]
        for k in reversed(range(len(parts))):
            behind[k] = _joined(grid, k, parts[k], behind[k + 1], forwards=False)
        for k, here in enumerate(parts):
            stretch = grid.stretches[k]
            worst = np.zeros((stretch.way.shape[0], 2))
            first = stand_at.get(round(stretch.from_m, 3), -1)
            last = stand_at.get(round(stretch.to_m, 3), -1)
            for hold, chosen, lasts, begins, ends, leaves, stops in here:
                total = lasts.copy()
                if not begins and not leaves and hold in before:
                    total += before[hold][stretch.way[chosen, 0]]
                if not ends and not stops and hold in behind[k + 1]:
                    total += behind[k + 1][hold][stretch.way[chosen, 2]]
                side = column[hold]
                worst[chosen, side] = np.maximum(worst[chosen, side], total)
                if not begins and leaves:
                    away[first, hold] = max(away[first, hold], float(total.max()))
                if not ends and stops:
                    into[last, hold] = max(into[last, hold], float(total.max()))
            kept[number, k] = worst
            before = _joined(grid, k, here, before, forwards=True)
    for stand in range(len(stands)):
        for hold, side in enumerate(column):
            stood[stand, side] = max(stood[stand, side], into[stand, hold] + away[stand, hold])
    return Limits(kept, stood, room)


_Kept = tuple[int, "Ints", "Floats", bool, bool, bool, bool]


def _parts(
    grid: SpeedGrid,
    k: int,
    holds: Sequence[WayHold],
    ends_m: tuple[float, float],
    terminal_s: tuple[float, float],
) -> list[_Kept]:
    stretch = grid.stretches[k]
    out = grid.speed_mps[k][stretch.way[:, 0]] == 0.0
    into = grid.speed_mps[k + 1][stretch.way[:, 2]] == 0.0
    found: list[_Kept] = []
    near = relevant(holds, stretch)
    for leaves in (False, True):
        for stops in (False, True):
            chosen = np.flatnonzero((out == leaves) & (into == stops))
            if chosen.size == 0:
                continue
            for hold in near:
                part = part_of(holds[hold], stretch, chosen, leaves, stops, ends_m, terminal_s)
                if part is not None:
                    lasts = part.end_s - part.begin_s
                    found.append((hold, chosen, lasts, part.begins, part.ends, leaves, stops))
    return found


def _joined(
    grid: SpeedGrid, k: int, here: Sequence[_Kept], others: dict[int, Floats], *, forwards: bool
) -> dict[int, Floats]:
    """Return the longest a hold is kept up to (from) the far point, by passing speed there."""
    stretch = grid.stretches[k]
    found: dict[int, Floats] = {}
    near, far = (0, 2) if forwards else (2, 0)
    for hold, chosen, lasts, begins, ends, leaves, stops in here:
        goes_on, stood = (not ends, stops) if forwards else (not begins, leaves)
        came, stood_before = (not begins, leaves) if forwards else (not ends, stops)
        if not goes_on or stood:
            continue
        total = lasts.copy()
        if came and not stood_before and hold in others:
            total += others[hold][stretch.way[chosen, near]]
        speeds = grid.speed_mps[k + 1 if forwards else k].size
        listed = found.setdefault(hold, np.zeros(speeds))
        np.maximum.at(listed, stretch.way[chosen, far], total)
    return found
