"""``retinue insert`` under possessions and slow stretches: the path keeps them, the plan too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

HEAD = "retinue restrictions: 1\nsender: Region north\nrestrictions:\n"
_DAY = "    begins: 2026-01-05 00:00 Europe/Zurich\n    ends: 2026-01-06 00:00 Europe/Zurich\n"


@pytest.fixture
def visit(retinue: Run, tmp_path: Path) -> Path:
    out = tmp_path / "visit"
    retinue("plan", "fictional-aare", "-o", str(out), "--no-pdf", "--no-page")
    return out


def test_a_slow_stretch_holds_for_the_path_and_in_the_plan_that_adopts_it(
    retinue: Run, visit: Path, tmp_path: Path
) -> None:
    slow = tmp_path / "slow.yaml"
    slow.write_text(
        HEAD + "  - id: L-4\n    version: 1\n    kind: speed\n    speed: 50 km/h\n"
        "    between: [Olten, Aarau]\n    within: [1 km, 6 km]\n" + _DAY,
        encoding="utf-8",
    )
    asked = ("insert", str(visit), "--traffic", "aare-line", "--view", "optimistic", "--json")
    free = json.loads(retinue(*asked).stdout)
    told = json.loads(
        retinue(*asked, "--restrictions", str(slow), "--adopt", "--no-pdf", "--no-page").stdout
    )
    # 5 km at 50 in place of 120 km/h are 210 s, less what it may not reach anyway.
    assert told["free_running_s"] - free["free_running_s"] > 150
    plan = json.loads((visit / "plan.json").read_text("utf-8"))
    (met,) = plan["legs"][0]["details"]["restrictions"]
    assert (met["id"], met["effect"], met["sender"]) == ("L-4", "slows", "Region north")
    assert plan["paths"][0]["restrictions"][0]["id"] == "L-4"
    assert retinue("check", str(visit)).stdout.count("ok ") > 5
    # Its next version re-opens the plan.
    slow.write_text(slow.read_text("utf-8").replace("version: 1", "version: 2"), encoding="utf-8")
    shown = retinue("restrictions", str(slow), "--plans", str(visit)).stdout
    assert "changed: speed 50 km/h" in shown and "was version 1" in shown


def test_a_possession_is_the_reason_and_the_limit_of_clearing(
    retinue: Run, visit: Path, tmp_path: Path
) -> None:
    # Lenzburg is no stop of the feed's trains: the possession is placed on the leg.
    shut = tmp_path / "shut.yaml"
    shut.write_text(
        HEAD + "  - id: P-9\n    version: 3\n    kind: possession\n"
        "    between: [Aarau, Lenzburg]\n" + _DAY,
        encoding="utf-8",
    )
    asked = ("insert", str(visit), "--traffic", "aare-line", "--view", "optimistic")
    refused = retinue(*asked, "--restrictions", str(shut), expect=3).stderr
    assert "possession P-9 (Region north, version 3) is in the way" in refused
    refused = retinue(*asked, "--restrictions", str(shut), "--clear", expect=3).stderr
    assert "whoever gives way" in refused and "P-9" in refused


def test_a_frozen_plan_adopts_a_path_by_an_amendment_only(
    retinue: Run, visit: Path, tmp_path: Path
) -> None:
    when = ("--role", "desk", "--at", "2025-12-01 12:00 Z")
    plan = str(visit)
    retinue("path", "request", plan, "-o", "requests")
    retinue("path", "state", plan, "--submit", *when)
    offer = str(tmp_path / "requests" / "path-requests.csv")
    retinue("path", "state", plan, "--offer", "--file", offer, *when)
    retinue("path", "state", plan, "--accept", *when)
    retinue("path", "state", plan, "--freeze", *when)
    # Within eight minutes there is a path only with a wait, which was not booked.
    asked = ("insert", plan, "--traffic", "aare-line", "--view", "optimistic", "--within", "8",
             "--adopt", "--no-pdf", "--no-page")  # fmt: skip
    before = (visit / "plan.json").read_bytes()
    assert "frozen" in retinue(*asked, expect=2).stderr
    assert (visit / "plan.json").read_bytes() == before
    retinue(*asked, "--amend", "night desk")
    shown = retinue("path", "state", plan).stdout
    assert "amendment 1 by night desk" in shown
    # Its paths are booked: what is asked for next modifies them.
    assert "modification" in retinue("path", "request", plan).stdout
