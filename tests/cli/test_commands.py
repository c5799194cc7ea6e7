"""Every command, as a user runs it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from retinue.journey import shipped_journeys
from tests.cli.conftest import Run

BARE = ("--no-pdf", "--no-page")


def test_help_names_every_command(retinue: Run) -> None:
    text = retinue("--help").stdout
    for command in (
        "plan", "validate", "show", "check", "compare", "actual", "journeys", "trains",
        "running-time", "route", "backtest", "schema", "data",
    ):  # fmt: skip
        assert f" {command} " in text


def test_a_plan_is_written_for_its_owner_only(retinue: Run, tmp_path: Path) -> None:
    done = retinue("plan", "panmunjom-2018", "-o", "out", "--export", "geojson,gpx,ics,csv")
    assert "wrote out/" in done.stdout
    folder = tmp_path / "out"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    names = {path.name for path in folder.iterdir()}
    assert {"plan.json", "movement-order.pdf", "journey.html"} <= names
    assert {Path(name).suffix for name in names} >= {".geojson", ".gpx", ".ics", ".csv"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_show_check_compare_and_actual_work_on_a_written_plan(retinue: Run, tmp_path: Path) -> None:
    retinue("plan", "panmunjom-2018", "-o", "out", *BARE)
    assert "Panmunjom" in retinue("show", "out").stdout
    assert "assumed" in retinue("show", "out", "--assumptions").stdout
    assert "FAULT" not in retinue("check", "out/plan.json").stdout
    retinue("plan", "panmunjom-2018", "-o", "later", "--depart", "2018-04-27 06:00", *BARE)
    assert "1 h 00 later" in retinue("compare", "out", "later").stdout
    moved = json.loads(retinue("compare", "out", "later", "--json").stdout)
    assert moved["arrival_later_s"] == 3600
    done = retinue("actual", "out", "Panmunjom", "09:30", "-o", "seen", *BARE)
    assert "Panmunjom" in done.stdout
    assert json.loads((tmp_path / "seen" / "plan.json").read_text())["observations"]


def test_a_changed_plan_fails_the_check_with_exit_4(retinue: Run, tmp_path: Path) -> None:
    retinue("plan", "panmunjom-2018", "-o", "out", *BARE)
    file = tmp_path / "out" / "plan.json"
    file.write_text(file.read_text().replace("Panmunjom", "Panmunjon"))
    assert "FAULT" in retinue("check", "out", expect=4).stdout


def test_quiet_is_quiet(retinue: Run) -> None:
    assert retinue("plan", "panmunjom-2018", "-o", "out", "--quiet", *BARE).stdout == ""


@pytest.mark.parametrize("name", shipped_journeys())
def test_every_shipped_journey_validates(retinue: Run, name: str) -> None:
    assert json.loads(retinue("validate", name, "--json").stdout)["valid"] is True


def test_lists_are_json_on_request(retinue: Run) -> None:
    assert {"special-21", "kyiv-2023"} <= {
        train["name"] for train in json.loads(retinue("trains", "--json").stdout)
    }
    assert "vladivostok-2023" in {
        journey["name"] for journey in json.loads(retinue("journeys", "--json").stdout)
    }
    data = json.loads(retinue("data", "--json").stdout)
    assert {entry["licence"] for entry in data["licences"]} >= {"ODbL-1.0", "CC-BY-4.0"}


def test_a_journey_prints_as_a_file_to_start_from(retinue: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(retinue("journeys", "panmunjom-2018").stdout)
    retinue("validate", "mine.yaml")


def test_the_published_schema_accepts_a_written_plan(retinue: Run) -> None:
    schema = json.loads(retinue("schema").stdout)
    assert schema["properties"]["schema"]["const"] == "retinue-plan/1"
    assert {"legs", "assumptions", "sources"} <= set(schema["properties"])
    for what in ("journey", "train", "line-book", "aircraft"):
        assert json.loads(retinue("schema", what).stdout)["type"] == "object"


def test_route_prints_points_and_stretches(retinue: Run) -> None:
    found = json.loads(
        retinue("route", "Pyongyang", "Chongjin", "--train", "special-21", "--json").stdout
    )
    assert found["distance_m"] > 600_000
    assert found["running_time_s"] > 10 * 3600
    assert {stretch["source"] for stretch in found["stretches"]} == {"line book"}


def test_running_time_reads_the_railtoolkit_schemas(retinue: Run, shared: Path) -> None:
    runs = shared / "data" / "trainruns"
    arguments = (
        "running-time", "--train", str(runs / "trains" / "local.yaml"),
        "--path", str(runs / "paths" / "const.yaml"), "--json",
    )  # fmt: skip
    # TrainRuns.jl's published total of this case: 391.615 s.
    engine = json.loads(retinue(*arguments).stdout)
    assert engine["running_time_s"] == pytest.approx(391.615, rel=0.007)
    assert engine["distance_m"] == 10_000
    euler = json.loads(retinue(*arguments, "--euler-step", "20m").stdout)
    assert euler["running_time_s"] == pytest.approx(391.615, rel=0.002)


def test_the_backtest_scores_every_row_it_should(retinue: Run, shared: Path) -> None:
    result = json.loads(
        retinue("backtest", str(shared / "facts" / "journeys.csv"), "--json").stdout
    )
    summary = result["summary"]
    assert summary["not_predicted"] == 0
    assert summary["scored"] == 3
    assert summary["largest_error_pct"] <= 25
    assert summary["median_error_pct"] <= 10
    assert all(
        row["verdict"].startswith("not scored, because")
        for row in result["segments"]
        if row["role"] == "context"
    )
