"""Kernels of the speed grid: curves of runs at places, and the lowest of three along a stretch."""

from __future__ import annotations

import numpy as np
from numba import float64, int64, types, void
from numpy.typing import NDArray

from retinue.kernels import njit

__all__ = ["curve_at", "stretch_times"]

_F1, _F2, _I1, _I2 = float64[::1], float64[:, ::1], int64[::1], int64[:, ::1]


@njit(void(_F1, _F1, _F1, _F1, _F1, _F1, int64), cache=True, nogil=True)
def curve_at(
    node_x: NDArray[np.float64],
    node_t: NDArray[np.float64],
    node_v: NDArray[np.float64],
    place: NDArray[np.float64],
    time: NDArray[np.float64],
    speed: NDArray[np.float64],
    after: int,
) -> None:
    """Write times and speeds of a run at rising places.

    Between two nodes the motion is the cubic x(t) through places and speeds, as in
    `retinue.rail.run_record.Run.time_at`.  ``after`` takes the departure where the run stands.
    """
    last = node_x.size - 1
    node = 0
    for index in range(place.size):
        x = min(max(place[index], node_x[0]), node_x[last])
        while node < last - 1 and node_x[node + 1] < x:
            node += 1
        if after:
            while node < last - 1 and node_x[node + 1] <= x:
                node += 1
        x0, t0, v0 = node_x[node], node_t[node], node_v[node]
        way, duration = node_x[node + 1] - x0, node_t[node + 1] - t0
        v1 = node_v[node + 1]
        if way <= 0.0:
            time[index] = t0 + (duration if after else 0.0)
            speed[index] = v0
            continue
        target = x - x0
        d0, d1 = v0 * duration, v1 * duration
        square, cube = 3.0 * way - 2.0 * d0 - d1, d0 + d1 - 2.0 * way
        low, high = 0.0, 1.0
        u = target / way
        for _ in range(80):
            value = u * (d0 + u * (square + u * cube)) - target
            if abs(value) < 1e-9:
                break
            if value > 0.0:
                high = u
            else:
                low = u
            slope = d0 + u * (2.0 * square + u * 3.0 * cube)
            u = u - value / slope if slope > 0.0 else -1.0
            if not low < u < high:
                u = 0.5 * (low + high)
        time[index] = t0 + u * duration
        slope = d0 + u * (2.0 * square + u * 3.0 * cube)
        speed[index] = max(slope, 0.0) / duration if duration > 0.0 else v0


@njit(
    types.Tuple((_I2, _F2))(  # type: ignore[no-untyped-call]
        _F1, _F2, _F2, _F2, _F2, _F2, _F2, _F1, _F1, _I1, float64
    ),
    cache=True,
    nogil=True,
)
def stretch_times(
    place: NDArray[np.float64],
    out_v: NDArray[np.float64],
    out_t: NDArray[np.float64],
    held_v: NDArray[np.float64],
    held_t: NDArray[np.float64],
    in_v: NDArray[np.float64],
    in_t: NDArray[np.float64],
    speed_out: NDArray[np.float64],
    speed_in: NDArray[np.float64],
    wanted: NDArray[np.int64],
    tolerance: float,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the ways to run one stretch, and when each is where.

    Parameters
    ----------
    place
        Shape (n,): places from the begin to the end of the stretch.
    out_v, out_t
        Shape (speeds, n): the curve away from each speed at the begin.
    held_v, held_t
        Shape (ceilings, n): the curve under each ceiling, the first without one.
    in_v, in_t
        Shape (speeds, n): the curve towards each speed at the end.
    wanted
        Indices of places whose times are wanted.

    Returns
    -------
    ways
        Shape (m, 3): speed at the begin, ceiling, speed at the end, as indices.
    times
        Shape (m, len(wanted)): seconds since the begin.

    A way exists where the lowest of its three curves meets both speeds; a ceiling that is nowhere
    the lowest is the same as none and left out.
    """
    n = place.size
    rows = out_v.shape[0] * held_v.shape[0] * in_v.shape[0]
    ways = np.empty((rows, 3), np.int64)
    times = np.empty((rows, wanted.size))
    total = np.empty(n)
    count = 0
    for i in range(out_v.shape[0]):
        for c in range(held_v.shape[0]):
            if held_v[c, 0] < speed_out[i] - tolerance:
                continue
            for j in range(in_v.shape[0]):
                if (
                    in_v[j, 0] < speed_out[i] - tolerance
                    or held_v[c, n - 1] < speed_in[j] - tolerance
                    or out_v[i, n - 1] < speed_in[j] - tolerance
                ):
                    continue
                felt = c == 0
                now = 0.0
                total[0] = 0.0
                for cell in range(n - 1):
                    a0, a1 = out_v[i, cell], out_v[i, cell + 1]
                    b0, b1 = held_v[c, cell], held_v[c, cell + 1]
                    e0, e1 = in_v[j, cell], in_v[j, cell + 1]
                    first = 0 if a0 <= b0 and a0 <= e0 else (2 if e0 <= b0 else 1)
                    last = 2 if e1 <= b1 and e1 <= a1 else (0 if a1 <= b1 else 1)
                    # Equal at one end: the curve that is the lowest at the other goes on.
                    if first != last:
                        v_first = a0 if first == 0 else (b0 if first == 1 else e0)
                        other0 = a0 if last == 0 else (b0 if last == 1 else e0)
                        v_last = a1 if last == 0 else (b1 if last == 1 else e1)
                        other1 = a1 if first == 0 else (b1 if first == 1 else e1)
                        if other0 <= v_first + 1e-9:
                            first = last
                        elif other1 <= v_last + 1e-9:
                            last = first
                    if first == 1 or last == 1:
                        felt = True
                    if first == last:
                        if first == 0:
                            now += out_t[i, cell + 1] - out_t[i, cell]
                        elif first == 1:
                            now += held_t[c, cell + 1] - held_t[c, cell]
                        else:
                            now += in_t[j, cell + 1] - in_t[j, cell]
                    else:
                        # Squares of speeds are straight along a short cell; both lines cross.
                        p0, p1 = v_first * v_first, other1 * other1
                        q0, q1 = other0 * other0, v_last * v_last
                        gap0, gap1 = q0 - p0, p1 - q1
                        share = gap0 / (gap0 + gap1) if gap0 + gap1 > 0.0 else 0.5
                        middle = np.sqrt(max(p0 + share * (p1 - p0), 0.0))
                        width = place[cell + 1] - place[cell]
                        now += 2.0 * share * width / max(v_first + middle, 1e-3)
                        now += 2.0 * (1.0 - share) * width / max(middle + v_last, 1e-3)
                    total[cell + 1] = now
                if not felt:
                    continue
                ways[count, 0], ways[count, 1], ways[count, 2] = i, c, j
                for index in range(wanted.size):
                    times[count, index] = total[wanted[index]]
                count += 1
    return ways[:count].copy(), times[:count].copy()
