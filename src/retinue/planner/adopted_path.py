"""A rail leg timed by the path it was given: ceilings, waits and departure of `AdoptedPath`.

Nothing of the traffic is needed for it, so a plan can be made again from itself alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import InputError
from retinue.plan.records import Assumption, Note
from retinue.planner.path_via import STATION
from retinue.rail.leg_runs import RailRuns, run_rail
from retinue.rail.request import RailStop
from retinue.rail.steps import Steps
from retinue.world.rail_route import OperatingPoint, RoutePoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from retinue.plan.train_path import AdoptedPath
    from retinue.planner.staged import StagedLeg, TimedLeg
    from retinue.rail.request import TrainSeparation

__all__ = ["WAITS", "check_paths", "retimed", "with_path"]

WAITS = "waits for other trains"

_SAME_M = 1.0


def check_paths(staged: Sequence[StagedLeg], paths: Sequence[AdoptedPath]) -> None:
    """Refuse a path that no leg runs on, or that is one of two for a leg.

    Raises
    ------
    InputError
        As said.
    """
    used = [leg.on_path.leg for leg in staged if leg.on_path is not None]
    if sorted(used) != sorted(path.leg for path in paths):
        named = ", ".join(path.leg for path in paths)
        raise InputError(
            f"of the paths for {named}, one is of no rail leg of this plan, or of a leg that has"
            " another",
            where="plan.json: paths",
            cure="Find the path again: retinue insert PLAN --adopt.",
        )


def with_path(timed: TimedLeg, path: AdoptedPath) -> TimedLeg:
    """Return a leg on the clock that says what path it runs on, and what that stands on."""
    leg = timed.leg
    told = [ceiling.words for ceiling in path.told(leg.profile)]
    if path.via:
        told.insert(0, f"{path.over}, another way than the journey's own")
    note = Note(
        level="info",
        subject="path among other trains",
        text="; ".join([f"found in {path.feed} of {path.date}", *told]),
    )
    assumed = Assumption(
        subject=leg.title,
        what="other trains",
        value=f"{path.feed} of {path.date}, {path.view} view of the line",
        because="the published timetable; what it does not tell of the line is inferred from it",
        legs=(leg.id,),
    )
    return replace(
        timed,
        leg=leg.model_copy(update={"notes": (*leg.notes, note)}),
        assumptions=(*timed.assumptions, assumed),
    )


def retimed(runs: RailRuns, path: AdoptedPath) -> RailRuns:
    """Run a leg again as its path says: ceilings, and a stop wherever it waits.

    A wait ends at the moment that the path says, not after a time: a train that comes late to
    it waits for less.

    Raises
    ------
    InputError
        Where the path is of another leg than this.
    """
    request = runs.request
    route = request.route
    asked = {round(standing.entry.distance_m, 3): standing for standing in runs.standings}
    stands = path.stands[1:-1]
    if path.via and abs(route.length_m - path.distance_m) > _SAME_M:
        raise InputError(
            f"the path adopted for leg {path.leg} goes {path.over} and is"
            f" {path.distance_m / 1000.0:.1f} km long; that way the leg now has"
            f" {route.length_m / 1000.0:.1f} km",
            where="plan.json: paths",
            cure="Find the path again: retinue insert PLAN --adopt.",
        )
    same_stops = {round(stand.at_m, 3) for stand in stands if stand.asked} == set(asked)
    inside = 0.0 <= path.stands[0].at_m < path.stands[-1].at_m <= route.length_m + 1.0
    if not (same_stops and inside):
        raise InputError(
            f"the path adopted for leg {path.leg} does not fit it: it has other stops",
            where="plan.json: paths",
            cure="Find the path again: retinue insert PLAN --adopt.",
        )
    stops: list[RailStop] = []
    # A place that is passed to go this way, and waited at, is one place.
    waited = {f"{STATION}{stand.id}" for stand in stands if not stand.asked}
    points = [point for point in route.points if point.point.id not in waited or point.reverses]
    for stand in stands:
        until = stand.depart_utc if stand.waits else None
        if stand.asked:
            own = asked[round(stand.at_m, 3)].asked
            if until is not None:
                own = replace(own, until_s=max(own.until_s or -np.inf, until))
            stops.append(own)
            continue
        country = route.stretch_at(stand.at_m).country
        point = OperatingPoint(
            f"{STATION}{stand.id}", stand.place, stand.lat, stand.lon, country, stand.zone,
            source="timetable",
        )  # fmt: skip
        points.append(RoutePoint(point, stand.at_m))
        stops.append(RailStop(point.id, minimum_s=0.0, until_s=stand.depart_utc, why=WAITS))
    ceilings = Steps.constant(np.inf)
    for ceiling in path.ceilings:
        pairs = [(0.0, np.inf)] if ceiling.from_m > 0.0 else []
        pairs += [(ceiling.from_m, ceiling.at_most_mps), (ceiling.to_m, np.inf)]
        ceilings = ceilings.minimum(Steps.from_pairs(pairs))
    return run_rail(
        replace(
            request,
            route=replace(route, points=tuple(sorted(points, key=lambda p: p.distance_m))),
            advance=_apart(request.advance, path.advance_s),
            following=_apart(request.following, path.following_s),
            stops=tuple(stops),
            ceilings_mps=ceilings,
            share=Steps.from_pairs(path.shares) if path.shares else None,
            arrive_at_s=None,
        )
    )


def _apart(asked: TrainSeparation | None, lag_s: float) -> TrainSeparation | None:
    """Return a companion that keeps at least a lag."""
    if asked is None or lag_s <= asked.time_s:
        return asked
    return replace(asked, time_s=lag_s)
