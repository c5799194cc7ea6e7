"""`retinue traffic --sweeps-of` as the holder of the key runs it: told to him, written nowhere."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from retinue.clock import from_iso
from retinue.journey import load_journey
from retinue.planner import Planner
from retinue.planner.protect import Protector
from retinue.protection.annex import make_key, read_key, write_annex
from retinue.world.world import World
from tests.cli.conftest import Run
from tests.traffic.feed_files import spoilt, write_feed

ASKED = ("traffic", "aare-line", "--date", "2026-01-05", "--sweeps-of", "visit", "--key", "own.key")


@pytest.fixture(scope="module")
def protected(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A special train along the made-up timetable aare-line, its line walked beforehand."""
    folder = tmp_path_factory.mktemp("sweeps")
    plan = Planner(world).make(load_journey("fictional-aare"))
    (folder / "visit").mkdir()
    (folder / "visit" / "plan.json").write_text(plan.to_json(), encoding="utf-8")
    key = read_key(make_key(folder / "own.key"))
    write_annex(Protector(world).protect(plan, "strict"), folder / "visit", key)
    return folder


@pytest.fixture
def visit(protected: Path, tmp_path: Path) -> Path:
    shutil.copytree(protected, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_trains_where_people_are_on_the_line_are_told(retinue: Run, visit: Path) -> None:
    kept = sorted(path for path in visit.rglob("*") if path.is_file())
    text = retinue(*ASKED, "--as", "dispatcher").stdout
    # The first train leaves Olten at 06:00 (stop_times.txt), the patrol is out until 06:06.
    for words in (
        "RESTRICTED: 11 sweeps and patrols are on the track",
        "ic-east@06:00 meets patrol track (km 5.0 to 10.0) at Olten - Aarau, 6 blocks, "
        "5 Jan 06:00 +01 to 5 Jan 06:06 +01, ",
        "pessimistic: 3 trains where people", "optimistic: 3 trains where people",
        "no file is written of this",
    ):  # fmt: skip
        assert words in text
    log = visit / "visit" / "restricted" / "annex.log"
    assert json.loads(log.read_text("utf-8").splitlines()[-1])["role"] == "dispatcher"
    after = sorted(path for path in visit.rglob("*") if path.is_file())
    assert after == sorted([*kept, log])
    assert not any("patrol" in path.read_text("utf-8") for path in after if path != log)


def test_programs_are_told_the_same_and_the_timetable_stays_as_it_is(
    retinue: Run, visit: Path
) -> None:
    told = json.loads(retinue(*ASKED, "--json").stdout)
    sweeps = told.pop("sweeps")
    assert told == json.loads(retinue(*ASKED[:4], "--json").stdout)
    times = {
        w["task"]: (from_iso(w["from_utc"]), from_iso(w["until_utc"])) for w in sweeps["works"]
    }
    assert len(times) == 11 and sweeps["restricted"] is True
    for met in sweeps["trains_on_the_line"].values():
        assert {m["train"] for m in met} == {"ic-east@06:00", "ic-west@06:02", "re-west@06:10"}
        for m in met:
            begin, end = times[m["task"]]
            assert begin <= from_iso(m["from_utc"]) < from_iso(m["until_utc"]) <= end
            assert abs(from_iso(m["until_utc"]) - from_iso(m["from_utc"]) - m["seconds"]) <= 1.0


def test_what_lies_outside_the_hours_read_is_told(retinue: Run, visit: Path) -> None:
    text = retinue(*ASKED, "--from", "06:00", "--until", "06:10").stdout
    assert "RESTRICTED: 4 sweeps" in text and "7 more lie outside these hours" in text
    assert "4 reach beyond these hours" in text


def test_an_annex_that_cannot_be_used_is_refused(retinue: Run, visit: Path) -> None:
    make_key(visit / "other.key")
    assert "another key" in retinue(*ASKED[:-1], "other.key", expect=2).stderr
    assert "no key here" in retinue(*ASKED[:-1], "lost.key", expect=2).stderr
    assert "goes with --sweeps-of" in retinue(*ASKED[:2], "--key", "own.key", expect=2).stderr
    assert "no plan here" in retinue(*ASKED[:4], "--sweeps-of", "nowhere", expect=2).stderr
    day = retinue(*ASKED[:3], "2026-01-06", *ASKED[4:], expect=2).stderr
    assert "are on 2026-01-05, the traffic read is of 6 Jan" in day and "--date 2026-01-05" in day
    stops = "olt,Olten,47.3519,7.9077\naar,Aarau,47.3914,8.0513\nzue,Zürich HB,47.3779,8.5403"
    far = stops.replace(",47.", ",45.")
    write_feed(visit / "far.zip", spoilt("stops.txt", stops, far))
    assert (
        "off the timetable's network" in retinue(*ASKED[:1], "far.zip", *ASKED[2:], expect=2).stderr
    )
    other = Planner(World()).make(load_journey("panmunjom-2018"))
    (visit / "visit" / "plan.json").write_text(other.to_json(), encoding="utf-8")
    assert "belongs to another plan" in retinue(*ASKED, expect=2).stderr
    (visit / "visit" / "restricted" / "annex.retinue").unlink()
    assert "retinue protect" in retinue(*ASKED, expect=2).stderr
