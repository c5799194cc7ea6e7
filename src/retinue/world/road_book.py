"""The road book: what the road graph does not know.

Which borders a motorcade may cross on which day, at which crossings; how fast a convoy
may be taken to travel in which country; how long the road is between a place and the
graph's nearest main highway.  People write it as YAML layers: a later layer's entry for a
border, country or place takes the place of an earlier layer's.

A border that no layer mentions is closed: the graph runs across armistice lines, and a
plan must not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from retinue.document import Node, read_yaml, validate
from retinue.errors import InputError
from retinue.sourced import Record, SourcedRecord
from retinue.units import Length, Speed
from retinue.world.catalogue import find_file, shown_as, user_folder
from retinue.world.sphere import EARTH_RADIUS_M, distance_m

__all__ = [
    "ROAD_BOOK_VERSION",
    "AccessRoad",
    "BorderState",
    "Crossing",
    "OpenArea",
    "RoadBook",
    "RoadBorder",
    "RoadConduct",
    "RoadLink",
    "RoadPiece",
    "RoadSpeeds",
    "border_key",
    "load_road_book",
]

ROAD_BOOK_VERSION = 1

#: ``closed`` by decision, ``none`` because no road was ever built, ``agreement`` where
#: only agreed traffic passes, ``crossings`` only at those listed, ``open`` anywhere.
State = Literal["open", "crossings", "agreement", "closed", "none"]


def _day(value: object) -> object:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f'"{value}" is not a date; write e.g. 2023-11-30') from error
    return value


Day = Annotated[date, BeforeValidator(_day)]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]


def border_key(one: str, two: str) -> str:
    """Return the name of a border, e.g. ``KP-KR``: both codes in alphabetical order."""
    return "-".join(sorted((one.upper(), two.upper())))


class Dated(SourcedRecord):
    """A record that holds on some days: ``from`` is the first, ``until`` the last."""

    from_: Day | None = None
    until: Day | None = None

    def holds_on(self, day: date) -> bool:
        """Return whether the record holds on a day."""
        return (self.from_ is None or self.from_ <= day) and (
            self.until is None or day <= self.until
        )

    @model_validator(mode="after")
    def _in_order(self) -> Dated:
        if self.from_ and self.until and self.until < self.from_:
            raise ValueError(f'"until" {self.until} lies before "from" {self.from_}')
        return self


class Crossing(Dated):
    """A place where a road may cross a border."""

    name: str
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    within: Length = Field(gt=0, description="how near the crossing a road counts as this one")


class RoadBorder(Dated):
    """What holds on the road at the border of two countries."""

    between: tuple[Country, Country]
    road: State
    crossings: tuple[Crossing, ...] = ()
    why: str = ""

    @model_validator(mode="after")
    def _listed(self) -> RoadBorder:
        if self.road == "crossings" and not self.crossings:
            raise ValueError('"road: crossings" needs the list "crossings"')
        if self.between[0] == self.between[1]:
            raise ValueError("a border lies between two different countries")
        return self

    @property
    def key(self) -> str:
        """Return the border's name, e.g. ``KP-KR``."""
        return border_key(*self.between)


class OpenArea(SourcedRecord):
    """Countries between which every road is open, each since a day."""

    name: str
    members: dict[Country, Day]


class RoadSpeeds(SourcedRecord):
    """How fast a convoy is taken to travel in a country, by kind of road."""

    country: str = Field(pattern=r"^([A-Z]{2}|\*)$", description="alpha-2, or * for every other")
    highway: Speed = Field(gt=0, description="main highways, as the graph holds them")
    urban: Speed = Field(gt=0, description="highways inside a town")
    access: Speed = Field(gt=0, description="roads between a place and the graph")


class RoadConduct(SourcedRecord):
    """Values that hold for every road leg."""

    detour_factor: float = Field(ge=1, le=3, description="road over straight line, access legs")
    longest_access: Length = Field(gt=0, description="farther from the graph there is no leg")
    urban_reach: Length = Field(ge=0, description="so far around an end of the leg is town")
    escort_pace: Speed = Field(gt=0, description="bodyguards running beside the car")
    catch_up: float = Field(ge=1, le=2, description="speed of a vehicle closing up, over march")


class AccessRoad(SourcedRecord):
    """The road between a place and the road graph, where somebody knows it."""

    place: str
    aliases: tuple[str, ...] = ()
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    distance: Length = Field(ge=0)


