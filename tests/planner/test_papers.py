"""Papers of real journeys: what is asked of whom, what is not, and cars that do not fit."""

from __future__ import annotations

import pytest

from retinue.checks import check_plan
from retinue.checks.flight_plan_message import check_flight_plan_messages
from retinue.errors import InputError, NoPlan
from retinue.journey import journey_from_text, load_journey
from retinue.plan import Plan
from retinue.planner import Planner
from retinue.world.world import World

_JOURNEY = """\
retinue: 1
title: Sunan to {to}
depart: 2019-02-26 08:00 Asia/Pyongyang
party: {{principal: 1, officials: 4}}
legs:
  - air:
      from: ZKPY
      to: {to}
      aircraft: {aircraft}
{more}
"""


def _plan(world: World, more: str = "", to: str = "UHWW", aircraft: str = "il-62m") -> Plan:
    text = _JOURNEY.format(to=to, aircraft=aircraft, more=more)
    return Planner(world).make(journey_from_text(text, "trip"))


@pytest.fixture(scope="module")
def pyeongchang(world: World) -> Plan:
    return Planner(world).make(load_journey("pyeongchang-2018"))


def test_every_flight_has_its_message_and_passes_every_checker(
    vladivostok: Plan, pyeongchang: Plan
) -> None:
    assert [p.way for p in vladivostok.papers if p.kind == "flight-plan"] == ["by air"]
    assert [p.way for p in pyeongchang.papers if p.kind == "flight-plan"] == [""]
    for plan in (vladivostok, pyeongchang):
        assert [fault for finding in check_plan(plan) for fault in finding.faults] == []


def test_the_call_sign_of_2018_is_written_as_a_message_wants_it(pyeongchang: Plan) -> None:
    message = next(p for p in pyeongchang.papers if p.kind == "flight-plan")
    assert message.text.startswith("(FPL-PRK615-IX\n-IL62/H-")
    assert "STS/HEAD" in message.text
    assert "\n-ZKPY0400\n" in message.text  # 12:30 at +08:30, as Pyongyang kept it then


def test_papers_have_an_identity_of_their_own_and_say_what_is_assumed(pyeongchang: Plan) -> None:
    names = [paper.id for paper in pyeongchang.papers]
    assert len(set(names)) == len(names)
    assert all(paper.assumed for paper in pyeongchang.papers)


def test_the_high_seas_and_the_own_state_are_asked_nothing(pyeongchang: Plan) -> None:
    assert {permit.country for permit in pyeongchang.permits} == {"KR"}
    assert {permit.kind for permit in pyeongchang.permits} == {"landing", "diplomatic"}


def test_without_a_head_of_state_no_clearance_and_no_zone_is_asked(world: World) -> None:
    plan = _plan(world, "      flight plan: {status: [], type of flight: N}")
    kinds = {paper.kind for paper in plan.papers}
    assert kinds == {"flight-plan", "landing-request"}
    assert "STS/" not in plan.papers[0].text


def test_the_state_of_the_operator_is_that_of_the_registration(world: World) -> None:
    plan = _plan(world, "      registration: RA-96012")
    assert {permit.country for permit in plan.permits} == {"KP"}
    assert "REG/RA96012" in plan.papers[0].text


def test_zones_are_asked_for_by_the_rule_of_the_country_and_not_invented(world: World) -> None:
    plan = _plan(world, to="EGLL", aircraft="airbus-a340-300")
    zones = {p.country: p.text for p in plan.papers if p.kind == "restricted-zone-request"}
    assert "10 NM, inner 5 to 10 NM" in zones["GB"]
    assert zones["KP"].count("to be set by the authority") == 4
    notam = next(p for p in plan.papers if p.kind == "notam-request" and p.country == "GB")
    assert "the authority's" in notam.text  # a request: the authority issues it
    assert "restricted zone" in {p.kind for p in plan.permits if p.country == "GB"}


@pytest.mark.parametrize(
    ("more", "says", "place"),
    [
        ("      flight: KORYO-615-HEAVY", "more than 7", "legs.air"),
        ("      permits: [{kind: overflight, country: RU, valid until: soon}]", "not a date",
         "valid until"),
        ("      permits: [{kind: landing, country: RU, entry: nowhere at all}]", "nowhere",
         "entry"),
        ("      permits: [{kind: landing, country: RU, valid from: 2019-03-02 00:00 Z,"
         " valid until: 2019-03-01 00:00 Z}]", "ends before", "valid until"),
        ("      flight plan: {other: {XYZ: A}}", "no indicator", "flight plan"),
        ("      flight plan: {status: [VIP]}", "not one of", "status"),
    ],
)  # fmt: skip
def test_a_fault_names_its_place(world: World, more: str, says: str, place: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        _plan(world, more)
    assert place in caught.value.where


def test_a_refused_permit_is_a_warning_and_still_to_be_asked(world: World) -> None:
    plan = _plan(world, "      permits: [{kind: landing, country: RU, state: refused, number: N7}]")
    assert any("refused" in note.text for note in plan.notes if "N7" in note.subject)
    states = {permit.state for permit in plan.permits if permit.kind == "landing"}
    assert states == {"refused", "to ask"}


def test_cars_in_the_hold_have_a_loading_list(world: World) -> None:
    plan = _plan(
        world,
        "      flight plan: {status: []}\n"
        "      carries: [{vehicle: armoured-saloon, count: 2}, {vehicle: saloon}]",
        aircraft="il-76td",
    )
    paper = next(p for p in plan.papers if p.kind == "loading-list")
    # 2 x 4.2 t and 2.1 t, by the vehicle table.
    assert "3 vehicles, 10,500 kg" in paper.text
    assert paper.fields["count"] == 3


def test_cars_that_do_not_fit_are_refused_with_a_cure(world: World) -> None:
    with pytest.raises(NoPlan) as caught:
        _plan(world, "      carries: [{vehicle: coach, count: 1}]", aircraft="il-76td")
    assert "carries" in caught.value.where
    assert caught.value.reasons[0].cure


def test_an_unknown_vehicle_is_named(world: World) -> None:
    with pytest.raises(InputError, match="armoured-saloom") as caught:
        _plan(world, "      carries: [{vehicle: armoured-saloom}]", aircraft="il-76td")
    assert "armoured-saloon" in caught.value.cure


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("-ZKPY0400", "-ZKPY0410", "off-block time 0410"),
        ("DOF/180209", "DOF/180210", "day of departure"),
        ("-RKSI0044", "-RKSI0144", "104 min elapsed"),
        ("STS/HEAD", "STS/VIP", "field 18"),
    ],
)
def test_a_message_that_says_other_than_its_leg_is_found(
    pyeongchang: Plan, before: str, after: str, says: str
) -> None:
    papers = tuple(
        p.model_copy(update={"text": p.text.replace(before, after)}) for p in pyeongchang.papers
    )
    assert papers != pyeongchang.papers
    changed = pyeongchang.model_copy(update={"papers": papers})
    faults = " | ".join(check_flight_plan_messages(changed).faults)
    assert says in faults


def test_a_flight_without_its_message_is_found(pyeongchang: Plan) -> None:
    papers = tuple(p for p in pyeongchang.papers if p.kind != "flight-plan")
    changed = pyeongchang.model_copy(update={"papers": papers})
    assert "without a flight plan message" in check_flight_plan_messages(changed).faults[0]
