"""A leg of a plan among other trains keeps every rule of its policy, in both views, by the checker.

The fictional visit along the Aare with the made-up timetable that ships with Retinue.
"""

from __future__ import annotations

from datetime import date

import pytest

from retinue.checks.traffic import check_traffic
from retinue.checks.traffic_extracts import check_traffic_extract
from retinue.checks.traffic_rules import check_traffic_rules
from retinue.journey.file import load_journey
from retinue.plan.traffic import TrafficRecord
from retinue.plan.traffic_extract import without_protection
from retinue.planner.planner import Planner
from retinue.planner.traffic_path import leg_runs_of, prepared_leg, traffic_path
from retinue.protection.policy import load_policy
from retinue.rail.leg_runs import RailRuns
from retinue.traffic.blocking_rules import shipped_blocking_rules
from retinue.traffic.clearing import clear
from retinue.traffic.feed_lookup import find_feed
from retinue.traffic.gtfs_feed import read_feed
from retinue.traffic.insertion_record import inserted_record
from retinue.traffic.line_network import VIEWS, View
from retinue.traffic.rules import RuleSet, rule_set
from retinue.traffic.timetable import DayOfTraffic, day_of_traffic


@pytest.fixture(scope="module")
def visit() -> tuple[RailRuns, float, DayOfTraffic]:
    planner = Planner()
    plan = planner.make(load_journey("fictional-aare"))
    leg, runs = leg_runs_of(planner, plan)
    depart = next(float(one.depart_utc) for one in plan.legs if one.id == leg)
    day = day_of_traffic(read_feed(find_feed("aare-line")), date(2026, 1, 5), world=planner.world)
    return runs, depart, day


def _rules(name: str) -> RuleSet:
    policy, text = load_policy(name)
    return rule_set(policy.traffic, policy=name, text=text)


def _faults(record: TrafficRecord) -> list[str]:
    findings = [check_traffic(record), *check_traffic_rules(record)]
    return [fault for finding in findings for fault in finding.faults]


@pytest.mark.parametrize("view", VIEWS)
def test_a_path_and_a_cleared_line_keep_every_rule(
    visit: tuple[RailRuns, float, DayOfTraffic], view: View
) -> None:
    runs, depart, day = visit
    traffic, blocking = day.view(view), shipped_blocking_rules()
    checked = 0
    for name in ("standard", "royal"):
        rules = _rules(name)
        prepared, path = traffic_path(
            runs, traffic, rules, blocking, (depart, depart + 6.0 * 3_600.0)
        )
        if path is not None:
            assert _faults(inserted_record(traffic, prepared, path.found, name="x")) == []
            checked += 1
        ready = prepared_leg(
            runs, traffic.network, rules, blocking, (depart, depart), may_wait=False
        )
        everyone = frozenset(range(len(traffic.runs)))
        alone = ready.find(traffic, depart=(depart, depart), without=everyone)
        assert alone is not None
        cleared = clear(traffic, alone.windows, blocking)
        record = inserted_record(traffic, ready, alone, name="x", cleared=cleared)
        assert _faults(record) == []
        assert record.rules is not None
        assert record.rules.policy == name
        last = check_traffic_rules(record)[-1]
        assert last.not_shown == ()  # the policy's own file was read
        cut = without_protection(record).model_dump_json()
        assert check_traffic_extract(cut, record).faults == ()
        checked += 1
    assert checked >= 2
