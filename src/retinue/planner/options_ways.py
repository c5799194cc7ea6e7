"""Combinations of modes from door to door, as legs that the planner can plan.

::

    door -road- station ---rail--- station -road- door
    door -road- aerodrome ---air--- aerodrome -road- door
    door ---road--- door
    door ...rail--- interchange -road- aerodrome ---air... door      and so on

A trunk of one mode goes all the way; a mixed one changes once, at an interchange.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.planner.options_gateways import Gateway

if TYPE_CHECKING:
    from retinue.journey import LegAsked
    from retinue.plan.leg import Mode
    from retinue.planner.options_data import LookedFor
    from retinue.planner.options_interchanges import Interchange
    from retinue.planner.options_vehicles import Vehicles
    from retinue.world.places import Place

__all__ = ["Doors", "WayAsked", "mixed_ways", "pure_ways"]

_HERE_M = 250.0  # a gateway this near to the one before it needs no road leg


@dataclass(frozen=True)
class WayAsked:
    """One combination, ready to be planned."""

    title: str
    pattern: str
    legs: tuple[LegAsked, ...]
    aerodromes: tuple[str, ...] = ()

    @property
    def modes(self) -> tuple[Mode, ...]:
        """Modes of its legs."""
        return tuple(leg.mode for leg in self.legs)


@dataclass(frozen=True)
class Doors:
    """Both ends of the journey, with their gateways.

    Attributes
    ----------
    texts
        By which the journey names them.
    stations
        None where no railway is near.
    aerodromes
        The likeliest first; may be empty.
    """

    texts: tuple[str, str]
    places: tuple[Place, Place]
    stations: tuple[Gateway | None, Gateway | None]
    aerodromes: tuple[tuple[Gateway, ...], tuple[Gateway, ...]]

    def end(self, index: int) -> Gateway:
        """Return a door as a gateway of its own."""
        place = self.places[index]
        return Gateway(self.texts[index], place.name, place.lat, place.lon, place.country)


def _joined(
    vehicles: Vehicles, trunk: list[tuple[Mode, Gateway, Gateway]], doors: Doors
) -> tuple[LegAsked, ...]:
    """Return the legs of a trunk with the roads to, between and from its gateways."""
    legs: list[LegAsked] = []
    here, before = doors.end(0), ""

    def drive(to: Gateway) -> None:
        if here.text != to.text and here.away_m(to.lat, to.lon) > _HERE_M:
            legs.append(vehicles.road(here.text, to.text, behind_train=before == "rail"))

    for mode, start, end in trunk:
        if mode == "road":
            legs.append(vehicles.road(here.text, end.text, behind_train=before == "rail"))
        else:
            drive(start)
            legs.append(vehicles.rail(start, end) if mode == "rail" else vehicles.air(start, end))
        here, before = end, mode
    drive(doors.end(1))
    return tuple(legs)


def pure_ways(
    vehicles: Vehicles, doors: Doors, tried: tuple[int, int] = (0, 0)
) -> Iterator[WayAsked]:
    """Yield the ways of one mode: rail, air and road where there are gateways.

    Parameters
    ----------
    tried
        Which aerodrome of each door to take.
    """
    one, other = doors.stations
    if one is not None and other is not None and one.text != other.text:
        yield WayAsked("rail", "rail", _joined(vehicles, [("rail", one, other)], doors))
    flight = air_way(vehicles, doors, tried)
    if flight is not None:
        yield flight
    yield WayAsked("road", "road", (vehicles.road(*doors.texts),))


def air_way(vehicles: Vehicles, doors: Doors, tried: tuple[int, int]) -> WayAsked | None:
    """Return the way by air between the given aerodromes of the doors, None where there is none."""
    if tried[0] >= len(doors.aerodromes[0]) or tried[1] >= len(doors.aerodromes[1]):
        return None
    start, end = doors.aerodromes[0][tried[0]], doors.aerodromes[1][tried[1]]
    if start.text == end.text:
        return None
    legs = _joined(vehicles, [("air", start, end)], doors)
    return WayAsked("air", "air", legs, (start.text, end.text))


def mixed_ways(vehicles: Vehicles, doors: Doors, at: Interchange) -> Iterator[WayAsked]:
    """Yield the sensible ways that change once from one mode to another at an interchange."""
    for first, second in at.patterns:
        trunk = _trunk(doors, at, first, second)
        if trunk is None or not _sensible(trunk, vehicles.defaults.looked_for):
            continue
        legs = _joined(vehicles, trunk, doors)
        aerodromes = tuple(g.text for mode, a, b in trunk if mode == "air" for g in (a, b))
        pattern = f"{first} + {second}"
        yield WayAsked(f"{pattern} via {at.name}", pattern, legs, aerodromes)


def _sensible(trunk: list[tuple[Mode, Gateway, Gateway]], rule: LookedFor) -> bool:
    """Return whether no short hop is flown, and the road is the lesser part (straight lines)."""
    metres = [(mode, start.away_m(end.lat, end.lon)) for mode, start, end in trunk]
    road = sum(away for mode, away in metres if mode == "road")
    flown = [away for mode, away in metres if mode == "air"]
    whole = sum(away for _, away in metres)
    return road <= rule.longest_road_share * whole and min(flown, default=whole) >= min(
        rule.shortest_flight, whole
    )


def _trunk(
    doors: Doors, at: Interchange, first: Mode, second: Mode
) -> list[tuple[Mode, Gateway, Gateway]] | None:
    """Return the trunk of a mixed way; None where a gateway is missing or both are one."""
    ends: list[Gateway | None] = []
    for mode, index in ((first, 0), (second, 1)):
        if mode == "rail":
            ends.append(doors.stations[index])
        elif mode == "air":
            ends.append(doors.aerodromes[index][0] if doors.aerodromes[index] else None)
        else:
            ends.append(doors.end(index))
    into = at.station if first == "rail" else at.aerodrome if first == "air" else None
    out = at.station if second == "rail" else at.aerodrome if second == "air" else None
    # A road leads to the very gateway from which the other mode goes on.
    into, out = into or out, out or into
    start, end = ends
    if start is None or end is None or into is None or out is None:
        return None
    if start.text == into.text or end.text == out.text:
        return None
    return [(first, start, into), (second, out, end)]
