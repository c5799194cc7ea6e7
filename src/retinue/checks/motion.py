"""No movement is faster than its vehicle or its way allows, or leaves its path."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np

from retinue.checks.finding import Finding, all_legs
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.movement import Movement
    from retinue.plan import Leg, Plan

__all__ = ["check_motion"]

_EARTH_RADIUS_M = 6_371_008.8
_SPEED_SLACK_MPS = 0.05
#: Chainage follows published kilometres, geometry the map: a hop may look this much longer.
_LONGEST_HOP_FACTOR = 1.15
#: Kilometres of railways are published whole: two of them are off by a kilometre at most.
_HOP_SLACK_M = {"rail": 1_000.0, "road": 200.0, "air": 200.0}


def check_motion(plan: Plan) -> Finding:
    """Check speeds against vehicles and limits, and chainage against geometry."""
    faults: list[str] = []
    points = 0
    for name, leg in all_legs(plan):
        for movement in leg.movements:
            points += len(movement.distance_m)
            faults += [f"{name}: {movement.name}: {fault}" for fault in _path(leg, movement)]
        faults += [f"{name}: {fault}" for fault in _profile(leg)]
    return Finding("motion", counted(points, "point"), tuple(faults))


def _path(leg: Leg, movement: Movement) -> list[str]:
    faults = []
    if abs(movement.total_m - leg.distance_m) > 1.0:
        faults.append(f"runs {movement.total_m:.0f} m of a leg of {leg.distance_m:.0f} m")
    step = np.diff(movement.distance_m)
    time = np.diff(movement.time_s)
    # Times are whole seconds: over a hop of t seconds the mean speed is known to 1/t.
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(step > 0, step / np.maximum(time, 1e-9), 0.0)
        least = np.where(step > 0, step / (time + 1.5), 0.0)
    top = _top_speed(leg)
    if top is not None and np.any(least > top + _SPEED_SLACK_MPS):
        worst = int(np.argmax(least))
        faults.append(
            f"runs at {mean[worst] * 3.6:.0f} km/h at km {movement.distance_m[worst] / 1000:.1f};"
            f" it may at most {top * 3.6:.0f} km/h"
        )
    lat, lon = np.radians(movement.lat_deg), np.radians(movement.lon_deg)
    half = (
        np.sin(np.diff(lat) / 2) ** 2
        + np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
    )
    straight = 2 * _EARTH_RADIUS_M * np.arcsin(np.sqrt(half))
    jumps = straight > step * _LONGEST_HOP_FACTOR + _HOP_SLACK_M[leg.mode]
    if np.any(jumps):
        worst = int(np.argmax(straight - step))
        faults.append(
            f"jumps {straight[worst]:.0f} m on the map over {step[worst]:.0f} m of way"
            f" at km {movement.distance_m[worst] / 1000:.1f}"
        )
    return faults


def _top_speed(leg: Leg) -> float | None:
    if leg.train is not None:
        return leg.train.max_speed_mps
    if leg.aircraft is not None:
        fastest = max(leg.aircraft.cruise_mps, leg.aircraft.top_ground_mps or 0.0)
        return fastest * 1.05
    return None


def _profile(leg: Leg) -> list[str]:
    profile = leg.profile
    if profile is None or not profile.limit_mps:
        return []
    faults = []
    starts, limits = profile.limit_distance_m, profile.limit_mps
    for distance, speed in zip(profile.distance_m, profile.speed_mps, strict=True):
        # A change of limit may lie a rounding beside the point: the higher side holds there.
        here = bisect_right(starts, distance + 1.0) - 1
        before = max(bisect_right(starts, distance - 1.0) - 1, 0)
        limit = max(limits[max(here, 0)], limits[before])
        if speed > limit + _SPEED_SLACK_MPS:
            faults.append(
                f"{speed * 3.6:.1f} km/h at km {distance / 1000:.1f}, limit {limit * 3.6:.0f} km/h"
            )
    if len(faults) > 3:
        return [*faults[:3], f"and {len(faults) - 3} more speeds above the limit"]
    return faults
