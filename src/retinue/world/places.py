"""Places: what a person calls a place, found and told apart.

The order is: coordinates; the journey's own places; operating points of the line book;
stations of the extract, where a world at track level is open; aerodromes (an ICAO or IATA
indicator in capitals, or a name); GeoNames.  The first of
these that knows the name answers.

GeoNames knows many places of one name.  One of them is taken without asking back only
if its population is known and at least `DOMINANCE` times that of every other; a namesake
by another of its names than its main name counts a tenth, an unknown population as
1,000.  The choice stands in the place's note.  Otherwise the question goes back with all
of them listed.  A town's name means the town: an aerodrome called just like it needs the
word "airport" or its indicator.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal, Protocol

from retinue.errors import InputError
from retinue.world.aerodromes import Aerodrome, Aerodromes, says_aerodrome
from retinue.world.place_index import PlaceIndex
from retinue.world.place_names import Asked, fold, parse_coordinates, slips, split_country
from retinue.world.sphere import distance_m
from retinue.world.zones import zone_at

if TYPE_CHECKING:
    from retinue.journey import PlaceAsked
    from retinue.world.pack import Pack
    from retinue.world.rail_route import OperatingPoint

__all__ = ["DOMINANCE", "FoundIn", "Gazetteer", "OperatingPointLookup", "Place"]

DOMINANCE = 50.0
"""How many times more people than all namesakes a place has that is meant without asking."""

_OTHER_NAME_WEIGHT = 0.1
_UNKNOWN_POPULATION = 1_000.0
_SAME_PLACE_M = 15_000.0  # a namesake this near, in the same country, is a part of the place
_NEAR_M = 200_000.0
_LISTED = 8

FoundIn = Literal["journey", "line book", "extract", "aerodromes", "GeoNames", "coordinates"]


@dataclass(frozen=True)
class Place:
    """A place, found.

    Attributes
    ----------
    name
        As the source that knows it writes it.
    lat, lon
        Degrees, WGS 84.
    country
        ISO 3166-1 alpha-2, empty at sea.
    zone
        IANA name of its dated time zone.
    native_name
        In the country's own script, where the source tells.
    found_in
        Where it was found.
    kind
        ``station``, ``junction`` ... of the line book; ``large_airport`` ...; ``capital``,
        ``town``; ``place`` of the journey; ``point`` for coordinates.
    operating_point, aerodrome
        The record behind it, where it is one.
    note
        What a reader should know: how a choice was made, or that the zone is nautical.
    """

    name: str
    lat: float
    lon: float
    country: str
    zone: str
    native_name: str = ""
    found_in: FoundIn = "coordinates"
    kind: str = "point"
    operating_point: OperatingPoint | None = None
    aerodrome: Aerodrome | None = None
    note: str = ""


# Gazetteers come and go with journeys; what they look up in stays with the pack.
@lru_cache(maxsize=2)
def _index_of(pack: Pack) -> PlaceIndex:
    return PlaceIndex(pack.places)


@lru_cache(maxsize=2)
def _aerodromes_of(pack: Pack) -> Aerodromes:
    return Aerodromes(pack.aerodromes)


class OperatingPointLookup(Protocol):
    """What the gazetteer needs of a line book."""

    def find(self, name: str) -> list[OperatingPoint]:
        """Return the operating points of a name, id or alias."""
        ...

    def names(self) -> list[str]:
        """Return every name, for suggestions."""
        ...


class StationLookup(Protocol):
    """What the gazetteer needs of a world at track level."""

    def find(self, name: str, where: str = "") -> Place | None:
        """Return the station of that name."""
        ...

    def names(self) -> list[str]:
        """Return the names of all stations, for suggestions."""
        ...


class Gazetteer:
    """Finds places by name, code or coordinates.

    Parameters
    ----------
    pack
        The world pack.
    line_book
        Operating points; None where no leg is by rail.
    places
        The journey's own places by name.
    stations
        Stations of a world at track level.
    """

    def __init__(
        self,
        pack: Pack,
        line_book: OperatingPointLookup | None = None,
        places: Mapping[str, PlaceAsked] | None = None,
        stations: StationLookup | None = None,
    ) -> None:
        self._pack = pack
        self._stations = stations
        self._line_book = line_book
        self._own = dict(places or {})
        self._own_rows = {
            fold(alias): name
            for name, place in self._own.items()
            for alias in (name, place.native_name, *place.aliases)
            if alias
        }

    @cached_property
    def aerodromes(self) -> Aerodromes:
        """The pack's aerodromes."""
        return _aerodromes_of(self._pack)

    @cached_property
    def _index(self) -> PlaceIndex:
        return _index_of(self._pack)

    def resolve(
        self,
        text: str,
        *,
        near: tuple[float, float] | None = None,
        where: str = "",
        want: Literal["any", "aerodrome"] = "any",
    ) -> Place:
        """Return the place that a text names.

        Parameters
        ----------
        text
            A name, with a country where it needs one (``Pingxiang, CN``, ``Dong Dang VN``,
            ``Frankfurt (Oder), DE``, ``Springfield, IL, US``); an ICAO or IATA indicator in
            capitals; or coordinates (``39.03,125.75``, ``39.03 N 125.75 E``).
        near
            (lat, lon) that decides between namesakes: one within 200 km and at least five
            times nearer than the next is taken.
        where
            Where the text stands (``file:line: key``), for errors.
        want
            ``aerodrome`` looks only among aerodromes, and there also by part of the name or
            by the town served.

        Raises
        ------
        InputError
            Where nothing, or more than one place, has this name.
        """
        if not fold(text):
            raise InputError(
                f'"{text}" is not the name of a place',
                where=where,
                cure='Write a name, e.g. "Pyongyang", or coordinates, e.g. "39.03,125.75".',
            )
        if want == "aerodrome":
            return self._aerodrome_only(text, where)
        place = self._coordinates(text, where)
        if place is not None:
            return place
        readings = split_country(text, self._code_of)
        for asked in (readings[-1], *readings[:-1]):
            place = (
                self._journey_place(asked)
                or self._operating_point(asked, where)
                or self._station(asked, where)
                or self._aerodrome(asked, where)
            )
            if place is not None:
                return place
        for asked in readings:
            place = self._town(asked, near, where)
            if place is not None:
                return place
        raise self._unknown(text, readings, where)

    def _code_of(self, text: str) -> str | None:
        return self._pack.countries.iso2_of_name(text)

    def _coordinates(self, text: str, where: str) -> Place | None:
        try:
            point = parse_coordinates(text)
        except ValueError as error:
            raise InputError(str(error), where=where, cure='Write e.g. "39.03,125.75".') from error
        if point is None:
            return None
        lat, lon = point
        country = self._pack.countries.country_at(lat, lon) or ""
        zone = zone_at(lat, lon, country or None)
        name = f"{abs(lat):.4g} {'S' if lat < 0 else 'N'} {abs(lon):.5g} {'W' if lon < 0 else 'E'}"
        return Place(name, lat, lon, country, zone.name, note=zone.note)

    def _journey_place(self, asked: Asked) -> Place | None:
        name = self._own_rows.get(fold(asked.name))
        if name is None or asked.country not in (None, self._own[name].country):
            return None
        own = self._own[name]
        zone = zone_at(own.lat, own.lon, own.country)
        return Place(
            name, own.lat, own.lon, own.country, zone.name, own.native_name, "journey", "place",
            note=zone.note,
        )  # fmt: skip

    def _operating_point(self, asked: Asked, where: str) -> Place | None:
        if self._line_book is None:
            return None
        points = [
            point
            for point in self._line_book.find(asked.name)
            if asked.country in (None, point.country)
        ]
        if not points:
            return None
        if len(points) > 1:
            lines = [
                f"{p.name}, {p.country} ({p.id}, {p.lat:.3f},{p.lon:.3f})" for p in points[:_LISTED]
            ]
            raise InputError(
                f'"{asked.name}" names {len(points)} operating points of the line book',
                where=where,
                cure=f"Name one by its id: {'; '.join(lines)}.",
            )
        point = points[0]
        return Place(
            point.name, point.lat, point.lon, point.country, point.zone, point.native_name,
            "line book", point.kind, operating_point=point,
        )  # fmt: skip

    def _station(self, asked: Asked, where: str) -> Place | None:
        found = None if self._stations is None else self._stations.find(asked.name, where)
        return found if found is None or asked.country in (None, found.country) else None

    def _aerodrome(self, asked: Asked, where: str) -> Place | None:
        by_code = self.aerodromes.by_code(asked.name) if asked.name.isupper() else None
        if by_code:
            return self._one_aerodrome(asked, [by_code], where)
        found = self.aerodromes.by_name(asked.name)
        if found and not says_aerodrome(asked.name):
            exact = fold(found[0].name) == fold(asked.name)
            if self._index.main(asked.name) or (not exact and self._index.other(asked.name)):
                return None
        return self._one_aerodrome(asked, found, where)

    def _one_aerodrome(self, asked: Asked, found: list[Aerodrome], where: str) -> Place | None:
        fitting = [a for a in found if asked.country in (None, a.country)]
        if not fitting:
            return None
        if len(fitting) > 1:
            lines = [f"{a.code} {a.name}, {a.country}" for a in fitting[:_LISTED]]
            more = f" and {len(fitting) - _LISTED} more" if len(fitting) > _LISTED else ""
            raise InputError(
                f'"{asked.name}" names {len(fitting)} aerodromes',
                where=where,
                cure=f"Give the ICAO indicator: {'; '.join(lines)}{more}.",
            )
        one = fitting[0]
        zone = zone_at(one.lat, one.lon, one.country)
        exact = asked.name in (one.icao, one.iata, one.ident) or fold(asked.name) == fold(one.name)
        note = "" if exact else f'"{asked.name}" is taken for {one.code} {one.name}'
        return Place(
            one.name, one.lat, one.lon, one.country, zone.name, "", "aerodromes", one.kind,
            aerodrome=one, note="; ".join(n for n in (note, zone.note) if n),
        )  # fmt: skip

    def _aerodrome_only(self, text: str, where: str) -> Place:
        readings = split_country(text, self._code_of)
        for asked in readings:
            by_code = self.aerodromes.by_code(asked.name) if asked.name.isupper() else None
            found = [by_code] if by_code else self.aerodromes.by_name(asked.name, loose=True)
            place = self._one_aerodrome(asked, found, where)
            if place is not None:
                return place
        place = self.resolve(text, where=where)
        around = [a for _, a in self.aerodromes.near(place.lat, place.lon) if a.longest][:_LISTED]
        listed = "; ".join(f"{a.code} {a.name}" for a in around)
        raise InputError(
            f'"{text}" is not an aerodrome',
            where=where,
            cure="Give an ICAO indicator"
            + (f"; within 100 km of {place.name} are {listed}." if listed else "."),
        )

    def _town(self, asked: Asked, near: tuple[float, float] | None, where: str) -> Place | None:
        main = self._index.main(asked.name)
        rows = self._fitting(asked, [*main, *self._index.other(asked.name)])
        if not rows:
            rows = self._fitting(asked, self._index.transliterated(asked.name))
        rows = self._without_parts(rows)
        if not rows:
            return None
        if len(rows) == 1:
            return self._place_of(rows[0], asked, "")
        table = self._pack.places
        if near is not None:
            metres = distance_m(*near, table.lat_deg[rows], table.lon_deg[rows]).tolist()
            (first, row), (second, _) = sorted(zip(metres, rows, strict=True))[:2]
            if first <= _NEAR_M and second >= 5.0 * first:
                return self._place_of(row, asked, f"nearest of {len(rows)} places of this name")
        largest, next_ = rows[:2]
        weights = [self._people(row) * (1.0 if row in main else _OTHER_NAME_WEIGHT) for row in rows]
        if table.population[largest] > 0 and weights[0] >= DOMINANCE * max(weights[1:]):
            people = int(table.population[next_])
            return self._place_of(
                largest, asked,
                f'{len(rows)} places are called "{asked.name}"; taken for the largest, the next is'
                f" {table.name[next_]}, {table.country[next_]}"
                f" ({f'{people:,} inhabitants' if people else 'population unknown'})"
            )  # fmt: skip
        raise InputError(
            f'"{asked.name}" names {len(rows)} places',
            where=where,
            cure="Add the region (Springfield, US-IL), or write it as coordinates: "
            + "; ".join(self._listing(row) for row in rows[:_LISTED])
            + (f"; and {len(rows) - _LISTED} more" if len(rows) > _LISTED else "")
            + ".",
        )

    def _people(self, row: int) -> float:
        return float(self._pack.places.population[row]) or _UNKNOWN_POPULATION

    def _fitting(self, asked: Asked, rows: list[int]) -> list[int]:
        """Keep the rows of the country and region asked, the most populous first."""
        table = self._pack.places
        kept = {
            row
            for row in rows
            if asked.country in (None, table.country[row])
            and asked.region in (None, table.admin1[row])
        }
        return sorted(kept, key=lambda row: (-int(table.population[row]), row))

    def _without_parts(self, rows: list[int]) -> list[int]:
        table = self._pack.places
        kept: list[int] = []
        for row in rows:
            same = any(
                table.country[row] == table.country[other]
                and distance_m(
                    table.lat_deg[row], table.lon_deg[row],
                    table.lat_deg[other], table.lon_deg[other],
                ) <= _SAME_PLACE_M
                for other in kept
            )  # fmt: skip
            if not same:
                kept.append(row)
        return kept

    def _listing(self, row: int) -> str:
        table = self._pack.places
        people = int(table.population[row])
        region = f"-{table.admin1[row]}" if table.admin1[row] else ""
        return (
            f"{table.name[row]}, {table.country[row]}{region}"
            f" ({table.lat_deg[row]:.3f},{table.lon_deg[row]:.3f};"
            f" {f'{people:,} inhabitants' if people else 'population unknown'})"
        )

    def _place_of(self, row: int, asked: Asked, note: str) -> Place:
        table = self._pack.places
        native = _native(asked.name, table.country[row], table.alternates(row))
        if not note and asked.name != native and row not in self._index.main(asked.name):
            note = f'"{asked.name}" is another name of {table.name[row]}, {table.country[row]}'
        return Place(
            table.name[row],
            float(table.lat_deg[row]),
            float(table.lon_deg[row]),
            table.country[row],
            table.timezone[row],
            native,
            "GeoNames",
            "capital" if table.is_capital[row] else "town",
            note=note,
        )

    def _unknown(self, text: str, readings: list[Asked], where: str) -> InputError:
        known = {fold(name): name for name in self._own}
        known.update({name: name for name in self.aerodromes.folded_names})
        if self._line_book is not None:
            known.update({fold(name): name for name in self._line_book.names()})
        if self._stations is not None:
            known.update({fold(name): name for name in self._stations.names()})
        asked = readings[0]
        elsewhere = sorted({*self._index.main(asked.name), *self._index.other(asked.name)})
        if elsewhere and asked.country:
            listed = "; ".join(self._listing(row) for row in elsewhere[:_LISTED])
            return InputError(
                f'there is no "{asked.name}" in {asked.country}',
                where=where,
                cure=f"Known elsewhere: {listed}.",
            )
        return InputError(
            f'the place "{text}" is not known',
            where=where,
            cure=self._suggestion(asked, known)
            + 'Give coordinates ("39.03,125.75"), or name it under `places:`.',
        )

    def _suggestion(self, asked: Asked, known: dict[str, str]) -> str:
        found = slips(fold(asked.name), lambda w: w in known or self._index.knows(w))
        table = self._pack.places
        ranked: list[tuple[int, str]] = []
        for word in found:
            if word in known:
                ranked.append((0, known[word]))
            rows = self._fitting(Asked(word, asked.country), self._index.main(word))
            if rows:
                row = rows[0]
                named = f"{table.name[row]}, {table.country[row]}"
                ranked.append((-int(table.population[row]), named))
        names = [f'"{name}"' for _, name in sorted(set(ranked))[:3]]
        return f"Did you mean {' or '.join(names)}?  " if names else ""


#: Scripts in which GeoNames lists one native form, so that it can be told without a language.
_SCRIPTS = {"KP": "HANGUL", "KR": "HANGUL", "CN": "CJK", "TW": "CJK", "JP": "CJK",
            "RU": "CYRILLIC", "UA": "CYRILLIC", "BY": "CYRILLIC", "BG": "CYRILLIC",
            "MN": "CYRILLIC", "KZ": "CYRILLIC", "GR": "GREEK", "IL": "HEBREW", "TH": "THAI",
            "GE": "GEORGIAN", "AM": "ARMENIAN"}  # fmt: skip


def _native(asked: str, country: str, names: list[str]) -> str:
    """Return the name in the country's own script where the other names tell it."""
    script = _SCRIPTS.get(country)
    if script is None:
        return ""
    own = [n for n in names if all(unicodedata.name(c, "").startswith(script) for c in n)]
    if asked in own:
        return asked
    # 평양 and 평양시 ("P. city") are one name: the shorter is the bare one.
    bare = [n for n in own if not any(o != n and n.startswith(o) for o in own)]
    return bare[0] if len(bare) == 1 else ""
