"""A record that knows its way: places and blocks lie where the network has them, both tracks."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from retinue.plan.traffic import TrafficRecord
from retinue.report.traffic_route import route_of
from retinue.traffic.line_network import Step
from retinue.traffic.record import traffic_record
from retinue.traffic.route_record import rule_windows, with_route
from tests.traffic.small_line import line, runs_of, traffic_of, way_of


def _record(special: bool = True) -> TrafficRecord:
    network = line([6000.0, 4000.0], [1, 2], [2, 2, 2])
    runs = runs_of(network, 1)
    rows = [(0, 0, 0.0, 60.0, 0), (0, 3, 60.0, 120.0, 0)]
    traffic = traffic_of(network, rows, runs)
    made = traffic_record(traffic, specials={"t0": "main"} if special else None)
    way = network.along(way_of(network))
    return with_route(made, network, way, way.node_m + 1000.0)


def test_places_and_blocks_have_their_chainage() -> None:
    record = _record()
    assert [(item.place, item.at_m) for item in record.route] == [
        ("A", 1000.0), ("B", 7000.0), ("C", 11000.0),
    ]  # fmt: skip
    assert record.route[0].zone == "Europe/Zurich"
    spans = {r.name: (r.from_m, r.to_m) for r in record.resources}
    assert spans["B"] == (7000.0, 7000.0)
    assert spans["A - B, block 1"] == (1000.0, 4000.0)
    assert spans["B - C, block 2"] == (9000.0, 11000.0)
    # The other track of the double section lies beside.
    assert {spans["B - C, block 1 back"], spans["B - C, block 2 back"]} == {
        (7000.0, 9000.0), (9000.0, 11000.0),
    }  # fmt: skip


def test_a_chart_takes_them_as_they_are() -> None:
    route = route_of(_record())
    assert route is not None
    assert not route.evenly
    assert route.chainage == {"A": 1000.0, "B": 7000.0, "C": 11000.0}
    assert route.zone == "Europe/Zurich"


def test_a_way_back_is_measured_from_its_own_start() -> None:
    network = line([6000.0, 4000.0], [1, 2], [2, 2, 2])
    traffic = traffic_of(network, [], runs_of(network, 1))
    way = network.along((Step(1, False), Step(0, False)))
    back = with_route(traffic_record(traffic), network, way)
    assert [item.place for item in back.route] == ["C", "B", "A"]
    spans = {r.name: (r.from_m, r.to_m) for r in back.resources}
    assert spans["A - B, block 1"] == (7000.0, 10000.0)


def test_a_leg_s_own_chainage_is_laid_over_the_way() -> None:
    network = line([6000.0, 4000.0], [1, 2], [2, 2, 2])
    traffic = traffic_of(network, [], runs_of(network, 1))
    way = network.along(way_of(network))
    record = with_route(traffic_record(traffic), network, way, np.array([0.0, 6600.0, 10_000.0]))
    spans = {r.name: (r.from_m, r.to_m) for r in record.resources}
    assert spans["A - B, block 1"] == (0.0, 3300.0)
    assert spans["B - C, block 1"] == (6600.0, 8300.0)


def test_only_what_rules_hold_becomes_a_window() -> None:
    def hold(rule: str, resource: int) -> SimpleNamespace:
        need = SimpleNamespace(resource=resource)
        return SimpleNamespace(hold=SimpleNamespace(rule=rule, need=need), from_s=1.0, to_s=2.0)

    found = rule_windows([hold("", 1), hold("stations sealed", 2)])  # type: ignore[list-item]
    assert [(w.rule, w.resource, w.from_utc, w.to_utc) for w in found] == [
        ("stations sealed", 2, 1.0, 2.0)
    ]
