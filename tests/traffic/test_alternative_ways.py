"""Other ways are the shortest over some section, run apart, and more of them never take one away.

What is right is worked out by walking every way of a small drawn network.
"""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.traffic.alternative_ways import APART_M, other_ways
from retinue.traffic.line_network import LineNetwork, Section, Station, Step
from retinue.traffic.way_courses import NEAR_M, WayCourses
from retinue.traffic.way_search import shortest_steps
from retinue.world.sphere import distance_m

Steps = tuple[Step, ...]


def _station(index: int, lat: float, lon: float) -> Station:
    name = f"S{index}"
    return Station(index, name, name, lat, lon, "UTC", "station", 2, -1, float("nan"))


@st.composite
def networks(draw: st.DrawFn) -> LineNetwork:
    """Up to six stations about 8 km apart; lines are up to twice as long as drawn."""
    cells = draw(
        st.lists(
            st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=6, unique=True
        )
    )
    stations = tuple(
        _station(i, 47.0 + 0.07 * row, 8.0 + 0.1 * column) for i, (row, column) in enumerate(cells)
    )
    last = len(stations) - 1
    ends = draw(
        st.lists(
            st.tuples(st.integers(0, last), st.integers(0, last), st.integers(10, 20)), max_size=10
        )
    )
    sections: list[Section] = []
    for a, b, tenths in ends:
        if a == b:
            continue
        one, two = stations[a], stations[b]
        straight = float(distance_m(one.lat, one.lon, two.lat, two.lon))
        sections.append(
            Section(len(sections), a, b, straight * tenths / 10.0, 1, 30.0, (), (), (), "straight")
        )
    return LineNetwork(stations, tuple(sections), (), "pessimistic")


def _length(network: LineNetwork, steps: Steps) -> float:
    return sum(network.sections[step.section].length_m for step in steps)


def _every_way(network: LineNetwork, start: int, end: int) -> list[Steps]:
    """All ways that meet no node twice, by walking them all."""
    found: list[Steps] = []

    def walk(node: int, met: frozenset[int], steps: Steps) -> None:
        if node == end:
            found.append(steps)
            return
        for number in network.sections_at[node]:
            step = Step(number, network.sections[number].a == node)
            other = network.other_end(step)
            if other not in met:
                walk(other, met | {other}, (*steps, step))

    walk(start, frozenset({start}), ())
    return found


@settings(max_examples=150, deadline=None)
@given(networks(), st.integers(1, 4))
def test_every_other_way_is_the_shortest_over_a_section_and_runs_apart(
    network: LineNetwork, count: int
) -> None:
    own = shortest_steps(network, 0, 1)
    if own is None:
        return
    ways = other_ways(network, own, count)
    assert len(ways) <= count
    every = _every_way(network, 0, 1)
    lengths = [_length(network, way) for way in ways]
    assert lengths == sorted(lengths)
    courses = WayCourses(network)
    for one, two in combinations([own, *ways], 2):
        assert courses.apart_m(one, two) >= APART_M
    for way in ways:
        assert way in every
        assert _length(network, way) <= 1.5 * _length(network, own) + 1e-6
        over = [min(_length(network, other) for other in every if step in other) for step in way]
        assert any(_length(network, way) == pytest.approx(shortest) for shortest in over)


@settings(max_examples=100, deadline=None)
@given(networks())
def test_the_nearest_other_way_is_found_where_there_is_one(network: LineNetwork) -> None:
    own = shortest_steps(network, 0, 1)
    if own is None:
        return
    courses = WayCourses(network)
    apart = [
        _length(network, way)
        for way in _every_way(network, 0, 1)
        if courses.apart_m(own, way) >= APART_M
    ]
    first = other_ways(network, own, 1)
    if first:
        assert _length(network, first[0]) == pytest.approx(min(apart))
    elif apart:
        assert min(apart) > 1.5 * _length(network, own) - 1e-6


@settings(max_examples=60, deadline=None)
@given(networks(), st.integers(1, 3), st.integers(1, 3))
def test_asking_for_more_ways_keeps_those_that_fewer_gave(
    network: LineNetwork, count: int, more: int
) -> None:
    own = shortest_steps(network, 0, 1)
    if own is None:
        return
    few, many = other_ways(network, own, count), other_ways(network, own, count + more)
    assert many[: len(few)] == few


def test_a_line_drawn_beside_is_no_other_way() -> None:
    """The other drawing lies some metres off all along; the third line bulges by 5 km."""
    stations = (_station(0, 47.0, 8.0), _station(1, 47.0, 8.2))

    def drawn(index: int, off_deg: float) -> Section:
        lat = (47.0, 47.0 + off_deg, 47.0 + off_deg, 47.0)
        return Section(index, 0, 1, 16_000.0, 1, 30.0, (), (), (), "feed",
                       lat, (8.0, 8.05, 8.15, 8.2))  # fmt: skip

    near_deg = 0.9 * NEAR_M / 111_195.0
    sections = (drawn(0, 0.0), drawn(1, near_deg), drawn(2, 0.045))
    network = LineNetwork(stations, sections, (), "pessimistic")
    assert other_ways(network, (Step(0, True),), 5) == ((Step(2, True),),)
    # From the other end likewise.
    assert other_ways(network, (Step(2, False),), 5) == ((Step(0, False),),)
