"""The checker of approvals finds every way in which a register can be made to lie."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.report.sample_plan import sample_plan
from tests.traffic.test_states import _AT, _new, _up_to, shifted

from retinue.checks.approvals import check_approvals
from retinue.traffic.states import amend, approve


@pytest.fixture(scope="module")
def sound() -> tuple[dict[str, Any], dict[str, Any]]:
    plan = sample_plan()
    changed = shifted(plan, 600.0)
    register = amend(_up_to(plan, "frozen"), changed, role="x", at_s=_AT + 9)
    register = approve(register, changed, "accepted", role="y", at_s=_AT + 10)
    return json.loads(changed.to_json()), json.loads(register.to_json())


def test_a_sound_register_has_no_fault(sound: tuple[dict[str, Any], dict[str, Any]]) -> None:
    finding = check_approvals(*sound)
    assert finding.faults == ()
    assert finding.looked_at == "5 approvals, 1 amendment"
    plan = sample_plan()
    assert (
        check_approvals(json.loads(plan.to_json()), json.loads(_new(plan).to_json())).faults == ()
    )


def _state(register: dict[str, Any]) -> None:
    register["state"] = "frozen"


def _revived(register: dict[str, Any]) -> None:
    register["approvals"][3]["lapsed_by"] = None


def _skipped(register: dict[str, Any]) -> None:
    register["approvals"][1]["state"] = "frozen"


def _backdated(register: dict[str, Any]) -> None:
    register["approvals"][4]["at_utc"] = "2001-01-01T00:00:00Z"


def _nameless(register: dict[str, Any]) -> None:
    register["approvals"][0]["role"] = " "


def _rehashed(register: dict[str, Any]) -> None:
    register["approvals"][4]["plan_hash"] = "00" * 32


def _elsewhere(register: dict[str, Any]) -> None:
    register["amendments"][0]["before_hash"] = "00" * 32


def _kept_back(register: dict[str, Any]) -> None:
    register["amendments"][0]["lapsed"] = [4]


def _other_plan(register: dict[str, Any]) -> None:
    register["plan_hash"] = "00" * 32


def _unpacked(register: dict[str, Any]) -> None:
    register["plan_packed"] = "eJwDAAAAAAE="


def _dropped(register: dict[str, Any]) -> None:
    del register["amendments"][0]


def _twice(register: dict[str, Any]) -> None:
    register["approvals"][1]["entry"] = 1


def _unnumbered(register: dict[str, Any]) -> None:
    register["approvals"][1]["number"] = 7


def _shapeless(register: dict[str, Any]) -> None:
    register["approvals"] = 3


@pytest.mark.parametrize(
    "spoil",
    [_state, _revived, _skipped, _backdated, _nameless, _rehashed, _elsewhere, _kept_back,
     _other_plan, _unpacked, _dropped, _twice, _unnumbered, _shapeless],
)  # fmt: skip
def test_a_spoilt_register_is_found(
    sound: tuple[dict[str, Any], dict[str, Any]], spoil: Callable[[dict[str, Any]], None]
) -> None:
    plan, register = sound[0], copy.deepcopy(sound[1])
    spoil(register)
    assert check_approvals(plan, register).faults


def test_a_plan_changed_without_an_amendment_is_found(
    sound: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    other = json.loads(shifted(sample_plan(), 900.0).to_json())
    faults = check_approvals(other, sound[1]).faults
    assert any("without an amendment" in fault for fault in faults)
