"""`retinue provision` as its users run it: with the plan, alone, again after a delay."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from retinue.plan import Plan
from retinue.planner.provision import Provisioner
from retinue.world.world import World
from tests.cli.conftest import Run
from tests.house_case import HOUSE


def test_a_house_is_planned_checked_late_and_told(
    retinue: Run, world: World, tmp_path: Path
) -> None:
    (tmp_path / "trip.yaml").write_text(HOUSE, encoding="utf-8")
    told = retinue("plan", "trip.yaml", "--provision", "-o", "out", "--no-page").stdout
    out = tmp_path / "out"
    for name in ("plan.json", "provision.json", "provisioning.pdf", "menu.pdf"):
        assert (out / name).stat().st_mode & 0o777 == 0o600
    assert "promised" in told and "Ussuriysk" in told
    assert (out / ".provision-memory").stat().st_mode & 0o777 == 0o700
    checked = retinue("check", "out").stdout
    assert "ok     stores" in checked and "FAULT" not in checked
    first = (out / "provision.json").read_bytes()
    again = retinue("provision", "out", "--no-pdf", "--no-page", "--show", "meals,costs")
    assert "nothing changed since it was last made" in again.stdout
    assert (out / "provision.json").read_bytes() == first
    late = retinue(
        "actual", "out", "Ussuriysk", "2024-05-04 14:40", "--no-pdf", "--no-page", "--json"
    )
    record = json.loads(late.stdout)
    assert record["provision"]["changes"] and record["provision"]["faults"] == []
    later = (out / "provision.json").read_bytes()
    assert later != first
    # With what was remembered as from nothing.
    shutil.rmtree(out / ".provision-memory")
    retinue("provision", "out", "--no-pdf", "--no-page", "-q")
    assert (out / "provision.json").read_bytes() == later
    # And as whoever uses the library makes it, in one process.
    alone = Provisioner(world).provision(Plan.load(out))
    assert alone.to_json().encode() == later
    retinue("plan", "trip.yaml", "-o", "out", "--no-pdf", "--no-page", "--no-provision")
    assert not (out / "provision.json").exists()


def test_a_broken_document_is_told_and_made_anew(retinue: Run, tmp_path: Path) -> None:
    (tmp_path / "trip.yaml").write_text(HOUSE, encoding="utf-8")
    retinue("plan", "trip.yaml", "-o", "out", "--no-pdf", "--no-page", "-q")
    (tmp_path / "out" / "provision.json").write_bytes(b"\xff\xfe{")
    refused = retinue("check", "out", expect=2)
    assert "retinue provision PLAN" in refused.stderr
    told = retinue("provision", "out", "--no-pdf", "--no-page").stdout
    assert "it is made anew" in told


def test_what_cannot_be_provisioned_is_said(retinue: Run, tmp_path: Path) -> None:
    (tmp_path / "trip.yaml").write_text(
        "retinue: 1\ntitle: A drive\ndepart: 2026-05-04 10:00 Europe/Vaduz\nlegs:\n"
        "  - road: {from: Vaduz, to: Feldkirch, convoy: state-motorcade}\n",
        encoding="utf-8",
    )
    retinue("plan", "trip.yaml", "-o", "out", "--no-pdf", "--no-page", "-q")
    assert "names no policy" in retinue("provision", "out", expect=2).stderr
    assert "no leg by rail" in retinue("provision", "out", "--policy", "standard", expect=2).stderr
    assert "standard" in retinue("provision", "out", "--policy", "standrad", expect=2).stderr
    assert "not a list" in retinue("provision", "out", "--show", "melas", expect=2).stderr
    assert retinue("provision", "nowhere", expect=2).stderr
