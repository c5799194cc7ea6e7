"""The clocks of advance and following train, hung on the main train's.

The advance train stops wherever the main train stops, on another track of the
same station, and leaves before it::

    time ^  following   main    advance
         |      |        |         |     all three stand at the stop; each leaves
         |     .'       .'        .'     its gap after the one before
         |   .'       .'        .'
         +---------------------------> place

Nothing overtakes and nothing runs between them.  The advance train is held to
the main train's times, less the gap of the place; where it must fall back or
draw ahead it does so only as fast as its own running time allows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from retinue.rail.main_clock import MainClock, SectionTimes, StopTimes
from retinue.rail.separation import (
    SLOWEST_PACE,
    Blocks,
    least_gap,
    required_after,
    required_before,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Companion", "ConvoyClock", "advance_clock", "following_clock", "queue_waits"]


@dataclass(frozen=True, eq=False)
class Companion:
    """What the clocks need to know of an advance or following train.

    Attributes
    ----------
    least_s
        The policy's separation.
    clear_length_m
        Length that has to leave the blocks: by section, the advance train's own,
        or the main train's ahead of a following one.
    own_s
        By section: its own running time to chainages of the route, seconds since
        the section's start.
    work_s
        By stop: the time its own tasks take there.
    facility_s
        By stop: for how long it takes a facility that serves one train at a time; 0:
        it needs none.
    """

    least_s: float
    blocks: int
    clear_length_m: tuple[float, ...]
    own_s: tuple[Callable[[Floats], Floats], ...]
    work_s: tuple[float, ...]
    facility_s: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class ConvoyClock:
    """One companion's times and its gap to the main train.

    Attributes
    ----------
    required_s, gap_s
        By section, at the main train's chainages: what is demanded, what is kept
        (both positive, seconds between the heads).
    waits_s
        By stop: from its arrival until its own tasks begin.
    """

    clock: MainClock
    required_s: tuple[Floats, ...]
    gap_s: tuple[Floats, ...]
    waits_s: tuple[float, ...]

    def at(self, values: Sequence[Floats], distance_m: float) -> float:
        """Return a value of `required_s` or `gap_s` at a chainage; at a stop on arrival."""
        for section, value in zip(self.clock.sections, values, strict=True):
            if distance_m <= section.place_m[-1]:
                return float(np.interp(distance_m, section.place_m, value))
        return float(values[-1][-1])


def queue_waits(
    train: Companion, sections: Sequence[tuple[Floats, Floats]], blocks: Blocks
) -> tuple[float, ...]:
    """Return how long the main train waits at each stop for the advance train's exchange.

    The advance train goes first: it arrives its gap earlier and keeps the
    facility while its own exchange lasts.

    Parameters
    ----------
    sections
        The main train's (chainage, seconds since the section's start).
    """
    waits: list[float] = []
    for index, taken in enumerate(train.facility_s):
        wait = 0.0
        if taken > 0.0:
            place, relative = sections[index]
            _, gap = _gap_before(train, index, place, relative, blocks, 0.0)
            wait = max(0.0, taken - float(gap[-1]))
        waits.append(wait)
    return tuple(waits)


def advance_clock(
    train: Companion, main: MainClock, blocks: Blocks, waits: Sequence[float]
) -> ConvoyClock:
    """Return the advance train's times.

    Worked out from the last section backwards: what it needs at a stop (its
    tasks, its start ahead of the main train) is a demand on its arrival there.
    """
    required: list[Floats] = []
    gaps: list[Floats] = []
    at_end = 0.0
    for index in reversed(range(len(main.sections))):
        section = main.sections[index]
        demand, gap = _gap_before(
            train, index, section.place_m, section.time_s - section.time_s[0], blocks, at_end
        )
        required.append(demand)
        gaps.append(gap)
        if index:
            stand = main.stops[index - 1]
            at_end = train.work_s[index - 1] + float(gap[0]) - (stand.depart_s - stand.arrive_s)
            if train.facility_s[index - 1] > 0.0:
                # It has left the facility when the main train's exchange begins.
                at_end = max(at_end, train.facility_s[index - 1] - waits[index - 1])
    required.reverse()
    gaps.reverse()
    sections = tuple(
        SectionTimes(section.place_m, section.time_s - gap)
        for section, gap in zip(main.sections, gaps, strict=True)
    )
    return ConvoyClock(_joined(sections), tuple(required), tuple(gaps), (0.0,) * len(main.stops))


def following_clock(
    train: Companion, main: MainClock, blocks: Blocks, main_free_s: Sequence[float]
) -> ConvoyClock:
    """Return the following train's times.

    Worked out forwards: it leaves a stop its gap after the main train, or when
    its own tasks are done, whichever is later.

    Parameters
    ----------
    main_free_s
        By stop: from the main train's arrival until it has left the facility.
    """
    required: list[Floats] = []
    gaps: list[Floats] = []
    sections: list[SectionTimes] = []
    waits: list[float] = []
    ready = 0.0
    for index, section in enumerate(main.sections):
        place, relative = section.place_m, section.time_s - section.time_s[0]
        demand = required_after(
            place, relative, blocks, train.blocks, train.clear_length_m[index], train.least_s
        )
        bound = demand.copy()
        bound[0] = max(bound[0], ready)
        own, lead = np.diff(train.own_s[index](place)), np.diff(relative)
        gap = least_gap(bound, SLOWEST_PACE * np.maximum(own, lead) - lead, lead - own)
        required.append(demand)
        gaps.append(gap)
        sections.append(SectionTimes(place, section.time_s + gap))
        if index < len(main.stops):
            stand = main.stops[index]
            arrive = stand.arrive_s + float(gap[-1])
            begin = arrive
            if train.facility_s[index] > 0.0:
                begin = max(begin, stand.arrive_s + main_free_s[index])
            waits.append(begin - arrive)
            ready = begin + train.work_s[index] - stand.depart_s
    return ConvoyClock(_joined(tuple(sections)), tuple(required), tuple(gaps), tuple(waits))


def _gap_before(
    train: Companion, index: int, place: Floats, relative: Floats, blocks: Blocks, at_end: float
) -> tuple[Floats, Floats]:
    demand = required_before(
        place, relative, blocks, train.blocks, train.clear_length_m[index], train.least_s
    )
    bound = demand.copy()
    bound[-1] = max(bound[-1], at_end)
    own, lead = np.diff(train.own_s[index](place)), np.diff(relative)
    gap = least_gap(bound, lead - own, SLOWEST_PACE * np.maximum(own, lead) - lead)
    return demand, gap


def _joined(sections: tuple[SectionTimes, ...]) -> MainClock:
    stops = tuple(
        StopTimes(float(before.time_s[-1]), float(after.time_s[0]))
        for before, after in pairwise(sections)
    )
    return MainClock(sections, stops)
