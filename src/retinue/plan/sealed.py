"""A document that carries its own hash: what provisioning and protection have in common."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Self

from pydantic import PrivateAttr

from retinue.plan.records import PlanRecord

__all__ = ["SealedDocument", "text_digest"]

#: Of a document that is not sealed yet; inside of a word its quotes would be escaped.
_BARE = '"hash":""'


def text_digest(text: str, digest: str) -> str:
    """Return the digest of a document from the text of its file, where that was never rewritten.

    Parameters
    ----------
    digest
        What the document says of itself, left out of what is digested.
    """
    bare = text.rstrip("\n").replace(f'"hash":"{digest}"', _BARE, 1)
    return hashlib.sha256(bare.encode("utf-8", "surrogatepass")).hexdigest()


class SealedDocument(PlanRecord):
    """A document beside a plan; its kind has the field ``hash``."""

    model_config = PlanRecord.model_config | {"populate_by_name": True}

    #: The text that was sealed: large documents are written as soon as they are made.
    _sealed: str | None = PrivateAttr(default=None)

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
        """Return the SHA-256 of the document's text, its fields in their order, no ``hash``."""
        return text_digest(_text(self.as_dict() | {"hash": ""}), "")

    def is_sealed_by(self, text: str) -> bool:
        """Return whether its hash is that of the text it was read from, or of what it says."""
        # Most were never rewritten: no need to write them again to look at the hash.
        own: str = getattr(self, "hash", "")
        return own == text_digest(text, own) or own == self.digest()

    def sealed(self) -> Self:
        """Return the document with its hash filled in."""
        bare = _text(self.as_dict() | {"hash": ""})
        digest = text_digest(bare, "")
        found = self.model_copy(update={"hash": digest})
        found._sealed = bare.replace(_BARE, f'"hash":"{digest}"', 1)
        return found

    def to_json(self) -> str:
        """Return the text of its file, or of what its annex encrypts."""
        text = _text(self.as_dict()) if self._sealed is None else self._sealed
        return text + "\n"


def _text(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))
