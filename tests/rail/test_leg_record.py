"""The records of a leg: the line table joins what is alike, grounds are listed once."""

from __future__ import annotations

import numpy as np

from retinue.plan import Leg, PlaceRecord
from retinue.plan.vehicles import power_name
from retinue.rail.leg import RailLegResult, RailStop, run_rail, time_rail
from tests.rail.convoys import DEPART_S, request
from tests.rail.drawn_route import drawn


def _result(art: str, **changed: object) -> RailLegResult:
    return time_rail(run_rail(request(drawn(art), **changed)), DEPART_S)


def test_power_systems_are_written_as_people_do() -> None:
    assert power_name("25kv-ac-50hz") == "25 kV 50 Hz AC"
    assert power_name("none") == "none"
    assert power_name(None) == "unknown"
    assert power_name("850v-dc-third-rail") == "850v-dc-third-rail"


def test_stretches_with_equal_values_are_one_line_of_the_table() -> None:
    # B splits the stretch, but nothing changes there; at C the line speed does.
    sections = _result("A--B--C__D").sections
    assert [(s.from_place, s.to_place) for s in sections] == [
        ("Station A", "Station C"),
        ("Station C", "Station D"),
    ]
    assert sections[0].assumed == ("line speed",)


def test_one_ground_for_neighbouring_stretches_is_one_assumption() -> None:
    speeds = [a for a in _result("A--B--C__D").assumptions if a.what == "line speed"]
    assert [(a.subject, a.value) for a in speeds] == [
        ("KP line, Station A-Station C", "60 km/h"),
        ("KP line, Station C-Station D", "30 km/h"),
    ]


def test_a_vehicle_in_several_trains_is_listed_once() -> None:
    made = _result("A--B--C", stops=(RailStop("B", 60.0),))
    keys = [(a.subject, a.what, a.value, a.because) for a in made.assumptions]
    assert len(keys) == len(set(keys))
    assert any(subject == "Red Flag 1" for subject, _, _, _ in keys)


def test_a_stop_is_two_points_at_one_chainage_and_every_point_is_kept() -> None:
    main = _result("A--B--C", stops=(RailStop("B", 600.0),)).movements[0]
    at_b = np.flatnonzero(main.distance_m == 10_000.0)
    assert len(at_b) == 2
    assert main.time_s[at_b[1]] - main.time_s[at_b[0]] == 600.0
    assert main.position(10_000.0)[1] == 40.1


def test_a_plans_leg_takes_the_pieces_and_gives_them_back() -> None:
    made = _result("A--B--C", stops=(RailStop("B", 600.0),))
    ends = [
        PlaceRecord(name=n, lat=40.0, lon=128.0, country="KP", zone="Asia/Pyongyang") for n in "AC"
    ]
    leg = Leg.model_validate(
        {
            "id": "leg-1",
            "mode": "rail",
            "title": "drawn",
            "from": ends[0],
            "to": ends[1],
            "depart_utc": made.depart_s,
            "arrive_utc": made.arrive_s,
            "distance_m": made.distance_m,
            "running_time_s": made.running_time_s,
            "movements": made.movements,
            "timeline": made.timeline,
            "sections": made.sections,
            "profile": made.profile,
            "notes": made.notes,
            "details": made.details,
        }
    )
    text = leg.model_dump_json(by_alias=True)
    assert Leg.model_validate_json(text).model_dump_json(by_alias=True) == text
