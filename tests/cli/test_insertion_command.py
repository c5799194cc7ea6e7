"""The command ``retinue insert`` as a user runs it: a path, reasons, who gives way, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def visit(retinue: Run, tmp_path: Path) -> Path:
    out = tmp_path / "visit"
    retinue("plan", "fictional-aare", "-o", str(out))
    return out


def test_a_path_reasons_and_clearing(retinue: Run, visit: Path, tmp_path: Path) -> None:
    plan = str(visit)
    found = retinue("insert", plan, "--traffic", "aare-line", "--view", "optimistic", "--json")
    told = json.loads(found.stdout)
    assert told["later_s"] >= 0
    assert told["stands"][0]["asked"]
    refused = retinue("insert", plan, "--traffic", "aare-line", expect=3)
    assert "is in the way" in refused.stderr
    assert "it alone costs" in refused.stderr
    assert "Depart at" in refused.stderr
    file = tmp_path / "traffic.json"
    cleared = json.loads(
        retinue(
            "insert", plan, "--traffic", "aare-line", "--clear", "--json", "-o", str(file)
        ).stdout
    )
    assert cleared["bound_s"] <= cleared["cost_s"] <= cleared["hold_everything_s"]
    assert cleared["altered"]
    record = json.loads(file.read_text("utf-8"))
    assert {t["role"] for t in record["trains"] if t["special"]} == {"advance", "main"}


def test_what_cannot_be_understood_is_refused(retinue: Run, visit: Path) -> None:
    plan = str(visit)
    feed = ("--traffic", "aare-line")
    assert "is no view" in retinue("insert", plan, *feed, "--view", "rosy", expect=2).stderr
    assert "--clear" in retinue("insert", plan, *feed, "--curve", "5", expect=2).stderr
    assert "no rail leg" in retinue("insert", plan, *feed, "--leg", "7", expect=2).stderr
    assert "is no rule" in retinue(
        "insert", plan, *feed, "--policy", "standard", "--rules-off", "gravity", expect=2
    ).stderr  # fmt: skip
