"""Kernel of the path search: sets of times carried along a graph without cycles.

A set of times is a row of disjoint closed intervals, rising.  A train in motion cannot wait, so
what can be reached at a node is what could be left at the node before, shifted by the running
time and cut by what is free on the way; a train that stands may leave at any later time that
its track allows::

    left at A   |---------------|                    any of these times
    block 1     [--free--]   [-----free------]        shifted by the time of its hold
    block 2        [--free------]  [---free--]
    at B             |-|           |----|             exactly the times that can be reached

Nothing is sampled: every time of the set can be reached, and no other.
"""

from __future__ import annotations

import numpy as np
from numba import float64, int64
from numpy.typing import NDArray

from retinue.kernels import njit

__all__ = ["RUN", "STAND", "add_interval", "reach"]

RUN, STAND = 0, 1

_F1, _I1, _F2 = float64[::1], int64[::1], float64[:, ::1]


@njit(int64(_F1, _F1, int64, float64, float64), cache=True, nogil=True)
def add_interval(
    lo: NDArray[np.float64], hi: NDArray[np.float64], count: int, begin: float, end: float
) -> int:
    """Add ``[begin, end]`` to a set in place; return its new size, -1 where the row is full."""
    first, above = 0, count
    while first < above:
        middle = (first + above) // 2
        if hi[middle] < begin:
            first = middle + 1
        else:
            above = middle
    last = first
    while last < count and lo[last] <= end:
        begin = min(begin, lo[last])
        end = max(end, hi[last])
        last += 1
    gone = last - first
    if gone == 0:
        if count == lo.size:
            return -1
        for index in range(count, first, -1):
            lo[index] = lo[index - 1]
            hi[index] = hi[index - 1]
        count += 1
    elif gone > 1:
        for index in range(last, count):
            lo[index - gone + 1] = lo[index]
            hi[index - gone + 1] = hi[index]
        count -= gone - 1
    lo[first] = begin
    hi[first] = end
    return count


@njit(
    int64(
        _F2, _F2, _I1, _F1, _F1, _I1, _I1, _I1, _F1, _F1, _I1, _I1, _F1, _F1, _I1, _F2, _I1, _F1,
        _F1, int64, float64,
    ),
    cache=True,
    nogil=True,
)  # fmt: skip
def reach(
    lo: NDArray[np.float64],
    hi: NDArray[np.float64],
    count: NDArray[np.int64],
    node_from: NDArray[np.float64],
    node_to: NDArray[np.float64],
    edge_tail: NDArray[np.int64],
    edge_head: NDArray[np.int64],
    edge_kind: NDArray[np.int64],
    edge_least: NDArray[np.float64],
    edge_most: NDArray[np.float64],
    hold_start: NDArray[np.int64],
    hold_set: NDArray[np.int64],
    hold_from: NDArray[np.float64],
    hold_to: NDArray[np.float64],
    rect_start: NDArray[np.int64],
    rect: NDArray[np.float64],
    free_start: NDArray[np.int64],
    free_from: NDArray[np.float64],
    free_to: NDArray[np.float64],
    edges: int,
    narrowest: float,
) -> int:
    """Carry the sets of times over all edges, which are ordered by their tails' place.

    Parameters
    ----------
    lo, hi, count
        Shape (nodes, room): in place, the start nodes' sets filled.
    node_from, node_to
        Window in which a node may be met at all.
    edge_kind
        `RUN` takes ``edge_least`` exactly; `STAND` takes ``edge_least`` to ``edge_most``.
    hold_start
        Shape (edges + 1,): holds of a run: from ``t + hold_from`` to ``t + hold_to`` the set
        ``hold_set`` must be free without a break, t the time at the tail.
    rect_start, rect
        Shape (edges + 1,), (n, 4): stands that are possible: arrival from, to, departure from,
        to.
    narrowest
        A train in motion carries no interval on that is shorter than this; 0: every one.

    Returns
    -------
    int
        0, or 1 where the room for intervals was too small.
    """
    room = lo.shape[1]
    a_lo, a_hi = np.empty(room), np.empty(room)
    b_lo, b_hi = np.empty(room), np.empty(room)
    for edge in range(edges):
        tail, head = edge_tail[edge], edge_head[edge]
        size = count[tail]
        if size == 0:
            continue
        if edge_kind[edge] == STAND:
            for row in range(rect_start[edge], rect_start[edge + 1]):
                for index in range(size):
                    begin = max(lo[tail, index], rect[row, 0])
                    end = min(hi[tail, index], rect[row, 1])
                    if begin > end:
                        continue
                    begin = max(begin + edge_least[edge], rect[row, 2], node_from[head])
                    end = min(end + edge_most[edge], rect[row, 3], node_to[head])
                    if begin > end:
                        continue
                    count[head] = add_interval(lo[head], hi[head], count[head], begin, end)
                    if count[head] < 0:
                        return 1
            continue
        for index in range(size):
            a_lo[index] = lo[tail, index]
            a_hi[index] = hi[tail, index]
        for hold in range(hold_start[edge], hold_start[edge + 1]):
            which = hold_set[hold]
            first, last = free_start[which], free_start[which + 1]
            before, after = hold_from[hold], hold_to[hold]
            kept = 0
            for index in range(size):
                begin, end = a_lo[index], a_hi[index]
                # The first free interval that is not over before the hold begins.
                low, high = first, last
                while low < high:
                    middle = (low + high) // 2
                    if free_to[middle] < begin + after:
                        low = middle + 1
                    else:
                        high = middle
                for free in range(low, last):
                    if free_from[free] > end + before:
                        break
                    left = max(begin, free_from[free] - before)
                    right = min(end, free_to[free] - after)
                    if left > right:
                        continue
                    if kept == room:
                        return 1
                    b_lo[kept] = left
                    b_hi[kept] = right
                    kept += 1
            size = kept
            a_lo, b_lo = b_lo, a_lo
            a_hi, b_hi = b_hi, a_hi
            if size == 0:
                break
        for index in range(size):
            begin = max(a_lo[index] + edge_least[edge], node_from[head])
            end = min(a_hi[index] + edge_least[edge], node_to[head])
            if begin <= end and end - begin >= narrowest:
                count[head] = add_interval(lo[head], hi[head], count[head], begin, end)
                if count[head] < 0:
                    return 1
    return 0
