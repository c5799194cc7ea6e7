"""From an air leg as asked for to a staged leg."""

from __future__ import annotations

from retinue.journey import LegAsked
from retinue.planner.staged import Context, StagedLeg
from retinue.world.places import Place

__all__ = ["stage_air"]


def stage_air(
    context: Context,
    asked: LegAsked,
    path: tuple[int | str, ...],
    leg_id: str,
    origin: Place,
    destination: Place,
) -> StagedLeg:
    raise RuntimeError("air")
