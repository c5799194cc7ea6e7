"""What provisioning asks of the planner: how goods come to the train.

A delivery by road is one truck from a market to the stop.  One by air is a truck from the
supplier to his aerodrome, where he is not at one, a flight to an aerodrome near the stop, and a
truck from there.  All are due before the train can be there at the earliest, and wait until it
can be there at the latest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from retinue.plan.records import PlaceRecord

if TYPE_CHECKING:
    from retinue.plan.stores import Delivery
    from retinue.provisioning.supply import SupplyRules

__all__ = ["AERODROMES", "NearestAerodrome", "TransportRequest", "transport_requests"]

#: ``found_in`` of a place that is an aerodrome.
AERODROMES = "aerodromes"
#: Latitude, longitude and the greatest distance to the aerodrome that serves a place.
NearestAerodrome = Callable[[float, float, float], PlaceRecord | None]


@dataclass(frozen=True)
class TransportRequest:
    """A movement of goods that provisioning wants planned.

    Attributes
    ----------
    origin
        None where the planner takes the nearest market.
    load_kg
        Goods with their packing.
    due_s
        Latest arrival, Unix seconds.
    waits_until_s
        It stays there until then.
    then
        Id of the movement that takes the goods on; empty for the last.
    """

    id: str
    delivery: str
    kind: Literal["supply flight", "supply truck"]
    title: str
    mode: Literal["air", "road"]
    origin: PlaceRecord | None
    destination: PlaceRecord
    load_kg: float
    due_s: float
    waits_until_s: float
    then: str = ""


def transport_requests(
    deliveries: Sequence[Delivery],
    rules: SupplyRules,
    base: PlaceRecord,
    nearest: NearestAerodrome | None,
) -> tuple[tuple[TransportRequest, ...], tuple[str, ...]]:
    """Return the movements that bring the deliveries, and a note on each that has no aerodrome.

    Parameters
    ----------
    base
        Where goods for a delivery by air are gathered that names no base of its own.
    """
    found: list[TransportRequest] = []
    notes: list[str] = []
    for one in deliveries:
        way = rules.road if one.mode == "road" else rules.air
        if one.mode == "origin" or way is None:
            continue
        truck_from = None
        due = one.due_utc
        name = one.place.name
        if one.mode == "air":
            start = base if one.base is None else one.base
            take_off = _field(start, way.gathered_within, nearest)
            field = _field(one.place, way.distance_at_most, nearest)
            if take_off is None or field is None:
                lacking = start.name if take_off is None else name
                within = way.gathered_within if take_off is None else way.distance_at_most
                notes.append(
                    f"{one.id}: no aerodrome is known within {within / 1000:.0f} km of {lacking}; "
                    "the delivery by air cannot be planned"
                )
                continue
            if take_off == field:
                # The supplier's aerodrome serves the stop as well: a truck comes all the way.
                found.append(_truck(one, start, due))
                continue
            if take_off is not start:
                found.append(
                    TransportRequest(
                        f"{one.id}/collect", one.id, "supply truck",
                        f"Supplies from {start.name} to {take_off.name}", "road", start, take_off,
                        one.mass_kg, due - 2 * way.handling, due, f"{one.id}/flight",
                    )
                )  # fmt: skip
            found.append(
                TransportRequest(
                    f"{one.id}/flight", one.id, "supply flight",
                    f"Supplies from {take_off.name} to {field.name}", "air", take_off, field,
                    one.mass_kg, due - way.handling, due, f"{one.id}/truck",
                )
            )  # fmt: skip
            truck_from = field
        found.append(_truck(one, truck_from, due))
    return tuple(found), tuple(notes)


def _truck(one: Delivery, start: PlaceRecord | None, due_s: float) -> TransportRequest:
    """Return the last movement of a delivery; it starts at a market where nothing is named."""
    return TransportRequest(
        f"{one.id}/truck", one.id, "supply truck",
        f"Supplies from {start.name if start else 'the market'} to the train at {one.place.name}",
        "road", start, one.place, one.mass_kg, due_s, one.waits_until_utc,
    )  # fmt: skip


def _field(
    place: PlaceRecord, within_m: float, nearest: NearestAerodrome | None
) -> PlaceRecord | None:
    """Return the aerodrome that serves a place: itself, where it is one."""
    if place.found_in == AERODROMES:
        return place
    return None if nearest is None else nearest(place.lat, place.lon, within_m)
