"""The kernel under `retinue.world.track_profile`: conjugate gradients over stretches of track.

Solves ``(W + K) h = b`` where W is diagonal and K the Laplacian of a graph given as a list of
stretches, preconditioned by the diagonal (Hestenes and Stiefel, 1952).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retinue.kernels import njit

__all__ = ["solve"]

_SIGNATURE = "int64(f8[::1], f8[::1], i8[::1], i8[::1], f8[::1], f8[::1], f8, int64)"


@njit(cache=True, fastmath=False, nogil=True)
def _times(
    weight: NDArray[np.float64],
    stiff: NDArray[np.float64],
    one: NDArray[np.int64],
    two: NDArray[np.int64],
    h: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    for i in range(len(h)):
        out[i] = weight[i] * h[i]
    for k in range(len(stiff)):
        pull = stiff[k] * (h[one[k]] - h[two[k]])
        out[one[k]] += pull
        out[two[k]] -= pull


@njit(_SIGNATURE, cache=True, fastmath=False, nogil=True)
def solve(
    weight: NDArray[np.float64],
    stiff: NDArray[np.float64],
    one: NDArray[np.int64],
    two: NDArray[np.int64],
    right: NDArray[np.float64],
    height: NDArray[np.float64],
    goal: float,
    most: int,
) -> int:
    """Improve ``height`` in place; return the number of steps.

    Parameters
    ----------
    weight, right
        Diagonal of W and the right side, shape (n,).
    stiff, one, two
        Stiffness of each stretch and the unknowns that it joins, shape (m,).
    goal
        Ends when the residual's norm, scaled by the diagonal, is as small.
    most
        Ends after so many steps.
    """
    count = len(height)
    diagonal = weight.copy()
    for k in range(len(stiff)):
        diagonal[one[k]] += stiff[k]
        diagonal[two[k]] += stiff[k]
    rest = np.empty(count)
    moved = np.empty(count)
    way = np.empty(count)
    _times(weight, stiff, one, two, height, moved)
    size = 0.0
    for i in range(count):
        if diagonal[i] == 0.0:
            diagonal[i] = 1.0
        rest[i] = right[i] - moved[i]
        way[i] = rest[i] / diagonal[i]
        size += rest[i] * way[i]
    for step in range(most):
        if size <= goal * goal:
            return step
        _times(weight, stiff, one, two, way, moved)
        against = 0.0
        for i in range(count):
            against += way[i] * moved[i]
        share = size / against
        before, size = size, 0.0
        for i in range(count):
            height[i] += share * way[i]
            rest[i] -= share * moved[i]
            size += rest[i] * rest[i] / diagonal[i]
        turn = size / before
        for i in range(count):
            way[i] = rest[i] / diagonal[i] + turn * way[i]
    return most
