"""Other ways of a leg are run by the plan's own railways, or refused with the reason.

The network is that of the shipped timetable aare-line: the direct line from Aarau towards Zurich
and the older one over Brugg and Baden, which part east of Aarau and meet again west of Dietikon.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.journey.file import JourneyFile, journey_from_text
from retinue.plan import Plan
from retinue.plan.train_path import AdoptedPath
from retinue.planner.leg_ways import OWN_WAY, LegWay, leg_ways
from retinue.planner.planner import Planner
from retinue.planner.traffic_path import (
    TrafficPath,
    adopted_path,
    check_kept,
    leg_runs_of,
    traffic_path,
)
from retinue.planner.tried_ways import TriedWay, best_way
from retinue.traffic.blocking_rules import shipped_blocking_rules
from retinue.traffic.feed_lookup import find_feed
from retinue.traffic.gtfs_feed import read_feed
from retinue.traffic.rules import RuleSet
from retinue.traffic.timetable import DayOfTraffic, day_of_traffic
from retinue.traffic.traffic import Traffic
from retinue.world.world import World

RULES = RuleSet(frozenset(), {})
JOURNEY = """
retinue: 1
title: A visit along the Aare
depart: 2026-01-05 07:10 Europe/Zurich
party: {principal: 1, crew: 4}
places:
  olten: {lat: 47.3519, lon: 7.9077, country: CH, source: fictional, confidence: assumed}
  zurich: {lat: 47.3779, lon: 8.5403, country: CH, source: fictional, confidence: assumed}
legs:
  - rail: {from: olten, to: zurich, train: charter-8, advance train: {time: 5 min}VIA}
  - road: {to: "47.3925,8.5444", convoy: state-motorcade}
