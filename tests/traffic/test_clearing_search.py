"""A large clearing is improved a few trains at a time: never dearer, never in anybody's way."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from retinue.traffic.clearing import clear
from retinue.traffic.clearing_growth import Clearing
from retinue.traffic.clearing_search import Effort, improved
from retinue.traffic.clearing_windows import ConvoyWindows
from retinue.traffic.conflicts import find_conflicts
from retinue.traffic.insertion import HeldWindow
from retinue.traffic.traffic import Traffic
from retinue.traffic.train_run import TrainRun
from tests.traffic.small_line import line
from tests.traffic.test_clearing import (
    MEASURES,
    RULES,
    T0,
    _apply,
    _conflicts_with,
    _traffic,
    _train,
    _window,
)


@st.composite
def busy_lines(draw: st.DrawFn) -> tuple[Traffic, list[HeldWindow]]:
    """Three sections of single line, four stations, up to six trains that meet, three windows."""
    tracks = [4, draw(st.integers(2, 3)), draw(st.integers(2, 4)), 4]
    network = line([6_000.0] * 3, [1, 1, 1], tracks, blocks=1)
    wanted = draw(st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=2, max_size=6))
    runs: list[TrainRun] = []
    for minute, forward in wanted:
        run = _train(network, f"R{len(runs)}", 60.0 * minute, forward)
        if not len(find_conflicts(network, _traffic(network, [*runs, run]).occupations)):
            runs.append(run)
    begin = 60.0 * draw(st.integers(0, 40))
    windows = [
        _window(section.blocks_up[0], begin + i * 300.0, begin + i * 300.0 + 420.0)
        for i, section in enumerate(network.sections)
    ]
    return _traffic(network, runs), windows


def _growing(traffic: Traffic, windows: list[HeldWindow]) -> Clearing:
    work = Clearing(
        traffic, RULES, MEASURES, T0, frozenset(), ConvoyWindows(traffic, windows, T0),
        1.0, 24, frozenset(),
    )  # fmt: skip
    work.first_trains()
    return work


@settings(max_examples=25, deadline=None)
@given(busy_lines())
def test_the_search_finds_the_proven_optimum_of_small_cases(
    case: tuple[Traffic, list[HeldWindow]],
) -> None:
    traffic, windows = case
    exact = clear(traffic, windows, RULES, measures=MEASURES)
    assert exact.optimal
    work = _growing(traffic, windows)
    assume(work.units)
    found = improved(work, work.all_cancelled(), Effort(), exact.cost)
    assert sum(work.cost_of(train, found) for train in work.units) == pytest.approx(
        exact.cost, abs=1.0
    )


@settings(max_examples=25, deadline=None)
@given(busy_lines())
def test_a_model_that_may_not_grow_still_gives_an_answer_that_clashes_with_nobody(
    case: tuple[Traffic, list[HeldWindow]],
) -> None:
    traffic, windows = case
    exact = clear(traffic, windows, RULES, measures=MEASURES)
    cut = clear(traffic, windows, RULES, measures=MEASURES, most=0)
    assert not _conflicts_with(_apply(traffic, cut), windows)
    assert cut.bound <= exact.cost + 1.0 <= cut.cost + 2.0


@settings(max_examples=25, deadline=None)
@given(busy_lines(), st.integers(1, 4))
def test_no_step_makes_an_answer_dearer(case: tuple[Traffic, list[HeldWindow]], steps: int) -> None:
    traffic, windows = case
    work = _growing(traffic, windows)
    assume(work.units)
    start = work.all_cancelled()
    before = sum(work.cost_of(train, start) for train in work.units)
    found = improved(work, start, Effort(steps=steps, least=1, most=2))
    assert sum(work.cost_of(train, found) for train in work.units) <= before + 0.5
    again = _growing(traffic, windows)
    assert improved(again, start, Effort(steps=steps, least=1, most=2)) == found


def test_a_train_ends_beyond_a_part_of_the_way_that_is_free() -> None:
    network = line([6_000.0] * 4, [1] * 4, [2] * 5, blocks=1)
    traffic = _traffic(network, [_train(network, "R0", 0.0, True)])
    # The convoy has the whole way, but in this train's way only on the last section: there it
    # stays for longer than anybody may wait.
    held = _window(network.sections[3].blocks_up[0], 600.0, 4_000.0)
    avoided = frozenset(section.index for section in network.sections)
    cleared = clear(traffic, [held], RULES, measures=MEASURES, avoided=avoided)
    (change,) = cleared.altered
    assert change.measure == "shortened"
    assert change.new is not None
    assert [call.node for call in change.new.calls] == [0, 1, 2, 3]
    # One of four calls is missed, and counts half an hour (MEASURES).
    assert cleared.cost == pytest.approx(1_800.0 / 4)
    assert cleared.optimal


def test_who_is_in_the_way_everywhere_is_cancelled_at_worst() -> None:
    network = line([6_000.0], [1], [2, 2], blocks=1)
    runs = [_train(network, f"R{i}", 900.0 * i, True) for i in range(3)]
    traffic = _traffic(network, runs)
    held = _window(network.sections[0].blocks_up[0], -1_000.0, 9_000.0)
    cleared = clear(traffic, [held], RULES, measures=MEASURES)
    assert all(change.new is None for change in cleared.altered)
    assert cleared.cost == 3 * 3_600.0
    assert cleared.optimal
