"""Rolling stock: locomotives and coaches as records of the catalogue or of a user's file.

Resistance on level, straight track is written so that every coefficient has a
unit, with V the speed in km/h::

    F(V) = constant + linear * (V / 100 km/h) + square * (V / 100 km/h)**2

Each of the three is a force (``682 N``), a share of the vehicle's weight
(``1.9 permil``) or a sum of both (``0.7 permil + 314 N``).  With this all the usual
forms can be written as they are published: Wende (2003) and Hansen/Pachl (2014)
give shares of the weight at 100 km/h, Sauthoff (1932) ``1.9 + 0.0025 V`` N/kN and
``0.0048 * 1.45 * V**2`` kgf a coach, the Soviet rules for traction calculations (1985)
``0.7 + (8 + 0.18 V + 0.003 V**2) / q`` N/kN with the axle load q in t.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, PlainValidator, PrivateAttr, WithJsonSchema, model_validator

from retinue.rail.car_deck import CarDeck
from retinue.rail.dynamics import STANDARD_GRAVITY_MPS2
from retinue.sourced import Record, SourcedRecord
from retinue.units import Force, Length, Mass, Power, Ratio, Speed, UnitError, parse

__all__ = [
    "ROLES",
    "Coach",
    "Locomotive",
    "Resistance",
    "TractionSystem",
    "Vehicle",
    "WeightOrForce",
    "load_of",
]

Role = Literal[
    "locomotive",
    "sleeping",
    "saloon",
    "dining",
    "kitchen",
    "conference",
    "communications",
    "medical",
    "guards",
    "generator",
    "car-transporter",
    "baggage",
    "staff",
    "office",
    "supplies",
]
ROLES: tuple[str, ...] = Role.__args__  # type: ignore[attr-defined]

REFERENCE_SPEED_MPS = 100.0 / 3.6  #: at which linear and square coefficients are stated


class WeightOrForce(NamedTuple):
    """A resistance coefficient: a share of the weight plus a force in N."""

    of_weight: float
    force_n: float

    def newtons(self, mass_kg: float) -> float:
        """Return the force for a vehicle of that mass."""
        return self.of_weight * mass_kg * STANDARD_GRAVITY_MPS2 + self.force_n


def _weight_or_force(value: object) -> WeightOrForce:
    if isinstance(value, WeightOrForce):
        return value
    if not isinstance(value, str):
        raise ValueError('a share of the weight or a force is due; write e.g. "1.4 permil + 300 N"')
    of_weight = force_n = 0.0
    for part in value.split("+"):
        try:
            of_weight += parse(part.strip(), "ratio")
        except UnitError:
            try:
                force_n += parse(part.strip(), "force")
            except UnitError as error:
                raise ValueError(
                    f'"{part.strip()}" is neither a share of the weight nor a force; '
                    'write e.g. "1.4 permil" or "300 N"'
                ) from error
    if of_weight < 0.0 or force_n < 0.0:
        raise ValueError(f'a resistance is not negative, as "{value}" is')
    return WeightOrForce(of_weight, force_n)


Coefficient = Annotated[
    WeightOrForce,
    PlainValidator(_weight_or_force),
    WithJsonSchema(
        {
            "type": "string",
            "description": "a share of the weight, a force, or both with a plus",
            "examples": ["1.4 permil", "682 N", "0.7 permil + 314 N"],
        }
    ),
]

_NOTHING = WeightOrForce(0.0, 0.0)


class Resistance(Record):
    """Running resistance of one vehicle on level, straight, open track (see the module)."""

    constant: Coefficient
    linear: Coefficient = Field(default=_NOTHING, alias="linear at 100 km/h")
    square: Coefficient = Field(default=_NOTHING, alias="square at 100 km/h")
    leading: Coefficient = Field(
        default=_NOTHING,
        alias="more when leading at 100 km/h",
        description="added to the square term of the first vehicle: head and tail pressure",
    )
    formula: str = Field(default="", description="the published form, in words")

    def davis(self, mass_kg: float, *, leading: bool = False) -> tuple[float, float, float]:
        """Return A in N, B in N/(m/s), C in N/(m/s)2 for a vehicle of that mass."""
        square = self.square.newtons(mass_kg) + (self.leading.newtons(mass_kg) if leading else 0.0)
        return (
            self.constant.newtons(mass_kg),
            self.linear.newtons(mass_kg) / REFERENCE_SPEED_MPS,
            square / REFERENCE_SPEED_MPS**2,
        )


class Vehicle(SourcedRecord):
    """What locomotive and coach have in common."""

    id: str = Field(default="", description="name in the catalogue; the file's stem where unset")
    title: str = Field(min_length=1)
    length: Length = Field(gt=0, le=60, description="over couplers or buffers")
    tare: Mass = Field(gt=0, description="empty, in working order")
    loaded: Mass | None = Field(default=None, gt=0, description="with people, water and stores")
    axles: int = Field(ge=2, le=32)
    axle_load_limit: Mass = Field(gt=0, description="what the vehicle's own axles may carry")
    axle_load: Mass | None = Field(
        default=None, gt=0, description="greatest, where it is not the mass shared evenly"
    )
    armour: Mass | None = Field(default=None, gt=0, description="added to tare and loaded mass")
    armour_factor: float | None = Field(
        default=None, gt=1, le=3, description="mass with armour over mass without"
    )
    rotating_mass_factor: float = Field(ge=1, le=1.5)
    resistance: Resistance
    brake_mass: Mass | None = Field(default=None, gt=0, description="braked weight (UIC 544-1)")
    brake_percentage: Ratio | None = Field(
        default=None, gt=0, le=3, description="braked weight over loaded mass"
    )
    maximum_speed: Speed = Field(gt=0)
    gauge: Length = Field(gt=0.3, lt=2)
    other_gauges: tuple[Length, ...] = ()
    change_of_gauge: Literal["none", "bogie-exchange", "gauge-adjustment"] = "none"
    coupler: str
    coupler_adapters: tuple[str, ...] = ()
    brake_systems: tuple[str, ...] = Field(min_length=1)
    loading_gauge: str | None = None
    doors: Literal["both", "left", "right", "none"] = Field(
        default="both", description="as it stands unturned, looking forward"
    )
    remark: str = ""
    _written: dict[str, str] = PrivateAttr(default_factory=dict)
    _origin: dict[str, str] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _sound(self) -> Vehicle:
        if self.loaded is not None and self.loaded < self.tare:
            raise ValueError("the loaded mass is below the tare")
        if self.armour is not None and self.armour_factor is not None:
            raise ValueError("armour is given twice: as a mass and as a factor; keep one")
        if (self.brake_mass is None) == (self.brake_percentage is None):
            raise ValueError('exactly one of "brake mass" and "brake percentage" is due')
        if bool(self.other_gauges) != (self.change_of_gauge != "none"):
            raise ValueError('"other gauges" and "change of gauge" go together')
        unknown = sorted(set(self.basis) - {n.replace("_", " ") for n in type(self).model_fields})
        if unknown:
            raise ValueError(f'basis names "{unknown[0]}", which is no value of this record')
        return self

    @property
    def plain_loaded_kg(self) -> float:
        """Loaded mass without armour."""
        return self.loaded if self.loaded is not None else self.tare

    @property
    def load_kg(self) -> float:
        """Loaded mass less tare."""
        return self.plain_loaded_kg - self.tare

    @property
    def armour_kg(self) -> float:
        """Mass of the record's own armour."""
        if self.armour_factor is not None:
            return (self.armour_factor - 1.0) * self.tare
        return self.armour or 0.0

    @property
    def gauges_mm(self) -> tuple[int, ...]:
        """Gauges it can run on, its own first, in mm."""
        return tuple(round(g * 1000.0) for g in (self.gauge, *self.other_gauges))

    @property
    def couplers(self) -> tuple[str, ...]:
        """Couplers it can be joined by: its own, then adapters."""
        return (self.coupler, *self.coupler_adapters)

    def greatest_axle_load_kg(
        self, armour_kg: float | None = None, load_kg: float | None = None
    ) -> float:
        """Return the greatest axle load with that armour and load (the record's by default)."""
        extra = (self.armour_kg if armour_kg is None else armour_kg) + (
            self.load_kg if load_kg is None else load_kg
        )
        if self.axle_load is not None:
            # The published axle load is that of the loaded vehicle without armour.
            return self.axle_load + (extra - self.load_kg) / self.axles
        return (self.tare + extra) / self.axles

    def check_axle_load(self, armour_kg: float | None = None, load_kg: float | None = None) -> None:
        """Refuse a mass that the vehicle's own axles cannot carry.

        Raises
        ------
        ValueError
            With the figures; readers turn it into an `InputError` with the line.
        """
        axle_load_kg = self.greatest_axle_load_kg(armour_kg, load_kg)
        if axle_load_kg > self.axle_load_limit + 1.0:
            armour = self.armour_kg if armour_kg is None else armour_kg
            with_armour = f" with {armour / 1000.0:.1f} t of armour" if armour else ""
            raise ValueError(
                f"{self.axles} axles{with_armour} carry {axle_load_kg / 1000.0:.1f} t each, "
                f"more than their limit of {self.axle_load_limit / 1000.0:.1f} t; "
                "take less armour or a vehicle with more axles"
            )

    def brake_mass_kg(self) -> float:
        """Return the braked weight.

        Armour and load added later do not raise it.
        """
        if self.brake_mass is not None:
            return self.brake_mass
        return (self.brake_percentage or 0.0) * (self.plain_loaded_kg + self.armour_kg)

    def assumed_values(self) -> list[tuple[str, str, str]]:
        """Return (vehicle and value, as written, because) of all that nobody published.

        A value taken over from another vehicle is named after that one.
        """
        return [
            (f"{self._origin[name]}: {name}", self._written[name], self.basis_of(name).source)
            for name in self.assumed()
            if name in self._written
        ]


