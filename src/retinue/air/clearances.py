"""Permission to fly: what countries ask for, how long it holds, and what it is tied to."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import Field

from retinue.document import read_yaml, validate
from retinue.sourced import Confidence, Record, SourcedRecord
from retinue.units import Duration, Length
from retinue.world.catalogue import SHIPPED

__all__ = ["ClearanceRules", "Validity", "Zone", "load_clearance_rules"]


class Validity(SourcedRecord):
    """How far a flight may move from the planned moment before its permit is void."""

    before: Duration = Field(ge=0)
    after: Duration = Field(ge=0)


class _Tolerance(SourcedRecord):
    distance: Length = Field(gt=0)


class _Country(Record):
    country: str = Field(pattern="^[A-Z]{2}$")
    authority: str = ""
    validity: Validity | None = None


class Zone(SourcedRecord):
    """Restricted airspace of a country around a head of state's aerodrome.

    ``inner_radius`` is the least and the most that is published.  What is None is not
    published, and asked of the authority.
    """

    country: str = Field(pattern="^[A-Z]{2}$")
    outer_radius: Length = Field(gt=0)
    inner_radius: tuple[Length, Length] | None = None
    top: Length | None = None
    before: Duration | None = None
    after: Duration | None = None
    authority: str


class _Metric(SourcedRecord):
    countries: tuple[str, ...]


class _HeadOfState(SourcedRecord):
    text: str


class _Marks(SourcedRecord):
    marks: dict[str, str]


class ClearanceRules(Record):
    """The rules of every country (``data/clearances.yaml``)."""

    retinue_clearances: Literal[1]
    sources: dict[str, str]
    tolerance: _Tolerance
    validity: Validity
    countries: tuple[_Country, ...]
    zones: tuple[Zone, ...]
    metric_levels: _Metric
    head_of_state: _HeadOfState
    nationality_marks: _Marks

    def validity_in(self, country: str) -> Validity:
        """Return how long a country's permit holds around the planned moment."""
        stated = next((c.validity for c in self.countries if c.country == country), None)
        return stated or self.validity

    def authority_of(self, country: str) -> str:
        """Return who is asked; the office's role where its name is not listed."""
        named = next((c.authority for c in self.countries if c.country == country), "")
        return named or f"civil aviation authority of {country}"

    def zone_in(self, country: str) -> Zone | None:
        """Return the published restricted airspace of a country, or None: ask the authority."""
        return next((zone for zone in self.zones if zone.country == country), None)

    def state_of(self, registration: str) -> str:
        """Return the country of a registration (alpha-2), empty where its mark is not known."""
        plain = "".join(c for c in registration.upper() if c.isalnum())
        marks = self.nationality_marks.marks
        # The hyphen ends the mark: C-GABC is Canadian, CN-ABC Moroccan.
        head = registration.upper().partition("-")[0] if "-" in registration else ""
        if head in marks:
            return marks[head]
        fits = [mark for mark in marks if plain.startswith(mark)]
        return marks[max(fits, key=len)] if fits else ""

    def source_text(self, source: str, confidence: Confidence) -> str:
        """Return a source as a paper prints it."""
        return f"{self.sources[source]} ({confidence})"


@cache
def load_clearance_rules() -> ClearanceRules:
    """Return the shipped rules."""
    return validate(read_yaml(SHIPPED / "clearances.yaml", "clearances.yaml"), ClearanceRules)
