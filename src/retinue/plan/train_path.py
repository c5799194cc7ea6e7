"""A path through other trains' timetable that a leg was given: what its driver is told.

The plan keeps it, so that the leg can be timed by it again; what the other trains do stands in
the traffic document beside the plan (`retinue.plan.traffic_document`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from retinue.plan.records import PlanRecord
from retinue.plan.restrictions import LegRestriction
from retinue.plan.traffic import Second

if TYPE_CHECKING:
    from retinue.plan.leg import SpeedProfile

__all__ = ["AdoptedPath", "PathCeiling", "PathStand", "PathVia"]

#: The year 2100: what lies beyond is a slip.
_LATEST_S = 4_102_444_800.0

#: A ceiling no longer than this is a speed of passing one place.
_POINT_M = 2.0

#: A ceiling so little under what is permitted anyhow tells a driver nothing.
_LEAST_MPS = 0.3


class PathStand(PlanRecord):
    """A place where the main train stands; at the ends arrival and departure are equal."""

    id: str = Field(description="of the place in the timetable")
    place: str
    at_m: float = Field(allow_inf_nan=False, description="chainage of the leg")
    lat: float
    lon: float
    zone: str
    arrive_utc: Second
    depart_utc: Second
    asked: bool = Field(description="by the journey; else it waits there for other trains")
    least_s: float = Field(default=0.0, description="what the stop takes without other trains")

    @model_validator(mode="after")
    def _plausible(self) -> Self:
        moments = (self.arrive_utc, self.depart_utc)
        if not all(0.0 <= moment < _LATEST_S for moment in moments) or self.at_m < 0.0:
            raise ValueError(f"times and chainage of {self.place} cannot be")
        if self.depart_utc < self.arrive_utc:
            raise ValueError(f"{self.place} is left before the arrival")
        return self

    @property
    def waits(self) -> bool:
        """Whether it stands longer than it needs to."""
        return self.depart_utc - self.arrive_utc > self.least_s + 0.5


class PathCeiling(PlanRecord):
    """A speed that the driver does not exceed, beyond the line's own."""

    from_m: float = Field(ge=0.0, allow_inf_nan=False)
    to_m: float = Field(ge=0.0, allow_inf_nan=False)
    at_most_mps: float = Field(gt=0.0, allow_inf_nan=False)

    @property
    def words(self) -> str:
        """What the driver is told."""
        speed = f"{3.6 * self.at_most_mps:.0f} km/h"
        begin = f"km {self.from_m / 1000.0:.1f}"
        if self.to_m - self.from_m <= _POINT_M:
            return f"passes {begin} at no more than {speed}"
        return f"at most {speed} from {begin} to km {self.to_m / 1000.0:.1f}"


class PathVia(PlanRecord):
    """A place that the leg passes because its path goes another way than the journey's."""

    id: str = Field(description="of the place in the timetable, or in the journey")
    place: str
    lat: float = Field(ge=-90.0, le=90.0)
    lon: float = Field(ge=-180.0, le=180.0)
    country: str = ""
    zone: str
    asked: bool = Field(default=False, description="by the journey; else it is passed to go there")


class AdoptedPath(PlanRecord):
    """The path of one rail leg.

    Paths on the leg's own way are written as they were before paths knew of other ways.
    """

    leg: str
    feed: str = Field(description="the timetable it was found in")
    date: str = Field(description="service day, YYYY-MM-DD")
    view: str = Field(description="of the line: pessimistic or optimistic")
    stands: tuple[PathStand, ...] = Field(min_length=2)
    ceilings: tuple[PathCeiling, ...] = ()
    restrictions: tuple[LegRestriction, ...] = Field(
        default=(), description="possessions and slow stretches that it was found under"
    )
    shares: tuple[tuple[float, float], ...] = Field(
        default=(), description="from chainage, share of permitted speeds that is used"
    )
    advance_s: float = Field(
        default=0.0, description="lag the advance train keeps; 0: that of the journey"
    )
    following_s: float = Field(default=0.0, description="likewise the following train")
    via: tuple[PathVia, ...] = Field(
        default=(), description="where the leg takes another way; empty: the journey's own"
    )
    distance_m: float = Field(
        default=0.0, ge=0.0, allow_inf_nan=False, description="length of the leg that way"
    )

    @model_serializer(mode="wrap")
    def _without_own_way(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        record: dict[str, Any] = handler(self)
        if not self.via:
            del record["via"], record["distance_m"]
        return record

    @property
    def over(self) -> str:
        """Which other way it takes, in words; empty: the journey's own."""
        return "over " + ", ".join(v.place for v in self.via if not v.asked) if self.via else ""

    def told(self, profile: SpeedProfile | None) -> tuple[PathCeiling, ...]:
        """Return the ceilings below what the leg's profile permits, in running order."""
        if profile is None or not profile.limit_mps:
            return tuple(sorted(self.ceilings, key=lambda one: one.from_m))

        def held(pairs: Sequence[tuple[float, float]], at_m: float, before: float) -> float:
            return next((value for begin, value in reversed(pairs) if begin <= at_m), before)

        limits = list(zip(profile.limit_distance_m, profile.limit_mps, strict=True))

        def permitted(ceiling: PathCeiling) -> float:
            inside = [v for begin, v in limits if ceiling.from_m <= begin < ceiling.to_m]
            most = max([held(limits, ceiling.from_m, limits[0][1]), *inside])
            return most * held(self.shares, ceiling.from_m, 1.0)

        return tuple(
            one
            for one in sorted(self.ceilings, key=lambda one: one.from_m)
            if one.at_most_mps < permitted(one) - _LEAST_MPS
        )

    @property
    def depart_utc(self) -> float:
        """Departure of the main train, Unix seconds."""
        return float(self.stands[0].depart_utc)

    @property
    def arrive_utc(self) -> float:
        """Arrival of the main train, Unix seconds."""
        return float(self.stands[-1].arrive_utc)
