"""When a stop may serve: a long one again and again, before any tank runs out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from retinue.provisioning.service_data import Serving
    from retinue.provisioning.tank_levels import Tank, Times

__all__ = ["coaches_at_once", "least_m3", "sessions_of"]

_SESSION_S = 3600.0


def coaches_at_once(tanks: Sequence[Tank], serving: Serving) -> int:
    """Return how many coaches a stop serves at once."""
    return len(tanks) if serving.at_once == "*" else int(serving.at_once)


def least_m3(tank: Tank, serving: Serving) -> float:
    """Return what is kept in a tank, or kept free in one that fills up."""
    return max(tank.capacity_m3 * serving.least, tank.kept_m3)


def sessions_of(
    free: Sequence[tuple[float, float]], tanks: Sequence[Tank], serving: Serving
) -> list[tuple[float, float]]:
    """Return when a stop may serve: at its longest free time, again and again at a long one.

    A long free time has a session at each end, and between them as many as keep every tank that
    each of them fills: what is used from the begin of one to the end of the next is neither more
    than a tank gives nor more than a session serves.
    """
    session_s = max(_SESSION_S, 2.0 * serving.begins_after)
    longest = max(free, key=lambda f: f[1] - f[0])
    if longest[1] - longest[0] <= 3 * session_s:
        return [longest]
    found = []
    for begin, end in free:
        if end - begin <= 3 * session_s:
            if end - begin >= session_s:
                found.append((begin, end))
            continue
        most = int((end - begin) // session_s)
        for count in range(2, most + 1):
            starts = np.linspace(begin, end - session_s, count)
            if count == most or _lasts(starts, session_s, tanks, serving):
                break
        found += [(start, start + session_s) for start in starts.tolist()]
    return found


def _lasts(starts: Times, session_s: float, tanks: Sequence[Tank], serving: Serving) -> bool:
    """Return whether no tank runs out between sessions that each fill it."""
    together = np.zeros(len(starts) - 1)
    for tank in tanks:
        used = tank.used_by(starts[1:] + session_s) - tank.used_by(starts[:-1])
        if (used > tank.capacity_m3 - least_m3(tank, serving)).any():
            return False
        together += used
    served = serving.rate / 60.0 * (session_s - serving.begins_after)
    return bool((together <= served * coaches_at_once(tanks, serving)).all())
