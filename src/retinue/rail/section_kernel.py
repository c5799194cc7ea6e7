"""What the train may do at most: limits until the tail has passed, and the curves down to them.

The path is cut into sections of one permitted speed.  From the end backwards
each gets the highest speed at its far end from which everything behind can be
met, and the curve that leads down to it: a braking parabola (constant rate), or
pieces of an integrated curve (brake force, or coasting before braking).
"""

from __future__ import annotations

import math

import numpy as np
from numba import types

from retinue.kernels import njit
from retinue.rail.traction_kernel import SLOWER, STUCK, advance

__all__ = [
    "CURVE_COLUMNS",
    "PIECE_BRAKE",
    "PIECE_COAST",
    "approach_curves",
    "curve_energy_head",
    "permitted_sections",
]

PIECE_COAST, PIECE_BRAKE = 2, 3
CURVE_COLUMNS = 8
"""Columns of a curve piece: x far, x near, w far, w near (v**2 / 2), deceleration far,
deceleration near, duration, kind.  Far is the end nearer to the target."""

_FIXED = types.Array(types.float64, 1, "C", readonly=True)
_LEAST_DECELERATION_MPS2 = 1e-4


@njit(
    types.UniTuple(types.float64[::1], 4)(  # type: ignore[no-untyped-call]
        _FIXED, _FIXED, types.float64, types.float64, types.float64,
        _FIXED, _FIXED, _FIXED, _FIXED, _FIXED, _FIXED,
    ),
    cache=True,
)  # fmt: skip
def permitted_sections(  # type: ignore[no-untyped-def]
    limit_x, limit_v, length_m, train_length_m, top_v, drive_x, drive_cap, drive_coast,
    drive_share, stop_x, stop_dwell,
):  # fmt: skip
    """Merge limits, driving caps and stops into sections of one permitted speed.

    A limit counts for the front from where it begins until one train length
    behind where it ends (a sliding minimum, kept in a monotone queue).

    Returns
    -------
    sect_x, sect_cap, sect_coast, sect_dwell
        Boundaries (n + 1), permitted speed (n), speed to coast down to before
        braking (n; 0 or less: no coasting), dwell at each boundary (n + 1; -1: no stop).
    """
    most = 2 * limit_x.size + drive_x.size + stop_x.size + 4
    sect_x = np.empty(most + 1)
    sect_cap = np.empty(most)
    sect_coast = np.empty(most)
    sect_dwell = np.full(most + 1, -1.0)
    queue = np.empty(limit_x.size, np.int64)
    head, tail = 0, 0
    entering, drive, stop = 0, 0, 0
    n = 0
    x = 0.0
    while stop < stop_x.size and stop_x[stop] <= 0.0:
        sect_dwell[0] = stop_dwell[stop]
        stop += 1
    while True:
        while entering < limit_x.size and limit_x[entering] <= x:
            while tail > head and limit_v[queue[tail - 1]] >= limit_v[entering]:
                tail -= 1
            queue[tail] = entering
            tail += 1
            entering += 1
        while (
            tail - head > 1
            and queue[head] + 1 < limit_x.size
            and limit_x[queue[head] + 1] + train_length_m <= x
        ):
            head += 1
        while drive + 1 < drive_x.size and drive_x[drive + 1] <= x:
            drive += 1
        stopping = stop < stop_x.size and stop_x[stop] <= x and n > 0
        cap = min(min(limit_v[queue[head]], top_v) * drive_share[drive], drive_cap[drive])
        coast = drive_coast[drive]
        if stopping or n == 0 or cap != sect_cap[n - 1] or coast != sect_coast[n - 1]:
            sect_x[n] = x
            sect_cap[n] = cap
            sect_coast[n] = coast
            if stopping:
                sect_dwell[n] = stop_dwell[stop]
                stop += 1
            n += 1
        following = length_m
        if entering < limit_x.size:
            following = min(following, limit_x[entering])
        if tail - head > 1:
            following = min(following, limit_x[queue[head] + 1] + train_length_m)
        if drive + 1 < drive_x.size:
            following = min(following, drive_x[drive + 1])
        if stop < stop_x.size:
            following = min(following, stop_x[stop])
        if following >= length_m:
            break
        x = following
    sect_x[n] = length_m
    if stop < stop_x.size:
        sect_dwell[n] = stop_dwell[stop]
    return (
        sect_x[: n + 1].copy(),
        sect_cap[:n].copy(),
        sect_coast[:n].copy(),
        sect_dwell[: n + 1].copy(),
    )


