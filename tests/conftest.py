"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from retinue.journey import load_journey
from retinue.plan import Plan
from retinue.planner import Planner
from retinue.world.world import World


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared test data; skip where it is absent, fail in CI."""
    named = os.environ.get("RETINUE_SHARED")
    folder = Path(named) if named else None
    if folder is None or not (folder / "data").is_dir():
        message = "RETINUE_SHARED does not name the folder of the shared data"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def world() -> World:
    """Return the shipped world, opened once."""
    return World()


@pytest.fixture(scope="session")
def vladivostok(world: World) -> Plan:
    """Return the plan of the model case."""
    return Planner(world).make(load_journey("vladivostok-2023"))
