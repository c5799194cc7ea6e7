"""A running time in steps of a centimetre: plain, slow, and sharing no code with the engine.

Midpoint steps in v**2/2 over distance; permitted speed by brute force over the
limits under the train; braking at a constant rate from every lower limit ahead.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from retinue.rail.dynamics import ConstantBraking, TrainDynamics
from retinue.rail.running_path import RunningPath

Floats = NDArray[np.float64]


def _effective_limit(
    start: Floats, value: Floats, length_m: float, train_m: float, top: float
) -> tuple[Floats, Floats]:
    """Lowest limit under the train, by brute force over all limits at every change."""
    ends = np.append(start[1:], np.inf)
    places = np.unique(np.concatenate([start, ends[:-1] + train_m]))
    places = places[places < length_m]
    caps = np.empty(places.size)
    for index, place in enumerate(places):
        under = (start <= place) & (ends + train_m > place)
        caps[index] = min(value[under].min(), top)
    return places, caps


@njit(
    "Tuple((f8,f8))(f8,f8,f8,f8,f8,f8,f8,f8,b1,f8[::1],f8[::1],f8[::1],f8[::1],f8[::1],"
    "f8[::1],f8[::1],f8[::1],f8[::1])",
    cache=True,
)
def _march(  # type: ignore[no-untyped-def]
    length_m, h, mass, factor, a, b, c, train_m, spread, limit_x, limit_w, head_w,
    slope_x, slope, height, effort_v, effort_f, rate_box,
):  # fmt: skip
    rate = rate_box[0]
    steps = round(length_m / h)
    weight = mass * 9.80665
    inertia = mass * factor
    w = 0.0
    v = 0.0
    time = 0.0
    work = 0.0
    li, si, ti, ei = 0, 0, 0, 0
    for i in range(steps):
        x = i * h
        while li + 1 < limit_x.size and limit_x[li + 1] <= x + 1e-6:
            li += 1
        after_w = w
        drag = 0.0
        rising = 0.0
        for half in range(2):
            y = x + 0.5 * h * half
            while si + 1 < slope_x.size and slope_x[si + 1] <= y + 1e-9:
                si += 1
            if spread:
                z = y - train_m
                while ti + 1 < slope_x.size and slope_x[ti + 1] <= z + 1e-9:
                    ti += 1
                top = height[si] + slope[si] * (y - slope_x[si])
                bottom = height[ti] + slope[ti] * (z - slope_x[ti])
                rising = (top - bottom) / train_m
            else:
                rising = slope[si]
            u = math.sqrt(2.0 * after_w)
            while ei + 1 < effort_v.size and effort_v[ei + 1] <= u:
                ei += 1
            while ei > 0 and effort_v[ei] > u:
                ei -= 1
            force = effort_f[ei]
            if ei + 1 < effort_v.size:
                share = (u - effort_v[ei]) / (effort_v[ei + 1] - effort_v[ei])
                force += share * (effort_f[ei + 1] - effort_f[ei])
            drag = a + u * (b + u * c) + weight * rising
            rate_now = (force - drag) / inertia
            after_w = w + rate_now * (0.5 * h if half == 0 else h)
            if after_w < 0.0:
                return -1.0, x
        # Permitted at the far end: limit under the train there, every lower limit ahead.
        far = x + h
        after_w = min(after_w, limit_w[li])
        after_w = min(after_w, head_w[li] - rate * far)
        after_w = max(after_w, 0.0)
        after = math.sqrt(2.0 * after_w)
        held = inertia * (after_w - w) + drag * h
        if held > 0.0:
            work += held
        time += 2.0 * h / (v + after)
        w = after_w
        v = after
    return time, work


def fine_run(
    train: TrainDynamics, path: RunningPath, *, spread: bool, step_m: float = 0.01
) -> tuple[float, float]:
    """Return running time (s) and traction work (J), standstill to standstill."""
    assert isinstance(train.braking, ConstantBraking)
    (table,) = train.effort.values()
    rate = train.braking.deceleration_mps2
    limit_x, limit_v = _effective_limit(
        path.limit_mps.start_m,
        path.limit_mps.value,
        path.length_m,
        train.length_m,
        train.max_speed_mps,
    )
    # A lower limit that begins at d bounds v**2/2 + rate x by u**2/2 + rate d before it.
    own_head = 0.5 * limit_v**2 + rate * limit_x
    heads = np.append(own_head[1:], rate * path.length_m)
    head_w = np.minimum.accumulate(heads[::-1])[::-1].copy()
    resistance = path.gradient.map(lambda i: i / np.sqrt(1.0 + i * i)).combined(
        path.equivalent_resistance, np.add
    )
    height = np.concatenate([[0.0], np.cumsum(np.diff(resistance.start_m) * resistance.value[:-1])])
    time, work = _march(
        path.length_m, step_m, train.mass_kg, train.rotating_mass_factor, train.davis_a_n,
        train.davis_b_n_per_mps, train.davis_c_n_per_mps2, train.length_m, spread,
        limit_x, 0.5 * limit_v**2, head_w, resistance.start_m.copy(), resistance.value.copy(),
        height, table.speed_mps.copy(), table.force_n.copy(), np.array([rate]),
    )  # fmt: skip
    if time < 0.0:
        raise AssertionError(f"the reference stalls at {work} m")
    return float(time), float(work)