@njit("f8(f8[:,::1],i8,f8)", cache=True)
def curve_energy_head(curve, piece, x):  # type: ignore[no-untyped-def]
    """Return v**2 / 2 on a curve piece at x (cubic through both ends and slopes)."""
    far, near = curve[piece, 0], curve[piece, 1]
    width = far - near
    if width <= 0.0:
        return curve[piece, 2]
    u = (x - near) / width
    w0, w1 = curve[piece, 3], curve[piece, 2]
    d0, d1 = -curve[piece, 5] * width, -curve[piece, 4] * width
    return w0 + u * (d0 + u * (3.0 * (w1 - w0) - 2.0 * d0 - d1 + u * (2.0 * (w0 - w1) + d0 + d1)))


@njit("f8[:,::1](f8[:,::1],i8)", cache=True)
def _room(curve, n):  # type: ignore[no-untyped-def]
    if n < curve.shape[0]:
        return curve
    larger = np.empty((2 * curve.shape[0] + 16, curve.shape[1]))
    larger[:n] = curve[:n]
    return larger


@njit(
    "Tuple((f8[:,::1],i8,f8,f8,i8))"
    "(f8[:,::1],i8,f8,f8,f8,f8,i8,f8[::1],f8[::1],f8[::1],f8,f8,f8,f8,f8,"
    "f8[::1],f8[::1],f8[::1],f8[::1],f8[::1])",
    cache=True,
)
def _integrate_back(  # type: ignore[no-untyped-def]
    curve, n, x, v, x_stop, v_stop, kind, table_v, table_f0, table_f1, weight_n, inertia_kg,
    davis_a, davis_b, davis_c, cell_x, cell_s0, cell_s1, cell_c0, cell_c1,
):  # fmt: skip
    """Follow a decelerating motion backwards from (x, v) to x_stop or v_stop.

    Returns the curve, its pieces, place and speed reached, and 1 where the train
    no longer slows down there.
    """
    # The cell that ends at or beyond x (bisection by hand: numba's own costs seconds to compile).
    k, above = 0, cell_s0.size
    while above - k > 1:
        middle = (k + above) // 2
        if cell_x[middle] < x:
            k = middle
        else:
            above = middle
    p = 0
    while p + 1 < table_f0.size and table_v[p + 1] <= v:
        p += 1
    while x > x_stop + 1e-7 and v < v_stop - 1e-9:
        while k > 0 and cell_x[k] >= x - 1e-7:
            k -= 1
        while p + 1 < table_f0.size and table_v[p + 1] <= v + 1e-9:
            p += 1
        place = x - cell_x[k]
        slope = cell_s0[k] + cell_s1[k] * place
        factor = cell_c0[k] + cell_c1[k] * place
        alpha = (table_f0[p] + davis_a + weight_n * slope) / inertia_kg
        beta = (table_f1[p] + davis_b) / inertia_kg
        gamma = davis_c * factor / inertia_kg
        first = alpha + v * (beta + v * gamma)
        if first < _LEAST_DECELERATION_MPS2:
            return curve, n, x, v, 1
        span = x - max(cell_x[k], x_stop)
        high = v_stop
        if p + 1 < table_f0.size:
            high = min(high, table_v[p + 1])
        # Pieces stay short enough that a cubic through their ends is exact to 1e-4.
        span = min(span, max(20.0, 5.0 * v))
        delta = -weight_n * cell_s1[k] / inertia_kg
        epsilon = -davis_c * cell_c1[k] / inertia_kg
        t, y, reached, _, event = advance(
            v, alpha, beta, gamma, delta, epsilon, span, 0.0, high, 0.0, np.inf
        )
        if event in (STUCK, SLOWER) or t <= 0.0:
            return curve, n, x, v, 1
        last = alpha + delta * y + reached * (beta + reached * (gamma + epsilon * y))
        curve = _room(curve, n)
        curve[n, 0] = x
        curve[n, 1] = x - y
        curve[n, 2] = 0.5 * v * v
        curve[n, 3] = 0.5 * reached * reached
        curve[n, 4] = first
        curve[n, 5] = last
        curve[n, 6] = t
        curve[n, 7] = kind
        n += 1
        x -= y
        v = reached
    return curve, n, x, v, 0


