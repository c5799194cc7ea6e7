"""Which lines run beside a way and which cross it, by courses drawn by hand in metres."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checks.traffic_rule_cases import course, span

from retinue.checks.traffic_courses import crossings, lines_beside
from retinue.plan.traffic import LineSection

Points = tuple[tuple[float, float], ...]


def line(
    number: int, *points: tuple[float, float], a: int = -1, b: int = -1, own: bool = False
) -> LineSection:
    """A section of one track and one block, numbered as itself; one's own from 0 m on."""
    length = sum(math.dist(p, q) for p, q in pairwise(points))
    return LineSection(
        id=number, name=str(number), a=a if a >= 0 else 10 * number,
        b=b if b >= 0 else 10 * number + 1, length_m=length, tracks=1,
        up=(span(number, 0.0, length),), down=(span(number, 0.0, length),),
        a_m=0.0 if own else None, b_m=length if own else None, ground="feed", **course(*points),
    )  # fmt: skip


def places(sections: list[LineSection]) -> list[float]:
    """Where a line with one block crosses."""
    return [crossing.at_m for crossing in crossings(sections)]


OWN = line(1, (0.0, 0.0), (5_000.0, 0.0), own=True)


def test_a_line_across_is_found_where_it_crosses() -> None:
    across = line(2, (2_000.0, -800.0), (2_600.0, 800.0))
    assert places([OWN, across]) == [pytest.approx(2_300.0, abs=2.0)]


@given(st.floats(-0.3, 0.3), st.floats(500.0, 4_500.0), st.floats(25.0, 155.0))
def test_the_place_does_not_hang_on_how_a_line_is_drawn(
    bend: float, at: float, degrees: float
) -> None:
    # The way bends at its middle; the chainage counts along the bend.
    east = 2_500.0 * math.cos(bend)
    own = line(1, (0.0, 0.0), (2_500.0, 0.0), (2_500.0 + east, 2_500.0 * math.sin(bend)), own=True)
    beyond = at - 2_500.0
    here = (at, 0.0) if beyond <= 0.0 else (
        2_500.0 + beyond * math.cos(bend), beyond * math.sin(bend),
    )  # fmt: skip
    turn = math.radians(degrees) + (bend if beyond > 0.0 else 0.0)
    reach = 400.0 * math.cos(turn), 400.0 * math.sin(turn)
    other = line(2, (here[0] - reach[0], here[1] - reach[1]),
                 (here[0] + reach[0], here[1] + reach[1]))  # fmt: skip
    if abs(beyond) > 20.0:
        assert places([own, other]) == [pytest.approx(at, abs=6.0)]


def test_lines_that_touch_part_or_meet_at_a_node_do_not_cross() -> None:
    touching = line(2, (1_000.0, 900.0), (2_000.0, 0.0), (3_000.0, 900.0))
    assert crossings([OWN, touching]) == []
    joining = line(3, (1_000.0, 900.0), (2_000.0, 0.0), (3_000.0, 0.0), (4_000.0, 900.0))
    assert crossings([OWN, joining]) == []
    flat = line(4, (1_000.0, -50.0), (3_000.0, 50.0))
    assert crossings([OWN, flat]) == []
    throat = line(5, (0.0, 0.0), (100.0, -60.0), (300.0, 200.0), a=10)
    assert crossings([OWN, throat]) == []


def test_a_flyover_beyond_a_common_station_crosses() -> None:
    over = line(2, (0.0, 0.0), (600.0, -300.0), (1_200.0, 300.0), a=10)
    assert places([OWN, over]) == [pytest.approx(900.0, abs=2.0)]


def test_a_line_of_unknown_course_tells_nothing() -> None:
    across = line(2, (2_000.0, -800.0), (2_600.0, 800.0)).model_copy(update={"ground": "straight"})
    assert crossings([OWN, across]) == []
    beside = line(3, (1_000.0, 10.0), (3_000.0, 10.0)).model_copy(update={"ground": "straight"})
    assert lines_beside([OWN, beside]) == []


@pytest.mark.parametrize(("away", "seen"), [(10.0, True), (24.0, True), (27.0, False)])
def test_beside_is_how_near(away: float, seen: bool) -> None:
    found = lines_beside([OWN, line(2, (1_000.0, away), (3_000.0, away))])
    assert bool(found) == seen
    for one in found:
        assert one.from_m == pytest.approx(1_000.0, abs=30.0)
        assert one.to_m == pytest.approx(3_000.0, abs=30.0)


def test_beside_is_for_how_long_and_away_from_common_nodes() -> None:
    assert lines_beside([OWN, line(2, (1_000.0, 10.0), (1_380.0, 10.0))]) == []
    assert lines_beside([OWN, line(2, (1_000.0, 10.0), (1_480.0, 10.0))])
    # From one station side by side for 600 m: 300 m of them are its throat.
    leaving = line(3, (0.0, 8.0), (600.0, 8.0), (1_200.0, 600.0), a=10)
    assert lines_beside([OWN, leaving]) == []


@pytest.mark.parametrize("forward", [True, False])
def test_who_runs_against_the_train_is_told_by_the_courses(forward: bool) -> None:
    own = OWN if forward else OWN.model_copy(update={"a_m": 5_000.0, "b_m": 0.0})
    east = lines_beside([own, line(2, (1_000.0, 10.0), (3_000.0, 10.0))])
    west = lines_beside([own, line(2, (3_000.0, 10.0), (1_000.0, 10.0))])
    assert [one.direction for one in east] == [-1 if forward else 1]
    assert [one.direction for one in west] == [1 if forward else -1]
