"""Possessions and temporary speed restrictions of a rail leg: which hold when the convoy passes.

Running knows no clock, restrictions do.  So the leg is run without any, put on the clock, and run
again under those that it then meets, until it meets no further one: each lap only adds, so there
are no more laps than restrictions, and none is met that was not run under.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retinue.clock import duration_text
from retinue.errors import InputError, NoPlan, Reason
from retinue.plan import Note, Source
from retinue.plan.restrictions import RESTRICTIONS, LegRestriction
from retinue.planner.records import end_of
from retinue.rail.leg import time_rail
from retinue.rail.slow_stretch import SlowStretch
from retinue.traffic.leg_line import LegLine, OnLeg, Position, Stretch, place_on_leg
from retinue.traffic.restrictions import KIND, Restriction, load_restrictions, newest_of
from retinue.world.catalogue import find_file
from retinue.world.place_names import fold
from retinue.world.rail_routing import plan_route

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from retinue.movement import Movement
    from retinue.plan import Leg, Plan
    from retinue.plan.train_path import PathVia
    from retinue.planner.planner import Planner
    from retinue.planner.staged import Context, ObservedTime, TimedLeg
    from retinue.rail.leg_runs import RailRuns
    from retinue.world.places import Gazetteer
    from retinue.world.rail_route import RailRoute
    from retinue.world.world import World

__all__ = [
    "LegRestrictions",
    "Locator",
    "asked_restrictions",
    "leg_restrictions",
    "leg_under",
    "locator_of_plan",
    "words_of",
]

RunWith = Callable[[tuple[SlowStretch, ...]], "RailRuns"]


@dataclass(frozen=True, eq=False)
class Locator:
    """Positions of places and the lines between them, by the world pack.

    Attributes
    ----------
    middle
        Decides between namesakes: a place about the middle of the leg.
    """

    world: World
    gazetteer: Gazetteer
    middle: tuple[float, float]

    def position(self, name: str) -> tuple[float, float] | None:
        """Return the position of a place; None where nobody knows it."""
        try:
            place = self.gazetteer.resolve(name, near=self.middle)
        except InputError:
            return None
        return place.lat, place.lon

    def stretch(self, one: str, two: str) -> tuple[NDArray, NDArray] | None:  # type: ignore[type-arg]
        """Return the course of the railway between two places; None where there is none."""
        try:
            ends = [end_of(self.gazetteer.resolve(name, near=self.middle)) for name in (one, two)]
            route = plan_route(
                self.world.line_book, self.world.pack.rail, *ends, countries=self.world.countries
            )
        except (InputError, NoPlan):
            return None
        return route.lat_deg, route.lon_deg


@dataclass(frozen=True, eq=False)
class LegRestrictions:
    """What restricts a leg, wherever it is in time.

    Attributes
    ----------
    on_leg
        In the order of running.
    unplaced
        What could not be placed, in sentences.
    given
        What a path that was adopted stands on besides: it is held, whoever lists it.
    """

    route: RailRoute
    title: str
    on_leg: tuple[OnLeg, ...]
    unplaced: tuple[str, ...] = ()
    given: tuple[LegRestriction, ...] = ()

    def running(
        self, run_with: RunWith, depart_s: float, observations: Sequence[ObservedTime]
    ) -> RailRuns:
        """Return the runs under every speed restriction that the convoy meets in force."""
        slow = self.always
        while True:
            runs = run_with(slow)
            further = self.met(time_rail(runs, depart_s, observations).movements, slow)
            if further == slow:
                return runs
            slow = further

    @property
    def always(self) -> tuple[SlowStretch, ...]:
        """The speed restrictions that an adopted path brings."""
        return tuple(
            SlowStretch(one.from_m, one.to_m, one.speed_mps or 0.0, one.name)
            for one in self.given
            if one.effect == "slows"
        )

    def met(
        self, movements: Sequence[Movement], slow: tuple[SlowStretch, ...]
    ) -> tuple[SlowStretch, ...]:
        """Return some speed restrictions and those that trains meet in force, each once."""
        found = [
            stretch_of(one)
            for one in self.on_leg
            if one.restriction.kind == "speed" and one.own_track and one.met_by(movements)
        ]
        new = tuple(stretch for stretch in found if stretch not in slow)
        return tuple(sorted((*slow, *new), key=lambda s: (s.from_m, s.name))) if new else slow

    def told(self, timed: TimedLeg, free_s: float) -> TimedLeg:
        """Return a timed leg with what it met: records, notes, sources, and what forbids it.

        Parameters
        ----------
        free_s
            Running time of the main train without speed restrictions.
        """
        from dataclasses import replace

        records = self.records(timed.leg.movements)
        zone = timed.leg.from_.zone
        notes = [Note(level="warning", subject=self.title, text=text) for text in self.unplaced]
        notes += [
            Note(
                level="info" if one.effect in ("slows", "beside") else "warning",
                subject=f"{one.from_place} - {one.to_place}",
                text=words_of(one, zone),
            )
            for one in records
        ]
        lost_s = timed.leg.running_time_s - free_s
        if any(one.effect == "slows" for one in records) and round(lost_s) > 0:
            text = f"temporary speed restrictions cost {duration_text(lost_s)} of running time"
            notes.append(Note(level="info", subject=self.title, text=text))
        details = dict(timed.leg.details)
        if records:
            details[RESTRICTIONS] = [one.model_dump(mode="json") for one in records]
        leg = timed.leg.model_copy(update={"notes": (*timed.leg.notes, *notes), "details": details})
        faults = tuple(
            Reason(
                words_of(one, zone),
                f"{one.from_place} - {one.to_place}",
                "Depart so that the convoy passes before or after it, or go another way.",
                "possession",
            )
            for one in records
            if one.effect == "closed"
        )
        sources = tuple(
            Source(id=f"{one.sender}: {one.id}", text=f"{one.kind} {one.name}",
                   used_for=(f"{one.from_place} - {one.to_place}",))
            for one in records
        )  # fmt: skip
        return replace(
            timed, leg=leg, faults=(*timed.faults, *faults), sources=(*timed.sources, *sources)
        )

    def records(self, movements: Sequence[Movement]) -> tuple[LegRestriction, ...]:
        """Return what trains meet in force, in the order of running."""
        found = [
            LegRestriction(
                sender=one.restriction.sender, id=one.restriction.id,
                version=one.restriction.version, sha256=one.restriction.sha256,
                kind=one.restriction.kind, effect=effect,
                from_place=one.restriction.between[0 if one.along else 1],
                to_place=one.restriction.between[1 if one.along else 0],
                from_m=one.from_m, to_m=one.to_m, begins_utc=one.restriction.begins_s,
                ends_utc=one.restriction.ends_s, speed_mps=one.restriction.speed_mps,
                why=one.restriction.why,
            )
            for one in self.on_leg
            if one.met_by(movements) and (effect := self._effect(one)) is not None
        ]  # fmt: skip
        return tuple(sorted((*self.given, *found), key=lambda one: (one.from_m, one.name)))

    def _effect(self, one: OnLeg) -> str | None:
        if one.restriction.kind == "speed":
            return "slows" if one.own_track else None
        tracks = [
            stretch.tracks
            for stretch in self.route.stretches
            if stretch.from_m < one.to_m and stretch.to_m > one.from_m
        ]
        if one.all_tracks or 1 in tracks:
            return "closed"
        return "own track" if one.own_track else "beside"


def stretch_of(one: OnLeg) -> SlowStretch:
    """Return a speed restriction as running takes it."""
    rule = one.restriction
    assert rule.speed_mps is not None
    name = f"{rule.id}, version {rule.version}, by {rule.sender}"
    return SlowStretch(one.from_m, one.to_m, rule.speed_mps, name)


def words_of(one: LegRestriction, zone: str) -> str:
    """Return what a restriction does to a leg, in words; times on a zone's clock."""
    where = f"km {one.from_m / 1000.0:.1f} to {one.to_m / 1000.0:.1f}"
    since = f"({one.name}; {one.span(zone)})"
    if one.effect == "slows":
        return f"at most {3.6 * (one.speed_mps or 0.0):.0f} km/h on {where} {since}"
    if one.effect == "beside":
        return f"work on the track beside, {where} {since}"
    if one.effect == "own track":
        return (
            f"the track for this way is taken on {where} {since}: running on the other one has to "
            "be agreed with the sender"
        )
    return f"the line is closed on {where} {since}"


