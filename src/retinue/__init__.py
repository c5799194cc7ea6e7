"""Retinue plans a protected journey door to door.

>>> import retinue
>>> journey = retinue.load_journey("vladivostok-2023")
>>> plan = retinue.make_plan(journey)                         # doctest: +SKIP
>>> plan.legs[1].main.time_at(distance_m=500_000)             # doctest: +SKIP
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retinue.journey import JourneyFile
    from retinue.plan import Plan
    from retinue.world.world import World

__version__ = "0.1.0"

__all__ = ["__version__", "load_journey", "load_plan", "make_plan"]


def load_journey(name_or_path: str | Path) -> JourneyFile:
    """Load a journey by catalogue name or file.

    Raises
    ------
    retinue.errors.InputError
        For an unknown name or a fault in the file.
    """
    from retinue.journey import load_journey as load

    return load(name_or_path)


def make_plan(
    journey: JourneyFile | str | Path, world: World | None = None, *, depart: str | None = None
) -> Plan:
    """Plan a journey door to door.

    Parameters
    ----------
    journey
        A loaded journey, or what `load_journey` takes.
    world
        What exists; the shipped world by default.
    depart
        Departure instead of the file's.

    Raises
    ------
    retinue.errors.InputError
        Where the journey cannot be understood.
    retinue.errors.NoPlan
        Where it cannot be made; the reasons are with it.
    """
    from retinue.planner import Planner

    asked = load_journey(journey) if isinstance(journey, str | Path) else journey
    return Planner(world).make(asked, depart=depart)


def load_plan(path: str | Path) -> Plan:
    """Load a plan from its output folder or its ``plan.json``.

    Raises
    ------
    retinue.errors.InputError
        Where there is no sound plan.
    """
    from retinue.plan import Plan

    return Plan.load(Path(path))
