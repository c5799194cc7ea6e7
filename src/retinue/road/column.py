"""How vehicles follow one another: spacing, groups, speeds by class, rules at crossings."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import Field, model_validator

from retinue.document import read_yaml, validate
from retinue.sourced import Record, SourcedRecord
from retinue.units import Duration, Length, Speed
from retinue.world.catalogue import SHIPPED, shown_as

__all__ = [
    "BlockConduct",
    "Column",
    "CrossingConduct",
    "class_speed",
    "column_rules",
    "column_sources",
    "columns",
    "largest_group",
]


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


class _Groups(SourcedRecord):
    time_gap: Duration = Field(gt=0, description="from the tail of a group to the next's front")


class _ClassSpeeds(SourcedRecord):
    speeds: dict[str, Speed]

    @model_validator(mode="after")
    def _has_a_rest(self) -> _ClassSpeeds:
        if "*" not in self.speeds or min(self.speeds.values()) <= 0.0:
            raise ValueError('"speeds" needs "*" for every other class, and speeds above 0')
        return self


class CrossingConduct(SourcedRecord):
    """How much road stays free before and behind the middle of a level crossing."""

    clear_before: Length = Field(ge=0)
    clear_behind: Length = Field(ge=0)


class BlockConduct(SourcedRecord):
    """What holding a junction takes, and how outriders ride on.

    Attributes
    ----------
    overtaking_faster_by
        How much faster than the road's march speed an outrider rides past the column, up to
        the two speeds for roads of one lane and of several lanes a direction.
    """

    lead_time: Duration = Field(ge=0, description="an outrider stands so long before the front")
    hold_after_tail: Duration = Field(ge=0)
    arms_a_post: int = Field(ge=1, description="so many arms one outrider closes")
    one_post_within: Length = Field(ge=0, description="junctions so near are held as one")
    slowest: Speed = Field(gt=0.5, description="a convoy is not slowed below this")
    overtaking_faster_by: Speed = Field(ge=0)
    overtaking_at_most_one_lane: Speed = Field(gt=0)
    overtaking_at_most_two_lanes: Speed = Field(gt=0)


class _ColumnsFile(Record):
    retinue_columns: Literal[1]
    sources: dict[str, str]
    columns: dict[str, Column]
    largest_group: int = Field(ge=1, description="a convoy of so many vehicles is not split")
    groups: _Groups
    class_speeds: _ClassSpeeds
    level_crossings: CrossingConduct
    rolling_block: BlockConduct


@cache
def column_rules() -> _ColumnsFile:
    """Return everything that the column file states."""
    path = SHIPPED / "columns.yaml"
    return validate(read_yaml(path, shown_as(path)), _ColumnsFile)


def columns() -> dict[str, Column]:
    """Return the column orders by name: ``open`` and ``close``."""
    return dict(column_rules().columns)


def largest_group() -> int:
    """Return the number of vehicles up to which a convoy is not split into groups."""
    return column_rules().largest_group


def class_speed(road_class: str) -> float:
    """Return how fast a convoy marches at most on a class of road; a link counts as its road."""
    speeds = column_rules().class_speeds.speeds
    return speeds.get(road_class.removesuffix("_link"), speeds["*"])


def column_sources() -> dict[str, str]:
    """Return what the names of sources in the column orders stand for."""
    return dict(column_rules().sources)
