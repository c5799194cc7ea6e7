"""What was seen of the main train: where on the leg it lies, and whether it can have been so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retinue.clock import duration_text, local_text
from retinue.document import suggest
from retinue.errors import InputError
from retinue.plan import Note
from retinue.rail.leg_clock import leg_clock

if TYPE_CHECKING:
    from retinue.rail.leg_clock import LegClock
    from retinue.rail.leg_runs import RailRuns

__all__ = ["SeenAt", "check_reachable", "cut_short", "seen_on_leg"]

#: Chainage, Unix time and name of a place at which the main train was seen.
SeenAt = tuple[float, float, str]

#: Observed times are told in whole minutes: each end of a stretch may be that far off.
_ROUNDING_S = 60.0
_NEAR_M = 0.5


def seen_on_leg(
    runs: RailRuns, depart_s: float, observations: Sequence[tuple[str, float]]
) -> list[SeenAt]:
    """Find where observed places lie; of a place passed twice the pass nearest in time.

    Raises
    ------
    InputError
        For a place off the route.
    """
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
        passes = [other for other in route.points if other.point.id == entry.point.id]
        if len(passes) > 1:
            planned = leg_clock(runs, depart_s, ()).planned
            entry = min(passes, key=lambda e: abs(planned.at(e.distance_m) - time_s))
        # What was reported last of one place counts.
        seen[entry.distance_m, entry.point.name] = float(time_s)
    return [(at_m, time_s, name) for (at_m, name), time_s in seen.items()]


def check_reachable(runs: RailRuns, clock: LegClock, seen: Sequence[SeenAt]) -> None:
    """Refuse what was observed where even the train's top speed does not get it there.

    Stops on the way may have been cut short or left out and limits of a line be unknown, so
    nothing finer than the top speed is held against what somebody saw.

    Raises
    ------
    InputError
        Naming both places, the time between and the least that it takes.
    """
    if not seen:
        return
    route = runs.request.route
    left = [(route.points[0].distance_m, clock.main.depart_s, route.points[0].point.name)]
    left += [
        (standing.entry.distance_m, stop.depart_s, standing.name)
        for standing, stop in zip(runs.standings, clock.main.stops, strict=True)
    ]
    speed = max(s.trains["main"].formation.max_speed_mps for s in runs.sections)
    before: SeenAt | None = None
    for at_m, time_s, name in sorted(seen):
        since = max((one for one in left if one[0] < at_m - _NEAR_M), default=None)
        if since is None:
            continue
        # Where the train was seen nowhere since, the plan's own time is believed.
        believed = before is None or since[0] > before[0] + _NEAR_M
        since = since if believed or before is None else before
        least_s, taken_s = (at_m - since[0]) / speed, time_s - since[1]
        if taken_s < least_s - _ROUNDING_S:
            zone = next(e.point.zone for e in route.points if e.point.name == name)
            cure = "Check place, date and zone of what was observed"
            raise InputError(
                f"the train cannot have been at {name} at {local_text(time_s, zone).strip()}:"
                f" {(at_m - since[0]) / 1000.0:.0f} km in {duration_text(taken_s)} from {since[2]},"
                f" which take {duration_text(least_s)} at its top speed, {speed * 3.6:.0f} km/h",
                where=name,
                cure=f"{cure}; if it was at {since[2]} earlier, record that first."
                if believed
                else f"{cure}.",
            )
        before = (at_m, time_s, name)


def cut_short(runs: RailRuns, clock: LegClock, seen: Sequence[SeenAt]) -> list[Note]:
    """Warn of stops that what was seen further on leaves less time than their tasks take."""
    last_m = max((at_m for at_m, _, _ in seen), default=-1.0)
    notes = []
    for index, standing in enumerate(runs.standings):
        stop = clock.main.stops[index]
        stood_s = stop.depart_s - stop.arrive_s
        takes_s = clock.waits_s["main"][index] + standing.work["main"].likely_s
        if standing.entry.distance_m >= last_m or stood_s >= takes_s - _ROUNDING_S:
            continue
        notes.append(
            Note(
                level="warning",
                subject=standing.name,
                text=f"what was observed leaves {duration_text(stood_s)} for a stop whose tasks"
                f" take {duration_text(takes_s)}: check place, date and zone, or what was left out",
            )
        )
    return notes
