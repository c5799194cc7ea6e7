"""From draft to frozen in order, each step named; a change costs what it must and no more."""

from __future__ import annotations

import json
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.checks.approvals import check_approvals
from retinue.errors import InputError
from retinue.plan import Leg, Plan
from retinue.plan.approval import (
    STATES,
    ApprovalRegister,
    Paper,
    PlanState,
    RestrictionChange,
    refuse_frozen,
)
from retinue.traffic.path_csv import path_csv
from retinue.traffic.path_message import PathMessage
from retinue.traffic.path_request import Leeway, asked_of_plan
from retinue.traffic.register_requests import submitted_requests
from retinue.traffic.states import (
    amend,
    approve,
    has_changed,
    open_register,
    register_alone,
    reopen,
    write_register,
)
from tests.report.sample_plan import sample_plan

_AT = 1_690_000_000.0


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


def _new(plan: Plan) -> ApprovalRegister:
    return ApprovalRegister(title=plan.title, plan_hash=plan.hash)


def offer_of(asked: Sequence[PathMessage], later_s: float = 0.0, name: str = "offer.csv") -> Paper:
    """An offer for every train and part, so much later than asked for."""

    def moved(moment: float | None) -> float | None:
        return None if moment is None else moment + later_s

    parts = [
        replace(
            part,
            kind="offer",
            points=tuple(
                replace(p, arrive_s=moved(p.arrive_s), depart_s=moved(p.depart_s))
                for p in part.points
            ),
        )
        for whole in asked
        for part in ((whole,) if whole.parts > 1 else whole.split())
    ]
    return Paper.of(name, path_csv(parts).encode(), keep=True)


def _step(
    register: ApprovalRegister, plan: Plan, step: PlanState, at_s: float, **more: Any
) -> ApprovalRegister:
    if step == "offered":
        more.setdefault("papers", [offer_of(submitted_requests(register, plan))])
    return approve(register, plan, step, role=f"role of {step}", at_s=at_s, **more)


def _up_to(plan: Plan, state: PlanState, leeway: Leeway | None = None) -> ApprovalRegister:
    register = _new(plan)
    for k, step in enumerate(STATES[1 : STATES.index(state) + 1]):
        register = _step(register, plan, step, _AT + k, leeway=leeway)
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


def test_small_changes_add_up_against_what_was_submitted(plan: Plan) -> None:
    register = _up_to(plan, "accepted")
    # 8 minutes twice: each within 15 of the one before, both together not within 15 of the asked.
    once, twice = shifted(plan, 480.0), shifted(plan, 960.0)
    register = amend(register, once, role="x", at_s=_AT + 9)
    assert register.state == "offered"
    assert amend(register, twice, role="x", at_s=_AT + 10).state == "draft"
    assert amend(register, plan, role="x", at_s=_AT + 10).state == "offered"


def test_only_an_offer_that_fits_is_accepted_without_a_reason(plan: Plan) -> None:
    asked = asked_of_plan(plan)
    submitted = _up_to(plan, "submitted")
    # Passing and stops: 15 minutes later still serve.
    late = _step(submitted, plan, "offered", _AT + 5, papers=[offer_of(asked, 3_600.0)])
    with pytest.raises(InputError, match=r"cannot be accepted: .*departure: \+1 h"):
        approve(late, plan, "accepted", role="x", at_s=_AT + 6)
    register = approve(late, plan, "accepted", role="x", at_s=_AT + 6, despite="no other path")
    assert register.approvals[-1].despite == "no other path"
    assert any("+1 h" in words for words in register.approvals[-1].deviations)
    assert _checked(plan, register) == ()
    within = _step(submitted, plan, "offered", _AT + 5, papers=[offer_of(asked, 600.0)])
    assert approve(within, plan, "accepted", role="x", at_s=_AT + 6).approvals[-1].despite == ""
    with pytest.raises(InputError, match="nothing deviates"):
        approve(within, plan, "accepted", role="x", at_s=_AT + 6, despite="never mind")


def test_every_train_on_every_part_wants_an_answer(plan: Plan) -> None:
    asked = asked_of_plan(plan)
    submitted = _up_to(plan, "submitted")
    with pytest.raises(InputError, match=r"no offer for .*part 2 of 2 \(RU\)"):
        approve(_step(submitted, plan, "offered", _AT + 5, papers=[]), plan, "accepted",
                role="x", at_s=_AT + 6)  # fmt: skip
    only_main = [message for message in asked if message.role == "main"]
    with pytest.raises(InputError, match="advance train") as caught:
        approve(_step(submitted, plan, "offered", _AT + 5, papers=[offer_of(only_main)]), plan,
                "accepted", role="x", at_s=_AT + 6)  # fmt: skip
    assert "main train" not in caught.value.message
    # The answers may come in several papers.
    rest = [message for message in asked if message.role != "main"]
    papers = [offer_of(only_main, name="a.csv"), offer_of(rest, name="b.csv")]
    both = _step(submitted, plan, "offered", _AT + 5, papers=papers)
    assert approve(both, plan, "accepted", role="x", at_s=_AT + 6).state == "accepted"


