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
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from retinue.clock import local_text
from retinue.errors import InputError
from retinue.files import make_folder, write_text
from retinue.plan.approval import (
    REGISTER_FILE,
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
from retinue.plan.restrictions import leg_restrictions
from retinue.traffic.path_csv import path_csv, read_path_csv
from retinue.traffic.path_request import Leeway, asked_of_plan

if TYPE_CHECKING:
    from retinue.plan import Plan
    from retinue.traffic.path_message import PathMessage, PathPoint

__all__ = [
    "amend",
    "approve",
    "changed_paths",
    "has_changed",
    "open_register",
    "register_alone",
    "reopen",
    "submitted_requests",
    "write_register",
]

_LOCK = ".approvals.lock"
#: So many deviations are told in an error.
_TOLD = 5
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
        deviations = (*_deviations(register, plan, papers), *_still_open(register, plan))
    elif state == "frozen":
        deviations = _still_open(register, plan)
    _check_despite(deviations, despite, state)
    entry = Approval(
        entry=register.next_entry, number=len(register.approvals) + 1, state=state,
        role=role.strip(), at_utc=at_s, plan_hash=plan.hash, papers=tuple(papers),
        deviations=deviations, despite=despite.strip() if deviations else "",
    )  # fmt: skip
    update: dict[str, object] = {"state": state, "approvals": (*register.approvals, entry)}
    if state == "submitted":
        wanted = leeway or Leeway()
        update |= {
            "tolerance_before_s": wanted.before_s,
            "tolerance_after_s": wanted.after_s,
            "asked_packed": packed_text(path_csv(asked_of_plan(plan, wanted))),
        }
    return register.model_copy(update=update).packed(plan)


def _deviations(register: ApprovalRegister, plan: Plan, papers: Sequence[Paper]) -> tuple[str, ...]:
    """Return where the offer that would be accepted is not what was asked for."""
    from retinue.traffic.path_answer import answer_faults

    offered = next(one for one in register.standing if one.state == "offered")
    known = {paper.sha256 for paper in offered.papers}
    for paper in papers:
        if paper.sha256 not in known:
            raise InputError(
                f"{paper.name} ({paper.sha256[:12]}) is not among what was offered: "
                + (", ".join(f"{p.name} ({p.sha256[:12]})" for p in offered.papers) or "no paper"),
                where="--file",
                cure="An offer is accepted as it came. A new one is entered with --offer first.",
            )
    return answer_faults(submitted_requests(register, plan), offered.papers)


def submitted_requests(register: ApprovalRegister, plan: Plan) -> tuple[PathMessage, ...]:
    """Return what was asked for when the plan was submitted; what it asks for, where it was not."""
    sheet = register.asked()
    if sheet:
        return read_path_csv(sheet, f"{REGISTER_FILE}: requests")
    return asked_of_plan(plan, Leeway(register.tolerance_before_s, register.tolerance_after_s))


def _still_open(register: ApprovalRegister, plan: Plan) -> tuple[str, ...]:
    """Return the restrictions that re-opened the plan and that it does not stand on yet."""
    known = {(one.sender, one.id, one.sha256) for leg in plan.legs for one in leg_restrictions(leg)}
    found: dict[tuple[str, ...], str] = {}
    for item in register.amendments:
        if item.before_hash != item.after_hash:
            # It was planned again: what still touches it re-opens it again.
            found = {}
        for change in item.restrictions:
            if change.touches and (change.sender, change.id, change.sha256) not in known:
                found[change.key] = f"re-opened by amendment {item.number}: {change.words}"
    decided = {words for one in register.standing for words in one.deviations}
    return tuple(words for words in found.values() if words not in decided)


def _check_despite(deviations: Sequence[str], despite: str, state: PlanState) -> None:
    reason = despite.strip()
    if not deviations:
        if reason:
            raise InputError("nothing deviates from what was asked for", where="--despite",
                             cure="Leave --despite out.")  # fmt: skip
        return
    if not reason:
        more = f"; and {len(deviations) - _TOLD} more" if len(deviations) > _TOLD else ""
        raise InputError(
            f"it cannot be {state}: " + "; ".join(deviations[:_TOLD]) + more,
            where=f"--{_DONE[state]}",
            cure='Ask again, or say why it will do: --despite "REASON".',
        )
    if not reason.isprintable() or len(reason) > 500:
        raise InputError("the reason cannot be printed, or is too long", where="--despite")


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


_BECAUSE = {
    "submitted": "what is asked for is not what was submitted",
    "accepted": "the paths' times moved, within the tolerances asked for",
    "frozen": "the plan changed, its paths did not",
}


def changed_paths(
    before: Sequence[PathMessage], after: Sequence[PathMessage]
) -> tuple[tuple[str, ...], PlanState]:
    """Return what changed in the paths asked for, and the first state that lapses with it.

    Parameters
    ----------
    before, after
        The requests of both plans.

    Returns
    -------
    tuple
        Sentences, and ``submitted``, ``accepted`` or ``frozen``.
    """
    old = {(m.leg, m.role): m for m in before}
    new = {(m.leg, m.role): m for m in after}
    told = [f"{key[1]} train of leg {key[0]}: no longer asked for" for key in old if key not in new]
    told += [f"{key[1]} train of leg {key[0]}: asked for anew" for key in new if key not in old]
    first: PlanState = "submitted" if told else "frozen"
    for key, message in old.items():
        if key not in new:
            continue
        name = f"{key[1]} train of leg {key[0]}"
        other = new[key]
        if [_shape(p) for p in message.points] != [_shape(p) for p in other.points]:
            told.append(f"{name}: {_difference(message, other)}")
            first = "submitted"
            continue
        moved = [_shift(a, b) for a, b in zip(message.points, other.points, strict=True)]
        if not any(moved):
            continue
        beyond = [
            (point, shift)
            for point, shift in zip(message.points, moved, strict=True)
            if not -point.before_s <= shift <= point.after_s
        ]
        if beyond:
            point, shift = max(beyond, key=lambda item: abs(item[1]))
            told.append(
                f"{name}: {len(beyond)} of {len(moved)} points moved beyond their tolerance, "
                f"{point.place} by {shift / 60:+.1f} min"
            )
            first = "submitted"
        else:
            largest = max(moved, key=abs)
            told.append(f"{name}: moved by up to {largest / 60:+.1f} min, within tolerance")
            if first == "frozen":
                first = "accepted"
    return tuple(told), first


def _shape(point: PathPoint) -> PathPoint:
    """Return a point without its moments."""
    return replace(
        point,
        arrive_s=None if point.arrive_s is None else 0.0,
        depart_s=None if point.depart_s is None else 0.0,
        dwell_s=0,
    )


def _shift(a: PathPoint, b: PathPoint) -> float:
    """Return the larger of the shifts of arrival and departure, s."""
    shifts = [
        there - here
        for here, there in ((a.arrive_s, b.arrive_s), (a.depart_s, b.depart_s))
        if here is not None and there is not None
    ]
    return max(shifts, key=abs)


def _difference(a: PathMessage, b: PathMessage) -> str:
    places = [p.place for p in a.points], [p.place for p in b.points]
    if places[0] != places[1]:
        gone = [name for name in places[0] if name not in places[1]]
        came = [name for name in places[1] if name not in places[0]]
        words = [f"no longer {', '.join(gone[:3])}" if gone else "",
                 f"now {', '.join(came[:3])}" if came else ""]  # fmt: skip
        return "other places: " + ("; ".join(filter(None, words)) or "in another order")
    at = next(k for k, (x, y) in enumerate(zip(a.points, b.points, strict=True))
              if _shape(x) != _shape(y))  # fmt: skip
    one, two = a.points[at], b.points[at]
    if one.train != two.train:
        return f"another train from {one.place}"
    if one.activities != two.activities:
        return f"another kind of stop at {one.place}"
    return f"another point at {one.place}"
