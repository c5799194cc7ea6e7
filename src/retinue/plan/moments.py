"""Moments on which a conflict hangs: the fraction of a second is kept."""

from __future__ import annotations

from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from retinue.clock import from_iso, iso_utc

__all__ = ["Second"]


def _read(value: object) -> float:
    """Read Unix seconds or ISO 8601; a fraction of a second stays."""
    return from_iso(value) if isinstance(value, str) else float(value)  # type: ignore[arg-type]


#: Unix seconds in memory.  A file holds ISO 8601 where the moment is a whole second, else the
#: number, so that reading gives the same again.
Second = Annotated[
    float,
    PlainValidator(_read),
    PlainSerializer(lambda v: iso_utc(v) if v == round(v) else v),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "number"}]}),
]
