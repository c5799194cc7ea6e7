"""Places that a rail leg passes because its path among other trains goes another way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retinue.errors import InputError
from retinue.world.places import Place
from retinue.world.rail_route import OperatingPoint

if TYPE_CHECKING:
    from retinue.plan.train_path import AdoptedPath, PathVia

__all__ = ["POINT", "STATION", "places_of"]

#: Ids of places that the timetable knows; a point is one of a line's course, without a name.
STATION, POINT = "timetable:", "timetable-line:"

_SAME_DEG = 1e-4


def places_of(
    path: AdoptedPath | None,
    tried: Sequence[PathVia],
    lines: Sequence[str],
    vias: Sequence[Place],
    where: str,
) -> list[Place] | None:
    """Return what a leg passes on another way; None: it goes as its journey asks.

    Parameters
    ----------
    path
        That the leg was given, if any.
    tried
        Another way that is tried: it need not keep what the journey asks for.
    lines, vias
        What the journey asks for.
    where
        The leg's place in the journey file.

    Raises
    ------
    InputError
        Where the path of the leg leaves out what the journey asks for.
    """
    if path is None or not path.via:
        return [_place_of(one, vias) for one in tried] or None
    missed = [f"the line {lines[0]}"] if lines else []
    missed += [via.name for via in vias if not any(_same(one, via) for one in path.via)]
    if missed:
        raise InputError(
            f"the path of leg {path.leg} goes {path.over}, and the journey asks for {missed[0]}",
            where=where,
            cure="Find the path again: retinue insert PLAN --adopt.",
        )
    return [_place_of(one, vias) for one in path.via]


def _same(one: PathVia, place: Place) -> bool:
    return abs(one.lat - place.lat) < _SAME_DEG and abs(one.lon - place.lon) < _SAME_DEG


def _place_of(one: PathVia, vias: Sequence[Place]) -> Place:
    own = next((via for via in vias if _same(one, via)), None)
    if own is not None:
        return own
    kind = "point" if one.id.startswith(POINT) else "station"
    point = OperatingPoint(
        one.id, one.place, one.lat, one.lon, one.country, one.zone, kind=kind, source="timetable"
    )
    return Place(
        one.place, one.lat, one.lon, one.country, one.zone, kind=kind, operating_point=point
    )
