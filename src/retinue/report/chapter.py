"""A chapter: tables, pictures and remarks in their order, before they are set or shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from retinue.plan.records import Note
from retinue.report.table import Table

__all__ = ["Chapter", "Part", "Picture", "remarks"]


@dataclass(frozen=True)
class Picture:
    """A drawing under a title, with a sentence that explains its signs."""

    title: str
    svg: str
    note: str = ""


Part = Table | Picture | Note | str


@dataclass(frozen=True)
class Chapter:
    """Parts under a title; words stand as a paragraph."""

    title: str
    parts: tuple[Part, ...]

    def content(self) -> dict[str, Any]:
        """Return the chapter as JSON values for the typesetter."""
        return {"title": self.title, "parts": [_content(part) for part in self.parts]}


def remarks(notes: tuple[Note, ...]) -> list[dict[str, Any]]:
    """Return notes as JSON values, warnings first; those on one subject share a paragraph."""
    texts: dict[tuple[bool, str, str], list[str]] = {}
    for note in sorted(notes, key=lambda one: one.level != "warning"):
        texts.setdefault((note.level == "warning", note.subject, note.source), []).append(note.text)
    return [
        {"warning": warning, "subject": subject, "text": "; ".join(words), "source": source}
        for (warning, subject, source), words in texts.items()
    ]


def _content(part: Part) -> dict[str, Any]:
    match part:
        case Table():
            return {"kind": "table"} | part.content()
        case Picture():
            return {"kind": "picture", "title": part.title, "svg": part.svg, "note": part.note}
        case Note():
            return {"kind": "remark"} | remarks((part,))[0]
        case _:
            return {"kind": "words", "text": part}
