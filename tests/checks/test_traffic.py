"""The checker of traffic finds every planted fault by name, and passes what is sound."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.checks.traffic import check_traffic
from retinue.plan.traffic import (
    AlteredTrain,
    ResourceRecord,
    TrafficRecord,
    TrainCall,
    TrainPass,
    TrainPath,
)


def place(number: int, kind: str, capacity: int = 1, lengths: tuple[float, ...] = ()) -> Any:
    return ResourceRecord(
        id=number, kind=kind, name=f"{kind} {number}", capacity=capacity, lat=47.0, lon=8.0,
        source="rule", track_lengths_m=lengths,
    )  # fmt: skip


def held(
    resource: int, begin: float, end: float, way: int = 1, standing: bool = False
) -> TrainPass:
    return TrainPass(
        resource=resource, from_utc=begin, to_utc=end, direction=way, standing=standing
    )


def call(name: str, arrive: float, depart: float, least: float = 0.0) -> TrainCall:
    return TrainCall(
        place=name, arrive_utc=arrive, depart_utc=depart, stops=True, minimum_dwell_s=least
    )


def train(name: str, *passes: TrainPass, special: bool = False, **more: Any) -> TrainPath:
    given_ = {"length_m": 200.0, "calls": (call("A", 0.0, 0.0), call("B", 600.0, 600.0))} | more
    return TrainPath(
        id=name, title=name, train_class="special" if special else "regional", special=special,
        passes=passes, **given_,
    )  # fmt: skip


PLACES = (place(0, "block"), place(1, "station", 2), place(2, "junction"))


def record(*trains: TrainPath, **more: Any) -> TrafficRecord:
    return TrafficRecord(**({"view": "pessimistic", "resources": PLACES} | more), trains=trains)


SOUND = record(
    train("1", held(0, 0.0, 100.0), held(1, 100.0, 200.0, 0)),
    train("2", held(0, 100.0, 180.0, -1), held(1, 150.0, 300.0, 0)),
    train("3", held(1, 200.0, 260.0, 0), held(2, 0.0, 50.0, 0)),
)


def test_trains_that_follow_one_another_pass() -> None:
    finding = check_traffic(SOUND)
    assert finding.faults == ()
    assert "3 trains, 3 resources, 6 holds" in finding.looked_at


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (record(train("1", held(0, 0, 100)), train("2", held(0, 60, 180))),
         "spacing: 1 and 2 at block 0 from 00:01:00Z for 40 s"),
        (record(train("1", held(0, 0, 100)), train("2", held(0, 60, 180, -1))),
         "opposing: 1 and 2 at block 0"),
        (record(train("1", held(2, 0, 100, 0)), train("2", held(2, 99, 180, 0))), "crossing ways"),
        (record(*(train(str(i), held(1, i, 100, 0)) for i in range(3))),
         "3 trains on 2 tracks"),
        (record(train("1", held(0, 0, 100)), train("2", held(0, 103, 180)), minimum_gap_s=10.0),
         "3 s apart, too little"),
        (record(train("1", held(7, 0, 100))), "holds resource 7, which is not listed"),
        (record(train("1", held(0, 100, 0))), "leaves block 0 before it comes"),
        (record(train("1"), train("1")), "train 1 is listed 2 times"),
        (record(resources=(*PLACES, place(0, "block"))), "resource 0 is listed 2 times"),
        (record(train("1", calls=(call("A", 0, 100), call("B", 50, 60)))),
         "arrives at B before it departs from A"),
        (record(train("1", calls=(call("A", 10, 0), call("B", 50, 60)))),
         "departs from A before it arrives"),
        (record(train("1", calls=(call("A", 0, 0), call("B", 50, 60, 30), call("C", 90, 90)))),
         "stands 10 s at B, its least is 30 s"),
        (record(train("1", held(0, 0, 9, 0, True), length_m=300.0),
                resources=(place(0, "station", 2, (250.0, 100.0)),)), "no track is long enough"),
        (record(train("1", held(0, 0, 9, 0, True), length_m=90.0),
                train("2", held(0, 5, 9, 0, True), length_m=120.0),
                train("3", held(0, 8, 9, 0, True), length_m=120.0),
                resources=(place(0, "station", 3, (250.0, 100.0, 100.0)),)),
         "no track is long enough"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_named(made: TrafficRecord, words: str) -> None:
    faults = check_traffic(made).faults
    assert any(words in fault for fault in faults), faults


def test_an_overlap_of_the_timetable_itself_is_excused_but_never_one_with_the_special() -> None:
    two = train("1", held(0, 0, 100)), train("2", held(0, 60, 180))
    known = (("1", "2", 0),)
    assert not check_traffic(record(*two, known_overlaps=known)).faults
    special = train("2", held(0, 60, 180), special=True)
    assert check_traffic(record(two[0], special, known_overlaps=known)).faults
    elsewhere = (("1", "2", 1),)
    assert check_traffic(record(*two, known_overlaps=elsewhere)).faults


@pytest.mark.parametrize(
    ("measure", "new", "delay", "path", "words"),
    [
        ("re-timed", (call("A", 60, 60), call("B", 660, 660)), 60.0, None, ""),
        ("re-timed", (call("A", 60, 60), call("B", 660, 660)), 10.0, None, "60 s late at B"),
        ("re-timed", (call("A", -90, -90), call("B", 600, 600)), 0.0, None, "before its published"),
        ("held", (call("A", 0, 0), call("B", 660, 660)), 60.0,
         (call("A", 0, 0), call("B", 600, 600)), "not those of its path"),
        ("cancelled", (), 0.0, None, "is cancelled and still holds the line"),
    ],
)  # fmt: skip
def test_the_record_of_an_altered_train_agrees_with_its_path(
    measure: Any, new: Any, delay: float, path: Any, words: str
) -> None:
    change = AlteredTrain(
        id="1", measure=measure, old_calls=(call("A", 0, 0), call("B", 600, 600)), new_calls=new,
        delay_s=delay,
    )  # fmt: skip
    calls = path or new or (call("A", 0, 0), call("B", 600, 600))
    faults = check_traffic(record(train("1", held(0, 0, 9), calls=calls), altered=(change,))).faults
    assert (not faults) if not words else any(words in fault for fault in faults), faults


def test_an_altered_train_without_a_path_and_a_special_one_are_faults() -> None:
    calls = (call("A", 0, 0), call("B", 600, 600))
    change = AlteredTrain(id="9", measure="held", old_calls=calls, new_calls=calls, delay_s=0.0)
    assert "9 is held and has no path" in check_traffic(record(altered=(change,))).faults
    faults = check_traffic(record(train("9", special=True), altered=(change,))).faults
    assert any("cannot be an altered one" in fault for fault in faults)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 90), st.integers(1, 40)), max_size=12))
def test_a_fault_is_found_exactly_where_more_trains_are_than_fit(
    holds: list[tuple[int, int, int]],
) -> None:
    trains = [train(str(i), held(r, a, a + d, 0)) for i, (r, a, d) in enumerate(holds)]
    over = any(
        sum(r == place_.id and a <= t < a + d for r, a, d in holds) > place_.capacity
        for place_ in PLACES
        for t in range(140)
    )
    assert bool(check_traffic(record(*trains)).faults) == over


def test_a_record_is_the_same_after_writing_and_reading() -> None:
    made = record(train("1", held(0, 0.25, 100.0)))
    assert TrafficRecord.model_validate_json(made.model_dump_json()) == made
