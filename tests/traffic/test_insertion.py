"""Insertion finds the earliest path that exists, and what it finds is what the engine runs."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.rail.trains import load_train
from retinue.traffic.blocking_rules import shipped_blocking_rules
from retinue.traffic.insertion import (
    FoundPath,
    InsertionRequest,
    Prepared,
    SpecialSection,
    SpecialStop,
    held_windows,
    prepare,
)
from retinue.traffic.line_network import LineNetwork
from retinue.traffic.rules import RuleSet
from retinue.traffic.safe_intervals import SafeIntervals
from retinue.traffic.traffic import Traffic
from retinue.traffic.way_holds import Convoy
from tests.traffic.small_line import (
    MOVING,
    STANDING,
    Row,
    line,
    path_of,
    runs_of,
    traffic_of,
    way_of,
)

NO_RULES = RuleSet(frozenset(), {})
T0 = 1_400_000_000.0


def _prepared(
    network: LineNetwork,
    convoy: Convoy | None = None,
    rules: RuleSet = NO_RULES,
    *,
    shares: tuple[float, ...] = (0.7,),
    window_s: float = 3_600.0,
    stop_at: int | None = None,
    may_wait: bool = True,
    other_lags: tuple[tuple[float, float], ...] = (),
) -> Prepared:
    formation = load_train("royal-9", [])
    train = formation.dynamics()
    way = network.along(way_of(network))
    path = path_of(network)
    at = [0.0, path.length_m]
    stops: tuple[SpecialStop, ...] = ()
    if stop_at is not None:
        at.insert(1, float(way.node_m[stop_at]))
        stops = (SpecialStop(at[1], least_s=120.0),)
    request = InsertionRequest(
        way,
        way.node_m,
        tuple(SpecialSection(train, path, a, b) for a, b in itertools.pairwise(at)),
        convoy or Convoy(formation.length_m),
        (T0, T0 + window_s),
        stops=stops,
        shares=shares,
        may_wait=may_wait,
        other_lags=other_lags,
    )
    return prepare(request, network, rules, shipped_blocking_rules())


def _conflicts(found: FoundPath, safe: SafeIntervals, slack: float = 0.3) -> list[str]:
    """Every hold of a path that is not free, worked out from the engine's runs."""
    bad = []
    for window in found.windows:
        begin, end = window.from_s - safe.origin_s, window.to_s - safe.origin_s
        if not safe.fits(window.hold.need, begin, end, slack):
            bad.append(f"{window.hold.need} {begin:.1f} {end:.1f}")
    return bad


@st.composite
def small_traffic(draw: st.DrawFn, most: int = 3) -> Traffic:
    sections = draw(st.integers(1, most))
    network = line(
        [1000.0 * draw(st.integers(3, 9)) for _ in range(sections)],
        [draw(st.integers(1, 2)) for _ in range(sections)],
        [2, *(draw(st.integers(1, 2)) for _ in range(sections - 1)), 2],
        blocks=draw(st.integers(1, 2)),
    )
    rows: list[Row] = []
    trains = draw(st.integers(0, 8))
    for train in range(trains):
        resource = draw(st.integers(0, len(network.resources) - 1))
        begin = T0 + draw(st.integers(-300, 1_800))
        rows.append((train, resource, begin, begin + draw(st.integers(30, 900)), MOVING))
    return traffic_of(network, rows, runs_of(network, trains))


@settings(max_examples=40, deadline=None)
@given(small_traffic(), st.booleans())
def test_what_is_found_is_free_and_is_what_the_engine_runs(traffic: Traffic, convoy: bool) -> None:
    trains = Convoy(230.0, 300.0, 200.0, 150.0, 230.0) if convoy else None
    prepared = _prepared(traffic.network, trains)
    made, safe = prepared.graph(traffic)
    found = prepared.find(traffic)
    if found is None:
        assert (
            made.graph.reached([(made.starts[0], 0.0, 3_600.0)]).count[list(made.targets)].sum()
            == 0
        )
        return
    assert not _conflicts(found, safe)
    running = sum(run.total_time_s for d in found.drives for run in d.runs)
    assert found.arrive_s - found.depart_s == pytest.approx(running + found.waits_s, abs=0.3)


def _all_sequences(prepared: Prepared) -> list[list[int]]:
    """Every sequence of ways through the one grid."""
    grid = prepared.grids[0]
    found: list[list[int]] = [[]]
    for k, stretch in enumerate(grid.stretches):
        longer = []
        for ways in found:
            last = 0 if k == 0 else int(grid.stretches[k - 1].way[ways[-1], 2])
            longer += [[*ways, int(w)] for w in np.flatnonzero(stretch.way[:, 0] == last)]
        found = longer
    return found


