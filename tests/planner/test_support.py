"""Support movements: they leave in time for the leg they serve, and say so where they do not."""

from __future__ import annotations

import pytest

from retinue.checks import check_plan
from retinue.errors import InputError
from retinue.journey import journey_from_text
from retinue.plan import Plan
from retinue.planner import Planner
from retinue.world.world import World

_JOURNEY = """\
retinue: 1
title: Pyongyang to Dalian, the cars ahead by cargo aircraft (assumed)
depart: 2018-05-07 09:00 Asia/Pyongyang
legs:
  - air: {{from: ZKPY, to: ZYTL, aircraft: il-62m, payload: 6 t}}
  - road: {{to: Bangchuidao, convoy: state-motorcade}}
places:
  Bangchuidao: {{lat: 38.889, lon: 121.704, country: CN}}
support:
  - {support}
"""
_CARS = "title: cars, air: {{from: ZKPY, to: ZYTL, aircraft: {aircraft}, payload: {payload}}}"


@pytest.fixture(scope="module")
def planner(world: World) -> Planner:
    return Planner(world)


def _cars(aircraft: str = "il-76td", payload: str = "11 t", more: str = "for leg: 2") -> str:
    return f"{{{_CARS.format(aircraft=aircraft, payload=payload)}, {more}}}"


def _plan(planner: Planner, support: str) -> Plan:
    return planner.make(journey_from_text(_JOURNEY.format(support=support), "drawn"))


def test_without_a_departure_it_is_counted_back_from_when_the_vehicles_must_be_ready(
    planner: Planner,
) -> None:
    plan = _plan(planner, _cars())
    support = plan.support[0]
    assert (support.for_leg, support.feasible) == ("2-road", True)
    assert support.due_utc == plan.handovers[0].ready_utc
    # The catalogue's margin is an hour.
    assert support.slack_s == pytest.approx(3600.0, abs=1.0)
    assert support.legs[0].id == "s1-1-air"
    assert any("before it is due" in item.what for item in plan.assumptions)


def test_the_journey_says_how_long_before(planner: Planner) -> None:
    plan = _plan(planner, _cars(more="for leg: 2, before: 3 h"))
    assert plan.support[0].due_utc == plan.legs[1].depart_utc - 3 * 3600


def test_what_comes_too_late_is_told_with_how_much_earlier_it_must_leave(planner: Planner) -> None:
    late = 'for leg: 2, depart: "2018-05-07 09:30"'
    plan = _plan(planner, _cars(more=late))
    support = plan.support[0]
    assert support.feasible and support.slack_s is not None and support.slack_s < 0
    warning = next(n for n in plan.notes if n.subject == "cars" and n.level == "warning")
    assert "it must leave Pyongyang" in warning.text and "earlier" in warning.text
    # Leaving as much earlier as it says, it is there on time.
    minutes = -(-int(-support.slack_s) // 60)
    hour, minute = divmod(9 * 60 + 30 - minutes, 60)
    again = _plan(planner, _cars(more=f'for leg: 2, depart: "2018-05-07 {hour:02d}:{minute:02d}"'))
    slack = again.support[0].slack_s
    assert slack is not None and 0.0 <= slack < 60.0


def test_what_cannot_be_made_is_a_result_with_its_reason(planner: Planner) -> None:
    plan = _plan(planner, _cars(aircraft="an-2", payload="11 t"))
    support = plan.support[0]
    assert not support.feasible and support.reasons and support.legs == ()
    assert any(n.level == "warning" and n.subject == "cars" for n in plan.notes)
    assert "cars: not possible" in plan.summary()


def test_the_summary_and_the_checkers_know_it(planner: Planner) -> None:
    plan = _plan(planner, _cars())
    assert any(line.startswith("with") for line in plan.summary().splitlines())
    assert [fault for finding in check_plan(plan) for fault in finding.faults] == []


def test_a_change_of_the_journey_moves_its_support(planner: Planner, world: World) -> None:
    file = journey_from_text(_JOURNEY.format(support=_cars()), "drawn")
    later = planner.make(file, depart="2018-05-07 11:00")
    assert later.support[0].slack_s == pytest.approx(3600.0, abs=1.0)
    assert later.to_json() == Planner(world).make(file, depart="2018-05-07 11:00").to_json()


@pytest.mark.parametrize(
    ("more", "message"),
    [("for leg: 3", "there is no leg 3"), ("before: 1 h", "none is named"),
     ("for leg: 2, depart: soon", "not a date and time"), ("for leg: 0", "for leg")],
)  # fmt: skip
def test_support_that_cannot_be_understood_names_its_line(
    planner: Planner, more: str, message: str
) -> None:
    with pytest.raises(InputError) as refused:
        _plan(planner, _cars(more=more))
    assert message in str(refused.value) and "drawn.yaml:10" in refused.value.where
