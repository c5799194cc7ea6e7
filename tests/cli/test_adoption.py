"""``retinue insert --adopt`` as a user runs it: the plan moves, and every later command knows."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

#: Waits at Aarau: found by hand in the shipped timetable's graph.
ASKED = ("--traffic", "aare-line", "--view", "optimistic", "--within", "8")
DRY = ("--no-pdf", "--no-page")


@pytest.fixture
def visit(retinue: Run, tmp_path: Path) -> Path:
    retinue("plan", "fictional-aare", "-o", "visit", *DRY)
    return tmp_path / "visit"


def _plan(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "plan.json").read_text("utf-8"))  # type: ignore[no-any-return]


def test_an_adopted_path_moves_the_plan_and_lives_with_it(retinue: Run, visit: Path) -> None:
    before = _plan(visit)
    assert "paths" not in before
    told = json.loads(retinue("insert", "visit", *ASKED, "--adopt", *DRY, "--json").stdout)
    after = _plan(visit)
    # What search found is what the plan shows.
    assert after["depart_utc"] == told["depart_utc"] != before["depart_utc"]
    assert after["arrive_utc"] == told["arrive_utc"]
    assert told["adopted"]["plan"] == after["hash"] != before["hash"]
    stop = next(s for s in after["legs"][0]["movements"][0]["stops"] if s["place"] == "Aarau")
    waited = next(s for s in told["stands"] if s["place"] == "Aarau")
    assert (stop["arrive_utc"], stop["depart_utc"]) == (waited["arrive_utc"], waited["depart_utc"])
    file = visit / "traffic.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    document = json.loads(file.read_text("utf-8"))
    assert document["plan_hash"] == after["hash"]
    assert document["legs"][0]["asked"]["within_min"] == 8.0
    checked = retinue("check", "visit").stdout
    assert "traffic document" in checked
    assert "FAULT" not in checked
    assert "on its path among aare-line" in retinue("show", "visit").stdout
    assert "waits for other trains" in retinue("show", "visit", "--traffic").stdout
    # Planned anew from its journey it stays on the path, byte for byte.
    kept = (visit / "plan.json").read_bytes(), file.read_bytes()
    retinue("plan", "fictional-aare", "-o", "visit", *DRY)
    assert ((visit / "plan.json").read_bytes(), file.read_bytes()) == kept


def test_a_plan_that_moved_off_its_path_says_whom_it_meets(retinue: Run, visit: Path) -> None:
    retinue("insert", "visit", *ASKED, "--adopt", *DRY)
    late = retinue("actual", "visit", "Olten station", "07:33", *DRY).stdout
    assert "moved off the path that was found, by" in late
    assert "it now meets IC 1 at" in late
    assert "+01 for " in late
    assert "retinue insert PLAN --adopt" in late
    faults = retinue("check", "visit", expect=4).stdout
    assert "earlier version" in faults
    assert "later than on the path that was found" in faults
    assert "as planned now: " in faults
    # Asked again as before: it has left, so it departs when it was seen to.
    seen = (visit / "plan.json").read_bytes()
    retinue("insert", "visit", "--adopt", *DRY, expect=3)
    assert (visit / "plan.json").read_bytes() == seen
    retinue("insert", "visit", *ASKED[:4], "--clear", "--adopt", *DRY)
    assert "FAULT" not in retinue("check", "visit").stdout
    retinue("actual", "visit", "Zurich station", "08:20", *DRY)
    assert "is under way" in retinue("insert", "visit", "--adopt", expect=2).stderr


def test_a_path_that_fits_no_more_is_told_and_left(retinue: Run, visit: Path) -> None:
    retinue("insert", "visit", *ASKED, "--adopt", *DRY)
    moved = retinue("plan", "fictional-aare", "--depart", "2026-01-05 12:10", "-o", "visit", *DRY)
    assert "is not kept on its path" in moved.stdout + moved.stderr
    assert "paths" not in _plan(visit)
    assert "moved off the path" in moved.stdout


def test_trains_that_give_way_stand_in_order_and_page(retinue: Run, visit: Path) -> None:
    import io

    from pypdf import PdfReader

    cleared = retinue(
        "insert", "visit", "--traffic", "aare-line", "--clear", "--curve", "10", "--policy",
        "standard", "--adopt",
    ).stdout  # fmt: skip
    assert "trains give way" in cleared
    order = PdfReader(io.BytesIO((visit / "movement-order.pdf").read_bytes()))
    words = " ".join(" ".join(page.extract_text() for page in order.pages).split())
    for wanted in ("Traffic", "Trains that give way", "The path that was found", "Weighted delay",
                   "What a later departure costs others", "Tracks of Olten"):  # fmt: skip
        assert wanted in words, wanted
        assert wanted in (visit / "journey.html").read_text("utf-8"), wanted
    # What rules of protection hold free is not for whoever reads the order.
    page = (visit / "journey.html").read_text("utf-8")
    assert "Held free by rules" not in words + page
    assert "nothing between" not in words + page
    held = json.loads((visit / "traffic.json").read_text("utf-8"))["legs"][0]["record"]
    assert held["rules"]["on"]
    assert "FAULT" not in retinue("check", "visit").stdout


def test_a_document_that_was_tampered_with_is_refused(retinue: Run, visit: Path) -> None:
    assert "no timetable is named" in retinue("insert", "visit", "--adopt", expect=2).stderr
    assert "was given a path" in retinue("show", "visit", "--traffic", expect=2).stderr
    retinue("insert", "visit", *ASKED, "--adopt", *DRY)
    file = visit / "traffic.json"
    file.write_text(file.read_text("utf-8").replace('"feed":"aare-line"', '"feed":"x"'), "utf-8")
    assert "its hash differs" in retinue("check", "visit", expect=2).stderr


JOURNEY = """\
retinue: 1
title: By road and by train
depart: 2026-01-05 06:20 Europe/Zurich
party: {principal: 1, crew: 4}
places:
  olten: {lat: 47.3519, lon: 7.9077, country: CH, source: fictional, confidence: assumed}
  zurich: {lat: 47.3779, lon: 8.5403, country: CH, source: fictional, confidence: assumed}
legs:
  - road: {from: "47.30,7.85", to: olten, convoy: state-motorcade}
  - rail: {to: zurich, train: charter-8, advance train: {time: 5 min, train: charter-8}}
  - road: {to: "47.45,8.56", convoy: state-motorcade}
"""


def test_a_late_leg_before_is_answered_by_another_path(retinue: Run, tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(JOURNEY, "utf-8")
    retinue("plan", "./two.yaml", "-o", "visit", *DRY)
    visit = tmp_path / "visit"
    retinue("insert", "visit", *ASKED[:4], "--adopt", *DRY)
    first = _plan(visit)
    late = retinue("actual", "visit", "olten", "07:02", "--leg", "1", *DRY).stdout
    assert "moved off the path that was found" in late
    retinue("insert", "visit", "--adopt", *DRY)
    then = _plan(visit)
    assert "FAULT" not in retinue("check", "visit").stdout
    assert then["observations"]
    for leg in (1, 2):
        assert then["legs"][leg]["depart_utc"] > first["legs"][leg]["depart_utc"]
