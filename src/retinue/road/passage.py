"""How a column of vehicles follows its leader: when each of them passes each point.

::

    time    leader  2nd  3rd ... tail
     ^        /    /   /        /        every vehicle keeps its spacing behind the one
     |       /   /   /       /           before, and closes up no faster than `catch_up`
     |      /  /   /      /              times the march speed
     +---------------------------> distance
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from retinue.road.column import Column
from retinue.road.convoy import Convoy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["ColumnPassage", "follow", "pass_column"]


class ColumnPassage:
    """When the vehicles of a column pass the points of a road.

    Parameters
    ----------
    distance_m
        Chainage, shape (n,), rising.
    front_s
        When the front passes, shape (n,), not falling.
    main_s
        When the principal's car passes, shape (n,).
    tail_s
        When the rear of the last vehicle has passed, shape (n,); at the end of the road as
        though every vehicle drove up to it in turn.
    """

    def __init__(self, distance_m: Floats, front_s: Floats, main_s: Floats, tail_s: Floats) -> None:
        self.distance_m = distance_m
        self.front_s = front_s
        self.main_s = main_s
        self.tail_s = tail_s


def _beyond(at_m: Floats, distance_m: Floats, time_s: Floats, last_mps: float) -> Floats:
    """Return the time at any chainage; beyond the end at the last speed."""
    inside = np.interp(at_m, distance_m, time_s)
    return np.asarray(inside + np.maximum(at_m - distance_m[-1], 0.0) / last_mps)


def follow(
    distance_m: Floats,
    before_s: Floats,
    spacing_m: Floats,
    march_mps: Floats,
    catch_up: Floats,
) -> Floats:
    """Return when a vehicle passes each point behind the one before it.

    ``T(x) = max(T(x - dx) + dx / (catch_up v), B(x + s))``: it is at ``x`` no sooner than
    the vehicle before is a spacing ``s`` farther on, and no sooner than it can have come.

    Parameters
    ----------
    distance_m
        Chainage, shape (n,), rising.
    before_s
        When the vehicle before passes, ``B``, shape (n,).
    spacing_m
        Distance from front to front that is due at each point, shape (n,).
    march_mps
        March speed of each interval, shape (n - 1,).
    catch_up
        How much faster than the march a vehicle may drive to close up, shape (n - 1,).
    """
    clear = _beyond(distance_m + spacing_m, distance_m, before_s, float(march_mps[-1]))
    travel = np.zeros(len(distance_m))
    np.cumsum(np.diff(distance_m) / (catch_up * march_mps), out=travel[1:])
    return np.asarray(travel + np.maximum.accumulate(clear - travel))


def pass_column(
    distance_m: Floats,
    front_s: Floats,
    convoy: Convoy,
    column: Column,
    catch_up: Floats,
    *,
    march_mps: Floats | None = None,
    stands_m: Sequence[float] = (),
) -> ColumnPassage:
    """Return when head, main car and tail of a convoy pass each point.

    The march speed at a point is the leader's there; the spacing follows from it.

    Parameters
    ----------
    distance_m, front_s
        Chainage and time of the front, shape (n,), both rising.
    convoy, column
        The vehicles and their spacing.
    catch_up
        How much faster than the march a vehicle may close up, per interval, shape (n - 1,).
    march_mps
        March speed of each interval, shape (n - 1,), where the front's own pace does not tell
        it: an interval in which the front stands.
    stands_m
        Where the front halts.  The ranks behind it drive up to where they stand, each no sooner
        than the one before it stands, and open out again from where the front stood.
    """
    march = np.diff(distance_m) / np.diff(front_s) if march_mps is None else march_mps
    local = np.minimum(np.append(march, march[-1]), np.insert(march, 0, march[0]))
    standing = convoy.standing_m(column) if stands_m else []
    times: Floats = front_s
    main = front_s
    ranks = convoy.ranks
    for number, vehicle in enumerate(ranks):
        if number > 0:
            spacing = _spacings(convoy, column, number - 1, local)
            for stand in sorted(stands_m, reverse=True):
                # Approaching, it may come as near as it will stand behind the one before.
                room = stand - standing[number - 1] - distance_m
                gap = standing[number] - standing[number - 1]
                near = np.clip(room, gap, np.maximum(spacing, gap))
                spacing = np.where(distance_m <= stand, near, spacing)
            times = follow(distance_m, times, spacing, march, catch_up)
        if vehicle.role == "main":
            main = times
    rear = distance_m + ranks[-1].vehicle.length
    tail = _beyond(rear, distance_m, times, float(march[-1]))
    return ColumnPassage(distance_m, front_s, main, tail)


def _spacings(convoy: Convoy, column: Column, rank: int, speed_mps: Floats) -> Floats:
    speeds, inverse = np.unique(speed_mps, return_inverse=True)
    values = [convoy.spacing_m(rank, column, float(speed)) for speed in speeds]
    return np.asarray(values, dtype=np.float64)[inverse]
