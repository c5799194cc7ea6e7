"""What insertion and clearing find keeps every rule that is on, by the checker that shares no code.

Made-up lines and traffic, all rules and some of them, with and without advance and following train.
"""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.checks.traffic import check_traffic
from retinue.checks.traffic_rules import check_traffic_rules
from retinue.plan.traffic import TrafficRecord
from retinue.traffic.blocking_rules import shipped_blocking_rules
from retinue.traffic.clearing import clear
from retinue.traffic.found_path import held_windows
from retinue.traffic.insertion import Prepared
from retinue.traffic.insertion_record import inserted_record
from retinue.traffic.line_network import Step
from retinue.traffic.occupying import occupy
from retinue.traffic.reasons import explain
from retinue.traffic.rules import RULES, RuleSet
from retinue.traffic.safe_intervals import SafeIntervals
from retinue.traffic.traffic import Traffic
from retinue.traffic.train_run import Call, TrainClass, TrainRun
from retinue.traffic.way_holds import Convoy
from tests.traffic.small_line import MOVING, STANDING, Row, line, runs_of, traffic_of
from tests.traffic.test_insertion import T0, _prepared

CLASSES: tuple[TrainClass, ...] = ("regional", "intercity", "freight")
ALONE = Convoy(230.0)
TWO = Convoy(230.0, 900.0, 0.0, 150.0)
THREE = Convoy(230.0, 300.0, 200.0, 150.0, 230.0)


@st.composite
def busy_line(draw: st.DrawFn) -> Traffic:
    """A line of two or three sections of one or two tracks, and trains on one place each."""
    sections = draw(st.integers(2, 3))
    network = line(
        [1_000.0 * draw(st.integers(3, 9)) for _ in range(sections)],
        [draw(st.integers(1, 2)) for _ in range(sections)],
        [4, *(draw(st.integers(3, 4)) for _ in range(sections - 1)), 4],
        blocks=draw(st.integers(1, 2)),
    )
    trains = draw(st.integers(0, 12))
    rows: list[Row] = []
    for train in range(trains):
        resource = draw(st.integers(0, len(network.resources) - 1))
        begin = T0 + draw(st.integers(-1_200, 3_600))
        state = draw(st.sampled_from([MOVING, STANDING]))
        rows.append((train, resource, begin, begin + draw(st.integers(30, 900)), state))
    classes = [draw(st.sampled_from(CLASSES)) for _ in range(trains)]
    dangerous = [draw(st.booleans()) for _ in range(trains)]
    runs = tuple(
        replace(run, dangerous_goods=goods, calls=_calls(row, len(network.stations)))
        for run, goods, row in zip(runs_of(network, trains, classes), dangerous, rows, strict=True)
    )
    return traffic_of(network, rows, runs)


def _calls(row: Row, nodes: int) -> tuple[Call, ...]:
    """Who stands on a place stands there all the time, and is nowhere else."""
    _, _, begin, end, state = row
    first = Call(0, begin, end, state == STANDING)
    return (first, *(Call(node, end, end, False) for node in range(1, nodes)))


def _record(traffic: Traffic, rules: RuleSet, convoy: Convoy) -> TrafficRecord | None:
    prepared = _prepared(traffic.network, convoy, rules, window_s=7_200.0)
    found = prepared.find(traffic)
    return None if found is None else inserted_record(traffic, prepared, found, name="x")


def _faults(record: TrafficRecord) -> list[str]:
    findings = [check_traffic(record), *check_traffic_rules(record)]
    return [fault for finding in findings for fault in finding.faults]


@settings(max_examples=60, deadline=None)
@given(
    busy_line(),
    st.sets(st.sampled_from(RULES), min_size=1),
    st.sampled_from([ALONE, THREE]),
    st.sampled_from([{}, {"none beside": ("freight",), "stations sealed": ("intercity",)}]),
)
def test_a_path_keeps_the_rules_it_was_found_under(
    traffic: Traffic, on: set[str], convoy: Convoy, binds: dict[str, tuple[str, ...]]
) -> None:
    kept = replace(convoy, nothing_between="nothing between" in on)
    rules = RuleSet(frozenset(on), binds, 600.0, 600.0, 3_600.0)
    record = _record(traffic, rules, kept)
    if record is not None:
        assert _faults(record) == []


