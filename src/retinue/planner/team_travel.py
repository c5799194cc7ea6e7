"""Travel of teams between posts: over the roads of a built world, else as the crow flies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.plan import Assumption
from retinue.protection.duties import TravelMatrix
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from retinue.protection.duties import Travel

__all__ = ["CROW_ASSUMPTION", "as_the_crow_flies"]

_DETOUR = 1.3
_SPEED_MPS = 50 / 3.6

CROW_ASSUMPTION = Assumption(
    subject="teams",
    what="travel between posts",
    value=f"{_DETOUR:g} times the straight distance at {_SPEED_MPS * 3.6:.0f} km/h",
    because="no road network covers the posts; detour factor of Ballou, Rahardja and Sakai 2002,"
    " speed a planning value",
)


def as_the_crow_flies() -> Travel:
    """Return travel by straight distance, detour factor and a mean speed."""

    def travel(begins: NDArray[np.float64], ends: NDArray[np.float64]) -> TravelMatrix:
        apart = distance_m(
            ends[:, None, 0], ends[:, None, 1], begins[None, :, 0], begins[None, :, 1]
        )
        metres = np.rint(np.asarray(apart) * _DETOUR).astype(np.int64)
        seconds = np.rint(np.asarray(apart) * _DETOUR / _SPEED_MPS).astype(np.int64)
        return TravelMatrix(seconds, metres)

    return travel
