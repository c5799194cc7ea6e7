"""Extracts: what one recipient needs to know, and nothing else.

An extract is made from the recipient's own sites, windows and duties alone: no title, no names of
the party, no ends of the journey, no other site, no identifier of plan or annex.  So whatever
changes elsewhere leaves it byte for byte the same, and two recipients together learn the union.

What remains is what nobody can keep from a recipient: that something passes, when, and by the width
of a band about how far the forecast reaches back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from retinue.document import suggest
from retinue.errors import InputError
from retinue.protection.recipients import ROLES, recipients_of
from retinue.protection.sheets_of_command import office_sheet, order_sheet
from retinue.protection.sheets_of_lines import air_sheet, control_sheet, notice_sheet
from retinue.protection.sheets_of_places import (
    caterer_sheet,
    keeper_sheet,
    station_sheet,
    team_sheet,
)
from retinue.protection.sheets_on_board import (
    BOARD_ROLES,
    coach_sheet,
    goods_sections,
    kitchen_sheet,
    services_sheet,
    supplier_sheet,
)

if TYPE_CHECKING:
    from retinue.plan import Plan, Protection, Provision
    from retinue.protection.sheet import Sheet

__all__ = [
    "ALL_ROLES",
    "BOARD_ROLES",
    "ROLES",
    "Extract",
    "extract_for",
    "extracts_of",
    "file_stem",
    "known_role",
    "recipients",
]

_WRITERS: dict[str, Callable[[Plan, Protection, str], Sheet]] = {
    "crossing keeper": keeper_sheet,
    "station": station_sheet,
    "team leader": team_sheet,
    "caterer": caterer_sheet,
    "traffic control": control_sheet,
    "railway notice": notice_sheet,
    "air traffic": air_sheet,
    "principal's office": office_sheet,
    "security order": order_sheet,
}
_BOARD_WRITERS: dict[str, Callable[[Provision, str], Sheet]] = {
    "supplier": supplier_sheet,
    "coach attendant": coach_sheet,
    "kitchen": kitchen_sheet,
    "train services": services_sheet,
}

#: Those of a provisioned journey after the others.
ALL_ROLES = (*ROLES, *BOARD_ROLES)


@dataclass(frozen=True)
class Extract:
    """A sheet for one recipient.

    Attributes
    ----------
    role, whom
        The role, and which of its holders: a place, a team; empty where there is one only.
    sheet
        What is handed over, once the register has given it a version.
    """

    role: str
    whom: str
    sheet: Sheet

    @property
    def sha256(self) -> str:
        """Hash of the sheet: names what it says and nothing else."""
        return self.sheet.sha256

    @property
    def stem(self) -> str:
        """Name of its files without their ending, from role and recipient alone."""
        return file_stem(self.role, self.whom)

    def text(self, version: int) -> str:
        """Return the sheet as plain text."""
        return self.sheet.text(version)

    def record(self, version: int) -> dict[str, Any]:
        """Return the sheet as JSON values."""
        return {"role": self.role} | self.sheet.record(version)


def file_stem(role: str, whom: str) -> str:
    """Return a file name for a recipient: readable, and never shared by two.

    The six digits are a hash of role and recipient.
    """
    from anyascii import anyascii

    words = anyascii(f"{role} {whom}".strip()).casefold()
    kept = "".join(c if c.isascii() and c.isalnum() else "-" for c in words)
    mark = hashlib.sha256(f"{role}\0{whom}".encode()).hexdigest()[:6]
    return "-".join(part for part in kept.split("-") if part)[:72].rstrip("-") + f"-{mark}"


def known_role(role: str) -> str:
    """Return a role.

    Raises
    ------
    InputError
        Where there is no such role.
    """
    if role not in ALL_ROLES:
        raise InputError(
            f'"{role}" is not a role',
            where="--role",
            cure=suggest(role, ALL_ROLES) or f"Known: {', '.join(ALL_ROLES)}.",
        )
    return role


def recipients(
    plan: Plan, protection: Protection, role: str, provision: Provision | None = None
) -> tuple[str, ...]:
    """Return the recipients of a role; those on board only of a provisioned journey.

    Raises
    ------
    InputError
        For an unknown role.
    """
    return recipients_of(plan, protection, known_role(role), provision)


def extract_for(
    plan: Plan,
    protection: Protection,
    role: str,
    whom: str = "",
    provision: Provision | None = None,
) -> Extract:
    """Return the extract of one recipient.

    Raises
    ------
    InputError
        For an unknown role or recipient.
    """
    known = recipients(plan, protection, role, provision)
    if not known:
        bare = provision is None and role in BOARD_ROLES
        raise InputError(
            f"this journey has nobody for the role {role}"
            + (": it is not provisioned" if bare else ""),
            where="--role",
            cure="Provision it first: retinue provision PLAN."
            if bare
            else "See who there is: retinue extracts PLAN --list.",
        )
    if whom not in known:
        raise InputError(
            f'"{whom}" is no {role} of this journey' if whom else f"which {role}?",
            where="--whom",
            cure=suggest(whom, known) or "Known: " + "; ".join(known) + ".",
        )
    return Extract(role, whom, _sheet(plan, protection, role, whom, provision))


def _sheet(
    plan: Plan, protection: Protection, role: str, whom: str, provision: Provision | None
) -> Sheet:
    if provision is not None and role in _BOARD_WRITERS:
        return _BOARD_WRITERS[role](provision, whom)
    sheet = _WRITERS[role](plan, protection, whom)
    if provision is not None and role == "caterer":
        goods = goods_sections(provision, whom)
        return replace(sheet, sections=(*goods, *sheet.sections))
    return sheet


def extracts_of(
    plan: Plan,
    protection: Protection,
    roles: Sequence[str] = ALL_ROLES,
    provision: Provision | None = None,
) -> tuple[Extract, ...]:
    """Return the extracts of every recipient of some roles."""
    return tuple(
        extract_for(plan, protection, role, whom, provision)
        for role in roles
        for whom in recipients(plan, protection, role, provision)
    )
