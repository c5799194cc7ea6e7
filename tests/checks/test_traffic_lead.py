"""The checker knows by how much the advance train may lead: the policy's word, from fronts alone.

The convoy is that of `traffic_rule_cases`: its advance train runs 600 s before the main train.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tests.checks.traffic_rule_cases import EVERY, LAG_S, convoy_train, front_s, record

import retinue
from retinue.checks.finding import Finding
from retinue.checks.traffic_rules import check_traffic_rules
from retinue.plan.traffic import RulesInForce, TrafficRecord

#: A policy that asks for the greatest lead alone; the rules of the record are not its.
LEAST: dict[str, object] = {"traffic": {}}


def _lead(document: TrafficRecord, most: str | None = None) -> Finding | None:
    policy = None if most is None else LEAST | {"advance at most": most}
    found = check_traffic_rules(document, policy=policy)
    return next((one for one in found if one.checker == "traffic lead"), None)


def test_a_lead_within_what_the_policy_allows_is_told_and_no_fault() -> None:
    found = _lead(record(), "10 min")
    assert found is not None
    assert found.faults == ()
    assert found.looked_at == "up to 10.0 min ahead, 10.0 min allowed"


def test_a_lead_beyond_it_is_a_fault_with_train_place_and_seconds() -> None:
    found = _lead(record(), "9 min")
    assert found is not None
    (fault,) = found.faults
    assert "x-advance is 600 s ahead of x-main" in fault
    assert "540 s are allowed" in fault


def test_a_lead_that_grows_on_the_way_is_found_where_it_is_greatest() -> None:
    advance = convoy_train("advance", -LAG_S)
    # It goes on from B a minute earlier than it used to, and stays so.
    front = tuple(
        (at, moment - (60.0 if moment > front_s(6_000.0, -LAG_S, leaving=False) else 0.0))
        for at, moment in advance.front
    )
    grown = record().model_copy(
        update={"trains": (advance.model_copy(update={"front": front}), record().trains[1])}
    )
    found = _lead(grown, "10 min")
    assert found is not None
    assert "660 s ahead of x-main" in found.faults[0]


def test_nothing_is_said_where_neither_policy_nor_record_name_it() -> None:
    assert _lead(record()) is None
    alone = record(rules=EVERY.model_copy(update={"advance_at_most_s": 700.0}))
    found = _lead(alone)
    assert found is not None
    assert found.faults == ()


def test_the_shipped_policy_holds_whatever_the_record_says() -> None:
    file = Path(retinue.__file__).parent / "data" / "policies" / "standard.yaml"
    rules = RulesInForce(
        policy="standard",
        policy_sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        on=EVERY.on,
        advance_at_most_s=7_200.0,
    )
    found = _lead(record(rules=rules))
    assert found is not None
    # 30 min: data/policies/standard.yaml.
    assert found.faults == ("the policy lets the advance train lead by 1800 s, the record by 7200",)


@given(st.floats(60.0, 3_000.0), st.floats(60.0, 3_000.0))
def test_it_is_a_fault_exactly_where_the_lag_is_greater(lag_s: float, most_s: float) -> None:
    trains = (convoy_train("advance", -lag_s), convoy_train("main", 0.0))
    found = _lead(record().model_copy(update={"trains": trains}), f"{most_s} s")
    assert found is not None
    if abs(lag_s - most_s) > 1.001:
        assert bool(found.faults) == (lag_s > most_s + 1.0)
