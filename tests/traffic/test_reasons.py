"""No path means: who is in the way, where, what each costs, and which departures work."""

from __future__ import annotations

from retinue.traffic.reasons import explain
from tests.traffic.small_line import MOVING, Row, line, runs_of, traffic_of
from tests.traffic.test_insertion import T0, _prepared


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
