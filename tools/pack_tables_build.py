"""Places and aerodromes of the world pack, from GeoNames and OurAirports."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from anyascii import anyascii

UNKNOWN = -99_999
_FOOT_DM = 3.048
_OPEN_KINDS = ("large_airport", "medium_airport", "small_airport", "seaplane_base")
# Other names are kept from this population on, and for every capital.
ALTERNATES_FROM_POPULATION = 8_000


def _plain(name: str) -> str:
    """Return a name in ASCII: accents dropped, other scripts romanised."""
    decomposed = unicodedata.normalize("NFKD", name)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return bare if bare.isascii() else anyascii(bare)


def _choice(columns: dict[str, Any], name: str, values: Sequence[str]) -> None:
    """Keep a column of few different values as indices, the commonest first."""
    distinct, inverse, counts = np.unique(
        np.array(values, dtype=str), return_inverse=True, return_counts=True
    )
    rank = np.empty(len(distinct), np.int64)
    order = np.argsort(-counts, kind="stable")
    rank[order] = np.arange(len(distinct))
    columns[name] = rank[inverse]
    columns[f"{name}.values"] = {"values": distinct[order].tolist()}


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _alternates(record: Mapping[str, Any], name: str, plain: str) -> str:
    """Join a place's other names, without those that a plain comparison finds anyway."""
    known = {name.casefold(), plain.casefold()}
    kept = []
    for raw in record["alternatenames"]:
        other = _line(raw).replace("|", " ")
        # GeoNames mixes in mechanical transliterations with stray letters; a name that
        # mixes Latin with another script is one of those.
        latin = any("LATIN" in unicodedata.name(c, "") for c in other if c.isalpha())
        foreign = any("LATIN" not in unicodedata.name(c, "") for c in other if c.isalpha())
        key = _plain(other).casefold() if latin else other.casefold()
        if not other or (latin and foreign) or key in known:
            continue
        known.add(key)
        kept.append(other)
    return "|".join(kept)


def place_columns(
    cities: Iterable[Mapping[str, Any]], countries: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Return the columns of the part ``places``."""
    rows = sorted(cities, key=lambda record: record["geonameid"])
    names = [_line(record["name"]) for record in rows]
    plains = [_plain(name) for name in names]
    seats = _capitals(rows, plains, countries)
    columns: dict[str, Any] = {
        "geonameid": np.array([r["geonameid"] for r in rows], np.int64),
        "name": names,
        "ascii_name": ["" if p == n else p for p, n in zip(plains, names, strict=True)],
        "alternate_names": [
            _alternates(record, name, plain)
            if number in seats or record["population"] >= ALTERNATES_FROM_POPULATION
            else ""
            for number, (record, name, plain) in enumerate(zip(rows, names, plains, strict=True))
        ],
        "lat": np.array([round(r["latitude"] * 1e4) for r in rows], np.int64),
        "lon": np.array([round(r["longitude"] * 1e4) for r in rows], np.int64),
        "population": np.array([max(r["population"], 0) for r in rows], np.int64),
        "is_capital": np.array([n in seats for n in range(len(rows))], np.int64),
    }
    _choice(columns, "country", [r["countrycode"] for r in rows])
    _choice(columns, "admin1", [r["admin1code"] for r in rows])
    _choice(columns, "timezone", [r["timezone"] for r in rows])
    return columns, ["geonameid", "lat", "lon"]


def _capitals(
    rows: Sequence[Mapping[str, Any]], plains: Sequence[str], countries: Mapping[str, Any]
) -> set[int]:
    """Return the rows of the countries' capitals: same country, same name, most people."""
    seat = {code: _plain(record["capital"]).casefold() for code, record in countries.items()}
    found: dict[str, int] = {}
    for number, (record, plain) in enumerate(zip(rows, plains, strict=True)):
        code = record["countrycode"]
        wanted = seat.get(code)
        if not wanted:
            continue
        same = plain.casefold() == wanted or any(
            _plain(other).casefold() == wanted for other in record["alternatenames"]
        )
        best = found.get(code)
        if same and (best is None or record["population"] > rows[best]["population"]):
            found[code] = number
    return set(found.values())


def _decimetres(feet: str) -> int:
    return round(float(feet) * _FOOT_DM) if feet else UNKNOWN


def _heading(published: str, designator: str) -> tuple[int, bool]:
    """Return a heading in tenths of a degree, and whether it is only assumed."""
    if published:
        return round(float(published) % 360.0 * 10) % 3600, False
    match = re.fullmatch(r"(\d{1,2})[LRCTW]?", designator)
    if match and 1 <= int(match[1]) <= 36:
        return int(match[1]) * 100 % 3600, True
    return UNKNOWN, False


def aerodrome_columns(
    airports: Iterable[str], runways: Iterable[str]
) -> tuple[dict[str, Any], list[str]]:
    """Return the columns of the part ``aerodromes`` from OurAirports' two CSV files."""
    rows = sorted(
        (r for r in csv.DictReader(airports) if r["type"] in _OPEN_KINDS),
        key=lambda record: record["ident"],
    )
    strips: dict[str, list[dict[str, str]]] = {}
    for strip in csv.DictReader(runways):
        if strip["closed"] != "1":
            strips.setdefault(strip["airport_ident"], []).append(strip)
    columns: dict[str, Any] = {
        "ident": [_line(r["ident"]) for r in rows],
        "icao": ["=" if r["icao_code"] == r["ident"] else _line(r["icao_code"]) for r in rows],
        "iata": [_line(r["iata_code"]) for r in rows],
        "name": [_line(r["name"]) for r in rows],
        "municipality": [_line(r["municipality"]) for r in rows],
        "keywords": [_line(r["keywords"]) for r in rows],
        "lat": np.array([round(float(r["latitude_deg"]) * 1e5) for r in rows], np.int64),
        "lon": np.array([round(float(r["longitude_deg"]) * 1e5) for r in rows], np.int64),
        "elevation_dm": np.array([_decimetres(r["elevation_ft"]) for r in rows], np.int64),
        "scheduled": np.array([r["scheduled_service"] == "yes" for r in rows], np.int64),
    }
    _choice(columns, "country", [r["iso_country"] for r in rows])
    _choice(columns, "kind", [r["type"] for r in rows])
    listed = [sorted(strips.get(r["ident"], []), key=lambda s: s["le_ident"]) for r in rows]
    columns["runway_count"] = np.array([len(s) for s in listed], np.int64)
    flat = [strip for group in listed for strip in group]
    low = [_heading(s["le_heading_degT"], s["le_ident"]) for s in flat]
    high = [_heading(s["he_heading_degT"], s["he_ident"]) for s in flat]
    columns |= {
        "runway_length_dm": np.array([_decimetres(s["length_ft"]) for s in flat], np.int64),
        "runway_width_dm": np.array([_decimetres(s["width_ft"]) for s in flat], np.int64),
        "runway_lighted": np.array([s["lighted"] == "1" for s in flat], np.int64),
        "runway_le_heading": np.array([h for h, _ in low], np.int64),
        "runway_he_heading": np.array([h for h, _ in high], np.int64),
        "runway_heading_assumed": np.array(
            [a or b for (_, a), (_, b) in zip(low, high, strict=True)], np.int64
        ),
    }
    _choice(columns, "runway_surface", [_line(s["surface"]).upper() for s in flat])
    _choice(columns, "runway_le_ident", [_line(s["le_ident"]).upper() for s in flat])
    _choice(columns, "runway_he_ident", [_line(s["he_ident"]).upper() for s in flat])
    return columns, []