@njit(
    "Tuple((f8[::1],f8[::1],i8[::1],f8[:,::1],f8,i8,f8,f8))"
    "(f8[::1],f8[::1],f8[::1],f8[::1],f8,f8,f8[::1],f8[::1],f8[::1],f8,f8,f8,f8,f8,"
    "f8[::1],f8[::1],f8[::1],f8[::1],f8[::1])",
    cache=True,
)
def approach_curves(  # type: ignore[no-untyped-def]
    sect_x, sect_cap, sect_coast, sect_dwell, end_v, brake_rate, brake_v, brake_f0, brake_f1,
    weight_n, inertia_kg, davis_a, davis_b, davis_c, cell_x, cell_s0, cell_s1, cell_c0, cell_c1,
):  # fmt: skip
    """Find, from the end backwards, exit speeds and the curves down to them.

    ``brake_rate`` > 0: braking at that rate; else the brake table with the other forces.

    Returns
    -------
    sect_exit, sect_brake_x, curve_from, curve, start_v, status, place, speed
        Exit speed and start of the curve by section; the curve pieces of section j
        are ``curve[curve_from[j + 1]:curve_from[j]]``, target first (none: the
        parabola of the constant rate); highest speed at the start; 0 or 3 (brakes
        do not slow the train) with place and speed.
    """
    count = sect_cap.size
    sect_exit = np.empty(count)
    sect_brake_x = np.empty(count)
    curve_from = np.zeros(count + 1, np.int64)
    curve = np.empty((16, CURVE_COLUMNS))
    none_v = np.zeros(1)
    n = 0
    exit_v = end_v
    for j in range(count - 1, -1, -1):
        x0, x1 = sect_x[j], sect_x[j + 1]
        cap = sect_cap[j]
        if sect_dwell[j + 1] >= 0.0:
            exit_v = 0.0
        exit_v = min(exit_v, cap)
        sect_exit[j] = exit_v
        coast_to = sect_coast[j]
        if brake_rate > 0.0 and coast_to <= 0.0:
            head = 0.5 * exit_v * exit_v + brake_rate * (x1 - x0)
            entry = min(cap, math.sqrt(2.0 * head))
            sect_brake_x[j] = max(x0, x1 - (cap * cap - exit_v * exit_v) / (2.0 * brake_rate))
        else:
            x, v = x1, exit_v
            wanted = cap if coast_to <= 0.0 else min(cap, coast_to)
            coasted = coast_to <= 0.0
            while x > x0 + 1e-7 and v < cap - 1e-9:
                braking = v < wanted - 1e-9
                if not braking and coasted:
                    break
                if braking and brake_rate > 0.0:
                    way = min(x - x0, (wanted * wanted - v * v) / (2.0 * brake_rate))
                    reached = min(wanted, math.sqrt(v * v + 2.0 * brake_rate * way))
                    curve = _room(curve, n)
                    curve[n, 0] = x
                    curve[n, 1] = x - way
                    curve[n, 2] = 0.5 * v * v
                    curve[n, 3] = 0.5 * reached * reached
                    curve[n, 4] = brake_rate
                    curve[n, 5] = brake_rate
                    curve[n, 6] = (reached - v) / brake_rate
                    curve[n, 7] = PIECE_BRAKE
                    n += 1
                    x -= way
                    v = reached
                    continue
                kind, target = PIECE_COAST, cap
                table_v, table_f0, table_f1 = none_v, none_v, none_v
                if braking:
                    kind, target = PIECE_BRAKE, wanted
                    table_v, table_f0, table_f1 = brake_v, brake_f0, brake_f1
                curve, n, x, v, failed = _integrate_back(
                    curve, n, x, v, x0, target, kind, table_v, table_f0, table_f1,
                    weight_n, inertia_kg, davis_a, davis_b, davis_c,
                    cell_x, cell_s0, cell_s1, cell_c0, cell_c1,
                )  # fmt: skip
                if braking and failed != 0:
                    return sect_exit, sect_brake_x, curve_from, curve[:n].copy(), 0.0, 3, x, v
                if not braking:
                    # Where coasting no longer slows the train, the brakes take over upstream.
                    coasted = True
                    wanted = cap
            entry = min(cap, v)
            sect_brake_x[j] = x
        curve_from[j] = n
        exit_v = entry
    # exit_v is now the highest speed at the start of the path.
    return sect_exit, sect_brake_x, curve_from, curve[:n].copy(), exit_v, 0, 0.0, 0.0
