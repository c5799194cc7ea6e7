"""Field 15: cruising speed, level, and the words of the route."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from retinue.checks.message_fault import MessageFault

__all__ = ["is_point", "parse_route"]

_SPEED = re.compile("K[0-9]{4}|N[0-9]{4}|M[0-9]{3}")
_LEVEL = re.compile("F[0-9]{3}|S[0-9]{4}|A[0-9]{3}|M[0-9]{4}")
_COORDINATES = re.compile("([0-9]{2})([0-9]{2})?([NS])([0-9]{3})([0-9]{2})?([EW])")
_BEARING = re.compile("[A-Z0-9]{2,5}([0-9]{3})([0-9]{3})")
_NAMED = re.compile("[A-Z]{2,5}")
#: ATS route, standard departure or arrival: letters with a figure among them.
_ROUTE = re.compile("(?=[A-Z0-9]*[0-9])[A-Z][A-Z0-9]{1,6}")


def parse_route(text: str, rules: str) -> tuple[list[str], list[MessageFault]]:
    """Take field 15 apart: speed, level, words of the route; and what is wrong with it."""
    faults: list[MessageFault] = []

    def fault(rule: str) -> None:
        faults.append(MessageFault("15", rule))

    first, *words = text.split(" ")
    match = re.match("(K[0-9]{4}|N[0-9]{4}|M[0-9]{3})(.*)", first)
    if match is None:
        fault(f'"{first}": speed as K or N with 4 figures, or M with 3, and the level behind it')
        return [], faults
    speed, level = match.groups()
    if _LEVEL.fullmatch(level) is None and level != "VFR":
        fault(f'level "{level}": F or A with 3 figures, S or M with 4, or VFR')
    elif level == "VFR" and rules == "I":
        fault("a flight under IFR has a level, not VFR")
    elif fault_of_level := _unsound(level):
        fault(fault_of_level)
    if int(speed[1:]) == 0:
        fault("the cruising speed is nothing")
    if not words:
        fault("the route is missing; DCT at least")
    if words and len(words) > 1 and words[0] != "DCT" and not _ROUTE.fullmatch(words[0]):
        fault(f'the route begins with DCT, an ATS route or a departure, not "{words[0]}"')
    faults += _between(words)
    for word in words:
        faults += [MessageFault("15", rule) for rule in _word(word, rules)]
    return [speed, level, *words], faults


def _word(word: str, rules: str) -> list[str]:
    if word in ("DCT", "IFR", "VFR"):
        return _change_of_rules(word, rules)
    if word == "T":
        return []
    cruise_climb = re.fullmatch(
        "C/([A-Z0-9]+)/([KNM][0-9]+)([FSAM][0-9]+)([FSAM][0-9]+|PLUS)", word
    )
    if cruise_climb:
        return [] if is_point(cruise_climb[1]) else [f'"{cruise_climb[1]}" is no point']
    point, stroke, change = word.partition("/")
    found = []
    if not is_point(point) and not (_ROUTE.fullmatch(point) and not stroke):
        found.append(_no_point(point))
    if stroke:
        match = re.match("(K[0-9]{4}|N[0-9]{4}|M[0-9]{3})(.*)", change)
        if match is None:
            found.append(f'change "{change}" at {point}: speed and level, as at the beginning')
        elif _LEVEL.fullmatch(match[2]) is None:
            found.append(f'change at {point}: "{match[2]}" is no level')
        elif unsound := _unsound(match[2]):
            found.append(unsound)
    return found


def _change_of_rules(word: str, rules: str) -> list[str]:
    if word == "IFR" and rules not in ("Z", ""):
        return ["IFR in the route is for flights that begin under VFR (rules Z)"]
    if word == "VFR" and rules not in ("Y", ""):
        return ["VFR in the route is for flights that begin under IFR (rules Y)"]
    return []


def _between(words: Sequence[str]) -> list[MessageFault]:
    """DCT stands between points; coordinates need none (Doc 4444's example: LIMRI 52N020W)."""
    found = []
    for one, two in pairwise(words):
        first, second = one.partition("/")[0], two.partition("/")[0]
        if one == two == "DCT":
            found.append(MessageFault("15", "DCT stands twice"))
        elif is_point(first) and is_point(second) and not (_measured(first) or _measured(second)):
            found.append(
                MessageFault("15", f"DCT or an ATS route stands between {first} and {second}")
            )
    return found


def _measured(point: str) -> bool:
    return bool(_COORDINATES.fullmatch(point) or _BEARING.fullmatch(point))


def is_point(text: str) -> bool:
    """Return whether a word is a significant point: a name, coordinates, bearing and distance."""
    if text in ("DCT", "IFR", "VFR"):
        return False
    if _COORDINATES.fullmatch(text):
        return not _no_coordinates(text)
    match = _BEARING.fullmatch(text)
    if match and int(match[1]) <= 360 and not re.fullmatch("[0-9]+", text):
        return True
    return bool(_NAMED.fullmatch(text))


def _no_point(text: str) -> str:
    if _COORDINATES.fullmatch(text):
        return f'"{text}": {_no_coordinates(text)}'
    return f'"{text}" is no point, ATS route or DCT'


def _no_coordinates(text: str) -> str:
    match = _COORDINATES.fullmatch(text)
    assert match is not None
    lat, lat_min, _, lon, lon_min, _ = match.groups()
    if (lat_min is None) != (lon_min is None):
        return "7 characters in degrees, or 11 in degrees and minutes"
    if int(lat_min or 0) > 59 or int(lon_min or 0) > 59:
        return "minutes run from 00 to 59"
    if int(lat) * 60 + int(lat_min or 0) > 90 * 60:
        return "latitude ends at 90 degrees"
    if int(lon) * 60 + int(lon_min or 0) > 180 * 60:
        return "longitude ends at 180 degrees"
    return ""


def _unsound(level: str) -> str:
    if level == "VFR":
        return ""
    figures = int(level[1:])
    if figures == 0:
        return f"level {level} is on the ground"
    if level[0] == "F" and figures > 660:
        return f"level {level} is above FL660, the end of controlled airspace"
    if level[0] in "SM" and figures > 2012:
        return f"level {level} is above 20,120 m (FL660), the end of controlled airspace"
    if level[0] == "F" and figures % 5:
        return f"flight levels are multiples of 500 ft, {level} is none"
    return ""
