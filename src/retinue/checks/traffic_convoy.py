"""The protected convoy as a checker of rules sees it: where each front and each tail is when."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.plan.traffic import TrafficRecord, TrainPath

    Floats = NDArray[np.float64]

__all__ = ["Member", "Stand", "clock_text", "convoy_of"]

#: A stand counts as at a place from so near: chainages of a file are rounded.
AT_M = 1.0
#: A call is the stand whose times it has, but for roundings.
CALL_S = 1.0
_STILL_M = 1e-6
#: Unix seconds are good to a quarter of a microsecond.
_STILL_S = 1e-4
#: One train each, in the order of their running.
ROLES = ("advance", "main", "following")


def clock_text(moment: float) -> str:
    """Return the time of day of a moment, UTC."""
    whole = round(moment)
    return f"{whole // 3600 % 24:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}Z"


class Stand(NamedTuple):
    """A front that does not move; ``inside``: its call is at a station, the train wholly in it."""

    at_m: float
    from_s: float
    to_s: float
    inside: bool = False


@dataclass(frozen=True, eq=False)
class Member:
    """A train of the convoy with its front: chainage and time, neither falling."""

    train: TrainPath
    at_m: Floats
    time_s: Floats
    stands: tuple[Stand, ...]

    @property
    def first_m(self) -> float:
        """Where it begins."""
        return float(self.at_m[0])

    @property
    def last_m(self) -> float:
        """Where it ends."""
        return float(self.at_m[-1])

    def comes(self, place_m: float) -> float:
        """Return when the front comes to a place; where it stands there, its arrival."""
        stand = self._stand_at(place_m)
        return self._time(place_m) if stand is None else stand.from_s

    def enters(self, place_m: float) -> float:
        """Return when the front goes on beyond a place; where it stands there, its departure."""
        stand = self._stand_at(place_m)
        return self._time(place_m) if stand is None else stand.to_s

    def tail_out(self, place_m: float, *, through: bool = False) -> float:
        """Return when the tail is beyond a place.

        Parameters
        ----------
        through
            Of a station itself: a stand in it does not end its being there.  Else a train that
            has come to a stand in a station beyond the place is wholly inside.
        """
        out_m = place_m + self.train.length_m
        for stand in () if through else self.stands[1:]:
            if stand.inside and place_m - AT_M <= stand.at_m < out_m:
                return stand.from_s
        return self._time(out_m)

    def _time(self, place_m: float) -> float:
        return float(np.interp(place_m, self.at_m, self.time_s))

    def _stand_at(self, place_m: float) -> Stand | None:
        """Return the stand at a place or not a metre beyond; a place ahead is come to later."""
        return next((s for s in self.stands if -_STILL_M <= s.at_m - place_m <= AT_M), None)


def convoy_of(record: TrafficRecord) -> tuple[list[Member], list[str]]:
    """Return the trains of the convoy in the order of their running, and what is wrong with them.

    A train whose front nobody wrote down is no member: its rules cannot be worked out.
    """
    faults: list[str] = []
    members = []
    stations = {place.name for place in record.resources if place.kind == "station"}
    for train in record.trains:
        if not train.special or not train.front:
            continue
        at, time = (np.array(column, np.float64) for column in zip(*train.front, strict=True))
        if (
            not (np.isfinite(at).all() and np.isfinite(time).all())
            or bool((np.diff(at) < -_STILL_M).any())
            or bool((np.diff(time) < -_STILL_S).any())
        ):
            faults.append(f"the front of {train.id} runs backwards in place or time")
            continue
        at, time = np.maximum.accumulate(at), np.maximum.accumulate(time)
        inside = [
            (call.arrive_utc, call.depart_utc)
            for call in train.calls
            if call.stops and call.place in stations
        ]
        members.append(Member(train, at, time, _stands(at, time, inside)))
    members.sort(key=lambda member: (float(member.time_s[0]), member.train.id))
    roles = [member.train.role for member in members]
    if members and roles.count("main") != 1:
        faults.append(f"the convoy has {roles.count('main')} main trains")
    elif roles != [role for role in ROLES if role in roles]:
        faults.append(f"the convoy runs in the order {', '.join(roles)}")
    return members, faults


def _stands(at: Floats, time: Floats, inside: list[tuple[float, float]]) -> tuple[Stand, ...]:
    """Return the stands, both ends of the run among them."""
    found: list[Stand] = [Stand(float(at[0]), float(time[0]), float(time[0]))]
    rows = list(zip(at.tolist(), time.tolist(), strict=True))
    for (one_m, one_s), (two_m, two_s) in pairwise([*rows, rows[-1]]):
        if two_m - one_m > _STILL_M:
            continue
        last = found[-1]
        if abs(last.at_m - one_m) <= AT_M:
            found[-1] = Stand(last.at_m, last.from_s, max(last.to_s, two_s))
        else:
            found.append(Stand(one_m, one_s, two_s))
    return tuple(
        stand._replace(
            inside=any(
                arrive <= stand.to_s + CALL_S and depart >= stand.from_s - CALL_S
                for arrive, depart in inside
            )
        )
        for stand in found
    )