def _earliest_by_trying(prepared: Prepared, traffic: Traffic, step_s: int) -> float | None:
    """Try every sequence, departure, wait (in steps) and lag of every run; the earliest arrival.

    Holds are worked out by `held_windows` from the engine's runs, not by the graph.
    """
    from retinue.traffic.drive import drive
    from retinue.traffic.insertion import SpecialStand

    grid = prepared.grids[0]
    safe = SafeIntervals(traffic, T0)
    best: float | None = None
    for ways in _all_sequences(prepared):
        made = drive(grid, ways)
        at = [prepared.grids[0].points[i].at_m for i in made.stands]
        node = dict(prepared.points)
        kept = itertools.product(prepared.request.convoys, repeat=len(made.runs))
        waits = itertools.product(range(0, 1_201, step_s), repeat=len(made.runs))
        for times, convoys in itertools.product(waits, list(kept)):
            now = T0 + times[0]
            stands = [SpecialStand(at[0], now, now, True, 0)]
            spaced = True
            for number, run in enumerate(made.runs):
                now += run.total_time_s
                last = number + 1 == len(made.runs)
                wait = 0 if last else times[number + 1]
                if not last:
                    # No train of the convoy leaves before it has come.
                    one, two = convoys[number], convoys[number + 1]
                    spaced &= wait >= two.advance_s - one.advance_s
                    spaced &= wait >= one.following_s - two.following_s
                place = at[number + 1]
                stands.append(SpecialStand(place, now, now + wait, last, node[place]))
                now += wait
            if not spaced or (best is not None and now >= best):
                continue
            found = FoundPath(tuple(stands), (), (made,), (), convoys=convoys)
            windows = tuple(held_windows(prepared, found))
            found = replace(found, windows=windows)
            if _conflicts(found, safe):
                continue
            standing_free = all(
                any(
                    a <= s.arrive_s - T0 + 0.3 and s.depart_s - T0 - 0.3 <= b
                    for a, b in safe.times(hold.need)
                )
                for s in stands[1:-1]
                for hold in prepared.holds
                if hold.place and hold.holds(s.at_m) and hold.when != "passing"
            )
            if standing_free:
                best = now
    return best


@settings(max_examples=15, deadline=None)
@given(small_traffic())
def test_the_search_equals_trying_every_way_and_time(traffic: Traffic) -> None:
    step = 40
    prepared = _prepared(traffic.network, shares=(), window_s=1_200.0)
    tried = _earliest_by_trying(prepared, traffic, step)
    found = prepared.find(traffic, depart=(T0, T0 + 1_200.0))
    if tried is None:
        # Trying in steps may miss what exists between them, never the other way round.
        return
    assert found is not None
    # Never later than anything tried, and what is found exists.
    assert found.arrive_s <= tried + 0.5
    assert not _conflicts(found, SafeIntervals(traffic, T0))


@settings(max_examples=12, deadline=None)
@given(small_traffic(most=2), st.booleans())
def test_with_a_convoy_and_its_lags_the_search_equals_trying_all(
    traffic: Traffic, together: bool
) -> None:
    # Blocks of 9 km at most are kept for less than the least lag: no way is left out for that.
    convoy = Convoy(230.0, 640.0, 0.0, 150.0, nothing_between=together)
    prepared = _prepared(
        traffic.network, convoy, shares=(), window_s=1_200.0, other_lags=((760.0, 0.0),)
    )
    tried = _earliest_by_trying(prepared, traffic, 60)
    found = prepared.find(traffic, depart=(T0, T0 + 1_200.0))
    if tried is None:
        return
    assert found is not None
    assert found.arrive_s <= tried + 0.5
    assert not _conflicts(found, SafeIntervals(traffic, T0))


@settings(max_examples=30, deadline=None)
@given(small_traffic(), st.integers(60, 600), st.integers(60, 600), st.booleans())
def test_trains_of_one_convoy_never_meet_each_other(
    traffic: Traffic, ahead: int, behind: int, stop: bool
) -> None:
    from retinue.traffic.conflicts import find_conflicts
    from retinue.traffic.special_runs import special_runs, traffic_with

    network = traffic.network
    convoy = Convoy(230.0, float(ahead), float(behind), 150.0, 230.0)
    prepared = _prepared(
        network, convoy, other_lags=((ahead + 120.0, behind + 120.0), (ahead + 300.0, behind)),
        stop_at=1 if stop and len(network.sections) > 1 else None,
    )  # fmt: skip
    found = prepared.find(traffic)
    if found is None:
        return
    empty = traffic_of(network, [], ())
    alone = traffic_with(empty, prepared.blocking, special_runs(prepared, found, "special"))
    stations = {station.resource for station in network.stations}
    met = find_conflicts(network, alone.occupations)
    # Stations at the ends may have fewer tracks than the convoy has trains.
    assert not [r for r in met.resource.tolist() if r not in stations]


def test_a_convoy_draws_out_where_a_train_may_then_run_between() -> None:
    network = line([6_000.0], [1], [3, 3], blocks=1)
    block = network.sections[0].blocks_up[0]
    # After the advance train another one has the line for five minutes.
    rows: list[Row] = [(0, block, T0 - 320.0, T0 - 20.0, MOVING)]
    traffic = traffic_of(network, rows, runs_of(network, 1))
    convoy = Convoy(230.0, 400.0, 0.0, 150.0, nothing_between=False)
    at_once = (T0, T0 + 30.0)
    assert _prepared(network, convoy).find(traffic, depart=at_once) is None
    drawn_out = _prepared(network, convoy, other_lags=((700.0, 0.0),)).find(traffic, depart=at_once)
    assert drawn_out is not None
    assert [c.advance_s for c in drawn_out.convoys] == [700.0]


