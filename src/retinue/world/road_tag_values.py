"""How OpenStreetMap writes measures, limits and permissions of roads, in SI.

Units follow the wiki (Key:maxheight, Key:maxweight, Map features/Units): metres, tonnes and
km/h where none is written.  What cannot be read is None and counted as a fault.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from enum import IntEnum

from retinue.world.osm_tags import Faults, limit_mps, split_list

__all__ = ["Access", "access_of", "length_m", "mass_kg", "speed_value", "word_of"]

Tags = Mapping[str, str]

_METRES = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(m|metres?|meters?|cm|ft|in)?$", re.IGNORECASE)
_FEET = re.compile(
    r"^(\d+)\s*(?:'|ft|’|′)\s*(?:(\d+(?:\.\d+)?)\s*(?:\"|''|in|”|″)?)?$", re.IGNORECASE
)
_IN_METRES = {"": 1.0, "m": 1.0, "cm": 0.01, "ft": 0.3048, "in": 0.0254}
_MASS = re.compile(r"^(\d+(?:[.,]\d+)?)\s*(t|tonnes?|tons?|kg|lbs?|st|lt|cwt)?$", re.IGNORECASE)
_IN_KG = {"": 1000.0, "t": 1000.0, "kg": 1.0, "lb": 0.45359237, "st": 907.18474,
          "lt": 1016.0469088, "cwt": 50.80234544}  # fmt: skip
_NO_LIMIT = ("none", "no", "unlimited", "no_sign", "no_indications", "unsigned")
_LONGEST_M, _HEAVIEST_KG = 200.0, 1_000_000.0


class Access(IntEnum):
    """Who may drive on a road."""

    OPEN = 0
    ENDS = 1
    """Only who begins or ends there: residents, customers, visitors."""
    PRIVATE = 2
    CLOSED = 3


_ACCESS = {
    "yes": Access.OPEN, "permissive": Access.OPEN, "designated": Access.OPEN,
    "official": Access.OPEN, "public": Access.OPEN, "allowed": Access.OPEN,
    "destination": Access.ENDS, "customers": Access.ENDS, "delivery": Access.ENDS,
    "private": Access.PRIVATE, "permit": Access.PRIVATE, "residents": Access.PRIVATE,
    "employees": Access.PRIVATE, "official_vehicles": Access.PRIVATE,
    "no": Access.CLOSED, "agricultural": Access.CLOSED, "forestry": Access.CLOSED,
    "emergency": Access.CLOSED, "military": Access.CLOSED, "psv": Access.CLOSED,
    "bus": Access.CLOSED, "hov": Access.CLOSED, "use_sidepath": Access.CLOSED,
    "dismount": Access.CLOSED, "discouraged": Access.ENDS, "restricted": Access.CLOSED,
}  # fmt: skip
_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
"""The most special one that is tagged decides."""


def access_of(tags: Tags, side: str, where: str, faults: Faults) -> Access | None:
    """Return what is tagged for cars in a direction, or None; of several words the widest."""
    for key in _KEYS:
        text = tags.get(f"{key}:{side}", tags.get(key)) if side else tags.get(key)
        if text is None:
            continue
        read = [_ACCESS[word] for word in split_list(text.lower()) if word in _ACCESS]
        if read:
            return min(read)
        faults.add("access that cannot be read", f"{where}: {key}={text}")
    return None


def word_of(tags: Tags, key: str) -> str:
    """Return a tag in small letters, empty where it is missing or says no."""
    word = tags.get(key, "").strip().lower()
    return "" if word in ("no", "none", "false", "0") else word


def length_m(text: str, key: str, where: str, faults: Faults) -> float | None:
    """Return a length in m (``3.8``, ``3.8 m``, ``12'6"``), inf for none, or None."""
    word = split_list(text)[0].strip().lower() if split_list(text) else ""
    if word in _NO_LIMIT:
        return math.inf
    match = _METRES.match(word)
    value: float | None = None
    if match:
        unit = match[2] or ""
        value = float(match[1].replace(",", ".")) * _IN_METRES.get(unit, 1.0)
    elif feet := _FEET.match(word):
        value = float(feet[1]) * 0.3048 + float(feet[2] or 0.0) * 0.0254
    if value is not None and 0.0 < value <= _LONGEST_M:
        return value
    faults.add(f"{key} that cannot be read", f"{where}: {text}")
    return None


def mass_kg(text: str, key: str, where: str, faults: Faults) -> float | None:
    """Return a mass in kg (``7.5``, ``18 t``, ``12 st``, ``8000 lbs``), inf for none, or None."""
    word = split_list(text)[0].strip().lower() if split_list(text) else ""
    if word in _NO_LIMIT:
        return math.inf
    match = _MASS.match(word)
    if match:
        unit = (match[2] or "").removesuffix("s")
        if unit.startswith("ton"):
            unit = "t"
        value = float(match[1].replace(",", ".")) * _IN_KG[unit]
        if 0.0 < value <= _HEAVIEST_KG:
            return value
    faults.add(f"{key} that cannot be read", f"{where}: {text}")
    return None


_ZONE = re.compile(r"^([a-z]{2})(?:-[a-z0-9]+)?:(.+)$", re.IGNORECASE)
_ZONES = {"urban": "urban", "rural": "rural", "trunk": "expressway", "motorway": "motorway",
          "motorroad": "expressway", "express": "expressway", "nsl_single": "rural",
          "nsl_dual": "expressway", "nsl_restricted": "urban", "nsl_motorway": "motorway",
          "zone": "urban"}  # fmt: skip


def speed_value(text: str, where: str, faults: Faults) -> tuple[float | None, str, str]:
    """Return what a speed tag says: limit in m/s or None, zone or "", country or "".

    ``50`` is a limit, ``none`` an infinite one; ``DE:rural`` is a zone of a country;
    ``DE:zone:30`` and ``DE:zone30`` are limits in an urban zone; ``walk`` is zone "walk".
    """
    word = text.strip().lower()
    if word in ("signals", "variable", "default", "sign", "implicit"):
        return None, "", ""
    if word == "walk":
        return None, "walk", ""
    match = _ZONE.match(word)
    if match:
        country, rest = match[1].upper(), match[2].strip()
        number = re.fullmatch(r"(?:zone)?:?(\d+)", rest)
        if number:
            return limit_mps(number[1], where, faults), "urban", country
        if rest in ("walk", "living_street", "bicycle_road"):
            return None, "walk" if rest == "walk" else rest, country
        if rest in _ZONES:
            return None, _ZONES[rest], country
        faults.add("speed zone that cannot be read", f"{where}: {text}")
        return None, "", ""
    return limit_mps(text, where, faults), "", ""
