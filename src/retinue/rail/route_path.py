"""From a rail route, as the books describe it, to the running path that a train feels.

What the books know of a line is coarse: a line speed by section, a power system,
and of the profile often nothing but the *ruling gradient*, the steepest one that
a train meets somewhere.  A ruling gradient is not the gradient everywhere::

    height            .-'-.
      ^       .--.__.'     '-.___        one short ramp of 20 per mille
      |  __.-'                   '-.__   makes a line of 20 per mille

Taking it as a continuous climb would be far too slow, and as a continuous
descent far too fast.  So running times use a level path (said in the plan as an
assumption), and a separate check asks whether the train can start and keep
moving on the ruling gradient.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import InputError, NoPlan, Reason
from retinue.rail.running_path import UNELECTRIFIED, PowerSections, RunningPath
from retinue.rail.steps import Steps
from retinue.world.rail_route import TRACK_ORIGIN

if TYPE_CHECKING:
    from retinue.rail.dynamics import TrainDynamics
    from retinue.world.rail_route import RailRoute, RouteStretch

__all__ = [
    "HeldSpeed",
    "braking_rule",
    "check_ruling_gradients",
    "place_name",
    "running_path",
    "section_path",
    "stretch_name",
]

#: Length of the ramp on which the ruling-gradient check runs: long enough for the
#: speed that the train can hold to settle.
RAMP_M = 10_000.0

#: Power system of a line of which nobody knows it.
UNKNOWN = "unknown"

#: A stretch end within this distance of an operating point carries its name.
NEAR_M = 250.0


def running_path(
    route: RailRoute,
    *,
    detailed: RunningPath | None = None,
    line_speed_override_mps: float | None = None,
) -> RunningPath:
    """Return the whole route as a running path, chainage as on the route.

    Without a detailed one line speeds and power systems are the stretches'; gradient and curves are
    level and straight, because the books hold ruling gradients only.  A power
    system that nobody knows is called ``unknown``; see `section_path`.

    Parameters
    ----------
    detailed
        What is known of it beyond its stretches (`retinue.rail.track_path`).
    line_speed_override_mps
        A what-if: every line speed is set to this.

    Raises
    ------
    InputError
        Where a stretch has no positive line speed.
    """
    if detailed is not None:
        if abs(detailed.length_m - route.length_m) > 1.0:
            raise InputError(
                f"the running path has {detailed.length_m:.0f} m, the route {route.length_m:.0f} m",
                where=_title(route),
            )
        if line_speed_override_mps is None:
            return detailed
        return replace(detailed, limit_mps=Steps.constant(line_speed_override_mps))
    ordered = [stretch for stretch in route.stretches if stretch.to_m > stretch.from_m]
    if not ordered:
        raise InputError("the route has no length", where=_title(route))
    for stretch in ordered:
        if not stretch.line_speed_mps > 0.0:
            raise InputError(
                f"{stretch.line_name} has a line speed of {stretch.line_speed_mps:g} m/s",
                where=place_name(route, stretch.from_m),
                cure="Give the section a positive line speed in the line book.",
            )
    starts = [0.0, *(stretch.from_m for stretch in ordered[1:])]
    speeds = [
        stretch.line_speed_mps if line_speed_override_mps is None else line_speed_override_mps
        for stretch in ordered
    ]
    systems: list[tuple[float, str]] = []
    for start, stretch in zip(starts, ordered, strict=True):
        offered = stretch.electrification or UNKNOWN
        if not systems or systems[-1][1] != offered:
            systems.append((start, offered))
    return RunningPath(
        name=_title(route),
        length_m=route.length_m,
        limit_mps=Steps.from_pairs(zip(starts, speeds, strict=True)),
        power=PowerSections(
            np.array([start for start, _ in systems]), tuple(system for _, system in systems)
        ),
    )


def section_path(
    path: RunningPath, from_m: float, to_m: float, train: TrainDynamics, name: str
) -> RunningPath:
    """Return the path between two stops as one train meets it, chainage from 0.

    Where nobody knows the power system, wires for the train are taken to be there
    (the compatibility check lists such stretches).

    A plain cut forgets the limits behind its start, under which the tail still
    stands.  They come back as the limit of the first metre, which holds until
    the tail has passed::

        limit   30 km/h          |      60 km/h
        --------------- tail=====x====front ------------
                                 ^ limit ends; 30 km/h until front = end + length

    Where a limit ends before the start, this holds it longer than need be, by less
    than the train's length.
    """
    cut = path.cut(from_m, to_m)
    cut = replace(cut, name=name, power=_powered(cut.power, train))
    tail_m = from_m - train.length_m
    inside = (path.limit_mps.start_m > tail_m) & (path.limit_mps.start_m < from_m)
    behind = path.limit_mps.at(max(tail_m, 0.0)) if from_m > 0.0 else np.inf
    lowest = min(float(behind), float(path.limit_mps.value[inside].min(initial=np.inf)))
    if lowest >= float(cut.limit_mps.value[0]):
        return cut
    return replace(
        cut, limit_mps=cut.limit_mps.minimum(Steps.from_pairs([(0, lowest), (1, np.inf)]))
    )


def braking_rule(stretch: RouteStretch) -> str:
    """Return whose braking distance the signals of a stretch stand for.

    A key of `retinue.rail.braking.BRAKING_DISTANCES_M`, by country and gauge.
    """
    if stretch.country == "CN":
        return "china"
    return "1520" if 1520 in stretch.gauges_mm and 1435 not in stretch.gauges_mm else "main"


def _powered(power: PowerSections, train: TrainDynamics) -> PowerSections:
    """Replace the system that nobody knows by one of the train's own."""
    if UNKNOWN not in power.system:
        return power
    own = min(train.effort, default=UNELECTRIFIED)
    return PowerSections(
        power.start_m, tuple(own if system == UNKNOWN else system for system in power.system)
    )


