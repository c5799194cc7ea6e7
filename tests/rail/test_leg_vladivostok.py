"""The model case over the shipped line book: the bars that the owners set for it."""

from __future__ import annotations

import pytest

from retinue.clock import offset_text
from retinue.rail.leg import RailLegResult, RailRuns, RailStop, run_rail, time_rail
from retinue.world.rail_route import RailRoute
from retinue.world.rail_routing import plan_route
from retinue.world.world import World
from tests.rail.convoys import DEPART_S, exchange, request, separation


@pytest.fixture(scope="module")
def route() -> RailRoute:
    """Return the way from Pyongyang to Vladivostok."""
    world = World()
    start, end = (world.line_book.find(name)[0] for name in ("Pyongyang", "Vladivostok"))
    return plan_route(world.line_book, world.pack.rail, start, end, countries=world.countries)


def _convoy(route: RailRoute, **changed: float) -> RailRuns:
    return run_rail(
        request(
            route,
            stops=(exchange("Tumangang"), RailStop("Khasan", 1800.0, why="border")),
            advance=separation(),
            **changed,
        )
    )


@pytest.fixture(scope="module")
def result(route: RailRoute) -> RailLegResult:
    """Return the leg as the journey has it, without its other stops."""
    return time_rail(_convoy(route), DEPART_S)


def _hours(result: RailLegResult, start: str, end: str, route: RailRoute) -> float:
    one, two = route.point(start), route.point(end)
    assert one is not None and two is not None
    main = result.movements[0]
    return (main.time_at(two.distance_m) - main.time_at(one.distance_m, leaving=True)) / 3600.0


def test_the_line_is_as_long_as_published(result: RailLegResult) -> None:
    # Issue: 1,140-1,190 km by Baranovsky, 1,190-1,230 by Ussuriysk with a reversal.
    kilometres = result.distance_m / 1000.0
    if result.details["reversals"]:
        assert 1190.0 <= kilometres <= 1230.0
    else:
        assert 1140.0 <= kilometres <= 1190.0


def test_running_times_without_stops_lie_in_the_bars(
    result: RailLegResult, route: RailRoute
) -> None:
    assert 16.5 <= _hours(result, "Pyongyang", "Tumangang", route) <= 20.0
    assert 4.3 <= _hours(result, "Khasan", "Vladivostok", route) <= 6.5


def test_at_60_km_h_throughout_it_takes_19_to_21_hours(route: RailRoute) -> None:
    lifted = time_rail(_convoy(route, line_speed_override_mps=60.0 / 3.6), DEPART_S)
    assert 19.0 <= lifted.running_time_s / 3600.0 <= 21.0


def test_half_as_much_mass_again_never_shortens_it(result: RailLegResult, route: RailRoute) -> None:
    heavy = time_rail(_convoy(route, mass_factor=1.5), DEPART_S)
    assert heavy.running_time_s >= result.running_time_s


def test_offsets_are_right_on_both_sides_of_the_border(result: RailLegResult) -> None:
    # September 2023: Pyongyang +09, Vladivostok +10 (tz database).
    offsets = {e.place: offset_text(e.time_utc, e.zone) for e in result.timeline}
    assert offsets["Tumangang"] == "+09"
    assert offsets["Khasan"] == "+10"
    borders = [e for e in result.timeline if e.kind == "border"]
    assert [e.text for e in borders] == ["border KP-RU"]


def test_every_line_without_a_published_value_is_listed(result: RailLegResult) -> None:
    assert any(a.what == "line speed" for a in result.assumptions)
    assert any("bogie exchange" in a.what for a in result.assumptions)
