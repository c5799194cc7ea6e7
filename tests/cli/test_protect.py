"""`retinue protect` as its users run it: an annex that only its key opens, and a log of who did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def planned(retinue: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RETINUE_CATALOGUE", str(tmp_path / "catalogue"))
    (tmp_path / "trip.yaml").write_text(
        "retinue: 1\ntitle: A trip\ndepart: 2026-05-04 10:00 Europe/Vaduz\nlegs:\n"
        "  - road: {from: Vaduz, to: Feldkirch, convoy: state-motorcade}\n"
        "protection: standard\n",
        encoding="utf-8",
    )
    retinue("plan", "trip.yaml", "-o", "out", "--no-pdf", "--no-page", "-q")
    return tmp_path


def test_the_annex_is_closed_and_the_plan_says_nothing_of_it(retinue: Run, planned: Path) -> None:
    before = (planned / "out" / "plan.json").read_bytes()
    told = retinue("protect", "out").stdout
    assert "a new key was made" in told and "annex.retinue" in told
    annex = planned / "out" / "restricted" / "annex.retinue"
    assert annex.stat().st_mode & 0o777 == 0o600
    assert annex.parent.stat().st_mode & 0o777 == 0o700
    text = annex.read_text(encoding="utf-8")
    for word in ("Vaduz", "Feldkirch", "A trip", "standard"):
        assert word not in text
    assert (planned / "out" / "plan.json").read_bytes() == before
    key = planned / "catalogue" / "keys" / "owner.key"
    assert key.stat().st_mode & 0o777 == 0o600


def test_opening_it_stands_in_the_log(retinue: Run, planned: Path) -> None:
    retinue("protect", "out", "-q")
    refused = retinue("protect", "out", "--open", expect=2)
    assert "--why" in refused.stderr
    retinue("protect", "out", "--open", "--as", "commander", "--why", "briefing")
    log = (planned / "out" / "restricted" / "annex.log").read_text(encoding="utf-8")
    entry = json.loads(log.splitlines()[-1])
    assert (entry["role"], entry["purpose"]) == ("commander", "briefing")


def test_another_key_does_not_open_it(retinue: Run, planned: Path) -> None:
    retinue("protect", "out", "-q")
    retinue("protect", "out", "-q", "--new-key", "second.key")
    refused = retinue("protect", "out", "--open", "--why", "x", expect=2)
    assert "another key" in refused.stderr
    retinue("protect", "out", "--open", "--why", "x", "--key", "second.key", "-q")


def test_what_is_restricted_outlives_a_plan_that_is_written_again(
    retinue: Run, planned: Path
) -> None:
    retinue("protect", "out", "-q")
    retinue("protect", "out", "--open", "--why", "x", "-q")
    retinue(
        "plan",
        "trip.yaml",
        "-o",
        "out",
        "--no-pdf",
        "--no-page",
        "-q",
        "--depart",
        "2026-05-04 11:00",
    )
    told = retinue("protect", "out", "--open", "--why", "y").stdout
    assert "earlier version" in told
    assert len((planned / "out" / "restricted" / "annex.log").read_text().splitlines()) == 2


def test_a_role_that_nobody_fills_is_an_error_at_the_freeze(retinue: Run, planned: Path) -> None:
    refused = retinue("protect", "out", "-q", "--freeze", expect=2)
    assert "protection commander" in refused.stderr
    contacts = planned / "contacts.yaml"
    contacts.write_text(
        "retinue contacts: 1\nroles:\n  protection commander: {name: A, telephone: '123'}\n",
        "utf-8",
    )
    contacts.chmod(0o644)
    refused = retinue("protect", "out", "-q", "--freeze", "--contacts", "./contacts.yaml", expect=2)
    assert "chmod 600" in refused.stderr
    contacts.chmod(0o600)
    refused = retinue("protect", "out", "-q", "--freeze", "--contacts", "./contacts.yaml", expect=2)
    assert "principal's office" in refused.stderr and "deputy" in refused.stderr
    roles = ("protection commander", "deputy protection commander", "principal's office")
    contacts.write_text(
        "retinue contacts: 1\nroles:\n"
        + "".join(f'  "{role}": {{name: A, telephone: "123"}}\n' for role in roles),
        "utf-8",
    )
    retinue("protect", "out", "-q", "--freeze", "--contacts", "./contacts.yaml")


def test_lists_and_json(retinue: Run, planned: Path) -> None:
    record = json.loads(retinue("protect", "out", "--json", "--show", "decisions,crews").stdout)
    assert record["faults"] == [] and record["policy"] == "standard"
    assert {d["what"] for d in record["decisions"]} == {
        "go / no-go",
        "fallback",
        "release",
        "cancel",
    }
    refused = retinue("protect", "out", "--show", "closure", expect=2)
    assert "closures" in refused.stderr
    text = retinue("protect", "out", "--show", "decisions,channels,closures").stdout
    assert "closures: none" in text and "convoy radio" in text
