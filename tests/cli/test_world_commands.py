"""The world commands as a user runs them: build, info, fetch; errors and interruption."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def extract(shared: Path) -> Path:
    return shared / "data" / "osm" / "north-bayreuth.osm.gz"


def test_build_and_info_say_the_same(retinue: Run, extract: Path, shared: Path) -> None:
    dem = str(shared / "data" / "dem")
    built = retinue("world", "build", str(extract), "--dem", dem, "-o", "b.world", "--json")
    told = json.loads(retinue("world", "info", "b.world", "--json").stdout)
    record = json.loads(built.stdout)
    assert {k: v for k, v in told.items() if k != "world"} == {
        k: v for k, v in record.items() if k != "world"
    }
    assert told["points"]["level_crossing"] == 10
    assert told["elevation"]["of_length"] == pytest.approx(1.0)
    assert told["classes"]["heavy"]["ways"] == 17


def test_info_is_readable(retinue: Run, extract: Path) -> None:
    retinue("world", "build", str(extract), "-o", "b.world")
    text = retinue("world", "info", "b.world").stdout
    for word in ("with gauge", "level_crossing 10", "no heights: build with --dem", "halt 2"):
        assert word in text
    assert all(len(line) <= 200 for line in text.splitlines())


def test_info_on_nothing_says_how_to_build(retinue: Run) -> None:
    done = retinue("world", "info", "none.world", expect=2)
    assert "retinue world build" in done.stderr
    done = retinue("world", "info", "none.world", "--json", expect=2)
    assert set(json.loads(done.stdout)) == {"error", "where", "cure"}


def test_a_bad_extract_is_one_line(retinue: Run, tmp_path: Path) -> None:
    (tmp_path / "cut.osm.pbf").write_bytes(b"\x00\x00\x00\x0d\x0a\x09OSMHeader")
    done = retinue("world", "build", "cut.osm.pbf", "-o", "c.world", expect=2)
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "c.world").exists()


def test_a_foreign_folder_is_refused_before_any_work(
    retinue: Run, extract: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    done = retinue("world", "build", str(extract), "-o", "mine", expect=2)
    assert "no world of Retinue's" in done.stderr
    retinue("world", "build", str(extract), "-o", "mine", "--force", "-q")
    assert not (tmp_path / "mine" / "letter.txt").exists()


def test_fetch_without_a_mirror_says_what_to_give(retinue: Run) -> None:
    done = retinue("world", "fetch", "cologne", expect=2)
    assert "--mirror" in done.stderr


@pytest.mark.parametrize(
    "moment", ["osm_import.find_stations", "world_folder.write_arrays"], ids=["early", "late"]
)
def test_an_interrupted_build_leaves_nothing(extract: Path, tmp_path: Path, moment: str) -> None:
    # Ctrl-C at a known moment: the step sends it to its own process.
    module, step = moment.split(".")
    program = (
        f"import os, signal, retinue.world.{module} as m\n"
        f"m.{step} = lambda *_: os.kill(os.getpid(), signal.SIGINT)\n"
        "from retinue.cli.main import run; run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "world", "build", str(extract), "-o", "c.world"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 130
    assert done.stderr.strip() == "interrupted: nothing was written"
    assert list(tmp_path.iterdir()) == []
