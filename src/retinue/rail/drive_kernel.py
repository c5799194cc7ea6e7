"""The forward run: full effort, holding, coasting and braking from event to event.

Given the sections and the curves down to their exit speeds, the train takes at
every place the fastest motion that its effort, the permitted speed and the
curve ahead allow.
"""

from __future__ import annotations

import math

import numpy as np

from retinue.kernels import njit
from retinue.rail.section_kernel import curve_energy_head
from retinue.rail.traction_kernel import BRAKE, FASTER, SLOWER, STUCK, advance

__all__ = [
    "ACCELERATE",
    "BRAKING",
    "COAST",
    "CRUISE",
    "DWELL",
    "LOSING_SPEED",
    "NODE_COLUMNS",
    "drive",
]

ACCELERATE, CRUISE, COAST, BRAKING, DWELL, LOSING_SPEED = 0, 1, 2, 3, 4, 5
NODE_COLUMNS = 5
"""Columns of a node: distance, time, speed, energy and regime of the interval that ends there."""

_STALL, _NO_BRAKES, _NO_PROGRESS, _NO_ROOM = 1, 3, 4, 5


@njit("f8(f8,f8,f8)", cache=True)
def _work_held(force0, force1, way):  # type: ignore[no-untyped-def]
    """Work of the positive part of a force that changes linearly over a way."""
    if force0 >= 0.0 and force1 >= 0.0:
        return 0.5 * (force0 + force1) * way
    if force0 <= 0.0 and force1 <= 0.0:
        return 0.0
    if force0 > 0.0:
        return 0.5 * force0 * way * force0 / (force0 - force1)
    return 0.5 * force1 * way * force1 / (force1 - force0)


@njit("f8(f8,f8,f8,f8,f8)", cache=True)
def _time_to_far(near_v, far_v, duration, way, behind):  # type: ignore[no-untyped-def]
    """Time left on a curve piece from ``behind`` metres past its near end."""
    if behind <= 0.0:
        return duration
    low, high = 0.0, duration
    for _ in range(60):
        t = 0.5 * (low + high)
        u = t / duration
        d0, d1 = near_v * duration, far_v * duration
        place = u * (d0 + u * (3.0 * way - 2.0 * d0 - d1 + u * (d0 + d1 - 2.0 * way)))
        if place > behind:
            high = t
        else:
            low = t
        if high - low < 1e-12:
            break
    return duration - 0.5 * (low + high)


