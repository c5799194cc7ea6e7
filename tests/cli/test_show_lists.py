"""The lists of `retinue show` as a user gets them: as text and as JSON, each by its flag."""

from __future__ import annotations

import json

import pytest

from retinue.plan import Plan
from tests.cli.conftest import Run


@pytest.fixture
def saved(vladivostok: Plan, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("saved")
    (folder / "plan.json").write_text(vladivostok.to_json(), encoding="utf-8")
    return str(folder)


def test_the_lists_stand_under_each_other(retinue: Run, saved: str) -> None:
    text = retinue("show", saved, "--notes", "--conditions", "--deadlines", "--legs").stdout
    for words in (
        "Own cars from the train: no communications vehicle", "what it starts", "road escort",
        "Fuel, masses and times", "Cars off the train", "by air: 1 ",
    ):  # fmt: skip
        assert words in text


def test_the_lists_are_data_too(retinue: Run, saved: str, vladivostok: Plan) -> None:
    done = retinue("show", saved, "--notes", "--conditions", "--deadlines", "--legs", "--json")
    found = json.loads(done.stdout)
    assert len(found["conditions"]) == len(vladivostok.conditions)
    assert len(found["deadlines"]) == len(vladivostok.deadlines)
    assert set(found["legs"]) == {leg.id for leg in vladivostok.legs}
    assert found["notes"]


def test_the_summary_names_the_folder_that_was_asked_for(retinue: Run, saved: str) -> None:
    assert f"retinue show {saved} --conditions" in retinue("show", saved).stdout
