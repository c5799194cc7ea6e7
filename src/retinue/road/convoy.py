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
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from retinue.document import Node, read_yaml, suggest, validate
from retinue.errors import InputError
from retinue.road.column import (
    Column,
    column_rules,
    column_sources,
    columns,
    largest_group,
)
from retinue.road.convoy_rules import OrderFault, order_faults
from retinue.road.groups import split_groups
from retinue.road.vehicle import RoadVehicle, greatest_measures, road_vehicles
from retinue.sourced import Record, SourcedRecord
from retinue.units import Length
from retinue.world.catalogue import find_file, known_names, shown_as
from retinue.world.road_route import RoadVehicleLimits

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
    carries
        Goods need no order that guards somebody.
    warnings
        Rules of the order that it breaks and that stop no plan.
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
    warnings: tuple[OrderFault, ...] = ()
    carries: Literal["people", "goods"] = "people"

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

    @property
    def outriders(self) -> int:
        """How many of its motorcycles or cars can hold junctions: those of the escort."""
        return sum(v.role == "escort" for v in self.vehicles)

    @property
    def limits(self) -> RoadVehicleLimits:
        """The greatest measures of any of its vehicles."""
        return greatest_measures([v.vehicle for v in self.vehicles])

    @property
    def top_speed_mps(self) -> float | None:
        """What its slowest vehicle can drive; None where none states it."""
        known = [v.vehicle.top_speed for v in self.vehicles if v.vehicle.top_speed is not None]
        return min(known) if known else None

    @cached_property
    def groups(self) -> tuple[tuple[ConvoyVehicle, ...], ...]:
        """The vehicles of the convoy proper in groups that one commander can lead."""
        return split_groups(self.column, largest_group())

    @cached_property
    def group_heads(self) -> frozenset[int]:
        """Numbers, among the ranks, of the vehicles that lead a group other than the first."""
        sizes = [sum(not v.beside for v in group) for group in self.groups[:-1]]
        return frozenset(accumulate(sizes))

    def spacing_m(self, rank: int, column: Column, speed_mps: float) -> float:
        """Return the distance from the front of a rank to that of the rank behind it.

        Between two groups the time gap of groups counts from the tail of the one before; at
        standstill they stand as close as vehicles do.
        """
        length = self.ranks[rank].vehicle.length
        usual = column.spacing_m(speed_mps, length)
        if rank + 1 not in self.group_heads or speed_mps <= 0.0:
            return usual
        return max(usual, length + column_rules().groups.time_gap * speed_mps)

    def standing_m(self, column: Column) -> list[float]:
        """Return how far behind the front the front of each rank stands at standstill."""
        gaps = [self.spacing_m(rank, column, 0.0) for rank in range(len(self.ranks) - 1)]
        return [0.0, *accumulate(gaps)]

    def length_m(self, column: Column, speed_mps: float) -> float:
        """Return the length from the convoy's front to its tail at a steady speed.

        The spacings of all vehicles but the last, plus the last one's length.
        """
        ranks = range(len(self.ranks) - 1)
        spaced = sum(self.spacing_m(rank, column, speed_mps) for rank in ranks)
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
    carries: Literal["people", "goods"] = Field(
        default="people", description="the rules of order are for those who guard somebody"
    )
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
    types = road_vehicles().vehicles | asked.vehicles
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
    faults = order_faults(vehicles) if asked.carries == "people" else []
    for fault in faults:
        if fault.rule.level == "refuse":
            raise InputError(
                fault.rule.says,
                where=_where_of(fault, asked, node),
                cure=f"{fault.rule.cure} (rule: {fault.ground})",
            )
    sources = road_vehicles().sources | asked.sources
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
        carries=asked.carries,
        file=label,
        text=path.read_text(encoding="utf-8"),
        warnings=tuple(faults),
    )


def _where_of(fault: OrderFault, asked: _ConvoyFile, node: Node) -> str:
    """Return the line of the entry that holds the vehicle at fault."""
    if fault.vehicle is None:
        return node.where(("order",))
    last = -1
    for number, entry in enumerate(asked.order):
        last += entry.count
        if fault.vehicle <= last:
            return node.where(("order", number, "role"))
    return node.where(("order",))


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