def test_what_is_accepted_is_the_very_paper_that_was_offered(plan: Plan) -> None:
    register = _up_to(plan, "offered")
    (paper,) = register.approvals[-1].papers
    other = offer_of(asked_of_plan(plan), 60.0, name="other.csv")
    with pytest.raises(InputError, match="not among what was offered"):
        approve(register, plan, "accepted", role="x", at_s=_AT + 9, papers=[other])
    assert approve(register, plan, "accepted", role="x", at_s=_AT + 9, papers=[paper])
    forged = register.approvals[-1].model_copy(
        update={"papers": (paper.model_copy(update={"packed": other.packed}),)}
    )
    spoilt = register.model_copy(update={"approvals": (*register.approvals[:-1], forged)})
    assert any("whose hash it names" in fault for fault in _checked(plan, spoilt))
    with pytest.raises(InputError, match="not the one whose hash"):
        approve(spoilt, plan, "accepted", role="x", at_s=_AT + 9)


def _change(what: str = "new", touches: bool = True, version: int = 1) -> RestrictionChange:
    return RestrictionChange(
        what=what, sender="Region north", id="P-1", version=version,
        sha256="ab" * 31 + f"{version:02}", leg="rail-1",
        words=f"possession P-1, version {version}", touches=touches,
    )  # fmt: skip


def test_a_restriction_that_touches_lets_the_offer_lapse_and_is_entered_once(plan: Plan) -> None:
    register = reopen(_up_to(plan, "frozen"), plan, [_change()], role="desk", at_s=_AT + 9)
    assert register.state == "submitted"
    (entry,) = register.amendments
    assert entry.lapsed == (2, 3, 4) and entry.before_hash == entry.after_hash == plan.hash
    assert _checked(plan, register) == ()
    assert reopen(register, plan, [_change()], role="desk", at_s=_AT + 10) == register
    newer = reopen(register, plan, [_change("changed", version=2)], role="desk", at_s=_AT + 10)
    assert len(newer.amendments) == 2


def test_a_withdrawn_restriction_costs_the_acceptance(plan: Plan) -> None:
    change = _change("withdrawn", touches=False)
    register = reopen(_up_to(plan, "frozen"), plan, [change], role="desk", at_s=_AT + 9)
    assert register.state == "offered"
    assert _checked(plan, register) == ()
    assert _step(register, plan, "accepted", _AT + 10).state == "accepted"
    draft = _new(plan)
    assert reopen(draft, plan, [change], role="desk", at_s=_AT) == draft


def test_what_reopened_a_plan_is_decided_before_it_is_accepted_again(plan: Plan) -> None:
    register = reopen(_up_to(plan, "frozen"), plan, [_change()], role="desk", at_s=_AT + 9)
    register = _step(register, plan, "offered", _AT + 10)
    with pytest.raises(InputError, match="re-opened by amendment 1: possession P-1"):
        _step(register, plan, "accepted", _AT + 11)
    register = _step(register, plan, "accepted", _AT + 11, despite="moved by an hour, by phone")
    assert _step(register, plan, "frozen", _AT + 12).state == "frozen"
    assert _checked(plan, register) == ()
    # Planned again: whoever looks at the restrictions again finds out whether it is touched still.
    again = reopen(_up_to(plan, "accepted"), plan, [_change()], role="desk", at_s=_AT + 9)
    moved = shifted(plan, 300.0)
    again = _step(amend(again, moved, role="x", at_s=_AT + 10), moved, "offered", _AT + 11)
    assert _step(again, moved, "accepted", _AT + 12).state == "accepted"
    assert len(reopen(again, moved, [_change()], role="desk", at_s=_AT + 13).amendments) == 3


def test_a_frozen_plan_is_not_overwritten(plan: Plan, tmp_path: Path) -> None:
    changed = shifted(plan, 300.0)
    refuse_frozen(tmp_path, changed)
    write_register(_up_to(plan, "accepted"), tmp_path)
    refuse_frozen(tmp_path, changed)
    write_register(_up_to(plan, "frozen"), tmp_path)
    refuse_frozen(tmp_path, plan)
    with pytest.raises(InputError, match="frozen") as caught:
        refuse_frozen(tmp_path, changed)
    assert "--amend" in caught.value.cure


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
                register = _step(register, plan, STATES[here + 1], _AT + k)
            continue
        plan = shifted(
            plan, {"small": 240.0, "large": 9000.0, "road": 60.0}[step],
            "road-2" if step == "road" else "rail-1",
        )  # fmt: skip
        if register.standing:
            register = amend(register, plan, role="x", at_s=_AT + k)
    assert _checked(plan, register) == ()
