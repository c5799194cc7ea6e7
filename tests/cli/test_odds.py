"""`retinue odds`: strategy, draw, release and override, as a user runs them."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.protection.two_ways import leg, line, plan


@pytest.fixture
def written(tmp_path: Path) -> Path:
    asked = plan(leg(line()), alternatives=(leg(line(bulge_km=20)),))
    (tmp_path / "plan.json").write_text(asked.to_json(), "utf-8")
    return tmp_path / "plan.json"


def test_odds_are_shown_as_text_and_json(retinue: Run, written: Path) -> None:
    text = retinue("odds", "plan.json").stdout
    assert "greatest guess" in text
    assert "plan+0" in text
    record = json.loads(retinue("odds", "plan.json", "--json").stdout)
    assert record["schema"] == "retinue-odds/1"
    assert abs(record["gap"]) < 1e-9
    assert sum(o["probability"] for o in record["options"]) == pytest.approx(1.0)


def test_a_draw_is_sealed_and_two_people_release_it(
    retinue: Run, written: Path, tmp_path: Path
) -> None:
    done = retinue("odds", "plan.json", "--draw", "-o", "sealed")
    folder = tmp_path / "sealed"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()} == {0o600}
    assert "plan+" not in done.stdout
    assert "alternative" not in done.stdout
    shares = ("sealed/draw-share-1.json", "sealed/draw-share-2.json")
    public = ("--commitment", "sealed/draw-commitment.json")
    opened = json.loads(retinue("odds", "--release", *shares, *public, "--json").stdout)
    known = json.loads(retinue("odds", "plan.json", "--json").stdout)["options"]
    chosen = next(o for o in known if o["id"] == opened["option"])
    assert chosen["probability"] > 0
    retinue("odds", "--release", shares[0], shares[0], *public, expect=2)
    retinue("odds", "plan.json", "--draw", "-o", "sealed", expect=2)


def test_an_override_is_warned_of_with_its_price(retinue: Run, written: Path) -> None:
    assert (
        "raises the greatest guess" in retinue("odds", "plan.json", "--override", "plan+0").stdout
    )
    record = json.loads(
        retinue(
            "odds", "plan.json", "--override", "plan+0", "--override-chance", "0.1", "--json"
        ).stdout
    )
    assert record["loss"] > 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("odds",), ("odds", "nowhere"), ("odds", "plan.json", "--policy", "no-such"),
        ("odds", "plan.json", "--override", "plan+7"),
        ("odds", "plan.json", "--override", "plan+0", "--draw"),
        ("odds", "--release", "a", "b"), ("odds", "plan.json", "--release", "a", "b"),
        ("odds", "plan.json", "--protection", "no-such"),
        ("odds", "plan.json", "--override", "plan+0", "--override-chance", "nan"),
    ],
)  # fmt: skip
def test_bad_input_is_a_sentence(retinue: Run, written: Path, arguments: tuple[str, ...]) -> None:
    retinue(*arguments, expect=2)
