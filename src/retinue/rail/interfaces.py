"""One vocabulary for couplers, brakes, heating and loading gauges, aliases resolved.

Line books and users write ``AAR``, ``janney`` or ``knuckle`` for the same thing.  A
word that nobody knows makes the answer "unknown", never "unfit".
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from retinue.document import read_yaml, validate
from retinue.sourced import Record, SourcedRecord
from retinue.units import Length

__all__ = ["Interfaces", "Kind", "fits_within", "interfaces", "known_as"]

SHIPPED = Path(__file__).parent.parent / "data" / "interfaces.yaml"

Kind = Literal["couplers", "brake_systems", "heating", "loading_gauges"]


class Word(Record):
    """A word and what else people call it."""

    aliases: tuple[str, ...] = ()


class LoadingGauge(SourcedRecord):
    """The greatest width and height of a vehicle on straight track."""

    width: Length = Field(gt=0)
    height: Length = Field(gt=0)
    aliases: tuple[str, ...] = ()


class Interfaces(Record):
    """The whole vocabulary."""

    interfaces: Literal[1]
    couplers: dict[str, Word]
    brake_systems: dict[str, Word]
    heating: dict[str, Word]
    loading_gauges: dict[str, LoadingGauge]


@cache
def interfaces() -> Interfaces:
    """Return the shipped vocabulary."""
    return validate(read_yaml(SHIPPED, SHIPPED.name), Interfaces)


@cache
def _index(kind: Kind) -> dict[str, str]:
    words: dict[str, Word] | dict[str, LoadingGauge] = getattr(interfaces(), kind)
    index: dict[str, str] = {}
    for name, word in words.items():
        for alias in (name, *word.aliases):
            index[_folded(alias)] = name
    return index


def _folded(word: str) -> str:
    return word.casefold().replace("_", "-").replace(" ", "-")


def known_as(kind: Kind, word: str | None) -> str | None:
    """Return the one name of a word, or None where it is unknown or not given."""
    return None if word is None else _index(kind).get(_folded(word))


def fits_within(vehicle: str | None, line: str | None) -> bool | None:
    """Return whether a vehicle's loading gauge lies within a line's; None: nobody knows.

    Width and height on straight track are compared; the swept path in curves is not.
    """
    inner, outer = known_as("loading_gauges", vehicle), known_as("loading_gauges", line)
    if inner is None or outer is None:
        return None
    small, large = interfaces().loading_gauges[inner], interfaces().loading_gauges[outer]
    return small.width <= large.width and small.height <= large.height
