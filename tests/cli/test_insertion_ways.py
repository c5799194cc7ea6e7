"""``retinue insert --alternatives`` as a user runs it: ways compared, the plan moved.

The shipped restrictions aare-closed shut the direct line of the leg; over Brugg it is open.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

FEED = ("--traffic", "aare-line", "--view", "optimistic")
CLOSED = ("--restrictions", "aare-closed")
DRY = ("--no-pdf", "--no-page")
ASKED = """\
retinue: 1
title: The direct line is asked for
depart: 2026-01-05 07:10 Europe/Zurich
party: {principal: 1, crew: 4}
places:
  olten: {lat: 47.3519, lon: 7.9077, country: CH, source: fictional, confidence: assumed}
  zurich: {lat: 47.3779, lon: 8.5403, country: CH, source: fictional, confidence: assumed}
legs:
  - rail: {from: olten, to: zurich, via: [Lenzburg], train: charter-8}
"""


@pytest.fixture
def visit(retinue: Run, tmp_path: Path) -> Path:
    retinue("plan", "fictional-aare", "-o", "visit", *DRY)
    return tmp_path / "visit"


def _plan(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "plan.json").read_text("utf-8"))  # type: ignore[no-any-return]


def test_ways_are_told_beside_each_other_and_the_own_one_is_taken_where_it_is_best(
    retinue: Run, visit: Path
) -> None:
    told = json.loads(retinue("insert", "visit", *FEED, "--alternatives", "3", "--json").stdout)
    own, other = told["ways"]
    assert (own["name"], own["taken"], other["taken"]) == ("as planned", True, False)
    assert told["way"] == "as planned"
    assert told["arrive_utc"] == own["arrive_utc"] < other["arrive_utc"]
    assert other["later_than_free_s"] > 0
    shown = retinue("insert", "visit", *FEED, "--alternatives", "3").stdout
    assert "over Brugg, Baden" in shown
    assert "alternatives: 1 of 3 asked for differ enough" in shown
    alone = json.loads(retinue("insert", "visit", *FEED, "--json").stdout)
    assert alone["arrive_utc"] == told["arrive_utc"]
    assert "ways" not in alone


def test_a_plan_moves_onto_another_way_and_stays_there(retinue: Run, visit: Path) -> None:
    before = _plan(visit)
    asked = ("insert", "visit", *FEED, *CLOSED, "--alternatives", "1")
    told = json.loads(retinue(*asked, "--adopt", "--no-pdf", "--json").stdout)
    after = _plan(visit)
    own, other = told["ways"]
    assert (own["taken"], other["taken"]) == (False, True)
    assert after["depart_utc"] == told["depart_utc"]
    assert after["arrive_utc"] == told["arrive_utc"] == other["arrive_utc"]
    leg = after["legs"][0]
    assert leg["distance_m"] == other["distance_m"] > before["legs"][0]["distance_m"]
    assert "Brugg" in [event["place"] for event in leg["timeline"]]
    assert "over Brugg" in (visit / "journey.html").read_text("utf-8")
    checked = retinue("check", "visit").stdout
    assert "FAULT" not in checked
    assert "1 leg among other trains" in checked
    assert "on its path over Brugg among aare-line" in retinue("show", "visit").stdout
    # Planned anew from its journey it stays there, byte for byte; found again it is the same.
    kept = (visit / "plan.json").read_bytes()
    retinue("plan", "fictional-aare", "-o", "visit", *DRY)
    assert (visit / "plan.json").read_bytes() == kept
    retinue("insert", "visit", "--adopt", *DRY)
    assert (visit / "plan.json").read_bytes() == kept
    # A place of that way is one that can be seen.
    late = retinue("actual", "visit", "Brugg", "08:05", *DRY).stdout
    assert "moved off the path that was found" in late
    assert "is under way" in retinue("insert", "visit", "--adopt", expect=2).stderr


def test_a_way_that_the_journey_excludes_is_refused_with_how_to_write_it(
    retinue: Run, tmp_path: Path
) -> None:
    file = tmp_path / "asked.yaml"
    file.write_text(ASKED, "utf-8")
    retinue("plan", "./asked.yaml", "-o", "asked", *DRY)
    asked = ("insert", "asked", *FEED, *CLOSED, "--alternatives", "1")
    assert "the journey asks for Lenzburg" in retinue(*asked).stdout
    found = json.loads(retinue(*asked, "--json").stdout)
    before = (tmp_path / "asked" / "plan.json").read_bytes()
    refused = retinue(*asked, "--adopt", *DRY, expect=3).stderr
    assert "its journey asks for Lenzburg" in refused
    assert (tmp_path / "asked" / "plan.json").read_bytes() == before
    # Written as it says, the leg goes there and its path is the one that was found.
    (via,) = next(way["via"] for way in found["ways"] if way["taken"])
    assert f'via: ["{via}"]' in refused
    file.write_text(ASKED.replace("[Lenzburg]", f'["{via}"]'), "utf-8")
    retinue("plan", "./asked.yaml", "-o", "asked", *DRY)
    told = json.loads(retinue("insert", "asked", *FEED, *CLOSED, "--adopt", *DRY, "--json").stdout)
    assert (told["depart_utc"], told["arrive_utc"]) == (found["depart_utc"], found["arrive_utc"])


def test_without_a_path_on_any_way_each_says_why(retinue: Run, visit: Path) -> None:
    refused = retinue(
        "insert", "visit", "--traffic", "aare-line", "--alternatives", "1", "--json", expect=3
    )
    told = json.loads(refused.stdout)
    assert "nor on 1 other way" in told["error"]
    other = [reason for reason in told["reasons"] if reason["kind"] == "way"]
    assert [reason["where"] for reason in other] == ["over Brugg, Baden"]
    assert "is in the way" in other[0]["what"]


def test_the_line_is_cleared_on_the_own_way_only(retinue: Run, visit: Path) -> None:
    refused = retinue("insert", "visit", *FEED, "--alternatives", "1", "--clear", expect=2).stderr
    assert "--alternatives goes without --clear" in refused


def test_a_policy_bounds_the_lead_of_the_advance_train(
    retinue: Run, visit: Path, tmp_path: Path
) -> None:
    """Its 5 min become 6.9 min where two blocks have to be clear."""
    from retinue.world.catalogue import SHIPPED

    text = (SHIPPED / "policies" / "standard.yaml").read_text("utf-8")
    (tmp_path / "close.yaml").write_text(
        text.replace("advance at most: 30 min", "advance at most: 6 min"), "utf-8"
    )
    asked = ("insert", "visit", *FEED, "--rules-off", "all", "--policy")
    refused = retinue(*asked, "./close.yaml", expect=3).stderr
    assert "ahead of the main train, the policy close allows 6.0 min" in refused
    file = tmp_path / "traffic.json"
    retinue(*asked, "standard", "-o", str(file))
    record = json.loads(file.read_text("utf-8"))
    assert record["rules"]["advance_at_most_s"] == 1_800.0
