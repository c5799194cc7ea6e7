"""Type cards of aircraft: what a flight needs to know, each value with its source."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from retinue.air.atmosphere import density_ratio
from retinue.document import read_yaml, validate
from retinue.errors import InputError
from retinue.sourced import Confidence, Record, SourcedRecord
from retinue.units import Duration, FuelFlow, Length, Mass, MassPerLength, Ratio, Speed
from retinue.world.catalogue import find_file, known_names, shown_as

__all__ = ["AircraftCard", "EngineKind", "RangePoint", "known_aircraft", "load_aircraft"]

KIND = "aircraft"

EngineKind = Literal["jet", "turboprop", "piston", "helicopter"]

#: Wingspan below which a code letter holds (ICAO Annex 14, volume I, table 1-1).
_CODE_SPANS_M = (("A", 15.0), ("B", 24.0), ("C", 36.0), ("D", 52.0), ("E", 65.0), ("F", 80.0))


#: What a card holds besides values of the type.
_NO_VALUES = {"retinue aircraft", "name", "role", "range points", "sources", "remark"}


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
    sea level in the standard atmosphere, at maximum take-off and landing mass; a helicopter
    has none.  The fuel flow in cruise is
    ``cruise_fuel_flow (m / fuel_flow_mass) ^ fuel_flow_exponent``.  What is None or empty is
    not known, and a plan says so where it would have counted.
    """

    retinue_aircraft: Literal[1]
    name: str
    role: str = ""
    engine: EngineKind
    designator: str = Field(default="", pattern="^([A-Z][A-Z0-9]{1,3})?$", description="Doc 8643")
    wake: Literal["L", "M", "H", "J"] | None = None
    rvsm: bool | None = Field(default=None, description="approved for FL290 to FL410")
    length: _Length
    span: _Length = Field(description="of the wing, or the main rotor's diameter")
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
    take_off_length: _Length | None = None
    landing_length: _Length | None = None
    paved_runway: bool
    crosswind_limit: _Speed | None = None
    tailwind_limit: Speed | None = Field(default=None, ge=0.0)
    hover_ceiling: _Length | None = Field(
        default=None, description="out of ground effect, at the hover mass"
    )
    hover_mass: _Mass | None = None
    maximum_cargo: _Mass | None = None
    hold_length: _Length | None = None
    hold_width: _Length | None = None
    hold_height: _Length | None = None
    door_width: _Length | None = None
    door_height: _Length | None = None
    ramp: bool = False
    floor_load: Annotated[MassPerLength, AfterValidator(_positive)] | None = Field(
        default=None, description="running load of the hold's floor"
    )
    axle_load: _Mass | None = Field(default=None, description="of a vehicle in the hold")
    range_points: tuple[RangePoint, ...] = ()
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
        if (self.hover_ceiling is None) != (self.hover_mass is None):
            raise ValueError("hover ceiling and hover mass belong together")
        if self.engine != "helicopter" and not (self.take_off_length and self.landing_length):
            raise ValueError("it needs a take off length and a landing length")
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

    def assumed(self) -> list[str]:
        """Return the names (with spaces) of the values that nobody published."""
        names = super().assumed()
        return [
            name
            for name in names
            if name not in _NO_VALUES and getattr(self, name.replace(" ", "_")) is not None
        ]

    @property
    def code_letter(self) -> str:
        """Code letter by wingspan (ICAO Annex 14, volume I, table 1-1); empty from 80 m on."""
        return next((letter for letter, below in _CODE_SPANS_M if self.span < below), "")

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
    card = validate(node, AircraftCard)
    if not card.range_points:
        raise InputError(
            "the card states no range point, so that its fuel flow cannot be judged",
            where=f"{node.file}:{node.line}: range points",
            cure="Add a published range with its payload, fuel and reserve.",
        )
    return card
