"""What the user asks for: the journey file.

A journey names legs of three modes, the places no gazetteer knows, and the
alternatives to set beside it.  Quantities carry units, times a zone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from retinue.document import Node, parse_yaml, read_yaml, suggest, validate
from retinue.errors import InputError
from retinue.sourced import Confidence, Record
from retinue.units import Duration, Length, Mass, Ratio, Speed

#: A duration somebody may ask for: not negative, and no longer than a long voyage.
Span = Annotated[Duration, Field(ge=0, le=400 * 86_400.0)]
#: A speed somebody may ask for: 1 km/h at least, or the journey never ends.
Pace = Annotated[Speed, Field(ge=1 / 3.6)]

__all__ = [
    "AirLeg",
    "Allowance",
    "AlternativeAsked",
    "Journey",
    "JourneyFile",
    "LegAsked",
    "Party",
    "PlaceAsked",
    "RailLeg",
    "Reported",
    "RoadLeg",
    "Separation",
    "StopAsked",
    "load_journey",
    "shipped_journeys",
]

#: The version that stands in a journey file as ``retinue: 1``.
JOURNEY_VERSION = 1

SHIPPED = Path(__file__).parent / "data" / "journeys"


class PlaceAsked(Record):
    """A place that no gazetteer knows."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    country: str = Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2")
    native_name: str = ""
    aliases: tuple[str, ...] = ()
    access_road: Length | None = Field(
        default=None, description="road between the place and the road graph, where it is known"
    )
    source: str = "journey"
    confidence: Confidence = "K"


class Separation(Record):
    """How far ahead of, or behind, the main train another train of the convoy runs."""

    time: Span
    blocks: int = Field(default=2, ge=0, description="block sections that must be clear between")
    at_most: Span | None = Field(default=None, description="the stretch that is still accepted")
    train: str | None = Field(
        default=None, description="its formation; the main train's where unset"
    )


def _separation(value: object) -> object:
    if isinstance(value, str):
        text = re.sub(r"\s+(ahead|behind|before|after)\s*$", "", value.strip())
        return {"time": text}
    return value


class Allowance(Record):
    """Time above the shortest running time.

    Several parts add up.  ``how`` says how it is spent: ``linear`` slows every
    section alike, ``mareco`` saves energy by lower cruising and coasting.
    """

    percent: Ratio | None = Field(default=None, ge=0, le=10)
    per_100_km: Span | None = Field(default=None, alias="per 100 km")
    fixed: Span | None = None
    how: Literal["linear", "mareco"] = "linear"


def _allowance(value: object) -> object:
    if isinstance(value, str):
        text = value.strip()
        if text.endswith("%"):
            return {"percent": text}
        if "per 100 km" in text:
            return {"per 100 km": text.replace("per 100 km", "").strip()}
        return {"fixed": text}
    return value


class StopAsked(Record):
    """A stop of the special train or convoy."""

    at: str
    for_: Span | None = None
    until: str | None = Field(default=None, description="local date and time not to leave before")
    why: str = ""
    locomotives: tuple[str, ...] | None = Field(
        default=None, description="locomotives that take over here, from the head"
    )
    minimum: Span | None = Field(
        default=None, description="the shortest the stop may become when the train runs late"
    )


class RailLeg(Record):
    """A leg by special train."""

    from_: str | None = None
    to: str
    train: str
    lines: tuple[str, ...] = Field(default=(), description="lines of the line book, in order")
    via: tuple[str, ...] = ()
    at_most: Pace | None = Field(default=None, description="speed cap")
    line_speeds: Pace | None = Field(
        default=None, description="every line limit is set to this, to ask what if"
    )
    allowance: Annotated[Allowance | None, BeforeValidator(_allowance)] = None
    arrive_at: str | None = Field(
        default=None, description="slow running to arrive at this local time"
    )
    advance_train: Annotated[Separation | None, BeforeValidator(_separation)] = None
    following_train: Annotated[Separation | None, BeforeValidator(_separation)] = None
    stops: tuple[StopAsked, ...] = ()
    mass_factor: float = Field(
        default=1.0, gt=0, le=3, description="what if the train were heavier"
    )
    locomotives: tuple[str, ...] | None = None


