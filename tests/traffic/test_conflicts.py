"""The sweep finds every overlap and no other: planted ones by kind, and against brute force."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.traffic.conflicts import ConflictKind, conflicts_of
from retinue.traffic.occupation import Occupations
from retinue.traffic.resource import Kind

Row = tuple[int, int, float, float, int, int]
"""Train, resource, from, to, direction, kind."""


def held(rows: list[Row]) -> Occupations:
    columns = [np.array(c) for c in zip(*rows, strict=True)] if rows else [np.empty(0)] * 6
    types = (np.int32, np.int32, float, float, np.int8, np.int8)
    train, resource, begin, end, way, kind = (
        c.astype(t) for c, t in zip(columns, types, strict=True)
    )
    count = len(train)
    return Occupations(
        train, resource, begin, end, way, np.zeros(count, np.int8), kind, np.zeros(count, np.int32)
    )


def brute(rows: list[Row], capacity: list[int]) -> set[tuple[int, int, int, float, float]]:
    """The definition, pair by pair."""
    order = sorted(range(len(rows)), key=lambda i: (rows[i][1], rows[i][2], rows[i][0], i))
    found: list[tuple[int, int, int, float, float]] = []
    for place, i in enumerate(order):
        train, resource, begin, end, *_ = rows[i]
        if end <= begin:
            continue
        there = [
            rows[j] for j in order[:place]
            if rows[j][1] == resource and rows[j][3] > begin and rows[j][3] > rows[j][2]
        ]  # fmt: skip
        if capacity[resource] == 1:
            found += [
                (other[0], train, resource, begin, min(other[3], end))
                for other in there if other[0] != train
            ]  # fmt: skip
            continue
        if any(other[0] == train for other in there):
            continue
        leaves: dict[int, float] = {}
        for other in there:
            leaves[other[0]] = max(leaves.get(other[0], other[3]), other[3])
        if len(leaves) >= capacity[resource]:
            until = sorted(leaves.values())[len(leaves) - capacity[resource]]
            found.append((-1, train, resource, begin, min(until, end)))
    return set(found)


rows_of_traffic = st.lists(
    st.tuples(
        st.integers(0, 6), st.integers(0, 3), st.integers(0, 40).map(float),
        st.integers(0, 15).map(float), st.sampled_from([-1, 1]), st.just(0),
    ).map(lambda r: (r[0], r[1], r[2], r[2] + r[3], r[4], r[5])),
    max_size=40,
)  # fmt: skip


@settings(max_examples=300)
@given(rows_of_traffic, st.lists(st.integers(1, 3), min_size=4, max_size=4))
def test_the_sweep_finds_what_pair_by_pair_comparison_finds(
    rows: list[Row], capacity: list[int]
) -> None:
    found = conflicts_of(held(rows), np.array(capacity, np.int32))
    got = {
        (
            int(found.holder[i]) if capacity[found.resource[i]] == 1 else -1,
            int(found.comer[i]), int(found.resource[i]),
            float(found.from_s[i]), float(found.to_s[i]),
        )
        for i in range(len(found))
    }  # fmt: skip
    assert got == brute(rows, capacity)


def test_each_kind_of_conflict_is_told_with_its_seconds() -> None:
    rows: list[Row] = [
        (0, 0, 0.0, 100.0, 1, Kind.BLOCK), (1, 0, 70.0, 150.0, 1, Kind.BLOCK),
        (0, 1, 0.0, 100.0, 1, Kind.BLOCK), (1, 1, 60.0, 150.0, -1, Kind.BLOCK),
        (0, 2, 0.0, 100.0, 0, Kind.STATION), (1, 2, 10.0, 80.0, 0, Kind.STATION),
        (2, 2, 50.0, 90.0, 0, Kind.STATION),
        (0, 3, 0.0, 20.0, 0, Kind.JUNCTION), (1, 3, 15.0, 30.0, 0, Kind.JUNCTION),
    ]  # fmt: skip
    found = conflicts_of(held(rows), np.array([1, 1, 2, 1], np.int32))
    told = {
        (ConflictKind(int(k)).name, round(float(b - a)))
        for k, a, b in zip(found.kind, found.from_s, found.to_s, strict=True)
    }
    # Train 2 gets a track when train 1 leaves at 80.
    assert told == {("SPACING", 30), ("OPPOSING", 40), ("STATION_TRACK", 30), ("JUNCTION", 5)}


def test_a_train_may_come_the_instant_another_leaves_and_is_no_conflict_with_itself() -> None:
    rows: list[Row] = [(0, 0, 0.0, 10.0, 1, 0), (1, 0, 10.0, 20.0, -1, 0), (1, 0, 15.0, 30.0, 1, 0)]
    assert len(conflicts_of(held(rows), np.array([1], np.int32))) == 0


def test_more_conflicts_than_rows_are_all_found() -> None:
    count = 60
    rows: list[Row] = [(i, 0, float(i), 1000.0, 1, 0) for i in range(count)]
    found = conflicts_of(held(rows), np.array([1], np.int32))
    assert len(found) == count * (count - 1) // 2
