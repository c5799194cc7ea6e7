"""Fewer points for the same line: what stands between stays within a tolerance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["thinned"]


def thinned(
    along: Floats,
    columns: Sequence[tuple[Floats, float]],
    keep: NDArray[np.bool_] | None = None,
) -> NDArray[np.intp]:
    """Return the indices of points that are enough.

    Joined by straight lines over ``along``, every dropped point lies within the
    tolerance of its column (swing door: from the last kept point a corridor is
    narrowed until the next point falls outside)::

        value     _.-*  outside: the point before it is kept
          ^   .-'_.-'
          | *' '-._
          +------------> along

    Parameters
    ----------
    along
        Shape (n,), never falling; points at one place are all kept.
    columns
        (values, tolerance) pairs.
    keep
        Points that must stay.
    """
    count = along.size
    forced = np.zeros(count, dtype=bool) if keep is None else keep.copy()
    forced[[0, -1]] = True
    level = np.flatnonzero(np.diff(along) <= 0.0)
    forced[level] = True
    forced[level + 1] = True
    places = along.tolist()
    values = [column.tolist() for column, _ in columns]
    widths = [tolerance for _, tolerance in columns]
    must = forced.tolist()
    kept = [0]
    anchor = 0
    low = [-np.inf] * len(values)
    high = [np.inf] * len(values)
    index = 1
    while index < count:
        way = places[index] - places[anchor]
        fits = True
        if way > 0.0:
            for column, value in enumerate(values):
                slope = (value[index] - value[anchor]) / way
                if not low[column] <= slope <= high[column]:
                    fits = False
                    break
        if not fits and index - 1 > anchor:
            anchor = index - 1
            kept.append(anchor)
            low = [-np.inf] * len(values)
            high = [np.inf] * len(values)
            continue
        if must[index]:
            anchor = index
            kept.append(index)
            low = [-np.inf] * len(values)
            high = [np.inf] * len(values)
        else:
            for column, value in enumerate(values):
                slope = (value[index] - value[anchor]) / way
                low[column] = max(low[column], slope - widths[column] / way)
                high[column] = min(high[column], slope + widths[column] / way)
        index += 1
    return np.array(kept, dtype=np.intp)
