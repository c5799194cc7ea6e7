"""Convoys: which vehicles in which order, how far apart, how long they take to pass.

::

    pilot car          lead   guards  MAIN   guards  spare  ...   tail
      [=]  <- 800 m ->  [=] .. [=] .. [##] .. [=] .. [##] .. ... .. [=]
                        |<- spacing ->|                            |
                        |<----------- length at speed ------------>|

The pilot car runs ahead on its own; the convoy proper begins at the vehicle behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from retinue.document import Node, read_yaml, suggest, validate
from retinue.errors import InputError
from retinue.sourced import Record, SourcedRecord
from retinue.units import Duration, Length, Mass
from retinue.world.catalogue import SHIPPED, find_file, known_names, shown_as

__all__ = [
    "Column",
    "Convoy",
    "ConvoyVehicle",
    "RoadVehicle",
    "Role",
    "column_sources",
    "columns",
    "largest_group",
    "load_convoy",
    "shipped_convoys",
]

CONVOY_VERSION = 1

Role = Literal[
    "pilot", "lead", "escort", "guards", "main", "spare", "officials", "communications",
    "ambulance", "press", "baggage", "toilet", "tail",
]  # fmt: skip


class RoadVehicle(SourcedRecord):
    """A type of road vehicle."""

    label: str
    length: Length = Field(gt=0)
    mass: Mass = Field(gt=0)
    axles: int = Field(default=2, ge=2)
    seats: int = Field(default=4, ge=1)
    armoured: bool = False


class Column(SourcedRecord):
    """How far apart vehicles travel, from the front of one to the front of the next."""

    spacing_at_least: Length = Field(gt=0)
    spacing_at_most: Length = Field(gt=0)
    time_gap: Duration = Field(gt=0, description="spacing over speed, between the two bounds")
    standstill_gap: Length = Field(ge=0, description="tail to front of standing vehicles")
    vehicles_a_km: tuple[int, int] = Field(description="as published, for comparison")

    @model_validator(mode="after")
    def _in_order(self) -> Column:
        if self.spacing_at_most < self.spacing_at_least:
            raise ValueError('"spacing at most" lies below "spacing at least"')
        return self

    def spacing_m(self, speed_mps: float, vehicle_length_m: float) -> float:
        """Return the distance from a vehicle's front to the front of the next behind it.

        ``min(max(time gap x speed, at least), at most)``, and never less than the
        vehicle's own length with the standstill gap, which alone holds at standstill.
        """
        standing = vehicle_length_m + self.standstill_gap
        if speed_mps <= 0.0:
            return standing
        moving = min(max(self.time_gap * speed_mps, self.spacing_at_least), self.spacing_at_most)
        return max(moving, standing)


@dataclass(frozen=True)
class ConvoyVehicle:
    """One vehicle in its place in the convoy; ``beside`` runs abreast of the one before."""

    role: Role
    type_name: str
    vehicle: RoadVehicle
    from_the_train: bool = False
    beside: bool = False


@dataclass(frozen=True)
class Convoy:
    """A motorcade.

    Attributes
    ----------
    name, title
        Catalogue name and title.
    vehicles
        In order from the head, the pilot first where there is one.
    pilot_ahead_m
        How far the pilot runs ahead of the convoy proper.
    bodyguards
        How many run beside the main car in an escort section; 0 where nobody said.
    assumed
        Names of the values that nobody published.
    source, confidence
        Ground of the order.
    sources
        What the names of sources stand for.
    file, text
        Where it was read from, and its words.
    """

    name: str
    title: str
    vehicles: tuple[ConvoyVehicle, ...]
    pilot_ahead_m: float
    bodyguards: int
    assumed: tuple[str, ...]
    source: str
    confidence: str
    sources: dict[str, str]
    remark: str = ""
    file: str = ""
    text: str = ""

    @property
    def pilots(self) -> tuple[ConvoyVehicle, ...]:
        """The vehicles that run ahead."""
        return tuple(v for v in self.vehicles if v.role == "pilot")

    @property
    def column(self) -> tuple[ConvoyVehicle, ...]:
        """The vehicles of the convoy proper, from the head."""
        return tuple(v for v in self.vehicles if v.role != "pilot")

    @property
    def ranks(self) -> tuple[ConvoyVehicle, ...]:
        """The vehicles of the convoy proper that take up road of their own."""
        return tuple(v for v in self.column if not v.beside)

    def length_m(self, column: Column, speed_mps: float) -> float:
        """Return the length from the convoy's front to its tail at a steady speed.

        The spacings of all vehicles but the last, plus the last one's length.
        """
        spaced = sum(column.spacing_m(speed_mps, v.vehicle.length) for v in self.ranks[:-1])
        return float(spaced + self.ranks[-1].vehicle.length)

    def passing_time_s(self, column: Column, speed_mps: float) -> float:
        """Return how long the convoy takes from head to tail past a point, at steady speed."""
        if speed_mps <= 0.0:
            raise ValueError("a standing convoy passes nothing")
        return self.length_m(column, speed_mps) / speed_mps

    def vehicles_a_km(self, column: Column, speed_mps: float) -> float:
        """Return how many vehicles of its kind stand on a kilometre of road at a speed."""
        spaced = sum(column.spacing_m(speed_mps, v.vehicle.length) for v in self.ranks)
        return 1000.0 * len(self.ranks) / spaced


class _OrderEntry(Record):
    role: Role
    vehicle: str
    count: int = Field(default=1, ge=1, le=60)
    abreast: int = Field(default=1, ge=1, le=3, description="so many side by side")
    from_the_train: bool = False


class _ConvoyFile(SourcedRecord):
    retinue_convoy: Literal[1]
    title: str
    remark: str = ""
    order: tuple[_OrderEntry, ...] = Field(min_length=1)
    vehicles: dict[str, RoadVehicle] = Field(
        default_factory=dict, description="types that the catalogue lacks"
    )
    bodyguards_beside_the_car: int = Field(default=0, ge=0)
    pilot_ahead: Length = Field(default=0.0, ge=0)
    sources: dict[str, str]

    @model_validator(mode="after")
    def _led(self) -> _ConvoyFile:
        mains = sum(entry.count for entry in self.order if entry.role == "main")
        if mains != 1:
            raise ValueError(f'a convoy has exactly one vehicle with "role: main", not {mains}')
        roles = [entry.role for entry in self.order]
        if "pilot" in roles[roles.count("pilot") :]:
            raise ValueError('the vehicles with "role: pilot" come first')
        return self


class _VehiclesFile(Record):
    retinue_road_vehicles: Literal[1]
    sources: dict[str, str]
    vehicles: dict[str, RoadVehicle]


class _ColumnsFile(Record):
    retinue_columns: Literal[1]
    sources: dict[str, str]
    columns: dict[str, Column]
    largest_group: int = Field(ge=1, description="a convoy of so many vehicles is not split")


@cache
def _vehicles() -> _VehiclesFile:
    path = SHIPPED / "road_vehicles.yaml"
    return validate(read_yaml(path, shown_as(path)), _VehiclesFile)


@cache
def _columns() -> _ColumnsFile:
    path = SHIPPED / "columns.yaml"
    return validate(read_yaml(path, shown_as(path)), _ColumnsFile)


def columns() -> dict[str, Column]:
    """Return the column orders by name: ``open`` and ``close``."""
    return dict(_columns().columns)


def largest_group() -> int:
    """Return the number of vehicles up to which a convoy is not split into groups."""
    return _columns().largest_group


def column_sources() -> dict[str, str]:
    """Return what the names of sources in the column orders stand for."""
    return dict(_columns().sources)


def shipped_convoys() -> list[str]:
    """Return the names of the convoys in the shipped and the user's catalogue."""
    return known_names("convoys")


