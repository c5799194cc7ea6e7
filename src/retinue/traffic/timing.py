"""Times between the times of a timetable: where a train is while it runs from stop to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["needed_speed_mps", "shared_out"]


def needed_speed_mps(length_m: float, time_s: float, acceleration_mps2: float) -> float:
    """Return the speed a train must reach to run from stand to stand in a time.

    With equal acceleration and braking ``a``, ``T = L / v + v / a``, so
    ``v = (a T - sqrt(a² T² - 4 a L)) / 2``; where no speed is enough, ``2 L / T``.
    """
    if time_s <= 0.0 or length_m <= 0.0:
        return 0.0
    product = acceleration_mps2 * time_s
    root = product * product - 4.0 * acceleration_mps2 * length_m
    if root < 0.0:
        return 2.0 * length_m / time_s
    return float((product - np.sqrt(root)) / 2.0)


def shared_out(at_m: Floats, length_m: float, time_s: float, acceleration_mps2: float) -> Floats:
    """Return when a train passes places between two stops.

    It accelerates evenly to `needed_speed_mps`, keeps it, and brakes evenly: the slowest top
    speed that keeps the timetable.  Where even that is too fast for ``a``, it accelerates to the
    middle and brakes from there as hard as it must.

    Parameters
    ----------
    at_m
        Shape (n,): places, 0 to ``length_m``.
    length_m, time_s
        From stop to stop.

    Returns
    -------
    array
        Shape (n,): seconds after the departure; 0 at 0, ``time_s`` at ``length_m``.
    """
    if length_m <= 0.0 or time_s <= 0.0:
        return np.zeros_like(at_m)
    speed = needed_speed_mps(length_m, time_s, acceleration_mps2)
    rate = max(acceleration_mps2, 4.0 * length_m / (time_s * time_s))
    ramp_m = min(speed * speed / (2.0 * rate), length_m / 2.0)
    ramp_s = np.sqrt(2.0 * ramp_m / rate)
    x = np.clip(at_m, 0.0, length_m)
    start = np.sqrt(2.0 * np.minimum(x, ramp_m) / rate)
    end = time_s - np.sqrt(2.0 * np.minimum(length_m - x, ramp_m) / rate)
    middle = ramp_s + (x - ramp_m) / max(speed, 1e-9)
    return np.where(x <= ramp_m, start, np.where(x >= length_m - ramp_m, end, middle))
