"""Whether a permit covers a flight: the one rule by which replans void permits.

A permit may be tied to a registration, a call sign, a type of aircraft, the points at which the
flight enters and leaves the country, and a window of time.  What it is not tied to, it leaves
free.  The moment that must lie in the window is that of the entry; for a landing permit the
landing, or the take-off where the flight begins in the country; so too for restricted airspace.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.clock import from_iso, iso_utc

if TYPE_CHECKING:
    from retinue.plan.leg import Leg
    from retinue.plan.papers import Permit
    from retinue.plan.plan import Alternative, Plan, Support

__all__ = ["Crossing", "crossing_of", "named_ways", "plain", "uncovered", "uncovered_in"]

_EARTH_M = 6_371_008.8  # mean radius, IUGG


@dataclass(frozen=True)
class Crossing:
    """How a flight crosses a country: its first entry and its last exit.

    Attributes
    ----------
    entry, exit
        (latitude, longitude) in degrees; None where the flight begins, or ends, there.
    entry_utc, exit_utc
        Unix seconds; take-off or landing at an end of the flight.
    """

    entry: tuple[float, float] | None
    exit: tuple[float, float] | None
    entry_utc: float
    exit_utc: float

    def moment(self, kind: str) -> float:
        """Return the moment that a kind of permit is asked for."""
        at_the_end = kind in ("landing", "restricted zone") and self.exit is None
        return self.exit_utc if at_the_end else self.entry_utc


def plain(text: str) -> str:
    """Return a registration or call sign without case, hyphens and blanks."""
    return "".join(c for c in text.upper() if c.isalnum())


def crossing_of(leg: Leg, country: str) -> Crossing | None:
    """Return how an air leg crosses a country, or None where it does not."""
    stretches = leg.details.get("overflights", ())
    inside = [k for k, stretch in enumerate(stretches) if stretch["country"] == country]
    if not inside:
        return None
    first, last = stretches[inside[0]], stretches[inside[-1]]

    def point(at_m: float) -> tuple[float, float]:
        lon, lat = leg.main.position(at_m)
        return round(lat, 4), round((lon + 180.0) % 360.0 - 180.0, 4)

    return Crossing(
        entry=point(first["enter_m"]) if inside[0] else None,
        exit=point(last["exit_m"]) if inside[-1] < len(stretches) - 1 else None,
        entry_utc=from_iso(first["enter_utc"]),
        exit_utc=from_iso(last["exit_utc"]),
    )


def uncovered(permit: Permit, leg: Leg | None) -> tuple[str, ...]:
    """Return why a permit does not cover a flight, in words; nothing where it does."""
    if permit.state == "refused":
        return ("it was refused",)
    if leg is None or leg.aircraft is None:
        return ("the plan has no such flight",)
    crossing = crossing_of(leg, permit.country)
    if crossing is None:
        return (f"the flight does not enter {permit.country}",)
    return tuple(_faults(permit, leg, crossing))


def _faults(permit: Permit, leg: Leg, crossing: Crossing) -> Iterator[str]:
    aircraft = leg.aircraft
    assert aircraft is not None
    for what, tied, now in (
        ("registration", permit.registration, aircraft.registration),
        ("call sign", permit.call_sign, aircraft.call_sign),
    ):
        if tied and plain(tied) != plain(now):
            yield f"it holds for the {what} {tied}, the flight has {now or 'none stated'}"
    if permit.aircraft and plain(aircraft.type_name) not in map(plain, permit.aircraft):
        yield f"it holds for the type {permit.aircraft[0]}, the flight is a {aircraft.type_name}"
    for what, point, planned in (
        ("entry", permit.entry, crossing.entry),
        ("exit", permit.exit, crossing.exit),
    ):
        if point is None:
            continue
        if planned is None:
            yield f"it names an {what} point, the flight {_end(what)} in {permit.country}"
        elif (apart := _apart_m(point, planned)) > permit.tolerance_m:
            yield (
                f"its {what} point lies {apart / 1000:.0f} km from the plan's"
                f" (at most {permit.tolerance_m / 1000:.0f} km)"
            )
    moment = crossing.moment(permit.kind)
    if permit.valid_from_utc is not None and moment < permit.valid_from_utc:
        yield f"valid from {iso_utc(permit.valid_from_utc)}, planned {iso_utc(moment)}"
    if permit.valid_until_utc is not None and moment > permit.valid_until_utc:
        yield f"valid until {iso_utc(permit.valid_until_utc)}, planned {iso_utc(moment)}"


def _end(what: str) -> str:
    return "begins" if what == "entry" else "ends"


def uncovered_in(permit: Permit, plan: Plan) -> tuple[str, ...]:
    """Return why a permit does not cover a plan's flight of the same way and leg."""
    return uncovered(permit, _leg(plan, permit.way, permit.leg))


def _leg(plan: Plan, way: str, leg_id: str) -> Leg | None:
    legs = dict(named_ways(plan.legs, plan.alternatives, plan.support)).get(way, ())
    return next((leg for leg in legs if leg.id == leg_id), None)


def named_ways(
    legs: Sequence[Leg], alternatives: Sequence[Alternative], support: Sequence[Support]
) -> list[tuple[str, tuple[Leg, ...]]]:
    """Return the plan's legs and those of its other ways, each by a name of its own.

    The plan itself has the empty name; a title that stands twice is numbered.
    """
    found: dict[str, tuple[Leg, ...]] = {"": tuple(legs)}
    others = [(way.title, way.legs) for way in alternatives]
    others += [(way.title, way.legs) for way in support]
    for title, of_way in others:
        name, number = title, 1
        while name in found:
            number += 1
            name = f"{title} ({number})"
        found[name] = tuple(of_way)
    return list(found.items())


def _apart_m(one: tuple[float, float], two: tuple[float, float]) -> float:
    """Return the great-circle distance (haversine; the plan's room knows no world)."""
    lat1, lat2 = math.radians(one[0]), math.radians(two[0])
    half = math.radians(two[1] - one[1]) / 2
    chord = math.sin((lat2 - lat1) / 2) ** 2
    chord += math.cos(lat1) * math.cos(lat2) * math.sin(half) ** 2
    return 2 * _EARTH_M * math.asin(min(1.0, math.sqrt(chord)))
