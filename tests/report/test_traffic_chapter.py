"""The chapter on traffic: the same bytes each time, every train that gives way, nothing unsaid."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from retinue.errors import InputError
from retinue.plan import PlaceRecord, Plan
from retinue.report.traffic_chapter import (
    traffic_book,
    traffic_chapter,
    traffic_drawings,
    traffic_section,
)
from retinue.report.traffic_tables import altered_table, call_table, overlap_table, window_table
from tests.report.sample_traffic import ZONE, sample_traffic

RECORD = sample_traffic()


@pytest.fixture(scope="module")
def plan(sample: Plan) -> Plan:
    """Return the sample plan with nothing but the place where the sample traffic begins."""
    adorf = PlaceRecord(name="Adorf", lat=47.0, lon=8.0, country="CH", zone=ZONE)
    return sample.model_copy(update={"legs": (), "origin": adorf, "title": "Adorf to Ilanz"})


def test_the_book_is_the_same_bytes_and_says_what_must_be_said(plan: Plan) -> None:
    book = traffic_book(plan, RECORD)
    assert traffic_book(plan, RECORD) == book
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(book)).pages)
    for words in (
        "R 4712", "cancelled", "waits at Hofen", "opposite held", "Station tracks",
        "pessimistic view", "Tuesday 3 June 2014", "local time +02", "block length of 3 km",
        "Block ends are drawn evenly",
    ):  # fmt: skip
        assert words in text, words


def test_every_altered_train_is_in_the_tables() -> None:
    table = altered_table(RECORD, ZONE)
    assert [row[1] for row in table.rows] == ["held", "re-timed", "cancelled"]
    assert table.rows[0][5] == "+44 min"
    assert table.rows[2][4] == "does not run"
    calls = call_table(RECORD, ZONE)
    assert ("IC 705", "Ehau", "09:21", "09:23", "09:37", "09:39", "+16 min") in calls.rows
    assert not any(row[1] == "Adorf" for row in calls.rows if row[0] == "R 4712")
    # Two blocks, one meeting.
    (meeting,) = overlap_table(RECORD, ZONE).rows
    assert meeting[:2] == (
        "Cargo 60991 / IC 706", "Grund - Hofen, block 2 to Grund - Hofen, block 1 (2 places)",
    )  # fmt: skip
    assert meeting[3] == "110 s"
    assert "1 of the published timetable" in overlap_table(RECORD, ZONE).note
    assert [row[0] for row in window_table(RECORD, ZONE).rows] == [
        "opposite held", "opposite held", "stations sealed",
    ]  # fmt: skip


def test_figures_add_up() -> None:
    figures = {what: value for value, what in traffic_chapter_figures()}
    assert figures["trains give way"] == "3"
    assert figures["of delay together"] == "1 h 00"
    # 44 min of 100 and 16 min of 400 people.
    assert figures["of passengers' time"] == f"{(44 * 100 + 16 * 400) / 60:.0f} h"
    assert figures["conflicts left"] == "1"


def traffic_chapter_figures() -> list[list[str]]:
    from retinue.report.traffic_tables import delay_figures

    return delay_figures(RECORD)


def test_a_long_way_gets_an_overview_and_sheets(plan: Plan) -> None:
    def slower(moment: float) -> float:
        begin = RECORD.trains[0].calls[0].depart_utc
        return begin + (moment - begin) * 6.0

    trains = tuple(
        train.model_copy(
            update={
                "calls": tuple(
                    call.model_copy(
                        update={
                            "arrive_utc": slower(call.arrive_utc),
                            "depart_utc": slower(call.depart_utc),
                        }
                    )
                    for call in train.calls
                )
            }
        )
        for train in RECORD.trains[:3]
    )
    long = RECORD.model_copy(update={"trains": trains, "altered": (), "windows": ()})
    chapter = traffic_chapter(plan, long)
    titles = [graph["title"] for graph in chapter["graphs"]]
    assert titles[0] == "Time and distance, overview"
    assert len(titles) == 5
    assert "time-distance-1.svg" in traffic_drawings(plan, long)


def test_the_section_escapes_and_drawings_have_plain_names(plan: Plan) -> None:
    evil = RECORD.model_copy(update={"assumptions": ("<script>alert(1)</script>",)})
    markup = traffic_section(plan, evil)
    assert "<script" not in markup
    assert markup.count("<svg ") == 2 * (1 + 4)
    assert list(traffic_drawings(plan, RECORD))[:2] == ["time-distance.svg", "station-adorf.svg"]


def test_traffic_without_a_special_train_is_refused(plan: Plan) -> None:
    others = RECORD.model_copy(update={"trains": RECORD.trains[3:]})
    with pytest.raises(InputError, match="no special train"):
        traffic_book(plan, others)
