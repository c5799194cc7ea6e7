"""The running time of a train on a path: the one simulator that everything uses.

``run`` finds the fastest motion that effort, adhesion, limits (held until the
tail has passed), stops, braking and power allow, from event to event:

1. sections of one permitted speed (`section_kernel.permitted_sections`);
2. from the end backwards, exit speeds and the curves down to them
   (`section_kernel.approach_curves`);
3. forwards, Taylor steps of order six between events (`drive_kernel.drive`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError, NoPlan, Reason
from retinue.rail.course import Course, MassModel, course_of
from retinue.rail.dynamics import STANDARD_GRAVITY_MPS2, TrainDynamics
from retinue.rail.run_record import Regime, Run, Stop
from retinue.rail.running_path import RunningPath
from retinue.rail.steps import Steps

__all__ = ["Driving", "Regime", "Run", "Stop", "run"]

_UNBOUNDED = Steps.constant(np.inf)
_NO_COASTING = Steps.constant(0.0)
_ALL = Steps.constant(1.0)


@dataclass(frozen=True, eq=False)
class Driving:
    """How the train is driven below what is permitted.

    Attributes
    ----------
    cap_mps
        Speed that the driver does not exceed, by the front's place.
    coast_to_mps
        Speed down to which the train coasts before it brakes; 0: it does not coast.
    share
        Share of the permitted speed that is used.
    """

    cap_mps: Steps = _UNBOUNDED
    coast_to_mps: Steps = _NO_COASTING
    share: Steps = _ALL


_FULL = Driving()


def run(
    train: TrainDynamics,
    path: RunningPath,
    *,
    stops: Sequence[Stop] = (),
    mass: MassModel = "distributed",
    speed_cap_mps: float | None = None,
    start_speed_mps: float = 0.0,
    end_speed_mps: float = 0.0,
    driving: Driving = _FULL,
) -> Run:
    """Compute the fastest run of a train over a path.

    Parameters
    ----------
    stops
        Places where the front stops; the end of the path is one by itself unless
        ``end_speed_mps`` says otherwise.  A stop at the end adds its dwell.
    mass
        ``distributed``: gradient and curves under the whole train, the part
        behind chainage 0 lying on the first gradient; ``point``: at the head.
    speed_cap_mps
        A speed not to be exceeded anywhere.
    start_speed_mps, end_speed_mps
        Speeds at both ends; the end speed is an upper bound.
    driving
        Slower driving, as the allowances ask for it.

    Raises
    ------
    InputError
        For stops off the path or speeds that the limits forbid.
    NoPlan
        Where the train stalls (kind ``effort`` or ``power``) or its brakes
        cannot hold it (``braking``).
    """
    from retinue.rail.drive_kernel import NODE_COLUMNS, drive
    from retinue.rail.section_kernel import approach_curves, permitted_sections

    course = course_of(train, path, mass)
    listed = _checked_stops(stops, path)
    if mass not in ("distributed", "point"):
        raise InputError(f'the mass model is "distributed" or "point", not "{mass}"')
    top = train.max_speed_mps
    if speed_cap_mps is not None:
        if not speed_cap_mps > 0.0:
            raise InputError(f"a speed cap is positive, not {speed_cap_mps} m/s")
        top = min(top, speed_cap_mps)
    for what, speed in (("start", start_speed_mps), ("end", end_speed_mps)):
        if not (np.isfinite(speed) and speed >= 0.0):
            raise InputError(f"the speed at the {what} is 0 or more, not {speed} m/s")
    cap, coast, share = driving.cap_mps, driving.coast_to_mps, driving.share
    if driving is not _FULL:
        union = np.union1d(np.union1d(cap.start_m, coast.start_m), share.start_m)
        cap, coast, share = (Steps(union, steps.at(union)) for steps in (cap, coast, share))
    sect_x, sect_cap, sect_coast, sect_dwell = permitted_sections(
        path.limit_mps.start_m, path.limit_mps.value, path.length_m, train.length_m, top,
        cap.start_m, cap.value, coast.value, share.value,
        np.array([stop.at_m for stop in listed], dtype=np.float64),
        np.array([stop.dwell_s for stop in listed], dtype=np.float64),
    )  # fmt: skip
    weight_n = train.mass_kg * STANDARD_GRAVITY_MPS2
    inertia_kg = train.mass_kg * train.rotating_mass_factor
    davis = (train.davis_a_n, train.davis_b_n_per_mps, train.davis_c_n_per_mps2)
    sect_exit, sect_brake_x, curve_from, curve, start_v, status, place, speed = approach_curves(
        sect_x, sect_cap, sect_coast, sect_dwell, float(end_speed_mps), course.brake_rate,
        course.brake_v, course.brake_f0, course.brake_f1, weight_n, inertia_kg, *davis,
        course.cell_x, course.cell_s0, course.cell_s1, course.cell_c0, course.cell_c1,
    )  # fmt: skip
    if status != 0:
        raise _brakes_too_weak(train, path, course, place, speed)
    if start_speed_mps > start_v + 1e-6:
        raise InputError(
            f"a start at {3.6 * start_speed_mps:.1f} km/h is faster than the path permits there "
            f"({3.6 * start_v:.1f} km/h)",
            where=path.name,
        )
    top_acceleration = train.max_acceleration_mps2
    room = 4 * (sect_cap.size + course.cell_s0.size) + 256
    while True:
        nodes = np.empty((room, NODE_COLUMNS))
        count, status, detail = drive(
            nodes, sect_x, sect_cap, sect_exit, sect_brake_x, sect_dwell, curve_from, curve,
            course.brake_rate, course.effort_v, course.effort_f0, course.effort_f1,
            course.effort_from, course.cell_x, course.cell_s0, course.cell_s1, course.cell_c0,
            course.cell_c1, course.cell_table, course.brake_v, course.brake_f0, course.brake_f1,
            weight_n, inertia_kg, *davis,
            np.inf if top_acceleration is None else top_acceleration, float(start_speed_mps),
        )  # fmt: skip
        if status != 5:
            break
        room *= 2
    nodes = nodes[:count]
    if status == 1:
        raise _stalled(train, path, course, detail)
    if status == 3:
        raise _brakes_too_weak(train, path, course, float(detail[0]), float(detail[3]))
    if status != 0:
        raise AssertionError(
            f"the running-time engine makes no progress at {detail[0]} m, {detail[3]} m/s"
        )
    final_dwell = float(sect_dwell[-1])
    if final_dwell > 0.0:
        last = np.array([[nodes[-1, 0], nodes[-1, 1] + final_dwell, 0.0, 0.0, Regime.DWELL]])
        nodes = np.concatenate([nodes, last])
    return Run(
        distance_m=nodes[:, 0].copy(),
        time_s=nodes[:, 1].copy(),
        speed_mps=nodes[:, 2].copy(),
        regime=nodes[1:, 4].astype(np.int8),
        interval_energy_j=nodes[1:, 3].copy(),
        length_m=train.length_m,
    )


def _checked_stops(stops: Sequence[Stop], path: RunningPath) -> list[Stop]:
    listed = sorted(stops, key=lambda stop: stop.at_m)
    for before, stop in zip([None, *listed], listed, strict=False):
        if not 0.0 <= stop.at_m <= path.length_m + 1e-6:
            raise InputError(
                f"a stop at {stop.at_m / 1000.0:.3f} km lies off the path, "
                f"which is {path.length_m / 1000.0:.3f} km long",
                where=path.name,
            )
        if not (np.isfinite(stop.dwell_s) and stop.dwell_s >= 0.0):
            raise InputError(f"a dwell is 0 s or more, not {stop.dwell_s} s", where=path.name)
        if before is not None and stop.at_m - before.at_m < 1e-3:
            raise InputError(
                f"two stops at {stop.at_m / 1000.0:.3f} km", where=path.name, cure="Join them."
            )
    return listed


def _stalled(
    train: TrainDynamics, path: RunningPath, course: Course, detail: NDArray[np.float64]
) -> NoPlan:
    place = float(detail[0])
    needed, available = float(detail[1]), float(detail[2])
    slope = 1000.0 * float(course.specific_resistance_at(np.array([place]))[0])
    where = f"{path.name}: {place / 1000.0:.3f} km"
    powered = available > 0.0
    if powered:
        what = (
            f"{train.name} stalls: {needed / 1000.0:.0f} kN are needed on {slope:.1f} per mille "
            f"(gradient and curves under the train), {available / 1000.0:.0f} kN are there"
        )
        cure = "Take a stronger or a second locomotive, or a lighter train."
    else:
        what = (
            f"{train.name} comes to a stand without power on {slope:.1f} per mille "
            f"({needed / 1000.0:.0f} kN are needed)"
        )
        cure = "Take a locomotive for the line's power system, or enter the gap faster."
    return NoPlan(
        what,
        reasons=[Reason(what, where, cure, "effort" if powered else "power")],
        where=where,
        cure=cure,
    )


def _brakes_too_weak(
    train: TrainDynamics, path: RunningPath, course: Course, place: float, speed: float
) -> NoPlan:
    slope = 1000.0 * float(course.specific_resistance_at(np.array([place]))[0])
    where = f"{path.name}: {place / 1000.0:.3f} km"
    what = (
        f"the brakes of {train.name} cannot hold it at {3.6 * speed:.0f} km/h "
        f"on {slope:.1f} per mille"
    )
    cure = "Lower the permitted speed there or raise the brake percentage."
    return NoPlan(what, reasons=[Reason(what, where, cure, "braking")], where=where, cure=cure)
