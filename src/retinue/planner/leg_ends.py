"""Where a leg begins and ends, and when the first departs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from retinue.clock import parse_moment
from retinue.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from retinue.journey import JourneyFile, LegAsked
    from retinue.planner.staged import Context, StagedLeg
    from retinue.world.places import Gazetteer, Place

__all__ = ["departure_of", "ends_of", "origin_of"]


def origin_of(file: JourneyFile, gazetteer: Gazetteer) -> Place:
    """Return where a journey begins.

    Raises
    ------
    InputError
        For a place that nobody knows.
    """
    first = file.journey.legs[0]
    return gazetteer.resolve(
        first.body.from_ or "",
        where=file.where("legs", 0, first.mode, "from"),
        want=_kind_of_end(first, file.folder),
    )


def departure_of(file: JourneyFile, origin: Place, depart: str | None) -> float:
    """Return when a journey departs, Unix seconds.

    Parameters
    ----------
    depart
        Instead of the file's words; without a zone, in the origin's.

    Raises
    ------
    InputError
        For words that are no moment.
    """
    text, where = (depart, "--depart") if depart else (file.journey.depart, file.where("depart"))
    try:
        return parse_moment(text, origin.zone)
    except ValueError as error:
        raise InputError(str(error), where=where) from error


def ends_of(
    asked: LegAsked, path: tuple[int | str, ...], context: Context, before: Sequence[StagedLeg]
) -> tuple[Place, Place]:
    """Return where a leg begins, by default where the one before it ends, and where it ends.

    Raises
    ------
    InputError
        For a place that nobody knows, or a first leg that names none.
    """

    def find(text: str, key: str) -> Place:
        return context.gazetteer.resolve(
            text,
            where=context.file.where(*path, asked.mode, key),
            want=_kind_of_end(asked, context.folder),
        )

    if asked.body.from_ is not None:
        origin = find(asked.body.from_, "from")
    elif before:
        origin = before[-1].destination
    else:
        raise InputError('the first leg needs "from"', where=context.file.where(*path, asked.mode))
    return origin, find(asked.body.to, "to")


def _kind_of_end(asked: LegAsked, folder: Path | None) -> Literal["any", "aerodrome"]:
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
