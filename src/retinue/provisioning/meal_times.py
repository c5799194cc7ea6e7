"""When a kind of meal may be served: windows on a clock, less what is closed.

A window is a span of hours on the clock of those who eat.  It is laid over the journey day
by day; what is closed (toilets locked, border, ceremony, quiet hours, off the train) is cut
out; where too little is left it is stretched, later before earlier.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retinue.provisioning.clocks import DAY_S, Offsets
from retinue.provisioning.closed_times import free_of

__all__ = ["MealTime", "MealWindow", "meal_times", "spans_on_clock"]

Spans = tuple[tuple[float, float], ...]
_GRID_S = 60.0
#: A clock that drifts is read in quarters of an hour: nobody announces lunch for 11:46:52, and a
#: train that is a little late moves no meal by seconds.
_DRIFTING_S = 900.0
#: Service begins at whole five minutes, whatever a window is cut by.
_MARK_S = 300.0
_STRETCH_S = 1800.0
_NO_DAY = -(10**9)


@dataclass(frozen=True)
class MealWindow:
    """Hours of a day at which a kind of meal is served.

    Attributes
    ----------
    from_s, until_s
        Seconds after midnight of the clock; ``until_s`` may lie after the next midnight.
    ideal_s
        Best begin of service.
    stretch_s
        How far the window may be stretched where it is closed in part.
    least_s
        Shortest time in which the meal can be served at all.
    """

    kind: str
    from_s: float
    until_s: float
    ideal_s: float
    stretch_s: float
    least_s: float


@dataclass(frozen=True)
class MealTime:
    """One meal on the journey.

    Attributes
    ----------
    day
        Days since 1970 of the clock.
    ideal_s, time_s
        Best and planned begin of service, Unix seconds.
    windows
        In which it may be served.
    stretched_s
        How far the window had to be stretched.
    missed
        Whether no time is left to serve it at a table.
    """

    kind: str
    day: int
    ideal_s: float
    time_s: float
    windows: Spans
    stretched_s: float = 0.0
    missed: bool = False


def spans_on_clock(
    clock: Offsets, aboard: Sequence[tuple[float, float]], from_s: float, until_s: float
) -> dict[int, Spans]:
    """Return by day when a clock shows a time between two hours, within spans of Unix time.

    A clock that drifts is read in whole quarters of an hour.
    """
    found: dict[int, list[tuple[float, float]]] = {}
    for begins, ends in aboard:
        first = np.floor(begins / _GRID_S) * _GRID_S
        grid = np.clip(np.arange(first, ends + _GRID_S, _GRID_S), begins, ends)
        grid = np.unique(grid)
        if grid.size < 2:
            continue
        # The clock between two grid points is that of the earlier one.
        shown = clock.shown(grid[:-1]) - from_s
        day = np.floor(shown / DAY_S).astype(np.int64)
        inside = shown - day * DAY_S < until_s - from_s
        edges = np.flatnonzero(np.diff(np.where(inside, day, _NO_DAY)) != 0) + 1
        for part in np.split(np.arange(inside.size), edges):
            if inside[part[0]]:
                low, high = float(grid[part[0]]), float(grid[part[-1] + 1])
                if not clock.steps:
                    low = begins if low <= begins else max(begins, _quarter(low))
                    high = ends if high >= ends else min(ends, _quarter(high))
                if low < high:
                    found.setdefault(int(day[part[0]]), []).append((low, high))
    return {day: tuple(spans) for day, spans in sorted(found.items())}


def meal_times(
    window: MealWindow,
    clock: Offsets,
    aboard: Sequence[tuple[float, float]],
    closed: Sequence[tuple[float, float]],
    needed_s: float,
    *,
    sitting_s: float = 0.0,
) -> tuple[MealTime, ...]:
    """Lay a window over the journey.

    Parameters
    ----------
    aboard
        Spans in which the party is on the train.
    closed
        Spans in which no meal is served.
    needed_s
        Time that all sittings together take.
    sitting_s
        Time that one sitting takes: a shorter rest between two closed times is no use.

    Returns
    -------
    tuple of MealTime
        In order of time; days on which the window is hardly aboard are left out: the meal is
        then eaten before or after the journey.
    """
    meals = []
    for day, spans in spans_on_clock(clock, aboard, window.from_s, window.until_s).items():
        if sum(ends - begins for begins, ends in spans) < window.least_s:
            continue
        left = _useful(free_of(spans, closed), sitting_s)
        stretched = 0.0
        while _length(left) < needed_s and stretched < window.stretch_s:
            stretched += _STRETCH_S
            for early in (0.0, stretched):
                wider = spans_on_clock(
                    clock, aboard, window.from_s - early, window.until_s + stretched
                )
                left = _useful(free_of(wider.get(day, spans), closed), sitting_s)
                if _length(left) >= needed_s:
                    break
        ideal = _ideal(window, clock, day, spans)
        meals.append(
            MealTime(
                kind=window.kind,
                day=day,
                ideal_s=ideal,
                time_s=_nearest(ideal, left, sitting_s) if left else ideal,
                windows=left,
                stretched_s=stretched,
                missed=not left,
            )
        )
    return tuple(sorted(meals, key=lambda m: (m.time_s, m.kind)))


def _quarter(moment: float) -> float:
    return round(moment / _DRIFTING_S) * _DRIFTING_S


def _useful(spans: Spans, least_s: float) -> Spans:
    """Return spans that are long enough, from the first to the last whole five minutes in them."""
    marked = [
        (math.ceil(begins / _MARK_S) * _MARK_S, math.floor(ends / _MARK_S) * _MARK_S)
        for begins, ends in spans
    ]
    return tuple(span for span in marked if span[1] - span[0] >= max(least_s, 1.0))


def _length(spans: Spans) -> float:
    return sum(ends - begins for begins, ends in spans)


def _ideal(window: MealWindow, clock: Offsets, day: int, spans: Spans) -> float:
    """Return the moment at which the clock shows the best hour, held within the window."""
    aim = day * DAY_S + window.ideal_s
    moment = aim - float(clock.at(spans[0][0]))
    moment = aim - float(clock.at(moment))
    if not clock.steps:
        moment = _quarter(moment)
    return min(max(moment, spans[0][0]), spans[-1][1])


def _nearest(moment: float, spans: Spans, sitting_s: float) -> float:
    held = [min(max(moment, begins), max(begins, ends - sitting_s)) for begins, ends in spans]
    return min(held, key=lambda t: (abs(t - moment), t))
