"""Records of the line book: lines, their points and values, turns and sources."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from retinue.world.rail_route import OperatingPoint, Value

__all__ = [
    "VALUE_NAMES",
    "Line",
    "LinePoint",
    "Published",
    "Source",
    "Turn",
    "ValueSet",
    "leg_country",
]

#: Names of the values that a stretch carries, as in `RouteStretch.values`.
VALUE_NAMES = (
    "gauge",
    "electrification",
    "line_speed",
    "tracks",
    "ruling_gradient",
    "axle_load",
    "coupler",
    "brake_system",
    "heating",
    "block_length",
    "loading_gauge",
)


@dataclass(frozen=True)
class Source:
    """Where values come from."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class ValueSet:
    """Values of some stretch in SI, each with the ground it stands on.

    Attributes
    ----------
    raw
        By name of `VALUE_NAMES`: gauges as a tuple of mm, the rest as in the file in SI.
    ground
        The same values as text with source and confidence.
    """

    raw: dict[str, Any]
    ground: dict[str, Value]

    def over(self, below: ValueSet) -> ValueSet:
        """Return these values laid over others."""
        return ValueSet(below.raw | self.raw, below.ground | self.ground)


@dataclass(frozen=True)
class LinePoint:
    """A point of a line at its published kilometre.

    ``through`` are the shape points (lat, lon) between the point before and this
    one; ``snap`` says whether the point guides the path through the graph.
    """

    point: OperatingPoint
    km: float
    through: tuple[tuple[float, float], ...] = ()
    snap: bool = True
    ground: Value = field(default_factory=lambda: Value("", "", "assumed"))


@dataclass(frozen=True)
class Published:
    """A published length between two points of a line."""

    first: str
    last: str
    length_m: float
    source: str
    confidence: str


@dataclass(frozen=True)
class Turn:
    """Whether a train runs direct from one neighbouring point to another."""

    at: str
    between: frozenset[str]
    reverses: bool
    ground: Value


@dataclass(frozen=True, eq=False)
class Line:
    """A line: points along its kilometrage and values of the legs between them.

    ``legs[i]`` holds the values between ``points[i]`` and ``points[i + 1]``.
    ``where`` is the file and line of its record.
    """

    id: str
    name: str
    native_name: str
    aliases: tuple[str, ...]
    points: tuple[LinePoint, ...]
    legs: tuple[ValueSet, ...]
    published: tuple[Published, ...]
    where: str

    @cached_property
    def position(self) -> dict[str, int]:
        """Index of each point by its id."""
        return {entry.point.id: index for index, entry in enumerate(self.points)}

    @property
    def length_m(self) -> float:
        """Length on the published kilometrage."""
        return abs(self.points[-1].km - self.points[0].km) * 1000.0


def leg_country(one: OperatingPoint, two: OperatingPoint) -> str | None:
    """Return the country of a leg between neighbouring points, None where that is open."""
    if one.kind == "border" and two.kind != "border":
        return two.country
    if two.kind == "border" or one.country == two.country:
        return one.country
    return None
