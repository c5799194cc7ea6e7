"""What a plan's rail leg asks for: its places, moments, stops, trains and parts."""

from __future__ import annotations

import pytest

from retinue.errors import InputError
from retinue.plan import Plan
from retinue.traffic.path_message import PASSING, STOP
from retinue.traffic.path_request import Leeway, ask, asked_of_plan, rail_leg, roles_of
from retinue.traffic.path_rules import path_rules
from tests.report.sample_plan import sample_plan


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


def test_every_train_of_the_convoy_asks_for_its_own_path(plan: Plan) -> None:
    leg = rail_leg(plan)
    assert roles_of(leg) == ("advance", "main", "following")
    asked = asked_of_plan(plan)
    assert [message.role for message in asked] == ["advance", "main", "following"]
    assert len({message.id for message in asked}) == 3
    # The trains follow each other in the order of the convoy at every point.
    for points in zip(*(message.points for message in asked), strict=True):
        assert len({point.place for point in points}) == 1
        moments = [point.moment_s for point in points]
        assert moments == sorted(moments)


def test_moments_are_those_of_the_plan_within_half_a_tenth_of_a_minute(plan: Plan) -> None:
    leg = rail_leg(plan)
    message = ask(plan, leg)
    for event in leg.timeline:
        if event.role != "main" or event.kind not in ("arrive", "depart", "pass"):
            continue
        point = next(p for p in message.points if p.place == event.place)
        moment = point.depart_s if event.kind == "depart" else point.arrive_s
        assert moment is not None
        assert abs(moment - event.time_utc) <= 3.0
        assert moment % 6 == 0


def test_stops_say_what_is_done_and_how_long_it_takes(plan: Plan) -> None:
    points = {point.place: point for point in ask(plan, rail_leg(plan)).points}
    assert points["Kowon"].activities == (STOP, "0025")
    assert points["Kowon"].dwell_s == 1200
    assert "0009" in points["Tumangang"].activities
    assert "0026" in points["Khasan"].activities
    assert points["Hamhung"].activities == (PASSING,)
    assert points["Hamhung"].dwell_s == 0
    assert points["Pyongyang"].arrive_s is None
    assert points["Vladivostok"].depart_s is None


def test_the_train_is_the_one_that_leaves_each_place(plan: Plan) -> None:
    points = {point.place: point for point in ask(plan, rail_leg(plan)).points}
    first, last = points["Pyongyang"].train, points["Baranovsky"].train
    assert first is not None
    assert last is not None
    assert [unit.name for unit in first.traction] == ["Red Flag 1", "Red Flag 1"]
    assert [unit.name for unit in last.traction] == ["2M62", "2M62"]
    assert [unit.mode for unit in first.traction] == ["11", "12"]
    assert "0012" in points["Khasan"].activities
    assert last.gauge_mm == (1520,)


def test_each_country_gets_its_part(plan: Plan) -> None:
    parts = ask(plan, rail_leg(plan)).split()
    assert [part.country for part in parts] == ["KP", "RU"]
    assert parts[0].points[-1].place == parts[1].points[0].place == "Khasan"
    assert [part.part for part in parts] == [1, 2]


def test_a_request_keeps_its_name_as_long_as_it_says_the_same(plan: Plan) -> None:
    leg = rail_leg(plan)
    other = plan.model_copy(update={"hash": "00" * 32})
    assert ask(plan, leg).id == ask(other, leg).id
    assert ask(plan, leg).id != ask(plan, leg, leeway=Leeway(before_s=0.0)).id
    assert ask(plan, leg).train == ask(plan, leg, leeway=Leeway(before_s=0.0)).train


def test_tolerances_are_the_shipped_ones_or_those_asked_for(plan: Plan) -> None:
    shipped = path_rules().tolerances
    points = ask(plan, rail_leg(plan)).points
    assert points[0].after_s == shipped.departure.after
    assert points[-1].before_s == shipped.arrival.before
    assert {p.after_s for p in ask(plan, rail_leg(plan), leeway=Leeway(after_s=61.0)).points} == {
        60
    }


def test_an_axle_load_beyond_the_line_is_exceptional(plan: Plan) -> None:
    leg = rail_leg(plan)
    weak = tuple(
        s.model_copy(update={"axle_load_kg": 10_000.0}) if s.from_place == "Kilju" else s
        for s in leg.sections
    )
    changed = leg.model_copy(update={"sections": weak})
    points = {point.place: point for point in ask(plan, changed).points}
    train, after = points["Pyongyang"].train, points["Baranovsky"].train
    assert train is not None
    assert after is not None
    (words,) = train.exceptional
    assert "Kilju to Chongjin" in words
    assert "line 10.0 t" in words
    assert after.exceptional == ()


def test_a_leg_that_goes_by_road_asks_for_nothing(plan: Plan) -> None:
    with pytest.raises(InputError, match="goes by road"):
        rail_leg(plan, 1)
    with pytest.raises(InputError, match="no leg 9"):
        rail_leg(plan, 9)
    with pytest.raises(InputError, match="no train of the leg"):
        ask(plan, rail_leg(plan), "pilot")
    road = plan.model_copy(update={"legs": (plan.legs[0],)})
    with pytest.raises(InputError, match="no rail leg"):
        rail_leg(road)


def test_words_of_a_stop_become_codes() -> None:
    rules = path_rules()
    assert rules.codes("crew and water", frozenset()) == ("0025", "0034")
    assert rules.codes("border and locomotives", frozenset()) == ("0012", "0026")
    assert rules.codes("a guest boards", frozenset()) == ("0027",)
    assert rules.codes("", frozenset()) == ()
    assert rules.codes("", frozenset({"gauge-change"})) == ("0009",)