class RoadLink(Dated):
    """A piece of main highway that the graph lacks."""

    name: str
    ends: tuple[tuple[float, float], tuple[float, float]] = Field(
        description="latitude and longitude of either end"
    )
    length: Length = Field(gt=0)


class _BookFile(Record):
    """A road book as it stands in its file."""

    retinue_road_book: Literal[1]
    title: str
    sources: dict[str, str]
    conduct: RoadConduct | None = None
    speeds: tuple[RoadSpeeds, ...] = ()
    areas: tuple[OpenArea, ...] = ()
    borders: tuple[RoadBorder, ...] = ()
    access: tuple[AccessRoad, ...] = ()
    links: tuple[RoadLink, ...] = ()


#: A straight piece of road: latitude and longitude of its two ends, degrees.
RoadPiece = tuple[float, float, float, float]


def _from_piece_m(crossing: Crossing, road: RoadPiece) -> float:
    """Return how far a crossing lies from a piece of road, on the plane around it."""
    squeeze = math.cos(math.radians(crossing.lat))
    x, y = (road[1] - crossing.lon) * squeeze, road[0] - crossing.lat
    dx, dy = (road[3] - road[1]) * squeeze, road[2] - road[0]
    square = dx * dx + dy * dy
    share = min(max(-(x * dx + y * dy) / square, 0.0), 1.0) if square > 0.0 else 0.0
    return math.radians(math.hypot(x + share * dx, y + share * dy)) * EARTH_RADIUS_M


@dataclass(frozen=True)
class BorderState:
    """What the road book says of a border on a day.

    Attributes
    ----------
    key
        The border, e.g. ``KP-KR``.
    road
        The state; ``unlisted`` where no layer mentions the border.
    why, source, confidence
        The ground.
    crossings
        The crossings that are open on that day, where only those are.
    where
        ``file:line`` of the entry; empty where there is none.
    """

    key: str
    road: State | Literal["unlisted"]
    why: str = ""
    source: str = ""
    confidence: str = ""
    crossings: tuple[Crossing, ...] = ()
    where: str = ""

    def passable(self, road: RoadPiece) -> bool:
        """Return whether a piece of road may cross the border."""
        return self.road == "open" or self.crossing_on(road) is not None

    def crossing_on(self, road: RoadPiece) -> Crossing | None:
        """Return the open crossing nearest to a piece of road that it counts for, or None."""
        best: tuple[float, Crossing] | None = None
        for crossing in self.crossings:
            away = _from_piece_m(crossing, road)
            if away <= crossing.within and (best is None or away < best[0]):
                best = (away, crossing)
        return best[1] if best else None


@dataclass(frozen=True)
class RoadBook:
    """The layers of a road book, the later ones before the earlier ones.

    Attributes
    ----------
    borders
        Each with ``file:line`` of its entry; the first that fits a border and day holds.
    speeds, access, areas, links
        By precedence.
    conduct
        Values that hold for every leg.
    sources
        What the names of sources stand for.
    files
        The files it was read from, word for word, by name.
    """

    borders: tuple[tuple[RoadBorder, str], ...]
    areas: tuple[OpenArea, ...]
    speeds: tuple[RoadSpeeds, ...]
    access: tuple[AccessRoad, ...]
    links: tuple[RoadLink, ...]
    conduct: RoadConduct
    sources: dict[str, str]
    files: dict[str, str]

    @cached_property
    def _by_border(self) -> dict[str, list[tuple[RoadBorder, str]]]:
        found: dict[str, list[tuple[RoadBorder, str]]] = {}
        for border, where in self.borders:
            found.setdefault(border.key, []).append((border, where))
        return found

    def border(self, one: str, two: str, day: date) -> BorderState:
        """Return what holds at a border on a day.

        An entry for the border goes before an open area that holds both countries.
        """
        key = border_key(one, two)
        for border, where in self._by_border.get(key, ()):
            if border.holds_on(day):
                basis = border.basis_of("road")
                return BorderState(
                    key,
                    border.road,
                    border.why,
                    basis.source,
                    basis.confidence,
                    tuple(c for c in border.crossings if c.holds_on(day)),
                    where,
                )
        for area in self.areas:
            since = [area.members.get(code) for code in key.split("-")]
            if all(first is not None and first <= day for first in since):
                return BorderState(key, "open", area.name, area.source, area.confidence)
        return BorderState(key, "unlisted", "no road book says that it is open")

    def speeds_in(self, country: str) -> RoadSpeeds:
        """Return the speeds of a country, or those of every other country."""
        for wanted in (country, "*"):
            for speeds in self.speeds:
                if speeds.country == wanted:
                    return speeds
        raise InputError(
            f'no road book states road speeds for "{country}"',
            cure='Add an entry under "speeds" with "country: \'*\'".',
        )

    def links_on(self, day: date) -> tuple[RoadLink, ...]:
        """Return the roads that the graph lacks and that exist on a day."""
        return tuple(link for link in self.links if link.holds_on(day))

    def access_road(self, name: str, lat_deg: float, lon_deg: float) -> AccessRoad | None:
        """Return the known access road of a place, by name within 5 km of its position."""
        wanted = name.casefold()
        for road in self.access:
            if wanted in {n.casefold() for n in (road.place, *road.aliases)} and (
                float(distance_m(lat_deg, lon_deg, road.lat, road.lon)) <= 5_000.0
            ):
                return road
        return None


