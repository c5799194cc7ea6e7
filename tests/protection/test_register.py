"""The register: versions count up only when a sheet changes, and no change to it goes unseen."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.protection.extracts import Extract
from retinue.protection.notices import amendment, recall_notice
from retinue.protection.register import (
    Register,
    acknowledge,
    issue,
    recall,
    recall_list,
)
from retinue.protection.sheet import Row, Section, Sheet

T0, T1, T2, T3 = (f"2026-05-04T0{n}:00:00Z" for n in range(4))


def _extract(minute: int, whom: str = "Mill Lane", role: str = "crossing keeper") -> Extract:
    rows = (
        Row("be there from", 36_000.0 + 60 * minute, zone="Europe/Berlin"),
        Row("call", text="control"),
    )
    return Extract(role, whom, Sheet("ORDER TO A CROSSING", whom, (Section("Closure", rows),)))


def _issued(*minutes: int) -> Register:
    register = Register()
    for minute in minutes:
        register, _ = issue(register, [_extract(minute)], T0)
    return register


def test_the_same_sheet_again_is_no_new_version() -> None:
    register, (first,) = issue(Register(), [_extract(0)], T0)
    again, (second,) = issue(register, [_extract(0)], T1)
    assert (first.version, first.new, second.version, second.new) == (1, True, 1, False)
    assert again == register


def test_a_changed_sheet_is_a_numbered_amendment_that_says_what_moved() -> None:
    register, _ = issue(Register(), [_extract(0)], T0)
    register, (second,) = issue(register, [_extract(7)], T1)
    assert second.version == 2
    notice = amendment(_extract(7), second)
    assert notice is not None
    text = notice.text(2)
    assert "Amendment 1 to ORDER TO A CROSSING" in text
    assert "Version 2 replaces version 1" in text
    assert "was  be there from 11:00" in text
    assert "now  be there from 11:07" in text
    assert "call" not in text.partition("acknowledge this one")[2].partition("---")[0]
    assert "Received and understood" in text


def test_a_first_sheet_amends_nothing() -> None:
    _, (first,) = issue(Register(), [_extract(0)], T0)
    assert amendment(_extract(0), first) is None


def test_acknowledging_is_noted_once() -> None:
    register, holding = acknowledge(_issued(0), "crossing keeper", "Mill Lane", " A. Keeper ", T1)
    assert (holding.acknowledged_by, holding.acknowledged_at) == ("A. Keeper", T1)
    again, same = acknowledge(register, "crossing keeper", "Mill Lane", "B", T2)
    assert again == register
    assert same.acknowledged_by == "A. Keeper"


@pytest.mark.parametrize(
    ("whom", "by", "version"),
    [("Nowhere", "A", None), ("Mill Lane", "", None), ("Mill Lane", "A", 2), ("Mill Lane", " ", 1)],
)
def test_what_cannot_be_acknowledged_is_refused(whom: str, by: str, version: int | None) -> None:
    with pytest.raises(InputError):
        acknowledge(_issued(0), "crossing keeper", whom, by, T1, version)


def test_a_replaced_sheet_comes_back_until_the_new_one_is_acknowledged() -> None:
    register = _issued(0, 7)
    current = {("crossing keeper", "Mill Lane"): _extract(7).sha256}
    (one,) = recall_list(register, current)
    assert (one.holding.version, one.void) == (1, False)
    register, _ = acknowledge(register, "crossing keeper", "Mill Lane", "A", T1)
    assert recall_list(register, current) == ()


def test_a_reader_off_the_route_and_a_cancelled_journey_are_called_back() -> None:
    register, _ = issue(_issued(0), [_extract(0, "Tanner's Way")], T0)
    current = {("crossing keeper", "Mill Lane"): _extract(0).sha256}
    (gone,) = recall_list(register, current)
    assert gone.holding.whom == "Tanner's Way"
    assert gone.void
    everybody = recall_list(register, None)
    assert len(everybody) == 2
    register = recall(register, everybody, T2)
    assert recall_list(register, None) == ()
    with pytest.raises(InputError, match="was recalled"):
        acknowledge(register, "crossing keeper", "Mill Lane", "A", T3)
    # Issued anew it is a new version, and amends nothing: what was called back is gone.
    _, (anew,) = issue(register, [_extract(0)], T3)
    assert (anew.version, anew.new, anew.before) == (2, True, None)


def test_a_changed_plan_without_its_amendment_is_called_back() -> None:
    (one,) = recall_list(_issued(0), {("crossing keeper", "Mill Lane"): _extract(9).sha256})
    assert "amendment is not issued" in one.why


def test_a_recall_does_not_tell_why() -> None:
    route = recall_list(_issued(0), {})[0]
    cancelled = recall_list(_issued(0), None)[0]
    assert recall_notice(route).text(1) == recall_notice(cancelled).text(1)
    assert "RECALL OF ORDER TO A CROSSING" in recall_notice(route).text(1)


def _full() -> Register:
    register, _ = acknowledge(_issued(0, 7), "crossing keeper", "Mill Lane", "A", T1)
    register, _ = issue(register, [_extract(0, "Tanner's Way")], T1)
    return recall(register, recall_list(register, None)[:1], T2)


def _cut(record: dict[str, Any]) -> None:
    record["entries"].pop()


FAULTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "an edited time": lambda r: r["entries"][0].update(at=T3),
    "an edited hash": lambda r: r["entries"][1].update(sha256="0" * 64),
    "the last entry edited": lambda r: r["entries"][-1].update(why="other"),
    "an entry left out": lambda r: r["entries"].pop(1),
    "the last one left out": _cut,
    "an entry twice": lambda r: r["entries"].insert(1, r["entries"][1]),
    "a wrong type": lambda r: r["entries"][0].update(version="1"),
    "an unknown event": lambda r: r["entries"][0].update(event="lost"),
    "another schema": lambda r: r.update(schema="x"),
    "a field more": lambda r: r["entries"][0].update(more=1),
    "no list": lambda r: r.update(entries=3),
    "acknowledged out of nothing": lambda r: r.update(entries=r["entries"][2:]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_changed_register_is_found(fault: str) -> None:
    record = json.loads(_full().to_json())
    FAULTS[fault](record)
    with pytest.raises(InputError):
        Register.from_json(json.dumps(record))


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 2), st.booleans()), max_size=12))
def test_versions_count_up_and_the_register_reads_back(steps: list[tuple[str, int, bool]]) -> None:
    register = Register()
    for whom, minute, acknowledged in steps:
        register, (issued,) = issue(register, [_extract(minute, whom)], T0)
        held = register.latest()["crossing keeper", whom]
        assert held.version == issued.version
        assert held.sha256 == _extract(minute, whom).sha256
        if acknowledged:
            register, _ = acknowledge(register, "crossing keeper", whom, "A", T1)
    assert Register.from_json(register.to_json()) == register
    assert len({(h.whom, h.version) for h in register.holdings()}) == len(register.holdings())
