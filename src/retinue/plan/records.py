"""The small records that legs and plans are made of."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, WithJsonSchema

from retinue.clock import from_iso, iso_utc
from retinue.sourced import Confidence

__all__ = [
    "Assumption",
    "CostItem",
    "Event",
    "Handover",
    "Note",
    "PlaceRecord",
    "PlanRecord",
    "Source",
    "Utc",
]

#: A moment: Unix seconds in memory, ISO 8601 with Z in the file.
Utc = Annotated[
    float,
    PlainValidator(lambda v: from_iso(v) if isinstance(v, str) else float(round(v))),
    PlainSerializer(iso_utc, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class PlanRecord(BaseModel):
    """Base of every record of a plan: frozen, and nothing unknown passes."""

    # A validator is built when a record is first read or made: most commands need few of them.
    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True
    )


class PlaceRecord(PlanRecord):
    """A place as the plan names it."""

    name: str
    lat: float
    lon: float
    country: str = Field(description="ISO 3166-1 alpha-2, empty at sea")
    zone: str = Field(description="IANA time zone")
    native_name: str = ""
    found_in: str = Field(
        default="", description="journey, line book, aerodromes, GeoNames, coordinates"
    )


class Event(PlanRecord):
    """One line of the timeline."""

    time_utc: Utc
    zone: str
    kind: Literal[
        "depart",
        "arrive",
        "pass",
        "border",
        "gauge-change",
        "locomotive-change",
        "reversal",
        "task",
        "handover",
        "ready",
        "escort",
        "climb",
        "descent",
        "take-off",
        "landing",
        "sunrise",
        "sunset",
        "dawn",
        "dusk",
        "decision",
        "note",
    ]
    place: str
    text: str
    role: str = "main"
    distance_m: float | None = None
    lat: float | None = None
    lon: float | None = None
    duration_s: float | None = None
    country: str = ""
    observed: bool = False


class Assumption(PlanRecord):
    """Something nobody published, and what the plan took for it."""

    subject: str = Field(description="what it is about, e.g. line Kowon-Chongjin")
    what: str = Field(description="which value, e.g. line speed")
    value: str = Field(description="as printed, with unit")
    because: str = Field(description="on what ground it was chosen")
    legs: tuple[str, ...] = ()


class Source(PlanRecord):
    """Where values of the plan come from."""

    id: str
    text: str
    url: str = ""
    confidence: Confidence | None = None
    used_for: tuple[str, ...] = ()


class CostItem(PlanRecord):
    """One priced line of a leg."""

    what: str
    quantity: float
    unit: str
    price: float = Field(description="per unit, in `currency`")
    currency: str
    amount: float = Field(description="in `currency`")
    amount_base: float = Field(description="in the plan's base currency")
    source: str
    confidence: Confidence


class Handover(PlanRecord):
    """Where one leg gives the party to the next, checked."""

    from_leg: str
    to_leg: str
    place: str
    zone: str
    ready_utc: Utc = Field(description="when the next leg's vehicles stand ready")
    arrive_utc: Utc
    depart_utc: Utc
    needed_s: float
    available_s: float
    tasks: tuple[str, ...] = ()
    ok: bool = True


class Note(PlanRecord):
    """A remark, a warning, or a comparison with what was reported."""

    level: Literal["info", "warning"]
    subject: str
    text: str
    source: str = ""


JsonDict = dict[str, Any]
