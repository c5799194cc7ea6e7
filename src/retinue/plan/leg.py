"""A leg: one mode from one place to another, with all its movements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import ConfigDict, Field, PlainSerializer, PlainValidator, WithJsonSchema

from retinue.movement import Movement
from retinue.plan.records import (
    CostItem,
    Event,
    JsonDict,
    Note,
    PlaceRecord,
    PlanRecord,
    Utc,
)
from retinue.plan.vehicles import AircraftRecord, ConvoyRecord, TrainRecord

__all__ = ["Leg", "Mode", "MovementField", "Section", "SpeedProfile"]

Mode = Literal["rail", "air", "road"]

if TYPE_CHECKING:
    MovementField = Movement
else:
    # Any at run time: the movement (de)serialises itself, pydantic need not look inside.
    MovementField = Annotated[
        Any,
        PlainValidator(lambda v: v if isinstance(v, Movement) else Movement.from_dict(v)),
        PlainSerializer(lambda m: m.as_dict(), return_type=dict),
        WithJsonSchema({"type": "object", "title": "Movement"}),
    ]


class Section(PlanRecord):
    """A stretch of line or road with one set of values, for the order's line table."""

    from_place: str
    to_place: str
    from_m: float
    to_m: float
    line: str
    gauge_mm: tuple[int, ...] = ()
    electrification: str = Field(default="", description='e.g. "3 kV DC", "none"')
    speed_mps: float | None = None
    tracks: int | None = None
    ruling_gradient: float | None = None
    axle_load_kg: float | None = None
    assumed: tuple[str, ...] = Field(default=(), description="names of the values nobody published")
    origin: str = Field(
        default="line book",
        description="line book, graph where no book covers it, or OpenStreetMap extract",
    )


class SpeedProfile(PlanRecord):
    """Speed against distance of the main movement, as printed in the chart."""

    distance_m: tuple[float, ...]
    speed_mps: tuple[float, ...]
    limit_distance_m: tuple[float, ...] = Field(description="start of each limit")
    limit_mps: tuple[float, ...]


class Leg(PlanRecord):
    """One mode from one place to another."""

    id: str
    mode: Mode
    title: str
    from_: PlaceRecord = Field(alias="from")
    to: PlaceRecord
    depart_utc: Utc
    arrive_utc: Utc
    distance_m: float
    graph_distance_m: float | None = Field(
        default=None, description="length on the raw graph, before published km were laid over it"
    )
    running_time_s: float = Field(description="time in motion of the main movement")
    standing_time_s: float = 0.0
    energy_kwh: float | None = None
    movements: tuple[MovementField, ...]
    timeline: tuple[Event, ...] = ()
    sections: tuple[Section, ...] = ()
    profile: SpeedProfile | None = None
    train: TrainRecord | None = Field(default=None, description="the main train as it departs")
    trains: tuple[TrainRecord, ...] = Field(
        default=(), description="every train, again where its formation changes"
    )
    convoy: ConvoyRecord | None = None
    aircraft: AircraftRecord | None = None
    countries: tuple[str, ...] = Field(default=(), description="ISO 3166-1 alpha-2, in order")
    costs: tuple[CostItem, ...] = ()
    notes: tuple[Note, ...] = ()
    details: JsonDict = Field(default_factory=dict, description="figures of one mode only")

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=True
    )

    @property
    def main(self) -> Movement:
        """The movement that carries the principal."""
        return next(m for m in self.movements if m.role == "main")
