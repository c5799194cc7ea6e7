"""Sections and ways: blocks of either direction, lengths that add up, shortest ways."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.errors import NoPlan
from retinue.traffic.line_network import Step
from tests.traffic.small_line import line, way_of

NETWORK = line([9_000.0, 6_000.0], [1, 2], [2, 2, 2], blocks=3)


def test_a_single_track_is_the_same_blocks_both_ways() -> None:
    up = [block for block, _, _ in NETWORK.sections[0].blocks_from_a(True)]
    assert (
        NETWORK.sections[0].blocks_from_a(False)
        == [(block, low, high) for block, low, high in NETWORK.sections[0].blocks_from_a(True)][
            ::-1
        ]
    )
    assert NETWORK.along((Step(0, False),)).resource[1:4].tolist() == up[::-1]


def test_each_track_of_a_double_line_is_cut_where_its_own_signals_stand() -> None:
    section = dataclasses.replace(
        NETWORK.sections[1], blocks_down=(50, 51), down_end_m=(1_000.0, 6_000.0)
    )
    assert section.block_ends(False) == (1_000.0, 6_000.0)
    assert section.blocks_from_a(False) == [(50, 5_000.0, 6_000.0), (51, 0.0, 5_000.0)]


@given(st.lists(st.floats(500.0, 30_000.0), min_size=1, max_size=5), st.integers(1, 4))
def test_a_way_is_as_long_back_as_forth_and_its_blocks_fill_it(
    lengths: list[float], blocks: int
) -> None:
    network = line(lengths, [1] * len(lengths), [2] * (len(lengths) + 1), blocks)
    there = network.along(way_of(network))
    back = network.along(tuple(Step(s.section, False) for s in way_of(network)[::-1]))
    assert there.length_m == pytest.approx(sum(lengths)) == pytest.approx(back.length_m)
    for way in (there, back):
        rows = way.kind == 0
        assert (way.to_m - way.from_m)[rows].sum() == pytest.approx(way.length_m)
    assert there.resource.tolist() == back.resource[::-1].tolist()


def test_the_shortest_way_heeds_what_is_closed_and_what_must_be_passed() -> None:
    direct = dataclasses.replace(NETWORK.sections[1], index=2, a=0, b=2, length_m=20_000.0)
    network = dataclasses.replace(NETWORK, sections=(*NETWORK.sections, direct))
    assert network.way(0, 2) == (Step(0, True), Step(1, True))
    assert network.way(0, 2, closed=frozenset({1})) == (Step(2, True),)
    assert network.way(2, 1, via=(0,)) == (Step(1, False), Step(0, False), Step(0, True))
    with pytest.raises(NoPlan, match="no line of the timetable's network"):
        network.way(0, 2, closed=frozenset({1, 2}))
    with pytest.raises(ValueError, match="does not begin"):
        network.along((Step(0, True), Step(0, True)))
