"""Whether an aerodrome and a level are fit for the aircraft, beside the runways' lengths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.air.level import RVSM_M, flight_level
from retinue.clock import local_text
from retinue.errors import Reason

if TYPE_CHECKING:
    from retinue.air.request import AirRequest
    from retinue.world.aerodromes import Aerodrome

__all__ = ["Check", "ground_checks", "hours_reason", "level_check"]


@dataclass(frozen=True)
class Check:
    """One thing looked at.

    Attributes
    ----------
    ok
        None where it is not known.
    """

    subject: str
    what: str
    text: str
    ok: bool | None
    reason: Reason | None = None


def ground_checks(request: AirRequest, aerodrome: Aerodrome) -> tuple[Check, ...]:
    """Return the checks of wingspan and parking at an aerodrome."""
    card, day = request.card, request.day(aerodrome)
    name = aerodrome.name
    found: list[Check] = []
    letter = card.code_letter
    wide = f"span {card.span:.1f} m, code letter {letter or 'beyond F'}"
    if day.code_letter is None:
        found.append(Check(name, "wingspan", f"{wide}; the aerodrome's code is not stated", None))
    else:
        fits = letter != "" and letter <= day.code_letter
        reason = Reason(
            f"{card.name} has a {wide}, {name} takes letter {day.code_letter} at most",
            where=aerodrome.code,
            cure="Name another aerodrome or a smaller aircraft, or ask the aerodrome for a"
            " procedure and state the letter it then takes.",
            kind="wingspan",
        )
        text = f"{wide}; the aerodrome takes {day.code_letter}"
        found.append(Check(name, "wingspan", text, fits, None if fits else reason))
    if day.parking is None:
        found.append(Check(name, "parking", "stands for this type are not stated", None))
    else:
        fits = day.parking >= 1
        reason = Reason(
            f"{name} has no stand for {card.name}",
            where=aerodrome.code,
            cure="Name another aerodrome, or fly on to park elsewhere after setting down.",
            kind="parking",
        )
        text = f"{day.parking} stand{'s' if day.parking != 1 else ''} for this type"
        found.append(Check(name, "parking", text, fits, None if fits else reason))
    return tuple(found)


def level_check(request: AirRequest, altitude_m: float) -> Check:
    """Return the check of RVSM approval against the level flown."""
    card, approved = request.card, request.approved_rvsm
    level = f"{flight_level(altitude_m)} ({altitude_m:,.0f} m)"
    low, high = RVSM_M
    if not low - 1.0 <= altitude_m <= high + 1.0:
        text = f"{level} lies outside FL290 to FL410: no approval needed"
        return Check(request.title, "RVSM", text, True)
    if approved is None:
        return Check(request.title, "RVSM", f"{level}: the approval is not stated", None)
    if approved:
        return Check(request.title, "RVSM", f"{level}: approved", True)
    reason = Reason(
        f"{card.name} is not approved for reduced vertical separation, asked for is {level}",
        where=request.title,
        cure="Cruise at FL280 (8,534 m) or below, or state the approval with rvsm: true.",
        kind="rvsm",
    )
    return Check(request.title, "RVSM", f"{level}: not approved", False, reason)


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def hours_reason(
    request: AirRequest, aerodrome: Aerodrome, moment_s: float, zone: str, what: str
) -> Reason | None:
    """Return why an aerodrome is closed at a moment, None where open or not stated.

    Parameters
    ----------
    what
        ``departure`` or ``arrival``.
    """
    day = request.day(aerodrome)
    if day.opens is None and day.closes is None:
        return None
    from datetime import datetime
    from zoneinfo import ZoneInfo

    local = datetime.fromtimestamp(moment_s, ZoneInfo(zone))
    now = local.hour * 60 + local.minute
    opens = 0 if day.opens is None else _minutes(day.opens)
    closes = 24 * 60 if day.closes is None else _minutes(day.closes)
    if opens == closes or (opens <= now <= closes if opens < closes else not closes < now < opens):
        return None
    until = f"{day.opens or '00:00'} to {day.closes or '24:00'}"
    earlier = (now - closes) % (24 * 60)
    later = (opens - now) % (24 * 60)
    return Reason(
        f"{aerodrome.name} is open {until} local, the {what} is at"
        f" {local_text(moment_s, zone).strip()}",
        where=aerodrome.code,
        cure=f"Depart {later // 60} h {later % 60:02d} later or {earlier // 60} h"
        f" {earlier % 60:02d} earlier, or have the hours extended.",
        kind="opening-hours",
    )
