"""Loops over the points of a run: which of them are enough, and when the front is where."""

from __future__ import annotations

import numpy as np
from numba import types

from retinue.kernels import njit

__all__ = ["corridor_points", "hermite_times"]

_STEPS = 60
_NEAR_M = 1e-9
_COLUMN = types.Array(types.float64, 1, "C", readonly=True)
_TABLE = types.Array(types.float64, 2, "C", readonly=True)
_FLAGS = types.Array(types.boolean, 1, "C", readonly=True)


@njit(types.int64[::1](_COLUMN, _TABLE, _COLUMN, _FLAGS), cache=True, nogil=True)
def corridor_points(along, values, widths, forced):  # type: ignore[no-untyped-def]
    """Return the indices that `retinue.rail.polyline.thinned` keeps, which says how.

    Parameters
    ----------
    along, forced
        Shape (n,).
    values, widths
        Shape (columns, n) and (columns,).
    """
    count, columns = along.size, widths.size
    kept = np.zeros(count, np.int64)
    found, anchor, index = 1, 0, 1
    low, high = np.full(columns, -np.inf), np.full(columns, np.inf)
    while index < count:
        way = along[index] - along[anchor]
        fits = True
        if way > 0.0:
            for c in range(columns):
                slope = (values[c, index] - values[c, anchor]) / way
                if not low[c] <= slope <= high[c]:
                    fits = False
                    break
        if not fits and index - 1 > anchor:
            anchor = index - 1
        elif forced[index]:
            anchor = index
            index += 1
        else:
            for c in range(columns):
                slope = (values[c, index] - values[c, anchor]) / way
                low[c] = max(low[c], slope - widths[c] / way)
                high[c] = min(high[c], slope + widths[c] / way)
            index += 1
            continue
        kept[found] = anchor
        found += 1
        low[:] = -np.inf
        high[:] = np.inf
    return kept[:found].copy()


@njit(types.float64[::1](_COLUMN, _COLUMN, _COLUMN, _COLUMN), cache=True, nogil=True)
def hermite_times(target, way, start_way, end_way):  # type: ignore[no-untyped-def]
    """Invert cubics x(u) from 0 to 1 by Newton's steps, by halves where they leave the bracket.

    Parameters
    ----------
    target
        Way from the begin of the interval to the place, shape (n,).
    way
        Length of the interval.
    start_way, end_way
        Speed at its ends times its duration.

    Returns
    -------
    u
        Share of the duration at which the place is reached, shape (n,).
    """
    found = np.empty(target.size)
    for i in range(target.size):
        d0, d1, length = start_way[i], end_way[i], way[i]
        square, cube = 3.0 * length - 2.0 * d0 - d1, d0 + d1 - 2.0 * length
        low, high = 0.0, 1.0
        u = target[i] / length if length > 0.0 else 0.0
        for _ in range(_STEPS):
            value = u * (d0 + u * (square + u * cube)) - target[i]
            if value > 0.0:
                high = u
            else:
                low = u
            if abs(value) <= _NEAR_M:
                break
            slope = d0 + u * (2.0 * square + u * 3.0 * cube)
            following = u - value / slope if slope > 0.0 else -1.0
            u = following if low < following < high else 0.5 * (low + high)
        found[i] = u
    return found
