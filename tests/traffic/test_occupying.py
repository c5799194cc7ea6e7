"""Blocking times by hand: what each part adds, and that nothing is held twice or too long.

The parts are those of the blocking time (Pachl, Railway Operation and Control, chapter 3).
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.traffic.blocking_rules import shipped_blocking_rules
from retinue.traffic.occupying import Profile, occupy
from retinue.traffic.resource import Kind
from retinue.traffic.train_run import Call, TrainRun
from tests.traffic.small_line import line, way_of

RULES = dataclasses.replace(
    shipped_blocking_rules(), switching_s=10.0, sight_s=10.0, approach_m=1000.0, release_s=5.0,
    station_release_s=20.0, terminal_stand_s=100.0,
)  # fmt: skip


def a_run(times: list[tuple[float, float, bool]], length_m: float = 200.0) -> TrainRun:
    network = line([10_000.0] * (len(times) - 1), [1] * (len(times) - 1), [2] * len(times))
    calls = tuple(Call(i, a, d, s) for i, (a, d, s) in enumerate(times))
    return TrainRun("t", "regional", "T", 0.0, length_m, 30.0, calls, way_of(network))


def test_a_train_that_passes_holds_blocks_from_sight_to_release() -> None:
    # 20 m/s throughout: A 0 s, B 500 s (passes), C 1000 s; blocks of 5 km.
    network = line([10_000.0] * 2, [1, 1], [2, 2, 2])
    run = a_run([(0.0, 0.0, True), (500.0, 500.0, False), (1000.0, 1000.0, True)])
    held = occupy(network, [run], RULES)
    hold = {
        network.resources[r].name: (a, b)
        for r, a, b in zip(held.resource.tolist(), held.from_s, held.to_s, strict=True)
    }
    # Departs at 0, ready 20 s before; its tail is out of block 1 at 5.2 km = 260 s, + 5 s.
    assert hold["A - B, block 1"] == pytest.approx((-20.0, 265.0))
    # Sighted 1 km before block 2 (200 s), less 20 s; tail out of it 200 m past B: 510 s.
    assert hold["A - B, block 2"] == pytest.approx((180.0, 515.0))
    # The station passed: from 9 km (450 s) less 20 s until the tail is out, + 20 s.
    assert hold["B"] == pytest.approx((430.0, 530.0))
    # The last block is free when the train stands inside C, at 1000 s.
    assert hold["B - C, block 2"] == pytest.approx((680.0, 1005.0))
    # Ends of the run stand on their track.
    assert hold["A"] == pytest.approx((-100.0, 30.0))
    assert hold["C"] == pytest.approx((930.0, 1100.0))


def test_a_stop_holds_the_station_and_not_the_block_before_it() -> None:
    network = line([10_000.0] * 2, [1, 1], [2, 2, 2])
    run = a_run([(0.0, 0.0, True), (500.0, 800.0, True), (1300.0, 1300.0, True)])
    held = occupy(network, [run], RULES)
    hold = {
        network.resources[r].name: (a, b, s)
        for r, a, b, s in zip(
            held.resource.tolist(), held.from_s, held.to_s, held.state, strict=True
        )
    }
    assert hold["A - B, block 2"][1] == pytest.approx(505.0)
    assert hold["B"][:2] == pytest.approx((430.0, 830.0))
    assert hold["B"][2] == 1
    # It leaves B at 800: the next block begins with switching and sight, without approach.
    assert hold["B - C, block 1"][0] == pytest.approx(780.0)


def test_a_halt_without_a_track_of_its_own_holds_the_block_while_the_train_stands() -> None:
    network = line([10_000.0] * 2, [1, 1], [2, 2, 2])
    halts = tuple(
        dataclasses.replace(s, kind="halt", resource=-1) if s.name == "B" else s
        for s in network.stations
    )
    network = dataclasses.replace(network, stations=halts)
    run = a_run([(0.0, 0.0, True), (500.0, 800.0, True), (1300.0, 1300.0, True)])
    held = occupy(network, [run], RULES)
    hold = {
        network.resources[r].name: (b, s)
        for r, b, s in zip(held.resource.tolist(), held.to_s, held.state, strict=True)
    }
    # The tail leaves 200 m past B, 10 s after the departure at 800.
    assert hold["A - B, block 2"] == (pytest.approx(815.0), 1)
    assert "B" not in hold


@given(
    st.lists(st.integers(60, 600), min_size=2, max_size=5),
    st.lists(st.integers(0, 300), min_size=2, max_size=5),
    st.floats(50.0, 700.0),
)
def test_holds_cover_the_run_without_gap_and_grow_with_the_train(
    running: list[int], dwells: list[int], length_m: float
) -> None:
    count = min(len(running), len(dwells))
    times, now = [(0.0, 0.0, True)], 0.0
    for i in range(count):
        arrive = now + running[i]
        now = arrive + (dwells[i] if i + 1 < count else 0)
        times.append((arrive, now, dwells[i] > 0 or i + 1 == count))
    network = line([10_000.0] * count, [1] * count, [2] * (count + 1))
    run = a_run(times, length_m)
    held = occupy(network, [run], RULES)
    assert np.all(held.to_s > held.from_s)
    blocks = held.rows(held.kind == Kind.BLOCK)
    order = np.argsort(blocks.from_s, kind="stable")
    # The next block is asked for before the one behind is free, save where the train stood
    # inside a station between them: that is then held.
    everything = sorted(zip(held.from_s, held.to_s, strict=True))
    reach = everything[0][1]
    for begin, end in everything[1:]:
        assert begin <= reach
        reach = max(reach, end)
    assert np.all(np.diff(blocks.from_s[order]) >= 0.0)
    longer = occupy(network, [dataclasses.replace(run, length_m=length_m + 100.0)], RULES)
    assert np.all(longer.to_s >= held.to_s - 1e-9)


def test_a_profile_tells_arrival_and_departure_apart() -> None:
    profile = Profile(np.array([0.0, 100.0, 100.0, 200.0]), np.array([0.0, 10.0, 40.0, 50.0]))
    at = np.array([50.0, 100.0, 150.0])
    assert profile.reaches(at).tolist() == [5.0, 10.0, 45.0]
    assert profile.leaves(at).tolist() == [5.0, 40.0, 45.0]
