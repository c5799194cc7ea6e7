"""On which track of a double line a country's trains run."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from retinue.document import read_yaml, validate
from retinue.sourced import Record, SourcedRecord

__all__ = ["running_side"]

SHIPPED = Path(__file__).parent.parent / "data" / "running_sides.yaml"

Side = Literal["left", "right"]


class Custom(SourcedRecord):
    """The countries of one side."""

    countries: tuple[str, ...]


class RunningSides(Record):
    """The file."""

    running_sides: Literal[1]
    sides: dict[Side, Custom]


@cache
def _sides() -> dict[str, Side]:
    book = validate(read_yaml(SHIPPED, SHIPPED.name), RunningSides)
    return {code: side for side, custom in book.sides.items() for code in custom.countries}


def running_side(country: str) -> Side | None:
    """Return the side of a country by its ISO 3166-1 alpha-2 code; None: mixed or not known."""
    return _sides().get(country)
