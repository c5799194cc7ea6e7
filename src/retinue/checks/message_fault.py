"""One fault of a flight plan message."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MessageFault"]


@dataclass(frozen=True)
class MessageFault:
    """A rule that a message breaks.

    Attributes
    ----------
    field
        Field type of ICAO Doc 4444, Appendix 3: ``7``, ``15``, ``18`` ...
    rule
        What the field must be, with what stands there.
    """

    field: str
    rule: str

    def __str__(self) -> str:
        return f"field {self.field}: {self.rule}"
