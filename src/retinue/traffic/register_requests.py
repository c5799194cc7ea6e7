"""The path requests that a register of approvals keeps: as submitted, as sent, as booked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from retinue.plan.approval import REGISTER_FILE, ApprovalRegister
from retinue.traffic.path_csv import read_path_csv
from retinue.traffic.path_process import names_of_sent, parts_of
from retinue.traffic.path_request import Leeway, asked_of_plan

if TYPE_CHECKING:
    from retinue.plan import Plan
    from retinue.traffic.path_message import PathMessage

__all__ = ["kept", "sent_names", "submitted_requests"]


def submitted_requests(register: ApprovalRegister, plan: Plan) -> tuple[PathMessage, ...]:
    """Return what was asked for when the plan was submitted; what it asks for, where it was not."""
    sheet = register.sheet("asked")
    if sheet:
        return read_path_csv(sheet, f"{REGISTER_FILE}: requests")
    return asked_of_plan(plan, Leeway(register.tolerance_before_s, register.tolerance_after_s))


def kept(register: ApprovalRegister, which: Literal["sent", "booked"]) -> tuple[PathMessage, ...]:
    """Return the requests that are sent and not booked, or booked, one a part."""
    sheet = register.sheet(which)
    return read_path_csv(sheet, f"{REGISTER_FILE}: requests") if sheet else ()


def sent_names(register: ApprovalRegister, asked: Sequence[PathMessage]) -> dict[str, str]:
    """Return by the name under which a request was sent the name that its content has."""
    sent = kept(register, "sent") or kept(register, "booked")
    return names_of_sent(parts_of(asked), sent)