@dataclass(frozen=True)
class HeldSpeed:
    """What a train holds on the ruling gradient of a stretch.

    Attributes
    ----------
    from_m, to_m
        The stretch.
    gradient
        Rise over run.
    held_mps
        Speed at the end of a ramp of `RAMP_M`, started from standstill.
    line_speed_mps
        What it may run there.
    """

    from_m: float
    to_m: float
    gradient: float
    held_mps: float
    line_speed_mps: float


def check_ruling_gradients(
    train: TrainDynamics, route: RailRoute, path: RunningPath, from_m: float, to_m: float
) -> list[HeldSpeed]:
    """Check that the train starts and keeps moving on every ruling gradient between chainages.

    The ruling gradient is taken as one that may lie anywhere on its stretch and
    in either direction; the running-time engine drives the train up a ramp of it.

    Returns
    -------
    list
        The speed held on each stretch that names a ruling gradient.

    Raises
    ------
    NoPlan
        Kind ``effort`` (or ``power``): the first stretch on which the train
        cannot start, with place, gradient, force available and needed, and cure.
    """
    from retinue.rail.running_time import run

    known: dict[tuple[float, float, str], float] = {}
    held: list[HeldSpeed] = []
    for stretch in route.stretches:
        gradient = stretch.ruling_gradient
        if stretch.origin == TRACK_ORIGIN:
            continue  # its gradients are in the path, and the run itself meets them
        # Less than a metre is rounding of chainages, no stretch that is run.
        if not gradient or min(stretch.to_m, to_m) - max(stretch.from_m, from_m) < 1.0:
            continue
        middle = 0.5 * (max(stretch.from_m, from_m) + min(stretch.to_m, to_m))
        limit = min(float(path.limit_mps.at(middle)), train.max_speed_mps)
        key = (gradient, limit, stretch.electrification or UNKNOWN)
        if key not in known:
            ramp = RunningPath(
                name=stretch.line_name,
                length_m=RAMP_M,
                limit_mps=Steps.constant(limit),
                gradient=Steps.constant(gradient),
                power=_powered(PowerSections(np.zeros(1), (key[2],)), train),
            )
            try:
                climbed = run(train, ramp, end_speed_mps=limit)
            except NoPlan as error:
                raise _too_weak(train, route, stretch, gradient, error) from error
            known[key] = float(climbed.speed_mps[-1])
        held.append(HeldSpeed(stretch.from_m, stretch.to_m, gradient, known[key], limit))
    return held


def _too_weak(
    train: TrainDynamics,
    route: RailRoute,
    stretch: RouteStretch,
    gradient: float,
    error: NoPlan,
) -> NoPlan:
    from retinue.rail.dynamics import STANDARD_GRAVITY_MPS2

    where = stretch_name(route, stretch.from_m, stretch.to_m)
    slope = gradient / np.hypot(1.0, gradient)
    needed = train.mass_kg * STANDARD_GRAVITY_MPS2 * slope + train.davis_a_n
    there = max((float(train.usable_effort(s).at(0.0)) for s in sorted(train.effort)), default=0.0)
    kind = error.reasons[0].kind if error.reasons else "effort"
    offered = stretch.electrification or UNKNOWN
    if kind == "power":
        what = (
            f"{train.name} has no power on {stretch.line_name} "
            f"(power system there: {offered}; the train's: {', '.join(sorted(train.effort))})"
        )
        cure = "Change to a locomotive for this power system before it, or to a diesel."
    else:
        what = (
            f"{train.name} cannot start on the ruling gradient of {1000.0 * gradient:.1f} per "
            f"mille of {stretch.line_name}: {needed / 1000.0:.0f} kN are needed, "
            f"{there / 1000.0:.0f} kN are there"
        )
        cure = "Take a stronger or a second locomotive, or a lighter train."
    return NoPlan(what, reasons=[Reason(what, where, cure, kind)], where=where, cure=cure)


def place_name(route: RailRoute, distance_m: float) -> str:
    """Return the name of the operating point at a chainage, else the chainage itself."""
    nearest = min(route.points, key=lambda entry: abs(entry.distance_m - distance_m))
    if abs(nearest.distance_m - distance_m) <= NEAR_M:
        return nearest.point.name
    return f"km {distance_m / 1000.0:.1f}"


def stretch_name(route: RailRoute, from_m: float, to_m: float) -> str:
    """Return ``Kowon-Hamhung`` for a stretch, with chainages where no point lies."""
    return f"{place_name(route, from_m)}-{place_name(route, to_m)}"


def _title(route: RailRoute) -> str:
    if not route.points:
        return "route"
    return f"{route.points[0].point.name}-{route.points[-1].point.name}"
