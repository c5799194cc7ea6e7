"""Clearing under rules about motion, standing and overtaking equals trying all, judged apart.

Who breaks a window is worked out here from the calls of the trains alone.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.traffic.clearing import clear
from retinue.traffic.conflicts import find_conflicts
from retinue.traffic.insertion import HeldWindow
from retinue.traffic.line_network import LineNetwork
from retinue.traffic.occupation import MOVING, STANDING
from retinue.traffic.occupying import occupy
from retinue.traffic.overtaking import Passing
from retinue.traffic.safe_intervals import Need
from retinue.traffic.special_runs import traffic_with
from retinue.traffic.traffic import Traffic
from retinue.traffic.train_run import TrainRun
from retinue.traffic.way_holds import WayHold
from tests.traffic import test_clearing
from tests.traffic.small_line import line
from tests.traffic.test_clearing import DWELL_S, MEASURES, T0, _train

#: A station is held from its approach on, so that coming into it is motion.
RULES = replace(test_clearing.RULES, approach_m=500.0)
GOODS = "freight stands within"
DANGER = "dangerous goods away"
OVERTAKEN = "none overtaking"


def _traffic(network: LineNetwork, runs: list[TrainRun]) -> Traffic:
    return Traffic(network, tuple(runs), occupy(network, runs, RULES))


def _window(need: Need, begin: float, end: float, rule: str) -> HeldWindow:
    hold = WayHold(need, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, place=True, rule=rule)
    return HeldWindow(hold, T0 + begin, T0 + end)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Traffic, list[HeldWindow]]:
    """One or two goods trains that stop at B or pass it, one window at B of each of some rules."""
    network = line([6_000.0, 6_000.0], [2, 2], [4, 4, 4], blocks=1)
    runs = []
    trains = draw(st.lists(st.tuples(st.integers(0, 15), st.booleans()), min_size=1, max_size=2))
    for number, (minute, stops) in enumerate(trains):
        run = _train(network, f"G{number}", 60.0 * minute, forward=True)
        run = replace(run, train_class="freight", dangerous_goods=draw(st.booleans()))
        runs.append(run if stops else _passing(run))
    traffic = _traffic(network, runs)
    if len(find_conflicts(network, traffic.occupations)):
        traffic = _traffic(network, runs[:1])
    station = network.stations[1].resource
    needs = {
        GOODS: Need(station, state=MOVING, classes=("freight",)),
        DANGER: Need(station, state=STANDING, dangerous=True),
        OVERTAKEN: Need(station, passing=Passing(0, 1, 1)),
    }
    windows = []
    for rule in sorted(draw(st.sets(st.sampled_from(sorted(needs)), min_size=1))):
        begin = 60.0 * draw(st.integers(2, 20)) + 30.0
        windows.append(_window(needs[rule], begin, begin + 60.0 * draw(st.integers(1, 10)), rule))
    return traffic, windows


def _passing(run: TrainRun) -> TrainRun:
    """The same train without its stop."""
    first, second, third = run.calls
    end = replace(third, arrive_s=third.arrive_s - DWELL_S, depart_s=third.depart_s - DWELL_S)
    passed = replace(second, depart_s=second.arrive_s, stops=False, minimum_dwell_s=0.0)
    return replace(run, calls=(first, passed, end))


def _broken(traffic: Traffic, windows: list[HeldWindow], slack: float = 0.0) -> bool:
    """Whether a train breaks a window by more than a slack, from its calls and its hold of B."""
    held = traffic.occupations
    for window in windows:
        begin, end = window.from_s + slack, window.to_s - slack
        for row in range(len(held)):
            if held.resource[row] != window.hold.need.resource:
                continue
            run = traffic.runs[held.train[row]]
            call = run.calls[1]
            if window.hold.rule == OVERTAKEN:
                if begin < call.arrive_s and call.depart_s < end:
                    return True
                continue
            parts = [(float(held.from_s[row]), float(held.to_s[row]))]
            if window.hold.rule == DANGER:
                parts = parts if call.stops and run.dangerous_goods else []
            elif call.stops:
                parts = [(parts[0][0], call.arrive_s), (call.depart_s, parts[0][1])]
            if any(a < end and b > begin for a, b in parts):
                return True
    return False


def _cost(old: TrainRun, new: TrainRun | None) -> float:
    """The mean delay of the calls that the timetable makes after the first."""
    if new is None:
        return 3_600.0
    pairs = [(a, b) for a, b in zip(old.calls[1:], new.calls[1:], strict=True) if a.stops]
    return sum(b.arrive_s - a.arrive_s for a, b in pairs) / len(pairs)


def _least(traffic: Traffic, windows: list[HeldWindow]) -> float:
    """Every delay in half minutes at both stations of every train, and cancelling it."""
    network = traffic.network
    choices: list[list[tuple[float, TrainRun | None]]] = []
    for run in traffic.runs:
        own: list[tuple[float, TrainRun | None]] = [(_cost(run, None), None)]
        stops = run.calls[1].stops
        for one, two in itertools.product(range(0, 601, 30), repeat=2):
            # A stop that the timetable does not have costs a minute.
            if two < one or (not stops and one < two < one + 60):
                continue
            late = (one, one), (one, two), (two, two)
            calls = [
                replace(c, arrive_s=c.arrive_s + a, depart_s=c.depart_s + d)
                for c, (a, d) in zip(run.calls, late, strict=True)
            ]
            calls[1] = replace(calls[1], stops=stops or two > one)
            new = replace(run, calls=tuple(calls))
            # A second before and after each window is kept besides.
            if not _broken(_traffic(network, [new]), windows, slack=-2.0):
                own.append((_cost(run, new), new))
        choices.append(sorted(own, key=lambda choice: choice[0]))
    for chosen in sorted(itertools.product(*choices), key=lambda c: sum(cost for cost, _ in c)):
        runs = [run for _, run in chosen if run is not None]
        if not len(find_conflicts(network, _traffic(network, runs).occupations)):
            return sum(cost for cost, _ in chosen)
    raise AssertionError("no train at all breaks nothing")


@settings(max_examples=25, deadline=None)
@given(cases())
def test_clearing_under_rules_equals_trying_all(case: tuple[Traffic, list[HeldWindow]]) -> None:
    traffic, windows = case
    cleared = clear(traffic, windows, RULES, measures=MEASURES)
    assert cleared.optimal
    altered = {change.train: change.new for change in cleared.altered}
    made = traffic_with(traffic, RULES, altered=altered)
    assert not _broken(made, windows)
    assert not len(find_conflicts(made.network, made.occupations))
    spent = sum(_cost(traffic.runs[train], new) for train, new in altered.items())
    assert cleared.cost == pytest.approx(spent, abs=0.5)
    assert cleared.cost <= _least(traffic, windows) + 1.0


def _three(rule: str, need: Need, begin: float, end: float, *, stops: bool = True) -> str:
    """What the one train that comes to B at 300 s and leaves at 360 s does for a window."""
    network = line([6_000.0, 6_000.0], [2, 2], [4, 4, 4], blocks=1)
    run = replace(_train(network, "G", 0.0, forward=True), train_class="freight",
                  dangerous_goods=True)  # fmt: skip
    traffic = _traffic(network, [run if stops else _passing(run)])
    cleared = clear(traffic, [_window(need, begin, end, rule)], RULES, measures=MEASURES)
    if not cleared.altered:
        return "as published"
    (altered,) = cleared.altered
    assert altered.because == f"{rule}: B"
    return f"{altered.measure}, {altered.delay_s:.0f} s"


def test_a_goods_train_comes_before_the_window_or_after_it_and_stands_inside() -> None:
    station = line([6_000.0, 6_000.0], [2, 2], [4, 4, 4], blocks=1).stations[1].resource
    goods = Need(station, state=MOVING, classes=("freight",))
    assert _three(GOODS, goods, 310.0, 350.0) == "as published"
    # It would leave inside: it stands until the window is over, and its margin of a second.
    assert _three(GOODS, goods, 310.0, 500.0) == "re-timed, 141 s"
    # One that passes inside is stopped before it, or comes later: whichever is less.
    assert _three(GOODS, goods, 305.0, 400.0, stops=False) == "re-timed, 101 s"


def test_who_would_overtake_leaves_after_the_convoy() -> None:
    station = line([6_000.0, 6_000.0], [2, 2], [4, 4, 4], blocks=1).stations[1].resource
    need = Need(station, passing=Passing(0, 1, 1))
    assert _three(OVERTAKEN, need, 200.0, 500.0) == "re-timed, 140 s"
    assert _three(OVERTAKEN, need, 300.0, 500.0) == "as published"
    assert _three(OVERTAKEN, need, 200.0, 360.0) == "as published"


def test_dangerous_goods_that_pass_are_not_made_to_wait_in_a_sealed_station() -> None:
    network = line([6_000.0, 6_000.0], [2, 2], [4, 4, 4], blocks=1)
    run = replace(_train(network, "G", 0.0, forward=True), dangerous_goods=True)
    traffic = _traffic(network, [_passing(run)])
    station = network.stations[1].resource
    # It has to leave A in time; the line behind B is held until 600 s, it would be there at 300 s.
    held = [
        _window(Need(network.stations[0].resource, units=4), 120.0, 900.0, ""),
        _window(Need(network.sections[1].blocks_up[0]), 250.0, 600.0, ""),
    ]
    sealed = _window(Need(station, state=STANDING, dangerous=True), 200.0, 700.0, DANGER)
    (waits,) = clear(traffic, held, RULES, measures=MEASURES).altered
    assert waits.new is not None
    assert waits.new.calls[1].stops
    (gone,) = clear(traffic, [*held, sealed], RULES, measures=MEASURES).altered
    assert gone.measure == "cancelled"
