"""The mixed strategy: its value, its proof, its evenness, its limits."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize

from retinue.errors import InputError, NoPlan
from retinue.protection.guessing import MOST_OPTIONS, Option, coverage_of, least_guess

WEIGHTS = st.sampled_from([1.0, 0.5, 1 / 3, 0.25])


@st.composite
def option_sets(draw: st.DrawFn) -> list[Option]:
    count = draw(st.integers(1, 9))
    return [
        Option(
            f"o{i}",
            f"option {i}",
            draw(st.dictionaries(st.integers(0, 9), WEIGHTS, min_size=1, max_size=6)),
            cost=draw(st.integers(0, 20)),
            vehicles=draw(st.sampled_from([(), (("1", 2),), (("1", 3), ("2", 2))])),
        )
        for i in range(count)
    ]


def _dense(options: list[Option]) -> np.ndarray:
    cells = sorted({c for o in options for c in o.cells}, key=repr)
    return np.array([[o.cells.get(c, 0.0) for o in options] for c in cells])


@given(option_sets())
def test_guess_and_bound_meet_and_equal_another_solver(options: list[Option]) -> None:
    found = least_guess(options)
    matrix = _dense(options)
    n = len(options)
    peer = linprog(
        np.append(np.zeros(n), 1.0),
        A_ub=np.hstack([matrix, -np.ones((len(matrix), 1))]), b_ub=np.zeros(len(matrix)),
        A_eq=[[1.0] * n + [0.0]], b_eq=[1.0], method="highs-ipm",
    )  # fmt: skip
    assert found.guess == pytest.approx(peer.fun, abs=1e-8)
    assert abs(found.gap) < 1e-9
    assert float(np.max(matrix @ found.shares)) == pytest.approx(found.guess, abs=1e-12)
    assert found.shares.sum() == pytest.approx(1.0, abs=1e-12)
    assert found.shares.min() >= 0.0


@given(option_sets())
def test_the_even_strategy_is_as_good_and_no_less_even(options: list[Option]) -> None:
    plain, even = least_guess(options, even=False), least_guess(options)
    assert even.guess <= plain.guess + 1e-9
    assert even.entropy_bits >= plain.entropy_bits - 1e-9
    assert even.entropy_bits <= even.entropy_bound_bits + 1e-9
    assert even.entropy_bound_bits - even.entropy_bits < 1e-7


@given(option_sets())
@settings(max_examples=25)
def test_no_other_solver_finds_a_more_even_optimum(options: list[Option]) -> None:
    found = least_guess(options)
    matrix, n = _dense(options), len(options)
    weight = np.array([float(o.look_alikes) for o in options])

    def minus_entropy(p: np.ndarray) -> float:
        q = np.maximum(p, 1e-300)
        return float(np.sum(np.where(p > 0, p * np.log(q / weight), 0.0)))

    peer = minimize(
        minus_entropy, 0.9 * found.shares + 0.1 / n, bounds=[(0, 1)] * n, method="SLSQP",
        constraints=[
            {"type": "eq", "fun": lambda p: p.sum() - 1.0},
            {"type": "ineq", "fun": lambda p: found.guess - matrix @ p},
        ],
        options={"ftol": 1e-13, "maxiter": 500},
    )  # fmt: skip
    feasible = float(np.max(matrix @ peer.x)) <= found.guess + 1e-10
    if peer.success and feasible:
        assert -peer.fun / math.log(2) <= found.entropy_bits + 1e-4


def test_small_cases_are_as_even_as_a_search_of_every_mix() -> None:
    # Cell 1 is covered by a and b, cell 2 by c, d and e: any optimum gives each cell one half
    # (z = 1/2), and the most even one shares each half alike.
    options = [Option(name, name, {1 if name in "ab" else 2: 1.0}) for name in "abcde"]
    found = least_guess(options)
    assert found.guess == pytest.approx(0.5, abs=1e-9)
    assert found.shares == pytest.approx([1 / 4, 1 / 4, 1 / 6, 1 / 6, 1 / 6], abs=1e-9)
    best = 0.0
    for parts in itertools.product(range(13), repeat=5):
        if sum(parts) == 12 and parts[0] + parts[1] == 6:
            p = np.array(parts) / 12
            best = max(best, -float(np.sum(p[p > 0] * np.log2(p[p > 0]))))
    assert best <= found.entropy_bits + 1e-12


@pytest.mark.parametrize("count", [1, 2, 7, 40])
def test_options_that_never_meet_are_drawn_alike(count: int) -> None:
    options = [Option(f"o{i}", "", {i: 1.0}) for i in range(count)]
    found = least_guess(options)
    assert found.guess == pytest.approx(1 / count)
    assert found.shares == pytest.approx(np.full(count, 1 / count))
    assert found.entropy_bits == pytest.approx(math.log2(count))


@pytest.mark.parametrize("alike", [1, 2, 3, 5])
def test_look_alikes_divide_the_guess(alike: int) -> None:
    # k look-alikes on one certain way: who names place, time and vehicle is right with 1/k.
    found = least_guess([Option("a", "", {"bridge": 1 / alike}, vehicles=(("1", alike),))])
    assert found.guess == pytest.approx(1 / alike)
    assert found.bound == pytest.approx(1 / alike)


def test_a_costly_option_is_drawn_as_often_as_the_budget_allows() -> None:
    # p * 0 + (1 - p) * 100 <= 20: the dear way with 20 percent, so the cheap one is guessed 80.
    options = [Option("cheap", "", {1: 1.0}), Option("dear", "", {2: 1.0}, cost=100.0)]
    found = least_guess(options, budget=20.0)
    assert found.share("dear") == pytest.approx(0.2)
    assert found.guess == pytest.approx(0.8)
    assert found.bound == pytest.approx(0.8)
    assert found.price == pytest.approx(0.01)  # a unit of money buys one point
    assert least_guess(options, budget=1000.0).price == 0.0


@given(option_sets(), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_more_budget_never_makes_the_guess_easier_and_the_proof_holds(
    options: list[Option], low: float, more: float
) -> None:
    costs = sorted(o.cost for o in options)
    first = costs[0] + low * (costs[-1] - costs[0])
    tight, loose = least_guess(options, budget=first), least_guess(options, budget=first + more)
    assert loose.guess <= tight.guess + 1e-9
    for found, budget in ((tight, first), (loose, first + more)):
        assert abs(found.gap) < 1e-8
        assert found.cost <= budget + 1e-8


@given(option_sets(), st.floats(0.15, 1.0))
def test_a_cap_is_kept_and_proved(options: list[Option], cap: float) -> None:
    assume(cap * len(options) > 1.0 + 1e-6)
    found = least_guess(options, cap=cap)
    assert found.shares.max() <= cap + 1e-9
    assert abs(found.gap) < 1e-8


@given(option_sets(), st.randoms(use_true_random=False))
def test_the_order_of_options_changes_no_probability(options: list[Option], dice: object) -> None:
    turned = list(reversed(options))
    first, second = least_guess(options), least_guess(turned)
    assert first.guess == pytest.approx(second.guess, abs=1e-9)
    assert {o.id: first.share(o.id) for o in options} == pytest.approx(
        {o.id: second.share(o.id) for o in options}, abs=1e-5
    )


def test_the_same_question_has_the_same_answer_to_the_last_bit() -> None:
    options = [Option(f"o{i}", "", {i % 3: 1.0, 10 + i % 4: 0.5}) for i in range(8)]
    assert least_guess(options).shares.tobytes() == least_guess(options).shares.tobytes()


def test_cells_that_are_nowhere_the_better_guess_are_left_out() -> None:
    options = [Option("a", "", {1: 1.0, 2: 1.0, 3: 0.5}), Option("b", "", {1: 1.0, 4: 1.0})]
    coverage = coverage_of(options)
    assert coverage.cells == ((1,),)
    assert coverage.matrix.tolist() == [[1.0, 1.0]]


def test_an_option_that_is_never_seen_is_never_guessed() -> None:
    found = least_guess([Option("seen", "", {1: 1.0}), Option("unseen", "", {})])
    assert found.guess == pytest.approx(0.0, abs=1e-9)
    assert found.bound == pytest.approx(0.0, abs=1e-9)


def test_a_known_game_has_its_known_value() -> None:
    # Three options over three cells, each cell covered by two of them: p = 1/3 each, z = 2/3.
    options = [Option("a", "", {1: 1, 2: 1}), Option("b", "", {2: 1, 3: 1}),
               Option("c", "", {3: 1, 1: 1})]  # fmt: skip
    found = least_guess(options)
    assert Fraction(found.guess).limit_denominator(1000) == Fraction(2, 3)
    assert sum(p for _, p in found.watch) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ([], "no option"),
        ([Option("", "", {1: 1.0})], "empty or stands twice"),
        ([Option("a", "", {1: 1.0}), Option("a", "", {2: 1.0})], "stands twice"),
        ([Option("a", "", {1: 0.0})], "weight"),
        ([Option("a", "", {1: 1.5})], "weight"),
        ([Option("a", "", {1: math.nan})], "weight"),
        ([Option("a", "", {1: 1.0}, cost=math.nan)], "cost"),
        ([Option("a", "", {1: 1.0}, vehicles=(("1", 0),))], "no vehicle"),
        ([Option(str(i), "", {i: 1.0}) for i in range(MOST_OPTIONS + 1)], "more than"),
    ],
)
def test_what_is_no_option_is_refused(options: list[Option], what: str) -> None:
    with pytest.raises(InputError, match=what):
        least_guess(options)


@pytest.mark.parametrize("limits", [{"cap": 0.0}, {"cap": 2.0}, {"cap": math.nan},
                                    {"budget": math.inf}])  # fmt: skip
def test_a_limit_that_is_no_limit_is_refused(limits: Any) -> None:
    with pytest.raises(InputError):
        least_guess([Option("a", "", {1: 1.0})], **limits)


def test_limits_that_nothing_keeps_say_what_would() -> None:
    options = [Option("a", "", {1: 1.0}, cost=50.0), Option("b", "", {2: 1.0}, cost=80.0)]
    with pytest.raises(NoPlan, match="cheapest option costs 50"):
        least_guess(options, budget=40.0)
    with pytest.raises(NoPlan, match="do not add up"):
        least_guess(options, cap=0.4)


def test_a_missing_solver_is_one_sentence_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "highspy", None)
    with pytest.raises(InputError, match="highspy") as caught:
        least_guess([Option("a", "", {1: 1.0})])
    assert 'pip install "retinue[protection]"' in caught.value.cure


def test_an_option_that_a_cap_needs_for_next_to_nothing_keeps_the_cap() -> None:
    options = [Option("a", "", {0: 1.0}), Option("b", "", {1: 1.0}),
               Option("c", "", {0: 1 / 3, 1: 1 / 3})]  # fmt: skip
    found = least_guess(options, cap=0.99999)
    assert found.shares.max() <= 0.99999 + 1e-9
    assert abs(found.gap) < 1e-8
