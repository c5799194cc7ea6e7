"""The command ``retinue traffic`` as a user runs it: figures, faults of a feed, refusals."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.traffic.feed_files import SOUND, spoilt, write_feed


def test_a_timetable_is_told_as_traffic_in_both_views(retinue: Run) -> None:
    text = retinue("traffic", "aare-line", "--date", "2026-01-05").stdout
    for words in (
        "98 train runs (64 intercity, 34 regional) of 5 usable rail trips",
        "5 trips placed, 0 in part, 0 not", "pessimistic:", "optimistic:", "0 opposing",
        "no fault in the feed", "running side: the left",
    ):  # fmt: skip
        assert words in text
    window = retinue(
        "traffic", "aare-line", "--date", "2026-01-05", "--from", "06:00", "--until", "07:00",
        "--json",
    )  # fmt: skip
    told = json.loads(window.stdout)
    assert told["runs"] == 6 and told["trips"]["other_modes"] == 1
    assert told["from_utc"] == "2026-01-05T05:00:00Z"
    assert told["placement"]["stop_error_m"]["max"] < 100.0
    views = told["views"]
    assert views["pessimistic"]["sections"] == views["optimistic"]["sections"]
    assert views["optimistic"]["single_track_sections"] == 0


def test_faults_of_the_feed_are_listed_and_the_rest_is_used(retinue: Run, tmp_path: Path) -> None:
    files = spoilt("stop_times.txt", "06:08:00,06:09:00", "noon,06:09:00")
    write_feed(tmp_path / "bad.zip", files)
    text = retinue("traffic", "bad.zip").stdout
    assert "1 fault in the feed:" in text
    assert 'stop_times.txt:3: arrival_time: "noon" is no time (trip left out)' in text
    told = json.loads(retinue("traffic", "bad.zip", "--json").stdout)
    assert told["trips"] == {"rail": 3, "usable": 2, "left_out": 1, "other_modes": 1}
    assert told["faults"]["count"] == {"bad-time": 1}


def test_names_of_a_foreign_file_do_not_reach_the_terminal_raw(
    retinue: Run, tmp_path: Path
) -> None:
    files = spoilt("stop_times.txt", "06:08:00,06:09:00", "\x1b[31mnoon,06:09:00")
    write_feed(tmp_path / "bad.zip", files)
    text = retinue("traffic", "bad.zip").stdout
    assert "\x1b" not in text and "noon" in text


def test_a_possession_conflicts_with_the_trains_it_stops(retinue: Run, tmp_path: Path) -> None:
    (tmp_path / "works.yaml").write_text(
        "retinue restrictions: 1\nsender: Region north\nrestrictions:\n"
        "  - id: P-1\n    version: 1\n    kind: possession\n    between: [Olten, Aarau]\n"
        "    begins: 2026-01-05 06:00 Europe/Zurich\n    ends: 2026-01-05 07:00 Europe/Zurich\n"
    )
    command = ("traffic", "aare-line", "--date", "2026-01-05", "--json")
    told = json.loads(retinue(*command, "--restrictions", "works.yaml").stdout)
    trains = {
        train for entry in told["views"]["optimistic"]["longest"] for train in entry["trains"]
    }
    assert "ic-east@06:00" in trains
    assert any(train.startswith("possession P-1 (Region north") for train in trains)


def test_what_cannot_be_used_is_refused_with_a_cure(retinue: Run, tmp_path: Path) -> None:
    assert "aare-line" in retinue("traffic", "aare-lin", expect=2).stderr
    (tmp_path / "no.zip").write_bytes(b"no zip")
    assert "the feed is not a zip" in retinue("traffic", "no.zip", expect=2).stderr
    write_feed(tmp_path / "half.zip", {k: v for k, v in SOUND.items() if k != "trips.txt"})
    assert "trips.txt" in retinue("traffic", "half.zip", expect=2).stderr
    assert "is no date" in retinue("traffic", "aare-line", "--date", "soon", expect=2).stderr
    assert "is no time" in retinue("traffic", "aare-line", "--from", "noon", expect=2).stderr
    told = retinue("traffic", "aare-line", "--date", "2031-01-01", "--json", expect=2)
    assert "2026-01-01 to 2026-12-31" in json.loads(told.stdout)["cure"]
