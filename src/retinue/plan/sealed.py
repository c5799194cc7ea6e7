"""A document that carries its own hash: what provisioning and protection have in common."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Self

from pydantic import PrivateAttr

from retinue.plan.records import PlanRecord

__all__ = ["SealedDocument", "digest_of"]


def digest_of(record: dict[str, Any]) -> str:
    """Return the SHA-256 of a document as JSON values, its own ``hash`` left out."""
    text = json.dumps(
        record | {"hash": ""}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class SealedDocument(PlanRecord):
    """A document beside a plan; its kind has the field ``hash``."""

    model_config = PlanRecord.model_config | {"populate_by_name": True}

    #: JSON values as they were sealed: large documents are written as soon as they are made.
    _sealed: dict[str, Any] | None = PrivateAttr(default=None)

    def __eq__(self, other: object) -> bool:
        """Return whether both hold the same: what is remembered of the sealing does not count."""
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy, which is not sealed any more."""
        copy = super().model_copy(update=update, deep=deep)
        copy._sealed = None
        return copy

    def as_dict(self) -> dict[str, Any]:
        """Return the document as JSON values."""
        return self.model_dump(mode="json", by_alias=True)

    def digest(self) -> str:
        """Return the SHA-256 of the canonical document without ``hash``."""
        return digest_of(self.as_dict())

    def sealed(self) -> Self:
        """Return the document with its hash filled in."""
        record = self.as_dict()
        digest = digest_of(record)
        found = self.model_copy(update={"hash": digest})
        found._sealed = record | {"hash": digest}
        return found

    def to_json(self) -> str:
        """Return the text of its file, or of what its annex encrypts."""
        record = self.as_dict() if self._sealed is None else self._sealed
        return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
