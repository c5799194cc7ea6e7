"""How paths are asked for: tolerances, activities at stops, the message's version."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from retinue.document import read_yaml, validate
from retinue.sourced import Record, SourcedRecord
from retinue.units import Duration

__all__ = ["Activity", "PathRules", "Tolerance", "Tolerances", "path_rules"]

SHIPPED = Path(__file__).parent.parent / "data" / "path_request.yaml"

Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]


class Message(SourcedRecord):
    """The message's namespace and version."""

    namespace: str = Field(min_length=1)
    type_version: str = Field(min_length=1, max_length=25)


class Tolerance(SourcedRecord):
    """How much earlier and later still serves, in s."""

    before: Duration = Field(ge=0, le=86400)
    after: Duration = Field(ge=0, le=86400)


class Tolerances(Record):
    """One for each kind of moment."""

    departure: Tolerance
    stop: Tolerance
    passing: Tolerance
    arrival: Tolerance


class Activity(SourcedRecord):
    """Something done at a stop, with its code."""

    code: Code
    name: str = Field(min_length=1)
    words: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


class PathRules(Record):
    """The whole file."""

    path_request: Literal[1]
    title: str
    sources: dict[str, str]
    message: Message
    tolerances: Tolerances
    activities: tuple[Activity, ...] = Field(min_length=1)
    otherwise: Code

    def codes(self, why: str, kinds: frozenset[str]) -> tuple[str, ...]:
        """Return the codes of what a stop is for; `otherwise` where no word is known."""
        told = why.casefold()
        found = tuple(
            activity.code
            for activity in self.activities
            if any(word in told for word in activity.words) or kinds & set(activity.kinds)
        )
        return found or ((self.otherwise,) if why else ())

    def name_of(self, code: str) -> str:
        """Return what a code means, in words."""
        known = {"0001": "stop", "0002": "operational stop", "0040": "passing"}
        known |= {activity.code: activity.name for activity in self.activities}
        return known.get(code, "other" if code == self.otherwise else code)


@cache
def path_rules(path: Path = SHIPPED) -> PathRules:
    """Return the rules of a file, the shipped one by default.

    Raises
    ------
    InputError
        For any fault in the file.
    """
    return validate(read_yaml(path, path.name), PathRules)
