"""All clocks of a rail leg together: main train, companions, what each waits for.

A reversal on the open convoy needs care: the advance train goes back over the line
on which the others come in.  So all of it gathers in the station first::

    place  ^            station
           |  advance  .-------.            leaves when the last has arrived
           |  main    .---------.
           |  foll.  .-----------.
           +-----------------------> time
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from retinue.clock import duration_text, local_text
from retinue.errors import InputError, NoPlan, Reason
from retinue.rail.convoy_clock import (
    Companion,
    ConvoyClock,
    advance_clock,
    following_clock,
    queue_waits,
)
from retinue.rail.leg_runs import CRAWL_PACE, ConvoyRole, RailRuns
from retinue.rail.main_clock import MainClock, Timed, main_clock, planned_clock
from retinue.rail.separation import ROUTE_RELEASE_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.rail.run_record import Run

    Floats = NDArray[np.float64]

__all__ = ["LegClock", "leg_clock"]

_GATHERINGS = 20
"""Rounds at most until every reversal holds the whole convoy."""


@dataclass(frozen=True, eq=False)
class LegClock:
    """Every train's times.

    Attributes
    ----------
    planned
        The main train's times without what was observed.
    waits_s
        By train and stop: from the arrival until its own tasks begin.
    gathering_s
        By stop: the least the main train stands so that all of the convoy is in the
        station before any of it goes back; 0 where nothing reverses.
    pace
        Factor on running times (slow running).
    earliest_s, latest_s
        Arrival with the tasks' low and high times.
    """

    main: MainClock
    planned: MainClock
    convoy: dict[ConvoyRole, ConvoyClock]
    waits_s: dict[ConvoyRole, Sequence[float]]
    gathering_s: tuple[float, ...]
    pace: float
    earliest_s: float
    latest_s: float

    @property
    def clocks(self) -> dict[ConvoyRole, MainClock]:
        """Return every train's clock, the main train's first."""
        clocks: dict[ConvoyRole, MainClock] = {"main": self.main}
        clocks.update({role: companion.clock for role, companion in self.convoy.items()})
        return clocks


def leg_clock(
    runs: RailRuns, depart_s: float, seen: Sequence[tuple[float, float, str]]
) -> LegClock:
    """Return the times of all trains for a departure and observed times.

    Parameters
    ----------
    seen
        (chainage, Unix time, name of the place) of the main train.

    Raises
    ------
    InputError, NoPlan
        As `retinue.rail.leg.time_rail`.
    """
    advance = _companion(runs, "advance", "likely")
    following = _companion(runs, "following", "likely")
    fastest = runs.kept(("times", 1.0), lambda: _relative(runs, runs.main_runs()))
    waits = _waits(runs, advance, fastest)
    free = [w + s.work["main"].facility_s for w, s in zip(waits, runs.standings, strict=True)]
    gathering = (0.0,) * len(runs.standings)
    for _ in range(_GATHERINGS):
        stops = _timed(runs, waits, gathering, "likely")
        pace = _pace(runs, fastest, stops, depart_s)
        planned_runs = runs.main_runs(pace)
        sections = runs.kept(("times", pace), partial(_relative, runs, planned_runs))
        planned = planned_clock(sections, stops, depart_s)
        main = main_clock(planned, stops, seen)
        convoy: dict[ConvoyRole, ConvoyClock] = {}
        if advance is not None:
            convoy["advance"] = advance_clock(advance, main, runs.blocks, waits)
        if following is not None:
            convoy["following"] = following_clock(following, main, runs.blocks, free)
        before, gathering = gathering, _gathering(runs, convoy, gathering)
        if gathering == before:
            break
    earliest_s, latest_s = (
        _arrival(runs, sections, depart_s, seen, gathering, stops, spread)
        for spread in ("low", "high")
    )
    waits_s: dict[ConvoyRole, Sequence[float]] = {"main": waits}
    waits_s |= {role: companion.waits_s for role, companion in convoy.items()}
    return LegClock(main, planned, convoy, waits_s, gathering, pace, earliest_s, latest_s)


def _gathering(
    runs: RailRuns, convoy: dict[ConvoyRole, ConvoyClock], held: tuple[float, ...]
) -> tuple[float, ...]:
    """Return how long the main train stands at least at each reversal, never less than before.

    The following train arrives its gap after the main train, the advance train
    leaves its gap before it, and between both the route is released.
    """
    needed = []
    for index, standing in enumerate(runs.standings):
        least = held[index]
        if standing.entry.reverses and convoy:
            least = ROUTE_RELEASE_S
            if "following" in convoy:
                least += float(convoy["following"].gap_s[index][-1])
            if "advance" in convoy:
                least += float(convoy["advance"].gap_s[index + 1][0])
            # Whole seconds, so that rounding cannot keep the rounds going.
            least = max(held[index], float(np.ceil(least)))
        needed.append(least)
    return tuple(needed)


def _relative(runs: RailRuns, planned: Sequence[tuple[Run, Floats]]) -> list[tuple[Floats, Floats]]:
    return [
        (place, run.time_at(place - section.from_m))
        for section, (run, place) in zip(runs.sections, planned, strict=True)
    ]


def _companion(runs: RailRuns, role: ConvoyRole, spread: str) -> Companion | None:
    request = runs.request
    asked = {"advance": request.advance, "following": request.following}.get(role)
    if asked is None:
        return None
    clear: ConvoyRole = "advance" if role == "advance" else "main"

    def own(index: int) -> Callable[[Floats], Floats]:
        return lambda place: runs.own_s(index, role, place)

    return Companion(
        least_s=asked.time_s,
        blocks=asked.blocks,
        clear_length_m=tuple(s.trains[clear].formation.length_m for s in runs.sections),
        own_s=tuple(own(index) for index in range(len(runs.sections))),
        work_s=tuple(
            max(s.work[role].duration(spread), s.companion_least_s) for s in runs.standings
        ),
        facility_s=tuple(s.work[role].facility(spread) for s in runs.standings),
    )


def _waits(
    runs: RailRuns, advance: Companion | None, sections: Sequence[tuple[Floats, Floats]]
) -> tuple[float, ...]:
    if advance is None:
        return (0.0,) * len(runs.standings)
    return queue_waits(advance, sections, runs.blocks)


def _timed(
    runs: RailRuns, waits: Sequence[float], gathering: Sequence[float], spread: str
) -> list[Timed]:
    timed = []
    for standing, wait, gathered in zip(runs.standings, waits, gathering, strict=True):
        work = max(wait + standing.work["main"].duration(spread), gathered)
        timed.append(
            Timed(
                dwell_s=max(standing.asked.dwell_s or 0.0, work),
                least_s=max(standing.least_asked_s, work),
                until_s=standing.asked.until_s,
            )
        )
    return timed


def _arrival(
    runs: RailRuns,
    sections: Sequence[tuple[Floats, Floats]],
    depart_s: float,
    seen: Sequence[tuple[float, float, str]],
    gathering: Sequence[float],
    likely: Sequence[Timed],
    spread: str,
) -> float:
    """Return the arrival with the tasks' low or high times."""
    waits = _waits(runs, _companion(runs, "advance", spread), sections)
    spreads = _timed(runs, waits, gathering, spread)
    # What lies behind the last observation is known by it.
    last_m = max((at_m for at_m, _, _ in seen), default=-1.0)
    stops = [
        known if standing.entry.distance_m < last_m else open_
        for standing, known, open_ in zip(runs.standings, likely, spreads, strict=True)
    ]
    planned = planned_clock(sections, stops, depart_s)
    return main_clock(planned, stops, seen).arrive_s


