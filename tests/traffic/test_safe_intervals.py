"""Free times are those at which few enough trains hold a resource, counted second by second."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retinue.traffic.occupation import MOVING, STANDING
from retinue.traffic.safe_intervals import Closed, Need, SafeIntervals, free_between
from tests.traffic.small_line import Row, line, runs_of, traffic_of

HELD = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30), st.integers(1, 2)), max_size=8)


@given(HELD, st.integers(0, 3))
def test_free_times_are_those_of_counting(held: list[tuple[int, int, int]], spare: int) -> None:
    rows = [(float(a), float(a + b), units) for a, b, units in held]
    free = free_between(rows, spare)
    assert all(a < b for a, b in free)
    for second in range(100):
        middle = second + 0.5
        count = sum(units for a, b, units in rows if a <= middle < b)
        assert any(a <= middle <= b for a, b in free) == (count <= spare)


def test_a_filter_sees_only_its_trains() -> None:
    network = line([5_000.0], [1], [2, 2])
    station = network.stations[0].resource
    rows: list[Row] = [(0, station, 100.0, 200.0, MOVING), (1, station, 300.0, 400.0, STANDING)]
    traffic = traffic_of(network, rows, runs_of(network, 2, ("freight", "regional")))
    safe = SafeIntervals(traffic, 0.0, margin_s=0.0)
    moving = Need(station, state=MOVING, classes=("freight",))
    assert [round(b) for _, b in safe.times(moving)][:1] == [100]
    assert len(safe.times(moving)) == 2
    assert len(safe.times(Need(station))) == 1  # two tracks: one is always free
    assert len(safe.times(Need(station, units=2))) == 3
    assert safe.times(Need(station, units=3)) == []


def test_closures_close_for_everybody_and_are_named() -> None:
    network = line([5_000.0], [1], [2, 2])
    block = network.sections[0].blocks_up[0]
    traffic = traffic_of(network, [], ())
    closed = (Closed(block, 100.0, 200.0, "track possession 7"),)
    safe = SafeIntervals(traffic, 0.0, closed=closed)
    assert round(safe.times(Need(block))[0][1]) == 100
    assert safe.in_the_way(Need(block), 150.0, 160.0)[0].why == "track possession 7"
