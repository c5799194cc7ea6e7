"""Compatibility: each thing that stops a train is named with place, values and cure."""

from __future__ import annotations

import pytest

from retinue.rail.compatibility import PlannedChange, check, coupling_reasons, unknowns
from retinue.rail.formation import Formation
from retinue.world.rail_route import Facility, RailRoute
from tests.rail.stock import coach, formation, locomotive, point, route, stretch

EXCHANGE = Facility("bogie-exchange", (1435, 1520))


def border(*, facility: bool = True, **values: object) -> RailRoute:
    """845 km of 1435 mm, 5 km of both, 260 km of 1520 mm."""
    return route(
        [
            point("Pyongyang", 0),
            point("Tumangang", 845, *([EXCHANGE] if facility else [])),
            point("Khasan", 850),
            point("Ussuriysk", 1110),
        ],
        [
            stretch(0, 845, (1435,), **values),
            stretch(845, 850, (1435, 1520), **values),
            stretch(850, 1110, (1520,), **values),
        ],
    )


def train(**changes: str | None) -> Formation:
    return formation([locomotive(), coach(**changes), coach(**changes)])


def russian(before: Formation) -> Formation:
    engine = locomotive(gauge="1520 mm", coupler="sa-3", brake_systems="[matrosov-air]")
    return before.on_gauge(1520).with_locomotives([engine])


def test_an_unplanned_gauge_break_is_named_as_the_manual_shows_it() -> None:
    (reason,) = check(train(), border())
    assert reason.kind == "gauge"
    assert reason.what == (
        "at Tumangang (42.42 N, 130.61 E) the gauge changes from 1435 to 1520 mm "
        "and the journey plans no bogie exchange"
    )
    assert reason.cure == (
        "add the stop  {at: Tumangang, why: bogie exchange, locomotives: [...]}  "
        "or a second train from Khasan."
    )


def test_beyond_an_unplanned_break_of_gauge_the_power_does_not_matter() -> None:
    electric = locomotive(traction="{3kv-dc: {power: 2 MW, starting effort: 200 kN}}")
    line = border()
    wired = [stretch(0, 845, (1435,), electrification="3kv-dc"), *line.stretches[1:]]
    reasons = check(formation([electric, coach()]), route(line.points, wired))
    assert [r.kind for r in reasons] == ["gauge"]


def test_a_break_of_gauge_is_named_once_whatever_stops_follow() -> None:
    other = formation([locomotive(), locomotive(), coach(), coach()])
    stops = [PlannedChange(850_000, train()), PlannedChange(900_000, other)]
    assert [r.kind for r in check(train(), border(), stops)] == ["gauge"]


def test_a_stop_that_changes_nothing_repeats_no_reason() -> None:
    wrong = formation([locomotive(coupler="screw"), coach()])
    line = route([point("A", 0), point("B", 5), point("C", 9)], [stretch(0, 9, (1435,))])
    assert [r.kind for r in check(wrong, line, [PlannedChange(5_000, wrong)])] == ["coupler"]


def test_where_two_gauges_lie_side_by_side_one_coupler_does_not_speak_for_both() -> None:
    line = route([point("A", 0), point("B", 9)], [stretch(0, 9, (1435, 1520), coupler="screw")])
    assert check(train(), line) == []
    assert any("coupler" in r.what for r in unknowns(train(), line))


def test_a_planned_exchange_with_a_facility_is_allowed() -> None:
    assert check(train(), border(), [PlannedChange(845_000, russian(train()))]) == []


def test_a_planned_exchange_without_a_facility_is_a_reason() -> None:
    (reason,) = check(train(), border(facility=False), [PlannedChange(845_000, russian(train()))])
    assert reason.kind == "gauge"
    assert "no facility changes bogies from 1435 to 1520 mm" in reason.what


def test_coaches_that_cannot_change_need_a_second_train() -> None:
    (reason,) = check(train(other_gauges=None, change_of_gauge=None), border())
    assert reason.cure.startswith("a second train from Khasan")


@pytest.mark.parametrize(
    ("engine", "kind", "says"),
    [
        ({"coupler": "screw"}, "coupler", "cannot be coupled"),
        ({"brake_systems": "[vacuum]"}, "brake", "does not work with"),
    ],
)
def test_a_locomotive_that_does_not_match_the_coaches_is_a_reason(
    engine: dict[str, str], kind: str, says: str
) -> None:
    wrong = formation([locomotive(**engine), coach()])
    reasons = coupling_reasons(wrong, "Dandong (40.12 N, 124.39 E)")
    assert [r.kind for r in reasons] == [kind]
    assert says in reasons[0].what
    assert reasons[0].what.startswith("at Dandong")
    assert reasons[0].cure


