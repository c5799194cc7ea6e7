"""Fixed steps of distance, as TrainRuns.jl takes them: a test mode, not the engine.

Each step keeps the acceleration of its beginning (explicit Euler in distance);
steps are cut at changes of limit or resistance, where a speed is reached and
where the braking parabola begins.  Path resistance acts at the head (point
mass); braking is at a constant rate.
"""

from __future__ import annotations

import math

import numpy as np

from retinue.errors import InputError, NoPlan, Reason
from retinue.rail.course import course_of
from retinue.rail.dynamics import STANDARD_GRAVITY_MPS2, TrainDynamics
from retinue.rail.run_record import Regime, Run
from retinue.rail.running_path import RunningPath

__all__ = ["euler_run"]


def euler_run(train: TrainDynamics, path: RunningPath, step_m: float = 20.0) -> Run:
    """Run from standstill to standstill in Euler steps of distance.

    Raises
    ------
    InputError
        For a step that is not positive, or a train that brakes by force.
    NoPlan
        Where the train stalls.
    """
    from retinue.rail.section_kernel import approach_curves, permitted_sections

    if not (math.isfinite(step_m) and step_m > 0.0):
        raise InputError(f"an Euler step is positive, not {step_m} m")
    course = course_of(train, path, "point")
    rate = course.brake_rate
    if rate <= 0.0:
        raise InputError("Euler steps brake at a constant rate, this train by force")
    weight_n = train.mass_kg * STANDARD_GRAVITY_MPS2
    inertia_kg = train.mass_kg * train.rotating_mass_factor
    empty = np.empty(0)
    no_driving = np.zeros(1)
    sect_x, sect_cap, sect_coast, sect_dwell = permitted_sections(
        path.limit_mps.start_m, path.limit_mps.value, path.length_m, train.length_m,
        train.max_speed_mps, no_driving, np.full(1, np.inf), no_driving, np.ones(1), empty, empty,
    )  # fmt: skip
    sect_exit, *_ = approach_curves(
        sect_x, sect_cap, sect_coast, sect_dwell, 0.0, rate, course.brake_v, course.brake_f0,
        course.brake_f1, weight_n, inertia_kg, train.davis_a_n, train.davis_b_n_per_mps,
        train.davis_c_n_per_mps2, course.cell_x, course.cell_s0, course.cell_s1, course.cell_c0,
        course.cell_c1,
    )  # fmt: skip
    nodes: list[tuple[float, float, float, float, int]] = [(0.0, 0.0, 0.0, 0.0, -1)]
    x = t = v = 0.0
    cell = 0
    for x1, cap, exit_v in zip(
        sect_x[1:].tolist(), sect_cap.tolist(), sect_exit.tolist(), strict=True
    ):
        while x < x1 - 1e-9:
            while course.cell_x[cell + 1] <= x + 1e-9:
                cell += 1
            span = min(step_m, float(course.cell_x[cell + 1]) - x, x1 - x)
            table = int(course.cell_table[cell])
            first, past = int(course.effort_from[table]), int(course.effort_from[table + 1])
            piece = first + int(np.searchsorted(course.effort_v[first:past], v, "right")) - 1
            available = float(course.effort_f0[piece] + course.effort_f1[piece] * v)
            drag = (
                train.davis_a_n
                + v
                * (
                    train.davis_b_n_per_mps
                    + v * train.davis_c_n_per_mps2 * float(course.cell_c0[cell])
                )
                + weight_n * float(course.cell_s0[cell])
            )
            head = 0.5 * exit_v * exit_v + rate * (x1 - x)
            if 0.5 * v * v >= head - 1e-9:
                acceleration, regime, force = -rate, Regime.BRAKE, 0.0
            elif v >= cap - 1e-9 and available >= drag:
                acceleration, regime, force = 0.0, Regime.CRUISE, max(drag, 0.0)
                span = min(span, (head - 0.5 * cap * cap) / rate)
            else:
                acceleration, force = (available - drag) / inertia_kg, available
                regime = Regime.ACCELERATE if acceleration >= 0.0 else Regime.LOSING_SPEED
                if acceleration > 0.0:
                    span = min(span, (cap * cap - v * v) / (2.0 * acceleration))
                if acceleration > -rate:
                    span = min(span, (head - 0.5 * v * v) / (acceleration + rate))
            span = max(span, 1e-9)
            square = v * v + 2.0 * acceleration * span
            if square <= 0.0 and regime != Regime.BRAKE:
                where = f"{path.name}: {x / 1000.0:.3f} km"
                what = (
                    f"{train.name} stalls: {drag / 1000.0:.0f} kN are needed, "
                    f"{available / 1000.0:.0f} kN are there"
                )
                raise NoPlan(what, reasons=[Reason(what, where, "", "effort")], where=where)
            after = math.sqrt(max(square, 0.0))
            if abs(after - cap) < 1e-9:
                after = cap
            x += span
            if x1 - x < 1e-9:
                x = x1
            t += 2.0 * span / (v + after) if v + after > 0.0 else 0.0
            v = min(after, cap)
            nodes.append((x, t, v, force * span, int(regime)))
        if exit_v < v:
            v = exit_v
    table_of_nodes = np.array(nodes)
    return Run(
        distance_m=table_of_nodes[:, 0].copy(),
        time_s=table_of_nodes[:, 1].copy(),
        speed_mps=table_of_nodes[:, 2].copy(),
        regime=table_of_nodes[1:, 4].astype(np.int8),
        interval_energy_j=table_of_nodes[1:, 3].copy(),
        length_m=train.length_m,
    )
