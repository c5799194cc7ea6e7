"""Cooked food is held, cooled in two stages and heated again as long as the policy allows it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.plan.stores import FoodStep
from retinue.provisioning.menu import load_menu
from retinue.provisioning.prepared_food import LEAST_S, prepared_steps, with_prepared
from tests.provisioning.food_case import HOUR, NOON, POLICY, job, kitchen, stores

MENU = load_menu("five-cuisines")
COLD = next(d.name for d in MENU.dishes.values() if d.holding == "cold")
HOT = next(
    d.name for d in MENU.dishes.values() if d.holding == "hot" and d.holding_limit_s >= 2 * HOUR
)


def steps(dish: str, waits_h: float, later: str = "pass") -> tuple[FoodStep, ...]:
    """Return the steps of a dish that waits between its hot step and its last one."""
    finish = NOON - 0.5 * HOUR
    made = kitchen(
        job(dish=dish, start_s=finish - (waits_h + 1) * HOUR),
        job(later, step=2, dish=dish, start_s=finish, lasts_s=0.5 * HOUR, last_step=True),
    )
    return prepared_steps(made, MENU, POLICY)


def test_what_is_served_cold_is_cooled_to_21_degrees_in_2_h_and_to_5_in_4_more() -> None:
    # US model food code, 3-501.14: 57 to 21 degrees within 2 h, to 5 degrees within 6 in all
    first, second, held = steps(COLD, 8.0)
    assert (first.kind, first.stage, second.stage) == ("cooling", 1, 2)
    assert first.limit_utc - first.start_utc == 2 * HOUR
    assert second.limit_utc - first.start_utc == 6 * HOUR
    assert first.to_k == pytest.approx(294.15)
    assert second.to_k == pytest.approx(278.15)
    # Prepared food keeps for 7 days at 5 degrees.
    assert held.kind == "cold holding"
    assert held.limit_utc - first.start_utc == 7 * 24 * HOUR


def test_what_waits_hot_beyond_four_hours_is_cooled_and_heated_through_to_74_degrees() -> None:
    kinds = [s.kind for s in steps(HOT, 5.0, "grill")]
    assert kinds == ["cooling", "cooling", "reheating"]
    assert steps(HOT, 5.0, "grill")[-1].to_k == pytest.approx(347.15)


def test_what_is_served_hot_is_heated_again_where_no_later_step_does() -> None:
    found = steps(HOT, 5.0, "pass")
    assert [s.kind for s in found] == ["cooling", "cooling", "reheating"]
    assert found[-1].end_utc == NOON - 0.5 * HOUR


def test_what_waits_for_less_is_held_hot_for_four_hours_at_most() -> None:
    (one,) = steps(HOT, 3.0, "grill")
    assert one.kind == "hot holding"
    assert one.limit_utc - one.start_utc == 4 * HOUR


def test_a_finished_dish_is_held_as_long_as_its_recipe_allows() -> None:
    dish = MENU.dishes[HOT]
    made = kitchen(job(dish=HOT, start_s=NOON - 2.5 * HOUR, last_step=True))
    (one,) = prepared_steps(made, MENU, POLICY)
    assert one.kind == "hot holding"
    assert one.limit_utc == one.start_utc + min(dish.holding_limit_s, 4 * HOUR)
    assert one.kg == pytest.approx(4 * dish.mass_kg)


def test_a_dish_that_is_cooked_and_served_has_no_step() -> None:
    made = kitchen(job(dish=HOT, start_s=NOON - HOUR - 300, last_step=True))
    assert prepared_steps(made, MENU, POLICY) == ()


def test_each_sitting_waits_on_its_own() -> None:
    made = kitchen(
        job(dish=HOT, start_s=NOON - 4 * HOUR),
        *(job("grill", step=2, sitting=s, dish=HOT, start_s=NOON - HOUR + s * HOUR, lasts_s=600.0,
              ready_by_utc=NOON + s * HOUR, served_until_utc=NOON + s * HOUR, last_step=True)
          for s in (1, 2)),
    )  # fmt: skip
    held = [s for s in prepared_steps(made, MENU, POLICY) if s.start_utc == NOON - 3 * HOUR]
    # The pot is ready at nine: one sitting's share waits for three hours, the other's for four.
    assert sorted(round((s.end_utc - s.start_utc) / HOUR) for s in held) == [3, 4]


def test_they_stand_among_the_steps_of_the_goods_in_order_of_time() -> None:
    made = kitchen(job(dish=HOT, start_s=NOON - 2.5 * HOUR, last_step=True))
    joined = with_prepared(stores(), made, MENU, POLICY)
    starts = [s.start_utc for s in joined.steps]
    assert starts == sorted(starts)
    assert len(joined.steps) == len(stores().steps) + 1


@given(waits=st.floats(0.0, 60.0), cold=st.booleans(), hot_again=st.booleans())
def test_no_step_lasts_past_its_limit_and_none_overlaps_the_next(
    waits: float, cold: bool, hot_again: bool
) -> None:
    found = steps(COLD if cold else HOT, waits, "grill" if hot_again else "pass")
    for one in found:
        assert one.start_utc <= one.end_utc <= one.limit_utc
        # Food that has cooled is held cold for however short a time remains.
        assert one.kind != "hot holding" or one.end_utc - one.start_utc > LEAST_S - 1
    for one, following in itertools.pairwise(found):
        assert following.start_utc >= one.end_utc - 1
