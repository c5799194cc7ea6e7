"""What the search among other trains found is what the leg of the plan then shows."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from tests.traffic.small_line import MOVING, Row, runs_of, traffic_of

from retinue.errors import NoPlan
from retinue.journey.file import journey_from_text
from retinue.planner.planner import Planner
from retinue.planner.traffic_path import leg_runs_of, prepared_leg, traffic_path
from retinue.rail.leg_runs import RailRuns
from retinue.traffic.blocking_rules import shipped_blocking_rules
from retinue.traffic.line_network import LineNetwork, Section, Station
from retinue.traffic.resource import Kind, Resource
from retinue.traffic.rules import RuleSet

JOURNEY = """
retinue: 1
title: Bern to Olten by special train
depart: 2014-01-01 07:10 Europe/Zurich
party: {principal: 1, crew: 4}
places:
  bern: {lat: 46.9488, lon: 7.4391, country: CH, source: fictional, confidence: assumed}
  olten: {lat: 47.3519, lon: 7.9078, country: CH, source: fictional, confidence: assumed}
legs:
  - rail:
      from: bern
      to: olten
      train: charter-8
      advance train: {time: 6 min, train: charter-8}
      allowance: 5 %
"""
RULES = RuleSet(frozenset({"nothing between"}), {})


@pytest.fixture(scope="module")
def leg() -> tuple[RailRuns, float]:
    planner = Planner()
    plan = planner.make(journey_from_text(JOURNEY, "bern-olten.yaml", None))
    return leg_runs_of(planner, plan)[1], float(plan.depart_utc)


def _network(runs: RailRuns) -> LineNetwork:
    """Stations with three tracks every 9 km of the route, single line between them."""
    route = runs.request.route
    places = np.linspace(0.0, route.length_m, int(route.length_m // 9_000.0) + 1)
    lat = np.interp(places, route.distance_m, route.lat_deg)
    lon = np.interp(places, route.distance_m, route.lon_deg)
    resources: list[Resource] = []

    def add(kind: Kind, name: str, units: int) -> int:
        resources.append(
            Resource(len(resources), kind, name, units, float("nan"), 0.0, 0.0, "rule")
        )
        return len(resources) - 1

    stations = tuple(
        Station(i, f"S{i}", f"S{i}", float(a), float(o), "Europe/Zurich", "station", 3,
                add(Kind.STATION, f"S{i}", 3), float("nan"))
        for i, (a, o) in enumerate(zip(lat, lon, strict=True))
    )  # fmt: skip
    sections = []
    for i, (one, two) in enumerate(pairwise(places)):
        length = float(two - one)
        block = (add(Kind.BLOCK, f"S{i} - S{i + 1}", 1),)
        sections.append(Section(i, i, i + 1, length, 1, 30.0, block, block, (length,), "straight"))
    return LineNetwork(stations, tuple(sections), tuple(resources), "pessimistic")


def test_the_leg_is_timed_as_the_search_found(leg: tuple[RailRuns, float]) -> None:
    runs, depart = leg
    network = _network(runs)
    last = network.sections[-1].blocks_up[0]
    # The last section is taken for 45 minutes: the convoy has to wait or run slowly.
    rows: list[Row] = [(0, last, depart, depart + 2_700.0, MOVING)]
    traffic = traffic_of(network, rows, runs_of(network, 1))
    _, path = traffic_path(runs, traffic, RULES, shipped_blocking_rules(), (depart, depart + 60.0))
    assert path is not None
    assert not path.found.simple
    main = next(m for m in path.timed.movements if m.role == "main")
    assert path.timed.depart_s == pytest.approx(path.found.depart_s, abs=0.1)
    assert path.timed.arrive_s == pytest.approx(path.found.arrive_s, abs=1.0)
    for place in path.prepared.request.place_m:
        # Positions of a plan are polylines good to a quarter of a second.
        timed = float(np.interp(place, main.distance_m, main.time_s))
        stood = [s for s in path.found.stands[1:-1] if abs(s.at_m - place) < 1.0]
        if not stood:
            assert timed == pytest.approx(path.found.front_at(float(place)), abs=1.0)
    stops = {round(s.distance_m): s for s in main.stops}
    for stand in path.found.stands[1:-1]:
        stop = stops[round(stand.at_m)]
        assert stop.arrive_s == pytest.approx(stand.arrive_s, abs=1.0)
        assert stop.depart_s == pytest.approx(stand.depart_s, abs=1.0)


def test_alone_the_leg_runs_as_planned(leg: tuple[RailRuns, float]) -> None:
    runs, depart = leg
    network = _network(runs)
    traffic = traffic_of(network, [], ())
    _, path = traffic_path(runs, traffic, RULES, shipped_blocking_rules(), (depart, depart + 60.0))
    assert path is not None
    assert path.found.simple
    planned = sum(section.main.planned.total_time_s for section in runs.sections)
    assert path.found.arrive_s - path.found.depart_s == pytest.approx(planned, abs=1.0)


def test_the_convoy_is_searched_with_its_own_lag(leg: tuple[RailRuns, float]) -> None:
    runs, depart = leg
    prepared = prepared_leg(
        runs, _network(runs), RULES, shipped_blocking_rules(), (depart, depart + 60.0)
    )
    assert prepared.request.convoy.advance_s >= 360.0
    assert prepared.request.convoy.nothing_between


@pytest.mark.parametrize("most", [410.4, 450.0, 500.7, 7_200.0])
def test_no_choice_of_lags_leads_by_more_than_the_policy_allows(
    leg: tuple[RailRuns, float], most: float
) -> None:
    runs, depart = leg
    rules = replace(RULES, advance_at_most_s=most)
    prepared = prepared_leg(
        runs, _network(runs), rules, shipped_blocking_rules(), (depart, depart + 60.0)
    )
    leads = [convoy.advance_s for convoy in prepared.request.convoys]
    assert leads[0] == min(leads)
    assert max(leads) <= min(most, np.ceil(1.5 * leads[0]))
    # What is allowed is made use of.
    assert max(leads) >= min(np.floor(most), 1.5 * leads[0])


def test_a_convoy_drawn_out_beyond_the_policy_is_refused_with_both_figures(
    leg: tuple[RailRuns, float],
) -> None:
    runs, depart = leg
    rules = replace(RULES, advance_at_most_s=300.0, policy="royal")
    with pytest.raises(NoPlan, match=r"ahead of the main train, the policy royal allows 5\.0 min"):
        prepared_leg(runs, _network(runs), rules, shipped_blocking_rules(), (depart, depart + 60.0))
