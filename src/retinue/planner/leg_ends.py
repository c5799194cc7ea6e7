"""What the ends of a leg have to be."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from retinue.errors import InputError
from retinue.journey import LegAsked

__all__ = ["kind_of_end"]


def kind_of_end(asked: LegAsked, folder: Path | None) -> Literal["any", "aerodrome"]:
    """Return what the ends of a leg have to be: a helicopter lands at any place.

    A fault in the type card is told where the leg is staged.
    """
    if asked.air is None:
        return "any"
    from retinue.air.aircraft_type import load_performance

    try:
        engine = load_performance(asked.air.aircraft, folder).card.engine
    except InputError:
        return "aerodrome"
    return "any" if engine == "helicopter" else "aerodrome"
