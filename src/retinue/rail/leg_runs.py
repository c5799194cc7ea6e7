"""The expensive half of a rail leg: every train of the convoy run from stop to stop.

Nothing here knows the clock: times are seconds since a section's start, so that
a change of departure re-uses all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np

from retinue.document import suggest
from retinue.errors import InputError, NoPlan, Reason
from retinue.rail.compatibility import PlannedChange, check, unknowns
from retinue.rail.request import RailStop
from retinue.rail.route_path import (
    HeldSpeed,
    braking_rule,
    check_ruling_gradients,
    running_path,
    section_path,
)
from retinue.rail.separation import Blocks
from retinue.rail.slow_stretch import slowed
from retinue.rail.standing import StopWork, asks_for_border, work_at
from retinue.rail.steps import Steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.journey import Allowance
    from retinue.rail.dynamics import TrainDynamics
    from retinue.rail.formation import Formation
    from retinue.rail.request import RailRequest
    from retinue.rail.run_record import Run
    from retinue.rail.running_path import RunningPath
    from retinue.world.rail_route import RailRoute, RoutePoint

    Floats = NDArray[np.float64]

__all__ = ["ConvoyRole", "RailRuns", "Section", "Standing", "TrainSection", "run_rail"]

ConvoyRole = Literal["main", "advance", "following"]
Kept = TypeVar("Kept")

GRID_M = 500.0
"""Greatest distance between places at which the convoy's gaps are worked out."""

POLYLINE_S = 0.25
"""Error of the polylines that stand for the motion (written times are whole seconds)."""

CRAWL_PACE = 3.0
"""Slow running beyond this many times the planned running time is refused."""


@dataclass(frozen=True, eq=False)
class TrainSection:
    """One train between two stops.

    Attributes
    ----------
    fastest
        The shortest run.
    planned
        With the allowance; the companions' is their fastest, because their times
        follow from the main train's.
    whole
        The whole leg as this train meets it, chainage of the route.
    """

    formation: Formation
    dynamics: TrainDynamics
    path: RunningPath
    fastest: Run
    planned: Run
    whole: RunningPath | None = None


@dataclass(frozen=True, eq=False)
class Section:
    """All trains between two stops of the main train.

    Attributes
    ----------
    place_m
        Chainages of the route: its geometry, its points, the main run's
        polyline and a grid of `GRID_M`.
    """

    from_m: float
    to_m: float
    name: str
    place_m: Floats
    trains: dict[ConvoyRole, TrainSection]

    @property
    def main(self) -> TrainSection:
        """The main train's run."""
        return self.trains["main"]


@dataclass(frozen=True, eq=False)
class Standing:
    """A stop, with what each train does there."""

    entry: RoutePoint
    asked: RailStop
    work: dict[ConvoyRole, StopWork]

    @property
    def name(self) -> str:
        """Name of the place."""
        return self.entry.point.name

    @property
    def least_asked_s(self) -> float:
        """The shortest the stop may become when the train runs late, its tasks apart.

        What the journey says; without that the time asked for, where it is for
        border controls or for nothing that has tasks of its own, else nothing.
        """
        if self.asked.minimum_s is not None:
            return self.asked.minimum_s
        if asks_for_border(self.asked) or self.work["main"].likely_s <= 0.0:
            return self.asked.dwell_s or 0.0
        return 0.0

    @property
    def companion_least_s(self) -> float:
        """The shortest stop of advance and following train, their tasks apart.

        Border controls are theirs too; any other stop is the main train's, and they
        stand there only as long as the separation has them.
        """
        return (self.asked.dwell_s or 0.0) if asks_for_border(self.asked) else 0.0


