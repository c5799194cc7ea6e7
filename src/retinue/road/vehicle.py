"""Road vehicles of the catalogue, and the greatest measures of several."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal

from pydantic import Field

from retinue.document import read_yaml, validate
from retinue.sourced import Record, SourcedRecord
from retinue.units import Length, Mass, Speed
from retinue.world.catalogue import SHIPPED, shown_as
from retinue.world.road_route import RoadVehicleLimits

__all__ = ["RoadVehicle", "RoadVehicles", "greatest_measures", "road_vehicles"]


class RoadVehicle(SourcedRecord):
    """A type of road vehicle."""

    label: str
    length: Length = Field(gt=0, le=60)
    mass: Mass = Field(gt=0, le=200_000)
    axles: int = Field(default=2, ge=2)
    seats: int = Field(default=4, ge=1)
    armoured: bool = False
    make: str = Field(default="", description="types of one make may stand for each other")
    height: Length | None = Field(default=None, gt=0, le=10)
    width: Length | None = Field(default=None, gt=0, le=10)
    axle_load: Mass | None = Field(default=None, gt=0, description="of the heaviest axle")
    wheelbase: Length | None = Field(default=None, gt=0, le=20)
    ground_clearance: Length | None = Field(
        default=None, gt=0, le=2, description="between the axles, loaded"
    )
    top_speed: Speed | None = Field(default=None, gt=1, le=100, description="in a march")


class RoadVehicles(Record):
    """The file of vehicles."""

    retinue_road_vehicles: Literal[1]
    sources: dict[str, str]
    vehicles: dict[str, RoadVehicle]


@cache
def road_vehicles() -> RoadVehicles:
    """Return the shipped vehicles and their sources."""
    path = SHIPPED / "road_vehicles.yaml"
    return validate(read_yaml(path, shown_as(path)), RoadVehicles)


def greatest_measures(vehicles: Sequence[RoadVehicle]) -> RoadVehicleLimits:
    """Return what a road must let pass; None where no vehicle states the measure.

    A vehicle that does not state a measure counts as no greater than those that do.
    """

    def most(values: Sequence[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return max(known) if known else None

    return RoadVehicleLimits(
        height_m=most([v.height for v in vehicles]),
        width_m=most([v.width for v in vehicles]),
        length_m=most([v.length for v in vehicles]),
        mass_kg=most([v.mass for v in vehicles]),
        axle_load_kg=most([v.axle_load for v in vehicles]),
    )
