"""The whole rail leg on a drawn route: no train overtakes, times shift, nothing is lost.

::

    A-------B---C~~D=====e====F     exchange at C, border at D, reversal at E
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.errors import InputError, NoPlan
from retinue.journey import Allowance
from retinue.movement import Movement
from retinue.rail.leg import RailLegResult, RailRuns, RailStop, run_rail, time_rail
from tests.rail.convoys import DEPART_S, diesels, exchange, request, separation, train
from tests.rail.drawn_route import drawn

ART = "A-------B---C~~D=====e====F"
ROUTE = drawn(ART, exchange_at="C")
STOPS = (
    RailStop("B", 1200.0, why="crew", minimum_s=300.0),
    exchange("C"),
    RailStop("D", 1800.0, why="border"),
)


@pytest.fixture(scope="module")
def runs() -> RailRuns:
    """Return the convoy of three on the drawn route."""
    return run_rail(
        request(
            ROUTE,
            stops=STOPS,
            advance=separation("advance-5", at_most_s=2400.0),
            following=separation("following-8", at_most_s=2400.0),
        )
    )


@pytest.fixture(scope="module")
def result(runs: RailRuns) -> RailLegResult:
    """Return the same on the clock."""
    return time_rail(runs, DEPART_S)


def _by_role(result: RailLegResult) -> dict[str, Movement]:
    return {movement.role: movement for movement in result.movements}


def _same(one: RailLegResult, other: RailLegResult) -> bool:
    return (
        [m.as_dict() for m in one.movements] == [m.as_dict() for m in other.movements]
        and one.timeline == other.timeline
        and one.notes == other.notes
        and one.details == other.details
    )


def test_times_distance_and_standing_add_up(result: RailLegResult) -> None:
    main = _by_role(result)["main"]
    assert main.total_m == pytest.approx(ROUTE.length_m)
    total = result.running_time_s + result.standing_time_s
    assert result.arrive_s - result.depart_s == pytest.approx(total)
    assert [stop.place for stop in main.stops] == [f"Station {c}" for c in "BCDE"]
    assert result.countries == ("KP", "RU")


def test_companions_keep_their_order_and_distance_everywhere(result: RailLegResult) -> None:
    movements = _by_role(result)
    for at in np.arange(0.0, ROUTE.length_m + 1.0, 500.0):
        main = movements["main"].time_at(at)
        assert main - movements["advance"].time_at(at) >= 1200.0 - 0.5
        assert movements["following"].time_at(at) - main >= 1200.0 - 0.5


def test_nothing_overtakes_at_stops(result: RailLegResult) -> None:
    movements = _by_role(result)
    for ahead, behind in (("advance", "main"), ("main", "following")):
        for first, second in zip(movements[ahead].stops, movements[behind].stops, strict=True):
            assert first.arrive_s < second.arrive_s
            assert first.depart_s < second.depart_s


def test_the_main_train_never_meets_an_uncleared_block(runs: RailRuns) -> None:
    # Long blocks: two of 20 km at 60 km/h are 40 min and the train's length.
    long = run_rail(
        request(drawn("A" + "-" * 30 + "B", block_m=20_000.0), advance=separation("advance-5"))
    )
    moves = _by_role(time_rail(long, DEPART_S))
    main, advance = moves["main"], moves["advance"]
    for at in np.arange(0.0, 150_000.0, 1000.0):
        clear_at = min(at + 40_000.0, 150_000.0)
        assert main.time_at(at, leaving=True) >= advance.tail_time_at(clear_at) - 0.5


@settings(max_examples=15, deadline=None)
@given(
    legs=st.lists(st.text("-_=", min_size=1, max_size=8), min_size=1, max_size=4),
    dwells=st.lists(st.floats(0.0, 5400.0), min_size=3, max_size=3),
    block_m=st.sampled_from([None, 1_500.0, 12_000.0, 30_000.0]),
    late_s=st.floats(-300.0, 7200.0),
    companions=st.tuples(
        st.sampled_from(["advance-5", "special-21"]), st.sampled_from(["following-8", "special-21"])
    ),
)
def test_whatever_the_line_the_convoy_keeps_order_distance_and_blocks(
    legs: list[str],
    dwells: list[float],
    block_m: float | None,
    late_s: float,
    companions: tuple[str, str],
) -> None:
    art = "A" + "".join(f"{leg.replace('=', '-')}{c}" for leg, c in zip(legs, "BCDE", strict=False))
    route = drawn(art, block_m=block_m)
    names = [entry.point.id for entry in route.points[1:-1]]
    stops = tuple(RailStop(n, dwell) for n, dwell in zip(names, dwells, strict=False))
    made_runs = run_rail(
        request(
            route,
            stops=stops,
            advance=separation(companions[0]),
            following=separation(companions[1]),
        )
    )
    plan = time_rail(made_runs, DEPART_S)
    place = route.points[-1].point.id
    for made in (plan, time_rail(made_runs, DEPART_S, [(place, plan.arrive_s + late_s)])):
        moves = _by_role(made)
        advance, main, following = (moves[r] for r in ("advance", "main", "following"))
        for movement in made.movements:
            assert np.all(np.diff(movement.time_s) >= 0.0)
        for at in np.linspace(0.0, route.length_m, 61):
            for leaving in (False, True):
                own = main.time_at(at, leaving=leaving)
                assert own - advance.time_at(at, leaving=leaving) >= 1199.5
                assert following.time_at(at, leaving=leaving) - own >= 1199.5
        _blocks_are_clear(made_runs, main, advance)
        _blocks_are_clear(made_runs, following, main)


def _blocks_are_clear(runs: RailRuns, behind: Movement, ahead: Movement) -> None:
    """Check by another way: wherever the second train is, two blocks before it are clear.

    The polylines of both trains are thinned to 0.2 s each.
    """
    stations = [0.0, *(s.distance_m for s in behind.stops), runs.request.route.length_m]
    for first, last in pairwise(stations):
        for at in np.linspace(first, last, 16)[:-1]:
            end = float(runs.blocks.ahead(at, 2))
            if end + ahead.length_m >= last:
                cleared = ahead.time_at(last)
            else:
                cleared = ahead.time_at(end + ahead.length_m)
            assert behind.time_at(at, leaving=True) >= cleared - 1.0


def test_a_stretched_separation_and_an_exceeded_one_are_said() -> None:
    route = drawn("A" + "-" * 30 + "B", block_m=20_000.0)
    made = time_rail(
        run_rail(request(route, advance=separation("advance-5", at_most_s=1800.0))), DEPART_S
    )
    texts = [(note.level, note.text) for note in made.notes]
    assert any(level == "info" and "the separation grows" in text for level, text in texts)
    assert any(level == "warning" and "exceeds" in text for level, text in texts)


def test_the_exchange_queues_advance_main_following(result: RailLegResult) -> None:
    ends: list[float] = []
    for role in ("advance", "main", "following"):
        stop = next(s for s in _by_role(result)[role].stops if s.place == "Station C")
        work = [t for t in stop.tasks if t.what != "waits for the facility"]
        begin = stop.arrive_s + work[0].start_s
        if ends:
            assert begin >= ends[-1] - 1e-3
        # The brake test is made elsewhere.
        ends.append(stop.arrive_s + work[-1].start_s)
        assert stop.depart_s >= stop.arrive_s + work[-1].start_s + work[-1].duration_s - 1e-3


@settings(max_examples=10, deadline=None)
@given(shift=st.integers(-400_000, 400_000))
def test_another_departure_only_shifts(runs: RailRuns, result: RailLegResult, shift: int) -> None:
    other = time_rail(runs, DEPART_S + shift)
    for one, two in zip(result.movements, other.movements, strict=True):
        assert np.allclose(two.time_s - shift, one.time_s, atol=1e-3)
        assert np.array_equal(one.distance_m, two.distance_m)
    assert other.running_time_s == pytest.approx(result.running_time_s)


def test_equal_input_gives_equal_output(runs: RailRuns, result: RailLegResult) -> None:
    assert _same(result, time_rail(runs, DEPART_S))
    again = run_rail(runs.request)
    assert _same(result, time_rail(again, DEPART_S))


def test_companions_do_not_change_the_main_train_off_the_queue() -> None:
    route = drawn("A-------B---C")
    stops = (RailStop("B", 1200.0),)
    alone = time_rail(run_rail(request(route, stops=stops)), DEPART_S)
    convoy = time_rail(
        run_rail(
            request(route, stops=stops, advance=separation(), following=separation("following-8"))
        ),
        DEPART_S,
    )
    assert alone.movements[0].as_dict() == convoy.movements[0].as_dict()


@settings(max_examples=8, deadline=None)
@given(factor=st.floats(1.0, 1.5), more=st.floats(0.01, 0.5))
def test_more_mass_never_shortens_the_time(factor: float, more: float) -> None:
    route = drawn("A--__--B---C")
    light = run_rail(request(route, mass_factor=factor, stops=(RailStop("B", 600.0),)))
    heavy = run_rail(request(route, mass_factor=factor + more, stops=(RailStop("B", 600.0),)))
    for one, two in zip(light.sections, heavy.sections, strict=True):
        assert two.main.fastest.total_time_s >= one.main.fastest.total_time_s - 1e-6


def test_1180_km_at_60_km_h_throughout_take_19_to_21_hours() -> None:
    # The bar of the model case: 1,180 km / 60 km/h = 19 h 40.
    route = drawn("A" + "-_" * 118 + "B")
    made = time_rail(run_rail(request(route, line_speed_override_mps=60.0 / 3.6)), DEPART_S)
    assert 19.0 * 3600.0 <= made.running_time_s <= 21.0 * 3600.0


def test_a_late_train_recovers_at_stops_and_takes_its_companions_along(
    runs: RailRuns, result: RailLegResult
) -> None:
    planned = _by_role(result)
    at_b = planned["main"].stops[0]
    late = time_rail(runs, DEPART_S, [("B", at_b.arrive_s + 600.0)])
    moves = _by_role(late)
    # Station B stands 20 min and may be cut to 5: 10 min are recovered.
    assert moves["main"].stops[0].arrive_s == pytest.approx(at_b.arrive_s + 600.0)
    assert late.arrive_s == pytest.approx(result.arrive_s)
    later = time_rail(runs, DEPART_S, [("B", at_b.arrive_s + 1500.0)])
    assert later.arrive_s == pytest.approx(result.arrive_s + 600.0, abs=1.0)
    shifted = _by_role(later)
    for at in np.arange(0.0, ROUTE.length_m, 2_500.0):
        assert shifted["main"].time_at(at) - shifted["advance"].time_at(at) >= 1199.5
        assert shifted["following"].time_at(at) - shifted["main"].time_at(at) >= 1199.5
    seen = [e for e in late.timeline if e.observed]
    assert [(e.place, e.role, e.kind) for e in seen] == [("Station B", "main", "arrive")]


def test_what_was_observed_behind_a_stop_ends_its_spread(
    runs: RailRuns, result: RailLegResult
) -> None:
    at_d = _by_role(result)["main"].stops[2]
    quick = time_rail(runs, DEPART_S, [("D", at_d.arrive_s - 3600.0)])
    # The exchange was an hour shorter; only the reversal's spread is left.  The train
    # does not leave D before its time, so it arrives as planned.
    assert quick.arrive_s == pytest.approx(result.arrive_s)
    assert quick.latest_s - quick.earliest_s < 3600.0
    assert result.latest_s - result.earliest_s > 3600.0


def test_an_observation_off_the_leg_is_refused_with_its_names(runs: RailRuns) -> None:
    with pytest.raises(InputError, match="not on the rail leg"):
        time_rail(runs, DEPART_S, [("Nowhere", DEPART_S)])


def test_a_place_passed_twice_is_the_pass_nearest_in_time() -> None:
    # B is passed on the way to the reversal at C and again on the way back.
    route = drawn("A--B--c--D--E")
    again = route.points[3]
    points = list(route.points)
    points[3] = replace(again, point=points[1].point)
    twice = run_rail(request(replace(route, points=tuple(points))))
    plan = time_rail(twice, DEPART_S)
    passes = [e.time_utc for e in plan.timeline if e.place == "Station B"]
    late = time_rail(twice, DEPART_S, [("B", passes[1] + 120.0)])
    assert [e.time_utc for e in late.timeline if e.observed] == [passes[1] + 120.0]
    assert late.arrive_s == pytest.approx(plan.arrive_s + 120.0, abs=1.0)


def test_the_arrival_asked_for_is_met_by_slow_running(result: RailLegResult) -> None:
    asked = request(ROUTE, stops=STOPS)
    free = time_rail(run_rail(asked), DEPART_S)
    wanted = free.arrive_s + 1800.0
    slow_runs = run_rail(replace(asked, arrive_at_s=wanted))
    slow = time_rail(slow_runs, DEPART_S)
    assert slow.arrive_s == pytest.approx(wanted, abs=1.0)
    assert slow.energy_kwh < free.energy_kwh
    assert slow.running_time_s == pytest.approx(free.running_time_s + 1800.0, abs=1.0)
    assert any("slow running" in note.text for note in slow.notes)
    # A later departure leaves less to slow down for.
    assert time_rail(slow_runs, DEPART_S + 900.0).arrive_s == pytest.approx(wanted, abs=1.0)
    with pytest.raises(NoPlan, match="cannot arrive"):
        time_rail(slow_runs, DEPART_S + 3600.0)
    with pytest.raises(InputError, match="before the departure"):
        time_rail(slow_runs, wanted + 60.0)
    with pytest.raises(NoPlan, match="crawl"):
        time_rail(slow_runs, DEPART_S - 20.0 * 3600.0)


@pytest.mark.parametrize("how", ["linear", "mareco"])
def test_an_allowance_adds_its_share(how: str) -> None:
    route = drawn("A-------B---C")
    bare = time_rail(run_rail(request(route)), DEPART_S)
    asked = request(
        route,
        allowance=Allowance.model_validate(
            {"percent": "5 %", "per 100 km": "2 min", "fixed": "3 min", "how": how}
        ),
    )
    wide = time_rail(run_rail(asked), DEPART_S)
    # 5 % of the bare time, 2 min for each 100 km of 50, 3 min.
    expected = 1.05 * bare.running_time_s + 0.5 * 120.0 + 180.0
    assert wide.running_time_s == pytest.approx(expected, abs=1.0)
    assert wide.energy_kwh < bare.energy_kwh


def test_events_carry_the_zone_of_their_place(result: RailLegResult) -> None:
    zones = {event.place: event.zone for event in result.timeline}
    assert zones["Station B"] == "Asia/Pyongyang"
    assert zones["Station D"] == "Asia/Vladivostok"
    kinds = [event.kind for event in result.timeline if event.role == "main"]
    assert kinds[0] == "depart"
    assert kinds[-1] == "arrive"
    assert {"gauge-change", "border", "reversal"} <= set(kinds)
    times = [event.time_utc for event in result.timeline]
    assert times == sorted(times)


def test_a_reversal_is_added_where_the_line_turns_back(result: RailLegResult) -> None:
    assert result.details["reversals"] == ["Station E"]
    assert any("stop added by the plan" in note.text for note in result.notes)
    mains = [record for record in result.trains if record.role == "main"]
    assert [record.from_place for record in mains] == ["Station A", "Station C", "Station E"]
    assert mains[1].vehicles[2].label == mains[2].vehicles[-1].label


def test_the_whole_convoy_is_in_before_any_of_it_goes_back(result: RailLegResult) -> None:
    moves = _by_role(result)
    stands = {
        role: next(stop for stop in movement.stops if stop.place == "Station E")
        for role, movement in moves.items()
    }
    last_in = max(stop.arrive_s for stop in stands.values())
    first_out = min(stop.depart_s for stop in stands.values())
    assert first_out >= last_in + 59.0
    assert any("gathers" in note.text for note in result.notes)


def test_the_spread_of_the_exchange_is_the_spread_of_the_arrival(result: RailLegResult) -> None:
    assert result.earliest_s < result.arrive_s < result.latest_s


def test_the_drawn_line_is_close_to_the_motion(runs: RailRuns, result: RailLegResult) -> None:
    main = _by_role(result)["main"]
    start = main.depart_s
    section = runs.sections[0]
    for at in np.linspace(1.0, section.to_m - 1.0, 400):
        exact = float(section.main.planned.time_at(at))
        assert abs(main.time_at(at) - start - exact) < 1.0
        assert abs(main.distance_at(start + exact) - at) < 20.0


def test_the_profile_stays_under_its_limits(result: RailLegResult) -> None:
    profile = result.profile
    assert len(profile.distance_m) < 1_500
    limit_at = np.searchsorted(profile.limit_distance_m, profile.distance_m, side="right") - 1
    before = np.maximum(
        np.array(profile.limit_mps)[limit_at],
        np.array(profile.limit_mps)[np.maximum(limit_at - 1, 0)],
    )
    assert np.all(np.array(profile.speed_mps) <= before + 0.01)


def test_assumptions_name_their_ground(result: RailLegResult) -> None:
    whats = {(a.subject, a.what) for a in result.assumptions}
    assert any(what == "line speed" for _, what in whats)
    assert any(what == "block length" for _, what in whats)
    assert any(what == "gradients" for _, what in whats)
    assert len({a.model_dump_json() for a in result.assumptions}) == len(result.assumptions)
    assert all(a.legs == ("leg-1",) for a in result.assumptions)


def test_a_break_of_gauge_without_an_exchange_is_refused_with_the_cure() -> None:
    with pytest.raises(NoPlan) as caught:
        run_rail(request(ROUTE, stops=(STOPS[0],)))
    gauge = next(r for r in caught.value.reasons if r.kind == "gauge")
    assert "at: Station C, why: bogie exchange" in gauge.cure


def test_wires_that_end_without_a_change_are_refused() -> None:
    with pytest.raises(NoPlan) as caught:
        run_rail(request(drawn("A--B~~C")))
    assert caught.value.reasons[0].kind == "power"


@pytest.mark.parametrize(
    ("stops", "message"),
    [
        ((RailStop("Stazion B"),), "not on the route"),
        ((RailStop("A"),), "end of the leg"),
        ((RailStop("B"), RailStop("Station B")), "twice"),
    ],
)
def test_stops_that_cannot_be_are_refused(stops: tuple[RailStop, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        run_rail(request(drawn("A---B---C"), stops=stops))


def test_locomotives_change_where_the_journey_says() -> None:
    hauled = train("special-21").on_gauge(1520).with_locomotives(diesels())
    stop = RailStop("B", locomotives=diesels(), why="locomotives")
    made = time_rail(run_rail(request(drawn("A===B===C"), train=hauled, stops=(stop,))), DEPART_S)
    assert "locomotive-change" in {event.kind for event in made.timeline}
    assert made.movements[0].stops[0].tasks[-1].what.endswith("brake test")
    assert made.standing_time_s > 0.0
