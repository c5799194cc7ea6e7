"""A leg by aircraft, as asked for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from retinue.journey.quantities import Span
from retinue.sourced import Record
from retinue.units import Angle, Length, Mass, Pressure, Speed, Temperature

__all__ = [
    "AerodromeAsked",
    "AirLeg",
    "CargoAsked",
    "FlightPlanAsked",
    "PermitAsked",
    "WindAsked",
    "WindSource",
]


class WindAsked(Record):
    """A wind that is the same everywhere: where it comes from, true, and how strong."""

    from_: Angle = Field(description="true direction it comes from")
    at: Speed = Field(ge=0)


class AerodromeAsked(Record):
    """What is known of an aerodrome on the day."""

    temperature: Temperature | None = None
    pressure: Pressure | None = Field(default=None, gt=0, description="QNH")
    wind: WindAsked | None = None
    runway: str | None = Field(default=None, description="designator of the direction in use")
    wet: bool = False
    opens: str | None = Field(default=None, pattern=r"^\d{2}:\d{2}$", description="local")
    closes: str | None = Field(default=None, pattern=r"^\d{2}:\d{2}$", description="local")
    code_letter: Literal["A", "B", "C", "D", "E", "F"] | None = Field(
        default=None, description="widest wingspan taken (ICAO Annex 14)"
    )
    parking: int | None = Field(default=None, ge=0, description="stands for this type")
    source: str = "journey"


class FlightPlanAsked(Record):
    """What a flight plan message says and nothing else knows."""

    rules: Literal["I", "V", "Y", "Z"] = "I"
    type_of_flight: Literal["S", "N", "G", "M", "X"] = "X"
    equipment: str = Field(default="SDFGHIRWY", pattern="^[A-Z0-9]+$")
    surveillance: str = Field(default="S", pattern="^[A-Z0-9]+$")
    status: tuple[str, ...] = Field(default=("HEAD",), description="STS/, in order")
    other: dict[str, str] = Field(
        default_factory=dict, description="further indicators of field 18"
    )
    operator: str = ""
    pilot: str = Field(default="", description="a role, never a name that others should not read")
    colour: str = ""
    dinghies: int = Field(default=0, ge=0)


class PermitAsked(Record):
    """A permit that was asked for or granted, and what it is tied to."""

    kind: Literal["overflight", "landing", "diplomatic", "restricted zone"]
    country: str = Field(pattern="^[A-Z]{2}$")
    number: str = ""
    state: Literal["to ask", "asked", "granted", "refused"] = "asked"
    registration: str = ""
    call_sign: str = ""
    aircraft: str = Field(default="", description="type it was granted to")
    entry: str | None = Field(default=None, description='entry point, "lat,lon" or a place')
    exit: str | None = None
    valid_from: str | None = Field(default=None, description="date and time with its zone")
    valid_until: str | None = None


class CargoAsked(Record):
    """Road vehicles carried in the hold."""

    vehicle: str
    count: int = Field(default=1, ge=1)


def _wind(value: object) -> object:
    return {"file": value} if isinstance(value, str) else value


class WindSource(Record):
    """Where the winds aloft come from: one wind, or a file (table, NetCDF, GRIB)."""

    file: str | None = None
    from_: Angle | None = None
    at: Speed | None = Field(default=None, ge=0)


class AirLeg(Record):
    """A leg by aircraft."""

    from_: str | None = None
    to: str
    aircraft: str
    flight: str = ""
    registration: str = ""
    via: tuple[str, ...] = ()
    payload: Mass | None = Field(default=None, ge=0)
    closed_countries: tuple[str, ...] = Field(default=(), description="ISO 3166-1 alpha-2")
    open_countries: tuple[str, ...] = Field(
        default=(), description="closed by the road book, open to this flight"
    )
    cruise_altitude: Length | None = None
    wind: Annotated[WindSource | None, BeforeValidator(_wind)] = Field(
        default=None, description="winds aloft: a file, or {from: 270 deg, at: 60 kt}"
    )
    restricted_areas: tuple[str, ...] = Field(default=(), description="files of areas to avoid")
    flight_information_regions: str | None = Field(
        default=None, description="GeoJSON of FIR boundaries"
    )
    alternates: tuple[str, ...] = Field(default=(), description="of the destination, best first")
    reserves: str | None = Field(default=None, description="rule set of reserves.yaml")
    rvsm: bool | None = Field(default=None, description="approved; the type card's where unset")
    aerodromes: dict[str, AerodromeAsked] = Field(
        default_factory=dict, description="conditions on the day, by indicator"
    )
    flight_plan: FlightPlanAsked | None = None
    permits: tuple[PermitAsked, ...] = ()
    carries: tuple[CargoAsked, ...] = ()
    taxi_out: Span | None = None
