"""The deadline calendar: lead times as published, counted in the authority's own days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.clock import local
from retinue.errors import InputError
from retinue.journey import journey_from_text
from retinue.plan import Deadline, Plan
from retinue.planner import Planner
from retinue.world.world import World

_FLIGHT = """\
retinue: 1
title: Sunan to {to}
depart: {depart} Asia/Pyongyang
party: {{principal: 1, guards: {guards}}}
legs:
  - air: {{from: ZKPY, to: {to}, aircraft: {aircraft}}}
{more}
"""


@pytest.fixture(scope="module")
def planner(world: World) -> Planner:
    return Planner(world)


def _plan(
    planner: Planner, more: str = "", *, depart: str = "2023-10-09 09:00", to: str = "ZBAA",
    guards: int = 0, aircraft: str = "il-62m",
) -> Plan:  # fmt: skip
    text = _FLIGHT.format(to=to, depart=depart, guards=guards, aircraft=aircraft, more=more)
    return planner.make(journey_from_text(text, "trip"))


def _one(plan: Plan, what: str, country: str) -> Deadline:
    return next(d for d in plan.deadlines if (d.what, d.country, d.way) == (what, country, ""))


def test_a_landing_permit_is_asked_four_chinese_business_days_before_the_entry(
    planner: Planner,
) -> None:
    # 9 October 2023, Monday after the golden week; 7 and 8 October are worked (State Council).
    permit = _one(_plan(planner), "landing permit", "CN")
    assert permit.latest_date == "2023-09-27"
    assert permit.lead_text == "4 business days"
    assert permit.zone == "Asia/Shanghai"
    assert "2 Oct" in permit.note
    assert local(permit.latest_utc, permit.zone).strftime("%F %T") == "2023-09-27 23:59:59"


def test_guards_bring_licences(planner: Planner) -> None:
    without, with_guards = _plan(planner), _plan(planner, guards=3)
    more = {d.what for d in with_guards.deadlines} - {d.what for d in without.deadlines}
    assert more == {"weapons licence", "radio licence"}


def test_the_train_path_and_food_are_asked_of_both_countries(vladivostok: Plan) -> None:
    asked = {(d.what, d.country) for d in vladivostok.deadlines if not d.way}
    assert {("train path", "KP"), ("train path", "RU"), ("food import", "RU"),
            ("visa", "RU")} <= asked  # fmt: skip
    assert not {country for what, country in asked if what == "visa"} - {"RU"}


def test_the_calendar_is_in_order_and_no_deadline_lies_after_what_it_is_for(
    vladivostok: Plan,
) -> None:
    latest = [deadline.latest_utc for deadline in vladivostok.deadlines]
    assert latest == sorted(latest)
    assert len({deadline.id for deadline in vladivostok.deadlines}) == len(latest)
    for one in vladivostok.deadlines:
        there = local(one.due_utc, one.zone).date()
        assert date.fromisoformat(one.latest_date) <= there


def test_what_the_journey_asked_for_sets_state_owner_and_lead_time(planner: Planner) -> None:
    more = """\
asked for:
  - {what: visa, country: CN, state: granted, number: V-12, on: 2023-09-01}
  - {what: landing permit, business days: 1, owner: desk}
  - {what: gift of state through customs, lead time: 14 d}
"""
    plan = _plan(planner, more)
    visa = _one(plan, "visa", "CN")
    assert (visa.state, visa.number) == ("granted", "V-12")
    permit = _one(plan, "landing permit", "CN")
    assert (permit.latest_date, permit.owner, permit.source) == ("2023-10-08", "desk", "journey")
    assert _one(plan, "gift of state through customs", "KP").lead_text == "14 days"


def test_a_granted_permit_settles_its_deadline_and_a_void_one_does_not(planner: Planner) -> None:
    more = (
        "      permits: [{kind: landing, country: CN, state: granted, number: L1, valid until: %s}]"
    )
    flight = _FLIGHT.replace("  - air: {{from: ZKPY, to: {to}, aircraft: {aircraft}}}",
                             "  - air:\n      from: ZKPY\n      to: {to}\n"
                             "      aircraft: {aircraft}")  # fmt: skip
    for until, state in (("2023-12-01 00:00 Z", "granted"), ("2023-10-01 00:00 Z", "to do")):
        text = flight.format(to="ZBAA", depart="2023-10-09 09:00", guards=0, aircraft="il-62m",
                             more=more % until)  # fmt: skip
        permit = _one(planner.make(journey_from_text(text, "trip")), "landing permit", "CN")
        assert permit.state == state
        assert ("void" in permit.note) is (state == "to do")


def test_days_off_that_the_journey_adds_are_counted(planner: Planner) -> None:
    plain = _one(_plan(planner), "landing permit", "CN")
    added = _one(_plan(planner, "holidays: {CN: [2023-10-08]}"), "landing permit", "CN")
    assert (plain.latest_date, added.latest_date) == ("2023-09-27", "2023-09-26")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("holidays: {CN: [tomorrow]}", "not a date"),
        ("asked for: [{what: landing permitt}]", "not in the deadline table"),
        ("asked for: [{what: visa, leg: 4}]", "no leg 4"),
    ],
)
def test_a_fault_names_its_place(planner: Planner, more: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        _plan(planner, more)
    assert "trip.yaml:7" in caught.value.where


@settings(max_examples=25)
@given(st.dates(date(2001, 1, 1), date(2035, 1, 1)), st.integers(0, 23))
def test_a_later_departure_never_has_an_earlier_deadline(
    planner: Planner, day: date, hour: int
) -> None:
    first = _plan(planner, depart=f"{day} {hour:02d}:00")
    second = _plan(planner, depart=f"{day} {hour:02d}:59")
    later = {one.id: one for one in second.deadlines}
    assert [one.id for one in first.deadlines if one.id not in later] == []
    assert all(one.latest_utc <= later[one.id].latest_utc for one in first.deadlines)
