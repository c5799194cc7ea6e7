"""Restrictions as a user meets them: what holds, which plans that re-opens, and the register."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from retinue.cli.main import program
from retinue.clock import iso_utc
from retinue.errors import InputError
from retinue.traffic.path_request import asked_of_plan
from tests.cli.conftest import Run
from tests.report.sample_plan import sample_plan
from tests.traffic.test_states import offer_of, shifted

_T = "2023-09-01 12:00 Z"
_LATER = "2023-09-02 12:00 Z"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "plans" / "out"
    folder.mkdir(parents=True)
    (folder / "plan.json").write_text(sample_plan().to_json())
    return folder


def _list(folder: Path, version: int = 1, more: str = "") -> Path:
    """A possession of the first stretch of the rail leg, while the main train is there."""
    leg = next(leg for leg in sample_plan().legs if leg.id == "rail-1")
    named = [e for e in leg.timeline if e.kind in ("depart", "pass", "arrive") and e.role == "main"]
    moment = leg.main.time_at((named[1].distance_m or 0.0) / 2.0)

    def at(seconds: float) -> str:
        return iso_utc(moment + seconds).replace("T", " ").replace("Z", " Z")

    file = folder / "possessions.yaml"
    file.write_text(
        "retinue restrictions: 1\nsender: Region north\nrestrictions:\n"
        f"  - id: P-1\n    version: {version}\n    kind: possession\n"
        f'    between: ["{named[0].place}", "{named[1].place}"]\n'
        f'    begins: "{at(-60)}"\n    ends: "{at(60)}"\n{more}',
        encoding="utf-8",
    )
    return file


def _approved(retinue: Run, out: Path) -> None:
    retinue("path", "state", str(out), "--submit", "--role", "desk", "--at", _T)
    offer = out.parent / "offer.csv"
    content = offer_of(asked_of_plan(sample_plan())).content()
    assert content is not None
    offer.write_bytes(content)
    retinue("path", "state", str(out), "--offer", "--role", "manager", "--file", str(offer),
            "--at", _T)  # fmt: skip
    retinue("path", "state", str(out), "--accept", "--role", "desk", "--at", _T)
    retinue("path", "state", str(out), "--freeze", "--role", "desk", "--at", _T)


def test_a_list_alone_is_told(retinue: Run, tmp_path: Path) -> None:
    shown = retinue("restrictions", str(_list(tmp_path))).stdout
    assert "1 restriction, the newest version" in shown and "by Region north" in shown


def test_the_plans_touched_are_told_and_nothing_is_entered_without_a_role(
    retinue: Run, out: Path, tmp_path: Path
) -> None:
    file = _list(tmp_path)
    shown = retinue("restrictions", str(file), "--plans", str(out.parent)).stdout
    assert "RE-OPENED" in shown and "a draft: plan it again" in shown
    _approved(retinue, out)
    before = (out / "approvals.json").read_bytes()
    shown = retinue("restrictions", str(file), "--plans", str(out)).stdout
    assert "leg 2" in shown and "main train" in shown
    assert "nothing is entered without --role" in shown
    assert (out / "approvals.json").read_bytes() == before


def test_a_frozen_plan_gets_an_amendment_once(retinue: Run, out: Path, tmp_path: Path) -> None:
    _approved(retinue, out)
    file = _list(tmp_path)
    asked = ("restrictions", str(file), "--plans", str(out), "--role", "night desk", "--at", _LATER)
    told = json.loads(retinue(*asked, "--json").stdout)
    (plan,) = told["plans"]
    assert (plan["state_before"], plan["state"], plan["amendment"]) == ("frozen", "submitted", 1)
    assert plan["reopened"][0]["change"]["sender"] == "Region north"
    assert "entered before" in retinue(*asked).stdout
    assert (
        "ok     approvals: 4 approvals, 1 amendment" in retinue("check", str(out), expect=4).stdout
    )
    shown = retinue("path", "state", str(out)).stdout
    assert "amendment 1 by night desk: approvals 2, 3, 4 lapse: re-opened" in shown
    # A newer version of the same possession re-opens it anew.
    told = json.loads(retinue("restrictions", str(_list(tmp_path, 2)), *asked[2:], "--json").stdout)
    assert told["plans"][0]["amendment"] == 2


def test_a_torn_plan_does_not_keep_the_others_from_being_looked_at(
    retinue: Run, out: Path, tmp_path: Path
) -> None:
    torn = out.parent / "another"
    torn.mkdir()
    (torn / "plan.json").write_text("{")
    shown = retinue(
        "restrictions", str(_list(tmp_path)), "--plans", str(out.parent), expect=2
    ).stdout
    assert "FAULT, NOT LOOKED AT" in shown and "RE-OPENED" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--role", "x"], "goes with --plans"),
        (["--complete"], "goes with --plans"),
        (["--plans", ".", "--at", _T], "without a role"),
        (["--plans", "nowhere"], "no plan lies there"),
    ],
)
def test_wrong_words_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(program(), ["restrictions", str(_list(tmp_path)), *arguments])
    assert isinstance(done.exception, InputError)
    assert words in str(done.exception)


def test_a_frozen_plan_stays_unless_the_change_is_entered(retinue: Run, out: Path) -> None:
    from retinue.cli.path_state import enter_amendment
    from retinue.report.outputs import write_outputs

    _approved(retinue, out)
    changed = shifted(sample_plan(), 300.0)
    with pytest.raises(InputError, match="frozen"):
        write_outputs(changed, out, pdf=False, page=False)
    assert "frozen" in retinue("path", "state", str(out)).stdout
    write_outputs(changed, out, pdf=False, page=False, amended=True)
    enter_amendment(out, changed, "dispatcher")
    assert "now offered" in retinue("path", "state", str(out)).stdout


def test_an_offer_that_does_not_fit_is_accepted_with_a_reason_only(
    retinue: Run, out: Path, tmp_path: Path
) -> None:
    retinue("path", "state", str(out), "--submit", "--role", "desk", "--at", _T)
    late = tmp_path / "late.csv"
    content = offer_of(asked_of_plan(sample_plan()), 3_600.0).content()
    assert content is not None
    late.write_bytes(content)
    state = ("path", "state", str(out))
    shown = retinue(*state, "--offer", "--role", "manager", "--file", str(late), "--at", _T).stdout
    assert "the offer is not what was asked for" in shown
    assert "--despite" in retinue(
        *state, "--accept", "--role", "desk", "--at", _T, expect=2
    ).stderr  # fmt: skip
    late.write_bytes(content + b"\r\n")
    assert "not among what was offered" in retinue(
        *state, "--accept", "--role", "desk", "--at", _T, "--file", str(late), expect=2
    ).stderr  # fmt: skip
    shown = retinue(
        *state, "--accept", "--role", "desk", "--at", _T, "--despite", "no other path that day"
    ).stdout
    assert "accepted because: no other path that day" in shown
    torn = tmp_path / "torn.xml"
    torn.write_text("<PathDetailsMessage>")
    folder = out.parent / "second"
    folder.mkdir()
    (folder / "plan.json").write_text(sample_plan().to_json())
    retinue("path", "state", str(folder), "--submit", "--role", "desk", "--at", _T)
    assert "torn.xml" in retinue(
        "path", "state", str(folder), "--offer", "--role", "m", "--file", str(torn), "--at", _T,
        expect=2,
    ).stderr  # fmt: skip
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.4 \xff")
    retinue("path", "state", str(folder), "--offer", "--role", "m", "--file", str(letter),
            "--at", _T)  # fmt: skip
    assert "letter.pdf is no path offer" in retinue(
        "path", "state", str(folder), "--accept", "--role", "desk", "--at", _T, expect=2
    ).stderr  # fmt: skip
