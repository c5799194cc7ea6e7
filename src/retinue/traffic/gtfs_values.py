"""Values as a feed writes them: times of the day beyond 24 h, dates, coordinates."""

from __future__ import annotations

import math
import re
from datetime import date
from functools import lru_cache

__all__ = ["clock_text", "coordinate", "day_of", "is_rail", "seconds_of_day"]

_TIME = re.compile(r"\s*(\d{1,3}):(\d{2}):(\d{2})\s*")
#: A trip that runs for longer than this is a slip of the pen: the Sydney - Perth train takes 65 h,
#: Moscow - Pyongyang runs eight days.
_LONGEST_H = 24 * 14
_RAIL = frozenset({2, *range(100, 118)})


@lru_cache(maxsize=1 << 15)
def seconds_of_day(text: str) -> int | None:
    """Return the seconds since noon minus 12 h of the service day, of ``25:10:00``.

    Returns
    -------
    int | None
        None for a text that is no time.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds = (int(part) for part in match.groups())
    if minutes > 59 or seconds > 59 or hours > _LONGEST_H:
        return None
    return hours * 3600 + minutes * 60 + seconds


def clock_text(seconds: float) -> str:
    """Return ``25:10:00`` of seconds of a service day."""
    whole = round(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


@lru_cache(maxsize=1 << 12)
def day_of(text: str) -> date | None:
    """Return the date of ``20140131``; None for a text that is none."""
    text = text.strip()
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def coordinate(text: str, most: float) -> float | None:
    """Return degrees between ``-most`` and ``most``; None for anything else."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= most else None


def is_rail(route_type: int) -> bool:
    """Return whether a route type is rail: 2, or 100 to 117 of the extended types.

    Metro, tram and funicular (0, 1, 5, 7, 12, 400 ...) run on lines of their own.
    """
    return route_type in _RAIL
