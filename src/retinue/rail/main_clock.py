"""The main train's clock: departure, running, standing, and what observed times change.

::

    place ^                      .-'  planned
          |      stop   ____..-'.'  observed late: the stop's slack
          |     ____.-'  ____.-'    above its minimum takes up the delay
          | .-'   __.-'
          +-----------------------------> time
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["MainClock", "SectionTimes", "StopTimes", "Timed", "main_clock", "planned_clock"]


@dataclass(frozen=True, eq=False)
class SectionTimes:
    """The front's polyline between two stops: chainage of the route, Unix seconds."""

    place_m: Floats
    time_s: Floats

    def at(self, place_m: float) -> float:
        """Return when the front is at a chainage."""
        return float(np.interp(place_m, self.place_m, self.time_s))


@dataclass(frozen=True)
class Timed:
    """What the clock needs to know of one stop.

    Attributes
    ----------
    dwell_s
        As planned, tasks and waiting for a facility included.
    least_s
        The shortest it may become.
    until_s
        Unix time not to leave before.
    """

    dwell_s: float
    least_s: float
    until_s: float | None = None


@dataclass(frozen=True)
class StopTimes:
    """Arrival and departure of a front at a stop, Unix seconds."""

    arrive_s: float
    depart_s: float


@dataclass(frozen=True, eq=False)
class MainClock:
    """Times of one train over all sections and stops.

    Attributes
    ----------
    sections
        One for each run between stops.
    stops
        One fewer.
    """

    sections: tuple[SectionTimes, ...]
    stops: tuple[StopTimes, ...]

    @property
    def depart_s(self) -> float:
        """When it leaves the first place."""
        return float(self.sections[0].time_s[0])

    @property
    def arrive_s(self) -> float:
        """When it reaches the last place."""
        return float(self.sections[-1].time_s[-1])

    def at(self, place_m: float) -> float:
        """Return when the front is at a chainage; at a stop when it arrives."""
        for section in self.sections:
            if place_m <= section.place_m[-1]:
                return section.at(place_m)
        return self.arrive_s

    @property
    def running_s(self) -> float:
        """Time in motion."""
        return float(sum(s.time_s[-1] - s.time_s[0] for s in self.sections))

    @property
    def standing_s(self) -> float:
        """Time at stops."""
        return float(sum(s.depart_s - s.arrive_s for s in self.stops))


def planned_clock(
    sections: Sequence[tuple[Floats, Floats]],
    stops: Sequence[Timed],
    depart_s: float,
    pace: float = 1.0,
) -> MainClock:
    """Return the times as planned.

    Parameters
    ----------
    sections
        (chainage, seconds since the section's start) of each.
    pace
        Factor on every running time (slow running).
    """
    runs: list[SectionTimes] = []
    stands: list[StopTimes] = []
    now = depart_s
    for index, (place, relative) in enumerate(sections):
        runs.append(SectionTimes(place, now + pace * relative))
        now = float(runs[-1].time_s[-1])
        if index < len(stops):
            stop = stops[index]
            leave = now + stop.dwell_s
            if stop.until_s is not None:
                leave = max(leave, stop.until_s)
            stands.append(StopTimes(now, leave))
            now = leave
    return MainClock(tuple(runs), tuple(stands))


def main_clock(
    planned: MainClock,
    stops: Sequence[Timed],
    observations: Sequence[tuple[float, float, str]],
) -> MainClock:
    """Return the times after what was observed.

    Between two known times the running is stretched or squeezed evenly; after
    the last one every time shifts by the delay until a stop takes it up: the
    train leaves at the planned time, or once the stop's least time is over.  It
    is never predicted to leave a stop before the planned time; where it is seen
    further on too early for that, it did, and the stops behind were shorter.

    Parameters
    ----------
    observations
        (chainage, Unix time, name of the place).  At a stop the arrival counts,
        at the leg's start the departure.

    Raises
    ------
    InputError
        Where observed times contradict each other or the plan's order.
    """
    if not observations:
        return planned
    ordered = sorted(observations)
    sections: list[SectionTimes] = []
    stands: list[StopTimes] = []
    first = float(planned.sections[0].place_m[0])
    now = planned.depart_s
    start_name = ""
    while ordered and ordered[0][0] <= first + 0.5:
        now, start_name = ordered[0][1], ordered[0][2]
        ordered = ordered[1:]
    settled = 0
    for index, section in enumerate(planned.sections):
        last = index == len(planned.sections) - 1
        place, plan = section.place_m, section.time_s
        inside = [o for o in ordered if o[0] <= place[-1] + 0.5 or last]
        ordered = ordered[len(inside) :]
        times = plan + (now - plan[0])
        if inside:
            early_s = float(np.interp(inside[0][0], place, times)) - inside[0][1]
            pulled = _left_earlier(sections, stands, settled, early_s)
            times, now = times - pulled, now - pulled
            settled = index
        known_x, known_t, known_name = float(place[0]), now, start_name
        for at_m, seen_s, name in inside:
            at_m = min(at_m, float(place[-1]))
            if at_m <= known_x + 0.5 or seen_s <= known_t:
                raise InputError(
                    f"{name} cannot have been passed then: the train was at "
                    f"{known_name or 'its last stop'} {_seconds(known_t, seen_s)}",
                    where=name,
                    cure="Check time and zone of what was observed.",
                )
            begin, end = np.interp([known_x, at_m], place, times)
            factor = (seen_s - known_t) / (end - begin)
            between = (place > known_x) & (place < at_m)
            times = np.where(between, known_t + (times - begin) * factor, times)
            times = np.where(place >= at_m, times + (seen_s - end), times)
            if not bool((place == at_m).any()):
                after = int(np.searchsorted(place, at_m))
                place = np.insert(place, after, at_m)
                times = np.insert(times, after, seen_s)
            else:
                times = np.where(place == at_m, seen_s, times)
            known_x, known_t, known_name = at_m, seen_s, name
        sections.append(SectionTimes(place, times))
        now = float(times[-1])
        start_name = ""
        if index < len(stops):
            leave = max(planned.stops[index].depart_s, now + stops[index].least_s)
            until = stops[index].until_s
            if until is not None:
                leave = max(leave, until)
            stands.append(StopTimes(now, leave))
            now = leave
    return MainClock(tuple(sections), tuple(stands))


def _left_earlier(
    sections: list[SectionTimes], stands: list[StopTimes], settled: int, early_s: float
) -> float:
    """Shorten stops since the last observation, the latest first, and return by how much."""
    pulled = 0.0
    for index in range(len(stands) - 1, settled - 1, -1):
        stand = stands[index]
        cut = min(early_s - pulled, stand.depart_s - stand.arrive_s)
        if cut <= 0.0:
            continue
        stands[index] = StopTimes(stand.arrive_s, stand.depart_s - cut)
        for later in range(index + 1, len(stands)):
            moved = stands[later]
            stands[later] = StopTimes(moved.arrive_s - cut, moved.depart_s - cut)
        for later in range(index + 1, len(sections)):
            run = sections[later]
            sections[later] = SectionTimes(run.place_m, run.time_s - cut)
        pulled += cut
    return pulled


def _seconds(known_s: float, seen_s: float) -> str:
    from retinue.clock import duration_text

    late = known_s - seen_s
    return "at that very time" if late <= 0 else f"{duration_text(late)} later"
