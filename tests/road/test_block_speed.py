"""The number of outriders limits the speed: windows, fair speeds, and the column followed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.road.block_speed import fair_speeds, holding
from retinue.road.convoy import load_convoy
from retinue.road.drive import drive
from retinue.road.front import grid_of, march, passage_of
from retinue.road.request import RoadEnd, RoadRequest, RoadRuns
from retinue.road.rolling_block import least_outriders
from retinue.road.routed import RoutedRoads
from retinue.world.pack import Pack
from retinue.world.road_book import RoadBook
from retinue.world.road_route import RoadRoute
from tests.road.drawn import LAT, LON, drawn_route


def held_road(pack: Pack, book: RoadBook, route: RoadRoute, **more: object) -> RoadRuns:
    ends = [
        RoadEnd(name, LAT, float(lon), "LI", "Europe/Vaduz")
        for name, lon in (("here", LON), ("there", route.lon_deg[-1]))
    ]
    request = RoadRequest(
        leg_id="1",
        title="here to there",
        origin=ends[0],
        destination=ends[1],
        convoy=load_convoy("state-motorcade"),
        day=date(2026, 5, 6),
    )
    request = replace(request, **more)  # type: ignore[arg-type]
    return drive(request, None, pack.countries, book, RoutedRoads("built", "drawn", (route,)))


def _depth(runs: RoadRuns) -> int:
    """Return how many outriders the road needs as it is driven."""
    block = runs.block
    assert block is not None
    grid = grid_of(runs)
    front, speed = march(runs, grid, 0.0)
    passage = passage_of(runs, grid, front, speed)
    held = holding(runs, runs.free_stretches, grid, passage, speed, block.junctions, block.conduct)
    posts = [0 if i in block.open else j.posts for i, j in enumerate(block.junctions)]
    return least_outriders(held.due, held.freed, posts)


@pytest.mark.parametrize("outriders", [2, 3, 4, 6, 12])
def test_the_junctions_kept_are_held_as_the_column_really_runs(
    pack: Pack, book: RoadBook, outriders: int
) -> None:
    route = drawn_route(12_000.0, junctions=range(300, 11_900, 400))
    runs = held_road(pack, book, route, outriders=outriders)
    assert _depth(runs) <= outriders


def test_more_outriders_are_never_slower_and_leave_no_more_open(pack: Pack, book: RoadBook) -> None:
    route = drawn_route(12_000.0, junctions=range(300, 11_900, 600))
    open_, times = [], []
    for outriders in (2, 4, 6, 8, 16):
        runs = held_road(pack, book, route, outriders=outriders)
        assert runs.block is not None
        open_.append(len(runs.block.open))
        if not runs.block.open:
            times.append(runs.running_time_s)
    assert open_ == sorted(open_, reverse=True)
    assert times == sorted(times, reverse=True)


def test_with_the_number_named_nothing_is_slowed_and_with_one_less_it_is(
    pack: Pack, book: RoadBook
) -> None:
    route = drawn_route(20_000.0, junctions=range(1_000, 19_000, 1_500))
    named = held_road(pack, book, route, outriders=0).block
    assert named is not None
    assert len(named.open) == len(named.junctions)
    enough = held_road(pack, book, route, outriders=named.needed_free)
    assert enough.block is not None
    assert enough.block.slowed == ()
    assert enough.block.open == frozenset()
    fewer = held_road(pack, book, route, outriders=named.needed_free - 1)
    assert fewer.block is not None
    assert fewer.block.slowed or fewer.block.open


def test_a_steady_column_needs_the_number_of_the_closed_formula(pack: Pack, book: RoadBook) -> None:
    # At speed v with junctions d apart, a post is bound lead + hold + length/v, and riders gain
    # d (1/v - 1/ride) from each junction to the next: the least n has n such gaps in that time.
    speed, gap = 12.0, 800.0
    route = drawn_route(16_000.0, speed, junctions=np.arange(800.0, 15_300.0, gap).tolist())
    runs = held_road(pack, book, route, outriders=0)
    block, convoy = runs.block, load_convoy("state-motorcade")
    assert block is not None
    bound = block.conduct.lead_time + block.conduct.hold_after_tail
    bound += convoy.passing_time_s(runs.column, speed)
    ride = speed + block.conduct.overtaking_faster_by
    gained = gap * (1 / speed - 1 / ride)
    assert block.needed_free == int(np.floor(bound / gained)) + 1


def test_as_many_as_the_slowest_speed_needs_hold_every_junction(pack: Pack, book: RoadBook) -> None:
    route = drawn_route(12_000.0, junctions=range(300, 11_900, 450))
    named = held_road(pack, book, route, outriders=0).block
    assert named is not None
    enough = held_road(pack, book, route, outriders=named.needed_slowest)
    assert enough.block is not None
    assert enough.block.open == frozenset()
    assert _depth(enough) <= named.needed_slowest


def test_the_speeds_are_the_highest_a_little_more_leaves_a_junction_unheld(
    pack: Pack, book: RoadBook
) -> None:
    route = drawn_route(12_000.0, junctions=range(300, 11_900, 600))
    runs = held_road(pack, book, route, outriders=4)
    assert runs.block is not None
    assert runs.block.slowed
    assert runs.block.open == frozenset()
    faster = tuple(
        replace(s, speed_mps=s.speed_mps * 1.03) if s.limited_by == "rolling block" else s
        for s in runs.stretches
    )
    assert _depth(runs) == 4
    assert _depth(replace(runs, stretches=faster)) > 4


def test_no_junction_no_block_and_none_on_coarse_roads(pack: Pack, book: RoadBook) -> None:
    runs = held_road(pack, book, drawn_route(5_000.0))
    assert runs.block is not None
    assert runs.block.junctions == ()
    assert runs.block.slowed == ()


elements = st.integers(2, 8).flatmap(
    lambda n: st.tuples(
        st.lists(st.floats(50.0, 500.0), min_size=n, max_size=n),
        st.lists(st.floats(9.0, 25.0), min_size=n, max_size=n),
        st.lists(
            st.tuples(st.integers(0, n - 1), st.integers(1, n), st.floats(1.0, 2.5)), max_size=5
        ),
    )
)


@settings(max_examples=100)
@given(elements)
def test_fair_speeds_keep_every_window_and_none_can_be_raised_alone(
    drawn: tuple[list[float], list[float], list[tuple[int, int, float]]],
) -> None:
    length, fast = np.array(drawn[0]), np.array(drawn[1])
    least = np.full(len(fast), 0.5)
    windows = []
    for begin, size, factor in drawn[2]:
        part = slice(begin, min(begin + size, len(fast)))
        windows.append((begin, part.stop, float(np.sum(length[part] / fast[part])) * factor))
    speed = fair_speeds(length, fast, least, windows)

    def kept(speeds: np.ndarray) -> bool:
        return all(
            float(np.sum(length[a:b] / speeds[a:b])) >= need * (1 - 1e-9) for a, b, need in windows
        )

    assert kept(speed)
    assert np.all(speed <= fast + 1e-12)
    for index in range(len(speed)):
        raised = speed.copy()
        raised[index] *= 1.001
        if raised[index] <= fast[index]:
            assert not kept(raised)
