"""Gateways: the stations and aerodromes by which a door is reached, and where modes meet.

A door is the journey's first origin or last destination.  Its station is one that the
journey names near it, else the nearest of the line book, else the nearest point of the rail
graph; its aerodromes are those with a runway that the aircraft may use, the likeliest first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from retinue.errors import InputError
from retinue.journey import PlaceAsked
from retinue.planner.options_data import LookedFor
from retinue.world.place_names import fold
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.world.aerodromes import Aerodrome
    from retinue.world.graph import Graph
    from retinue.world.places import Gazetteer, Place
    from retinue.world.rail_route import OperatingPoint
    from retinue.world.world import World

__all__ = ["Gateway", "Gateways", "Runways", "importance_m", "of_aerodrome"]

_BOOK_FAVOURED_M = 15_000.0  # a named station is preferred to a bare point of the graph this nearer
_ABROAD_M = 100_000.0  # an aerodrome or station beyond a border counts as so much farther
_KINDS = {"large_airport": 0.0, "medium_airport": 10_000.0}
_SMALL_M, _UNSCHEDULED_M = 40_000.0, 20_000.0


@dataclass(frozen=True)
class Gateway:
    """A station or aerodrome with the text by which a leg names it."""

    text: str
    name: str
    lat: float
    lon: float
    country: str
    point: OperatingPoint | None = None
    aerodrome: Aerodrome | None = None

    def away_m(self, lat: float, lon: float) -> float:
        """Return the distance from a position."""
        return float(distance_m(self.lat, self.lon, lat, lon))


@dataclass(frozen=True)
class Runways:
    """What an aircraft asks of an aerodrome before it is worth planning a flight there."""

    least_m: float
    paved: bool

    def at(self, aerodrome: Aerodrome) -> bool:
        """Return whether a runway comes into question."""
        return bool(aerodrome.suitable(self.least_m, paved=self.paved))


def importance_m(aerodrome: Aerodrome) -> float:
    """Return how much farther off an aerodrome counts for being small or without services."""
    size = _KINDS.get(aerodrome.kind, _SMALL_M)
    return size + (0.0 if aerodrome.scheduled else _UNSCHEDULED_M)


@dataclass
class Gateways:
    """Looks gateways up, and keeps the places it had to make.

    Attributes
    ----------
    named
        Places that the journey's own legs name, by mode: ``rail`` and ``air``.
    made
        Places for the journey that no gazetteer knows: points of the rail graph.
    """

    world: World
    gazetteer: Gazetteer
    looked_for: LookedFor
    named: dict[str, list[Gateway]] = field(default_factory=dict)
    made: dict[str, PlaceAsked] = field(default_factory=dict)

    @property
    def graph(self) -> Graph:
        """The rail graph, mended by the line book's links."""
        return self.world.line_book.mended(self.world.pack.rail)

    def aerodromes(self, lat: float, lon: float, country: str, runways: Runways) -> list[Gateway]:
        """Return the aerodromes of a door, the likeliest first; those the journey names lead."""
        within = self.looked_for.aerodrome_within
        own = [g for g in self.named.get("air", []) if g.away_m(lat, lon) <= within]
        own.sort(key=lambda g: g.away_m(lat, lon))
        found = []
        for metres, aerodrome in self.gazetteer.aerodromes.near(lat, lon, within):
            if aerodrome.kind == "seaplane_base" or not runways.at(aerodrome):
                continue
            abroad = _ABROAD_M if aerodrome.country != country else 0.0
            found.append((metres + importance_m(aerodrome) + abroad, aerodrome.ident, aerodrome))
        found.sort(key=lambda item: item[:2])
        known = {g.text for g in own}
        others = [of_aerodrome(a) for _, _, a in found if a.code not in known]
        return [*own, *others][: self.looked_for.aerodromes_tried]

    def stations(self, origin: Place, destination: Place) -> tuple[Gateway | None, Gateway | None]:
        """Return the stations of both doors, on one network where there is one."""
        component = self._common(origin, destination)
        return (
            self.station(origin, component),
            self.station(destination, component),
        )

    def station(self, door: Place, component: int | None = None) -> Gateway | None:
        """Return the station of a door, or None where no railway is near.

        Parameters
        ----------
        component
            Of the rail graph, on which it should lie; None: whichever is nearest.
        """
        if door.operating_point is not None and door.operating_point.kind == "station":
            return self.of_point(door.operating_point)
        within = self.looked_for.station_within
        own = [g for g in self.named.get("rail", []) if g.away_m(door.lat, door.lon) <= within]
        if own:
            return min(own, key=lambda g: g.away_m(door.lat, door.lon))
        return self.railhead(door.lat, door.lon, door.country, door.name, within, component)

    def railhead(
        self,
        lat: float,
        lon: float,
        country: str,
        name: str,
        within_m: float,
        component: int | None = None,
    ) -> Gateway | None:
        """Return the nearest station of the line book, else the nearest point of the graph."""
        node, metres = self.graph.nearest(lat, lon, component=component)
        book = self._book_station(lat, lon, country, min(within_m, metres + _BOOK_FAVOURED_M))
        if book is not None:
            return book
        if metres > within_m:
            return None
        at = float(self.graph.lat_deg[node]), float(self.graph.lon_deg[node])
        return self.made_place(f"{name} railhead", at, country)

    def made_place(self, name: str, at: tuple[float, float], country: str) -> Gateway:
        """Return a place made for the purpose, under a name that the journey then knows."""
        here = self.world.countries.country_at(*at) or country
        self.made[name] = PlaceAsked(
            lat=round(at[0], 5),
            lon=round(at[1], 5),
            country=here,
            source="nearest point of the rail graph",
            confidence="assumed",
        )
        return Gateway(name, name, at[0], at[1], here)

    def of_point(self, point: OperatingPoint) -> Gateway | None:
        """Return a point of the line book under a text that names it alone."""
        for text in (point.name, f"{point.name}, {point.country}", point.id):
            try:
                place = self.gazetteer.resolve(text)
            except InputError:
                continue
            if place.operating_point is not None and place.operating_point.id == point.id:
                return Gateway(text, point.name, point.lat, point.lon, point.country, point)
        return None

    def name(self, mode: str, texts: Sequence[str]) -> None:
        """Note the places that the journey's legs of a mode name."""
        known = self.named.setdefault(mode, [])
        for text in texts:
            place = self.gazetteer.resolve(text, want="aerodrome" if mode == "air" else "any")
            if fold(text) not in {fold(g.text) for g in known}:
                known.append(
                    Gateway(
                        text, place.name, place.lat, place.lon, place.country,
                        place.operating_point, place.aerodrome,
                    )
                )  # fmt: skip

    def _book_station(
        self, lat: float, lon: float, country: str, within_m: float
    ) -> Gateway | None:
        book = self.world.line_book
        found = sorted(
            (float(distance_m(lat, lon, p.lat, p.lon)), p.id)
            for p in book.points.values()
            if p.kind == "station" and p.country == country and book.lines_at(p.id)
            and abs(p.lat - lat) * 110_000.0 <= within_m
        )  # fmt: skip
        for metres, point_id in found:
            if metres > within_m:
                break
            if (gateway := self.of_point(book.points[point_id])) is not None:
                return gateway
        return None

    def _common(self, one: Place, other: Place) -> int | None:
        """Return the component of the rail graph that serves both doors best, if one does."""
        graph, within = self.graph, self.looked_for.station_within
        nodes = [graph.nearest(place.lat, place.lon)[0] for place in (one, other)]
        best: tuple[float, int] | None = None
        for component in sorted({0, *(int(graph.component[node]) for node in nodes)}):
            away = [graph.nearest(p.lat, p.lon, component=component)[1] for p in (one, other)]
            if max(away) <= within and (best is None or sum(away) < best[0]):
                best = (sum(away), component)
        return None if best is None else best[1]


def of_aerodrome(aerodrome: Aerodrome) -> Gateway:
    """Return an aerodrome as a gateway."""
    return Gateway(
        aerodrome.code, aerodrome.name, aerodrome.lat, aerodrome.lon, aerodrome.country,
        aerodrome=aerodrome,
    )  # fmt: skip