def load_convoy(name: str, folder: Path | None = None, *, where: str = "") -> Convoy:
    """Load a convoy.

    Parameters
    ----------
    name
        A catalogue name, or a path.
    folder
        The journey's folder.
    where
        Place of the name in the journey file, for errors.

    Raises
    ------
    InputError
        For an unknown name or any fault in the file.
    """
    path = find_file("convoys", name, folder, what="convoy", where=where, begins="retinue convoy:")
    label = shown_as(path)
    node = read_yaml(path, label)
    version = node.value.get("retinue convoy") if isinstance(node.value, dict) else None
    if version is None or version.value != CONVOY_VERSION:
        raise InputError(
            "this is not a convoy that this Retinue reads",
            where=f"{label}:{(version or node).line}",
            cure=f'Begin it with "retinue convoy: {CONVOY_VERSION}".',
        )
    asked = validate(node, _ConvoyFile)
    types = _vehicles().vehicles | asked.vehicles
    _check_sources(asked, node)
    vehicles: list[ConvoyVehicle] = []
    for number, entry in enumerate(asked.order):
        if entry.vehicle not in types:
            raise InputError(
                f'"{entry.vehicle}" is not a road vehicle of the catalogue',
                where=node.where(("order", number, "vehicle")),
                cure=suggest(entry.vehicle, types) or f"Known: {', '.join(sorted(types))}.",
            )
        vehicles += [
            ConvoyVehicle(
                entry.role,
                entry.vehicle,
                types[entry.vehicle],
                from_the_train=entry.from_the_train,
                beside=place % entry.abreast > 0,
            )
            for place in range(entry.count)
        ]
    sources = _vehicles().sources | asked.sources
    return Convoy(
        name=path.stem,
        title=asked.title,
        vehicles=tuple(vehicles),
        pilot_ahead_m=asked.pilot_ahead,
        bodyguards=asked.bodyguards_beside_the_car,
        assumed=_assumed(asked),
        source=asked.basis_of("order").source,
        confidence=asked.basis_of("order").confidence,
        sources=sources,
        remark=asked.remark,
        file=label,
        text=path.read_text(encoding="utf-8"),
    )


def _assumed(asked: _ConvoyFile) -> tuple[str, ...]:
    values = ("order", "bodyguards beside the car", "pilot ahead")
    written = [v for v in values if v.replace(" ", "_") in asked.model_fields_set]
    return tuple(v for v in written if asked.basis_of(v).confidence == "assumed")


def _check_sources(asked: _ConvoyFile, node: Node) -> None:
    for source in (asked.source, *(basis.source for basis in asked.basis.values())):
        if source not in asked.sources:
            raise InputError(
                f'the source "{source}" is not described under "sources"',
                where=node.where(("source",)),
                cure=f'Add "{source}: ..." to "sources".',
            )
