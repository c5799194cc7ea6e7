"""Which room stages a leg of a mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retinue.planner.rail_leg import stage_rail
from retinue.planner.road_leg import stage_road

if TYPE_CHECKING:
    from collections.abc import Callable

    from retinue.plan.leg import Mode
    from retinue.planner.staged import StagedLeg

__all__ = ["stage_of"]


def stage_of(mode: Mode) -> Callable[..., StagedLeg]:
    """Return what stages the legs of a mode."""
    if mode == "air":
        # Flight is a large room, and most journeys have none.
        from retinue.planner.air_leg import stage_air

        return stage_air
    return stage_rail if mode == "rail" else stage_road