class Coach(Vehicle):
    """A hauled vehicle."""

    kind: Literal["coach"]
    role: Role
    heating: tuple[str, ...] = Field(
        min_length=1,
        description="supplies it can be heated from: own, generator, or a locomotive's supply",
    )
    ramp: Literal["none", "front", "rear", "both"] = Field(
        default="none", description="end over which cars drive on, as it stands unturned"
    )
    cars: int = Field(default=0, ge=0, description="road vehicles a transporter carries")
    deck: CarDeck | None = Field(default=None, description="where they stand, in figures")
    berths: int = Field(default=0, ge=0)
    seats: int = Field(default=0, ge=0)


class TractionSystem(Record):
    """Tractive effort on one power system: a table, or what draws one.

    Without a table: starting effort up to the speed at which the power is
    reached, then constant power, under the adhesion limit throughout.
    """

    power: Power | None = Field(default=None, gt=0, description="of engine or motors")
    efficiency: Ratio = Field(default=1.0, gt=0, le=1, description="from that power to the wheel")
    starting_effort: Force | None = Field(default=None, gt=0)
    table: tuple[tuple[Speed, Force], ...] = ()

    @model_validator(mode="after")
    def _one_form(self) -> TractionSystem:
        drawn = self.power is not None and self.starting_effort is not None
        if drawn == bool(self.table) or (self.power is None) != (self.starting_effort is None):
            raise ValueError('either "table" or both "power" and "starting effort" are due')
        return self