@st.composite
def running_line(draw: st.DrawFn) -> Traffic:
    """Trains that run the whole line with stops of their own, in both directions."""
    network = line(
        [1_000.0 * draw(st.integers(4, 9)) for _ in range(3)],
        [draw(st.integers(1, 2)) for _ in range(3)],
        [8, 8, 8, 8],
    )
    runs = []
    for number in range(draw(st.integers(1, 5))):
        forward, speed = draw(st.booleans()), draw(st.floats(12.0, 33.0))
        steps = tuple(
            Step(section.index, forward)
            for section in (network.sections if forward else network.sections[::-1])
        )
        now = T0 + draw(st.integers(-1_800, 3_600))
        calls = [Call(0 if forward else 3, now, now, True)]
        for step in steps:
            now += network.sections[step.section].length_m / speed
            dwell = draw(st.sampled_from([0, 60, 900]))
            calls.append(Call(network.other_end(step), now, now + dwell, dwell > 0))
            now += dwell
        calls[-1] = replace(calls[-1], depart_s=calls[-1].arrive_s, stops=True)
        runs.append(
            TrainRun(f"t{number}", draw(st.sampled_from(CLASSES)), f"R {number}", 100.0, 120.0,
                     33.0, tuple(calls), steps, dangerous_goods=draw(st.booleans()))
        )  # fmt: skip
    return Traffic(network, tuple(runs), occupy(network, runs, shipped_blocking_rules()))


@settings(max_examples=40, deadline=None)
@given(running_line(), st.sets(st.sampled_from(RULES), min_size=1))
def test_among_running_trains_too(traffic: Traffic, on: set[str]) -> None:
    kept = replace(THREE, nothing_between="nothing between" in on)
    rules = RuleSet(frozenset(on), {}, 600.0, 600.0, 3_600.0)
    record = _record(traffic, rules, kept)
    if record is not None:
        assert _faults(record) == []


@settings(max_examples=30, deadline=None)
@given(
    running_line(),
    st.sets(st.sampled_from(RULES)),
    st.sampled_from(RULES),
    st.sampled_from([None, 1]),
)
def test_a_rule_switched_on_never_makes_the_path_better(
    traffic: Traffic, on: set[str], more: str, stop_at: int | None
) -> None:
    arrivals = []
    for rules in (on, {*on, more}):
        kept = replace(THREE, nothing_between="nothing between" in rules)
        asked = RuleSet(frozenset(rules), {}, 600.0, 600.0, 3_600.0)
        found = _prepared(traffic.network, kept, asked, stop_at=stop_at).find(traffic)
        arrivals.append(math.inf if found is None else found.arrive_s)
    assert arrivals[1] >= arrivals[0] - 1e-3


@settings(max_examples=15, deadline=None)
@given(
    running_line(),
    st.sets(st.sampled_from(["freight stands within", "none overtaking"]), min_size=1),
    st.sampled_from([None, 1]),
)
def test_the_search_equals_trying_every_departure_and_asking_the_checker(
    traffic: Traffic, on: set[str], stop_at: int | None
) -> None:
    def prepared(freight_s: float) -> Prepared:
        rules = RuleSet(frozenset(on), {}, freight_s)
        return _prepared(
            traffic.network, ALONE, rules, shares=(), may_wait=False, stop_at=stop_at
        )  # fmt: skip

    found = prepared(600.0).find(traffic, depart=(T0, T0 + 1_800.0))
    # While it stands on its track before it departs the search has goods trains stand as well.
    judged = prepared(600.0 + shipped_blocking_rules().terminal_stand_s + 2.0)
    alone = frozenset(range(len(traffic.runs)))
    for wait in range(0, 1_800, 90):
        # The search keeps a second before and after other trains.
        path, *others = (
            judged.find(traffic, depart=(T0 + wait + late,) * 2, without=alone)
            for late in (0.0, -1.1, 1.1)
        )
        assert path is not None
        if not any(_faults(inserted_record(traffic, judged, one, name="x"))
                   for one in (path, *others) if one is not None):  # fmt: skip
            assert found is not None
            assert found.arrive_s <= path.arrive_s + 0.5
            return


