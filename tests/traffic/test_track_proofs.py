"""What a timetable proves: tracks, loops, blocks, coupled trains; and what it does not."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retinue.traffic.blocking_rules import shipped_blocking_rules
from retinue.traffic.blocks import NetworkBuilder
from retinue.traffic.conflicts import find_conflicts
from retinue.traffic.coupling import coupled_steps, held_once
from retinue.traffic.line_network import Step
from retinue.traffic.occupying import occupy
from retinue.traffic.skeleton import Skeleton, SkeletonNode, SkeletonSection
from retinue.traffic.track_proofs import prove
from retinue.traffic.train_run import Call, TrainRun

RULES = shipped_blocking_rules()


def skeleton(nodes: int, length_m: float = 20_000.0) -> Skeleton:
    return Skeleton(
        [SkeletonNode(i, "ABCDE"[i], "ABCDE"[i], 47.0 + 0.2 * i, 8.0, False) for i in range(nodes)],
        [
            SkeletonSection(
                i, i, i + 1, length_m, "straight", (47.0 + 0.2 * i, 47.2 + 0.2 * i), (8.0, 8.0)
            )
            for i in range(nodes - 1)
        ],
    )  # fmt: skip


def train(
    name: str, start: float, *, back: bool = False, nodes: int = 3, minutes: float = 12.0,
    dwell: float = 0.0,
) -> TrainRun:  # fmt: skip
    order = range(nodes - 1, -1, -1) if back else range(nodes)
    calls = []
    for i, node in enumerate(order):
        arrive = start + i * (60.0 * minutes + dwell)
        stands = dwell if 0 < i < nodes - 1 else 0.0
        ends = i in (0, nodes - 1)
        calls.append(Call(node, arrive, arrive + stands, ends or dwell > 0.0, stands))
    steps = tuple(Step(i, not back) for i in range(nodes - 1))
    return TrainRun(
        name, "regional", name, 0.0, 100.0, 40.0, tuple(calls), steps[::-1] if back else steps
    )


def test_trains_that_meet_between_stations_prove_a_second_track() -> None:
    found = prove(skeleton(3), [train("1", 0.0), train("2", 300.0, back=True)], RULES)
    # Train 1 is on A - B until 720 s, train 2 from 1020 s: they meet on B - C.
    assert [p.opposing for p in found.sections] == [False, True]
    assert found.sections[1].witness == ("1", "2")
    assert [p.tracks for p in found.sections] == [1, 2]


def test_no_two_trains_meeting_proves_nothing_so_the_views_differ() -> None:
    plan = skeleton(3)
    runs = [train("1", 0.0), train("2", 3600.0, back=True)]
    builder = NetworkBuilder(plan, prove(plan, runs, RULES), RULES, zone="Europe/Zurich")
    tracks = {
        view: [s.tracks for s in builder.network(view, "left", set()).sections]
        for view in ("pessimistic", "optimistic")
    }
    assert tracks == {"pessimistic": [1, 1], "optimistic": [2, 2]}


def test_trains_that_meet_within_the_rounding_of_a_station_prove_a_loop_only() -> None:
    # Train 2 leaves B 10 s before train 1 is in: the timetable's minutes cannot tell.
    runs = [train("1", 0.0, dwell=60.0), train("2", -70.0, back=True, dwell=60.0)]
    found = prove(skeleton(3), runs, RULES)
    assert not any(p.opposing for p in found.sections)
    assert found.stations[1].together == 2


def test_a_train_overtaken_between_stations_proves_a_track_more_in_its_direction() -> None:
    runs = [train("slow", 0.0, minutes=20.0), train("fast", 300.0, minutes=8.0)]
    found = prove(skeleton(2), [dataclasses.replace(r, calls=r.calls[:2], steps=r.steps[:1])
                                for r in runs], RULES)  # fmt: skip
    assert found.sections[0].up == 2 and found.sections[0].tracks == 3


def test_trains_that_follow_closely_prove_short_blocks_and_then_no_overlap() -> None:
    plan = skeleton(2)
    runs = [train(str(i), 240.0 * i, nodes=2, minutes=12.0) for i in range(5)]
    found = prove(plan, runs, RULES)
    assert found.sections[0].block_up_m < RULES.single_block_m
    network = NetworkBuilder(plan, found, RULES, zone="UTC").network("pessimistic", None, set())
    held = occupy(network, runs, RULES)
    # A minute's rounding may remain; nothing longer.
    assert len(find_conflicts(network, held).longer_than(RULES.rounding_s)) == 0


def test_the_speed_needed_is_at_least_the_mean_speed() -> None:
    found = prove(skeleton(3), [train("1", 0.0)], RULES)
    assert found.sections[0].speed_mps > 20_000.0 / 750.0


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=8))
def test_more_trains_never_prove_less(trains: list[tuple[int, bool]]) -> None:
    runs = [train(str(i), 60.0 * t, back=b) for i, (t, b) in enumerate(trains)]
    fewer, all_ = prove(skeleton(3), runs[:-1], RULES), prove(skeleton(3), runs, RULES)
    for one, two in zip(fewer.sections, all_.sections, strict=True):
        assert two.tracks >= one.tracks and two.speed_mps >= one.speed_mps
    for a, b in zip(fewer.stations, all_.stations, strict=True):
        assert b.together >= a.together


def test_trains_of_the_same_times_over_two_legs_are_one_on_the_line() -> None:
    one, two = train("1", 0.0, nodes=4, dwell=60.0), train("2", 0.0, nodes=4, dwell=60.0)
    assert coupled_steps([one, two])[1].tolist() == [0, 0, 0]
    plan = skeleton(4)
    found = prove(plan, [one, two], RULES, coupled_steps([one, two]))
    assert found.stations[1].together == 1
    later = train("2", 60.0, nodes=4, dwell=60.0)
    assert coupled_steps([one, later]) == {}


def test_one_leg_of_the_same_times_is_a_chance() -> None:
    one = train("1", 0.0, nodes=4, dwell=60.0)
    calls = (*one.calls[:2], dataclasses.replace(one.calls[2], arrive_s=9000.0, depart_s=9060.0))
    other = dataclasses.replace(one, id="2", calls=(*calls, dataclasses.replace(
        one.calls[3], arrive_s=9900.0, depart_s=9900.0)))  # fmt: skip
    assert coupled_steps([one, other]) == {}


def test_a_coupled_train_holds_the_nodes_where_it_leaves_the_other() -> None:
    leaders = np.array([0, 0, -1], np.int32)
    step = np.array([-1, 0, -1, 1, -1, 2, -1])
    node = np.array([0, -1, 1, -1, 2, -1, 3])
    assert held_once(leaders, step, node).tolist() == [
        False, False, False, False, True, True, True,
    ]  # fmt: skip