class AirLeg(Record):
    """A leg by aircraft."""

    from_: str | None = None
    to: str
    aircraft: str
    flight: str = ""
    registration: str = ""
    via: tuple[str, ...] = ()
    payload: Mass | None = Field(default=None, ge=0)
    closed_countries: tuple[str, ...] = Field(default=(), description="ISO 3166-1 alpha-2")
    open_countries: tuple[str, ...] = Field(
        default=(), description="closed by the road book, open to this flight"
    )
    cruise_altitude: Length | None = None


class RoadEscort(Record):
    """A section where bodyguards run beside the car."""

    from_: str | None = None
    to: str | None = None
    first: Length | None = Field(default=None, description="the first so many metres of the leg")
    last: Length | None = Field(default=None, description="the last so many metres of the leg")
    pace: Pace | None = None
    bodyguards: int = Field(default=12, ge=1)


class RoadLeg(Record):
    """A leg by motorcade."""

    from_: str | None = None
    to: str
    convoy: str
    via: tuple[str, ...] = ()
    column: Literal["open", "close"] = "open"
    at_most: Pace | None = None
    distance: Length | None = Field(
        default=None, gt=0, description="published road distance, where the graph lacks the road"
    )
    escort: tuple[RoadEscort, ...] = ()
    open_borders: tuple[str, ...] = Field(
        default=(), description='borders opened for this journey, e.g. "KP-KR"'
    )


class LegAsked(Record):
    """One leg: exactly one of rail, air, road."""

    rail: RailLeg | None = None
    air: AirLeg | None = None
    road: RoadLeg | None = None
    depart: str | None = Field(default=None, description="not before this date and time")
    transfer: Span | None = Field(default=None, description="platform to car, gate to car")

    @model_validator(mode="after")
    def _one_mode(self) -> LegAsked:
        if sum(leg is not None for leg in (self.rail, self.air, self.road)) != 1:
            raise ValueError('a leg has exactly one of "rail", "air", "road"')
        return self

    @property
    def mode(self) -> Literal["rail", "air", "road"]:
        """Return the leg's mode."""
        return "rail" if self.rail else "air" if self.air else "road"

    @property
    def body(self) -> RailLeg | AirLeg | RoadLeg:
        """Return the leg proper."""
        body = self.rail or self.air or self.road
        assert body is not None
        return body


class AlternativeAsked(Record):
    """Another way to make the journey: one leg, or a list of legs."""

    title: str = ""
    legs: tuple[LegAsked, ...]
    depart: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _single(cls, value: Any) -> Any:
        if isinstance(value, dict) and "legs" not in value:
            kept = {k: v for k, v in value.items() if k in ("title", "depart")}
            leg = {k: v for k, v in value.items() if k not in ("title", "depart")}
            return kept | {"legs": [leg]}
        return value


class Party(Record):
    """Who travels."""

    principal: int = Field(default=1, ge=1)
    officials: int = Field(default=0, ge=0)
    guests: int = Field(default=0, ge=0)
    guards: int = Field(default=0, ge=0)
    staff: int = Field(default=0, ge=0)
    crew: int = Field(default=0, ge=0)

    @property
    def total(self) -> int:
        """Number of people."""
        return self.principal + self.officials + self.guests + self.guards + self.staff + self.crew


class Reported(Record):
    """What was reported of the journey, to stand beside the plan."""

    what: str
    leg: int | None = Field(default=None, ge=1, description="number of the leg it speaks of")
    duration: Duration | None = None
    speed: Speed | None = None
    distance: Length | None = None
    source: str
    confidence: Confidence
    note: str = ""


