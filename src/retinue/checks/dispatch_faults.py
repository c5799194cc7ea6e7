"""What can be wrong with a dispatching solution: the kinds by name, and one fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["KINDS", "DispatchFault", "printable"]

#: Every kind of fault and the rule that it breaks, in the order of the specification.
KINDS: dict[str, str] = {
    "malformed-problem": "the problem file does not follow the DISPLIB format",
    "malformed-solution": "the solution file does not follow the DISPLIB format",
    "negative-time": "times are not negative",
    "fractional-time": "times are integers",
    "unknown-train": "an event names a train of the problem",
    "unknown-operation": "an event names an operation of its train",
    "time-order": "no event is earlier than one listed before it",
    "missing-train": "every train runs",
    "repeated-operation": "a train starts an operation once at most",
    "wrong-entry": "a train begins with its entry operation",
    "broken-path": "each operation is followed by one of its successors",
    "unfinished": "a train ends with its exit operation",
    "early-start": "no operation starts before its lower bound",
    "late-start": "no operation starts after its upper bound",
    "short-duration": "an operation lasts its minimum duration at least",
    "resource-conflict": "a resource is held by one train at a time",
    "instant-order": "a resource given up and taken at one instant is given up first in the list",
    "swap": "trains do not exchange resources in a ring at one instant",
    "held-at-exit": "what an exit operation holds is never given up",
    "release-time": "a resource rests for its release time before another train takes it",
    "wrong-objective": "the objective value is that of the events",
}


@dataclass(frozen=True, slots=True)
class DispatchFault:
    """One rule that a solution breaks, and where.

    Attributes
    ----------
    kind
        One of `KINDS`.
    words
        The fault in one sentence with its figures.
    event
        Place in the solution's list of events, counted from 0.
    train, operation
        Indices into the problem, where the fault is about one.
    time
        Time of the event, in the problem's unit.
    resource
        Name of the resource fought over.
    """

    kind: str
    words: str
    event: int | None = None
    train: int | None = None
    operation: int | None = None
    time: int | None = None
    resource: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the fault as ``--json`` prints it, with the rule in words."""
        return {
            "kind": self.kind,
            "rule": KINDS[self.kind],
            "words": printable(self.words),
            "event": self.event,
            "train": self.train,
            "operation": self.operation,
            "time": self.time,
            "resource": None if self.resource is None else printable(self.resource),
        }


def printable(text: str) -> str:
    """Return text that no terminal or pipe stumbles over: names come from a foreign file."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
