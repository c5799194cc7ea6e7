"""Type cards of aircraft: what a flight needs to know, each value with its source."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from retinue.air.atmosphere import density_ratio
from retinue.document import read_yaml, validate
from retinue.errors import InputError
from retinue.sourced import Confidence, Record, SourcedRecord
from retinue.units import Duration, FuelFlow, Length, Mass, Ratio, Speed
from retinue.world.catalogue import find_file, known_names, shown_as

__all__ = ["AircraftCard", "RangePoint", "known_aircraft", "load_aircraft"]

KIND = "aircraft"


def _positive(value: float) -> float:
    if value <= 0.0:
        raise ValueError("must be more than nothing")
    return value


_Length = Annotated[Length, AfterValidator(_positive)]
_Mass = Annotated[Mass, AfterValidator(_positive)]
_Speed = Annotated[Speed, AfterValidator(_positive)]
_Flow = Annotated[FuelFlow, AfterValidator(_positive)]
_Ratio = Annotated[Ratio, AfterValidator(_positive)]


class RangePoint(Record):
    """A published range: so far with this payload and fuel, the reserve left in the tanks."""

    payload: Mass
    fuel: _Mass
    reserve: Mass
    range_: _Length = Field(alias="range")
    source: str
    confidence: Confidence
    note: str = ""


class AircraftCard(SourcedRecord):
    """A type of aircraft.

    Speeds: `cruise_speed` is true air speed at `cruise_altitude`; `climb_speed`,
    `descent_speed` and `approach_speed` are equivalent air speeds.  Runway lengths hold at
    sea level in the standard atmosphere, at maximum take-off and landing mass.  The fuel
    flow in cruise is ``cruise_fuel_flow (m / fuel_flow_mass) ^ fuel_flow_exponent``.
    """

    retinue_aircraft: Literal[1]
    name: str
    role: str = ""
    length: _Length
    span: _Length
    seats: int = Field(ge=0)
    operating_empty_mass: _Mass
    maximum_take_off_mass: _Mass
    maximum_landing_mass: _Mass
    maximum_zero_fuel_mass: _Mass
    maximum_payload: _Mass
    fuel_capacity: _Mass
    reserve: Mass = Field(description="kept for the alternate, holding and contingencies")
    service_ceiling: _Length
    cruise_altitude: _Length
    cruise_speed: _Speed
    climb_speed: _Speed
    descent_speed: _Speed
    approach_speed: _Speed
    climb_rate: _Speed = Field(description="at sea level")
    descent_gradient: _Ratio
    cruise_fuel_flow: _Flow
    fuel_flow_mass: _Mass
    fuel_flow_exponent: float = Field(default=1.0, ge=0.0, le=2.0)
    climb_fuel_factor: float = Field(ge=1.0, description="times the flow in cruise")
    descent_fuel_factor: float = Field(gt=0.0, le=1.0)
    taxi_fuel_flow: _Flow
    taxi_out: Duration
    taxi_in: Duration
    take_off_length: _Length
    landing_length: _Length
    paved_runway: bool
    range_points: tuple[RangePoint, ...] = Field(min_length=1)
    sources: dict[str, str] = Field(default_factory=dict)
    remark: str = ""

    @model_validator(mode="after")
    def _hangs_together(self) -> AircraftCard:
        empty, most = self.operating_empty_mass, self.maximum_take_off_mass
        for what, heavier, lighter in (
            ("maximum zero-fuel mass", self.maximum_zero_fuel_mass, empty),
            ("maximum landing mass", self.maximum_landing_mass, empty),
            ("maximum take-off mass", most, self.maximum_zero_fuel_mass),
        ):
            if heavier < lighter:
                raise ValueError(f"the {what} of {heavier / 1000:g} t is too small")
        if self.cruise_altitude > self.service_ceiling:
            raise ValueError("the cruise altitude lies above the service ceiling")
        named = {self.source, *(b.source for b in self.basis.values())}
        unknown = sorted({*named, *(p.source for p in self.range_points)} - set(self.sources))
        if self.sources and unknown:
            raise ValueError(f'the source "{unknown[0]}" is not listed under sources')
        fields = {name.replace("_", " ") for name in type(self).model_fields}
        if strangers := sorted(set(self.basis) - fields):
            raise ValueError(f'basis names "{strangers[0]}", which is not a value of the card')
        return self

    @property
    def cruise_equivalent_mps(self) -> float:
        """Cruise speed as equivalent air speed, ``V sqrt(rho / rho0)``."""
        return float(self.cruise_speed * density_ratio(self.cruise_altitude) ** 0.5)


def known_aircraft(folder: Path | None = None) -> list[str]:
    """Return the names of the aircraft in the catalogues."""
    return known_names(KIND, folder)


def load_aircraft(name: str, folder: Path | None = None, *, where: str = "") -> AircraftCard:
    """Load a type card by name or path.

    Parameters
    ----------
    name
        A name in the catalogue, or a path (ends in ``.yaml`` or holds a ``/``).
    folder
        The journey file's folder.
    where
        Place of the name in the journey file, for the error.

    Raises
    ------
    InputError
        Where there is no such card, or any fault in it.
    """
    path = find_file(KIND, name, folder, what=KIND, where=where)
    node = read_yaml(path, shown_as(path))
    if not isinstance(node.value, dict) or "retinue aircraft" not in node.value:
        raise InputError(
            "this is not a type card of an aircraft: it does not begin with a version",
            where=f"{node.file}:{node.line}",
            cure='Begin it with "retinue aircraft: 1".',
        )
    version = node.value["retinue aircraft"]
    if version.value != 1:
        raise InputError(
            f'the card has the version "{version.value}", this Retinue reads 1',
            where=version.where() + ": retinue aircraft",
            cure='Write "retinue aircraft: 1" and check the keys against the user guide.',
        )
    return validate(node, AircraftCard)
