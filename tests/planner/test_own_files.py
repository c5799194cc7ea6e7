"""The user's own files travel inside the plan, so that it can be made again anywhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from retinue.errors import InputError
from retinue.journey import load_journey
from retinue.planner import Planner
from retinue.planner.own_files import OwnFiles
from retinue.world.catalogue import SHIPPED
from retinue.world.world import World


def _own_train(folder: Path) -> Path:
    shutil.copy(SHIPPED / "trains" / "special-17.yaml", folder / "mine.yaml")
    trip = folder / "trip.yaml"
    trip.write_text(
        "retinue: 1\ntitle: Mine\ndepart: 2023-09-10 08:00 Asia/Pyongyang\nlegs:\n"
        "  - rail: {from: Rajin, to: Sonbong, train: ./mine.yaml, at most: 60 km/h}\n"
    )
    return trip


def test_a_plan_with_an_own_train_can_be_made_again_without_the_file(
    world: World, tmp_path: Path
) -> None:
    trip = _own_train(tmp_path)
    plan = Planner(world).make(load_journey(trip))
    assert list(plan.journey.extra_files) == ["mine.yaml"]
    trip.unlink()
    (tmp_path / "mine.yaml").unlink()
    assert Planner(world).remake(plan).to_json() == plan.to_json()


def test_shipped_files_are_not_copied_into_the_plan(world: World) -> None:
    plan = Planner(world).make(load_journey("panmunjom-2018"))
    assert plan.journey.extra_files == {}


def test_a_file_that_lies_elsewhere_must_be_unchanged(tmp_path: Path) -> None:
    file = tmp_path / "far.yaml"
    file.write_text("a: 1\n")
    own = OwnFiles({str(file): "a: 1\n"})
    own.laid_out(tmp_path / "here")
    file.write_text("a: 2\n")
    with pytest.raises(InputError, match="has changed"):
        own.laid_out(tmp_path / "there")
