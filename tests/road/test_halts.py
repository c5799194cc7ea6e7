"""Where a column may stand: no vehicle of it ever on a level crossing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.errors import InputError, NoPlan
from retinue.road.column import column_rules, columns
from retinue.road.convoy import load_convoy
from retinue.road.halts import (
    Crossing,
    clear_place,
    crossings_of,
    footprints,
    place_halts,
    stand_clear,
)
from retinue.road.leg import time_road
from retinue.road.request import HaltAsked, RoadHalt, RoadObservation
from retinue.world.pack import Pack
from retinue.world.road_book import RoadBook
from tests.road.conftest import PLACES, Driver
from tests.road.drawn import drawn_route
from tests.road.test_block_speed import held_road

DEPART = 1_778_047_200.0


def _crossings(places: list[float]) -> tuple[Crossing, ...]:
    return tuple(Crossing(f"at {p:.0f}", p, p - 10.0, p + 10.0) for p in sorted(places))


@settings(max_examples=200)
@given(
    st.floats(1.0, 4_999.0),
    st.lists(st.floats(0.0, 5_000.0), max_size=6),
    st.floats(10.0, 400.0),
    st.one_of(st.none(), st.floats(100.0, 1_000.0)),
)
def test_the_nearest_clear_place_is_clear_and_none_nearer_is(
    asked_m: float, places: list[float], column_m: float, pilot_m: float | None
) -> None:
    prints = [(-column_m, 0.0)] + ([] if pilot_m is None else [(pilot_m - 5.0, pilot_m)])
    crossings = _crossings(places)
    found = clear_place(asked_m, prints, crossings, least_m=1.0, most_m=4_999.0)
    tried = np.linspace(1.0, 4_999.0, 2_001)
    clear = [p for p in tried if stand_clear(float(p), prints, crossings) is None]
    if found is None:
        assert clear == []
        return
    for crossing in crossings:
        for begin, end in prints:
            short = found + end <= crossing.from_m + 1e-5
            assert short or found + begin >= crossing.to_m - 1e-5
    nearest = min((abs(p - asked_m) for p in clear), default=np.inf)
    assert abs(found - asked_m) <= nearest + 1e-6


def test_a_halt_over_a_crossing_is_moved_and_the_plan_says_so(pack: Pack, book: RoadBook) -> None:
    route = drawn_route(6_000.0, crossings=(2_950.0,))
    halt = HaltAsked(120.0, "photograph", at_m=3_010.0)
    runs = held_road(pack, book, route, halts=(halt,), outriders=0)
    moved = runs.halts[0]
    length = runs.request.convoy.length_m(runs.column, 0.0)
    # Nearer than going short of the crossing is to let the whole column over it.
    assert moved.distance_m == pytest.approx(2_950.0 + 10.0 + length)
    assert "beyond" in moved.moved_because
    assert any("crossing 0" in n.text and n.level == "warning" for n in runs.notes)


def test_while_it_halts_every_vehicle_stands_where_the_field_says(
    pack: Pack, book: RoadBook
) -> None:
    runs = held_road(
        pack, book, drawn_route(6_000.0), halts=(HaltAsked(600.0, at_m=3_000.0),), outriders=0
    )
    main = time_road(runs, DEPART).movements[0]
    stop = main.stops[0]
    assert stop.depart_s - stop.arrive_s == pytest.approx(600.0)
    assert main.tail_time_s is not None
    length = runs.request.convoy.length_m(runs.column, 0.0)
    # The rear stands a standing column's length behind the front: it came after the front, and
    # goes on after it.
    rear = 3_000.0 - length
    come = np.interp(rear, main.distance_m, main.tail_time_s)
    gone = np.interp(rear + 0.02, main.distance_m, main.tail_time_s)
    assert stop.arrive_s < come < stop.depart_s < gone
    just_before = np.interp(rear - 30.0, main.distance_m, main.tail_time_s)
    assert just_before < stop.depart_s


def test_a_halt_takes_its_time_and_no_more(pack: Pack, book: RoadBook) -> None:
    plain = held_road(pack, book, drawn_route(6_000.0), outriders=0)
    halts = (HaltAsked(300.0, at_m=2_000.0), HaltAsked(60.0, at_m=4_000.0))
    halted = held_road(pack, book, drawn_route(6_000.0), outriders=0, halts=halts)
    one, two = time_road(plain, DEPART), time_road(halted, DEPART)
    assert two.arrive_s - one.arrive_s == pytest.approx(360.0, abs=0.01)
    assert two.standing_time_s == pytest.approx(360.0, abs=0.01)
    assert two.running_time_s == pytest.approx(one.running_time_s, abs=0.01)
    texts = [event.text for event in two.timeline if event.kind == "task"]
    assert len(texts) == 2


def test_the_column_passes_a_point_ahead_of_the_halt_as_before_it(
    pack: Pack, book: RoadBook
) -> None:
    halted = held_road(
        pack, book, drawn_route(9_000.0), outriders=0, halts=(HaltAsked(300.0, at_m=3_000.0),)
    )
    main = time_road(halted, DEPART).movements[0]
    before, after = main.passage(1_500.0), main.passage(8_500.0)
    assert after.tail_s - after.head_s == pytest.approx(before.tail_s - before.head_s, rel=0.02)


def test_a_halt_without_any_room_is_refused_with_the_crossing_named(
    pack: Pack, book: RoadBook
) -> None:
    route = drawn_route(1_000.0, crossings=tuple(range(0, 1_000, 60)))
    with pytest.raises(NoPlan) as caught:
        held_road(pack, book, route, halts=(HaltAsked(60.0, at_m=500.0),))
    assert caught.value.reasons[0].kind == "level-crossing"


def test_two_halts_never_change_places(pack: Pack, book: RoadBook) -> None:
    route = drawn_route(9_000.0, crossings=(3_000.0,))
    halts = (HaltAsked(60.0, at_m=2_995.0), HaltAsked(60.0, at_m=3_005.0))
    runs = held_road(pack, book, route, halts=halts, outriders=0)
    assert runs.halts[0].distance_m < runs.halts[1].distance_m
    prints = footprints(runs.request.convoy, runs.column)
    crossings = crossings_of(runs.points)
    assert all(stand_clear(h.distance_m, prints, crossings) is None for h in runs.halts)


def test_on_coarse_roads_a_halt_says_that_crossings_are_not_known(driving: Driver) -> None:
    runs = driving("Pyongyang", "Wonsan", halts=(HaltAsked(300.0, "rest", at_m=50_000.0),))
    assert any("level crossings not assessed" in note.text for note in runs.notes)


def test_every_border_can_be_a_halt(driving: Driver) -> None:
    runs = driving("Pyongyang", "Seoul", open_borders=("KP-KR",), halts=(HaltAsked(600.0),))
    assert [halt.name for halt in runs.halts] == [border.name for border in runs.borders]
    result = time_road(runs, DEPART)
    stop = result.movements[0].stops[0]
    assert stop.depart_s - stop.arrive_s == pytest.approx(600.0)
    seen = time_road(runs, DEPART, [RoadObservation(stop.place, stop.arrive_s + 300.0)])
    assert seen.arrive_s == pytest.approx(result.arrive_s + 300.0)


def test_a_halt_off_the_leg_is_refused(driving: Driver) -> None:
    with pytest.raises(InputError, match="lies off the leg"):
        driving("Pyongyang", "Sunan", halts=(HaltAsked(60.0, at_m=900_000.0),))
    with pytest.raises(InputError, match="off the road"):
        driving("Pyongyang", "Sunan", halts=(HaltAsked(60.0, at_place=PLACES["Tokyo"]),))


def test_what_is_kept_free_is_more_than_the_crossing_itself() -> None:
    clear = column_rules().level_crossings
    assert clear.clear_before > 0.0
    assert clear.clear_behind > 0.0
    convoy, column = load_convoy("state-motorcade"), columns()["open"]
    (column_print, pilot_print) = footprints(convoy, column)
    assert column_print == (-convoy.length_m(column, 0.0), 0.0)
    assert pilot_print[1] == pytest.approx(804.672)


def test_a_halt_at_an_end_of_the_leg_is_refused_with_a_cure() -> None:
    convoy = load_convoy("state-motorcade", None)
    for at_m, word in ((0.0, "begins"), (5_000.0, "ends")):
        asked = [RoadHalt("the gate", "", at_m, at_m, 60.0)]
        with pytest.raises(InputError, match=f"the leg {word} at the gate"):
            place_halts(asked, convoy, columns()["open"], [], 5_000.0)
