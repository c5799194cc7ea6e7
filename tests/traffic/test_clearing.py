"""Clearing gives what trying all gives and leaves no conflict; rules never lower its cost."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.traffic.blocking_rules import shipped_blocking_rules
from retinue.traffic.clearing import Cleared, clear
from retinue.traffic.clearing_rules import ClassMeasures, shipped_clearing_rules
from retinue.traffic.conflicts import find_conflicts
from retinue.traffic.insertion import HeldWindow
from retinue.traffic.line_network import LineNetwork, Step
from retinue.traffic.occupying import occupy
from retinue.traffic.rules import RuleSet
from retinue.traffic.safe_intervals import Need
from retinue.traffic.special_runs import traffic_with
from retinue.traffic.traffic import Traffic
from retinue.traffic.train_run import Call, TrainRun
from retinue.traffic.way_holds import Convoy, WayHold
from tests.traffic.small_line import line
from tests.traffic.test_insertion import _prepared

T0 = 1_400_000_000.0
RULES = replace(
    shipped_blocking_rules(), switching_s=0.0, sight_s=0.0, approach_m=0.0, release_s=0.0,
    station_release_s=0.0, terminal_stand_s=60.0,
)  # fmt: skip
MEASURES = {
    name: ClassMeasures(1.0, 600.0, 60.0, 3_600.0, 1_800.0) for name in shipped_clearing_rules()
}
RUN_S, DWELL_S = 300.0, 60.0
RULES_OF_TRAFFIC = (
    "none beside", "none overtaking", "opposite held", "freight stands within", "stations sealed",
    "dangerous goods away",
)  # fmt: skip


def _train(network: LineNetwork, name: str, begin_s: float, forward: bool) -> TrainRun:
    count = len(network.stations)
    nodes = list(range(count)) if forward else list(range(count - 1, -1, -1))
    calls, now = [], T0 + begin_s
    for position, node in enumerate(nodes):
        leave = now if position in (0, count - 1) else now + DWELL_S
        calls.append(Call(node, now, leave, True, DWELL_S if 0 < position < count - 1 else 0.0))
        now = leave + RUN_S
    steps = [Step(s.index, forward) for s in network.sections]
    return TrainRun(name, "regional", name, 100.0, 100.0, 30.0, tuple(calls),
                    tuple(steps if forward else steps[::-1]))  # fmt: skip


def _window(resource: int, begin: float, end: float, rule: str = "") -> HeldWindow:
    hold = WayHold(Need(resource), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, rule=rule)
    return HeldWindow(hold, T0 + begin + 1.0, T0 + end - 1.0)


def _traffic(network: LineNetwork, runs: list[TrainRun]) -> Traffic:
    return Traffic(network, tuple(runs), occupy(network, runs, RULES))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Traffic, list[HeldWindow]]:
    """Two sections of single line, three stations, up to three trains, two windows."""
    network = line([6_000.0, 6_000.0], [1, 1], [4, draw(st.integers(2, 4)), 4], blocks=1)
    runs = [
        _train(network, f"R{i}", 60.0 * minute, forward)
        for i, (minute, forward) in enumerate(
            draw(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=3))
        )
    ]
    traffic = _traffic(network, runs)
    if len(find_conflicts(network, traffic.occupations)):
        runs = runs[:1]
        traffic = _traffic(network, runs)
    blocks = [s.blocks_up[0] for s in network.sections]
    begin = 60.0 * draw(st.integers(0, 25))
    windows = [
        _window(block, begin + i * 240.0, begin + i * 240.0 + 60.0 * draw(st.integers(2, 8)))
        for i, block in enumerate(blocks)
    ]
    return traffic, windows


def _conflicts_with(traffic: Traffic, windows: list[HeldWindow]) -> bool:
    held = traffic.occupations
    for window in windows:
        for row in range(len(held)):
            if (
                held.resource[row] == window.hold.need.resource
                and held.from_s[row] < window.to_s + 0.5
                and held.to_s[row] > window.from_s - 0.5
            ):
                return True
    return len(find_conflicts(traffic.network, held)) > 0


def _apply(traffic: Traffic, cleared: Cleared) -> Traffic:
    return traffic_with(traffic, RULES, altered={a.train: a.new for a in cleared.altered})


@settings(max_examples=20, deadline=None)
@given(cases())
def test_clearing_equals_the_proven_optimum_of_small_cases(
    case: tuple[Traffic, list[HeldWindow]],
) -> None:
    traffic, windows = case
    # Trying all is for two trains at most.
    if len(traffic.runs) > 2:
        traffic = _traffic(traffic.network, list(traffic.runs[:2]))
    cleared = clear(traffic, windows, RULES, measures=MEASURES)
    assert cleared.optimal
    assert cleared.bound == pytest.approx(cleared.cost, abs=1.0)
    assert not _conflicts_with(_apply(traffic, cleared), windows)
    tried = _least(traffic, windows)
    assert cleared.cost <= tried + 1.0
    # Whole minutes are at most a minute for each delay from the best whole second.
    assert cleared.cost >= tried - 120.0 * len(traffic.runs)


def _least(traffic: Traffic, windows: list[HeldWindow]) -> float:
    """Every delay in whole minutes at both stations of every train, and cancelling it."""
    choices: list[list[tuple[float, TrainRun | None]]] = []
    for run in traffic.runs:
        own: list[tuple[float, TrainRun | None]] = [(3_600.0, None)]
        for one in range(11):
            for two in range(one, 11):
                # A stop of a minute makes nothing up: the second delay is never the lesser.
                late = (one * 60.0, one * 60.0), (one * 60.0, two * 60.0), (two * 60.0, two * 60.0)
                calls = tuple(
                    replace(c, arrive_s=c.arrive_s + a, depart_s=c.depart_s + d)
                    for c, (a, d) in zip(run.calls, late, strict=True)
                )
                own.append(((one + two) * 30.0, replace(run, calls=calls)))
        choices.append(sorted(own, key=lambda choice: choice[0]))
    every = itertools.product(*choices)
    for chosen in sorted(every, key=lambda chosen: sum(c for c, _ in chosen)):
        runs = [run for _, run in chosen if run is not None]
        if not _conflicts_with(_traffic(traffic.network, runs), windows):
            return sum(c for c, _ in chosen)
    raise AssertionError("no train at all is free of conflicts")


@settings(max_examples=15, deadline=None)
@given(cases(), st.integers(0, 25), st.integers(2, 10), st.integers(0, 1))
def test_a_rule_switched_on_never_lowers_the_least_disturbance(
    case: tuple[Traffic, list[HeldWindow]], begin: int, minutes: int, which: int
) -> None:
    traffic, windows = case
    section = traffic.network.sections[which]
    rule = _window(section.blocks_up[0], 60.0 * begin, 60.0 * (begin + minutes), "opposite held")
    without = clear(traffic, windows, RULES, measures=MEASURES)
    held = clear(traffic, [*windows, rule], RULES, measures=MEASURES)
    assert without.optimal
    assert held.optimal
    assert held.cost >= without.cost - 0.5


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=3),
    st.sets(st.sampled_from(RULES_OF_TRAFFIC)),
    st.sampled_from(RULES_OF_TRAFFIC),
    st.integers(1, 2),
)
def test_no_rule_of_a_policy_lowers_the_least_disturbance(
    trains: list[tuple[int, bool]], on: set[str], more: str, tracks: int
) -> None:
    network = line([6_000.0, 6_000.0], [tracks, tracks], [4, 4, 4], blocks=1)
    runs = [
        replace(_train(network, f"R{i}", 60.0 * minute, forward),
                train_class="freight" if i else "regional")
        for i, (minute, forward) in enumerate(trains)
    ]  # fmt: skip
    traffic = _traffic(network, runs)
    if len(find_conflicts(network, traffic.occupations)):
        traffic = _traffic(network, runs[:1])
    convoy = Convoy(230.0, 300.0, 0.0, 150.0, nothing_between=False)
    costs = []
    for rules in (on, on | {more}):
        prepared = _prepared(network, convoy, RuleSet(frozenset(rules), {}, freight_s=600.0))
        alone = prepared.find(traffic, depart=(T0 + 600.0,) * 2, without=frozenset({0, 1, 2}))
        assert alone is not None
        cleared = clear(traffic, alone.windows, RULES, measures=MEASURES)
        assert cleared.optimal
        costs.append(cleared.cost)
    assert costs[1] >= costs[0] - 0.5


def test_nothing_in_the_way_costs_nothing() -> None:
    network = line([6_000.0], [1], [2, 2], blocks=1)
    traffic = _traffic(network, [_train(network, "R0", 0.0, True)])
    cleared = clear(traffic, [_window(network.sections[0].blocks_up[0], 3_000.0, 3_300.0)], RULES)
    assert cleared.cost == 0.0
    assert cleared.altered == ()
    assert cleared.optimal


def test_a_train_waits_at_the_station_before_and_no_longer_than_it_must() -> None:
    network = line([6_000.0, 6_000.0], [1, 1], [2, 2, 2], blocks=1)
    traffic = _traffic(network, [_train(network, "R0", 0.0, True)])
    # It would enter the second section after 360 s; the section is held until 500 s.
    held = _window(network.sections[1].blocks_up[0], 300.0, 500.0)
    cleared = clear(traffic, [held], RULES, measures=MEASURES)
    assert [a.measure for a in cleared.altered] == ["re-timed"]
    new = cleared.altered[0].new
    assert new is not None
    assert new.calls[0].depart_s == T0
    assert new.calls[1].depart_s == pytest.approx(T0 + 500.0, abs=1.0)
    assert cleared.altered[0].delay_s == pytest.approx(140.0, abs=1.0)
    assert cleared.held_cost >= cleared.cost


def test_a_train_led_round_without_any_loss_is_told_and_moved() -> None:
    one = line([6_000.0], [1], [2, 2], blocks=1)
    block = replace(one.resources[-1], id=len(one.resources), name="A - B, other line")
    other = replace(one.sections[0], index=1, blocks_up=(block.id,), blocks_down=(block.id,))
    network = LineNetwork(
        one.stations, (*one.sections, other), (*one.resources, block), "pessimistic"
    )
    train = replace(_train(one, "R0", 0.0, True), steps=(Step(0, True),))
    traffic = _traffic(network, [train])
    held = _window(one.sections[0].blocks_up[0], -600.0, 2_000.0)
    cleared = clear(traffic, [held], RULES, measures=MEASURES, avoided=frozenset({0}))
    # The other line is as long and the timetable slow: it costs nothing, but the train is moved.
    assert [change.measure for change in cleared.altered] == ["re-routed"]
    assert cleared.cost == 0.0
    assert not _conflicts_with(_apply(traffic, cleared), [held])