def asked_restrictions(
    context: Context, names: Sequence[str], where: Callable[..., str]
) -> list[Restriction]:
    """Return the restrictions of a leg's files, the newest version of each."""
    paths = [
        find_file(
            KIND, name, context.folder, what="restriction",
            where=where("restrictions", number), begins="retinue restrictions",
        )
        for number, name in enumerate(names)
    ]  # fmt: skip
    return load_restrictions(paths)


def locator_of_plan(world: World, plan: Plan) -> Callable[[Leg], tuple[Position, Stretch]]:
    """Return how places and lines are found about the legs of a finished plan."""
    gazetteer = _gazetteer(world, plan)

    def locate(leg: Leg) -> tuple[Position, Stretch]:
        main = leg.main
        half = len(main.lat_deg) // 2
        middle = (float(main.lat_deg[half]), float(main.lon_deg[half]))
        locator = Locator(world, gazetteer, middle)
        return locator.position, locator.stretch

    return locate


def _gazetteer(world: World, plan: Plan) -> Gazetteer:
    """Return the gazetteer with the places of a plan's journey."""
    from retinue.journey.file import journey_from_text

    try:
        places = journey_from_text(plan.journey.text, plan.journey.name, None).journey.places
    except InputError:
        # Of an older version: its own places are then unknown, and told where they are wanted.
        places = {}
    return world.gazetteer(places)


