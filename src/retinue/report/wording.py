"""How figures are written on paper and screen: one way for each quantity."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from retinue.clock import duration_text as plain_duration
from retinue.clock import local, local_text, offset_text

if TYPE_CHECKING:
    from retinue.plan import Leg

__all__ = [
    "bound",
    "breakable",
    "clock_text",
    "counted_unit",
    "date_text",
    "day_number",
    "duration_text",
    "grouped",
    "km_text",
    "limit_text",
    "moment_text",
    "offset_text",
    "role_name",
    "speed_text",
    "tonnes_text",
    "whole_minute",
    "zone_at",
]

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_PADDED_DAY = re.compile(r"(?<=\S)  (?=\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b)")
_UNITS = (
    "%|‰|km/h|km|m|mm|cm|kg|g|t|l|h|min|s|d|kW|kWh|kN|kV|V|Hz|W|EUR|USD|RUB|people|vehicles|°C|m²|m³"
    "|m/s²|m/s|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
)
_JOINED = re.compile(
    rf"(?<=\d) (?=(?:{_UNITS})(?![\w²³/]))|(?<=\d h) (?=\d\d\b)|(?<=\d\d:\d\d) (?=[+\u2212-]\d\d)"
    r"|(?<=\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)) (?=\d\d:\d\d)"
)
#: The hyphen of an offset west of Greenwich, behind a clock or alone.
_WEST = re.compile(r"(?<=\d\d:\d\d[ \u00a0])-(?=\d\d)|^-(?=\d\d(?::\d\d)?$)")
_PLAIN_UNITS = (
    (re.compile(r"(?<=\d )permil\b"), "‰"),
    (re.compile(r"\bm/s2\b"), "m/s²"),
    (re.compile(r"\bm3\b"), "m³"),
)


def bound(text: str) -> str:
    """Return a sentence of the plan as it is printed: figures written as in the tables.

    Thousands apart by a thin space, units by their signs, and no line's end within a quantity
    or a moment.
    """
    if not any(character.isdigit() for character in text):
        return text
    for plain, sign in _PLAIN_UNITS:
        text = plain.sub(sign, text)
    text = _THOUSANDS.sub(lambda found: found[0].replace(",", "\u202f"), text)
    text = _WEST.sub("\u2212", text)
    return _JOINED.sub("\u00a0", _PADDED_DAY.sub(" ", text))


_LONG_WORD = re.compile(r"[^\W\d_]{27,}")


def breakable(text: str) -> str:
    """Return a text whose words of more letters than a column holds may be hyphenated."""
    return _LONG_WORD.sub(
        lambda found: "\u00ad".join(found[0][k : k + 13] for k in range(0, len(found[0]), 13)), text
    )


_COUNTED = {"coach": "coaches", "delivery": "deliveries", "change": "changes", "call": "calls",
            "set": "sets", "landing": "landings", "day": "days"}  # fmt: skip


def counted_unit(quantity: float, unit: str) -> str:
    """Return ``7 deliveries``, ``1 call``, ``1.44 vehicle-h``: about four figures and the unit."""
    if quantity == round(quantity):
        words = grouped(quantity)
    else:
        size = abs(quantity)
        words = grouped(quantity, 0 if size >= 1000 else 1 if size >= 100 else 2)
    several = _COUNTED.get(unit, unit)
    return bound(f"{words} {unit if quantity == 1 else several}")


def grouped(value: float, digits: int = 0) -> str:
    """Return ``1 178`` with a thin no-break space between thousands."""
    return f"{value:,.{digits}f}".replace(",", "\u202f")


def duration_text(seconds: float) -> str:
    """Return ``29 h 05`` with no-break spaces."""
    return plain_duration(seconds).replace(" ", "\u00a0")


def km_text(distance_m: float, digits: int = 1) -> str:
    """Return kilometres without the unit."""
    return grouped(distance_m / 1000 + 0.0, digits)


def speed_text(speed_mps: float) -> str:
    """Return ``45 km/h``."""
    return f"{round(speed_mps * 3.6)}\u00a0km/h"


def tonnes_text(mass_kg: float, digits: int = 0) -> str:
    """Return tonnes without the unit."""
    return grouped(mass_kg / 1000, digits)


def whole_minute(moment: float) -> float:
    """Return the nearest minute, as all printed times are."""
    return round(moment / 60) * 60.0


def clock_text(moment: float, zone: str) -> str:
    """Return ``17:30``, local."""
    return f"{local(whole_minute(moment), zone):%H:%M}"


def date_text(moment: float, zone: str) -> str:
    """Return ``Sunday 10 September 2023``, local."""
    there = local(whole_minute(moment), zone)
    return f"{_DAYS[there.weekday()]} {there.day} {_MONTHS[there.month - 1]} {there.year}"


def moment_text(moment: float, zone: str) -> str:
    """Return ``10 Sep 17:30 +09`` with no-break spaces."""
    return local_text(moment, zone).strip().replace(" ", "\u00a0")


def day_number(moment: float, zone: str) -> int:
    """Return the number of the local day, for +1 marks."""
    return local(whole_minute(moment), zone).toordinal()


def limit_text(value: float, unit: str) -> str:
    """Return a value of the condition table as a person reads it, e.g. ``35 °C``."""
    if unit == "K":
        return f"{value - 273.15:.0f}\u00a0°C".replace("-", "\u2212")
    if unit == "deg":
        return f"sun {value:+.0f}°".replace("-", "\u2212")
    if unit == "m" and 0 < value < 1:
        return f"{value * 100:.0f}\u00a0cm"
    if unit == "m/s":
        return f"{value:.0f}\u00a0m/s"
    if not unit:
        return "any" if value == 0 else f"{value:g}"
    return f"{grouped(value)}\u00a0{unit}"


def zone_at(leg: Leg, moment: float) -> str:
    """Return the zone whose clock the main movement reads at a moment."""
    zone = leg.from_.zone
    for event in leg.timeline:
        if event.role == "main" and event.time_utc <= moment:
            zone = event.zone
    return zone


def role_name(role: str) -> str:
    """Return a vehicle's or movement's role in words."""
    return role.replace("-", " ").replace("_", " ")


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
