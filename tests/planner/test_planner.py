"""The model case and its siblings, from journey file to plan."""

from __future__ import annotations

import pytest

from retinue.clock import local_text
from retinue.journey import journey_from_text, load_journey, shipped_journeys
from retinue.plan import Plan
from retinue.planner import Planner
from retinue.world.world import World


def _rail(world: World, changed: dict[str, str]) -> Plan:
    text = load_journey("vladivostok-2023").text
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    return Planner(world).make(journey_from_text(text, "vladivostok-2023"))


def _without_stops(text: str) -> dict[str, str]:
    start = text.index("        - {at: Kowon")
    end = text.index("        - {at: Tumangang")
    return {text[start:end]: ""}


def test_the_train_turns_for_vladivostok_at_baranovsky_in_1140_to_1190_km(
    vladivostok: Plan,
) -> None:
    # 845 + 5 + 238 km to Baranovsky (facts, M) and the main line's posts from there.
    rail = vladivostok.legs[1]
    assert 1_140_000 <= rail.distance_m <= 1_190_000
    assert not any(event.kind == "reversal" for event in rail.timeline)
    assert any(event.place == "Baranovsky" for event in rail.timeline)


def test_by_way_of_ussuriysk_it_is_1190_to_1230_km_and_the_train_reverses(world: World) -> None:
    # 845 + 5 + 260 + 112 km (facts, M and K).
    plan = _rail(world, {
        "      lines: [pyongyang-tumangang, tumangang-khasan, khasan-baranovsky,"
        " ussuriysk-vladivostok]\n": "      via: [Ussuriysk]\n",
    })  # fmt: skip
    rail = plan.legs[1]
    assert 1_190_000 <= rail.distance_m <= 1_230_000
    assert any(e.kind == "reversal" and e.place == "Ussuriysk" for e in rail.timeline)


def _running_h(plan: Plan, start: str, end: str) -> float:
    """Return the hours in motion between two places of the rail leg."""
    rail = plan.legs[1]
    places = {e.place: e.distance_m for e in rail.timeline if e.role == "main"}
    low, high = places[start], places[end]
    assert low is not None and high is not None
    main = rail.main
    standing = sum(s.depart_s - s.arrive_s for s in main.stops if low < s.distance_m < high)
    return (main.time_at(high) - main.time_at(low, leaving=True) - standing) / 3600


def test_running_times_without_stops_lie_where_the_sources_put_them(world: World) -> None:
    plan = _rail(world, _without_stops(load_journey("vladivostok-2023").text))
    assert 16.5 <= _running_h(plan, "Pyongyang", "Tumangang") <= 20.0
    assert 4.3 <= _running_h(plan, "Khasan", "Vladivostok") <= 6.5


def test_at_60_kmh_everywhere_the_whole_way_takes_19_to_21_hours(world: World) -> None:
    plan = _rail(
        world,
        _without_stops(load_journey("vladivostok-2023").text)
        | {"at most: 60 km/h": "at most: 60 km/h\n      line speeds: 60 km/h"},
    )
    assert 19.0 <= plan.legs[1].running_time_s / 3600 <= 21.0


def test_half_as_much_mass_again_never_shortens_the_running_time(
    world: World, vladivostok: Plan
) -> None:
    heavier = _rail(world, {"at most: 60 km/h": "at most: 60 km/h\n      mass factor: 1.5"})
    assert heavier.legs[1].running_time_s >= vladivostok.legs[1].running_time_s


def test_the_reported_figure_stands_beside_the_plan_with_the_reason(vladivostok: Plan) -> None:
    note = next(n for n in vladivostok.notes if "about 20 hours" in n.subject)
    # 20 h at 50 km/h are 1,000 km: arithmetic, not the plan's own output.
    assert "1,000 km" in note.text
    assert "Why they differ" in note.text


def test_local_times_are_right_on_both_sides_of_the_zone_change(vladivostok: Plan) -> None:
    rail = vladivostok.legs[1]
    leaves = next(e for e in rail.timeline if e.place == "Tumangang" and e.kind == "depart")
    comes = next(e for e in rail.timeline if e.place == "Khasan" and e.kind == "arrive")
    # tz database, September 2023: Pyongyang +09, Vladivostok +10.
    assert local_text(leaves.time_utc, leaves.zone).endswith("+09")
    assert local_text(comes.time_utc, comes.zone).endswith("+10")
    assert comes.time_utc > leaves.time_utc


def test_the_motorcade_is_in_position_before_the_train_arrives(vladivostok: Plan) -> None:
    for handover in vladivostok.handovers:
        assert handover.ok
        assert handover.ready_utc < handover.arrive_utc
        assert handover.available_s >= handover.needed_s - 1


def test_the_air_alternative_stands_beside_the_plan(vladivostok: Plan) -> None:
    assert [way.modes for way in vladivostok.comparison] == [("road", "rail", "road"), ("air",)]
    assert vladivostok.comparison[1].duration_s < vladivostok.comparison[0].duration_s


def test_the_same_journey_gives_the_same_plan_to_the_byte(world: World, vladivostok: Plan) -> None:
    again = Planner(World()).make(load_journey("vladivostok-2023"))
    assert again.to_json() == vladivostok.to_json()


def test_a_plan_survives_its_file_and_can_be_made_again_from_it(
    world: World, vladivostok: Plan
) -> None:
    read = Plan.from_json(vladivostok.to_json())
    assert read.to_json() == vladivostok.to_json()
    assert Planner(world).remake(read).to_json() == vladivostok.to_json()


@pytest.mark.parametrize("name", shipped_journeys())
def test_every_shipped_journey_plans_and_passes_every_checker(world: World, name: str) -> None:
    from retinue.checks import check_plan

    plan = Planner(world).make(load_journey(name))
    assert [fault for finding in check_plan(plan) for fault in finding.faults] == []
    assert plan.assumptions
    assert plan.sources


def test_moscow_takes_the_trans_siberian_and_stands_at_omsk(world: World) -> None:
    plan = Planner(world).make(load_journey("moscow-2001"))
    leg = plan.legs[0]
    # Reported about 9,500 km (M); the posts say 9,288 less Vladivostok-Baranovsky plus 238.
    assert leg.distance_m == pytest.approx(9_450_000, rel=0.03)
    omsk = next(stop for stop in leg.main.stops if stop.place == "Omsk")
    assert omsk.depart_s - omsk.arrive_s >= 24 * 3600


def test_dalian_is_360_km_by_air(world: World) -> None:
    plan = Planner(world).make(load_journey("dalian-2018"))
    # Published distance (H): 360 km.
    assert 355_000 <= plan.legs[0].distance_m <= 375_000
