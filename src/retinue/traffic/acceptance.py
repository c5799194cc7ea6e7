"""Whether a plan may be accepted or frozen: an offer that fits, or a reason why it will do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retinue.errors import InputError
from retinue.plan.approval import ApprovalRegister, Paper, PlanState
from retinue.plan.restrictions import leg_restrictions
from retinue.traffic.path_answer import answer_faults
from retinue.traffic.register_requests import sent_names, submitted_requests

if TYPE_CHECKING:
    from retinue.plan import Plan

__all__ = ["check_despite", "offer_deviations", "still_open"]

#: So many deviations are told in an error.
_TOLD = 5


def offer_deviations(
    register: ApprovalRegister, plan: Plan, papers: Sequence[Paper]
) -> tuple[str, ...]:
    """Return where the offer that would be accepted is not what was asked for."""
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
    asked = submitted_requests(register, plan)
    return answer_faults(asked, offered.papers, sent_names(register, asked))


def still_open(register: ApprovalRegister, plan: Plan) -> tuple[str, ...]:
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


def check_despite(deviations: Sequence[str], despite: str, state: PlanState, step: str) -> None:
    """Refuse deviations that nobody gives a reason for, and a reason for none.

    Raises
    ------
    InputError
        With the first deviations.
    """
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
            where=f"--{step}",
            cure='Ask again, or say why it will do: --despite "REASON".',
        )
    if not reason.isprintable() or len(reason) > 500:
        raise InputError("the reason cannot be printed, or is too long", where="--despite")
