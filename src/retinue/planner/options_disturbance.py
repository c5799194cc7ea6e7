r"""Public disturbance: person-hours that others are held up.

A place closed for :math:`T` hours with a flow of :math:`q` vehicles an hour across it holds
:math:`q T` of them, each for :math:`T / 2` on average (deterministic queueing, arrivals even):

.. math:: H = n \, \frac{q T^2}{2} \, p \quad\text{person-hours}

with :math:`n` places alike and :math:`p` people a vehicle.  Roads: junctions along the way,
closed from shortly before the head until the tail is through.  Railways: the level crossings
that the plan lists, else so many a kilometre, closed for each train of the convoy.  Flights:
an aerodrome kept free at each end.  Flows of ``data/disturbance.yaml``, all assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from retinue.planner.options_data import DisturbanceData, disturbance_data
from retinue.planner.options_exposure import place_of_section

if TYPE_CHECKING:
    from retinue.movement import Movement
    from retinue.plan import Leg, PlaceRecord
    from retinue.plan.records import JsonDict

__all__ = ["held_h", "queue_h"]

_HOUR = 3600.0


def queue_h(closed_s: float, per_hour: float) -> float:
    """Return vehicle-hours lost at a place closed for a time: ``q T^2 / 2``."""
    hours = max(closed_s, 0.0) / _HOUR
    return per_hour * hours * hours / 2.0


def held_h(
    leg: Leg,
    sites: Sequence[JsonDict] = (),
    *,
    aerodrome_kind: Callable[[PlaceRecord], str] = lambda _: "large_airport",
    data: DisturbanceData | None = None,
) -> float:
    """Return the person-hours that a leg holds others up.

    Parameters
    ----------
    sites
        The plan's sites along the leg; level crossings among them are counted.
    aerodrome_kind
        Size of the aerodrome at a place, as the pack names it.
    """
    data = data or disturbance_data()
    if leg.mode == "road":
        return _road_h(leg, data)
    if leg.mode == "rail":
        return _rail_h(leg, sites, data)
    return _air_h(leg, aerodrome_kind, data)


def _country(line: str, leg: Leg) -> str:
    """Return the country of a section, which its name ends with, or the leg's first."""
    last = line.rsplit(", ", 1)[-1].strip()
    return last if last in leg.countries else (leg.countries[0] if leg.countries else "")


def _road_h(leg: Leg, data: DisturbanceData) -> float:
    total = 0.0
    main = leg.main
    rule = data.road_closure
    pilot = next((m for m in leg.movements if m.role == "pilot"), None)
    for section in leg.sections:
        middle = (section.from_m + section.to_m) / 2.0
        place = place_of_section(section.line)
        flow = data.road(place)
        passage = main.passage(middle)
        # In town all is held from before the pilot car; elsewhere the pilot runs in traffic.
        head = passage.head_s if pilot is None or place == "open" else pilot.time_at(middle)
        closed = passage.tail_s - min(head, passage.head_s) + rule.before + rule.after
        junctions = flow.junctions_per_km * (section.to_m - section.from_m) / 1000.0
        factor = data.factor(_country(section.line, leg))
        total += junctions * queue_h(closed, flow.vehicles_per_hour * factor)
    return total * rule.people_per_vehicle


def _rail_h(leg: Leg, sites: Sequence[JsonDict], data: DisturbanceData) -> float:
    rule = data.level_crossings
    listed = [
        float(site["chainage_m"])
        for site in sites
        if "crossing" in str(site.get("kind", "")) and "chainage_m" in site
    ]
    places = [(at, 1.0) for at in listed] if sites else _spread_crossings(leg, rule.per_km)
    total = 0.0
    for at_m, count in places:
        factor = data.factor(_country_at(leg, at_m))
        for movement in leg.movements:
            closed = _closed_s(movement, at_m) + rule.before + rule.after
            total += count * queue_h(closed, rule.vehicles_per_hour * factor)
    return total * data.road_closure.people_per_vehicle


def _closed_s(movement: Movement, at_m: float) -> float:
    """Return how long the movement occupies a crossing; a stand on it is taken to be avoided."""
    passage = movement.passage(at_m)
    standing = sum(
        stop.depart_s - stop.arrive_s
        for stop in movement.stops
        if passage.head_s <= stop.arrive_s and stop.depart_s <= passage.tail_s
    )
    return max(passage.tail_s - passage.head_s - standing, 0.0)


def _spread_crossings(leg: Leg, per_km: float) -> list[tuple[float, float]]:
    """Return (chainage, number of crossings) every 10 km, in the middle of each."""
    step = 10_000.0
    whole = int(leg.distance_m // step)
    pieces = [(i * step + step / 2.0, step) for i in range(whole)]
    rest = leg.distance_m - whole * step
    if rest > 0.0:
        pieces.append((whole * step + rest / 2.0, rest))
    return [(at, per_km * length / 1000.0) for at, length in pieces]


def _country_at(leg: Leg, at_m: float) -> str:
    country = leg.from_.country
    for event in leg.timeline:
        if event.kind == "border" and event.role == "main" and event.distance_m is not None:
            if event.distance_m > at_m:
                break
            country = event.country or country
    return country


def _air_h(leg: Leg, aerodrome_kind: Callable[[PlaceRecord], str], data: DisturbanceData) -> float:
    slot = data.aerodrome_slot
    total = 0.0
    for place in (leg.from_, leg.to):
        kind = aerodrome_kind(place)
        flow = next((a.movements_per_hour for a in data.aerodromes if a.kind == kind), 0.0)
        total += queue_h(slot.closed, flow * data.factor(place.country)) * slot.people_per_movement
    return total