"""


def _journey(via: str = "") -> JourneyFile:
    text = JOURNEY.replace("VIA", f", via: [{via}]" if via else "")
    return journey_from_text(text, "aare.yaml", None)


@pytest.fixture(scope="module")
def planner(world: World) -> Planner:
    return Planner(world)


@pytest.fixture(scope="module")
def plan(planner: Planner) -> Plan:
    return planner.make(_journey())


@pytest.fixture(scope="module")
def day(world: World) -> DayOfTraffic:
    return day_of_traffic(read_feed(find_feed("aare-line")), date(2026, 1, 5), world=world)


@pytest.fixture(scope="module")
def traffic(day: DayOfTraffic) -> Traffic:
    return day.view("optimistic")


def _ways(planner: Planner, plan: Plan, traffic: Traffic, count: int) -> tuple[LegWay, ...]:
    leg, runs = leg_runs_of(planner, plan)
    return leg_ways(planner, plan, leg, runs, traffic.network, count)


def _searched(way: LegWay, traffic: Traffic, wish: float, within_s: float) -> TriedWay:
    assert way.runs is not None
    prepared, path = traffic_path(
        way.runs, traffic, RULES, shipped_blocking_rules(), (wish, wish + within_s)
    )
    return TriedWay(way, path, prepared.free_running_s)


@pytest.fixture(scope="module")
def ways(planner: Planner, plan: Plan, traffic: Traffic) -> tuple[LegWay, ...]:
    return _ways(planner, plan, traffic, 3)


@pytest.fixture(scope="module")
def other(ways: tuple[LegWay, ...]) -> LegWay:
    """The way over Brugg."""
    return ways[1]


@pytest.fixture(scope="module")
def elsewhere(plan: Plan, other: LegWay, traffic: Traffic) -> TrafficPath:
    """The path over Brugg."""
    found = _searched(other, traffic, float(plan.legs[0].depart_utc), 3_600.0).path
    assert found is not None
    return found


def test_the_other_line_is_found_and_run_with_the_lengths_of_the_plans_railways(
    planner: Planner, plan: Plan, traffic: Traffic
) -> None:
    own, other = _ways(planner, plan, traffic, 5)
    assert (own.name, own.via) == (OWN_WAY, ())
    assert own.length_m == plan.legs[0].distance_m
    assert other.name == "over Brugg, Baden"
    # The timetable's own courses, which nothing of the plan's run was made from.
    network = traffic.network
    stops = [network.station(name).index for name in ("Olten", "Zürich HB", "Brugg")]
    steps = network.way(stops[0], stops[1], via=(stops[2],))
    drawn_m = sum(network.sections[step.section].length_m for step in steps)
    assert other.length_m == pytest.approx(drawn_m, rel=0.01)
    assert other.runs is not None
    assert not other.against


def test_a_way_is_that_of_a_journey_written_as_it_says(
    planner: Planner, plan: Plan, traffic: Traffic
) -> None:
    way = _ways(planner, plan, traffic, 1)[1]
    written = planner.make(_journey(", ".join(f'"{text}"' for text in way.written)))
    assert written.legs[0].distance_m == pytest.approx(way.length_m, abs=1.0)
    # Seen from there the direct line is the other way, and leaves out what the journey asks for.
    own, other = _ways(planner, written, traffic, 1)
    assert own.length_m == way.length_m
    assert other.length_m == pytest.approx(plan.legs[0].distance_m, abs=1.0)
    assert other.against
    assert other.name == "by another line from Aarau to Dietikon"


def _adopted(way: LegWay, path: TrafficPath) -> AdoptedPath:
    return adopted_path(
        path.prepared, path.found, leg="1-rail", feed="aare-line", date="2026-01-05",
        via=way.via, distance_m=way.length_m,
    )  # fmt: skip


def test_a_plan_on_another_way_keeps_its_path_to_half_a_second(
    planner: Planner, plan: Plan, other: LegWay, elsewhere: TrafficPath
) -> None:
    after = planner.remake(plan, paths=[_adopted(other, elsewhere)])
    leg = after.legs[0]
    check_kept(leg, elsewhere.prepared, elsewhere.found)
    # A plan writes whole seconds.
    assert leg.depart_utc == pytest.approx(elsewhere.found.depart_s, abs=0.5)
    assert leg.arrive_utc == pytest.approx(elsewhere.found.arrive_s, abs=0.5)
    for place in elsewhere.prepared.request.place_m[1:-1]:
        here = float(np.interp(place, leg.main.distance_m, leg.main.time_s))
        assert here == pytest.approx(elsewhere.found.front_at(float(place)), abs=0.5)
    assert leg.distance_m == pytest.approx(other.length_m, abs=0.1)
    assert "Brugg" in {event.place for event in leg.timeline}
    later = leg.arrive_utc - plan.legs[0].arrive_utc
    assert after.legs[1].depart_utc - plan.legs[1].depart_utc == later
    told = [note.text for note in leg.notes if note.subject == "path among other trains"]
    assert "over Brugg, another way than the journey's own" in told[0]


def test_it_is_made_again_from_itself_byte_for_byte(
    world: World, planner: Planner, plan: Plan, other: LegWay, elsewhere: TrafficPath
) -> None:
    after = planner.remake(plan, paths=[_adopted(other, elsewhere)])
    read = Plan.from_json(after.to_json())
    assert read.paths == after.paths
    assert Planner(world).remake(read).to_json() == after.to_json()
    # Without the path it is the plan that it was.
    assert planner.remake(read, paths=()).to_json() == plan.to_json()


def test_a_path_that_leaves_out_what_the_journey_asks_for_is_refused(
    planner: Planner, other: LegWay, elsewhere: TrafficPath
) -> None:
    """Lenzburg lies on the direct line."""
    path = _adopted(other, elsewhere)
    with pytest.raises(InputError, match="goes over Brugg, and the journey asks for Lenzburg"):
        planner.make(_journey("Lenzburg"), paths=[path])
    with pytest.raises(InputError, match=r"is 50\.0 km long; that way the leg now has 62\.7 km"):
        planner.make(_journey(), paths=[path.model_copy(update={"distance_m": 50_000.0})])


def test_what_lies_on_a_way_is_passed_and_what_does_not_is_told(
    planner: Planner, traffic: Traffic
) -> None:
    asked = planner.make(_journey('"47.3914,8.0513", Lenzburg'))
    way = _ways(planner, asked, traffic, 1)[1]
    assert way.against == "Lenzburg"
    assert way.written[0] == "47.3914,8.0513"
    assert [via.asked for via in way.via] == [True, False]


def test_a_way_that_misses_a_stop_has_no_path(planner: Planner, traffic: Traffic) -> None:
    asked = planner.make(_journey("Lenzburg], stops: [{at: Lenzburg, for: 5 min}"))
    way = _ways(planner, asked, traffic, 1)[1]
    assert way.runs is None
    assert way.reason == "the journey stops at Lenzburg, which does not lie on it"


def test_a_way_that_the_plans_railways_do_not_follow_is_refused_with_where_they_run(
    planner: Planner, plan: Plan, traffic: Traffic
) -> None:
    """A line is drawn 20 km to the south, where the pack has none that leads there."""
    network = traffic.network
    aarau, dietikon = network.station("Aarau").index, network.station("Dietikon").index
    drawn = replace(
        network.sections[0], index=len(network.sections), a=aarau, b=dietikon, length_m=45_000.0,
        lat_deg=(47.3914, 47.22, 47.22, 47.4058), lon_deg=(8.0513, 8.12, 8.33, 8.405),
    )  # fmt: skip
    other = replace(network, sections=(*network.sections, drawn))
    leg, runs = leg_runs_of(planner, plan)
    ways = leg_ways(planner, plan, leg, runs, other, 2)
    refused = [way for way in ways if way.runs is None]
    assert len(refused) == 1
    assert "do not go there" in refused[0].reason
    assert "via: [" in refused[0].cure


@settings(max_examples=6, deadline=None)
@given(st.integers(-12, 12), st.sampled_from([300.0, 1_200.0, 3_600.0]))
def test_more_ways_never_worsen_the_arrival(
    ways: tuple[LegWay, ...], plan: Plan, traffic: Traffic, five_min: int, within_s: float
) -> None:
    wish = float(plan.legs[0].depart_utc) + 300.0 * five_min
    tried = [_searched(way, traffic, wish, within_s) for way in ways]
    arrivals = []
    for count in range(1, len(tried) + 1):
        best = best_way(tried[:count])
        arrivals.append(float("inf") if best is None else best.arrive_s)
    assert arrivals == sorted(arrivals, reverse=True)


def test_the_own_way_is_kept_where_no_other_is_more_than_a_minute_earlier() -> None:
    def tried(arrive_s: float) -> TriedWay:
        path: Any = SimpleNamespace(found=SimpleNamespace(arrive_s=arrive_s))
        return TriedWay(LegWay(str(arrive_s), 1.0), path)

    own, near, early = tried(1_000.0), tried(941.0), tried(939.0)
    assert best_way([own, near]) is own
    assert best_way([own, near, early]) is early
    assert best_way([TriedWay(LegWay("own", 1.0)), near]) is near
    assert best_way([TriedWay(LegWay("own", 1.0))]) is None
