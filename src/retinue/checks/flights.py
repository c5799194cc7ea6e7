"""The aircraft carries its fuel, reaches its goal and has runway enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from retinue.checks.finding import Finding, all_legs
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan import Leg, Plan

__all__ = ["check_flights"]


def check_flights(plan: Plan) -> Finding:
    """Check fuel, range, altitude and order of a flight's events."""
    faults: list[str] = []
    flights = 0
    for name, leg in all_legs(plan):
        if leg.mode == "air":
            flights += 1
            faults += [f"{name}: {fault}" for fault in _flight(leg)]
    return Finding("flights", counted(flights, "flight"), tuple(faults))


def _flight(leg: Leg) -> list[str]:
    aircraft = leg.aircraft
    if aircraft is None:
        return ["a flight without an aircraft"]
    faults = []
    if aircraft.fuel_needed_kg > aircraft.fuel_capacity_kg:
        faults.append(
            f"needs {aircraft.fuel_needed_kg:.0f} kg of fuel,"
            f" the tanks hold {aircraft.fuel_capacity_kg:.0f} kg"
        )
    if leg.distance_m > aircraft.range_m:
        faults.append(
            f"flies {leg.distance_m / 1000:.0f} km, its range is {aircraft.range_m / 1000:.0f} km"
        )
    altitude = leg.main.altitude_m
    if altitude is None:
        faults.append("the flight has no altitudes")
    elif float(np.max(altitude)) > aircraft.cruise_altitude_m + 1:
        faults.append("the flight climbs above its cruising altitude")
    order = [event.kind for event in leg.timeline if event.kind in ("take-off", "landing")]
    if order != ["take-off", "landing"]:
        faults.append("a flight takes off once and then lands once")
    return faults