def test_a_train_that_blocks_the_line_is_waited_for_in_a_loop() -> None:
    network = line([8_000.0, 8_000.0, 8_000.0], [1, 1, 1], [2, 2, 2, 2])
    # The last section is taken until 25 min: leave at once and wait at C, or leave later.
    last = network.sections[2].blocks_up
    rows: list[Row] = [(0, block, T0, T0 + 1_500.0, MOVING) for block in last]
    traffic = traffic_of(network, rows, runs_of(network, 1))
    found = _prepared(network, window_s=60.0).find(traffic)
    assert found is not None
    assert found.waits_s > 300.0
    assert [s.at_m for s in found.stands[1:-1]][-1:] in ([8_000.0], [16_000.0])
    later = _prepared(network, window_s=3_600.0).find(traffic)
    assert later is not None
    assert later.arrive_s <= found.arrive_s + 1e-3
    assert later.waits_s <= found.waits_s


def test_a_track_that_is_too_short_is_not_waited_on() -> None:
    network = line([8_000.0, 8_000.0], [1, 1], [2, 2, 2])
    held = network.stations[1].resource
    resources = list(network.resources)
    resources[held] = replace(resources[held], longest_m=100.0)
    network = replace(network, resources=tuple(resources))
    prepared = _prepared(network)
    assert prepared.not_stood_at[0][0] == "B"
    assert "100 m" in prepared.not_stood_at[0][1]


def test_a_stop_that_is_asked_for_is_kept_and_lasts_its_least() -> None:
    network = line([6_000.0, 6_000.0], [1, 1], [2, 2, 2])
    traffic = traffic_of(network, [], ())
    found = _prepared(network, stop_at=1).find(traffic)
    assert found is not None
    stop = found.stands[1]
    assert stop.asked
    assert stop.depart_s - stop.arrive_s == pytest.approx(120.0, abs=1e-3)
    assert found.depart_s == pytest.approx(T0, abs=1e-3)


def test_nothing_runs_between_the_trains_of_the_convoy() -> None:
    network = line([6_000.0], [1], [3, 3], blocks=1)
    block = network.sections[0].blocks_up[0]
    # A train passes the block 20 min after the window opens, for 3 min.
    rows: list[Row] = [(0, block, T0 + 1_200.0, T0 + 1_380.0, MOVING)]
    traffic = traffic_of(network, rows, runs_of(network, 1))
    closed = _prepared(network, Convoy(230.0, 900.0, 0.0, 150.0)).find(traffic)
    apart = _prepared(network, Convoy(230.0, 900.0, 0.0, 150.0, nothing_between=False)).find(
        traffic, depart=(T0 + 1_500.0, T0 + 3_600.0)
    )
    assert closed is not None
    assert apart is not None
    assert apart.depart_s == pytest.approx(T0 + 1_500.0, abs=1.0)
    held = [w for w in closed.windows if w.hold.need.resource == block]
    assert len(held) == 1
    assert held[0].to_s - held[0].from_s > 900.0


def test_a_standing_train_is_not_overtaken() -> None:
    network = line([8_000.0, 8_000.0], [2, 2], [2, 2, 2])
    from retinue.traffic.train_run import Call

    up = [*network.sections[0].blocks_up, *network.sections[1].blocks_up]
    station = network.stations[1].resource
    # A fast train follows from A at 10 min, passes B at 14 min, and C is closed until it is by.
    rows: list[Row] = [(0, b, T0 + 600.0, T0 + 840.0, MOVING) for b in up[:2]]
    rows += [(0, b, T0 + 800.0, T0 + 1_100.0, MOVING) for b in up[2:]]
    rows += [(0, station, T0 + 800.0, T0 + 900.0, STANDING)]
    rows += [(1, b, T0, T0 + 700.0, MOVING) for b in up[2:]]
    runs = runs_of(network, 2)
    calls = (Call(0, T0 + 600, T0 + 600, True), Call(1, T0 + 830, T0 + 860, True),
             Call(2, T0 + 1_100, T0 + 1_100, True))  # fmt: skip
    traffic = traffic_of(network, rows, (replace(runs[0], calls=calls), runs[1]))
    free = _prepared(network).find(traffic, depart=(T0, T0 + 100.0))
    held = _prepared(network, rules=RuleSet(frozenset({"none overtaking"}), {})).find(
        traffic, depart=(T0, T0 + 100.0)
    )
    assert free is not None
    assert free.stands[1].arrive_s < T0 + 830 < T0 + 860 < free.stands[1].depart_s
    assert held is None or not held.stands[1].arrive_s < T0 + 830 < held.stands[1].depart_s - 30
