"""Observed times as people type them: what cannot be is refused, what is odd is told."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run

BARE = ("--no-pdf", "--no-page")


def test_what_no_train_can_do_is_refused_and_nothing_is_lost(retinue: Run, tmp_path: Path) -> None:
    retinue("plan", "vladivostok-2019", "-o", "out", *BARE)
    before = (tmp_path / "out" / "plan.json").read_bytes()
    # 202 km to Vinevitino at 120 km/h take 101 minutes; it left Khasan at 12:10.
    done = retinue("actual", "out", "Vinevitino", "13:17", *BARE, expect=2)
    assert "cannot have been at Vinevitino" in done.stderr
    assert "202 km in 1 h 07 from Khasan" in done.stderr
    assert "1 h 41 at its top speed, 120 km/h" in done.stderr
    assert "if it was at Khasan earlier, record that first" in done.stderr
    assert (tmp_path / "out" / "plan.json").read_bytes() == before


def test_a_stop_left_too_short_for_its_tasks_is_told(retinue: Run, tmp_path: Path) -> None:
    retinue("plan", "vladivostok-2019", "-o", "out", *BARE)
    # It stands at Ussuriysk from 16:05 to 16:45 for other locomotives, and passes Ugolnaya
    # 55 min later: seen there 30 min early, it stood for 10 min.
    done = retinue("actual", "out", "Ugolnaya", "17:10", *BARE)
    told = "! Ussuriysk: what was observed leaves 10 min for a stop whose tasks take 27 min"
    assert told in done.stdout
    notes = json.loads((tmp_path / "out" / "plan.json").read_text())["legs"][0]["notes"]
    assert [n["level"] for n in notes if "what was observed leaves" in n["text"]] == ["warning"]


def test_of_a_place_passed_twice_the_pass_nearest_in_time_is_meant(retinue: Run) -> None:
    # Out to Ussuriysk and back the train passes Baranovsky at 15:48 and at 17:02.
    retinue("plan", "vladivostok-2019", "-o", "out", *BARE)
    assert (
        "Baranovsky 8 min late"
        in retinue("actual", "out", "Baranovsky", "17:10", "-o", "second", *BARE).stdout
    )
    assert (
        "Baranovsky 7 min late"
        in retinue("actual", "out", "Baranovsky", "15:55", "-o", "first", *BARE).stdout
    )


def test_written_elsewhere_a_plan_takes_the_trains_along_that_it_runs_among(
    retinue: Run, tmp_path: Path
) -> None:
    retinue("plan", "fictional-aare", "-o", "visit", *BARE)
    found = ("--traffic", "aare-line", "--view", "optimistic", "--within", "8", "--adopt")
    retinue("insert", "visit", *found, *BARE)
    told = retinue("actual", "visit", "Aarau", "07:35", "-o", "seen", *BARE).stdout
    assert "moved off the path that was found, by" in told
    assert (tmp_path / "seen" / "traffic.json").is_file()
    assert "The path that was found" in retinue("show", "seen", "--traffic").stdout
