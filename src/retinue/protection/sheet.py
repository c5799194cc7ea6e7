"""A sheet that is handed to one reader: rows of times and words, as text and as a record.

::

    RESTRICTED                              the body: what its hash is taken of
    ORDER TO A CROSSING
    Mill Lane (50.9542, 6.9382)

    Passage
      Mon 4 May 2026, UTC+02                written once a day, and when the offset changes
      be there from           09:38
      first head expected     09:48         between 09:47 and 09:49
    ----------------------------------------
    Version 2   sheet 3f9a...               the hash of the body, and nothing else's

Times are whole minutes, rounded to the safe side by whoever writes the row (`early`, `late`).
"""

from __future__ import annotations

import hashlib
import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from retinue.clock import MONTHS, iso_utc, local, offset_text

__all__ = ["ACKNOWLEDGE", "ONLY_FOR", "Row", "Section", "Sheet", "early", "late", "near", "span"]

ACKNOWLEDGE = (
    "Received and understood:  name ..............  time ..............  signed .............."
)
ONLY_FOR = "Only for the reader named above. Give it back or destroy it when it is recalled."
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LABEL_AT_MOST = 40
_WIDTH = 92
_BLANK = "..............................."


def early(time_s: float) -> float:
    """Return the whole minute at or before a moment: nobody is told to act later than due."""
    return math.floor(time_s / 60) * 60.0


def late(time_s: float) -> float:
    """Return the whole minute at or after a moment: nobody is told to leave earlier than due."""
    return math.ceil(time_s / 60) * 60.0


def near(time_s: float) -> float:
    """Return the nearest whole minute."""
    return math.floor(time_s / 60 + 0.5) * 60.0


@dataclass(frozen=True)
class Row:
    """One line.

    Attributes
    ----------
    label
        What it is about.
    at, until
        Whole minutes, Unix seconds; a row may have none, one or both.
    zone
        Of the reader.
    text
        More words.
    blank
        Whether the reader fills it in.
    """

    label: str
    at: float | None = None
    until: float | None = None
    zone: str = "UTC"
    text: str = ""
    blank: bool = False


@dataclass(frozen=True)
class Section:
    """Rows under a heading."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Sheet:
    """What one reader is handed."""

    title: str
    whom: str
    sections: tuple[Section, ...]

    def body(self) -> str:
        """Return the text without its footer."""
        head = ["RESTRICTED", self.title, *([self.whom] if self.whom else [])]
        return "\n".join([*head, *_body_lines(self.sections)]) + "\n"

    @property
    def sha256(self) -> str:
        """Hash of the body: names this sheet and nothing else."""
        return hashlib.sha256(self.body().encode("utf-8")).hexdigest()

    def text(self, version: int) -> str:
        """Return the sheet as it is handed over."""
        return (
            f"{self.body()}\n{'-' * 40}\nVersion {version}   sheet {self.sha256}\n"
            f"{ACKNOWLEDGE}\n{ONLY_FOR}\n"
        )

    def record(self, version: int) -> dict[str, Any]:
        """Return the sheet as JSON values."""
        return {
            "schema": "retinue-extract/1",
            "title": self.title,
            "whom": self.whom,
            "version": version,
            "sheet": self.sha256,
            "sections": [
                {
                    "heading": section.heading,
                    "rows": [_row_record(row) for row in section.rows],
                }
                for section in self.sections
            ],
            "acknowledge": ACKNOWLEDGE,
            "only_for": ONLY_FOR,
        }


def span(label: str, low: float, high: float, zone: str, text: str = "") -> Row:
    """Return a row from one moment to another, rounded outwards."""
    return Row(label, early(low), late(high), zone, text)


def _day(moment: float, zone: str) -> str:
    there = local(moment, zone)
    return (
        f"{_DAYS[there.weekday()]} {there.day} {MONTHS[there.month - 1]} {there.year},"
        f" UTC{offset_text(moment, zone)}"
    )


def _clock(moment: float, zone: str) -> str:
    return f"{local(moment, zone):%H:%M}"


def _times(row: Row) -> str:
    if row.at is None:
        return ""
    if row.until is None:
        return _clock(row.at, row.zone)
    begin, end = _day(row.at, row.zone), _day(row.until, row.zone)
    other = "" if begin == end else f"  ({end})"
    return f"{_clock(row.at, row.zone)} to {_clock(row.until, row.zone)}{other}"


def _row_record(row: Row) -> dict[str, Any]:
    record: dict[str, Any] = {"label": row.label.strip()}
    if row.at is not None:
        record |= {"day": _day(row.at, row.zone), "time": _times(row), "utc": iso_utc(row.at)}
    if row.until is not None:
        record["until_utc"] = iso_utc(row.until)
    if row.text:
        record["text"] = row.text
    if row.blank:
        record["blank"] = True
    return record


def _body_lines(sections: Sequence[Section]) -> Iterator[str]:
    for section in sections:
        yield ""
        if section.heading:
            yield section.heading
        labels = [len(r.label) for r in section.rows if r.text or r.blank or r.at is not None]
        wide = min(max(labels, default=0), _LABEL_AT_MOST)
        clock = max((len(_times(r)) for r in section.rows if r.text), default=0)
        day = ""
        for row in section.rows:
            if row.at is not None and (new := _day(row.at, row.zone)) != day:
                day = new
                yield f"  {day}"
            yield from _row_lines(row, wide, clock)


def _row_lines(row: Row, wide: int, clock: int) -> Iterator[str]:
    if row.at is None and not row.blank and not row.text:
        yield from _wrapped("  ", row.label, 4)
        return
    first = f"  {row.label:<{wide}}  "
    if row.blank:
        yield first + _BLANK
    elif row.at is None:
        yield from _wrapped(first, row.text, len(first))
    elif not row.text:
        yield first + _times(row)
    else:
        first += f"{_times(row):<{clock}}  "
        yield from _wrapped(first, row.text, len(first))


def _wrapped(first: str, text: str, indent: int) -> list[str]:
    """Lay words out in lines; a reader's own text may be as long as it likes."""
    return textwrap.wrap(
        text,
        max(_WIDTH, len(first) + 32),
        initial_indent=first,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]
