"""Aerodromes by indicator or name, and what their runways can take."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from retinue.world.pack_tables import AerodromeTable
from retinue.world.place_index import NameLines
from retinue.world.place_names import fold
from retinue.world.sphere import distance_m

__all__ = ["Aerodrome", "Aerodromes", "Runway", "says_aerodrome"]

_PAVED = ("ASP", "CON", "PEM", "BIT", "TAR", "PAV", "COP", "MAC", "BRI", "COM", "ALU", "PSP")
_UNPAVED = (
    "TURF", "TRF", "GRS", "GRASS", "GRA", "GRE", "GVL", "GRVL", "DIRT", "SAND", "SAN", "CLA",
    "LAT", "EART", "SOIL", "SOD", "ICE", "SNO", "WAT", "COR", "UNP", "ROCK", "ROOF", "MET",
    "MAT", "DECK", "WOOD", "TREAT", "OILED",
)  # fmt: skip
_GENERIC = {
    "airport", "international", "aerodrome", "airfield", "air", "base", "airstrip", "domestic",
    "regional", "intl", "field", "municipal",
}  # fmt: skip


@dataclass(frozen=True)
class Runway:
    """A runway, both directions of it.

    Attributes
    ----------
    designators
        Low and high end, e.g. ``("01", "19")``.
    length_m, width_m
        None where not published.
    surface
        The source's code, e.g. ``ASP``.
    paved
        None where the code does not tell.
    headings_deg
        True heading of each direction, None where unknown.
    heading_assumed
        True where the headings are ten times the designators.
    lighted
        Whether it has lights.
    """

    designators: tuple[str, str]
    length_m: float | None
    width_m: float | None
    surface: str
    paved: bool | None
    headings_deg: tuple[float | None, float | None]
    heading_assumed: bool
    lighted: bool

    @property
    def name(self) -> str:
        """Both designators, e.g. ``01/19``."""
        return "/".join(d for d in self.designators if d) or "unnamed"

    @property
    def text(self) -> str:
        """``01/19 3,502 m CON``, as a sentence prints it."""
        length = "length not published" if self.length_m is None else f"{self.length_m:,.0f} m"
        return f"{self.name} {length} {self.surface or 'surface not published'}"


@dataclass(frozen=True)
class Aerodrome:
    """An aerodrome with its open runways, the longest first.

    Attributes
    ----------
    ident
        The source's key.
    icao, iata
        Location indicators, empty where there is none.
    elevation_m
        None where not published.
    kind
        ``large_airport``, ``medium_airport``, ``small_airport`` or ``seaplane_base``.
    """

    ident: str
    icao: str
    iata: str
    name: str
    municipality: str
    country: str
    kind: str
    lat: float
    lon: float
    elevation_m: float | None
    scheduled: bool
    runways: tuple[Runway, ...]

    @property
    def code(self) -> str:
        """The ICAO indicator, or the source's key where there is none."""
        return self.icao or self.ident

    @property
    def longest(self) -> Runway | None:
        """The longest runway of published length."""
        known = [runway for runway in self.runways if runway.length_m is not None]
        return max(known, key=lambda runway: runway.length_m or 0.0, default=None)

    def suitable(self, length_m: float, *, paved: bool = True) -> tuple[Runway, ...]:
        """Return the runways of at least a length, longest first.

        Parameters
        ----------
        length_m
            Length needed.
        paved
            Leave out runways of grass, gravel, earth and the like; a runway whose
            surface is not published stays in.
        """
        return tuple(
            runway
            for runway in self.runways
            if (runway.length_m or 0.0) >= length_m and not (paved and runway.paved is False)
        )


def _paved(surface: str) -> bool | None:
    words = [w for w in re.split(r"[^A-Z]+", surface.upper()) if w]
    # The first word that tells counts: "ASP/GRVL" is an asphalt runway with gravel ends.
    for word in words:
        if word.startswith(_UNPAVED):
            return False
        if word.startswith(_PAVED):
            return True
    return None


def says_aerodrome(name: str) -> bool:
    """Return whether a name itself says that it means an aerodrome."""
    return not _GENERIC.isdisjoint(fold(name).split())


def _folded_lines(lines: list[str]) -> list[str]:
    """Fold many names; one pass over the joined text, since folding each costs a second."""
    found = list(lines)
    foreign = [row for row, line in enumerate(lines) if not line.isascii()]
    for row in foreign:
        found[row] = fold(lines[row])
    joined = "\n".join(found)
    for dropped in "'`.\"":
        joined = joined.replace(dropped, "")
    for spaced in "-/,;()_":
        joined = joined.replace(spaced, " ")
    for _ in range(3):
        joined = joined.replace("  ", " ")
    return joined.replace(" \n", "\n").replace("\n ", "\n").strip(" ").lower().split("\n")


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


