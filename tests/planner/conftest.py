"""One world for all planner tests: opening it is not what they test."""

from __future__ import annotations

import pytest

from retinue.journey import load_journey
from retinue.plan import Plan
from retinue.planner import Planner
from retinue.world.world import World


@pytest.fixture(scope="session")
def world() -> World:
    """Return the shipped world, opened once."""
    return World()


@pytest.fixture(scope="session")
def vladivostok(world: World) -> Plan:
    """Return the plan of the model case."""
    return Planner(world).make(load_journey("vladivostok-2023"))
