"""A road leg in time: movements, timeline, observations, and sameness of repeated runs."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.road.leg import EscortSection, RoadEnd, RoadLegResult, RoadObservation, time_road
from tests.road.conftest import Driver

DEPART = 1_524_787_200.0  # 27 April 2018, 00:00 UTC


def _as_text(result: RoadLegResult) -> str:
    records = [
        [movement.as_dict() for movement in result.movements],
        [event.model_dump(mode="json") for event in result.timeline],
        [section.model_dump(mode="json") for section in result.sections],
        result.convoy.model_dump(mode="json"),
        result.profile.model_dump(mode="json"),
        result.details,
    ]
    return json.dumps(records)


@pytest.fixture(scope="module")
def panmunjom(driving: Driver) -> RoadLegResult:
    runs = driving(
        "Pyongyang", "Panmunjom", "panmunjom-2018", escorts=(EscortSection(last_m=200.0),)
    )
    return time_road(runs, DEPART, ready_s=DEPART - 900.0)


def test_pilot_before_head_before_tail_at_every_point(panmunjom: RoadLegResult) -> None:
    main, pilot = panmunjom.movements
    assert (main.role, pilot.role) == ("main", "pilot")
    assert main.tail_time_s is not None
    assert np.all(main.tail_time_s > main.time_s)
    assert np.all(np.diff(main.tail_time_s) >= 0.0)
    assert np.all(pilot.time_s < main.time_s)
    for share in (0.1, 0.5, 0.9):
        passage = main.passage(share * main.total_m)
        assert passage.head_s < passage.tail_s


def test_the_front_leaves_and_arrives_when_it_should(panmunjom: RoadLegResult) -> None:
    assert panmunjom.depart_s == DEPART
    assert panmunjom.arrive_s == pytest.approx(DEPART + panmunjom.running_time_s)
    assert panmunjom.movements[0].total_m == pytest.approx(panmunjom.distance_m)


def test_the_timeline_tells_of_the_runners_in_order(panmunjom: RoadLegResult) -> None:
    kinds = [event.kind for event in panmunjom.timeline]
    assert kinds == ["ready", "depart", "depart", "escort", "arrive", "note"]
    escort = next(event for event in panmunjom.timeline if event.kind == "escort")
    # 200 m at 12 km/h take a minute; reported: twelve bodyguards.
    assert escort.duration_s == pytest.approx(60.0, abs=0.5)
    assert escort.text.startswith("12 bodyguards run beside the main car for 200 m at 12 km/h")
    assert escort.distance_m == pytest.approx(panmunjom.distance_m - 200.0, abs=0.1)


def test_the_record_shows_the_order_with_the_toilet_car_last(panmunjom: RoadLegResult) -> None:
    vehicles = panmunjom.convoy.vehicles
    assert vehicles[-1].role == "toilet"
    assert [v.role for v in vehicles if v.principal] == ["main-car"]
    assert panmunjom.convoy.close_gap_m < panmunjom.convoy.open_gap_m


def test_what_is_not_counted_and_not_published_is_said(panmunjom: RoadLegResult) -> None:
    said = {(a.subject, a.what) for a in panmunjom.assumptions}
    assert ("Pyongyang to Panmunjom", "starting and braking") in said
    assert ("Pyongyang to Panmunjom", "pace of running bodyguards") in said
    assert ("roads in KP", "march speed, highway") in said
    assert all(a.legs == ("1",) for a in panmunjom.assumptions)


@settings(deadline=None)
@given(
    length_m=st.floats(2_450.0, 250_000.0),
    first_m=st.floats(1.0, 2_000.0),
    last_m=st.floats(1.0, 400.0),
)
def test_a_leg_of_any_length_ends_exactly_at_its_end(
    driving: Driver, length_m: float, first_m: float, last_m: float
) -> None:
    # Incheon's terminal lies 2.4 km from the middle of its aerodrome, off the road graph.
    airport = RoadEnd("airport", 37.4691, 126.451, "KR", "Asia/Seoul")
    terminal = RoadEnd("terminal", 37.4475, 126.4524, "KR", "Asia/Seoul")
    runs = driving(
        "airport",
        "terminal",
        origin_end=airport,
        destination_end=terminal,
        published_distance_m=length_m,
        escorts=(EscortSection(first_m=first_m), EscortSection(last_m=last_m)),
    )
    main = time_road(runs, DEPART).movements[0]
    assert main.distance_m[0] == 0.0
    assert main.distance_m[-1] == length_m
    assert main.arrive_s == pytest.approx(DEPART + runs.running_time_s)
    assert np.all(np.diff(main.distance_m) > 0.0)


def test_a_close_column_clears_a_place_sooner(driving: Driver) -> None:
    def late(order: str) -> float:
        main = time_road(driving("Pyongyang", "Wonsan", column=order), DEPART).movements[0]
        passage = main.passage(60_000.0)
        return passage.tail_s - passage.head_s

    assert late("close") < late("open") / 2


def test_the_same_leg_twice_is_the_same_byte_for_byte(driving: Driver) -> None:
    texts = {_as_text(time_road(driving("Pyongyang", "Sunan"), DEPART)) for _ in range(2)}
    assert len(texts) == 1


@settings(max_examples=25, deadline=None)
@given(shift=st.integers(-400_000, 400_000))
def test_a_later_departure_moves_every_time_alike(driving: Driver, shift: int) -> None:
    runs = driving("Pyongyang", "Sunan")
    first, second = time_road(runs, DEPART), time_road(runs, DEPART + shift)
    for one, two in zip(first.movements, second.movements, strict=True):
        assert two.time_s - one.time_s == pytest.approx(float(shift), abs=1e-5)
        assert np.array_equal(one.distance_m, two.distance_m)


def test_an_observed_delay_moves_what_comes_after_it(driving: Driver) -> None:
    runs = driving("Pyongyang", "Seoul", open_borders=("KP-KR",))
    plain = time_road(runs, DEPART)
    border = runs.borders[0]
    planned = plain.movements[0].time_at(border.distance_m)
    seen = time_road(runs, DEPART, [RoadObservation("Border KP-KR", planned + 600.0)])
    assert seen.movements[0].time_at(border.distance_m) == pytest.approx(planned + 600.0)
    assert seen.arrive_s == pytest.approx(plain.arrive_s + 600.0)
    assert seen.depart_s == plain.depart_s
    event = next(event for event in seen.timeline if event.kind == "border")
    assert event.observed


def test_a_late_departure_observed_moves_the_whole_leg(driving: Driver) -> None:
    runs = driving("Pyongyang", "Sunan")
    plain = time_road(runs, DEPART)
    late = time_road(runs, DEPART, [RoadObservation("Pyongyang", DEPART + 120.0)])
    assert late.depart_s == DEPART + 120.0
    assert late.arrive_s == pytest.approx(plain.arrive_s + 120.0)
    assert _as_text(late).replace('"observed": true', '"observed": false') == _as_text(
        time_road(runs, DEPART + 120.0)
    )


@pytest.mark.parametrize(
    ("place", "time_s", "words"),
    [
        ("Sunam", DEPART + 60.0, "not a named point"),
        ("Sunan", DEPART - 60.0, "not later"),
    ],
)
def test_an_impossible_observation_is_refused(
    driving: Driver, place: str, time_s: float, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        time_road(driving("Pyongyang", "Sunan"), DEPART, [RoadObservation(place, time_s)])
