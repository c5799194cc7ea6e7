"""Flight plan message (FPL) of a finished flight, fields 7 to 19 of ICAO Doc 4444, Appendix 3.

The text is the message as an air traffic services unit gets it.  What the message must hold and
nobody stated is named in ``assumed``.  Whether the text keeps the rules is judged apart from this
module, by `retinue.checks.flight_plan_message`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from retinue.air.flight_plan_route import FiledRoute, coordinates, filed_route
from retinue.clock import from_iso
from retinue.errors import InputError
from retinue.journey import FlightPlanAsked

if TYPE_CHECKING:
    from retinue.air.aircraft import AircraftCard
    from retinue.plan.leg import Leg

__all__ = ["FIELD_18_ORDER", "FlightPlanMessage", "FlightPlanWanted", "flight_plan_message"]

#: Doc 4444, Appendix 3, field type 18: the indicators in the order in which they are sent.
FIELD_18_ORDER = (
    "STS", "PBN", "NAV", "COM", "DAT", "SUR", "DEP", "DEST", "DOF", "REG", "EET", "SEL", "TYP",
    "CODE", "DLE", "OPR", "ORGN", "PER", "ALTN", "RALT", "TALT", "RIF", "RMK",
)  # fmt: skip
_INDICATOR = re.compile("[A-Z]{4}")
_FOOT_M = 0.3048


@dataclass(frozen=True)
class FlightPlanWanted:
    """What a message says beyond the finished flight.

    Attributes
    ----------
    asked
        The journey's ``flight plan``, or its defaults.
    persons
        On board; None: to be notified.
    alternates
        Of the destination: location indicators or names, best first.
    metric
        Speeds and levels in metric units.
    rvsm
        Approved for reduced vertical separation; None: nobody stated it.
    where
        ``file:line: key`` of the leg, for errors.
    """

    asked: FlightPlanAsked
    persons: int | None = None
    alternates: tuple[str, ...] = ()
    metric: bool = False
    rvsm: bool | None = None
    where: str = ""


@dataclass(frozen=True)
class FlightPlanMessage:
    """A message, the same by field, and what in it nobody stated."""

    text: str
    fields: dict[str, str]
    assumed: tuple[str, ...]


def flight_plan_message(
    leg: Leg, card: AircraftCard, wanted: FlightPlanWanted
) -> FlightPlanMessage:
    """Write the flight plan message of a finished air leg.

    Raises
    ------
    InputError
        For a call sign of more than seven characters, or equipment that needs an indicator of
        field 18 which nobody stated.
    """
    assert leg.aircraft is not None
    asked, assumed = wanted.asked, list[str]()
    route = filed_route(leg, metric=wanted.metric, own=asked.route)
    more: dict[str, str] = {}
    fields = {
        "7": _identification(leg, wanted, assumed),
        "8": asked.rules + asked.type_of_flight,
        "9": _type(card, more, assumed),
        "10": _equipment(wanted, assumed),
        "13": _departure(leg, more),
        "15": route.text,
        "16": _destination(leg, wanted, more, assumed),
    }
    assumed += route.assumed
    fields["18"] = _other(leg, wanted, route, more, assumed)
    fields["19"] = _supplementary(leg, wanted, assumed)
    lines = [
        f"(FPL-{fields['7']}-{fields['8']}",
        f"-{fields['9']}-{fields['10']}",
        *(f"-{fields[key]}" for key in ("13", "15", "16", "18", "19")),
    ]
    return FlightPlanMessage("\n".join(lines) + ")", fields, tuple(dict.fromkeys(assumed)))


def _identification(leg: Leg, wanted: FlightPlanWanted, assumed: list[str]) -> str:
    assert leg.aircraft is not None
    for text in (leg.aircraft.call_sign, leg.aircraft.registration):
        if name := _plain(text):
            if len(name) > 7:
                raise InputError(
                    f'the aircraft identification "{name}" has more than 7 characters',
                    where=wanted.where,
                    cure='Give a flight of at most 7 letters and figures, e.g. "PRK615".',
                )
            return name
    assumed.append("aircraft identification: to be notified (TBN); no flight, no registration")
    return "TBN"


def _type(card: AircraftCard, more: dict[str, str], assumed: list[str]) -> str:
    if not card.designator:
        more["TYP"] = _words(card.name)
    wake = card.wake
    if wake is None:
        # Doc 4444, 4.9.1: by maximum take-off mass.
        mass = card.maximum_take_off_mass
        wake = "H" if mass >= 136_000.0 else "M" if mass > 7_000.0 else "L"
        assumed.append(f"wake turbulence category {wake}, by maximum take-off mass")
    return f"{card.designator or 'ZZZZ'}/{wake}"


def _equipment(wanted: FlightPlanWanted, assumed: list[str]) -> str:
    asked = wanted.asked
    radio = asked.equipment
    if radio is None:
        radio = "SDFGHI" + ("W" if wanted.rvsm else "") + "Y"
        assumed.append(f"equipment {radio}")
    elif "R" in radio and "PBN" not in asked.other:
        raise InputError(
            'equipment "R" (performance based navigation) needs PBN/ in field 18',
            where=wanted.where,
            cure='Add "flight plan: {other: {PBN: A1B1}}", or leave R out of the equipment.',
        )
    surveillance = asked.surveillance
    if surveillance is None:
        surveillance = "S"
        assumed.append("surveillance equipment S")
    return f"{radio}/{surveillance}"


def _aerodrome(leg: Leg, use: str) -> str:
    uses = leg.details.get("runways") or ()
    code = next((runway["aerodrome"] for runway in uses if runway["for"] == use), "")
    return code if _INDICATOR.fullmatch(code) else "ZZZZ"


def _departure(leg: Leg, more: dict[str, str]) -> str:
    place = _aerodrome(leg, "take off")
    if place == "ZZZZ":
        more["DEP"] = f"{_words(leg.from_.name)} {coordinates(leg.from_.lat, leg.from_.lon)}"
    return place + _utc(leg.depart_utc).strftime("%H%M")


def _destination(
    leg: Leg, wanted: FlightPlanWanted, more: dict[str, str], assumed: list[str]
) -> str:
    place = _aerodrome(leg, "land")
    if place == "ZZZZ":
        more["DEST"] = f"{_words(leg.to.name)} {coordinates(leg.to.lat, leg.to.lon)}"
    take_off, landing = _airborne(leg)
    parts = [place + _duration(landing - take_off)]
    unknown = []
    for name in wanted.alternates[:2]:
        code = name.strip().upper()
        parts.append(code if _INDICATOR.fullmatch(code) else "ZZZZ")
        if parts[-1] == "ZZZZ":
            unknown.append(_words(name))
    if unknown:
        more["ALTN"] = " ".join(unknown)
    if not wanted.alternates:
        assumed.append("no destination alternate: nobody named one")
    return " ".join(parts)


def _other(
    leg: Leg,
    wanted: FlightPlanWanted,
    route: FiledRoute,
    more: dict[str, str],
    assumed: list[str],
) -> str:
    assert leg.aircraft is not None
    asked = wanted.asked
    status = list(asked.status)
    # The band of reduced vertical separation: FL290 to FL410.
    if wanted.rvsm is False and 290 <= route.highest_m / _FOOT_M / 100 <= 410:
        status += [] if "NONRVSM" in status else ["NONRVSM"]
    said = {key: _words(value) for key, value in asked.other.items()}
    said |= {key: value for key, value in more.items() if key not in said}
    if status:
        said["STS"] = " ".join(status)
    said["DOF"] = _utc(leg.depart_utc).strftime("%y%m%d")
    if registration := _plain(leg.aircraft.registration):
        said["REG"] = registration
    else:
        assumed.append("REG/ left out: no registration is stated")
    if elapsed := _elapsed(leg):
        said["EET"] = elapsed
    if asked.operator and "OPR" not in said:
        said["OPR"] = _words(asked.operator)
    return " ".join(f"{key}/{said[key]}" for key in FIELD_18_ORDER if said.get(key))


def _elapsed(leg: Leg) -> str:
    """Return EET/: regions where their boundaries are known, else countries' boundaries."""
    take_off, landing = _airborne(leg)
    found: dict[str, float] = {}
    regions = [
        region
        for region in leg.details.get("regions") or ()
        if _INDICATOR.fullmatch(region["ident"]) and region["enter_m"] > 0
    ]
    for region in regions:
        found.setdefault(region["ident"], from_iso(region["enter_utc"]))
    if not regions:
        for stretch in leg.details.get("overflights", ())[1:]:
            lon, lat = leg.main.position(stretch["enter_m"])
            found.setdefault(coordinates(lat, lon), from_iso(stretch["enter_utc"]))
    return " ".join(
        f"{name}{_duration(min(moment, landing) - take_off)}" for name, moment in found.items()
    )


