"""What is done to a train at a stop, and which train leaves it."""

from __future__ import annotations

import pytest

from retinue.errors import NoPlan
from retinue.rail.leg import RailStop
from retinue.rail.standing import BORDER_CONTROLS_S, work_at
from tests.rail.convoys import diesels, exchange, train
from tests.rail.drawn_route import drawn

ROUTE = drawn("A---B---C~~D==e==F", exchange_at="C")


def _point(letter: str):  # type: ignore[no-untyped-def]
    entry = ROUTE.point(letter)
    assert entry is not None
    return entry


def test_a_plain_stop_has_no_tasks_and_changes_nothing() -> None:
    work = work_at(train("special-21"), ROUTE, _point("B"), RailStop("B", 1200.0, why="crew"))
    assert work.tasks == ()
    assert work.likely_s == 0.0
    assert work.leaves is train("special-21")


def test_a_bogie_exchange_leaves_the_locomotives_behind() -> None:
    work = work_at(train("special-21"), ROUTE, _point("C"), exchange("C"))
    assert work.leaves.gauge_mm == 1520
    assert [v.vehicle.title for v in work.leaves.locomotives] == ["M62", "M62"]
    assert len(work.leaves.coaches) == 21
    assert work.low_s < work.likely_s < work.high_s
    assert 0.0 < work.facility_s < work.likely_s
    assert sum(duration for _, duration in work.tasks) == pytest.approx(work.likely_s)
    assert work.marks[0][0] == "gauge-change"


def test_a_bogie_exchange_without_fresh_locomotives_is_refused() -> None:
    with pytest.raises(NoPlan) as caught:
        work_at(train("special-21"), ROUTE, _point("C"), RailStop("C", why="bogie exchange"))
    assert caught.value.reasons[0].kind == "locomotive"
    assert "1520 mm" in caught.value.cure


def test_a_bogie_exchange_where_there_is_none_is_refused() -> None:
    with pytest.raises(NoPlan) as caught:
        work_at(train("special-21"), ROUTE, _point("B"), exchange("B"))
    assert caught.value.reasons[0].kind == "gauge"


def test_a_reversal_turns_the_formation() -> None:
    work = work_at(train("special-21"), ROUTE, _point("E"), RailStop("E", why="reversal"))
    before, after = train("special-21").coaches, work.leaves.coaches
    assert [v.id for v in after] == [v.id for v in reversed(before)]
    assert all(v.turned for v in after)
    assert work.likely_s > 0.0
    assert work.marks[0][0] == "reversal"


def test_fresh_locomotives_at_a_reversal_need_no_run_round() -> None:
    stop = RailStop("E", why="locomotives", locomotives=diesels())
    work = work_at(train("special-21").on_gauge(1520), ROUTE, _point("E"), stop)
    assert work.marks[0][0] == "locomotive-change"
    assert len(work.marks) == 1
    assert [v.id for v in work.leaves.coaches] == [
        v.id for v in reversed(train("special-21").coaches)
    ]


def test_border_controls_without_a_time_are_assumed_and_said() -> None:
    work = work_at(train("special-21"), ROUTE, _point("D"), RailStop("D", why="border"))
    assert work.likely_s == BORDER_CONTROLS_S
    assert work.assumed[0][0] == "border controls"
    given = work_at(train("special-21"), ROUTE, _point("D"), RailStop("D", 600.0, why="border"))
    assert given.likely_s == 0.0


def test_tasks_follow_a_wait_for_the_facility() -> None:
    work = work_at(train("special-21"), ROUTE, _point("C"), exchange("C"))
    tasks = work.timed(900.0)
    assert tasks[0].what == "waits for the facility"
    assert tasks[1].start_s == 900.0
    assert tasks[-1].start_s + tasks[-1].duration_s == pytest.approx(900.0 + work.likely_s)
