"""The commands know files of OSRD by their content: infrastructure and rolling stock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def infra(shared: Path) -> Path:
    return shared / "data" / "osrd" / "small_infra" / "infra.json"


def test_an_infrastructure_file_becomes_a_world(retinue: Run, infra: Path) -> None:
    # The sum of the lengths of the file's 31 sections.
    built = json.loads(retinue("world", "build", str(infra), "-o", "s.world", "--json").stdout)
    assert (built["edges"], built["classes"]["heavy"]["length_m"]) == (31, pytest.approx(120_253.0))
    text = retinue("world", "info", "s.world").stdout
    assert "no heights: slopes are those of the infrastructure file" in text


def test_tiles_are_not_laid_over_stated_slopes(retinue: Run, infra: Path) -> None:
    refused = retinue(
        "world", "build", str(infra), "-o", "s.world", "--dem", ".", "--json", expect=2
    )
    assert "slopes of its own" in refused.stdout + refused.stderr


def test_rolling_stock_of_a_file_runs_on_a_running_path(retinue: Run, shared: Path) -> None:
    train = shared / "data" / "osrd" / "fast_rolling_stock.json"
    path = shared / "data" / "trainruns" / "paths" / "const.yaml"
    done = retinue("running-time", "--train", str(train), "--path", str(path), "--json")
    assert json.loads(done.stdout)["running_time_s"] > 0.0
