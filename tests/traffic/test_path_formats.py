"""What is written as XML or CSV and read again is the same; hostile files are told, not met."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.checks.path_message import check_path_message
from retinue.errors import InputError
from retinue.traffic.path_csv import COLUMNS, path_csv, read_path_csv
from retinue.traffic.path_message import PathMessage
from retinue.traffic.path_offer import read_offer
from retinue.traffic.path_xml import Parties, open_items, path_xml, timetable_year
from retinue.traffic.path_xml_reading import place_key, read_path_xml, zones_of
from retinue.traffic.xml_tree import read_xml
from tests.traffic.drawn_paths import requests, small_request

FULL = Parties(
    sender="3500", recipient="00AB", contact="Desk", mail="desk@example.org", at_s=1.6e9,
    train_number="70001",
)  # fmt: skip


def _plain(message: PathMessage) -> bool:
    """Whether every place reads one clock wherever it is named."""
    keys = [place_key(point.place) for point in message.points]
    return len(set(keys)) == len(keys)


@given(requests().filter(_plain))
@settings(max_examples=30)
def test_a_request_survives_xml(message: PathMessage) -> None:
    text = path_xml(message, FULL)
    first = message.points[0].zone
    assert read_path_xml(text.encode(), "x.xml", zones_of([message]), first) == message
    assert path_xml(message, FULL) == text


@given(requests())
@settings(max_examples=30)
def test_a_request_survives_the_sheet(message: PathMessage) -> None:
    parts = message.split()
    for whole in ((message,), parts):
        assert read_path_csv(path_csv(whole), "x.csv") == whole


@given(requests().filter(_plain))
@settings(max_examples=15)
def test_what_is_written_keeps_the_message_s_structure(message: PathMessage) -> None:
    # Country and location codes are the sender's to fill in: all else is in its place.
    for part in message.split():
        text = path_xml(part, FULL, message)
        assert check_path_message(text.encode()).faults == ()
        assert check_path_message(path_xml(part).encode()).faults == ()


def test_parts_share_the_point_at_which_one_hands_over_to_the_next() -> None:
    message = small_request()
    parts = message.split()
    assert [[point.place for point in part.points] for part in parts] == [list("ABC"), list("CD")]
    for one, two in pairwise(parts):
        assert one.points[-1].place == two.points[0].place
        assert one.points[-1].kinds == two.points[0].kinds == ("04",)
        assert one.id != two.id
    assert sum(len(part.points) - 1 for part in parts) == len(message.points) - 1


def test_the_year_changes_on_the_second_saturday_of_december() -> None:
    from datetime import date

    # Timetable 2024 began on Sunday 10 December 2023, 2025 on 15 December 2024 (RailNetEurope).
    assert timetable_year(date(2023, 12, 9)) == 2023
    assert timetable_year(date(2023, 12, 10)) == 2024
    assert timetable_year(date(2024, 12, 14)) == 2024
    assert timetable_year(date(2024, 12, 15)) == 2025


def test_what_nobody_has_said_is_listed_and_not_invented() -> None:
    message = small_request()
    told = open_items(message, Parties())
    assert "Sender: company code" in told
    assert "<Sender>" not in path_xml(message)
    assert "Sender: company code" not in open_items(message, FULL)
    with pytest.raises(InputError, match="no company code"):
        Parties(sender="way too long")
    with pytest.raises(InputError, match="no train number"):
        Parties(train_number="IC 5")


_GOOD = """<PathDetailsMessage xmlns="http://www.era.europa.eu/schemes/TAFTSI/3.1">
<PathInformation>
<PlannedJourneyLocation><PrimaryLocationName>A</PrimaryLocationName><TimingAtLocation>
<Timing TimingQualifierCode="ALD"><Time>10:00:00</Time><Offset>0</Offset></Timing>
</TimingAtLocation></PlannedJourneyLocation>
<PlannedJourneyLocation><PrimaryLocationName>B</PrimaryLocationName><TimingAtLocation>
<Timing TimingQualifierCode="ALA"><Time>11:00:00</Time><Offset>0</Offset></Timing>
</TimingAtLocation></PlannedJourneyLocation>
<PlannedCalendar><ValidityPeriod><StartDateTime>2023-09-10T00:00:00</StartDateTime>
</ValidityPeriod></PlannedCalendar></PathInformation></PathDetailsMessage>
"""


def test_a_small_offer_of_another_hand_is_read(tmp_path: Path) -> None:
    file = tmp_path / "offer.xml"
    file.write_text(_GOOD)
    (offer,) = read_offer(file, [])
    assert offer.kind == "offer"
    assert [point.place for point in offer.points] == ["A", "B"]
    assert offer.points[1].arrive_s == 1694343600.0  # 2023-09-10T11:00:00Z


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("10:00:00", "25:00:00", 4, "no time of day"),
        ("11:00:00", "09:00:00", 6, "lies before"),
        ("<Offset>0</Offset></Timing>\n</TimingAtLocation></PlannedJourneyLocation>\n<PlannedCal",
         "<Offset>x</Offset></Timing>\n</TimingAtLocation></PlannedJourneyLocation>\n<PlannedCal",
         7, "no number of days"),
        ("2023-09-10T00", "2023-99-10T00", 9, "no date"),
        ("PathDetailsMessage", "Gibberish", 1, "no path message"),
        ("<PathInformation>", "<PathInformation><", 2, "no XML"),
        ("<PrimaryLocationName>A</PrimaryLocationName>", "", 3, "neither name nor code"),
        ('TimingQualifierCode="ALD"', 'TimingQualifierCode="XYZ"', 3, "neither arrival"),
        ("<PathDetailsMessage", '<!DOCTYPE a [<!ENTITY b "c">]><PathDetailsMessage', 1,
         "document type"),
    ],
)  # fmt: skip
def test_a_faulty_message_is_named_by_line(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    file = tmp_path / "offer.xml"
    file.write_text(_GOOD.replace(old, new))
    with pytest.raises(InputError, match=words) as error:
        read_offer(file, [])
    assert error.value.where.startswith(f"{file}:{line}")


@pytest.mark.parametrize(
    ("sheet", "line", "words"),
    [
        ("place,arrive_utc\nA,\n", 1, '"depart_utc" is missing'),
        ("place,arrive_utc,depart_utc\nA,,tomorrow\n", 2, "no moment with a zone"),
        ("place,arrive_utc,depart_utc\nA,,2023-09-10T10:00:00\n", 2, "no moment with a zone"),
        ("place,arrive_utc,depart_utc\nA,,2023-99-10T10:00:00Z\n", 2, "no moment with a zone"),
        ("place,arrive_utc,depart_utc\nA,,2023-09-10T10:00:00Z\n", 2, "at least two points"),
        ("place,arrive_utc,depart_utc\nA,,2023-09-10T10:00:00Z\nB,2023-09-10T09:00:00Z,\n", 3,
         "lies before"),
        ("place,arrive_utc,depart_utc,length_m\nA,,2023-09-10T10:00:00Z,nan\n", 2, "no number"),
        ("place,arrive_utc,depart_utc,zone\nA,,2023-09-10T10:00:00Z,Mars/Base\n", 2,
         "no time zone"),
        ("place,arrive_utc,depart_utc,place\n", 1, "stands twice"),
        ("place,arrive_utc,depart_utc\nA,,\n", 2, "neither arrival"),
        ("place,arrive_utc,depart_utc\nA,,2023-09-10T10:00:00Z,x,y\n", 2, "5 cells"),
    ],
)  # fmt: skip
def test_a_faulty_sheet_is_named_by_line(sheet: str, line: int, words: str) -> None:
    with pytest.raises(InputError, match=words) as error:
        read_path_csv(sheet, "offer.csv")
    assert error.value.where.startswith(f"offer.csv:{line}")


@given(st.binary(max_size=300))
@settings(max_examples=80)
def test_no_file_is_met_with_a_traceback(content: bytes) -> None:
    for read in (_tree, _offer):
        try:
            read(content)
        except InputError as error:
            assert error.message


def _tree(content: bytes) -> object:
    return read_xml(content, "f")


def _offer(content: bytes) -> object:
    import tempfile

    with tempfile.NamedTemporaryFile() as stream:
        stream.write(content)
        stream.flush()
        return read_offer(Path(stream.name), [])


@given(requests().filter(_plain), st.data())
@settings(max_examples=30)
def test_a_garbled_message_is_read_or_told(message: PathMessage, data: st.DataObject) -> None:
    text = path_xml(message, FULL) if data.draw(st.booleans()) else path_csv([message])
    at = data.draw(st.integers(0, len(text) - 1))
    garbled = text[:at] + data.draw(st.text(max_size=4)) + text[at + data.draw(st.integers(0, 5)) :]
    try:
        _offer(garbled.encode("utf-8", "surrogatepass"))
    except InputError as error:
        assert error.message


def test_a_sheet_runs_no_formula() -> None:
    message = small_request()
    evil = replace(message.points[0], place="=cmd|' /C calc'!A0")
    named = replace(message, points=(evil, *message.points[1:]))
    sheet = path_csv([named])
    assert ",=cmd" not in sheet
    assert read_path_csv(sheet, "x")[0].points[0].place == evil.place
    assert sheet.splitlines()[0] == ",".join(COLUMNS)
