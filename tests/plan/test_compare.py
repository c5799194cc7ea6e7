"""Two plans side by side: what moved and by how much."""

from __future__ import annotations

from retinue.journey import load_journey
from retinue.plan import Plan
from retinue.plan.compare import compare_plans
from retinue.planner import Planner
from retinue.world.world import World


def test_a_plan_is_the_same_as_itself(vladivostok: Plan) -> None:
    comparison = compare_plans(vladivostok, vladivostok)
    assert comparison.text() == "the plans are the same"
    assert comparison.moved == ()


def test_a_later_departure_moves_every_event_alike(world: World, vladivostok: Plan) -> None:
    later = Planner(world).make(load_journey("vladivostok-2023"), depart="2023-09-10 17:15")
    comparison = compare_plans(vladivostok, later)
    assert {shift.later_s for shift in comparison.shifts} == {2400}
    assert comparison.gone == comparison.new == ()
    assert "everything 40 min later" in comparison.text()
    assert comparison.as_dict()["departure_later_s"] == 2400


def test_an_observed_delay_is_told_with_the_arrivals_that_follow(
    world: World, vladivostok: Plan
) -> None:
    planned = next(
        e
        for e in vladivostok.legs[1].timeline
        if (e.place, e.kind, e.role) == ("Kowon", "arrive", "main")
    )
    after = Planner(world).observe(vladivostok, "Kowon", "22:47")
    late_min = round((after.observations[0].time_utc - planned.time_utc) / 60)
    text = compare_plans(vladivostok, after).observed_text(after.observations[0])
    assert text.startswith(f"Kowon {late_min} min late: Vladivostok")
    assert "Far Eastern Federal University" in text


def test_an_event_of_one_plan_only_is_named(vladivostok: Plan) -> None:
    rail = vladivostok.legs[1]
    shorter = rail.model_copy(
        update={"timeline": tuple(e for e in rail.timeline if e.place != "Hamhung")}
    )
    legs = (vladivostok.legs[0], shorter, vladivostok.legs[2])
    less = vladivostok.model_copy(update={"legs": legs}).sealed()
    assert compare_plans(vladivostok, less).gone
    assert compare_plans(less, vladivostok).new


def test_a_stop_that_falls_into_the_dark_is_named(world: World, vladivostok: Plan) -> None:
    later = Planner(world).make(load_journey("vladivostok-2023"), depart="2023-09-10 04:00")
    comparison = compare_plans(vladivostok, later)
    assert "Chongjin now after dark" not in comparison.text()
    # Nine hours later Chongjin, reached at nine in the morning, is reached in the evening.
    evening = Planner(world).make(load_journey("vladivostok-2023"), depart="2023-09-11 04:00")
    text = compare_plans(vladivostok, evening).text()
    assert "Chongjin" in next(line for line in text.splitlines() if "now after dark" in line)
    assert "Kowon" in next(line for line in text.splitlines() if "no longer after dark" in line)
