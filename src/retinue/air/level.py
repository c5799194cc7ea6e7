"""Cruising levels by direction, and the climbs from one to the next as fuel burns off.

ICAO Annex 2, appendix 3: magnetic tracks 000-179 take odd thousands of feet, 180-359 even ones;
above FL290 that holds where separation is reduced (RVSM, to FL410), else levels of one
direction lie 4,000 ft apart.  The true track of the great circle stands for the magnetic one.
China, DPR Korea, Mongolia and some others give levels in metres; what differs is less than 150 m.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from retinue.air.performance import Performance
    from retinue.air.profile import Step
    from retinue.air.trajectory import Trajectory

__all__ = ["RVSM_M", "flight_level", "level_below_m", "levels_m", "steps_by_mass"]

FOOT_M = 0.3048
RVSM_M = (29_000 * FOOT_M, 41_000 * FOOT_M)
"""Altitudes in which an aircraft needs approval for reduced vertical separation."""

SLACK_M = 200 * FOOT_M
_LEAST_STEP_CRUISE_M = 150_000.0


def flight_level(altitude_m: float) -> str:
    """Return ``FL350`` for 10,668 m."""
    return f"FL{round(altitude_m / FOOT_M / 100):03d}"


def levels_m(track_deg: float, *, rvsm: bool) -> list[float]:
    """Return the levels of a direction from 1,000 ft to FL510, the lowest first."""
    east = track_deg % 360.0 < 180.0
    low = range(1 if east else 2, 30, 2)
    if rvsm:
        reduced = range(31 if east else 30, 42, 2)
        above = range(45 if east else 43, 52, 4)
        thousands = [*low, *reduced, *above]
    else:
        thousands = [*low, *range(33 if east else 31, 52, 4)]
    return [1000 * FOOT_M * t for t in thousands]


def level_below_m(
    wanted_m: float, track_deg: float, *, rvsm: bool, least_m: float, most_m: float
) -> float:
    """Return the highest level of a direction up to an altitude, or the altitude without one.

    A level up to 200 ft above counts too: cards give their altitudes in round metres.
    """
    most = min(most_m, wanted_m + SLACK_M)
    return max(
        (h for h in levels_m(track_deg, rvsm=rvsm) if least_m <= h <= most), default=wanted_m
    )


def steps_by_mass(
    performance: Performance, flown: Trajectory, levels: list[float], top_m: float
) -> tuple[float, tuple[Step, ...]]:
    """Return the first level and the climbs to higher ones, as the mass allows.

    Parameters
    ----------
    flown
        The flight as last computed: mass against distance.
    levels
        Of the direction, lowest first.
    top_m
        The level wanted in the end.

    Returns
    -------
    tuple
        Altitude, and (distance, level) in order; a level that would be held for less than
        150 km is left out.
    """
    offered = [h for h in levels if h < top_m - 1.0] + [top_m]
    begin, end = (float(flown.distance_m[i]) for i in flown.phases[1:3])
    first = _highest(performance, flown.mass_at(begin), offered)
    steps: list[Step] = []
    for level in offered:
        if level <= first:
            continue
        at = _reached_m(performance, flown, level, begin, end)
        if at is None or end - at - _ramp_m(performance, first, level) < _LEAST_STEP_CRUISE_M:
            break
        if steps and at - steps[-1][0] < _LEAST_STEP_CRUISE_M:
            steps.pop()  # too soon for a level of its own: one climb leads through it
        steps.append((at, level))
    return first, tuple(steps)


def _ramp_m(performance: Performance, from_m: float, to_m: float) -> float:
    """Return about how far a climb between two levels takes."""
    middle = np.array([(from_m + to_m) / 2])
    time = (to_m - from_m) / performance.climb_rate_mps(middle)
    return float((performance.climb_mps(middle) * time)[0])


def _highest(performance: Performance, mass_kg: float, levels: list[float]) -> float:
    most = performance.highest_m(mass_kg)
    # Nothing lower is offered: the lowest level is flown whatever the mass.
    return max((h for h in levels if h <= most + SLACK_M), default=levels[0])


def _reached_m(
    performance: Performance, flown: Trajectory, level: float, begin_m: float, end_m: float
) -> float | None:
    """Return the distance at which the mass has fallen far enough for a level."""
    at = np.linspace(begin_m, end_m, 65)
    low, high = 0, len(at) - 1
    if performance.highest_m(flown.mass_at(float(at[high]))) + SLACK_M < level:
        return None
    while low < high:
        middle = (low + high) // 2
        if performance.highest_m(flown.mass_at(float(at[middle]))) + SLACK_M >= level:
            high = middle
        else:
            low = middle + 1
    return float(at[low])
