"""Facts carry their source and confidence: the base of every record in a data file.

A record has one ``source`` and one ``confidence``; where a single value stands
on other ground, ``basis`` names it::

    - between: [Kowon, Hamhung]
      line speed: 45 km/h
      tracks: 1
      source: operator-timetable-2010
      confidence: M
      basis:
        line speed: {source: estimate, confidence: assumed}
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Basis", "Confidence", "Record", "SourcedRecord"]

#: H named source with a clear number, M one press source or small inference,
#: L weak, K general knowledge without a source at hand, assumed nobody published it.
Confidence = Literal["H", "M", "L", "K", "assumed"]


class Record(BaseModel):
    """A strict, frozen record; keys in files may be written with spaces."""

    # A validator is built when a file is first read: most commands read few kinds.
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        defer_build=True,
        populate_by_name=True,
        alias_generator=lambda name: name.rstrip("_").replace("_", " "),
    )


class Basis(Record):
    """What one value stands on."""

    source: str
    confidence: Confidence


class SourcedRecord(Record):
    """A record whose values have a source and a confidence."""

    source: str
    confidence: Confidence
    basis: dict[str, Basis] = Field(default_factory=dict)

    def basis_of(self, field: str) -> Basis:
        """Return the ground of one value: its own basis or the record's."""
        key = self._key_of(field)
        return self.basis.get(key) or Basis(source=self.source, confidence=self.confidence)

    @classmethod
    def _key_of(cls, field: str) -> str:
        """Return the key of a field as files write it."""
        known = cls.model_fields.get(field)
        return (known.alias if known is not None else None) or field.replace("_", " ")

    def assumed(self) -> list[str]:
        """Return the names (with spaces) of the values that nobody published."""
        if self.confidence == "assumed":
            written = [
                self._key_of(name)
                for name in self.model_fields_set
                if name not in {"source", "confidence", "basis"}
            ]
            return sorted(n for n in written if self.basis_of(n).confidence == "assumed")
        return sorted(k for k, basis in self.basis.items() if basis.confidence == "assumed")
