"""From draft to frozen: who may take a plan further, and what a change costs in approvals.

What lapses follows from what changed in the paths that are asked for:

====================================================  ==============================
the plan changed, its paths did not                   frozen
a path's moments moved, all within tolerance          accepted, frozen
beyond it, or its places, stops or trains changed     all
a possession or slow stretch is new, or another       offered, accepted, frozen
one that it stood on is withdrawn                     accepted, frozen
====================================================  ==============================
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from retinue.clock import local_text
from retinue.errors import InputError
from retinue.files import make_folder, write_text
from retinue.plan.approval import (
    STATES,
    Amendment,
    Approval,
    ApprovalRegister,
    MovedEvent,
    Paper,
    PlanState,
    RestrictionChange,
    packed_text,
    register_file,
)
from retinue.plan.compare import compare_plans
from retinue.traffic.acceptance import check_despite, offer_deviations, still_open
from retinue.traffic.path_answer import paths_offered
from retinue.traffic.path_changes import changed_paths
from retinue.traffic.path_csv import path_csv
from retinue.traffic.path_process import booked_parts, next_requests, parts_of
from retinue.traffic.path_request import Leeway, asked_of_plan
from retinue.traffic.register_requests import kept, submitted_requests

if TYPE_CHECKING:
    from retinue.plan import Plan

__all__ = [
    "amend",
    "approve",
    "has_changed",
    "open_register",
    "register_alone",
    "reopen",
    "withdraw",
    "write_register",
]

_LOCK = ".approvals.lock"

_DONE = {
    "submitted": "submit", "offered": "offer", "accepted": "accept", "frozen": "freeze",
}  # fmt: skip


@contextmanager
def register_alone(path: Path) -> Iterator[None]:
    """Let one program at a time change the register beside a plan.

    Raises
    ------
    InputError
        Where another one is at it.
    """
    folder = make_folder(register_file(path).parent)
    with (folder / _LOCK).open("w", encoding="utf-8") as stream:
        (folder / _LOCK).chmod(0o600)
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InputError(
                "another program is changing the register",
                where=str(folder),
                cure="Wait until it is done, then try again.",
            ) from error
        yield


def open_register(path: Path, plan: Plan) -> ApprovalRegister:
    """Return the register beside a plan; a new one, the plan a draft, where there is none.

    Raises
    ------
    InputError
        Where the file cannot be read or is no register, or the plan was changed by hand.
    """
    if plan.digest() != plan.hash:
        raise InputError(
            "the plan's hash does not match its content: the file was changed by hand",
            where=str(path),
            cure="Make the plan again: retinue plan JOURNEY.",
        )
    file = register_file(path)
    if not file.exists():
        return ApprovalRegister(title=plan.title, plan_hash=plan.hash)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("the register cannot be read", where=str(file)) from error
    return ApprovalRegister.from_json(text, str(file))


def write_register(register: ApprovalRegister, path: Path) -> Path:
    """Write the register beside a plan; return the file."""
    return write_text(register_file(path), register.to_json())


def has_changed(register: ApprovalRegister, plan: Plan) -> bool:
    """Return whether the plan is another than the one that approvals stand for."""
    return bool(register.standing) and register.plan_hash != plan.hash


def approve(
    register: ApprovalRegister,
    plan: Plan,
    state: PlanState,
    *,
    role: str,
    at_s: float,
    leeway: Leeway | None = None,
    papers: Sequence[Paper] = (),
    despite: str = "",
) -> ApprovalRegister:
    """Take a plan one step further.

    Parameters
    ----------
    register, plan
        The register and the plan as it is now.
    state
        The step, the one after the present state.
    role
        Who approves.
    at_s
        When, Unix seconds; never before an earlier entry.
    leeway
        Tolerances asked for, kept on submission.
    papers
        Offers and letters it rests on.  An acceptance rests on those of the offer; any that it
        names have to be among them.
    despite
        Why the offer is accepted though it is not what was asked for, or though a restriction
        that re-opened the plan is not in it.

    Raises
    ------
    InputError
        With the reason why the step is not allowed.
    """
    if state == "draft":
        raise InputError("a plan becomes a draft again by a change, not by an approval")
    _check_entry(register, role, at_s)
    if has_changed(register, plan):
        raise InputError(
            f"the plan has changed since it was {register.state}"
            f" (then {register.plan_hash[:12]}, now {plan.hash[:12]})",
            where=f"--{_DONE[state]}",
            cure="Enter the change first: retinue path amend PLAN --role ROLE.",
        )
    here = STATES.index(register.state)
    if STATES.index(state) != here + 1:
        raise InputError(
            f"the plan is {register.state}, it cannot be {state} now",
            where=f"--{_DONE[state]}",
            cure="It is frozen: nothing comes after that."
            if here + 1 == len(STATES)
            else f"Next comes --{_DONE[STATES[here + 1]]}.",
        )
    deviations: tuple[str, ...] = ()
    if state == "accepted":
        deviations = (*offer_deviations(register, plan, papers), *still_open(register, plan))
    elif state == "frozen":
        deviations = still_open(register, plan)
    check_despite(deviations, despite, state, _DONE[state])
    entry = Approval(
        entry=register.next_entry, number=len(register.approvals) + 1, state=state,
        role=role.strip(), at_utc=at_s, plan_hash=plan.hash, papers=tuple(papers),
        deviations=deviations, despite=despite.strip() if deviations else "",
    )  # fmt: skip
    update: dict[str, object] = {"state": state, "approvals": (*register.approvals, entry)}
    if state == "submitted":
        wanted = leeway or Leeway()
        asked = asked_of_plan(plan, wanted)
        out = next_requests(parts_of(asked), kept(register, "sent"), kept(register, "booked"))
        update |= {
            "tolerance_before_s": wanted.before_s,
            "tolerance_after_s": wanted.after_s,
            "asked_packed": packed_text(path_csv(asked)),
            "sent_packed": packed_text(path_csv(out.standing)) if out.standing else "",
        }
    elif state == "accepted":
        standing = kept(register, "sent")
        offered = next(one for one in register.standing if one.state == "offered")
        paths = paths_offered(submitted_requests(register, plan), offered.papers)
        booked = booked_parts(standing, kept(register, "booked"), paths)
        update |= {
            "sent_packed": "",
            "booked_packed": packed_text(path_csv(booked)) if booked else "",
        }
    return register.model_copy(update=update).packed(plan)


def _check_entry(register: ApprovalRegister, role: str, at_s: float) -> None:
    if not role.strip() or not role.isprintable() or len(role.strip()) > 80:
        raise InputError(
            "no role is named" if not role.strip() else "the role cannot be printed",
            where="--role",
            cure='Say who, e.g. --role "head of operations".',
        )
    latest = register.latest_s
    if latest is not None and at_s < latest:
        raise InputError(
            f"the last entry was made at {local_text(latest, 'UTC').strip()}, this one would lie"
            " before it",
            where="--at",
            cure="Entries are made in order.",
        )


def amend(register: ApprovalRegister, plan: Plan, *, role: str, at_s: float) -> ApprovalRegister:
    """Enter a change of an approved plan: what moved, and which approvals lapse.

    Raises
    ------
    InputError
        Where nothing has changed, nothing was approved yet, or the entry cannot be.
    """
    _check_entry(register, role, at_s)
    if not register.standing:
        raise InputError(
            "the plan is a draft: it may be changed freely",
            cure="Submit it: retinue path state PLAN --submit --role ROLE.",
        )
    if register.plan_hash == plan.hash:
        raise InputError(f"the plan is the one that is {register.state}: nothing has changed")
    before = register.plan()
    if before.hash != register.plan_hash or before.digest() != before.hash:
        raise InputError(
            "the plan kept in the register is not the one that was approved",
            cure="Restore the register from a copy; without it approvals count as lapsed.",
        )
    comparison = compare_plans(before, plan)
    leeway = Leeway(register.tolerance_before_s, register.tolerance_after_s)
    now = asked_of_plan(plan, leeway)
    paths, first = changed_paths(asked_of_plan(before, leeway), now)
    if first != "frozen":
        # Small changes add up: what counts is what was submitted.
        whole = changed_paths(submitted_requests(register, before), now)[1]
        first = "submitted" if whole == "submitted" else "accepted"
    lapsing = [one for one in register.standing if STATES.index(one.state) >= STATES.index(first)]
    numbers = tuple(one.number for one in lapsing)
    number = len(register.amendments) + 1
    approvals = tuple(
        one.model_copy(update={"lapsed_by": number}) if one.number in numbers else one
        for one in register.approvals
    )
    standing = [one.state for one in approvals if one.lapsed_by is None]
    state: PlanState = standing[-1] if standing else "draft"
    entry = Amendment(
        entry=register.next_entry, number=number, at_utc=at_s, role=role.strip(),
        before_hash=register.plan_hash, after_hash=plan.hash,
        moved=tuple(
            MovedEvent(leg=s.leg, place=s.place, kind=s.kind, before_utc=s.before_s,
                       after_utc=s.after_s)
            for s in comparison.moved
        ),
        gone=comparison.gone, new=comparison.new, paths=paths, lapsed=numbers,
        because=_BECAUSE[first], state=state,
    )  # fmt: skip
    changed = register.model_copy(
        update={
            "state": state, "approvals": approvals, "amendments": (*register.amendments, entry),
            "title": plan.title,
            "asked_packed": register.asked_packed if standing else "",
        }
    )  # fmt: skip
    return changed.packed(plan)


def reopen(
    register: ApprovalRegister,
    plan: Plan,
    changes: Sequence[RestrictionChange],
    *,
    role: str,
    at_s: float,
) -> ApprovalRegister:
    """Enter that possessions or speed restrictions re-open an approved plan.

    A change that was entered of this very plan before is not entered again; where none is left,
    and where nothing was approved yet, the register stays as it is.

    Raises
    ------
    InputError
        Where the plan has changed since its approvals, or the entry cannot be.
    """
    if not register.standing:
        return register
    if has_changed(register, plan):
        raise InputError(
            f"the plan has changed since it was {register.state}",
            cure="Enter the change first: retinue path amend PLAN --role ROLE.",
        )
    known = {
        change.key
        for item in register.amendments
        if item.after_hash == plan.hash
        for change in item.restrictions
    }
    new = tuple(change for change in changes if change.key not in known)
    if not new:
        return register
    _check_entry(register, role, at_s)
    touches = any(change.touches for change in new)
    first: PlanState = "offered" if touches else "accepted"
    lapsing = [one for one in register.standing if STATES.index(one.state) >= STATES.index(first)]
    numbers = tuple(one.number for one in lapsing)
    number = len(register.amendments) + 1
    approvals = tuple(
        one.model_copy(update={"lapsed_by": number}) if one.number in numbers else one
        for one in register.approvals
    )
    standing = [one.state for one in approvals if one.lapsed_by is None]
    state: PlanState = standing[-1] if standing else "draft"
    entry = Amendment(
        entry=register.next_entry, number=number, at_utc=at_s, role=role.strip(),
        before_hash=plan.hash, after_hash=plan.hash, restrictions=new, lapsed=numbers,
        because="re-opened: what the line allows is not what was offered" if touches
        else "re-opened: what the paths stood on holds no longer",
        state=state,
    )  # fmt: skip
    return register.model_copy(
        update={
            "state": state, "approvals": approvals, "amendments": (*register.amendments, entry),
        }
    )  # fmt: skip


def withdraw(register: ApprovalRegister, plan: Plan, *, role: str, at_s: float) -> ApprovalRegister:
    """Enter that everything asked for is withdrawn and everything booked is cancelled.

    Raises
    ------
    InputError
        Where nothing is asked for or booked, or the entry cannot be.
    """
    _check_entry(register, role, at_s)
    if not (register.standing or register.sent_packed or register.booked_packed):
        raise InputError("nothing is asked for or booked", where="--withdraw")
    number = len(register.amendments) + 1
    lapsed = tuple(one.number for one in register.standing)
    approvals = tuple(
        one if one.lapsed_by is not None else one.model_copy(update={"lapsed_by": number})
        for one in register.approvals
    )
    entry = Amendment(
        entry=register.next_entry, number=number, at_utc=at_s, role=role.strip(),
        before_hash=register.plan_hash, after_hash=plan.hash, withdrawn=True, lapsed=lapsed,
        because="withdrawn by the applicant", state="draft",
    )  # fmt: skip
    return register.model_copy(
        update={
            "state": "draft", "approvals": approvals, "amendments": (*register.amendments, entry),
            "asked_packed": "", "sent_packed": "", "booked_packed": "",
        }
    ).packed(plan)  # fmt: skip


_BECAUSE = {
    "submitted": "what is asked for is not what was submitted",
    "accepted": "the paths' times moved, within the tolerances asked for",
    "frozen": "the plan changed, its paths did not",
}
