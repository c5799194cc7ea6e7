"""The two clocks of a journey: the local one of the place, the body's of the person.

The local clock jumps where the train enters another zone.  The body's clock moves towards
it at a steady rate: about an hour a day, which is how far sleep and appetite follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retinue.clock import local

if TYPE_CHECKING:
    from retinue.plan import Leg, Plan

__all__ = ["DAY_S", "Offsets", "body_offsets", "local_offsets", "zone_changes"]

DAY_S = 86_400.0


@dataclass(frozen=True, eq=False)
class Offsets:
    """How far a clock stands before UTC, piecewise linear.

    Attributes
    ----------
    time_s, offset_s
        Knots, shape (n,): Unix seconds, and seconds that the clock shows beyond UTC.
    steps
        Whether the offset holds from knot to knot (a local clock) or runs between them.
    """

    time_s: NDArray[np.float64]
    offset_s: NDArray[np.float64]
    steps: bool

    def at(self, time_s: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return the offset at Unix times, shape as given."""
        moments = np.asarray(time_s, dtype=np.float64)
        if self.steps:
            index = np.searchsorted(self.time_s, moments, side="right") - 1
            return self.offset_s[np.clip(index, 0, len(self.offset_s) - 1)]
        return np.interp(moments, self.time_s, self.offset_s)

    def shown(self, time_s: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return what the clock shows as seconds since 1970 of its own reckoning."""
        return np.asarray(time_s, dtype=np.float64) + self.at(time_s)


def zone_changes(legs: Sequence[Leg]) -> tuple[tuple[float, str], ...]:
    """Return from when on each time zone holds for the main movement.

    A zone holds from the first event of the timeline that lies in it.
    """
    changes: list[tuple[float, str]] = []
    for leg in legs:
        events = [(e.time_utc, e.zone) for e in leg.timeline if e.role == "main" and e.zone]
        events += [(leg.depart_utc, leg.from_.zone), (leg.arrive_utc, leg.to.zone)]
        for moment, zone in sorted(events):
            if not changes or changes[-1][1] != zone:
                changes.append((moment, zone))
    return tuple(changes)


def _utc_offset_s(moment: float, zone: str) -> float:
    shift = local(moment, zone).utcoffset()
    return shift.total_seconds() if shift is not None else 0.0


def local_offsets(plan: Plan) -> Offsets:
    """Return the clock of the place where the party is, summer time included."""
    changes = zone_changes(plan.legs)
    ends = [moment for moment, _ in changes[1:]] + [plan.arrive_utc + DAY_S]
    times: list[float] = []
    offsets: list[float] = []
    for (start, zone), end in zip(changes, ends, strict=True):
        # Summer time may begin or end within a stay: an hour's step finds it.
        for moment in [start, *np.arange(np.ceil(start / 3600) * 3600, end, 3600.0).tolist()]:
            offset = _utc_offset_s(moment, zone)
            if not offsets or offsets[-1] != offset:
                times.append(moment)
                offsets.append(offset)
    return Offsets(np.array(times), np.array(offsets), steps=True)


def body_offsets(plan: Plan, body_zone: str, shift_s_per_day: float) -> Offsets:
    """Return the clock of bodies that come from a zone and follow the local clock slowly.

    Parameters
    ----------
    body_zone
        IANA zone in which the body lives at the departure.
    shift_s_per_day
        How far it follows within 24 h; 0 keeps it where it was.
    """
    there = local_offsets(plan)
    start, end = plan.depart_utc, plan.arrive_utc + DAY_S
    moments = [start, *np.arange(np.ceil(start / 600) * 600, end + 600, 600.0).tolist()]
    rate = shift_s_per_day / DAY_S
    wanted = there.at(np.array(moments)).tolist()
    offset = _utc_offset_s(start, body_zone)
    offsets = [offset]
    for before, now, aim in zip(moments[:-1], moments[1:], wanted[:-1], strict=True):
        most = rate * (now - before)
        offset += min(max(aim - offset, -most), most)
        offsets.append(offset)
    return Offsets(np.array(moments), np.array(offsets), steps=False)
