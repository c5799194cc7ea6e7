"""Each rule of protection asks for what it says, binds whom it names, and can be off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from retinue.errors import InputError
from retinue.protection.policy import load_policy
from retinue.traffic.crossings import crossings_of
from retinue.traffic.line_network import LineNetwork, Section, Step
from retinue.traffic.lines_beside import lines_beside
from retinue.traffic.occupation import MOVING, STANDING
from retinue.traffic.overtaking import Passing
from retinue.traffic.rules import RULES, RuleSet, rule_set
from retinue.traffic.safe_intervals import SafeIntervals
from retinue.traffic.train_run import Call
from retinue.traffic.way_holds import Convoy, WayHold
from tests.traffic.small_line import line, runs_of, traffic_of, way_of

CONVOY = Convoy(200.0, advance_s=600.0, advance_m=150.0)


def _holds(network: LineNetwork, rule: str, freight_s: float = 0.0) -> tuple[WayHold, ...]:
    way = network.along(way_of(network))
    rules = RuleSet(frozenset({rule}), {}, freight_s=freight_s)
    return rules.holds(network, way, way.node_m, CONVOY, 1_000.0)


def test_every_rule_of_a_policy_can_be_off() -> None:
    traffic = load_policy("strict")[0].traffic
    every = rule_set(traffic).on
    for rule in every:
        assert rule_set(traffic, [rule]).on == every - {rule}
    assert rule_set(traffic, ["all"]).on == frozenset()
    assert rule_set(None).on == frozenset()
    with pytest.raises(InputError, match="no rule"):
        rule_set(traffic, ["none above"])
    assert every <= set(RULES)


def test_beside_means_the_other_track_and_nothing_on_a_single_line() -> None:
    double = line([6_000.0], [2], [2, 2])
    section = double.sections[0]
    held = _holds(double, "none beside")
    assert {h.need.resource for h in held} == set(section.blocks_down)
    # Down blocks run from b to a: the last of them lies beside the first of ours.
    first = min(held, key=lambda h: h.begins_m)
    assert first.need.resource == section.blocks_down[-1]
    assert _holds(line([6_000.0], [1], [2, 2]), "none beside") == ()


def test_the_opposite_line_is_held_from_the_advance_train_on() -> None:
    held = _holds(line([6_000.0], [2], [2, 2]), "opposite held")
    assert all(h.before_s == 600.0 for h in held)
    assert all(h.to_m == h.ends_m + 200.0 for h in held)


def test_goods_trains_stand_and_may_stay() -> None:
    held = _holds(line([6_000.0], [2], [2, 2]), "freight stands within", freight_s=900.0)
    assert {h.need.state for h in held} == {MOVING}
    assert {h.need.classes for h in held} == {("freight",)}
    assert {h.before_s for h in held} == {1_500.0}


def test_dangerous_goods_that_stand_are_what_is_kept_away() -> None:
    held = _holds(line([6_000.0], [1], [2, 2]), "dangerous goods away")
    assert all(h.need.dangerous and h.need.state == STANDING for h in held)


def test_a_sealed_station_is_wholly_the_convoys() -> None:
    network = line([6_000.0], [1], [2, 5])
    assert [h.need.units for h in _holds(network, "stations sealed")] == [2, 5]


def test_a_rule_binds_the_classes_it_names() -> None:
    network = line([6_000.0], [2], [2, 2])
    way = network.along(way_of(network))
    rules = RuleSet(frozenset({"none beside"}), {"none beside": ("freight",)})
    held = rules.holds(network, way, way.node_m, CONVOY, 1_000.0)
    assert {h.need.classes for h in held} == {("freight",)}


def test_a_bridge_is_where_courses_cross_and_no_node_joins_them() -> None:
    network = line([8_000.0], [1], [2, 2], blocks=2)
    crossing = line([8_000.0], [1], [2, 2], blocks=2)
    own = replace(network.sections[0], ground="feed", lat_deg=(47.0, 47.0), lon_deg=(8.0, 8.1))
    stations = (*network.stations, *(
        replace(s, index=s.index + 2) for s in crossing.stations
    ))  # fmt: skip
    other = Section(1, 2, 3, 8_000.0, 1, 30.0, own.blocks_up, own.blocks_down, (4_000.0, 8_000.0),
                    "feed", (46.96, 47.04), (8.06, 8.06))  # fmt: skip
    joined = LineNetwork(stations, (own, other), network.resources, "pessimistic")
    way = joined.along((Step(0, True),))
    found = crossings_of(joined, way)
    assert len(found) >= 1
    assert found[0][0] == pytest.approx(4_800.0, rel=0.01)


def test_a_line_of_another_name_beside_the_way_is_held_as_well() -> None:
    network = line([8_000.0], [1], [2, 2], blocks=2)
    # 8 km eastwards at 47 degrees north; the other line 15 m to the north of it, then 60 m.
    own = replace(network.sections[0], ground="feed", lat_deg=(47.0, 47.0),
                  lon_deg=(8.0, 8.105))  # fmt: skip
    stations = (*network.stations, *(
        replace(s, index=s.index + 2) for s in network.stations
    ))  # fmt: skip
    north = 47.0 + 15.0 / 111_195.0
    far = 47.0 + 60.0 / 111_195.0
    near = Section(1, 2, 3, 8_000.0, 1, 30.0, own.blocks_up, own.blocks_down, (4_000.0, 8_000.0),
                   "feed", (north, north), (8.0, 8.105))  # fmt: skip
    for other, count in ((near, 2), (replace(near, lat_deg=(far, far)), 0)):
        joined = LineNetwork(stations, (own, other), network.resources, "pessimistic")
        way = joined.along((Step(0, True),))
        found = lines_beside(joined, way)
        assert len(found) == count
        assert all(line.against for line in found)
    both = replace(near, tracks=2, blocks_down=(7, 8))
    joined = LineNetwork(stations, (own, both), network.resources, "pessimistic")
    found = lines_beside(joined, joined.along((Step(0, True),)))
    assert {line.block for line in found if line.against} == {7, 8}


def test_a_train_that_leaves_on_a_branch_and_comes_back_overtakes_as_well() -> None:
    network = line([6_000.0, 6_000.0], [1, 1], [2, 2, 2])
    branch = replace(network.sections[1], index=2)
    network = replace(network, sections=(*network.sections, branch))
    steps = (Step(0, True), Step(2, True), Step(2, False), Step(1, True))
    calls = tuple(
        Call(node, 100.0 * i, 100.0 * i + 30.0, True) for i, node in enumerate((0, 1, 2, 1, 2))
    )
    run = replace(runs_of(network, 1)[0], steps=steps, calls=calls)
    traffic = traffic_of(network, [], (run,))
    need = RuleSet(frozenset({"none overtaking"}), {}).not_overtaken(1, Passing(0, 1, 1))
    assert need is not None
    safe = SafeIntervals(traffic, 0.0)
    assert safe.passing(need) == [(100.0, 330.0)]
    assert safe.fits(need, 100.0, 400.0)
    assert safe.fits(need, 50.0, 330.0)
    assert not safe.fits(need, 50.0, 331.0)
    assert [b.train for b in safe.in_the_way(need, 50.0, 331.0)] == [0]
    assert SafeIntervals(traffic, 0.0, without=frozenset({0})).passing(need) == []


def test_what_the_data_cannot_show_is_said() -> None:
    network = line([6_000.0], [2], [2, 2])
    way = network.along(way_of(network))
    traffic = traffic_of(network, [], runs_of(network, 1))
    said = RuleSet(frozenset(RULES), {}).unseen(network, way, traffic)
    assert any("dangerous" in line for line in said)
    assert any("bridges" in line for line in said)
    orders = RuleSet(frozenset(RULES), {}, shunting_s=600.0).orders(network, way, way.node_m)
    assert {o.rule for o in orders} == {"shunting stopped before", "no works before"}
    assert np.isfinite([o.from_m for o in orders]).all()
