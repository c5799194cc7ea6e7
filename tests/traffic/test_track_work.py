"""Trains where people are on the line: each one is told, on whichever track, and nothing else."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retinue.plan.duty import Task
from retinue.traffic.line_network import LineNetwork
from retinue.traffic.track_work import (
    TrainOnWork,
    section_at,
    track_works,
    trains_on_work,
    with_track_work,
)
from retinue.traffic.traffic import Traffic
from tests.traffic.small_line import MOVING, Row, line, runs_of, traffic_of


def network(capacity: int = 1) -> LineNetwork:
    """Four stations from 47.0 to 47.3 degrees north; the first section is double."""
    plain = line([10_000.0] * 3, [2, 1, 1], [2] * 4)
    sections = tuple(
        dataclasses.replace(s, lat_deg=(47.0 + 0.1 * s.a, 47.0 + 0.1 * s.b), lon_deg=(8.0, 8.0))
        for s in plain.sections
    )
    resources = tuple(dataclasses.replace(r, capacity=capacity) for r in plain.resources)
    return dataclasses.replace(plain, sections=sections, resources=resources)


def sweep(name: str, lat: float, begin: float, end: float) -> Task:
    return Task(
        id=name, site="s", leg="1", what="sweep", place=name, lat=lat, lon=8.0,
        zone="Europe/Zurich", earliest_utc=begin, latest_utc=begin, duration_s=end - begin,
        until_utc=end, on_track=True,
    )  # fmt: skip


def met(traffic: Traffic, tasks: list[Task]) -> list[TrainOnWork]:
    return trains_on_work(with_track_work(traffic, tasks), track_works(tasks))


def test_a_train_on_either_track_is_told_with_its_seconds() -> None:
    plain = network()
    up, down = plain.sections[0].blocks_up[0], plain.sections[0].blocks_down[0]
    rows: list[Row] = [(0, up, 900.0, 1100.0, MOVING), (1, down, 1900.0, 2500.0, MOVING)]
    found = met(traffic_of(plain, rows, runs_of(plain, 2)), [sweep("tunnel", 47.05, 1e3, 2e3)])
    assert [(m.train, m.from_s, m.to_s, m.seconds) for m in found] == [
        ("t0", 1000.0, 1100.0, 100.0), ("t1", 1900.0, 2000.0, 100.0)
    ]  # fmt: skip
    assert {m.work.title for m in found} == {"sweep (tunnel)"}
    assert {m.line for m in found} == {"A - B"}
    assert found[0].place == plain.resources[up].name


def test_the_next_instant_and_the_next_section_are_free() -> None:
    plain = network()
    here, there = plain.sections[1].blocks_up[0], plain.sections[2].blocks_up[0]
    rows: list[Row] = [
        (0, here, 500.0, 1000.0, MOVING), (1, here, 2000.0, 2100.0, MOVING),
        (2, there, 1000.0, 2000.0, MOVING),
    ]  # fmt: skip
    assert met(traffic_of(plain, rows, runs_of(plain, 3)), [sweep("x", 47.15, 1e3, 2e3)]) == []


def test_no_number_of_tracks_makes_room_beside_people() -> None:
    plain = network(capacity=3)
    rows: list[Row] = [(0, plain.sections[1].blocks_up[1], 1500.0, 1600.0, MOVING)]
    (one,) = met(traffic_of(plain, rows, runs_of(plain, 1)), [sweep("x", 47.15, 1e3, 2e3)])
    assert (one.train, one.seconds) == ("t0", 100.0)


def test_two_sweeps_and_a_possession_are_no_trains() -> None:
    plain = network()
    block = plain.sections[1].blocks_up[0]
    traffic = traffic_of(plain, [(1, block, 0.0, 9e3, MOVING)], runs_of(plain, 1))
    closed = dataclasses.replace(traffic, work=("possession P-1 (North, version 1)",))
    tasks = [sweep("x", 47.15, 1e3, 2e3), sweep("y", 47.16, 1500.0, 2500.0)]
    assert met(closed, tasks) == []
    beside = with_track_work(closed, tasks)
    assert beside.holder_names == ("t0", closed.work[0], "sweep (x)", "sweep (y)")
    assert len(beside.possessions) == 1


_MOMENT = st.integers(0, 40)
_HOLD = st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 1), _MOMENT, _MOMENT)


@given(
    st.lists(_HOLD, max_size=12),
    st.lists(st.tuples(st.integers(0, 2), _MOMENT, _MOMENT), max_size=4),
    st.integers(1, 3),
)
def test_it_finds_what_comparing_each_with_each_finds(
    holds: list[tuple[int, int, int, int, int]], works: list[tuple[int, int, int]], tracks: int
) -> None:
    plain = network(tracks)
    rows: list[Row] = [
        (train, plain.sections[section].blocks_up[block], float(min(a, b)), max(a, b) + 1.0, MOVING)
        for train, section, block, a, b in holds
    ]
    tasks = [
        sweep(f"w{n}", 47.05 + 0.1 * section, float(min(a, b)), max(a, b) + 1.0)
        for n, (section, a, b) in enumerate(works)
    ]
    expected = sorted(
        (f"t{train}", task.id, plain.resources[block].name, max(begin, task.earliest_utc),
         min(end, task.until_utc))
        for train, block, begin, end, _ in rows
        for task, (section, _, _) in zip(tasks, works, strict=True)
        if block in plain.sections[section].blocks_up
        and begin < task.until_utc and task.earliest_utc < end
    )  # fmt: skip
    found = met(traffic_of(plain, rows, runs_of(plain, 4)), tasks)
    assert sorted((m.train, m.work.task.id, m.place, m.from_s, m.to_s) for m in found) == expected
    assert [m.from_s for m in found] == sorted(m.from_s for m in found)


def test_a_network_without_geometry_has_no_nearest_section() -> None:
    assert section_at(line([1e4], [1], [1, 1]), 47.0, 8.0) is None
    found = section_at(network(), 47.15, 8.0)
    assert found is not None
    np.testing.assert_allclose(found, (1, 0.0), atol=1e-6)
