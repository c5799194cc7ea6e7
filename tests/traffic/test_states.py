"""From draft to frozen in order, each step named; a change costs what it must and no more."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.checks.approvals import check_approvals
from retinue.errors import InputError
from retinue.plan import Leg, Plan
from retinue.plan.approval import STATES, ApprovalRegister, PlanState
from retinue.traffic.path_request import Leeway
from retinue.traffic.states import (
    amend,
    approve,
    has_changed,
    open_register,
    register_alone,
    write_register,
)
from tests.report.sample_plan import sample_plan

_AT = 1_690_000_000.0


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


def _new(plan: Plan) -> ApprovalRegister:
    return ApprovalRegister(title=plan.title, plan_hash=plan.hash)


def _up_to(plan: Plan, state: PlanState, leeway: Leeway | None = None) -> ApprovalRegister:
    register = _new(plan)
    for k, step in enumerate(STATES[1 : STATES.index(state) + 1]):
        register = approve(register, plan, step, role=f"role {k}", at_s=_AT + k, leeway=leeway)
    return register


def _checked(plan: Plan, register: ApprovalRegister) -> tuple[str, ...]:
    return check_approvals(json.loads(plan.to_json()), json.loads(register.to_json())).faults


def shifted(plan: Plan, seconds: float, leg_id: str = "rail-1") -> Plan:
    """Return the plan with one leg later; hand-overs are not looked at here."""

    def moved(leg: Leg) -> Leg:
        if leg.id != leg_id:
            return leg
        return leg.model_copy(
            update={
                "depart_utc": leg.depart_utc + seconds,
                "arrive_utc": leg.arrive_utc + seconds,
                "movements": tuple(m.shifted(seconds) for m in leg.movements),
                "timeline": tuple(
                    e.model_copy(update={"time_utc": e.time_utc + seconds}) for e in leg.timeline
                ),
            }
        )

    return plan.model_copy(update={"legs": tuple(moved(leg) for leg in plan.legs)}).sealed()


def test_a_plan_goes_from_draft_to_frozen_and_every_step_is_recorded(plan: Plan) -> None:
    register = _up_to(plan, "frozen")
    assert register.state == "frozen"
    assert [one.state for one in register.approvals] == list(STATES[1:])
    assert {one.plan_hash for one in register.approvals} == {plan.hash}
    assert _checked(plan, register) == ()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", STATES[1:])
def test_no_step_is_skipped_or_taken_twice(plan: Plan, state: PlanState, step: PlanState) -> None:
    register = _up_to(plan, state)
    if STATES.index(step) == STATES.index(state) + 1:
        assert approve(register, plan, step, role="x", at_s=_AT + 9).state == step
        return
    with pytest.raises(InputError, match=f"the plan is {state}, it cannot be {step} now"):
        approve(register, plan, step, role="x", at_s=_AT + 9)


def test_entries_name_a_role_and_run_forward(plan: Plan) -> None:
    register = _up_to(plan, "submitted")
    with pytest.raises(InputError, match="no role"):
        approve(register, plan, "offered", role="  ", at_s=_AT + 9)
    with pytest.raises(InputError, match="before it"):
        approve(register, plan, "offered", role="x", at_s=_AT - 1)


def test_a_changed_plan_is_noticed_and_must_be_amended_first(plan: Plan) -> None:
    register = _up_to(plan, "accepted")
    changed = shifted(plan, 300.0)
    assert has_changed(register, changed)
    assert not has_changed(register, plan)
    assert any("without an amendment" in fault for fault in _checked(changed, register))
    with pytest.raises(InputError, match="has changed since it was accepted"):
        approve(register, changed, "frozen", role="x", at_s=_AT + 9)
    with pytest.raises(InputError, match="nothing has changed"):
        amend(register, plan, role="x", at_s=_AT + 9)


def test_a_draft_changes_freely(plan: Plan) -> None:
    changed = shifted(plan, 300.0)
    register = approve(_new(plan), changed, "submitted", role="x", at_s=_AT)
    assert register.plan_hash == changed.hash
    assert _checked(changed, register) == ()
    with pytest.raises(InputError, match="may be changed freely"):
        amend(_new(plan), changed, role="x", at_s=_AT)


def test_times_within_tolerance_cost_acceptance_not_the_offer(plan: Plan) -> None:
    changed = shifted(plan, 600.0)
    register = amend(_up_to(plan, "frozen"), changed, role="dispatcher", at_s=_AT + 9)
    assert register.state == "offered"
    (entry,) = register.amendments
    assert entry.lapsed == (3, 4)
    assert len(entry.moved) > 10
    assert {round(m.after_utc - m.before_utc) for m in entry.moved} == {600}
    assert any("within tolerance" in words for words in entry.paths)
    assert _checked(changed, register) == ()


def test_times_beyond_tolerance_cost_everything(plan: Plan) -> None:
    changed = shifted(plan, 7200.0)
    register = amend(_up_to(plan, "accepted"), changed, role="dispatcher", at_s=_AT + 9)
    assert register.state == "draft"
    assert register.amendments[0].lapsed == (1, 2, 3)
    assert _checked(changed, register) == ()
    # It begins again, and the old approvals stay on record.
    again = approve(register, changed, "submitted", role="x", at_s=_AT + 10)
    assert [one.lapsed_by for one in again.approvals] == [1, 1, 1, None]
    assert _checked(changed, again) == ()


def test_the_tolerance_of_the_submission_counts(plan: Plan) -> None:
    narrow = _up_to(plan, "offered", Leeway(before_s=60.0, after_s=60.0))
    assert amend(narrow, shifted(plan, 300.0), role="x", at_s=_AT + 9).state == "draft"


def test_a_change_elsewhere_costs_the_freeze_only(plan: Plan) -> None:
    changed = shifted(plan, 300.0, "road-2")
    register = amend(_up_to(plan, "frozen"), changed, role="x", at_s=_AT + 9)
    assert register.state == "accepted"
    assert register.amendments[0].lapsed == (4,)
    assert register.amendments[0].paths == ()
    assert _checked(changed, register) == ()


def test_another_train_costs_everything(plan: Plan) -> None:
    legs = tuple(
        leg.model_copy(
            update={
                "trains": tuple(
                    t.model_copy(update={"length_m": t.length_m + 50.0}) for t in leg.trains
                )
            }
        )
        for leg in plan.legs
    )
    changed = plan.model_copy(update={"legs": legs}).sealed()
    register = amend(_up_to(plan, "offered"), changed, role="x", at_s=_AT + 9)
    assert register.state == "draft"
    assert any("another train from Pyongyang" in words for words in register.amendments[0].paths)


def test_the_register_survives_its_file_and_belongs_to_its_owner(
    plan: Plan, tmp_path: Path
) -> None:
    (tmp_path / "plan.json").write_text(plan.to_json())
    assert open_register(tmp_path, plan).state == "draft"
    register = _up_to(plan, "offered")
    with register_alone(tmp_path):
        file = write_register(register, tmp_path)
        with pytest.raises(InputError, match="another program"), register_alone(tmp_path):
            pass
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert open_register(tmp_path / "plan.json", plan) == register
    assert register.plan().to_json() == plan.to_json()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("[]", "schema"),
        ('{"schema": "retinue-approvals/9"}', "schema"),
        ('{"schema": "retinue-approvals/1"}', "no sound register"),
        ('{"schema": "retinue-approvals/1", "title": 1e999}', "no sound register"),
    ],
)
def test_a_hostile_register_is_told(plan: Plan, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "approvals.json").write_text(text)
    with pytest.raises(InputError, match=words):
        open_register(tmp_path, plan)


def test_a_plan_changed_by_hand_is_refused(plan: Plan, tmp_path: Path) -> None:
    forged = plan.model_copy(update={"title": "another"})
    with pytest.raises(InputError, match="changed by hand"):
        open_register(tmp_path, forged)


def test_a_register_that_lost_its_plan_says_so(plan: Plan) -> None:
    register = _up_to(plan, "offered").model_copy(update={"plan_packed": "!!"})
    with pytest.raises(InputError, match="cannot be read"):
        amend(register, shifted(plan, 60.0), role="x", at_s=_AT + 9)


_STEPS = st.lists(st.sampled_from(["next", "small", "large", "road"]), min_size=1, max_size=9)


@given(_STEPS)
@settings(max_examples=6)
def test_whatever_is_entered_the_independent_checker_agrees(steps: list[str]) -> None:
    plan = sample_plan()
    register = _new(plan)
    for k, step in enumerate(steps):
        if step == "next":
            here = STATES.index(register.state)
            if here + 1 < len(STATES):
                register = approve(register, plan, STATES[here + 1], role="x", at_s=_AT + k)
            continue
        plan = shifted(
            plan, {"small": 240.0, "large": 9000.0, "road": 60.0}[step],
            "road-2" if step == "road" else "rail-1",
        )  # fmt: skip
        if register.standing:
            register = amend(register, plan, role="x", at_s=_AT + k)
    assert _checked(plan, register) == ()