def test_a_goods_train_that_comes_within_the_window_is_planned_round() -> None:
    network = line([6_000.0, 9_000.0], [2, 1], [2, 2, 3])
    calls = (Call(0, T0 - 5_000.0, T0 - 5_000.0, True), Call(1, T0 + 200.0, T0 + 1_500.0, True),
             Call(2, T0 + 9_000.0, T0 + 9_000.0, True))  # fmt: skip
    goods = replace(runs_of(network, 1, ["freight"])[0], calls=calls)
    station = network.stations[1].resource
    # It comes to B from another line; from 1,500 s on it leaves again.
    traffic = traffic_of(network, [(0, station, T0 + 100.0, T0 + 1_600.0, STANDING)], (goods,))
    rules = RuleSet(frozenset({"freight stands within"}), {}, 900.0)
    at_once = _prepared(network, ALONE, rules, window_s=60.0, may_wait=False)
    assert at_once.find(traffic) is None
    (told,) = explain(at_once, traffic, T0).blocking
    assert (told.train, told.place, told.rule) == ("t0", "B", "freight stands within")
    found = _prepared(network, ALONE, rules).find(traffic)
    assert found is not None
    # First 15 min after its coming; before it leaves the convoy is through.
    assert T0 + 200.0 + 900.0 < found.front_at(6_000.0) < T0 + 1_500.0
    assert _faults(inserted_record(traffic, at_once, found, name="x")) == []


@settings(max_examples=15, deadline=None)
@given(
    running_line(),
    st.sets(st.sampled_from(RULES), min_size=1),
    st.sampled_from([ALONE, TWO]),
    st.sampled_from([None, 1, 2]),
)
def test_a_cleared_line_keeps_the_rules(
    traffic: Traffic, on: set[str], convoy: Convoy, stop_at: int | None
) -> None:
    kept = replace(convoy, nothing_between="nothing between" in on)
    rules = RuleSet(frozenset(on), {}, 600.0, 600.0, 3_600.0)
    prepared = _prepared(traffic.network, kept, rules, may_wait=False, stop_at=stop_at)
    everyone = frozenset(range(len(traffic.runs)))
    alone = prepared.find(traffic, depart=(T0, T0), without=everyone)
    assert alone is not None
    cleared = clear(traffic, alone.windows, prepared.blocking)
    record = inserted_record(traffic, prepared, alone, name="x", cleared=cleared)
    assert _faults(record) == []


@settings(max_examples=40, deadline=None)
@given(
    busy_line(),
    st.sampled_from(["none beside", "opposite held", "nothing between", "stations sealed"]),
)
def test_what_the_checker_faults_the_search_would_have_refused(traffic: Traffic, rule: str) -> None:
    free = replace(THREE, nothing_between=False)
    prepared = _prepared(traffic.network, free, RuleSet(frozenset(), {}), window_s=7_200.0)
    found = prepared.find(traffic)
    if found is None:
        return
    record = inserted_record(traffic, prepared, found, name="x")
    assert _faults(record) == []
    assert record.rules is not None
    on = record.rules.model_copy(update={"on": (rule,)})
    finding = next(
        f
        for f in check_traffic_rules(record.model_copy(update={"rules": on}))
        if f.checker.endswith(rule)
    )
    broken = [fault for fault in finding.faults if "record" not in fault]
    between = replace(THREE, nothing_between=rule == "nothing between")
    strict = _prepared(traffic.network, between, RuleSet(frozenset({rule}), {}))
    windows = held_windows(strict, replace(found, convoys=()))
    safe = SafeIntervals(traffic, T0)
    refused = any(
        not safe.fits(window.hold.need, window.from_s - T0, window.to_s - T0) for window in windows
    )
    assert refused or not broken
