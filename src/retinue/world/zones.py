"""Time zones of places: which dated zone holds at a point.

Which zone: the outlines of timezone-boundary-builder (through ``tzfpy``), coarse to a
few hundred metres; so a place whose country is known is given a zone of that country,
also when the outline has its far river bank in the neighbour's.  Which offset: the IANA
tables (``tzdata``), because zones are dated: Pyongyang was at +08:30 from 15 August 2015
to 4 May 2018.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from retinue.clock import local

__all__ = ["ZoneFound", "nautical_zone", "offset_s", "zone_at", "zone_countries"]

_RINGS_KM = (2.0, 5.0, 10.0, 20.0, 40.0, 80.0)
_BEARINGS = 16
_KM_PER_DEGREE = 111.195  # mean sphere of 6,371 km


@dataclass(frozen=True)
class ZoneFound:
    """The zone of a point.

    Attributes
    ----------
    name
        IANA name; ``Etc/GMT-9`` (which is UTC+9) on the open sea.
    nautical
        True where no country's zone holds and ships keep the nautical zone.
    note
        What a reader should know of the choice; empty in the plain case.
    """

    name: str
    nautical: bool = False
    note: str = ""


def nautical_zone(lon_deg: float) -> str:
    """Return the nautical zone of a meridian: bands of 15 degrees around Greenwich.

    The sign of the ``Etc`` names is reversed: ``Etc/GMT-9`` is nine hours ahead of UTC.
    """
    hours = math.floor(((lon_deg + 180.0) % 360.0 - 180.0) / 15.0 + 0.5)
    return f"Etc/GMT{-hours:+d}" if hours else "Etc/GMT"


@cache
def zone_countries() -> dict[str, frozenset[str]]:
    """Return the countries (ISO 3166-1 alpha-2) in which each IANA zone is kept."""
    from importlib.resources import files

    found: dict[str, set[str]] = {}
    for table in ("zone.tab", "zone1970.tab"):
        text = (files("tzdata") / "zoneinfo" / table).read_text(encoding="utf-8")
        for line in text.splitlines():
            if line and not line.startswith("#"):
                codes, _, name, *_ = line.split("\t")
                found.setdefault(name, set()).update(codes.split(","))
    return {name: frozenset(codes) for name, codes in found.items()}


def _names(lat_deg: float, lon_deg: float) -> list[str]:
    import tzfpy

    first = tzfpy.get_tz(lon_deg, lat_deg)
    others = sorted(set(tzfpy.get_tzs(lon_deg, lat_deg)) - {first})
    return [name for name in (first, *others) if name]


def zone_at(lat_deg: float, lon_deg: float, country: str | None = None) -> ZoneFound:
    """Return the time zone of a point.

    Parameters
    ----------
    lat_deg, lon_deg
        The point.
    country
        Its country (alpha-2) where that is known: a zone kept there is then preferred,
        looked for up to 80 km around, because outlines are coarse along rivers.

    Returns
    -------
    ZoneFound
        On the open sea the nautical zone, which the note says.
    """
    lon = (lon_deg + 180.0) % 360.0 - 180.0
    names = _names(lat_deg, lon)
    land = [name for name in names if not name.startswith("Etc/")]
    if country:
        kept = zone_countries()
        for name in land:
            if country in kept.get(name, ()):
                return ZoneFound(name)
        if any(country in codes for codes in kept.values()):
            near = _nearest_kept(lat_deg, lon, country)
            if near:
                return ZoneFound(near, note=f"zone of {country}, the nearest kept there")
    if land:
        return ZoneFound(land[0])
    name = next((n for n in names if n.startswith("Etc/")), nautical_zone(lon))
    return ZoneFound(name, nautical=True, note=f"open sea: nautical zone {name}")


def _nearest_kept(lat_deg: float, lon_deg: float, country: str) -> str | None:
    kept = zone_countries()
    squeeze = max(math.cos(math.radians(lat_deg)), 0.01)
    for ring in _RINGS_KM:
        for step in range(_BEARINGS):
            bearing = math.tau * step / _BEARINGS
            lat = lat_deg + ring / _KM_PER_DEGREE * math.cos(bearing)
            lon = lon_deg + ring / _KM_PER_DEGREE * math.sin(bearing) / squeeze
            if abs(lat) <= 90.0:
                for name in _names(lat, (lon + 180.0) % 360.0 - 180.0):
                    if country in kept.get(name, ()):
                        return name
    return None


def offset_s(zone_name: str, moment: float) -> int:
    """Return the offset from UTC in seconds that a zone keeps at a moment (Unix seconds).

    Raises
    ------
    ValueError
        Where no such zone exists.
    """
    offset = local(moment, zone_name).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
