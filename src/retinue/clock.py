"""Moments that always know their zone, and how they are written.

Inside, a moment is Unix seconds (float, UTC).  On paper it is local time with
its offset; in files it is ISO 8601 with ``Z``, whole seconds.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = [
    "duration_text",
    "from_iso",
    "iso_utc",
    "local",
    "local_text",
    "offset_text",
    "parse_moment",
    "zone",
]

_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})[ T](?P<hour>\d{1,2}):(?P<minute>\d{2})(:(?P<second>\d{2}))?"
    r"\s*(?P<zone>Z|UTC|[-+]\d{2}(:?\d{2})?|[A-Za-z]+(?:/[A-Za-z0-9_+\-]+)+)?"
)

# Before, clocks had no zones; after, nobody plans, and sums must stay dates.
_EARLIEST_YEAR, _LATEST_YEAR = 1880, 2200

#: Moments whose words are kept: a document names the same ones over and over.
_KEPT = 1 << 15

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@cache
def zone(name: str) -> ZoneInfo:
    """Return the dated zone of an IANA name.

    Raises
    ------
    ValueError
        Where no such zone exists.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f'there is no time zone "{name}"; write an IANA name such as Asia/Pyongyang'
        ) from error


def parse_moment(text: str, default_zone: str | None = None) -> float:
    """Read a date and time.

    Accepted: ``2023-09-10 17:30``, with an optional zone as IANA name,
    offset (``+09``, ``+08:30``), ``Z`` or ``UTC``.

    Parameters
    ----------
    text
        What the user wrote.
    default_zone
        The zone that holds where the text names none.

    Returns
    -------
    float
        Unix seconds.

    Raises
    ------
    ValueError
        Where the text is no moment, names no zone and no default holds, or
        names a local time that does not exist or exists twice.
    """
    match = _MOMENT.fullmatch(text.strip())
    if not match:
        raise ValueError(
            f'"{text}" is not a date and time; write e.g. "2023-09-10 17:30 Asia/Pyongyang"'
        )
    try:
        naive = datetime.fromisoformat(match["date"]) + timedelta(
            hours=_bounded(match["hour"], 23),
            minutes=_bounded(match["minute"], 59),
            seconds=_bounded(match["second"] or "0", 59),
        )
    except ValueError as error:
        raise ValueError(f'"{text}" is not a date and time that exists') from error
    if not _EARLIEST_YEAR <= naive.year <= _LATEST_YEAR:
        raise ValueError(f'"{text}" lies outside the years {_EARLIEST_YEAR} to {_LATEST_YEAR}')
    named = match["zone"] or default_zone
    if named is None:
        raise ValueError(f'"{text}" names no zone; add one, e.g. "{text} Asia/Pyongyang"')
    if named in ("Z", "UTC"):
        return naive.replace(tzinfo=UTC).timestamp()
    if named[0] in "+-":
        digits = named[1:].replace(":", "")
        offset = int(digits[:2]) * 3600 + int(digits[2:] or 0) * 60
        return naive.replace(tzinfo=UTC).timestamp() - (offset if named[0] == "+" else -offset)
    return _zoned(naive, zone(named), text).timestamp()


def _bounded(digits: str, most: int) -> int:
    number = int(digits)
    if number > most:
        raise ValueError(digits)
    return number


def _zoned(naive: datetime, area: ZoneInfo, text: str) -> datetime:
    early, late = naive.replace(tzinfo=area, fold=0), naive.replace(tzinfo=area, fold=1)
    if early.utcoffset() == late.utcoffset():
        return early
    back = datetime.fromtimestamp(early.timestamp(), area).replace(tzinfo=None)
    if back != naive:
        raise ValueError(
            f'"{text}" does not exist: the clocks in {area.key} skip it; add an offset'
        )
    raise ValueError(f'"{text}" happens twice in {area.key}; add an offset, e.g. +02:00')


def local(moment: float, zone_name: str) -> datetime:
    """Return the aware local datetime of a moment, rounded to whole seconds."""
    return datetime.fromtimestamp(round(moment), zone(zone_name))


def offset_text(moment: float, zone_name: str) -> str:
    """Return the offset as ``+09`` or ``+08:30``."""
    offset = local(moment, zone_name).utcoffset() or timedelta()
    total = int(offset.total_seconds() // 60)
    sign, total = ("-", -total) if total < 0 else ("+", total)
    hours, minutes = divmod(total, 60)
    return f"{sign}{hours:02d}:{minutes:02d}" if minutes else f"{sign}{hours:02d}"


def local_text(moment: float, zone_name: str, *, date: bool = True, offset: bool = True) -> str:
    """Return ``10 Sep 17:30 +09``, to the nearest minute."""
    minute = round(moment / 60) * 60
    there = local(minute, zone_name)
    day = f"{there.day:2d} {MONTHS[there.month - 1]} " if date else ""
    end = f" {offset_text(minute, zone_name)}" if offset else ""
    return f"{day}{there:%H:%M}{end}"


def duration_text(seconds: float) -> str:
    """Return ``29 h 05``, or ``12 min`` below an hour."""
    minutes = round(abs(seconds) / 60)
    sign = "-" if seconds < 0 and minutes else ""
    hours, rest = divmod(minutes, 60)
    return f"{sign}{hours} h {rest:02d}" if hours else f"{sign}{rest} min"


@lru_cache(maxsize=_KEPT)
def iso_utc(moment: float) -> str:
    """Return ``2023-09-10T08:30:00Z``."""
    return datetime.fromtimestamp(round(moment), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=_KEPT)
def from_iso(text: str) -> float:
    """Read ``2023-09-10T08:30:00Z`` back to Unix seconds."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
