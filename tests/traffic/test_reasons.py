"""No path means: who is in the way, where, what each costs, and which departures work."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from retinue.traffic.leg_line import OnLeg
from retinue.traffic.reasons import explain, reasons_of, works_in_the_way
from retinue.traffic.restrictions import Restriction
from retinue.traffic.rules import RuleSet
from retinue.traffic.traffic import Traffic
from retinue.traffic.train_run import Call
from retinue.traffic.way_possessions import with_possessions
from tests.traffic.small_line import MOVING, Row, line, runs_of, traffic_of, way_of
from tests.traffic.test_insertion import T0, _prepared

if TYPE_CHECKING:
    from retinue.traffic.insertion import Prepared


def test_each_blocker_is_named_with_its_own_cost_and_windows_that_work() -> None:
    network = line([6_000.0, 6_000.0], [1, 1], [2, 1, 2], blocks=1)
    one, two = (section.blocks_up[0] for section in network.sections)
    rows: list[Row] = [
        (0, one, T0 - 60.0, T0 + 900.0, MOVING),
        (1, two, T0, T0 + 1_800.0, MOVING),
    ]
    traffic = traffic_of(network, rows, runs_of(network, 2))
    prepared = _prepared(network, window_s=30.0)
    assert prepared.find(traffic) is None
    told = explain(prepared, traffic, T0)
    assert [b.train for b in told.blocking] == ["t0", "t1"]
    assert [b.place for b in told.blocking] == ["A - B, block 1", "B - C, block 1"]
    first, second = (b.delay_s for b in told.blocking)
    assert first is not None
    assert second is not None
    assert 800.0 < first < second
    assert told.later is not None
    assert told.later.depart_s > T0
    assert told.earlier is not None
    assert told.earlier.depart_s < T0
    reasons = told.reasons("Europe/Zurich")
    assert all(reason.kind == "traffic" for reason in reasons)
    assert "it alone costs" in reasons[0].what
    assert told.cure("Europe/Zurich").startswith("Depart at")


def _with_possession(tracks: int, towards: str = "", until_s: float = 1_800.0) -> Traffic:
    """Two sections of 6 km; the second is in possession from half an hour before the departure."""
    network = line([6_000.0, 6_000.0], [tracks, tracks], [2, 2, 2], blocks=1)
    way = network.along(way_of(network))
    rule = Restriction("Region north", "P-1", 2, "possession", ("Y", "Z"), T0 - 1_800.0,
                       T0 + until_s, towards, None, False, "", "")  # fmt: skip
    on = OnLeg(rule, 7_000.0, 9_000.0, along=True)
    return with_possessions(traffic_of(network, [], []), way, way.node_m, [on])


def test_a_possession_closes_its_blocks_and_is_named_with_sender_and_version() -> None:
    traffic = _with_possession(2)
    section = traffic.network.sections[1]
    assert set(traffic.occupations.resource.tolist()) == {*section.blocks_up, *section.blocks_down}
    prepared = _prepared(traffic.network, window_s=30.0)
    found = prepared.find(traffic)
    # It waits at B until the line is given back.
    assert found is not None and found.front_at(6_500.0) >= T0 + 1_800.0
    prepared = _prepared(traffic.network, window_s=30.0, may_wait=False)
    told = explain(prepared, traffic, T0)
    assert [b.title for b in told.blocking] == ["possession P-1 (Region north, version 2)"]
    (reason,) = told.reasons("Europe/Zurich")
    assert reason.kind == "possession"
    assert told.blocking[0].delay_s is not None and told.blocking[0].delay_s > 1_000.0


def test_a_possession_of_the_other_track_closes_only_that() -> None:
    traffic = _with_possession(2, towards="Y")
    section = traffic.network.sections[1]
    assert set(traffic.occupations.resource.tolist()) == set(section.blocks_down)
    found = _prepared(traffic.network, window_s=30.0).find(traffic)
    assert found is not None and found.simple
    own = _with_possession(2, towards="Z")
    assert set(own.occupations.resource.tolist()) == set(section.blocks_up)


def test_the_rule_on_works_forbids_what_ended_too_short_before() -> None:
    # Beside the train's own track, given back 1,000 s before it departs.
    traffic = _with_possession(2, towards="Y", until_s=-1_000.0)

    def under(works_s: float) -> Prepared:
        rules = RuleSet(frozenset({"no works before"}), {}, works_s=works_s)
        return _prepared(traffic.network, window_s=30.0, rules=rules, may_wait=False)

    assert under(600.0).find(traffic) is not None
    assert under(3_600.0).find(traffic) is None
    (one,) = explain(under(3_600.0), traffic, T0).blocking
    assert one.rule == "no works before" and "P-1" in one.title
    # The rule is about possessions: a train on the other track may run.
    back = traffic.network.sections[1].blocks_down[0]
    train = [(0, back, T0 - 60.0, T0 + 600.0, MOVING)]
    others = traffic_of(traffic.network, train, runs_of(traffic.network, 1))
    assert under(3_600.0).find(others) is not None


def test_whoever_gives_way_works_stay_in_the_way() -> None:
    traffic = _with_possession(1)
    prepared = _prepared(traffic.network, window_s=30.0)
    (reason,) = reasons_of(works_in_the_way(prepared, traffic, T0), "Europe/Zurich")
    assert "P-1 (Region north, version 2) is in the way" in reason.what


def test_who_would_overtake_at_a_stop_is_named_and_may_give_way() -> None:
    network = line([6_000.0, 6_000.0], [2, 2], [2, 3, 2], blocks=1)
    rules = RuleSet(frozenset({"none overtaking"}), {})
    prepared = _prepared(network, rules=rules, shares=(), window_s=30.0, stop_at=1, may_wait=False)
    free = prepared.find(traffic_of(network, [], ()), depart=(T0, T0))
    assert free is not None
    stand = free.stands[1]
    # It holds nothing that the convoy asks for: it just comes and leaves while that stands.
    come, leave = stand.arrive_s + 60.0, stand.depart_s - 30.0
    calls = (Call(0, T0, T0, True), Call(1, come, leave, True), Call(2, T0, T0 + 3_000.0, True))
    fast = replace(runs_of(network, 1)[0], calls=calls)
    traffic = traffic_of(network, [], (fast,))
    assert prepared.find(traffic, depart=(T0, T0)) is None
    assert prepared.find(traffic, depart=(T0, T0), without=frozenset({0})) is not None
    (told,) = explain(prepared, traffic, T0).blocking
    assert (told.train, told.place, told.rule) == ("t0", "B", "none overtaking")
    assert told.delay_s is not None
    assert told.delay_s > 20.0
    assert works_in_the_way(prepared, traffic, T0) == []
