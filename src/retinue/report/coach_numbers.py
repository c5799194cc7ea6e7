"""The numbers of coaches: one for each from the head, locomotives apart.

A locomotive change then renumbers no coach, and drawings, tables and store lists agree.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from retinue.plan import VehicleRecord

__all__ = ["coach_words", "room_vehicle", "vehicle_numbers"]

_PLACE = re.compile(r"^(?P<label>.*) \((?P<place>\d+)\)$")


def vehicle_numbers(vehicles: Sequence[VehicleRecord]) -> list[str]:
    """Return the number of each vehicle from the head; nothing for a locomotive."""
    numbers, count = [], 0
    for one in vehicles:
        count += one.role != "locomotive"
        numbers.append("" if one.role == "locomotive" else str(count))
    return numbers


def room_vehicle(coach: str, vehicles: Sequence[VehicleRecord]) -> int | None:
    """Return the index of the vehicle that a store room's ``Kitchen (14)`` names.

    The place is counted over all vehicles or over coaches alone, whichever vehicle bears the label.
    """
    found = _PLACE.match(coach)
    if found is None:
        return None
    place = int(found["place"])
    coaches = [k for k, one in enumerate(vehicles) if one.role != "locomotive"]
    for index in (place - 1, coaches[place - 1] if 0 < place <= len(coaches) else -1):
        if 0 <= index < len(vehicles) and vehicles[index].label == found["label"]:
            return index
    return None


def coach_words(coach: str, vehicles: Sequence[VehicleRecord]) -> str:
    """Return ``13 Kitchen`` for the ``Kitchen (14)`` of a train with one locomotive."""
    index = room_vehicle(coach, vehicles)
    if index is None:
        return coach
    return f"{vehicle_numbers(vehicles)[index]} {vehicles[index].label}".strip()
