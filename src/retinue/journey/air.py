"""A leg by aircraft, as asked for."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

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


_Status = Literal[
    "ALTRV", "ATFMX", "FFR", "FLTCK", "HAZMAT", "HEAD", "HOSP", "HUM", "MARSA", "MEDEVAC",
    "NONRVSM", "SAR", "STATE",
]  # fmt: skip
#: Indicators of field 18 that a journey may state, and the form of those that have one.
_INDICATORS = {
    "PBN": "([ABCDLOST][1-9]){1,8}", "SEL": "[A-S]{4}", "CODE": "[0-9A-F]{6}", "PER": "[ABCDEH]",
    **dict.fromkeys(
        ("NAV", "COM", "DAT", "SUR", "DEP", "DEST", "TYP", "DLE", "OPR", "ORGN", "ALTN", "RALT",
         "TALT", "RIF", "RMK"), r"[A-Z0-9][A-Z0-9 .,+]*"),
}  # fmt: skip


class FlightPlanAsked(Record):
    """What a flight plan message says and nothing else knows (ICAO Doc 4444, Appendix 2).

    A key left out is written as nobody stated it: left away where the message allows that,
    else a usual value that the paper lists as assumed.
    """

    rules: Literal["I", "V", "Y", "Z"] = "I"
    type_of_flight: Literal["S", "N", "G", "M", "X"] = "X"
    equipment: str | None = Field(default=None, pattern="^[A-Z0-9]+$", description="10a")
    surveillance: str | None = Field(default=None, pattern="^[A-Z0-9]+$", description="10b")
    status: tuple[_Status, ...] = Field(default=("HEAD",), description="STS/, in order")
    other: dict[str, str] = Field(
        default_factory=dict, description="further indicators of field 18"
    )
    route: str | None = Field(
        default=None, description="15c word for word; unset: the track, by coordinates"
    )
    operator: str = ""
    pilot: str = Field(default="", description="a role, never a name that others should not read")
    colour: str = ""
    endurance: Span | None = Field(default=None, description="E/; unset: from the fuel on board")
    radio: str = Field(default="", pattern="^[UVE]*$", description="emergency radio, R/")
    survival: str = Field(default="", pattern="^[PDMJ]*$", description="survival equipment, S/")
    jackets: str = Field(default="", pattern="^[LFUV]*$", description="life jackets, J/")
    dinghies: int = Field(default=0, ge=0, le=99)
    dinghy_capacity: int = Field(default=0, ge=0, le=999, description="all of them together")
    dinghy_cover: bool = False
    dinghy_colour: str = ""
    remark: str = Field(default="", description="further survival equipment, N/")

    @field_validator("other")
    @classmethod
    def _indicators(cls, other: dict[str, str]) -> dict[str, str]:
        for key, value in other.items():
            if key not in _INDICATORS:
                raise ValueError(
                    f'"{key}" is no indicator of field 18 to be stated here;'
                    f" known: {', '.join(_INDICATORS)}"
                )
            if not re.fullmatch(_INDICATORS[key], value.upper()):
                raise ValueError(f'{key}/ cannot be "{value}" (ICAO Doc 4444, field 18)')
        return {key: value.upper() for key, value in other.items()}


class PermitAsked(Record):
    """A permit that was asked for or granted, and what it is tied to.

    What is left out, it is not tied to.  ``planned`` is the moment it was asked for: the entry,
    or for a landing permit the landing (the take-off, where the flight begins there).  Where no
    window is stated, the country's validity is counted from it.
    """

    kind: Literal["overflight", "landing", "diplomatic", "restricted zone"]
    country: str = Field(pattern="^[A-Z]{2}$")
    number: str = ""
    state: Literal["to ask", "asked", "granted", "refused"] = "asked"
    registration: str = ""
    call_sign: str = ""
    aircraft: str = Field(default="", description="type it was granted to: name or designator")
    entry: str | None = Field(default=None, description='entry point, "lat,lon" or a place')
    exit: str | None = None
    planned: str | None = Field(default=None, description="date and time with its zone")
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
