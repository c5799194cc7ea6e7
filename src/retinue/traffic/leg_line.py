"""Where possessions and speed restrictions lie on a leg of a plan, by the leg's own chainage.

A restriction names two stations.  Each is looked for among the leg's places, else by its position
beside the leg.  Where one of them is off the leg, the line between the two is followed on the
railways of the world pack, and the part that it shares with the leg counts::

    leg      ------o=============o---------
    line           o=============o
                 /                 |
             Olten                Zug          both off the leg
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import InputError
from retinue.traffic.foot import feet_on_edges
from retinue.traffic.restrictions import Restriction
from retinue.world.place_names import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.movement import Movement

    Floats = NDArray[np.float64]

__all__ = ["LegLine", "OnLeg", "Position", "Stretch", "place_on_leg"]

#: A station within this distance of the leg lies on it.
_NEAR_M = 1_500.0
#: Two drawings of one railway lie no farther apart.
_SAME_M = 400.0
_SAMPLE_M = 250.0
#: Lines that share less than this only cross, or meet in one station.
_SHARED_M = 1_000.0
#: Farther than this from the leg, in degrees, nothing of a line is looked for.
_AWAY_DEG = 1.0

#: Returns (lat, lon) of a place by name; None where nobody knows it.
Position = Callable[[str], "tuple[float, float] | None"]
#: Returns the course of the line between two places: lat, lon; None where none joins them.
Stretch = Callable[[str, str], "tuple[Floats, Floats] | None"]


@dataclass(frozen=True, eq=False)
class LegLine:
    """The course of a leg, and its named places.

    Attributes
    ----------
    at_m
        Chainage of each place by its folded name.
    lat_deg, lon_deg, distance_m
        Geometry and chainage.
    """

    at_m: dict[str, float]
    lat_deg: Floats
    lon_deg: Floats
    distance_m: Floats

    @classmethod
    def of(cls, movement: Movement, named: Iterable[tuple[str, float]]) -> LegLine:
        """Return the line of a leg by its main train's movement and named places."""
        at_m: dict[str, float] = {}
        for name, chainage in named:
            at_m.setdefault(fold(name), chainage)
        return cls(at_m, movement.lat_deg, movement.lon_deg, movement.distance_m)

    def foot(self, lat: float, lon: float) -> tuple[float, float]:
        """Return the distance of a position from the leg, and the chainage there."""
        lats, lons = self.lat_deg, self.lon_deg
        away, share = feet_on_edges(lat, lon, lats[:-1], lons[:-1], lats[1:], lons[1:])
        k = int(np.argmin(away))
        step = self.distance_m[k + 1] - self.distance_m[k]
        return float(away[k]), float(self.distance_m[k] + share[k] * step)

    def near(self, lat: float, lon: float) -> bool:
        """Return whether a position lies anywhere about the leg."""
        return bool(
            self.lat_deg.min() - _AWAY_DEG <= lat <= self.lat_deg.max() + _AWAY_DEG
            and (np.abs((self.lon_deg - lon + 180.0) % 360.0 - 180.0).min() <= 2.0 * _AWAY_DEG)
        )


@dataclass(frozen=True)
class OnLeg:
    """A restriction on a leg.

    Attributes
    ----------
    from_m, to_m
        Chainage.
    along
        Whether the leg runs from the restriction's first place to its second.
    """

    restriction: Restriction
    from_m: float
    to_m: float
    along: bool

    @property
    def own_track(self) -> bool:
        """Whether it is for trains that run as the leg does."""
        rule = self.restriction
        return rule.towards != rule.between[0 if self.along else 1]

    @property
    def all_tracks(self) -> bool:
        """Whether it is for every track."""
        return not self.restriction.towards

    def met_by(self, movements: Iterable[Movement]) -> list[tuple[str, float, float]]:
        """Return role, entry of the head and leaving of the tail of trains that meet it in force.

        Unix seconds.
        """
        rule = self.restriction
        found: list[tuple[str, float, float]] = []
        for movement in movements:
            comes, leaves = movement.time_at(self.from_m), movement.tail_time_at(self.to_m)
            if comes < rule.ends_s and max(leaves, comes) >= rule.begins_s:
                found.append((movement.role, comes, leaves))
        return found


def place_on_leg(
    line: LegLine, restriction: Restriction, position: Position, stretch: Stretch
) -> OnLeg | None:
    """Return where a restriction lies on a leg; None where it does not.

    Raises
    ------
    InputError
        For a place that nobody knows.
    """
    ends = [_end(line, restriction, name, position) for name in restriction.between]
    one, two = (end[0] for end in ends)
    if one is not None and two is not None and one != two:
        return _between(line, restriction, one, two)
    if not any(line.near(*end[1]) for end in ends if end[1] is not None):
        return None
    course = stretch(*restriction.between)
    return None if course is None else _shared(line, restriction, *course)


def _end(
    line: LegLine, restriction: Restriction, name: str, position: Position
) -> tuple[float | None, tuple[float, float] | None]:
    """Return chainage and position of an end, as far as they are known."""
    known = line.at_m.get(fold(name))
    if known is not None:
        return known, None
    found = position(name)
    if found is None:
        raise InputError(
            f'nobody knows the place "{name}" of restriction {restriction.id}',
            where=restriction.where,
            cure="Give it as the timetable does, or with lat and lon under the journey's places.",
        )
    away, at_m = line.foot(*found)
    return (at_m if away <= _NEAR_M else None), found


def _between(line: LegLine, restriction: Restriction, one: float, two: float) -> OnLeg | None:
    along = one < two
    low, high = (0.0, abs(two - one)) if restriction.within_m is None else restriction.within_m
    high = min(high, abs(two - one))
    if low >= high:
        return None
    begin, end = (one + low, one + high) if along else (one - high, one - low)
    return OnLeg(restriction, round(begin, 1), round(end, 1), along)


def _shared(line: LegLine, restriction: Restriction, lat: Floats, lon: Floats) -> OnLeg | None:
    """Return the part of a course that runs with the leg."""
    from retinue.world.sphere import distance_m

    steps = np.asarray(distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:]))
    at = np.concatenate([[0.0], np.cumsum(steps)])
    low, high = restriction.within_m or (0.0, float(at[-1]))
    places = np.arange(low, min(high, float(at[-1])) + _SAMPLE_M / 2.0, _SAMPLE_M)
    feet = [
        line.foot(y, x)
        for y, x in zip(
            np.interp(places, at, lat).tolist(), np.interp(places, at, lon).tolist(), strict=True
        )
    ]
    on = [at_m for away, at_m in feet if away <= _SAME_M]
    if len(on) < 2 or max(on) - min(on) < min(_SHARED_M, (high - low) / 2.0):
        return None
    return OnLeg(restriction, round(min(on), 1), round(max(on), 1), on[0] < on[-1])
