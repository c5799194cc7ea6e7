"""Trains, convoys and aircraft as a plan records and draws them."""

from __future__ import annotations

from pydantic import Field

from retinue.plan.records import PlanRecord

__all__ = ["AircraftRecord", "ConvoyRecord", "TrainRecord", "VehicleRecord", "power_name"]

_POWER_NAMES = {
    "none": "none",
    "1.5kv-dc": "1.5 kV DC",
    "3kv-dc": "3 kV DC",
    "15kv-ac-16.7hz": "15 kV 16.7 Hz AC",
    "25kv-ac-50hz": "25 kV 50 Hz AC",
    "25kv-ac-60hz": "25 kV 60 Hz AC",
}


class VehicleRecord(PlanRecord):
    """One vehicle, in order from the head."""

    label: str = Field(description="what is written under the drawing")
    role: str = Field(description="locomotive, sleeping, dining, car-transporter, main-car, ...")
    length_m: float
    mass_kg: float
    axles: int = 0
    armoured: bool = False
    turned: bool = Field(default=False, description="runs back to front")
    principal: bool = False
    type_name: str = ""


class TrainRecord(PlanRecord):
    """A train of the convoy on one stretch between changes of formation."""

    name: str
    role: str = Field(description="main, advance, following")
    from_place: str
    vehicles: tuple[VehicleRecord, ...]
    length_m: float
    mass_kg: float
    max_speed_mps: float
    brake_percentage: float | None = None
    power_systems: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()


class ConvoyRecord(PlanRecord):
    """A motorcade in its order from the head."""

    name: str
    vehicles: tuple[VehicleRecord, ...]
    open_gap_m: float
    close_gap_m: float
    length_at_speed_m: float


class AircraftRecord(PlanRecord):
    """An aircraft and what the flight needs of it."""

    type_name: str
    registration: str = ""
    call_sign: str = ""
    payload_kg: float
    fuel_needed_kg: float
    fuel_capacity_kg: float
    range_m: float
    runway_needed_take_off_m: float
    runway_needed_landing_m: float
    cruise_mps: float
    cruise_altitude_m: float
    assumed: tuple[str, ...] = ()
    designator: str = Field(default="", description="ICAO type designator")
    code_letter: str = Field(default="", description="by wingspan, ICAO Annex 14")
    top_ground_mps: float | None = Field(default=None, description="fastest, wind included")


def power_name(system: str | None) -> str:
    """Return a power system as people write it; ``unknown`` where nobody knows."""
    if system is None:
        return "unknown"
    return _POWER_NAMES.get(system, system)
