"""The sweep that finds overlaps, compiled.

Rows are sorted by resource, then begin, then train.  On a resource of capacity one every pair of
overlapping holds is a conflict.  On one of capacity c a train that comes while c others hold it
is a conflict with the one whose leaving gives it a track.
"""

from __future__ import annotations

import numpy as np

from retinue.kernels import njit

__all__ = ["sweep"]


@njit(
    "int64(int32[:], int32[:], float64[:], float64[:], int32[:], int64[:], int64[:], float64[:])",
    cache=True,
    nogil=True,
)
def sweep(
    train: np.ndarray,
    resource: np.ndarray,
    begin: np.ndarray,
    end: np.ndarray,
    capacity: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    until: np.ndarray,
) -> int:
    """Find the conflicts of sorted rows.

    Parameters
    ----------
    train, resource, begin, end
        Shape (n,), sorted by resource, begin, train.
    capacity
        Of each resource.
    first, second, until
        Shape (room,): filled with the row that held, the row that came, and when the conflict
        ends.  What finds no room is counted only.

    Returns
    -------
    int
        How many conflicts there are; call again with more room where it is more than there was.
    """
    count = 0
    rows = len(train)
    room = len(first)
    active = np.empty(rows, np.int64)
    others = np.empty(rows, np.int64)
    held = 0
    for row in range(rows):
        if row == 0 or resource[row] != resource[row - 1]:
            held = 0
        kept = 0
        for k in range(held):
            if end[active[k]] > begin[row]:
                active[kept] = active[k]
                kept += 1
        held = kept
        if end[row] <= begin[row]:
            continue
        tracks = capacity[resource[row]]
        if tracks == 1:
            for k in range(held):
                other = active[k]
                if train[other] != train[row]:
                    if count < room:
                        first[count] = other
                        second[count] = row
                        until[count] = min(end[other], end[row])
                    count += 1
        elif held >= tracks:
            # Of each other train the hold that ends last; a train needs one track only.
            n = 0
            own = False
            for k in range(held):
                other = active[k]
                if train[other] == train[row]:
                    own = True
                    break
                placed = False
                for m in range(n):
                    if train[others[m]] == train[other]:
                        if end[other] > end[others[m]]:
                            others[m] = other
                        placed = True
                        break
                if not placed:
                    others[n] = other
                    n += 1
            if not own and n >= tracks:
                # The (n - tracks + 1)-th to leave makes room.
                for m in range(1, n):
                    item = others[m]
                    j = m - 1
                    while j >= 0 and (
                        end[others[j]] > end[item]
                        or (end[others[j]] == end[item] and others[j] > item)
                    ):
                        others[j + 1] = others[j]
                        j -= 1
                    others[j + 1] = item
                other = others[n - tracks]
                if count < room:
                    first[count] = other
                    second[count] = row
                    until[count] = min(end[other], end[row])
                count += 1
        active[held] = row
        held += 1
    return count