def _supplementary(leg: Leg, wanted: FlightPlanWanted, assumed: list[str]) -> str:
    asked = wanted.asked
    endurance = asked.endurance
    if endurance is None:
        endurance = float(leg.details["endurance_s"])
        assumed.append("endurance: fuel at take-off, the reserve burned at cruise")
    parts = [f"E/{_duration(endurance, up=False)}"]
    parts.append(f"P/{'TBN' if wanted.persons is None else f'{min(wanted.persons, 999):03d}'}")
    radio = asked.radio
    if not radio:
        radio = "V"
        assumed.append("emergency radio V")
    parts.append(f"R/{''.join(c for c in 'UVE' if c in radio)}")
    if asked.survival:
        parts.append(f"S/{''.join(c for c in 'PDMJ' if c in asked.survival)}")
    if asked.jackets:
        parts.append(f"J/{''.join(c for c in 'LFUV' if c in asked.jackets)}")
    if asked.dinghies:
        boats = [f"{asked.dinghies:02d}", f"{asked.dinghy_capacity:03d}"]
        boats += ["C"] if asked.dinghy_cover else []
        boats += [colour] if (colour := _words(asked.dinghy_colour)) else []
        parts.append(f"D/{' '.join(boats)}")
    if colour := _words(asked.colour):
        parts.append(f"A/{colour}")
    else:
        assumed.append("A/ left out: colour and markings are not stated")
    if remark := _words(asked.remark):
        parts.append(f"N/{remark}")
    if pilot := _words(asked.pilot):
        parts.append(f"C/{pilot}")
    else:
        assumed.append("C/ left out: pilot in command is not stated")
    return " ".join(parts)


def _airborne(leg: Leg) -> tuple[float, float]:
    at = {event.kind: event.time_utc for event in leg.timeline}
    return at["take-off"], at["landing"]


def _utc(moment: float) -> datetime:
    return datetime.fromtimestamp(round(moment / 60) * 60, UTC)


def _duration(seconds: float, *, up: bool = True) -> str:
    """Return hours and minutes, the minute begun counted in, at most 23:59."""
    minutes = math.ceil(seconds / 60 - 1e-9) if up else math.floor(seconds / 60)
    hours, rest = divmod(min(max(minutes, 0), 24 * 60 - 1), 60)
    return f"{hours:02d}{rest:02d}"


def _plain(text: str) -> str:
    return "".join(c for c in _words(text) if c.isalnum())


def _words(text: str) -> str:
    """Return a text in the characters that a message may hold in a field."""
    from anyascii import anyascii

    return " ".join(re.sub(r"[^A-Z0-9.,+]+", " ", anyascii(text).upper()).split())
