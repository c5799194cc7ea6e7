"""Who can hold which junction: the greedy rules against trying every assignment."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.road.column import column_rules
from retinue.road.request import RoadStretch
from retinue.road.rolling_block import assign, junctions_of, least_outriders, ride_speed
from tests.road.drawn import drawn_route

spans = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), min_size=1, max_size=7).map(
    lambda pairs: [(float(a), float(a + b)) for a, b in sorted(pairs)]
)


def _can_hold(chosen: list[tuple[float, float]], riders: int) -> bool:
    """Try every way to give junctions to riders: a plain reference."""
    for given_to in itertools.product(range(riders), repeat=len(chosen)):
        fine = True
        for one, two in itertools.combinations(range(len(chosen)), 2):
            if given_to[one] == given_to[two]:
                first, second = sorted((chosen[one], chosen[two]))
                # Freed from one, the rider must be due at the other no earlier.
                if first[1] > second[0]:
                    fine = False
                    break
        if fine:
            return True
    return False


@settings(max_examples=150)
@given(spans)
def test_the_least_number_of_outriders_is_the_one_found_by_trying_all(
    holds: list[tuple[float, float]],
) -> None:
    due, freed = np.array([h[0] for h in holds]), np.array([h[1] for h in holds])
    least = next(n for n in range(1, len(holds) + 1) if _can_hold(holds, n))
    assert least_outriders(due, freed, [1] * len(holds)) == least


@settings(max_examples=150)
@given(spans, st.integers(1, 3))
def test_as_many_junctions_are_held_as_any_choice_could_hold(
    holds: list[tuple[float, float]], riders: int
) -> None:
    due, freed = np.array([h[0] for h in holds]), np.array([h[1] for h in holds])
    given_to = assign(due, freed, [1] * len(holds), riders)
    held = [index for index, chosen in enumerate(given_to) if chosen]
    most = next(
        count
        for count in range(len(holds), -1, -1)
        if any(_can_hold(list(part), riders) for part in itertools.combinations(holds, count))
    )
    assert len(held) == most
    for rider in range(riders):
        mine = [holds[i] for i in held if rider in given_to[i]]
        for one, two in itertools.pairwise(sorted(mine)):
            assert one[1] <= two[0]


@settings(max_examples=100)
@given(spans, st.lists(st.integers(1, 3), min_size=7, max_size=7), st.integers(1, 4))
def test_a_held_junction_has_all_its_posts_and_nobody_is_in_two_places(
    holds: list[tuple[float, float]], posts: list[int], riders: int
) -> None:
    due, freed = np.array([h[0] for h in holds]), np.array([h[1] for h in holds])
    given_to = assign(due, freed, posts[: len(holds)], riders)
    for index, chosen in enumerate(given_to):
        assert len(chosen) in (0, posts[index])
        assert len(set(chosen)) == len(chosen)
    for one, two in itertools.combinations(range(len(holds)), 2):
        if set(given_to[one]) & set(given_to[two]):
            first, second = sorted((holds[one], holds[two]))
            assert first[1] <= second[0]


def test_with_enough_outriders_every_junction_is_held() -> None:
    due, freed = np.array([0.0, 1.0, 2.0, 10.0]), np.array([5.0, 6.0, 7.0, 12.0])
    assert least_outriders(due, freed, [1, 1, 1, 1]) == 3
    assert all(assign(due, freed, [1] * 4, 3))
    assert [bool(r) for r in assign(due, freed, [1] * 4, 2)] == [True, True, False, True]


def test_junctions_near_each_other_are_held_as_one_and_arms_make_posts() -> None:
    conduct = column_rules().rolling_block
    route = drawn_route(2_000.0, junctions=(500.0, 530.0, 900.0), arms=3)
    found = junctions_of(route.points, conduct)
    assert [(j.distance_m, j.end_m, j.arms, j.posts) for j in found] == [
        (500.0, 530.0, 6, 3),
        (900.0, 900.0, 3, 2),
    ]


@pytest.mark.parametrize(
    ("lanes", "oneway", "kmh"),
    [(2, False, 80.0), (4, False, 80.0), (1, True, 55.0), (2, True, 80.0), (None, False, 80.0)],
)
def test_nobody_passes_the_column_where_one_lane_leads_one_way(
    lanes: int | None, oneway: bool, kmh: float
) -> None:
    conduct = column_rules().rolling_block
    stretch = RoadStretch(
        0.0, 1.0, "highway", "LI", 50 / 3.6, False, lanes=lanes, oneway=oneway,
        road_class="primary",
    )  # fmt: skip
    speed = ride_speed(stretch, 50 / 3.6, 50 / 3.6, 1.1, conduct)
    assert speed * 3.6 == pytest.approx(kmh)
