"""The share of the permitted speed that, used evenly, takes as long as a run with an allowance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.errors import NoPlan
from retinue.rail.steps import Steps

if TYPE_CHECKING:
    from retinue.rail.dynamics import TrainDynamics
    from retinue.rail.run_record import Run
    from retinue.rail.running_path import RunningPath

__all__ = ["even_share"]


def even_share(
    train: TrainDynamics, path: RunningPath, planned: Run, speed_cap_mps: float | None
) -> float:
    """Return the share; 1 where the run is the fastest.

    Ceilings go with it: a run under both is everywhere the lower of the runs under each.
    """
    from retinue.rail.running_time import Driving, run

    def time_s(share: float) -> float:
        driving = Driving(share=Steps.constant(share))
        try:
            return run(train, path, speed_cap_mps=speed_cap_mps, driving=driving).total_time_s
        except NoPlan:
            return float("inf")  # too slow for a hill or a gap of the wire

    wanted = planned.total_time_s
    low, high = 0.3, 1.0
    if wanted <= time_s(high) + 0.5:
        return 1.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        if time_s(middle) > wanted:
            low = middle
        else:
            high = middle
    return round(high, 9)
