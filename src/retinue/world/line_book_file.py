"""How people write a layer of the line book: the schema of one YAML file.

::

    line book: 1
    title: Lines of the DPRK
    licence: ODbL-1.0 for positions, Apache-2.0 for the rest
    sources:
      gazette: {text: Railway gazette 2010, url: https://...}
    points:
      kowon: {name: Kowon, lat: 39.43, lon: 127.24, country: KP, zone: Asia/Pyongyang, ...}
    lines:
      pyongyang-kowon:
        name: Pyongyang-Kowon
        points:
          - {at: pyongyang, km: 0}
          - {at: kowon, km: 229, through: [[39.21, 126.65]]}
        throughout: {gauge: 1435 mm, line speed: 50 km/h, source: gazette, confidence: M}
        sections:
          - {between: [yangdok, kowon], line speed: 40 km/h, source: gazette, confidence: M}

Every value stands beside a source and a confidence; the source is a key of
``sources`` of this layer or of one below it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from retinue.sourced import Confidence, Record, SourcedRecord
from retinue.units import Duration, Length, Mass, Ratio, Speed

__all__ = [
    "LINE_BOOK_VERSION",
    "CountryRecord",
    "FacilityRecord",
    "LayerFile",
    "LineRecord",
    "LinkRecord",
    "PointOnLine",
    "PointRecord",
    "PublishedLength",
    "SectionRecord",
    "SourceText",
    "TurnRecord",
    "ValuesRecord",
]

#: The version that stands in a layer as ``line book: 1``.
LINE_BOOK_VERSION = 1

PowerSystem = Literal[
    "none", "unknown", "3kv-dc", "1.5kv-dc", "750v-dc", "25kv-ac-50hz", "25kv-ac-60hz",
    "15kv-ac-16.7hz", "20kv-ac-50hz", "20kv-ac-60hz", "12kv-ac-25hz",
]  # fmt: skip
Coordinate = tuple[Annotated[float, Field(ge=-90, le=90)], Annotated[float, Field(ge=-180, le=180)]]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str | int | float) else value


class SourceText(Record):
    """Where a value comes from."""

    text: str
    url: str = ""


class FacilityRecord(SourcedRecord):
    """What a place can do for a train."""

    kind: Literal[
        "bogie-exchange", "gauge-adjustment", "transfer", "locomotive-change", "run-round",
        "car-ramp", "water", "border-control",
    ]  # fmt: skip
    gauges: Annotated[tuple[Length, ...], BeforeValidator(_as_list)] = ()
    low: Duration | None = None
    likely: Duration | None = None
    high: Duration | None = None
    lift_positions: int | None = Field(default=None, ge=1)
    lift_time: Duration | None = Field(default=None, gt=0)
    shunting: Duration | None = Field(default=None, ge=0)
    note: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> FacilityRecord:
        times = [t for t in (self.low, self.likely, self.high) if t is not None]
        if times != sorted(times):
            raise ValueError("low, likely and high must not decrease")
        return self


class PointRecord(SourcedRecord):
    """A station, junction, border or other named point."""

    name: str
    native_name: str = ""
    aliases: tuple[str, ...] = ()
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    country: str = Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2")
    zone: str = Field(description="IANA time zone")
    kind: Literal["station", "junction", "border", "point"] = "station"
    platform_length: Length | None = Field(default=None, gt=0)
    loop_length: Length | None = Field(default=None, gt=0)
    facilities: tuple[FacilityRecord, ...] = ()


class PointOnLine(Record):
    """Where a point stands on a line.

    ``through`` are shape points (lat, lon) that the geometry passes between the
    point before and this one.  ``snap: false`` keeps the point from guiding the
    path through the graph (borders; stations whose nearest node is astray).
    """

    at: str
    km: float
    through: tuple[Coordinate, ...] = ()
    snap: bool = True
    source: str | None = None
    confidence: Confidence | None = None


class ValuesRecord(SourcedRecord):
    """What a stretch of line offers and asks."""

    gauge: Annotated[tuple[Length, ...], BeforeValidator(_as_list)] | None = None
    electrification: PowerSystem | None = None
    line_speed: Speed | None = Field(default=None, gt=0)
    tracks: int | None = Field(default=None, ge=1)
    ruling_gradient: Ratio | None = Field(default=None, ge=0, lt=0.2)
    axle_load: Mass | None = Field(default=None, gt=0)
    coupler: str | None = None
    brake_system: str | None = None
    heating: str | None = None
    block_length: Length | None = Field(default=None, gt=0)
    loading_gauge: str | None = None


class SectionRecord(ValuesRecord):
    """Values of a part of a line; they stand above those that hold throughout."""

    between: tuple[str, str]


class PublishedLength(SourcedRecord):
    """A published length of the line or of a part of it."""

    length: Length = Field(gt=0)
    between: tuple[str, str] | None = None


class LineRecord(Record):
    """A line: its points in order of the kilometrage, and its values."""

    name: str
    native_name: str = ""
    aliases: tuple[str, ...] = ()
    source: str = Field(description="ground of the kilometres")
    confidence: Confidence
    points: tuple[PointOnLine, ...] = Field(min_length=2)
    throughout: ValuesRecord
    sections: tuple[SectionRecord, ...] = ()
    published: tuple[PublishedLength, ...] = ()


class LinkRecord(SourcedRecord):
    """A piece of line that the graph lacks."""

    between: tuple[Coordinate, Coordinate]
    length: Length | None = Field(default=None, gt=0)


class TurnRecord(SourcedRecord):
    """Whether a train runs direct from one neighbouring point to another, or reverses."""

    at: str
    between: tuple[str, str] = Field(description="neighbouring operating points of `at`")
    running: Literal["direct", "reversal"]


class CountryRecord(ValuesRecord):
    """What railways of some countries usually are, for places off the book's lines."""

    codes: tuple[Annotated[str, Field(pattern="^[A-Z]{2}$")], ...] = Field(
        min_length=1, description="ISO 3166-1 alpha-2; ZZ is any other country"
    )
    gauge: Annotated[tuple[Length, ...], BeforeValidator(_as_list)]
    line_speed: Speed = Field(gt=0)


class LayerFile(Record):
    """One layer of the line book."""

    line_book: Literal[1]
    title: str = ""
    licence: str = ""
    sources: dict[str, SourceText] = Field(default_factory=dict)
    points: dict[str, PointRecord] = Field(default_factory=dict)
    lines: dict[str, LineRecord] = Field(default_factory=dict)
    links: tuple[LinkRecord, ...] = ()
    turns: tuple[TurnRecord, ...] = ()
    countries: tuple[CountryRecord, ...] = ()
