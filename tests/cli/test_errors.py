"""When something is wrong: one sentence with file, line and cure; nothing half-written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Run

JOURNEY = """\
retinue: 1
title: A test
depart: 2023-09-10 16:35 Asia/Pyongyang
legs:
  - rail:
      from: Pyongyang
      to: Chongjin
      train: special-21
      at most: 60 km/h
"""


def _rail(start: str, end: str, more: str = "", train: str = "special-21") -> str:
    return (
        "retinue: 1\ntitle: A test\ndepart: 2023-09-10 16:35 Asia/Pyongyang\nlegs:\n"
        f"  - rail:\n      from: {start}\n      to: {end}\n      train: {train}\n{more}"
    )


def _air(start: str, end: str, aircraft: str = "il-62m", more: str = "") -> str:
    return (
        "retinue: 1\ntitle: A test\ndepart: 2023-09-10 16:35 Asia/Pyongyang\nlegs:\n"
        f"  - air: {{from: {start}, to: {end}, aircraft: {aircraft}{more}}}\n"
    )


def _road(start: str, end: str) -> str:
    return (
        "retinue: 1\ntitle: A test\ndepart: 2023-09-10 16:35 Asia/Pyongyang\nlegs:\n"
        f"  - road: {{from: {start}, to: {end}, convoy: state-motorcade}}\n"
    )


#: text of the journey, exit code, words of the error, file and line where there is one
FAULTS = {
    "unknown place": (JOURNEY.replace("Chongjin", "Chongjinn"), 2, ["Chongjin"], "trip.yaml:7"),
    "ambiguous place": (
        _road("Springfield", "Chicago"),
        2,
        ["Springfield, US-IL", "names 24 places"],
        "trip.yaml:5",
    ),
    "unit missing": (
        JOURNEY.replace("60 km/h", "60"),
        2,
        ["lacks a unit", "60 km/h"],
        "trip.yaml:9",
    ),
    "arrival before departure": (
        JOURNEY + "arrive by: 2023-09-09 10:00 Asia/Pyongyang\n",
        2,
        ["before the departure"],
        "trip.yaml:10",
    ),
    "unknown train": (
        JOURNEY.replace("special-21", "special-12"),
        2,
        ['Did you mean "special-21"'],
        "trip.yaml:8",
    ),
    "gauge break without facility": (
        _rail("Pyongyang", "Vladivostok"),
        3,
        ["Tumangang", "1435", "1520", "bogie exchange"],
        "",
    ),
    "no route": (
        _rail('"52.52,13.37"', '"40.71,-74.00"', train="charter-8"),
        3,
        ["o rail route"],
        "",
    ),
    "runway too short": (_air("ZKPY", "EGLC"), 3, ["runway"], ""),
    "range exceeded": (
        _air("ZKPY", "UHWW", "an-2", ', via: ["60.0,150.0"]'),
        3,
        ["reaches", "stops for fuel"],
        "",
    ),
    "closed country": (
        _air("ZMUB", "ZKPY", "il-62m", ", closed countries: [CN, RU]"),
        3,
        ["closed"],
        "",
    ),
    "border closed to road": (_road("Pyongyang", '"Seoul, KR"'), 3, ["border", "closed"], ""),
    "broken YAML": (JOURNEY.replace("legs:", "legs: ["), 2, ["not YAML"], "trip.yaml:"),
    "wrong schema version": (
        JOURNEY.replace("retinue: 1", "retinue: 7"),
        2,
        ["version"],
        "trip.yaml:1",
    ),
    "unknown key": (
        JOURNEY.replace("at most", "at moost"),
        2,
        ['Did you mean "at most"'],
        "trip.yaml:9",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_in_one_sentence_with_its_place(
    fault: str, retinue: Run, tmp_path: Path
) -> None:
    text, code, words, where = FAULTS[fault]
    (tmp_path / "trip.yaml").write_text(text)
    done = retinue("plan", "trip.yaml", "-o", "out", "--no-pdf", "--no-page", expect=code)
    assert done.stderr.startswith(where)
    for word in words:
        assert word in done.stderr
    assert not (tmp_path / "out").exists()
    as_json = json.loads(retinue("plan", "trip.yaml", "--json", expect=code).stdout)
    assert {"error", "where", "cure"} <= set(as_json)


def _train(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.yaml").write_text(text)
    (tmp_path / "trip.yaml").write_text(JOURNEY.replace("special-21", "./mine.yaml"))


def test_a_train_too_weak_for_the_gradient_is_refused_with_forces(
    retinue: Run, tmp_path: Path
) -> None:
    # One M62 (373 kN starting effort) cannot start 60 loaded coaches on 20 per mille.
    coaches = "  - {vehicle: kp-coach}\n" * 60
    _train(tmp_path, f"retinue train: 1\ntitle: Too long\ngauge: 1435 mm\nlocomotives: [m62-1435]\n"
           f"coaches:\n{coaches}"
           "source: test\nconfidence: assumed\n")  # fmt: skip
    done = retinue("plan", "trip.yaml", "--no-pdf", "--no-page", expect=3)
    assert "kN" in done.stderr
    assert "per mille" in done.stderr


def test_a_place_that_cannot_be_written_is_named_before_anything_is_written(
    retinue: Run, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("mine")
    done = retinue("plan", "panmunjom-2018", "-o", "taken", "--no-pdf", "--no-page", expect=2)
    assert "taken" in done.stderr
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_folder_that_retinue_did_not_write_is_kept(retinue: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    done = retinue("plan", "panmunjom-2018", "-o", "mine", "--no-pdf", "--no-page", expect=2)
    assert "--force" in done.stderr
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_an_unknown_option_is_exit_2(retinue: Run) -> None:
    assert "No such option" in retinue("plan", "--nonsense", expect=2).stderr


def test_ctrl_c_leaves_nothing_and_exits_130(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "from retinue.cli.main import run; print('!', flush=True); run()",
         "plan", "vladivostok-2023", "-o", "out"],
        cwd=tmp_path, env=os.environ | {"NO_COLOR": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "!\n"
    # The program is imported; run() sets its handler at once, and planning takes seconds.
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


def _own_train(locomotive: str, coach: str) -> str:
    return (
        "retinue train: 1\ntitle: Mine\ngauge: 1435 mm\n"
        f"locomotives: [{locomotive}]\ncoaches:\n  - {{vehicle: {coach}}}\n"
        "source: test\nconfidence: assumed\n"
    )


def test_a_coupler_that_does_not_fit_is_refused_like_a_gauge(retinue: Run, tmp_path: Path) -> None:
    # Chinese locomotives have automatic couplers, European coaches screw couplers.
    _train(tmp_path, _own_train("df4b", "europe-coach"))
    done = retinue("plan", "trip.yaml", "--no-pdf", "--no-page", expect=3)
    assert "coupler" in done.stderr
    reasons = json.loads(retinue("plan", "trip.yaml", "--json", expect=3).stdout)["reasons"]
    assert "coupler" in {reason["kind"] for reason in reasons}


def test_an_axle_load_that_the_line_forbids_is_refused_with_both_figures(
    retinue: Run, tmp_path: Path
) -> None:
    _train(tmp_path, _own_train("df4b", "kp-coach"))
    done = retinue("plan", "trip.yaml", "--no-pdf", "--no-page", expect=3)
    assert "t an axle" in done.stderr
    assert "Cure:" in done.stderr
