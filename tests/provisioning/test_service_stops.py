"""Service stops: the fewest that keep every tank between its limits, else a proposed one."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.provisioning.service_stops import Chance, Problem, fill, seconds_for


def problem(used: list[int], chances: list[Chance], *, capacity: int = 1700) -> Problem:
    """One tank; ``used`` is drawn before each chance and after the last."""
    total, drawn = 0, []
    for amount in used:
        total += amount
        drawn.append(total)
    return Problem(
        (capacity,), (200,), (tuple(drawn[:-1]),), (tuple(drawn),), tuple(chances), 90, 1
    )


STOP = Chance(3600, 1000, proposed=False)
PROPOSED = Chance(3600, 1000, proposed=True)


def test_no_stop_is_used_where_the_tank_lasts() -> None:
    assert fill(problem([500, 500], [STOP])).given == ((0,),)


def test_one_stop_serves_where_one_suffices() -> None:
    found = fill(problem([800, 600, 600], [STOP, STOP]))
    assert sum(bool(gift) for gift in found.given[0]) == 1
    assert found.proven


def test_a_planned_stop_comes_before_a_proposed_one() -> None:
    found = fill(problem([800, 600, 600], [PROPOSED, STOP]))
    assert found.given[0][0] == 0


def test_a_proposed_stop_serves_where_the_planned_ones_come_too_late() -> None:
    found = fill(problem([800, 900, 600], [PROPOSED, STOP]))
    assert found.given[0][0] > 0
    assert found.short == (0,)


def test_what_no_stop_can_serve_is_counted_in_litres() -> None:
    assert fill(problem([2000], [])).short == (500,)


def test_a_tank_that_falls_short_once_is_kept_everywhere_else() -> None:
    # Nothing serves the first 1,800 l in time; the stops after it serve well.
    asked = problem([1800, 900, 900], [STOP, STOP])
    loose, sparing = fill(asked), fill(replace(asked, sparing=True))
    assert sparing.short == loose.short == (300,)
    level = 1700 - 1800 + sparing.given[0][0] - 900
    assert level >= 200
    assert level + sparing.given[0][1] - 900 >= 200


def test_twenty_four_coaches_take_as_long_as_one_where_all_are_served_at_once() -> None:
    # 24 coaches in 20 min with 1,800 l each: 90 l a minute and coach.
    assert seconds_for([1800] * 24, 90, 24) == 20 * 60
    assert seconds_for([1800] * 24, 360, 24) == 5 * 60
    assert seconds_for([1800] * 24, 90, 2) == 12 * 20 * 60


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 900), min_size=2, max_size=6),
    st.lists(st.booleans(), min_size=5, max_size=5),
)
def test_a_tank_stays_between_its_limits(used: list[int], proposed: list[bool]) -> None:
    chances = [PROPOSED if p else STOP for p in proposed[: len(used) - 1]]
    asked = problem(used, chances)
    found = fill(asked)
    level = 1700
    for drawn, gift in zip(used, (*found.given[0], 0), strict=True):
        level -= drawn
        assert level + found.short[0] >= 200
        level += gift
        assert level <= 1700
