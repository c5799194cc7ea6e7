"""Passages of sites and closures, each opened and closed by an event."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retinue.plan.records import PlanRecord, Utc

__all__ = ["Closure", "EmergencyRule", "PassageBand", "PublicCost", "SeveredAccess", "Trigger"]


class PassageBand(PlanRecord):
    """When head and tail of one movement pass a site, as a band of stated coverage."""

    site: str
    leg: str
    role: str = Field(description="main, advance, following, pilot")
    head_utc: Utc
    head_low_utc: Utc
    head_high_utc: Utc
    tail_utc: Utc
    tail_low_utc: Utc
    tail_high_utc: Utc
    coverage: float = Field(gt=0, lt=1)


class Trigger(PlanRecord):
    """The event that closes or opens a site."""

    event: str = Field(description='in words, e.g. "advance train reported past signal box X"')
    role: str = Field(description="movement that is reported")
    place: str = Field(description="report point")
    distance_m: float = Field(description="chainage of the report point along the leg")
    travel_s: float = Field(description="shortest time from there to the site (head), or 0")
    planned_utc: Utc
    earliest_utc: Utc
    latest_utc: Utc


class EmergencyRule(PlanRecord):
    """How an emergency vehicle is let across a closed site."""

    decides: str = Field(description="role: signaller, convoy commander")
    last_safe_s: float = Field(description="before the head is due: no crossing begins later")
    braking_distance_m: float
    braking_s: float
    message_s: float
    clearing_s: float
    margin_s: float
    stop_cost_s: float = Field(description="delay of the special when it is stopped")
    slow_cost_s: float = Field(description="delay when it is only slowed")
    most_delay_s: float = Field(description="stated maximum that an emergency vehicle waits")


class PublicCost(PlanRecord):
    """What one closure costs other road users."""

    road_class: str
    flow_per_h: float = Field(description="vehicles, both directions")
    vehicle_hours: float
    fixed_vehicle_hours: float = Field(description="of a fixed window with equal coverage")
    assumed: tuple[str, ...] = ()


class SeveredAccess(PlanRecord):
    """A place that loses all access while closures overlap."""

    place: str
    kind: str
    from_utc: Utc
    until_utc: Utc
    closures: tuple[str, ...]
    cure: str


class Closure(PlanRecord):
    """One site closed for the special, by event."""

    id: str
    site: str
    leg: str
    kind: str = Field(description="the site's kind")
    place: str
    lat: float
    lon: float
    zone: str
    roles: tuple[str, ...] = Field(description="movements that pass while it is closed")
    close: Trigger
    latest_close_utc: Utc = Field(description="closed by then even if no report has come")
    open: Trigger
    band_close_utc: Utc = Field(description="earliest the staff must be ready to close")
    band_open_utc: Utc = Field(description="latest it opens, within the coverage")
    hold_s: float = Field(description="planned time closed")
    fixed_from_utc: Utc
    fixed_until_utc: Utc
    coverage: float
    budget_s: float | None = None
    over_budget_s: float = 0.0
    emergency: EmergencyRule
    public: PublicCost | None = None
    separate_times: Literal["one hold", "opened between"] = "one hold"
    note: str = ""
