"""Fields 18 and 19: indicators of other information, and supplementary information."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise

from retinue.checks.flight_plan_points import is_point
from retinue.checks.message_fault import MessageFault

__all__ = ["parse_other", "parse_supplementary"]

#: Doc 4444, Appendix 3, field 18: in this order, each at most once (STS/ and RMK/ too).
_ORDER = [
    "STS",
    "PBN",
    "NAV",
    "COM",
    "DAT",
    "SUR",
    "DEP",
    "DEST",
    "DOF",
    "REG",
    "EET",
    "SEL",
    "TYP",
    "CODE",
    "DLE",
    "OPR",
    "ORGN",
    "PER",
    "ALTN",
    "RALT",
    "TALT",
    "RIF",
    "RMK",
]
_STATUS = frozenset(
    [
        "ALTRV",
        "ATFMX",
        "FFR",
        "FLTCK",
        "HAZMAT",
        "HEAD",
        "HOSP",
        "HUM",
        "MARSA",
        "MEDEVAC",
        "NONRVSM",
        "SAR",
        "STATE",
    ]
)
_PBN = frozenset(
    [
        "A1",
        "B1",
        "B2",
        "B3",
        "B4",
        "B5",
        "B6",
        "C1",
        "C2",
        "C3",
        "C4",
        "D1",
        "D2",
        "D3",
        "D4",
        "L1",
        "O1",
        "O2",
        "O3",
        "O4",
        "S1",
        "S2",
        "T1",
        "T2",
    ]
)


def parse_other(text: str) -> tuple[list[tuple[str, str]], list[MessageFault]]:
    """Take field 18 apart: (indicator, text) in order; and what is wrong with it."""
    if text == "0":
        return [], []
    faults: list[MessageFault] = []
    if not text:
        return [], [MessageFault("18", "0 where there is no other information")]
    if not re.match("[A-Z]+/", text):
        faults.append(MessageFault("18", f'"{text.split(" ")[0]}" stands before any indicator'))
    found = [
        (match[1], match[2].strip())
        for match in re.finditer(r"(?:^| )([A-Z]+)/((?:(?! [A-Z]+/).)*)", text)
    ]
    names = [name for name, _ in found]
    faults += [
        MessageFault("18", f'"{name}/" is no indicator of field 18')
        for name in dict.fromkeys(names)
        if name not in _ORDER
    ]
    faults += [
        MessageFault("18", f"{name}/ stands twice")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    known = [_ORDER.index(name) for name in names if name in _ORDER]
    for one, two in pairwise(known):
        if two < one:
            faults.append(MessageFault("18", f"{_ORDER[two]}/ stands before {_ORDER[one]}/"))
    for name, value in found:
        if name not in _ORDER:
            continue
        if not value:
            faults.append(MessageFault("18", f"{name}/ is empty"))
            continue
        if "/" in value:
            faults.append(MessageFault("18", f"{name}/ holds an oblique stroke"))
        check = _RULES.get(name)
        if check is not None and (rule := check(value)):
            faults.append(MessageFault("18", f"{name}/{value}: {rule}"))
    return found, faults


def _status(value: str) -> str:
    words = value.split()
    if strange := [word for word in words if word not in _STATUS]:
        return f"{strange[0]} is no reason for special handling"
    return "a reason stands twice" if len(set(words)) < len(words) else ""


def _performance(value: str) -> str:
    codes = re.findall("..?", value)
    if strange := [code for code in codes if code not in _PBN]:
        return f"{strange[0]} is no navigation specification"
    return "at most 8 specifications" if len(codes) > 8 else ""


def _day(value: str) -> str:
    if not re.fullmatch("[0-9]{6}", value):
        return "six figures, YYMMDD"
    try:
        date(2000 + int(value[:2]), int(value[2:4]), int(value[4:]))
    except ValueError:
        return "no such day"
    return ""


def _elapsed(value: str) -> str:
    for item in value.split():
        match = re.fullmatch("([A-Z0-9]+?)([0-9]{4})", item)
        # Doc 4444's own example has a meridian alone: 20W0136.
        if match is None or not (
            re.fullmatch("[A-Z]{4}|[0-9]{2,3}[NSEW]", match[1]) or is_point(match[1])
        ):
            return f"{item}: a region or point and 4 figures"
        if int(match[2][2:]) > 59 or int(match[2][:2]) > 23:
            return f"{item}: hours to 23, minutes to 59"
    return ""


def _delay(value: str) -> str:
    match = re.fullmatch("([A-Z0-9]+?)([0-9]{4})", value)
    if match is None or not is_point(match[1]) or int(match[2][2:]) > 59:
        return "a point and the delay in 4 figures"
    return ""


def _form(pattern: str, rule: str) -> Callable[[str], str]:
    return lambda value: "" if re.fullmatch(pattern, value) else rule


_RULES: dict[str, Callable[[str], str]] = {
    "STS": _status,
    "PBN": _performance,
    "DOF": _day,
    "REG": _form("[A-Z0-9]{2,10}( [A-Z0-9]{2,10})*", "registration marks without hyphen"),
    "EET": _elapsed,
    "SEL": _form("[A-S1-9]{4}", "four letters"),
    "CODE": _form("[0-9A-F]{6}", "six characters, hexadecimal"),
    "DLE": _delay,
    "PER": _form("[ABCDEH]", "one letter, A to E or H"),
}


def parse_supplementary(text: str) -> Iterator[MessageFault]:
    """Yield what is wrong with field 19."""
    found = re.findall(r"(?:^| )([A-Z])/((?:(?! [A-Z]/).)*)", text)
    names = [name for name, _ in found]
    if not text.startswith("E/"):
        yield MessageFault("19", "begins with the endurance, E/")
    order = "EPRSJDANC"
    for name in dict.fromkeys(names):
        if name not in order:
            yield MessageFault("19", f"{name}/ is none of {', '.join(order)}")
        elif names.count(name) > 1:
            yield MessageFault("19", f"{name}/ stands twice")
    known = [order.index(name) for name in names if name in order]
    if known != sorted(known):
        yield MessageFault("19", f"the order is {', '.join(order)}")
    rules = {
        "E": ("([01][0-9]|2[0-3])[0-5][0-9]", "endurance in 4 figures, hours and minutes"),
        "P": ("[0-9]{1,3}|TBN", "persons in 1 to 3 figures, or TBN"),
        "R": ("U?V?E?", "emergency radio U, V, E"),
        "S": ("P?D?M?J?", "survival equipment P, D, M, J"),
        "J": ("L?F?U?V?", "life jackets L, F, U, V"),
        "D": ("[0-9]{1,2} [0-9]{1,3}( C)?( [A-Z ]+)?", "number, capacity, C where covered, colour"),
        "A": (".+", "colour and markings"),
        "N": (".+", "remarks"),
        "C": (".+", "pilot in command"),
    }
    for name, value in found:
        pattern, rule = rules.get(name, (".*", ""))
        if not value.strip() or not re.fullmatch(pattern, value.strip()):
            yield MessageFault("19", f"{name}/{value}: {rule}")
