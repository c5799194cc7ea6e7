"""Papers and deadlines as a user gets them: printed, as JSON, in files, as a calendar."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from icalendar import Calendar

from retinue.checks.flight_plan_grammar import check_message
from tests.cli.conftest import Run

_TRIP = """\
retinue: 1
title: Sunan to Incheon
depart: 2018-02-09 12:30 Asia/Pyongyang
party: {principal: 1, guards: 4}
legs:
  - air:
      from: ZKPY
      to: RKSI
      aircraft: il-62m
      flight: PRK-615
      registration: P-885
      payload: 4 t
      via: ["38.60,124.20", "37.30,124.20"]
      permits:
        - {kind: landing, country: KR, number: KR-77, state: granted, registration: P-885,
           valid from: 2018-02-09 00:00 Z, valid until: 2018-02-10 00:00 Z}
"""


@pytest.fixture
def out(retinue: Run, tmp_path: Path) -> Path:
    (tmp_path / "trip.yaml").write_text(_TRIP)
    retinue("plan", "trip.yaml", "-o", "out", "--no-pdf", "--no-page")
    return tmp_path / "out"


def test_papers_are_printed_with_what_is_assumed(retinue: Run, out: Path) -> None:
    text = retinue("papers", "out").stdout
    assert "(FPL-PRK615-IX" in text
    assert "DIPLOMATIC CLEARANCE REQUEST" in text
    assert "LANDING PERMIT REQUEST" not in text  # it is granted and covers the flight
    assert "assumed: " in text


def test_papers_are_written_for_their_owner_only(retinue: Run, out: Path, tmp_path: Path) -> None:
    retinue("papers", "out", "--kind", "flight-plan", "-o", "papers")
    (file,) = (tmp_path / "papers").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert check_message(file.read_text()) == ()
    told = json.loads(retinue("papers", "out", "--json").stdout)
    assert {paper["kind"] for paper in told["papers"]} >= {"flight-plan", "notam-request"}


def test_an_unknown_kind_is_named_with_the_nearest(retinue: Run, out: Path) -> None:
    error = retinue("papers", "out", "--kind", "flightplan", expect=2).stderr
    assert 'Did you mean "flight-plan"?' in error


def test_deadlines_count_from_the_day_given(retinue: Run, out: Path) -> None:
    text = retinue("deadlines", "out", "--today", "2018-01-20").stdout
    assert "weapons licence" in text
    assert "LATE" in text
    told = json.loads(retinue("deadlines", "out", "--today", "2018-01-20", "--json").stdout)
    landing = next(d for d in told["deadlines"] if d["what"] == "landing permit")
    assert (landing["state"], landing["number"]) == ("granted", "KR-77")
    dates = [deadline["latest_date"] for deadline in told["deadlines"]]
    assert told["today"] == "2018-01-20"
    assert dates[0] < "2018-02-09"
    assert "not a date" in retinue("deadlines", "out", "--today", "soon", expect=2).stderr


def test_deadlines_go_into_a_calendar_with_alarms(retinue: Run, out: Path, tmp_path: Path) -> None:
    retinue("deadlines", "out", "--ics", "deadlines.ics")
    file = tmp_path / "deadlines.ics"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    book = Calendar.from_ical(file.read_text())
    tasks = {str(task["summary"]): task for task in book.walk("VTODO")}
    assert tasks["Ask for: landing permit, KR"]["status"] == "COMPLETED"
    open_task = tasks["Ask for: visa, KR"]
    assert open_task["status"] == "NEEDS-ACTION"
    assert len(open_task.walk("VALARM")) == 2
    first = file.read_bytes()
    retinue("deadlines", "out", "--ics", "deadlines.ics")
    assert file.read_bytes() == first


def test_a_replan_says_which_permit_it_voids(retinue: Run, out: Path, tmp_path: Path) -> None:
    late = ["--depart", "2018-02-10 18:00", "--no-pdf", "--no-page"]
    retinue("plan", "trip.yaml", "-o", "late", *late)
    told = retinue("compare", "out", "late").stdout
    assert "landing permit KR KR-77" in told
    assert "void: valid until 2018-02-10T00:00:00Z" in told
    shown = json.loads(retinue("compare", "out", "late", "--json").stdout)
    assert "KR-77" in {permit["number"] for permit in shown["voided_permits"]}
    # So does an observed delay.
    actual = retinue(
        "actual", "out", "Incheon International Airport", "2018-02-10 22:00", "-o", "seen",
        "--no-pdf", "--no-page",
    ).stdout  # fmt: skip
    assert "KR-77" in actual
    retinue("check", "late")
