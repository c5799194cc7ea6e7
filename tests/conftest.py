"""Fixtures that every test may use."""

from __future__ import annotations

import importlib
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import retinue
from retinue.journey import journey_from_text, load_journey
from retinue.plan import Plan, Provision
from retinue.planner import Planner
from retinue.world.world import World
from tests.house_case import HOUSE
from tests.program import Program

# No test asserts a duration, hypothesis's own deadline included.  CI tries the same examples each
# time, so that a change is judged by what it changed; at a desk new ones are drawn.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "desk")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the kernels of a fresh clone once: each worker begins at its own end of them.

    Collecting would import, so compile, all of them in each worker at the same time.  What one
    worker has compiled lies in the cache when the other comes to it.
    """
    worker = getattr(config, "workerinput", {}).get("workerid")
    if worker is None:
        return
    package = Path(retinue.__path__[0])
    modules = [
        ".".join(("retinue", *path.relative_to(package).with_suffix("").parts))
        for path in sorted(package.rglob("*.py"))
        if "@njit" in path.read_text("utf-8")
    ]
    for module in modules if int(worker.removeprefix("gw")) % 2 == 0 else reversed(modules):
        importlib.import_module(module)


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
def displib(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the 57 problems of the train dispatching benchmark, unpacked."""
    folder = tmp_path_factory.mktemp("displib")
    with tarfile.open(shared / "data" / "displib" / "problems.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="session")
def program() -> Iterator[Program]:
    """Return what runs the program as a user does."""
    runs = Program()
    yield runs
    runs.close()


@pytest.fixture(scope="session")
def world() -> World:
    """Return the shipped world, opened once."""
    return World()


@pytest.fixture(scope="session")
def vladivostok(world: World) -> Plan:
    """Return the plan of the model case."""
    return Planner(world).make(load_journey("vladivostok-2023"))


@pytest.fixture(scope="session")
def house_plan(world: World) -> Plan:
    """Return the plan of a small journey that asks for provisioning."""
    return Planner(world).make(journey_from_text(HOUSE, "house"))


@pytest.fixture(scope="session")
def house(world: World, house_plan: Plan) -> Provision:
    """Return the provisioning of that plan."""
    from retinue.planner.provision import Provisioner

    return Provisioner(world).provision(house_plan)
