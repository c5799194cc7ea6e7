"""The plan document: one form, one hash, and errors for what is no plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from retinue.errors import InputError
from retinue.plan import Plan


def test_the_hash_is_that_of_the_content_without_time_and_machine(vladivostok: Plan) -> None:
    assert vladivostok.digest() == vladivostok.hash
    assert vladivostok.sealed("2026-11-22T10:00:00Z").hash == vladivostok.hash
    changed = vladivostok.model_copy(update={"title": "another"})
    assert changed.digest() != vladivostok.hash


def test_a_plan_loads_from_its_folder_or_file(vladivostok: Plan, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(vladivostok.to_json(), encoding="utf-8")
    assert Plan.load(tmp_path).hash == Plan.load(tmp_path / "plan.json").hash == vladivostok.hash


def test_times_in_the_file_are_utc_and_positions_the_fronts(vladivostok: Plan) -> None:
    record = json.loads(vladivostok.to_json())
    rail = record["legs"][1]
    assert rail["depart_utc"].endswith("Z")
    main = next(m for m in rail["movements"] if m["role"] == "main")
    assert len(main["time_utc"]) == len(main["distance_m"]) == len(main["lat_deg"])
    assert {m["role"] for m in rail["movements"]} == {"main", "advance", "following"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[]", "schema"),
        ('{"schema": "retinue-plan/0"}', "retinue-plan/1"),
        ('{"schema": "retinue-plan/1"}', "not a sound plan"),
    ],
)
def test_what_is_no_plan_is_refused(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Plan.from_json(text)


def test_a_missing_plan_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no plan here"):
        Plan.load(tmp_path)
