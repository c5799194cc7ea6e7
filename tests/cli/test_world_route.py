"""Commands over a world at track level as a user runs them: route, plan, actual, validate."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.program import Program

SCHAAN, NENDELN = "47.1686,9.5081", "47.2003,9.5418"
JOURNEY = f"""\
retinue: 1
title: Along the Rhine
depart: "2026-05-04 10:00"
legs:
  - rail: {{from: "{SCHAAN}", to: "{NENDELN}", train: charter-8}}
"""


@pytest.fixture(scope="module")
def liechtenstein(program: Program, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a world that is built once; it has the name that it was built under."""
    folder = tmp_path_factory.mktemp("world")
    extract = shared / "data" / "osm" / "liechtenstein-valhalla.osm.pbf"
    done = program(["world", "build", str(extract), "-o", "li.world"], folder, dict(os.environ))
    assert done.returncode == 0, done.stderr
    return folder / "li.world"


@pytest.fixture
def built(liechtenstein: Path, tmp_path: Path) -> Path:
    """Return a folder with a world of its own and a journey through it."""
    shutil.copytree(liechtenstein, tmp_path / "li.world")
    (tmp_path / "rhine.yaml").write_text(JOURNEY, encoding="utf-8")
    return tmp_path


def test_route_prints_length_stretches_sites_and_reserve(retinue: Run, built: Path) -> None:
    told = retinue("route", SCHAAN, NENDELN, "--train", "charter-8", "--world", "li.world").stdout
    for word in ("4.4 km", "OpenStreetMap extract", "level crossing", "reserve:", "unknown:"):
        assert word in told


def test_route_as_json_has_the_agreed_keys(retinue: Run, built: Path) -> None:
    done = retinue(
        "route", SCHAAN, NENDELN, "--train", "charter-8", "--world", "li.world", "--json",
        "--map", "m.html", "--alternatives", "2",
    )  # fmt: skip
    record = json.loads(done.stdout)
    keys = {"distance_m", "running_time_s", "osm_way_ids", "osm_node_ids", "reserve", "stretches"}
    assert keys <= set(record)
    assert {s["source"] for s in record["stretches"]} == {"OpenStreetMap extract"}
    assert record["distance_m"] == pytest.approx(4_400.0, rel=0.03)
    page = (built / "m.html").read_text(encoding="utf-8")
    assert "level crossing" in page and "OpenStreetMap contributors" in page


def test_a_plan_holds_its_world_and_its_sites_and_is_sound(retinue: Run, built: Path) -> None:
    retinue("validate", "rhine.yaml", "--world", "li.world", "-q")
    retinue("plan", "rhine.yaml", "--world", "li.world", "-o", "out", "--no-pdf", "--no-page", "-q")
    plan = json.loads((built / "out" / "plan.json").read_text(encoding="utf-8"))
    assert plan["made_with"]["world"] == "li.world" and len(plan["made_with"]["world_sha256"]) == 64
    assert {site["leg"] for site in plan["sites"]} == {"1-rail"}
    chainages = [site["chainage_m"] for site in plan["sites"]]
    assert chainages == sorted(chainages) and chainages[-1] <= plan["legs"][0]["distance_m"]
    assert {section["origin"] for section in plan["legs"][0]["sections"]} == {
        "OpenStreetMap extract"
    }
    retinue("check", "out")
    # Re-timing asks for the same world, and gives it back.
    refused = retinue("actual", "out", "Forst Hilti", "10:05", "--json", expect=2)
    assert "--world li.world" in json.loads(refused.stdout)["cure"]
    retinue(
        "actual", "out", "Forst Hilti", "10:05", "--world", "li.world", "--no-pdf", "--no-page",
        "-q",
    )  # fmt: skip
    assert len(json.loads((built / "out" / "plan.json").read_text())["sites"]) == len(chainages)


def test_faults_are_one_sentence_with_a_cure(retinue: Run, built: Path) -> None:
    ends = ("route", SCHAAN, NENDELN, "--train", "charter-8")
    for extra in (("--world", "none.world"), ("--map", "m.txt"), ("--alternatives", "2")):
        done = retinue(*ends, *extra, "--json", expect=2)
        assert set(json.loads(done.stdout)) == {"error", "where", "cure"}
