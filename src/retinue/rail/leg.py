"""The rail leg on the clock: from finished runs and a departure to movements and records.

Two stages, so that another departure re-uses the expensive one::

    RailRequest --run_rail--> RailRuns --time_rail(depart, observed)--> RailLegResult
                 physics                clock, cheap
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.clock import duration_text, local_text
from retinue.document import suggest
from retinue.errors import InputError, NoPlan, Reason
from retinue.rail.convoy_clock import (
    Companion,
    ConvoyClock,
    advance_clock,
    following_clock,
    queue_waits,
)
from retinue.rail.leg_notes import leg_notes
from retinue.rail.leg_record import (
    assumptions,
    line_sections,
    movement,
    speed_profile,
    train_records,
)
from retinue.rail.leg_runs import CRAWL_PACE, ConvoyRole, RailRuns, run_rail
from retinue.rail.leg_timeline import timeline
from retinue.rail.main_clock import MainClock, Timed, main_clock, planned_clock
from retinue.rail.request import RailRequest, RailStop, TrainSeparation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.movement import Movement
    from retinue.plan import Assumption, Event, Note, Section, SpeedProfile, TrainRecord
    from retinue.rail.run_record import Run

    Floats = NDArray[np.float64]

__all__ = [
    "RailLegResult",
    "RailRequest",
    "RailRuns",
    "RailStop",
    "TrainSeparation",
    "run_rail",
    "time_rail",
]


@dataclass(frozen=True, eq=False)
class RailLegResult:
    """Everything a plan's leg needs of its railway.

    Attributes
    ----------
    movements
        The main train first, then advance and following train.
    trains
        Every train, again where its formation changes.
    depart_s, arrive_s
        Unix seconds of the main train.
    earliest_s, latest_s
        Arrival where every task with a known spread takes its low, or high, time.
    energy_kwh
        Traction work of the main train at the wheel.
    details
        Figures of the railway only, as JSON values.
    """

    movements: tuple[Movement, ...]
    timeline: tuple[Event, ...]
    trains: tuple[TrainRecord, ...]
    sections: tuple[Section, ...]
    profile: SpeedProfile
    notes: tuple[Note, ...]
    assumptions: tuple[Assumption, ...]
    depart_s: float
    arrive_s: float
    earliest_s: float
    latest_s: float
    distance_m: float
    graph_distance_m: float
    running_time_s: float
    standing_time_s: float
    energy_kwh: float
    countries: tuple[str, ...]
    details: dict[str, Any] = field(default_factory=dict)


def time_rail(
    runs: RailRuns, depart_s: float, observations: Sequence[tuple[str, float]] = ()
) -> RailLegResult:
    """Put a leg on the clock.

    Parameters
    ----------
    depart_s
        Unix time at which the main train leaves.
    observations
        (name of an operating point, Unix time) at which the main train was seen:
        its arrival where it stops, its departure at the leg's start.

    Raises
    ------
    InputError
        For an observed place off the route, observed times that contradict each
        other, or an arrival asked for before the departure.
    NoPlan
        Kind ``time``: where the arrival asked for is too early or needs a crawl.
    """
    request = runs.request
    seen = _observed(runs, observations)
    advance = _companion(runs, "advance", "likely")
    fastest = runs.kept(("times", 1.0), lambda: _relative(runs, runs.main_runs()))
    waits = _waits(runs, advance, fastest)
    stops = _timed(runs, waits, "likely")
    pace = _pace(runs, fastest, stops, depart_s)
    planned_runs = runs.main_runs(pace)
    sections = runs.kept(("times", pace), lambda: _relative(runs, planned_runs))
    planned = planned_clock(sections, stops, depart_s)
    main = main_clock(planned, stops, seen)
    clocks: dict[ConvoyRole, MainClock] = {"main": main}
    all_waits: dict[ConvoyRole, Sequence[float]] = {"main": waits}
    convoy: dict[ConvoyRole, ConvoyClock] = {}
    if advance is not None:
        convoy["advance"] = advance_clock(advance, main, runs.blocks, waits)
    following = _companion(runs, "following", "likely")
    if following is not None:
        free = [w + s.work["main"].facility_s for w, s in zip(waits, runs.standings, strict=True)]
        convoy["following"] = following_clock(following, main, runs.blocks, free)
    for role, companion in convoy.items():
        clocks[role] = companion.clock
        all_waits[role] = companion.waits_s
    earliest_s, latest_s = (
        _arrival(runs, sections, depart_s, seen, spread) for spread in ("low", "high")
    )
    route = request.route
    return RailLegResult(
        movements=tuple(
            movement(runs, role, clock, all_waits[role]) for role, clock in clocks.items()
        ),
        timeline=timeline(runs, clocks, all_waits, frozenset(at_m for at_m, _, _ in seen)),
        trains=runs.kept("trains", lambda: train_records(runs)),
        sections=runs.kept("line", lambda: line_sections(runs)),
        profile=runs.kept(
            ("profile", pace), lambda: speed_profile(runs, [run for run, _ in planned_runs])
        ),
        notes=leg_notes(runs, main, convoy, pace, planned),
        assumptions=runs.kept("assumptions", lambda: assumptions(runs)),
        depart_s=main.depart_s,
        arrive_s=main.arrive_s,
        earliest_s=earliest_s,
        latest_s=latest_s,
        distance_m=route.length_m,
        graph_distance_m=route.graph_length_m,
        running_time_s=main.running_s,
        standing_time_s=main.standing_s,
        energy_kwh=sum(run.energy_j for run, _ in planned_runs) / 3.6e6,
        countries=_countries(runs),
        details=_details(runs, pace, earliest_s, latest_s, convoy),
    )


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


def _timed(runs: RailRuns, waits: Sequence[float], spread: str) -> list[Timed]:
    timed = []
    for standing, wait in zip(runs.standings, waits, strict=True):
        work = wait + standing.work["main"].duration(spread)
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
    spread: str,
) -> float:
    """Return the arrival with the tasks' low or high times."""
    stops = _timed(runs, _waits(runs, _companion(runs, "advance", spread), sections), spread)
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


