"""``retinue world build`` knows an infrastructure file by its content, whatever its name."""

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