class Locomotive(Vehicle):
    """A vehicle that pulls."""

    kind: Literal["locomotive"]
    traction: dict[str, TractionSystem] = Field(
        min_length=1, description="by power system: diesel, 25kv-ac-50hz, 3kv-dc, ..."
    )
    driven_axles: int | None = Field(default=None, ge=1, description="all of them where unset")
    heating_supply: tuple[str, ...] = Field(
        default=(), description="what it feeds to the coaches; empty: nothing"
    )
    fuel: Mass | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _drives(self) -> Locomotive:
        if self.driven_axles is not None and self.driven_axles > self.axles:
            raise ValueError("more axles are driven than there are")
        return self

    @property
    def role(self) -> str:
        """Always ``locomotive``."""
        return "locomotive"

    @property
    def adhesive_mass_kg(self) -> float:
        """Mass on driven axles."""
        return self.plain_loaded_kg * (self.driven_axles or self.axles) / self.axles


def load_of(kind: object) -> type[Coach] | type[Locomotive]:
    """Return the record class for a file's ``kind``.

    Raises
    ------
    ValueError
        For any other word.
    """
    classes: dict[Any, type[Coach] | type[Locomotive]] = {"coach": Coach, "locomotive": Locomotive}
    if kind not in classes:
        raise ValueError(f'a vehicle is a "coach" or a "locomotive", not "{kind}"')
    return classes[kind]