def test_one_adapter_joins_two_couplers() -> None:
    assert not coupling_reasons(
        formation([locomotive(coupler="sa-3", brake_systems="[matrosov-air]"), coach()])
    )


def test_coaches_need_heat_from_somewhere() -> None:
    cold = coach(heating="[generator, uic-head-end]")
    (reason,) = coupling_reasons(formation([locomotive(), cold]))
    assert reason.kind == "heating"
    assert not coupling_reasons(
        formation([locomotive(), cold, coach(role="generator", heating="[own]")])
    )
    assert not coupling_reasons(formation([locomotive(heating_supply="[UIC 1000 V]"), cold]))


def test_an_electric_locomotive_needs_its_wire() -> None:
    electric = locomotive(traction="{3kv-dc: {power: 2 MW, starting effort: 200 kN}}")
    line = route(
        [point("A", 0), point("B", 50), point("C", 100)],
        [
            stretch(0, 50, (1435,), electrification="3kv-dc"),
            stretch(50, 80, (1435,)),
            stretch(80, 100, (1435,), electrification="25kv-ac-50hz"),
        ],
    )
    reasons = check(formation([electric, coach()]), line)
    assert [r.kind for r in reasons] == ["power", "power"]
    assert "the line has no wires and the locomotives need 3kv-dc" in reasons[0].what
    assert "{at: B, why: locomotives, locomotives: [...]}" in reasons[0].cure
    assert "25kv-ac-50hz" in reasons[1].what
    # A change at B to a diesel cures both.
    diesel = formation([locomotive(), coach()])
    assert check(formation([electric, coach()]), line, [PlannedChange(50_000, diesel)]) == []


def test_armour_that_the_line_forbids_is_a_reason_with_the_loads() -> None:
    armoured = formation([locomotive(axles="8"), coach(axles="6", armour="40 t")])
    line = route([point("A", 0), point("B", 9)], [stretch(0, 9, (1435,), axle_load_kg=15_500.0)])
    (reason,) = check(armoured, line)
    assert reason.kind == "axle-load"
    assert "carries 15.5 t an axle" in reason.what
    assert "with its armour weighs 15.7 t" in reason.what


def test_a_wide_coach_does_not_fit_a_small_loading_gauge() -> None:
    line = route(
        [point("A", 0), point("B", 9)], [stretch(0, 9, (1435,), loading_gauge="UIC 505-1")]
    )
    (reason,) = check(train(), line)
    assert reason.kind == "loading-gauge"


def test_the_couplers_and_brakes_of_a_line_count() -> None:
    plain = train(coupler_adapters=None)
    line = route(
        [point("A", 0), point("B", 9)],
        [stretch(0, 9, (1435,), coupler="Willison", brake_system="uic")],
    )
    assert [r.kind for r in check(plain, line)] == ["coupler", "brake"]


def test_equal_faults_of_neighbouring_stretches_are_one_reason() -> None:
    line = route(
        [point("A", 0), point("B", 30)],
        [stretch(10 * i, 10 * i + 10, (1435,), axle_load_kg=12_000.0) for i in range(3)],
    )
    (reason,) = check(train(), line)
    assert reason.what.startswith("between A (42.42 N, 130.61 E) and B")


def test_what_nobody_knows_is_allowed_and_said() -> None:
    line = route([point("A", 0), point("B", 9)], [stretch(0, 9, (), electrification=None)])
    electric = locomotive(traction="{3kv-dc: {power: 2 MW, starting effort: 200 kN}}")
    unknown_train = formation([electric, coach()])
    assert check(unknown_train, line) == []
    listed = unknowns(unknown_train, line)
    assert {r.kind for r in listed} == {"unknown"}
    assert "the gauge is not known on 9 km" in listed[0].what
    assert len(listed) == 6


def test_an_unknown_word_does_not_refuse() -> None:
    line = route(
        [point("A", 0), point("B", 9)],
        [stretch(0, 9, (1435,), coupler="hook of a kind", loading_gauge="wide")],
    )
    assert check(train(), line) == []
