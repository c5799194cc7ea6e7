"""Paths as a user asks for them: files, an offer, approvals, an amendment, in one sitting."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from retinue.cli.main import program
from retinue.errors import InputError
from tests.cli.conftest import Run
from tests.report.sample_plan import sample_plan
from tests.traffic.test_states import shifted

_T = "2023-09-01 12:00 Z"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "plan.json").write_text(sample_plan().to_json())
    return folder


def test_requests_are_shown_and_written_for_their_owner_only(
    retinue: Run, out: Path, tmp_path: Path
) -> None:
    shown = retinue("path", "request", "out", "--train", "main").stdout
    assert "change of gauge" in shown
    assert "11 Sep" in shown
    (tmp_path / "codes.csv").write_text("country,place,code\nKP,Pyongyang,12345\n")
    told = json.loads(
        retinue("path", "request", "out", "-o", "req", "--sender", "0001", "--codes", "codes.csv",
                "--json").stdout
    )  # fmt: skip
    files = sorted(path.name for path in (tmp_path / "req").iterdir())
    assert len(files) == 7
    assert "path-rail-1-main-1-KP.xml" in files
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in (tmp_path / "req").iterdir())
    assert "Recipient: company code" in told["open"]
    assert "<LocationPrimaryCode>12345" in (tmp_path / "req" / files[2]).read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["request", "--leg", "1"], "goes by road"),
        (["request", "--format", "pdf"], "no format"),
        (["request", "--sender", "x"], "no company code"),
        (["request", "--train", "pilot"], "no train of the leg"),
        (["request", "--at", "soon"], "not a date and time"),
        (["state", "--submit", "--offer"], "two steps"),
        (["state", "--role", "x"], "no step is named"),
        (["state", "--submit"], "no role is named"),
        (["state", "--freeze", "--role", "x"], "cannot be frozen now"),
        (["amend", "--role", "x"], "may be changed freely"),
        (["offer", "nowhere.xml"], "cannot be read"),
    ],
)
def test_wrong_words_are_told(out: Path, arguments: list[str], words: str) -> None:
    done = CliRunner().invoke(program(), ["path", arguments[0], str(out), *arguments[1:]])
    assert isinstance(done.exception, InputError)
    assert words in str(done.exception)


def test_an_offer_is_held_against_the_request(retinue: Run, out: Path, tmp_path: Path) -> None:
    retinue("path", "request", "out", "-o", "req")
    xml = tmp_path / "req" / "path-rail-1-main-2-RU.xml"
    told = json.loads(retinue("path", "offer", "out", str(xml), "--json").stdout)
    assert told["fits"]
    assert told["offers"][0]["part"] == 2
    late = xml.read_text().replace("<Time>", "<Time>x", 1)
    xml.write_text(late)
    error = retinue("path", "offer", "out", str(xml), expect=2).stderr
    assert "no time of day" in error
    assert "RU.xml:" in error


def test_approvals_follow_the_plan_through_a_change(retinue: Run, out: Path) -> None:
    retinue("path", "state", "out", "--submit", "--role", "desk", "--at", _T)
    retinue("path", "state", "out", "--offer", "--role", "manager", "--at", _T)
    assert "cannot be frozen now" in retinue(
        "path", "state", "out", "--freeze", "--role", "x", "--at", _T, expect=2
    ).stderr  # fmt: skip
    register = out / "approvals.json"
    assert stat.S_IMODE(register.stat().st_mode) == 0o600
    # The sample plan has faults of its own; its approvals have none.
    assert "ok     approvals: 2 approvals" in retinue("check", "out", expect=4).stdout
    (out / "plan.json").write_text(shifted(sample_plan(), 7200.0).to_json())
    assert "has changed since" in retinue("path", "state", "out").stdout
    assert "without an amendment" in retinue("check", "out", expect=4).stdout
    told = json.loads(
        retinue("path", "amend", "out", "--role", "desk", "--at", _T, "--json").stdout
    )
    assert told["state"] == "draft"
    assert told["amendments"][0]["lapsed"] == [1, 2]
    assert "plan_packed" not in told
    assert "approvals 1, 2 lapse" in retinue("path", "state", "out").stdout
