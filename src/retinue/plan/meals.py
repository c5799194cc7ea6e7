"""Meals, sittings and the kitchen's timetable as a plan records them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retinue.plan.records import PlanRecord, Utc

__all__ = [
    "ClosedTime",
    "CookShift",
    "KitchenJob",
    "KitchenRecord",
    "MealRecord",
    "RoomService",
    "Sitting",
    "StationRecord",
    "Stretch",
]


class Stretch(PlanRecord):
    """A stretch of time."""

    from_utc: Utc
    until_utc: Utc


class ClosedTime(Stretch):
    """A time at which no meal is served, and why."""

    kind: Literal["toilets locked", "border", "ceremony", "quiet hours", "off the train"]
    place: str
    why: str
    source: str = ""


class Sitting(Stretch):
    """One seating in the dining coaches."""

    meal: str
    number: int = Field(ge=1)
    coach: str = Field(description="label of the dining coach or coaches")
    seats: int
    people: dict[str, int] = Field(description="by group")
    stewards: int = 0


class RoomService(Stretch):
    """People of one group who are served where they are."""

    meal: str
    group: str
    people: int
    because: str
    stewards: int = 0


class MealRecord(PlanRecord):
    """One meal of those who keep one clock."""

    id: str
    kind: str
    leg: str
    clock: Literal["body", "local"]
    zone: str = Field(description="local zone at the time of the meal")
    ideal_utc: Utc
    time_utc: Utc = Field(description="planned begin of service")
    local_offset_s: float
    body_offset_s: float | None = None
    people: dict[str, int] = Field(description="by group")
    windows: tuple[Stretch, ...] = Field(description="in which it may be served")
    moved_because: tuple[str, ...] = ()
    distance_m: float | None = None
    between: str = Field(default="", description="where the train then is")


class KitchenJob(PlanRecord):
    """One step of one dish, cooked together for a sitting or a meal."""

    id: str
    meal: str
    dish: str
    step: int
    station: str
    portions: int
    batches: int
    cooks: tuple[str, ...] = Field(description="who does it, while hands are needed")
    start_utc: Utc
    active_until_utc: Utc = Field(description="hands are free from here")
    end_utc: Utc
    ready_by_utc: Utc = Field(description="first portion is served")
    served_until_utc: Utc = Field(description="last portion is served")
    hold_s: float = Field(description="longest from the end of the step to the last portion")
    sitting: int = Field(default=0, description="0: for all sittings of the meal")
    part: int = Field(default=1, ge=1, description="a long job is shared out")
    hands: int = Field(default=1, ge=1)
    last_step: bool = True
    units: int = Field(default=1, ge=1, description="places of the station it takes")
    station_until_utc: Utc = Field(description="the places are free from here")

    @property
    def first_portion_utc(self) -> float:
        """When the first portion is served: where it is due, but not before its batch is done."""
        batch_s = (self.end_utc - self.start_utc) / max(self.batches, 1)
        return max(self.ready_by_utc, self.start_utc + batch_s)


class CookShift(PlanRecord):
    """One working day of one cook."""

    cook: str
    start_utc: Utc
    end_utc: Utc
    work_s: float = Field(description="hands at work")
    rest_before_s: float | None = Field(default=None, description="None before the first")


class StationRecord(PlanRecord):
    """A station of the kitchens and how many jobs it takes at once."""

    station: str
    capacity: int
    source: str
    confidence: str


class KitchenRecord(PlanRecord):
    """The kitchen's timetable, with what was proven of it."""

    closed: tuple[ClosedTime, ...] = ()
    meals: tuple[MealRecord, ...] = ()
    sittings: tuple[Sitting, ...] = ()
    room_service: tuple[RoomService, ...] = ()
    stations: tuple[StationRecord, ...] = ()
    jobs: tuple[KitchenJob, ...] = ()
    shifts: tuple[CookShift, ...] = ()
    cooks: int = 0
    cooks_proven: bool = Field(default=False, description="no timetable needs fewer at once")
    cooks_bound: int = Field(default=0, description="no timetable needs fewer than this")
    team: int = Field(default=0, description="people, so that all shifts keep their rest")
    team_proven: bool = False
    longest_duty_s: float = 0.0
    longest_work_s: float = 0.0
    least_rest_s: float = 0.0
    seats: int = 0
    stewards: int = Field(default=0, description="at once")
    sittings_proven: bool = False
    waiting_s: float = Field(default=0.0, description="sum of what jobs end before they must")
    waiting_bound_s: float = Field(default=0.0, description="no timetable waits less")
    before_departure: tuple[str, ...] = Field(
        default=(), description="steps that are longer than the train is under way: done ashore"
    )
