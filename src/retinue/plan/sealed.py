"""A document that carries its own hash: what provisioning and protection have in common."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Self

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

    def as_dict(self) -> dict[str, Any]:
        """Return the document as JSON values."""
        return self.model_dump(mode="json", by_alias=True)

    def digest(self) -> str:
        """Return the SHA-256 of the canonical document without ``hash``."""
        return digest_of(self.as_dict())

    def sealed(self) -> Self:
        """Return the document with its hash filled in."""
        return self.model_copy(update={"hash": self.digest()})

    def to_json(self) -> str:
        """Return the text of its file, or of what its annex encrypts."""
        return json.dumps(self.as_dict(), ensure_ascii=False, separators=(",", ":")) + "\n"