@njit(
    "Tuple((i8,i8,f8[::1]))"
    "(f8[:,::1],f8[::1],f8[::1],f8[::1],f8[::1],f8[::1],i8[::1],f8[:,::1],f8,"
    "f8[::1],f8[::1],f8[::1],i8[::1],"
    "f8[::1],f8[::1],f8[::1],f8[::1],f8[::1],i8[::1],"
    "f8[::1],f8[::1],f8[::1],f8,f8,f8,f8,f8,f8,f8)",
    cache=True,
    nogil=True,
)
def drive(  # type: ignore[no-untyped-def]
    nodes,
    sect_x, sect_cap, sect_exit, sect_brake_x, sect_dwell, curve_from, curve, brake_rate,
    effort_v, effort_f0, effort_f1, effort_from,
    cell_x, cell_s0, cell_s1, cell_c0, cell_c1, cell_table, brake_v, brake_f0, brake_f1,
    weight_n, inertia_kg, davis_a, davis_b, davis_c, top_acceleration, start_v,
):  # fmt: skip
    """Run from the first to the last section.

    Parameters
    ----------
    nodes
        Room for the nodes, filled here (`NODE_COLUMNS`).
    effort_v, effort_f0, effort_f1, effort_from
        Linear effort pieces ``f0 + f1 v`` from ``effort_v`` on; table i holds the
        pieces ``effort_from[i]`` to ``effort_from[i + 1]``.
    cell_x, cell_s0, cell_s1, cell_c0, cell_c1, cell_table
        Cells of the path: specific resistance and factor on the quadratic term at
        the near end and their change per metre, effort table.

    Returns
    -------
    count, status, detail
        Nodes filled; status 0 done, 1 stalled, 3 brakes too weak, 4 no progress,
        5 no room for more nodes; detail: place, force needed, force there, speed.
    """
    room = nodes.shape[0] - 3
    detail = np.zeros(4)
    x, t, v = 0.0, 0.0, start_v
    nodes[0, 0] = 0.0
    nodes[0, 1] = 0.0
    nodes[0, 2] = v
    nodes[0, 3] = 0.0
    nodes[0, 4] = -1.0
    n = 1
    k = 0
    p = -1
    table = -1
    idle = 0
    for j in range(sect_cap.size):
        x1 = sect_x[j + 1]
        cap = sect_cap[j]
        exit_v = sect_exit[j]
        if sect_dwell[j] > 0.0:
            t += sect_dwell[j]
            nodes[n, 0] = x
            nodes[n, 1] = t
            nodes[n, 2] = 0.0
            nodes[n, 3] = 0.0
            nodes[n, 4] = DWELL
            n += 1
        if sect_dwell[j] >= 0.0:
            v = 0.0
        p = -1
        piece_first, piece_past = curve_from[j + 1], curve_from[j]
        has_curve = piece_past > piece_first
        piece = piece_past - 1
        brake_x = sect_brake_x[j]
        forced = False
        while x < x1 - 1e-7:
            if n > room:
                return n, _NO_ROOM, detail
            while cell_x[k + 1] <= x + 1e-7 and k + 1 < cell_s0.size:
                k += 1
            if cell_table[k] != table:
                table = cell_table[k]
                p = -1
            end = min(cell_x[k + 1], x1)
            span = end - x
            place = x - cell_x[k]
            s1, c1 = cell_s1[k], cell_c1[k]
            slope = cell_s0[k] + s1 * place
            factor = cell_c0[k] + c1 * place
            head = np.inf
            on_curve = False
            if has_curve:
                while piece > piece_first and curve[piece, 0] <= x + 1e-7:
                    piece -= 1
                if x >= brake_x - 1e-7:
                    on_curve = 0.5 * v * v >= curve_energy_head(curve, piece, x) - 1e-6
            elif brake_rate > 0.0:
                head = 0.5 * exit_v * exit_v + brake_rate * (x1 - x)
                on_curve = x >= brake_x - 1e-7 and 0.5 * v * v >= head - 1e-7
            forced_now, forced = forced, False

            # 1. On the curve down to the exit speed.
            if on_curve and not forced_now:
                if has_curve:
                    far = curve[piece, 0]
                    kind = int(curve[piece, 7])
                else:
                    far = x1
                    kind = BRAKING
                work = 0.0
                if kind == BRAKING and brake_rate > 0.0:
                    # The rate is held cell by cell: uphill it may even ask for traction.
                    far = min(far, end)
                    natural0 = davis_a + v * (davis_b + v * davis_c * factor) + weight_n * slope
                    natural1 = natural0 + weight_n * s1 * (far - x)
                    braked = inertia_kg * brake_rate
                    if c1 > 0.0:
                        natural1 += davis_c * c1 * (far - x) * v * v
                    if natural0 > braked or natural1 > braked:
                        far = min(far, x + 20.0)
                        q = effort_from[table]
                        while q + 1 < effort_from[table + 1] and effort_v[q + 1] <= v:
                            q += 1
                        if natural0 - braked > (effort_f0[q] + effort_f1[q] * v) * (1.0 + 1e-9):
                            forced = True
                            continue
                    after = math.sqrt(max(v * v - 2.0 * brake_rate * (far - x), 0.0))
                    if far >= x1 - 1e-7:
                        after = exit_v
                    duration = max(v - after, 0.0) / brake_rate
                    if natural0 > braked or natural1 > braked:
                        way = far - x
                        last = (
                            davis_a
                            + after * (davis_b + after * davis_c * (factor + c1 * way))
                            + weight_n * (slope + s1 * way)
                        )
                        work = _work_held(natural0 - braked, last - braked, way)
                else:
                    way = curve[piece, 0] - curve[piece, 1]
                    near_v = math.sqrt(2.0 * curve[piece, 3])
                    after = math.sqrt(2.0 * curve[piece, 2])
                    duration = _time_to_far(
                        near_v, after, curve[piece, 6], way, x - curve[piece, 1]
                    )
                x = far
                v = after
                t += duration
                p = -1
                idle = 0
                nodes[n, 0] = x
                nodes[n, 1] = t
                nodes[n, 2] = v
                nodes[n, 3] = work
                nodes[n, 4] = kind
                n += 1
                continue

            if p < 0:
                p = effort_from[table]
                while p + 1 < effort_from[table + 1] and effort_v[p + 1] <= v:
                    p += 1

            # 2. Holding the permitted speed, as far as the effort allows.
            if v >= cap - 1e-9 and not forced_now and x < brake_x - 1e-7:
                far = min(end, brake_x)
                way = far - x
                drag = davis_a + cap * (davis_b + cap * davis_c * factor)
                force0 = drag + weight_n * slope
                force1 = force0 + (weight_n * s1 + davis_c * c1 * cap * cap) * way
                available = effort_f0[p] + effort_f1[p] * cap
                if brake_rate <= 0.0 and min(force0, force1) < 0.0:
                    q = brake_v.size - 1
                    while q > 0 and brake_v[q] > cap:
                        q -= 1
                    holding = brake_f0[q] + brake_f1[q] * cap
                    if -min(force0, force1) > holding:
                        detail[0] = x
                        detail[1] = -min(force0, force1)
                        detail[2] = holding
                        detail[3] = cap
                        return n, _NO_BRAKES, detail
                if force0 <= available * (1.0 + 1e-12):
                    if force1 > available:
                        share = (available - force0) / (force1 - force0)
                        way = max(share, 0.0) * way
                        force1 = available
                        forced = True
                    if way > 1e-7:
                        x = far if not forced else x + way
                        t += way / cap
                        v = cap
                        idle = 0
                        nodes[n, 0] = x
                        nodes[n, 1] = t
                        nodes[n, 2] = v
                        nodes[n, 3] = _work_held(force0, force1, way)
                        nodes[n, 4] = CRUISE
                        n += 1
                        continue
                    if not forced:
                        x = far
                        continue

            # 3. Full effort (none in a power gap), whatever speed it gives.
            free = (
                effort_f0[p]
                + effort_f1[p] * v
                - davis_a
                - v * (davis_b + v * davis_c * factor)
                - weight_n * slope
            ) / inertia_kg
            if free < 0.0 and p > effort_from[table] and v <= effort_v[p] + 1e-12:
                p -= 1
            low = effort_v[p] if p > effort_from[table] else 0.0
            high = cap
            if p + 1 < effort_from[table + 1] and effort_v[p + 1] < cap:
                high = effort_v[p + 1]
            alpha = (effort_f0[p] - davis_a - weight_n * slope) / inertia_kg
            beta = (effort_f1[p] - davis_b) / inertia_kg
            gamma = -davis_c * factor / inertia_kg
            delta = -weight_n * s1 / inertia_kg
            epsilon = -davis_c * c1 / inertia_kg
            held_back = free > top_acceleration * (1.0 + 1e-9)
            # The motion itself: that of the forces, or the comfort limit's constant rate.
            c0, cv, cvv, cy, cyv = alpha, beta, gamma, delta, epsilon
            if held_back:
                c0, cv, cvv, cy, cyv = top_acceleration, 0.0, 0.0, 0.0, 0.0
            duration, way, after, square, event = advance(
                v, c0, cv, cvv, cy, cyv, span, low, high, brake_rate, head
            )
            if held_back:
                low_share, high_share = 0.0, 1.0
                spare = (
                    alpha
                    + delta * way
                    + after * (beta + after * (gamma + epsilon * way))
                    - top_acceleration
                )
                if spare < 0.0:
                    # The effort no longer gives the comfort limit: find where.
                    for _ in range(50):
                        share = 0.5 * (low_share + high_share)
                        part = share * duration
                        u = v + top_acceleration * part
                        y = part * (v + 0.5 * top_acceleration * part)
                        if (
                            alpha + delta * y + u * (beta + u * (gamma + epsilon * y))
                            >= top_acceleration
                        ):
                            low_share = share
                        else:
                            high_share = share
                    duration *= high_share
                    after = v + top_acceleration * duration
                    way = 0.5 * (v + after) * duration
                    event = 0
            else:
                rate_after = alpha + delta * way + after * (beta + after * (gamma + epsilon * way))
                if rate_after > top_acceleration * (1.0 + 1e-6) and way > 1e-3:
                    # The comfort limit begins inside the step: end there.
                    low_way, high_way = 0.0, way
                    for _ in range(40):
                        middle = 0.5 * (low_way + high_way)
                        duration, way, after, square, event = advance(
                            v, alpha, beta, gamma, delta, epsilon, middle, low, high,
                            brake_rate, head,
                        )  # fmt: skip
                        rate_after = (
                            alpha + delta * way + after * (beta + after * (gamma + epsilon * way))
                        )
                        if rate_after > top_acceleration:
                            high_way = middle
                        else:
                            low_way = middle
                        if high_way - low_way < 1e-4:
                            break
            if has_curve and event != STUCK and x + way > brake_x:
                # Does the step cross the curve?  Then shorten it to the crossing.
                q = piece
                while q > piece_first and curve[q, 0] < x + way:
                    q -= 1
                if 0.5 * after * after > curve_energy_head(curve, q, x + way) + 1e-9:
                    low_way, high_way = max(0.0, brake_x - x), way
                    for _ in range(60):
                        middle = 0.5 * (low_way + high_way)
                        duration, way, after, square, event = advance(
                            v, c0, cv, cvv, cy, cyv, middle, low, high, brake_rate, head
                        )
                        q = piece
                        while q > piece_first and curve[q, 0] < x + way:
                            q -= 1
                        if 0.5 * after * after > curve_energy_head(curve, q, x + way):
                            high_way = middle
                        else:
                            low_way = middle
                        if high_way - low_way < 1e-8:
                            break
                    event = BRAKE
            if event == STUCK or (event == SLOWER and after <= 0.0) or (after < 1e-4 and free < 0):
                detail[0] = x + way
                detail[1] = davis_a + weight_n * (slope + s1 * way)
                detail[2] = effort_f0[effort_from[table]]
                detail[3] = after
                return n, _STALL, detail
            if duration > 0.0 and (way > 1e-9 or event != 0):
                if held_back:
                    # Work by balance: inertia, resistance by Simpson's rule, elevation.
                    middle_v = v + 0.5 * top_acceleration * duration
                    middle_y = 0.5 * duration * (v + 0.5 * top_acceleration * 0.5 * duration)
                    work = way * weight_n * (slope + 0.5 * s1 * way)
                    work += 0.5 * inertia_kg * (after * after - v * v)
                    f0 = v * (davis_a + v * (davis_b + v * davis_c * factor))
                    fm = middle_v * (
                        davis_a
                        + middle_v * (davis_b + middle_v * davis_c * (factor + c1 * middle_y))
                    )
                    f1 = after * (
                        davis_a + after * (davis_b + after * davis_c * (factor + c1 * way))
                    )
                    work += duration * (f0 + 4.0 * fm + f1) / 6.0
                    # Downhill the brakes hold the comfort limit: no work for that part.
                    held = inertia_kg * top_acceleration + weight_n * slope
                    first = held + davis_a + v * (davis_b + v * davis_c * factor)
                    last = held + davis_a + weight_n * s1 * way
                    last += after * (davis_b + after * davis_c * (factor + c1 * way))
                    if first < 0.0 or last < 0.0:
                        work = _work_held(first, last, way)
                else:
                    work = effort_f0[p] * way + effort_f1[p] * square
                if effort_f0[p] == 0.0 and effort_f1[p] == 0.0:
                    regime = COAST
                elif after < v:
                    regime = LOSING_SPEED
                else:
                    regime = ACCELERATE
                x = end if way >= span - 1e-9 else x + way
                t += duration
                v = after
                nodes[n, 0] = x
                nodes[n, 1] = t
                nodes[n, 2] = v
                nodes[n, 3] = work
                nodes[n, 4] = regime
                n += 1
            if way > 1e-6:
                idle = 0
            else:
                idle += 1
                if idle > 200:
                    detail[0] = x
                    detail[3] = v
                    return n, _NO_PROGRESS, detail
            if event == FASTER and p + 1 < effort_from[table + 1] and v >= effort_v[p + 1] - 1e-9:
                p += 1
            elif event == SLOWER and p > effort_from[table]:
                p -= 1
        x = x1
    return n, 0, detail
