"""The document of traffic: what is written is read again, what was changed is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from retinue.errors import InputError
from retinue.plan.traffic import TrafficRecord
from retinue.plan.traffic_document import InsertionAsked, LegTraffic, TrafficDocument
from retinue.plan.train_path import AdoptedPath, PathStand


def _document() -> TrafficDocument:
    def stand(at_m: float, moment: float) -> PathStand:
        return PathStand(
            id="a", place="Adorf", at_m=at_m, lat=47.0, lon=8.0, zone="Europe/Zurich",
            arrive_utc=moment, depart_utc=moment, asked=True,
        )  # fmt: skip

    path = AdoptedPath(
        leg="1-rail", feed="feed", date="2026-01-05", view="optimistic",
        # A fraction of a second decides whether two trains meet: it stays.
        stands=(stand(0.0, 1_767_593_400.0), stand(1e4 / 3, 1_767_594_000.123_456)),
        shares=((0.0, 0.953_125),),
    )  # fmt: skip
    part = LegTraffic(
        leg="1-rail", title="Adorf to Bedorf", asked=InsertionAsked(feed="feed"), path=path,
        record=TrafficRecord(view="optimistic", resources=(), trains=()),
    )  # fmt: skip
    return TrafficDocument(plan_hash="0" * 64, title="A visit", legs=(part,)).sealed()


def test_reading_what_was_written_gives_the_same_bytes(tmp_path: Path) -> None:
    document = _document()
    text = document.to_json()
    read = TrafficDocument.from_json(text)
    assert read == document
    assert read.to_json() == text
    assert TrafficDocument.beside(tmp_path) is None
    (tmp_path / "traffic.json").write_text(text, "utf-8")
    assert TrafficDocument.beside(tmp_path) == document
    assert TrafficDocument.beside(tmp_path / "plan.json") == document
    assert document.of_leg("1-rail") is document.legs[0]
    assert document.of_leg("2-rail") is None


def _changed(**values: Any) -> str:
    return json.dumps(json.loads(_document().to_json()) | values)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no sound document"),
        ("[]", "its schema is not"),
        ("{", "no sound document"),
        ("[" * 100_000, "no sound document"),
        ('{"schema": "retinue-traffic/9"}', "its schema is not"),
        (_changed(title="Another"), "its hash differs"),
        (_changed(legs=[]), "no sound document"),
        (_changed(legs="x"), "no sound document"),
        (_changed(surprise=1), "no sound document"),
        (_document().to_json().replace("1767594000.123456", "1e300"), "no sound document"),
        (_document().to_json().replace("1767594000.123456", "NaN"), "NaN is no number"),
    ],
)
def test_what_is_no_document_or_was_changed_is_refused(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as refused:
        TrafficDocument.from_json(text, "visit/traffic.json")
    assert refused.value.where == "visit/traffic.json"
    assert "retinue insert" in refused.value.cure
