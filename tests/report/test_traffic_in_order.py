"""Traffic in order and page: all that search found, of protection nothing, and stale told so."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from retinue.checks import check_traffic_of
from retinue.plan import Plan
from retinue.plan.moved_traffic import moved_traffic
from retinue.plan.traffic_document import TrafficDocument
from retinue.report.chapter import Picture
from retinue.report.table import Table
from retinue.report.traffic_chapter import traffic_book, traffic_drawings
from retinue.report.traffic_in_order import order_traffic, path_table, shown, traffic_sections
from tests.report.sample_adopted import LEG, adopted

WIDTHS = {"wide": 700.0, "narrow": 340.0}


@pytest.fixture(scope="module")
def made(sample: Plan) -> tuple[Plan, TrafficDocument]:
    return adopted(sample)


def test_the_chapter_has_graph_path_tables_cost_curve_and_stations(
    made: tuple[Plan, TrafficDocument],
) -> None:
    plan, document = made
    (chapter,) = order_traffic(plan, document, 507.0)
    titles = [part.title for part in chapter.parts if isinstance(part, Picture | Table)]
    assert titles == [
        "Time and distance", "The path that was found", "Trains that give way", "Their times",
        "Conflicts left", "What a later departure costs others", "Tracks of Adorf",
        "Tracks of Ehau", "Tracks of Hofen", "Tracks of Ilanz",
    ]  # fmt: skip
    words = " ".join(part for part in chapter.parts if isinstance(part, str))
    # 4 320 s and 3 600 s in minutes.
    assert "Weighted delay 72 minutes" in words
    assert "no way of clearing costs less than 60" in words
    assert "3 trains give way" in words
    assert order_traffic(plan, None, 507.0) == []


def test_the_book_and_the_files_have_the_curve_too(made: tuple[Plan, TrafficDocument]) -> None:
    plan, document = made
    part = document.legs[0]
    assert "trade-off.svg" in traffic_drawings(plan, part.record, part.cost)
    assert "trade-off.svg" not in traffic_drawings(plan, part.record)
    pages = PdfReader(io.BytesIO(traffic_book(plan, part.record, part.cost))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "What a later departure costs others" in text
    # The book is for whoever is cleared.
    assert "Held free by rules" in text


def test_the_page_has_the_same_for_desks_and_phones(made: tuple[Plan, TrafficDocument]) -> None:
    page = traffic_sections(*made, WIDTHS)
    assert page.count("<section") == 1
    assert page.count("time-distance-chart") == page.count("trade-off-chart") == 2
    assert 'class="wide"' in page
    assert 'class="narrow"' in page
    assert traffic_sections(made[0], None, WIDTHS) == ""


def test_what_rules_hold_is_shown_to_nobody_here(made: tuple[Plan, TrafficDocument]) -> None:
    plan, document = made
    assert document.legs[0].record.windows
    page = traffic_sections(plan, document, WIDTHS)
    for secret in ("opposite held", "stations sealed", "Held free", "sealed"):
        assert secret not in page, secret
    cut = shown(document.legs[0].record)
    assert not cut.windows
    assert [train.role for train in cut.trains if train.special] == [
        train.role for train in document.legs[0].record.trains if train.special
    ]


def test_a_path_tells_stands_to_the_second_and_ceilings(
    made: tuple[Plan, TrafficDocument],
) -> None:
    plan, document = made
    table = path_table(document.legs[0], plan.legs[0])
    assert [row[4] for row in table.rows] == [
        "departs", "waits for other trains", "at most 81 km/h from km 50.0 to km 60.0", "arrives",
    ]  # fmt: skip
    # 35 min after 08:00; Ehau lies 28.5 min at 80 km/h from there, where it stands for 6 min.
    assert table.rows[0][3] == "08:35:00"
    assert table.rows[1][2:4] == ("09:03:30", "09:09:30")
    assert "+02" in table.note


def test_a_plan_that_keeps_its_path_is_not_stale(made: tuple[Plan, TrafficDocument]) -> None:
    plan, document = made
    moved = moved_traffic(plan, document.legs[0])
    assert not moved.moved
    assert moved.record is document.legs[0].record
    faults = [fault for found in check_traffic_of(plan, document)[:1] for fault in found.faults]
    assert faults == []


def test_a_late_plan_is_drawn_where_it_is_and_says_whom_it_meets(sample: Plan) -> None:
    plan, document = adopted(sample, later_s=1_200.0)
    moved = moved_traffic(plan, document.legs[0])
    assert {round(shift.most_s) for shift in moved.shifts} == {1_200}
    before = next(t for t in document.legs[0].record.trains if t.role == "following")
    after = next(t for t in moved.record.trains if t.role == "following")
    for one, two in zip(before.passes, after.passes, strict=True):
        assert two.from_utc - one.from_utc == pytest.approx(1_200.0)
        assert two.to_utc - one.to_utc == pytest.approx(1_200.0)
    (chapter,) = order_traffic(plan, document, 507.0)
    note = chapter.content()["parts"][0]
    assert note["kind"] == "remark"
    assert note["warning"]
    assert "moved off the path that was found, by 20 min" in note["text"].replace("\u00a0", " ")
    assert "it now meets" in note["text"]
    assert "+02 for " in note["text"]
    faults = check_traffic_of(plan, document)[0].faults
    assert any("1200 s later than on the path that was found" in fault for fault in faults)
    assert any("as planned now: " in fault for fault in faults)


def test_a_longer_stand_holds_its_station_longer_and_what_lies_behind_no_longer(
    sample: Plan,
) -> None:
    plan, document = adopted(sample, longer_s=600.0)
    moved = moved_traffic(plan, document.legs[0])
    names = {resource.id: resource.name for resource in moved.record.resources}
    before, after = (
        next(t for t in record.trains if t.role == "main")
        for record in (document.legs[0].record, moved.record)
    )
    later = {
        names[one.resource]: (two.from_utc - one.from_utc, two.to_utc - one.to_utc)
        for one, two in zip(before.passes, after.passes, strict=True)
    }
    assert later["Dorfen"] == (0.0, 0.0)
    assert later["Ehau"] == (0.0, 600.0)
    assert later["Felden"] == (600.0, 600.0)
    assert later["Ilanz"] == (600.0, 600.0)


def test_a_leg_that_is_gone_has_no_chapter_and_a_fault(
    made: tuple[Plan, TrafficDocument], sample: Plan
) -> None:
    plan, document = made
    gone = plan.model_copy(update={"legs": (), "paths": ()})
    assert order_traffic(gone, document, 507.0) == []
    assert moved_traffic(gone, document.legs[0]).moved
    faults = check_traffic_of(gone, document)[0].faults
    assert f"{LEG}: the plan has no such rail leg" in faults
