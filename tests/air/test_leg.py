"""A flight on the clock: local times at both ends, observations, records of the plan."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from retinue.air.leg import AirRequest, FlightRuns, fly, time_flight
from retinue.clock import local_text, parse_moment
from retinue.errors import InputError
from retinue.movement import Movement
from retinue.world.countries import Countries

Make = Callable[..., AirRequest]


@pytest.fixture(scope="module")
def runs(request_for: Make, countries: Countries) -> FlightRuns:
    request = request_for(
        "ZKPY", "RKSI", via=("38.5,124.3", "37.3,124.6"), flight="PRK-615", passengers=22
    )
    return fly(request, countries)


DEPART = parse_moment("2018-02-09 12:30 Asia/Pyongyang")


def test_times_are_local_at_both_ends(runs: FlightRuns) -> None:
    # Pyongyang kept +08:30 until 4 May 2018, Seoul +09.
    leg = time_flight(runs, DEPART)
    first, last = leg.timeline[0], leg.timeline[-1]
    assert (first.kind, last.kind) == ("depart", "arrive")
    assert local_text(first.time_utc, first.zone) == " 9 Feb 12:30 +08:30"
    assert local_text(last.time_utc, last.zone).endswith("+09")
    assert last.time_utc - first.time_utc == pytest.approx(runs.block_s, abs=1.0)


def test_the_timeline_tells_the_phases_in_order(runs: FlightRuns) -> None:
    leg = time_flight(runs, DEPART)
    kinds = [event.kind for event in leg.timeline if event.kind not in ("border", "pass")]
    assert kinds == ["depart", "take-off", "climb", "descent", "landing", "arrive"]
    borders = [event.country for event in leg.timeline if event.kind == "border"]
    assert borders == [o.country for o in leg.overflights[1:]]
    assert [e.place for e in leg.timeline if e.kind == "pass"] == [p.name for p in runs.request.via]
    times = [event.time_utc for event in leg.timeline]
    assert times == sorted(times)


def test_the_movement_round_trips_and_carries_altitude(runs: FlightRuns) -> None:
    (movement,) = time_flight(runs, DEPART).movements
    record = movement.as_dict()
    again = Movement.from_dict(json.loads(json.dumps(record)))
    assert again.as_dict() == record
    assert again.altitude_m is not None
    # A movement keeps whole metres of altitude.
    assert again.altitude_m.max() == pytest.approx(runs.profile.cruise_altitude_m, abs=0.5)
    assert movement.depart_s == DEPART
    assert movement.total_m == pytest.approx(runs.track.length_m)


def test_the_records_say_what_the_flight_needs(runs: FlightRuns) -> None:
    leg = time_flight(runs, DEPART)
    assert leg.countries == ("KP", "KR")
    assert leg.aircraft.call_sign == "PRK-615"
    assert leg.aircraft.payload_kg == 2_200.0
    assert leg.aircraft.fuel_needed_kg == pytest.approx(leg.details["block_fuel_kg"], abs=3.0)
    assert sum(leg.details["fuel_kg"].values()) == pytest.approx(
        leg.details["block_fuel_kg"], abs=4.0
    )
    assert sum(leg.details["phases_s"].values()) == pytest.approx(runs.block_s, abs=3.0)
    json.dumps(leg.details)
    subjects = {(a.subject, a.what) for a in leg.assumptions}
    assert ("flight", "wind and air") in subjects
    assert any(what == "payload" for _, what in subjects)
    assert {source.confidence for source in leg.sources} >= {"K", "assumed"}


def test_a_later_departure_shifts_everything_alike(runs: FlightRuns) -> None:
    early, late = time_flight(runs, DEPART), time_flight(runs, DEPART + 2_400.0)
    assert [e.time_utc + 2_400.0 for e in early.timeline] == [e.time_utc for e in late.timeline]
    assert late.arrive_s - early.arrive_s == 2_400.0


def test_an_observed_take_off_delays_what_follows(runs: FlightRuns) -> None:
    planned = time_flight(runs, DEPART)
    late = time_flight(runs, DEPART, [("take-off", DEPART + runs.take_off_s + 600.0)])
    assert late.depart_s == planned.depart_s
    assert late.arrive_s == pytest.approx(planned.arrive_s + 600.0)
    assert late.running_time_s == pytest.approx(planned.running_time_s)
    assert next(e for e in late.timeline if e.kind == "take-off").observed


def test_an_observed_arrival_stretches_the_flight(runs: FlightRuns) -> None:
    name = runs.request.destination.name
    arrive = DEPART + runs.block_s + 900.0
    leg = time_flight(runs, DEPART, [(name, arrive)])
    assert leg.arrive_s == arrive
    assert (np.diff(leg.movements[0].time_s) >= 0).all()
    assert leg.timeline[-1].observed


def test_the_order_in_which_observations_come_does_not_matter(runs: FlightRuns) -> None:
    seen = [
        ("take-off", DEPART + 1_000.0),
        (runs.request.via[0].name, DEPART + 2_500.0),
        ("landing", DEPART + 4_500.0),
    ]
    one, other = time_flight(runs, DEPART, seen), time_flight(runs, DEPART, seen[::-1])
    assert one.timeline == other.timeline
    assert one.movements[0].as_dict() == other.movements[0].as_dict()


def test_observations_that_cannot_be_are_refused(runs: FlightRuns) -> None:
    with pytest.raises(InputError, match='no point "Narita"'):
        time_flight(runs, DEPART, [("Narita", DEPART + 60.0)])
    with pytest.raises(InputError, match="before"):
        time_flight(runs, DEPART, [("take-off", DEPART - 60.0)])


def test_a_closed_own_country_and_a_detour_are_noted(
    request_for: Make, countries: Countries
) -> None:
    request = request_for("UHWW", "RKSI", closed_countries=("KP", "RU"))
    leg = time_flight(fly(request, countries), DEPART)
    texts = " ".join(note.text for note in leg.notes)
    assert "RU is listed as closed" in texts
    assert "km longer than with all airspace open" in texts


def test_a_flight_across_the_180th_meridian_does_not_jump(
    request_for: Make, countries: Countries
) -> None:
    runs = fly(request_for("RJTT", "KLAX", "boeing-747-400"), countries)
    (movement,) = time_flight(runs, DEPART).movements
    assert np.abs(np.diff(movement.lon_deg)).max() < 5.0
