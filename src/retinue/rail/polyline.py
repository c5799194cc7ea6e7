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
    from retinue.rail.course_kernel import corridor_points

    values = np.array([column for column, _ in columns], dtype=np.float64)
    widths = np.array([tolerance for _, tolerance in columns], dtype=np.float64)
    places = np.ascontiguousarray(along, dtype=np.float64)
    kept: NDArray[np.intp] = corridor_points(places, values, widths, forced)
    return kept
