"""Errors that a person can act on: what is wrong, where, and how to mend it.

Every error that reaches a user is one of these.  The command line prints the
sentence, the place and the cure, and leaves with the class's exit code; a
traceback is always a defect of Retinue itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["CheckFailed", "InputError", "NoPlan", "Reason", "RetinueError"]


@dataclass(frozen=True)
class Reason:
    """One thing that stands in the way of a plan.

    Attributes
    ----------
    what
        The obstacle in one sentence, with place and numbers.
    where
        Place, chainage or coordinates; empty where the sentence says it all.
    cure
        What would make it possible.
    kind
        A stable word for programs, e.g. ``gauge``, ``coupler``, ``axle-load``,
        ``power``, ``effort``, ``no-route``, ``runway``, ``range``,
        ``closed-country``, ``closed-border``.
    """

    what: str
    where: str = ""
    cure: str = ""
    kind: str = ""


class RetinueError(Exception):
    """Base of all errors shown to a user.

    Parameters
    ----------
    message
        One sentence without a trailing cure.
    where
        ``file.yaml:12: rail.train`` or a place; empty when nothing is to be named.
    cure
        What the user can do about it.
    """

    exit_code = 1

    def __init__(self, message: str, *, where: str = "", cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.cure = cure

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}  {self.cure}" if self.cure else text

    def as_dict(self) -> dict[str, object]:
        """Return the ``{error, where, cure}`` form that ``--json`` prints."""
        return {"error": self.message, "where": self.where, "cure": self.cure}


class InputError(RetinueError):
    """Something the user wrote cannot be used (exit code 2)."""

    exit_code = 2


class NoPlan(RetinueError):
    """The input is sound but nothing feasible exists (exit code 3)."""

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        reasons: Sequence[Reason] = (),
        where: str = "",
        cure: str = "",
    ) -> None:
        super().__init__(message, where=where, cure=cure)
        self.reasons = tuple(reasons)

    def __str__(self) -> str:
        lines = [super().__str__()]
        for reason in self.reasons:
            place = f"{reason.where}: " if reason.where else ""
            lines.append(f"  {place}{reason.what}")
            if reason.cure:
                lines.append(f"  Cure: {reason.cure}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, object]:
        """Return ``{error, where, cure, reasons}``."""
        return super().as_dict() | {
            "reasons": [
                {"what": r.what, "where": r.where, "cure": r.cure, "kind": r.kind}
                for r in self.reasons
            ]
        }


class CheckFailed(RetinueError):
    """An independent checker found faults in a finished plan (exit code 4)."""

    exit_code = 4
