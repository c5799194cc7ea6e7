"""A sequence of choices of the speed grid, run by the engine as a whole: what the plan shows."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from retinue.errors import InputError
from retinue.rail.route_path import section_path
from retinue.rail.run_record import Run
from retinue.rail.running_time import Driving, run
from retinue.rail.steps import Steps
from retinue.traffic.speed_grid import POINT_M, GridPoint, SpeedGrid, ceiling_steps

__all__ = ["Drive", "drive"]

AGREES_S = 0.2
"""A run agrees with the grid where it is at every point within this."""


@dataclass(frozen=True, eq=False)
class Drive:
    """A sequence of choices, run by the engine as a whole.

    Attributes
    ----------
    ceilings
        (from, to, speed): chainages of the path; what the driver is told.
    stands
        Points (indices) at which the train stands, both ends among them.
    runs
        One between each two stands, on its own chainage.
    """

    ceilings: tuple[tuple[float, float, float], ...]
    stands: tuple[int, ...]
    runs: tuple[Run, ...]
    points: tuple[GridPoint, ...]

    def time_at(self, place_m: float) -> float:
        """Return when the front is at a chainage: seconds since the last departure before it."""
        for number, made in enumerate(self.runs):
            begin = self.points[self.stands[number]].at_m
            end = self.points[self.stands[number + 1]].at_m
            if place_m <= end + 1e-6:
                return float(made.time_at(min(max(place_m - begin, 0.0), end - begin)))
        raise InputError("the place lies behind the last stand", where=f"{place_m:g} m")


def drive(grid: SpeedGrid, ways: Sequence[int]) -> Drive:
    """Run one way of each stretch, joined: what the plan will show.

    Ceilings that change nothing are left out, as is the speed at a point that the train has
    there by itself.
    """
    stands, ceilings, passed = [0], [], []
    for k, number in enumerate(ways):
        stretch = grid.stretches[k]
        _, ceiling, end = (int(v) for v in stretch.way[number])
        if ceiling:
            ceilings.append((stretch.from_m, stretch.to_m, float(stretch.ceiling_mps[ceiling])))
        speed = float(grid.speed_mps[k + 1][end])
        if speed == 0.0:
            stands.append(k + 1)
        else:
            passed.append((stretch.to_m, stretch.to_m + POINT_M, speed))
    bare = _driven(grid, stands, ceilings)
    if _differs(grid, ways, bare):
        return _driven(grid, stands, [*ceilings, *passed])
    return bare


def _driven(
    grid: SpeedGrid, stands: Sequence[int], ceilings: Sequence[tuple[float, float, float]]
) -> Drive:
    runs = []
    for one, two in itertools.pairwise(stands):
        begin, end = grid.points[one].at_m, grid.points[two].at_m
        runs.append(
            run(
                grid.train,
                section_path(grid.path, begin, end, grid.train, grid.path.name),
                speed_cap_mps=grid.speed_cap_mps,
                driving=Driving(
                    cap_mps=ceiling_steps(ceilings, begin, end), share=Steps.constant(grid.share)
                ),
            )
        )
    return Drive(tuple(sorted(ceilings)), tuple(stands), tuple(runs), grid.points)


def _differs(
    grid: SpeedGrid, ways: Sequence[int], made: Drive, tolerance_s: float = AGREES_S
) -> bool:
    """Whether a run is elsewhere than the grid says, at any point."""
    now = 0.0
    for k, number in enumerate(ways):
        stretch = grid.stretches[k]
        if grid.speed_mps[k][stretch.way[number, 0]] == 0.0:
            now = 0.0
        now += float(stretch.time_s[number, -1])
        if abs(made.time_at(stretch.to_m) - now) > tolerance_s:
            return True
    return False
