"""The ways tried are the shortest there are: what listing every way of a small network gives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.traffic.alternative_ways import shortest_ways
from retinue.traffic.line_network import LineNetwork, Section, Station, Step


@st.composite
def networks(draw: st.DrawFn) -> LineNetwork:
    count = draw(st.integers(2, 6))
    stations = tuple(
        Station(i, f"s{i}", f"S{i}", 47.0, 8.0, "UTC", "station", 2, -1, float("nan"))
        for i in range(count)
    )
    ends = draw(
        st.lists(
            st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), st.integers(1, 50)),
            max_size=10,
        )
    )
    sections = tuple(
        Section(i, a, b, 100.0 * length, 1, 30.0, (), (), (), "straight")
        for i, (a, b, length) in enumerate((a, b, n) for a, b, n in ends if a != b)
    )
    return LineNetwork(stations, sections, (), "pessimistic")


def _every_way(network: LineNetwork, start: int, end: int) -> list[float]:
    """Lengths of all ways that meet no node twice, by walking them all."""
    found = []

    def walk(node: int, met: frozenset[int], length: float) -> None:
        if node == end:
            found.append(length)
            return
        for number in network.sections_at[node]:
            section = network.sections[number]
            other = network.other_end(Step(number, section.a == node))
            if other not in met:
                walk(other, met | {other}, length + section.length_m)

    walk(start, frozenset({start}), 0.0)
    return sorted(found)


@settings(max_examples=150, deadline=None)
@given(networks(), st.integers(1, 6))
def test_the_shortest_ways_are_those_of_listing_them_all(network: LineNetwork, count: int) -> None:
    ways = shortest_ways(network, 0, 1, count, longest=float("inf"))
    lengths = [sum(network.sections[s.section].length_m for s in way) for way in ways]
    assert lengths == pytest.approx(_every_way(network, 0, 1)[:count])
    assert len(set(ways)) == len(ways)
    for way in ways:
        nodes = [0]
        for step in way:
            section = network.sections[step.section]
            assert nodes[-1] == (section.a if step.forward else section.b)
            nodes.append(network.other_end(step))
        assert len(set(nodes)) == len(nodes)
        assert nodes[-1] == 1


def test_no_way_is_much_longer_than_the_shortest() -> None:
    stations = tuple(
        Station(i, f"s{i}", f"S{i}", 47.0, 8.0, "UTC", "station", 2, -1, float("nan"))
        for i in range(2)
    )
    sections = tuple(
        Section(i, 0, 1, length, 1, 30.0, (), (), (), "straight")
        for i, length in enumerate((1_000.0, 1_400.0, 1_600.0))
    )
    network = LineNetwork(stations, sections, (), "pessimistic")
    assert [w[0].section for w in shortest_ways(network, 0, 1, 5)] == [0, 1]