def _observed(
    runs: RailRuns, observations: Sequence[tuple[str, float]]
) -> list[tuple[float, float, str]]:
    route = runs.request.route
    seen: dict[tuple[float, str], float] = {}
    for name, time_s in observations:
        entry = route.point(name)
        if entry is None:
            known = [e.point.name for e in route.points]
            raise InputError(
                f'"{name}" is not on the rail leg {runs.request.title}',
                where=name,
                cure=suggest(name, known) or f"On it: {', '.join(known)}.",
            )
        # What was reported last of one place counts.
        seen[entry.distance_m, entry.point.name] = float(time_s)
    return [(at_m, time_s, name) for (at_m, name), time_s in seen.items()]


def _countries(runs: RailRuns) -> tuple[str, ...]:
    codes: list[str] = []
    for entry in runs.request.route.points:
        if entry.point.country and (not codes or codes[-1] != entry.point.country):
            codes.append(entry.point.country)
    return tuple(codes)


def _details(
    runs: RailRuns,
    pace: float,
    earliest_s: float,
    latest_s: float,
    convoy: dict[ConvoyRole, ConvoyClock],
) -> dict[str, Any]:
    from retinue.clock import iso_utc

    details: dict[str, Any] = {
        "arrive_earliest_utc": iso_utc(earliest_s),
        "arrive_latest_utc": iso_utc(latest_s),
        "shortest_running_time_s": round(sum(s.main.fastest.running_time_s for s in runs.sections)),
        "reversals": [s.name for s in runs.standings if s.entry.reverses],
    }
    if pace > 1.0:
        details["slow_running_factor"] = round(pace, 4)
    for role, companion in convoy.items():
        gaps = np.concatenate(companion.gap_s)
        details[f"{role}_separation_s"] = {
            "least": round(float(gaps.min())),
            "greatest": round(float(gaps.max())),
            "at": [
                {
                    "place": entry.point.name,
                    "distance_m": round(entry.distance_m, 1),
                    "needed_s": round(companion.at(companion.required_s, entry.distance_m)),
                    "kept_s": round(companion.at(companion.gap_s, entry.distance_m)),
                }
                for entry in runs.request.route.points
            ],
        }
    return details