@dataclass(frozen=True, eq=False)
class RailRuns:
    """The physics of a rail leg, without a clock.

    Attributes
    ----------
    sections, standings
        Runs between stops, and the stops between the runs (one fewer).
    held
        What each train holds on ruling gradients.
    unknown
        What could not be checked against the lines, in sentences.
    """

    request: RailRequest
    path: RunningPath
    blocks: Blocks
    sections: tuple[Section, ...]
    standings: tuple[Standing, ...]
    held: tuple[tuple[ConvoyRole, HeldSpeed], ...]
    unknown: tuple[str, ...] = ()
    _kept: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @property
    def roles(self) -> tuple[ConvoyRole, ...]:
        """Trains of the convoy, the main train first."""
        return tuple(self.sections[0].trains)

    def kept(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """Return what no clock changes, worked out on first use and kept with the runs."""
        if key not in self._kept:
            self._kept[key] = make()
        made: Kept = self._kept[key]
        return made

    def own_s(self, index: int, role: ConvoyRole, place_m: Floats) -> Floats:
        """Return a train's fastest times to chainages, seconds since the section's start."""
        section = self.sections[index]
        fastest = section.trains[role].fastest
        if place_m is not section.place_m:
            return fastest.time_at(place_m - section.from_m)
        return self.kept(("own", index, role), lambda: fastest.time_at(place_m - section.from_m))

    def main_runs(self, pace: float = 1.0) -> tuple[tuple[Run, Floats], ...]:
        """Return by section the main train's run and its places, slower by a factor.

        Slow running is worked out once for each factor and kept.

        Raises
        ------
        NoPlan
            Where the train would have to crawl.
        """
        if pace <= 1.0:
            return tuple((s.main.planned, s.place_m) for s in self.sections)
        if pace > CRAWL_PACE:
            what = f"the train would have to crawl: {pace:.1f} times its running time are given"
            cure = "Ask for an earlier arrival, a later departure, or another stop."
            raise NoPlan(what, reasons=[Reason(what, "", cure, "time")], cure=cure)
        return self.kept(("slow", pace), lambda: self._slower(pace))

    def _slower(self, pace: float) -> tuple[tuple[Run, Floats], ...]:
        from retinue.rail.allowance import arrive_at

        request = self.request
        slow = []
        for section in self.sections:
            train = section.main
            run = arrive_at(
                train.dynamics,
                train.path,
                pace * train.planned.total_time_s,
                distribution=request.allowance.how if request.allowance else "linear",
                speed_cap_mps=request.speed_cap_mps,
            )
            slow.append((run, _grid(request.route, section.from_m, section.to_m, run)))
        return tuple(slow)


def run_rail(request: RailRequest) -> RailRuns:
    """Run every train of the convoy from stop to stop.

    At each stop the formation changes as its tasks say (locomotives, direction,
    gauge); before each section its fitness for the line is checked.

    Raises
    ------
    InputError
        For a stop that is not on the route, twice there, or at its ends.
    NoPlan
        Where a train does not fit a line, cannot start on a ruling gradient or
        lacks power; with every reason found on the way.
    """
    route = request.route
    path = running_path(
        route,
        detailed=request.path,
        line_speed_override_mps=request.line_speed_override_mps,
    )
    if request.slow:
        path = replace(path, limit_mps=slowed(path.limit_mps, request.slow))
    stops = _stops(request)
    bounds = [0.0, *(entry.distance_m for entry, _ in stops), route.length_m]
    names = [
        route.points[0].point.name,
        *(entry.point.name for entry, _ in stops),
        route.points[-1].point.name,
    ]
    trains: list[tuple[ConvoyRole, Formation]] = [("main", request.train)]
    if request.advance is not None:
        trains.append(("advance", request.advance.formation))
    if request.following is not None:
        trains.append(("following", request.following.formation))
    for asked_of in (request.advance, request.following):
        if asked_of and asked_of.at_most_s is not None and asked_of.at_most_s < asked_of.time_s:
            raise InputError(
                f"the separation is {asked_of.time_s / 60:.0f} min and may be at most "
                f"{asked_of.at_most_s / 60:.0f} min",
                where=f"rail leg {request.title}",
                cure='Give "at most" the separation\'s time or more.',
            )
    by_role: dict[ConvoyRole, list[TrainSection]] = {}
    works: dict[ConvoyRole, list[StopWork]] = {}
    held: list[tuple[ConvoyRole, HeldSpeed]] = []
    unknown: list[str] = []
    for role, formation in trains:
        formations, works[role] = _formations(formation, route, stops)
        changes = [
            PlannedChange(entry.distance_m, leaves)
            for (entry, _), leaves in zip(stops, formations[1:], strict=True)
        ]
        reasons = check(formation, route, changes)
        if reasons:
            raise NoPlan(
                f"No rail route from {names[0]} to {names[-1]} for {_called(role, formation)}",
                reasons=reasons,
            )
        unknown += [reason.what for reason in unknowns(formation, route, changes)]
        by_role[role] = []
        dynamics: TrainDynamics | None = None
        for index, there in enumerate(formations):
            if dynamics is None or there is not formations[index - 1]:
                dynamics = there.dynamics(request.mass_factor)
            from_m, to_m = bounds[index], bounds[index + 1]
            held += [
                (role, speed)
                for speed in check_ruling_gradients(dynamics, route, path, from_m, to_m)
            ]
            permitted = _permitted(there, route, request.mass_factor)
            own = replace(path, limit_mps=path.limit_mps.minimum(permitted))
            by_role[role].append(_run(request, role, there, dynamics, own, bounds, index, names))
    sections = tuple(
        Section(
            from_m=bounds[index],
            to_m=bounds[index + 1],
            name=f"{names[index]}-{names[index + 1]}",
            place_m=_grid(route, bounds[index], bounds[index + 1], by_role["main"][index].planned),
            trains={role: by_role[role][index] for role, _ in trains},
        )
        for index in range(len(bounds) - 1)
    )
    standings = tuple(
        Standing(entry, asked, {role: works[role][index] for role, _ in trains})
        for index, (entry, asked) in enumerate(stops)
    )
    return RailRuns(
        request,
        path,
        Blocks.along(route),
        sections,
        standings,
        tuple(held),
        tuple(dict.fromkeys(unknown)),
    )


def _formations(
    formation: Formation, route: RailRoute, stops: list[tuple[RoutePoint, RailStop]]
) -> tuple[list[Formation], list[StopWork]]:
    """Return the formation of each section and what is done at each stop between."""
    formations, works = [formation], []
    for entry, asked in stops:
        works.append(work_at(formations[-1], route, entry, asked))
        formations.append(works[-1].leaves)
    return formations, works


def _permitted(formation: Formation, route: RailRoute, mass_factor: float) -> Steps:
    """Return what vehicles and brakes allow along the route.

    The braking distance is that of the country's signals; the ruling gradient counts
    as a descent, for it may be one.
    """
    speeds: dict[tuple[str, float], float] = {}
    pairs: list[tuple[float, float]] = []
    for stretch in route.stretches:
        key = (braking_rule(stretch), stretch.ruling_gradient or 0.0)
        if key not in speeds:
            speeds[key] = formation.permitted_speed_mps(
                braking_distance=key[0], ruling_gradient=key[1], mass_factor=mass_factor
            )
        if stretch.to_m > stretch.from_m:
            pairs.append((stretch.from_m if pairs else 0.0, speeds[key]))
    return Steps.from_pairs(pairs)


def _run(
    request: RailRequest,
    role: ConvoyRole,
    formation: Formation,
    dynamics: TrainDynamics,
    path: RunningPath,
    bounds: list[float],
    index: int,
    names: list[str],
) -> TrainSection:
    from retinue.rail.running_time import Driving, run

    from_m, to_m = bounds[index], bounds[index + 1]
    own = section_path(path, from_m, to_m, dynamics, f"{names[index]}-{names[index + 1]}")
    fastest = run(dynamics, own, speed_cap_mps=request.speed_cap_mps)
    planned = fastest
    if role == "main" and request.allowance is not None and request.ceilings_mps is None:
        planned = _with_allowance(
            request.allowance,
            dynamics,
            own,
            fastest,
            request.speed_cap_mps,
            own.length_m / request.route.length_m,
        )
    if role == "main" and request.ceilings_mps is not None:
        planned = run(
            dynamics,
            own,
            speed_cap_mps=request.speed_cap_mps,
            driving=Driving(
                cap_mps=request.ceilings_mps.cut(from_m, to_m),
                share=Steps.constant(1.0)
                if request.share is None
                else request.share.cut(from_m, to_m),
            ),
        )
    return TrainSection(formation, dynamics, own, fastest, planned, path)


def _with_allowance(
    asked: Allowance,
    train: TrainDynamics,
    path: RunningPath,
    fastest: Run,
    speed_cap_mps: float | None,
    share: float,
) -> Run:
    """Spend a section's part of the allowance: a fixed part is shared by length."""
    from retinue.rail.allowance import Allowance as Added
    from retinue.rail.allowance import allow

    added_s = (
        (asked.percent or 0.0) * fastest.running_time_s
        + (asked.per_100_km or 0.0) * path.length_m / 100_000.0
        + (asked.fixed or 0.0) * share
    )
    return allow(
        train,
        path,
        [Added("fixed", added_s / 60.0)],
        distribution=asked.how,
        speed_cap_mps=speed_cap_mps,
    )


def _stops(request: RailRequest) -> list[tuple[RoutePoint, RailStop]]:
    route = request.route
    found: list[tuple[RoutePoint, RailStop]] = []
    for stop in request.stops:
        entry = route.point(stop.at)
        where = f"rail leg {request.title}: stops"
        if entry is None:
            known = [e.point.name for e in route.points]
            raise InputError(
                f'the stop "{stop.at}" is not on the route',
                where=where,
                cure=suggest(stop.at, known) or f"On the route: {', '.join(known)}.",
            )
        if not 0.0 < entry.distance_m < route.length_m:
            raise InputError(
                f'"{stop.at}" is an end of the leg, not a stop on the way',
                where=where,
                cure="Remove the stop; boarding and transfer times belong to the legs.",
            )
        if any(abs(entry.distance_m - other.distance_m) < 1.0 for other, _ in found):
            raise InputError(
                f'"{stop.at}" is a stop twice', where=where, cure="Join both into one stop."
            )
        found.append((entry, stop))
    for entry in route.points:
        inside = 0.0 < entry.distance_m < route.length_m
        if entry.reverses and inside and not any(e is entry for e, _ in found):
            found.append((entry, RailStop(at=entry.point.name, why="reversal")))
    return sorted(found, key=lambda pair: pair[0].distance_m)


def _grid(route: RailRoute, from_m: float, to_m: float, run: Run) -> Floats:
    """Return the places of a section, its ends and operating points exact."""
    named = np.unique(
        [from_m, to_m, *(e.distance_m for e in route.points if from_m < e.distance_m < to_m)]
    )
    steps = np.linspace(from_m, to_m, int(np.ceil((to_m - from_m) / GRID_M)) + 1)
    other = np.concatenate([route.distance_m, steps, run.polyline(POLYLINE_S)[0] + from_m])
    other = np.unique(other[(other > from_m) & (other < to_m)])
    # Places within a decimetre are one; a named one counts.
    other = other[np.concatenate([[True], np.diff(other) > 0.1])] if other.size else other
    near = np.searchsorted(named, other)
    clear = (np.abs(other - named[np.minimum(near, named.size - 1)]) > 0.1) & (
        np.abs(other - named[near - 1]) > 0.1
    )
    return np.asarray(np.union1d(named, other[clear]))


def _called(role: ConvoyRole, formation: Formation) -> str:
    own = formation.title or formation.name
    return own if role == "main" else f"the {role} train, {own}"
