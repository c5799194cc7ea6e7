"""The two tables of the world pack: places and aerodromes, as columns.

They hold what the sources say and nothing more; finding a place by its name is the
business of `retinue.world.places` and `retinue.world.aerodromes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retinue.world.pack_file import LazyTexts, PartFile

__all__ = ["AerodromeTable", "PlaceTable", "RunwayTable", "read_aerodromes", "read_places"]

_UNKNOWN = -99_999


@dataclass(frozen=True)
class PlaceTable:
    """Places of GeoNames, one row each, sorted by ``geonameid``.

    Attributes
    ----------
    geonameid
        GeoNames' own number, shape (n,).
    name, ascii_name
        Main name, and the same in ASCII (never empty).
    alternate_names
        Per place its other names joined by ``|``: native script, romanisations; empty
        for small places.
    country
        ISO 3166-1 alpha-2 code.
    admin1
        GeoNames code of the first-order division, empty where there is none.
    lat_deg, lon_deg
        WGS 84, resolution 1e-4 degrees, shape (n,).
    population
        Inhabitants; 0 is unknown.
    timezone
        IANA name.
    is_capital
        Capital of its country, by GeoNames' country table.
    """

    geonameid: NDArray[np.int64]
    name: list[str]
    ascii_name: Sequence[str]
    alternate_names: Sequence[str]
    country: list[str]
    admin1: list[str]
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    population: NDArray[np.int64]
    timezone: list[str]
    is_capital: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.name)

    def alternates(self, row: int) -> list[str]:
        """Return the other names of one place."""
        joined = self.alternate_names[row]
        return joined.split("|") if joined else []


@dataclass(frozen=True)
class RunwayTable:
    """Open runways, grouped by aerodrome (see `AerodromeTable.runway_start`).

    Attributes
    ----------
    length_m, width_m
        Metres, NaN where not published, shape (n,).
    surface
        The source's code in upper case, e.g. ``ASP``, ``CON``, ``TURF``.
    lighted
        Whether it has lights.
    le_ident, he_ident
        Designators of the low and the high end, e.g. ``07L`` and ``25R``.
    le_heading_deg, he_heading_deg
        True heading of each direction, NaN where unknown.
    heading_assumed
        True where the heading was not published and is ten times the designator.
    """

    length_m: NDArray[np.float64]
    width_m: NDArray[np.float64]
    surface: list[str]
    lighted: NDArray[np.bool_]
    le_ident: list[str]
    he_ident: list[str]
    le_heading_deg: NDArray[np.float64]
    he_heading_deg: NDArray[np.float64]
    heading_assumed: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.surface)


@dataclass(frozen=True)
class AerodromeTable:
    """Open aerodromes of OurAirports, sorted by ``ident``; no heliports.

    Attributes
    ----------
    ident
        The source's key; the ICAO indicator where there is one.
    icao, iata
        Location indicators, empty where there is none.
    name, municipality
        Names as published.
    country
        ISO 3166-1 alpha-2 code.
    kind
        ``large_airport``, ``medium_airport``, ``small_airport`` or ``seaplane_base``.
    keywords
        Former names and aliases, comma separated.
    lat_deg, lon_deg
        WGS 84, resolution 1e-5 degrees, shape (n,).
    elevation_m
        Above mean sea level, NaN where unknown.
    scheduled
        Whether scheduled services call.
    runway_start
        Runways of row ``i`` are rows ``runway_start[i]:runway_start[i + 1]`` of
        `runways`; shape (n + 1,).
    runways
        The runways of all aerodromes.
    """

    ident: list[str]
    icao: list[str]
    iata: list[str]
    name: list[str]
    municipality: list[str]
    country: list[str]
    kind: list[str]
    keywords: list[str]
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    elevation_m: NDArray[np.float64]
    scheduled: NDArray[np.bool_]
    runway_start: NDArray[np.int32]
    runways: RunwayTable

    def __len__(self) -> int:
        return len(self.ident)


def _choice(part: PartFile, name: str) -> list[str]:
    """Decode a column kept as indices into a short list of values."""
    values: list[str] = part.json(f"{name}.values")["values"]
    lookup = np.array(values, dtype=object)
    decoded: list[str] = lookup[part.integers(name)].tolist()
    return decoded


def _optional(part: PartFile, name: str, scale: float) -> NDArray[np.float64]:
    values = part.integers(name)
    return np.where(values == _UNKNOWN, np.nan, values * scale)


def _degrees(part: PartFile, name: str, per_degree: float) -> NDArray[np.float64]:
    return part.integers(name) / per_degree


def read_places(part: PartFile) -> PlaceTable:
    """Decode the table of places."""
    name = part.texts("name")

    def plain() -> list[str]:
        # Empty stands for "the same as name".
        kept = part.texts("ascii_name")
        return [bare or full for bare, full in zip(kept, name, strict=True)]

    return PlaceTable(
        geonameid=part.integers("geonameid").astype(np.int64),
        name=name,
        ascii_name=LazyTexts(plain, len(name)),
        alternate_names=LazyTexts(lambda: part.texts("alternate_names"), len(name)),
        country=_choice(part, "country"),
        admin1=_choice(part, "admin1"),
        lat_deg=_degrees(part, "lat", 1e4),
        lon_deg=_degrees(part, "lon", 1e4),
        population=part.integers("population").astype(np.int64),
        timezone=_choice(part, "timezone"),
        is_capital=part.integers("is_capital").astype(bool),
    )


def read_aerodromes(part: PartFile) -> AerodromeTable:
    """Decode the table of aerodromes with their runways."""
    counts = part.integers("runway_count")
    start = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=start[1:])
    runways = RunwayTable(
        length_m=_optional(part, "runway_length_dm", 0.1),
        width_m=_optional(part, "runway_width_dm", 0.1),
        surface=_choice(part, "runway_surface"),
        lighted=part.integers("runway_lighted").astype(bool),
        le_ident=_choice(part, "runway_le_ident"),
        he_ident=_choice(part, "runway_he_ident"),
        le_heading_deg=_optional(part, "runway_le_heading", 0.1),
        he_heading_deg=_optional(part, "runway_he_heading", 0.1),
        heading_assumed=part.integers("runway_heading_assumed").astype(bool),
    )
    ident = part.texts("ident")
    icao = part.texts("icao")
    return AerodromeTable(
        ident=ident,
        # "=" stands for "the same as ident", which is the rule.
        icao=[key if code == "=" else code for key, code in zip(ident, icao, strict=True)],
        iata=part.texts("iata"),
        name=part.texts("name"),
        municipality=part.texts("municipality"),
        country=_choice(part, "country"),
        kind=_choice(part, "kind"),
        keywords=part.texts("keywords"),
        lat_deg=_degrees(part, "lat", 1e5),
        lon_deg=_degrees(part, "lon", 1e5),
        elevation_m=_optional(part, "elevation_dm", 0.1),
        scheduled=part.integers("scheduled").astype(bool),
        runway_start=start,
        runways=runways,
    )
