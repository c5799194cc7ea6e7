"""Where a column may stand: never with a vehicle on a level crossing.

::

         <------- column -------> front        pilot
    -----[=] [=] [=] [##] [=] [=]------X--------[=]------->
                                       |
                      crossing: nothing stands from `clear before` to `clear behind` it

A halt that would foul a crossing is moved to the nearest place, short of it or beyond, at which
every vehicle stands clear of every crossing.  The same rule says when a column may start over a
crossing: only where all of it finds room behind it, because no halt lies within its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retinue.errors import InputError, NoPlan, Reason
from retinue.road.column import Column, CrossingConduct, column_rules
from retinue.road.convoy import Convoy
from retinue.road.request import RoadHalt
from retinue.world.road_route import RoadPoint

__all__ = ["Crossing", "clear_place", "crossings_of", "footprints", "place_halts", "stand_clear"]

_LEAST_APART_M = 1.0
_SAME_M = 1e-6  # places nearer than this are one: rounding of sums


@dataclass(frozen=True)
class Crossing:
    """The stretch of road round a level crossing on which nothing may stand."""

    name: str
    middle_m: float
    from_m: float
    to_m: float


def crossings_of(
    points: Sequence[RoadPoint], conduct: CrossingConduct | None = None
) -> tuple[Crossing, ...]:
    """Return the level crossings among the points of a road, in order."""
    clear = conduct or column_rules().level_crossings
    found = [
        Crossing(
            point.name or f"level crossing at km {point.distance_m / 1000:.1f}",
            point.distance_m,
            point.distance_m - clear.clear_before,
            point.distance_m + clear.clear_behind,
        )
        for point in points
        if point.kind == "level_crossing"
    ]
    return tuple(sorted(found, key=lambda crossing: crossing.middle_m))


def footprints(convoy: Convoy, column: Column) -> tuple[tuple[float, float], ...]:
    """Return what a halted convoy covers, in metres before (+) and behind (-) its front."""
    found = [(-convoy.length_m(column, 0.0), 0.0)]
    if convoy.pilots:
        length = sum(v.vehicle.length for v in convoy.pilots)
        length += (len(convoy.pilots) - 1) * column.standstill_gap
        found.append((convoy.pilot_ahead_m - length, convoy.pilot_ahead_m))
    return tuple(found)


def stand_clear(
    front_m: float, prints: Sequence[tuple[float, float]], crossings: Sequence[Crossing]
) -> Crossing | None:
    """Return the first crossing that a convoy fouls with its front at a place, or None."""
    for crossing in crossings:
        for begin, end in prints:
            clear = front_m + begin >= crossing.to_m - _SAME_M
            if not clear and front_m + end > crossing.from_m + _SAME_M:
                return crossing
    return None


def clear_place(
    asked_m: float,
    prints: Sequence[tuple[float, float]],
    crossings: Sequence[Crossing],
    *,
    least_m: float,
    most_m: float,
) -> float | None:
    """Return the place nearest to the one asked for at which all stand clear, or None.

    Of two places equally near the one short of the crossing.
    """
    if stand_clear(asked_m, prints, crossings) is None:
        return asked_m
    candidates = []
    for crossing in crossings:
        for begin, end in prints:
            candidates += [crossing.from_m - end, crossing.to_m - begin]
    fits = [
        place
        for place in candidates
        if least_m <= place <= most_m and stand_clear(place, prints, crossings) is None
    ]
    return min(fits, key=lambda place: (abs(place - asked_m), place), default=None)


def place_halts(
    asked: Sequence[RoadHalt],
    convoy: Convoy,
    column: Column,
    crossings: Sequence[Crossing],
    total_m: float,
    where: str = "",
) -> tuple[RoadHalt, ...]:
    """Return the halts, each where no vehicle stands on a crossing.

    Raises
    ------
    NoPlan
        Where a halt finds no such place between the one before it and the one after it.
    InputError
        For two halts at one place, or one at an end of the leg.
    """
    prints = footprints(convoy, column)
    found: list[RoadHalt] = []
    for halt in sorted(asked, key=lambda h: h.asked_m):
        if not _LEAST_APART_M <= halt.asked_m <= total_m - _LEAST_APART_M:
            end = "begins" if halt.asked_m < total_m / 2 else "ends"
            raise InputError(
                f"the leg {end} at {halt.name}: that is no halt on the way",
                where=where,
                cure='Name a place between both ends, or give the next leg a "depart".',
            )
        least = found[-1].distance_m + _LEAST_APART_M if found else _LEAST_APART_M
        place = clear_place(
            halt.asked_m, prints, crossings, least_m=least, most_m=total_m - _LEAST_APART_M
        )
        if found and place is not None and place < least:
            raise InputError(
                f"two halts at km {place / 1000:.2f}: {found[-1].name} and {halt.name}",
                where=where,
                cure="Make them one, with the sum of their times.",
            )
        fouled = stand_clear(halt.asked_m, prints, crossings)
        if place is None:
            assert fouled is not None
            raise NoPlan(
                f"no place to halt at {halt.name}",
                where=where,
                reasons=[
                    Reason(
                        f"the column, {-prints[0][0]:.0f} m standing, would stand on "
                        f"{fouled.name}, and finds no room short of it or beyond",
                        f"km {fouled.middle_m / 1000:.2f}",
                        "Halt elsewhere, or take fewer vehicles.",
                        "level-crossing",
                    )
                ],
            )
        because = ""
        if fouled is not None:
            way = "short" if place < halt.asked_m else "beyond"
            because = (
                f"{abs(place - halt.asked_m):.0f} m {way} of the place asked for, "
                f"or a vehicle would stand on {fouled.name}"
            )
        found.append(RoadHalt(halt.name, halt.why, place, halt.asked_m, halt.duration_s, because))
    return tuple(found)