def leg_restrictions(
    world: World,
    gazetteer: Gazetteer,
    route: RailRoute,
    title: str,
    listed: Sequence[Restriction],
    given: Sequence[LegRestriction] = (),
) -> LegRestrictions | None:
    """Place restrictions on a leg's route; None where none is listed or given.

    Parameters
    ----------
    given
        What an adopted path was found under; of one that is listed too the newer version holds.
    """
    if not (listed or given):
        return None
    version = {(one.sender, one.id): one.version for one in listed}
    kept = tuple(one for one in given if version.get((one.sender, one.id), 0) < one.version)
    newer = {(one.sender, one.id) for one in kept}
    listed = [one for one in listed if (one.sender, one.id) not in newer]
    half = len(route.lat_deg) // 2
    middle = (float(route.lat_deg[half]), float(route.lon_deg[half]))
    locator = Locator(world, gazetteer, middle)
    line = LegLine(
        {
            fold(name): entry.distance_m
            for entry in reversed(route.points)
            for name in (entry.point.id, entry.point.native_name, *entry.point.aliases,
                         entry.point.name)
            if name
        },
        route.lat_deg, route.lon_deg, route.distance_m,
    )  # fmt: skip
    placed: list[OnLeg] = []
    unplaced: list[str] = []
    for entry in listed:
        if entry.withdrawn:
            continue
        try:
            found = place_on_leg(line, entry, locator.position, locator.stretch)
        except InputError as error:
            unplaced.append(f"{error.message}: it is not looked at ({error.where})")
            continue
        if found is not None:
            placed.append(found)
    placed.sort(key=lambda one: (one.from_m, one.restriction.sender, one.restriction.id))
    return LegRestrictions(route, title, tuple(placed), tuple(unplaced), kept)


def leg_under(
    planner: Planner,
    plan: Plan,
    leg_id: str,
    files: Sequence[Path],
    ways: Mapping[str, tuple[PathVia, ...]] | None = None,
) -> tuple[list[Restriction], LegRestrictions | None]:
    """Return what restricts a rail leg of a plan: what its journey lists, and further files.

    Parameters
    ----------
    ways
        Other ways of legs that are tried (`Planner.stages`).

    Returns
    -------
    tuple
        The newest version of each, and those that lie on the leg.
    """
    staged = next(one for one in planner.stages(plan, ways=ways) if one.id == leg_id)
    assert staged.runs is not None
    listed = newest_of([*staged.restrictions, *load_restrictions(files)])
    gazetteer = _gazetteer(planner.world, plan)
    request = staged.runs.request
    found = leg_restrictions(planner.world, gazetteer, request.route, request.title, listed)
    return listed, found