def load_road_book(
    names: tuple[str, ...] = (), folder: Path | None = None, *, where: str = ""
) -> RoadBook:
    """Read the world's road book and the layers over it.

    Every road book in the user's catalogue folder is laid over the world's, then every one
    in the ``road_books`` of the journey's folder, each in order of its name, then those
    named here; the last has the last word.

    Parameters
    ----------
    names
        Further road books, by path or catalogue name.
    folder
        The journey's folder.  A ``road_books/world.yaml`` there or in the user's catalogue
        replaces the shipped one.
    where
        Place of the names in the journey file, for errors.

    Raises
    ------
    InputError
        For a file that is missing or faulty.
    """
    paths = [find_file("road_books", "world", folder, what="road book")]
    for place in (user_folder(), folder):
        if place is not None:
            found = sorted((place / "road_books").glob("*.yaml"))
            paths += [path for path in found if path.stem != "world"]
    for name in names:
        path = find_file(
            "road_books",
            name,
            folder,
            what="road book",
            where=where,
            begins="retinue road book:",
        )
        # Named beside the rest, it is laid on top once.
        paths = [other for other in paths if other != path] + [path]
    layers = [(*_read(path), path.read_text(encoding="utf-8")) for path in reversed(paths)]
    conduct = next((book.conduct for book, _, _ in layers if book.conduct), None)
    if conduct is None:
        raise InputError(
            'no road book states the values under "conduct"',
            where=layers[-1][1].where(),
            cure="Copy them from the shipped road book.",
        )
    return RoadBook(
        borders=tuple(
            (border, node.where(("borders", number)).removesuffix(": borders"))
            for book, node, _ in layers
            for number, border in enumerate(book.borders)
        ),
        areas=tuple(area for book, _, _ in layers for area in book.areas),
        speeds=tuple(speeds for book, _, _ in layers for speeds in book.speeds),
        access=tuple(access for book, _, _ in layers for access in book.access),
        links=tuple(link for book, _, _ in layers for link in book.links),
        conduct=conduct,
        sources={k: v for book, _, _ in reversed(layers) for k, v in book.sources.items()},
        files={node.file: text for _, node, text in layers},
    )


def _read(path: Path) -> tuple[_BookFile, Node]:
    label = shown_as(path)
    node = read_yaml(path, label)
    version = node.value.get("retinue road book") if isinstance(node.value, dict) else None
    if version is None or version.value != ROAD_BOOK_VERSION:
        raise InputError(
            "this is not a road book that this Retinue reads",
            where=f"{label}:{(version or node).line}",
            cure=f'Begin it with "retinue road book: {ROAD_BOOK_VERSION}".',
        )
    book = validate(node, _BookFile)
    for part in ("conduct", "speeds", "areas", "borders", "access", "links"):
        entries = getattr(book, part)
        for number, entry in enumerate(entries if isinstance(entries, tuple) else (entries,)):
            if entry is None:
                continue
            sources = [entry.source, *(basis.source for basis in entry.basis.values())]
            unknown = [source for source in sources if source not in book.sources]
            if unknown:
                at = (part, number) if isinstance(entries, tuple) else (part,)
                raise InputError(
                    f'the source "{unknown[0]}" is not described under "sources"',
                    where=node.where((*at, "source")),
                    cure=f'Add "{unknown[0]}: ..." to "sources".',
                )
    return book, node
