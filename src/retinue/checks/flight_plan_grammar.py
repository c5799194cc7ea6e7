"""Grammar of the flight plan message, written from the field rules of ICAO Doc 4444.

Appendix 3 (message contents, formats and data conventions) names the field types 3, 7, 8, 9, 10,
13, 15, 16, 18 and 19 of an FPL; Appendix 2 says what each item may hold.  A text is taken apart
field by field, and every fault names the field and the rule.  Nothing is shared with the writer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from retinue.checks.flight_plan_other import parse_other, parse_supplementary
from retinue.checks.flight_plan_points import is_point, parse_route
from retinue.checks.message_fault import MessageFault

__all__ = ["MessageFault", "ParsedMessage", "check_message", "parse_message"]

#: 10a: standard or none alone, else letters in the order of the list; J1..J7, M1..M3, O.., E1..E3,
#: P1..P9 carry a figure.
_RADIO = re.compile(r"(E[123]|J[1-7]|M[123]|P[1-9]|[ABCDFGHIKLNORSTUVWXYZ])")
_SURVEILLANCE = re.compile(r"(B[12]|U[12]|V[12]|D1|G1|[NACEHILPSX])")
#: Transponder: N alone; else at most one each; mode S letters exclude each other.
_MODE_S = frozenset("EHILPSX")


@dataclass(frozen=True)
class ParsedMessage:
    """What a message says, by field; None or empty where the field could not be read."""

    identification: str = ""
    rules: str = ""
    flight_type: str = ""
    aircraft_type: str = ""
    wake: str = ""
    equipment: str = ""
    departure: str = ""
    off_block: str = ""
    speed: str = ""
    level: str = ""
    route: tuple[str, ...] = ()
    destination: str = ""
    elapsed_min: int | None = None
    alternates: tuple[str, ...] = ()
    other: tuple[tuple[str, str], ...] = ()
    faults: tuple[MessageFault, ...] = ()

    def indicator(self, name: str) -> str | None:
        """Return the text of an indicator of field 18, None where it is not given."""
        return dict(self.other).get(name)


def check_message(text: str) -> tuple[MessageFault, ...]:
    """Return what is wrong with the text of a flight plan message; nothing where all is well."""
    return parse_message(text).faults


def parse_message(text: str) -> ParsedMessage:
    """Take a message apart; faults are collected, not raised."""
    body = text.strip()
    if not (body.startswith("(") and body.endswith(")")):
        return _broken("3", "a message begins with ( and ends with )")
    inner = body[1:-1]
    if bad := sorted(set(re.findall(r"[^A-Z0-9 \n\r/.,+'?:-]", inner))):
        return _broken("3", f"{bad[0]!r} is no character of a message (capitals and figures only)")
    parts = [re.sub(r"\s+", " ", part).strip() for part in inner.split("-")]
    if parts[0] != "FPL":
        return _broken("3", f'the message type is FPL, not "{parts[0][:12]}"')
    if len(parts) not in (9, 10):
        return _broken(
            "3", f"an FPL has the fields 7, 8, 9, 10, 13, 15, 16, 18 and may have 19:"
            f" 8 or 9 hyphens, not {len(parts) - 1}"
        )  # fmt: skip
    return _fields(parts)


def _broken(field: str, rule: str) -> ParsedMessage:
    return ParsedMessage(faults=(MessageFault(field, rule),))


def _fields(parts: list[str]) -> ParsedMessage:
    faults: list[MessageFault] = []
    if not re.fullmatch("[A-Z0-9]{1,7}", parts[1]):
        faults.append(MessageFault("7", f'"{parts[1]}": 1 to 7 letters and figures, no hyphen'))
    if not re.fullmatch("[IVYZ]", parts[2][:1]):
        faults.append(MessageFault("8", f'flight rules are I, V, Y or Z, not "{parts[2][:1]}"'))
    if not re.fullmatch("[SNGMX]?", parts[2][1:]):
        faults.append(MessageFault("8", f'type of flight is S, N, G, M or X, not "{parts[2][1:]}"'))
    kind, wake = _type(parts[3], faults)
    faults += _equipment(parts[4])
    departure, off_block = _departure(parts[5], faults)
    route, route_faults = parse_route(parts[6], parts[2][:1])
    faults += route_faults
    destination, elapsed, alternates = _destination(parts[7], faults)
    other, other_faults = parse_other(parts[8])
    faults += other_faults
    if len(parts) == 10:
        faults += parse_supplementary(parts[9])
    parsed = ParsedMessage(
        identification=parts[1],
        rules=parts[2][:1],
        flight_type=parts[2][1:],
        aircraft_type=kind,
        wake=wake,
        equipment=parts[4],
        departure=departure,
        off_block=off_block,
        speed=route[0] if route else "",
        level=route[1] if route else "",
        route=tuple(route[2:]),
        destination=destination,
        elapsed_min=elapsed,
        alternates=alternates,
        other=tuple(other),
    )
    faults += _together(parsed)
    return ParsedMessage(**{**parsed.__dict__, "faults": tuple(faults)})


def _type(text: str, faults: list[MessageFault]) -> tuple[str, str]:
    match = re.fullmatch("([0-9]{0,3})([A-Z][A-Z0-9]{1,3}|[^/]*)/(.*)", text)
    if match is None:
        faults.append(MessageFault("9", f'"{text}": type, oblique stroke, wake category'))
        return "", ""
    number, kind, wake = match.groups()
    if number and not 2 <= int(number) <= 99:
        faults.append(MessageFault("9", f"number of aircraft: 2 to 99, not {number}"))
    if not re.fullmatch("[A-Z][A-Z0-9]{1,3}", kind):
        faults.append(MessageFault("9", f'type "{kind}": 2 to 4 characters of Doc 8643, or ZZZZ'))
    if wake not in ("J", "H", "M", "L"):
        faults.append(MessageFault("9", f'wake category is J, H, M or L, not "{wake}"'))
    return kind, wake


def _equipment(text: str) -> Iterator[MessageFault]:
    radio, stroke, seen = text.partition("/")
    if not stroke:
        yield MessageFault("10", "equipment and surveillance stand apart by an oblique stroke")
    codes = _RADIO.findall(radio)
    if not radio or "".join(codes) != radio:
        yield MessageFault("10", f'"{radio}" is no list of equipment codes')
    elif len(set(codes)) < len(codes):
        yield MessageFault("10", f'"{radio}" names equipment twice')
    elif "N" in codes and len(codes) > 1:
        yield MessageFault("10", "N (none) stands alone")
    watched = _SURVEILLANCE.findall(seen)
    if stroke and (not seen or "".join(watched) != seen):
        yield MessageFault("10", f'"{seen}" is no list of surveillance codes')
    elif len(set(watched)) < len(watched):
        yield MessageFault("10", f'"{seen}" names surveillance equipment twice')
    elif "N" in watched and len(watched) > 1:
        yield MessageFault("10", "N (none) stands alone")
    elif len(_MODE_S.intersection(watched)) > 1:
        yield MessageFault("10", "one transponder mode S capability, not several")


def _departure(text: str, faults: list[MessageFault]) -> tuple[str, str]:
    match = re.fullmatch("([A-Z]{4})([0-9]{4})", text)
    if match is None:
        faults.append(
            MessageFault("13", f'"{text}": location indicator of 4 letters, time of 4 figures')
        )
        return text[:4], ""
    if problem := _clock(match[2], 23):
        faults.append(MessageFault("13", f"off-block time {match[2]}: {problem}"))
    return match[1], match[2]


def _destination(text: str, faults: list[MessageFault]) -> tuple[str, int | None, tuple[str, ...]]:
    first, *alternates = text.split(" ")
    match = re.fullmatch("([A-Z]{4})([0-9]{4})", first)
    elapsed = None
    if match is None:
        faults.append(
            MessageFault("16", f'"{first}": location indicator of 4 letters, EET of 4 figures')
        )
    elif problem := _clock(match[2], 23):
        faults.append(MessageFault("16", f"total estimated elapsed time {match[2]}: {problem}"))
    else:
        elapsed = int(match[2][:2]) * 60 + int(match[2][2:])
        if elapsed == 0:
            faults.append(MessageFault("16", "the total estimated elapsed time is nothing"))
    if len(alternates) > 2:
        faults.append(MessageFault("16", f"at most two alternates, not {len(alternates)}"))
    faults += [
        MessageFault("16", f'alternate "{a}": a location indicator of 4 letters')
        for a in alternates
        if not re.fullmatch("[A-Z]{4}", a)
    ]
    return first[:4], elapsed, tuple(alternates)


def _clock(figures: str, last_hour: int) -> str:
    if int(figures[2:]) > 59:
        return "minutes run from 00 to 59"
    return f"hours run from 00 to {last_hour}" if int(figures[:2]) > last_hour else ""


def _together(seen: ParsedMessage) -> Iterator[MessageFault]:
    """Yield faults of one field against another."""
    names = {name for name, _ in seen.other}
    needs = (
        (seen.aircraft_type == "ZZZZ", "TYP", "9", "type ZZZZ needs TYP/ in field 18"),
        (seen.departure == "ZZZZ", "DEP", "13", "departure ZZZZ needs DEP/ in field 18"),
        (seen.destination == "ZZZZ", "DEST", "16", "destination ZZZZ needs DEST/ in field 18"),
        ("ZZZZ" in seen.alternates, "ALTN", "16", "alternate ZZZZ needs ALTN/ in field 18"),
        ("R" in _RADIO.findall(seen.equipment.partition("/")[0]), "PBN", "10",
         "equipment R needs PBN/ in field 18"),
        ("Z" in seen.equipment.partition("/")[0] and names.isdisjoint({"COM", "NAV", "DAT"}), "",
         "10", "equipment Z needs COM/, NAV/ or DAT/ in field 18"),
    )  # fmt: skip
    for applies, name, field, rule in needs:
        if applies and (not name or name not in names):
            yield MessageFault(field, rule)
    if seen.aircraft_type not in ("", "ZZZZ") and "TYP" in names:
        yield MessageFault("18", "TYP/ stands only where the type in field 9 is ZZZZ")
    if seen.departure not in ("ZZZZ", "AFIL") and "DEP" in names:
        yield MessageFault("18", "DEP/ stands only where field 13 has ZZZZ or AFIL")
    if seen.destination not in ("", "ZZZZ") and "DEST" in names:
        yield MessageFault("18", "DEST/ stands only where field 16 has ZZZZ")
    if "PBN" in names and "R" not in _RADIO.findall(seen.equipment.partition("/")[0]):
        yield MessageFault("18", "PBN/ needs equipment R in field 10")
    status = (seen.indicator("STS") or "").split()
    if "NONRVSM" in status and "W" in seen.equipment.partition("/")[0]:
        yield MessageFault("18", "STS/NONRVSM contradicts equipment W in field 10")
    last = -1
    for item in (seen.indicator("EET") or "").split():
        if not re.fullmatch("[A-Z0-9]+[0-9]{4}", item) or not (
            is_point(item[:-4]) or re.fullmatch("[A-Z]{4}", item[:-4])
        ):
            continue  # said by the field itself
        minutes = int(item[-4:-2]) * 60 + int(item[-2:])
        if minutes < last:
            yield MessageFault("18", f"EET/{item}: elapsed times run on")
        if seen.elapsed_min is not None and minutes > seen.elapsed_min:
            yield MessageFault("18", f"EET/{item} lies behind the total of field 16")
        last = minutes