def _pace(
    runs: RailRuns,
    sections: Sequence[tuple[Floats, Floats]],
    stops: Sequence[Timed],
    depart_s: float,
) -> float:
    """Return the factor on running times that meets the arrival asked for."""
    wanted = runs.request.arrive_at_s
    if wanted is None:
        return 1.0
    zone = runs.request.route.points[-1].point.zone
    where = f"rail leg {runs.request.title}: arrive at"
    if wanted <= depart_s:
        raise InputError(
            f"the arrival asked for, {local_text(wanted, zone)}, is before the departure, "
            f"{local_text(depart_s, zone)}",
            where=where,
            cure="Check the dates and zones of both.",
        )

    def arrival(pace: float) -> float:
        return planned_clock(sections, stops, depart_s, pace).arrive_s

    earliest = arrival(1.0)
    if wanted < earliest - 0.5:
        what = (
            f"the train cannot arrive at {local_text(wanted, zone)}: with its stops it needs "
            f"until {local_text(earliest, zone)}"
        )
        short = duration_text(60.0 * np.ceil((earliest - wanted) / 60.0))
        cure = f"Depart {short} earlier, shorten a stop or raise the speed cap."
        raise NoPlan(what, reasons=[Reason(what, where, cure, "time")], where=where, cure=cure)
    low, high = 1.0, 1.0
    while arrival(high) < wanted and high <= CRAWL_PACE:
        high *= 1.5
    for _ in range(60):
        middle = 0.5 * (low + high)
        if arrival(middle) < wanted:
            low = middle
        else:
            high = middle
    # Millionths of the time: under a second a week; the same slack gives the same key.
    return float(round(high, 7))
