"""Extracts, read as their reader would: a sheet tells no more than the reader's own records hold.

The text alone is parsed, token by token: moments, positions, names, identifiers and every other
number.  What the reader may know is gathered here from the records; nothing of the protection room
is used.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from retinue.checks.finding import Finding
from retinue.checks.readers import Known, foreign_names, identifiers, known_to, secrets_of
from retinue.checks.readers_on_board import ON_BOARD, foreign_on_board, known_on_board
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan import Plan, Protection, Provision

__all__ = ["check_extract", "check_extracts"]

#: Readers of one place; those of a line may know its points; the others know the journey.
OF_A_PLACE = ("crossing keeper", "station", "team leader", "caterer")
OF_A_LINE = ("railway notice", "traffic control", "air traffic")
_RULE = "\n" + "-" * 40
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = re.compile(
    r"(?P<week>Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?P<day>\d{1,2}) (?P<month>[A-Z][a-z]{2})"
    r" (?P<year>\d{4}), UTC(?P<sign>[+-])(?P<hours>\d{2})(:(?P<minutes>\d{2}))?"
)
_CLOCK = re.compile(r"(?<![\d:.])(\d{2}):(\d{2})(?![\d:])")
_POSITION = re.compile(r"\(?(-?\d{1,2}\.\d{3,}), ?(-?\d{1,3}\.\d{3,})\)?")
_CHAINAGE = re.compile(r"\bkm ?\d|\d ?km\b", re.IGNORECASE)
_HEX = re.compile(r"\b[0-9a-f]{10,64}\b")
_PATH = re.compile(r"https?:|[\w.-]+@[\w.-]+|(?<!\w)/\w+/|\.(?:ya?ml|json|retinue|log)\b")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)?(?![\w])")
_SLACK_S = 60.0
_COMES_BEFORE_S = 3 * 3600.0


def check_extracts(
    plan: Plan,
    protection: Protection,
    sheets: Iterable[tuple[str, str, str]],
    provision: Provision | None = None,
) -> Finding:
    """Check sheets, each as (role, whom, text)."""
    listed = list(sheets)
    faults = [
        f"{f'{role} {whom}'.strip()}: {fault}"
        for role, whom, text in listed
        for fault in check_extract(plan, protection, role, whom, text, provision)
    ]
    return Finding("extracts", counted(len(listed), "sheet"), tuple(faults))


def check_extract(
    plan: Plan,
    protection: Protection,
    role: str,
    whom: str,
    text: str,
    provision: Provision | None = None,
) -> tuple[str, ...]:
    """Return what is wrong with one sheet, one sentence each."""
    faults = list(_frame(text))
    if role not in (*OF_A_PLACE, *OF_A_LINE, *ON_BOARD):
        return tuple(faults)
    body = text.partition(_RULE)[0]
    known = Known(names={whom}) if role in ON_BOARD else known_to(plan, protection, role, whom)
    if provision is not None:
        known_on_board(provision, role, whom, known)
    rest = _without(body, known)
    told = _one_line(_DAY.sub(" ", rest))
    faults += [f"names {what}" for what, word in secrets_of(plan) if _holds(told, word)]
    faults += [
        f"holds the identifier {word}"
        for word in identifiers(plan, protection)
        if _holds(told, word)
    ]
    faults += [f'holds "{hit}", which leads to a file or a person' for hit in _PATH.findall(body)]
    faults += [f"holds the hash {hit}" for hit in _HEX.findall(body)]
    if role in (*OF_A_PLACE, *ON_BOARD):
        faults += _tokens(rest, known)
        faults += [
            f'names "{name}", which is not the reader\'s'
            for name in foreign_names(plan, protection, known)
            if _holds(told, name)
        ]
    if provision is not None and role in (*ON_BOARD, "caterer"):
        faults += [
            f'names "{name}", which is not the reader\'s'
            for name in foreign_on_board(provision, known)
            if _holds(told, name)
        ]
    return tuple(dict.fromkeys(faults))


def _frame(text: str) -> Iterator[str]:
    """Yield what is wrong with head and footer."""
    if not text.startswith("RESTRICTED\n"):
        yield "does not say that it is restricted"
    body, rule, footer = text.partition(_RULE)
    found = re.match(r"\nVersion (\d+)   sheet ([0-9a-f]{64})\n", footer)
    if not rule or found is None:
        yield "has no version and hash in its footer"
        return
    if found[2] != hashlib.sha256(body.encode("utf-8")).hexdigest():
        yield "does not have the hash that its footer states"
    rest = footer[found.end() :]
    if _HEX.search(rest) or _CLOCK.search(rest) or _POSITION.search(rest):
        yield "tells something behind its footer"
    if "Received and understood" not in rest:
        yield "asks for no acknowledgement"


def _without(body: str, known: Known) -> str:
    """Return the text without the reader's own names, the longest first."""
    for name in sorted(known.names, key=len, reverse=True):
        words = r"\s+".join(re.escape(word) for word in name.split())
        if words:
            body = re.sub(rf"(?<!\w){words}(?!\w)", " ", body)
    return body


