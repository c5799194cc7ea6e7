"""The rail leg on the clock: from finished runs and a departure to movements and records.

Two stages, so that another departure re-uses the expensive one::

    RailRequest --run_rail--> RailRuns --time_rail(depart, observed)--> RailLegResult
                 physics                clock, cheap
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.rail.leg_clock import LegClock, leg_clock
from retinue.rail.leg_notes import leg_notes
from retinue.rail.leg_record import (
    assumptions,
    line_sections,
    movement,
    speed_profile,
    train_records,
)
from retinue.rail.leg_runs import RailRuns, run_rail
from retinue.rail.leg_timeline import timeline
from retinue.rail.observed_times import check_reachable, cut_short, seen_on_leg
from retinue.rail.request import RailRequest, RailStop, TrainSeparation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.movement import Movement
    from retinue.plan import Assumption, Event, Note, Section, SpeedProfile, TrainRecord

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
        other or the train's top speed, or an arrival asked for before the departure.
    NoPlan
        Kind ``time``: where the arrival asked for is too early or needs a crawl.
    """
    seen = seen_on_leg(runs, depart_s, observations)
    clock = leg_clock(runs, depart_s, seen)
    check_reachable(runs, clock, seen)
    pace, main = clock.pace, clock.main
    planned_runs = runs.main_runs(pace)
    route = runs.request.route
    return RailLegResult(
        movements=tuple(
            movement(runs, role, own, clock.waits_s[role]) for role, own in clock.clocks.items()
        ),
        timeline=timeline(
            runs, clock.clocks, clock.waits_s, frozenset(at_m for at_m, _, _ in seen)
        ),
        trains=runs.kept("trains", lambda: train_records(runs)),
        sections=runs.kept("line", lambda: line_sections(runs)),
        profile=runs.kept(
            ("profile", pace), lambda: speed_profile(runs, [run for run, _ in planned_runs])
        ),
        notes=(*cut_short(runs, clock, seen), *leg_notes(runs, clock)),
        assumptions=runs.kept("assumptions", lambda: assumptions(runs)),
        depart_s=main.depart_s,
        arrive_s=main.arrive_s,
        earliest_s=clock.earliest_s,
        latest_s=clock.latest_s,
        distance_m=route.length_m,
        graph_distance_m=route.graph_length_m,
        running_time_s=main.running_s,
        standing_time_s=main.standing_s,
        energy_kwh=sum(run.energy_j for run, _ in planned_runs) / 3.6e6,
        countries=_countries(runs),
        details=_details(runs, clock),
    )


def _countries(runs: RailRuns) -> tuple[str, ...]:
    codes: list[str] = []
    for entry in runs.request.route.points:
        if entry.point.country and (not codes or codes[-1] != entry.point.country):
            codes.append(entry.point.country)
    return tuple(codes)


def _details(runs: RailRuns, clock: LegClock) -> dict[str, Any]:
    from retinue.clock import iso_utc

    details: dict[str, Any] = {
        "arrive_earliest_utc": iso_utc(clock.earliest_s),
        "arrive_latest_utc": iso_utc(clock.latest_s),
        "shortest_running_time_s": round(sum(s.main.fastest.running_time_s for s in runs.sections)),
        "reversals": [s.name for s in runs.standings if s.entry.reverses],
    }
    if clock.pace > 1.0:
        details["slow_running_factor"] = round(clock.pace, 4)
    for role, companion in clock.convoy.items():
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
