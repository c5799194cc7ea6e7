"""What provisioning asks of the planner: how goods come to the train.

A delivery by road is one truck from a market to the stop.  One by air is a flight from the
supplier's base to an aerodrome near the stop, and a truck from there.  All are due before the
train can be there at the earliest, and wait until it can be there at the latest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from retinue.plan.records import PlaceRecord

if TYPE_CHECKING:
    from retinue.plan.stores import Delivery
    from retinue.provisioning.supply import SupplyRules

__all__ = ["NearestAerodrome", "TransportRequest", "transport_requests"]

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
        Where goods for a delivery by air are gathered.
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
            field = None
            if nearest is not None:
                field = nearest(one.place.lat, one.place.lon, way.distance_at_most)
            if field is None:
                kilometres = way.distance_at_most / 1000
                notes.append(
                    f"{one.id}: no aerodrome is known within {kilometres:.0f} km of {name}; "
                    "the delivery by air cannot be planned"
                )
                continue
            found.append(
                TransportRequest(
                    f"{one.id}/flight", one.id, "supply flight",
                    f"Supplies from {base.name} to {field.name}", "air", base, field,
                    one.mass_kg, due - way.handling, due, f"{one.id}/truck",
                )
            )  # fmt: skip
            truck_from = field
        start = truck_from.name if truck_from is not None else "the market"
        found.append(
            TransportRequest(
                f"{one.id}/truck", one.id, "supply truck",
                f"Supplies from {start} to the train at {name}", "road", truck_from,
                one.place, one.mass_kg, due, one.waits_until_utc,
            )
        )  # fmt: skip
    return tuple(found), tuple(notes)