class Aerodromes:
    """Look-up on the pack's table of aerodromes.

    Parameters
    ----------
    table
        The table, as `retinue.world.pack.Pack.aerodromes` gives it.
    """

    def __init__(self, table: AerodromeTable) -> None:
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    def at(self, row: int) -> Aerodrome:
        """Return the aerodrome of a row of the table."""
        table = self._table
        return Aerodrome(
            ident=table.ident[row],
            icao=table.icao[row],
            iata=table.iata[row],
            name=table.name[row],
            municipality=table.municipality[row],
            country=table.country[row],
            kind=table.kind[row],
            lat=float(table.lat_deg[row]),
            lon=float(table.lon_deg[row]),
            elevation_m=_number(table.elevation_m[row]),
            scheduled=bool(table.scheduled[row]),
            runways=self._runways(row),
        )

    def _runways(self, row: int) -> tuple[Runway, ...]:
        table = self._table.runways
        rows = range(*map(int, self._table.runway_start[row : row + 2]))
        runways = [
            Runway(
                designators=(table.le_ident[r], table.he_ident[r]),
                length_m=_number(table.length_m[r]),
                width_m=_number(table.width_m[r]),
                surface=table.surface[r],
                paved=_paved(table.surface[r]),
                headings_deg=(_number(table.le_heading_deg[r]), _number(table.he_heading_deg[r])),
                heading_assumed=bool(table.heading_assumed[r]),
                lighted=bool(table.lighted[r]),
            )
            for r in rows
        ]
        return tuple(sorted(runways, key=lambda runway: (-(runway.length_m or 0.0), runway.name)))

    @cached_property
    def _codes(self) -> dict[str, int]:
        table = self._table
        found: dict[str, int] = {}
        # ICAO before IATA before the source's key, should one text ever be two of them.
        for column in (table.icao, table.iata, table.ident):
            for row, code in enumerate(column):
                if code:
                    found.setdefault(code, row)
        return found

    def by_code(self, code: str) -> Aerodrome | None:
        """Return the aerodrome of an ICAO or IATA indicator in capitals, else None.

        Only capitals are an indicator: ``UFA`` is one, ``Ufa`` is a town.
        """
        row = self._codes.get(code.strip())
        return None if row is None else self.at(row)

    @cached_property
    def _names(self) -> NameLines:
        pairs = zip(self._table.name, self._table.keywords, strict=True)
        return NameLines([f"{name}|{words}" for name, words in pairs], b",")

    @cached_property
    def _words(self) -> list[str]:
        """Per aerodrome its name, former names and the town served, folded."""
        table = self._table
        columns = zip(table.name, table.keywords, table.municipality, strict=True)
        return _folded_lines([" ".join(texts) for texts in columns])

    @cached_property
    def folded_names(self) -> frozenset[str]:
        """Every published name, folded."""
        return frozenset(_folded_lines(self._table.name))

    def by_name(self, name: str, *, loose: bool = False) -> list[Aerodrome]:
        """Return the aerodromes of a name, the most important first.

        The whole published name or a published former name counts.  Some words of it count
        where ``name`` itself says that it means an aerodrome ("Sunan airport"), or with
        ``loose``; the town served then counts as part of the name, and where aerodromes
        with scheduled services are among those found, the others are left out.
        """
        means = says_aerodrome(name)
        rows = self._names.rows(fold(name).encode()) if means or not loose else []
        bare = set(fold(name).split()) - _GENERIC
        if not rows and bare and (loose or means):
            first = max(sorted(bare), key=len)
            rows = [
                row
                for row, text in enumerate(self._words)
                if first in text and bare <= set(text.split())
            ]
            rows = [row for row in rows if self._table.scheduled[row]] or rows
        return [self.at(row) for row in sorted(rows, key=self._importance)]

    def _importance(self, row: int) -> tuple[int, int, str]:
        table = self._table
        kinds = ("large_airport", "medium_airport", "small_airport")
        rank = kinds.index(table.kind[row]) if table.kind[row] in kinds else len(kinds)
        return (not table.scheduled[row], rank, table.ident[row])

    def near(
        self, lat_deg: float, lon_deg: float, within_m: float = 100_000.0
    ) -> list[tuple[float, Aerodrome]]:
        """Return (distance in metres, aerodrome) around a point, nearest first."""
        return list(self.nearest(lat_deg, lon_deg, within_m))

    def nearest(
        self, lat_deg: float, lon_deg: float, within_m: float
    ) -> Iterator[tuple[float, Aerodrome]]:
        """Yield (distance in metres, aerodrome) around a point, nearest first, as asked for."""
        table = self._table
        rows = np.flatnonzero(np.abs(table.lat_deg - lat_deg) < within_m / 110_000.0)
        metres = distance_m(lat_deg, lon_deg, table.lat_deg[rows], table.lon_deg[rows])
        inside = metres <= within_m
        for metre, row in sorted(zip(metres[inside].tolist(), rows[inside].tolist(), strict=True)):
            yield metre, self.at(row)