class Journey(Record):
    """A journey as asked for."""

    retinue: Literal[1]
    title: str = Field(min_length=1)
    depart: str
    arrive_by: str | None = Field(
        default=None, description="latest arrival; earlier than departure is refused"
    )
    party: Party = Party()
    legs: tuple[LegAsked, ...] = Field(min_length=1)
    places: dict[str, PlaceAsked] = Field(default_factory=dict)
    alternatives: tuple[AlternativeAsked, ...] = ()
    reported: tuple[Reported, ...] = ()
    closed_countries: tuple[str, ...] = ()
    line_books: tuple[str, ...] = Field(default=(), description="further line books, by path")
    protection: str | None = None
    provisioning: str | None = None
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")
    seed: int = 1
    sources: dict[str, str] = Field(default_factory=dict)
    remark: str = ""

    @model_validator(mode="after")
    def _reports_speak_of_legs(self) -> Journey:
        for item in self.reported:
            if item.leg is not None and item.leg > len(self.legs):
                raise ValueError(
                    f'"reported" speaks of leg {item.leg}, the journey has {len(self.legs)}'
                )
        return self

    @field_validator("legs")
    @classmethod
    def _first_leg_has_a_start(cls, legs: tuple[LegAsked, ...]) -> tuple[LegAsked, ...]:
        if legs and legs[0].body.from_ is None:
            raise ValueError('the first leg needs "from"')
        return legs


@dataclass(frozen=True)
class JourneyFile:
    """A journey with the text and place it came from.

    Attributes
    ----------
    journey
        The checked content.
    node
        The YAML tree, for errors that name lines.
    text
        The file, word for word.
    name
        Catalogue name, or the file's stem.
    label
        How errors call the file.
    folder
        Where its own trains and line books are looked up; None for text.
    """

    journey: Journey
    node: Node
    text: str
    name: str
    label: str
    folder: Path | None = field(default=None)

    def where(self, *path: int | str) -> str:
        """Return ``file:line: key`` of a path in the file."""
        return self.node.where(path)


def shipped_journeys() -> list[str]:
    """Return the names of the journeys in the catalogue."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def load_journey(name_or_path: str | Path) -> JourneyFile:
    """Load a journey: a file where the argument ends in ``.yaml`` or holds a ``/``, else a name.

    Raises
    ------
    InputError
        For an unknown name, an unreadable file or any fault in it.
    """
    text = str(name_or_path)
    if text.endswith((".yaml", ".yml")) or "/" in text:
        path = Path(text)
        return journey_from_node(
            read_yaml(path), path.read_text(encoding="utf-8"), path.stem, path.parent
        )
    path = SHIPPED / f"{text}.yaml"
    if not path.is_file():
        known = shipped_journeys()
        raise InputError(
            f'"{text}" is not a journey of the catalogue',
            where="JOURNEY",
            cure=(suggest(text, known) or f"Known: {', '.join(known)}.")
            + " A file of your own ends in .yaml.  (retinue journeys lists them)",
        )
    return journey_from_node(
        read_yaml(path, path.name), path.read_text(encoding="utf-8"), path.stem, SHIPPED
    )


def journey_from_text(text: str, name: str, folder: Path | None = None) -> JourneyFile:
    """Read a journey from its text, as a plan keeps it.

    Raises
    ------
    InputError
        For any fault in it.
    """
    return journey_from_node(parse_yaml(text, f"{name}.yaml"), text, name, folder)


def journey_from_node(node: Node, text: str, name: str, folder: Path | None) -> JourneyFile:
    """Check a YAML tree and return the journey.

    Raises
    ------
    InputError
        For any fault in it.
    """
    if not isinstance(node.value, dict) or "retinue" not in node.value:
        raise InputError(
            "this is not a journey file: it does not begin with a version",
            where=f"{node.file}:{node.line}",
            cure='Begin it with "retinue: 1".',
        )
    version = node.value["retinue"]
    if version.value != JOURNEY_VERSION:
        raise InputError(
            f'the journey has the version "{version.value}", this Retinue reads {JOURNEY_VERSION}',
            where=version.where() + ": retinue",
            cure=f'Write "retinue: {JOURNEY_VERSION}" and check the keys against the user guide.',
        )
    return JourneyFile(validate(node, Journey), node, text, name, node.file, folder)
