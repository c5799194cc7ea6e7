"""Contacts: persons behind roles, in a protected file of their own that no plan holds."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from retinue.document import read_yaml, validate
from retinue.errors import InputError
from retinue.sourced import Record
from retinue.world.catalogue import find_file, shown_as

if TYPE_CHECKING:
    from retinue.plan import Protection

__all__ = ["Contact", "load_contacts", "roles_of", "unfilled_roles"]

KIND = "contacts"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Contact(Record):
    """Who fills a role."""

    name: str = Field(min_length=1)
    telephone: str = Field(min_length=3)
    second: str = ""
    call_sign: str = ""


class _ContactFile(Record):
    retinue_contacts: Literal[1]
    roles: dict[str, Contact | None]


def load_contacts(name: str, folder: Path | None, *, where: str = "") -> dict[str, Contact]:
    """Load the persons by role; a role without a person is left out.

    Raises
    ------
    InputError
        For any fault, and where others than its owner may read the file.
    """
    path = find_file(KIND, name, folder, what="contacts", where=where)
    if os.name == "posix" and path.stat().st_mode & _OTHERS:
        raise InputError(
            "others than its owner may read this file of contacts",
            where=str(path),
            cure=f"chmod 600 {path}",
        )
    node = read_yaml(path, shown_as(path))
    file = validate(node, _ContactFile)
    return {role: contact for role, contact in file.roles.items() if contact is not None}


def roles_of(protection: Protection) -> tuple[str, ...]:
    """Return every role that the protection of a journey speaks of, in alphabetical order."""
    roles = {d.owner for d in protection.decisions} | {d.deputy for d in protection.decisions}
    roles |= {c.emergency.decides for c in protection.closures}
    roles |= {t.request_to for t in protection.tasks if t.request_to}
    roles |= {s.contact for d in protection.duties for s in d.steps if s.contact}
    roles |= {w.owner for w in protection.weaknesses}
    return tuple(sorted(roles))


def unfilled_roles(protection: Protection, contacts: dict[str, Contact]) -> tuple[str, ...]:
    """Return the roles that nobody fills; a frozen plan may have none."""
    return tuple(role for role in roles_of(protection) if role not in contacts)
