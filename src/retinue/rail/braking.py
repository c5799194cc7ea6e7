"""Brake percentage, and the speed and deceleration that it allows.

The formula is the Minden formula (railway laboratory of Minden; general knowledge, not
looked up in print: confidence K) for trains braked in position P or R with air brakes,
V in km/h, brake percentage lambda in per cent, gradient i in per mille (uphill positive),
braking distance in m::

    S = 3.85 V**2 / (6.1 psi (1 + lambda / 10) + i)

psi is 1 here: cast-iron blocks on a long train; no allowance for disc brakes.
Solved for V it gives the permitted speed for the distance in which the signals
expect the train to stop.  Solved for the deceleration it is independent of
speed: a full application on the level slows by ``0.0611 (1 + lambda / 10)`` m/s2
averaged over the distance, time of application included.
"""

from __future__ import annotations

import math

from retinue.errors import InputError

__all__ = [
    "BRAKING_DISTANCES_M",
    "COMFORT_MPS2",
    "SERVICE_SHARE",
    "full_braking_mps2",
    "permitted_speed_by_brake_percentage",
    "service_braking_mps2",
]

#: Distances in which a train must stop, by the kind of line (K: German rules 1000/700/400 m;
#: 1,000 m for the Russian and 800 m for the Chinese rules at up to 120 km/h).
BRAKING_DISTANCES_M: dict[str, float] = {
    "main": 1000.0,
    "secondary": 700.0,
    "branch": 400.0,
    "china": 800.0,
    "1520": 1000.0,
}

#: Share of the full application that a driver uses for a planned stop (assumed; 0.5-0.7 is usual).
SERVICE_SHARE = 0.6
#: A planned stop is not harder than this however good the brakes (assumed: standing passengers).
COMFORT_MPS2 = 0.5

_NUMERATOR = 3.85
_BRAKES = 6.1
#: How much the formula lets one per mille of gradient change the deceleration, m/s2.
_PER_UNIT = 1.0 / (3.6**2 * 2.0 * _NUMERATOR)


def permitted_speed_by_brake_percentage(
    brake_percentage: float,
    braking_distance: float | str = "main",
    ruling_gradient: float = 0.0,
) -> float:
    """Return the speed in m/s from which the train stops within the braking distance.

    Parameters
    ----------
    brake_percentage
        Braked weight over mass, in per cent (65, not 0.65).
    braking_distance
        In m, or a kind of line of `BRAKING_DISTANCES_M`.
    ruling_gradient
        Steepest descent as rise over run: its size counts, whatever its sign.

    Raises
    ------
    InputError
        For an unknown kind of line, or where the train cannot be held at all.
    """
    if isinstance(braking_distance, str):
        if braking_distance not in BRAKING_DISTANCES_M:
            raise InputError(
                f'"{braking_distance}" is no kind of line with a braking distance',
                cure="Known: " + ", ".join(BRAKING_DISTANCES_M) + ", or metres.",
            )
        braking_distance = BRAKING_DISTANCES_M[braking_distance]
    held = _BRAKES * (1.0 + brake_percentage / 10.0) - 1000.0 * abs(ruling_gradient)
    if not held > 0.0 or not braking_distance > 0.0:
        raise InputError(
            f"a brake percentage of {brake_percentage:.0f} does not hold the train on a descent of "
            f"{1000.0 * abs(ruling_gradient):.0f} per mille",
            cure="Take vehicles with more brake mass or another line.",
        )
    return math.sqrt(braking_distance * held / _NUMERATOR) / 3.6


def full_braking_mps2(brake_percentage: float) -> float:
    """Return the mean deceleration of a full application on the level, m/s2."""
    return _PER_UNIT * _BRAKES * (1.0 + brake_percentage / 10.0)


def service_braking_mps2(brake_percentage: float) -> float:
    """Return the deceleration planned for stops and falls of the limit, m/s2.

    `SERVICE_SHARE` of the full application, at most `COMFORT_MPS2`.
    """
    return min(SERVICE_SHARE * full_braking_mps2(brake_percentage), COMFORT_MPS2)
