"""What a human override and visible preparations cost."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.protection.exposure import exposure_steps, guess_when_seen, override_effect
from retinue.protection.guessing import Option, least_guess
from retinue.protection.odds_policy import load_odds_policy
from retinue.protection.options import options_from_plan
from retinue.protection.signature import signature_of
from tests.protection.two_ways import leg, line, plan

FOUR = least_guess([Option(f"o{i}", "", {i: 1.0}) for i in range(4)])


def test_naming_one_of_four_that_never_meet_gives_everything_away() -> None:
    # One of four alike: 1/4; named: certain; unaware, the observer still guesses among four.
    effect = override_effect(FOUR, "o2")
    assert (effect.before, effect.unaware, effect.aware) == pytest.approx((0.25, 0.25, 1.0))
    assert effect.mixed == pytest.approx(1.0)
    assert effect.loss == pytest.approx(0.75)
    assert effect.entropy_before_bits == pytest.approx(2.0)
    assert effect.entropy_after_bits == pytest.approx(0.0)
    assert "from 25.0% to 100.0% (+75.0 points)" in effect.warning()


def test_naming_it_now_and_then_costs_in_proportion() -> None:
    # 0.8 * 1/4 + 0.2 = 0.4.
    assert override_effect(FOUR, "o2", 0.2).mixed == pytest.approx(0.4)


def test_look_alikes_protect_even_a_named_option() -> None:
    strategy = least_guess(
        [Option("a", "", {1: 0.5}, vehicles=(("1", 2),)), Option("b", "", {2: 1.0})]
    )
    effect = override_effect(strategy, "a")
    assert effect.aware == pytest.approx(0.5)
    assert effect.entropy_after_bits == pytest.approx(1.0)


@given(st.integers(0, 3), st.floats(0.01, 1.0), st.floats(0.01, 1.0))
def test_more_overriding_never_helps(number: int, first: float, second: float) -> None:
    low, high = sorted((first, second))
    few, many = (override_effect(FOUR, f"o{number}", q) for q in (low, high))
    assert FOUR.guess - 1e-9 <= few.mixed <= many.mixed + 1e-12


def test_a_weak_option_is_guessed_more_often_even_unaware() -> None:
    strategy = least_guess(
        [Option("a", "", {1: 1.0}), Option("b", "", {2: 1.0}), Option("weak", "", {1: 1, 2: 1})]
    )
    assert strategy.share("weak") == pytest.approx(0.0, abs=1e-9)
    assert override_effect(strategy, "weak").unaware == pytest.approx(1.0)


@pytest.mark.parametrize("chance", [0.0, -1.0, 1.5, math.nan])
def test_a_chance_that_is_none_is_refused(chance: float) -> None:
    with pytest.raises(InputError, match="chance"):
        override_effect(FOUR, "o1", chance)


def test_an_option_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="no option") as caught:
        override_effect(FOUR, "o9")
    assert "o0" in caught.value.cure


def test_one_sign_for_all_tells_nothing_and_one_each_tells_all() -> None:
    assert guess_when_seen(FOUR, ["same"] * 4) == pytest.approx((0.25, 0.25))
    assert guess_when_seen(FOUR, list("abcd")) == pytest.approx((1.0, 1.0))
    # Two signs of two options each: 1/2 whichever is seen.
    assert guess_when_seen(FOUR, list("aabb")) == pytest.approx((0.5, 0.5))
    # One option alone under its sign: 1/4 * 1 + 3/4 * 1/3 = 1/2 expected, 1 at worst.
    assert guess_when_seen(FOUR, list("abbb")) == pytest.approx((0.5, 1.0))


@given(st.lists(st.sampled_from("abc"), min_size=6, max_size=6),
       st.lists(st.sampled_from("xy"), min_size=6, max_size=6), st.randoms())  # fmt: skip
def test_whoever_sees_more_guesses_no_worse(
    coarse: list[str], more: list[str], dice: object
) -> None:
    rng = np.random.default_rng(3)
    options = [Option(f"o{i}", "", {int(c): 1.0 for c in rng.integers(0, 5, 3)}) for i in range(6)]
    strategy = least_guess(options)
    fine = list(zip(coarse, more, strict=True))
    blind = guess_when_seen(strategy, [0] * 6)[0]
    some, all_ = guess_when_seen(strategy, coarse)[0], guess_when_seen(strategy, fine)[0]
    assert blind == pytest.approx(strategy.guess)
    assert blind <= some + 1e-12 <= all_ + 2e-12
    assert all_ <= 1.0


def test_the_guess_rises_step_by_step_and_less_where_cured() -> None:
    asked = plan(leg(line()), alternatives=(leg(line(bulge_km=20)),))
    made = options_from_plan(asked, load_odds_policy())
    strategy = least_guess(made.options, cap=made.cap)
    tasks = tuple(signature_of(asked))
    ways = {way.id: tasks for way in made.ways}
    plain = exposure_steps(strategy, ways, 900.0)
    cured = exposure_steps(strategy, ways, 900.0, cured=True)
    for steps in (plain, cured):
        times = [s.before_s for s in steps]
        assert times == sorted(times, reverse=True)
        guesses = [s.guess for s in steps]
        assert guesses == sorted(guesses)
        assert all(strategy.guess - 1e-9 <= s.alone <= s.guess + 1e-9 for s in steps)
        assert all(s.guess <= s.worst + 1e-9 <= 1.0 + 2e-9 for s in steps)
    assert cured[0].before_s < plain[0].before_s
    # Both ways show the same, so who knows the slot still has the way to guess where they part.
    assert plain[-1].guess <= 1.0
