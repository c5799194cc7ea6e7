"""What a closure costs other road users: vehicle-hours by road class and hour.

The queue of a closed road is deterministic: vehicles come at ``q`` an hour for the time ``H`` it
is closed and leave at the saturation flow ``s`` until the queue is gone, so together they lose

    H^2 / 2  q / (1 - q / s)      vehicle-hours (H in hours; q < s)

(May 1990, Traffic Flow Fundamentals, deterministic queuing).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from retinue.clock import local
from retinue.document import read_yaml, validate
from retinue.plan.closure import PublicCost
from retinue.sourced import SourcedRecord
from retinue.world.catalogue import SHIPPED

if TYPE_CHECKING:
    from retinue.protection.site import SiteOnLeg

__all__ = ["RoadFlows", "load_road_flows", "public_cost", "vehicle_hours"]

_MOST_SHARE = 0.95  # of the saturation flow; nearer to it a queue would never go


class _RoadClass(SourcedRecord):
    road_class: str
    vehicles_a_day: float = Field(ge=0)
    lanes: int = Field(ge=1)


class RoadFlows(SourcedRecord):
    """Traffic by class of road."""

    retinue_road_flows: Literal[1]
    saturation_flow_a_lane_per_h: float = Field(gt=0)
    hours: tuple[float, ...]
    classes: tuple[_RoadClass, ...]
    sources: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole_day(self) -> RoadFlows:
        if len(self.hours) != 24 or abs(sum(self.hours) - 1.0) > 1e-6:
            raise ValueError("the shares of 24 hours must sum to 1")
        if "" not in {entry.road_class for entry in self.classes}:
            raise ValueError("there must be a class for roads nobody classified")
        return self

    def of(self, road_class: str) -> _RoadClass:
        """Return the entry of a class; a link road is of its parent's class."""
        named = {entry.road_class: entry for entry in self.classes}
        return named.get(road_class) or named.get(road_class.removesuffix("_link")) or named[""]


@cache
def load_road_flows() -> RoadFlows:
    """Return the shipped flows."""
    path = SHIPPED / "road_flows.yaml"
    return validate(read_yaml(path, path.name), RoadFlows)


def vehicle_hours(flow_per_h: float, saturation_per_h: float, closed_s: float) -> float:
    """Return the vehicle-hours lost at a road closed for a time.

    Parameters
    ----------
    flow_per_h, saturation_per_h
        Vehicles arriving, and leaving once it is open.
    """
    hours = max(closed_s, 0.0) / 3600.0
    load = min(flow_per_h / saturation_per_h, _MOST_SHARE)
    return hours * hours / 2.0 * flow_per_h / (1.0 - load)


def public_cost(
    site: SiteOnLeg, from_s: float, until_s: float, fixed_s: float, flows: RoadFlows
) -> PublicCost:
    """Return what a closure costs, beside a fixed window of the same coverage.

    Parameters
    ----------
    from_s, until_s
        When it is planned to be closed, Unix seconds; the flow is that of the hour in its middle.
    fixed_s
        How long the fixed window is.
    """
    entry = flows.of(site.road_class)
    hour = local((from_s + until_s) / 2, site.zone).hour
    flow = entry.vehicles_a_day * flows.hours[hour]
    saturation = flows.saturation_flow_a_lane_per_h * entry.lanes
    assumed = [f"{entry.vehicles_a_day:,.0f} vehicles a day on {entry.road_class or 'this road'}"]
    if not site.road_class or not entry.road_class:
        assumed.append("the road's class is not known")
    return PublicCost(
        road_class=site.road_class,
        flow_per_h=round(flow, 1),
        vehicle_hours=round(vehicle_hours(flow, saturation, until_s - from_s), 3),
        fixed_vehicle_hours=round(vehicle_hours(flow, saturation, fixed_s), 3),
        assumed=tuple(assumed),
    )