def _one_line(text: str) -> str:
    return " ".join(text.split()).casefold()


def _holds(told: str, word: str) -> bool:
    """Return whether a word or name stands in a text, however its lines are broken."""
    name = _one_line(word)
    if not name or name not in told:
        return False
    return re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", told) is not None


def _tokens(rest: str, known: Known) -> Iterator[str]:
    """Yield every moment, position and number that is not the reader's."""
    for found in _POSITION.finditer(rest):
        place = round(float(found[1]), 4), round(float(found[2]), 4)
        if place not in known.positions:
            yield f"holds the position {place}, which is not the reader's"
    rest = _POSITION.sub(" ", rest)
    if _CHAINAGE.search(rest):
        yield "tells a distance along the journey"
    yield from _moments(rest, known)
    rest = _CLOCK.sub(" ", _DAY.sub(" ", rest))
    for number in dict.fromkeys(_NUMBER.findall(rest)):
        if number not in known.numbers:
            yield f"holds the number {number}, which no record of the reader has"


def _moments(text: str, known: Known) -> Iterator[str]:
    day: re.Match[str] | None = None
    for line in text.splitlines():
        whole = _DAY.fullmatch(line.strip())
        if whole is not None:
            day = whole
            continue
        # "23:50 to 00:10  (Tue 5 May 2026, UTC+02)": the day in brackets is the second time's.
        behind = _DAY.search(line)
        clocks = list(_CLOCK.finditer(line))
        for number, clock in enumerate(clocks):
            held = behind if behind is not None and number == len(clocks) - 1 else day
            moment = _moment(held, clock)
            if moment is None:
                yield f"tells the time {clock[0]} without its day"
            elif not _own(moment, known, "be there" in line):
                yield f"tells the moment {moment:%Y-%m-%d %H:%M}Z, which is not the reader's"


def _moment(day: re.Match[str] | None, clock: re.Match[str]) -> datetime | None:
    if day is None or day["month"] not in _MONTHS:
        return None
    off = timedelta(hours=int(day["hours"]), minutes=int(day["minutes"] or 0))
    try:
        there = datetime(
            int(day["year"]), _MONTHS.index(day["month"]) + 1, int(day["day"]),
            int(clock[1]), int(clock[2]), tzinfo=UTC,
        )  # fmt: skip
    except ValueError:
        return None
    return there - off if day["sign"] == "+" else there + off


def _own(moment: datetime, known: Known, comes: bool) -> bool:
    at = moment.timestamp()
    if any(abs(at - own) <= _SLACK_S for own in known.moments):
        return True
    # When to come is no record's moment: it must only lie before the passage.
    return comes and any(0.0 <= own - at <= _COMES_BEFORE_S for own in known.moments)
