"""The checker of rules of protection finds each planted breach by name, and nothing else.

Expected times are worked out by hand on the line of `traffic_rule_cases`.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.checks.traffic_rule_cases import (
    EVERY,
    LAG_S,
    SPEED_MPS,
    T0,
    convoy_train,
    front_s,
    held,
    only,
    orders,
    other,
    record,
    windows,
)

from retinue.checks.traffic_rules import RULES, check_traffic_rules
from retinue.plan.traffic import TrafficRecord, TrainCall, TrainPass, TrainPath


def faults(document: TrafficRecord, rule: str = "") -> list[str]:
    """Every fault, or those of one rule."""
    return [
        fault
        for finding in check_traffic_rules(document)
        for fault in finding.faults
        if not rule or finding.checker == f"traffic rule {rule}"
    ]


def test_a_convoy_alone_keeps_every_rule() -> None:
    findings = check_traffic_rules(record())
    assert [f.checker for f in findings] == [*(f"traffic rule {r}" for r in RULES), "traffic rules"]
    assert faults(record()) == []


def test_the_json_of_a_record_gives_the_same() -> None:
    broken = record(other("t", held(13, T0 - 50.0, T0 + 50.0, -1)))
    assert check_traffic_rules(json.loads(broken.model_dump_json())) == check_traffic_rules(broken)


# One breach of each rule: (rule, the train, place, when, seconds).

STOP = TrainCall(place="B", arrive_utc=T0 + 100.0, depart_utc=T0 + 900.0, stops=True)
BREACHES: dict[str, tuple[TrainPath, str, float, float]] = {
    # Beside the main train's first block from when it leaves A until its tail is out at 2200 m.
    "none beside": (other("t", held(13, T0 + 60.0, T0 + 400.0, -1)), "B - A 0", T0 + 60.0, 50.0),
    # The advance train leaves A 600 s before.
    "opposite held": (
        other("t", held(13, T0 - 700.0, T0 - 500.0, -1)), "B - A 0", T0 - 600.0, 100.0,
    ),
    "freight stands within": (
        other("t", held(20, T0 - 900.0, T0 - 700.0, -1), train_class="freight"),
        "B - C 0", T0 - 900.0, 200.0,
    ),
    "no works before": (
        other("P-1", held(12, T0 - 9_000.0, T0 - 1_000.0), train_class="work", work="possession"),
        "A - B 2", T0 - LAG_S + 200.0 - 3_600.0, 3_000.0,
    ),
    # Sealed until the tail of the main train is 200 m out of B.
    "stations sealed": (other("t", held(1, T0 + 425.0, T0 + 600.0)), "B", T0 + 425.0, 5.0),
    "nothing between": (other("t", held(21, T0 + 100.0, T0 + 200.0, 1)), "B - C 1", T0 + 100.0,
                        100.0),
    "dangerous goods away": (
        other("t", held(2, T0, T0 + 2_000.0, standing=True), dangerous_goods=True),
        "C", T0, 620.0 + 120.0,
    ),
    # 3000 m less 50 m, and past it by as much and the train.
    "none crossing above": (other("t", held(31, T0 + 100.0, T0 + 900.0, 1)), "the line across",
                            T0 + 147.5, 15.0),
}  # fmt: skip


def clock(moment: float) -> str:
    whole = round(moment)
    return f"{whole // 3600 % 24:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}Z"


@pytest.mark.parametrize("rule", sorted(BREACHES))
def test_a_breach_is_named_with_rule_trains_place_time_and_seconds(rule: str) -> None:
    train, name, begin, seconds = BREACHES[rule]
    found = faults(record(train, rules=only(rule)))
    assert len(found) == 1
    assert found[0].startswith(f"{train.id} ({train.id.upper()})") or train.title in found[0]
    assert "x-main" in found[0]
    assert f"at {name} from {clock(begin)} for {seconds:.0f} s" in found[0]


@pytest.mark.parametrize("rule", sorted(BREACHES))
def test_a_rule_that_is_off_is_silent(rule: str) -> None:
    others = tuple(name for name in RULES if name != rule)
    document = record(BREACHES[rule][0], rules=only(*others, off=(rule,)))
    assert faults(document, rule) == []
    finding = next(f for f in check_traffic_rules(document) if f.checker.endswith(rule))
    assert finding.looked_at == "off"


@pytest.mark.parametrize("rule", sorted(set(BREACHES) - {"no works before"}))
def test_a_rule_binds_the_classes_it_names(rule: str) -> None:
    train = BREACHES[rule][0]
    freed = "intercity"
    assert faults(record(train, rules=only(rule, binds={rule: (freed,)}))) == []
    assert faults(record(train, rules=only(rule, binds={rule: (train.train_class,)})))


def _overtaker(before_s: float) -> TrainPath:
    """A train that follows on block 11 and is before on block 12."""
    behind, ahead = front_s(2_000.0) + 30.0, front_s(4_000.0) - 24.0 - before_s
    return other("t", held(11, behind, behind + 10.0, 1), held(12, ahead, ahead + 5.0, 1))


def test_who_gets_from_behind_to_before_the_main_train_overtakes() -> None:
    found = faults(record(_overtaker(20.0), rules=only("none overtaking")))
    assert len(found) == 1
    assert "overtakes x-main before A - B 2" in found[0]
    assert "20 s ahead" in found[0]
    assert faults(record(_overtaker(-20.0), rules=only("none overtaking"))) == []
    against = other("t", held(11, front_s(2_000.0) + 30.0, front_s(2_000.0) + 40.0, -1),
                    held(12, front_s(2_000.0) + 41.0, front_s(2_000.0) + 42.0, -1))  # fmt: skip
    assert faults(record(against, rules=only("none overtaking"))) == []


@given(st.floats(0.0, 40_000.0), st.floats(1.0, 600.0), st.sampled_from([13, 14, 15]))
def test_beside_is_found_exactly_where_times_overlap(
    since: float, lasting: float, block: int
) -> None:
    begin = T0 - 2_000.0 + since
    at = 2_000.0 * (block - 13)
    mine = T0 + at / SPEED_MPS, T0 + min(300.0, (at + 2_200.0) / SPEED_MPS)
    overlap = min(begin + lasting, mine[1]) - max(begin, mine[0])
    train = other("t", held(block, begin, begin + lasting, -1))
    found = faults(record(train, rules=only("none beside")))
    if abs(overlap - 0.1) > 1e-6:
        assert bool(found) == (overlap > 0.1)
    if overlap > 1.0:
        assert f"for {overlap:.0f} s" in found[0]


@given(st.floats(-3_000.0, 3_000.0), st.floats(1.0, 900.0), st.sampled_from([0, 1, 2]))
def test_a_sealed_station_admits_nobody_at_any_time_of_its_window(
    since: float, lasting: float, number: int
) -> None:
    window = next(w for w in windows() if w.rule == "stations sealed" and w.resource == number)
    train = other("t", held(number, T0 + since, T0 + since + lasting))
    overlap = min(train.passes[0].to_utc, window.to_utc) - max(T0 + since, window.from_utc)
    found = faults(record(train, rules=only("stations sealed")))
    if abs(overlap - 0.1) > 1e-6:
        assert bool(found) == (overlap > 0.1)


@given(st.sampled_from([10, 11, 12, 20, 21]), st.floats(0.0, 1.0))
def test_whoever_passes_between_advance_and_main_train_is_found(block: int, share: float) -> None:
    at = {10: 0.0, 11: 2_000.0, 12: 4_000.0, 20: 6_000.0, 21: 8_000.0}[block]
    low, high = front_s(at, -LAG_S) + 130.0, front_s(at) - 30.0
    begin = low + share * (high - low - 10.0)
    found = faults(record(other("t", held(block, begin, begin + 10.0, 1))), "nothing between")
    assert len(found) == 1
    assert "for 10 s" in found[0]


def _goods(place: int, *, standing: bool, calls: tuple[TrainCall, ...] = ()) -> TrainPath:
    """A goods train at a place; it comes from afar and goes on."""
    if calls:
        far = TrainCall(place="far", arrive_utc=T0 - 9e3, depart_utc=T0 - 9e3, stops=True)
        on = TrainCall(place="on", arrive_utc=T0 + 9e3, depart_utc=T0 + 9e3, stops=True)
        calls = (far, *calls, on)
    holding = held(place, T0, T0 + 1_000.0, standing=standing)
    return other("g", holding, train_class="freight", calls=calls)


def test_a_goods_train_may_stand_within_the_window_and_not_move() -> None:
    rules = only("freight stands within")
    whole = TrainCall(place="B", arrive_utc=T0, depart_utc=T0 + 1_000.0, stops=True)
    assert faults(record(_goods(1, standing=True, calls=(whole,)), rules=rules)) == []
    # It comes in 100 s after T0 and leaves when the convoy has gone.
    moving = faults(record(_goods(1, standing=True, calls=(STOP,)), rules=rules))
    assert len(moving) == 1
    assert "for 100 s" in moving[0]
    assert faults(record(_goods(1, standing=False), rules=rules))


def test_a_goods_train_stands_where_its_run_begins_or_ends() -> None:
    rules = only("freight stands within")
    for at in (T0 + 200.0, T0 + 800.0):
        end = TrainCall(place="B", arrive_utc=at, depart_utc=at, stops=True)
        away = TrainCall(place="far", arrive_utc=T0 + 9e3, depart_utc=T0 + 9e3, stops=True)
        holding = held(1, T0, T0 + 1_000.0, standing=True)
        begins = other("g", holding, train_class="freight", calls=(end, away))
        # In motion from its departure on, until the main train's tail is out at T0 + 430 s.
        found = faults(record(begins, rules=rules))
        assert bool(found) == (at < T0 + 430.0)
        ends = other("g", holding, train_class="freight", calls=(away, end))
        assert faults(record(ends, rules=rules))


def test_a_line_whose_course_runs_beside_is_beside() -> None:
    # Beside from 6500 m to 9500 m, drawn against the main train's way: "up" is against it.
    begin, end = front_s(6_500.0), front_s(9_500.0 + 200.0)
    for way in (1, -1):
        train = other("t", held(30, begin + 40.0, end + 400.0, way))
        found = faults(record(train, rules=only("none beside")))
        assert len(found) == 1
        assert "the line beside" in found[0]
        against = faults(record(train, rules=only("opposite held")))
        assert bool(against) == (way == 1)
    far = other("t", held(30, end + 2.0, end + 400.0, 1))
    assert faults(record(far, rules=only("none beside", "opposite held"))) == []


def test_sweeps_and_patrols_break_no_rule() -> None:
    guard = other("sweep of the bridge", *(held(n, T0 - 3_000.0, T0 - 700.0) for n in (10, 13, 20)),
                  train_class="work", work="protection")  # fmt: skip
    assert faults(record(guard)) == []


@pytest.mark.parametrize("rule", ["none beside", "opposite held", "stations sealed"])
def test_a_recorded_window_that_is_too_short_or_missing_is_found(rule: str) -> None:
    kept = windows()
    first = next(n for n, w in enumerate(kept) if w.rule == rule)
    short = kept[first].model_copy(update={"to_utc": kept[first].to_utc - 30.0})
    found = faults(record(windows=(*kept[:first], short, *kept[first + 1 :])), rule)
    assert len(found) == 1
    assert "30 s too little" in found[0]
    gone = faults(record(windows=(*kept[:first], *kept[first + 1 :])), rule)
    assert len(gone) == 1
    assert "no window of it is recorded" in gone[0]


def test_a_window_of_a_rule_that_is_off_is_found() -> None:
    found = faults(record(rules=only("none beside"), windows=windows()))
    assert any("opposite held is off and 3 windows" in fault for fault in found)


@pytest.mark.parametrize("rule", ["shunting stopped before", "no works before"])
def test_an_order_that_is_missing_or_too_short_is_found(rule: str) -> None:
    told = orders()
    count = sum(order.rule == rule for order in told)
    gone = faults(record(orders=tuple(o for o in told if o.rule != rule)), rule)
    assert len(gone) == count
    assert all("is missing" in fault for fault in gone)
    late = tuple(o.model_copy(update={"from_utc": o.from_utc + 60.0}) for o in told)
    assert len(faults(record(orders=late), rule)) == count


def test_what_the_data_cannot_show_is_not_shown_and_has_to_be_told() -> None:
    quiet = record(assumptions=())
    by_rule = {f.checker.removeprefix("traffic rule "): f for f in check_traffic_rules(quiet)}
    for rule in ("dangerous goods away", "freight stands within"):
        assert by_rule[rule].not_shown
        assert "the record does not say so" in by_rule[rule].faults[0]
    assert by_rule["shunting stopped before"].not_shown == (
        "no timetable shows it: told to staff in 3 orders",
    )
    assert faults(record()) == []
    carried = other("g", held(40, T0, T0 + 1.0), train_class="freight", dangerous_goods=True)
    shown = {f.checker: f for f in check_traffic_rules(record(carried, assumptions=()))}
    assert shown["traffic rule dangerous goods away"].not_shown == ()
    assert shown["traffic rule freight stands within"].not_shown == ()


def test_a_record_without_rules_is_not_taken_as_kept() -> None:
    bare = check_traffic_rules(record(rules=None, windows=()))
    assert [finding.faults for finding in bare] == [()]
    assert bare[0].not_shown
    assert faults(record(rules=None, windows=windows()))


def test_a_convoy_that_nobody_placed_is_a_fault() -> None:
    train = convoy_train("main", 0.0).model_copy(update={"front": ()})
    assert any("where the convoy is" in fault for fault in faults(record(trains=(train,))))


def _changed(whose: str, **more: Any) -> TrafficRecord:
    trains = tuple(t.model_copy(update=more) if t.role == whose else t for t in record().trains)
    return record(trains=trains)


def test_a_front_that_is_not_its_trains_is_a_fault() -> None:
    main = convoy_train("main", 0.0)
    late = tuple((at, moment + 90.0) for at, moment in main.front)
    assert any(
        "does not hold it so long" in fault for fault in faults(_changed("main", front=late))
    )
    back = (*main.front[:2], (5_000.0, T0 + 800.0))
    assert any("runs backwards" in fault for fault in faults(_changed("main", front=back)))
    without = tuple(p for p in main.passes if p.resource != 11)
    found = faults(_changed("main", passes=without))
    assert any("which x-main does not hold" in fault for fault in found)
    assert any("2 main trains" in fault for fault in faults(_changed("advance", role="main")))


def test_sections_that_do_not_join_are_a_fault() -> None:
    sections = record().sections
    apart = sections[1].model_copy(update={"a_m": 6_500.0})
    found = faults(record(sections=(sections[0], apart)))
    assert any("breaks off" in fault for fault in found)
    assert any("not told" in fault for fault in faults(record(sections=())))


# The policy's own file.


def _policy(**changes: Any) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "none beside": True, "none overtaking": True, "none crossing above": True,
        "opposite held": True, "freight stands within": "15 min",
        "shunting stopped before": "10 min", "no works before": "1 h", "stations sealed": True,
        "nothing between": True, "dangerous goods away": True,
    }  # fmt: skip
    return {"traffic": asked | changes}


def _against(policy: dict[str, Any], document: TrafficRecord) -> list[str]:
    return [x for f in check_traffic_rules(document, policy=policy) for x in f.faults]


def test_the_record_has_to_be_on_what_the_policy_asks() -> None:
    assert _against(_policy(), record()) == []
    left = record(rules=only(*(r for r in RULES if r != "opposite held")))
    assert any("asks for opposite held" in f for f in _against(_policy(), left))
    off = record(rules=only(*(r for r in RULES if r != "opposite held"), off=("opposite held",)))
    assert _against(_policy(), off) == []
    more = _policy(**{"opposite held": False})
    assert any("does not ask for it" in f for f in _against(more, record()))
    longer = _policy(**{"no works before": "3 h"})
    assert any("10800 s, the record 3600 s" in f for f in _against(longer, record()))
    bound = _policy(binds={"none beside": ["freight"]})
    assert any("none beside binds all" in f for f in _against(bound, record()))


def test_a_shipped_policy_is_read_by_name_and_hash() -> None:
    known = EVERY.model_copy(update={"policy": "royal", "policy_sha256": "0" * 64})
    last = check_traffic_rules(record(rules=known))[-1]
    assert last.not_shown == ("the policy royal was another text: its rules are the record's",)
    unknown = EVERY.model_copy(update={"policy": "mine"})
    assert "is not shipped" in check_traffic_rules(record(rules=unknown))[-1].not_shown[0]


@given(st.lists(st.sampled_from(sorted(BREACHES)), unique=True))
def test_switching_rules_off_never_adds_a_fault(off: list[str]) -> None:
    trains = [
        BREACHES[rule][0].model_copy(update={"id": f"t{n}"}) for n, rule in enumerate(BREACHES)
    ]
    some = tuple(rule for rule in RULES if rule not in off)
    fewer = faults(record(*trains, rules=only(*some)))
    assert set(fewer) <= set(faults(record(*trains)))


def test_a_pass_of_the_convoy_itself_is_never_a_breach() -> None:
    doubled: tuple[TrainPass, ...] = convoy_train("main", 0.0).passes
    assert doubled
    assert faults(_changed("main", passes=(*doubled, *doubled))) == []
