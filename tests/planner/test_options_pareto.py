"""The front over seven measures: exact on rounded values, whatever the order of the options."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retinue.plan.options import MEASURES, Measures
from retinue.planner.options_pareto import dominance, rounded

TOLERANCES = dict.fromkeys(MEASURES, 1.0) | {"time_s": 300.0, "exposure_h": 0.1, "cost": 25.0}

_few = st.integers(0, 4)
_drawn = st.builds(
    lambda t, e, c, h, x, w, d: Measures(
        time_s=t * 290.0, exposure_h=e * 0.09, cost=c * 30.0, held_h=h * 0.7, lost_h=x * 1.3,
        weather_limits=w, lead_days=d,
    ),
    _few, _few, _few, _few, _few, _few, _few,
)  # fmt: skip
options = st.lists(_drawn, min_size=1, max_size=12)


def _dominates(one: Measures, other: Measures) -> bool:
    """The definition, written out (Miettinen 1999, Nonlinear Multiobjective Optimization)."""
    pairs = list(zip(rounded(one, TOLERANCES), rounded(other, TOLERANCES), strict=True))
    return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)


@given(options)
def test_nothing_on_the_front_is_dominated_and_all_else_is_by_something_on_it(
    found: list[Measures],
) -> None:
    judged = dominance(found, TOLERANCES)
    front = [i for i, verdict in enumerate(judged) if verdict.on_front]
    assert front
    for i, verdict in enumerate(judged):
        if verdict.on_front:
            assert not any(_dominates(other, found[i]) for other in found)
        else:
            assert {j for j, _ in verdict.by} <= set(front)
            assert all(_dominates(found[j], found[i]) for j, _ in verdict.by)


@given(options, st.randoms(use_true_random=False))
def test_the_order_of_the_options_plays_no_part(found: list[Measures], random: object) -> None:
    order = list(range(len(found)))
    random.shuffle(order)  # type: ignore[attr-defined]
    before = dominance(found, TOLERANCES)
    after = dominance([found[i] for i in order], TOLERANCES)
    for place, i in enumerate(order):
        assert after[place].on_front == before[i].on_front
        assert {order[j] for j, _ in after[place].by} == {j for j, _ in before[i].by}


@given(options)
def test_what_a_dominator_is_better_in_is_told_exactly(found: list[Measures]) -> None:
    cells = [rounded(option, TOLERANCES) for option in found]
    for i, verdict in enumerate(dominance(found, TOLERANCES)):
        for j, names in verdict.by:
            told = {n for n, a, b in zip(MEASURES, cells[j], cells[i], strict=True) if a < b}
            assert set(names) == told


def test_a_difference_below_the_tolerance_decides_nothing() -> None:
    one = Measures(time_s=3600, exposure_h=1, cost=100, held_h=5, lost_h=1, weather_limits=3,
                   lead_days=7)  # fmt: skip
    other = one.model_copy(update={"time_s": 3630.0, "cost": 104.0})
    assert all(verdict.on_front for verdict in dominance([one, other], TOLERANCES))
